#include "sync/consider.h"

#include "sync/base.h"
#include "sync/filter.h"
#include "sync/look.h"

#include "base/banned.h"

enum { MAX_QUESTIONS = 12 };

static const char *by_hand(struct hs_look *look)
{
    const char *text = hs_session_manual(look->ctx->to, &look->plan->pool, HUB_DELETE_REPO, look->plan->repo);

    return text ? text : hub_pool_printf(&look->plan->pool, "delete %s on the site of %s", look->plan->repo, look->plan->hub);
}

static const char *explain(struct hs_look *look, const struct hs_judgement *j)
{
    struct hub_pool *pool = &look->plan->pool;

    if (look->facts.name == J_NAME_BAD && !strcmp(j->reason, "name"))
        return look->candidate->bad_name;
    if (strcmp(j->alert, "delete_manual") == 0)
        return hub_pool_printf(pool, "%s: %s", j->words, by_hand(look));
    if (strcmp(j->alert, "source_vanished") == 0 && look->facts.mirror == J_MIRROR_REPOS)
        return hub_pool_printf(pool, "%s (gone for %lld s, in %llu scans; delete.grace: %lld s, %llu scans)", j->words,
                               (long long)(look->candidate->absent_ms / 1000),
                               (unsigned long long)look->candidate->absent_scans,
                               (long long)(look->ctx->rule->del.grace_ms / 1000),
                               (unsigned long long)look->ctx->rule->del.grace_scans);
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

static int answer(struct hs_look *look, const struct hs_judgement *j, bool *is_over)
{
    struct hs_repo_plan *plan = look->plan;

    *is_over = false;
    switch (j->action) {
    case J_ASK_SOURCE:
        return hs_look_ask_source(look);
    case J_ASK_TARGET:
        return hs_look_ask_target(look);
    case J_READ_FILES:
        return hs_look_read_files(look);
    case J_PROVE:
        return hs_look_prove(look);
    case J_DELETE_REPO:
        *is_over = true;
        return hs_look_delete_repo(look);
    case J_FORGET:
        plan->is_forgotten = true;
        plan->verdict = HS_PLAN_SKIP;
        plan->reason = j->reason;
        plan->message = j->words;
        break;
    case J_SKIP:
        plan->verdict = HS_PLAN_SKIP;
        plan->reason = look->skip_reason && !strcmp(j->reason, "filtered") ? look->skip_reason : j->reason;
        plan->message = explain(look, j);
        break;
    case J_BLOCK:
        plan->verdict = HS_PLAN_BLOCK;
        plan->reason = j->reason;
        plan->message = explain(look, j);
        break;
    case J_TURN:
        plan->verdict = HS_PLAN_TURN;
        break;
    case J_SYNC:
    case J_MERGE:
        *is_over = true;
        plan->from_unchanged = look->is_in_step;
        if (look->is_in_step)
            return 0;
        return j->action == J_MERGE ? hs_look_merge(look) : hs_look_actions(look);
    }
    *is_over = true;
    return 0;
}

/* What is open while the row decides, whatever becomes of the repo. */
static void take_alert(struct hs_look *look, const struct hs_judgement *j)
{
    struct hs_repo_plan *plan = look->plan;

    if (j->action == J_MERGE && *plan->alert)
        return; /* of a conflict */
    plan->alert = j->alert;
    plan->alert_message = *j->alert && *plan->message ? plan->message : j->words;
}

static void look_at(struct hs_look *look)
{
    bool is_over = false;
    int r = 0;

    for (int i = 0; r == 0 && !is_over && i < MAX_QUESTIONS; i++) {
        struct hs_judgement j = hs_judge(&look->facts);
        r = answer(look, &j, &is_over);
        if (r == 0 && is_over)
            take_alert(look, &j);
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

static enum hs_j_role role_of(enum hs_direction direction)
{
    switch (direction) {
    case HS_IF_ALONE:
        return J_IF_ALONE;
    case HS_BOTH:
        return J_MERGES;
    default:
        return J_LEADS;
    }
}

/* It came to the authority from the other side, and not all of it has arrived. */
static bool is_filling(const struct hs_look *look)
{
    struct hs_link link = hs_plan_link(look->plan);

    return hs_base_is_filling(look->ctx->store, look->ctx->rule, &link);
}

static void start(struct hs_look *look)
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
    plan->renamed_from = c->renamed_from ? hub_pool_strdup(&plan->pool, c->renamed_from) : "";
    plan->reason = plan->message = plan->alert = plan->alert_message = "";
    plan->source = copy_of(c->source, plan->from_repo);
    plan->target = copy_of(c->target, plan->repo);
    plan->target_exists = c->target != NULL;
    plan->from_all = plan->to_all = plan->from_files = plan->to_files =
        (struct hs_listing){.pool = &plan->pool, .head = "", .branch = "", .why = ""};
    look->facts.source = c->source ? J_LISTED : J_VANISHED;
    look->facts.asked = ctx->is_by_name ? J_BY_NAME : J_BY_RULE;
    look->facts.name = c->bad_name ? J_NAME_BAD : J_NAME_OK;
    look->facts.target = c->target ? J_PRESENT : J_UNCLEAR;
    look->facts.role = role_of(c->direction);
    if (look->facts.role == J_LEADS && is_filling(look))
        look->facts.role = J_IF_ALONE;
    look->facts.create = !ctx->rule->create.repos ? J_MAY_NOT : ctx->rule->create.is_private ? J_PRIVATELY : J_MAY_CREATE;
    look->facts.source_files = look->facts.target_files = J_NOT_READ;
    look->facts.target_sight = c->target ? hs_look_sight(ctx->to, c->target, false) : J_SEEN_NOT;
    if (c->source)
        hs_look_note_source(look);
    else
        hs_look_start_gone(look);
}

/* A vanished repo is known by its name alone. */
static const char *filter_out(const struct hs_consider *ctx, const struct hs_candidate *c)
{
    return c->source ? hs_filter_repo(ctx->rule, c->source, ctx->now_ms) : hs_filter_name(ctx->rule, c->source_id);
}

/* What is remembered and needs no question. True: it is skipped as before. */
static bool recall(struct hs_look *look)
{
    const struct hs_candidate *c = look->candidate;
    const char *reason = filter_out(look->ctx, c);

    if (*reason) {
        look->facts.select = J_FILTERED;
        look->skip_reason = reason;
    } else if (!c->bad_name && hs_look_in_step(look)) {
        look->is_in_step = true; /* so far as the files go */
        look->facts.source_files = look->facts.target_files = J_COMPLETE;
    } else if ((reason = hs_look_old_verdict(look)) != NULL) {
        look->plan->verdict = HS_PLAN_SKIP;
        look->plan->reason = reason;
        return true;
    }
    return false;
}

static void decide(struct hs_look *look)
{
    look_at(look);
    hs_diff_clear(&look->diff);
    hs_err_clear(&look->err);
}

void hs_consider_repo(const struct hs_consider *ctx, const struct hs_candidate *candidate,
                      struct hs_repo_plan *plan)
{
    struct hs_look look = {.ctx = ctx, .candidate = candidate, .plan = plan};

    start(&look);
    if (!recall(&look))
        decide(&look);
}

bool hs_consider_by_marks(const struct hs_consider *ctx, const struct hs_candidate *candidate,
                          struct hs_repo_plan *plan)
{
    struct hs_look look = {.ctx = ctx, .candidate = candidate, .plan = plan};
    int action;

    start(&look);
    if (recall(&look))
        return true;
    action = hs_judge(&look.facts).action;
    if (action != J_SKIP && !(look.is_in_step && (action == J_SYNC || action == J_MERGE)))
        return false;
    decide(&look);
    return true;
}
