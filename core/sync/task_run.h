/* What a task's kinds share on their thread. Private to core/sync. */
#ifndef HS_SYNC_TASK_RUN_H
#define HS_SYNC_TASK_RUN_H
#include "sync/reader.h"
#include "sync/task.h"

enum hs_step { HS_STEP_ON = 0, HS_STEP_DONE };
struct hs_task_run {
    struct hs_loop *loop;
    struct hs_reader *reader;
    struct hs_mover *mover; /* HS_TASK_MOVE */
};
struct hs_reader *hs_task_reader(struct hs_task *task, struct hs_loop *loop, bool wants_git_sha1);

/* fetch.c */
enum hs_step hs_fetch_step(struct hs_task *task, int64_t *due_ms);
/* move.c */
int hs_move_begin(struct hs_task *task);
enum hs_step hs_move_step(struct hs_task *task, int64_t *due_ms);
void hs_move_end(struct hs_task *task);
#endif
