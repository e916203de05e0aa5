/* modelscope_upload_replies.c - the provider against recorded answers of the site:
 * how a file gets there. docs/providers/modelscope.md names the quirks. */
#include "modelscope_script.h"

static int upload_one(struct fake *f, const char *path, uint64_t bytes)
{
    struct hub_file file = a_file(path, bytes, SHA_A);
    struct hub_put put = a_put(&file);
    const struct hub_put *puts[] = {&put};

    fake_forget(f);
    return hub_plugin->upload(&f->op, &demo, puts, 1);
}

static void decides_what_goes_inside_the_commit(void **state)
{
    static const struct {
        const char *path;
        uint64_t bytes;
        bool is_object;
    } rows[] = {
        {"notes.txt", 65536, false},
        {"notes.txt", 65537, true},
        {"m.safetensors", 1, true},
        {"a/M.BIN", 5, true},
        {"m.safetensors", 0, false},
        {"m.gguf", 100, false},
        {"m.gguf", 100000, true},
        {"x.bin/readme", 100, false},
        {".bin", 100, true},
        {"config.json", 1 << 20, false},
        {"deep/er/CONFIG.JSON", 1 << 20, false},
        {"README.md", 100000, false},
        {"tokenizer.json", 100000, true},
        {"my-config.json", 100000, true},
    };
    struct fake *f = start();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].is_object)
            fake_expect(f, "POST", BATCH_URL, 200, OK("{\"objects\":[]}"));
        assert_int_equal(upload_one(f, rows[i].path, rows[i].bytes), 0);
        assert_int_equal(f->n_plans, 1);
        if (f->plans[0]->plan.mode != (rows[i].is_object ? HUB_STORED : HUB_INLINE))
            fail_msg("%s %" PRIu64, rows[i].path, rows[i].bytes);
    }
    assert_int_equal(upload_one(f, "config.json", (5 << 20) + 1), 0);
    assert_int_equal(f->n_plans, 0);
    assert_int_equal(f->failures[0]->status, HUB_ETOOBIG);
    fake_done(f);
}

#define WANTED(sha, size)                                                                          \
    "{\"oid\":\"" sha "\",\"size\":" size ",\"actions\":{\"upload\":{\"href\":\"" HREF sha         \
    "/" size                                                                                       \
    "\",\"offset\":0,\"upload_header\":{\"Range\":\"bytes=0-\"},\"upload_parameters\":{}}}}"

static void plans_stored_wanted_and_twin_objects(void **state)
{
    struct fake *f = start();
    struct hub_file one = a_file("a.bin", 3000000, SHA_A), two = a_file("b.bin", 3000000, SHA_A),
                    text = a_file("c.txt", 3, SHA_0), have = a_file("d.bin", 7, SHA_B);
    struct hub_put p1 = a_put(&one), p2 = a_put(&two), p3 = a_put(&text), p4 = a_put(&have);
    const struct hub_put *puts[] = {&p1, &p2, &p3, &p4};
    const struct hub_request *request;
    struct fake_step *step;

    (void)state;
    step = fake_expect(f, "POST", BATCH_URL, 200,
                       OK("{\"objects\":[" WANTED(SHA_A, "3000000") "],\"reused-objects\":[]}"));
    step->has[0] = "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"" SHA_A
                   "\",\"size\":3000000},{\"oid\":\"" SHA_B "\",\"size\":7}]}";
    assert_int_equal(hub_plugin->upload(&f->op, &demo, puts, 4), 0);
    assert_int_equal(f->n_plans, 4);
    assert_int_equal(f->plans[0]->plan.mode, HUB_PARTS);
    assert_int_equal(f->plans[1]->plan.mode, HUB_PARTS);
    assert_int_equal(f->plans[2]->plan.mode, HUB_INLINE);
    assert_int_equal(f->plans[3]->plan.mode, HUB_STORED);
    assert_int_equal(f->n_parts, 2);
    assert_int_equal(f->parts[1]->item, 1);
    request = f->parts[0]->part.request;
    assert_int_equal(f->parts[0]->part.part_bytes, 3000000);
    assert_string_equal(request->url, HREF SHA_A "/3000000");
    assert_string_equal(request->method, "PUT");
    assert_int_equal(request->flags, HUB_HTTP1);
    assert_non_null(fake_header(request->secrets, "Authorization"));
    assert_non_null(fake_header(request->secrets, "Cookie"));
    assert_string_equal(fake_header(request->headers, "Content-Type"), "application/octet-stream");
    fake_done(f);
}

