/* Reading a file whole: into memory, or only through the hashes. */
#include "sync/task_run.h"

#include "base/banned.h"

static bool is_right(struct hs_task *task)
{
    const struct hs_reader *reader = task->run->reader;

    hs_sha256_hex(hs_reader_hash(reader), task->sha256);
    hs_reader_git_sha1(reader, task->git_sha1);
    if (*task->file->sha256)
        return strcmp(task->file->sha256, task->sha256) == 0;
    if (*task->file->git_sha1)
        return strcmp(task->file->git_sha1, task->git_sha1) == 0;
    return true; /* nobody knows: the caller reads it twice */
}

static void take_bytes(struct hs_task *task, uint64_t *at)
{
    struct hs_reader *reader = task->run->reader;
    const void *bytes;
    size_t n;

    while ((n = hs_reader_peek(reader, *at, &bytes)) > 0) {
        if (task->kind == HS_TASK_FETCH)
            hub_text_add(&task->content, bytes, n);
        *at += n;
    }
    hs_reader_release(reader, *at);
}

static enum hs_step end_reading(struct hs_task *task)
{
    struct hs_reader *reader = task->run->reader;

    if (task->content.failed) {
        task->status = hs_fail(&task->err, HUB_ENOMEM, "'%s': out of memory", task->file->path);
        return HS_STEP_DONE;
    }
    if (hs_reader_changed(reader)) {
        task->status = hs_fail(&task->err, HUB_ECONFLICT, "'%s' changed while it was read", task->file->path);
        return HS_STEP_DONE;
    }
    if (is_right(task))
        return HS_STEP_DONE;
    task->status = hs_reader_distrust(reader, &task->err);
    if (task->status < 0)
        return HS_STEP_DONE;
    hub_text_clear(&task->content);
    hs_reader_seek(reader, 0, NULL);
    return HS_STEP_ON;
}

enum hs_step hs_fetch_step(struct hs_task *task, int64_t *due_ms)
{
    struct hs_reader *reader = task->run->reader;
    uint64_t size = task->file->file_bytes, at = hs_reader_hashed(reader);

    if (size == 0)
        return end_reading(task); /* nothing is asked for nothing */
    task->status = hs_reader_pump(reader, size, &task->err);
    if (task->status < 0)
        return HS_STEP_DONE;
    take_bytes(task, &at);
    *due_ms = hs_reader_due_ms(reader);
    return hs_reader_hashed(reader) == size ? end_reading(task) : HS_STEP_ON;
}
