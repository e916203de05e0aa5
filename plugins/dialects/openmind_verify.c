/* finish_upload: the verify action of a batch, kept as the ticket
 * {"url":…,"upload_id":…,"headers":["Name: value",…]}. */
#include "openmind_impl.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

static bool write_url(struct hub_read *read, const struct hub_json *verify, struct hub_text *url)
{
    const struct hub_json *params = hub_json_object(read, verify, "params", HUB_MAY);
    const char *href = hub_json_string(read, verify, "href", HUB_MUST);
    const char *separator = strchr(href, '?') ? "&" : "?";

    hub_text_puts(url, href);
    for (const struct hub_json *member = hub_json_first_member(params); member;
         member = hub_json_next(member)) {
        char *name = hub_url_segment(read->pool, hub_json_key(member));
        char *value =
            hub_url_segment(read->pool, hub_json_word(read, params, hub_json_key(member)));

        if (!name || !value)
            return false;
        hub_text_printf(url, "%s%s=%s", separator, name, value);
        separator = "&";
    }
    if (href[0] == '\0')
        om_refuse(read, "verify without an address");
    return !url->failed;
}

const char *om_ticket(struct hub_read *read, const struct hub_json *verify)
{
    HUB_TEXT(url);
    HUB_TEXT(ticket);
    const struct hub_json *params = hub_json_object(read, verify, "params", HUB_MAY);
    const char *const *headers = om_read_headers(read, verify, "headers");
    const char *copy = NULL;

    if (!verify)
        return "";
    if (write_url(read, verify, &url) && headers) {
        hub_text_puts(&ticket, "{\"url\":");
        hub_text_json(&ticket, url.data);
        hub_text_puts(&ticket, ",\"upload_id\":");
        hub_text_json(&ticket, hub_json_word(read, params, "upload_id"));
        hub_text_puts(&ticket, ",\"headers\":[");
        for (size_t i = 0; headers[i]; i++) {
            hub_text_puts(&ticket, i > 0 ? "," : "");
            hub_text_json(&ticket, headers[i]);
        }
        hub_text_puts(&ticket, "]}");
        copy = ticket.failed ? NULL : hub_pool_strdup(read->pool, ticket.data);
    }
    if (!copy)
        om_refuse(read, "out of memory");
    return copy ? copy : "";
}

/* The address and its header lapse together, and an upload id lives until its object is whole. */
static int classify_verify(struct hub_op *op, const struct hub_reply *reply, int guess,
                           uint32_t *wait_ms)
{
    if (guess == HUB_OK || guess == HUB_EFIREWALL)
        return guess;
    switch (reply->http_status) {
    case 401:
    case 403:
    case 404:
    case 410:
        return hub_fail(op, HUB_EEXPIRED, "the confirmation of an upload answered %u",
                        reply->http_status);
    default:
        return om_classify(op, reply, guess, wait_ms);
    }
}

struct verify {
    const char *url;
    const char **headers, **secrets; /* the engine hides the latter, but sends them home only */
};

static bool is_home(struct hub_pool *pool, const struct om_plane *plane, const char *url)
{
    char *host = hub_url_host(pool, url), *home = hub_url_host(pool, plane->base);

    return host && home && strcmp(host, home) == 0;
}

static void read_ticket(struct hub_read *read, const struct hub_json *ticket, bool is_home,
                        struct verify *out)
{
    const struct hub_json *headers = hub_json_array(read, ticket, "headers", HUB_MUST);
    size_t n = hub_json_count(headers), n_headers = 0, n_secrets = 0;
    bool has_type = false;

    out->headers = hub_pool_alloc(read->pool, n + 2, sizeof *out->headers);
    out->secrets = hub_pool_alloc(read->pool, n + 1, sizeof *out->secrets);
    if (!out->headers || !out->secrets) {
        om_refuse(read, "out of memory");
        return;
    }
    for (const struct hub_json *node = hub_json_first(headers); node; node = hub_json_next(node)) {
        const char *header = hub_json_string_value(read, node);

        has_type = has_type || strncasecmp(header, "Content-Type:", 13) == 0;
        if (is_home && strncasecmp(header, "Authorization:", 14) == 0)
            out->secrets[n_secrets++] = header;
        else
            out->headers[n_headers++] = header;
    }
    if (!has_type)
        out->headers[n_headers] = "Content-Type: application/json";
    if (n_secrets == 0)
        out->secrets = NULL;
}

/* All parts, those stored earlier too; their etags without dress. */
static int write_parts(struct hub_op *op, struct hub_pool *pool, const struct hub_put *put,
                       const char *upload_id, struct hub_text *body)
{
    hub_text_puts(body, "{\"upload_id\":");
    hub_text_json(body, upload_id);
    hub_text_puts(body, ",\"part_ids\":[");
    for (size_t i = 0; i < put->n_parts; i++) {
        char *etag = hub_etag_bare(pool, put->parts[i]->etag);

        if (!etag || etag[0] == '\0')
            return hub_fail(op, HUB_ECORRUPT, "%s: part %zu has no etag", put->file->path, i + 1);
        hub_text_printf(body, "%s{\"index\":%zu,\"etag\":", i > 0 ? "," : "", i + 1);
        hub_text_json(body, etag);
        hub_text_puts(body, "}");
    }
    hub_text_puts(body, "]}");
    return 0;
}

/* An object that went out by one address has no upload id: git-lfs's own words confirm it. */
static int write_body(struct hub_op *op, struct hub_pool *pool, const struct hub_put *put,
                      const char *upload_id, struct hub_text *body)
{
    if (upload_id[0])
        return write_parts(op, pool, put, upload_id, body);
    hub_text_printf(body, "{\"oid\":\"%s\",\"size\":%" PRIu64 "}", put->file->sha256,
                    put->file->file_bytes);
    return 0;
}

/* A good status is the answer; only an envelope that holds an error takes it back. */
static int check_reply(struct hub_op *op, struct hub_pool *pool, const struct hub_reply *reply)
{
    struct om_reply answer;

    if (!om_envelope(pool, reply, &answer))
        return 0;
    return om_open_reply(op, pool, reply, &answer);
}

int om_finish_upload(struct hub_op *op, const struct om_plane *plane, const struct hub_put *put)
{
    HUB_POOL(pool);
    HUB_TEXT(body);
    const struct hub_json *ticket;
    struct hub_read read = {.pool = &pool, .why = ""};
    struct verify verify = {NULL, NULL, NULL};
    const struct hub_reply *reply = NULL;
    const char *why;
    int r;

    if (put->ticket[0] == '\0')
        return 0;
    ticket = hub_json_parse(&pool, put->ticket, strlen(put->ticket), 0, &why);
    verify.url = hub_json_string(&read, ticket, "url", HUB_MUST);
    read_ticket(&read, ticket, is_home(&pool, plane, verify.url), &verify);
    r = om_check_read(op, "ticket", &read);
    if (r == 0)
        r = write_body(op, &pool, put, hub_json_string(&read, ticket, "upload_id", HUB_MAY), &body);
    if (r == 0)
        r = om_send(op,
                    &(struct om_post){.url = verify.url,
                                      .body = &body,
                                      .headers = verify.headers,
                                      .secrets = verify.secrets,
                                      .timeout_ms = OM_COMMIT_MS,
                                      .classify = classify_verify},
                    &reply);
    return r == 0 ? check_reply(op, &pool, reply) : r;
}
