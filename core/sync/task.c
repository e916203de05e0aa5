#include "sync/task_run.h"

#include "base/banned.h"

struct hs_reader *hs_task_reader(struct hs_task *task, struct hs_loop *loop, bool wants_git_sha1)
{
    struct hs_reader_conf conf = {
        .session = task->source.session,
        .loop = loop,
        .repo = task->source.repo,
        .revision = task->source.revision,
        .file = task->file,
        .made = task->made,
        .window_bytes = task->window_bytes,
        .wants_git_sha1 = wants_git_sha1,
        .read_bytes = &task->traffic->read_bytes,
    };

    return hs_reader_new(&conf);
}

int hs_task_begin(struct hs_task *task, struct hs_loop *loop)
{
    task->run = hs_xcalloc(1, sizeof *task->run);
    task->run->loop = loop;
    task->run->reader = hs_task_reader(task, loop, task->kind != HS_TASK_MOVE);
    if (!task->run->reader)
        return hs_fail(&task->err, HUB_ENOMEM, "out of memory");
    return task->kind == HS_TASK_MOVE ? hs_move_begin(task) : 0;
}

bool hs_task_step(struct hs_task *task, int64_t *due_ms)
{
    enum hs_step step =
        task->kind == HS_TASK_MOVE ? hs_move_step(task, due_ms) : hs_fetch_step(task, due_ms);

    return step == HS_STEP_DONE;
}

void hs_task_end(struct hs_task *task)
{
    if (!task->run)
        return;
    if (task->kind == HS_TASK_MOVE)
        hs_move_end(task);
    hs_reader_free(task->run->reader);
    free(task->run);
    task->run = NULL;
}

void hs_task_clear(struct hs_task *task)
{
    hs_err_clear(&task->err);
    hub_text_clear(&task->content);
}
