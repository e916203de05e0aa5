/* What hub-gitcode makes of the file plane, where it is not simply Modelers' dialect. */
#include "gitcode_script.h"

#define BRANCHES      REPO_URL "/branches?page=1&per_page=1"
#define BATCH         FILES "/info/lfs/objects/batch"
#define UPLOAD        FILES "/upload"
#define CHECK         SITE "/api/v1/file/license_check"
#define NO_REPO       "{'code':'repo_not_found','msg':'m','data':null}"
#define TREE(entries) "{'tree':" entries ",'last_commit':{'commit':{'commit_sha':'" SHA "'}}}"

/* ---- listing ---- */

static void listing_takes_loose_types(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect_data(f, "GET", FILES "?ref=main&path=",
                TREE("[{'path':'w.bin','type':'file','size':'45','is_lfs':1,'etag':'" OID_A "'},"
                     "{'path':'c.json','type':'file','size':2,'is_lfs':0,'etag':'" BLOB "'}]"));
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    assert_int_equal(fake_file(f, "w.bin")->file_bytes, 45);
    assert_string_equal(fake_file(f, "w.bin")->sha256, OID_A);
    assert_string_equal(fake_file(f, "c.json")->git_sha1, BLOB);
    assert_string_equal(f->heads[0]->commit, SHA);
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    assert_string_equal(f->sent[0]->secrets[0], "Authorization: Bearer TOKEN-1234");
    fake_done(f);
}

static void repo_without_a_branch_is_empty_and_not_absent(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", FILES "*", 404, "{'code':'branch_or_path_not_found','msg':'','data':null}");
    expect(f, "GET", BRANCHES, 200, "[]");
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    assert_string_equal(f->heads[0]->commit, "");
    fake_forget(f);
    expect(f, "GET", FILES "*", 400, "{'code':'empty_repo','msg':'','data':null}");
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    fake_forget(f);
    expect(f, "GET", FILES "*", 404, "{'code':'branch_or_path_not_found','msg':'','data':null}");
    expect(f, "GET", BRANCHES, 200, "[{'name':'master','commit':{'sha':'" SHA "'}}]");
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), HUB_ENOTFOUND);
    expect(f, "GET", FILES "*", 404, NO_REPO);
    expect(f, "GET", BRANCHES, 404, ABSENT);
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), HUB_ENOTFOUND);
    assert_int_equal(f->n_heads, 0);
    fake_done(f);
}

static void hubs_plane_may_speak_the_apis_language(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {404, NO_TOKEN, HUB_EAUTH},
        {401, "", HUB_EAUTH},
        {400, "{'error_code':403,'error_message':'403 Forbidden - no scopes'}", HUB_EDENIED},
        {429, "", HUB_ETHROTTLED},
        {418, HTML, HUB_EFIREWALL},
        {404, "404 page not found", HUB_EAGAIN},
        {200, "{'error_code':500,'error_message':'FAIL'}", HUB_EAGAIN},
        {200, "not the site", HUB_ECORRUPT},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "GET", FILES "*", CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->list_files(&f->op, &REPO), CASES[i].expected);
    }
    fake_done(f);
}

static void new_repo_is_waited_for_on_the_hubs_plane(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "POST", V5 "/orgs/Acme/repos", 200, "{}");
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), 0);
    expect(f, "GET", FILES "?ref=main&path=", 404, NO_REPO);
    expect(f, "GET", FILES "?ref=main&path=", 404, ABSENT);
    expect_data(f, "GET", FILES "?ref=main&path=", TREE("[]"));
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    fake_done(f);
}

/* ---- downloading ---- */

static const struct hub_request *plan_download(struct fake *f, const char *path, uint32_t flags)
{
    struct hub_file file = make_file(path, 45, "");
    struct hub_repo repo = REPO;

    fake_forget(f);
    repo.revision = SHA;
    file.flags = flags;
    assert_int_equal(hub_plugin->download(&f->op, &repo, &file), 0);
    assert_int_equal(f->parts[0]->part.part_bytes, 45);
    return f->parts[0]->part.request;
}

