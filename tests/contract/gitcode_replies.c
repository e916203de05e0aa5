/* What hub-gitcode makes of its options, of accounts and of lists of repos. */
#include "gitcode_script.h"

#define ORGS V5 "/orgs/Acme/repos?type=all&repo_type=model&page="
#define ROW(id, path)                                                                              \
    "{'id':" #id ",'name':'n','path':'" path "','private':false,'namespace':{'path':'Acme'}}"

/* ---- session ---- */

static void limits_tell_what_the_site_is_like(void **state)
{
    struct fake *f = begin();

    (void)state;
    assert_int_equal(f->limits->requests, 45);
    assert_int_equal(f->limits->window_ms, 60000);
    assert_int_equal(f->limits->burst, 5);
    assert_int_equal(f->limits->parallel, 1);
    assert_int_equal(f->limits->batch_items, 100);
    assert_string_equal(f->limits->credential_hosts[0], "g.test");
    assert_null(f->limits->credential_hosts[1]);
    assert_int_equal(f->limits->manual[0]->what, HUB_START_MIRROR);
    assert_non_null(
        strstr(f->limits->manual[0]->text, "https://ai.gitcode.com/{id}/setting/mirror"));
    assert_int_equal(f->limits->manual[1]->what, HUB_SET_VISIBILITY);
    assert_string_equal(f->limits->licenses[0]->id, "apache-2.0");
    fake_done(f);
}

static void planes_are_the_real_hosts_unless_set(void **state)
{
    struct fake *f = fake_new(hub_plugin);

    (void)state;
    fake_open(f);
    assert_string_equal(f->limits->credential_hosts[0], "api.gitcode.com");
    assert_string_equal(f->limits->credential_hosts[1], "hub.gitcode.com");
    assert_string_equal(f->limits->credential_hosts[2], "gitcode.com");
    assert_null(f->limits->credential_hosts[3]);
    fake_done(f);

    f = fake_new(hub_plugin);
    fake_set(f, "endpoint", "https://api.test");
    fake_set(f, "hub_endpoint", "https://hub.test:8443");
    fake_set(f, "git_endpoint", "https://[::1]");
    fake_open(f);
    assert_string_equal(f->limits->credential_hosts[0], "api.test");
    assert_string_equal(f->limits->credential_hosts[1], "hub.test:*");
    assert_string_equal(f->limits->credential_hosts[2], "[::1]");
    fake_done(f);
}

static void options_that_are_no_addresses_are_refused(void **state)
{
    static const char *const NAMES[] = {"endpoint", "git_endpoint", "hub_endpoint", "raw_endpoint"};

    (void)state;
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        struct fake *f = fake_new(hub_plugin);

        fake_set(f, NAMES[i], "gitcode.com");
        assert_int_equal(fake_try_open(f), HUB_EREFUSED);
        fake_done(f);
    }
}

static void identity_proves_the_token(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {401, "{'message':'401 Unauthorized'}", HUB_EAUTH},
        {401, "", HUB_EAUTH},
        {404, NO_TOKEN, HUB_EAUTH},
        {400, NO_TOKEN, HUB_EAUTH},
        {400, "{'error_code':400,'error_message':'bad'}", HUB_EAUTH},
        {403, "{'error_code':403,'error_message':'CH.00000403 apig token has not permission'}",
         HUB_EAUTH},
        {418, HTML, HUB_EFIREWALL},
        {429, "", HUB_ETHROTTLED},
        {503, HTML, HUB_EAGAIN},
        {200, HTML, HUB_EFIREWALL},
        {200, "{'id':'1','log", HUB_EAGAIN},
        {200, "{'id':'1'}", HUB_ECORRUPT},
    };
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", V5 "/user", 200, "{'id':'42','login':'acme-bot','name':'A'}");
    assert_int_equal(hub_plugin->whoami(&f->op), 0);
    assert_string_equal(f->account->name, "acme-bot");
    assert_string_equal(f->sent[0]->secrets[0], "Authorization: Bearer TOKEN-1234");
    assert_null(f->sent[0]->secrets[1]);
    assert_null(fake_header(f->sent[0]->headers, "Content-Type")); /* only with a body */
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "GET", V5 "/user", CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->whoami(&f->op), CASES[i].expected);
    }
    fake_done(f);
}

/* ---- lists ---- */

static void list_goes_on_to_an_empty_page(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", ORGS "1&per_page=100", 200, /* a short page in the middle */
           "[{'id':7,'name':'A name','path':'a','repo_type':'model','private':false,'public':1,"
           "'license':null,'updated_at':'2025-07-16T11:54:27Z','full_name':'\u5c55/\u793a',"
           "'html_url':'https://x/a.git','status':'\u5f00\u59cb','namespace':{'path':'Acme'},"
           "'pushed_at':'2025-07-16T12:54:27+00:00','default_branch':'main'},"
           "{'id':'8','name':'b','path':null,'private':1,'license':'MIT','namespace':null},"
           "{'id':9,'path':'code','repo_type':'code','namespace':{'path':'Acme'}},"
           "{'id':10,'path':'x','namespace':{'path':'Other'}}]");
    expect(f, "GET", ORGS "2&per_page=100", 200, "[" ROW(11, "c") "]");
    expect(f, "GET", ORGS "3&per_page=100", 200, "[]");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), 0);
    assert_int_equal(f->n_repos, 3);
    assert_string_equal(f->repos[0]->id, "Acme/a");
    assert_string_equal(f->repos[0]->stable_id, "7");
    assert_string_equal(f->repos[0]->branch, "main");
    assert_string_equal(f->repos[0]->license, "");
    assert_int_equal(f->repos[0]->visibility, HUB_PUBLIC);
    assert_string_equal(f->repos[0]->clone_url, SITE "/Acme/a.git");
    assert_int_equal(f->repos[0]->modified_ms, INT64_C(1752670467000));
    assert_string_equal(f->repos[1]->id, "Acme/b");
    assert_string_equal(f->repos[1]->stable_id, "8");
    assert_string_equal(f->repos[1]->license, "mit");
    assert_int_equal(f->repos[1]->visibility, HUB_PRIVATE);
    assert_string_equal(f->repos[1]->clone_url, "");
    assert_int_equal(f->repos[2]->visibility, 0); /* "private: false" alone tells nothing */
    fake_done(f);
}

