/* dir_script.h - folders of its own for each test of hub-dir, and what it is told about. */
#ifndef DIR_SCRIPT_H
#define DIR_SCRIPT_H
#include "fake_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OID_A    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define OID_B    "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
#define BIG      (100 * 1024)              /* bytes: no inline file */
#define TWO      (64 * 1024 * 1024 + 1024) /* bytes: two parts */
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

struct site { /* a root, without links in its name, with the empty repo "local/m" */
    struct fake *f;
    char root[PATH_MAX];
    struct hub_repo repo;
};

/* root/path; lives as long as the fake. */
static inline const char *at(struct site *s, const char *path)
{
    return hub_pool_printf(&s->f->pool, "%s/%s", s->root, path);
}

static inline void make_folder(struct site *s, const char *path)
{
    assert_int_equal(mkdir(at(s, path), 0777), 0);
}

static inline void begin(struct site *s, const char *layout)
{
    char made[] = "/tmp/hubsync-dir-XXXXXX";

    *s = (struct site){.repo = {.size = sizeof s->repo, .id = "local/m", .revision = ""}};
    umask(022);
    assert_non_null(mkdtemp(made));
    assert_non_null(realpath(made, s->root));
    s->f = fake_new(hub_plugin);
    fake_set(s->f, "root", s->root);
    if (layout)
        fake_set(s->f, "layout", layout);
    else
        make_folder(s, "m");
    fake_open(s->f);
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static inline void end(struct site *s)
{
    fake_done(s->f);
    assert_int_equal(nftw(s->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* A file of n_bytes, all of them fill. */
static inline void make_file(struct site *s, const char *path, size_t n_bytes, char fill)
{
    FILE *file = fopen(at(s, path), "w");

    assert_non_null(file);
    for (size_t i = 0; i < n_bytes; i++)
        assert_int_equal(fputc(fill, file), fill);
    assert_int_equal(fclose(file), 0);
}

/* The bytes of the file if all are fill, else -1. */
static inline long bytes_of(struct site *s, const char *path, char fill)
{
    FILE *file = fopen(at(s, path), "r");
    long n = 0;
    int c;

    if (!file)
        return -1;
    while ((c = fgetc(file)) != EOF && n >= 0)
        n = c == fill ? n + 1 : -1;
    (void)fclose(file);
    return n;
}

static inline bool is_there(struct site *s, const char *path)
{
    struct stat st;

    return lstat(at(s, path), &st) == 0;
}

static inline unsigned mode_of(struct site *s, const char *path)
{
    struct stat st;

    assert_int_equal(lstat(at(s, path), &st), 0);
    return st.st_mode & 07777;
}

/* ---- a change that grows ---- */
enum { MOST = 8 };
struct edit {
    struct hub_change change;
    struct hub_file files[MOST], gone[MOST];
    struct hub_put puts[MOST];
    const struct hub_put *put_list[MOST];
    const struct hub_file *gone_list[MOST];
};

static inline struct hub_put *put_object(struct edit *e, const char *path, const char *sha256,
                                         uint64_t file_bytes)
{
    size_t n = (size_t)e->change.n_puts++;

    assert_true(n < MOST);
    e->files[n] = (struct hub_file){.size = sizeof *e->files,
                                    .path = path,
                                    .sha256 = sha256,
                                    .file_bytes = file_bytes,
                                    .etag = ""};
    e->puts[n] = (struct hub_put){.size = sizeof *e->puts,
                                  .mode = HUB_PARTS,
                                  .file = &e->files[n],
                                  .ticket = "",
                                  .resume = ""};
    e->put_list[n] = &e->puts[n];
    e->change.size = sizeof e->change;
    e->change.puts = e->put_list;
    e->change.parent = e->change.message = "";
    return &e->puts[n];
}

static inline struct hub_put *put_text(struct edit *e, const char *path, const char *text)
{
    struct hub_put *put = put_object(e, path, OID_A, strlen(text));

    put->mode = HUB_INLINE;
    put->content = text;
    put->content_bytes = strlen(text);
    return put;
}

static inline void drop_file(struct edit *e, const char *path)
{
    size_t n = (size_t)e->change.n_deletes++;

    assert_true(n < MOST);
    e->gone[n] = (struct hub_file){.size = sizeof *e->gone, .path = path, .sha256 = "", .etag = ""};
    e->gone_list[n] = &e->gone[n];
    e->change.size = sizeof e->change;
    e->change.deletes = e->gone_list;
    e->change.parent = e->change.message = "";
}

/* The file as a listing tells it now; lives as long as the fake's answers. */
static inline const struct hub_file *listed(struct site *s, const char *path)
{
    const struct hub_file *file;

    fake_forget(s->f);
    assert_int_equal(hub_plugin->list_files(&s->f->op, &s->repo), 0);
    file = fake_file(s->f, path);
    assert_non_null(file);
    return file;
}

/* Another process, which remembers nothing. */
static inline void open_again(struct site *s)
{
    hub_plugin->close(s->f->op.session);
    s->f->op.session = NULL;
    fake_open(s->f);
}

static inline int commit(struct site *s, const struct edit *e)
{
    fake_forget(s->f);
    return hub_plugin->commit(&s->f->op, &s->repo, &e->change);
}

static inline int plan(struct site *s, struct hub_put *put)
{
    const struct hub_put *puts[] = {put};

    put->mode = 0;
    fake_forget(s->f);
    return hub_plugin->upload(&s->f->op, &s->repo, puts, 1);
}
#endif
