/* modelscope_replies.c - the provider against recorded answers of the site: what it asks, and what
 * it makes of each quirk of docs/providers/modelscope.md. */
#include "fake_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SITE     "https://www.modelscope.cn"
#define LEGACY   SITE "/api/v1/models/alice/demo"
#define OPEN     SITE "/openapi/v1/models/alice/demo"
#define COMMIT   "0123456789abcdef0123456789abcdef01234567"
#define OTHER    "89abcdef0123456789abcdef0123456789abcdef"
#define SHA_A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_0    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define GIT_0    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
#define GIT_A    "cccccccccccccccccccccccccccccccccccccccc"
#define OK(data) "{\"Code\":200,\"Success\":true,\"Message\":\"success\",\"Data\":" data "}"
#define BAD(code, text)                                                                            \
    "{\"Code\":" code ",\"Message\":\"" text "\",\"RequestId\":\"r1\",\"Success\":false}"
#define GOOD(data)       "{\"success\":true,\"request_id\":\"r1\",\"data\":" data "}"
#define NO_RECORD        BAD("10010205001", "获取模型信息失败，信息：record not found")
#define NO_ACCESS        BAD("10010200001", "no access")
#define TOO_SOON         BAD("10030000001", "commit rejected by repository policy")
#define COMMITS          OK("{\"Commit\":[{\"Id\":\"" COMMIT "\"}],\"TotalCount\":1}")
#define COMMITS_URL(ref) LEGACY "/commits?Ref=" ref "&PageNumber=1&PageSize=1"
#define FILES_URL(how)   LEGACY "/repo/files?Revision=" COMMIT "&Recursive=" how
#define BATCH_URL        SITE "/api/v1/repos/models/alice/demo/info/lfs/objects/batch"
#define COMMIT_URL       SITE "/api/v1/repos/models/alice/demo/commit/master"
#define HREF             "https://lfs.modelscope.cn/api/v1/repos/models/alice/demo/blobs/"

static const struct hub_repo demo = {.size = sizeof(demo),
                                     .id = "alice/demo",
                                     .revision = "",
                                     .head = "",
                                     .branch = "",
                                     .stable_id = "",
                                     .license = "apache-2.0",
                                     .clone_url = "",
                                     .visibility = HUB_PUBLIC};

static struct fake *start(void)
{
    struct fake *f = fake_new(hub_plugin);

    fake_set(f, "token", "T0");
    fake_open(f);
    return f;
}

static struct hub_repo at(const char *revision)
{
    struct hub_repo repo = demo;

    repo.revision = revision;
    return repo;
}

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

/* ---- lists of repos ---- */

static void lists_by_id_and_guesses_no_visibility(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "GET", SITE "/openapi/v1/models?owner=alice&page_number=1&page_size=50", 200,
                GOOD("{\"models\":["
                     "{\"id\":\"alice/demo\",\"display_name\":\"mallory/evil\",\"private\":false,"
                     "\"gated\":false,\"license\":\"Apache License 2.0\","
                     "\"last_modified\":\"2025-02-26T17:40:28Z\"},"
                     "{\"id\":\"alice/own\",\"private\":true,\"gated\":true,\"license\":\"x-1\"},"
                     "{\"id\":\"bob/alien\",\"private\":false}],"
                     "\"total_count\":3,\"page_number\":1,\"page_size\":50}"));
    assert_int_equal(hub_plugin->list_repos(&f->op, "alice"), 0);
    assert_int_equal(f->n_repos, 2);
    assert_int_equal(fake_repo(f, "alice/demo")->visibility, 0);
    assert_int_equal(fake_repo(f, "alice/demo")->gated, HUB_NO);
    assert_string_equal(fake_repo(f, "alice/demo")->license, "apache-2.0");
    assert_int_equal(fake_repo(f, "alice/demo")->modified_ms, INT64_C(1740591628000));
    assert_int_equal(fake_repo(f, "alice/own")->visibility, HUB_PRIVATE);
    assert_int_equal(fake_repo(f, "alice/own")->gated, HUB_YES);
    assert_string_equal(fake_repo(f, "alice/own")->license, "x-1");
    fake_done(f);
}

