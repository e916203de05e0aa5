/* The documents of the contract: members in its order, unknown is null. */
#include "cli/cli.h"

#include "base/clock.h"

#include "base/banned.h"

/* ---- plan ---- */
static bool is_of_file(const struct hs_action *a)
{
    return a->op == HS_OP_PUT || a->op == HS_OP_REUSE || a->op == HS_OP_DELETE;
}

static void add_action(struct hs_out *j, const struct hs_result *r, const struct hs_action *a)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "rule", r->rule);
    hs_out_text(j, "hub", a->hub ? a->hub : r->hub);
    hs_out_text(j, "repo", a->repo ? a->repo : r->repo);
    hs_out_text(j, "op", hs_op_name(a->op));
    hs_out_text(j, "path", a->path);
    hs_out_size(j, "bytes", is_of_file(a) ? a->file_bytes : HUB_UNKNOWN);
    hs_out_text(j, "sha256", a->sha256);
    hs_out_text(j, "from", a->from);
    hs_out_text(j, "reason", a->reason);
    hs_out_close(j, '}');
}

static void add_repo(struct hs_out *j, const struct hs_result *r, enum hs_status_word status)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "rule", r->rule);
    hs_out_text(j, "hub", r->hub);
    hs_out_text(j, "repo", r->repo);
    if (status == HS_FAILED)
        hs_out_text(j, "error", hs_class_name(hs_class_of(r->error)));
    else
        hs_out_text(j, "reason", r->reason);
    if (status != HS_SKIPPED)
        hs_out_message(j, r->message, r->hint);
    hs_out_close(j, '}');
}

static bool has_status(const struct hs_result *r, enum hs_status_word status)
{
    return r->status == status || (status == HS_FAILED && r->status == HS_INTERRUPTED);
}

static void add_repos(struct hs_out *j, const struct hs_report *report, const char *key,
                      enum hs_status_word status)
{
    hs_out_open(j, key, '[');
    for (size_t i = 0; i < report->results.n; i++)
        if (has_status(&report->results.items[i], status))
            add_repo(j, &report->results.items[i], status);
    hs_out_close(j, ']');
}

static void add_plan_totals(struct hs_out *j, const struct hs_report *report)
{
    uint64_t ops[HS_OP_NOTICE + 1] = {0}, bytes = 0, commits = 0, requests = 0;

    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *r = &report->results.items[i];
        commits += r->plan_commits;
        requests += r->plan_requests;
        for (size_t k = 0; k < r->actions.n; k++) {
            const struct hs_action *a = &r->actions.items[k];
            ops[a->op]++;
            bytes += a->op == HS_OP_PUT && a->file_bytes != HUB_UNKNOWN ? a->file_bytes : 0;
        }
    }
    hs_out_open(j, "totals", '{');
    hs_out_uint(j, "create_repo", ops[HS_OP_CREATE_REPO]);
    hs_out_uint(j, "put", ops[HS_OP_PUT]);
    hs_out_uint(j, "reuse", ops[HS_OP_REUSE]);
    hs_out_uint(j, "delete", ops[HS_OP_DELETE]);
    hs_out_uint(j, "delete_repo", ops[HS_OP_DELETE_REPO]);
    hs_out_uint(j, "import", ops[HS_OP_IMPORT]);
    hs_out_uint(j, "commits", commits);
    hs_out_uint(j, "bytes", bytes);
    hs_out_uint(j, "requests", requests);
    hs_out_close(j, '}');
}

void hs_json_plan(const struct hs_report *report, struct hub_text *out)
{
    struct hs_out j = {out, false};

    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "plan");
    hs_out_time(&j, "created", report->created_ms);
    hs_out_open(&j, "rules", '[');
    for (size_t i = 0; i < report->rules.n; i++)
        hs_out_text(&j, NULL, report->rules.items[i]);
    hs_out_close(&j, ']');
    hs_out_open(&j, "actions", '[');
    for (size_t i = 0; i < report->results.n; i++)
        for (size_t k = 0; k < report->results.items[i].actions.n; k++)
            add_action(&j, &report->results.items[i], &report->results.items[i].actions.items[k]);
    hs_out_close(&j, ']');
    add_repos(&j, report, "skipped", HS_SKIPPED);
    add_repos(&j, report, "blocked", HS_BLOCKED);
    add_repos(&j, report, "failed", HS_FAILED);
    add_plan_totals(&j, report);
    hs_out_close(&j, '}');
}

