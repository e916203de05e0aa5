/* Repos that are gone from their source: what it takes until one is deleted, and what stops it. */
#include "scene.h"

#include <signal.h>

#define README "\"README.md\":{\"text\":\"---\\nlicense: other\\n---\\n# A model\\n\"}"
#define FILES "{\"config.json\":{\"text\":\"{}\"},\"w.bin\":{\"seed\":3,\"size\":70000}," README "}"
#define REPO(id) "{\"id\":\"alice/" id "\",\"files\":" FILES "}"
#define TWO REPO("a") "," REPO("b")
#define SOON "    delete: {repos: mirror, grace: {scans: 2, time: 0s}}\n"

static void start(struct scene *s, const char *ms_repos, const char *ml_repos)
{
    s->attempts = 2;
    s->max_wait = "1s";
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_seed(s, scene_printf(s, "{\"sites\":{\"modelscope\":{\"repos\":[%s]},\"modelers\":{\"repos\":[%s]}}}",
                               ms_repos, ml_repos));
}

static void run(struct scene *s, int code)
{
    scene_run(s, "run");
    scene_expect_exit(s, code);
}

static void remove_repo(struct scene *s, const char *site, const char *id)
{
    scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"alice/%s\",\"remove\":true}]}}}", site, id));
}

static bool is_there(struct scene *s, const char *site, const char *id)
{
    return scene_repo(s, site, scene_printf(s, "alice/%s", id)) != NULL;
}

/* In step, then a is gone from the source. */
static void lose_a(struct scene *s, const char *rule)
{
    start(s, TWO, "");
    scene_rule(s, "ms", "ml", rule);
    run(s, 0);
    scene_check(s, is_there(s, "modelers", "a"));
    remove_repo(s, "modelscope", "a");
}

static void expect_kept(struct scene *s, int n_runs)
{
    for (int i = 0; i < n_runs; i++) {
        run(s, 6);
        scene_expect_word(s, "grace");
        scene_check(s, is_there(s, "modelers", "a"));
    }
}

static void it_is_deleted_when_the_grace_has_passed(void **state)
{
    struct scene *s = *state;

    lose_a(s, SOON);
    expect_kept(s, 1);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "source_vanished");
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.delete_repo", 1);
    scene_expect_text(s, "actions[0].op", "delete_repo");
    scene_expect_text(s, "actions[0].repo", "alice/a");
    scene_check(s, is_there(s, "modelers", "a"));
    run(s, 0);
    scene_check(s, !is_there(s, "modelers", "a"));
    scene_check(s, is_there(s, "modelers", "b"));
    scene_run(s, "history");
    scene_expect_text(s, "runs[0].repo", "alice/a");
    scene_expect_text(s, "runs[0].changed[0].action", "delete_repo");
    scene_expect_text(s, "runs[0].changed[1].action", "delete");
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].state", "resolved");
    run(s, 0);
    scene_expect_int(s, "totals.repos", 1);
}

#ifdef HS_FAILPOINTS
/* Killed right before or right after: the next runs end the same way, and the deletion is on record. */
static void a_kill_around_the_deletion_changes_nothing_in_the_end(void **state)
{
    static const char *const points[] = {"delete_repo.before", "delete_repo.after"};
    struct scene *s = *state;

    lose_a(s, SOON);
    for (size_t i = 0; i < 2; i++) {
        expect_kept(s, 1);
        scene_run_with(s, scene_printf(s, "HUBSYNC_FAILPOINT=%s", points[i]), "run");
        scene_expect_exit(s, 128 + SIGKILL);
        scene_check(s, is_there(s, "modelers", "a") == (i == 0));
        scene_run(s, "history");
        scene_expect_word(s, "delete_repo");
        run(s, 0);
        scene_check(s, !is_there(s, "modelers", "a") && is_there(s, "modelers", "b"));
        run(s, 0);
        scene_check(s, !is_there(s, "modelscope", "a"));
        if (i == 0) { /* once more, for the other point */
            scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[" REPO("a") "]}}}");
            run(s, 0);
            scene_check(s, is_there(s, "modelers", "a"));
            remove_repo(s, "modelscope", "a");
        }
    }
}
#endif

static void the_time_must_pass_too(void **state)
{
    struct scene *s = *state;

    lose_a(s, "    delete: {repos: mirror, grace: {scans: 1, time: 1h}}\n");
    expect_kept(s, 3);
}

static void a_plan_is_no_scan(void **state)
{
    struct scene *s = *state;

    lose_a(s, SOON);
    for (int i = 0; i < 3; i++) {
        scene_run(s, "plan");
        scene_expect_exit(s, 6);
    }
    expect_kept(s, 1);
}

