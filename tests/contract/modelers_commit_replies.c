/* What hub-modelers makes of the site's answers to a commit. */
#include "modelers_script.h"

#define UPLOAD FILES "/upload"
#define CHECK  SITE "/api/v1/file/license_check"

/* Deletes old.bin, writes w.bin as a pointer and, if it has text, path with that. */
static int commit(struct fake *f, const char *path, const char *text)
{
    struct hub_file files[] = {make_file("w.bin", 45000000, OID_A),
                               make_file(path, strlen(text), OID_B)};
    struct hub_file old = make_file("old.bin", 4, "");
    const struct hub_file *const deletes[] = {&old};
    struct hub_put list[] = {make_put(&files[0]), make_put(&files[1])};
    const struct hub_put *const puts[] = {&list[0], &list[1]};
    struct hub_change change = {.size = sizeof(change),
                                .parent = SHA,
                                .message = "sync",
                                .puts = puts,
                                .n_puts = *path ? 2 : 1,
                                .deletes = deletes,
                                .n_deletes = 1};

    list[0].mode = HUB_STORED;
    list[1].mode = HUB_INLINE;
    list[1].content = *text ? text : NULL;
    list[1].content_bytes = strlen(text);
    return hub_plugin->commit(&f->op, &REPO, &change);
}

static void commit_deletes_first_and_sends_pointers(void **state)
{
    struct fake *f = begin();
    struct fake_step *step = expect(f, "POST", UPLOAD, 201, "[{'commit_oid':'" SHA "'}]");

    (void)state;
    step->has[0] = json(f, "{'ref':'main','title':'sync','files':["
                           "{'operation':'delete','path':'old.bin'},"
                           "{'operation':'create','path':'w.bin','content':'"
                           "dmVyc2lvbiBodHRwczovL2dpdC1sZnMuZ2l0aHViLmNvbS9zcGVjL3YxCm9pZCBzaGEyN");
    step->has[1] = json(f, "MGEwOApzaXplIDQ1MDAwMDAw'}"); /* "size 45000000", no newline */
    step->has[2] = json(f, ",{'operation':'create','path':'c.json','content':'e30='}]}");
    assert_int_equal(commit(f, "c.json", "{}"), 0);
    assert_string_equal(f->heads[0]->commit, SHA);
    assert_string_equal(f->heads[0]->branch, "main");
    assert_true(f->sent[0]->flags & HUB_ONCE);
    assert_int_equal(f->sent[0]->timeout_ms, 300000);
    step = expect(f, "POST", UPLOAD, 201, "[]");
    step->has[0] = json(f, ",{'operation':'create','path':'empty','content':''}]}");
    assert_int_equal(commit(f, "empty", ""), 0);
    fake_done(f);
}

static void commit_ends_in_the_right_class(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {202, "", 0},
        {201, "[]", 0},
        {200, "null", 0},
        {400, "file_content_is_not_changed", 0},
        {200, "file_content_is_not_changed", 0},
        {500, "system_error", HUB_EUNSURE},
        {504, HTML, HUB_EUNSURE},
        {408, "", HUB_EUNSURE},
        {400, "concurrent_updating", HUB_EUNSURE},
        {200, "no_such_code", HUB_EUNSURE},
        {400, "no_file_or_too_many_files", HUB_ETOOBIG},
        {400, "sensitive_not_pass", HUB_EREFUSED},
        {404, "file_not_found", HUB_ECONFLICT},
        {404, "branch_or_path_not_found", HUB_ECONFLICT},
        {404, "repo_not_found", HUB_ENOTFOUND},
        {403, "no_permission", HUB_EDENIED},
        {403, HTML, HUB_EFIREWALL},
        {413, "", HUB_ETOOBIG},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        fake_forget(f);
        expect(f, "POST", UPLOAD, CASES[i].status, CASES[i].text);
        assert_int_equal(commit(f, "", ""), CASES[i].expected);
        assert_int_equal(f->n_heads, CASES[i].expected == 0);
        if (f->n_heads)
            assert_string_equal(f->heads[0]->commit, "");
    }
    expect(f, "POST", UPLOAD, 0, "")->is_lost = true;
    assert_int_equal(commit(f, "", ""), HUB_EUNSURE);
    fake_done(f);
}

static void readme_is_checked_before_the_commit(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {200, "false", HUB_EREFUSED},
        {200, "null", HUB_EREFUSED},
        {200, "''", HUB_EREFUSED},
        {200, "0", HUB_EREFUSED},
        {200, "{}", HUB_EREFUSED},
        {401, "access_token_invalid", HUB_EDENIED}, /* the session lives on */
        {503, HTML, HUB_EAGAIN},
    };
    static const char README[] = "---\r\nlicense: mit\r\n---\r\n";
    struct fake *f = begin();
    struct fake_step *step = expect(f, "POST", CHECK, 200, "true");

    (void)state;
    step->has[0] = json(f, "{'content':'LS0tCmxpY2Vuc2U6IG1pdAotLS0K'}"); /* LF for CRLF */
    expect(f, "POST", UPLOAD, 201, "[]");
    assert_int_equal(commit(f, "README.md", README), 0);
    assert_null(f->sent[0]->secrets);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "POST", CHECK, CASES[i].status, CASES[i].text);
        assert_int_equal(commit(f, "README.md", README), CASES[i].expected);
    }
    expect(f, "POST", UPLOAD, 201, "[]");
    assert_int_equal(commit(f, "docs/README.md", README), 0); /* only the root's */
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit_deletes_first_and_sends_pointers),
        cmocka_unit_test(commit_ends_in_the_right_class),
        cmocka_unit_test(readme_is_checked_before_the_commit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
