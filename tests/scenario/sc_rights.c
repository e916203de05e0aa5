/* Who may not, and who is not there: tokens that are wrong, old, of a reader or of another owner; a
 * hub that is down. Nothing is changed anywhere, the hub is named, other rules run, and with the
 * right given the next run ends equal. */
#include "scene.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void stage(struct scene *s, bool to_modelers)
{
    s->attempts = 2;
    scene_model(s, "c/demo");
    scene_write(s, "a/local/x.txt", "x");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, to_modelers ? "modelscope" : "modelers", "alice/demo", "c/demo")));
    scene_config(s, scene_printf(s,
                                 "rules:\n  - {name: r, type: one-way, from: %s, to: %s}\n"
                                 "  - {name: other, type: one-way, from: a, to: b}\n",
                                 to_modelers ? "ms" : "ml", to_modelers ? "ml" : "ms"));
}

/* The rule that may not ends with auth and its hub's name; the other one has run. */
static void refused(struct scene *s, bool to_modelers, const char *env, const char *hub)
{
    const char *target = to_modelers ? "modelers" : "modelscope";
    const char *source = to_modelers ? "modelscope:alice/demo" : "modelers:alice/demo";
    const char *value = strchr(env, '=') + 1;

    stage(s, to_modelers);
    scene_run_with(s, env, "run");
    scene_expect_exit(s, 10);
    scene_expect_word(s, scene_printf(s, "%s: ", hub));
    scene_check(s, !strstr(s->out, value) && !strstr(s->err, value));
    scene_check(s, scene_writes(s) == 0 || scene_repo(s, target, "alice/demo") == NULL);
    scene_check(s, !scene_repo(s, target, "alice/demo"));
    scene_expect_equal(s, "a:local", "b:local");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, source, scene_printf(s, "%s:alice/demo", target));
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_clean(s, false);
}

static void a_readers_token_at_modelers_changes_nothing(void **state)
{
    refused(*state, true, "ML_TOKEN=ml-bob-read-0000000000000000", "ml");
}

static void a_readers_token_at_modelscope_changes_nothing(void **state)
{
    refused(*state, false, "MS_TOKEN=ms-bob-read-0000000000000000", "ms");
}

static void a_wrong_token_at_modelers_is_auth(void **state)
{
    refused(*state, true, "ML_TOKEN=ml-nobody-0000000000000000", "ml");
}

static void a_wrong_token_at_modelscope_is_auth(void **state)
{
    refused(*state, false, "MS_TOKEN=ms-nobody-0000000000000000", "ms");
}

static void an_old_token_at_modelers_is_auth(void **state)
{
    refused(*state, true, "ML_TOKEN=ml-old-00000000000000000000", "ml");
}

static void an_old_token_at_modelscope_is_auth(void **state)
{
    refused(*state, false, "MS_TOKEN=ms-old-00000000000000000000", "ms");
}

static void a_wrong_token_at_the_source_modelers_is_auth(void **state)
{
    refused(*state, false, "ML_TOKEN=ml-nobody-0000000000000000", "ml");
}

static void a_wrong_token_at_the_source_modelscope_is_auth(void **state)
{
    refused(*state, true, "MS_TOKEN=ms-nobody-0000000000000000", "ms");
}

/* An owner that exists and is not ours. */
static void other_owner(struct scene *s, bool to_modelers)
{
    const char *site = to_modelers ? "modelers" : "modelscope", *hub = to_modelers ? "ml" : "ms";

    s->attempts = 2;
    scene_model(s, "a/demo");
    scene_hub(s, NULL);
    scene_seed(s, "{\"owners\":[\"carol\"]}");
    s->extra_hubs = scene_printf(s, "  theirs: {plugin: %s, owner: carol, token: \"%s\", endpoint: \"%s\", limits: {requests: 0}}\n", site,
                                 to_modelers ? SCENE_ML_TOKEN : SCENE_MS_TOKEN, scene_endpoint(s, site, "endpoint"));
    scene_rule(s, "a", "theirs", "");
    scene_run(s, "run");
    scene_expect_exit(s, 10);
    scene_expect_word(s, "carol");
    scene_expect_text(s, "repos[0].error", "auth");
    scene_check(s, !scene_repo(s, site, "carol/demo"));
    scene_rule(s, "a", hub, "");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "a:demo", scene_printf(s, "%s:alice/demo", site));
}

static void anothers_owner_at_modelers_is_auth(void **state)
{
    other_owner(*state, true);
}

static void anothers_owner_at_modelscope_is_auth(void **state)
{
    other_owner(*state, false);
}