static void a_repo_that_comes_back_starts_the_grace_anew(void **state)
{
    struct scene *s = *state;

    start(s, TWO, "");
    scene_rule(s, "ms", "ml", SOON);
    run(s, 0);
    for (int i = 0; i < 3; i++) {
        scene_knob(s, "modelscope", "hidden_from_list", "\"alice/a\"");
        scene_faults(s, "[{\"behaviour\":\"openapi_404\"},{\"behaviour\":\"legacy_404\"}]");
        run(s, 6); /* the site says that there is none, and is wrong */
        scene_faults(s, "[]");
        if (i == 1) /* it is found by asking */
            run(s, 0);
        scene_knob(s, "modelscope", "hidden_from_list", "null");
        run(s, 0);
        scene_check(s, is_there(s, "modelers", "a"));
    }
}

static void caps_hold_and_are_lifted_by_name(void **state)
{
    struct scene *s = *state;

    lose_a(s, "    delete: {repos: mirror, grace: {scans: 1, time: 0s}, max: {files: 2}}\n");
    run(s, 6);
    scene_expect_text(s, "repos[1].reason", "brake_files");
    scene_run(s, "run --allow-delete alice/a=2");
    scene_expect_exit(s, 6);
    scene_check(s, is_there(s, "modelers", "a"));
    scene_run(s, "run --allow-delete alice/a=3");
    scene_expect_exit(s, 0);
    scene_check(s, !is_there(s, "modelers", "a"));
}

static void all_repos_of_a_run_count_together(void **state)
{
    struct scene *s = *state;

    start(s, TWO "," REPO("c"), "");
    scene_rule(s, "ms", "ml", "    delete: {repos: mirror, grace: {scans: 1, time: 0s}, max: {files: 4}}\n");
    run(s, 0);
    remove_repo(s, "modelscope", "a");
    remove_repo(s, "modelscope", "b");
    run(s, 6);
    scene_check(s, is_there(s, "modelers", "a") + is_there(s, "modelers", "b") == 1);
}

static void an_edited_target_is_kept(void **state)
{
    struct scene *s = *state;

    lose_a(s, "    delete: {repos: mirror, grace: {scans: 1, time: 0s}}\n");
    scene_push(s, "modelers", "alice/a", "{\"mine.txt\":{\"text\":\"by hand\"}}");
    expect_kept(s, 2);
    scene_expect_word(s, "changed since");
}

/* The rule never put them there, and they would be lost with the repo. */
static void files_that_the_rule_does_not_see_keep_their_repo(void **state)
{
    struct scene *s = *state;

    lose_a(s, "    files: {exclude: [notes]}\n    delete: {repos: mirror, grace: {scans: 1, time: 0s}}\n");
    scene_push(s, "modelers", "alice/a", "{\"notes/mine.txt\":{\"text\":\"by hand\"}}");
    expect_kept(s, 2);
    scene_expect_word(s, "does not see");
}

static void another_repo_of_that_name_is_kept(void **state)
{
    struct scene *s = *state;

    lose_a(s, "    delete: {repos: mirror, grace: {scans: 1, time: 0s}}\n");
    remove_repo(s, "modelers", "a");
    scene_seed(s, "{\"sites\":{\"modelers\":{\"repos\":[" REPO("a") "]}}}");
    expect_kept(s, 2);
    scene_expect_word(s, "another repo");
}

static void what_was_not_public_may_only_be_hidden(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/a\",\"visibility\":\"private\",\"files\":" FILES "}," REPO("b"), "");
    scene_rule(s, "ms", "ml", "    delete: {repos: mirror, grace: {scans: 1, time: 0s}}\n");
    run(s, 0);
    remove_repo(s, "modelscope", "a");
    expect_kept(s, 2);
}

static void a_hub_without_deletion_is_a_job_for_people(void **state)
{
    struct scene *s = *state;

    start(s, "", TWO);
    scene_rule(s, "ml", "ms", "    delete: {repos: mirror, grace: {scans: 1, time: 0s}}\n");
    run(s, 0);
    remove_repo(s, "modelers", "a");
    run(s, 0);
    scene_expect_text(s, "repos[1].status", "skipped");
    scene_check(s, is_there(s, "modelscope", "a"));
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "delete_manual");
    scene_expect_word(s, "alice/a");
    remove_repo(s, "modelscope", "a"); /* somebody did */
    run(s, 0);
    run(s, 0);
    scene_expect_int(s, "totals.repos", 1);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].state", "resolved");
}

static void a_list_that_lost_most_proves_nothing(void **state)
{
    struct scene *s = *state;
    const char *repos = REPO("a");

    for (char c = 'b'; c < 'm'; c++)
        repos = scene_printf(s, "%s,{\"id\":\"alice/%c\",\"defaults\":false,\"files\":{\"x\":{\"text\":\"%c\"}}}", repos, c, c);
    start(s, repos, "");
    scene_rule(s, "ms", "ml", "    delete: {repos: mirror, grace: {scans: 1, time: 0s}}\n");
    run(s, 0);
    scene_expect_int(s, "totals.repos", 12);
    scene_knob(s, "modelscope", "hidden_from_list", "\"*\"");
    scene_faults(s, "[{\"behaviour\":\"openapi_404\"},{\"behaviour\":\"legacy_404\"}]");
    scene_reset(s);
    run(s, 6);
    scene_expect_word(s, "listing_suspect");
    scene_check(s, scene_writes(s) == 0);
    scene_check(s, is_there(s, "modelers", "l"));
}

