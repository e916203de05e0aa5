/* The source read wrong: which acknowledged parts are wrong too, and how they are mended (R5). */
#include "base/log.h"
#include "sync/mover.h"

#include "base/banned.h"

static uint64_t end_of(const struct hs_move_part *part)
{
    return part->plan.offset + part->plan.part_bytes;
}

static bool is_any_done(const struct hs_mover *m)
{
    for (size_t i = 0; i < m->n_parts; i++)
        if (m->parts[i].is_done)
            return true;
    return false;
}

static int start_compare(struct hs_mover *m, size_t part)
{
    m->repair_at = part;
    if (part < m->n_parts && m->parts[part].is_done)
        return hs_mover_start_state(m, part, &m->old_hash);
    return 0;
}

static int read_again(struct hs_mover *m)
{
    m->old_pos = 0;
    memset(m->is_changed, 0, m->n_parts * sizeof *m->is_changed);
    hs_reader_seek(m->reader, 0, NULL);
    return start_compare(m, 0);
}

int hs_mover_wrong(struct hs_mover *m)
{
    struct hs_task *task = m->task;
    int r = hs_reader_distrust(m->reader, &task->err);

    hs_mover_cut(m);
    m->is_streaming = m->is_right = false;
    if (r < 0)
        return r;
    hs_logf(HS_LOG_WARN, "source_wrong", "%s: the bytes are not those of the listing; read again",
            task->file->path);
    hs_mover_event(m, HS_ON_WRONG);
    if (!is_any_done(m)) { /* nothing wrong can have stayed there */
        for (size_t i = 0; i < m->n_parts; i++)
            m->parts[i].has_end = m->parts[i].has_row = false;
        m->at = 0;
        hs_mover_event(m, HS_ON_REPAIRED);
        return 0;
    }
    m->new_ends = hub_pool_alloc(task->pool, m->n_parts, sizeof *m->new_ends);
    m->is_changed = hub_pool_alloc(task->pool, m->n_parts, sizeof *m->is_changed);
    if (!m->new_ends || !m->is_changed)
        return hs_fail(&task->err, HUB_ENOMEM, "out of memory");
    return read_again(m);
}

/* The rows of parts that are right; the others are forgotten, so that nothing vouches for them. */
static int keep_good_rows(struct hs_mover *m)
{
    struct hs_task *task = m->task;
    int r;

    if (!hs_mover_keeps_parts(m))
        return 0;
    r = hs_store_begin(task->store, &task->err);
    if (r < 0)
        return r;
    r = hs_store_upload_drop(task->store, &m->key, &task->err);
    if (r == 0)
        r = hs_store_upload_put(task->store, &m->key, m->resume, &task->err);
    for (size_t i = 0; r == 0 && i < m->n_parts; i++) {
        struct hs_move_part *part = &m->parts[i];
        struct hs_part_row row = {.offset = part->plan.offset, .part_bytes = part->plan.part_bytes, .etag = ""};
        if (!part->is_done)
            continue;
        memcpy(row.state, part->end, sizeof row.state);
        r = hs_store_part_put(task->store, &m->key, &row, &task->err);
        if (r == 0)
            r = hs_store_part_ack(task->store, &m->key, row.offset, part->etag, &task->err);
    }
    if (r < 0) {
        hs_store_rollback(task->store);
        return r;
    }
    return hs_store_end(task->store, &task->err);
}

