#include "sync/follow.h"

#include "sync/filter.h"
#include "sync/look.h"

#include "base/banned.h"

enum { MAX_QUESTIONS = 24, OBJECTS_MAX = 100, LAG_MS = 10 * 60 * 1000 };

struct eye {
    struct hs_follow *f;
    struct hs_look look;
    bool is_read_twice;
};

/* ---- what is known before anything is asked ---- */
static enum hs_m_import import_of(const struct hs_follow *f)
{
    static const enum hs_m_import words[] = {M_NONE, M_STRANGER, M_RUNNING, M_DONE, M_FAILED_KNOWN, M_FAILED_KEPT};

    return f->is_known && (size_t)f->row.state <= HS_MIRROR_KEPT ? words[f->row.state] : M_NONE;
}

static bool is_due(const struct hs_follow *f)
{
    int64_t now = f->ctx->now_ms;

    return !f->is_known || f->row.state == HS_MIRROR_RUNNING || !f->row.checked_ms || now < f->row.checked_ms ||
           now - f->row.checked_ms >= f->ctx->rule->follow.every_ms;
}

static bool is_stale(const struct hs_follow *f)
{
    int64_t since = f->row.in_step_ms ? f->row.in_step_ms : f->row.first_ms;
    int64_t limit = f->ctx->rule->follow.stale_after_ms;

    return limit && since && f->ctx->now_ms - since >= limit;
}

static enum hs_m_target target_of(enum hs_j_sight sight)
{
    if (sight == J_SEEN_NOT)
        return M_LISTED;
    return sight == J_SEEN_PRIVATE ? M_HIDDEN : M_PRESENT;
}

static void note_source(struct eye *eye, bool is_asked)
{
    const struct hs_repo *source = &eye->look.plan->source;
    enum hs_j_sight sight = hs_look_sight(eye->f->ctx->from, source, is_asked);

    if (sight == J_SEEN_PRIVATE)
        eye->f->facts.source = M_PRIVATE;
    else if (source->gated == HUB_YES)
        eye->f->facts.source = M_GATED;
    else
        eye->f->facts.source = sight == J_SEEN_NOT ? M_UNSEEN : M_PUBLIC;
}

static void filter_out(struct hs_follow *f, const char *reason)
{
    f->facts.select = M_FILTERED;
    f->reason = reason;
}

static enum hs_m_ready ready_of(const struct hs_rule *rule)
{
    if (!rule->create.repos)
        return M_MAY_NOT;
    return *rule->select.has || rule->select.max_bytes ? M_CONTENT_UNKNOWN : M_ADDRESS_UNKNOWN;
}

static void start_plan(struct hs_follow *f, struct hs_repo_plan *plan)
{
    const struct hs_candidate *c = f->candidate;
    struct hs_repo none = {.head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};

    plan->rule = f->ctx->rule;
    plan->rule_name = f->ctx->rule_name;
    plan->from = f->ctx->from;
    plan->to = f->ctx->to;
    plan->hub = f->ctx->to->conf->name;
    plan->from_hub = f->ctx->from->conf->name;
    plan->repo = hub_pool_strdup(&plan->pool, c->target_id);
    plan->from_repo = hub_pool_strdup(&plan->pool, c->source_id);
    plan->reason = plan->message = "";
    plan->source = c->source ? *c->source : none;
    plan->source.id = plan->from_repo;
    plan->target = c->target ? *c->target : none;
    plan->target.id = plan->repo;
    plan->target_exists = c->target != NULL;
    plan->from_all = plan->to_all = plan->from_files = plan->to_files =
        (struct hs_listing){.pool = &plan->pool, .head = "", .branch = "", .why = ""};
}

