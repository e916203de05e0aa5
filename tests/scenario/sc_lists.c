/* Lists of repos, of a target and of a source that was full before: what is strange in them stops
 * its repo or its rule, and never deletes or copies anything. */
#include "scene.h"

static void stage(struct scene *s, bool is_ms, const char *to, const char *more)
{
    s->attempts = 2;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, is_ms ? "modelscope" : "modelers", "alice/demo", "c/demo")));
    scene_rule(s, is_ms ? "ms" : "ml", to, more);
}

static void clean_end(struct scene *s, const char *source, const char *target)
{
    scene_faults(s, "[]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, source, target);
    scene_expect_clean(s, false);
}

/* ---- lists of repos ---- */
static void a_repo_name_that_climbs_is_refused(void **state)
{
    struct scene *s = *state;

    stage(s, true, "b", "");
    scene_faults(s, "[{\"site\":\"modelscope\",\"route\":\"list\",\"action\":\"rows\",\"match\":{\"id\":\"alice/demo\"},\"set\":{\"id\":\"alice/../../climbed\"}}]");
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_word(s, "climbed");
    scene_check(s, !scene_files(s, "b:climbed") && !scene_files(s, "a:climbed"));
    clean_end(s, "modelscope:alice/demo", "b:demo");
}

static void a_repo_that_is_listed_twice_is_one(void **state)
{
    struct scene *s = *state;

    stage(s, true, "b", "");
    scene_faults(s, "[{\"site\":\"modelscope\",\"route\":\"list\",\"action\":\"rows\",\"match\":{\"id\":\"alice/demo\"},\"twice\":true}]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, cJSON_GetArraySize(scene_at(s->doc, "repos")) == 1);
    clean_end(s, "modelscope:alice/demo", "b:demo");
}

/* ---- a source that was full ---- */
static void emptied(struct scene *s, bool is_ms, const char *rules)
{
    const char *source = is_ms ? "modelscope:alice/demo" : "modelers:alice/demo";

    stage(s, is_ms, "b", "    delete: {files: extra, max: {files: 0, percent: 0, bytes: 0}}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_push(s, is_ms ? "modelscope" : "modelers", "alice/demo", "{\"new.txt\":{\"text\":\"n\"}}");
    scene_faults(s, rules);
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_check(s, scene_count(s, "faults_acted") > 0);
    scene_check(s, cJSON_GetArraySize(scene_files(s, "b:demo")) == SCENE_MODEL_FILES);
    clean_end(s, source, "b:demo");
}

static void a_list_of_modelscope_that_empties_deletes_nothing(void **state)
{
    emptied(*state, true, "[{\"site\":\"modelscope\",\"behaviour\":\"files_null\"}]");
}

static void a_list_of_modelers_that_empties_deletes_nothing(void **state)
{
    emptied(*state, false,
            "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"text\",\"find\":\"\\\"tree\\\":[\",\"with\":\"\\\"tree\\\":[],\\\"x\\\":[\"}]");
}

/* ---- the target's list ---- */
/* It was synced; the source has news; the target's own list is strange now. */
static void strange_target(struct scene *s, bool is_ms, const char *rules, int exit, const char *word)
{
    const char *target = is_ms ? "modelscope:alice/demo" : "modelers:alice/demo";
    const char *source = is_ms ? "modelers:alice/demo" : "modelscope:alice/demo";
    cJSON *before;

    stage(s, !is_ms, is_ms ? "ms" : "ml", "    delete: {files: extra}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    before = scene_files(s, target);
    scene_push(s, is_ms ? "modelers" : "modelscope", "alice/demo", "{\"config.json\":{\"text\":\"{\\\"new\\\":1}\"}}");
    scene_reset(s);
    scene_faults(s, rules);
    scene_run(s, "run");
    scene_expect_exit(s, exit);
    scene_expect_word(s, word);
    scene_check(s, scene_writes(s) == 0);
    scene_check(s, scene_same(before, scene_files(s, target)));
    clean_end(s, source, target);
}

static void a_target_modelscope_with_a_name_that_climbs_is_left_alone(void **state)
{
    strange_target(*state, true, "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"rows\",\"match\":{\"Path\":\"config.json\"},\"set\":{\"Path\":\"../climbed.txt\"}}]", 6, "climbed.txt");
}

static void a_target_modelers_with_a_name_that_climbs_is_left_alone(void **state)
{
    strange_target(*state, false, "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"rows\",\"match\":{\"path\":\"config.json\"},\"set\":{\"path\":\"../climbed.txt\"}}]", 7, "climbed.txt");
}

static void a_target_modelers_that_lists_nothing_is_suspect(void **state)
{
    strange_target(*state, false, "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"text\",\"find\":\"\\\"tree\\\":[\",\"with\":\"\\\"tree\\\":[],\\\"x\\\":[\"}]", 6, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_repo_name_that_climbs_is_refused),
        SCENE_TEST(a_repo_that_is_listed_twice_is_one),
        SCENE_TEST(a_list_of_modelscope_that_empties_deletes_nothing),
        SCENE_TEST(a_list_of_modelers_that_empties_deletes_nothing),
        SCENE_TEST(a_target_modelscope_with_a_name_that_climbs_is_left_alone),
        SCENE_TEST(a_target_modelers_with_a_name_that_climbs_is_left_alone),
        SCENE_TEST(a_target_modelers_that_lists_nothing_is_suspect),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