static char *page_of(int from, int n, int total)
{
    HUB_TEXT(page);

    hub_text_printf(&page, "{\"success\":true,\"data\":{\"total_count\":%d,\"models\":[", total);
    for (int i = 0; i < n; i++)
        hub_text_printf(&page, "%s{\"id\":\"alice/m%d\"}", i ? "," : "", from + i);
    hub_text_puts(&page, "]}}");
    return strdup(page.data);
}

static void expect_pages(struct fake *f, int n_repos, int total)
{
    for (int i = 0; i == 0 || i * 50 < n_repos; i++) {
        int n = n_repos - i * 50 < 50 ? n_repos - i * 50 : 50;
        char *page = page_of(i * 50, n, total);

        fake_expectf(f, "GET", 200, page,
                     SITE "/openapi/v1/models?owner=alice&page_number=%d&page_size=50", i + 1);
        free(page);
    }
}

static void reads_all_pages(void **state)
{
    static const int sizes[] = {0, 1, 50, 51, 120, 2999};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct fake *f = start();

        expect_pages(f, sizes[i], sizes[i]);
        assert_int_equal(hub_plugin->list_repos(&f->op, "alice"), 0);
        assert_int_equal(f->n_repos, sizes[i]);
        fake_done(f);
    }
}

static void a_cut_list_is_partial(void **state)
{
    struct fake *f = start();

    (void)state;
    expect_pages(f, 3000, 4000); /* the window */
    assert_int_equal(hub_plugin->list_repos(&f->op, "alice"), HUB_EPARTIAL);
    assert_int_equal(f->n_repos, 3000);
    fake_forget(f);
    expect_pages(f, 49, 50); /* one is counted and not shown */
    assert_int_equal(hub_plugin->list_repos(&f->op, "alice"), HUB_EPARTIAL);
    assert_int_equal(f->n_repos, 49);
    fake_done(f);
}

/* ---- one repo ---- */

static void stats_one_repo(void **state)
{
    static const struct {
        int number, visibility;
    } kinds[] = {{1, HUB_PRIVATE}, {3, HUB_INTERNAL}, {5, HUB_PUBLIC}, {2, 0}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct fake *f = start();
        char body[400];

        (void)snprintf(
            body, sizeof(body),
            OK("{\"Id\":4711,\"Path\":\"alice\",\"Name\":\"demo\",\"ChineseName\":\"x/y\","
               "\"Visibility\":%d,\"ProtectedMode\":2,\"License\":\"Apache-2.0\","
               "\"LastUpdatedTime\":1740591628,\"ModelInfos\":{}}"),
            kinds[i].number);
        fake_expect(f, "GET", LEGACY, 200, body);
        assert_int_equal(hub_plugin->stat_repo(&f->op, &demo), 0);
        assert_string_equal(f->repos[0]->id, "alice/demo");
        assert_int_equal(f->repos[0]->visibility, kinds[i].visibility);
        assert_int_equal(f->repos[0]->gated, HUB_NO);
        assert_int_equal(f->repos[0]->weights, HUB_MAYBE);
        assert_int_equal(f->repos[0]->modified_ms, INT64_C(1740591628000));
        assert_string_equal(f->repos[0]->stable_id, "4711");
        assert_string_equal(f->repos[0]->branch, "master");
        assert_string_equal(f->repos[0]->clone_url, SITE "/models/alice/demo.git");
        fake_done(f);
    }
}

