/* A pair of hubs with an authority: both directions, who wins, what is remembered. */
#include "scene.h"

#define README "\"README.md\":{\"text\":\"---\\nlicense: other\\n---\\n# A model\\n\"}"
#define OTHERS "\"w.bin\":{\"seed\":3,\"size\":70000}," README
#define FILES(text) "{\"config.json\":{\"text\":\"" text "\"}," OTHERS "}"
enum { N_FILES = 3 };
#define REPO(id, files) "{\"id\":\"alice/" id "\",\"files\":" files "}"

/* Nothing changed within the last hour. */
static void start(struct scene *s, const char *ms_repos, const char *ml_repos)
{
    s->attempts = 2;
    s->max_wait = "1s";
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_seed(s, scene_printf(s, "{\"sites\":{\"modelscope\":{\"repos\":[%s]},\"modelers\":{\"repos\":[%s]}}}",
                               ms_repos, ml_repos));
}

static void pair_rule(struct scene *s, const char *authority, const char *more)
{
    scene_config(s, scene_printf(s,
                                 "rules:\n"
                                 "  - name: both\n"
                                 "    type: bidirectional\n"
                                 "    between: [ms, ml]\n"
                                 "    files: {mode: authority, authority: %s}\n%s",
                                 authority, more));
}

static void run(struct scene *s, int code)
{
    scene_run(s, "run");
    scene_expect_exit(s, code);
}

/* Someone edits it, a while later: sites tell the time of a change in whole seconds. */
static void push(struct scene *s, const char *site, const char *files)
{
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":10}");
    scene_push(s, site, "alice/one", files);
}

static void remove_repo(struct scene *s, const char *site, const char *id)
{
    scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"alice/%s\",\"remove\":true}]}}}", site, id));
}

static void remove_state(struct scene *s)
{
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "lost")) == 0);
}

static long long looks(struct scene *s)
{
    return scene_requests(s, "modelscope", "api", "PUT list") + scene_requests(s, "modelscope", "api", "GET list") +
           scene_requests(s, "modelscope", "api", "POST login") + scene_requests(s, "modelscope", "api", "GET me") +
           scene_requests(s, "modelers", "api", "GET list") + scene_requests(s, "modelers", "api", "GET user");
}

static void expect_calm(struct scene *s)
{
    scene_reset(s);
    run(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_check(s, scene_writes(s) == 0);
    scene_expect_count(s, "total_requests", looks(s));
}

static void each_side_gets_what_the_other_alone_has(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("1")) "," REPO("two", FILES("authority")),
          REPO("two", FILES("other")) "," REPO("three", FILES("3")));
    pair_rule(s, "ms", "");
    run(s, 0);
    scene_expect_int(s, "totals.repos", 3);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    scene_expect_equal(s, "modelscope:alice/two", "modelers:alice/two");
    scene_expect_equal(s, "modelscope:alice/three", "modelers:alice/three");
    scene_expect_int(s, "repos[1].put", 1);
    scene_expect_clean(s, false);
    expect_calm(s);
}

/* Whatever stands at the authority after a copy to it failed: the other side has the only files. */
static void a_copy_to_the_authority_that_broke_off_goes_on(void **state)
{
    struct scene *s = *state;

    start(s, "", REPO("one", FILES("1")) "," REPO("two", FILES("2")));
    pair_rule(s, "ms", "    delete: {files: extra}\n");
    scene_faults(s, "[{\"site\":\"modelscope\",\"route\":\"commit\",\"action\":\"status\",\"status\":500}]");
    run(s, 5);
    scene_check(s, scene_repo(s, "modelscope", "alice/one") != NULL);
    push(s, "modelscope", "{\"config.json\":{\"text\":\"1\"}}"); /* as if a part of it had arrived */
    scene_faults(s, "[]");
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 0);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    scene_expect_equal(s, "modelscope:alice/two", "modelers:alice/two");
    scene_check(s, cJSON_GetArraySize(scene_files(s, "modelers:alice/one")) == N_FILES);
    expect_calm(s);
    push(s, "modelers", "{\"new.txt\":{\"text\":\"new\"}}"); /* now it leads */
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 1);
}

