/* dir.h - a folder as a hub: repos are folders beneath root, files are files.
 *
 * Everything below root is reached by openat2 (RESOLVE_BENEATH, no links), so neither a path that
 * climbs nor a link that is put in the way leads anywhere. Functions that answer "-errno" say
 * nothing; those that take an op have said what went wrong. */
#ifndef DI_DIR_H
#define DI_DIR_H
#include <hubsync/kit.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/types.h>

#define DI_KEEP ".hubsync" /* in a repo's folder: what is on its way */
/* One commit at a time works on a repo, and one file at a time in it; what a crash left is void. */
#define DI_NEW DI_KEEP "/commit.new"

enum { DI_INLINE_BYTES = 64 * 1024, DI_PART_BYTES = 64 * 1024 * 1024, DI_PATH_BYTES = 4095 };

struct di_memory { /* memory.c's */
    pthread_mutex_t lock;
    struct di_placed *items;
    size_t n, room, oldest;
};
struct hub_session {
    struct hub_pool pool; /* owns the session itself; nothing is written after open but memory */
    struct di_memory memory;
    const char *root;  /* without links, if it was there; else as configured */
    const char *owner; /* of all repos; NULL: folders are owner/name */
};

/* ---- beneath.c: system calls below an open folder ---- */
#define DI_FD(name) int name __attribute__((cleanup(di_close))) = -1
/* Closes, keeps errno, leaves -1. */
void di_close(int *fd);
/* openat2 of path beneath at; path "" is at itself. 0, or -errno with *fd untouched. */
int di_open(int at, const char *path, int flags, mode_t mode, int *fd);
/* The folder of path's last part (O_PATH) and where in path that part starts. */
int di_open_parent(int at, const char *path, int *fd, const char **last);
/* Of the thing itself, be it a link. */
int di_stat(int at, const char *path, struct stat *out);
int di_unlink(int at, const char *path, int flags);
int di_rename(int at, const char *from, const char *to);
/* The folder and all above it that are missing, 0777 & ~umask. */
int di_make_folders(struct hub_pool *pool, int at, const char *path);
/* fsync of a folder. */
int di_sync_folder(int at, const char *path);

/* ---- words.c: what went wrong ---- */
/* Fails with the class of the errno, "verb 'shown/path': why". A link in path is named. */
int di_fail(struct hub_op *op, int error, const char *verb, int at, const char *shown,
            const char *path);
int di_no_memory(struct hub_op *op);
/* Relative, without empty, "." or ".." parts, at most DI_PATH_BYTES, not below DI_KEEP. */
int di_check_path(struct hub_op *op, const char *path);

struct di_repo { /* one that is worked on */
    struct hub_op *op;
    struct hub_pool *pool;
    const char *folder; /* beneath root, for messages */
    int fd;             /* O_PATH */
};

/* ---- repos.c ---- */
/* Root itself (O_PATH). */
int di_open_root(struct hub_op *op, int *fd);
/* The repo's folder (O_PATH), and its path beneath root. ENOTFOUND if there is none. */
int di_open_repo(struct hub_op *op, struct hub_pool *pool, const char *id, int *fd,
                 const char **folder);
int di_whoami(struct hub_op *op);
int di_list_repos(struct hub_op *op, const char *owner);
int di_stat_repo(struct hub_op *op, const struct hub_repo *repo);
int di_create_repo(struct hub_op *op, const struct hub_repo *repo);

/* ---- remove.c, files.c, upload.c ---- */
int di_delete_repo(struct hub_op *op, const struct hub_repo *repo);
int di_list_files(struct hub_op *op, const struct hub_repo *repo);
int di_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file);
int di_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts,
              size_t n);
int di_finish_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *put);
/* ".hubsync/<sha256><suffix>"; NULL when out of memory or sha256 is none. */
const char *di_object_path(struct hub_pool *pool, const char *sha256, const char *suffix);
/* The file: URL of a path in the repo; NULL when out of memory. */
const char *di_url(const struct di_repo *repo, const char *path);
/* "device:inode:size:mtime in ns" */
const char *di_etag(struct hub_pool *pool, const struct stat *st);

/* ---- place.c: one file gets to its place ---- */
/* Content is written beside its place, synced and renamed over it. */
int di_place_content(const struct di_repo *repo, const struct hub_put *put);
/* The object itself, or a copy of it while a twin still needs it. If it is gone but in its place
 * already: fine; if it went to a twin in an earlier commit of this session, the twin is copied. */
enum di_how { DI_COPIED, DI_MOVED };
int di_place_object(const struct di_repo *repo, const struct hub_put *put, enum di_how how);

/* ---- memory.c: what this session put in place; thread-safe ---- */
struct di_identity { /* of a file that nobody has written to since */
    dev_t device;
    ino_t inode;
    uint64_t file_bytes;
    int64_t mtime_ns;
};
struct di_identity di_identity(const struct stat *st);
bool di_is_same(const struct di_identity *a, const struct di_identity *b);
void di_memory_init(struct di_memory *memory);
void di_memory_clear(struct di_memory *memory);
void di_remember(const struct di_repo *repo, const struct hub_file *file, const struct stat *st);
/* Is this the very file that was put there? */
bool di_is_ours(const struct di_repo *repo, const char *path, const struct stat *st);
/* The path in this repo of a file that got that content, and what it was then; NULL if none. */
const char *di_find_twin(const struct di_repo *repo, const struct hub_file *file,
                         struct di_identity *id);

/* ---- keep.c: .hubsync/ ---- */
/* 0, or -errno. */
int di_make_keep(struct hub_pool *pool, int repo);
/* What this commit used goes, with what has not been touched for a month; other uploads keep
 * theirs, and with them the folder. */
int di_drop_used(const struct di_repo *repo, const struct hub_change *change);

/* ---- listed.c ---- */
/* ECONFLICT if a file that is replaced or deleted is not what was listed, or one that is new is
 * there, unless an earlier try of this commit did it. */
int di_check_listed(const struct di_repo *repo, const struct hub_change *change);

/* ---- commit.c, clear.c ---- */
int di_commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_change *change);
/* Deletes the files that stand in the way of a put, then (others) the rest. A folder that becomes
 * empty goes too. */
enum di_which { DI_CLASHING, DI_OTHERS };
int di_clear(const struct di_repo *repo, const struct hub_change *change, enum di_which which);
#endif
