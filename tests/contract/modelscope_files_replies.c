/* modelscope_files_replies.c - the provider against recorded answers of the site:
 * the files of a commit. docs/providers/modelscope.md names the quirks. */
#include "modelscope_script.h"

#define BLOB(path, size, sha, more)                                                                \
    "{\"Name\":\"n\",\"Path\":\"" path "\",\"Type\":\"blob\",\"Size\":" size ",\"Sha256\":\"" sha  \
    "\"" more "}"
#define TREE(path)  "{\"Path\":\"" path "\",\"Type\":\"tree\",\"Size\":0,\"Sha256\":\"\"}"
#define FILES(list) OK("{\"Files\":[" list "]}")

static void reads_every_form_of_hash(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "GET", COMMITS_URL("master"), 200, COMMITS);
    fake_expect(
        f, "GET", FILES_URL("True"), 200,
        FILES(BLOB("m.safetensors", "3000000", SHA_A, ",\"IsLFS\":true") "," BLOB(
            "up.bin", "\"5\"",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "") "," BLOB("a.jinja", "9", GIT_A,
                         "") "," BLOB("ptr.bin", "9", GIT_A,
                                      ",\"IsLFS\":true") "," BLOB("none.txt", "9", "",
                                                                  "") "," BLOB("lie.txt", "9",
                                                                               SHA_0,
                                                                               "") "," BLOB("lie2."
                                                                                            "txt",
                                                                                            "9",
                                                                                            GIT_0,
                                                                                            "") "," BLOB("empty",
                                                                                                         "0", SHA_0, "") "," BLOB("odd",
                                                                                                                                  "9",
                                                                                                                                  "12",
                                                                                                                                  "") ","
                                                                                                                                      "{\"Path\":\"bare\",\"Type\":\"blob\",\"Size\":4}," TREE(
                                                                                                                                          "dir") "," BLOB("dir/x y%.txt",
                                                                                                                                                          "1",
                                                                                                                                                          SHA_B,
                                                                                                                                                          ",\"CommittedDate\":1667548386,"
                                                                                                                                                          "\"Revision\":\"" OTHER "\",\"Mode\":\"33188\"") "," BLOB("dir/link", "1", SHA_B, ",\"Mode\":\"40960\"") ","
                                                                                                                                                                                                                                                                   "{\"Path\":\"dir/sub\",\"Type\":\"commit\",\"Size\":0}," BLOB(".gitattributes", "1519", SHA_B, "") "," BLOB("sub/.gitattributes", "1519", SHA_B,
                                                                                                                                                                                                                                                                                                                                                                               "")));
    assert_int_equal(hub_plugin->list_files(&f->op, &demo), 0);
    assert_int_equal(f->n_files, 15); /* the tree is none */
    assert_string_equal(fake_file(f, "m.safetensors")->sha256, SHA_A);
    assert_int_equal(fake_file(f, "m.safetensors")->flags, HUB_LFS);
    assert_string_equal(fake_file(f, "up.bin")->sha256, SHA_A);
    assert_int_equal(fake_file(f, "up.bin")->file_bytes, 5);
    assert_string_equal(fake_file(f, "a.jinja")->sha256, "");
    assert_string_equal(fake_file(f, "a.jinja")->git_sha1, GIT_A);
    assert_string_equal(fake_file(f, "ptr.bin")->git_sha1, "");
    assert_string_equal(fake_file(f, "none.txt")->sha256, "");
    assert_string_equal(fake_file(f, "lie.txt")->sha256, "");
    assert_string_equal(fake_file(f, "lie2.txt")->git_sha1, "");
    assert_string_equal(fake_file(f, "empty")->sha256, SHA_0);
    assert_string_equal(fake_file(f, "odd")->sha256, "");
    assert_string_equal(fake_file(f, "bare")->sha256, "");
    assert_int_equal(fake_file(f, "dir/x y%.txt")->modified_ms, INT64_C(1667548386000));
    assert_string_equal(fake_file(f, "dir/x y%.txt")->etag, OTHER);
    assert_int_equal(fake_file(f, "dir/link")->flags, HUB_NOT_PLAIN);
    assert_int_equal(fake_file(f, "dir/sub")->flags, HUB_NOT_PLAIN);
    assert_int_equal(fake_file(f, ".gitattributes")->flags, HUB_SITE_OWNED);
    assert_int_equal(fake_file(f, "sub/.gitattributes")->flags, 0);
    assert_int_equal(f->n_heads, 1);
    assert_string_equal(f->heads[0]->commit, COMMIT);
    assert_string_equal(f->heads[0]->branch, "master");
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    fake_done(f);
}

