/* LFS pointers, batch bodies, and the shorthands for control requests. */
#include <hubsync/kit.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#define A32           "0123456789abcdef0123456789abcdef"
#define SHA           A32 A32
#define OTHER_SHA     A32 "ffffffffffffffffffffffffffffffff"
#define HEAD          "version https://git-lfs.github.com/spec/v1\n"
#define LITERAL(text) text, sizeof text - 1

static void a_pointer_is_recognized_with_and_without_its_last_newline(void **state)
{
    static const struct {
        const char *text;
        uint64_t size;
    } CASES[] = {
        {HEAD "oid sha256:" SHA "\nsize 12345\n", 12345},
        {HEAD "oid sha256:" SHA "\nsize 12345", 12345},
        {HEAD "oid sha256:" SHA "\nsize 0", 0},
        {HEAD "oid sha256:" SHA "\nsize 9223372036854775807\n", INT64_MAX},
        {HEAD "ext-0-foo sha256:" SHA "\noid sha256:" SHA "\nsize 7\n", 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char sha256[65] = "";
        uint64_t size = 99;

        assert_true(hub_lfs_is_pointer(CASES[i].text, strlen(CASES[i].text), sha256, &size));
        assert_string_equal(sha256, SHA);
        assert_int_equal(size, CASES[i].size);
    }
}

static void what_is_no_pointer_is_left_alone(void **state)
{
    static const struct {
        const char *bytes;
        size_t n_bytes;
    } WRONG[] = {
        {LITERAL("")},
        {LITERAL("version")},
        {LITERAL(HEAD)},
        {LITERAL(HEAD "ext-")},
        {LITERAL(HEAD "oid sha256:" SHA)},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize ")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize \n")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize -1\n")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize 1x\n")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize 1\n\n")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize 1\nmore")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize 1\0")},
        {LITERAL(HEAD "oid sha256:" SHA "\r\nsize 1\r\n")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize 9223372036854775808\n")},
        {LITERAL(HEAD "oid sha256:" SHA "\nsize 18446744073709551617\n")},
        {LITERAL(HEAD "oid sha256:" A32 "\nsize 1\n")},
        {LITERAL(HEAD "oid sha256:" A32 "0123456789ABCDEF0123456789ABCDEF\nsize 1\n")},
        {LITERAL(HEAD "oid sha256:" A32 "0123456789abcdef0123456789abcde\0\nsize 1\n")},
        {LITERAL(HEAD "size 1\noid sha256:" SHA "\n")},
        {LITERAL(" " HEAD "oid sha256:" SHA "\nsize 1\n")},
        {LITERAL("version https://git-lfs.github.com/spec/v2\noid sha256:" SHA "\nsize 1\n")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        char sha256[65] = "kept";
        uint64_t size = 99;

        if (hub_lfs_is_pointer(WRONG[i].bytes, WRONG[i].n_bytes, sha256, &size))
            fail_msg("case %zu is no pointer", i);
        assert_string_equal(sha256, "kept");
        assert_int_equal(size, 99);
    }
}

static void a_long_text_is_no_pointer(void **state)
{
    char text[2048], sha256[65];
    uint64_t size;
    static const char TAIL[] = "\noid sha256:" SHA "\nsize 1\n";

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, HEAD "ext-0-", strlen(HEAD "ext-0-"));
    memcpy(text + 1024 - strlen(TAIL), TAIL, strlen(TAIL));
    assert_true(hub_lfs_is_pointer(text, 1024, sha256, &size));
    memset(text + 1000, 'x', 100);
    memcpy(text + 1025 - strlen(TAIL), TAIL, strlen(TAIL));
    memset(text + 1024 - strlen(TAIL) - 100, 'x', 101);
    assert_false(hub_lfs_is_pointer(text, 1025, sha256, &size));
    assert_false(hub_lfs_is_pointer(NULL, 0, sha256, &size));
}

static void a_written_pointer_is_recognized(void **state)
{
    HUB_POOL(pool);
    char *text = hub_lfs_pointer(&pool, A32 "0123456789ABCDEF0123456789ABCDEF", 5);
    char sha256[65];
    uint64_t size;

    (void)state;
    assert_string_equal(text, HEAD "oid sha256:" SHA "\nsize 5");
    assert_true(hub_lfs_is_pointer(text, strlen(text), sha256, &size));
    assert_null(hub_lfs_pointer(&pool, "12", 5));
    assert_null(hub_lfs_pointer(&pool, NULL, 5));
}