static void page_that_is_no_list_is_an_error_and_no_end(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {200, "null", HUB_ECORRUPT},
        {200, "{}", HUB_ECORRUPT},
        {200, "{'error_code':500,'error_message':'FAIL'}", HUB_EAGAIN},
        {200, "{'error_code':403,'error_message':'403 Forbidden - no'}", HUB_EDENIED},
        {200, "[" ROW(1, "z") ",{'id':2,", HUB_EAGAIN},
        {200, HTML, HUB_EFIREWALL},
        {200, "", HUB_EAGAIN},
        {404, ABSENT, HUB_EPARTIAL},
        {404, NO_TOKEN, HUB_EAUTH},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();

        expect(f, "GET", ORGS "1*", 200, "[" ROW(1, "a") "]");
        expect(f, "GET", ORGS "2*", CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), CASES[i].expected);
        fake_done(f);
    }
}

static void list_that_moved_or_is_short_is_partial(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", ORGS "1*", 200, "[" ROW(1, "a") "," ROW(2, "b") "]");
    expect(f, "GET", ORGS "2*", 200, "[" ROW(2, "b") "]");
    expect(f, "GET", ORGS "3*", 200, "[]");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), HUB_EPARTIAL);
    assert_int_equal(f->n_repos, 2);
    fake_forget(f);
    expect(f, "GET", ORGS "1*", 200, "[" ROW(1, "a") "]")->headers[0] = "total_count: 2";
    expect(f, "GET", ORGS "2*", 200, "[]");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), HUB_EPARTIAL);
    assert_int_equal(f->n_repos, 1);
    expect(f, "GET", ORGS "1*", 200, "[" ROW(1, "a") "]")->headers[0] = "total_count: 1";
    expect(f, "GET", ORGS "2*", 200, "[]");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), 0);
    fake_done(f);
}

static void pages_have_an_end(void **state)
{
    struct fake *f = begin();

    (void)state;
    for (unsigned i = 1; i <= 500; i++)
        fake_expectf(f, "GET", 200,
                     hub_pool_printf(&f->pool, "[{\"id\":%u,\"path\":\"r%u\"}]", i, i),
                     ORGS "%u&per_page=100", i);
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), HUB_EPARTIAL);
    fake_done(f);
}

static void owner_that_is_no_organisation_is_a_user(void **state)
{
    static const char NO_GROUP[] = "{'error_code':404,'error_message':'404 Group Not Found'}";
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", ORGS "1*", 404, NO_GROUP);
    expect(f, "GET", V5 "/user", 200, "{'login':'acme'}");
    expect(f, "GET", V5 "/user/repos?repo_type=model&page=1&per_page=100", 200,
           "[{'id':1,'path':'a','owner':{'login':'Acme'}},"
           "{'id':2,'path':'b','owner':{'login':'team'}}]");
    expect(f, "GET", V5 "/user/repos?repo_type=model&page=2&per_page=100", 200, "[]");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), 0);
    assert_int_equal(f->n_repos, 1);
    fake_forget(f);
    expect(f, "GET", V5 "/orgs/bob/repos*", 400, NO_GROUP);
    expect(f, "GET", V5 "/users/bob/repos?type=all&repo_type=model&page=1&per_page=100", 200,
           "[{'id':3,'path':'c','owner':{'login':'bob'}}]");
    expect(f, "GET", V5 "/users/bob/repos*", 200, "[]");
    assert_int_equal(hub_plugin->list_repos(&f->op, "bob"),
                     HUB_EPARTIAL); /* models may be hidden */
    assert_int_equal(f->n_repos, 1);
    expect(f, "GET", V5 "/orgs/bob/repos*", 404, NO_GROUP);
    expect(f, "GET", V5 "/users/bob/repos*", 404, "{'error_message':'User not found:bob'}");
    assert_int_equal(hub_plugin->list_repos(&f->op, "bob"), HUB_ENOTFOUND);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_tell_what_the_site_is_like),
        cmocka_unit_test(planes_are_the_real_hosts_unless_set),
        cmocka_unit_test(options_that_are_no_addresses_are_refused),
        cmocka_unit_test(identity_proves_the_token),
        cmocka_unit_test(list_goes_on_to_an_empty_page),
        cmocka_unit_test(page_that_is_no_list_is_an_error_and_no_end),
        cmocka_unit_test(list_that_moved_or_is_short_is_partial),
        cmocka_unit_test(pages_have_an_end),
        cmocka_unit_test(owner_that_is_no_organisation_is_a_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
