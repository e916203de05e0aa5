#include "sync/consider.h"

#include "base/clock.h"
#include "base/log.h"
#include "sync/diff.h"
#include "sync/filter.h"
#include "sync/ident.h"
#include "sync/judge.h"

#include "base/banned.h"

enum { MAX_FILES = 100000, MAX_QUESTIONS = 12 };

struct look { /* one repo being looked at */
    const struct hs_consider *ctx;
    const struct hs_candidate *candidate;
    struct hs_repo_plan *plan;
    struct hs_facts facts;
    const char *skip_reason; /* finer than the table's "filtered" */
    struct hs_diff diff;
    struct hs_loss loss;
    bool has_detail, has_target_detail;
    struct hs_err err;
};

const char *hs_repo_mark(struct hub_pool *pool, const struct hs_repo *repo)
{
    if (*repo->head)
        return repo->head;
    if (repo->modified_ms)
        return hub_pool_printf(pool, "%lld", (long long)repo->modified_ms);
    return "";
}

struct hs_link hs_plan_link(const struct hs_repo_plan *plan)
{
    return (struct hs_link){plan->rule_name, plan->from_hub, plan->from_repo, plan->hub, plan->repo};
}

/* ---- unchanged by marks alone ---- */
static bool is_same_mark(const struct hs_repo *now, const char *head, int64_t modified_ms)
{
    if (*now->head)
        return strcmp(now->head, head) == 0;
    return now->modified_ms && now->modified_ms == modified_ms;
}

static bool is_in_step(struct look *look)
{
    const struct hs_consider *ctx = look->ctx;
    const struct hs_candidate *c = look->candidate;
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_baseline_row row;
    HS_ERR(ignored);

    if (!ctx->store || !c->source || !c->target || *c->revision)
        return false;
    if (hs_store_baseline_get(ctx->store, &look->plan->pool, &link, false, &row, &ignored) < 0)
        return false;
    return strcmp(row.settings, ctx->settings) == 0 &&
           is_same_mark(c->source, row.from.head, row.from.modified_ms) &&
           is_same_mark(c->target, row.to.head, row.to.modified_ms) &&
           (!ctx->rule->schedule.rescan_ms || ctx->now_ms - row.made_ms < ctx->rule->schedule.rescan_ms);
}

/* ---- a side that has not moved ---- */
/* A folder has no mark, so its partner's files are looked at whenever the folder is; while the
 * partner's own mark has not moved, what the baseline remembers of it is what is there. */
static bool recall_side(struct look *look, bool is_from)
{
    const struct hs_consider *ctx = look->ctx;
    struct hs_repo_plan *plan = look->plan;
    const struct hs_repo *listed = is_from ? look->candidate->source : look->candidate->target;
    struct hs_listing *seen = is_from ? &plan->from_files : &plan->to_files;
    struct hs_listing *all = is_from ? &plan->from_all : &plan->to_all;
    struct hs_link link = hs_plan_link(plan);
    const struct hs_side_row *side;
    struct hs_baseline_row row;
    HS_ERR(ignored);

    if (!ctx->store || !listed || *look->candidate->revision || (is_from ? ctx->from : ctx->to)->gate.is_local ||
        !(is_from ? ctx->to : ctx->from)->gate.is_local)
        return false;
    if (hs_store_baseline_get(ctx->store, &plan->pool, &link, true, &row, &ignored) < 0)
        return false;
    side = is_from ? &row.from : &row.to;
    if (strcmp(row.settings, ctx->settings) != 0 || !is_same_mark(listed, side->head, side->modified_ms) ||
        ctx->now_ms - row.made_ms >= ctx->rule->schedule.rescan_ms)
        return false;
    *seen = (struct hs_listing){.pool = &plan->pool, .is_complete = true, .head = side->head, .branch = "", .why = ""};
    for (size_t i = 0; i < side->n_files; i++)
        *hs_vec_add(&seen->files) = (struct hs_file){.path = side->files[i].path,
                                                     .sha256 = side->files[i].sha256,
                                                     .git_sha1 = side->files[i].git_sha1,
                                                     .etag = "",
                                                     .file_bytes = side->files[i].file_bytes};
    hs_listing_finish(seen);
    *all = *seen;
    all->files.items = NULL; /* the seen ones are all that is known */
    all->files.n = all->files.room = 0;
    return true;
}