static void an_authority_that_was_never_filled_empties_nothing(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", "{}"), REPO("one", FILES("1")));
    pair_rule(s, "ms", "    delete: {files: extra}\n");
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 0);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    scene_check(s, cJSON_GetArraySize(scene_files(s, "modelers:alice/one")) == N_FILES);
    expect_calm(s);
    push(s, "modelscope", "{\"config.json\":null,\"w.bin\":null,\"README.md\":null}");
    run(s, 6); /* it had been in step */
    scene_expect_text(s, "repos[0].reason", "listing_suspect");
    scene_check(s, cJSON_GetArraySize(scene_files(s, "modelers:alice/one")) == N_FILES);
}

static void the_authority_may_be_either_hub(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("left")), REPO("one", FILES("right")));
    pair_rule(s, "ml", "");
    run(s, 0);
    scene_expect_text(s, "repos[0].hub", "ms");
    scene_expect_int(s, "totals.put", 1);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    expect_calm(s);
}

static void a_stale_file_goes_behind_brakes(void **state)
{
    struct scene *s = *state;
    cJSON *before;

    start(s, REPO("one", FILES("1")),
          REPO("one", "{\"config.json\":{\"text\":\"1\"}," OTHERS ","
                      "\"old.txt\":{\"text\":\"x\"},\"sub/old.bin\":{\"text\":\"y\"}}"));
    pair_rule(s, "ms", "    delete: {files: extra, max: {files: 1}}\n");
    before = scene_files(s, "modelers:alice/one");
    run(s, 6);
    scene_expect_text(s, "repos[0].reason", "brake_files");
    scene_check(s, scene_same(before, scene_files(s, "modelers:alice/one")));
    pair_rule(s, "ms", "    delete: {files: extra}\n");
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 2);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "brake");
    scene_expect_text(s, "alerts[0].state", "resolved");
}

static void what_came_to_the_authority_obeys_it(void **state)
{
    struct scene *s = *state;

    start(s, "", REPO("one", FILES("1")));
    pair_rule(s, "ms", "    delete: {files: extra}\n");
    run(s, 0);
    scene_expect_text(s, "repos[0].hub", "ms");
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    push(s, "modelers", "{\"config.json\":{\"text\":\"theirs\"},\"new.txt\":{\"text\":\"new\"}}");
    run(s, 0);
    scene_expect_text(s, "repos[0].hub", "ml");
    scene_expect_int(s, "totals.put", 1);
    scene_expect_int(s, "totals.deleted", 1);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    push(s, "modelscope", "{\"config.json\":{\"text\":\"ours\"}}");
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
}

static void a_lost_state_moves_nothing(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("1")), REPO("two", FILES("2")));
    pair_rule(s, "ms", "    delete: {files: extra}\n");
    run(s, 0);
    scene_check(s, scene_int(s, "totals.put") + scene_int(s, "totals.reused") == 2 * N_FILES);
    remove_state(s);
    scene_reset(s);
    run(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
    scene_expect_text(s, "repos[1].status", "unchanged");
    scene_check(s, scene_writes(s) == 0);
    expect_calm(s);
}

static void names_are_mapped_there_and_back(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("1")), REPO("park-two", FILES("2")) "," REPO("three", FILES("3")));
    pair_rule(s, "ms", "    map: {name: \"park-{name}\"}\n");
    run(s, 6);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/park-one");
    scene_expect_equal(s, "modelscope:alice/two", "modelers:alice/park-two");
    scene_expect_word(s, "alice/three");
    scene_check(s, scene_repo(s, "modelscope", "alice/three") == NULL);
    scene_check(s, scene_repo(s, "modelscope", "alice/park-two") == NULL);
    pair_rule(s, "ms", "    map: {name: \"park-{name}\"}\n    select: {exclude: [three]}\n");
    run(s, 0);
    scene_expect_int(s, "totals.put", 0);
}

static void a_repo_is_named_from_either_side(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("1")) "," REPO("two", FILES("2")), "");
    pair_rule(s, "ms", "    map: {name: \"park-{name}\"}\n");
    scene_run(s, "plan --repo one");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "actions[0].repo", "alice/park-one");
    scene_expect_int(s, "totals.create_repo", 1);
    scene_run(s, "plan --repo park-two");
    scene_expect_text(s, "actions[0].repo", "alice/park-two");
    scene_expect_int(s, "totals.create_repo", 1);
}

