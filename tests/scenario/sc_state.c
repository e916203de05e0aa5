/* The state directory is full, may not be written, is broken, was lost: the message says which and
 * what to do, nothing wrong is done to a hub, and a run on a good one ends equal. */
#include "scene.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>



static void stage(struct scene *s)
{
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
    scene_knob(s, "modelers", "part_size", "65536");
    scene_rule(s, "ms", "ml", "");
}

static void expect_untouched(struct scene *s)
{
    scene_check(s, scene_writes(s) == 0);
    scene_check(s, scene_repo(s, "modelers", "alice/demo") == NULL);
}

static void expect_clean_end(struct scene *s, bool is_resent_allowed)
{
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "modelscope:alice/demo", "modelers:alice/demo");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_clean(s, is_resent_allowed);
}

/* What a person needs: what failed, where, and what to do. */
static void expect_advice(struct scene *s, const char *why, const char *advice)
{
    scene_expect_exit(s, 1);
    scene_expect_word(s, scene_path(s, "state"));
    scene_expect_word(s, why);
    scene_expect_word(s, advice);
}

static void a_full_disk_at_the_start_stops_before_any_hub(void **state)
{
    struct scene *s = *state;

    stage(s);
    s->file_bytes_max = 40 * 1024; /* the program's answers fit, its database does not */
    scene_run(s, "run");
    expect_advice(s, "", "free space");
    expect_untouched(s);
    s->file_bytes_max = 0;
    expect_clean_end(s, false);
}

/* The write-ahead log fills up in the middle: what the hub has is known or is sent again. */
static void full_in_the_middle(struct scene *s, size_t file_bytes_max, bool *was_full)
{
    stage(s);
    scene_run(s, "plan"); /* makes the state */
    scene_expect_exit(s, 0);
    s->file_bytes_max = file_bytes_max;
    scene_run(s, "run");
    *was_full = s->exit != 0;
    if (s->exit != 0)
        expect_advice(s, "", "free space");
    scene_check(s, s->exit == 0 || !scene_files(s, "modelers:alice/demo") ||
                       !cJSON_GetObjectItem(scene_files(s, "modelers:alice/demo"), "config.json") ||
                       scene_same(scene_files(s, "modelers:alice/demo"), scene_files(s, "modelscope:alice/demo")));
    s->file_bytes_max = 0;
    expect_clean_end(s, true);
    scene_check(s, scene_count(s, "sites.modelers.duplicate_puts") <= 4); /* those whose answer was not kept */
}

static void a_disk_that_fills_up_loses_nothing(void **state)
{
    static const size_t kib[] = {48, 96, 160, 256};
    bool was_full = false;

    full_in_the_middle(*state, kib[0] * 1024, &was_full);
    scene_check((struct scene *)*state, was_full);
    for (size_t i = 1; i < sizeof kib / sizeof *kib; i++) {
        void *next = NULL;

        assert_int_equal(scene_open(&next), 0);
        full_in_the_middle(next, kib[i] * 1024, &was_full);
        (void)scene_close(&next);
    }
}

static void a_state_that_cannot_be_made_is_named(void **state)
{
    struct scene *s = *state;

    stage(s);
    s->is_plain_user = true;
    scene_check(s, mkdir(scene_path(s, "closed"), 0555) == 0);
    scene_run(s, scene_printf(s, "--state-dir %s run", scene_path(s, "closed/state")));
    scene_expect_exit(s, 1);
    scene_expect_word(s, "closed/state");
    scene_expect_word(s, "another state directory");
    expect_untouched(s);
    expect_clean_end(s, false);
}

static void set_modes(struct scene *s, mode_t folder, mode_t file)
{
    (void)chmod(scene_path(s, "state"), 0700);
    (void)chmod(scene_path(s, "state/hubsync.db"), file);
    (void)chmod(scene_path(s, "state/hubsync.db-wal"), file);
    (void)chmod(scene_path(s, "state/hubsync.db-shm"), file);
    (void)chmod(scene_path(s, "state/lock"), file);
    (void)chmod(scene_path(s, "state"), folder);
}

