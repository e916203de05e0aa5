/* Random edits, faults, kills and lost states, held against the rules as model_rules.c tells them:
 * no wrong byte, no wrong deletion, and one clean run after any mishap is enough.
 * HUBSYNC_SEED=N starts there (it is printed; a failure prints the seed of its story),
 * HUBSYNC_ROUNDS=N does so many rounds. A story is one rule and STORY_ROUNDS rounds; the seed alone
 * decides all of it but times. */
#include "scene_private.h"

#include "model_rules.h"

#include <ftw.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 32, STORY_ROUNDS = 8, MAX_REPOS = 24, MAX_CONTENTS = 4096, MAX_POINTS = 64, MANY = 4 };
static const char *const PATHS[MODEL_PATHS] = {"README.md",    "a.txt",     "b.json",       "w.safetensors", "sub/c.txt",
                                               "sub/d/e.bin", "docs/模型.md", "x.safetensors", "f g.txt"};
/* What goes wrong; %d: a small random number, from 1. */
static const char *const FAULTS[] = {
    "{\"action\":\"reset\",\"nth\":%d,\"times\":1}",
    "{\"action\":\"apply_then_drop\",\"nth\":%d,\"times\":1}",
    "{\"action\":\"status\",\"status\":500,\"nth\":%d,\"times\":2}",
    "{\"action\":\"status\",\"status\":503,\"nth\":%d}",
    "{\"action\":\"status\",\"status\":429,\"percent\":%d}",
    "{\"action\":\"cut_after\",\"bytes\":40,\"nth\":%d,\"times\":1}",
    "{\"action\":\"html\",\"status\":200,\"method\":\"GET\",\"nth\":%d,\"times\":1}",
    "{\"action\":\"empty_body\",\"nth\":%d,\"times\":1}",
    "{\"route\":\"commit\",\"action\":\"apply_then_drop\",\"times\":%d}",
    "{\"route\":\"commit\",\"action\":\"after_apply_status\",\"status\":500,\"times\":%d}",
    "{\"route\":\"commit\",\"action\":\"status\",\"status\":500,\"times\":%d}",
    "{\"route\":\"create\",\"action\":\"apply_then_drop\",\"times\":%d}",
    "{\"route\":\"batch\",\"action\":\"cut_after\",\"bytes\":30,\"times\":%d}",
    "{\"plane\":\"cdn\",\"action\":\"flip\",\"offset\":5,\"times\":%d}",
    "{\"route\":\"object_get\",\"action\":\"flip\",\"offset\":5,\"times\":%d}",
    "{\"route\":\"object_get\",\"action\":\"reset\",\"times\":%d}",
    "{\"route\":\"tree\",\"action\":\"cut_after\",\"bytes\":200,\"nth\":%d}",
    "{\"route\":\"files\",\"action\":\"cut_after\",\"bytes\":200,\"nth\":%d}",
    "{\"behaviour\":\"claims_present\",\"times\":%d}",
    "{\"behaviour\":\"claims_absent\",\"times\":%d}",
    "{\"behaviour\":\"put_stores_nothing\",\"times\":%d}",
    "{\"behaviour\":\"files_null\",\"times\":%d}",
    "{\"behaviour\":\"db_overload\",\"times\":%d}",
    "{\"behaviour\":\"forget_objects\",\"times\":%d}",
    "{\"behaviour\":\"list_internal_error\",\"times\":%d}",
};
static char points[MAX_POINTS][64];
static size_t n_points;

struct story {
    struct scene *s;
    uint64_t dice;
    unsigned seed, round;
    const char *hub[2]; /* of the configuration */
    struct model_rule rule;
    struct model_repo repos[MAX_REPOS];
    int n_repos;
    long clock; /* of moved and edited; ahead of what a run adds to it */
    const char *digests[MAX_CONTENTS]; /* as scene_files tells them; [0] unused */
    int n_contents;
    char *told; /* the edits and mishaps of this round */
};

/* ---- dice and words ---- */
static int roll(struct story *t, int n) /* 0 … n-1 */
{
    uint64_t z = t->dice += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (int)((z ^ (z >> 31)) % (uint64_t)n);
}

