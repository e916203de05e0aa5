#include "model_rules.h"

#include <string.h>

enum { DONE = 0, BLOCKED = 6, HELD = 9, NOBODY = -1 };

/* Net: what comes to a side makes up for what goes from it. */
static int loss(const struct model_repo *was, const struct model_repo *is, int side)
{
    int n = 0;

    for (int p = 0; p < MODEL_PATHS; p++)
        n += (was->now[side][p] != 0) - (is->now[side][p] != 0);
    return n > 0 ? n : 0;
}

/* A deletion travels only where the rule says so, and a README's never does. */
static void send(const struct model_rule *rule, struct model_repo *r, int from, int p)
{
    int to = 1 - from;

    if (r->now[from][p] == r->now[to][p] || (!r->now[from][p] && (!rule->may_delete || p == MODEL_README)))
        return;
    r->now[to][p] = r->now[from][p];
    r->moved[to] = r->edited[to][p] = 1 + (r->moved[0] > r->moved[1] ? r->moved[0] : r->moved[1]);
}

static void copy(const struct model_rule *rule, struct model_repo *r, int from)
{
    for (int p = 0; p < MODEL_PATHS; p++)
        send(rule, r, from, p);
    r->is_there[1 - from] = true;
    memcpy(r->then, r->now, sizeof r->then);
}

/* Both sides have their own idea of it. */
static int winner(const struct model_rule *rule, const struct model_repo *r, int p)
{
    bool is_on_both = r->now[0][p] && r->now[1][p];
    const long when[2] = {is_on_both ? r->edited[0][p] : r->moved[0], is_on_both ? r->edited[1][p] : r->moved[1]};

    if (rule->conflict == MODEL_PREFER)
        return rule->lead;
    return rule->conflict == MODEL_HOLD ? NOBODY : when[0] > when[1] ? 0 : 1;
}

/* Whose state of a path that differs is the one to have. */
static int side_to_follow(const struct model_rule *rule, const struct model_repo *r, int p)
{
    bool is_kept[2] = {r->now[0][p] == r->then[0][p], r->now[1][p] == r->then[1][p]};
    int lacks = !r->now[0][p] ? 0 : 1, has = 1 - lacks;

    if (r->now[lacks][p]) /* on both */
        return is_kept[0] ? 1 : is_kept[1] ? 0 : winner(rule, r, p);
    if (!r->then[has][p]) /* new there */
        return has;
    return is_kept[has] ? lacks : winner(rule, r, p);
}

static int merge(const struct model_rule *rule, struct model_repo *r)
{
    const struct model_repo was = *r; /* times of the run's own writes decide nothing */
    int code = DONE;

    for (int p = 0; p < MODEL_PATHS; p++) {
        int from = r->now[0][p] == r->now[1][p] ? 0 : side_to_follow(rule, &was, p);

        if (from == NOBODY) {
            code = HELD;
            continue;
        }
        send(rule, r, from, p);
        r->then[0][p] = r->now[0][p];
        r->then[1][p] = r->now[1][p];
    }
    return code;
}

int model_run(const struct model_rule *rule, struct model_repo *repo)
{
    const struct model_repo was = *repo;
    bool is_both = repo->is_there[0] && repo->is_there[1];
    int lead = rule->type == MODEL_ONE_WAY ? 0 : rule->lead, code = DONE;
    bool is_gone = rule->type == MODEL_THREE_WAY ? !is_both : !repo->is_there[lead];

    if (!repo->is_there[0] && !repo->is_there[1]) {
        repo->is_known = false;
        return DONE;
    }
    if (is_gone && repo->is_known)
        return BLOCKED; /* deleted there: never copied back, and kept here */
    if (is_gone && rule->type == MODEL_ONE_WAY)
        return DONE; /* none of the rule's */
    if (rule->type == MODEL_THREE_WAY && is_both)
        code = merge(rule, repo);
    else
        copy(rule, repo, is_gone ? (repo->is_there[0] ? 0 : 1) : lead);
    repo->is_known = true;
    if (rule->max_files && loss(&was, repo, 0) + loss(&was, repo, 1) > rule->max_files) {
        *repo = was;
        return BLOCKED;
    }
    return code;
}
