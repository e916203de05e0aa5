/* What hub-gitcode makes of the site's answers about one repo: reading, making, removing it. */
#include "gitcode_script.h"

#define ORG  V5 "/orgs/Acme/repos"
#define USER V5 "/user/repos"

static void one_repo_is_told_whole(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), 0);
    assert_string_equal(f->repos[0]->id, "Acme/demo-7b");
    assert_string_equal(f->repos[0]->stable_id, "11");
    assert_string_equal(f->repos[0]->branch, "main");
    assert_string_equal(f->repos[0]->license, "apache-2.0");
    assert_string_equal(f->repos[0]->clone_url, SITE "/Acme/demo-7b.git");
    assert_int_equal(f->repos[0]->visibility, HUB_PUBLIC);
    assert_int_equal(f->repos[0]->modified_ms, INT64_C(1752666867000));
    fake_done(f);
}

static void visibility_is_never_guessed(void **state)
{
    static const struct {
        const char *members;
        uint32_t expected;
    } CASES[] = {
        {"'private':true", HUB_PRIVATE},
        {"'private':1,'public':0", HUB_PRIVATE},
        {"'private':true,'public':true", HUB_PRIVATE},
        {"'private':false,'public':true", HUB_PUBLIC},
        {"'private':false,'public':1", HUB_PUBLIC},
        {"'private':false,'public':2", HUB_INTERNAL},
        {"'private':false,'internal':true", HUB_INTERNAL},
        {"'private':true,'internal':1", HUB_INTERNAL},
        {"'private':false", 0},
        {"'public':null", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();

        expect(f, "GET", REPO_URL, 200,
               hub_pool_printf(&f->pool, "{'path':'demo-7b','namespace':{'path':'Acme'},%s}",
                               CASES[i].members));
        assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), 0);
        assert_int_equal(f->repos[0]->visibility, CASES[i].expected);
        fake_done(f);
    }
}

static void renamed_repo_is_told_by_its_new_name(void **state)
{
    static const char NEW[] = "{'path':'new','namespace':{'path':'Acme'},'private':true}";
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", REPO_URL, 200, NEW)->final_url = V5 "/repos/Acme/new";
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), 0);
    assert_string_equal(f->repos[0]->id, "Acme/new");
    expect(f, "GET", REPO_URL, 200, NEW); /* not redirected: some other repo's answer */
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), HUB_ECORRUPT);
    fake_done(f);
}

static void status_and_body_decide_together(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {404, ABSENT, HUB_ENOTFOUND},
        {400, "{'error_code':404,'error_message':'Project not found:Acme%2Fdemo-7b'}",
         HUB_ENOTFOUND},
        {200, ABSENT, HUB_ENOTFOUND},
        {404, "{'error':'404 Not Found'}", HUB_ENOTFOUND},
        {404, "{'message':'404 project not found'}", HUB_ENOTFOUND},
        {404, "{'error_message':'404 Namespace Not Found'}", HUB_ENOTFOUND},
        {400, "{'error_code':404,'error_message':'404 Not Found Commit'}", HUB_EDENIED},
        {404, NO_TOKEN, HUB_EAUTH},
        {400, NO_TOKEN, HUB_EAUTH},
        {400, "{'message':'401 Unauthorized'}", HUB_EAUTH},
        {401, ABSENT, HUB_EAUTH},
        {401, "", HUB_EAUTH},
        {400,
         "{'error_code':'400','error_code_name':'UN_KNOW','error_message':'403 Forbidden - x'}",
         HUB_EDENIED},
        {403, "{'error_message':'Sync too frequently, please try again later'}", HUB_ETHROTTLED},
        {403, "{'error_code':403,'error_message':'CH.00000403 apig'}", HUB_EDENIED},
        {403, "", HUB_EDENIED},
        {403, "access blocked", HUB_EFIREWALL},
        {403, HTML, HUB_EFIREWALL},
        {418, "{'error_message':'no'}", HUB_EFIREWALL},
        {418, HTML, HUB_EFIREWALL},
        {429, "{'error_code':404,'error_message':'Project not found'}", HUB_ETHROTTLED},
        {500, ABSENT, HUB_EAGAIN},
        {502, HTML, HUB_EAGAIN},
        {400, "{'error_code':500,'error_code_name':'FAIL'}", HUB_EAGAIN},
        {404, "", HUB_EAGAIN},
        {404, "no route", HUB_EAGAIN},
        {404, HTML, HUB_EFIREWALL},
        {200, HTML, HUB_EFIREWALL},
        {200, "{'id':1,'na", HUB_EAGAIN},
        {200, "[]", HUB_ECORRUPT},
        {200, "null", HUB_ECORRUPT},
        {400, "{'message':{'name':['is odd']}}", HUB_EREFUSED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();
        int r;

        expect(f, "GET", REPO_URL, CASES[i].status, CASES[i].text);
        r = hub_plugin->stat_repo(&f->op, &REPO);
        if (r != CASES[i].expected)
            fail_msg("%u %s: %d, not %d", CASES[i].status, CASES[i].text, r, CASES[i].expected);
        assert_int_equal(f->n_repos, 0);
        fake_done(f);
    }
}

