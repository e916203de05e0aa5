/* Rules of type mirror-import: a hub that copies by itself is asked to, and is watched. */
#include "scene.h"

#define GC_TOKEN "gc-alice-write-000000000000"
#define ALWAYS   "    follow: { every: 1ms, stale_after: 48h }\n"
#define AT_ONCE  "    follow: { every: 1ms, stale_after: 1ms }\n"
#define PAGE     "https://ai.gitcode.com/alice/demo/setting/mirror"

static int run(struct scene *s, const char *words)
{
    return scene_run_with(s, "GC_TOKEN=" GC_TOKEN, words);
}

static void set_rule(struct scene *s, const char *more)
{
    s->extra_hubs = scene_printf(s,
                                 "  gc: { plugin: gitcode, owner: alice, token: \"${GC_TOKEN}\", endpoint: \"%s\", "
                                 "limits: { requests: 0 } }\n",
                                 scene_endpoint(s, "gitcode", "endpoint"));
    scene_config(s, scene_printf(s,
                                 "rules:\n  - name: r\n    type: mirror-import\n    from: ms\n    to: gc\n%s",
                                 more));
}

/* A model at the source, quiet for an hour. */
static void set_stage(struct scene *s, const char *more)
{
    const char *sites;

    scene_model(s, "c/demo");
    sites = scene_model_seed(s, "modelscope", "alice/demo", "c/demo");
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_seed(s, scene_printf(s,
                               "{\"tokens\":[{\"value\":\"" GC_TOKEN "\",\"site\":\"gitcode\",\"account\":\"alice\"}],"
                               "\"sites\":{%s}}",
                               sites));
    set_rule(s, more);
}

static void steer(struct scene *s, const char *members)
{
    (void)scene_admin(s, "POST", "/mirror",
                      scene_printf(s, "{\"site\":\"gitcode\",\"id\":\"alice/demo\",%s}", members));
}

/* Somebody made the mirror long ago, and it follows. */
static void set_mirror(struct scene *s)
{
    steer(s, "\"from\":\"modelscope:alice/demo\",\"enabled\":true");
}

static void push(struct scene *s)
{
    scene_push(s, "modelscope", "alice/demo", "{\"config.json\":{\"text\":\"{\\\"edited\\\":true}\"}}");
}

static long long n_imports(struct scene *s)
{
    return scene_count(s, "sites.gitcode.events.import_started");
}

/* The alert of that kind about alice/demo; NULL: there is none. */
static const cJSON *alert(struct scene *s, const char *kind)
{
    const cJSON *row, *found = NULL;

    run(s, "alerts");
    scene_expect_exit(s, 0);
    cJSON_ArrayForEach(row, scene_at(s->doc, "alerts"))
        if (strcmp(scene_at(row, "kind")->valuestring, kind) == 0 &&
            strcmp(scene_at(row, "repo")->valuestring, "alice/demo") == 0)
            found = row;
    return found;
}

static void expect_alert(struct scene *s, const char *kind, const char *state, int count, const char *words)
{
    const cJSON *row = alert(s, kind);

    if (!row)
        scene_fail(s, __FILE__, __LINE__, "no alert %s", kind);
    if (strcmp(scene_at(row, "state")->valuestring, state) != 0 || scene_at(row, "count")->valueint != count)
        scene_fail(s, __FILE__, __LINE__, "alert %s is not %s, counted %d", kind, state, count);
    if (!strstr(scene_at(row, "message")->valuestring, words))
        scene_fail(s, __FILE__, __LINE__, "alert %s does not say %s", kind, words);
}

static void run_and_expect(struct scene *s, int code, const char *status)
{
    run(s, "run");
    scene_expect_exit(s, code);
    scene_expect_text(s, "repos[0].repo", "alice/demo");
    scene_expect_text(s, "repos[0].status", status);
}