/* The right goes away in the middle: at the batch, at the commit. */
static void lost_right(struct scene *s, const char *rules, long long n_batches)
{
    stage(s, true);
    scene_knob(s, "modelers", "part_size", "65536");
    scene_faults(s, rules);
    scene_run(s, "run");
    scene_expect_exit(s, 10);
    scene_expect_text(s, "repos[0].error", "auth");
    scene_expect_count(s, "sites.modelers.planes.api.requests.POST batch", n_batches);
    scene_check(s, !cJSON_GetObjectItem(scene_files(s, "modelers:alice/demo"), "config.json"));
    scene_faults(s, "[]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "modelscope:alice/demo", "modelers:alice/demo");
    scene_expect_clean(s, false); /* what was uploaded is not sent again */
}

#define DENIED "\"action\":\"status\",\"status\":403,\"body\":{\"code\":\"no_permission\",\"msg\":\"no\",\"data\":null}"

static void a_right_that_ends_before_the_upload_is_auth(void **state)
{
    lost_right(*state, "[{\"site\":\"modelers\",\"route\":\"batch\"," DENIED "}]", 1);
}

static void a_right_that_ends_before_the_commit_is_auth(void **state)
{
    lost_right(*state, "[{\"site\":\"modelers\",\"route\":\"commit\"," DENIED "}]", 1);
}

/* ---- a hub that is down ---- */
/* A port of ours on which nobody listens; it stays ours until *fd is closed. */
static unsigned closed_port(int *fd)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(*fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(*fd, (struct sockaddr *)&at, &n), 0);
    return ntohs(at.sin_port);
}

static void hub_is_down(struct scene *s, const char *plugin, bool is_source)
{
    int fd;
    const char *down;

    s->attempts = 2;
    scene_model(s, "a/demo");
    scene_write(s, "a/local/x.txt", "x");
    scene_hub(s, NULL);
    down = scene_printf(s, "127.0.0.1:%u", closed_port(&fd));
    s->extra_hubs = scene_printf(s, "  down: {plugin: %s, owner: alice, token: t, endpoint: \"http://%s\"}\n", plugin, down);
    scene_config(s, scene_printf(s,
                                 "rules:\n  - {name: r, type: one-way, from: %s, to: %s}\n"
                                 "  - {name: other, type: one-way, from: a, to: ml}\n",
                                 is_source ? "down" : "a", is_source ? "b" : "down"));
    scene_run(s, "run");
    scene_expect_exit(s, 5);
    scene_expect_word(s, down);
    scene_expect_equal(s, "a:demo", "modelers:alice/demo");
    scene_check(s, !scene_files(s, "b:demo"));
    close(fd);
}

static void a_target_that_is_down_is_temporary_and_others_run(void **state)
{
    hub_is_down(*state, "modelscope", false);
}

static void a_source_that_is_down_is_temporary_and_deletes_nothing(void **state)
{
    hub_is_down(*state, "modelers", true);
}

/* Gone between two questions, with a part on its way. */
static void a_hub_that_goes_down_in_the_middle_is_temporary(void **state)
{
    struct scene *s = *state;
    pid_t child;

    stage(s, true);
    scene_faults(s, "[{\"name\":\"stop\",\"site\":\"modelers\",\"route\":\"part_put\",\"action\":\"hold\"}]");
    child = scene_start(s, NULL, "run r");
    scene_await_fault(s, "stop");
    scene_hub_stop(s);
    scene_wait(s, child);
    scene_expect_exit(s, 5);
    scene_expect_text(s, "repos[0].error", "temporary");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_readers_token_at_modelers_changes_nothing),
        SCENE_TEST(a_readers_token_at_modelscope_changes_nothing),
        SCENE_TEST(a_wrong_token_at_modelers_is_auth),
        SCENE_TEST(a_wrong_token_at_modelscope_is_auth),
        SCENE_TEST(an_old_token_at_modelers_is_auth),
        SCENE_TEST(an_old_token_at_modelscope_is_auth),
        SCENE_TEST(a_wrong_token_at_the_source_modelers_is_auth),
        SCENE_TEST(a_wrong_token_at_the_source_modelscope_is_auth),
        SCENE_TEST(anothers_owner_at_modelers_is_auth),
        SCENE_TEST(anothers_owner_at_modelscope_is_auth),
        SCENE_TEST(a_right_that_ends_before_the_upload_is_auth),
        SCENE_TEST(a_right_that_ends_before_the_commit_is_auth),
        SCENE_TEST(a_target_that_is_down_is_temporary_and_others_run),
        SCENE_TEST(a_source_that_is_down_is_temporary_and_deletes_nothing),
        SCENE_TEST(a_hub_that_goes_down_in_the_middle_is_temporary),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("rights", tests, NULL, NULL);
}
