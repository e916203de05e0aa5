/* What hub-gitcode makes of the site's answers about imports, pull mirrors, branches and objects.
 */
#include "gitcode_script.h"

#define ORG    V5 "/orgs/Acme/repos"
#define V4     SITE "/api/v4/projects/Acme%2Fdemo-7b?view=all"
#define MIRROR REPO_URL "/repo_remote_mirror"
#define HEADS  REPO_URL "/branches?page=1&per_page=100"
#define BATCH  SITE "/Acme/demo-7b.git/info/lfs/objects/batch"
#define SOURCE "https://www.modelscope.cn/models/Acme/demo-7b.git"

/* ---- import ---- */

static void import_is_a_create_with_the_sources_address(void **state)
{
    struct hub_repo repo = REPO;
    struct fake *f = begin();
    struct fake_step *step = expect(f, "POST", ORG, 201, "{'name':'demo-7b'}");

    (void)state;
    step->has[0] = json(f, "'name':'demo-7b','path':'demo-7b','public':1");
    step->has[1] = json(f, "'repository_type':'model'");
    step->has[2] = json(f, "'import_url':'" SOURCE "'");
    assert_int_equal(hub_plugin->import_repo(&f->op, &repo, SOURCE), 0);
    assert_true(f->sent[0]->flags & HUB_ONCE);
    repo.visibility = 0; /* what can be imported without a credential is public */
    expect(f, "POST", ORG, 200, "{'url':'/api/v5/repos/x'}")->has[0] = json(f, "'public':1");
    assert_int_equal(hub_plugin->import_repo(&f->op, &repo, SOURCE), 0);
    assert_int_equal(f->n_repos, 0);
    fake_done(f);
}

static void import_that_fails_says_why(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {400, "{'error_code':400,'error_message':'check url unreachable'}", HUB_EREFUSED},
        {409, "{'error_message':'x'}", HUB_EEXIST},
        {504, HTML, HUB_EUNSURE},
        {404, NO_TOKEN, HUB_EAUTH},
        {200, "{}", HUB_EUNSURE},
        {200, "{'message':'something'}", HUB_EUNSURE},
        {200, "", HUB_EUNSURE},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "POST", ORG, CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->import_repo(&f->op, &REPO, SOURCE), CASES[i].expected);
    }
    expect(f, "POST", ORG, 0, "")->is_lost = true; /* perhaps made: never a second time by itself */
    assert_int_equal(hub_plugin->import_repo(&f->op, &REPO, SOURCE), HUB_EUNSURE);
    fake_done(f);
}

/* ---- following ---- */

static void import_state_is_the_old_apis_word(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        uint32_t expected;
    } CASES[] = {
        {200, "{'import_status':'scheduled'}", HUB_RUNNING},
        {200, "{'import_status':'started'}", HUB_RUNNING},
        {200, "{'import_status':'finished'}", HUB_DONE},
        {200, "{'import_status':'none'}", 0},
        {200, "{'import_status':'\u5f00\u59cb'}", 0},
        {200, "{}", 0},
        {404, "{'error':'404 Not Found'}", 0},
        {404, "", 0},
        {401, "{'message':'401 Unauthorized'}", 0}, /* the route's word, not the session's */
        {403, "{'error_message':'403 Forbidden'}", 0},
        {500, "", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();

        expect(f, "GET", V4, CASES[i].status, CASES[i].text);
        expect(f, "GET", MIRROR, 200, "{'mirroring_enabled':true}");
        assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), 0);
        assert_int_equal(f->progress->state, CASES[i].expected);
        assert_int_equal(f->progress->mirror, HUB_YES);
        fake_done(f);
    }
}

static void failed_import_tells_why_without_passwords(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", V4, 200,
           "{'import_status':'failed','import_error':'fetch https://u:sec@ret@x.test/a.git: no'}");
    assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), 0);
    assert_int_equal(f->progress->state, HUB_FAILED);
    assert_string_equal(f->progress->message, "fetch https://x.test/a.git: no");
    fake_done(f);
}

static void mirror_is_off_on_or_unknown(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        uint32_t expected;
    } CASES[] = {
        {404, ABSENT, HUB_NO},
        {404, "{'error_message':'mirror not found'}", HUB_NO},
        {200, "null", HUB_NO},
        {200, "{}", HUB_NO},
        {200, "{'mirroring_enabled':false}", HUB_NO},
        {200, "{'mirroring_enabled':0,'id':4}", HUB_NO},
        {200, "{'mirroring_enabled':1}", HUB_YES},
        {200, "{'id':4,'url':'https://a:b@x'}", HUB_MAYBE},
        {403, "{'error_code':403,'error_message':'no'}", HUB_MAYBE},
        {404, "", HUB_MAYBE}, /* the route is gone */
        {404, HTML, HUB_MAYBE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();

        expect(f, "GET", V4, 200, "{'import_status':'finished'}");
        expect(f, "GET", MIRROR, CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), 0);
        assert_int_equal(f->progress->mirror, CASES[i].expected);
        assert_int_equal(f->progress->state, HUB_DONE);
        fake_done(f);
    }
}