static void expect_only_lists(struct scene *s)
{
    long long n_lists = scene_requests(s, "modelscope", "api", "PUT list") +
                        scene_requests(s, "modelscope", "api", "GET list") +
                        scene_requests(s, "modelscope", "api", "GET legacy_list") +
                        scene_requests(s, "modelscope", "api", "PUT legacy_list") +
                        scene_requests(s, "gitcode", "api", "GET org_repos") +
                        scene_requests(s, "gitcode", "api", "GET own_repos") +
                        scene_requests(s, "gitcode", "api", "GET user_repos");
    long long n_me = scene_requests(s, "modelscope", "api", "POST login") +
                     scene_requests(s, "modelscope", "api", "GET me") +
                     scene_requests(s, "gitcode", "api", "GET user");

    if (scene_count(s, "total_requests") != n_lists + n_me)
        scene_expect_count(s, "total_requests", n_lists + n_me);
}

/* ---- importing ---- */
static void what_is_missing_is_imported_and_then_left_alone(void **state)
{
    struct scene *s = *state;
    cJSON *mirror;

    set_stage(s, "");
    run(s, "plan --detailed-exitcode");
    scene_expect_exit(s, 4);
    scene_expect_text(s, "actions[0].op", "import");
    scene_expect_text(s, "actions[0].repo", "alice/demo");
    scene_expect_text(s, "actions[0].from", "ms:alice/demo");
    scene_expect_text(s, "actions[0].reason", "missing");
    scene_expect_int(s, "totals.import", 1);
    scene_expect_int(s, "totals.put", 0);
    run(s, "run --dry-run");
    scene_check(s, n_imports(s) == 0);
    run_and_expect(s, 0, "importing");
    scene_expect_int(s, "totals.put", 0);
    scene_check(s, scene_int(s, "totals.elapsed_ms") < 10000);
    scene_check(s, n_imports(s) == 1);
    scene_expect_count(s, "sites.gitcode.events.import_not_public", 0);
    scene_expect_count(s, "sites.gitcode.events.import_not_model", 0);
    scene_expect_count(s, "sites.gitcode.events.import_with_credentials", 0);
    scene_expect_count(s, "sites.gitcode.events.path_differs", 0);
    mirror = scene_repo(s, "gitcode", "alice/demo");
    scene_check(s, strcmp(scene_at(mirror, "head")->valuestring,
                          scene_at(scene_repo(s, "modelscope", "alice/demo"), "head")->valuestring) == 0);
    scene_reset(s);
    run_and_expect(s, 0, "unchanged");
    expect_only_lists(s);
    run(s, "plan --detailed-exitcode");
    scene_expect_exit(s, 0);
    scene_check(s, alert(s, "mirror_lfs") == NULL);
    expect_alert(s, "mirror_manual", "open", 1, PAGE);
}

static void an_import_that_takes_long_is_done_in_a_later_run(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_knob(s, "gitcode", "import_delay_s", "600");
    run_and_expect(s, 0, "importing");
    scene_check(s, scene_int(s, "totals.elapsed_ms") < 10000);
    run_and_expect(s, 0, "importing");
    scene_check(s, scene_int(s, "totals.elapsed_ms") < 5000);
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":700}");
    run_and_expect(s, 0, "synced");
    run_and_expect(s, 0, "unchanged");
    scene_check(s, n_imports(s) == 1);
    scene_check(s, alert(s, "mirror_stale") == NULL);
}

static void a_failed_import_is_told_and_not_made_again_by_itself(void **state)
{
    struct scene *s = *state;

    set_stage(s, ALWAYS);
    scene_knob(s, "gitcode", "import_result", "\"failed\"");
    run_and_expect(s, 0, "importing");
    run_and_expect(s, 1, "failed");
    scene_expect_text(s, "repos[0].error", "failed");
    run_and_expect(s, 0, "skipped");
    scene_expect_text(s, "repos[0].reason", "import_failed");
    run_and_expect(s, 0, "skipped");
    scene_check(s, n_imports(s) == 1);
    expect_alert(s, "mirror_failed", "open", 1, "failed");

    /* Somebody deletes what is left of it: that is how one asks for another try. */
    scene_seed(s, "{\"sites\":{\"gitcode\":{\"repos\":[{\"id\":\"alice/demo\",\"remove\":true}]}}}");
    scene_knob(s, "gitcode", "import_result", "null");
    run_and_expect(s, 0, "importing");
    scene_check(s, n_imports(s) == 2);
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_failed", "resolved", 1, "");
}

