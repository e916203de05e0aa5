/* Providers older, smaller and newer than the engine work side by side in one process; what is
 * missing, foreign, too new or broken is refused with its path; and no lie is believed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "provider/session.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct hs_conf conf;
static struct hs_net *net;
static struct hs_loop *loop;
static struct hs_sessions *sessions;

static int start(void **state)
{
    static const char yaml[] = "version: 1\nhubs:\n"
                               "  same: {plugin: same, owner: acme}\n  old: {plugin: old, owner: acme}\n"
                               "  new: {plugin: new, owner: acme}\n  liar: {plugin: liar, owner: acme}\n"
                               "rules: []\n";
    struct hs_sessions_conf sessions_conf = {.conf = &conf};
    struct hs_net_conf net_conf = {.user_agent = "test", .is_batch = true};
    HS_ERR(err);

    (void)state;
    setenv("HUBSYNC_PLUGIN_PATH", PROVIDERS, 1);
    if (hs_conf_parse(&conf, "test.yaml", yaml, sizeof yaml - 1, NULL, NULL, &err) < 0 ||
        hs_net_new(&net_conf, &net, &err) < 0 || hs_loop_new(net, &loop, &err) < 0) {
        fprintf(stderr, "%s\n", hs_err_text(&err));
        return -1;
    }
    sessions_conf.net = net;
    return hs_sessions_new(&sessions_conf, &sessions, &err);
}

static int stop(void **state)
{
    (void)state;
    hs_sessions_free(sessions);
    hs_loop_free(loop);
    hs_net_free(net);
    hs_conf_clear(&conf);
    return 0;
}

static struct hs_session *session(const char *hub)
{
    struct hs_retry retry = {1, 1000};
    struct hs_session *s = NULL;
    HS_ERR(err);

    if (hs_session_get(sessions, loop, hub, "", &retry, &s, &err) < 0)
        fail_msg("%s: %s", hub, hs_err_text(&err));
    return s;
}

static void older_same_and_newer_list_side_by_side(void **state)
{
    static const char *const hubs[] = {"same", "old", "new"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_session *s = session(hubs[i]);
        struct hs_repos repos;
        struct hs_listing files;
        assert_int_equal(hs_ask_repos(s, loop, &pool, "acme", &repos, &err), 0);
        assert_int_equal(repos.repos.n, 1);
        assert_int_equal(hs_ask_files(s, loop, &pool, &repos.repos.items[0], "", &files, &err), 0);
        assert_true(files.is_complete);
        assert_int_equal(files.files.n, 1);
        assert_string_equal(files.files.items[0].path, "a.txt");
        assert_string_equal(files.files.items[0].etag, "");
        assert_int_equal(files.files.items[0].flags, 0);
        hs_listing_clear(&files);
        hs_repos_clear(&repos);
    }
}

static void what_an_older_table_did_not_have_is_not_there(void **state)
{
    struct hs_repo repo = {.id = "acme/demo", .head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};
    HS_ERR(err);

    (void)state;
    assert_false(hs_plugin_can(session("old")->plugin, delete_repo));
    assert_int_equal(hs_ask_delete_repo(session("old"), loop, &repo, &err), HUB_ENOTSUP);
}

static void what_a_newer_provider_says_in_unknown_words_is_unknown(void **state)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_repos repos;

    (void)state;
    assert_int_equal(hs_ask_repos(session("new"), loop, &pool, "acme", &repos, &err), 0);
    assert_int_equal(repos.repos.items[0].visibility, 0);
    assert_int_equal(repos.repos.items[0].gated, HUB_MAYBE);
    hs_repos_clear(&repos);
    assert_int_equal(hs_ask_whoami(session("new"), loop, &err), -17);
    assert_int_equal(hs_class_of(-17), HS_CLASS_TEMPORARY); /* by its range */
}

