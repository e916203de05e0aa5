/* Somebody else works on the source or the target in the middle of a run: what was planned is what
 * arrives, or nothing; another's edit is never lost without a word; the next run ends equal. */
#include "scene.h"

#include <unistd.h>

/* As "then_seed" wants it: one repo of a site gets files, or goes away. */
#define PUSH(site, files) \
    "\"action\":\"then_seed\",\"times\":1,\"seed\":{\"sites\":{\"" site "\":{\"repos\":[{\"id\":\"alice/demo\",\"files\":{" files "}}]}}}"
#define NEW_CONFIG "\"config.json\":{\"text\":\"{\\\"edited\\\":1}\"}"
#define NEW_SHARD "\"model-00001-of-00002.safetensors\":{\"seed\":99,\"size\":200078}"

static void stage(struct scene *s, const char *site, const char *from, const char *to)
{
    s->attempts = 2;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, site, "alice/demo", "c/demo")));
    scene_knob(s, "modelers", "part_size", "65536");
    /* A mark younger than two seconds is not kept; those of an hour ago are believed. */
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_rule(s, from, to, "");
}

static const char *hash_of(struct scene *s, const char *repo, const char *path)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(scene_files(s, repo), path));

    return text ? text : "";
}

static void expect_next_run_equal(struct scene *s, const char *source, const char *target)
{
    scene_faults(s, "[]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, source, target);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_clean(s, false);
}

/* ---- the source ---- */
/* A hub with commits is read at the commit that was listed. */
static void push_behind_the_list(struct scene *s, const char *site, const char *from, const char *to, const char *rules)
{
    const char *source = scene_printf(s, "%s:alice/demo", site);
    const char *target = from[1] == 's' ? "modelers:alice/demo" : "modelscope:alice/demo";
    cJSON *listed;

    stage(s, site, from, to);
    listed = scene_files(s, source);
    scene_faults(s, rules);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, scene_same(scene_files(s, target), listed));
    scene_check(s, !scene_same(scene_files(s, source), listed));
    expect_next_run_equal(s, source, target);
}

static void a_push_behind_the_list_of_modelscope_waits_for_the_next_run(void **state)
{
    push_behind_the_list(*state, "modelscope", "ms", "ml", "[{\"site\":\"modelscope\",\"route\":\"files\"," PUSH("modelscope", NEW_CONFIG "," NEW_SHARD) "}]");
}

static void a_push_behind_the_list_of_modelers_waits_for_the_next_run(void **state)
{
    push_behind_the_list(*state, "modelers", "ml", "ms", "[{\"site\":\"modelers\",\"route\":\"tree\",\"query\":\"extra%2Fdeep%2Fer\"," PUSH("modelers", NEW_CONFIG "," NEW_SHARD) "}]");
}

static void a_source_that_goes_away_during_the_relay_leaves_the_target(void **state)
{
    struct scene *s = *state;

    stage(s, "modelscope", "ms", "ml");
    scene_faults(s, "[{\"site\":\"modelers\",\"route\":\"batch\",\"action\":\"then_seed\",\"times\":1,\"seed\":{\"sites\":{\"modelscope\":{\"repos\":["
                    "{\"id\":\"alice/demo\",\"remove\":true}]}}}}]");
    scene_run(s, "run");
    scene_expect_exit(s, 1);
    scene_expect_word(s, "alice/demo");
    scene_check(s, !cJSON_GetObjectItem(scene_files(s, "modelers:alice/demo"), "config.json"));
    scene_expect_count(s, "sites.modelers.planes.api.requests.POST commit", 0);
}

/* A folder has no commits: the run stands in the middle while the file is replaced. */
static void replace_in_folder(struct scene *s, const char *path, bool is_longer)
{
    pid_t child;

    s->attempts = 2;
    scene_model(s, "a/demo");
    scene_hub(s, NULL);
    scene_knob(s, "modelers", "part_size", "65536");
    scene_rule(s, "a", "ml", "");
    scene_faults(s, "[{\"name\":\"stop\",\"site\":\"modelers\",\"route\":\"batch\",\"action\":\"hold\",\"times\":1}]");
    child = scene_start(s, NULL, "run");
    scene_await_fault(s, "stop");
    if (is_longer)
        scene_fill(s, path, 5, 300000);
    else
        scene_fill(s, path, 5, 1000);
    scene_faults(s, "[]");
    scene_wait(s, child);
    scene_expect_exit(s, 5);
    scene_expect_word(s, strrchr(path, '/') + 1);
    scene_expect_word(s, "changed since it was listed");
    scene_check(s, !cJSON_GetObjectItem(scene_files(s, "modelers:alice/demo"), "config.json"));
    expect_next_run_equal(s, "a:demo", "modelers:alice/demo");
}

