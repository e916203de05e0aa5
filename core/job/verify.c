/* Two repos, or a repo and its baselines, held against each other by content. */
#include "job/engine.h"
#include "sync/base.h"
#include "sync/diff.h"
#include "sync/filter.h"
#include "sync/ident.h"
#include "sync/readme.h"

#include "base/banned.h"

struct side {
    struct hs_session *session;
    struct hs_repo repo;
    struct hs_listing all, seen;
};

void hs_verify_clear(struct hs_verify *v)
{
    if (!v)
        return;
    hs_vec_clear(&v->different);
    hs_vec_clear(&v->missing_left);
    hs_vec_clear(&v->missing_right);
    hs_vec_clear(&v->unknown);
    hub_pool_clear(&v->pool);
    memset(v, 0, sizeof *v);
}

static void clear_side(struct side *side)
{
    hs_listing_clear(&side->all);
    hs_listing_clear(&side->seen);
}

static bool are_the_two(const struct hs_verify_what *what, const char *a, const char *b)
{
    return (strcmp(a, what->left_hub) == 0 && strcmp(b, what->right_hub) == 0) ||
           (strcmp(a, what->right_hub) == 0 && strcmp(b, what->left_hub) == 0);
}

/* The rule that links the two hubs, else the defaults. */
static const struct hs_rule *rule_of(const struct hs_conf *conf, const struct hs_verify_what *what)
{
    for (size_t i = 0; i < conf->rules.n; i++) {
        const struct hs_rule *rule = &conf->rules.items[i];
        if (rule->between[0] && are_the_two(what, rule->between[0], rule->between[1]))
            return rule;
        for (size_t k = 0; k < rule->to.n; k++)
            if (are_the_two(what, rule->from, rule->to.items[k]))
                return rule;
    }
    return &conf->defaults;
}

static int read_side(struct hs_engine *engine, struct hub_pool *pool, const struct hs_rule *rule,
                     const char *hub, const char *id, const char *revision, bool is_raw,
                     struct side *side, struct hs_err *err)
{
    struct hs_retry retry = {rule->retry.attempts, rule->retry.max_wait_ms};
    size_t n_links;
    int r = hs_session_get(engine->sessions, engine->loop, hub,
                           hub_pool_strndup(pool, id, strcspn(id, "/")), &retry, &side->session, err);

    if (r == 0)
        r = hs_ask_repo(side->session, engine->loop, pool, id, &side->repo, err);
    if (r == HUB_ENOTFOUND)
        return err->status = HS_EABSENT;
    if (r == 0)
        r = hs_ask_files(side->session, engine->loop, pool, &side->repo, revision, &side->all, err);
    if (r < 0)
        return r;
    if (!side->all.is_complete)
        return hs_fail(err, HS_ESAFETY, "%s:%s: the listing is not complete: %s", hub, id, side->all.why);
    if (is_raw) {
        side->seen = side->all;
        side->all.files.items = NULL;
        side->all.files.n = side->all.files.room = 0;
    } else {
        hs_filter_files(rule, &side->all, &side->seen, &n_links);
    }
    return 0;
}

/* --deep: the bytes are read again, and what they are replaces what the listing says. */
static int read_deep(struct hs_engine *engine, struct hub_pool *pool, struct side *side,
                     struct hs_verify *out, struct hs_err *err)
{
    struct hs_source source = {side->session, &side->repo, side->all.head ? side->all.head : ""};
    size_t n = side->seen.files.n;
    struct hs_file *plain = hs_xcalloc(n + 1, sizeof *plain);
    struct hs_need *needs = hs_xcalloc(n + 1, sizeof *needs);
    int r;

    for (size_t i = 0; i < n; i++) {
        plain[i] = side->seen.files.items[i];
        plain[i].sha256 = plain[i].git_sha1 = "";
        needs[i].file = &plain[i];
    }
    r = hs_learn_sha256(&engine->learn, &source, pool, needs, n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        if (needs[i].status < 0) {
            r = hs_fail(err, needs[i].status, "%s", needs[i].why);
        } else if (hs_ident_compare(&plain[i], &side->seen.files.items[i]) == HS_DIFFERENT) {
            *hs_vec_add(&out->different) = (struct hs_difference){
                hub_pool_strdup(&out->pool, plain[i].path),
                hs_ident_text(&out->pool, &side->seen.files.items[i]), hs_ident_text(&out->pool, &plain[i])};
        }
        if (r == 0)
            side->seen.files.items[i] = plain[i];
    }
    free(needs);
    free(plain);
    return r;
}