static void what_does_not_fit_is_refused_with_its_path(void **state)
{
    static const struct {
        const char *file, *words;
    } rows[] = {{"hub-toonew.so", "ABI"},          {"hub-small.so", "too small"}, {"hub-foreign.so", "hub_plugin"},
                {"hub-misnamed.so", "another"}, {"hub-broken.so", "hub-broken.so"}, {"hub-nowhere.so", "no such file"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct hs_plugin *plugin;
        char path[512];
        HS_ERR(err);
        snprintf(path, sizeof path, "%s/%s", PROVIDERS, rows[i].file);
        assert_int_equal(hs_plugin_load(path, &plugin, &err), HS_EPLUGIN);
        if (!strstr(hs_err_text(&err), rows[i].file) || !strstr(hs_err_text(&err), rows[i].words))
            fail_msg("%s: said '%s'", rows[i].file, hs_err_text(&err));
    }
}

static void write_file(const char *path, const void *bytes, size_t n_bytes)
{
    FILE *file;

    (void)unlink(path); /* what was loaded from there stays as it was */
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

/* As a copy leaves it that ran out of space: the loader alone would be killed by some of these. */
static void library_that_is_cut_short_is_refused(void **state)
{
    static char whole[8 * 1024 * 1024];
    char folder[] = "/tmp/hubsync-abi-XXXXXX", path[PATH_MAX];
    FILE *file = fopen(PROVIDERS "/hub-same.so", "r");
    size_t n_bytes;

    (void)state;
    assert_non_null(file);
    n_bytes = fread(whole, 1, sizeof whole, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(n_bytes, 1024, sizeof whole - 1);
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 32; i++) {
        const struct hs_plugin *plugin;
        HS_ERR(err);
        snprintf(path, sizeof path, "%s/hub-cut%zu.so", folder, i);
        write_file(path, whole, i * n_bytes / 32);
        assert_int_equal(hs_plugin_load(path, &plugin, &err), HS_EPLUGIN);
        assert_non_null(strstr(hs_err_text(&err), path));
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void no_lie_in_a_listing_is_believed(void **state)
{
    static const struct {
        const char *id;
        int status;
        bool is_complete, has_sha256;
    } rows[] = {{"acme/honest", 0, true, true},     {"acme/climbs", 0, false, false}, {"acme/huge", 0, false, false},
                {"acme/upper", 0, true, true},      {"acme/short", 0, true, false},   {"acme/nothing", 0, true, false},
                {"acme/twice", 0, false, true},     {"acme/headless", 0, false, true}, {"acme/positive", HUB_EBUG, false, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_repo repo = {.id = rows[i].id, .head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};
        struct hs_listing files;
        int r = hs_ask_files(session("liar"), loop, &pool, &repo, "", &files, &err);
        if (r != rows[i].status)
            fail_msg("%s: status %d (%s)", rows[i].id, r, hs_err_text(&err));
        if (r < 0)
            continue;
        if (files.is_complete != rows[i].is_complete)
            fail_msg("%s: complete %d", rows[i].id, files.is_complete);
        if (files.files.n && (*files.files.items[0].sha256 != '\0') != rows[i].has_sha256)
            fail_msg("%s: sha256 '%s'", rows[i].id, files.files.items[0].sha256);
        hs_listing_clear(&files);
    }
}

static struct hs_repo repo_of(const char *id)
{
    return (struct hs_repo){.id = id, .head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};
}

static void no_lie_about_repos_is_believed(void **state)
{
    static const struct {
        const char *id;
        int status;
    } rows[] = {{"acme/silent", HUB_EBUG}, {"acme/climbs", HUB_ECORRUPT}, {"acme/leaks", HUB_ECORRUPT}};
    HUB_POOL(pool);
    struct hs_repo want = repo_of("acme/new"), made;
    struct hs_repos repos;
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_ask_repos(session("liar"), loop, &pool, "acme", &repos, &err), 0);
    assert_int_equal(repos.repos.n, 1);
    assert_false(repos.is_complete);
    assert_true(*repos.why != '\0');
    hs_repos_clear(&repos);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int r = hs_ask_repo(session("liar"), loop, &pool, rows[i].id, &made, &err);
        if (r != rows[i].status)
            fail_msg("%s: status %d (%s)", rows[i].id, r, hs_err_text(&err));
    }
    assert_int_equal(hs_ask_create(session("liar"), loop, &pool, &want, &made, &err), HUB_EBUG);
}

static void no_lie_about_a_download_is_believed(void **state)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = {{"good", 0}, {"none", HUB_EBUG}, {"middle", HUB_EBUG}, {"held", HUB_EBUG}, {"twice", HUB_EBUG}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_repo repo = repo_of("acme/demo");
        struct hs_file file = {.path = rows[i].path, .sha256 = "", .git_sha1 = "", .etag = "", .file_bytes = 10};
        struct hs_planned planned;
        int r = hs_ask_download(session("liar"), loop, &pool, &repo, "", &file, &planned, &err);
        if (r != rows[i].status)
            fail_msg("%s: status %d (%s)", rows[i].path, r, hs_err_text(&err));
    }
}

static void no_lie_about_an_upload_is_believed(void **state)
{
    static const struct {
        const char *path;
        uint64_t file_bytes;
        int status;
    } rows[] = {{"good", 10, 0},
                {"gap", 10, HUB_ECORRUPT},
                {"overlap", 10, HUB_ECORRUPT},
                {"behind", 10, HUB_ECORRUPT},
                {"short", 10, HUB_ECORRUPT},
                {"back", 10, HUB_ECORRUPT},
                {"nothing", 10, HUB_ECORRUPT},
                {"more", 10, HUB_ECORRUPT},
                {"wraps", 10, HUB_ECORRUPT},
                {"no parts", 10, HUB_ECORRUPT},
                {"silent", 10, HUB_EBUG},
                {"positive", 10, HUB_EBUG},
                {"mode", 10, HUB_EBUG},
                {"item", 10, HUB_EBUG},
                {"early", 10, HUB_EBUG},
                {"empty", 0, HUB_EBUG}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_repo repo = repo_of("acme/demo");
        struct hub_file file = {.size = sizeof file, .path = rows[i].path, .file_bytes = rows[i].file_bytes, .sha256 = "", .git_sha1 = "", .etag = ""};
        struct hub_put put = {.size = sizeof put, .file = &file, .ticket = "", .resume = ""};
        const struct hub_put *puts[] = {&put};
        struct hs_upload_plan plan = {0};
        int r = hs_ask_upload(session("liar"), loop, &pool, &repo, puts, 1, &plan, &err);
        if (r != rows[i].status)
            fail_msg("%s: status %d (%s)", rows[i].path, r, hs_err_text(&err));
    }
}

static void no_lie_about_a_commit_is_believed(void **state)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_repo repo = repo_of("acme/demo");
    struct hub_file file = {.size = sizeof file, .path = "f", .file_bytes = 10, .sha256 = "", .git_sha1 = "", .etag = ""};
    struct hub_put put = {.size = sizeof put, .mode = HUB_PARTS, .file = &file, .ticket = "", .resume = ""};
    struct hub_change change = {.size = sizeof change, .parent = "", .message = ""};
    const char *text = "";

    (void)state;
    assert_int_equal(hs_ask_finish(session("liar"), loop, &pool, &repo, &put, &text, &err), HUB_EBUG);
    assert_int_equal(hs_ask_commit(session("liar"), loop, &pool, &repo, &change, &text, &err), HUB_EBUG);
}

static void no_lie_about_an_import_is_believed(void **state)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_repo want = repo_of("acme/demo"), silent = repo_of("acme/silent"), twice = repo_of("acme/twice");
    struct hs_repo unknown = repo_of("acme/unknown");
    struct hs_import said;

    (void)state;
    assert_int_equal(hs_ask_import(session("liar"), loop, &want, "https://hub.example/a/b.git", &err), HUB_EBUG);
    assert_int_equal(hs_ask_progress(session("liar"), loop, &pool, &silent, &said, &err), HUB_EBUG);
    assert_int_equal(hs_ask_progress(session("liar"), loop, &pool, &twice, &said, &err), HUB_EBUG);
    assert_int_equal(hs_ask_progress(session("liar"), loop, &pool, &unknown, &said, &err), 0);
    assert_int_equal(said.state, 0);
    assert_int_equal(said.mirror, HUB_MAYBE);
    assert_true(said.tried_ms == 0 && said.succeeded_ms == 0);
    assert_null(strpbrk(said.message, "\x1b\n\xff"));
    assert_int_equal(hs_ask_progress(session("liar"), loop, &pool, &want, &said, &err), 0);
    assert_int_equal(said.state, HUB_DONE);
    assert_string_equal(said.message, "all well");
    assert_int_equal(hs_ask_progress(session("same"), loop, &pool, &want, &said, &err), HUB_ENOTSUP);
}

