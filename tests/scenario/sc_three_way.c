/* A pair of hubs whose files are merged: each test between two sites, and between a folder and a site. */
#include "scene.h"

#include <signal.h>

struct pair {
    const char *left, *right;           /* hubs of the configuration */
    const char *left_repo, *right_repo; /* for scene_files */
};
static const struct pair sites = {"ms", "ml", "modelscope:alice/one", "modelers:alice/one"};
static const struct pair folder = {"a", "ms", "a:one", "modelscope:alice/one"};

#define README "---\nlicense: other\n---\n# A model\n"
enum { N_FILES = 5 };
static const char *const names[N_FILES] = {"README.md", "config.json", "notes.txt", "sub/x.txt", "w.bin"};
static const char *const texts[N_FILES] = {README, "1", "notes", "x", "weights"};

#define BETWEEN(test)                      \
    static void test##_sites(void **state) \
    {                                      \
        test(*state, &sites);              \
    }                                      \
    static void test##_folder(void **state) \
    {                                      \
        test(*state, &folder);             \
    }

/* ---- edits ---- */
static const char *quoted(struct scene *s, const char *text)
{
    cJSON *word = cJSON_CreateString(text);
    char *printed = cJSON_PrintUnformatted(word);
    const char *out = scene_printf(s, "%s", printed);

    free(printed);
    cJSON_Delete(word);
    return out;
}

static bool is_folder(const char *hub)
{
    return strcmp(hub, "a") == 0;
}

/* Someone writes path there (text NULL: deletes it), ten seconds after whatever was before. */
static void edit(struct scene *s, const char *hub, const char *path, const char *text)
{
    if (is_folder(hub)) {
        if (text)
            scene_write(s, scene_printf(s, "a/one/%s", path), text);
        else
            scene_remove(s, scene_printf(s, "a/one/%s", path));
        return;
    }
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":10}");
    scene_push(s, strcmp(hub, "ms") == 0 ? "modelscope" : "modelers", "alice/one",
               scene_printf(s, text ? "{\"%s\":{\"text\":%s}}" : "{\"%s\":null}", path, text ? quoted(s, text) : ""));
}

static const char *content(struct scene *s, const char *repo, const char *path)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(scene_files(s, repo), path));

    return text ? text : "";
}

static bool has(struct scene *s, const char *repo, const char *path)
{
    return *content(s, repo, path) != '\0';
}

/* ---- the rule ---- */
static void rule(struct scene *s, const struct pair *p, const char *files, const char *more)
{
    scene_config(s, scene_printf(s,
                                 "rules:\n"
                                 "  - name: merge\n"
                                 "    type: bidirectional\n"
                                 "    between: [%s, %s]\n"
                                 "    files: {mode: three-way%s}\n%s",
                                 p->left, p->right, files, more));
}

static void run(struct scene *s, int code)
{
    scene_run(s, "run");
    scene_expect_exit(s, code);
}

static void expect_silent(struct scene *s, int code)
{
    scene_reset(s);
    run(s, code);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_int(s, "totals.deleted", 0);
    scene_check(s, scene_writes(s) == 0);
}

/* One repo on both sides, in step, an hour ago. */
static void settle(struct scene *s, const struct pair *p, const char *files, const char *more)
{
    const char *seed = "";

    s->attempts = 2;
    s->max_wait = "1s";
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    for (int i = 0; i < N_FILES; i++) {
        if (is_folder(p->left))
            scene_write(s, scene_printf(s, "a/one/%s", names[i]), texts[i]);
        seed = scene_printf(s, "%s%s\"%s\":{\"text\":%s}", seed, i ? "," : "", names[i], quoted(s, texts[i]));
    }
    if (!is_folder(p->left))
        scene_seed(s, scene_printf(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/one\",\"files\":{%s}}]}}}", seed));
    rule(s, p, files, more);
    run(s, 0);
    scene_expect_equal(s, p->left_repo, p->right_repo);
    expect_silent(s, 0);
}

