#include "counters.h"
#include "site.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plane_counts {
    cJSON *requests, *statuses;
    uint64_t bytes_in, bytes_out, leaks, connections, open_max;
    int64_t open_now;
};

struct put_count {
    char *oid;
    uint64_t puts, bytes;
    struct put_count *next;
};

struct site_counts {
    struct plane_counts planes[TH_PLANES_MAX];
    struct put_count *puts;
    cJSON *events;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct site_counts sites[TH_SITES_MAX];
static uint64_t total_requests, tls_bad_requests, faults_acted;

static struct plane_counts *counts_of(const struct th_site *site, const struct th_plane *plane)
{
    return &sites[th_site_index(site)].planes[plane - site->planes];
}

static void bump(cJSON **counts, const char *name)
{
    cJSON *item;

    if (!*counts)
        *counts = cJSON_CreateObject();
    item = cJSON_GetObjectItemCaseSensitive(*counts, name);
    if (item)
        cJSON_SetNumberValue(item, item->valuedouble + 1);
    else
        cJSON_AddNumberToObject(*counts, name, 1);
}

void th_counters_request(const struct th_req *req, bool is_leak, bool is_bad_tls)
{
    struct plane_counts *counts = counts_of(req->site, req->plane);
    char *name = th_format("%s %s", req->method, req->route ? req->route->name : "?");

    (void)pthread_mutex_lock(&lock);
    total_requests++;
    tls_bad_requests += is_bad_tls;
    counts->leaks += is_leak;
    bump(&counts->requests, name);
    (void)pthread_mutex_unlock(&lock);
    free(name);
}

void th_counters_answer(const struct th_req *req, unsigned status, uint64_t bytes_in)
{
    struct plane_counts *counts = counts_of(req->site, req->plane);
    char name[16];

    (void)snprintf(name, sizeof(name), "%u", status);
    (void)pthread_mutex_lock(&lock);
    bump(&counts->statuses, status ? name : "none");
    counts->bytes_in += bytes_in;
    (void)pthread_mutex_unlock(&lock);
}

void th_counters_out(const struct th_req *req, uint64_t bytes_out)
{
    (void)pthread_mutex_lock(&lock);
    counts_of(req->site, req->plane)->bytes_out += bytes_out;
    (void)pthread_mutex_unlock(&lock);
}

void th_counters_connection(const struct th_site *site, const struct th_plane *plane, int change)
{
    struct plane_counts *counts = counts_of(site, plane);

    (void)pthread_mutex_lock(&lock);
    counts->open_now += change;
    if (change > 0)
        counts->connections++;
    if (counts->open_now > (int64_t)counts->open_max)
        counts->open_max = (uint64_t)counts->open_now;
    (void)pthread_mutex_unlock(&lock);
}

void th_counters_fault(void)
{
    (void)pthread_mutex_lock(&lock);
    faults_acted++;
    (void)pthread_mutex_unlock(&lock);
}

void th_count_put(const struct th_req *req, const char *oid, uint64_t bytes)
{
    struct site_counts *counts = &sites[th_site_index(req->site)];
    struct put_count *put;

    (void)pthread_mutex_lock(&lock);
    for (put = counts->puts; put && strcmp(put->oid, oid) != 0; put = put->next)
        ;
    if (!put) {
        put = th_alloc(sizeof(*put));
        put->oid = th_copy(oid);
        put->next = counts->puts;
        counts->puts = put;
    }
    put->puts++;
    put->bytes += bytes;
    (void)pthread_mutex_unlock(&lock);
}

void th_count_event(const struct th_req *req, const char *name)
{
    (void)pthread_mutex_lock(&lock);
    bump(&sites[th_site_index(req->site)].events, name);
    (void)pthread_mutex_unlock(&lock);
}

static cJSON *copy_or_empty(const cJSON *counts)
{
    return counts ? cJSON_Duplicate(counts, true) : cJSON_CreateObject();
}

static cJSON *plane_json(const struct plane_counts *counts)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddItemToObject(json, "requests", copy_or_empty(counts->requests));
    cJSON_AddItemToObject(json, "statuses", copy_or_empty(counts->statuses));
    cJSON_AddNumberToObject(json, "bytes_in", (double)counts->bytes_in);
    cJSON_AddNumberToObject(json, "bytes_out", (double)counts->bytes_out);
    cJSON_AddNumberToObject(json, "leaks", (double)counts->leaks);
    cJSON_AddNumberToObject(json, "connections", (double)counts->connections);
    cJSON_AddNumberToObject(json, "open_now", (double)counts->open_now);
    cJSON_AddNumberToObject(json, "open_max", (double)counts->open_max);
    return json;
}