static void a_failed_import_whose_repo_is_gone_at_once_is_not_made_again(void **state)
{
    struct scene *s = *state;

    set_stage(s, ALWAYS);
    scene_knob(s, "gitcode", "import_result", "\"failed\"");
    run_and_expect(s, 0, "importing");
    run_and_expect(s, 1, "failed");
    scene_seed(s, "{\"sites\":{\"gitcode\":{\"repos\":[{\"id\":\"alice/demo\",\"remove\":true}]}}}");
    run_and_expect(s, 0, "skipped");
    run_and_expect(s, 0, "skipped");
    scene_check(s, n_imports(s) == 1);
}

static void an_import_whose_answer_is_lost_is_not_asked_for_twice(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_faults(s, "[{\"site\":\"gitcode\",\"route\":\"create_own\",\"action\":\"apply_then_drop\"}]");
    run_and_expect(s, 0, "importing");
    run_and_expect(s, 0, "unchanged");
    scene_check(s, n_imports(s) == 1);
}

static void what_the_hub_does_not_show_yet_is_waited_for(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_knob(s, "gitcode", "visible_after_s", "300");
    run_and_expect(s, 0, "importing");
    run_and_expect(s, 0, "importing");
    scene_check(s, n_imports(s) == 1);
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":400}");
    run_and_expect(s, 0, "synced");
    run_and_expect(s, 0, "unchanged");
    scene_check(s, n_imports(s) == 1);
}

static void a_source_that_cannot_be_reached_is_an_alarm(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_faults(s, "[{\"site\":\"gitcode\",\"method\":\"POST\",\"action\":\"status\",\"status\":400,"
                    "\"body\":{\"error_code\":400,\"error_message\":\"check url unreachable\"}}]");
    run_and_expect(s, 1, "failed");
    expect_alert(s, "mirror_failed", "open", 1, "unreachable");
    scene_faults(s, "[]");
    run_and_expect(s, 0, "importing");
    expect_alert(s, "mirror_failed", "resolved", 1, "");
}

/* ---- what is there ---- */
static void what_exists_is_left_alone(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    set_mirror(s);
    scene_reset(s);
    run_and_expect(s, 0, "unchanged");
    scene_expect_count(s, "sites.gitcode.events.created", 0);
    scene_check(s, n_imports(s) == 0);
    scene_check(s, alert(s, "mirror_manual") == NULL);
    scene_reset(s);
    run_and_expect(s, 0, "unchanged");
    expect_only_lists(s);
}

static void what_a_list_hides_is_not_imported_again(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    set_mirror(s);
    scene_knob(s, "gitcode", "hidden_from_list", "\"*demo\"");
    run_and_expect(s, 0, "unchanged");
    scene_check(s, n_imports(s) == 0);
}

static void a_repo_of_that_name_that_is_no_copy_is_not_touched(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_seed(s, "{\"sites\":{\"gitcode\":{\"repos\":[{\"id\":\"alice/demo\",\"files\":"
                  "{\"other.txt\":{\"text\":\"mine\"}}}]}}}");
    run_and_expect(s, 6, "blocked");
    scene_expect_text(s, "repos[0].reason", "name");
    scene_reset(s);
    run_and_expect(s, 6, "blocked");
    scene_expect_text(s, "repos[0].reason", "name");
    expect_only_lists(s);
    scene_check(s, scene_at(scene_repo(s, "gitcode", "alice/demo"), "files") != NULL && n_imports(s) == 0);
}

static void people_are_asked_once_to_start_the_mirror(void **state)
{
    struct scene *s = *state;

    set_stage(s, ALWAYS);
    steer(s, "\"from\":\"modelscope:alice/demo\"");
    for (int i = 0; i < 3; i++)
        run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_manual", "open", 1, PAGE);
    run(s, scene_printf(s, "alerts ack %d", scene_at(alert(s, "mirror_manual"), "id")->valueint));
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_manual", "acknowledged", 1, PAGE);
    steer(s, "\"enabled\":true");
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_manual", "resolved", 1, PAGE);
}

static void a_mirror_that_stays_behind_is_an_alarm(void **state)
{
    struct scene *s = *state;

    set_stage(s, AT_ONCE);
    set_mirror(s);
    run_and_expect(s, 0, "unchanged");
    push(s);
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_stale", "open", 1, "ms:alice/demo");
    steer(s, "\"pull\":true");
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_stale", "resolved", 1, "");
}

