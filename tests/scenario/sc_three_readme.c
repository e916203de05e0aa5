/* Three-way between two sites that call the same licence differently: READMEs are held against each
 * other by what they say, and an edit arrives in the target's words. */
#include "scene.h"
#include "scene_private.h"

#include <signal.h>

#define MS    "modelscope:alice/one"
#define ML    "modelers:alice/one"
#define BODY  "# A model\n\nText.\n"
#define BODY2 "# A model\n\nMore text.\n"
#define BODY3 "# A model\n\nOther text.\n"

/* ---- what there is ---- */
static const char *quoted(struct scene *s, const char *text)
{
    cJSON *string = scene_keep_doc(s, cJSON_CreateString(text));

    return scene_keep(s, cJSON_PrintUnformatted(string));
}

static const char *ms_card(struct scene *s, const char *body)
{
    return scene_printf(s, "---\nlicense: Apache License 2.0\n---\n%s", body);
}

static const char *ml_card(struct scene *s, const char *body)
{
    return scene_printf(s, "---\nlicense: apache-2.0\n---\n%s", body);
}

/* A member of "sites"; readme NULL: the site writes its own. */
static const char *repo_seed(struct scene *s, const char *site, const char *readme)
{
    const char *member = readme ? scene_printf(s, ",\"README.md\":{\"text\":%s}", quoted(s, readme)) : "";

    return scene_printf(s,
                        "\"%s\":{\"repos\":[{\"id\":\"alice/one\",\"license\":\"apache-2.0\",\"files\":{"
                        "\"config.json\":{\"text\":\"{}\"},\"LICENSE\":{\"text\":\"the text\"}%s}}]}",
                        site, member);
}

/* Someone writes path there (text NULL: deletes it), in a later second than whatever was before. */
static void edit_path(struct scene *s, const char *site, const char *path, const char *text)
{
    (void)scene_admin(s, "POST", "/clock", "{\"advance_s\":10}");
    scene_push(s, site, "alice/one",
               text ? scene_printf(s, "{\"%s\":{\"text\":%s}}", path, quoted(s, text))
                    : scene_printf(s, "{\"%s\":null}", path));
}

static void edit(struct scene *s, const char *site, const char *text)
{
    edit_path(s, site, "README.md", text);
}

static void expect_file_at(struct scene *s, const char *repo, const char *path, const char *text, int line)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(scene_files(s, repo), path);
    char hex[65];

    scene_digest(text, strlen(text), hex);
    if (!found || strcmp(found->valuestring, scene_printf(s, "%s %zu", hex, strlen(text))) != 0)
        scene_fail(s, __FILE__, line, "%s: %s is %s, expected\n%s", repo, path,
                   found ? found->valuestring : "not there", text);
}
#define expect_readme(s, repo, text) expect_file_at((s), (repo), "README.md", (text), __LINE__)
#define expect_file(s, repo, path, text) expect_file_at((s), (repo), (path), (text), __LINE__)

/* ---- the rule ---- */
static void rule(struct scene *s, const char *files, const char *more)
{
    s->attempts = 2;
    s->max_wait = "1s";
    scene_config(s, scene_printf(s,
                                 "rules:\n"
                                 "  - name: merge\n"
                                 "    type: bidirectional\n"
                                 "    between: [ms, ml]\n"
                                 "    files: {mode: three-way%s}\n%s",
                                 files, more));
}

static void run_puts_at(struct scene *s, long long n, int code, int line)
{
    scene_run(s, "run");
    if (s->exit != code)
        scene_fail(s, __FILE__, line, "exit %d, expected %d", s->exit, code);
    scene_expect_int_at(s, "totals.put", n, __FILE__, line);
    scene_expect_int_at(s, "totals.deleted", 0, __FILE__, line);
}
#define run_puts(s, n, code) run_puts_at((s), (n), (code), __LINE__)

static void expect_silent_at(struct scene *s, int code, int line)
{
    scene_reset(s);
    run_puts_at(s, 0, code, line);
    if (scene_writes(s))
        scene_fail(s, __FILE__, line, "%lld requests that write", scene_writes(s));
}
#define expect_silent(s, code) expect_silent_at((s), (code), __LINE__)

static long long reads(struct scene *s)
{
    return scene_requests(s, "modelscope", "api", "GET download") +
           scene_requests(s, "modelscope", "api", "GET resolve") + scene_requests(s, "modelers", "api", "GET media");
}