/* A repo that was skipped for its content stays skipped while nothing moved. */
static const char *old_verdict(struct look *look)
{
    const struct hs_consider *ctx = look->ctx;
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_verdict_row row;
    const char *mark;
    HS_ERR(ignored);

    if (!ctx->store || !look->candidate->source)
        return NULL;
    mark = hs_repo_mark(&look->plan->pool, look->candidate->source);
    if (!*mark || hs_store_verdict_get(ctx->store, &look->plan->pool, &link, &row, &ignored) < 0)
        return NULL;
    if (strcmp(row.settings, ctx->settings) != 0 || strcmp(row.from_mark, mark) != 0)
        return NULL;
    if (ctx->rule->schedule.rescan_ms && ctx->now_ms - row.made_ms >= ctx->rule->schedule.rescan_ms)
        return NULL;
    return row.reason;
}

static void keep_verdict(struct look *look, const char *reason)
{
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_verdict_row row = {.reason = reason,
                                 .from_mark = hs_repo_mark(&look->plan->pool, &look->plan->source),
                                 .to_mark = "",
                                 .settings = look->ctx->settings,
                                 .made_ms = look->ctx->now_ms};
    HS_ERR(ignored);

    if (look->ctx->store)
        (void)hs_store_verdict_put(look->ctx->store, &link, &row, &ignored);
}

/* ---- questions ---- */
static enum hs_j_sight sight_of(const struct hs_session *s, const struct hs_repo *repo, bool is_asked)
{
    if (s->gate.is_local)
        return J_SEEN_LOCAL;
    switch (repo->visibility) {
    case HUB_PUBLIC:
        return J_SEEN_PUBLIC;
    case HUB_INTERNAL:
    case HUB_PRIVATE:
        return J_SEEN_PRIVATE;
    default:
        return is_asked ? J_SEEN_PRIVATE : J_SEEN_NOT;
    }
}

/* The detail call's answer is kept with the repo's change mark. */
static int detail(struct look *look, struct hs_session *s, struct hs_repo *repo)
{
    const struct hs_consider *ctx = look->ctx;
    struct hub_pool *pool = &look->plan->pool;
    const char *mark = hs_repo_mark(pool, repo);
    struct hs_repo_row row;
    struct hs_repo asked;
    HS_ERR(ignored);
    int r;

    if (ctx->store && *mark &&
        hs_store_repo_get(ctx->store, pool, s->conf->name, repo->id, &row, &ignored) == 0 &&
        strcmp(row.mark, mark) == 0 && ctx->now_ms - row.seen_ms < ctx->rule->schedule.rescan_ms) {
        repo->visibility = row.visibility;
        repo->gated = row.gated;
        repo->weights = row.weights;
        repo->license = *row.license ? row.license : repo->license;
        repo->stable_id = *row.stable_id ? row.stable_id : repo->stable_id;
        return 0;
    }
    look->plan->requests++;
    r = hs_ask_repo(s, ctx->loop, pool, repo->id, &asked, &look->err);
    if (r < 0)
        return r;
    repo->visibility = asked.visibility ? asked.visibility : repo->visibility;
    repo->gated = asked.gated ? asked.gated : repo->gated;
    repo->weights = asked.weights ? asked.weights : repo->weights;
    repo->license = *asked.license ? asked.license : repo->license;
    repo->stable_id = *asked.stable_id ? asked.stable_id : repo->stable_id;
    repo->branch = *asked.branch ? asked.branch : repo->branch;
    repo->clone_url = *asked.clone_url ? asked.clone_url : repo->clone_url;
    row = (struct hs_repo_row){.hub = s->conf->name,
                               .id = repo->id,
                               .stable_id = repo->stable_id,
                               .mark = mark,
                               .license = repo->license,
                               .visibility = repo->visibility,
                               .gated = repo->gated,
                               .weights = repo->weights,
                               .seen_ms = ctx->now_ms,
                               .last_public_ms = repo->visibility == HUB_PUBLIC ? ctx->now_ms : 0};
    if (ctx->store && *mark)
        (void)hs_store_repo_put(ctx->store, &row, &ignored);
    return 0;
}

