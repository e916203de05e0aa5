/* What a hub site is: planes (listeners), routes, handlers. One table a site, listed in sites.c.
 *
 * A handler runs with the hub's lock held, so it may read and change the store freely; it must not
 * block. It sets one reply (request.h); a request without a reply becomes 500. Bytes of blobs are
 * sent after it has returned, without the lock.
 *
 * The server does by itself, before the handler: fault rules, counters, the request log, and the
 * leak count on planes with takes_credentials = false. A request that no route matches gets the
 * site's not_found handler, else 404. */
#ifndef TH_SITE_H
#define TH_SITE_H

#include "content.h"
#include "request.h"
#include "store.h"
#include "util.h"

#include <cjson/cJSON.h>

enum {
    TH_SITES_MAX = 8,
    TH_PLANES_MAX = 6,
    TH_PATTERN_ARGS_MAX = 8,
    TH_JSON_BODY_MAX = 64 << 20,
};

struct th_plane {
    const char *name; /* in fault rules, counters and the log: "api", "lfs", "cdn", "storage" */
    const char *key;  /* in the port file: "endpoint" for the API, else mostly the name */
    const char *host; /* "127.0.0.1", "localhost" or "<any>.localhost"; the port is the kernel's */
    bool takes_credentials; /* false: an Authorization or Cookie here is counted as a leak */
};

typedef void th_handler(struct th_req *req);

struct th_route {
    const char *plane; /* "api", or several: "api|hub" */
    /* "GET", or several: "GET|HEAD". */
    const char *method;
    /* "/api/v1/models/{owner}/{name}/repo": a {x} is one non-empty segment, and may have a text
     * before or behind it ("{name}.git"); a last "{path...}" is one segment or more. Compared
     * segment by segment after percent-decoding. A trailing slash is significant. */
    const char *pattern;
    const char *name; /* the class in counters and the log: "files", "blob_put" */
    th_handler *handle;
    /* Not NULL: the body is streamed. Called with the lock when the headers are in; sets
     * req->assembly (and req->assembly_offset), or leaves it NULL so that the bytes are read and
     * thrown away. handle comes after the last byte. The site frees the assembly: in handle, or
     * later (parts of one object share one), and in abandoned. */
    th_handler *begin;
};

struct th_site {
    const char *name; /* "modelscope": in the seed, the port file, fault rules */
    const struct th_plane planes[TH_PLANES_MAX];
    const struct th_route *routes; /* in the order they are tried; ends with a NULL pattern */
    th_handler *not_found;         /* may be NULL */
    /* What a repository of the seed starts with before its files, may be NULL. Here the site can
     * add its default files. */
    void (*seeded)(struct th_repo *repo);
    const char *default_branch;
    /* Decides for a seed file that does not say "lfs" itself. */
    bool (*is_lfs)(const char *path, uint64_t size);
    /* A streamed body broke off: handle will not come. With the lock; may be NULL. */
    th_handler *abandoned;
    void (*clear)(void); /* frees the site's own state at exit; may be NULL */
    /* POST /mirror: makes, imports or refreshes a mirror; order is the call's body. NULL when done,
     * else what is wrong (static text). May be NULL. */
    const char *(*mirror)(const char *owner, const char *name, const struct cJSON *order);
    void (*reset)(void); /* POST /counters/reset with {"state":true}: forget pending uploads */
    /* With --tls: plane[0] is served again on listeners with bad certificates. */
    bool has_bad_tls;
};

/* The sites of this build, one after the other; NULL behind the last. */
const struct th_site *th_site_at(unsigned position);
/* Its bit in masks, its row in tables: stable, below TH_SITES_MAX. */
unsigned th_site_index(const struct th_site *site);
const struct th_site *th_site_named(const char *name);

#endif
