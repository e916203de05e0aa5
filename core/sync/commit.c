/* Commits: as few as the hub's limits allow, each with its inline bytes in hand, audited before,
 * halved only after a refusal, and looked up on the target when its outcome is not clear. */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/commit_own.h"

#include "base/banned.h"

enum { POINTER_MAX = 1024, MAX_HALVINGS = 20 };

static int piece_of(struct hs_committer *c, size_t first, size_t n, struct hs_piece *piece)
{
    struct hub_pool *pool = &c->p->plan->pool;

    piece->puts = hub_pool_alloc(pool, n + 1, sizeof *piece->puts);
    piece->deletes = hub_pool_alloc(pool, n + 1, sizeof *piece->deletes);
    piece->n_puts = piece->n_deletes = 0;
    if (!piece->puts || !piece->deletes)
        return hs_fail(c->err, HUB_ENOMEM, "out of memory");
    for (size_t i = first; i < first + n; i++) {
        size_t index = c->items[i].index;
        if (c->items[i].is_delete)
            piece->deletes[piece->n_deletes++] = c->set->deletes.items[index];
        else
            piece->puts[piece->n_puts++] = &c->set->puts.items[index];
    }
    return 0;
}

/* ---- inline content ---- */
static int refuse_pointer(struct hs_committer *c, const struct hs_put_file *put)
{
    char sha256[HS_SHA256_HEX];
    uint64_t bytes;

    if (put->content.n_bytes > POINTER_MAX ||
        !hub_lfs_is_pointer(put->content.data ? put->content.data : "", put->content.n_bytes, sha256, &bytes))
        return 0;
    c->p->block_reason = "pointer";
    return hs_fail(c->err, HS_ESAFETY, "'%s' is an LFS pointer, not the file: the source lacks its object",
                   put->file.path);
}

static int fetch_inline(struct hs_committer *c, const struct hs_piece *piece)
{
    struct hs_publish *p = c->p;
    struct hs_task **tasks = hs_xcalloc(piece->n_puts + 1, sizeof *tasks);
    struct hs_put_file **puts = hs_xcalloc(piece->n_puts + 1, sizeof *puts);
    bool has_begun;
    size_t n = 0;
    int r = 0;

    for (size_t i = 0; i < piece->n_puts; i++) {
        struct hs_task *task;
        if (piece->puts[i]->mode != HUB_INLINE)
            continue;
        task = hs_xcalloc(1, sizeof *task);
        task->kind = HS_TASK_FETCH;
        task->source = (struct hs_source){p->plan->from, &p->plan->source, p->plan->from_all.head};
        task->file = &piece->puts[i]->file;
        task->made = piece->puts[i]->made;
        task->window_bytes = p->window_bytes;
        task->traffic = p->traffic;
        puts[n] = piece->puts[i];
        tasks[n++] = task;
    }
    if (n)
        hs_crew_run(p->crew, tasks, n, p->tick, p->ctx);
    has_begun = n && (r = hs_store_begin(p->store, c->err)) == 0;
    for (size_t i = 0; i < n; i++) {
        if (tasks[i]->status < 0 && r == 0) {
            hs_err_copy(c->err, &tasks[i]->err);
            r = tasks[i]->status;
        }
        if (tasks[i]->status == 0) {
            HS_ERR(ignored);
            hub_text_clear(&puts[i]->content);
            puts[i]->content = tasks[i]->content;
            tasks[i]->content = (struct hub_text){0};
            memcpy(puts[i]->git_sha1, tasks[i]->git_sha1, sizeof puts[i]->git_sha1);
            (void)hs_store_pair_put(p->store, tasks[i]->sha256, tasks[i]->git_sha1,
                                    puts[i]->file.file_bytes, &ignored);
            if (r == 0)
                r = refuse_pointer(c, puts[i]);
        }
        hs_task_clear(tasks[i]);
        free(tasks[i]);
    }
    if (has_begun) {
        HS_ERR(written);
        if (hs_store_end(p->store, &written) < 0 && r == 0) {
            hs_err_move(c->err, &written);
            r = c->err->status;
        }
    }
    free(tasks);
    free(puts);
    return r;
}