static void a_commit_is_listed_without_asking_for_it(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at(COMMIT);

    (void)state;
    fake_expect(f, "GET", FILES_URL("True"), 200, FILES(BLOB("a", "1", SHA_A, "")));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), 0);
    assert_string_equal(f->heads[0]->commit, COMMIT);
    assert_string_equal(f->heads[0]->branch, "");
    fake_done(f);
}

static void an_empty_listing_is_never_complete(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at(COMMIT);

    (void)state;
    fake_expect(f, "GET", FILES_URL("True"), 200, OK("{\"Files\":null}"));
    fake_expect(f, "GET", COMMITS_URL(COMMIT), 200, COMMITS);
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), 0);
    assert_int_equal(f->heads[0]->flags, 0);
    fake_forget(f);
    fake_expect(f, "GET", FILES_URL("True"), 200, FILES(""));
    fake_expect(f, "GET", COMMITS_URL(COMMIT), 200, OK("{\"Commit\":null}"));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), HUB_ENOTFOUND); /* no such commit */
    assert_int_equal(f->n_heads, 0);
    fake_done(f);
}

static void failures_of_a_listing(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {200, BAD("10010205001", "获取模型目录树失败，信息：record not found"), HUB_ENOTFOUND},
        {404, BAD("10010205001", "获取模型目录树失败，信息：record not found"), HUB_ENOTFOUND},
        {200, NO_ACCESS, HUB_EDENIED},
        {404, BAD("10990101004", "no tree"), HUB_ENOTFOUND},
        {200, BAD("99", "?"), HUB_EREFUSED},
        {200, BAD("500", "?"), HUB_EAGAIN},
        {200, "{\"Code\":200,\"Success\":false}", HUB_EREFUSED},
        {200, "{\"Code\":10990101004}", HUB_ENOTFOUND},
        {200, OK("null"), HUB_ECORRUPT},
        {200, OK("{\"Files\":{}}"), HUB_ECORRUPT},
        {200, FILES("{\"Type\":\"blob\"}"), HUB_ECORRUPT},
        {200, FILES("{\"Path\":\"a\",\"Type\":\"blob\",\"Size\":-1}"), HUB_ECORRUPT},
        {200, FILES("{\"Path\":\"a\",\"Type\":\"blob\",\"Size\":1e9}"), HUB_ECORRUPT},
        {502, "<html>bad gateway</html>", HUB_EAGAIN},
        {200, "<html>log in</html>", HUB_EFIREWALL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        struct hub_repo repo = at(COMMIT);
        int r;

        fake_expect(f, "GET", FILES_URL("True"), rows[i].status, rows[i].body);
        r = hub_plugin->list_files(&f->op, &repo);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d (%s)", i, r, rows[i].result, f->message);
        assert_int_equal(f->n_heads, 0);
        fake_done(f);
    }
}

static void an_unknown_branch_is_not_there(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at("feature/x");

    (void)state;
    fake_expect(f, "GET", COMMITS_URL("feature%2Fx"), 200, OK("{\"Commit\":null}"));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), HUB_ENOTFOUND);
    fake_expect(f, "GET", COMMITS_URL("feature%2Fx"), 200, OK("{\"Commit\":[{\"Id\":\"x\"}]}"));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), HUB_ECORRUPT);
    fake_done(f);
}

static char *listing(const char *dir, int n)
{
    HUB_TEXT(list);

    hub_text_puts(&list, "{\"Code\":200,\"Success\":true,\"Data\":{\"Files\":[");
    for (int i = 0; i < n; i++)
        hub_text_printf(&list, "%s{\"Path\":\"%sf%d\",\"Type\":\"blob\",\"Size\":1}", i ? "," : "",
                        dir, i);
    hub_text_puts(&list, "]}}");
    return strdup(list.data);
}