static void asks_the_other_surface_whether_it_is_gated(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "GET", LEGACY, 200, OK("{\"Visibility\":5,\"ModelInfos\":{\"safetensor\":{}}}"));
    fake_expect(f, "GET", OPEN, 200, GOOD("{\"id\":\"alice/demo\",\"gated\":true}"));
    assert_int_equal(hub_plugin->stat_repo(&f->op, &demo), 0);
    assert_int_equal(f->repos[0]->gated, HUB_YES);
    assert_int_equal(f->repos[0]->visibility, HUB_PUBLIC);
    assert_int_equal(f->repos[0]->weights, HUB_YES);
    fake_forget(f);
    fake_expect(f, "GET", LEGACY, 200, OK("{\"Visibility\":5}"));
    fake_expect(f, "GET", OPEN, 404, "{\"success\":false,\"code\":\"NotFound\"}");
    assert_int_equal(hub_plugin->stat_repo(&f->op, &demo), 0); /* the two disagree: it is there */
    assert_int_equal(f->repos[0]->gated, HUB_MAYBE);
    fake_done(f);
}

static void not_there_needs_both_surfaces(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        uint32_t open_status; /* 0: not asked */
        const char *open_body;
        int result;
    } rows[] = {
        {404, NO_RECORD, 404, "{\"success\":false,\"code\":\"NotFound\"}", HUB_ENOTFOUND},
        {404, NO_RECORD, 404, "", HUB_ENOTFOUND},
        {200, NO_RECORD, 404, "", HUB_ENOTFOUND},
        {404, NO_RECORD, 200, GOOD("{\"id\":\"alice/demo\",\"private\":false}"), 0},
        {404, NO_RECORD, 403, "<html>", HUB_EFIREWALL},
        {404, NO_RECORD, 500, "", HUB_EAGAIN},
        {404, NO_ACCESS, 404, "", HUB_EDENIED},
        {200, NO_ACCESS, 200, GOOD("{\"private\":true}"), 0},
        {404, "404 page not found", 0, NULL, HUB_EAGAIN},
        {404, "", 0, NULL, HUB_EAGAIN},
        {404, BAD("10010205001", "record not found: Error 1461"), 0, NULL, HUB_EAGAIN},
        {404, BAD("10010205001", "Error 1461: Can't create more than x"), 0, NULL, HUB_EAGAIN},
        {503, NO_RECORD, 0, NULL, HUB_EAGAIN},
        {200, "not json", 0, NULL, HUB_ECORRUPT},
        {200, "{}", 0, NULL, HUB_ECORRUPT},
        {200, "{\"Success\":true,\"Code\":200}", 0, NULL, HUB_ECORRUPT},
        {403, "<html>YUNWAF_CLIENT_UNCLASSIFIED</html>", 0, NULL, HUB_EFIREWALL},
        {403, "denied", 0, NULL, HUB_EFIREWALL},
        {429, BAD("429", "slow"), 0, NULL, HUB_ETHROTTLED},
        {401, BAD("401", "who"), 404, "", HUB_EDENIED},
        {401, BAD("401", "who"), 401, "{\"success\":false,\"code\":\"InvalidAuthentication\"}",
         HUB_EAUTH},
        {403, BAD("403", "no"), 404, "", HUB_EDENIED},
        {421, "mirror self-forwarded loop detected", 0, NULL, HUB_EREFUSED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        int r;

        fake_expect(f, "GET", LEGACY, rows[i].status, rows[i].body);
        if (rows[i].open_status)
            fake_expect(f, "GET", OPEN, rows[i].open_status, rows[i].open_body);
        r = hub_plugin->stat_repo(&f->op, &demo);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d (%s)", i, r, rows[i].result, f->message);
        assert_int_equal(f->n_repos, r == 0 ? 1 : 0);
        if (r == 0) /* an internal repo says private:false too */
            assert_int_not_equal(f->repos[0]->visibility, HUB_PUBLIC);
        fake_done(f);
    }
}

static void waits_for_a_busy_database(void **state)
{
    struct fake *f = start();

    (void)state;
    for (int i = 0; i < 3; i++)
        fake_expect(f, "GET", LEGACY, 404, BAD("10010205001", "Error 1461: Can't create more"));
    fake_expect(f, "GET", LEGACY, 200, OK("{\"Visibility\":5,\"ProtectedMode\":2}"));
    assert_int_equal(hub_plugin->stat_repo(&f->op, &demo), 0);
    assert_int_equal(f->n_sent, 4);
    fake_done(f);
}

