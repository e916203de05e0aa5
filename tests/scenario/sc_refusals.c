/* What hubsync refuses, with the exit codes of the contract; and that the rest goes on. */
#include "scene.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL "{\"config.json\":{\"text\":\"{}\"},\"w.bin\":{\"seed\":3,\"size\":70000}}"

static const char *site(struct scene *s, const char *name, const char *repos)
{
    return scene_printf(s, "\"%s\":{\"repos\":[%s]}", name, repos);
}

static void start(struct scene *s, const char *ms_repos, const char *ml_repos)
{
    s->attempts = 2;
    s->max_wait = "1s";
    scene_hub(s, scene_seed_text(s, scene_printf(s, "%s,%s", site(s, "modelscope", ms_repos), site(s, "modelers", ml_repos))));
}

static void private_stays_private_and_never_goes_to_a_public_target(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/one\",\"visibility\":\"private\",\"files\":" SMALL "},{\"id\":\"alice/two\",\"visibility\":\"private\",\"files\":" SMALL "}",
          "{\"id\":\"alice/two\",\"visibility\":\"public\",\"files\":{}}");
    scene_rule(s, "ms", "ml", "");
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repos[0].status", "synced");
    scene_expect_text(s, "repos[1].error", "safety");
    scene_expect_text(s, "repos[1].reason", "visibility");
    scene_check(s, !strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(scene_repo(s, "modelers", "alice/one"), "visibility")), "private"));
    scene_check(s, !cJSON_GetObjectItem(scene_files(s, "modelers:alice/two"), "w.bin"));
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "visibility_mismatch");
    scene_expect_clean(s, false);
}

static void gated_sources_are_skipped_and_refused_by_name(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/g\",\"gated\":true,\"files\":" SMALL "}", "");
    scene_rule(s, "ms", "ml", "");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].reason", "gated");
    scene_run(s, "copy ms:alice/g ml:");
    scene_expect_exit(s, 6);
    scene_check(s, scene_repo(s, "modelers", "alice/g") == NULL);
}

static void a_repo_without_weights_is_skipped_and_that_is_remembered(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/doc\",\"files\":{\"a.txt\":{\"text\":\"x\"}}}", "");
    scene_rule(s, "ms", "ml", "    select: {has: \"*.safetensors\"}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "repos[0].reason", "no_weights");
    scene_check(s, scene_repo(s, "modelers", "alice/doc") == NULL);
}

static void a_list_that_the_site_cuts_is_never_taken_for_all(void **state)
{
    struct scene *s = *state;

    start(s,
          "{\"id\":\"alice/flat\",\"files\":{\"1\":{\"text\":\"1\"},\"2\":{\"text\":\"2\"},\"3\":{\"text\":\"3\"},\"4\":{\"text\":\"4\"}}},"
          "{\"id\":\"alice/deep\",\"defaults\":false,\"files\":{\"a/1\":{\"text\":\"1\"},\"b/2\":{\"text\":\"2\"}}}",
          "");
    scene_knob(s, "modelscope", "listing_cap", "4");
    s->extra_hubs = scene_printf(s,
                                 "  cut: {plugin: modelscope, owner: alice, token: " SCENE_MS_TOKEN
                                 ", endpoint: \"%s\", listing_cut: 4}\n",
                                 scene_endpoint(s, "modelscope", "endpoint"));
    scene_config(s, "rules:\n  - {name: r, type: one-way, from: cut, to: b}\n");
    scene_run(s, "run"); /* one folder holds more than the site shows; the other repo can be walked */
    scene_expect_exit(s, 6);
    scene_expect_word(s, "incomplete");
    scene_check(s, scene_files(s, "b:flat") == NULL);
    scene_expect_equal(s, "modelscope:alice/deep", "b:deep");
    scene_run(s, "ls cut:alice/flat"); /* shown, and said not to be all */
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repo", "alice/flat");
    scene_expect_word(s, "\"complete\":false");
}

static void a_vanished_source_deletes_nothing_and_raises_an_alert(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/a\",\"files\":" SMALL "},{\"id\":\"alice/b\",\"files\":" SMALL "}", "");
    scene_rule(s, "ms", "ml", "    delete: {files: extra}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_seed(s, "{\"sites\":{\"modelscope\":{\"repos\":[{\"id\":\"alice/a\",\"remove\":true}]}}}");
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_word(s, "grace");
    scene_check(s, scene_repo(s, "modelers", "alice/a") != NULL);
    scene_check(s, scene_repo(s, "modelscope", "alice/a") == NULL);
}

