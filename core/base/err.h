/* One value for what went wrong: a status, a message that names the thing and the value, a hint
 * that says what to do. Whoever detects a failure writes it, everyone above returns it untouched. */
#ifndef HS_BASE_ERR_H
#define HS_BASE_ERR_H
#include <hubsync/provider.h>
#include <stdarg.h>

/* The engine's own statuses, beside enum hub_status of the ABI (which stays above -100). */
enum hs_status {
    HS_ECONFIG = -100,   /* usage or configuration */
    HS_ESAFETY = -101,   /* a brake, a suspect listing, a stale plan, visibility */
    HS_EHELD = -102,     /* a conflict that needs a decision */
    HS_EPLUGIN = -103,   /* a provider is missing or does not fit */
    HS_EBUSY = -104,     /* another process runs jobs on this state */
    HS_EFAILED = -105,   /* anything without a class: the system said no */
    HS_EPOISONED = -106, /* an upload holds bytes that we cannot vouch for */
    HS_EABSENT = -107    /* an unknown thing named on the command line */
};

/* The classes of the contract, in the order of their exit codes' weight. */
enum hs_class {
    HS_CLASS_NONE = 0, /* success */
    HS_CLASS_FAILED,
    HS_CLASS_CONFIG,
    HS_CLASS_PARTIAL,
    HS_CLASS_TEMPORARY,
    HS_CLASS_SAFETY,
    HS_CLASS_INTEGRITY,
    HS_CLASS_CONFLICT,
    HS_CLASS_AUTH,
    HS_CLASS_BUSY,
    HS_CLASS_PLUGIN
};

struct hs_err {
    int status;
    char *message; /* NULL when there was no memory for it: hs_err_text never is */
    char *hint;    /* NULL if there is none */
};
#define HS_ERR(name) struct hs_err name __attribute__((cleanup(hs_err_clear))) = {0, NULL, NULL}

void hs_err_clear(struct hs_err *err);
/* Replaces what err said. Returns status. err may be NULL. */
int hs_fail(struct hs_err *err, int status, const char *fmt, ...) HUB_PRINTF(3, 4);
int hs_vfail(struct hs_err *err, int status, const char *fmt, va_list args) HUB_PRINTF(3, 0);
/* Adds what the user can do. Returns err's status. */
int hs_hint(struct hs_err *err, const char *fmt, ...) HUB_PRINTF(2, 3);
/* Puts words before the message ("ms: "). Returns err's status. */
int hs_prefix(struct hs_err *err, const char *fmt, ...) HUB_PRINTF(2, 3);
/* strerror in place of words for errno: "cannot WHAT PATH: reason". ENOSPC and the like are
 * HS_EFAILED too. */
int hs_fail_errno(struct hs_err *err, const char *what, const char *path);
/* Moves from into to; from is empty afterwards. */
void hs_err_move(struct hs_err *to, struct hs_err *from);
void hs_err_copy(struct hs_err *to, const struct hs_err *from);
const char *hs_err_text(const struct hs_err *err);

enum hs_class hs_class_of(int status);
const char *hs_class_name(enum hs_class cls); /* "integrity", …; HS_CLASS_NONE: "" */
int hs_class_exit(enum hs_class cls);         /* 7, 6, 9, 10, 12, 5, 2, 11, 1; none: 0 */
/* Is it worth another try by itself? (-1..-19 of the ABI) */
static inline int hs_is_retry(int status)
{
    return status < 0 && status > -20;
}
static inline int hs_is_session(int status)
{
    return status <= -40 && status > -60;
}
static inline int hs_is_stop(int status)
{
    return status <= -60 && status > -80;
}
#endif