static void note_source(struct look *look)
{
    struct hs_repo *source = &look->plan->source;

    look->facts.source_sight = sight_of(look->ctx->from, source, look->has_detail);
    look->facts.gated = source->gated == HUB_YES ? J_GATED : J_OPEN;
    if (look->ctx->rule->select.only_public && look->facts.source_sight == J_SEEN_PRIVATE) {
        look->facts.select = J_FILTERED;
        look->skip_reason = "private";
    }
}

static int ask_source(struct look *look)
{
    int r = detail(look, look->ctx->from, &look->plan->source);

    look->has_detail = true;
    if (r == 0)
        note_source(look);
    return r;
}

static int ask_target(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    int r;

    if (look->facts.target == J_PRESENT) {
        r = detail(look, look->ctx->to, &plan->target);
        look->has_target_detail = true;
        look->facts.target_sight = sight_of(look->ctx->to, &plan->target, true);
        return r;
    }
    plan->requests++;
    r = hs_ask_repo(look->ctx->to, look->ctx->loop, &plan->pool, plan->repo, &plan->target, &look->err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(&look->err);
        plan->target = (struct hs_repo){.id = plan->repo, .head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};
        look->facts.target = J_ABSENT;
        return 0;
    }
    if (r < 0)
        return r;
    plan->target_exists = true;
    look->facts.target = J_PRESENT;
    look->has_target_detail = true;
    look->facts.target_sight = sight_of(look->ctx->to, &plan->target, true);
    return 0;
}

/* ---- files ---- */
static const struct hs_file *find_same_object(const struct hs_listing *in, const struct hs_file *file,
                                              struct hs_map *by_sha)
{
    if (!*file->sha256)
        return NULL;
    if (!by_sha->n)
        for (size_t i = 0; i < in->files.n; i++)
            if (*in->files.items[i].sha256)
                (void)hs_map_put(by_sha, in->files.items[i].sha256, (void *)&in->files.items[i]);
    return hs_map_get(by_sha, file->sha256);
}

static enum hs_j_files files_state(const struct hs_listing *all, const struct hs_listing *seen)
{
    if (!all->is_complete)
        return J_INCOMPLETE;
    return seen->files.n > MAX_FILES ? J_TOO_MANY : J_COMPLETE;
}

static int read_source(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_consider *ctx = look->ctx;
    size_t n_links;
    int r;

    plan->listed_ms = hs_now_ms();
    if (recall_side(look, true)) {
        plan->from_recalled = true;
        look->facts.source_files = J_COMPLETE;
        return 0;
    }
    plan->requests += 2;
    r = hs_ask_files(ctx->from, ctx->loop, &plan->pool, &plan->source, look->candidate->revision,
                     &plan->from_all, &look->err);
    if (r < 0)
        return r;
    hs_filter_files(ctx->rule, &plan->from_all, &plan->from_files, &n_links);
    look->facts.source_files = files_state(&plan->from_all, &plan->from_files);
    if (n_links)
        hs_logf(HS_LOG_INFO, "links_left_out", "%s:%s has %zu links or submodules; they are not copied",
                plan->from_hub, plan->from_repo, n_links);
    if (look->facts.source_files == J_COMPLETE) {
        const char *reason = hs_filter_content(ctx->rule, &plan->from_all);
        if (*reason) {
            look->facts.select = J_FILTERED;
            look->skip_reason = reason;
            keep_verdict(look, reason);
        }
    }
    return 0;
}

