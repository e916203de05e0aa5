/* What hub-modelers makes of the site's answers about accounts and models. */
#include "modelers_script.h"

#define MODEL SITE "/api/v1/model/Acme/demo-7b"
#define LIST  SITE "/api/v1/model?owner=Acme&count=true&sort_by=alphabetical&page_num="
#define DETAIL                                                                                     \
    "{'id':'10234','name':'demo-7b','owner':'Acme','visibility':'public','deploy':null,"           \
    "'labels':{'license':['apache-2.0']},'updated_at':1752638067}"

/* ---- session ---- */

static void limits_tell_what_the_site_is_like(void **state)
{
    struct fake *f = begin();
    size_t n = 0;

    (void)state;
    assert_string_equal(f->limits->credential_hosts[0], "m.test");
    assert_null(f->limits->credential_hosts[1]);
    while (f->limits->licenses[n])
        n++;
    assert_int_equal(n, 29);
    assert_true(f->limits->flags & HUB_CARD_LICENSE);
    assert_int_equal(f->limits->batch_items, 100);
    assert_int_equal(f->limits->manual[0]->what, HUB_SET_VISIBILITY);
    assert_null(f->limits->manual[1]);
    fake_done(f);
}

static void endpoint_must_be_an_address(void **state)
{
    struct fake *f = fake_new(hub_plugin);

    (void)state;
    fake_set(f, "endpoint", "modelers.cn");
    assert_true(fake_try_open(f) < 0);
    fake_done(f);
}

static void identity_proves_the_token(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", SITE "/api/v1/user", 200, "{'account':'acme','email':'e'}");
    assert_int_equal(hub_plugin->whoami(&f->op), 0);
    assert_string_equal(f->account->name, "acme");
    assert_string_equal(f->sent[0]->secrets[0], "Authorization: Bearer TOKEN-1234");
    expect(f, "GET", SITE "/api/v1/user", 403, "no_permission");
    assert_int_equal(hub_plugin->whoami(&f->op), HUB_EAUTH);
    expect(f, "GET", SITE "/api/v1/user", 401, "access_token_invalid");
    assert_int_equal(hub_plugin->whoami(&f->op), HUB_EAUTH);
    expect(f, "GET", SITE "/api/v1/user", 403, HTML);
    assert_int_equal(hub_plugin->whoami(&f->op), HUB_EFIREWALL);
    fake_done(f);
}

static void nobody_sends_no_secret(void **state)
{
    struct fake *f = fake_new(hub_plugin);

    (void)state;
    fake_set(f, "endpoint", SITE);
    fake_open(f);
    expect(f, "GET", MODEL, 200, DETAIL);
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), 0);
    assert_null(f->sent[0]->secrets);
    fake_done(f);
}

/* ---- lists ---- */

static void list_reads_until_the_total(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", LIST "1&count_per_page=100", 200,
           "{'total':2,'models':[{'id':'7','name':'a','owner':'Acme','license':['MIT'],"
           "'frameworks':null,'updated_at':1752638067}]}");
    expect(f, "GET", LIST "2&count_per_page=100", 200,
           "{'total':2,'models':[{'id':'8','name':'b','owner':'Acme','license':null,"
           "'visibility':'private'}]}");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), 0);
    assert_int_equal(f->n_repos, 2);
    assert_string_equal(f->repos[0]->id, "Acme/a");
    assert_string_equal(f->repos[0]->license, "mit");
    assert_string_equal(f->repos[0]->stable_id, "7");
    assert_int_equal(f->repos[0]->visibility, 0);
    assert_int_equal(f->repos[0]->modified_ms, INT64_C(1752638067000));
    assert_int_equal(f->repos[1]->visibility, HUB_PRIVATE);
    fake_done(f);
}

static void list_that_ends_early_is_partial(void **state)
{
    static const char PAGE[] = "{'total':2,'models':[{'name':'a','owner':'Acme'}]}";
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", LIST "1*", 200, PAGE);
    expect(f, "GET", LIST "2*", 200, PAGE); /* the set moved: a row twice, another one missed */
    expect(f, "GET", LIST "3*", 200, "{'total':0,'models':null}");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), HUB_EPARTIAL);
    assert_int_equal(f->n_repos, 1);
    fake_done(f);
}

static void empty_list_is_asked_again(void **state)
{
    static const char EMPTY[] = "{'total':0,'models':null}";
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", LIST "1*", 200, EMPTY);
    expect(f, "GET", LIST "1*", 200, "{'total':1,'models':[{'name':'a','owner':'Acme'}]}");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), 0);
    assert_int_equal(f->n_repos, 1);
    expect(f, "GET", LIST "1*", 200, EMPTY);
    expect(f, "GET", LIST "1*", 200, EMPTY);
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), 0);
    fake_done(f);
}

static void list_without_a_total_proves_nothing(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", LIST "1*", 200, "{'models':[{'name':'a','owner':'Acme'}]}");
    expect(f, "GET", LIST "2*", 200, "{'models':[]}");
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), HUB_EPARTIAL);
    fake_done(f);
}

static void list_stops_when_the_engine_says_so(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", LIST "1*", 200, "{'total':9,'models':[{'name':'a'},{'name':'b'}]}");
    f->answer = HUB_ECANCELED;
    assert_int_equal(hub_plugin->list_repos(&f->op, "Acme"), HUB_ECANCELED);
    assert_int_equal(f->n_repos, 1);
    fake_done(f);
}

/* ---- one model ---- */