static void a_mirror_that_is_behind_for_a_while_is_no_alarm(void **state)
{
    struct scene *s = *state;

    set_stage(s, ALWAYS);
    set_mirror(s);
    push(s);
    run_and_expect(s, 0, "unchanged");
    push(s);
    run_and_expect(s, 0, "unchanged");
    scene_check(s, alert(s, "mirror_stale") == NULL);
}

static void a_mirror_without_its_objects_is_an_alarm(void **state)
{
    struct scene *s = *state;

    set_stage(s, ALWAYS);
    scene_knob(s, "gitcode", "lfs_scope", "\"repo\"");
    steer(s, "\"from\":\"modelscope:alice/demo\",\"enabled\":true,\"lfs\":false");
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_lfs", "open", 1, "LFS files");
    push(s);
    steer(s, "\"lfs\":true,\"pull\":true");
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "mirror_lfs", "resolved", 1, "");
    scene_reset(s);
    run_and_expect(s, 0, "unchanged"); /* once per mirror: not again */
    scene_check(s, scene_count(s, "sites.gitcode.events.lfs_download_batch") == 0);
    scene_check(s, scene_requests(s, "modelscope", "api", "GET files") == 0);
}

static void a_check_of_a_mirror_lists_no_files(void **state)
{
    struct scene *s = *state;

    set_stage(s, ALWAYS);
    set_mirror(s);
    run_and_expect(s, 0, "unchanged");
    scene_reset(s);
    run_and_expect(s, 0, "unchanged");
    scene_check(s, scene_requests(s, "modelscope", "api", "GET files") == 0);
    scene_check(s, scene_requests(s, "gitcode", "api", "GET branches") == 1);
    scene_check(s, scene_requests(s, "gitcode", "api", "GET v4_project") == 0);
}

/* ---- the source ---- */
static void set_source(struct scene *s, const char *members)
{
    scene_seed(s, scene_printf(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/demo\",%s}]}}}", members));
}

static void a_source_turned_private_is_an_alarm(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    set_mirror(s);
    run_and_expect(s, 0, "unchanged");
    set_source(s, "\"visibility\":\"private\"");
    run_and_expect(s, 6, "blocked");
    scene_expect_text(s, "repos[0].reason", "visibility");
    expect_alert(s, "visibility_mismatch", "open", 1, "not public");
    set_rule(s, "    select: { visibility: public }\n");
    run_and_expect(s, 0, "skipped");
    scene_expect_text(s, "repos[0].reason", "private");
    expect_alert(s, "visibility_mismatch", "open", 2, "not public");
    set_source(s, "\"visibility\":\"public\"");
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "visibility_mismatch", "resolved", 2, "");
}

static void a_source_turned_gated_is_an_alarm(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    set_mirror(s);
    run_and_expect(s, 0, "unchanged");
    set_source(s, "\"gated\":true");
    run_and_expect(s, 0, "skipped");
    scene_expect_text(s, "repos[0].reason", "gated");
    expect_alert(s, "gated_public", "open", 1, "grant");
    set_source(s, "\"gated\":false");
    run_and_expect(s, 0, "unchanged");
    expect_alert(s, "gated_public", "resolved", 1, "");
}

static void a_private_source_is_never_imported(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    set_source(s, "\"visibility\":\"private\"");
    run_and_expect(s, 0, "skipped");
    scene_expect_text(s, "repos[0].reason", "private");
    set_source(s, "\"visibility\":\"public\",\"gated\":true");
    run_and_expect(s, 0, "skipped");
    scene_expect_text(s, "repos[0].reason", "gated");
    scene_check(s, n_imports(s) == 0);
}

static void a_source_that_is_gone_leaves_its_mirror(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/other\",\"visibility\":\"private\"}]}}}");
    set_mirror(s);
    run(s, "run");
    scene_expect_exit(s, 0);
    set_source(s, "\"remove\":true");
    run(s, "run --repo alice/demo");
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repos[0].reason", "grace");
    expect_alert(s, "source_vanished", "open", 1, "gone");
    scene_check(s, scene_repo(s, "gitcode", "alice/demo") != NULL);
}