static bool is_compared(void *ctx, const struct hs_file *file)
{
    struct look *look = ctx;
    const struct hs_file *other = hs_listing_find(&look->plan->from_files, file->path);

    return other && other->file_bytes == file->file_bytes;
}

static bool is_source_file(void *ctx, const struct hs_file *file)
{
    (void)ctx;
    (void)file;
    return true;
}

static bool was_not_empty(struct look *look)
{
    uint64_t n = 0;
    char *what = hub_pool_printf(&look->plan->pool, "files %s", look->plan->repo);
    HS_ERR(ignored);

    return look->ctx->store && what &&
           hs_store_count_get(look->ctx->store, look->plan->hub, what, &n, &ignored) == 0 && n > 0;
}

static int read_target(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_consider *ctx = look->ctx;
    size_t n_links;
    int r;

    if (recall_side(look, false)) {
        look->facts.target_files = J_COMPLETE;
        return 0;
    }
    plan->requests += 2;
    r = hs_ask_files(ctx->to, ctx->loop, &plan->pool, &plan->target, "", &plan->to_all, &look->err);
    if (r < 0)
        return r;
    hs_filter_files(ctx->rule, &plan->to_all, &plan->to_files, &n_links);
    if (*plan->to_all.branch)
        plan->target.branch = plan->to_all.branch;
    look->facts.target_files = files_state(&plan->to_all, &plan->to_files);
    return 0;
}

/* Empty where it was not: no absence is believed. Also at first sight, where the target has files. */
static void suspect_empty(struct look *look)
{
    const struct hs_repo_plan *plan = look->plan;

    if (look->candidate->has_allow || look->facts.target != J_PRESENT)
        return;
    if (look->facts.target_files == J_COMPLETE && !plan->to_files.files.n && was_not_empty(look))
        look->facts.target_files = J_SUSPECT;
    if (look->facts.source_files == J_COMPLETE && !plan->from_files.files.n && plan->to_files.files.n)
        look->facts.source_files = J_SUSPECT;
}

/* ---- templates ---- */
static bool can_be_site_made(const char *path)
{
    return strcmp(path, "README.md") == 0 || strcmp(path, "LICENSE") == 0;
}

static void leave_out(struct hs_listing *listing, const char *path)
{
    struct hs_file *file = (struct hs_file *)hs_listing_find(listing, path);
    size_t at;

    if (!file)
        return;
    at = (size_t)(file - listing->files.items);
    memmove(file, file + 1, (listing->files.n - at - 1) * sizeof *file);
    listing->files.n--;
}

static int drop_templates(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_source source = {look->ctx->from, &plan->source, plan->from_all.head};
    static const char *const paths[] = {"README.md", "LICENSE"};
    int r = 0;

    for (size_t i = 0; r == 0 && i < 2 && !look->ctx->rule->readme.copy_templates; i++) {
        const struct hs_file *file = hs_listing_find(&plan->from_files, paths[i]);
        const struct hs_file *other = hs_listing_find(&plan->to_files, paths[i]);
        bool is_made = false;
        if (!file || !can_be_site_made(file->path) || (other && hs_ident_compare(file, other) == HS_SAME))
            continue;
        r = hs_learn_site_made(look->ctx->learn, &source, file, &is_made, &look->err);
        if (r == 0 && is_made) { /* as if neither side had it */
            leave_out(&plan->from_files, paths[i]);
            leave_out(&plan->to_files, paths[i]);
        }
    }
    return r;
}