/* The entry of an object; the parts of one ("<oid>#<part>") share it. */
static cJSON *object_entry(cJSON *puts, const char *oid)
{
    char *whole = th_copy_n(oid, strcspn(oid, "#"));
    cJSON *item = oid[strlen(whole)] ? cJSON_GetObjectItemCaseSensitive(puts, whole) : NULL;

    if (!item) {
        item = cJSON_AddObjectToObject(puts, whole);
        cJSON_AddNumberToObject(item, "puts", 0);
        cJSON_AddNumberToObject(item, "bytes", 0);
    }
    free(whole);
    return item;
}

static void add_to(cJSON *object, const char *name, uint64_t by)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    cJSON_SetNumberValue(item, item->valuedouble + (double)by);
}

static cJSON *site_json(const struct th_site *site)
{
    const struct site_counts *counts = &sites[th_site_index(site)];
    cJSON *json = cJSON_CreateObject(), *planes = cJSON_AddObjectToObject(json, "planes");
    cJSON *puts = cJSON_AddObjectToObject(json, "puts");
    uint64_t leaks = 0, bytes = 0, duplicates = 0, again = 0;

    for (size_t i = 0; i < TH_PLANES_MAX && site->planes[i].name; i++) {
        cJSON_AddItemToObject(planes, site->planes[i].name, plane_json(&counts->planes[i]));
        leaks += counts->planes[i].leaks;
    }
    for (const struct put_count *put = counts->puts; put; put = put->next) {
        cJSON *item = object_entry(puts, put->oid);

        add_to(item, "puts", put->puts);
        add_to(item, "bytes", put->bytes);
        bytes += put->bytes;
        duplicates += put->puts - 1;
        again += put->bytes / put->puts * (put->puts - 1);
    }
    cJSON_AddNumberToObject(json, "leaks", (double)leaks);
    cJSON_AddNumberToObject(json, "put_bytes", (double)bytes);
    cJSON_AddNumberToObject(json, "duplicate_puts", (double)duplicates);
    cJSON_AddNumberToObject(json, "duplicate_bytes", (double)again);
    cJSON_AddItemToObject(json, "events", copy_or_empty(counts->events));
    return json;
}

cJSON *th_counters_json(void)
{
    cJSON *json = cJSON_CreateObject(), *by_site;
    const struct th_site *site;

    (void)pthread_mutex_lock(&lock);
    cJSON_AddNumberToObject(json, "total_requests", (double)total_requests);
    cJSON_AddNumberToObject(json, "tls_bad_requests", (double)tls_bad_requests);
    cJSON_AddNumberToObject(json, "faults_acted", (double)faults_acted);
    by_site = cJSON_AddObjectToObject(json, "sites");
    for (unsigned i = 0; (site = th_site_at(i)); i++)
        cJSON_AddItemToObject(by_site, site->name, site_json(site));
    (void)pthread_mutex_unlock(&lock);
    return json;
}

static void forget_site(struct site_counts *counts)
{
    for (size_t i = 0; i < TH_PLANES_MAX; i++) {
        int64_t open_now = counts->planes[i].open_now;

        cJSON_Delete(counts->planes[i].requests);
        cJSON_Delete(counts->planes[i].statuses);
        counts->planes[i] = (struct plane_counts){0};
        counts->planes[i].open_now = open_now;
        counts->planes[i].open_max = open_now > 0 ? (uint64_t)open_now : 0;
    }
    while (counts->puts) {
        struct put_count *put = counts->puts;

        counts->puts = put->next;
        free(put->oid);
        free(put);
    }
    cJSON_Delete(counts->events);
    counts->events = NULL;
}

void th_counters_reset(void)
{
    (void)pthread_mutex_lock(&lock);
    total_requests = tls_bad_requests = faults_acted = 0;
    for (size_t i = 0; i < TH_SITES_MAX; i++)
        forget_site(&sites[i]);
    (void)pthread_mutex_unlock(&lock);
}

void th_counters_clear(void)
{
    th_counters_reset();
}