/* ---- files ---- */

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

/* ---- download ---- */

static const struct hub_part *plan_download(struct fake *f, uint32_t flags, uint64_t bytes)
{
    struct hub_file file = {.size = sizeof(file),
                            .flags = flags,
                            .file_bytes = bytes,
                            .path = "sub/x y+.bin",
                            .sha256 = SHA_A,
                            .git_sha1 = "",
                            .etag = ""};
    struct hub_repo repo = at(COMMIT);

    assert_int_equal(hub_plugin->download(&f->op, &repo, &file), 0);
    return &f->parts[f->n_parts - 1]->part;
}

static void plans_a_download_with_the_secrets(void **state)
{
    struct fake *f = start();
    const struct hub_part *part = plan_download(f, HUB_LFS, 70);

    (void)state;
    assert_string_equal(part->request->url,
                        LEGACY "/repo?Revision=" COMMIT "&FilePath=sub%2Fx%20y%2B.bin");
    assert_string_equal(part->request->method, "GET");
    assert_non_null(fake_header(part->request->secrets, "Cookie"));
    assert_int_equal(part->part_bytes, 70);
    assert_int_equal(part->flags, 0);
    assert_int_equal(plan_download(f, 0, 70)->flags, HUB_NO_RANGE);
    assert_int_equal(plan_download(f, 0, HUB_UNKNOWN)->flags, HUB_NO_RANGE);
    assert_int_equal(plan_download(f, 0, 60 << 20)->flags, 0);
    fake_done(f);
}

static void classifies_answers_to_a_download(void **state)
{
    static const char cdn[] =
        "https://cdn-lfs-cn-1.modelscope.cn/prod/lfs-objects/ab/cd/ef?auth_key=1";
    static const struct {
        const char *url;
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {NULL, 200, "", 0},
        {NULL, 206, "", 0},
        {NULL, 200, NO_RECORD, HUB_ENOTFOUND},
        {NULL, 200, BAD("10990101004", "x"), HUB_ENOTFOUND},
        {NULL, 200, BAD("7", "x"), HUB_EREFUSED},
        {NULL, 404, "", HUB_ENOTFOUND},
        {NULL, 403, "", HUB_EFIREWALL},
        {NULL, 403, NO_ACCESS, HUB_EDENIED},
        {NULL, 404, NO_ACCESS, HUB_EDENIED},
        {NULL, 401, BAD("1", "x"), HUB_EDENIED},
        {NULL, 503, "", HUB_EAGAIN},
        {cdn, 200, "", 0},
        {cdn, 403, "<html>expired</html>", HUB_EEXPIRED},
        {cdn, 403, "", HUB_EEXPIRED},
        {cdn, 401, "", HUB_EEXPIRED},
        {cdn, 404, "", HUB_ENOTFOUND},
        {cdn, 500, "", HUB_EAGAIN},
    };
    struct fake *f = start();
    const struct hub_request *planned = plan_download(f, HUB_LFS, 70)->request;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hub_request request = *planned;
        int r;

        if (rows[i].url) {
            request.url = rows[i].url;
            request.secrets = NULL;
        }
        r = fake_classify(f, &request, rows[i].status, rows[i].body);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d", i, r, rows[i].result);
    }
    fake_done(f);
}

/* ---- upload ---- */

static struct hub_file a_file(const char *path, uint64_t bytes, const char *sha256)
{
    return (struct hub_file){.size = sizeof(struct hub_file),
                             .file_bytes = bytes,
                             .path = path,
                             .sha256 = sha256,
                             .git_sha1 = "",
                             .etag = ""};
}

static struct hub_put a_put(const struct hub_file *file)
{
    return (struct hub_put){
        .size = sizeof(struct hub_put), .file = file, .ticket = "", .resume = ""};
}

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

/* ---- commit ---- */

