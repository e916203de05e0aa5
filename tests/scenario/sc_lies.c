/* Batches and confirmations that lie about some objects and not about others: no commit rests on a
 * lie, honest objects are not sent again, and one run with an honest hub ends equal. */
#include "scene.h"

struct lie {
    const char *name, *rules;
    int exit;
    const char *word;
    int resent; /* puts that testhub may count twice in all: parts at Modelers, objects at ModelScope */
};

#define BATCH(site) "\"site\":\"" site "\",\"route\":\"batch\","
#define ROW(size, more) "\"action\":\"rows\",\"match\":{\"size\":" size "}," more
#define PART "\"site\":\"modelers\",\"route\":\"part_put\","
#define VERIFY "\"site\":\"modelers\",\"route\":\"verify\","
#define COMMIT "\"site\":\"modelers\",\"route\":\"commit\","
#define BLOB "\"site\":\"modelscope\",\"route\":\"blob_put\","
#define OIDS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Three objects: 200078 (4 parts), 100078 (2 parts), 1200000 bytes (19 parts). */
static const struct lie TO_MODELERS[] = {
    {"one_object_of_three_that_is_said_to_be_there", "[{\"behaviour\":\"claims_present\",\"nth\":2,\"times\":1}]", 1, "", 0},
    {"all_objects_are_said_to_be_there", "[{\"behaviour\":\"claims_present\"}]", 1, "", 0},
    {"an_object_that_the_batch_says_nothing_of", "[{" BATCH("modelers") ROW("1200000", "\"drop\":true,\"times\":1") "}]", 7, "says nothing of", 0},
    {"an_object_that_is_answered_twice", "[{" BATCH("modelers") ROW("1200000", "\"twice\":true,\"times\":1") "}]", 7, "twice", 0},
    {"an_object_that_nobody_asked_for", "[{" BATCH("modelers") ROW("1200000", "\"set\":{\"oid\":\"" OIDS "\"},\"times\":1") "}]", 7, "nobody asked for", 0},
    {"parts_that_are_no_parts", "[{" BATCH("modelers") ROW("1200000", "\"set\":{\"actions\":{\"parts\":[{\"index\":2,\"size\":7,\"etag\":\"\",\"href\":\"x\"}]}},\"times\":1") "}]", 7, "optimizer.bin", 0},
    {"one_object_that_is_refused", "[{\"behaviour\":\"object_error\",\"nth\":2,\"times\":1}]", 1, "refused", 0},
    {"a_part_without_an_etag_is_sent_again", "[{\"behaviour\":\"part_no_etag\",\"nth\":3,\"times\":1}]", 0, "", 1},
    {"parts_that_never_have_an_etag", "[{\"behaviour\":\"part_no_etag\"}]", 5, "ETag", 25},
    {"a_part_that_was_not_kept_is_found_by_the_verify", "[{\"behaviour\":\"put_stores_nothing\",\"nth\":3,\"times\":1}]", 1, "", 25},
    {"a_verify_that_says_no_under_200", "[{" VERIFY "\"action\":\"status\",\"status\":200,\"times\":1,\"body\":{\"code\":\"bad_request_param\",\"msg\":\"not whole\",\"data\":null}}]", 1, "not whole", 0},
    {"a_verify_that_is_a_page_under_200", "[{" VERIFY "\"action\":\"html\",\"status\":200,\"times\":1}]", 0, "", 0},
    {"a_commit_that_says_no_under_200", "[{" COMMIT "\"action\":\"status\",\"status\":200,\"body\":{\"code\":\"bad_request_param\",\"msg\":\"no such thing\",\"data\":null}}]", 1, "bad_request_param", 0},
    {"a_commit_that_is_empty_under_201", "[{" COMMIT "\"action\":\"empty_body\",\"status\":201}]", 5, "not there after the commit", 0},
    {"a_commit_whose_answer_is_202", "[{\"behaviour\":\"commit_202\",\"times\":1}]", 0, "", 0},
    {"a_commit_whose_answer_has_no_data", "[{\"behaviour\":\"commit_empty_data\",\"times\":1}]", 0, "", 0},
    {"objects_that_are_gone_at_the_commit", "[{\"behaviour\":\"forget_objects\",\"times\":1}]", 1, "not stored", 25},
};
static const struct lie TO_MODELSCOPE[] = {
    {"one_object_of_three_that_is_said_to_be_there", "[{\"behaviour\":\"claims_present\",\"nth\":2,\"times\":1}]", 1, "", 0},
    {"all_objects_are_said_to_be_there", "[{\"behaviour\":\"claims_present\"}]", 1, "", 0},
    {"an_object_that_is_answered_twice", "[{" BATCH("modelscope") ROW("1200000", "\"twice\":true,\"times\":1") "}]", 7, "told twice", 0},
    {"an_object_that_nobody_asked_for", "[{" BATCH("modelscope") ROW("1200000", "\"set\":{\"oid\":\"" OIDS "\"},\"times\":1") "}]", 7, "not asked", 0},
    {"a_put_that_says_no_under_200", "[{" BLOB "\"action\":\"status\",\"status\":200,\"body\":{\"Code\":10030000001,\"Message\":\"not stored\",\"Success\":false}}]", 5, "not stored", 0},
    {"a_put_that_was_not_kept", "[{\"behaviour\":\"put_stores_nothing\",\"nth\":2,\"times\":1}]", 1, "", 1},
    {"a_put_answered_by_a_page", "[{" BLOB "\"action\":\"html\",\"status\":200,\"times\":1}]", 0, "", 0},
    {"a_commit_that_says_no_under_200", "[{\"site\":\"modelscope\",\"route\":\"commit\",\"action\":\"status\",\"status\":200,\"body\":{\"Code\":10010101000,\"Message\":\"no such thing\",\"Success\":false}}]", 1, "no such thing", 0},
    {"a_commit_that_is_empty_under_200", "[{\"site\":\"modelscope\",\"route\":\"commit\",\"action\":\"empty_body\",\"status\":200,\"times\":1}]", 0, "", 0},
};

