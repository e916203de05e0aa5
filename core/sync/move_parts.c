/* What the plan and the store say about an object's parts (R2, R3). */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/mover.h"

#include "base/banned.h"

enum { MAX_PLANS = 8 };

bool hs_mover_is_local(const struct hs_mover *m)
{
    return m->task->target.session->gate.is_local;
}

bool hs_mover_keeps_parts(const struct hs_mover *m)
{
    return !(m->task->target.session->limits.flags & HUB_ONE_PUT);
}

int hs_mover_start_state(const struct hs_mover *m, size_t part, struct hs_sha256 *out)
{
    hs_sha256_init(out);
    if (part == 0)
        return 0;
    return m->parts[part - 1].has_end ? hs_sha256_load(out, m->parts[part - 1].end) : -1;
}

bool hs_mover_is_expected(const struct hs_mover *m, const struct hs_sha256 *hash)
{
    char hex[HS_SHA256_HEX];

    hs_sha256_hex(hash, hex);
    return strcmp(hex, m->task->file->sha256) == 0;
}

static const struct hs_part_row *find_row(const struct hs_part_row *rows, size_t n,
                                          const struct hs_planned *plan)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].offset == plan->offset && rows[i].part_bytes == plan->part_bytes)
            return &rows[i];
    return NULL;
}

static int poisoned(struct hs_mover *m, const struct hs_planned *plan)
{
    struct hs_task *task = m->task;

    task->is_poisoned = true;
    (void)hs_fail(&task->err, HS_EPOISONED,
                  "'%s': %s holds bytes %llu-%llu of an unfinished upload that hubsync cannot vouch for",
                  task->file->path, task->target.session->conf->name, (unsigned long long)plan->offset,
                  (unsigned long long)(plan->offset + plan->part_bytes - 1));
    (void)hs_hint(&task->err, "it is tried again once the hub has forgotten that upload");
    return HS_EPOISONED;
}

/* Opaque, but a listing may undress what an answer's header wore (W/"x", "x", x). */
static bool is_same_etag(struct hub_pool *pool, const char *a, const char *b)
{
    const char *x = hub_etag_bare(pool, a), *y = hub_etag_bare(pool, b);

    return x && y && strcmp(x, y) == 0;
}

static int merge_part(struct hs_mover *m, struct hs_move_part *part, const struct hs_part_row *row)
{
    bool is_local = hs_mover_is_local(m);

    part->etag = "";
    if (row && m->high < row->offset + row->part_bytes)
        m->high = row->offset + row->part_bytes;
    if (!part->plan.is_stored)
        return 0; /* sent (again), with a new row, whatever an old one says */
    if (row)
        memcpy(part->end, row->state, sizeof part->end);
    part->has_row = row != NULL;
    if (is_local && !(row && row->is_acked)) {
        part->plan.is_stored = part->has_row = false; /* only what was synced is there */
        return 0;
    }
    if (row && row->is_acked && is_same_etag(m->task->pool, row->etag, part->plan.etag)) {
        part->has_end = part->is_done = true;
        part->etag = row->etag;
        return 0;
    }
    if (row && !row->is_acked) {
        part->needs_check = true;
        return 0;
    }
    part->has_row = false;
    part->needs_trust = (m->task->target.session->limits.flags & HUB_CHECKS_OBJECT) != 0;
    return part->needs_trust ? 0 : poisoned(m, &part->plan);
}

/* An address that an older plan gave stays good for a repair while the new plan offers none. */
static void keep_address(struct hs_move_part *part, const struct hs_mover *old)
{
    for (size_t i = 0; i < old->n_parts; i++)
        if (old->parts[i].plan.offset == part->plan.offset &&
            old->parts[i].plan.part_bytes == part->plan.part_bytes && old->parts[i].plan.request.url)
            part->plan.request = old->parts[i].plan.request;
}

int hs_mover_merge(struct hs_mover *m, const struct hs_upload_plan *plan)
{
    struct hs_task *task = m->task;
    struct hs_mover old = *m;
    struct hs_part_row *rows = NULL;
    size_t n_rows = 0;
    int r = 0;

    m->ticket = plan->ticket;
    m->resume = plan->resume;
    task->ticket = plan->ticket;
    if (plan->mode == HUB_STORED) {
        hs_mover_event(m, HS_ON_HAVE);
        return 0;
    }
    if (plan->mode != HUB_PARTS)
        return hs_fail(&task->err, HUB_EBUG, "'%s' was planned inline after parts", task->file->path);
    if (hs_mover_keeps_parts(m)) {
        r = hs_store_parts(task->store, task->pool, &m->key, &rows, &n_rows, &task->err);
        if (r == 0 && (!n_rows || *plan->resume))
            r = hs_store_upload_put(task->store, &m->key, plan->resume, &task->err);
    }
    m->n_parts = plan->n_parts;
    m->parts = hub_pool_alloc(task->pool, plan->n_parts, sizeof *m->parts);
    for (size_t i = 0; r == 0 && i < plan->n_parts; i++) {
        m->parts[i].plan = plan->parts[i];
        r = merge_part(m, &m->parts[i], find_row(rows, n_rows, &plan->parts[i]));
        if (r == 0 && !plan->parts[i].request.url)
            keep_address(&m->parts[i], &old);
    }
    m->at = 0;
    m->is_streaming = m->is_right = false;
    if (r == 0)
        hs_mover_event(m, HS_ON_PLAN);
    return r;
}