static void start(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    const struct hs_candidate *c = f->candidate;
    const char *reason = c->source ? hs_filter_repo(f->ctx->rule, c->source, f->ctx->now_ms) : "";
    bool is_mine = f->is_known && f->row.state != HS_MIRROR_STRANGER;

    f->facts = (struct hs_mirror_facts){
        .source = M_VANISHED,
        .select = f->ctx->rule->select.only_public ? M_ONLY_PUBLIC : M_SELECTED,
        .name = c->bad_name ? M_NAME_BAD : M_NAME_OK,
        .import = import_of(f),
        .target = c->target ? target_of(hs_look_sight(f->ctx->to, c->target, false)) : M_UNCLEAR,
        .ready = ready_of(f->ctx->rule),
        .due = is_due(f) ? M_DUE : M_NOT_DUE,
        .commit = is_mine ? M_OURS : M_COMMIT_UNKNOWN,
        .pull = f->is_known && f->row.state == HS_MIRROR_DONE && !f->row.told_ms ? M_ON : M_NOT_ASKED,
        .objects = f->row.objects == HS_OBJECTS_HELD ? M_HELD : M_NOT_CHECKED,
    };
    f->age = is_stale(f) ? M_STALE : M_FRESH;
    f->reason = f->from_head = f->address = "";
    f->progress = (struct hs_import){.message = ""};
    if (c->source)
        note_source(eye, false);
    if (*reason)
        filter_out(f, reason);
}

/* ---- questions ---- */
static int ask_source(struct eye *eye)
{
    int r = hs_look_ask_source(&eye->look);

    if (r == 0)
        note_source(eye, true);
    return r;
}

static bool is_lagging(const struct hs_follow *f)
{
    int64_t since = f->ctx->now_ms - f->row.asked_ms;

    return f->is_known && f->row.state == HS_MIRROR_RUNNING && since >= 0 && since < LAG_MS;
}

static int ask_target(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    int r;

    eye->look.facts.target = f->facts.target == M_LISTED ? J_PRESENT : J_UNCLEAR;
    r = hs_look_ask_target(&eye->look);
    if (r < 0)
        return r;
    if (eye->look.facts.target == J_PRESENT)
        f->facts.target = target_of(eye->look.facts.target_sight);
    else
        f->facts.target = is_lagging(f) ? M_LAGGING : M_ABSENT;
    return 0;
}

static int ask_content(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    const char *reason = hs_look_old_verdict(&eye->look);
    int r;

    f->facts.ready = M_ADDRESS_UNKNOWN;
    if (!reason) {
        plan->requests += 2;
        r = hs_ask_files(f->ctx->from, f->ctx->loop, &plan->pool, &plan->source, "", &plan->from_all, &eye->look.err);
        if (r < 0)
            return r;
        if (!plan->from_all.is_complete)
            return hs_fail(&eye->look.err, HUB_EPARTIAL, "%s:%s: its file listing is not complete: %s", plan->from_hub,
                           plan->from_repo, plan->from_all.why);
        reason = hs_filter_content(f->ctx->rule, &plan->from_all);
        if (*reason)
            hs_look_keep_verdict(&eye->look, reason);
    }
    if (*reason)
        filter_out(f, reason);
    return 0;
}

/* Right before an import: what was remembered of it may be old, and the address is never kept. */
static int ask_address(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    struct hs_repo asked;
    int r;

    plan->requests++;
    r = hs_ask_repo(f->ctx->from, f->ctx->loop, &plan->pool, plan->from_repo, &asked, &eye->look.err);
    if (r < 0)
        return r;
    plan->source = asked;
    plan->source.id = plan->from_repo;
    note_source(eye, true);
    f->facts.ready = M_READY;
    f->address = asked.clone_url;
    if (f->facts.source == M_PUBLIC && !*f->address)
        return hs_fail(&eye->look.err, HUB_ENOTSUP, "%s:%s: its hub tells no address to import it from", plan->from_hub,
                       plan->from_repo);
    return 0;
}

static int read_target_head(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    int r;

    if (f->to_head)
        return 0;
    plan->requests++;
    r = hs_ask_default_head(f->ctx->to, f->ctx->loop, &plan->pool, &plan->target, &f->to_head, &eye->look.err);
    if (r == HUB_ENOTFOUND) { /* some hubs have no branches to tell before the first commit */
        hs_err_clear(&eye->look.err);
        f->to_head = "";
        return 0;
    }
    return r;
}