static void mirror_tells_when_it_last_worked(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", V4, 200, "{'import_status':'finished'}");
    expect(f, "GET", MIRROR, 200,
           "{'mirroring_enabled':true,'number_of_failures':'3','update_status':'failed',"
           "'last_update_at':'2025-07-16T19:54:27.123+08:00',"
           "'last_successful_update_at':'2025-07-15T11:54:27Z','last_error':'OUT_OF_RANGE'}");
    assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), 0);
    assert_int_equal(f->progress->failures, 3);
    assert_int_equal(f->progress->tried_ms, INT64_C(1752666867123));
    assert_int_equal(f->progress->succeeded_ms, INT64_C(1752580467000));
    assert_string_equal(f->progress->message, "OUT_OF_RANGE");
    assert_int_equal(f->progress->state, HUB_DONE); /* a failed pull is no failed import */
    expect(f, "GET", V4, 404, "{'error':'404 Not Found'}");
    expect(f, "GET", MIRROR, 404, NO_TOKEN);
    assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), HUB_EAUTH);
    expect(f, "GET", V4, 418, HTML);
    assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), HUB_EFIREWALL);
    expect(f, "GET", V4, 404, "");
    expect(f, "GET", MIRROR, 502, HTML); /* trouble is not "unknown": nobody is alarmed */
    assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), HUB_EAGAIN);
    fake_done(f);
}

/* ---- heads ---- */

static void default_branch_is_found_however_it_is_told(void **state)
{
    static const char TWO[] = "[{'name':'dev','commit':{'sha':'" BLOB "'}},"
                              "{'name':'main','commit':{'id':'" SHA "'}}]";
    struct hub_repo repo = REPO;
    struct fake *f = begin();

    (void)state;
    repo.branch = "main";
    expect(f, "GET", HEADS, 200, TWO);
    assert_int_equal(hub_plugin->branch_heads(&f->op, &repo), 0);
    assert_int_equal(f->n_heads, 2);
    assert_int_equal(f->heads[0]->flags, 0);
    assert_string_equal(f->heads[1]->branch, "main");
    assert_string_equal(f->heads[1]->commit, SHA);
    assert_int_equal(f->heads[1]->flags, HUB_DEFAULT_BRANCH);
    fake_forget(f);
    expect(f, "GET", HEADS, 200, TWO); /* nobody knows its name: the detail call does */
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), 0);
    assert_int_equal(f->heads[1]->flags, HUB_DEFAULT_BRANCH);
    fake_forget(f);
    expect(f, "GET", HEADS, 200, "[{'name':'master','commit':{'sha':'" SHA "'}}]");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), 0);
    assert_int_equal(f->heads[0]->flags, HUB_DEFAULT_BRANCH);
    fake_forget(f);
    expect(f, "GET", HEADS, 200, "[{'name':'dev','commit':{'sha':'" BLOB "'}}]"); /* a cut list */
    expect(f, "GET", REPO_URL "/branches/main", 200,
           "{'name':'main','default':true,'commit':{'id':'" SHA "'}}");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &repo), 0);
    assert_string_equal(f->heads[1]->commit, SHA);
    assert_int_equal(f->heads[1]->flags, HUB_DEFAULT_BRANCH);
    fake_done(f);
}

static void heads_that_make_no_sense_are_corrupt(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", HEADS, 200, "[]"); /* no commit yet */
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), 0);
    assert_int_equal(f->n_heads, 0);
    expect(f, "GET", HEADS, 200, "{}");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), HUB_ECORRUPT);
    expect(f, "GET", HEADS, 200, "[{'name':'main','commit':{'sha':'short'}}]");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), HUB_ECORRUPT);
    expect(f, "GET", HEADS, 200, "[{'name':'main','commit':null}]");
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), HUB_ECORRUPT);
    fake_done(f);
}

static void new_import_is_not_waited_for(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "POST", ORG, 200, "{'name':'demo-7b'}");
    assert_int_equal(hub_plugin->import_repo(&f->op, &REPO, SOURCE), 0);
    expect(f, "GET", HEADS, 404, ABSENT);
    assert_int_equal(hub_plugin->branch_heads(&f->op, &REPO), HUB_ENOTFOUND);
    expect(f, "GET", V4, 404, ABSENT);
    expect(f, "GET", MIRROR, 404, ABSENT);
    assert_int_equal(hub_plugin->follow_import(&f->op, &REPO), 0);
    assert_int_equal(f->progress->state, 0);
    assert_int_equal(f->progress->mirror, HUB_NO);
    fake_done(f);
}

/* ---- objects ---- */