static void drop_inline(const struct hs_piece *piece)
{
    for (size_t i = 0; i < piece->n_puts; i++)
        hub_text_clear(&piece->puts[i]->content);
}

/* ---- audit ---- */
static struct hs_audit_row audit_row(const struct hs_committer *c, const struct hs_file *old,
                                     const char *action)
{
    return (struct hs_audit_row){.at_ms = hs_now_ms(),
                                 .run_id = c->p->run_id,
                                 .hub = c->p->plan->hub,
                                 .repo = c->p->plan->repo,
                                 .path = old->path,
                                 .action = action,
                                 .sha256 = old->sha256,
                                 .git_sha1 = old->git_sha1,
                                 .file_bytes = old->file_bytes,
                                 .head = c->head};
}

static int audit(struct hs_committer *c, const struct hs_piece *piece)
{
    struct hs_audit_row *rows = hs_xcalloc(piece->n_puts + piece->n_deletes + 1, sizeof *rows);
    size_t n = 0;
    int r;

    for (size_t i = 0; i < piece->n_puts; i++)
        if (piece->puts[i]->old)
            rows[n++] = audit_row(c, piece->puts[i]->old, "overwrite");
    for (size_t i = 0; i < piece->n_deletes; i++)
        rows[n++] = audit_row(c, piece->deletes[i], "delete");
    r = n ? hs_store_audit(c->p->store, rows, n, c->err) : 0;
    free(rows);
    return r;
}

/* ---- one commit ---- */
static char *message_of(struct hs_committer *c, const struct hs_piece *piece)
{
    const struct hs_repo_plan *plan = c->p->plan;

    return hub_pool_printf(&c->p->plan->pool, "hubsync %s: +%zu -%zu from %s:%s%s%.12s",
                           *plan->rule_name ? plan->rule_name : "copy", piece->n_puts, piece->n_deletes,
                           plan->from_hub, plan->from_repo, *plan->from_all.head ? "@" : "",
                           plan->from_all.head);
}

static int send_commit(struct hs_committer *c, const struct hs_piece *piece, const char **head)
{
    struct hs_publish *p = c->p;
    size_t n = piece->n_puts, k = piece->n_deletes;
    struct hub_file *files = hs_xcalloc(n + 1, sizeof *files), *olds = hs_xcalloc(n + 1, sizeof *olds);
    struct hub_file *gone = hs_xcalloc(k + 1, sizeof *gone);
    struct hub_put *puts = hs_xcalloc(n + 1, sizeof *puts);
    const struct hub_put **put_list = hs_xcalloc(n + 1, sizeof *put_list);
    const struct hub_file **gone_list = hs_xcalloc(k + 1, sizeof *gone_list);
    struct hub_change change = {.size = sizeof change, .parent = c->head, .puts = put_list, .n_puts = n,
                                .deletes = gone_list, .n_deletes = k};
    int r;

    for (size_t i = 0; i < n; i++) {
        const struct hs_put_file *put = piece->puts[i];
        files[i] = hs_file_to_wire(&put->file);
        if (*put->git_sha1)
            files[i].git_sha1 = put->git_sha1;
        if (put->old)
            olds[i] = hs_file_to_wire(put->old);
        puts[i] = (struct hub_put){.size = sizeof *puts,
                                   .mode = put->mode,
                                   .file = &files[i],
                                   .old = put->old ? &olds[i] : NULL,
                                   .ticket = put->ticket ? put->ticket : "",
                                   .resume = put->resume ? put->resume : ""};
        if (put->mode == HUB_INLINE) {
            puts[i].content = put->content.data ? put->content.data : "";
            puts[i].content_bytes = put->content.n_bytes;
        }
        put_list[i] = &puts[i];
    }
    for (size_t i = 0; i < k; i++) {
        gone[i] = hs_file_to_wire(piece->deletes[i]);
        gone_list[i] = &gone[i];
    }
    change.message = message_of(c, piece);
    HS_FAILPOINT("commit.before");
    r = hs_ask_commit(p->plan->to, p->loop, &p->plan->pool, &p->plan->target, &change, head, c->err);
    HS_FAILPOINT("commit.after");
    free(gone_list);
    free(put_list);
    free(puts);
    free(gone);
    free(olds);
    free(files);
    return r;
}

