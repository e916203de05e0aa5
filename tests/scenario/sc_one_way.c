/* One-way sync between every pair of hubs: what the first, the second and a later run do. */
#include "scene.h"

struct pair {
    const char *from, *to;          /* names in the configuration */
    const char *source, *target;    /* repos */
    const char *from_site, *to_site; /* NULL: a folder */
};
static const struct pair PAIRS[] = {
    {"ms", "ml", "modelscope:alice/demo", "modelers:alice/demo", "modelscope", "modelers"},
    {"ml", "ms", "modelers:alice/demo", "modelscope:alice/demo", "modelers", "modelscope"},
    {"a", "ms", "a:demo", "modelscope:alice/demo", NULL, "modelscope"},
    {"a", "ml", "a:demo", "modelers:alice/demo", NULL, "modelers"},
    {"ms", "b", "modelscope:alice/demo", "b:demo", "modelscope", NULL},
    {"ml", "b", "modelers:alice/demo", "b:demo", "modelers", NULL},
    {"a", "b", "a:demo", "b:demo", NULL, NULL},
    {"a", "gc", "a:demo", "gitcode:alice/demo", NULL, "gitcode"},
    {"ms", "gc", "modelscope:alice/demo", "gitcode:alice/demo", "modelscope", "gitcode"},
    {"ml", "gc", "modelers:alice/demo", "gitcode:alice/demo", "modelers", "gitcode"},
    {"gc", "b", "gitcode:alice/demo", "b:demo", "gitcode", NULL},
    {"gc", "ms", "gitcode:alice/demo", "modelscope:alice/demo", "gitcode", "modelscope"},
};

static const char *gitcode_hub(struct scene *s)
{
    return scene_printf(s,
                        "  gc: { plugin: gitcode, owner: alice, token: \"%s\", endpoint: \"%s\", "
                        "limits: { requests: 0 } }\n",
                        SCENE_GC_TOKEN, scene_endpoint(s, "gitcode", "endpoint"));
}

/* is_calm: nothing changed within the last hour. */
static const struct pair *set_stage_at(struct scene *s, const char *more, bool is_calm)
{
    const struct pair *pair = s->row;
    const char *sites = "";

    scene_model(s, pair->from_site ? "c/demo" : "a/demo");
    if (pair->from_site)
        sites = scene_model_seed(s, pair->from_site, "alice/demo", "c/demo");
    scene_hub(s, NULL);
    if (is_calm) /* a change of this moment would be looked at once more */
        (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_seed(s, scene_printf(s,
                               "{\"tokens\":[{\"value\":\"%s\",\"site\":\"gitcode\",\"account\":"
                               "\"alice\"}],\"sites\":{%s}}",
                               SCENE_GC_TOKEN, sites));
    s->extra_hubs = gitcode_hub(s);
    scene_knob(s, "modelers", "part_size", "65536");
    scene_rule(s, pair->from, pair->to, more);
    return pair;
}

static const struct pair *set_stage(struct scene *s, const char *more)
{
    return set_stage_at(s, more, false);
}

/* Someone edits a file at the source, or takes it away (text NULL). */
static void edit(struct scene *s, const struct pair *pair, const char *path, const char *text)
{
    if (!pair->from_site && text)
        scene_write(s, scene_printf(s, "a/demo/%s", path), text);
    else if (!pair->from_site)
        scene_remove(s, scene_printf(s, "a/demo/%s", path));
    else if (text)
        scene_push(s, pair->from_site, "alice/demo",
                   scene_printf(s, "{\"%s\":{\"text\":\"%s\"}}", path, text));
    else
        scene_push(s, pair->from_site, "alice/demo", scene_printf(s, "{\"%s\":null}", path));
}

static void first_run_makes_them_equal(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage(s, "");

    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].status", "synced");
    scene_expect_int(s, "totals.put", SCENE_MODEL_FILES);
    scene_expect_int(s, "totals.bytes_resent", 0);
    scene_expect_equal(s, pair->source, pair->target);
    scene_expect_clean(s, false);
    scene_check(s, s->peak_kib < 96 * 1024 || getenv("SCENE_ANY_RSS"));
}

static void second_run_only_looks(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage_at(s, "", true);
    long long n_lists = 0, n_me = 0;

    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_reset(s);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
    scene_expect_int(s, "totals.put", 0);
    n_lists = scene_requests(s, "modelscope", "api", "PUT list") +
              scene_requests(s, "modelscope", "api", "GET list") +
              scene_requests(s, "modelscope", "api", "GET legacy_list") +
              scene_requests(s, "modelscope", "api", "PUT legacy_list") +
              scene_requests(s, "modelers", "api", "GET list") +
              scene_requests(s, "gitcode", "api", "GET org_repos") +
              scene_requests(s, "gitcode", "api", "GET own_repos");
    n_me = scene_requests(s, "modelscope", "api", "POST login") +
           scene_requests(s, "modelscope", "api", "GET me") +
           scene_requests(s, "modelers", "api", "GET user") +
           scene_requests(s, "gitcode", "api", "GET user");
    if (scene_count(s, "total_requests") != n_lists + n_me)
        scene_expect_count(s, "total_requests", n_lists + n_me);
    scene_check(s, n_me <= (pair->from_site != NULL) + (pair->to_site != NULL));
}