/* Durable before the part's last bytes leave: so whatever the target may hold, we know what it is. */
int hs_mover_write_row(struct hs_mover *m, size_t at)
{
    struct hs_move_part *part = &m->parts[at];
    struct hs_part_row row = {.offset = part->plan.offset, .part_bytes = part->plan.part_bytes, .etag = ""};
    int r;

    if (!hs_mover_keeps_parts(m)) {
        part->has_row = true;
        return 0;
    }
    memcpy(row.state, part->end, sizeof row.state);
    HS_FAILPOINT("relay.row.before");
    r = hs_store_part_put(m->task->store, &m->key, &row, &m->task->err);
    HS_FAILPOINT("relay.row.after");
    if (r == 0)
        part->has_row = true;
    return r;
}

int hs_mover_ack(struct hs_mover *m, size_t at, const char *etag)
{
    struct hs_move_part *part = &m->parts[at];
    int r = 0;

    HS_FAILPOINT("relay.ack.before");
    if (hs_mover_keeps_parts(m))
        r = hs_store_part_ack(m->task->store, &m->key, part->plan.offset, etag, &m->task->err);
    HS_FAILPOINT("relay.ack.after");
    if (r < 0)
        return r;
    part->etag = hub_pool_strdup(m->task->pool, etag);
    part->etag = part->etag ? part->etag : "";
    part->is_done = true;
    part->needs_check = part->needs_trust = false;
    m->tries = 0;
    m->plans = 0;
    hs_mover_event(m, HS_ON_ACK);
    return 0;
}

int hs_mover_plan_again(struct hs_mover *m)
{
    struct hs_task *task = m->task;
    struct hub_file file = hs_file_to_wire(task->file), old;
    struct hub_put put = {.size = sizeof put, .file = &file, .ticket = m->ticket, .resume = m->resume};
    const struct hub_put *puts[1] = {&put};
    struct hs_upload_plan plan = {0};
    int r;

    if (m->plans++ >= MAX_PLANS)
        return hs_fail(&task->err, HUB_EAGAIN, "'%s': %s gave addresses that lapsed %d times in a row",
                       task->file->path, task->target.session->conf->name, MAX_PLANS);
    if (task->old) {
        old = hs_file_to_wire(task->old);
        put.old = &old;
    }
    r = hs_ask_upload(task->target.session, m->loop, task->pool, task->target.repo, puts, 1, &plan, &task->err);
    if (r < 0)
        return r;
    if (plan.status < 0)
        return hs_fail(&task->err, plan.status, "'%s': %s", task->file->path, plan.why);
    hs_log(HS_LOG_DEBUG, "planned_again", "path", task->file->path, NULL);
    return hs_mover_merge(m, &plan);
}

int hs_mover_finish(struct hs_mover *m)
{
    struct hs_task *task = m->task;
    struct hub_file file = hs_file_to_wire(task->file);
    struct hub_part *parts = hub_pool_alloc(task->pool, m->n_parts + 1, sizeof *parts);
    const struct hub_part **list = hub_pool_alloc(task->pool, m->n_parts + 1, sizeof *list);
    struct hub_put put = {.size = sizeof put,
                          .mode = HUB_PARTS,
                          .file = &file,
                          .ticket = m->ticket,
                          .resume = m->resume,
                          .parts = list,
                          .n_parts = m->n_parts};
    int r;

    if (!parts || !list)
        return hs_fail(&task->err, HUB_ENOMEM, "out of memory");
    for (size_t i = 0; i < m->n_parts; i++) {
        parts[i] = (struct hub_part){.size = sizeof *parts,
                                     .offset = m->parts[i].plan.offset,
                                     .part_bytes = m->parts[i].plan.part_bytes,
                                     .etag = m->parts[i].etag};
        list[i] = &parts[i];
    }
    HS_FAILPOINT("relay.finish.before");
    r = hs_ask_finish(task->target.session, m->loop, task->pool, task->target.repo, &put, &m->ticket,
                      &task->err);
    HS_FAILPOINT("relay.finish.after");
    task->ticket = m->ticket;
    return r;
}
