/* One object on its way to one target: the cursor and the parts. Private to move*.c. */
#ifndef HS_SYNC_MOVER_H
#define HS_SYNC_MOVER_H
#include "sync/task_run.h"

struct hs_move_part {
    struct hs_planned plan;            /* where it goes; request.url NULL or "": stored, no address */
    const char *etag;                  /* the target's answer */
    unsigned char end[HS_STATE_BYTES]; /* hash state at its end */
    bool has_end;                      /* end is known */
    bool is_done;                      /* the target has it and we know that it is ours */
    bool has_row;                      /* the store knows end */
    bool needs_check;                  /* stored, our row has no answer: compare */
    bool needs_trust;                  /* stored, no row, but the hub checks the object */
};
struct hs_mover {
    struct hs_task *task;
    struct hs_loop *loop;
    struct hs_reader *reader;
    enum hs_move_state state;
    struct hs_upload_key key;
    struct hs_move_part *parts;
    size_t n_parts, at; /* the part in hand */
    uint64_t pos;       /* next byte to leave */
    uint64_t high;      /* bytes before it have left before, in this life or another */
    bool is_streaming;  /* the reader is in step with pos */
    bool is_right;      /* the whole hash is the listing's */
    bool has_kept_rows;
    const char *ticket, *resume;

    struct hs_stream *stream;
    bool is_paused, has_ended;
    int stream_status;
    struct hs_answer answer;
    struct hs_err stream_err;
    int fd; /* local target */

    uint32_t tries, plans;
    int64_t not_before_ms;

    size_t repair_at;          /* REPAIRING: the part being compared */
    struct hs_sha256 old_hash; /* from the old state at its start */
    uint64_t old_pos;
    unsigned char (*new_ends)[HS_STATE_BYTES];
    bool *is_changed;
    bool has_asked_again;
};

void hs_mover_event(struct hs_mover *m, enum hs_move_event event);
bool hs_mover_is_local(const struct hs_mover *m);
bool hs_mover_keeps_parts(const struct hs_mover *m); /* rows are worth writing */
/* The hash state at the part's start: NULL for the first one's (fresh). */
int hs_mover_start_state(const struct hs_mover *m, size_t part, struct hs_sha256 *out);
bool hs_mover_is_expected(const struct hs_mover *m, const struct hs_sha256 *hash);

/* move_parts.c: what the plan and the store say about the parts. */
int hs_mover_merge(struct hs_mover *m, const struct hs_upload_plan *plan);
int hs_mover_write_row(struct hs_mover *m, size_t part);
int hs_mover_ack(struct hs_mover *m, size_t part, const char *etag);
int hs_mover_plan_again(struct hs_mover *m);
int hs_mover_finish(struct hs_mover *m);
/* move_repair.c */
int hs_mover_wrong(struct hs_mover *m); /* the hash is wrong: what now */
int hs_mover_repair_step(struct hs_mover *m, int64_t *due_ms);
int hs_mover_part_differs(struct hs_mover *m); /* a compared part is not ours */
/* move_send.c */
int hs_mover_start_part(struct hs_mover *m);
int hs_mover_send_step(struct hs_mover *m, int64_t *due_ms);
void hs_mover_cut(struct hs_mover *m); /* the part's request, if one is under way */
#endif
