#include "hub.h"
#include "request.h"
#include "util.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t hub_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_long clock_offset_s;
static atomic_bool is_stopping;
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;
static unsigned char secret[16];

void th_lock(void)
{
    (void)pthread_mutex_lock(&hub_lock);
}

void th_unlock(void)
{
    (void)pthread_mutex_unlock(&hub_lock);
}

int64_t th_clock_offset(void)
{
    return atomic_load(&clock_offset_s);
}

void th_clock_set(int64_t offset_s)
{
    atomic_store(&clock_offset_s, (long)offset_s);
}

int64_t th_now(void)
{
    return (int64_t)time(NULL) + th_clock_offset();
}

int64_t th_ticks_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void th_stop(void)
{
    atomic_store(&is_stopping, true);
}

bool th_is_stopping(void)
{
    return atomic_load(&is_stopping);
}

bool th_wait_ms(int socket_fd, uint32_t ms)
{
    enum { SLICE_MS = 50 };
    int64_t end = th_ticks_ms() + ms;

    for (;;) {
        int64_t left = ms == UINT32_MAX ? SLICE_MS : end - th_ticks_ms();
        struct pollfd gone = {.fd = socket_fd, .events = POLLRDHUP};

        if (left <= 0)
            return true;
        if (th_is_stopping())
            return false;
        if (poll(&gone, 1, left < SLICE_MS ? (int)left : SLICE_MS) > 0)
            return false;
    }
}

static void make_secret(void)
{
    if (RAND_bytes(secret, sizeof(secret)) != 1)
        abort();
}

void th_sign(const char *text, char out[33])
{
    char key[33], whole[65];
    char *keyed;

    (void)pthread_once(&secret_once, make_secret);
    th_hex(secret, sizeof(secret), key);
    keyed = th_format("%s\n%s", key, text);
    th_sha256_hex(keyed, 33 + (size_t)(__builtin_strlen(text)), whole);
    free(keyed);
    for (int i = 0; i < 32; i++)
        out[i] = whole[i];
    out[32] = 0;
}

void th_fresh_id(char out[33])
{
    unsigned char bytes[16];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        abort();
    th_hex(bytes, sizeof(bytes), out);
}