static void no_hub_is_sent_to_an_address_with_a_credential(void **state)
{
    static const struct {
        const char *url;
        int status;
    } rows[] = {{"https://user:secret@hub.example/a/b.git", HUB_ECORRUPT}, {"file:///etc/passwd", HUB_ECORRUPT}};
    struct hs_repo want = repo_of("acme/demo");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HS_ERR(err);
        if (hs_ask_import(session("liar"), loop, &want, rows[i].url, &err) != rows[i].status)
            fail_msg("%s: %s", rows[i].url, hs_err_text(&err));
        assert_null(strstr(hs_err_text(&err), "secret"));
    }
    for (int i = 0; i < 2; i++) {
        HS_ERR(err);
        assert_true(hs_ask_import(session("liar"), loop, &want, i ? "" : "a/b.git", &err) < 0);
        assert_int_not_equal(err.status, HUB_EBUG); /* what the provider would have done */
    }
}

static void no_lie_about_a_head_is_believed(void **state)
{
    static const struct {
        const char *id;
        int status;
        const char *commit;
    } rows[] = {{"acme/honest", 0, "0123456789abcdef0123456789abcdef01234567"},
                {"acme/upper", 0, "0123456789abcdef0123456789abcdef01234567"},
                {"acme/only", 0, "0123456789abcdef0123456789abcdef01234567"},
                {"acme/named", 0, "0123456789abcdef0123456789abcdef01234567"},
                {"acme/none", 0, ""},
                {"acme/short", HUB_ECORRUPT, ""},
                {"acme/zero", HUB_ECORRUPT, ""},
                {"acme/nothing", HUB_ECORRUPT, ""},
                {"acme/nameless", HUB_ECORRUPT, ""},
                {"acme/two", HUB_ECORRUPT, ""},
                {"acme/unclear", HUB_ENOTSUP, ""},
                {"acme/differs", HUB_ECORRUPT, ""}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_repo repo = repo_of(rows[i].id);
        const char *commit = "";
        int r;
        repo.branch = "main";
        r = hs_ask_default_head(session("liar"), loop, &pool, &repo, &commit, &err);
        if (r != rows[i].status || strcmp(commit, rows[i].commit) != 0)
            fail_msg("%s: status %d, commit '%s' (%s)", rows[i].id, r, commit, hs_err_text(&err));
    }
}

