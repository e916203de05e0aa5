#include "exchange.h"
#include "hub.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *log_file;

void th_log_open(const char *path)
{
    log_file = fopen(path, "w");
    if (log_file)
        (void)setvbuf(log_file, NULL, _IOFBF, 1 << 16);
}

void th_log_close(void)
{
    if (log_file)
        (void)fclose(log_file);
    log_file = NULL;
}

/* Of a secret only this goes to the log. */
static void add_digest(cJSON *line, const char *name, const char *value)
{
    char digest[65] = "";

    if (value)
        th_sha256_hex(value, strlen(value), digest);
    digest[12] = 0;
    cJSON_AddStringToObject(line, name, digest);
}

static void add_header(cJSON *line, const char *name, const struct th_req *req, const char *header)
{
    const char *value = th_req_header(req, header);

    cJSON_AddStringToObject(line, name, value ? value : "");
}

void th_log_exchange(const struct th_exchange *exchange)
{
    const struct th_req *req = &exchange->req;
    const cJSON *rule = exchange->effect.rule;
    cJSON *line;
    char *text;

    if (!log_file)
        return;
    line = cJSON_CreateObject();
    cJSON_AddNumberToObject(line, "seq", (double)exchange->seq);
    cJSON_AddStringToObject(line, "site", req->site->name);
    cJSON_AddStringToObject(line, "plane", req->plane->name);
    cJSON_AddStringToObject(line, "route", req->route ? req->route->name : "?");
    cJSON_AddStringToObject(line, "method", req->method);
    cJSON_AddStringToObject(line, "path", req->path);
    cJSON_AddStringToObject(line, "query", req->query);
    cJSON_AddNumberToObject(line, "status", exchange->reply.status);
    cJSON_AddNumberToObject(line, "bytes_in", (double)req->received);
    cJSON_AddNumberToObject(line, "bytes_out", (double)exchange->bytes_out);
    cJSON_AddNumberToObject(line, "ms", (double)(th_ticks_ms() - exchange->started_ms));
    add_header(line, "range", req, "Range");
    add_header(line, "agent", req, "User-Agent");
    add_digest(line, "authorization", th_req_header(req, "Authorization"));
    add_digest(line, "cookie", th_req_header(req, "Cookie"));
    cJSON_AddNumberToObject(line, "conn", (double)exchange->connection_number);
    cJSON_AddStringToObject(line, "fault",
                            th_json_text(rule, "name", th_json_text(rule, "action", "")));
    cJSON_AddStringToObject(line, "ended", exchange->ended);
    text = cJSON_PrintUnformatted(line);
    if (text) {
        flockfile(log_file);
        fputs(text, log_file);
        putc_unlocked('\n', log_file);
        (void)fflush(log_file);
        funlockfile(log_file);
    }
    cJSON_free(text);
    cJSON_Delete(line);
}