/* ---- tests ---- */
static void edits_of_both_sides_meet(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "");
    edit(s, p->left, "config.json", "2");
    edit(s, p->left, "new.txt", "new");
    edit(s, p->right, "notes.txt", "more notes");
    edit(s, p->right, "sub/y.txt", "y");
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 4);
    scene_expect_int(s, "totals.commits", 2);
    scene_expect_text(s, "actions[0].hub", p->right);
    scene_expect_text(s, "actions[3].hub", p->left);
    run(s, 0);
    scene_expect_int(s, "totals.repos", 1);
    scene_expect_int(s, "totals.put", 4);
    scene_expect_int(s, "repos[0].commits", 2);
    scene_expect_text(s, "repos[0].status", "synced");
    scene_expect_equal(s, p->left_repo, p->right_repo);
    scene_check(s, has(s, p->left_repo, "sub/y.txt") && has(s, p->right_repo, "new.txt"));
    scene_expect_clean(s, false);
    expect_silent(s, 0);
    edit(s, p->left, "sub/y.txt", "z"); /* what came from there is ours now, too */
    run(s, 0);
    scene_expect_equal(s, p->left_repo, p->right_repo);
    scene_run(s, "history");
    scene_expect_text(s, "runs[0].hub", p->right);
    scene_expect_text(s, "runs[1].hub", p->left);
}
BETWEEN(edits_of_both_sides_meet)

static void the_same_edit_is_no_conflict(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "");
    edit(s, p->left, "config.json", "2");
    edit(s, p->right, "config.json", "2");
    edit(s, p->left, "same.txt", "same");
    edit(s, p->right, "same.txt", "same");
    expect_silent(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
    edit(s, p->right, "same.txt", "other");
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_expect_equal(s, p->left_repo, p->right_repo);
}
BETWEEN(the_same_edit_is_no_conflict)

static void a_conflict_is_held_and_the_rest_goes_on(struct scene *s, const struct pair *p)
{
    const char *left, *right;

    settle(s, p, "", "");
    edit(s, p->left, "config.json", "left");
    edit(s, p->right, "config.json", "right");
    edit(s, p->left, "notes.txt", "more notes");
    left = content(s, p->left_repo, "config.json");
    right = content(s, p->right_repo, "config.json");
    scene_run(s, "plan");
    scene_expect_exit(s, 9);
    scene_expect_text(s, "blocked[0].reason", "conflict");
    scene_expect_int(s, "totals.put", 1);
    run(s, 9);
    scene_expect_text(s, "repos[0].status", "blocked");
    scene_expect_text(s, "repos[0].error", "conflict");
    scene_expect_int(s, "repos[0].put", 1);
    scene_expect_word(s, "config.json");
    for (int i = 0; i < 2; i++) {
        scene_check(s, !strcmp(content(s, p->left_repo, "config.json"), left));
        scene_check(s, !strcmp(content(s, p->right_repo, "config.json"), right));
        scene_check(s, !strcmp(content(s, p->left_repo, "notes.txt"), content(s, p->right_repo, "notes.txt")));
        expect_silent(s, 9);
    }
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "conflict_held");
    scene_expect_text(s, "alerts[0].state", "open");
    edit(s, p->right, "config.json", "left"); /* a person settles it */
    expect_silent(s, 0);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].state", "resolved");
    edit(s, p->right, "config.json", "3");
    run(s, 0);
    scene_expect_equal(s, p->left_repo, p->right_repo);
}
BETWEEN(a_conflict_is_held_and_the_rest_goes_on)

static void an_edit_against_a_deletion_is_held(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "    delete: {files: extra}\n");
    edit(s, p->left, "notes.txt", NULL);
    edit(s, p->right, "notes.txt", "more notes");
    run(s, 9);
    expect_silent(s, 9);
    scene_check(s, !has(s, p->left_repo, "notes.txt") && has(s, p->right_repo, "notes.txt"));
    edit(s, p->right, "notes.txt", NULL);
    expect_silent(s, 0);
}
BETWEEN(an_edit_against_a_deletion_is_held)