static void take_diff(struct hs_verify *out, const struct hs_diff *diff)
{
    for (size_t i = 0; i < diff->rows.n; i++) {
        const struct hs_diff_row *row = &diff->rows.items[i];
        const char *path = hub_pool_strdup(&out->pool, row->from ? row->from->path : row->to->path);
        switch (row->kind) {
        case HS_DIFF_SAME:
            out->same++;
            break;
        case HS_DIFF_MISSING:
            *hs_vec_add(&out->missing_right) = path;
            break;
        case HS_DIFF_EXTRA:
            *hs_vec_add(&out->missing_left) = path;
            break;
        case HS_DIFF_CHANGED:
            *hs_vec_add(&out->different) = (struct hs_difference){
                path, hs_ident_text(&out->pool, row->from), hs_ident_text(&out->pool, row->to)};
            break;
        case HS_DIFF_UNKNOWN:
            *hs_vec_add(&out->unknown) = path;
            break;
        }
    }
}

static int learn_both(struct hs_engine *engine, struct side *left, struct side *right, struct hs_err *err)
{
    struct hs_source from = {left->session, &left->repo, left->all.head ? left->all.head : ""};
    struct hs_source to = {right->session, &right->repo, right->all.head ? right->all.head : ""};
    int r = hs_learn_local(&engine->learn, &from, &left->seen, NULL, NULL, err);

    if (r == 0)
        r = hs_learn_local(&engine->learn, &to, &right->seen, NULL, NULL, err);
    if (r == 0)
        r = hs_learn_pairs(&engine->learn, &from, &left->seen, &right->seen, err);
    return r;
}

/* ---- README and LICENSE ---- */
static struct hs_source source_of(struct side *side)
{
    return (struct hs_source){side->session, &side->repo, side->all.head ? side->all.head : ""};
}

static struct hs_file *file_of(struct side *side, const char *path)
{
    return (struct hs_file *)hs_listing_find(&side->seen, path);
}

/* A README that is not the same bytes is compared by what it says, by the rule's terms; what is empty or the site's is
 * none. Leaves *out alone if it is the same. */
static int agree_on_readme(struct hs_engine *engine, struct hub_pool *pool, const struct hs_rule *rule,
                           struct side *left, struct side *right, enum hs_readme_verdict *out,
                           struct hs_err *err)
{
    struct hs_file *from = file_of(left, HS_README), *to = file_of(right, HS_README);
    struct hs_readme_pair pair = {
        .rule = rule,
        .terms = hs_readme_terms(rule, left->session, right->session, &left->repo, &right->repo),
        .from = source_of(left),
        .to = source_of(right),
        .from_file = from,
        .to_file = to,
    };

    if (from && to && hs_ident_compare(from, to) == HS_SAME)
        return 0;
    return hs_readme_agree(&engine->learn, &pair, pool, out, err);
}

static int is_license_made(struct hs_engine *engine, struct hub_pool *pool, const struct hs_rule *rule,
                           struct side *left, struct side *right, bool *is_made, struct hs_err *err)
{
    struct side *sides[] = {left, right};
    int r = 0;

    for (size_t i = 0; r == 0 && i < 2 && !*is_made && !rule->readme.copy_templates; i++) {
        struct hs_file *file = file_of(sides[i], HS_LICENSE);
        struct hs_source source = source_of(sides[i]);
        const struct hs_file *other = file_of(sides[1 - i], HS_LICENSE);
        if (file && !(other && hs_ident_compare(file, other) == HS_SAME))
            r = hs_license_is_made(&engine->learn, rule, &source, pool, file, is_made, err);
    }
    return r;
}

static void settle_readme(struct hs_diff *diff, enum hs_readme_verdict verdict, const struct hs_file *left)
{
    if (verdict == HS_README_NONE)
        hs_diff_drop(diff, HS_README);
    else if (verdict == HS_README_SAME)
        hs_diff_settle(diff, HS_README, HS_DIFF_SAME, left);
    else if (verdict == HS_README_DIFFERS)
        hs_diff_settle(diff, HS_README, HS_DIFF_CHANGED, left);
}