static void deleted_on_the_other_side_it_is_made_again(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("1")) "," REPO("two", FILES("2")), "");
    pair_rule(s, "ms", "");
    run(s, 0);
    remove_repo(s, "modelers", "one");
    run(s, 0);
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
    remove_repo(s, "modelers", "two"); /* and the other way round for the copy's copy */
    run(s, 0);
    scene_expect_equal(s, "modelscope:alice/two", "modelers:alice/two");
}

static void deleted_at_the_authority_it_is_never_copied_back(void **state)
{
    struct scene *s = *state;

    start(s, REPO("one", FILES("1")), REPO("two", FILES("2")));
    pair_rule(s, "ms", "");
    run(s, 0);
    remove_repo(s, "modelscope", "two"); /* it came from the other side once */
    run(s, 6);
    scene_expect_word(s, "grace");
    scene_check(s, scene_repo(s, "modelscope", "alice/two") == NULL);
    scene_check(s, scene_repo(s, "modelers", "alice/two") != NULL);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "source_vanished");
    scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[" REPO("two", FILES("2")) "]}}}");
    run(s, 0);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].state", "resolved");
}

static void an_authority_that_hides_a_repo_is_not_written_over(void **state)
{
    struct scene *s = *state;
    cJSON *before;

    start(s, REPO("one", FILES("authority")) "," REPO("two", FILES("2")), REPO("one", FILES("other")));
    scene_knob(s, "modelscope", "hidden_from_list", "\"alice/one\"");
    pair_rule(s, "ms", "");
    before = scene_files(s, "modelscope:alice/one");
    run(s, 0);
    scene_check(s, scene_same(before, scene_files(s, "modelscope:alice/one")));
    scene_expect_equal(s, "modelscope:alice/one", "modelers:alice/one");
}

static void folders_are_a_pair_too(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/one/x.txt", "left");
    scene_write(s, "b/one/x.txt", "right");
    scene_write(s, "b/two/y.txt", "2");
    start(s, "", "");
    scene_config(s, "rules:\n  - {name: both, type: bidirectional, between: [a, b], files: {mode: authority, authority: b}}\n");
    run(s, 0);
    scene_expect_equal(s, "a:one", "b:one");
    scene_expect_equal(s, "a:two", "b:two");
    scene_check(s, !strcmp(scene_read(s, scene_path(s, "a/one/x.txt")), "right"));
    run(s, 0);
    scene_expect_int(s, "totals.put", 0);
}

static void a_side_that_is_down_stops_the_pair_alone(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/one/x.txt", "1");
    start(s, REPO("one", FILES("1")), "");
    scene_config(s, "rules:\n"
                    "  - {name: both, type: bidirectional, between: [ms, ml], files: {mode: authority, authority: ms}, retry: {attempts: 1}}\n"
                    "  - {name: one, type: one-way, from: a, to: b}\n");
    scene_faults(s, "[{\"site\":\"modelers\",\"action\":\"status\",\"status\":500}]");
    run(s, 5);
    scene_expect_equal(s, "a:one", "b:one");
    scene_faults(s, "[]");
    scene_check(s, scene_repo(s, "modelers", "alice/one") == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(each_side_gets_what_the_other_alone_has),
        SCENE_TEST(a_copy_to_the_authority_that_broke_off_goes_on),
        SCENE_TEST(an_authority_that_was_never_filled_empties_nothing),
        SCENE_TEST(the_authority_may_be_either_hub),
        SCENE_TEST(a_stale_file_goes_behind_brakes),
        SCENE_TEST(what_came_to_the_authority_obeys_it),
        SCENE_TEST(a_lost_state_moves_nothing),
        SCENE_TEST(names_are_mapped_there_and_back),
        SCENE_TEST(a_repo_is_named_from_either_side),
        SCENE_TEST(deleted_on_the_other_side_it_is_made_again),
        SCENE_TEST(deleted_at_the_authority_it_is_never_copied_back),
        SCENE_TEST(an_authority_that_hides_a_repo_is_not_written_over),
        SCENE_TEST(folders_are_a_pair_too),
        SCENE_TEST(a_side_that_is_down_stops_the_pair_alone),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("bidirectional", tests, NULL, NULL);
}
