/* A part on its way: hashed before it leaves, its row written before its end leaves, the last
 * MiB of the object held back until the whole hash is right (R1, R2, R4, R5). */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/local.h"
#include "sync/mover.h"
#include "sync/window.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

enum { HELD_BACK = 1024 * 1024, ROW_TAIL = 64 * 1024, LOCAL_STEP = 1024 * 1024 };

static uint64_t end_of(const struct hs_move_part *part)
{
    return part->plan.offset + part->plan.part_bytes;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* How much of the object stays here until the whole hash is right: a MiB, or all of it while it
 * fits into the window, so that a small object can never be left half wrong. */
static uint64_t held_back(const struct hs_mover *m)
{
    uint64_t size = m->task->file->file_bytes;

    return size + HS_CHUNK_BYTES <= m->task->window_bytes ? size : HELD_BACK;
}

/* Up to where the part in hand may leave now. */
static uint64_t allowed_to(const struct hs_mover *m)
{
    const struct hs_move_part *part = &m->parts[m->at];
    uint64_t allowed = less(hs_reader_hashed(m->reader), end_of(part));

    if (!part->has_row)
        allowed = less(allowed, end_of(part) - less(part->plan.part_bytes, ROW_TAIL));
    if (!m->is_right) {
        uint64_t size = m->task->file->file_bytes, free_to = size - less(size, held_back(m));
        allowed = less(allowed, free_to > part->plan.offset ? free_to : part->plan.offset);
    }
    return allowed;
}

static void count_sent(struct hs_mover *m, uint64_t from, uint64_t n)
{
    struct hs_traffic *traffic = m->task->traffic;
    uint64_t again = from < m->high ? less(m->high - from, n) : 0;

    __atomic_add_fetch(&traffic->sent_bytes, n, __ATOMIC_RELAXED);
    __atomic_add_fetch(&traffic->resent_bytes, again, __ATOMIC_RELAXED);
    __atomic_add_fetch(&traffic->new_bytes, n - again, __ATOMIC_RELAXED);
    if (m->high < from + n)
        m->high = from + n;
}

/* ---- stream callbacks ---- */
static long on_read(void *ctx, void *buffer, size_t n)
{
    struct hs_mover *m = ctx;
    uint64_t allowed = allowed_to(m);
    size_t taken = 0;

    while (taken < n && m->pos < allowed) {
        const void *bytes;
        size_t here = hs_reader_peek(m->reader, m->pos, &bytes);
        here = (size_t)less(less(here, n - taken), allowed - m->pos);
        if (!here)
            break;
        memcpy((char *)buffer + taken, bytes, here);
        count_sent(m, m->pos, here);
        m->pos += here;
        taken += here;
    }
    if (taken || m->pos == end_of(&m->parts[m->at]))
        return (long)taken;
    m->is_paused = true;
    return HS_PAUSE;
}

static void on_done(void *ctx, int status, struct hs_answer *answer, const struct hs_err *err)
{
    struct hs_mover *m = ctx;

    m->stream = NULL;
    m->has_ended = true;
    m->stream_status = status;
    hs_err_clear(&m->stream_err);
    if (status < 0 && err)
        hs_err_copy(&m->stream_err, err);
    hs_answer_clear(&m->answer);
    if (answer) {
        m->answer = *answer;
        memset(answer, 0, sizeof *answer);
    }
}

static const struct hs_stream_ops ops = {.read = on_read, .done = on_done};

void hs_mover_cut(struct hs_mover *m)
{
    if (m->stream)
        hs_stream_cut(m->stream);
    m->stream = NULL;
    m->has_ended = m->is_paused = false;
    hs_answer_clear(&m->answer);
    hs_err_clear(&m->stream_err);
    if (m->fd >= 0)
        close(m->fd);
    m->fd = -1;
}

/* ---- starting ---- */
static int start_stream(struct hs_mover *m)
{
    struct hs_move_part *part = &m->parts[m->at];
    struct hs_stream_conf conf = {
        .gate = &m->task->target.session->gate,
        .site = m->task->target.session->site,
        .cost = HS_COST_STORAGE,
        .request = &part->plan.request,
        .body_bytes = part->plan.part_bytes,
        .ops = &ops,
        .ctx = m,
    };

    m->has_ended = m->is_paused = false;
    m->stream = hs_stream_start(m->loop, &conf);
    return m->stream ? 0 : hs_fail(&m->task->err, HUB_ENOMEM, "out of memory");
}

int hs_mover_start_part(struct hs_mover *m)
{
    struct hs_move_part *part = &m->parts[m->at];
    struct hs_sha256 state;

    if (!m->is_streaming || m->pos != part->plan.offset) {
        if (hs_mover_start_state(m, m->at, &state) < 0)
            return hs_fail(&m->task->err, HUB_EBUG, "'%s': a part without a known start", m->task->file->path);
        hs_reader_seek(m->reader, part->plan.offset, &state);
        m->pos = part->plan.offset;
        m->is_streaming = true;
    }
    hs_mover_event(m, part->needs_check || part->needs_trust ? HS_ON_CHECK : HS_ON_SEND);
    return 0;
}

/* ---- the hash runs ahead of what leaves ---- */
static int capture_ends(struct hs_mover *m)
{
    struct hs_task *task = m->task;
    uint64_t size = task->file->file_bytes;

    for (size_t i = m->at; i < m->n_parts; i++) {
        struct hs_move_part *part = &m->parts[i];
        unsigned char state[HS_STATE_BYTES];
        int r;
        if (hs_reader_hashed(m->reader) > end_of(part))
            continue;
        r = hs_reader_pump(m->reader, end_of(part), &task->err);
        if (r < 0)
            return r;
        if (hs_reader_hashed(m->reader) < end_of(part))
            return 0;
        hs_sha256_save(hs_reader_hash(m->reader), state);
        if (part->needs_check && memcmp(state, part->end, sizeof state) != 0)
            return i == m->at ? hs_mover_part_differs(m) : 0;
        if (!part->is_done) {
            part->has_row = part->has_row && memcmp(state, part->end, sizeof state) == 0;
            memcpy(part->end, state, sizeof state);
            part->has_end = true;
        }
        if (end_of(part) == size && !m->is_right) {
            m->is_right = hs_mover_is_expected(m, hs_reader_hash(m->reader)) && !hs_reader_changed(m->reader);
            if (!m->is_right)
                return hs_mover_wrong(m);
            if (m->state == HS_MOVE_HOLDING)
                hs_mover_event(m, HS_ON_RIGHT);
        }
    }
    return 0;
}

/* The row goes in as soon as the state at the part's end is known, and before that end leaves. */
static int write_row(struct hs_mover *m)
{
    const struct hs_move_part *part = &m->parts[m->at];

    if (part->has_row || !part->has_end || (m->at == m->n_parts - 1 && !m->is_right))
        return 0;
    return hs_mover_write_row(m, m->at);
}

/* ---- ends ---- */
static int break_part(struct hs_mover *m, int why, int64_t retry_after_ms)
{
    struct hs_task *task = m->task;
    int64_t wait;

    hs_mover_cut(m);
    m->is_streaming = false;
    if (why == HUB_EEXPIRED) {
        hs_err_clear(&task->err);
        hs_mover_event(m, HS_ON_EXPIRED);
        return 0;
    }
    if (!hs_is_retry(why))
        return why;
    wait = hs_retry_wait(&task->target.session->retry, why, ++m->tries, retry_after_ms, hs_random());
    if (wait < 0)
        return why;
    m->not_before_ms = hs_mono_ms() + wait;
    hs_logf(HS_LOG_DEBUG, "part_retry", "%s: %s (try %u, in %lld ms)", task->file->path,
            hs_err_text(&task->err), m->tries, (long long)wait);
    hs_err_clear(&task->err);
    hs_mover_event(m, HS_ON_BROKEN);
    return 0;
}

static int end_stream(struct hs_mover *m)
{
    struct hs_task *task = m->task;
    struct hs_move_part *part = &m->parts[m->at];
    uint32_t wait_ms = m->answer.retry_after_ms > 0 ? (uint32_t)m->answer.retry_after_ms : 0;
    int r = m->stream_status;

    m->has_ended = false;
    if (r < 0)
        hs_err_copy(&task->err, &m->stream_err);
    else
        r = hs_ask_class(task->target.session, m->loop, &part->plan.request, &m->answer.reply,
                         m->answer.guess, &wait_ms, &task->err);
    if (r == 0 && m->pos < end_of(part))
        r = hs_fail(&task->err, HUB_EAGAIN, "'%s': %s answered before the part was there",
                    task->file->path, task->target.session->conf->name);
    if (r < 0 && !task->err.status)
        (void)hs_fail(&task->err, r, "'%s': %s answered HTTP %u to the upload", task->file->path,
                      task->target.session->conf->name, m->answer.reply.http_status);
    if (r < 0)
        return break_part(m, r, wait_ms ? (int64_t)wait_ms : m->answer.retry_after_ms);
    r = hs_mover_ack(m, m->at, hub_header(&m->answer.reply, "etag"));
    hs_answer_clear(&m->answer);
    return r;
}

static int write_local(struct hs_mover *m, int64_t *due_ms)
{
    struct hs_task *task = m->task;
    struct hs_move_part *part = &m->parts[m->at];
    uint64_t allowed = allowed_to(m), stop = less(allowed, m->pos + LOCAL_STEP);
    int r;

    if (m->fd < 0) {
        r = hs_local_open_write(&task->target.session->gate, part->plan.request.url, &m->fd, &task->err);
        if (r < 0)
            return r;
    }
    while (m->pos < stop) {
        const void *bytes;
        size_t n = hs_reader_peek(m->reader, m->pos, &bytes);
        ssize_t wrote = n ? pwrite(m->fd, bytes, (size_t)less(n, stop - m->pos), (off_t)m->pos) : 0;
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return hs_fail_errno(&task->err, "write", task->file->path);
        if (!wrote)
            break;
        count_sent(m, m->pos, (uint64_t)wrote);
        m->pos += (uint64_t)wrote;
    }
    if (m->pos < allowed)
        *due_ms = 0;
    if (m->pos < end_of(part))
        return 0;
    if (fdatasync(m->fd) < 0)
        return hs_fail_errno(&task->err, "write", task->file->path);
    close(m->fd);
    m->fd = -1;
    return hs_mover_ack(m, m->at, "");
}

static int check_step(struct hs_mover *m)
{
    struct hs_move_part *part = &m->parts[m->at];

    m->pos = less(hs_reader_hashed(m->reader), end_of(part));
    if (m->pos < end_of(part))
        return 0;
    if (part->needs_trust && !part->has_row) {
        int r = hs_mover_write_row(m, m->at);
        if (r < 0)
            return r;
    }
    return hs_mover_ack(m, m->at, part->plan.etag);
}

static int send_on(struct hs_mover *m, int64_t *due_ms)
{
    bool is_last = m->at == m->n_parts - 1;
    uint64_t allowed = allowed_to(m);
    int r;

    if (hs_mover_is_local(m))
        return write_local(m, due_ms);
    if (m->has_ended)
        return end_stream(m);
    if (!m->stream && m->pos < allowed) {
        r = start_stream(m);
        if (r < 0)
            return r;
    }
    if (m->is_paused && m->pos < allowed) {
        m->is_paused = false;
        hs_stream_resume(m->stream);
    }
    if (is_last && !m->is_right && m->pos == allowed && m->state == HS_MOVE_SENDING &&
        allowed + held_back(m) >= m->task->file->file_bytes)
        hs_mover_event(m, HS_ON_LAST);
    return 0;
}

int hs_mover_send_step(struct hs_mover *m, int64_t *due_ms)
{
    enum hs_move_state before = m->state;
    int r = capture_ends(m);

    if (r == 0 && m->state == HS_MOVE_CHECKING)
        r = check_step(m);
    else if (r == 0 && (m->state == HS_MOVE_SENDING || m->state == HS_MOVE_HOLDING))
        r = write_row(m);
    if (r == 0 && (m->state == HS_MOVE_SENDING || m->state == HS_MOVE_HOLDING))
        r = send_on(m, due_ms);
    if (r == 0 && m->is_streaming)
        hs_reader_release(m->reader, m->pos);
    if (r == 0 && m->state == before && *due_ms != 0)
        *due_ms = hs_reader_due_ms(m->reader);
    return r;
}