static int compare(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_source from = {look->ctx->from, &plan->source, plan->from_all.head};
    struct hs_source to = {look->ctx->to, &plan->target, plan->to_all.head};
    int r = hs_learn_local(look->ctx->learn, &from, &plan->from_files, is_source_file, look, &look->err);

    if (r == 0 && plan->target_exists)
        r = hs_learn_local(look->ctx->learn, &to, &plan->to_files, is_compared, look, &look->err);
    if (r == 0)
        r = drop_templates(look);
    if (r == 0 && plan->target_exists)
        r = hs_learn_pairs(look->ctx->learn, &from, &plan->from_files, &plan->to_files, &look->err);
    if (r == 0)
        hs_diff_make(&plan->from_files, &plan->to_files, &look->diff);
    return r;
}

static enum hs_j_loss weigh_loss(const struct look *look)
{
    const struct hs_rule *rule = look->ctx->rule;
    const struct hs_loss *loss = &look->loss;

    if (!loss->deletes || !rule->del.files_extra)
        return J_NO_LOSS;
    if (look->candidate->has_allow)
        return loss->deletes <= look->candidate->allow_deletes ? J_LOSS_OK : J_LOSS_REFUSED;
    if (rule->del.max_files && loss->net_files > rule->del.max_files)
        return J_LOSS_FILES;
    if (rule->del.max_bytes && loss->net_bytes > rule->del.max_bytes)
        return J_LOSS_BYTES;
    if (rule->del.max_percent && loss->target_files >= 10 && loss->net_percent > rule->del.max_percent)
        return J_LOSS_PERCENT;
    if ((rule->del.max_files && *look->ctx->net_files + loss->net_files > rule->del.max_files) ||
        (rule->del.max_bytes && *look->ctx->net_bytes + loss->net_bytes > rule->del.max_bytes))
        return J_LOSS_RUN;
    return J_LOSS_OK;
}

static int read_files(struct look *look)
{
    int r = 0;

    if (look->facts.source_files == J_NOT_READ)
        r = read_source(look);
    if (r < 0 || look->facts.source_files != J_COMPLETE || look->facts.select == J_FILTERED)
        return r;
    if (look->facts.target == J_PRESENT)
        r = read_target(look);
    else
        look->facts.target_files = J_COMPLETE;
    if (r == 0)
        suspect_empty(look);
    if (r < 0 || look->facts.source_files != J_COMPLETE || look->facts.target_files != J_COMPLETE)
        return r;
    r = compare(look);
    if (r < 0)
        return r;
    look->loss = hs_diff_loss(&look->diff, look->plan->to_files.files.n);
    look->facts.loss = weigh_loss(look);
    return 0;
}

/* ---- actions ---- */
static void add_put(struct look *look, const struct hs_diff_row *row, const char *reason,
                    const char *from, struct hs_map *by_sha)
{
    bool has = find_same_object(&look->plan->to_all, row->from, by_sha) != NULL;

    *hs_vec_add(&look->plan->actions) = (struct hs_action){
        .op = has ? HS_OP_REUSE : HS_OP_PUT,
        .path = row->from->path,
        .reason = reason,
        .from = from,
        .file_bytes = row->from->file_bytes,
        .sha256 = row->from->sha256,
        .file = row->from,
        .old = row->to,
    };
}

static void add_delete(struct look *look, const struct hs_diff_row *row)
{
    if (!look->ctx->rule->del.files_extra || hs_diff_is_kept(row->to->path))
        return;
    *hs_vec_add(&look->plan->actions) = (struct hs_action){
        .op = HS_OP_DELETE,
        .path = row->to->path,
        .reason = "extra",
        .from = "",
        .file_bytes = row->to->file_bytes,
        .sha256 = row->to->sha256,
        .old = row->to,
    };
}

static int add_create(struct look *look, const char *from)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_rule *rule = look->ctx->rule;
    int r = 0;

    if (!look->ctx->from->gate.is_local && !look->has_detail)
        r = ask_source(look);
    if (r < 0)
        return r;
    plan->create_visibility = HUB_PRIVATE; /* unless the source is known to be public */
    if (!rule->create.is_private && look->facts.source_sight == J_SEEN_PUBLIC)
        plan->create_visibility = HUB_PUBLIC;
    else if (!rule->create.is_private && plan->source.visibility == HUB_INTERNAL)
        plan->create_visibility = HUB_INTERNAL;
    plan->create_license = plan->source.license;
    if (strcmp(rule->create.license, "map") != 0 && strcmp(rule->create.license, "keep") != 0)
        plan->create_license = rule->create.license;
    *hs_vec_add(&plan->actions) = (struct hs_action){
        .op = HS_OP_CREATE_REPO, .path = "", .reason = "missing", .from = from, .sha256 = ""};
    return 0;
}