static void names_of_repos_are_no_words_of_the_site(void **state)
{
    struct hub_repo repo = REPO;
    struct fake *f = begin();

    (void)state;
    repo.id = "Acme/Unauthorized";
    expect(f, "GET", V5 "/repos/Acme/Unauthorized", 404,
           "{'error_code':404,'error_message':'Project not found:Acme%2FUnauthorized'}");
    assert_int_equal(hub_plugin->stat_repo(&f->op, &repo), HUB_ENOTFOUND);
    fake_done(f);
}

static void stranger_learns_nothing_of_absence(void **state)
{
    struct fake *f = begin_as_stranger();

    (void)state;
    expect(f, "GET", REPO_URL, 404, ABSENT);
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), HUB_EDENIED);
    expect(f, "GET", REPO_URL, 400, "{'error_code':400,'error_message':'x'}");
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), HUB_EDENIED);
    assert_null(f->sent[0]->secrets);
    fake_done(f);
}

/* ---- making ---- */

static void create_reads_back_what_was_made(void **state)
{
    struct hub_repo repo = REPO;
    struct fake *f = begin();
    struct fake_step *step = expect(f, "POST", ORG, 200, "{'full_name':'wrong/one','private':0}");

    (void)state;
    step->has[0] = json(f, "{'name':'demo-7b','path':'demo-7b','public':1,'private':false,"
                           "'repository_type':'model'");
    step->has[1] = json(f, "'auto_init':true"); /* a repo without a branch may take no commit */
    step->has_not = "import_url";
    expect(f, "GET", REPO_URL, 404, ABSENT); /* not shown in the first seconds */
    expect(f, "GET", REPO_URL, 404, "{'message':'404 project not found'}");
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), 0);
    repo.id = "Acme/demo-7b-instruct"; /* another repo is just not there */
    expect(f, "GET", REPO_URL "-instruct", 404, ABSENT);
    assert_int_equal(hub_plugin->stat_repo(&f->op, &repo), HUB_ENOTFOUND);
    assert_string_equal(f->repos[0]->stable_id, "11");
    assert_true(f->sent[0]->flags & HUB_ONCE);
    assert_string_equal(fake_header(f->sent[0]->headers, "Content-Type"), "application/json");
    fake_done(f);
}

static void create_publishes_nothing_by_mistake(void **state)
{
    static const struct {
        uint32_t visibility;
        const char *text;
    } CASES[] = {
        {HUB_PRIVATE, "'public':0,'private':true"},
        {HUB_INTERNAL, "'public':2,'private':true"},
        {0, "'public':0,'private':true"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();
        struct hub_repo repo = REPO;

        repo.visibility = CASES[i].visibility;
        expect(f, "POST", ORG, 201, "")->has[0] = json(f, CASES[i].text);
        expect(f, "GET", REPO_URL, 404, ABSENT);
        assert_int_equal(hub_plugin->create_repo(&f->op, &repo), HUB_EUNSURE); /* never shown */
        fake_done(f);
    }
}

static void create_with_a_user_goes_there(void **state)
{
    static const char NO_GROUP[] = "{'error_code':404,'error_message':'404 Group Not Found'}";
    struct fake *f = begin();

    (void)state;
    expect(f, "POST", ORG, 404, NO_GROUP);
    expect(f, "GET", V5 "/user", 200, "{'login':'acme'}");
    expect(f, "POST", USER, 201, "{}");
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), 0);
    fake_done(f);

    f = begin();
    expect(f, "POST", ORG, 400, "{'error_code':400,'error_message':'org not found'}");
    expect(f, "GET", V5 "/user", 200, "{'login':'bob'}");
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), HUB_ENOTFOUND);
    fake_done(f);
}