static void a_batch_names_each_object_once(void **state)
{
    struct hub_file one = {.size = sizeof one, .sha256 = SHA, .file_bytes = 5};
    struct hub_file two = {.size = sizeof two, .sha256 = OTHER_SHA, .file_bytes = 1ULL << 40};
    struct hub_put a = {.size = sizeof a, .file = &one}, b = a, c = {.file = &two};
    const struct hub_put *const puts[] = {&a, &b, &c};
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hub_lfs_batch_body(&pool, "upload", "", puts, 3),
                        "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"" SHA
                        "\",\"size\":5},{\"oid\":\"" OTHER_SHA "\",\"size\":1099511627776}]}");
    assert_string_equal(
        hub_lfs_batch_body(&pool, "down\"load", "\"hash_algo\":\"sha256\",", puts, 0),
        "{\"operation\":\"down\\\"load\",\"hash_algo\":\"sha256\",\"objects\":[]}");
    one.sha256 = "\",\"x";
    assert_null(hub_lfs_batch_body(&pool, "upload", "", puts, 3));
    one.sha256 = NULL;
    assert_null(hub_lfs_batch_body(&pool, "upload", "", puts, 3));
    assert_null(hub_lfs_batch_body(&pool, "upload", NULL, puts, 0));
}

static void headers_are_found_by_their_whole_name(void **state)
{
    static const char *const HEADERS[] = {"x-etag: no", "etag:  \"a\"", "etag: \"b\"",
                                          "empty:", NULL};
    struct hub_reply reply = {.size = sizeof reply, .headers = HEADERS}, bare = {.size = 0};

    (void)state;
    assert_string_equal(hub_header(&reply, "etag"), "\"a\"");
    assert_string_equal(hub_header(&reply, "eta"), "");
    assert_string_equal(hub_header(&reply, "empty"), "");
    assert_string_equal(hub_header(&reply, "none"), "");
    assert_string_equal(hub_header(&bare, "etag"), "");
    assert_string_equal(hub_header(NULL, "etag"), "");
}

/* ---- a host that keeps the last request ---- */
static struct hub_request sent;
static int last_failure;

static int keep_request(struct hub_op *op, const struct hub_request *request,
                        const struct hub_reply **out)
{
    static const struct hub_reply REPLY = {.size = sizeof REPLY, .http_status = 200};

    (void)op;
    sent = *request;
    *out = &REPLY;
    return HUB_EAGAIN;
}

HUB_PRINTF(3, 4)
static int keep_failure(struct hub_op *op, int status, const char *fmt, ...)
{
    (void)op;
    (void)fmt;
    last_failure = status;
    return status;
}

static const struct hub_host HOST = {
    .size = sizeof HOST, .abi = HUB_ABI, .http = keep_request, .fail = keep_failure};

static int no_classify(struct hub_op *op, const struct hub_reply *reply, int guess,
                       uint32_t *wait_ms)
{
    (void)op, (void)reply, (void)wait_ms;
    return guess;
}

static void the_shorthands_send_what_they_say(void **state)
{
    static const char *const SECRETS[] = {"Authorization: Bearer x", NULL};
    struct hub_op op = {.size = sizeof op, .host = &HOST};
    const struct hub_reply *reply = NULL;

    (void)state;
    assert_int_equal(hub_get(&op, "https://h/a", SECRETS, no_classify, &reply), HUB_EAGAIN);
    assert_int_equal(reply->http_status, 200);
    assert_int_equal(sent.size, sizeof sent);
    assert_string_equal(sent.method, "GET");
    assert_string_equal(sent.url, "https://h/a");
    assert_ptr_equal(sent.secrets, SECRETS);
    assert_true(sent.classify == no_classify);
    assert_null(sent.body);
    assert_int_equal(
        hub_post_json(&op, HUB_ONCE, "https://h/b", SECRETS, "{\"a\":1}", NULL, &reply),
        HUB_EAGAIN);
    assert_string_equal(sent.method, "POST");
    assert_int_equal(sent.flags, HUB_ONCE);
    assert_string_equal(sent.headers[0], "Content-Type: application/json");
    assert_null(sent.headers[1]);
    assert_memory_equal(sent.body, "{\"a\":1}", 7);
    assert_int_equal(sent.body_bytes, 7);
}

static void the_shorthands_fail_on_what_failed_before(void **state)
{
    struct hub_op op = {.size = sizeof op, .host = &HOST};
    const struct hub_reply *reply = NULL;

    (void)state;
    last_failure = 0;
    assert_int_equal(hub_get(&op, NULL, NULL, NULL, &reply), HUB_ENOMEM);
    assert_int_equal(last_failure, HUB_ENOMEM);
    assert_int_equal(hub_post_json(&op, 0, "https://h", NULL, NULL, NULL, &reply), HUB_ENOMEM);
    assert_int_equal(hub_post_json(&op, 0, NULL, NULL, "{}", NULL, &reply), HUB_ENOMEM);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_pointer_is_recognized_with_and_without_its_last_newline),
        cmocka_unit_test(what_is_no_pointer_is_left_alone),
        cmocka_unit_test(a_long_text_is_no_pointer),
        cmocka_unit_test(a_written_pointer_is_recognized),
        cmocka_unit_test(a_batch_names_each_object_once),
        cmocka_unit_test(headers_are_found_by_their_whole_name),
        cmocka_unit_test(the_shorthands_send_what_they_say),
        cmocka_unit_test(the_shorthands_fail_on_what_failed_before),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