static void count_commits(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    uint64_t n = plan->actions.n - (plan->actions.n && plan->actions.items[0].op == HS_OP_CREATE_REPO);
    uint64_t items = look->ctx->to->limits.commit_items;

    plan->commits = !n ? 0 : items ? (n + items - 1) / items : 1;
    plan->requests += n + plan->commits;
}

static int build_actions(struct look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_map by_sha = {NULL, 0, 0};
    char *from = hub_pool_printf(&plan->pool, "%s:%s%s%s", plan->from_hub, plan->from_repo,
                                 *plan->from_all.head ? "@" : "", plan->from_all.head);
    int r = plan->target_exists ? 0 : add_create(look, from);

    for (size_t i = 0; r == 0 && i < look->diff.rows.n; i++) {
        const struct hs_diff_row *row = &look->diff.rows.items[i];
        if (row->kind == HS_DIFF_MISSING)
            add_put(look, row, "missing", from, &by_sha);
        else if (row->kind == HS_DIFF_CHANGED)
            add_put(look, row, "changed", from, &by_sha);
        else if (row->kind == HS_DIFF_UNKNOWN)
            add_put(look, row, "unknown", from, &by_sha);
    }
    for (size_t i = 0; r == 0 && i < look->diff.rows.n; i++)
        if (look->diff.rows.items[i].kind == HS_DIFF_EXTRA)
            add_delete(look, &look->diff.rows.items[i]);
    hs_map_clear(&by_sha);
    count_commits(look);
    if (look->facts.loss == J_LOSS_OK && !look->candidate->has_allow) {
        *look->ctx->net_files += look->loss.net_files;
        *look->ctx->net_bytes += look->loss.net_bytes;
    }
    plan->verdict = plan->actions.n ? HS_PLAN_ACT : HS_PLAN_UNCHANGED;
    return r;
}

/* ---- the loop of questions ---- */
static const char *explain(struct look *look, const struct hs_judgement *j)
{
    struct hub_pool *pool = &look->plan->pool;

    if (look->facts.name == J_NAME_BAD && !strcmp(j->reason, "name"))
        return look->candidate->bad_name;
    if (look->facts.source_files == J_INCOMPLETE)
        return hub_pool_printf(pool, "%s: %s", j->words, look->plan->from_all.why);
    if (look->facts.target_files == J_INCOMPLETE)
        return hub_pool_printf(pool, "%s: %s", j->words, look->plan->to_all.why);
    if (strncmp(j->reason, "brake_", 6) == 0)
        return hub_pool_printf(pool,
                               "%s: %llu deletions, net loss %llu of %llu files (%llu %%), %llu bytes; to allow it once: run --allow-delete %s=%llu",
                               j->words, (unsigned long long)look->loss.deletes,
                               (unsigned long long)look->loss.net_files,
                               (unsigned long long)look->loss.target_files,
                               (unsigned long long)look->loss.net_percent,
                               (unsigned long long)look->loss.net_bytes, look->plan->repo,
                               (unsigned long long)look->loss.deletes);
    return j->words;
}