static int commit(struct fake *f)
{
    struct hub_file text = a_file("d\"ir/config.json", 7, SHA_A),
                    object = a_file("m.safetensors", 3000000, SHA_B),
                    stored = a_file("n.bin", 9, SHA_A), empty = a_file("__init__.py", 0, SHA_0),
                    old = a_file("old.bin", 1, "");
    struct hub_put p1 = a_put(&text), p2 = a_put(&object), p3 = a_put(&stored), p4 = a_put(&empty);
    const struct hub_put *puts[] = {&p1, &p2, &p3, &p4};
    const struct hub_file *deletes[] = {&old};
    struct hub_change change = {.size = sizeof(change),
                                .parent = COMMIT,
                                .message = "sync \"demo\"",
                                .puts = puts,
                                .n_puts = 4,
                                .deletes = deletes,
                                .n_deletes = 1};

    p1.mode = p4.mode = HUB_INLINE;
    p2.mode = HUB_PARTS;
    p3.mode = HUB_STORED;
    p1.content = "{\"a\":1}";
    p1.content_bytes = 7;
    p4.content = "";
    fake_forget(f);
    return hub_plugin->commit(&f->op, &demo, &change);
}

static void sends_one_commit(void **state)
{
    struct fake *f = start();
    struct fake_step *step = fake_expect(f, "POST", COMMIT_URL, 200, OK("{\"oid\":\"" OTHER "\"}"));

    (void)state;
    step->has[0] = "{\"commit_message\":\"sync \\\"demo\\\"\",\"actions\":["
                   "{\"action\":\"delete\",\"path\":\"old.bin\",\"type\":\"normal\",\"size\":0,"
                   "\"sha256\":\"\",\"content\":\"\",\"encoding\":\"\"},"
                   "{\"action\":\"create\",\"path\":\"d\\\"ir/config.json\",\"type\":\"normal\","
                   "\"size\":7,\"sha256\":\"\",\"content\":\"eyJhIjoxfQ==\","
                   "\"encoding\":\"base64\"},"
                   "{\"action\":\"create\",\"path\":\"m.safetensors\",\"type\":\"lfs\","
                   "\"size\":3000000,\"sha256\":\"" SHA_B "\",\"content\":\"\",\"encoding\":\"\"},"
                   "{\"action\":\"create\",\"path\":\"n.bin\",\"type\":\"lfs\",\"size\":9,"
                   "\"sha256\":\"" SHA_A "\",\"content\":\"\",\"encoding\":\"\"},"
                   "{\"action\":\"create\",\"path\":\"__init__.py\",\"type\":\"normal\",\"size\":0,"
                   "\"sha256\":\"\",\"content\":\"\",\"encoding\":\"base64\"}]}";
    assert_int_equal(commit(f), 0);
    assert_int_equal(f->sent[0]->flags, HUB_ONCE);
    assert_int_equal(f->sent[0]->timeout_ms, 300000);
    assert_int_equal(f->n_heads, 1);
    assert_string_equal(f->heads[0]->commit, OTHER);
    fake_expect(f, "POST", COMMIT_URL, 200, OK("{}"));
    assert_int_equal(commit(f), 0); /* done, and the new commit not told */
    assert_int_equal(f->n_heads, 0);
    fake_done(f);
}