static struct fake *start_cut(const char *cut)
{
    struct fake *f = fake_new(hub_plugin);

    fake_set(f, "token", "T0");
    fake_set(f, "listing_cut", cut);
    fake_open(f);
    return f;
}

static void walks_folders_where_a_listing_is_cut(void **state)
{
    struct fake *f = start_cut("4");
    struct hub_repo repo = at(COMMIT);

    (void)state;
    fake_expect(f, "GET", FILES_URL("True"), 200,
                FILES(BLOB("a", "1", SHA_A, "") "," TREE("d") "," BLOB(
                    "d/1", "1", SHA_A, "") "," BLOB("d/2", "1", SHA_A, "")));
    fake_expect(f, "GET", FILES_URL("False"), 200,
                FILES(BLOB("a", "1", SHA_A, "") "," TREE("d") "," TREE("e f")));
    fake_expect(f, "GET", FILES_URL("True") "&Root=e%20f", 200,
                FILES(BLOB("e f/1", "1", SHA_A, "")));
    fake_expect(f, "GET", FILES_URL("True") "&Root=d", 200,
                FILES(BLOB("d/1", "1", SHA_A, "") "," BLOB("d/2", "1", SHA_A, "") "," TREE(
                    "d/g") "," BLOB("d/g/3", "1", SHA_A, "")));
    fake_expect(f, "GET", FILES_URL("False") "&Root=d", 200,
                FILES(BLOB("d/1", "1", SHA_A, "") "," BLOB("d/1", "1", SHA_A, "") "," TREE("d/g")));
    fake_expect(
        f, "GET", FILES_URL("True") "&Root=d%2Fg", 200,
        FILES(TREE("d/g/h") "," BLOB("d/g/h/1", "1", SHA_A, "") "," BLOB("d/g/3", "1", SHA_A, "")));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), 0);
    assert_int_equal(f->n_files, 5); /* d/2 was cut off, d/1 told twice */
    assert_non_null(fake_file(f, "d/g/h/1"));
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    fake_done(f);
}

static void a_folder_that_cannot_be_enumerated_is_incomplete(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at(COMMIT);
    char *full = listing("", 3000), *below = listing("", 2999);

    (void)state;
    fake_expect(f, "GET", FILES_URL("True"), 200, full);
    fake_expect(f, "GET", FILES_URL("False"), 200, full);
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), 0);
    assert_int_equal(f->n_files, 3000);
    assert_int_equal(f->heads[0]->flags, 0);
    fake_forget(f);
    fake_expect(f, "GET", FILES_URL("True"), 200, below);
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), 0);
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    free(full);
    free(below);
    fake_done(f);
}

static void a_folder_that_answers_as_another_is_corrupt(void **state)
{
    struct fake *f = start_cut("2");
    struct hub_repo repo = at(COMMIT);

    (void)state;
    fake_expect(f, "GET", FILES_URL("True"), 200, FILES(TREE("d") "," TREE("e")));
    fake_expect(f, "GET", FILES_URL("False"), 200, FILES(TREE("d")));
    fake_expect(f, "GET", FILES_URL("True") "&Root=d", 200, FILES(BLOB("dx", "1", SHA_A, "")));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), HUB_ECORRUPT);
    fake_done(f);
}

static void stops_when_the_engine_stops(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at(COMMIT);

    (void)state;
    f->answer = HUB_ECANCELED;
    fake_expect(f, "GET", FILES_URL("True"), 200,
                FILES(BLOB("a", "1", SHA_A, "") "," BLOB("b", "1", SHA_A, "")));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), HUB_ECANCELED);
    assert_int_equal(f->n_files, 1);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form_of_hash),
        cmocka_unit_test(a_commit_is_listed_without_asking_for_it),
        cmocka_unit_test(an_empty_listing_is_never_complete),
        cmocka_unit_test(failures_of_a_listing),
        cmocka_unit_test(an_unknown_branch_is_not_there),
        cmocka_unit_test(walks_folders_where_a_listing_is_cut),
        cmocka_unit_test(a_folder_that_cannot_be_enumerated_is_incomplete),
        cmocka_unit_test(a_folder_that_answers_as_another_is_corrupt),
        cmocka_unit_test(stops_when_the_engine_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
