/* Killed at every failpoint once; one clean run ends equal, and what the target had acknowledged is
 * not sent again. Failpoints are in test builds only. */
#include "scene.h"

#include <signal.h>

enum { MAX_POINTS = 64, PART = 65536, SHARD = 14 * 1024 * 1024 };
static char points[MAX_POINTS][64];

static size_t find_points(void)
{
    FILE *list = popen("grep -rhoE 'HS_FAILPOINT\\(\"[^\"]+\"\\)' " SOURCE_DIR "/core --include='*.c' | sed 's/.*\"\\(.*\\)\".*/\\1/' | grep -vE '^(daemon|round|merge|delete_repo)[.]|^job[.]begun' | sort -u", "r");
    size_t n = 0;

    while (list && n < MAX_POINTS && fgets(points[n], sizeof points[n], list)) {
        points[n][strcspn(points[n], "\n")] = '\0';
        n += points[n][0] != '\0';
    }
    if (list)
        pclose(list);
    return n;
}

static void stage(struct scene *s, bool to_folder)
{
    scene_model(s, "c/demo");
    scene_fill(s, "c/demo/large.safetensors", 77, SHARD); /* more than its window: parts leave early */
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
    scene_knob(s, "modelers", "part_size", "1048576");
    scene_rule(s, "ms", to_folder ? "b" : "ml", "");
}

static void one_clean_run_mends_a_kill(struct scene *s, bool to_folder)
{
    const char *target = to_folder ? "b:demo" : "modelers:alice/demo";

    stage(s, to_folder);
    scene_run_with(s, scene_printf(s, "HUBSYNC_FAILPOINT=%s", (const char *)s->row), "run");
    scene_expect_exit(s, 128 + SIGKILL); /* each point is passed on both ways */
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, "modelscope:alice/demo", target);
    scene_run(s, "run");
    scene_expect_int(s, "totals.put", 0);
    if (!to_folder) /* a part whose answer we did not see may go twice; no other */
        scene_check(s, scene_count(s, "sites.modelers.duplicate_puts") <= 4);
    scene_expect_clean(s, true);
}

static void killed_on_the_way_to_a_site(void **state)
{
    one_clean_run_mends_a_kill(*state, false);
}

static void killed_on_the_way_to_a_folder(void **state)
{
    one_clean_run_mends_a_kill(*state, true);
}

/* The first slice comes wrong once, and parts of it have left before the whole hash is known: the
 * one part that differs goes to its kept address once more, nothing else is sent again. */
static void a_source_that_lies_about_a_large_file_is_mended_part_by_part(void **state)
{
    struct scene *s = *state;
    long long n_again;

    s->attempts = 4;
    s->max_wait = "1s";
    stage(s, false);
    scene_faults(s, "[{\"site\":\"modelscope\",\"plane\":\"cdn\",\"query\":\"large\",\"range\":\"bytes=0-\",\"action\":\"flip\",\"offset\":1000,\"times\":1}]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_count(s, "faults_acted", 1);
    scene_expect_equal(s, "modelscope:alice/demo", "modelers:alice/demo");
    /* and perhaps the part that was on its way and is cut: the hub may have had all of it */
    n_again = scene_count(s, "sites.modelers.duplicate_puts");
    scene_check(s, n_again == 1 || n_again == 2);
    scene_check(s, scene_count(s, "sites.modelers.duplicate_bytes") == n_again << 20);
    scene_check(s, scene_int(s, "totals.bytes_resent") >= 1 << 20 && scene_int(s, "totals.bytes_resent") <= 2 << 20);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_clean(s, true);
}

int main(void)
{
    static struct CMUnitTest tests[2 * MAX_POINTS + 1];
    static char names[2 * MAX_POINTS][112];
    size_t n_points = 0, n = 0;

#ifdef HS_FAILPOINTS
    n_points = find_points();
    if (n_points < 10)
        return 1;
#else
    (void)find_points;
#endif
    for (size_t i = 0; i < n_points; i++) {
        snprintf(names[n], sizeof names[n], "%.63s_to_a_site", points[i]);
        tests[n] = (struct CMUnitTest){names[n], killed_on_the_way_to_a_site, scene_open, scene_close, points[i]};
        n++;
        snprintf(names[n], sizeof names[n], "%.63s_to_a_folder", points[i]);
        tests[n] = (struct CMUnitTest){names[n], killed_on_the_way_to_a_folder, scene_open, scene_close, points[i]};
        n++;
    }
    tests[n++] = (struct CMUnitTest)SCENE_TEST(a_source_that_lies_about_a_large_file_is_mended_part_by_part);
    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("crash", tests, n, NULL, NULL);
}
