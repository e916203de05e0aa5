/* modelscope_replies.c - the provider against recorded answers of the site:
 * the session, and the branches that git tells. docs/providers/modelscope.md names the quirks. */
#include "modelscope_script.h"

/* ---- session ---- */

static void tells_limits_and_hosts(void **state)
{
    struct fake *f = start();

    (void)state;
    assert_string_equal(f->limits->credential_hosts[0], "www.modelscope.cn");
    assert_string_equal(f->limits->credential_hosts[1], "lfs.modelscope.cn:*");
    assert_null(f->limits->credential_hosts[2]);
    assert_int_equal(f->limits->flags, HUB_ONE_PUT);
    assert_int_equal(f->limits->commit_gap_ms, 4000);
    assert_int_equal(f->limits->batch_items, 64);
    assert_int_equal(f->limits->commit_items, 256);
    assert_int_equal(f->limits->file_bytes, UINT64_C(107374182400));
    assert_non_null(strstr(f->limits->manual[0]->text, SITE "/models/{id}"));
    assert_null(hub_plugin->delete_repo);
    fake_done(f);
}

static void derives_all_hosts_from_the_endpoint(void **state)
{
    struct fake *f = fake_new(hub_plugin);

    (void)state;
    fake_set(f, "endpoint", "http://WWW.ms.localhost:8080/");
    fake_open(f);
    assert_string_equal(f->limits->credential_hosts[0], "www.ms.localhost");
    assert_string_equal(f->limits->credential_hosts[1], "lfs.ms.localhost:*");
    fake_expect(f, "GET", "http://www.ms.localhost:8080/openapi/v1/users/me", 401,
                "{\"success\":false,\"code\":\"InvalidAuthentication\",\"message\":\"no\"}");
    assert_int_equal(hub_plugin->whoami(&f->op), HUB_EAUTH);
    assert_null(f->sent[0]->secrets[0]); /* no token, no credential */
    fake_done(f);
}

static void sends_both_credentials_and_new_request_ids(void **state)
{
    struct fake *f = start();
    const char *one, *two;

    (void)state;
    for (int i = 0; i < 2; i++) {
        fake_expect(f, "GET", SITE "/openapi/v1/users/me", 200, GOOD("{\"username\":\"alice\"}"));
        assert_int_equal(hub_plugin->whoami(&f->op), 0);
        assert_string_equal(f->account->name, "alice");
        assert_int_equal(f->account->can_write, HUB_MAYBE);
    }
    assert_string_equal(fake_header(f->sent[0]->secrets, "Authorization"), "Bearer T0");
    assert_string_equal(fake_header(f->sent[0]->secrets, "Cookie"), "m_session_id=T0");
    assert_string_equal(fake_header(f->sent[0]->headers, "Content-Type"), "application/json");
    one = fake_header(f->sent[0]->headers, "X-Request-ID");
    two = fake_header(f->sent[1]->headers, "X-Request-ID");
    assert_true(hub_is_hex(one, 32) && hub_is_hex(two, 32));
    assert_string_not_equal(one, two);
    fake_done(f);
}

static void refuses_a_token_that_no_header_can_carry(void **state)
{
    static const char *const bad[] = {"a b", "a\nb", "a;b", "é"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct fake *f = fake_new(hub_plugin);

        fake_set(f, "token", bad[i]);
        assert_int_equal(fake_try_open(f), HUB_EAUTH);
        assert_null(strstr(f->message, bad[i]));
        fake_done(f);
    }
}

/* ---- heads ---- */

#define INFO_REFS SITE "/alice/demo.git/info/refs?service=git-upload-pack"