static void knows_what_became_of_a_commit(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {409, BAD("10030000001", "branch changed, please retry"), HUB_ECONFLICT},
        {409, BAD("10030000001", "Could not update refs"), HUB_ECONFLICT},
        {400, BAD("10030000001", "branch changed, please retry"), HUB_ECONFLICT},
        {400, TOO_SOON, HUB_EAGAIN},
        {200, TOO_SOON, HUB_EAGAIN},
        {400, BAD("10030000001", "user not logged in"), HUB_EAUTH},
        {400, BAD("10030000001", "path branch changed, please retry: not there"), HUB_EAGAIN},
        {400, BAD("10030000001", "You can only create or edit files when you are on a branch"),
         HUB_EREFUSED},
        {400, BAD("4", "invalid path ../record not found"), HUB_EREFUSED},
        {422, BAD("4", "commit request exceeds actions limit: 2001 > 2000"), HUB_ETOOBIG},
        {422, "", HUB_ETOOBIG},
        {429, BAD("4", "Commit frequency limit exceeded"), HUB_ETHROTTLED},
        {429, "", HUB_ETHROTTLED},
        {401, BAD("4", "x"), HUB_EAUTH},
        {403, BAD("403", "no write permission"), HUB_EDENIED},
        {403, "<html>", HUB_EFIREWALL},
        {404, NO_RECORD, HUB_ENOTFOUND},
        {404, BAD("10010205001", "Error 1461"), HUB_EUNSURE},
        {404, "", HUB_EUNSURE},
        {408, "", HUB_EUNSURE},
        {500, BAD("500", "x"), HUB_EUNSURE},
        {504, "<html>", HUB_EUNSURE},
        {200, BAD("99", "refused"), HUB_EREFUSED},
        {200, BAD("500", "x"), HUB_EUNSURE},
        {200, "", HUB_EUNSURE},
        {200, "{\"Code\":20", HUB_EUNSURE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        int r;

        fake_expect(f, "POST", COMMIT_URL, rows[i].status, rows[i].body);
        r = commit(f);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d (%s)", i, r, rows[i].result, f->message);
        if (r == HUB_EAGAIN)
            assert_true(f->wait_ms >= 4000);
        assert_int_equal(f->n_heads, 0);
        fake_done(f);
    }
}

static void a_lost_commit_is_unsure_and_a_throttled_one_waits(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "POST", COMMIT_URL, 0, "")->is_lost = true;
    assert_int_equal(commit(f), HUB_EUNSURE);
    assert_int_equal(f->n_sent, 1);
    fake_expect(f, "POST", COMMIT_URL, 429, BAD("4", "Commit frequency limit exceeded"))
        ->headers[0] = "retry-after: 7";
    assert_int_equal(commit(f), HUB_ETHROTTLED);
    assert_int_equal(f->wait_ms, 7000);
    fake_expect(f, "POST", COMMIT_URL, 400, TOO_SOON);
    fake_expect(f, "POST", COMMIT_URL, 200, OK("{\"oid\":\"" OTHER "\"}"));
    assert_int_equal(commit(f), 0);
    fake_done(f);
}

static void commits_go_to_branches_only(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at(COMMIT);
    struct hub_change change = {.size = sizeof(change), .parent = "", .message = "m"};

    (void)state;
    assert_int_equal(hub_plugin->commit(&f->op, &repo, &change), HUB_ENOTSUP);
    fake_done(f);
}

/* ---- create ---- */