/* ---- which repos ---- */
static void select_map_and_repo_work_as_for_files(void **state)
{
    struct scene *s = *state;

    set_stage(s, "    map: { name: \"m-{name}\" }\n    select: { has: \"*.safetensors\", exclude: [out] }\n");
    scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":["
                  "{\"id\":\"alice/out\",\"files\":{\"a.safetensors\":{\"text\":\"a\"}}},"
                  "{\"id\":\"alice/plain\",\"files\":{\"a.txt\":{\"text\":\"a\"}}}]}}}");
    run(s, "run --repo alice/m-nothing");
    scene_expect_exit(s, 0);
    scene_check(s, n_imports(s) == 0);
    run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, n_imports(s) == 1);
    scene_check(s, scene_repo(s, "gitcode", "alice/m-demo") != NULL);
    scene_check(s, scene_repo(s, "gitcode", "alice/m-plain") == NULL);
    scene_check(s, scene_repo(s, "gitcode", "alice/m-out") == NULL);
    scene_expect_word(s, "no_weights");
}

static void a_hub_that_cannot_import_is_a_mistake_of_the_config(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_config(s, "rules:\n  - { name: r, type: mirror-import, from: ms, to: ml }\n");
    run(s, "run");
    scene_expect_exit(s, 2);
    scene_expect_word(s, "cannot import");
    scene_config(s, "rules:\n  - { name: r, type: mirror-import, from: a, to: gc }\n");
    run(s, "plan");
    scene_expect_exit(s, 2);
}

static void a_saved_plan_imports(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    run(s, scene_printf(s, "plan --save %s", scene_path(s, "saved")));
    scene_expect_exit(s, 0);
    run(s, scene_printf(s, "apply %s", scene_path(s, "saved")));
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].status", "importing");
    scene_check(s, n_imports(s) == 1);
    run(s, scene_printf(s, "apply %s", scene_path(s, "saved")));
    scene_check(s, n_imports(s) == 1);
}

static void a_mirror_is_the_same_with_the_readme_that_the_site_made(void **state)
{
    struct scene *s = *state;

    set_stage(s, "");
    scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/made\",\"files\":"
                  "{\"config.json\":{\"text\":\"{}\"}}}]}}}");
    (void)scene_admin(s, "POST", "/mirror",
                      "{\"site\":\"gitcode\",\"id\":\"alice/made\",\"from\":\"modelscope:alice/made\"}");
    run(s, "verify ms:alice/made gc:alice/made");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "same", 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(what_is_missing_is_imported_and_then_left_alone),
        SCENE_TEST(an_import_that_takes_long_is_done_in_a_later_run),
        SCENE_TEST(a_failed_import_is_told_and_not_made_again_by_itself),
        SCENE_TEST(a_failed_import_whose_repo_is_gone_at_once_is_not_made_again),
        SCENE_TEST(an_import_whose_answer_is_lost_is_not_asked_for_twice),
        SCENE_TEST(what_the_hub_does_not_show_yet_is_waited_for),
        SCENE_TEST(a_source_that_cannot_be_reached_is_an_alarm),
        SCENE_TEST(what_exists_is_left_alone),
        SCENE_TEST(what_a_list_hides_is_not_imported_again),
        SCENE_TEST(a_repo_of_that_name_that_is_no_copy_is_not_touched),
        SCENE_TEST(people_are_asked_once_to_start_the_mirror),
        SCENE_TEST(a_mirror_that_stays_behind_is_an_alarm),
        SCENE_TEST(a_mirror_that_is_behind_for_a_while_is_no_alarm),
        SCENE_TEST(a_mirror_without_its_objects_is_an_alarm),
        SCENE_TEST(a_check_of_a_mirror_lists_no_files),
        SCENE_TEST(a_source_turned_private_is_an_alarm),
        SCENE_TEST(a_source_turned_gated_is_an_alarm),
        SCENE_TEST(a_private_source_is_never_imported),
        SCENE_TEST(a_source_that_is_gone_leaves_its_mirror),
        SCENE_TEST(select_map_and_repo_work_as_for_files),
        SCENE_TEST(a_hub_that_cannot_import_is_a_mistake_of_the_config),
        SCENE_TEST(a_mirror_is_the_same_with_the_readme_that_the_site_made),
        SCENE_TEST(a_saved_plan_imports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