static void no_lie_about_stored_objects_is_believed(void **state)
{
    static const struct {
        const char *id;
        int status;
        bool is_stored;
    } rows[] = {{"acme/honest", 0, true},
                {"acme/silent", 0, false},
                {"acme/other", HUB_EBUG, false},
                {"acme/hashless", HUB_EBUG, false},
                {"acme/size", HUB_ECORRUPT, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HS_ERR(err);
        struct hs_repo repo = repo_of(rows[i].id);
        struct hs_file file = {.path = "m.safetensors", .git_sha1 = "", .etag = "", .file_bytes = 10, .flags = HUB_LFS,
                               .sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
        const struct hs_file *files[] = {&file};
        bool is_stored = false;
        int r = hs_ask_objects(session("liar"), loop, &repo, files, 1, &is_stored, &err);
        if (r != rows[i].status || (r == 0 && is_stored != rows[i].is_stored))
            fail_msg("%s: status %d, stored %d (%s)", rows[i].id, r, is_stored, hs_err_text(&err));
    }
}

static void an_answer_that_nobody_asked_for_is_a_bug(void **state)
{
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_ask_whoami(session("liar"), loop, &err), HUB_EBUG);
    assert_int_equal(hs_class_of(HUB_EBUG), HS_CLASS_PLUGIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_same_and_newer_list_side_by_side),
        cmocka_unit_test(what_an_older_table_did_not_have_is_not_there),
        cmocka_unit_test(what_a_newer_provider_says_in_unknown_words_is_unknown),
        cmocka_unit_test(what_does_not_fit_is_refused_with_its_path),
        cmocka_unit_test(library_that_is_cut_short_is_refused),
        cmocka_unit_test(no_lie_in_a_listing_is_believed),
        cmocka_unit_test(no_lie_about_repos_is_believed),
        cmocka_unit_test(no_lie_about_a_download_is_believed),
        cmocka_unit_test(no_lie_about_an_upload_is_believed),
        cmocka_unit_test(no_lie_about_a_commit_is_believed),
        cmocka_unit_test(no_lie_about_an_import_is_believed),
        cmocka_unit_test(no_hub_is_sent_to_an_address_with_a_credential),
        cmocka_unit_test(no_lie_about_a_head_is_believed),
        cmocka_unit_test(no_lie_about_stored_objects_is_believed),
        cmocka_unit_test(an_answer_that_nobody_asked_for_is_a_bug),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