/* ---- summary ---- */
static const char *error_of(const struct hs_result *r)
{
    if (r->status == HS_FAILED)
        return hs_class_name(hs_class_of(r->error));
    if (r->status == HS_INTERRUPTED)
        return "temporary";
    if (r->status == HS_BLOCKED)
        return strcmp(r->reason, "conflict") == 0 ? "conflict" : "safety";
    return NULL;
}

/* Rows also stand for rules and owners that could not be read. */
static bool is_of_repo(const struct hs_result *r)
{
    const char *slash = strchr(r->repo, '/');

    return slash && slash[1];
}

static void add_summary_repo(struct hs_out *j, const struct hs_result *r)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "rule", r->rule);
    hs_out_text(j, "hub", r->hub);
    hs_out_text(j, "repo", r->repo);
    hs_out_text(j, "status", hs_status_name(r->status));
    hs_out_text(j, "error", error_of(r));
    hs_out_message(j, r->message, r->hint);
    hs_out_uint(j, "put", r->put);
    hs_out_uint(j, "reused", r->reused);
    hs_out_uint(j, "deleted", r->deleted);
    hs_out_uint(j, "bytes", r->bytes);
    hs_out_uint(j, "commits", r->commits);
    hs_out_text(j, "reason", r->reason);
    hs_out_close(j, '}');
}

void hs_json_summary(const struct hs_report *report, int code, struct hub_text *out)
{
    struct hs_out j = {out, false};
    uint64_t repos = 0, failed = 0, blocked = 0, put = 0, reused = 0, deleted = 0, bytes = 0;

    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "summary");
    hs_out_open(&j, "repos", '[');
    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *r = &report->results.items[i];
        add_summary_repo(&j, r);
        repos += is_of_repo(r);
        failed += has_status(r, HS_FAILED);
        blocked += r->status == HS_BLOCKED;
        put += r->put;
        reused += r->reused;
        deleted += r->deleted;
        bytes += r->bytes;
    }
    hs_out_close(&j, ']');
    hs_out_open(&j, "totals", '{');
    hs_out_uint(&j, "repos", repos);
    hs_out_uint(&j, "failed", failed);
    hs_out_uint(&j, "blocked", blocked);
    hs_out_uint(&j, "put", put);
    hs_out_uint(&j, "reused", reused);
    hs_out_uint(&j, "deleted", deleted);
    hs_out_uint(&j, "bytes_transferred", bytes);
    hs_out_uint(&j, "bytes_reused", report->reused_bytes);
    hs_out_uint(&j, "bytes_resent", report->resent_bytes);
    hs_out_uint(&j, "requests", report->requests);
    hs_out_int(&j, "elapsed_ms", report->elapsed_ms);
    hs_out_close(&j, '}');
    hs_out_int(&j, "exit", code);
    hs_out_close(&j, '}');
}

/* ---- verify ---- */
static void add_paths(struct hs_out *j, const char *key, const char *const *paths, size_t n)
{
    hs_out_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        hs_out_text(j, NULL, paths[i]);
    hs_out_close(j, ']');
}

void hs_json_verify(const struct hs_verify *v, struct hub_text *out)
{
    struct hs_out j = {out, false};

    hs_out_open(&j, NULL, '{');
    hs_out_uint(&j, "same", v->same);
    hs_out_open(&j, "different", '[');
    for (size_t i = 0; i < v->different.n; i++) {
        hs_out_open(&j, NULL, '{');
        hs_out_text(&j, "path", v->different.items[i].path);
        hs_out_text(&j, "left", v->different.items[i].left);
        hs_out_text(&j, "right", v->different.items[i].right);
        hs_out_close(&j, '}');
    }
    hs_out_close(&j, ']');
    add_paths(&j, "missing_left", v->missing_left.items, v->missing_left.n);
    add_paths(&j, "missing_right", v->missing_right.items, v->missing_right.n);
    add_paths(&j, "unknown", v->unknown.items, v->unknown.n);
    hs_out_close(&j, '}');
}