static void tell(struct story *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct story *t, const char *fmt, ...)
{
    va_list args;
    char *line = NULL, *all = NULL;

    va_start(args, fmt);
    assert_true(vasprintf(&line, fmt, args) >= 0);
    va_end(args);
    assert_true(asprintf(&all, "%s  %s\n", t->told ? t->told : "", line) >= 0);
    free(line);
    free(t->told);
    t->told = all;
}

static void print_side(const struct story *t, const struct model_repo *r, int side)
{
    fprintf(stderr, "    %-5s", t->hub[side]);
    if (!r->is_there[side])
        fprintf(stderr, " not there");
    for (int p = 0; p < MODEL_PATHS; p++)
        if (r->now[side][p])
            fprintf(stderr, " %s=%d", PATHS[p], r->now[side][p]);
    fprintf(stderr, "\n");
}

static void print_repos(const struct story *t, const char *title, const struct model_repo *repos)
{
    fprintf(stderr, "%s\n", title);
    for (int i = 0; i < t->n_repos; i++) {
        fprintf(stderr, "  %s%s\n", repos[i].name, repos[i].is_known ? "" : " (no baseline)");
        print_side(t, &repos[i], 0);
        print_side(t, &repos[i], 1);
    }
}

/* ---- contents: number n is always the same bytes ---- */
#define CARD "---\nlicense: other\n---\n"
static const char *readme_text(struct story *t, int n)
{
    return scene_printf(t->s, CARD "# Model %d\n", n);
}

static size_t size_of(int n)
{
    return n % 5 == 0 ? 50000 + (size_t)(n * 7919) % 150000 : 1 + (size_t)(n * 7919) % 3000;
}

static int new_content(struct story *t, bool is_readme)
{
    int n = ++t->n_contents;
    size_t n_bytes = 0;
    char hex[65], *bytes;

    assert_true(n < MAX_CONTENTS);
    if (is_readme)
        scene_write(t->s, "made", readme_text(t, n));
    else
        scene_fill(t->s, "made", (uint64_t)n, size_of(n));
    bytes = scene_slurp(scene_path(t->s, "made"), &n_bytes);
    scene_digest(bytes, n_bytes, hex);
    free(bytes);
    t->digests[n] = scene_printf(t->s, "%s %zu", hex, n_bytes);
    return n;
}

static int content_of(const struct story *t, const char *digest)
{
    for (int n = t->n_contents; n > 0; n--)
        if (strcmp(t->digests[n], digest) == 0)
            return n;
    return -1;
}

/* ---- the world ---- */
static bool is_folder(const struct story *t, int side)
{
    return strlen(t->hub[side]) == 1;
}

static const char *site_of(const struct story *t, int side)
{
    return strcmp(t->hub[side], "ms") == 0 ? "modelscope" : "modelers";
}