static void creates_with_the_sites_words(void **state)
{
    static const struct {
        uint32_t visibility;
        const char *license;
        const char *has;
    } rows[] = {
        {HUB_PUBLIC, "apache-2.0",
         "{\"Path\":\"alice\",\"Name\":\"demo\",\"Visibility\":5,\"License\":\"Apache-2.0\"}"},
        {HUB_INTERNAL, "mit", "\"Visibility\":3,\"License\":\"MIT\"}"},
        {HUB_PRIVATE, "other", "\"Visibility\":1,\"License\":\"Other\"}"},
        {0, "", "\"Visibility\":1}"},
        {HUB_PRIVATE, "x-licence-1", "\"License\":\"x-licence-1\"}"},
        {HUB_PRIVATE, "Apache License 2.0", "\"License\":\"Apache-2.0\"}"},
        {HUB_PRIVATE, "Some Long Name", "\"License\":\"Other\"}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        struct hub_repo repo = demo;

        repo.visibility = rows[i].visibility;
        repo.license = rows[i].license;
        fake_expect(f, "POST", SITE "/api/v1/models", 200, OK("{}"))->has[0] = rows[i].has;
        fake_expect(f, "GET", LEGACY, 200, OK("{\"Visibility\":1,\"ProtectedMode\":2}"));
        assert_int_equal(hub_plugin->create_repo(&f->op, &repo), 0);
        assert_int_equal(f->sent[0]->flags, HUB_ONCE);
        assert_int_equal(f->repos[0]->visibility, HUB_PRIVATE); /* as re-read, not as asked */
        fake_done(f);
    }
}

static void knows_what_became_of_a_create(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {400, BAD("10010101001", "该名称已被注册使用，请重新命名"), HUB_EEXIST},
        {400, BAD("\"10010202004\"", "x"), HUB_EEXIST},
        {200, BAD("10010101001", "x"), HUB_EEXIST},
        {400, BAD("5", "该名称已被注册使用，请重新命名"), HUB_EEXIST},
        {400, BAD("5", "bad name already-there"), HUB_EREFUSED},
        {403, BAD("403", "x"), HUB_EDENIED},
        {500, "", HUB_EUNSURE},
        {200, "<html>", HUB_EFIREWALL},
        {200, "", HUB_EUNSURE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        int r;

        fake_expect(f, "POST", SITE "/api/v1/models", rows[i].status, rows[i].body);
        r = hub_plugin->create_repo(&f->op, &demo);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d (%s)", i, r, rows[i].result, f->message);
        fake_done(f);
    }
}

static void a_created_repo_that_does_not_show_is_unsure(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "POST", SITE "/api/v1/models", 200, OK("{}"));
    fake_expect(f, "GET", LEGACY, 404, NO_RECORD);
    fake_expect(f, "GET", OPEN, 404, "");
    assert_int_equal(hub_plugin->create_repo(&f->op, &demo), HUB_EUNSURE);
    fake_done(f);
}

/* ---- site_made ---- */

#define ZH_HEAD                                                                                    \
    "### 当前模型的贡献者未提供更加详细的模型介绍。模型文件和权重，可浏览“模型文件”页面获取。\n"
#define ZH_REST                                                                                               \
    "#### 您可以通过如下git clone命令，或者ModelScope SDK来下载模型\n\nSDK下载\n```bash\n" \
    "#安装ModelScope\npip install modelscope\n```\n```python\n#SDK模型下载\n"                           \
    "from modelscope import snapshot_download\nmodel_dir = snapshot_download('alice/demo')\n```\n"            \
    "Git下载\n```\n#Git模型下载\ngit clone https://www.modelscope.cn/alice/demo.git\n```\n\n"
#define ZH_TAIL                                                                                    \
    "<p style=\"color: lightgrey;\">如果您是本模型的贡献者，我们邀请您根据"     \
    "<a href=\"https://modelscope.cn/docs\" "                                                      \
    "style=\"x\">模型贡献文档</a>，及时完善模型卡片内容。</p>"
#define EN_HEAD                                                                                    \
    "### You are viewing the default Readme template as no detailed model-card was provided by "   \
    "the model’s contributors. You can access the model files in the \"Files and versions\" "    \
    "tab.\n"
#define EN_TAIL                                                                                    \
    "<p style=\"color: lightgrey;\">If you are a contributor to this model, we invite you to "     \
    "promptly update the model card content according to <a href=\"https://x\">the model "         \
    "contribution documentation</a>.</p>"
#define CARD "---\nlicense: Apache License 2.0\n#tags:\n##x\n---\n"