static void an_emptied_folder_deletes_nothing(void **state)
{
    struct scene *s = *state;

    scene_model(s, "a/demo");
    start(s, "", "");
    scene_rule(s, "a", "ml", "    delete: {files: extra, max: {files: 0, percent: 0}}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, rename(scene_path(s, "a/demo"), scene_path(s, "gone")) == 0);
    scene_check(s, mkdir(scene_path(s, "a/demo"), 0755) == 0);
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repos[0].error", "safety");
    scene_expect_text(s, "repos[0].reason", "listing_suspect");
    scene_check(s, cJSON_GetArraySize(scene_files(s, "modelers:alice/demo")) == SCENE_MODEL_FILES);
}

static void a_source_with_the_sites_readme_alone_deletes_nothing(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/demo\",\"files\":{}}",
          "{\"id\":\"alice/demo\",\"files\":{\"x.txt\":{\"text\":\"x\"}}}");
    scene_rule(s, "ms", "ml", "    delete: {files: extra}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repos[0].reason", "listing_suspect");
    scene_check(s, scene_writes(s) == 0);
}

static void keys_of_later_releases_end_their_rule_alone(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/x.txt", "x");
    start(s, "", "");
    scene_config(s, "rules:\n"
                    "  - {name: later, type: one-way, from: a, to: ml, schedule: {audit: {every: 1d}}}\n"
                    "  - {name: now, type: one-way, from: a, to: b}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 2);
    scene_expect_word(s, "not available yet");
    scene_expect_equal(s, "a:demo", "b:demo");
}

static void a_missing_plugin_stops_only_its_rules(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/x.txt", "x");
    start(s, "", "");
    s->extra_hubs = "  odd: {plugin: no-such-hub, owner: x}\n";
    scene_config(s, "rules:\n"
                    "  - {name: odd, type: one-way, from: a, to: odd}\n"
                    "  - {name: now, type: one-way, from: a, to: b}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 12);
    scene_expect_word(s, "hub-no-such-hub.so");
    scene_expect_equal(s, "a:demo", "b:demo");
}

static void usage_errors_are_documents_of_class_config(void **state)
{
    static const char *const words[] = {"run no-such-rule", "plan --no-such-option", "bogus", "verify x",
                                        "ls nohub:", "run --allow-delete alice/x", "status x"};
    struct scene *s = *state;

    start(s, "", "");
    scene_rule(s, "a", "b", "");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        scene_run(s, words[i]);
        scene_expect_exit(s, 2);
        scene_expect_text(s, "message_type", "error");
        scene_expect_text(s, "error", "config");
    }
}

static void a_second_process_on_the_state_is_busy(void **state)
{
    struct scene *s = *state;
    int fd;

    scene_write(s, "a/demo/x.txt", "x");
    start(s, "", "");
    scene_rule(s, "a", "b", "");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    fd = open(scene_path(s, "state/lock"), O_RDWR | O_CLOEXEC);
    scene_check(s, fd >= 0 && flock(fd, LOCK_EX) == 0);
    scene_run(s, "run");
    scene_expect_exit(s, 11);
    scene_expect_text(s, "error", "busy");
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    close(fd);
}

static void a_broken_state_is_named_and_nothing_is_done(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/x.txt", "x");
    start(s, "", "");
    scene_rule(s, "a", "b", "");
    (void)mkdir(scene_path(s, "state"), 0700);
    scene_write(s, "state/hubsync.db", "this is no database, whatever its name says; it is long enough to be read");
    scene_run(s, "run");
    scene_expect_exit(s, 1);
    scene_expect_word(s, "hubsync.db");
    scene_check(s, scene_files(s, "b:demo") == NULL);
}

static void a_saved_plan_is_done_or_refused_when_stale(void **state)
{
    struct scene *s = *state;
    const char *saved = scene_path(s, "saved.json");

    scene_write(s, "a/demo/x.txt", "one");
    start(s, "", "");
    scene_rule(s, "a", "b", "");
    scene_run(s, scene_printf(s, "plan --save %s", saved));
    scene_expect_exit(s, 0);
    scene_write(s, "a/demo/x.txt", "other");
    scene_run(s, scene_printf(s, "apply %s", saved));
    scene_expect_exit(s, 6);
    scene_expect_text(s, "message_type", "summary");
    scene_expect_text(s, "repos[0].status", "blocked");
    scene_expect_text(s, "repos[0].reason", "stale");
    scene_check(s, scene_files(s, "b:demo") == NULL);
    scene_run(s, scene_printf(s, "plan --save %s", saved));
    scene_run(s, scene_printf(s, "apply %s", saved));
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "a:demo", "b:demo");
}