static int read_heads(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    int r = read_target_head(eye);

    if (r < 0)
        return r;
    if (!*f->to_head) {
        f->facts.heads = M_TARGET_EMPTY;
        return 0;
    }
    plan->requests += 2;
    r = hs_ask_default_head(f->ctx->from, f->ctx->loop, &plan->pool, &plan->source, &f->from_head, &eye->look.err);
    if (r < 0)
        return r;
    if (!*f->from_head)
        f->facts.heads = M_SOURCE_EMPTY;
    else
        f->facts.heads = strcmp(f->from_head, f->to_head) == 0 ? M_EQUAL : M_DIFFER;
    return 0;
}

static int ask_commit(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    struct hs_listing files;
    bool is_blank;
    int r;

    plan->requests += 2;
    r = hs_ask_files(f->ctx->from, f->ctx->loop, &plan->pool, &plan->source, f->to_head, &files, &eye->look.err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(&eye->look.err);
        f->facts.commit = M_STRANGE;
        return 0;
    }
    if (r < 0)
        return r;
    is_blank = !files.files.n && !files.is_complete;
    hs_listing_clear(&files);
    if (is_blank)
        return hs_fail(&eye->look.err, HUB_EPARTIAL, "%s:%s: it does not tell whether %s is one of its commits",
                       plan->from_hub, plan->from_repo, f->to_head);
    f->facts.commit = M_OURS;
    return 0;
}

/* A copy that was whole once has not failed to import, whatever its last update did. */
static enum hs_m_import import_now(const struct hs_follow *f)
{
    enum hs_m_import was = f->facts.import;

    switch (f->progress.state) {
    case HUB_RUNNING:
        return M_RUNNING;
    case HUB_DONE:
        return M_DONE;
    case HUB_FAILED:
        return was == M_DONE || was == M_FAILED_KNOWN || was == M_FAILED_KEPT ? was : M_FAILED;
    default:
        return was == M_RUNNING && f->facts.heads != M_TARGET_EMPTY ? M_DONE : was;
    }
}

static int ask_progress(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    int r;

    plan->requests += 2;
    r = hs_ask_progress(f->ctx->to, f->ctx->loop, &plan->pool, &plan->target, &f->progress, &eye->look.err);
    if (r <= HUB_ENOTFOUND && r > HUB_EAUTH) { /* not for this repo or credential: the heads tell enough */
        hs_err_clear(&eye->look.err);
        f->progress = (struct hs_import){.message = ""};
    } else if (r < 0) {
        return r;
    }
    f->facts.pull = f->progress.mirror == HUB_YES ? M_ON : f->progress.mirror == HUB_NO ? M_OFF : M_NOT_TOLD;
    f->facts.import = import_now(f);
    if (f->progress.state == HUB_DONE && f->facts.heads == M_TARGET_EMPTY && !eye->is_read_twice) {
        eye->is_read_twice = true; /* it was done between the two questions */
        f->to_head = NULL;
        f->facts.heads = M_NOT_READ;
    }
    return 0;
}

static size_t pick_objects(const struct hs_listing *listing, const struct hs_file **files)
{
    size_t n = 0;

    for (size_t i = 0; i < listing->files.n && n < OBJECTS_MAX; i++) {
        const struct hs_file *file = &listing->files.items[i];
        if ((file->flags & HUB_LFS) && *file->sha256 && file->file_bytes && file->file_bytes != HUB_UNKNOWN)
            files[n++] = file;
    }
    return n;
}

