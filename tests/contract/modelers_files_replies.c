/* What hub-modelers makes of the site's answers about the files of a model. */
#include "modelers_script.h"

#define TREE(entries)                                                                              \
    "{'tree':" entries ",'last_commit':{'commit':{'commit_sha':'" SHA "'}},'commit_count':7}"
#define DIR(path)                                                                                  \
    "{'name':'n','path':'" path "','type':'dir','size':0,'is_lfs':false,'etag':'','commit':null}"

static void listing_pins_the_commit_and_tells_the_hash(void **state)
{
    struct fake *f = begin();
    const struct hub_file *file;

    (void)state;
    expect(
        f, "GET", FILES "?ref=main&path=", 200,
        TREE("[" DIR(
            "a b") ","
                   "{'path':'README.md','type':'file','size':35,'is_lfs':false,"
                   "'etag':'W/\\'" BLOB "\\'','commit':{'created':'2025-07-16T19:54:27+08:00'}},"
                   "{'path':'.gitattributes','type':'file','size':9,'is_lfs':false,'etag':''},"
                   "{'path':'link','type':'symlink','size':3,'is_lfs':false,'file_scan':null}]"));
    expect(f, "GET", FILES "?ref=" SHA "&path=a%20b", 503, HTML);
    expect(f, "GET", FILES "?ref=" SHA "&path=a%20b", 200,
           TREE("[{'path':'a b/w.bin','type':'file','size':45000000,'is_lfs':true,"
                "'etag':'9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08',"
                "'commit':{'created':'2025-07-16T11:54:27Z'}}]"));
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    assert_int_equal(f->n_files, 4);
    file = fake_file(f, "README.md");
    assert_string_equal(file->git_sha1, BLOB);
    assert_string_equal(file->sha256, "");
    assert_int_equal(file->flags, 0);
    assert_int_equal(file->modified_ms, INT64_C(1752666867000));
    file = fake_file(f, "a b/w.bin");
    assert_string_equal(file->sha256, OID_A);
    assert_int_equal(file->flags, HUB_LFS);
    assert_int_equal(file->file_bytes, 45000000);
    assert_int_equal(file->modified_ms, INT64_C(1752666867000));
    assert_int_equal(fake_file(f, ".gitattributes")->flags, HUB_SITE_OWNED);
    assert_int_equal(fake_file(f, "link")->flags, HUB_NOT_PLAIN);
    assert_string_equal(f->heads[0]->commit, SHA);
    assert_string_equal(f->heads[0]->branch, "main");
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    fake_done(f);
}

static void listing_of_a_commit_stays_at_it(void **state)
{
    struct hub_repo repo = REPO;
    struct fake *f = begin();

    (void)state;
    repo.revision = BLOB; /* any 40 digits; the root's last commit is another one */
    expect(f, "GET", FILES "?ref=" BLOB "&path=", 200, TREE("[" DIR("d") "]"));
    expect(f, "GET", FILES "?ref=" BLOB "&path=d", 200,
           TREE("[{'path':'d/x','type':'file','size':1,'is_lfs':false}]"));
    assert_int_equal(hub_plugin->list_files(&f->op, &repo), 0);
    assert_string_equal(f->heads[0]->commit, BLOB);
    assert_string_equal(f->heads[0]->branch, "");
    fake_done(f);
}

static void hash_of_the_wrong_kind_is_none(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", FILES "*", 200,
           TREE("[{'path':'w','type':'file','size':4,'is_lfs':true,'etag':'" BLOB "'}]"));
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    assert_string_equal(f->files[0]->sha256, "");
    assert_string_equal(f->files[0]->git_sha1, "");
    assert_string_equal(f->files[0]->etag, BLOB);
    fake_done(f);
}