static void a_deletion_travels_where_the_rule_deletes(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "    delete: {files: extra}\n");
    edit(s, p->left, "notes.txt", NULL);
    edit(s, p->right, "sub/x.txt", NULL);
    edit(s, p->left, "README.md", NULL); /* says nothing about the other side's */
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 2);
    scene_expect_int(s, "totals.put", 0);
    scene_check(s, !has(s, p->right_repo, "notes.txt") && !has(s, p->left_repo, "sub/x.txt"));
    scene_check(s, has(s, p->right_repo, "README.md"));
    expect_silent(s, 0);
    scene_check(s, !has(s, p->left_repo, "notes.txt") && !has(s, p->right_repo, "sub/x.txt"));
}
BETWEEN(a_deletion_travels_where_the_rule_deletes)

static void a_deletion_that_may_not_travel_stays_silently(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "");
    edit(s, p->left, "notes.txt", NULL);
    edit(s, p->right, "sub/x.txt", NULL);
    for (int i = 0; i < 3; i++)
        expect_silent(s, 0);
    edit(s, p->left, "config.json", "2"); /* other work does not make it forget */
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    expect_silent(s, 0);
    scene_check(s, !has(s, p->left_repo, "notes.txt") && has(s, p->right_repo, "notes.txt"));
    scene_check(s, has(s, p->left_repo, "sub/x.txt") && !has(s, p->right_repo, "sub/x.txt"));
    rule(s, p, "", "    delete: {files: extra}\n");
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 2);
    scene_expect_equal(s, p->left_repo, p->right_repo);
}
BETWEEN(a_deletion_that_may_not_travel_stays_silently)

static void the_newest_wins(struct scene *s, const struct pair *p)
{
    const char *winner = is_folder(p->left) ? p->left : p->right;
    const char *loser = is_folder(p->left) ? p->right : p->left, *newer;

    settle(s, p, ", conflict: newest", "");
    edit(s, loser, "config.json", "old"); /* a site's clock stands an hour back here, a folder's does not */
    edit(s, winner, "config.json", "newer");
    newer = content(s, is_folder(p->left) ? p->left_repo : p->right_repo, "config.json");
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_expect_equal(s, p->left_repo, p->right_repo);
    scene_check(s, !strcmp(content(s, p->left_repo, "config.json"), newer));
}
BETWEEN(the_newest_wins)

static void the_preferred_side_wins(struct scene *s, const struct pair *p)
{
    const char *left;

    settle(s, p, scene_printf(s, ", conflict: {prefer: %s}", p->left), "");
    edit(s, p->left, "config.json", "left");
    edit(s, p->right, "config.json", "right");
    edit(s, p->right, "notes.txt", NULL); /* loses against an edit */
    edit(s, p->left, "notes.txt", "more notes");
    edit(s, p->left, "sub/x.txt", NULL); /* wins, but nothing is deleted */
    edit(s, p->right, "sub/x.txt", "more x");
    left = content(s, p->left_repo, "config.json");
    run(s, 0);
    scene_expect_int(s, "totals.put", 2);
    scene_expect_int(s, "totals.deleted", 0);
    scene_check(s, !strcmp(content(s, p->right_repo, "config.json"), left));
    scene_check(s, has(s, p->right_repo, "notes.txt") && has(s, p->right_repo, "sub/x.txt"));
    scene_check(s, !has(s, p->left_repo, "sub/x.txt"));
    expect_silent(s, 0);
    rule(s, p, scene_printf(s, ", conflict: {prefer: %s}", p->left), "    delete: {files: extra}\n");
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 1);
    scene_expect_equal(s, p->left_repo, p->right_repo);
}
BETWEEN(the_preferred_side_wins)