static int answer(struct look *look, const struct hs_judgement *j, bool *is_over)
{
    struct hs_repo_plan *plan = look->plan;

    *is_over = false;
    switch (j->action) {
    case J_ASK_SOURCE:
        return ask_source(look);
    case J_ASK_TARGET:
        return ask_target(look);
    case J_READ_FILES:
        return read_files(look);
    case J_SKIP:
        plan->verdict = HS_PLAN_SKIP;
        plan->reason = look->skip_reason && !strcmp(j->reason, "filtered") ? look->skip_reason : j->reason;
        plan->message = j->words;
        break;
    case J_BLOCK:
        plan->verdict = HS_PLAN_BLOCK;
        plan->reason = j->reason;
        plan->message = explain(look, j);
        break;
    case J_SYNC:
        *is_over = true;
        return build_actions(look);
    }
    *is_over = true;
    return 0;
}

static void look_at(struct look *look)
{
    bool is_over = false;
    int r = 0;

    for (int i = 0; r == 0 && !is_over && i < MAX_QUESTIONS; i++) {
        struct hs_judgement j = hs_judge(&look->facts);
        r = answer(look, &j, &is_over);
    }
    if (r == 0 && !is_over)
        r = hs_fail(&look->err, HUB_EBUG, "%s:%s: no decision", look->plan->from_hub, look->plan->from_repo);
    if (r < 0) {
        look->plan->verdict = HS_PLAN_FAIL;
        look->plan->status = r;
        look->plan->message = hub_pool_strdup(&look->plan->pool, hs_err_text(&look->err));
    }
}

static struct hs_repo copy_of(const struct hs_repo *repo, const char *id)
{
    struct hs_repo none = {.id = id, .head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};

    return repo ? *repo : none;
}

static void start(struct look *look)
{
    const struct hs_consider *ctx = look->ctx;
    const struct hs_candidate *c = look->candidate;
    struct hs_repo_plan *plan = look->plan;

    plan->rule = ctx->rule;
    plan->rule_name = ctx->rule_name;
    plan->from = ctx->from;
    plan->to = ctx->to;
    plan->hub = ctx->to->conf->name;
    plan->from_hub = ctx->from->conf->name;
    plan->repo = hub_pool_strdup(&plan->pool, c->target_id);
    plan->from_repo = hub_pool_strdup(&plan->pool, c->source_id);
    plan->reason = plan->message = "";
    plan->source = copy_of(c->source, plan->from_repo);
    plan->target = copy_of(c->target, plan->repo);
    plan->target_exists = c->target != NULL;
    plan->from_all = plan->to_all = plan->from_files = plan->to_files =
        (struct hs_listing){.pool = &plan->pool, .head = "", .branch = "", .why = ""};
    look->facts.source = c->source ? J_LISTED : J_VANISHED;
    look->facts.asked = ctx->is_by_name ? J_BY_NAME : J_BY_RULE;
    look->facts.name = c->bad_name ? J_NAME_BAD : J_NAME_OK;
    look->facts.target = c->target ? J_PRESENT : J_UNCLEAR;
    look->facts.create = ctx->rule->create.repos ? J_MAY_CREATE : J_MAY_NOT;
    look->facts.source_files = look->facts.target_files = J_NOT_READ;
    look->facts.target_sight = c->target ? sight_of(ctx->to, c->target, false) : J_SEEN_NOT;
    if (c->source)
        note_source(look);
}

void hs_consider_repo(const struct hs_consider *ctx, const struct hs_candidate *candidate,
                      struct hs_repo_plan *plan)
{
    struct look look = {.ctx = ctx, .candidate = candidate, .plan = plan};
    const char *reason;

    start(&look);
    reason = candidate->source ? hs_filter_repo(ctx->rule, candidate->source, ctx->now_ms) : "";
    if (*reason) {
        look.facts.select = J_FILTERED;
        look.skip_reason = reason;
    } else if (!candidate->bad_name && is_in_step(&look)) {
        plan->verdict = HS_PLAN_UNCHANGED;
        plan->from_unchanged = true;
        return;
    } else if ((reason = old_verdict(&look)) != NULL) {
        plan->verdict = HS_PLAN_SKIP;
        plan->reason = reason;
        return;
    }
    look_at(&look);
    hs_diff_clear(&look.diff);
    hs_err_clear(&look.err);
}
