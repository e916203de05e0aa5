/* Moving one object to one target: the steps between the states of move_state.h. */
#include "base/clock.h"
#include "base/log.h"
#include "sync/mover.h"

#include <assert.h>

#include "base/banned.h"

void hs_mover_event(struct hs_mover *m, enum hs_move_event event)
{
    int next = hs_move_next(m->state, event);

    hs_logf(HS_LOG_TRACE, "move", "%s: %s + %s", m->task->file->path, hs_move_state_name(m->state),
            hs_move_event_name(event));
    assert(next >= 0);
    m->state = next >= 0 ? (enum hs_move_state)next : HS_MOVE_FAILED;
}

int hs_move_begin(struct hs_task *task)
{
    struct hs_mover *m = hs_xcalloc(1, sizeof *m);

    task->run->mover = m;
    m->task = task;
    m->loop = task->run->loop;
    m->reader = task->run->reader;
    m->fd = -1;
    m->ticket = m->resume = "";
    m->key = (struct hs_upload_key){.site = hs_session_site_key(task->target.session),
                                    .repo = task->target.repo->id,
                                    .sha256 = task->file->sha256,
                                    .file_bytes = task->file->file_bytes};
    if (!task->must_ask)
        return hs_mover_merge(m, &task->plan);
    m->ticket = task->plan.ticket ? task->plan.ticket : "";
    m->resume = task->plan.resume ? task->plan.resume : "";
    return 0;
}

void hs_move_end(struct hs_task *task)
{
    struct hs_mover *m = task->run->mover;

    if (!m)
        return;
    hs_mover_cut(m);
    free(m);
    task->run->mover = NULL;
}

static bool is_all_done(struct hs_mover *m)
{
    while (m->at < m->n_parts && m->parts[m->at].is_done)
        m->at++;
    return m->at == m->n_parts;
}

/* The whole hash, when the last part was there before us: from the state at its end. */
static int check_whole(struct hs_mover *m)
{
    struct hs_sha256 hash;

    if (m->is_right)
        return 0;
    if (!m->parts[m->n_parts - 1].has_end || hs_sha256_load(&hash, m->parts[m->n_parts - 1].end) < 0)
        return hs_fail(&m->task->err, HUB_EBUG, "'%s': its end is not known", m->task->file->path);
    if (!hs_mover_is_expected(m, &hash))
        return hs_mover_wrong(m);
    m->is_right = true;
    return 0;
}

static int next_part(struct hs_mover *m)
{
    int r;

    if (hs_mono_ms() < m->not_before_ms)
        return 0;
    if (!is_all_done(m))
        return hs_mover_start_part(m);
    r = check_whole(m);
    if (r == 0 && m->is_right)
        hs_mover_event(m, HS_ON_ALL);
    return r;
}

static int finish(struct hs_mover *m)
{
    int r = hs_mover_finish(m);

    if (r == HUB_EEXPIRED) {
        hs_err_clear(&m->task->err);
        hs_mover_event(m, HS_ON_EXPIRED);
        return 0;
    }
    if (r == 0)
        hs_mover_event(m, HS_ON_DONE);
    return r;
}

static int one_step(struct hs_mover *m, int64_t *due_ms)
{
    switch (m->state) {
    case HS_MOVE_ASK:
        return hs_mover_plan_again(m);
    case HS_MOVE_PLANNED:
    case HS_MOVE_PARTED:
        return next_part(m);
    case HS_MOVE_SENDING:
    case HS_MOVE_CHECKING:
    case HS_MOVE_HOLDING:
        return hs_mover_send_step(m, due_ms);
    case HS_MOVE_REPAIRING:
        return hs_mover_repair_step(m, due_ms);
    case HS_MOVE_FINISHING:
        return finish(m);
    default:
        return 0;
    }
}

enum hs_step hs_move_step(struct hs_task *task, int64_t *due_ms)
{
    struct hs_mover *m = task->run->mover;
    enum hs_move_state before = m->state;

    if (m->state == HS_MOVE_STORED)
        return HS_STEP_DONE;
    *due_ms = -1;
    task->status = one_step(m, due_ms);
    if (task->status < 0) {
        hs_mover_event(m, HS_ON_FAIL);
        return HS_STEP_DONE;
    }
    if (m->state == HS_MOVE_STORED)
        return HS_STEP_DONE;
    if (m->state != before)
        *due_ms = 0;
    else if (m->not_before_ms > hs_mono_ms() && m->state == HS_MOVE_PLANNED)
        *due_ms = m->not_before_ms - hs_mono_ms();
    return HS_STEP_ON;
}