static void an_edit_moves_that_file_alone(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage(s, "");

    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_reset(s);
    edit(s, pair, "tokenizer/tokenizer.json", "edited, and longer than it was before");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].status", "synced");
    scene_expect_int(s, "totals.put", 1);
    scene_expect_int(s, "repos[0].commits", 1);
    scene_expect_equal(s, pair->source, pair->target);
    scene_expect_clean(s, false);
}

static void a_deletion_goes_behind_brakes(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage(s, "    delete: { files: extra, max: { files: 1 } }\n");
    cJSON *before;

    scene_run(s, "run");
    scene_expect_exit(s, 0);
    edit(s, pair, "docs/empty.txt", NULL);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.deleted", 1);
    scene_expect_equal(s, pair->source, pair->target);

    edit(s, pair, "config.json", NULL);
    edit(s, pair, "tokenizer/tokenizer.json", NULL);
    before = scene_files(s, pair->target);
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repos[0].status", "blocked");
    scene_expect_int(s, "totals.deleted", 0);
    scene_expect_word(s, "brake_files");
    scene_check(s, scene_same(before, scene_files(s, pair->target)));
    scene_run(s, "run --allow-delete alice/demo=1");
    scene_expect_exit(s, 6);
    scene_check(s, scene_same(before, scene_files(s, pair->target)));
    scene_run(s, "run --allow-delete alice/demo=2");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.deleted", 2);
    scene_expect_equal(s, pair->source, pair->target);
    scene_expect_clean(s, false);
}

static void without_a_rule_nothing_is_deleted(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage(s, "");
    int n;

    scene_run(s, "run");
    scene_expect_exit(s, 0);
    n = cJSON_GetArraySize(scene_files(s, pair->target));
    edit(s, pair, "config.json", NULL);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.deleted", 0);
    scene_check(s, cJSON_GetArraySize(scene_files(s, pair->target)) == n);
}

static void copy_needs_no_rule_and_verify_sees_each_byte(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage(s, "");
    const char *both = scene_printf(s, "%s:alice/demo %s:alice/demo", pair->from, pair->to);

    scene_run(s, scene_printf(s, "copy %s:alice/demo %s:", pair->from, pair->to));
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].status", "synced");
    scene_expect_equal(s, pair->source, pair->target);
    scene_run(s, scene_printf(s, "verify %s", both));
    scene_expect_exit(s, 0);
    scene_expect_int(s, "same", SCENE_MODEL_FILES);
    scene_run(s, scene_printf(s, "verify --deep %s", both));
    scene_expect_exit(s, 0);
    scene_expect_int(s, "same", SCENE_MODEL_FILES);
    scene_run(s, scene_printf(s, "verify --deep %s:alice/demo", pair->to));
    scene_expect_exit(s, 0);
    edit(s, pair, "config.json", "other");
    scene_run(s, scene_printf(s, "verify %s", both));
    scene_expect_exit(s, 4);
    scene_expect_text(s, "different[0].path", "config.json");
    scene_expect_clean(s, false);
}

static void plan_changes_nothing(void **state)
{
    struct scene *s = *state;
    const struct pair *pair = set_stage(s, "");

    scene_reset(s);
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "message_type", "plan");
    scene_expect_int(s, "totals.put", SCENE_MODEL_FILES);
    scene_check(s, scene_writes(s) == 0);
    scene_check(s, scene_files(s, pair->target) == NULL);
    scene_run(s, "plan --detailed-exitcode");
    scene_expect_exit(s, 4);
    scene_run(s, "run -n");
    scene_expect_exit(s, 0);
    scene_check(s, scene_files(s, pair->target) == NULL);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_run(s, "plan --detailed-exitcode");
    scene_expect_exit(s, 0);
}

int main(void)
{
    static const struct {
        const char *name;
        CMUnitTestFunction test;
    } PROMISES[] = {
#define PROMISE(test) {#test, test}
        PROMISE(first_run_makes_them_equal),
        PROMISE(second_run_only_looks),
        PROMISE(an_edit_moves_that_file_alone),
        PROMISE(a_deletion_goes_behind_brakes),
        PROMISE(without_a_rule_nothing_is_deleted),
        PROMISE(copy_needs_no_rule_and_verify_sees_each_byte),
        PROMISE(plan_changes_nothing),
    };
    enum { N_PAIRS = sizeof PAIRS / sizeof *PAIRS, N_PROMISES = sizeof PROMISES / sizeof *PROMISES };
    struct CMUnitTest tests[N_PAIRS * N_PROMISES];
    char names[N_PAIRS * N_PROMISES][96];
    size_t n = 0;

    for (size_t p = 0; p < N_PROMISES; p++)
        for (size_t i = 0; i < N_PAIRS; i++) {
            (void)snprintf(names[n], sizeof names[n], "%s_to_%s_%s", PAIRS[i].from, PAIRS[i].to,
                           PROMISES[p].name);
            tests[n] = (struct CMUnitTest){names[n], PROMISES[p].test, scene_open, scene_close,
                                           (void *)&PAIRS[i]};
            n++;
        }
    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("one_way", tests, n, NULL, NULL);
}
