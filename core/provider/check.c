#include "provider/check.h"

#include "base/banned.h"

enum { PATH_MAX_BYTES = 4095, PART_MAX_BYTES = 255, QUOTE_BYTES = 120 };

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EMPTY_GIT_SHA1 "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

/* For messages: bounded, and nothing in it can move a terminal's cursor. */
static void quote_text(struct hub_text *out, const char *text)
{
    size_t n = strnlen(text, QUOTE_BYTES);

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            hub_text_printf(out, "\\x%02x", c);
        else
            hub_text_add(out, &text[i], 1);
    }
    if (text[n])
        hub_text_puts(out, "...");
    if (!hub_utf8_ok(out->data ? out->data : "", out->n_bytes))
        for (size_t i = 0; i < out->n_bytes; i++)
            if ((unsigned char)out->data[i] >= 0x80)
                out->data[i] = '?';
}

static int fail_quoted(struct hs_err *err, const char *what, const char *text, const char *why)
{
    HUB_TEXT(quoted);

    quote_text(&quoted, text);
    return hs_fail(err, HUB_ECORRUPT, "the hub lists the %s '%s': %s", what,
                   quoted.data ? quoted.data : "", why);
}

static const char *bad_part(const char *part, size_t n_bytes)
{
    if (n_bytes == 0)
        return "it has an empty part";
    if ((n_bytes == 1 && part[0] == '.') || (n_bytes == 2 && part[0] == '.' && part[1] == '.'))
        return "it has a '.' or '..' part";
    if (n_bytes > PART_MAX_BYTES)
        return "a part is longer than 255 bytes";
    for (size_t i = 0; i < n_bytes; i++)
        if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f)
            return "it has a control character";
    return NULL;
}

static const char *bad_path(const char *path)
{
    size_t n_bytes = strlen(path);

    if (n_bytes == 0)
        return "it is empty";
    if (n_bytes > PATH_MAX_BYTES)
        return "it is longer than 4095 bytes";
    if (!hub_utf8_ok(path, n_bytes))
        return "it is not UTF-8";
    while (true) {
        size_t n = strcspn(path, "/");
        const char *why = bad_part(path, n);
        if (why)
            return why;
        if (!path[n])
            return NULL;
        path += n + 1;
    }
}

int hs_check_path(const char *path, struct hs_err *err)
{
    const char *why = bad_path(path ? path : "");

    return why ? fail_quoted(err, "path", path ? path : "", why) : 0;
}

int hs_check_repo_id(const char *id, struct hs_err *err)
{
    const char *slash = strchr(id ? id : "", '/');
    const char *why = bad_path(id ? id : "");

    if (!why && (!slash || strchr(slash + 1, '/')))
        why = "it is not owner/name";
    return why ? fail_quoted(err, "repo", id ? id : "", why) : 0;
}

static const char *check_hash(struct hub_pool *pool, const char *text, size_t n_digits,
                              const char *empty, uint64_t file_bytes)
{
    const char *lower = text ? hub_hex_lower(pool, text, n_digits) : NULL;

    if (!lower || (file_bytes != 0 && strcmp(lower, empty) == 0))
        return "";
    return lower;
}

static const char *keep_text(struct hub_pool *pool, const char *text)
{
    const char *copy = text && *text && hub_utf8_ok(text, strlen(text)) ? hub_pool_strdup(pool, text) : NULL;

    return copy ? copy : "";
}

int hs_check_file(struct hub_pool *pool, const struct hub_file *row, struct hs_file *out,
                  struct hs_err *err)
{
    int r = hs_check_path(row->path, err);

    if (r < 0)
        return r;
    if (row->file_bytes != HUB_UNKNOWN && row->file_bytes > (UINT64_C(1) << 53))
        return fail_quoted(err, "file", row->path, "its size is beyond 2^53");
    *out = (struct hs_file){
        .path = hub_pool_strdup(pool, row->path),
        .file_bytes = row->file_bytes,
        .modified_ms = row->modified_ms > 0 ? row->modified_ms : 0,
        .flags = row->flags & (HUB_LFS | HUB_SITE_OWNED | HUB_NOT_PLAIN),
        .sha256 = check_hash(pool, row->sha256, 64, EMPTY_SHA256, row->file_bytes),
        .git_sha1 = check_hash(pool, row->git_sha1, 40, EMPTY_GIT_SHA1, row->file_bytes),
        .etag = keep_text(pool, row->etag),
    };
    return out->path ? 0 : hs_fail(err, HUB_ENOMEM, "out of memory");
}

int hs_check_repo(struct hub_pool *pool, const struct hub_repo *row, struct hs_repo *out,
                  struct hs_err *err)
{
    int r = hs_check_repo_id(row->id, err);

    if (r < 0)
        return r;
    *out = (struct hs_repo){
        .id = hub_pool_strdup(pool, row->id),
        .head = keep_text(pool, row->head),
        .branch = keep_text(pool, row->branch),
        .stable_id = keep_text(pool, row->stable_id),
        .license = keep_text(pool, row->license),
        .clone_url = keep_text(pool, row->clone_url),
        .visibility = row->visibility <= HUB_PRIVATE ? row->visibility : 0,
        .gated = row->gated <= HUB_NO ? row->gated : HUB_MAYBE,
        .weights = row->weights <= HUB_NO ? row->weights : HUB_MAYBE,
        .modified_ms = row->modified_ms > 0 ? row->modified_ms : 0,
    };
    return out->id ? 0 : hs_fail(err, HUB_ENOMEM, "out of memory");
}

static bool is_zero(const char *digits)
{
    return digits[strspn(digits, "0")] == '\0';
}

int hs_check_head(struct hub_pool *pool, const struct hub_head *row, char **commit,
                  struct hs_err *err)
{
    const char *text = row->commit ? row->commit : "", *branch = row->branch ? row->branch : "";
    char *lower = hub_hex_lower(pool, text, strlen(text) == 64 ? 64 : 40);
    const char *why = bad_path(branch);

    if (why)
        return fail_quoted(err, "branch", branch, why);
    if (!lower || is_zero(lower))
        return fail_quoted(err, "commit", text, "it is no commit id");
    *commit = lower;
    return 0;
}

void hs_check_import(struct hub_pool *pool, const struct hub_import *row, struct hs_import *out)
{
    HUB_TEXT(message);

    quote_text(&message, row->message ? row->message : "");
    *out = (struct hs_import){
        .state = row->state <= HUB_FAILED ? row->state : 0,
        .mirror = row->mirror <= HUB_NO ? row->mirror : HUB_MAYBE,
        .failures = row->failures,
        .tried_ms = row->tried_ms > 0 ? row->tried_ms : 0,
        .succeeded_ms = row->succeeded_ms > 0 ? row->succeeded_ms : 0,
        .message = keep_text(pool, message.data),
    };
}
