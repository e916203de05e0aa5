#include "ops/ops.h"

#include <pthread.h>

#include "base/banned.h"

enum { MAX_LABELS = 3 };

static const struct kind {
    const char *name, *kind, *help, *labels[MAX_LABELS + 1];
} kinds[] = {
#define METRIC(name, kind, help, ...) {name, kind, help, {__VA_ARGS__}},
#include "ops/metrics.tbl"
#undef METRIC
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

struct series {
    char *labels; /* {rule="a",hub="b"}, "" without any */
    double value;
};
struct hs_metrics {
    pthread_mutex_t lock;
    HS_VEC(struct series) series[N_KINDS];
};

struct hs_metrics *hs_metrics_new(void)
{
    struct hs_metrics *m = hs_xcalloc(1, sizeof *m);

    (void)pthread_mutex_init(&m->lock, NULL);
    return m;
}

static void forget(struct hs_metrics *m, size_t k)
{
    for (size_t i = 0; i < m->series[k].n; i++)
        free(m->series[k].items[i].labels);
    hs_vec_clear(&m->series[k]);
}

void hs_metrics_free(struct hs_metrics *m)
{
    if (!m)
        return;
    for (size_t k = 0; k < N_KINDS; k++)
        forget(m, k);
    (void)pthread_mutex_destroy(&m->lock);
    free(m);
}

static int find_kind(const char *name)
{
    for (int k = 0; k < N_KINDS; k++)
        if (strcmp(kinds[k].name, name) == 0)
            return k;
    return -1;
}

static void add_value(struct hub_text *out, const char *value)
{
    for (; *value; value++)
        if (*value == '\n')
            hub_text_puts(out, "\\n");
        else if (*value == '"' || *value == '\\')
            hub_text_printf(out, "\\%c", *value);
        else
            hub_text_add(out, value, 1);
}

/* -1: not the labels of that metric. */
static int labels_text(const struct kind *kind, va_list args, struct hub_text *out)
{
    size_t i = 0;
    const char *label;

    for (; (label = va_arg(args, const char *)); i++) {
        const char *value = va_arg(args, const char *);
        if (i == MAX_LABELS || !kind->labels[i] || strcmp(kind->labels[i], label) != 0 || !value)
            return -1;
        hub_text_printf(out, "%s%s=\"", i ? "," : "{", label);
        add_value(out, value);
        hub_text_puts(out, "\"");
    }
    if (i)
        hub_text_puts(out, "}");
    return kind->labels[i] || out->failed ? -1 : 0;
}

static double *find_series(struct hs_metrics *m, int k, const char *labels)
{
    struct series *fresh;

    for (size_t i = 0; i < m->series[k].n; i++)
        if (strcmp(m->series[k].items[i].labels, labels) == 0)
            return &m->series[k].items[i].value;
    fresh = hs_vec_add(&m->series[k]);
    fresh->labels = hs_xstrdup(labels);
    fresh->value = 0;
    return &fresh->value;
}

static int change(struct hs_metrics *m, bool is_set, double value, const char *name, va_list args)
{
    HUB_TEXT(labels);
    int k = find_kind(name);

    if (k < 0 || labels_text(&kinds[k], args, &labels) < 0)
        return HUB_EBUG;
    (void)pthread_mutex_lock(&m->lock);
    {
        double *at = find_series(m, k, labels.data ? labels.data : "");
        *at = is_set ? value : *at + value;
    }
    (void)pthread_mutex_unlock(&m->lock);
    return 0;
}

int hs_metrics_add(struct hs_metrics *m, double value, const char *name, ...)
{
    va_list args;
    int r;

    va_start(args, name);
    r = change(m, false, value, name, args);
    va_end(args);
    return r;
}

int hs_metrics_set(struct hs_metrics *m, double value, const char *name, ...)
{
    va_list args;
    int r;

    va_start(args, name);
    r = change(m, true, value, name, args);
    va_end(args);
    return r;
}

void hs_metrics_forget(struct hs_metrics *m, const char *name)
{
    int k = find_kind(name);

    if (k < 0)
        return;
    (void)pthread_mutex_lock(&m->lock);
    forget(m, (size_t)k);
    (void)pthread_mutex_unlock(&m->lock);
}

void hs_metrics_print(struct hs_metrics *m, struct hub_text *out)
{
    (void)pthread_mutex_lock(&m->lock);
    for (size_t k = 0; k < N_KINDS; k++) {
        if (!m->series[k].n)
            continue;
        hub_text_printf(out, "# HELP %s %s\n# TYPE %s %s\n", kinds[k].name, kinds[k].help, kinds[k].name,
                        kinds[k].kind);
        for (size_t i = 0; i < m->series[k].n; i++) {
            const struct series *one = &m->series[k].items[i];
            if (one->value > -1e15 && one->value < 1e15 && one->value == (double)(long long)one->value)
                hub_text_printf(out, "%s%s %lld\n", kinds[k].name, one->labels, (long long)one->value);
            else
                hub_text_printf(out, "%s%s %.17g\n", kinds[k].name, one->labels, one->value);
        }
    }
    (void)pthread_mutex_unlock(&m->lock);
}