/* A part that is wrong has no address: once the hub is asked to plan anew (some then offer it). */
static int ask_for_address(struct hs_mover *m, size_t at)
{
    struct hs_task *task = m->task;

    if (m->has_asked_again) {
        task->is_poisoned = true;
        (void)hs_fail(&task->err, HS_EPOISONED, "'%s': %s holds a wrong part (bytes %llu-) of an unfinished upload",
                      task->file->path, task->target.session->conf->name,
                      (unsigned long long)m->parts[at].plan.offset);
        (void)hs_hint(&task->err, "it is tried again once the hub has forgotten that upload");
        return HS_EPOISONED;
    }
    m->has_asked_again = true;
    if (task->target.session->limits.flags & HUB_CHECKS_OBJECT) {
        HS_ERR(refused); /* finish cannot make a wrong object there; it may end the upload */
        (void)hs_mover_finish(m);
        hs_err_move(&refused, &task->err);
    }
    hs_mover_event(m, HS_ON_EXPIRED);
    return 0;
}

static int apply(struct hs_mover *m)
{
    size_t no_address = m->n_parts;
    int r;

    for (size_t i = 0; i < m->n_parts; i++) {
        struct hs_move_part *part = &m->parts[i];
        if (m->is_changed[i]) {
            part->is_done = part->plan.is_stored = false;
            part->needs_check = part->needs_trust = false;
            if (!part->plan.request.url)
                no_address = i < no_address ? i : no_address;
        }
        memcpy(part->end, m->new_ends[i], sizeof part->end);
        part->has_end = true;
        part->has_row = part->is_done;
    }
    r = keep_good_rows(m);
    if (r == 0 && no_address < m->n_parts)
        return ask_for_address(m, no_address);
    if (r < 0)
        return r;
    m->at = 0;
    hs_mover_event(m, HS_ON_REPAIRED);
    return 0;
}

static void compare_bytes(struct hs_mover *m)
{
    const void *bytes;
    size_t n;

    while ((n = hs_reader_peek(m->reader, m->old_pos, &bytes)) > 0) {
        uint64_t left = end_of(&m->parts[m->repair_at]) - m->old_pos;
        n = n < left ? n : (size_t)left;
        if (!n)
            return;
        if (m->parts[m->repair_at].is_done)
            hs_sha256_update(&m->old_hash, bytes, n);
        m->old_pos += n;
    }
}

static int end_compare(struct hs_mover *m)
{
    struct hs_move_part *part = &m->parts[m->repair_at];
    unsigned char state[HS_STATE_BYTES];

    hs_sha256_save(hs_reader_hash(m->reader), m->new_ends[m->repair_at]);
    if (part->is_done) {
        hs_sha256_save(&m->old_hash, state);
        m->is_changed[m->repair_at] = memcmp(state, part->end, sizeof state) != 0;
    }
    return start_compare(m, m->repair_at + 1);
}

int hs_mover_repair_step(struct hs_mover *m, int64_t *due_ms)
{
    int r = hs_reader_pump(m->reader, end_of(&m->parts[m->repair_at]), &m->task->err);

    if (r < 0)
        return r;
    compare_bytes(m);
    hs_reader_release(m->reader, m->old_pos);
    *due_ms = hs_reader_due_ms(m->reader);
    if (m->old_pos < end_of(&m->parts[m->repair_at]))
        return 0;
    *due_ms = 0;
    r = end_compare(m);
    if (r < 0)
        return hs_fail(&m->task->err, HUB_EBUG, "'%s': a part without a known start", m->task->file->path);
    if (m->repair_at < m->n_parts)
        return 0;
    if (hs_mover_is_expected(m, hs_reader_hash(m->reader)))
        return apply(m);
    r = hs_reader_distrust(m->reader, &m->task->err);
    return r < 0 ? r : read_again(m);
}

int hs_mover_part_differs(struct hs_mover *m)
{
    struct hs_move_part *part = &m->parts[m->at];
    int r;

    hs_logf(HS_LOG_WARN, "part_differs", "%s: the part at %llu that the target holds is not the source's",
            m->task->file->path, (unsigned long long)part->plan.offset);
    hs_mover_event(m, HS_ON_WRONG);
    m->is_streaming = false;
    part->needs_check = part->has_end = part->has_row = false;
    r = keep_good_rows(m);
    return r < 0 ? r : ask_for_address(m, m->at);
}