static void two_sources_for_one_target_are_both_blocked(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/x.txt", "x");
    start(s, "{\"id\":\"alice/demo\",\"files\":" SMALL "}", "");
    scene_config(s, "rules:\n"
                    "  - {name: one, type: one-way, from: a, to: b}\n"
                    "  - {name: two, type: one-way, from: ms, to: b}\n");
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_expect_text(s, "repos[0].error", "safety");
    scene_expect_text(s, "repos[0].reason", "name");
    scene_expect_text(s, "repos[1].error", "safety");
    scene_expect_text(s, "repos[1].reason", "name");
    scene_check(s, scene_files(s, "b:demo") == NULL);
}

static void a_wrong_token_is_auth_and_moves_nothing(void **state)
{
    struct scene *s = *state;

    start(s, "{\"id\":\"alice/demo\",\"files\":" SMALL "}", "");
    scene_config(s, scene_printf(s, "rules: []\n"));
    scene_write(s, "hubsync.yaml",
                scene_printf(s,
                             "version: 1\nhubs:\n"
                             "  ms: {plugin: modelscope, owner: alice, token: ms-nobody-0000000000000, endpoint: \"%s\"}\n"
                             "  b: {plugin: dir, root: \"%s/b\", owner: alice}\n"
                             "rules:\n  - {name: r, type: one-way, from: ms, to: b, retry: {attempts: 2, max_wait: 1s}}\n",
                             scene_endpoint(s, "modelscope", "endpoint"), s->folder));
    (void)chmod(scene_path(s, "hubsync.yaml"), 0600);
    scene_run(s, "run");
    scene_expect_exit(s, 10);
    scene_check(s, strstr(s->out, "ms-nobody") == NULL && strstr(s->err, "ms-nobody") == NULL);
    scene_check(s, scene_files(s, "b:demo") == NULL);
}

static void links_are_not_followed_and_hidden_files_do_not_travel(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/x.txt", "x");
    scene_write(s, "a/demo/.secret", "no");
    scene_check(s, symlink("/etc/passwd", scene_path(s, "a/demo/passwd")) == 0);
    start(s, "", "");
    scene_rule(s, "a", "b", "");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 1);
    scene_check(s, access(scene_path(s, "b/demo/passwd"), F_OK) != 0);
    scene_check(s, access(scene_path(s, "b/demo/.secret"), F_OK) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(private_stays_private_and_never_goes_to_a_public_target),
        SCENE_TEST(gated_sources_are_skipped_and_refused_by_name),
        SCENE_TEST(a_repo_without_weights_is_skipped_and_that_is_remembered),
        SCENE_TEST(a_list_that_the_site_cuts_is_never_taken_for_all),
        SCENE_TEST(a_vanished_source_deletes_nothing_and_raises_an_alert),
        SCENE_TEST(an_emptied_folder_deletes_nothing),
        SCENE_TEST(a_source_with_the_sites_readme_alone_deletes_nothing),
        SCENE_TEST(keys_of_later_releases_end_their_rule_alone),
        SCENE_TEST(a_missing_plugin_stops_only_its_rules),
        SCENE_TEST(usage_errors_are_documents_of_class_config),
        SCENE_TEST(a_second_process_on_the_state_is_busy),
        SCENE_TEST(a_broken_state_is_named_and_nothing_is_done),
        SCENE_TEST(a_saved_plan_is_done_or_refused_when_stale),
        SCENE_TEST(two_sources_for_one_target_are_both_blocked),
        SCENE_TEST(a_wrong_token_is_auth_and_moves_nothing),
        SCENE_TEST(links_are_not_followed_and_hidden_files_do_not_travel),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