static void an_object_that_grows_before_it_is_read_is_planned_again(void **state)
{
    replace_in_folder(*state, "a/demo/model-00002-of-00002.safetensors", true);
}

static void an_object_that_shrinks_before_it_is_read_is_planned_again(void **state)
{
    replace_in_folder(*state, "a/demo/model-00002-of-00002.safetensors", false);
}

static void a_small_file_that_changes_before_the_commit_is_planned_again(void **state)
{
    replace_in_folder(*state, "a/demo/config.json", false);
}

static void an_object_of_the_same_size_is_never_taken_for_the_old_one(void **state)
{
    struct scene *s = *state;
    pid_t child;

    s->attempts = 2;
    scene_fill(s, "a/demo/w.bin", 1, 300000);
    scene_write(s, "a/demo/README.md", "---\nlicense: apache-2.0\n---\n# demo\n");
    scene_hub(s, NULL);
    scene_rule(s, "a", "ml", "");
    scene_faults(s, "[{\"name\":\"stop\",\"site\":\"modelers\",\"route\":\"batch\",\"action\":\"hold\",\"times\":1}]");
    child = scene_start(s, NULL, "run");
    scene_await_fault(s, "stop");
    scene_fill(s, "a/demo/w.bin", 2, 300000);
    scene_faults(s, "[]");
    scene_wait(s, child);
    scene_expect_exit(s, 7);
    scene_expect_word(s, "w.bin");
    scene_check(s, !cJSON_GetObjectItem(scene_files(s, "modelers:alice/demo"), "w.bin"));
    expect_next_run_equal(s, "a:demo", "modelers:alice/demo");
}

/* ---- the target ---- */
/* The target is in step; the source has a new config; somebody edits the target in between. */
static void stage_edit(struct scene *s, const char *site, const char *from, const char *to)
{
    stage(s, site, from, to);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_push(s, site, "alice/demo", "{\"config.json\":{\"text\":\"{\\\"new\\\":2}\"}," NEW_SHARD "}");
    scene_reset(s);
}

static void expect_edit_kept(struct scene *s, const char *target, const char *edited)
{
    scene_expect_exit(s, 5);
    scene_expect_word(s, "changed while it was being synced");
    scene_expect_word(s, "run again");
    scene_check(s, strcmp(hash_of(s, target, "config.json"), edited) == 0);
}

static void an_edit_of_modelers_before_the_commit_is_seen(void **state)
{
    struct scene *s = *state;

    stage_edit(s, "modelscope", "ms", "ml");
    scene_faults(s, "[{\"site\":\"modelers\",\"route\":\"batch\"," PUSH("modelers", NEW_CONFIG) "}]");
    scene_run(s, "run");
    scene_push(s, "modelers", "alice/other", "{\"x\":{\"text\":\"{\\\"edited\\\":1}\"}}");
    expect_edit_kept(s, "modelers:alice/demo", hash_of(s, "modelers:alice/other", "x"));
    scene_expect_count(s, "sites.modelers.planes.api.requests.POST commit", 0);
    expect_next_run_equal(s, "modelscope:alice/demo", "modelers:alice/demo");
}

static void an_edit_of_modelscope_before_the_commit_is_seen(void **state)
{
    struct scene *s = *state;

    stage_edit(s, "modelers", "ml", "ms");
    scene_faults(s, "[{\"site\":\"modelscope\",\"route\":\"batch\"," PUSH("modelscope", NEW_CONFIG) "}]");
    scene_run(s, "run");
    scene_push(s, "modelscope", "alice/other", "{\"x\":{\"text\":\"{\\\"edited\\\":1}\"}}");
    expect_edit_kept(s, "modelscope:alice/demo", hash_of(s, "modelscope:alice/other", "x"));
    scene_expect_count(s, "sites.modelscope.planes.api.requests.POST commit", 0);
    expect_next_run_equal(s, "modelers:alice/demo", "modelscope:alice/demo");
}