static void create_that_fails_says_why(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {409, "", HUB_EEXIST},
        {409, "{'error_code':409,'error_message':'Conflict'}", HUB_EEXIST},
        {400, "{'error_code':400,'error_message':'Project already exists'}", HUB_EEXIST},
        {400, "{'message':{'name':['has already been taken']}}", HUB_EEXIST},
        {400, "{'error_code':1000,'error_code_name':'PARAMETER_ERROR'}", HUB_EREFUSED},
        {422, "{'message':'no'}", HUB_EREFUSED},
        {404, NO_TOKEN, HUB_EAUTH},
        {403, "{'error_code':403,'error_message':'no'}", HUB_EDENIED},
        {503, HTML, HUB_EUNSURE},
        {400, "{'error_code':500,'error_message':'FAIL'}", HUB_EUNSURE},
        {200, "{'error_code':403,'error_message':'403 Forbidden'}", HUB_EDENIED},
        {200, HTML, HUB_EUNSURE},
        {418, HTML, HUB_EFIREWALL},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "POST", ORG, CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), CASES[i].expected);
    }
    expect(f, "POST", ORG, 0, "")->is_lost = true;
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), HUB_EUNSURE);
    fake_done(f);
}

/* ---- removing ---- */

static void delete_removes_the_repo_that_was_meant(void **state)
{
    struct hub_repo repo = REPO;
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", REPO_URL, 200, DETAIL);
    expect(f, "DELETE", REPO_URL, 204, "");
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), 0);
    assert_null(fake_header(f->sent[1]->headers, "Content-Type"));
    expect(f, "GET", REPO_URL, 200, DETAIL);
    expect(f, "DELETE", REPO_URL, 202, ""); /* scheduled */
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), 0);
    repo.stable_id = "99"; /* the name has passed to another repo */
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), HUB_ECONFLICT);
    repo.stable_id = "";
    expect(f, "GET", REPO_URL, 200, "{'path':'new','namespace':{'path':'Acme'}}")->final_url =
        V5 "/repos/Acme/new"; /* renamed since */
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), HUB_ENOTFOUND);
    fake_done(f);
}

static void gone_is_believed_only_with_an_accepted_token(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", REPO_URL, 404, ABSENT);
    expect(f, "GET", V5 "/user", 200, "{'login':'acme'}");
    assert_int_equal(hub_plugin->delete_repo(&f->op, &REPO), HUB_ENOTFOUND);
    expect(f, "GET", REPO_URL, 404, ABSENT);
    expect(f, "GET", V5 "/user", 404, NO_TOKEN);
    assert_int_equal(hub_plugin->delete_repo(&f->op, &REPO), HUB_EAUTH);
    expect(f, "GET", REPO_URL, 200, DETAIL);
    expect(f, "DELETE", REPO_URL, 404, NO_TOKEN);
    assert_int_equal(hub_plugin->delete_repo(&f->op, &REPO), HUB_EAUTH);
    expect(f, "GET", REPO_URL, 200, DETAIL); /* the answer was lost, then "not there": done */
    expect(f, "DELETE", REPO_URL, 502, HTML);
    expect(f, "DELETE", REPO_URL, 404, ABSENT);
    expect(f, "GET", REPO_URL, 404, ABSENT);
    assert_int_equal(hub_plugin->delete_repo(&f->op, &REPO), 0);
    expect(f, "GET", REPO_URL, 200, DETAIL); /* a refusal that hides as absence */
    expect(f, "DELETE", REPO_URL, 404, ABSENT);
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->delete_repo(&f->op, &REPO), HUB_EDENIED);
    fake_done(f);
}

static void new_repo_that_is_deleted_is_gone(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "POST", ORG, 200, "{}");
    expect(f, "GET", REPO_URL, 200, DETAIL);
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), 0);
    expect(f, "GET", REPO_URL, 200, DETAIL);
    expect(f, "DELETE", REPO_URL, 200, "{}");
    assert_int_equal(hub_plugin->delete_repo(&f->op, &REPO), 0);
    expect(f, "GET", REPO_URL, 404, ABSENT);
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), HUB_ENOTFOUND);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_repo_is_told_whole),
        cmocka_unit_test(visibility_is_never_guessed),
        cmocka_unit_test(renamed_repo_is_told_by_its_new_name),
        cmocka_unit_test(status_and_body_decide_together),
        cmocka_unit_test(names_of_repos_are_no_words_of_the_site),
        cmocka_unit_test(stranger_learns_nothing_of_absence),
        cmocka_unit_test(create_reads_back_what_was_made),
        cmocka_unit_test(create_publishes_nothing_by_mistake),
        cmocka_unit_test(create_with_a_user_goes_there),
        cmocka_unit_test(create_that_fails_says_why),
        cmocka_unit_test(delete_removes_the_repo_that_was_meant),
        cmocka_unit_test(gone_is_believed_only_with_an_accepted_token),
        cmocka_unit_test(new_repo_that_is_deleted_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
