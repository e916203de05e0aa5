/* Which repos a rule is about, whose they become, and who may read them: select, map, visibility. */
#include "scene.h"

#define README "\"README.md\":{\"text\":\"---\\nlicense: other\\n---\\n# A model\\n\"}"
#define FILES "{\"config.json\":{\"text\":\"{}\"},\"w.bin\":{\"seed\":3,\"size\":70000}," README "}"
#define REPO(id, more) "{\"id\":\"" id "\"," more "\"files\":" FILES "}"
#define PAIR                                   \
    "rules:\n"                                 \
    "  - name: r\n"                            \
    "    type: bidirectional\n"                \
    "    between: [ms, ml]\n"                  \
    "    files: {mode: authority, authority: ms}\n"

static void start(struct scene *s, const char *ms_repos, const char *ml_repos)
{
    s->attempts = 2;
    s->max_wait = "1s";
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_seed(s, scene_printf(s,
                               "{\"owners\":[\"alice\",\"acme\",\"other\"],\"sites\":{\"modelscope\":{\"repos\":[%s]},"
                               "\"modelers\":{\"repos\":[%s]}}}",
                               ms_repos, ml_repos));
}

static void run(struct scene *s, int code)
{
    scene_run(s, "run");
    scene_expect_exit(s, code);
}

static bool is_there(struct scene *s, const char *site, const char *id)
{
    return scene_repo(s, site, id) != NULL;
}

static const char *seen(struct scene *s, const char *site, const char *id)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(scene_repo(s, site, id), "visibility"));
}

static void expect_alert(struct scene *s, const char *kind, const char *state)
{
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", kind);
    scene_expect_text(s, "alerts[0].state", state);
}

static void set(struct scene *s, const char *site, const char *id, const char *what)
{
    scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"%s\",%s}]}}}", site, id, what));
}

/* The key lets one of the two repos of each side through. */
static void one_key(struct scene *s, const char *key, const char *more, const char *no)
{
    start(s, scene_printf(s, REPO("alice/yes-a", "\"license\":\"apache-2.0\",") ",{\"id\":\"alice/no-a\",%s\"files\":%s}", more, no),
          scene_printf(s, REPO("alice/yes-b", "\"license\":\"apache-2.0\",") ",{\"id\":\"alice/no-b\",%s\"files\":%s}", more, no));
    scene_config(s, scene_printf(s, PAIR "    select: {%s}\n", key));
    run(s, 0);
    scene_check(s, is_there(s, "modelers", "alice/yes-a") && is_there(s, "modelscope", "alice/yes-b"));
    scene_check(s, !is_there(s, "modelers", "alice/no-a") && !is_there(s, "modelscope", "alice/no-b"));
    run(s, 0);
    scene_expect_int(s, "totals.put", 0);
}
#define KEY(name, key, more, no)           \
    static void name(void **state)         \
    {                                      \
        one_key(*state, key, more, no);    \
    }

KEY(repos_are_chosen_by_name, "repos: [\"yes*\"]", "", FILES)
KEY(repos_are_left_out_by_name, "exclude: [\"no*\"]", "", FILES)
KEY(repos_are_chosen_by_a_file, "has: \"*.bin\"", "", "{\"a.txt\":{\"text\":\"x\"}," README "}")
KEY(repos_are_chosen_by_visibility, "visibility: public", "\"visibility\":\"private\",", FILES)
KEY(repos_are_chosen_by_licence, "license: [apache-2.0]", "\"license\":\"mit\",\"defaults\":false,",
    "{\"w.bin\":{\"seed\":3,\"size\":70000}}")
KEY(repos_are_chosen_by_size, "max_bytes: 100kB", "", "{\"w.bin\":{\"seed\":3,\"size\":200000}," README "}")

static void only_what_changed_lately(void **state)
{
    struct scene *s = *state;

    start(s, REPO("alice/old", ""), "");
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":0}");
    set(s, "modelers", "alice/new", "\"files\":" FILES);
    scene_config(s, PAIR "    select: {updated_within: 30m}\n");
    run(s, 0);
    scene_check(s, !is_there(s, "modelers", "alice/old") && is_there(s, "modelscope", "alice/new"));
}

