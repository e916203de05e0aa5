/* TLS: a good certificate is taken, and nothing at all is said to a bad one. */
#include "scene.h"

#include <sys/stat.h>

static void start(struct scene *s)
{
    s->is_tls = true;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
}

static void set_source(struct scene *s, const char *endpoint, const char *ca_file)
{
    scene_write(s, "hubsync.yaml",
                scene_printf(s,
                             "version: 1\nhubs:\n"
                             "  ms: {plugin: modelscope, owner: alice, token: " SCENE_MS_TOKEN ", endpoint: \"%s\", ca_file: \"%s\"}\n"
                             "  b: {plugin: dir, root: \"%s/b\", owner: alice}\n"
                             "rules:\n  - {name: r, type: one-way, from: ms, to: b, retry: {attempts: 2, max_wait: 1s}}\n",
                             endpoint, ca_file, s->folder));
    (void)chmod(scene_path(s, "hubsync.yaml"), 0600);
    (void)mkdir(scene_path(s, "b"), 0755);
}

static const char *ca_of(struct scene *s)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(s->ports, "ca_file"));
}

static void a_good_certificate_carries_a_model(void **state)
{
    struct scene *s = *state;

    start(s);
    set_source(s, scene_endpoint(s, "modelscope", "endpoint"), ca_of(s));
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "modelscope:alice/demo", "b:demo");
}

/* Nothing at all is said, and with the right address and certificate the next run ends equal. */
static void refuse(struct scene *s, const char *kind)
{
    start(s);
    set_source(s, scene_endpoint(s, "tls_bad", kind), ca_of(s));
    scene_run(s, "run");
    scene_expect_exit(s, 1);
    scene_expect_word(s, "certificate is not valid");
    scene_expect_word(s, strrchr(scene_endpoint(s, "tls_bad", kind), '/') + 1);
    scene_check(s, scene_files(s, "b:demo") == NULL);
    scene_expect_count(s, "tls_bad_requests", 0);
    scene_expect_count(s, "total_requests", 0);
    set_source(s, scene_endpoint(s, "modelscope", "endpoint"), ca_of(s));
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "modelscope:alice/demo", "b:demo");
}

static void nothing_is_sent_to_an_expired_certificate(void **state)
{
    refuse(*state, "expired");
}

static void nothing_is_sent_to_a_certificate_of_another_name(void **state)
{
    refuse(*state, "misnamed");
}

static void nothing_is_sent_to_a_certificate_of_a_stranger(void **state)
{
    refuse(*state, "wrong_ca");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_good_certificate_carries_a_model),
        SCENE_TEST(nothing_is_sent_to_an_expired_certificate),
        SCENE_TEST(nothing_is_sent_to_a_certificate_of_another_name),
        SCENE_TEST(nothing_is_sent_to_a_certificate_of_a_stranger),
    };

    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