static void seed(struct scene *s, const char *sites)
{
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}"); /* so that marks are calm */
    scene_seed(s, scene_printf(s, "{\"sites\":{%s}}", sites));
}

/* Both sides have it, each in its own words; nobody copied it there. */
static void start(struct scene *s, const char *files, const char *more)
{
    seed(s, scene_printf(s, "%s,%s", repo_seed(s, "modelscope", ms_card(s, BODY)),
                         repo_seed(s, "modelers", ml_card(s, BODY))));
    rule(s, files, more);
    expect_silent(s, 0);
}

static void lose_state(struct scene *s)
{
    static int n;

    scene_check(s, rename(scene_path(s, "state"), scene_path(s, scene_printf(s, "lost-%d", n++))) == 0);
}

/* ---- in step ---- */
static void each_in_its_own_words_is_in_step(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    expect_readme(s, MS, ms_card(s, BODY));
    expect_readme(s, ML, ml_card(s, BODY));
    expect_silent(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
    lose_state(s);
    expect_silent(s, 0);
    scene_run(s, "verify ms:alice/one ml:alice/one");
    scene_expect_exit(s, 0);
    scene_run(s, "verify ms:alice/one");
    scene_expect_exit(s, 0);
}

static void a_copy_in_other_words_survives_a_lost_state(void **state)
{
    struct scene *s = *state;

    seed(s, repo_seed(s, "modelscope", ms_card(s, BODY)));
    rule(s, "", "    delete: {files: extra}\n");
    run_puts(s, 3, 0);
    expect_readme(s, ML, ml_card(s, BODY));
    expect_silent(s, 0);
    lose_state(s);
    expect_silent(s, 0);
    expect_readme(s, MS, ms_card(s, BODY));
    scene_expect_clean(s, false);
}

/* ---- edits ---- */
static void an_edit_arrives_in_the_words_of_the_other_side(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    edit(s, "modelscope", ms_card(s, BODY2));
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_expect_text(s, "actions[0].hub", "ml");
    scene_expect_int(s, "actions[0].bytes", (long long)strlen(ml_card(s, BODY2)));
    run_puts(s, 1, 0);
    expect_readme(s, ML, ml_card(s, BODY2));
    expect_silent(s, 0);
    edit(s, "modelers", ml_card(s, BODY3));
    run_puts(s, 1, 0);
    expect_readme(s, MS, ms_card(s, BODY3));
    expect_readme(s, ML, ml_card(s, BODY3));
    expect_silent(s, 0);
    lose_state(s);
    expect_silent(s, 0);
    scene_expect_clean(s, false);
}

static void a_readme_and_another_file_cross(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    edit(s, "modelers", ml_card(s, BODY2));
    edit_path(s, "modelscope", "config.json", "{\"a\":1}");
    run_puts(s, 2, 0);
    expect_readme(s, MS, ms_card(s, BODY2));
    expect_file(s, ML, "config.json", "{\"a\":1}");
    expect_silent(s, 0);
}

static void both_edited_is_a_conflict(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    edit(s, "modelscope", ms_card(s, BODY2));
    edit(s, "modelers", ml_card(s, BODY3));
    edit_path(s, "modelers", "new.txt", "new");
    run_puts(s, 1, 9);
    scene_expect_text(s, "repos[0].status", "blocked");
    scene_expect_text(s, "repos[0].error", "conflict");
    scene_expect_word(s, "README.md");
    expect_silent(s, 9);
    expect_readme(s, MS, ms_card(s, BODY2));
    expect_readme(s, ML, ml_card(s, BODY3));
    edit(s, "modelers", ml_card(s, BODY2)); /* settled, in its own words */
    expect_silent(s, 0);
    edit(s, "modelers", ml_card(s, BODY3));
    run_puts(s, 1, 0);
    expect_readme(s, MS, ms_card(s, BODY3));
}

static void the_same_edit_in_other_words_is_no_conflict(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    edit(s, "modelscope", ms_card(s, BODY2));
    edit(s, "modelers", ml_card(s, BODY2));
    expect_silent(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
}

static void another_spelling_of_the_licence_is_no_edit(void **state)
{
    struct scene *s = *state;
    static const char card[] = "---\nlicense: [Apache-2.0]\n---\n";

    start(s, "", "");
    edit(s, "modelscope", scene_printf(s, "%s%s", card, BODY));
    expect_silent(s, 0);
    expect_readme(s, ML, ml_card(s, BODY));
    edit(s, "modelers", ml_card(s, BODY2)); /* alone: the spelling was none */
    run_puts(s, 1, 0);
    expect_readme(s, MS, scene_printf(s, "%s%s", card, BODY2));
    expect_silent(s, 0);
}

/* It says more than the other side's, which would take nothing away from it. */
static void a_key_that_one_side_adds_goes_over(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    edit(s, "modelscope", "---\nlicense: Apache License 2.0\nlanguage: zh\n---\n" BODY);
    run_puts(s, 1, 0);
    expect_readme(s, ML, "---\nlicense: apache-2.0\nlanguage: zh\n---\n" BODY);
    edit(s, "modelers", "---\nlicense: apache-2.0\nlanguage: zh\ntags:\n- chat\n---\n" BODY);
    run_puts(s, 1, 0);
    expect_readme(s, MS, "---\nlicense: Apache License 2.0\nlanguage: zh\ntags:\n- chat\n---\n" BODY);
    expect_silent(s, 0);
}

static void the_preferred_side_wins_in_the_words_of_the_other(void **state)
{
    struct scene *s = *state;

    start(s, ", conflict: {prefer: ms}", "");
    edit(s, "modelscope", ms_card(s, BODY2));
    edit(s, "modelers", ml_card(s, BODY3));
    run_puts(s, 1, 0);
    expect_readme(s, MS, ms_card(s, BODY2));
    expect_readme(s, ML, ml_card(s, BODY2));
    expect_silent(s, 0);
}

static void an_unknown_licence_goes_and_comes_back(void **state)
{
    struct scene *s = *state;
    static const char house[] = "---\nlicense: house-license\n---\n", other[] = "---\nlicense: other\n---\n";

    seed(s, repo_seed(s, "modelscope", scene_printf(s, "%s%s", house, BODY)));
    rule(s, "", "");
    run_puts(s, 3, 0);
    expect_silent(s, 0);
    edit(s, "modelscope", scene_printf(s, "%s%s", house, BODY2));
    scene_run(s, "plan");
    scene_expect_int(s, "totals.put", 1);
    scene_expect_text(s, "actions[1].op", "notice");
    scene_expect_text(s, "actions[1].reason", "license_unknown");
    run_puts(s, 1, 0);
    scene_expect_int(s, "repos[0].commits", 1);
    expect_readme(s, ML, scene_printf(s, "%s%s", other, BODY2));
    expect_silent(s, 0);
    edit(s, "modelers", scene_printf(s, "%s%s", other, BODY3));
    run_puts(s, 1, 0);
    expect_readme(s, MS, scene_printf(s, "%s%s", house, BODY3));
    expect_silent(s, 0);
}

/* ---- as good as none ---- */
/* Made by us there, it has the site's own README; a real one of either side takes its place. */
static void the_first_real_readme_goes_over(void **state)
{
    static const struct {
        const char *site, *repo;
    } writers[] = {{"modelscope", MS}, {"modelers", ML}};
    struct scene *s = *state;

    for (size_t i = 0; i < 2; i++) {
        s->label = writers[i].site;
        if (i == 0) {
            seed(s, repo_seed(s, "modelscope", NULL));
        } else {
            scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/one\",\"remove\":true}]},"
                          "\"modelers\":{\"repos\":[{\"id\":\"alice/one\",\"remove\":true}]}}}");
            lose_state(s);
            scene_seed(s, scene_printf(s, "{\"sites\":{%s}}", repo_seed(s, "modelscope", NULL)));
        }
        rule(s, "", "    delete: {files: extra}\n");
        run_puts(s, 2, 0);
        edit(s, writers[i].site, i == 0 ? ms_card(s, BODY) : ml_card(s, BODY));
        run_puts(s, 1, 0);
        expect_readme(s, MS, ms_card(s, BODY));
        expect_readme(s, ML, ml_card(s, BODY));
        expect_silent(s, 0);
    }
    s->label = NULL;
}

/* The folder never had one: that the site wrote its own at the creation made none to delete. */
static void the_first_readme_of_a_site_reaches_a_folder(void **state)
{
    struct scene *s = *state;

    seed(s, "");
    scene_write(s, "a/one/config.json", "{}");
    scene_config(s, "rules:\n"
                    "  - name: merge\n"
                    "    type: bidirectional\n"
                    "    between: [a, ml]\n"
                    "    files: {mode: three-way}\n");
    run_puts(s, 1, 0);
    edit(s, "modelers", ml_card(s, BODY));
    run_puts(s, 1, 0);
    expect_readme(s, "a:one", ml_card(s, BODY));
    expect_silent(s, 0);
}

static void a_readme_without_body_neither_travels_nor_deletes(void **state)
{
    struct scene *s = *state;

    start(s, "", "    delete: {files: extra}\n");
    edit(s, "modelscope", ms_card(s, "\n"));
    expect_silent(s, 0);
    expect_readme(s, ML, ml_card(s, BODY));
    edit(s, "modelscope", ms_card(s, BODY2));
    run_puts(s, 1, 0);
    expect_readme(s, ML, ml_card(s, BODY2));
    edit(s, "modelers", NULL);
    expect_silent(s, 0);
    expect_readme(s, MS, ms_card(s, BODY2));
}

static void a_licence_text_of_the_site_neither_travels_nor_deletes(void **state)
{
    struct scene *s = *state;
    char hex[65];

    scene_digest("made by a site\n", 15, hex);
    start(s, "", scene_printf(s, "    license: {templates: [%s]}\n    delete: {files: extra}\n", hex));
    edit_path(s, "modelscope", "LICENSE", "made by a site\n");
    expect_silent(s, 0);
    expect_file(s, ML, "LICENSE", "the text");
    edit_path(s, "modelscope", "LICENSE", "another text");
    run_puts(s, 1, 0);
    expect_file(s, ML, "LICENSE", "another text");
    edit_path(s, "modelers", "LICENSE", "made by a site\n");
    expect_silent(s, 0);
    expect_file(s, MS, "LICENSE", "another text");
}

/* ---- what it costs, and what a crash leaves ---- */
static void nothing_is_read_that_did_not_change(void **state)
{
    struct scene *s = *state;

    start(s, "", "");
    edit_path(s, "modelscope", "config.json", "{\"a\":1}");
    scene_reset(s);
    run_puts(s, 1, 0);
    scene_check(s, reads(s) == 1); /* config.json itself */
    edit(s, "modelers", ml_card(s, BODY2));
    scene_reset(s);
    run_puts(s, 1, 0);
    scene_check(s, reads(s) == 2); /* both READMEs */
    expect_silent(s, 0);
    scene_check(s, reads(s) == 0);
}

#ifdef HS_FAILPOINTS
static void a_kill_invents_no_conflict(void **state)
{
    static const char *const points[] = {"merge.between", "commit.after", "store.baseline_put.before"};
    struct scene *s = *state;

    start(s, "", "");
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        const char *body = scene_printf(s, "# A model\n\nText %zu.\n", i);
        s->label = points[i];
        if (i % 2)
            edit(s, "modelers", ml_card(s, body));
        else
            edit(s, "modelscope", ms_card(s, body));
        scene_run_with(s, scene_printf(s, "HUBSYNC_FAILPOINT=%s", points[i]), "run");
        scene_expect_exit(s, 128 + SIGKILL);
        scene_run(s, "run");
        scene_expect_exit(s, 0);
        expect_readme(s, MS, ms_card(s, body));
        expect_readme(s, ML, ml_card(s, body));
        expect_silent(s, 0);
    }
    s->label = NULL;
}
#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(each_in_its_own_words_is_in_step),
        SCENE_TEST(a_copy_in_other_words_survives_a_lost_state),
        SCENE_TEST(an_edit_arrives_in_the_words_of_the_other_side),
        SCENE_TEST(a_readme_and_another_file_cross),
        SCENE_TEST(both_edited_is_a_conflict),
        SCENE_TEST(the_same_edit_in_other_words_is_no_conflict),
        SCENE_TEST(another_spelling_of_the_licence_is_no_edit),
        SCENE_TEST(a_key_that_one_side_adds_goes_over),
        SCENE_TEST(the_preferred_side_wins_in_the_words_of_the_other),
        SCENE_TEST(an_unknown_licence_goes_and_comes_back),
        SCENE_TEST(the_first_real_readme_goes_over),
        SCENE_TEST(the_first_readme_of_a_site_reaches_a_folder),
        SCENE_TEST(a_readme_without_body_neither_travels_nor_deletes),
        SCENE_TEST(a_licence_text_of_the_site_neither_travels_nor_deletes),
        SCENE_TEST(nothing_is_read_that_did_not_change),
#ifdef HS_FAILPOINTS
        SCENE_TEST(a_kill_invents_no_conflict),
#endif
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("three_readme", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