static void knows_the_sites_own_readme(void **state)
{
    static const struct {
        const char *path, *text;
        int verdict;
    } rows[] = {
        {"README.md", CARD ZH_HEAD ZH_REST ZH_TAIL, HUB_YES},
        {"README.md", ZH_HEAD ZH_REST ZH_TAIL "\n\n", HUB_YES},
        {"README.md", "\xef\xbb\xbf\r\n---\r\nlicense: mit\r\n---\r\n" EN_HEAD "\r\n" EN_TAIL,
         HUB_YES},
        {"README.md", "### YOU ARE VIEWING THE DEFAULT README TEMPLATE\n", HUB_YES},
        {"README.md", "当前模型的贡献者未提供更加详细的模型介绍", HUB_YES},
        {"README.md", ZH_HEAD "\n" EN_HEAD, HUB_YES},
        {"README.md", "### 当前模型的贡献者未提供更加详细的模型介绍，新的句子\n\n" ZH_TAIL,
         HUB_YES},
        {"README.md", ZH_TAIL, HUB_YES},
        {"README.md", "", HUB_YES},
        {"README.md", CARD, HUB_YES},
        {"README.md", CARD "\n \n", HUB_YES},
        {"README.md", ZH_HEAD "Our own words.\n" ZH_TAIL, HUB_NO},
        {"README.md", ZH_HEAD ZH_REST ZH_TAIL "\n\n## News\n", HUB_NO},
        {"README.md", "### 当前模型的贡献者未提供更加详细的模型介绍，但是我们有\n", HUB_NO},
        {"README.md", "当前模型的贡献者未提供更加详细的模型介绍 is what it said before.\n", HUB_NO},
        {"README.md", "> " ZH_HEAD, HUB_NO},
        {"README.md", "# Demo\n\nThe site writes: 当前模型的贡献者未提供更加详细的模型介绍。\n",
         HUB_NO},
        {"README.md", "```bash\npip install modelscope\n```\n", HUB_NO},
        {"README.md", "# Demo\n", HUB_NO},
        {"README.md", "---\nnot closed\n", HUB_NO},
        {"sub/README.md", ZH_HEAD, HUB_NO},
        {"LICENSE", "", HUB_NO},
    };
    struct fake *f = start();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int r = hub_plugin->site_made(&f->op, rows[i].path, rows[i].text, strlen(rows[i].text));

        if (r != rows[i].verdict)
            fail_msg("row %zu: %d\n%s", i, r, rows[i].text);
    }
    fake_done(f);
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
        cmocka_unit_test(lists_by_id_and_guesses_no_visibility),
        cmocka_unit_test(reads_all_pages),
        cmocka_unit_test(a_cut_list_is_partial),
        cmocka_unit_test(stats_one_repo),
        cmocka_unit_test(asks_the_other_surface_whether_it_is_gated),
        cmocka_unit_test(not_there_needs_both_surfaces),
        cmocka_unit_test(waits_for_a_busy_database),
        cmocka_unit_test(reads_every_form_of_hash),
        cmocka_unit_test(a_commit_is_listed_without_asking_for_it),
        cmocka_unit_test(an_empty_listing_is_never_complete),
        cmocka_unit_test(failures_of_a_listing),
        cmocka_unit_test(an_unknown_branch_is_not_there),
        cmocka_unit_test(walks_folders_where_a_listing_is_cut),
        cmocka_unit_test(a_folder_that_cannot_be_enumerated_is_incomplete),
        cmocka_unit_test(a_folder_that_answers_as_another_is_corrupt),
        cmocka_unit_test(stops_when_the_engine_stops),
        cmocka_unit_test(plans_a_download_with_the_secrets),
        cmocka_unit_test(classifies_answers_to_a_download),
        cmocka_unit_test(decides_what_goes_inside_the_commit),
        cmocka_unit_test(plans_stored_wanted_and_twin_objects),
        cmocka_unit_test(an_unclear_batch_never_means_stored),
        cmocka_unit_test(reads_what_a_batch_says_of_one_object),
        cmocka_unit_test(classifies_answers_to_an_object),
        cmocka_unit_test(sends_one_commit),
        cmocka_unit_test(knows_what_became_of_a_commit),
        cmocka_unit_test(a_lost_commit_is_unsure_and_a_throttled_one_waits),
        cmocka_unit_test(commits_go_to_branches_only),
        cmocka_unit_test(creates_with_the_sites_words),
        cmocka_unit_test(knows_what_became_of_a_create),
        cmocka_unit_test(a_created_repo_that_does_not_show_is_unsure),
        cmocka_unit_test(knows_the_sites_own_readme),
        cmocka_unit_test(reads_heads_by_protocol_2),
        cmocka_unit_test(reads_heads_by_protocol_0),
        cmocka_unit_test(refuses_what_is_not_gits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