static void download_goes_on_where_no_route_is(void **state)
{
    struct fake *f = fake_new(hub_plugin);
    const struct hub_request *request;

    (void)state;
    fake_set(f, "endpoint", SITE);
    fake_set(f, "raw_endpoint", "https://raw.test");
    fake_set(f, "token", "TOKEN-1234");
    fake_open(f);
    request = plan_download(f, "a b/%#.bin", 0);
    assert_string_equal(request->url, SITE "/Acme/demo-7b/resolve/" SHA "/a%20b/%25%23.bin");
    assert_string_equal(request->secrets[0], "Authorization: Bearer TOKEN-1234");
    assert_int_equal(fake_classify(f, request, 206, ""), 0);
    assert_int_equal(fake_classify(f, request, 404, "404 page not found"), HUB_EEXPIRED);
    request = plan_download(f, "a b/%#.bin", 0);
    assert_string_equal(request->url, FILES "/" SHA "/media/a%20b/%25%23.bin");
    assert_int_equal(fake_classify(f, request, 404, HTML), HUB_EEXPIRED);
    assert_int_equal(
        fake_classify(f, request, 404, json(f, "{'code':'not_found','msg':'no such route'}")),
        HUB_EEXPIRED); /* dressed, but no word about the file */
    request = plan_download(f, "c.json", 0);
    assert_string_equal(request->url, "https://raw.test/Acme/demo-7b/raw/" SHA "/c.json");
    assert_null(request->secrets);
    request = plan_download(f, "w.bin", HUB_LFS); /* raw files may be pointers */
    assert_string_equal(request->url, SITE "/Acme/demo-7b/resolve/" SHA "/w.bin");
    fake_done(f);
}

static void worded_failure_of_a_download_is_about_the_file(void **state)
{
    struct fake *f = begin();
    const struct hub_request *request = plan_download(f, "c.json", 0);

    (void)state;
    assert_int_equal(
        fake_classify(f, request, 404, json(f, "{'code':'file_not_found','msg':'','data':null}")),
        HUB_ENOTFOUND);
    assert_int_equal(
        fake_classify(f, request, 403, json(f, "{'error_message':'FORBIDDEN no scopes'}")),
        HUB_EDENIED);
    assert_int_equal(fake_classify(f, request, 404, json(f, ABSENT)), HUB_ENOTFOUND);
    assert_int_equal(fake_classify(f, request, 403, HTML), HUB_EFIREWALL);
    assert_int_equal(fake_classify(f, request, 418, ""), HUB_EFIREWALL);
    assert_int_equal(fake_classify(f, request, 502, HTML), HUB_EAGAIN);
    assert_non_null(strstr(plan_download(f, "c.json", 0)->url, "/resolve/"));
    fake_done(f);
}

/* ---- writing ---- */

static void objects_go_by_the_hubs_batch(void **state)
{
    struct hub_file file = make_file("w.bin", 45000000, OID_A);
    struct hub_put put = make_put(&file);
    const struct hub_put *const puts[] = {&put};
    struct fake *f = begin();

    (void)state;
    expect_data(f, "POST", FILES "/pre_upload", "{'files':[{'path':'w.bin','type':'lfs'}]}");
    expect_data(f, "POST", BATCH,
                "{'objects':[{'oid':'" OID_A "','size':'45000000','actions':{'parts':["
                "{'index':'1','size':'45000000','href':'https://obs.test/1','etag':'',"
                "'headers':{'x-obs-acl':7,'x-none':null}}]}}]}");
    assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 1), 0);
    assert_int_equal(f->plans[0]->plan.mode, HUB_PARTS);
    assert_string_equal(f->parts[0]->part.request->headers[0], "x-obs-acl: 7");
    assert_null(f->parts[0]->part.request->headers[1]);
    assert_null(f->parts[0]->part.request->secrets);
    fake_done(f);
}

static void upload_in_a_foreign_dialect_is_not_sent(void **state)
{
    struct hub_file file = make_file("w.bin", 45000000, OID_A);
    struct hub_put put = make_put(&file);
    const struct hub_put *const puts[] = {&put};
    struct fake *f = begin();

    (void)state;
    expect_data(f, "POST", FILES "/pre_upload", "{'files':[{'path':'w.bin','type':'lfs'}]}");
    expect_data(f, "POST", BATCH,
                "{'objects':[{'oid':'" OID_A "','actions':{'upload':{'href':'https://h/complete',"
                "'header':{'chunk_size':'20000000','1':'https://s/1'}}}}]}");
    assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 1), 0);
    assert_int_equal(f->n_plans, 0);
    assert_int_equal(f->failures[0]->status, HUB_ENOTSUP);
    fake_done(f);
}

