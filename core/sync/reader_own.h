/* The insides of a reader. Private to core/sync/reader.c and reader_slice.c. */
#ifndef HS_SYNC_READER_OWN_H
#define HS_SYNC_READER_OWN_H
#include "sync/reader.h"
#include "sync/window.h"

#include <sys/stat.h>

enum { HS_MAX_SLICES = 3 };

enum hs_slice_state { SLICE_FREE = 0, SLICE_WAITS, SLICE_RUNS, SLICE_ENDED };
struct hs_slice {
    struct hs_reader *reader;
    enum hs_slice_state state;
    uint64_t at, end;      /* next byte to come, and where the slice ends */
    uint64_t began;        /* at of this attempt */
    int64_t not_before_ms; /* SLICE_WAITS */
    struct hs_stream *stream;
    bool to_address;  /* this attempt went to the kept address */
    unsigned address; /* which one: conf of r->n_addresses at its start */
    uint32_t tries;   /* in a row without progress */
    bool is_other_size; /* the last answer was of a file of another length than the listing's */
    int status;      /* SLICE_ENDED: of the transport */
    struct hs_answer answer;
    struct hs_err err;
};
struct hs_reader {
    struct hs_reader_conf conf;
    struct hub_pool pool; /* of the planned request and the address */
    struct hs_planned planned;
    bool has_plan, is_whole; /* is_whole: one request for all, nothing in the middle */
    const char *address;     /* "": not known (yet) */
    unsigned n_addresses;    /* that were planned so far */
    int64_t address_ms;
    bool is_direct; /* the planned URL answers with the bytes itself */
    struct hs_window window;
    uint64_t next;       /* where the next slice starts */
    uint64_t whole_have; /* is_whole: bytes before it are here or were */
    struct hs_slice slices[HS_MAX_SLICES];
    uint64_t hashed;
    struct hs_sha256 hash;
    struct hs_gitsha1 git;
    uint32_t distrusts;
    unsigned plans;
    int fd; /* of a local file, -1 */
    struct stat opened;
};

/* ---- reader_slice.c: a remote file's bytes, in slices over several streams ---- */
/* Plans the download anew: the address that was known is forgotten. */
int hs_reader_plan(struct hs_reader *r, struct hs_err *err);
void hs_reader_forget_address(struct hs_reader *r);
void hs_slice_drop(struct hs_slice *slice);
/* A slice whose stream has ended: done, waiting for its next try, or the reader's failure. */
int hs_slice_end(struct hs_slice *slice, struct hs_err *err);
/* Starts what there is room for, and what has waited long enough. */
int hs_slices_start(struct hs_reader *r, struct hs_err *err);
#endif
