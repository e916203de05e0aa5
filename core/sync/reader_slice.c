/* A remote file's bytes: where they are, and the slices that bring them. */
#include "base/clock.h"
#include "base/log.h"
#include "net/guess.h"
#include "sync/reader_own.h"

#include <inttypes.h>

#include "base/banned.h"

enum {
    SLICE_BYTES = 4 * HS_CHUNK_BYTES,
    ADDRESS_MS = 10 * 60 * 1000,
    PROGRESS_BYTES = 64 * 1024, /* so much in one attempt makes the tries start again */
    MAX_PLANS = 100
};

void hs_slice_drop(struct hs_slice *slice)
{
    if (slice->stream)
        hs_stream_cut(slice->stream);
    slice->stream = NULL;
    hs_answer_clear(&slice->answer);
    hs_err_clear(&slice->err);
    slice->state = SLICE_FREE;
}

/* ---- the plan and the address ---- */
int hs_reader_plan(struct hs_reader *r, struct hs_err *err)
{
    const struct hs_reader_conf *c = &r->conf;
    int status;

    if (c->file->file_bytes == HUB_UNKNOWN)
        return hs_fail(err, HUB_ENOTSUP, "%s does not tell the size of '%s'", c->session->conf->name,
                       c->file->path);
    if (r->plans++ >= MAX_PLANS)
        return hs_fail(err, HUB_EAGAIN, "'%s': its address lapsed too often", c->file->path);
    hub_pool_clear(&r->pool);
    r->address = "";
    status = hs_ask_download(c->session, c->loop, &r->pool, c->repo, c->revision, c->file, &r->planned, err);
    if (status < 0)
        return status;
    r->has_plan = true;
    r->n_addresses++;
    if (r->planned.no_range && !r->is_whole) {
        r->is_whole = true;
        r->next = 0;
    }
    return 0;
}

void hs_reader_forget_address(struct hs_reader *r)
{
    r->address = "";
    r->is_direct = false;
    r->has_plan = false;
}

static bool has_fresh_address(struct hs_reader *r)
{
    if (*r->address && hs_mono_ms() - r->address_ms > ADDRESS_MS)
        r->address = "";
    return *r->address != '\0';
}

/* ---- what an answer's head may say ---- */
/* "bytes a-b/n" with every number plain; n may be '*' (UINT64_MAX). */
static bool parse_content_range(const char *text, uint64_t *from, uint64_t *last, uint64_t *total)
{
    int used = 0;

    *total = UINT64_MAX;
    if (sscanf(text, "bytes %" SCNu64 "-%" SCNu64 "/%n", from, last, &used) != 2 || !used)
        return false;
    if (strcmp(text + used, "*") == 0)
        return true;
    return sscanf(text + used, "%" SCNu64, total) == 1;
}

static bool is_length(const char *text, uint64_t expected)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRIu64, expected);
    return !*text || strcmp(text, digits) == 0;
}

/* 0: the body that follows is [at, end) of the file. */
static int judge_head(struct hs_slice *slice, const struct hub_reply *reply)
{
    struct hs_reader *r = slice->reader;
    const char *range = hub_header(reply, "content-range");
    const char *coding = hub_header(reply, "content-encoding");
    const char *length = hub_header(reply, "content-length");
    uint64_t size = r->conf.file->file_bytes, from, last, total;

    if (*coding && strcmp(coding, "identity") != 0)
        return hs_fail(&slice->err, HUB_EAGAIN, "'%s' came encoded as '%s'", r->conf.file->path, coding);
    if (*range) {
        if (!parse_content_range(range, &from, &last, &total))
            return hs_fail(&slice->err, HUB_EAGAIN, "'%s' came with Content-Range '%s'",
                           r->conf.file->path, range);
        if (from == slice->at && last == slice->end - 1 && (total == UINT64_MAX || total == size) &&
            is_length(length, slice->end - slice->at))
            return 0;
        slice->is_other_size = total != UINT64_MAX && total != size;
        return hs_fail(&slice->err, HUB_EAGAIN, "'%s': asked for bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64
                       ", got '%s'", r->conf.file->path, slice->at, slice->end - 1, size, range);
    }
    if (slice->at == 0 && slice->end == size) {
        if (is_length(length, size))
            return 0;
        slice->is_other_size = !hs_is_html(reply);
        return hs_fail(&slice->err, HUB_EAGAIN, "'%s' came with %s bytes, the listing says %" PRIu64,
                       r->conf.file->path, length, size);
    }
    if (reply->http_status == 200 && is_length(length, size)) {
        r->is_whole = true; /* the hub ignores ranges: read from 0 and skip */
        return hs_fail(&slice->err, HUB_EEXPIRED, "'%s': the hub ignored the range", r->conf.file->path);
    }
    return hs_fail(&slice->err, HUB_EAGAIN, "'%s': a range was asked for and something else came",
                   r->conf.file->path);
}

