#include "site_modelers_reply.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One account's cell of the generic cell rate algorithm: when its next request is due. */
struct meter {
    char *account;
    int64_t due_ns;
    struct meter *next;
};

static struct meter *meters;

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct meter *meter_of(const char *account)
{
    struct meter *meter = meters;

    while (meter && strcmp(meter->account, account))
        meter = meter->next;
    if (meter)
        return meter;
    meter = th_alloc(sizeof *meter);
    meter->account = th_copy(account);
    meter->next = meters;
    meters = meter;
    return meter;
}

bool mo_limit(struct th_req *req, const struct th_token *token)
{
    int64_t per_s = th_knob_int(req, "rate_per_s", 0);
    int64_t burst = th_knob_int(req, "rate_burst", per_s);
    int64_t now = now_ns(), step;
    struct meter *meter;

    if (!token || per_s <= 0)
        return true;
    step = 1000000000 / per_s;
    meter = meter_of(token->account);
    if (meter->due_ns < now)
        meter->due_ns = now;
    if (meter->due_ns + step - now <= burst * step) {
        meter->due_ns += step;
        return true;
    }
    th_count_event(req, "rate_limited");
    if (th_knob_int(req, "retry_after_s", 0) > 0)
        th_header(req, "Retry-After", "%lld", (long long)th_knob_int(req, "retry_after_s", 0));
    mo_reply_error(req, 429, "rate_limit_over", "too many requests");
    return false;
}

void mo_limit_clear(void)
{
    while (meters) {
        struct meter *next = meters->next;

        free(meters->account);
        free(meters);
        meters = next;
    }
}
