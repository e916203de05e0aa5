/* modelscope_repos_replies.c - the provider against recorded answers of the site:
 * repos: lists, one repo, a new one. docs/providers/modelscope.md names the quirks. */
#include "modelscope_script.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_by_id_and_guesses_no_visibility),
        cmocka_unit_test(reads_all_pages),
        cmocka_unit_test(a_cut_list_is_partial),
        cmocka_unit_test(stats_one_repo),
        cmocka_unit_test(asks_the_other_surface_whether_it_is_gated),
        cmocka_unit_test(not_there_needs_both_surfaces),
        cmocka_unit_test(waits_for_a_busy_database),
        cmocka_unit_test(creates_with_the_sites_words),
        cmocka_unit_test(knows_what_became_of_a_create),
        cmocka_unit_test(a_created_repo_that_does_not_show_is_unsure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