static int wait_gap(struct hs_committer *c)
{
    int64_t gap, since = hs_mono_ms() - c->last_ms;
    uint32_t items, gap_ms;
    uint64_t bytes;

    hs_session_commit_limits(c->p->plan->to, &items, &bytes, &gap_ms);
    gap = gap_ms;
    if (!c->last_ms || since >= gap)
        return 0;
    return hs_loop_wait(c->p->loop, gap - since, c->err);
}

static void note_commit(struct hs_committer *c, const struct hs_piece *piece, const char *head)
{
    struct hs_publish *p = c->p;

    c->last_ms = hs_mono_ms();
    c->head = head; /* "" if the hub does not tell: then the old one is not the tip any more */
    p->n_commits++;
    p->n_deleted += piece->n_deletes;
    if (*head)
        hub_text_printf(&p->commits, "%s%s", p->commits.n_bytes ? " " : "", head);
    for (size_t i = 0; i < piece->n_puts; i++)
        if (piece->puts[i]->mode == HUB_INLINE)
            p->inline_bytes += piece->puts[i]->file.file_bytes;
    hs_logf(HS_LOG_INFO, "commit", "%s:%s %s: +%zu -%zu", p->plan->hub, p->plan->repo, head, piece->n_puts,
            piece->n_deletes);
    for (size_t i = 0; i < piece->n_puts; i++)
        hs_log(HS_LOG_INFO, "commit_file", "repo", p->plan->repo, "op", "put", "path",
               piece->puts[i]->file.path, NULL);
    for (size_t i = 0; i < piece->n_deletes; i++)
        hs_log(HS_LOG_INFO, "commit_file", "repo", p->plan->repo, "op", "delete", "path",
               piece->deletes[i]->path, NULL);
}

/* Tries until it is done, refused for good, or the target has moved. */
static int commit_piece(struct hs_committer *c, const struct hs_piece *piece)
{
    const struct hs_retry *retry = &c->p->plan->to->retry;
    const char *head = "";
    enum hs_commit_outcome outcome = HS_COMMIT_NOT_DONE;

    for (uint32_t tried = 1;; tried++) {
        HS_ERR(first);
        int64_t wait;
        int r = wait_gap(c), asked;
        if (r == 0)
            r = send_commit(c, piece, &head);
        if (r == 0) {
            note_commit(c, piece, head);
            return 0;
        }
        c->last_ms = hs_mono_ms();
        if (r != HUB_ECONFLICT && !hs_is_retry(r))
            return r;
        hs_err_move(&first, c->err);
        asked = hs_commit_look_up(c, piece, &outcome);
        if (asked < 0)
            return asked;
        if (outcome == HS_COMMIT_DONE) {
            note_commit(c, piece, c->head);
            return 0;
        }
        if (outcome == HS_COMMIT_MOVED)
            return hs_commit_fail_moved(c);
        wait = hs_retry_wait(retry, hs_is_retry(r) ? r : HUB_EAGAIN, tried, -1, hs_random());
        hs_err_move(c->err, &first);
        if (wait < 0)
            return r == HUB_EUNSURE ? (c->err->status = HUB_EAGAIN) : r;
        hs_logf(HS_LOG_INFO, "commit_again", "%s: %s", c->p->plan->repo, hs_err_text(c->err));
        hs_err_clear(c->err);
        r = hs_loop_wait(c->p->loop, wait, c->err);
        if (r < 0)
            return r;
    }
}

static bool may_halve(int status, size_t n)
{
    return n > 1 && (status == HUB_ETOOBIG || status == HUB_EREFUSED || status == HUB_EAGAIN);
}

/* Perhaps it is the licence that the README names: once with the hub's own word for one that it does
 * not know. */
static bool use_fallback(struct hs_committer *c, const struct hs_piece *piece)
{
    for (size_t i = 0; i < piece->n_puts; i++) {
        struct hs_put_file *put = piece->puts[i];
        if (!put->fallback || put->mode != HUB_INLINE)
            continue;
        hs_logf(HS_LOG_WARN, "license_unknown", "%s:%s: %s", c->p->plan->hub, c->p->plan->repo, hs_err_text(c->err));
        put->file = put->fallback->file;
        put->made = put->fallback->bytes;
        put->fallback = NULL;
        put->was_refused = true;
        return true;
    }
    return false;
}