static void a_foreign_repo_is_parked_under_another_name(void **state)
{
    struct scene *s = *state;

    start(s, "", REPO("other/x", "") "," REPO("other/y", ""));
    s->extra_hubs = scene_printf(s, "  foreign: {plugin: modelers, owner: other, token: " SCENE_ML_TOKEN ", endpoint: \"%s\", limits: {requests: 0}}\n",
                                 scene_endpoint(s, "modelers", "endpoint"));
    scene_config(s, "rules:\n"
                    "  - {name: park, type: one-way, from: foreign, to: ms, select: {repos: [x]}, map: {owner: alice, name: \"park-{name}\"}}\n");
    run(s, 0);
    scene_expect_equal(s, "modelers:other/x", "modelscope:alice/park-x");
    scene_check(s, !is_there(s, "modelscope", "alice/park-y"));
    run(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
}

static void an_owner_that_fails_does_not_stop_the_others(void **state)
{
    struct scene *s = *state;

    start(s, REPO("alice/a", "") "," REPO("acme/b", ""), REPO("alice/c", "") "," REPO("acme/d", ""));
    s->extra_hubs = scene_printf(s,
                                 "  ms2: {plugin: modelscope, owner: [acme, alice], token: " SCENE_MS_TOKEN ", endpoint: \"%s\", limits: {requests: 0}}\n"
                                 "  ml2: {plugin: modelers, owner: [acme, alice], token: " SCENE_ML_TOKEN ", endpoint: \"%s\", limits: {requests: 0}}\n",
                                 scene_endpoint(s, "modelscope", "endpoint"), scene_endpoint(s, "modelers", "endpoint"));
    scene_config(s, "rules:\n  - {name: r, type: bidirectional, between: [ms2, ml2], files: {mode: authority, authority: ms2}, retry: {attempts: 1}}\n");
    scene_faults(s, "[{\"site\":\"modelscope\",\"route\":\"list\",\"query\":\"owner=acme\",\"action\":\"status\",\"status\":500}]");
    run(s, 5);
    scene_check(s, is_there(s, "modelers", "alice/a") && is_there(s, "modelscope", "alice/c"));
    scene_check(s, !is_there(s, "modelers", "acme/b") && !is_there(s, "modelscope", "acme/d"));
    scene_faults(s, "[]");
    run(s, 0);
    scene_expect_equal(s, "modelscope:acme/b", "modelers:acme/b");
    scene_expect_equal(s, "modelscope:acme/d", "modelers:acme/d");
}

static void rules_that_select_apart_share_a_target(void **state)
{
    struct scene *s = *state;

    start(s, REPO("alice/a", "") "," REPO("alice/b", ""), "");
    scene_config(s, "rules:\n"
                    "  - {name: one, type: one-way, from: ms, to: ml, select: {repos: [a]}}\n"
                    "  - {name: two, type: one-way, from: ms, to: ml, select: {exclude: [a]}}\n");
    run(s, 0);
    scene_check(s, is_there(s, "modelers", "alice/a") && is_there(s, "modelers", "alice/b"));
}

static void a_pair_and_a_rule_on_one_target_are_both_blocked(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/x/f.txt", "1");
    start(s, REPO("alice/x", "") "," REPO("alice/y", ""), "");
    scene_config(s, PAIR "  - {name: two, type: one-way, from: a, to: ml}\n");
    run(s, 6);
    scene_expect_word(s, "claimed by");
    scene_check(s, !is_there(s, "modelers", "alice/x"));
    scene_check(s, is_there(s, "modelers", "alice/y"));
}

static void a_source_that_turned_private_is_told_and_not_copied(void **state)
{
    struct scene *s = *state;

    start(s, REPO("alice/a", ""), "");
    scene_config(s, PAIR);
    run(s, 0);
    scene_check(s, !strcmp(seen(s, "modelers", "alice/a"), "public"));
    set(s, "modelscope", "alice/a", "\"visibility\":\"private\""); /* no file moved */
    run(s, 6);
    scene_expect_text(s, "repos[0].reason", "visibility");
    expect_alert(s, "visibility_mismatch", "open");
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":10}");
    scene_push(s, "modelscope", "alice/a", "{\"config.json\":{\"text\":\"secret\"}}");
    run(s, 6);
    scene_expect_int(s, "totals.put", 0);
    set(s, "modelers", "alice/a", "\"visibility\":\"private\"");
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    expect_alert(s, "visibility_mismatch", "resolved");
}

static void a_target_that_is_only_too_private_is_told_and_synced(void **state)
{
    struct scene *s = *state;

    start(s, REPO("alice/a", ""), REPO("alice/a", "\"visibility\":\"private\",\"defaults\":true,"));
    scene_push(s, "modelscope", "alice/a", "{\"config.json\":{\"text\":\"new\"}}");
    scene_knob(s, "modelers", "list_visibility", "true");
    scene_config(s, PAIR);
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    expect_alert(s, "visibility_mismatch", "open");
    run(s, 0);
    expect_alert(s, "visibility_mismatch", "open");
    set(s, "modelers", "alice/a", "\"visibility\":\"public\"");
    run(s, 0);
    expect_alert(s, "visibility_mismatch", "resolved");
}

static void a_gated_source_with_a_public_copy_is_an_alarm(void **state)
{
    struct scene *s = *state;

    start(s, REPO("alice/a", "") "," REPO("alice/g", "\"gated\":true,"), "");
    scene_config(s, PAIR);
    run(s, 0);
    scene_check(s, !is_there(s, "modelers", "alice/g"));
    scene_run(s, "alerts");
    scene_check(s, scene_at(s->doc, "alerts[0]") == NULL); /* absent there: silent */
    set(s, "modelscope", "alice/a", "\"gated\":true");
    run(s, 0);
    scene_expect_text(s, "repos[0].reason", "gated");
    expect_alert(s, "gated_public", "open");
    set(s, "modelers", "alice/a", "\"visibility\":\"private\"");
    run(s, 0);
    expect_alert(s, "gated_public", "resolved");
    set(s, "modelscope", "alice/a", "\"gated\":false");
    set(s, "modelers", "alice/a", "\"visibility\":\"public\"");
    run(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(repos_are_chosen_by_name),
        SCENE_TEST(repos_are_left_out_by_name),
        SCENE_TEST(repos_are_chosen_by_a_file),
        SCENE_TEST(repos_are_chosen_by_visibility),
        SCENE_TEST(repos_are_chosen_by_licence),
        SCENE_TEST(repos_are_chosen_by_size),
        SCENE_TEST(only_what_changed_lately),
        SCENE_TEST(a_foreign_repo_is_parked_under_another_name),
        SCENE_TEST(an_owner_that_fails_does_not_stop_the_others),
        SCENE_TEST(rules_that_select_apart_share_a_target),
        SCENE_TEST(a_pair_and_a_rule_on_one_target_are_both_blocked),
        SCENE_TEST(a_source_that_turned_private_is_told_and_not_copied),
        SCENE_TEST(a_target_that_is_only_too_private_is_told_and_synced),
        SCENE_TEST(a_gated_source_with_a_public_copy_is_an_alarm),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
