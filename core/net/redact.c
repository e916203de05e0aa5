#include "net/redact.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "net/redact_forms.h"
#include "net/redact_url.h"
#include "base/banned.h"

enum { SECRET_BYTES_MIN = 6, SECRET_BYTES_MAX = 64 * 1024, PASSING_MAX = 256 };
static const char HIDDEN[] = "***";

struct secret {
    char *text[HS_FORMS_MAX];
    size_t n_bytes[HS_FORMS_MAX], n;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static HS_VEC(struct secret) kept;
static struct secret passing[PASSING_MAX];
static size_t passing_next;
static bool is_first[256]; /* may a form start with this byte? Never unset: only speed is lost */

static void clear_secret(struct secret *secret)
{
    for (size_t i = 0; i < secret->n; i++)
        free(secret->text[i]);
    *secret = (struct secret){0};
}

static void fill_secret(struct secret *out, const char *text)
{
    HUB_POOL(pool);
    struct hs_forms forms;

    hs_forms_make(&pool, text, &forms);
    clear_secret(out);
    for (size_t i = 0; i < forms.n; i++) {
        out->text[i] = hs_xstrdup(forms.text[i]);
        out->n_bytes[i] = strlen(forms.text[i]);
        is_first[(unsigned char)forms.text[i][0]] = true;
    }
    out->n = forms.n;
}

static bool is_secret(const struct secret *secret, const char *text)
{
    return secret->n > 0 && strcmp(secret->text[0], text) == 0;
}

static bool is_kept(const char *text)
{
    for (size_t i = 0; i < kept.n; i++)
        if (is_secret(&kept.items[i], text))
            return true;
    return false;
}

static bool is_known(const char *text)
{
    if (is_kept(text))
        return true;
    for (size_t i = 0; i < PASSING_MAX; i++)
        if (is_secret(&passing[i], text))
            return true;
    return false;
}

static bool is_worth_it(const char *secret)
{
    size_t n = secret ? strlen(secret) : 0;

    return n >= SECRET_BYTES_MIN && n <= SECRET_BYTES_MAX;
}

void hs_redact_add(const char *secret)
{
    if (!is_worth_it(secret))
        return;
    (void)pthread_mutex_lock(&lock);
    if (!is_kept(secret))
        fill_secret(hs_vec_add(&kept), secret);
    (void)pthread_mutex_unlock(&lock);
}

void hs_redact_add_passing(const char *secret)
{
    if (!is_worth_it(secret))
        return;
    (void)pthread_mutex_lock(&lock);
    if (!is_known(secret)) {
        fill_secret(&passing[passing_next], secret);
        passing_next = (passing_next + 1) % PASSING_MAX;
    }
    (void)pthread_mutex_unlock(&lock);
}

void hs_redact_add_header(const char *header)
{
    const char *value = strchr(header, ':'), *word;

    if (!value)
        return;
    value++;
    value += strspn(value, " \t");
    hs_redact_add_passing(value);
    word = value + strcspn(value, " ="); /* "Bearer x", "cookie_name=x" */
    if (*word)
        hs_redact_add_passing(word + 1);
}

void hs_redact_forget(void)
{
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < kept.n; i++)
        clear_secret(&kept.items[i]);
    hs_vec_clear(&kept);
    for (size_t i = 0; i < PASSING_MAX; i++)
        clear_secret(&passing[i]);
    passing_next = 0;
    (void)pthread_mutex_unlock(&lock);
}

static size_t match_secret(const struct secret *secret, const char *at, size_t left)
{
    size_t longest = 0;

    for (size_t i = 0; i < secret->n; i++)
        if (secret->n_bytes[i] <= left && secret->n_bytes[i] > longest &&
            memcmp(secret->text[i], at, secret->n_bytes[i]) == 0)
            longest = secret->n_bytes[i];
    return longest;
}

/* Bytes of the longest secret that starts here, 0 if none does. */
static size_t match_any(const char *at, size_t left)
{
    size_t longest = 0;

    if (!is_first[(unsigned char)*at])
        return 0;
    for (size_t i = 0; i < kept.n; i++) {
        size_t n = match_secret(&kept.items[i], at, left);
        longest = n > longest ? n : longest;
    }
    for (size_t i = 0; i < PASSING_MAX; i++) {
        size_t n = match_secret(&passing[i], at, left);
        longest = n > longest ? n : longest;
    }
    return longest;
}

/* Appends text without what is known. Did anything have to go? */
static bool hide_secrets(const char *text, struct hub_text *out)
{
    const char *from = text, *end = text + strlen(text);
    bool has_hidden = false;

    (void)pthread_mutex_lock(&lock);
    for (const char *p = text; p < end;) {
        size_t n = match_any(p, (size_t)(end - p));

        if (n == 0) {
            p++;
            continue;
        }
        hub_text_add(out, from, (size_t)(p - from));
        hub_text_puts(out, HIDDEN);
        has_hidden = true;
        p += n;
        from = p;
    }
    (void)pthread_mutex_unlock(&lock);
    hub_text_puts(out, from);
    return has_hidden;
}

static char *take_text(struct hub_text *text)
{
    char *out = text->failed ? hs_xstrdup("(out of memory)") : text->data;

    if (!text->failed)
        *text = (struct hub_text){0};
    return out;
}

char *hs_redact(const char *text)
{
    HUB_TEXT(first);
    HUB_TEXT(second);
    bool has_hidden;

    if (!text || !*text)
        return NULL;
    has_hidden = hide_secrets(text, &first);
    if (first.failed)
        return take_text(&first);
    has_hidden |= hs_redact_urls(first.data, &second);
    return has_hidden ? take_text(&second) : NULL;
}

char *hs_redact_line(const char *line)
{
    return hs_redact(line);
}

static void redact_in_place(char **text)
{
    char *shown = hs_redact(*text);

    if (shown) {
        free(*text);
        *text = shown;
    }
}

void hs_redact_err(struct hs_err *err)
{
    if (!err)
        return;
    redact_in_place(&err->message);
    redact_in_place(&err->hint);
}
