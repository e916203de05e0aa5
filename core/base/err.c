#include "err.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "banned.h"

void hs_err_clear(struct hs_err *err)
{
    if (!err)
        return;
    free(err->message);
    free(err->hint);
    *err = (struct hs_err){0, NULL, NULL};
}

/* NULL when there is no memory. */
HUB_PRINTF(1, 0) static char *format(const char *fmt, va_list args)
{
    char *text;

    return vasprintf(&text, fmt, args) < 0 ? NULL : text;
}

int hs_vfail(struct hs_err *err, int status, const char *fmt, va_list args)
{
    char *message;

    assert(status < 0);
    if (!err)
        return status;
    message = format(fmt, args); /* before the old message goes: it may be one of args */
    hs_err_clear(err);
    err->status = status;
    err->message = message;
    return status;
}

int hs_fail(struct hs_err *err, int status, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)hs_vfail(err, status, fmt, args);
    va_end(args);
    return status;
}

static int status_of(const struct hs_err *err)
{
    return err && err->status < 0 ? err->status : HS_EFAILED;
}

int hs_hint(struct hs_err *err, const char *fmt, ...)
{
    va_list args;
    char *hint;

    if (!err)
        return status_of(err);
    va_start(args, fmt);
    hint = format(fmt, args);
    va_end(args);
    free(err->hint);
    err->hint = hint;
    return status_of(err);
}

int hs_prefix(struct hs_err *err, const char *fmt, ...)
{
    char *prefix, *message = NULL;
    va_list args;

    if (!err)
        return status_of(err);
    va_start(args, fmt);
    prefix = format(fmt, args);
    va_end(args);
    if (prefix && asprintf(&message, "%s%s", prefix, hs_err_text(err)) >= 0) {
        free(err->message);
        err->message = message;
    }
    free(prefix);
    return status_of(err);
}

int hs_fail_errno(struct hs_err *err, const char *what, const char *path)
{
    char words[128];
    const char *reason = strerror_r(errno, words, sizeof words);

    return hs_fail(err, HS_EFAILED, "cannot %s %s: %s", what, path, reason);
}

void hs_err_move(struct hs_err *to, struct hs_err *from)
{
    if (!from || to == from)
        return;
    if (to) {
        hs_err_clear(to);
        *to = *from;
        *from = (struct hs_err){0, NULL, NULL};
    } else {
        hs_err_clear(from);
    }
}

void hs_err_copy(struct hs_err *to, const struct hs_err *from)
{
    if (!to || to == from)
        return;
    hs_err_clear(to);
    to->status = from->status;
    to->message = from->message ? strdup(from->message) : NULL;
    to->hint = from->hint ? strdup(from->hint) : NULL;
}

const char *hs_err_text(const struct hs_err *err)
{
    if (err && err->message)
        return err->message;
    return err && err->status < 0 ? "failed, and out of memory for the reason" : "";
}