static void a_filter_change_never_deletes(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "    delete: {files: extra}\n");
    rule(s, p, ", exclude: [\"*.txt\"]", "    delete: {files: extra}\n");
    expect_silent(s, 0);
    edit(s, p->left, "notes.txt", NULL); /* out of sight */
    edit(s, p->right, "unseen.txt", "unseen");
    expect_silent(s, 0);
    /* the rule's filter is verify's, too */
    scene_run(s, scene_printf(s, "verify %s:alice/one %s:alice/one", p->left, p->right));
    scene_expect_exit(s, 0);
    rule(s, p, "", "    delete: {files: extra}\n");
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 0);
    scene_expect_int(s, "totals.put", 2);
    scene_expect_equal(s, p->left_repo, p->right_repo);
    scene_check(s, has(s, p->left_repo, "notes.txt") && has(s, p->left_repo, "unseen.txt"));
}
BETWEEN(a_filter_change_never_deletes)

static void a_lost_state_is_rebuilt(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "    delete: {files: extra}\n");
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "lost")) == 0);
    expect_silent(s, 0);
    edit(s, p->left, "notes.txt", NULL);
    run(s, 0);
    scene_expect_int(s, "totals.deleted", 1); /* it is known again what both had */
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "lost again")) == 0);
    edit(s, p->left, "config.json", "2");
    edit(s, p->right, "right.txt", "right");
    run(s, 9); /* nobody knows any more which side changed it */
    scene_expect_int(s, "totals.put", 1);
    scene_check(s, has(s, p->left_repo, "right.txt"));
}
BETWEEN(a_lost_state_is_rebuilt)

static void an_emptied_side_deletes_nothing(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "    delete: {files: extra, max: {files: 0, percent: 0}}\n");
    for (int i = 0; i < N_FILES; i++)
        edit(s, p->left, names[i], NULL);
    run(s, 6);
    scene_expect_text(s, "repos[0].reason", "listing_suspect");
    scene_check(s, has(s, p->right_repo, "w.bin"));
}
BETWEEN(an_emptied_side_deletes_nothing)

static void each_side_has_its_brakes(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "    delete: {files: extra, max: {files: 1}}\n");
    edit(s, p->right, "notes.txt", NULL);
    edit(s, p->right, "sub/x.txt", NULL);
    edit(s, p->left, "config.json", "2");
    run(s, 6);
    scene_expect_text(s, "repos[0].reason", "brake_files");
    scene_expect_int(s, "totals.put", 0);
    scene_check(s, has(s, p->left_repo, "notes.txt"));
    scene_run(s, "run --allow-delete alice/one=2");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, p->left_repo, p->right_repo);
}
BETWEEN(each_side_has_its_brakes)

static void a_repo_of_one_side_is_copied_and_a_vanished_one_is_not(struct scene *s, const struct pair *p)
{
    const char *site = is_folder(p->left) ? "modelscope" : "modelers";

    settle(s, p, "", "");
    scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"alice/two\",\"files\":{\"f\":{\"text\":\"1\"},\"README.md\":{\"text\":%s}}}]}}}",
                               site, quoted(s, README)));
    run(s, 0);
    scene_expect_equal(s, scene_printf(s, "%s:alice/two", site), is_folder(p->left) ? "a:two" : "modelscope:alice/two");
    expect_silent(s, 0);
    scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"alice/one\",\"remove\":true}]}}}", site));
    run(s, 6);
    scene_expect_word(s, "grace");
    scene_check(s, has(s, p->left_repo, "w.bin"));
    scene_check(s, scene_files(s, p->right_repo) == NULL);
}
BETWEEN(a_repo_of_one_side_is_copied_and_a_vanished_one_is_not)

/* Each site wrote its own README. */
static void what_the_sites_wrote_is_no_conflict(void **state)
{
    struct scene *s = *state;
    static const char files[] = "{\"repos\":[{\"id\":\"alice/one\",\"files\":{\"f\":{\"text\":\"1\"}}}]}";

    settle(s, &sites, "", "    delete: {files: extra}\n");
    scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/one\",\"remove\":true}]},"
                  "\"modelers\":{\"repos\":[{\"id\":\"alice/one\",\"remove\":true}]}}}");
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "lost")) == 0);
    scene_seed(s, scene_printf(s, "{\"sites\":{\"modelscope\":%s,\"modelers\":%s}}", files, files));
    expect_silent(s, 0);
    expect_silent(s, 0);
    edit(s, "ms", "README.md", README);
    run(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_expect_equal(s, sites.left_repo, sites.right_repo);
    expect_silent(s, 0);
}