static int ask_objects(struct fake *f)
{
    struct hub_file a = make_file("a.bin", 4, OID_A), b = make_file("b.bin", 5, OID_B);
    const struct hub_file *const files[] = {&a, &b};

    fake_forget(f);
    return hub_plugin->stored_objects(&f->op, &REPO, files, 2);
}

static void objects_are_there_if_they_can_be_fetched(void **state)
{
    static const char *const NOT_THERE[] = {
        "{'oid':'" OID_B "','error':{'code':404,'message':'no'}}",
        "{'oid':'" OID_B "','error':{'code':0},'actions':{'download':{'href':'https://o/b'}}}",
        "{'oid':'" OID_B "','actions':{}}",
        "{'oid':'" OID_B "','actions':{'download':{'href':''}}}",
        "{'oid':'" OID_B "'}",
        "{'oid':'','size':0}",
    };
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", V5 "/user", 200, "{'login':'acme-bot'}"); /* once: git wants the name */
    for (size_t i = 0; i < COUNT(NOT_THERE); i++) {
        struct fake_step *step =
            expect(f, "POST", BATCH, 200,
                   hub_pool_printf(&f->pool,
                                   "{'objects':[%s,{'oid':'" OID_A "','size':4,'actions':"
                                   "{'download':{'href':'https://o/a'}}}]}",
                                   NOT_THERE[i]));

        step->has[0] = json(f, "{'operation':'download','transfers':['basic'],"
                               "'objects':[{'oid':'" OID_A "','size':4},{'oid':'" OID_B "'");
        assert_int_equal(ask_objects(f), 0);
        assert_int_equal(f->n_files, 1);
        assert_string_equal(f->files[0]->sha256, OID_A);
    }
    assert_string_equal(fake_header(f->sent[0]->headers, "Accept"), "application/vnd.git-lfs+json");
    assert_string_equal(f->sent[0]->secrets[0],
                        "Authorization: Basic YWNtZS1ib3Q6VE9LRU4tMTIzNA==");
    fake_done(f);
}

static void batch_that_is_too_big_is_halved(void **state)
{
    struct fake *f = begin_as_stranger();

    (void)state;
    expect(f, "POST", BATCH, 413, "");
    expect(f, "POST", BATCH, 200, "{'objects':[]}")->has_not = OID_B;
    expect(f, "POST", BATCH, 200, "{'objects':[]}")->has_not = OID_A;
    assert_int_equal(ask_objects(f), 0);
    assert_int_equal(f->n_files, 0);
    fake_done(f);
}

static void lfs_that_answers_otherwise_is_judged_by_status(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {401, "", HUB_EDENIED}, /* of this form of the credential, not of the session */
        {403, "{'message':'no'}", HUB_EDENIED},
        {403, HTML, HUB_EFIREWALL},
        {404, HTML, 0}, /* no LFS: none of the objects */
        {501, "", 0},
        {200, HTML, HUB_ECORRUPT},
        {200, "{'message':'x'}", HUB_ECORRUPT},
        {503, "", HUB_EAGAIN},
        {429, "", HUB_ETHROTTLED},
    };
    struct fake *f = begin_as_stranger();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "POST", BATCH, CASES[i].status, CASES[i].text);
        assert_int_equal(ask_objects(f), CASES[i].expected);
        assert_int_equal(f->n_files, 0);
    }
    fake_done(f);
}

static void objects_are_asked_for_as_everybody_where_the_token_is_refused(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", V5 "/user", 200, "{'login':'acme-bot'}");
    expect(f, "POST", BATCH, 401, "");
    expect(f, "POST", BATCH, 200,
           "{'objects':[{'oid':'" OID_A "','actions':{'download':{'href':'https://o/a'}}}]}");
    assert_int_equal(ask_objects(f), 0);
    assert_int_equal(f->n_files, 1);
    assert_non_null(f->sent[1]->secrets);
    assert_null(f->sent[2]->secrets);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import_is_a_create_with_the_sources_address),
        cmocka_unit_test(import_that_fails_says_why),
        cmocka_unit_test(import_state_is_the_old_apis_word),
        cmocka_unit_test(failed_import_tells_why_without_passwords),
        cmocka_unit_test(mirror_is_off_on_or_unknown),
        cmocka_unit_test(mirror_tells_when_it_last_worked),
        cmocka_unit_test(default_branch_is_found_however_it_is_told),
        cmocka_unit_test(heads_that_make_no_sense_are_corrupt),
        cmocka_unit_test(new_import_is_not_waited_for),
        cmocka_unit_test(objects_are_there_if_they_can_be_fetched),
        cmocka_unit_test(batch_that_is_too_big_is_halved),
        cmocka_unit_test(lfs_that_answers_otherwise_is_judged_by_status),
        cmocka_unit_test(objects_are_asked_for_as_everybody_where_the_token_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