static void stage(struct scene *s, bool to_modelers)
{
    s->attempts = 2;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, to_modelers ? "modelscope" : "modelers", "alice/demo", "c/demo")));
    scene_knob(s, "modelers", "part_size", "65536");
    scene_rule(s, to_modelers ? "ms" : "ml", to_modelers ? "ml" : "ms", "");
}

static void run_lie(struct scene *s, bool to_modelers)
{
    const struct lie *lie = s->row;
    const char *source = to_modelers ? "modelscope:alice/demo" : "modelers:alice/demo";
    const char *target = to_modelers ? "modelers:alice/demo" : "modelscope:alice/demo";
    const char *twice = to_modelers ? "sites.modelers.duplicate_puts" : "sites.modelscope.duplicate_puts";

    stage(s, to_modelers);
    scene_faults(s, lie->rules);
    scene_run(s, "run");
    scene_expect_exit(s, lie->exit);
    scene_check(s, scene_count(s, "faults_acted") > 0);
    if (*lie->word)
        scene_expect_word(s, lie->word);
    scene_check(s, lie->exit == 0 || !cJSON_GetObjectItem(scene_files(s, target), "config.json"));
    scene_faults(s, "[]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, source, target);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_check(s, scene_count(s, twice) <= lie->resent);
    scene_expect_clean(s, true);
}

static void to_modelers(void **state)
{
    run_lie(*state, true);
}

static void to_modelscope(void **state)
{
    run_lie(*state, false);
}

/* Claimed absent: one of three objects that are there goes again, the others do not. */
static void claim_absent(struct scene *s, bool is_to_modelers, long long n_puts)
{
    const char *site = is_to_modelers ? "modelers" : "modelscope", *from = is_to_modelers ? "modelscope" : "modelers";

    stage(s, is_to_modelers);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_seed(s, scene_printf(s, "{\"sites\":{%s}}", scene_model_seed(s, from, "alice/copy", "c/demo")));
    scene_reset(s);
    scene_faults(s, "[{\"behaviour\":\"claims_absent\",\"nth\":2,\"times\":1}]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_count(s, "faults_acted", 1);
    scene_expect_int(s, "totals.reused", 2);
    scene_expect_equal(s, scene_printf(s, "%s:alice/copy", from), scene_printf(s, "%s:alice/copy", site));
    scene_expect_count(s, scene_printf(s, "sites.%s.planes.%s.requests.PUT %s", site, is_to_modelers ? "storage" : "lfs",
                                       is_to_modelers ? "part_put" : "blob_put"), n_puts);
}

static void one_object_of_three_that_is_said_to_be_absent_of_modelers(void **state)
{
    claim_absent(*state, true, 19);
}

static void one_object_of_three_that_is_said_to_be_absent_of_modelscope(void **state)
{
    claim_absent(*state, false, 1);
}

int main(void)
{
    enum { N = sizeof TO_MODELERS / sizeof *TO_MODELERS, M = sizeof TO_MODELSCOPE / sizeof *TO_MODELSCOPE };
    static struct CMUnitTest tests[N + M + 2] = {
        [N + M] = SCENE_TEST(one_object_of_three_that_is_said_to_be_absent_of_modelers),
        [N + M + 1] = SCENE_TEST(one_object_of_three_that_is_said_to_be_absent_of_modelscope),
    };
    static char names[N + M][96];

    for (size_t i = 0; i < N + M; i++) {
        const struct lie *lie = i < N ? &TO_MODELERS[i] : &TO_MODELSCOPE[i - N];

        snprintf(names[i], sizeof names[i], "%s_of_%s", lie->name, i < N ? "modelers" : "modelscope");
        tests[i] = (struct CMUnitTest){names[i], i < N ? to_modelers : to_modelscope, scene_open, scene_close, (void *)lie};
    }
    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("lies", tests, N + M + 2, NULL, NULL);
}