static void check_heads(struct fake *f)
{
    assert_int_equal(hub_plugin->branch_heads(&f->op, &demo), 0);
    assert_int_equal(f->n_heads, 2);
    assert_string_equal(f->heads[0]->branch, "feature/x");
    assert_string_equal(f->heads[0]->commit, OTHER);
    assert_int_equal(f->heads[0]->flags, 0);
    assert_string_equal(f->heads[1]->branch, "master");
    assert_string_equal(f->heads[1]->commit, COMMIT);
    assert_int_equal(f->heads[1]->flags, HUB_DEFAULT_BRANCH);
    assert_string_equal(fake_header(f->sent[0]->secrets, "Authorization"),
                        "Basic b2F1dGgyOlQw"); /* oauth2:T0 */
    assert_int_equal(strncmp(fake_header(f->sent[0]->headers, "User-Agent"), "git/", 4), 0);
}

/* Each line, which may hold a NUL, with its length before it; then a flush. */
static void add_packets(struct hub_text *text, const char *lines, size_t n_bytes)
{
    const char *end = lines + n_bytes;

    while (lines < end) {
        const char *next = (const char *)memchr(lines, '\n', (size_t)(end - lines)) + 1;

        hub_text_printf(text, "%04x", (unsigned)(next - lines + 4));
        hub_text_add(text, lines, (size_t)(next - lines));
        lines = next;
    }
    hub_text_puts(text, "0000");
}

static struct fake_step *expect_packets(struct fake *f, const char *method, const char *url,
                                        const struct hub_text *text)
{
    struct fake_step *step = fake_expect(f, method, url, 200, "");

    step->body = text->data;
    step->body_bytes = text->n_bytes;
    return step;
}

static void reads_heads_by_protocol_2(void **state)
{
    static const char service[] = "# service=git-upload-pack\n";
    static const char can[] = "version 2\nagent=git/2.39.5\nls-refs=unborn\n";
    static const char refs[] = COMMIT " HEAD symref-target:refs/heads/master\n" OTHER
                                      " refs/heads/feature/x\n" COMMIT " refs/heads/master\n";
    HUB_TEXT(hello);
    HUB_TEXT(told);
    struct fake *f = start();

    (void)state;
    add_packets(&hello, service, sizeof(service) - 1);
    add_packets(&hello, can, sizeof(can) - 1);
    add_packets(&told, refs, sizeof(refs) - 1);
    expect_packets(f, "GET", INFO_REFS, &hello);
    expect_packets(f, "POST", SITE "/alice/demo.git/git-upload-pack", &told)->has[0] =
        "0014command=ls-refs\n0015agent=git/2.39.5\n0001000csymrefs\n"
        "001bref-prefix refs/heads/\n0014ref-prefix HEAD\n0000";
    check_heads(f);
    assert_string_equal(fake_header(f->sent[1]->headers, "Git-Protocol"), "version=2");
    fake_done(f);
}

static void reads_heads_by_protocol_0(void **state)
{
    static const char service[] = "# service=git-upload-pack\n";
    static const char refs[] =
        COMMIT " HEAD\0multi_ack symref=HEAD:refs/heads/master agent=git/2\n" OTHER
               " refs/heads/feature/x\n" COMMIT " refs/heads/master\n" OTHER " refs/tags/v1\n";
    HUB_TEXT(told);
    struct fake *f = start();

    (void)state;
    add_packets(&told, service, sizeof(service) - 1);
    add_packets(&told, refs, sizeof(refs) - 1);
    expect_packets(f, "GET", INFO_REFS, &told);
    check_heads(f);
    fake_done(f);
}

static void refuses_what_is_not_gits(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "GET", INFO_REFS, 200, "hello world");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &demo), HUB_ECORRUPT);
    fake_expect(f, "GET", INFO_REFS, 200, "ffff");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &demo), HUB_ECORRUPT);
    fake_expect(f, "GET", INFO_REFS, 421, "mirror self-forwarded loop detected");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &demo), HUB_EREFUSED);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_limits_and_hosts),
        cmocka_unit_test(derives_all_hosts_from_the_endpoint),
        cmocka_unit_test(sends_both_credentials_and_new_request_ids),
        cmocka_unit_test(refuses_a_token_that_no_header_can_carry),
        cmocka_unit_test(reads_heads_by_protocol_2),
        cmocka_unit_test(reads_heads_by_protocol_0),
        cmocka_unit_test(refuses_what_is_not_gits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