static void doubtful_listing_is_never_complete(void **state)
{
    static const struct {
        const char *root, *folder;
        int expected;
        uint32_t flags;
    } CASES[] = {
        {TREE("[]"), NULL, 0, HUB_COMPLETE},
        {TREE("null"), NULL, 0, 0},
        {TREE("[" DIR("d") "]"), TREE("[]"), 0, 0},
        {TREE("[{'path':'x','type':'folder'}]"), NULL, 0, 0},
        {TREE("[" DIR("d") "]"), "branch_or_path_not_found", HUB_ECONFLICT, 0},
        {TREE("[" DIR("d") "]"), TREE("[" DIR("d") "]"), HUB_ECORRUPT, 0},
        {TREE("[" DIR("../d") "]"), NULL, HUB_ECORRUPT, 0},
        {TREE("[{'path':'x','size':1}]"), NULL, HUB_ECORRUPT, 0},
        {TREE("[{'path':'x','type':'file','size':-1}]"), NULL, HUB_ECORRUPT, 0},
        {TREE("{}"), NULL, HUB_ECORRUPT, 0},
        {"{'tree':[],'last_commit':null}", NULL, HUB_ECORRUPT, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const char *folder = CASES[i].folder;
        struct fake *f = begin();

        expect(f, "GET", FILES "?ref=main*", 200, CASES[i].root);
        if (folder)
            expect(f, "GET", FILES "?ref=" SHA "*", folder[0] == '{' ? 200 : 404, folder);
        assert_int_equal(hub_plugin->list_files(&f->op, &REPO), CASES[i].expected);
        assert_int_equal(f->n_heads, CASES[i].expected == 0);
        if (f->n_heads)
            assert_int_equal(f->heads[0]->flags, CASES[i].flags);
        fake_done(f);
    }
}

static void repo_without_commits_is_empty(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", FILES "*", 400, "empty_repo");
    assert_int_equal(hub_plugin->list_files(&f->op, &REPO), 0);
    assert_string_equal(f->heads[0]->commit, "");
    assert_int_equal(f->heads[0]->flags, HUB_COMPLETE);
    fake_done(f);
}

static void stat_answers_only_what_is_there(void **state)
{
    static const char *const paths[] = {"gone", "dir", "w.bin"};
    struct hub_repo repo = REPO;
    struct fake *f = begin();

    (void)state;
    repo.revision = SHA;
    expect(f, "GET", FILES "/info?ref=" SHA "&path=gone", 404, "branch_or_path_not_found");
    expect(f, "GET", FILES "/info?ref=" SHA "&path=dir", 404, "not_file");
    expect(f, "GET", FILES "/info?ref=" SHA "&path=w.bin", 200,
           "{'path':'w.bin','size':4,'is_lfs':true,'etag':'" OID_A "','branch_last_commit':'" SHA
           "'}");
    assert_int_equal(hub_plugin->stat_files(&f->op, &repo, paths, 3), 0);
    assert_int_equal(f->n_files, 1);
    assert_string_equal(f->files[0]->sha256, OID_A);
    expect(f, "GET", FILES "/info*", 404, "ref_not_exist");
    assert_int_equal(hub_plugin->stat_files(&f->op, &repo, paths, 1), HUB_ENOTFOUND);
    expect(f, "GET", FILES "/info*", 200, "{'path':'other','size':4,'is_lfs':false}");
    assert_int_equal(hub_plugin->stat_files(&f->op, &repo, paths, 1), HUB_ECORRUPT);
    fake_done(f);
}

static void download_names_the_pinned_media(void **state)
{
    struct hub_file file = {.size = sizeof(file), .path = "a b/%#.bin", .file_bytes = 45};
    struct hub_repo repo = REPO;
    struct fake *f = begin();
    const struct hub_request *request;

    (void)state;
    repo.revision = SHA;
    assert_int_equal(hub_plugin->download(&f->op, &repo, &file), 0);
    assert_int_equal(f->parts[0]->part.part_bytes, 45);
    request = f->parts[0]->part.request;
    assert_string_equal(request->url, FILES "/" SHA "/media/a%20b/%25%23.bin");
    assert_int_equal(fake_classify(f, request, 206, ""), 0);
    assert_int_equal(fake_classify(f, request, 403, "<Error>AccessDenied</Error>"), HUB_EEXPIRED);
    assert_int_equal(fake_classify(f, request, 403, HTML), HUB_EFIREWALL);
    assert_int_equal(fake_classify(f, request, 403, answer(f, "no_permission")), HUB_EDENIED);
    assert_int_equal(fake_classify(f, request, 404, answer(f, "branch_or_path_not_found")),
                     HUB_ENOTFOUND);
    fake_done(f);
}

static void heads_are_the_default_branch(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", FILES "?ref=main&path=", 200, TREE("[]"));
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), 0);
    assert_int_equal(f->n_heads, 1);
    assert_string_equal(f->heads[0]->branch, "main");
    assert_string_equal(f->heads[0]->commit, SHA);
    assert_int_equal(f->heads[0]->flags, HUB_DEFAULT_BRANCH);
    fake_done(f);
}

static void bare_front_matter_is_the_sites(void **state)
{
    static const struct {
        const char *path, *text;
        int expected;
    } CASES[] = {
        {"README.md", "---\nlicense: mit\n---\n", HUB_YES},
        {"README.md", "---\nlicense: mit\n---", HUB_YES},
        {"README.md", "\xef\xbb\xbf\r\n---\r\nlicense: mit\r\n---\r\n\r\n", HUB_YES},
        {"README.md", "---\nlicense: mit\n---\n# demo\n", HUB_NO},
        {"README.md", "---\nlicense: mit\n", HUB_NO},
        {"README.md", "# demo\n---\n---\n", HUB_NO},
        {"README.md", "---", HUB_NO},
        {"README.md", "", HUB_NO},
        {"LICENSE", "---\nlicense: mit\n---\n", HUB_NO},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(
            hub_plugin->site_made(&f->op, CASES[i].path, CASES[i].text, strlen(CASES[i].text)),
            CASES[i].expected);
    assert_int_equal(hub_plugin->site_made(&f->op, "README.md", NULL, 0), HUB_NO);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing_pins_the_commit_and_tells_the_hash),
        cmocka_unit_test(listing_of_a_commit_stays_at_it),
        cmocka_unit_test(hash_of_the_wrong_kind_is_none),
        cmocka_unit_test(doubtful_listing_is_never_complete),
        cmocka_unit_test(repo_without_commits_is_empty),
        cmocka_unit_test(stat_answers_only_what_is_there),
        cmocka_unit_test(download_names_the_pinned_media),
        cmocka_unit_test(heads_are_the_default_branch),
        cmocka_unit_test(bare_front_matter_is_the_sites),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