/* Halves a piece that is refused, down to one file; what is refused alone fails. */
static int commit_range(struct hs_committer *c, size_t first, size_t n)
{
    struct {
        size_t first, n;
    } stack[MAX_HALVINGS * 2] = {{first, n}};
    int at = 0, r = 0;

    while (at >= 0 && r == 0) {
        size_t from = stack[at].first, count = stack[at].n;
        struct hs_piece piece;
        bool is_refused = false; /* by the hub: a source that cannot be read is no reason to halve */
        at--;
        r = piece_of(c, from, count, &piece);
        if (r == 0)
            r = fetch_inline(c, &piece);
        if (r == 0)
            r = audit(c, &piece);
        if (r == 0) {
            r = commit_piece(c, &piece);
            is_refused = r < 0;
        }
        drop_inline(&piece);
        if (is_refused && r == HUB_EREFUSED && use_fallback(c, &piece)) {
            hs_err_clear(c->err);
            at++; /* the same range again */
            r = 0;
        }
        if (is_refused && may_halve(r, count) && at + 2 < MAX_HALVINGS * 2) {
            hs_logf(HS_LOG_WARN, "commit_halved", "%s: %s", c->p->plan->repo, hs_err_text(c->err));
            hs_err_clear(c->err);
            stack[++at].first = from + count / 2;
            stack[at].n = count - count / 2;
            stack[++at].first = from;
            stack[at].n = count / 2;
            r = 0;
        }
    }
    return r;
}

static size_t list_items(struct hs_committer *c)
{
    size_t n = 0;

    c->items = hub_pool_alloc(&c->p->plan->pool, c->set->puts.n + c->set->deletes.n + 1, sizeof *c->items);
    for (size_t i = 0; c->items && i < c->set->puts.n; i++) {
        const struct hs_put_file *put = &c->set->puts.items[i];
        c->items[n++] = (struct hs_order_item){
            .path = put->file.path,
            .inline_bytes = put->mode == HUB_INLINE ? put->file.file_bytes : 0,
            .index = i};
    }
    for (size_t i = 0; c->items && i < c->set->deletes.n; i++)
        c->items[n++] = (struct hs_order_item){.path = c->set->deletes.items[i]->path, .is_delete = true, .index = i};
    return n;
}

/* Inline content is held in memory until its commit is through: only one repo at a time holds much. */
static int commit_group(struct hs_committer *c, const struct hs_order_group *group)
{
    uint64_t held = 0;
    int r;

    for (size_t i = 0; i < group->n; i++)
        held += c->items[group->first + i].inline_bytes;
    if (!c->p->heavy || held <= c->p->inline_budget / 8)
        return commit_range(c, group->first, group->n);
    pthread_mutex_lock(c->p->heavy);
    r = commit_range(c, group->first, group->n);
    pthread_mutex_unlock(c->p->heavy);
    return r;
}

int hs_publish_commits(struct hs_publish *p, struct hs_put_set *set, struct hs_err *err)
{
    struct hs_committer c = {.p = p, .set = set, .head = p->plan->to_all.head, .err = err};
    struct hs_order_limits order = {.inline_bytes = p->inline_budget};
    uint64_t commit_bytes;
    uint32_t items, gap_ms;
    struct hs_order_group *groups;
    size_t n = list_items(&c), n_groups;
    int r = hs_commit_check_target(&c);

    hs_session_commit_limits(p->plan->to, &items, &commit_bytes, &gap_ms);
    order.items = items;
    if (commit_bytes && (!order.inline_bytes || commit_bytes < order.inline_bytes))
        order.inline_bytes = commit_bytes;
    hs_order_make(c.items, n, &order, &groups, &n_groups, &p->plan->pool);
    for (size_t i = 0; r == 0 && i < n_groups; i++)
        r = commit_group(&c, &groups[i]);
    p->plan->to_all.head = c.head;
    return r;
}