/* ---- stream callbacks: no provider call, no free ---- */
static int on_head(void *ctx, const struct hub_reply *reply)
{
    struct hs_slice *slice = ctx;
    struct hs_reader *r = slice->reader;
    int status = judge_head(slice, reply);

    if (status < 0)
        return status;
    if (!slice->to_address) {
        if (reply->url && strcmp(reply->url, r->planned.request.url) != 0) {
            r->address = hub_pool_strdup(&r->pool, reply->url);
            r->address = r->address ? r->address : "";
            r->address_ms = hs_mono_ms();
        } else {
            r->is_direct = true;
        }
    }
    return 0;
}

static long on_write(void *ctx, const void *bytes, size_t n)
{
    struct hs_slice *slice = ctx;
    struct hs_reader *r = slice->reader;
    const unsigned char *from = bytes;
    size_t skip = 0, taken, room;

    if (n > slice->end - slice->at)
        return 0;
    if (r->is_whole && slice->at < r->whole_have) { /* read again from 0: skip what we have */
        uint64_t gone = r->whole_have - slice->at;
        skip = gone < n ? (size_t)gone : n;
    }
    room = (size_t)(hs_window_limit(&r->window) > slice->at + skip
                        ? hs_window_limit(&r->window) - slice->at - skip
                        : 0);
    if (n - skip > room)
        return HS_PAUSE;
    taken = hs_window_put(&r->window, slice->at + skip, from + skip, n - skip);
    if (taken != n - skip)
        return 0;
    slice->at += n;
    if (r->whole_have < slice->at)
        r->whole_have = slice->at;
    if (r->conf.read_bytes)
        __atomic_add_fetch(r->conf.read_bytes, n, __ATOMIC_RELAXED);
    return (long)n;
}

static void on_done(void *ctx, int status, struct hs_answer *answer, const struct hs_err *err)
{
    struct hs_slice *slice = ctx;

    slice->stream = NULL;
    slice->state = SLICE_ENDED;
    slice->status = status;
    if (status < 0 && err && !slice->err.status)
        hs_err_copy(&slice->err, err);
    hs_answer_clear(&slice->answer);
    if (answer) {
        slice->answer = *answer;
        memset(answer, 0, sizeof *answer);
    }
}

static const struct hs_stream_ops ops = {.head = on_head, .write = on_write, .done = on_done};

/* ---- slices ---- */
static int start_stream(struct hs_slice *slice, struct hs_err *err)
{
    struct hs_reader *r = slice->reader;
    struct hub_request request = r->planned.request;
    bool is_all = slice->at == 0 && slice->end == r->conf.file->file_bytes;
    struct hs_stream_conf conf = {
        .gate = &r->conf.session->gate,
        .site = r->conf.session->site,
        .cost = HS_COST_ADDRESS,
        .request = &request,
        .has_range = !is_all && !r->is_whole,
        .offset = slice->at,
        .range_bytes = slice->end - slice->at,
        .ops = &ops,
        .ctx = slice,
    };

    slice->to_address = has_fresh_address(r);
    if (slice->to_address) {
        request.url = r->address;
        request.secrets = NULL;
        conf.cost = HS_COST_STORAGE;
    }
    slice->address = r->n_addresses;
    hs_err_clear(&slice->err);
    slice->began = slice->at;
    slice->is_other_size = false;
    slice->stream = hs_stream_start(r->conf.loop, &conf);
    if (!slice->stream)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    slice->state = SLICE_RUNS;
    return 0;
}

static bool knows_where(struct hs_reader *r)
{
    return r->is_direct || has_fresh_address(r);
}

static bool is_any(const struct hs_reader *r, enum hs_slice_state state)
{
    for (size_t i = 0; i < HS_MAX_SLICES; i++)
        if (r->slices[i].state == state)
            return true;
    return false;
}

/* Takes the next piece of the file for this slot; false if there is none or no room for it. */
static bool cut_slice(struct hs_reader *r, struct hs_slice *slice)
{
    uint64_t size = r->conf.file->file_bytes, end;

    if (r->next >= size)
        return false;
    if (r->is_whole) {
        *slice = (struct hs_slice){.reader = r, .state = SLICE_WAITS, .at = 0, .end = size};
        r->next = size;
        return true;
    }
    end = r->next - r->next % SLICE_BYTES + SLICE_BYTES;
    end = end < size ? end : size;
    if (end > hs_window_limit(&r->window)) {
        if (r->next > r->window.base || hs_window_limit(&r->window) <= r->next)
            return false;
        end = hs_window_limit(&r->window); /* a window smaller than a slice */
    }
    *slice = (struct hs_slice){.reader = r, .state = SLICE_WAITS, .at = r->next, .end = end};
    r->next = end;
    return true;
}

int hs_slices_start(struct hs_reader *r, struct hs_err *err)
{
    int status = 0;

    if (!r->has_plan)
        status = hs_reader_plan(r, err);
    for (size_t i = 0; status == 0 && i < HS_MAX_SLICES; i++) {
        struct hs_slice *slice = &r->slices[i];
        if (is_any(r, SLICE_RUNS) && !knows_where(r))
            break; /* the first answer tells the address */
        if (slice->state == SLICE_FREE)
            (void)cut_slice(r, slice);
        if (slice->state == SLICE_WAITS && slice->not_before_ms <= hs_mono_ms())
            status = start_stream(slice, err);
    }
    return status;
}