static int verify_two(struct hs_engine *engine, const struct hs_verify_what *what,
                      struct hs_verify *out, struct hs_err *err)
{
    HUB_POOL(pool);
    const struct hs_rule *rule = rule_of(engine->conf.conf, what);
    struct side left = {0}, right = {0};
    struct hs_diff diff = {.n_same = 0};
    enum hs_readme_verdict readme = HS_README_PLAIN;
    bool has_template = false;
    int r = read_side(engine, &pool, rule, what->left_hub, what->left_repo, what->left_revision, what->is_raw,
                      &left, err);

    if (r == 0)
        r = read_side(engine, &pool, rule, what->right_hub, what->right_repo, what->right_revision,
                      what->is_raw, &right, err);
    if (r == 0 && what->is_deep)
        r = read_deep(engine, &pool, &left, out, err);
    if (r == 0 && what->is_deep)
        r = read_deep(engine, &pool, &right, out, err);
    if (r == 0 && !what->is_deep)
        r = learn_both(engine, &left, &right, err);
    if (r == 0 && !what->is_raw)
        r = agree_on_readme(engine, &pool, rule, &left, &right, &readme, err);
    if (r == 0 && !what->is_raw)
        r = is_license_made(engine, &pool, rule, &left, &right, &has_template, err);
    if (r == 0) {
        hs_diff_make(&left.seen, &right.seen, &diff);
        if (has_template)
            hs_diff_drop(&diff, HS_LICENSE);
        settle_readme(&diff, readme, file_of(&left, HS_README));
        take_diff(out, &diff);
    }
    hs_diff_clear(&diff);
    clear_side(&left);
    clear_side(&right);
    return r;
}

/* ---- with the baselines ---- */
static int verify_link(struct hs_engine *engine, const struct hs_verify_what *what, const struct hs_link *link,
                       struct hs_verify *out, struct hs_err *err)
{
    HUB_POOL(pool);
    const struct hs_rule *rule = hs_conf_rule(engine->conf.conf, link->rule);
    bool is_from = strcmp(link->from_hub, what->left_hub) == 0 && strcmp(link->from_repo, what->left_repo) == 0;
    struct hs_baseline_row row;
    struct hs_listing known = {0};
    struct side now = {0};
    struct hs_diff diff = {.n_same = 0};
    struct hs_source source;
    int r = hs_store_baseline_get(engine->store, &pool, link, true, &row, err);

    rule = rule ? rule : &engine->conf.conf->defaults;
    if (r == 0)
        r = read_side(engine, &pool, rule, what->left_hub, what->left_repo, what->left_revision, what->is_raw,
                      &now, err);
    if (r == 0) {
        hs_base_listing(&pool, is_from ? &row.from : &row.to, &known);
        source = (struct hs_source){now.session, &now.repo, now.all.head ? now.all.head : ""};
        r = what->is_deep ? read_deep(engine, &pool, &now, out, err)
                          : hs_learn_local(&engine->learn, &source, &now.seen, NULL, NULL, err);
    }
    if (r == 0 && !what->is_deep)
        r = hs_learn_pairs(&engine->learn, &source, &now.seen, &known, err);
    if (r == 0) {
        hs_diff_make(&now.seen, &known, &diff);
        take_diff(out, &diff);
    }
    hs_diff_clear(&diff);
    hs_listing_clear(&known);
    clear_side(&now);
    return r;
}

static int verify_one(struct hs_engine *engine, const struct hs_verify_what *what, struct hs_verify *out,
                      struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_link *links;
    size_t n;
    int r = hs_store_baseline_links(engine->store, &pool, "", what->left_hub, what->left_repo, &links, &n, err);

    if (r == 0 && !n) {
        (void)hs_fail(err, HS_EABSENT, "%s:%s has no baseline here", what->left_hub, what->left_repo);
        return hs_hint(err, "run a rule that syncs it first, or give a second repo to compare with");
    }
    for (size_t i = 0; r == 0 && i < n; i++)
        r = verify_link(engine, what, &links[i], out, err);
    return r;
}

int hs_verify_repos(struct hs_engine *engine, const struct hs_verify_what *what,
                    struct hs_verify *out, struct hs_err *err)
{
    return *what->right_hub ? verify_two(engine, what, out, err) : verify_one(engine, what, out, err);
}