/* Sites tell the time of a change in whole seconds. */
static void wait_a_while(struct story *t)
{
    (void)scene_admin(t->s, "POST", "/clock", "{\"advance_s\":10}");
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void put_there(struct story *t, struct model_repo *r, int side, int p, int n)
{
    struct scene *s = t->s;
    const char *path = scene_printf(s, "%s/%s/%s", t->hub[side], r->name, PATHS[p]), *value;

    wait_a_while(t);
    if (is_folder(t, side)) {
        if (!n)
            scene_remove(s, path);
        else if (p == MODEL_README)
            scene_write(s, path, readme_text(t, n));
        else
            scene_fill(s, path, (uint64_t)n, size_of(n));
    } else {
        value = !n ? "null"
                   : p == MODEL_README ? scene_printf(s, "{\"text\":\"---\\nlicense: other\\n---\\n# Model %d\\n\"}", n)
                                       : scene_printf(s, "{\"seed\":%d,\"size\":%zu}", n, size_of(n));
        scene_push(s, site_of(t, side), scene_printf(s, "alice/%s", r->name), scene_printf(s, "{\"%s\":%s}", PATHS[p], value));
    }
    tell(t, "%s:%s %s = %d", t->hub[side], r->name, PATHS[p], n);
    r->is_there[side] = true;
    r->now[side][p] = n;
    r->moved[side] = r->edited[side][p] = t->clock += 1000;
}

static void remove_repo(struct story *t, struct model_repo *r, int side)
{
    struct scene *s = t->s;

    wait_a_while(t);
    if (is_folder(t, side))
        (void)nftw(scene_path(s, scene_printf(s, "%s/%s", t->hub[side], r->name)), remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    else
        scene_seed(s, scene_printf(s, "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"alice/%s\",\"remove\":true}]}}}",
                                   site_of(t, side), r->name));
    tell(t, "%s:%s removed", t->hub[side], r->name);
    r->is_there[side] = false;
    memset(r->now[side], 0, sizeof r->now[side]);
}

/* What is there now. A file that is none of ours becomes -1; a README may be the site's own. */
static void look(struct story *t, struct model_repo *out)
{
    memcpy(out, t->repos, sizeof t->repos);
    for (int i = 0; i < t->n_repos; i++)
        for (int side = 0; side < 2; side++) {
            struct model_repo *r = &out[i];
            cJSON *files = scene_files(t->s, scene_printf(t->s, is_folder(t, side) ? "%s:%s" : "%s:alice/%s",
                                                          is_folder(t, side) ? t->hub[side] : site_of(t, side), r->name));
            int n_found = 0;

            for (int p = 0; p < MODEL_PATHS; p++) {
                const char *digest = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(files, PATHS[p]));
                r->now[side][p] = digest ? content_of(t, digest) : 0;
                n_found += digest != NULL;
            }
            if (r->now[side][MODEL_README] < 0 && !t->repos[i].now[side][MODEL_README])
                r->now[side][MODEL_README] = 0;
            if (n_found != cJSON_GetArraySize(files))
                r->now[side][1] = -1;
            r->is_there[side] = false; /* one that was made and not filled counts for nothing */
            for (int p = 0; p < MODEL_PATHS; p++)
                r->is_there[side] |= r->now[side][p] != 0;
        }
}

/* ---- edits ---- */
/* A path of that side with a file or without one; README.md only if asked for. -1: none. */
static int pick_path(struct story *t, const struct model_repo *r, int side, bool is_there, bool with_readme)
{
    int first = roll(t, MODEL_PATHS);

    for (int k = 0; k < MODEL_PATHS; k++) {
        int p = (first + k) % MODEL_PATHS;
        if ((r->now[side][p] != 0) == is_there && (p != MODEL_README || with_readme))
            return p;
    }
    return -1;
}

static struct model_repo *pick_repo(struct story *t, int side)
{
    int first = t->n_repos ? roll(t, t->n_repos) : 0;

    for (int k = 0; k < t->n_repos; k++) {
        struct model_repo *r = &t->repos[(first + k) % t->n_repos];
        if (r->is_there[side])
            return r;
    }
    return NULL;
}

static void add_repo(struct story *t, int side)
{
    struct model_repo *r = &t->repos[t->n_repos++];
    int n_files = 2 + roll(t, 5);

    snprintf(r->name, sizeof r->name, "r%d", t->n_repos);
    put_there(t, r, side, MODEL_README, new_content(t, true));
    while (n_files--)
        put_there(t, r, side, pick_path(t, r, side, false, false), new_content(t, false));
}

/* Loss is summed over all repos of a run: with a cap, one repo at a time can lose anything. */
static bool may_add(const struct story *t)
{
    int n_alive = 0;

    for (int i = 0; i < t->n_repos; i++)
        n_alive += t->repos[i].is_there[0] || t->repos[i].is_there[1];
    return t->n_repos < MAX_REPOS && n_alive < (t->rule.max_files ? 1 : MANY);
}

static void rename_file(struct story *t, struct model_repo *r, int side)
{
    int from = pick_path(t, r, side, true, false), to = pick_path(t, r, side, false, false);

    if (from < 0 || to < 0)
        return;
    put_there(t, r, side, to, r->now[side][from]);
    put_there(t, r, side, from, 0);
}

/* The side last, so that it is the newer one in all of its repos. */
static void edit_both(struct story *t, struct model_repo *r, int side)
{
    int p = pick_path(t, r, side, roll(t, 2) == 0, true), n = new_content(t, p == MODEL_README);

    if (p >= 0 && r->is_there[1 - side])
        put_there(t, r, 1 - side, p, n);
    if (p >= 0)
        put_there(t, r, side, p, n);
}

static void edit(struct story *t, int side)
{
    enum { EDIT = 4, ADD = 7, DELETE = 9, RENAME = 11, BOTH = 13, REMOVE = 15, NEW = 17 };
    struct model_repo *r = pick_repo(t, side);
    int what = roll(t, NEW), p;

    if (!r || what >= REMOVE) {
        if (may_add(t))
            add_repo(t, side);
    } else if (what < ADD) {
        p = pick_path(t, r, side, what < EDIT, true);
        if (p >= 0)
            put_there(t, r, side, p, new_content(t, p == MODEL_README));
    } else if (what < DELETE) {
        p = pick_path(t, r, side, true, false);
        if (p >= 0)
            put_there(t, r, side, p, 0);
    } else if (what < RENAME) {
        rename_file(t, r, side);
    } else if (what < BOTH) {
        edit_both(t, r, side);
    } else if (roll(t, 3) == 0) {
        remove_repo(t, r, side);
    }
}

/* ---- one round ---- */
static void wrong(struct story *t, const char *what, const struct model_repo *was, const struct model_repo *want,
                  const struct model_repo *is)
{
    fprintf(stderr, "\nHUBSYNC_SEED=%u, round %u: %s\n%s", t->seed, t->round, what, t->told ? t->told : "");
    print_repos(t, "before the run", was);
    print_repos(t, "by the rules", want);
    print_repos(t, "there is", is);
    scene_fail(t->s, __FILE__, __LINE__, "%s", what);
}

static int run_rules(const struct story *t, struct model_repo *out)
{
    int code = 0, one;

    memcpy(out, t->repos, sizeof t->repos);
    for (int i = 0; i < t->n_repos; i++) {
        one = model_run(&t->rule, &out[i]);
        code = one == 6 || code == 6 ? 6 : one ? one : code;
    }
    return code;
}

static void lose_state(struct story *t)
{
    (void)nftw(scene_path(t->s, "state"), remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    tell(t, "the state directory is lost");
    for (int i = 0; i < t->n_repos; i++) {
        t->repos[i].is_known = false;
        memset(t->repos[i].then, 0, sizeof t->repos[i].then);
    }
}

/* Each file is as it was or as it must become, and no repo is gone. What is there counts from now on. */
static void expect_no_harm(struct story *t)
{
    struct model_repo want[MAX_REPOS], is[MAX_REPOS];

    (void)run_rules(t, want);
    look(t, is);
    for (int i = 0; i < t->n_repos; i++)
        for (int side = 0; side < 2; side++) {
            for (int p = 0; p < MODEL_PATHS; p++)
                if (is[i].now[side][p] != t->repos[i].now[side][p] && is[i].now[side][p] != want[i].now[side][p])
                    wrong(t, is[i].now[side][p] ? "a wrong file" : "a wrong deletion", t->repos, want, is);
            if (t->repos[i].is_there[side] && !is[i].is_there[side])
                wrong(t, "a repo is gone", t->repos, want, is);
        }
    memcpy(t->repos, is, sizeof is);
}

static void run_with_mishap(struct story *t)
{
    struct scene *s = t->s;
    const char *env = NULL, *rules = "";
    int n_faults = n_points && roll(t, 2) ? 0 : 1 + roll(t, 2);

    if (!n_faults || roll(t, 6) == 0)
        env = n_points ? scene_printf(s, "HUBSYNC_FAILPOINT=%s:%d", points[roll(t, (int)n_points)], 1 + roll(t, 3) / 2) : NULL;
    while (n_faults--) {
        const char *form = FAULTS[roll(t, sizeof FAULTS / sizeof *FAULTS)], *number = strstr(form, "%d");
        rules = scene_printf(s, "%s%s%.*s%d%s", rules, *rules ? "," : "", (int)(number - form), form, 1 + roll(t, 12), number + 2);
    }
    wait_a_while(t);
    if (*rules)
        scene_faults(s, scene_printf(s, "[%s]", rules));
    scene_run_with(s, env, "run");
    scene_faults(s, "[]");
    tell(t, "run with %s %s: %d", env ? env : "", rules, s->exit);
    if (s->exit > 128 && (s->exit != 128 + SIGKILL || !env))
        scene_fail(s, __FILE__, __LINE__, "HUBSYNC_SEED=%u, round %u: it crashed", t->seed, t->round);
    expect_no_harm(t);
}

static void run_clean(struct story *t)
{
    struct model_repo want[MAX_REPOS], is[MAX_REPOS];
    int code = run_rules(t, want);

    for (int turn = 0; turn < 2; turn++) {
        wait_a_while(t);
        scene_reset(t->s);
        scene_run(t->s, "run");
        look(t, is);
        for (int i = 0; i < t->n_repos; i++)
            if (memcmp(is[i].now, want[i].now, sizeof is->now) != 0 || memcmp(is[i].is_there, want[i].is_there, sizeof is->is_there) != 0)
                wrong(t, scene_printf(t->s, "%s is not as the rules say", is[i].name), t->repos, want, is);
        if (t->s->exit != code)
            wrong(t, scene_printf(t->s, "exit %d, by the rules %d", t->s->exit, code), t->repos, want, is);
        scene_expect_clean(t->s, true);
        if (turn == 1 && (scene_int(t->s, "totals.put") || scene_int(t->s, "totals.deleted") || scene_writes(t->s)))
            wrong(t, "the run after it is not silent", t->repos, want, is);
    }
    memcpy(t->repos, want, sizeof want);
}

static void play_round(struct story *t)
{
    int first = t->rule.type == MODEL_ONE_WAY ? 0 : roll(t, 2);

    free(t->told);
    t->told = NULL;
    for (int k = 0; k < 2; k++) {
        int side = k ? 1 - first : first;
        for (int n = roll(t, t->rule.type == MODEL_ONE_WAY && side ? 2 : 5); n > 0; n--)
            edit(t, side);
    }
    if (!t->rule.max_files && roll(t, 8) == 0)
        lose_state(t);
    for (int n = roll(t, 3); n > 0; n--)
        run_with_mishap(t);
    if (!t->rule.max_files && roll(t, 12) == 0)
        lose_state(t);
    run_clean(t);
}

/* ---- stories ---- */
static void choose_rule(struct story *t)
{
    static const char *const PAIRS[][2] = {{"ms", "ml"}, {"ml", "ms"}, {"a", "ms"}, {"ml", "b"}};
    static const char *const TYPES[] = {"one-way", "bidirectional, authority", "three-way"};
    static const char *const CONFLICTS[] = {"hold", "prefer", "newest"};
    struct scene *s = t->s;
    const char *files, *policy;
    int pair = roll(t, 4);

    t->rule = (struct model_rule){.type = (enum model_type)roll(t, 3), .lead = roll(t, 2), .may_delete = roll(t, 4) != 0};
    t->rule.max_files = t->rule.may_delete && roll(t, 3) == 0 ? 1 + roll(t, 2) : 0;
    if (t->rule.type == MODEL_THREE_WAY)
        t->rule.conflict = (enum model_conflict)roll(t, 3);
    if (t->rule.conflict == MODEL_NEWEST) { /* folders have a clock of their own */
        t->rule.max_files = 0;
        pair %= 2;
    }
    t->hub[0] = PAIRS[pair][0];
    t->hub[1] = PAIRS[pair][1];
    policy = t->rule.conflict == MODEL_PREFER ? scene_printf(s, "{prefer: %s}", t->hub[t->rule.lead]) : CONFLICTS[t->rule.conflict];
    files = t->rule.type == MODEL_AUTHORITY ? scene_printf(s, "    files: {mode: authority, authority: %s}\n", t->hub[t->rule.lead])
            : t->rule.type == MODEL_THREE_WAY ? scene_printf(s, "    files: {mode: three-way, conflict: %s}\n", policy) : "";
    scene_config(s, scene_printf(s, "rules:\n  - name: model\n    type: %s\n    %s%s%s%s%s\n%s    delete: {files: %s, max: {files: %d, percent: 0}}\n",
                                 t->rule.type == MODEL_ONE_WAY ? "one-way" : "bidirectional",
                                 t->rule.type == MODEL_ONE_WAY ? "from: " : "between: [", t->hub[0],
                                 t->rule.type == MODEL_ONE_WAY ? "\n    to: " : ", ", t->hub[1],
                                 t->rule.type == MODEL_ONE_WAY ? "" : "]", files, t->rule.may_delete ? "extra" : "none", t->rule.max_files));
    printf("model: HUBSYNC_SEED=%u: %s %s → %s, lead %s, conflict %s, delete %s, max.files %d\n", t->seed, TYPES[t->rule.type], t->hub[0],
           t->hub[1], t->hub[t->rule.lead], CONFLICTS[t->rule.conflict], t->rule.may_delete ? "extra" : "none", t->rule.max_files);
    (void)fflush(stdout);
}

static void find_points(void)
{
#ifdef HS_FAILPOINTS
    FILE *list = popen("grep -rhoE 'HS_FAILPOINT\\(\"[^\"]+\"\\)' " SOURCE_DIR "/core --include='*.c' | sed 's/.*\"\\(.*\\)\".*/\\1/' | grep -vE '^(daemon|round)[.]' | sort -u", "r");

    while (list && n_points < MAX_POINTS && fgets(points[n_points], sizeof points[n_points], list)) {
        points[n_points][strcspn(points[n_points], "\n")] = '\0';
        n_points += points[n_points][0] != '\0';
    }
    if (list)
        pclose(list);
#endif
}

static void a_story_ends_as_the_rules_say(void **state)
{
    struct scene *s = *state;
    struct story *t = calloc(1, sizeof *t);

    assert_non_null(t);
    t->s = s;
    t->seed = *(unsigned *)s->row;
    t->dice = t->seed;
    s->attempts = 2;
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-8640000}");
    scene_knob(s, "modelers", "part_size", "65536");
    choose_rule(t);
    s->label = scene_printf(s, "HUBSYNC_SEED=%u: ", t->seed);
    for (t->round = 1; t->round <= STORY_ROUNDS; t->round++)
        play_round(t);
    free(t->told);
    free(t);
}

static unsigned number(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);

    return text && *text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

int main(void)
{
    struct timespec now;
    unsigned first, n;
    struct CMUnitTest *tests;
    unsigned *seeds;
    char (*names)[32];
    int failed;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    first = number("HUBSYNC_SEED", (unsigned)(now.tv_sec * 1000 + now.tv_nsec / 1000000) % 1000000000);
    n = (number("HUBSYNC_ROUNDS", ROUNDS) + STORY_ROUNDS - 1) / STORY_ROUNDS;
    find_points();
    tests = calloc(n, sizeof *tests);
    seeds = calloc(n, sizeof *seeds);
    names = calloc(n, sizeof *names);
    if (!tests || !seeds || !names)
        return 1;
    printf("model: HUBSYNC_SEED=%u HUBSYNC_ROUNDS=%u\n", first, n * STORY_ROUNDS);
    for (unsigned i = 0; i < n; i++) {
        seeds[i] = first + i;
        snprintf(names[i], sizeof names[i], "story_%u", seeds[i]);
        tests[i] = (struct CMUnitTest){names[i], a_story_ends_as_the_rules_say, scene_open, scene_close, &seeds[i]};
    }
    failed = _cmocka_run_group_tests("model", tests, n, NULL, NULL);
    free(tests);
    free(seeds);
    free(names);
    return failed;
}