static void a_state_that_may_only_be_read_is_named(void **state)
{
    struct scene *s = *state;

    stage(s);
    s->is_plain_user = true;
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    set_modes(s, 0500, 0400);
    scene_run(s, "run");
    expect_advice(s, "Permission denied", "another state directory");
    expect_untouched(s);
    set_modes(s, 0500, 0600); /* the folder alone */
    scene_run(s, "run");
    expect_advice(s, "", "another state directory");
    expect_untouched(s);
    set_modes(s, 0700, 0600);
    expect_clean_end(s, false);
}

static void a_state_that_is_a_file_is_named(void **state)
{
    struct scene *s = *state;

    stage(s);
    scene_write(s, "state", "no folder");
    scene_run(s, "run");
    expect_advice(s, "", "another state directory");
    expect_untouched(s);
    scene_remove(s, "state");
    expect_clean_end(s, false);
}

/* Bytes in the middle: its head still says that it is a database. */
static void spoil(struct scene *s)
{
    char *noise = malloc(64 * 1024);
    int fd = open(scene_path(s, "state/hubsync.db"), O_RDWR | O_CLOEXEC);

    scene_check(s, noise && fd >= 0);
    memset(noise, 0xa5, 64 * 1024);
    scene_check(s, pwrite(fd, noise, 64 * 1024, 4096) == 64 * 1024);
    free(noise);
    close(fd);
}

static void a_spoilt_database_is_named_and_built_anew_from_the_hubs(void **state)
{
    struct scene *s = *state;

    stage(s);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    spoil(s);
    scene_reset(s);
    scene_run(s, "run");
    expect_advice(s, "malformed", "away and run again");
    scene_check(s, scene_writes(s) == 0);
    scene_expect_equal(s, "modelscope:alice/demo", "modelers:alice/demo");
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "away")) == 0); /* as it was told to */
    expect_clean_end(s, false);
    scene_expect_count(s, "sites.modelers.put_bytes", 0);
}

static void a_database_cut_short_is_named(void **state)
{
    struct scene *s = *state;

    stage(s);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, truncate(scene_path(s, "state/hubsync.db"), 8192) == 0);
    scene_reset(s);
    scene_run(s, "run");
    expect_advice(s, "hubsync.db", "away and run again");
    scene_check(s, scene_writes(s) == 0);
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "away")) == 0);
    expect_clean_end(s, false);
}

/* Parts that nobody can vouch for any more are not believed: a file, not the run, waits. */
static void a_state_lost_in_the_middle_of_an_upload_is_not_guessed(void **state)
{
    struct scene *s = *state;

    stage(s);
    scene_faults(s, "[{\"site\":\"modelers\",\"route\":\"part_put\",\"nth\":6,\"action\":\"status\",\"status\":500}]");
    scene_run(s, "run");
    scene_expect_exit(s, 5);
    scene_faults(s, "[]");
    scene_check(s, rename(scene_path(s, "state"), scene_path(s, "away")) == 0);
    scene_run(s, "run");
    scene_expect_exit(s, 7);
    scene_expect_word(s, "cannot vouch for");
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "poisoned_upload");
    (void)scene_admin(s, "POST", "/counters/reset", "{\"state\":true}"); /* the hub forgets the upload */
    expect_clean_end(s, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_full_disk_at_the_start_stops_before_any_hub),
        SCENE_TEST(a_disk_that_fills_up_loses_nothing),
        SCENE_TEST(a_state_that_cannot_be_made_is_named),
        SCENE_TEST(a_state_that_may_only_be_read_is_named),
        SCENE_TEST(a_state_that_is_a_file_is_named),
        SCENE_TEST(a_spoilt_database_is_named_and_built_anew_from_the_hubs),
        SCENE_TEST(a_database_cut_short_is_named),
        SCENE_TEST(a_state_lost_in_the_middle_of_an_upload_is_not_guessed),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