/* The hub compares heads itself: it refuses (409), and what was pushed is found by looking. */
static void an_edit_that_the_hub_itself_sees_is_kept(void **state)
{
    struct scene *s = *state;

    stage_edit(s, "modelers", "ml", "ms");
    scene_faults(s, "[{\"behaviour\":\"branch_changed\",\"times\":1},{\"site\":\"modelscope\",\"route\":\"commit\"," PUSH("modelscope", NEW_CONFIG) "}]");
    scene_run(s, "run");
    scene_push(s, "modelscope", "alice/other", "{\"x\":{\"text\":\"{\\\"edited\\\":1}\"}}");
    expect_edit_kept(s, "modelscope:alice/demo", hash_of(s, "modelscope:alice/other", "x"));
    scene_expect_count(s, "sites.modelscope.planes.api.requests.POST commit", 1);
    scene_expect_count(s, "sites.modelscope.events.commit_applied", 0);
    expect_next_run_equal(s, "modelers:alice/demo", "modelscope:alice/demo");
}

static void an_edit_of_another_file_does_not_stop_the_run_and_stays(void **state)
{
    struct scene *s = *state;

    stage_edit(s, "modelers", "ml", "ms");
    scene_faults(s, "[{\"behaviour\":\"branch_changed\",\"times\":1},{\"site\":\"modelscope\",\"route\":\"commit\"," PUSH("modelscope", "\"theirs.txt\":{\"text\":\"t\"}") "}]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, *hash_of(s, "modelscope:alice/demo", "theirs.txt") != '\0');
    scene_check(s, strcmp(hash_of(s, "modelscope:alice/demo", "config.json"), hash_of(s, "modelers:alice/demo", "config.json")) == 0);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_check(s, *hash_of(s, "modelscope:alice/demo", "theirs.txt") != '\0');
}

/* Right behind our commit: the read-back sees it and does not call the target in step. */
static void an_edit_behind_the_commit_is_seen_by_the_read_back(void **state)
{
    struct scene *s = *state;

    stage_edit(s, "modelscope", "ms", "ml");
    scene_faults(s, "[{\"site\":\"modelers\",\"route\":\"commit\"," PUSH("modelers", NEW_CONFIG) "}]");
    scene_run(s, "run");
    scene_expect_exit(s, 0); /* what was put was there; the edit is for the next run */
    expect_next_run_equal(s, "modelscope:alice/demo", "modelers:alice/demo");
}

static void an_edit_of_a_folder_before_the_commit_is_kept(void **state)
{
    struct scene *s = *state;
    pid_t child;

    stage_edit(s, "modelscope", "ms", "b");
    scene_faults(s, "[{\"name\":\"stop\",\"site\":\"modelscope\",\"plane\":\"cdn\",\"action\":\"hold\",\"times\":1}]");
    child = scene_start(s, NULL, "run");
    scene_await_fault(s, "stop");
    scene_write(s, "b/demo/config.json", "{\"edited\": \"by hand\"}");
    scene_faults(s, "[]");
    scene_wait(s, child);
    scene_expect_exit(s, 5);
    scene_expect_word(s, "changed while it was being synced");
    scene_check(s, strstr(scene_read(s, scene_path(s, "b/demo/config.json")), "by hand") != NULL);
    expect_next_run_equal(s, "modelscope:alice/demo", "b:demo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_push_behind_the_list_of_modelscope_waits_for_the_next_run),
        SCENE_TEST(a_push_behind_the_list_of_modelers_waits_for_the_next_run),
        SCENE_TEST(a_source_that_goes_away_during_the_relay_leaves_the_target),
        SCENE_TEST(an_object_that_grows_before_it_is_read_is_planned_again),
        SCENE_TEST(an_object_that_shrinks_before_it_is_read_is_planned_again),
        SCENE_TEST(a_small_file_that_changes_before_the_commit_is_planned_again),
        SCENE_TEST(an_object_of_the_same_size_is_never_taken_for_the_old_one),
        SCENE_TEST(an_edit_of_modelers_before_the_commit_is_seen),
        SCENE_TEST(an_edit_of_modelscope_before_the_commit_is_seen),
        SCENE_TEST(an_edit_that_the_hub_itself_sees_is_kept),
        SCENE_TEST(an_edit_of_another_file_does_not_stop_the_run_and_stays),
        SCENE_TEST(an_edit_behind_the_commit_is_seen_by_the_read_back),
        SCENE_TEST(an_edit_of_a_folder_before_the_commit_is_kept),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("race", tests, NULL, NULL);
}
