#include "sync/reader_own.h"

#include "base/clock.h"
#include "sync/local.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

struct hs_reader *hs_reader_new(const struct hs_reader_conf *conf)
{
    struct hs_reader *r = hs_xcalloc(1, sizeof *r);

    r->conf = *conf;
    r->fd = -1;
    r->address = "";
    if (hs_window_init(&r->window, conf->file->file_bytes, conf->window_bytes) < 0) {
        free(r);
        return NULL;
    }
    for (size_t i = 0; i < HS_MAX_SLICES; i++)
        r->slices[i].reader = r;
    hs_reader_seek(r, 0, NULL);
    return r;
}

void hs_reader_free(struct hs_reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < HS_MAX_SLICES; i++)
        hs_slice_drop(&r->slices[i]);
    hs_window_clear(&r->window);
    hub_pool_clear(&r->pool);
    if (r->fd >= 0)
        close(r->fd);
    free(r);
}

void hs_reader_seek(struct hs_reader *r, uint64_t offset, const struct hs_sha256 *state)
{
    for (size_t i = 0; i < HS_MAX_SLICES; i++)
        hs_slice_drop(&r->slices[i]);
    hs_window_seek(&r->window, offset);
    r->hashed = r->whole_have = offset;
    r->next = r->is_whole ? 0 : offset;
    if (state)
        r->hash = *state;
    else
        hs_sha256_init(&r->hash);
    if (r->conf.wants_git_sha1)
        hs_gitsha1_init(&r->git, r->conf.file->file_bytes);
}

/* ---- local files ---- */
static int pump_local(struct hs_reader *r, struct hs_err *err)
{
    int status = 0;

    if (r->fd < 0) {
        if (!r->has_plan)
            status = hs_reader_plan(r, err);
        if (status == 0)
            status = hs_local_open_read(&r->conf.session->gate, r->planned.request.url, &r->fd, err);
        if (status < 0)
            return status;
        if (fstat(r->fd, &r->opened) < 0)
            return hs_fail_errno(err, "read", r->conf.file->path);
        if ((uint64_t)r->opened.st_size != r->conf.file->file_bytes)
            return hs_fail(err, HUB_ECONFLICT, "'%s' changed since it was listed", r->conf.file->path);
    }
    r->is_whole = false;
    while (true) {
        size_t room;
        unsigned char *space = hs_window_space(&r->window, r->next, &room);
        ssize_t n;
        if (!space)
            return 0;
        room = room < 256 * 1024 ? room : 256 * 1024;
        n = pread(r->fd, space, room, (off_t)r->next);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return hs_fail_errno(err, "read", r->conf.file->path);
        if (n == 0)
            return hs_fail(err, HUB_ECONFLICT, "'%s' became shorter while it was read",
                           r->conf.file->path);
        hs_window_wrote(&r->window, r->next, (size_t)n);
        r->next += (uint64_t)n;
        if (r->conf.read_bytes)
            __atomic_add_fetch(r->conf.read_bytes, (size_t)n, __ATOMIC_RELAXED);
        return 0; /* hash it while it is warm; the next turn reads on */
    }
}

/* ---- bytes of our own ---- */
static void pump_made(struct hs_reader *r)
{
    size_t room;
    unsigned char *space;

    while ((space = hs_window_space(&r->window, r->next, &room)) != NULL) {
        memcpy(space, r->conf.made + r->next, room);
        hs_window_wrote(&r->window, r->next, room);
        r->next += room;
    }
}

bool hs_reader_changed(struct hs_reader *r)
{
    struct stat now;

    if (r->fd < 0)
        return false;
    return fstat(r->fd, &now) < 0 || now.st_size != r->opened.st_size ||
           now.st_mtim.tv_sec != r->opened.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != r->opened.st_mtim.tv_nsec || now.st_ino != r->opened.st_ino;
}

/* ---- the pump ---- */
static void hash_on(struct hs_reader *r, uint64_t hash_limit)
{
    const unsigned char *bytes;
    size_t n;

    while (r->hashed < hash_limit && (n = hs_window_peek(&r->window, r->hashed, &bytes)) > 0) {
        n = n < hash_limit - r->hashed ? n : (size_t)(hash_limit - r->hashed);
        hs_sha256_update(&r->hash, bytes, n);
        if (r->conf.wants_git_sha1)
            hs_gitsha1_update(&r->git, bytes, n);
        r->hashed += n;
    }
}

int hs_reader_pump(struct hs_reader *r, uint64_t hash_limit, struct hs_err *err)
{
    int status = 0;

    hash_on(r, hash_limit);
    if (r->conf.made) {
        pump_made(r);
    } else if (r->conf.session->gate.is_local) {
        status = pump_local(r, err);
    } else {
        for (size_t i = 0; status == 0 && i < HS_MAX_SLICES; i++)
            if (r->slices[i].state == SLICE_ENDED)
                status = hs_slice_end(&r->slices[i], err);
        if (status == 0 && hs_site_closed(r->conf.session->site))
            status = hs_fail(err, hs_site_closed(r->conf.session->site), "%s is closed for this run",
                             r->conf.session->conf->name);
        if (status == 0)
            status = hs_slices_start(r, err);
    }
    if (status == 0)
        hash_on(r, hash_limit);
    return status;
}

int64_t hs_reader_due_ms(const struct hs_reader *r)
{
    int64_t now = hs_mono_ms(), due = -1;

    if (r->conf.made || r->conf.session->gate.is_local)
        return r->next < hs_window_limit(&r->window) ? 0 : -1;
    for (size_t i = 0; i < HS_MAX_SLICES; i++) {
        int64_t wait = r->slices[i].not_before_ms - now;
        if (r->slices[i].state == SLICE_ENDED)
            return 0;
        if (r->slices[i].state == SLICE_WAITS && (due < 0 || wait < due))
            due = wait > 0 ? wait : 0;
    }
    return due;
}

uint64_t hs_reader_hashed(const struct hs_reader *r)
{
    return r->hashed;
}

const struct hs_sha256 *hs_reader_hash(const struct hs_reader *r)
{
    return &r->hash;
}

void hs_reader_git_sha1(const struct hs_reader *r, char *hex)
{
    hs_gitsha1_hex(&r->git, hex);
}

size_t hs_reader_peek(const struct hs_reader *r, uint64_t offset, const void **bytes)
{
    const unsigned char *at;
    size_t n = offset < r->hashed ? hs_window_peek(&r->window, offset, &at) : 0;

    if (!n)
        return 0;
    *bytes = at;
    return n < r->hashed - offset ? n : (size_t)(r->hashed - offset);
}

void hs_reader_release(struct hs_reader *r, uint64_t offset)
{
    uint64_t before = hs_window_limit(&r->window);

    hs_window_release(&r->window, offset);
    if (hs_window_limit(&r->window) == before)
        return;
    for (size_t i = 0; i < HS_MAX_SLICES; i++)
        if (r->slices[i].state == SLICE_RUNS && r->is_whole)
            hs_stream_resume(r->slices[i].stream);
}

int hs_reader_distrust(struct hs_reader *r, struct hs_err *err)
{
    int64_t wait;

    hs_reader_forget_address(r);
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
    wait = hs_retry_wait(&r->conf.session->retry, HUB_EAGAIN, ++r->distrusts, -1, hs_random());
    if (wait < 0)
        return hs_fail(err, HUB_ECORRUPT, "'%s': %s sends bytes that are not those of its listing",
                       r->conf.file->path, r->conf.session->conf->name);
    return 0;
}