/* What the answer means: the provider's word where its own URL answered, else the status. */
static int class_of(struct hs_slice *slice, uint32_t *wait_ms, struct hs_err *err)
{
    struct hs_reader *r = slice->reader;
    uint32_t status = slice->answer.reply.http_status;

    if (slice->status < 0) {
        hs_err_copy(err, &slice->err);
        return slice->status;
    }
    if (slice->to_address && (status == 401 || status == 403 || status == 404 || status == 410))
        return hs_fail(err, HUB_EEXPIRED, "'%s': its address lapsed (HTTP %u)", r->conf.file->path, status);
    if (slice->to_address || !r->planned.request.classify)
        return slice->answer.guess;
    return hs_ask_class(r->conf.session, r->conf.loop, &r->planned.request, &slice->answer.reply,
                        slice->answer.guess, wait_ms, err);
}

/* The address has been replaced since this attempt began: no try of the new one. */
static bool has_newer_address(const struct hs_slice *slice)
{
    return slice->address != slice->reader->n_addresses || !slice->reader->has_plan;
}

static int64_t wait_for(struct hs_slice *slice, int why, int64_t retry_after_ms)
{
    struct hs_reader *r = slice->reader;

    if (slice->at - slice->began >= PROGRESS_BYTES)
        slice->tries = 0;
    if (why == HUB_EEXPIRED && has_newer_address(slice))
        return 0;
    slice->tries++;
    if (why == HUB_EEXPIRED && slice->tries == 1)
        return 0;
    return hs_retry_wait(&r->conf.session->retry, why == HUB_EEXPIRED ? HUB_EAGAIN : why, slice->tries,
                         retry_after_ms, hs_random());
}

/* The attempt failed: again after a wait, or for good. */
static int try_again(struct hs_slice *slice, int why, int64_t retry_after_ms, struct hs_err *err)
{
    struct hs_reader *r = slice->reader;
    int64_t wait;

    if (why != HUB_EEXPIRED && !hs_is_retry(why))
        return why;
    wait = wait_for(slice, why, retry_after_ms);
    if (wait < 0) {
        if ((why == HUB_ETHROTTLED || why == HUB_EFIREWALL) && !slice->to_address)
            hs_site_close(r->conf.session->site, why);
        if (slice->is_other_size) /* told each time, so it is the listing that is wrong */
            return err->status = HUB_ECORRUPT;
        return why == HUB_EEXPIRED ? HUB_EAGAIN : why;
    }
    if ((why == HUB_EEXPIRED || slice->tries > 1) && !has_newer_address(slice))
        hs_reader_forget_address(r); /* lapsed, or perhaps it is the address */
    if (r->is_whole)
        slice->at = 0;
    slice->not_before_ms = hs_mono_ms() + wait;
    slice->state = SLICE_WAITS;
    hs_logf(HS_LOG_DEBUG, "source_retry", "%s: %s (try %u, in %lld ms)", r->conf.file->path,
            hs_err_text(err), slice->tries, (long long)wait);
    hs_err_clear(err);
    return 0;
}

/* The hub ignores ranges: one request from 0, skipping what is here already. */
static void read_whole(struct hs_reader *r)
{
    const unsigned char *bytes;
    uint64_t have = r->hashed;
    size_t n;

    for (size_t i = 0; i < HS_MAX_SLICES; i++)
        hs_slice_drop(&r->slices[i]);
    while ((n = hs_window_peek(&r->window, have, &bytes)) > 0)
        have += n;
    hs_window_cut(&r->window, have);
    r->whole_have = have;
    r->next = 0;
}

int hs_slice_end(struct hs_slice *slice, struct hs_err *err)
{
    struct hs_reader *r = slice->reader;
    int64_t retry_after = slice->answer.retry_after_ms;
    uint32_t wait_ms = retry_after > 0 ? (uint32_t)retry_after : 0;
    int status = class_of(slice, &wait_ms, err);
    bool was_ranged = !r->is_whole || slice->end != r->conf.file->file_bytes || slice->began != 0;

    if (wait_ms)
        retry_after = wait_ms;
    if (status == 0 && slice->at == slice->end) {
        hs_slice_drop(slice);
        return 0;
    }
    if (status == 0)
        status = hs_fail(err, HUB_EAGAIN, "'%s': the answer ended early", r->conf.file->path);
    if (!err->status)
        (void)hs_fail(err, status, "'%s': %s answered HTTP %u", r->conf.file->path,
                      r->conf.session->conf->name, slice->answer.reply.http_status);
    hs_answer_clear(&slice->answer);
    if (status == HUB_EEXPIRED && r->is_whole && was_ranged) {
        hs_err_clear(err);
        read_whole(r);
        return 0;
    }
    return try_again(slice, status, retry_after, err);
}