static void a_pair_follows_its_authority(void **state)
{
    struct scene *s = *state;

    start(s, TWO, "");
    scene_config(s, "rules:\n"
                    "  - name: both\n"
                    "    type: bidirectional\n"
                    "    between: [ml, ms]\n"
                    "    files: {mode: authority, authority: ms}\n" SOON);
    run(s, 0);
    remove_repo(s, "modelscope", "a");
    expect_kept(s, 1);
    run(s, 0);
    scene_check(s, !is_there(s, "modelers", "a") && !is_there(s, "modelscope", "a"));
    run(s, 0);
    scene_expect_int(s, "totals.repos", 1);
}

static void a_folder_that_is_gone_is_gone(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/one/x.txt", "1");
    scene_write(s, "a/two/x.txt", "2");
    start(s, "", "");
    scene_rule(s, "a", "b", SOON);
    run(s, 0);
    scene_check(s, rename(scene_path(s, "a/one"), scene_path(s, "gone")) == 0);
    run(s, 6);
    run(s, 0);
    scene_check(s, scene_files(s, "b:one") == NULL);
    scene_check(s, scene_files(s, "b:two") != NULL);
}

static void rename_repo(struct scene *s, const char *site, const char *id, const char *name)
{
    scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"alice/%s\",\"rename\":\"%s\"}]}}}", site, id, name));
}

/* The same repo, under its old name on the other side: nothing is made, nothing goes. */
static void expect_followed(struct scene *s, const char *old, const char *source, const char *target)
{
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "actions[0].op", "notice");
    scene_expect_text(s, "actions[0].from", old);
    scene_reset(s);
    run(s, 0);
    scene_check(s, scene_writes(s) == 0);
    scene_expect_int(s, "totals.repos", 2);
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":10}");
    scene_push(s, "modelscope", source, "{\"config.json\":{\"text\":\"later\"}}");
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_expect_equal(s, scene_printf(s, "modelscope:%s", source), scene_printf(s, "modelers:%s", target));
    run(s, 0);
    scene_expect_int(s, "totals.put", 0);
}

static void a_renamed_source_is_followed(void **state)
{
    struct scene *s = *state;

    start(s, TWO, "");
    scene_rule(s, "ms", "ml", SOON);
    run(s, 0);
    rename_repo(s, "modelscope", "a", "new");
    expect_followed(s, "alice/a", "alice/new", "alice/a");
    scene_check(s, !is_there(s, "modelers", "new"));
}

static void a_renamed_target_is_followed(void **state)
{
    struct scene *s = *state;

    start(s, TWO, "");
    scene_rule(s, "ms", "ml", SOON);
    run(s, 0);
    rename_repo(s, "modelers", "a", "new");
    expect_followed(s, "alice/a", "alice/a", "alice/new");
    scene_check(s, !is_there(s, "modelers", "a"));
}

static void a_pair_follows_both_names(void **state)
{
    struct scene *s = *state;

    start(s, REPO("a"), REPO("b"));
    scene_config(s, "rules:\n  - {name: both, type: bidirectional, between: [ms, ml], files: {mode: authority, authority: ms}}\n");
    run(s, 0);
    rename_repo(s, "modelscope", "a", "new");
    expect_followed(s, "alice/a", "alice/new", "alice/a");
    rename_repo(s, "modelers", "b", "other");
    expect_followed(s, "alice/b", "alice/b", "alice/other");
    scene_check(s, !is_there(s, "modelers", "new") && !is_there(s, "modelscope", "other"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(it_is_deleted_when_the_grace_has_passed),
#ifdef HS_FAILPOINTS
        SCENE_TEST(a_kill_around_the_deletion_changes_nothing_in_the_end),
#endif
        SCENE_TEST(the_time_must_pass_too),
        SCENE_TEST(a_plan_is_no_scan),
        SCENE_TEST(a_repo_that_comes_back_starts_the_grace_anew),
        SCENE_TEST(caps_hold_and_are_lifted_by_name),
        SCENE_TEST(all_repos_of_a_run_count_together),
        SCENE_TEST(an_edited_target_is_kept),
        SCENE_TEST(files_that_the_rule_does_not_see_keep_their_repo),
        SCENE_TEST(another_repo_of_that_name_is_kept),
        SCENE_TEST(what_was_not_public_may_only_be_hidden),
        SCENE_TEST(a_hub_without_deletion_is_a_job_for_people),
        SCENE_TEST(a_list_that_lost_most_proves_nothing),
        SCENE_TEST(a_pair_follows_its_authority),
        SCENE_TEST(a_folder_that_is_gone_is_gone),
        SCENE_TEST(a_renamed_source_is_followed),
        SCENE_TEST(a_renamed_target_is_followed),
        SCENE_TEST(a_pair_follows_both_names),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("vanished", tests, NULL, NULL);
}