static void a_saved_plan_is_done_unless_a_side_moved(struct scene *s, const struct pair *p)
{
    settle(s, p, "", "");
    edit(s, p->left, "config.json", "2");
    edit(s, p->right, "notes.txt", "more notes");
    scene_run(s, scene_printf(s, "plan --save %s", scene_path(s, "saved")));
    scene_expect_exit(s, 0);
    edit(s, p->right, "sub/x.txt", "more x");
    scene_run(s, scene_printf(s, "apply %s", scene_path(s, "saved")));
    scene_expect_exit(s, 6);
    scene_run(s, scene_printf(s, "plan --save %s", scene_path(s, "saved")));
    scene_run(s, scene_printf(s, "apply %s", scene_path(s, "saved")));
    scene_expect_exit(s, 0);
    scene_expect_equal(s, p->left_repo, p->right_repo);
}
BETWEEN(a_saved_plan_is_done_unless_a_side_moved)

#ifdef HS_FAILPOINTS
static void a_kill_invents_no_conflict(struct scene *s, const struct pair *p)
{
    static const char *const points[] = {"merge.between", "publish.objects.done", "commit.after", "verify.before",
                                         "readback.before", "store.baseline_put.before", "baseline.after"};

    settle(s, p, "", "    delete: {files: extra}\n");
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        edit(s, p->left, "config.json", scene_printf(s, "left %zu", i));
        edit(s, p->left, "gone.txt", scene_printf(s, "%zu", i));
        edit(s, p->right, "notes.txt", scene_printf(s, "right %zu", i));
        edit(s, p->right, scene_printf(s, "new-%zu.txt", i), "new");
        scene_run_with(s, scene_printf(s, "HUBSYNC_FAILPOINT=%s", points[i]), "run");
        s->label = points[i];
        scene_expect_exit(s, 128 + SIGKILL);
        run(s, 0);
        scene_expect_equal(s, p->left_repo, p->right_repo);
        expect_silent(s, 0);
        edit(s, p->left, "gone.txt", NULL);
        edit(s, p->right, scene_printf(s, "new-%zu.txt", i), NULL);
        scene_run_with(s, scene_printf(s, "HUBSYNC_FAILPOINT=%s", points[i]), "run");
        run(s, 0);
        scene_expect_equal(s, p->left_repo, p->right_repo);
        scene_check(s, !has(s, p->left_repo, "gone.txt") && !has(s, p->right_repo, "gone.txt"));
        scene_check(s, !has(s, p->left_repo, scene_printf(s, "new-%zu.txt", i)));
    }
    s->label = NULL;
}
BETWEEN(a_kill_invents_no_conflict)
#endif

#define BOTH(test) SCENE_TEST(test##_sites), SCENE_TEST(test##_folder)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH(edits_of_both_sides_meet),
        BOTH(the_same_edit_is_no_conflict),
        BOTH(a_conflict_is_held_and_the_rest_goes_on),
        BOTH(an_edit_against_a_deletion_is_held),
        BOTH(a_deletion_travels_where_the_rule_deletes),
        BOTH(a_deletion_that_may_not_travel_stays_silently),
        BOTH(the_newest_wins),
        BOTH(the_preferred_side_wins),
        BOTH(a_filter_change_never_deletes),
        BOTH(a_lost_state_is_rebuilt),
        BOTH(an_emptied_side_deletes_nothing),
        BOTH(each_side_has_its_brakes),
        BOTH(a_repo_of_one_side_is_copied_and_a_vanished_one_is_not),
        SCENE_TEST(what_the_sites_wrote_is_no_conflict),
        BOTH(a_saved_plan_is_done_unless_a_side_moved),
#ifdef HS_FAILPOINTS
        BOTH(a_kill_invents_no_conflict),
#endif
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("three_way", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