static int commit(struct fake *f, const char *path, const char *text)
{
    struct hub_file file = make_file(path, strlen(text), OID_B);
    struct hub_put put = make_put(&file);
    const struct hub_put *const puts[] = {&put};
    struct hub_change change = {
        .size = sizeof(change), .parent = SHA, .message = "sync", .puts = puts, .n_puts = 1};

    put.mode = HUB_INLINE;
    put.content = text;
    put.content_bytes = strlen(text);
    return hub_plugin->commit(&f->op, &REPO, &change);
}

static void commit_ends_in_the_right_class(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {201, "{'code':'','msg':'','data':[{'commit_oid':'" SHA "'}]}", 0},
        {202, "", 0},
        {403, "{'error_code':403,'error_message':'mirror repositories are read-only'}",
         HUB_EDENIED}, /* while it is a pull mirror */
        {403, "{'code':'no_permission','msg':'','data':null}", HUB_EDENIED},
        {200, "{'error_code':403,'error_message':'403 Forbidden'}", HUB_EDENIED},
        {404, NO_TOKEN, HUB_EAUTH},
        {400, "{'error_code':500,'error_message':'FAIL'}", HUB_EUNSURE},
        {409, "{'error_message':'conflict'}", HUB_EUNSURE},
        {504, HTML, HUB_EUNSURE},
        {418, HTML, HUB_EFIREWALL},
        {429, "{'error_message':'slow'}", HUB_ETHROTTLED},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        fake_forget(f);
        expect(f, "POST", UPLOAD, CASES[i].status, CASES[i].text);
        assert_int_equal(commit(f, "c.json", "{}"), CASES[i].expected);
        assert_int_equal(f->n_heads, CASES[i].expected == 0);
    }
    fake_done(f);
}

static void only_a_clear_no_of_the_license_check_counts(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
    } NO_WORD[] = {
        {404, "404 page not found"},
        {404, HTML},
        {405, ""},
        {401, ""},
        {403, ""},
        {200, "what"},
        {404, ABSENT},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(NO_WORD); i++) {
        expect(f, "POST", CHECK, NO_WORD[i].status, NO_WORD[i].text);
        expect(f, "POST", UPLOAD, 202, "");
        assert_int_equal(commit(f, "README.md", "# demo\n"), 0);
    }
    expect_data(f, "POST", CHECK, "false");
    assert_int_equal(commit(f, "README.md", "# demo\n"), HUB_EREFUSED);
    expect(f, "POST", CHECK, 418, HTML);
    assert_int_equal(commit(f, "README.md", "# demo\n"), HUB_EFIREWALL);
    expect_data(f, "POST", CHECK, "true");
    expect(f, "POST", UPLOAD, 202, "");
    assert_int_equal(commit(f, "README.md", "# demo\n"), 0);
    fake_done(f);
}

static void bare_front_matter_is_the_sites(void **state)
{
    static const char CARD[] = "---\nlicense: mit\n---\n", TEXT[] = "---\nlicense: mit\n---\n# d\n";
    struct fake *f = begin();

    (void)state;
    assert_int_equal(hub_plugin->site_made(&f->op, "README.md", CARD, strlen(CARD)), HUB_YES);
    assert_int_equal(hub_plugin->site_made(&f->op, "README.md", TEXT, strlen(TEXT)), HUB_NO);
    assert_int_equal(hub_plugin->site_made(&f->op, "LICENSE", CARD, strlen(CARD)), HUB_NO);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing_takes_loose_types),
        cmocka_unit_test(repo_without_a_branch_is_empty_and_not_absent),
        cmocka_unit_test(hubs_plane_may_speak_the_apis_language),
        cmocka_unit_test(new_repo_is_waited_for_on_the_hubs_plane),
        cmocka_unit_test(download_goes_on_where_no_route_is),
        cmocka_unit_test(worded_failure_of_a_download_is_about_the_file),
        cmocka_unit_test(objects_go_by_the_hubs_batch),
        cmocka_unit_test(upload_in_a_foreign_dialect_is_not_sent),
        cmocka_unit_test(commit_ends_in_the_right_class),
        cmocka_unit_test(only_a_clear_no_of_the_license_check_counts),
        cmocka_unit_test(bare_front_matter_is_the_sites),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