static int check_objects(struct eye *eye)
{
    struct hs_follow *f = eye->f;
    struct hs_repo_plan *plan = eye->look.plan;
    const struct hs_file *files[OBJECTS_MAX];
    bool is_stored[OBJECTS_MAX] = {false};
    struct hs_listing listing;
    int r;

    f->facts.objects = M_HELD;
    if (f->is_plan || !hs_plugin_can(f->ctx->to->plugin, stored_objects))
        return 0;
    r = hs_ask_files(f->ctx->from, f->ctx->loop, &plan->pool, &plan->source, f->from_head, &listing, &eye->look.err);
    if (r < 0)
        return r;
    f->n_objects = pick_objects(&listing, files);
    r = hs_ask_objects(f->ctx->to, f->ctx->loop, &plan->target, files, f->n_objects, is_stored, &eye->look.err);
    for (size_t i = 0; r == 0 && i < f->n_objects; i++) {
        if (is_stored[i])
            continue;
        f->missing = f->missing ? f->missing : files[i]->path;
        f->n_missing++;
    }
    hs_listing_clear(&listing);
    if (f->n_missing)
        f->facts.objects = M_MISSING;
    return r;
}

static int answer(struct eye *eye)
{
    switch (eye->f->end.action) {
    case M_ASK_SOURCE:
        return ask_source(eye);
    case M_ASK_TARGET:
        return ask_target(eye);
    case M_ASK_CONTENT:
        return ask_content(eye);
    case M_ASK_ADDRESS:
        return ask_address(eye);
    case M_READ_HEADS:
        return read_heads(eye);
    case M_ASK_COMMIT:
        return ask_commit(eye);
    case M_ASK_PROGRESS:
        return ask_progress(eye);
    case M_CHECK_OBJECTS:
        return check_objects(eye);
    default:
        return 0;
    }
}

int hs_follow_look(struct hs_follow *f, struct hs_repo_plan *plan, struct hs_err *err)
{
    struct eye eye = {.f = f, .look = {.ctx = f->ctx, .candidate = f->candidate, .plan = plan}};
    int r = 0;

    start_plan(f, plan);
    start(&eye);
    for (int i = 0; r == 0 && i < MAX_QUESTIONS; i++) {
        f->end = hs_mirror_judge(&f->facts);
        if (f->end.action >= M_IMPORT)
            break;
        r = answer(&eye);
    }
    if (r == 0 && f->end.action < M_IMPORT)
        r = hs_fail(&eye.look.err, HUB_EBUG, "%s:%s: no decision", plan->from_hub, plan->from_repo);
    if (r < 0)
        hs_err_move(err, &eye.look.err);
    else if (strcmp(f->end.reason, "filtered") != 0)
        f->reason = f->end.reason;
    hs_err_clear(&eye.look.err);
    return r;
}

/* ---- what is remembered ---- */
static enum hs_mirror_state state_now(const struct hs_follow *f)
{
    switch (f->end.action) {
    case M_WAIT:
        return f->row.state == HS_MIRROR_DONE ? HS_MIRROR_DONE : HS_MIRROR_RUNNING;
    case M_IN_STEP:
    case M_BEHIND:
        return HS_MIRROR_DONE;
    case M_FAIL:
        return HS_MIRROR_FAILED;
    case M_BLOCK:
        return f->facts.commit == M_STRANGE ? HS_MIRROR_STRANGER : f->row.state;
    case M_SKIP: /* failed earlier, and still there */
        return f->row.state == HS_MIRROR_FAILED && f->facts.target != M_ABSENT && f->facts.select != M_FILTERED
                   ? HS_MIRROR_KEPT
                   : f->row.state;
    default:
        return f->row.state;
    }
}

struct hs_mirror_row hs_follow_row(const struct hs_follow *f)
{
    struct hs_mirror_row row = f->row;
    int64_t now = f->ctx->now_ms;

    row.state = state_now(f);
    if (!row.state)
        return row;
    row.first_ms = row.first_ms ? row.first_ms : now;
    if (f->facts.heads != M_NOT_READ)
        row.checked_ms = now;
    if (f->end.action == M_IN_STEP) {
        row.in_step_ms = now;
        if (f->facts.objects != M_NOT_CHECKED)
            row.objects = f->facts.objects == M_MISSING ? HS_OBJECTS_MISSING : HS_OBJECTS_HELD;
    }
    return row;
}