static void one_model_is_told_whole(void **state)
{
    struct fake *f = begin();

    (void)state;
    expect(f, "GET", MODEL, 200, DETAIL)->headers[0] = "content-type: text/html";
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), 0);
    assert_string_equal(f->repos[0]->id, "Acme/demo-7b");
    assert_string_equal(f->repos[0]->stable_id, "10234");
    assert_string_equal(f->repos[0]->branch, "main");
    assert_string_equal(f->repos[0]->license, "apache-2.0");
    assert_string_equal(f->repos[0]->clone_url, SITE "/Acme/demo-7b.git");
    assert_int_equal(f->repos[0]->visibility, HUB_PUBLIC);
    fake_done(f);
}

static void absence_is_only_the_sites_own_word(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {404, "model_not_found", HUB_ENOTFOUND},
        {404, "ref_not_exist", HUB_ECORRUPT},
        {404, "<404 page not found>", HUB_EAGAIN},
        {404, "token_not_found", HUB_EAUTH},
        {403, "no_permission", HUB_EDENIED},
        {403, "<blocked>", HUB_EFIREWALL},
        {418, HTML, HUB_EFIREWALL},
        {400, "disagreed_privacy", HUB_EDENIED},
        {429, "rate_limit_over", HUB_ETHROTTLED},
        {429, "", HUB_ETHROTTLED},
        {500, "system_error", HUB_EAGAIN},
        {500, "model_not_found", HUB_EAGAIN},
        {502, HTML, HUB_EAGAIN},
        {200, "model_not_found", HUB_ENOTFOUND},
        {200, "<null>", HUB_ECORRUPT},
        {200, "null", HUB_ECORRUPT},
        {200, "{'name':'other','owner':'Acme'}", HUB_ECORRUPT},
        {200, "{'name':'demo-7b','name':'demo-7b','owner':'Acme'}", HUB_ECORRUPT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();

        expect(f, "GET", MODEL, CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), CASES[i].expected);
        assert_int_equal(f->n_repos, 0);
        fake_done(f);
    }
}

static void first_of_two_answers_counts(void **state)
{
    struct fake *f = begin();

    (void)state;
    fake_expect(f, "GET", MODEL, 403,
                json(f, "{'code':'no_permission','msg':'m','data':null}"
                        "{'code':'model_not_found','msg':'m','data':null}"));
    assert_int_equal(hub_plugin->stat_repo(&f->op, &REPO), HUB_EDENIED);
    fake_done(f);
}

/* ---- making and removing ---- */

static void create_answers_what_was_made(void **state)
{
    struct fake *f = begin();
    struct hub_repo repo = REPO;
    struct fake_step *step = expect(f, "POST", SITE "/api/v1/model", 201, "'10234'");

    (void)state;
    step->has[0] = json(f, "'name':'demo-7b','owner':'Acme'");
    step->has[1] = json(f, "'license':'apache-2.0','visibility':'public'");
    expect(f, "GET", MODEL, 200, DETAIL);
    assert_int_equal(hub_plugin->create_repo(&f->op, &repo), 0);
    assert_string_equal(f->repos[0]->stable_id, "10234");
    assert_true(f->sent[0]->flags & HUB_ONCE);

    repo.visibility = HUB_INTERNAL;
    repo.license = "gemma";
    step = expect(f, "POST", SITE "/api/v1/model", 201, "'10234'");
    step->has[0] = json(f, "'license':'other','visibility':'private'");
    expect(f, "GET", MODEL, 404, "model_not_found");
    assert_int_equal(hub_plugin->create_repo(&f->op, &repo), HUB_EUNSURE);
    fake_done(f);
}

static void create_that_fails_says_why(void **state)
{
    static const struct {
        uint32_t status;
        const char *text;
        int expected;
    } CASES[] = {
        {400, "duplicate_creating", HUB_EEXIST},
        {400, "count_exceeded", HUB_EQUOTA},
        {400, "bad_request_param", HUB_EREFUSED},
        {400, "internal_error", HUB_EUNSURE},
        {503, HTML, HUB_EUNSURE},
        {403, "no_permission", HUB_EDENIED},
    };
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        expect(f, "POST", SITE "/api/v1/model", CASES[i].status, CASES[i].text);
        assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), CASES[i].expected);
    }
    expect(f, "POST", SITE "/api/v1/model", 0, "")->is_lost = true;
    assert_int_equal(hub_plugin->create_repo(&f->op, &REPO), HUB_EUNSURE);
    fake_done(f);
}

static void delete_goes_by_the_number_of_that_name(void **state)
{
    struct fake *f = begin();
    struct hub_repo repo = REPO;

    (void)state;
    expect(f, "GET", MODEL, 200, DETAIL);
    expect(f, "DELETE", SITE "/api/v1/model/10234", 204, "")->has[0] = "{}";
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), 0);
    repo.stable_id = "99"; /* the name has passed to another model */
    expect(f, "GET", MODEL, 200, DETAIL);
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), HUB_ECONFLICT);
    expect(f, "GET", MODEL, 404, "model_not_found");
    assert_int_equal(hub_plugin->delete_repo(&f->op, &repo), HUB_ENOTFOUND);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_tell_what_the_site_is_like),
        cmocka_unit_test(endpoint_must_be_an_address),
        cmocka_unit_test(identity_proves_the_token),
        cmocka_unit_test(nobody_sends_no_secret),
        cmocka_unit_test(list_reads_until_the_total),
        cmocka_unit_test(list_that_ends_early_is_partial),
        cmocka_unit_test(empty_list_is_asked_again),
        cmocka_unit_test(list_without_a_total_proves_nothing),
        cmocka_unit_test(list_stops_when_the_engine_says_so),
        cmocka_unit_test(one_model_is_told_whole),
        cmocka_unit_test(absence_is_only_the_sites_own_word),
        cmocka_unit_test(first_of_two_answers_counts),
        cmocka_unit_test(create_answers_what_was_made),
        cmocka_unit_test(create_that_fails_says_why),
        cmocka_unit_test(delete_goes_by_the_number_of_that_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