static void an_unclear_batch_never_means_stored(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {200, OK("{}"), HUB_ECORRUPT},
        {200, OK("{\"objects\":null}"), HUB_ECORRUPT},
        {200, OK("null"), HUB_ECORRUPT},
        {200, "{\"Code\":200,\"Success\":false,\"Data\":{\"objects\":[]}}", HUB_EREFUSED},
        {200, "{\"Code\":500,\"Success\":true,\"Data\":{\"objects\":[]}}", HUB_EAGAIN},
        {200, "", HUB_ECORRUPT},
        {200, OK("{\"objects\":[" WANTED(SHA_B, "7") "]}"), HUB_ECORRUPT},
        {200, OK("{\"objects\":[" WANTED(SHA_A, "8") "]}"), HUB_ECORRUPT},
        {200, OK("{\"objects\":[" WANTED(SHA_A, "7") "," WANTED(SHA_A, "7") "]}"), HUB_ECORRUPT},
        {200, OK("{\"objects\":[{\"size\":7}]}"), HUB_ECORRUPT},
        {200, OK("{\"objects\":[{\"oid\":\"" SHA_A "\",\"size\":7,\"actions\":{\"upload\":{}}}]}"),
         HUB_ECORRUPT},
        {400, BAD("10030000001", "user not logged in"), HUB_EAUTH},
        {503, "", HUB_EAGAIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        int r;

        fake_expect(f, "POST", BATCH_URL, rows[i].status, rows[i].body);
        r = upload_one(f, "a.bin", 7);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d (%s)", i, r, rows[i].result, f->message);
        assert_int_equal(f->n_plans, 0);
        fake_done(f);
    }
}

static void reads_what_a_batch_says_of_one_object(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "POST", BATCH_URL, 200,
                OK("{\"objects\":[{\"oid\":\"" SHA_A "\",\"size\":7,\"actions\":null}]}"));
    assert_int_equal(upload_one(f, "a.bin", 7), 0);
    assert_int_equal(f->plans[0]->plan.mode, HUB_STORED);
    fake_expect(f, "POST", BATCH_URL, 200,
                OK("{\"objects\":[{\"oid\":\"" SHA_A "\",\"size\":7,"
                   "\"error\":{\"code\":422,\"message\":\"bad object\"}}]}"));
    assert_int_equal(upload_one(f, "a.bin", 7), 0);
    assert_int_equal(f->n_plans, 0);
    assert_int_equal(f->failures[0]->status, HUB_EREFUSED);
    assert_non_null(strstr(f->failures[0]->text, "bad object"));
    fake_expect(f, "POST", BATCH_URL, 200,
                OK("{\"objects\":[{\"oid\":\"" SHA_A "\",\"size\":7,\"actions\":{\"upload\":"
                   "{\"href\":\"https://evil.example/x\"}}}]}"));
    assert_int_equal(upload_one(f, "a.bin", 7), HUB_ECORRUPT); /* the engine refuses the host */
    fake_done(f);
}

static void classifies_answers_to_an_object(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {200, OK("{}"), 0},
        {200, "", 0},
        {200, BAD("10030000001", "user not logged in"), HUB_EAUTH},
        {400, BAD("10030000001", "user not logged in"), HUB_EAUTH},
        {200, "{\"Success\":true}", HUB_ECORRUPT},
        {200, "{\"Code\":500,\"Success\":true}", HUB_EAGAIN},
        {200, "ok", HUB_ECORRUPT},
        {403, BAD("403", "no write permission to repository"), HUB_EDENIED},
        {403, "<html>", HUB_EFIREWALL},
        {413, "", HUB_ETOOBIG},
        {429, "", HUB_ETHROTTLED},
        {502, "<html>", HUB_EAGAIN},
    };
    struct fake *f = start();

    (void)state;
    fake_expect(f, "POST", BATCH_URL, 200, OK("{\"objects\":[" WANTED(SHA_A, "7") "]}"));
    assert_int_equal(upload_one(f, "a.bin", 7), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int r = fake_classify(f, f->parts[0]->part.request, rows[i].status, rows[i].body);

        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d", i, r, rows[i].result);
    }
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_what_goes_inside_the_commit),
        cmocka_unit_test(plans_stored_wanted_and_twin_objects),
        cmocka_unit_test(an_unclear_batch_never_means_stored),
        cmocka_unit_test(reads_what_a_batch_says_of_one_object),
        cmocka_unit_test(classifies_answers_to_an_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
