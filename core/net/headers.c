#include "net/headers.h"
#include <string.h>
#include <strings.h>
#include "base/banned.h"

void hs_headers_clear(struct hs_headers *headers)
{
    hs_vec_clear(&headers->lines);
    headers->n_bytes = 0;
    headers->http_status = 0;
    headers->is_complete = false;
}

/* "HTTP/1.1 200 OK" or "HTTP/2 200"; 0 if it is none. */
static uint32_t read_status(const char *line)
{
    const char *code = strchr(line, ' ');
    uint32_t status = 0;

    if (!code)
        return 0;
    code += strspn(code, " ");
    for (int i = 0; i < 3; i++) {
        if (code[i] < '0' || code[i] > '9')
            return 0;
        status = status * 10 + (uint32_t)(code[i] - '0');
    }
    return status;
}

static void tidy(char *line)
{
    size_t n = strlen(line);

    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            *p = ' ';
    while (n > 0 && line[n - 1] == ' ')
        line[--n] = '\0';
    for (char *p = line; *p && *p != ':'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
}

/* "name:value" as "name: value". */
static const char *space_out(struct hub_pool *pool, char *line)
{
    char *value = strchr(line, ':');

    if (!value || (value[1] == ' ' && value[2] != ' '))
        return line;
    *value++ = '\0';
    return hub_pool_printf(pool, "%s: %s", line, value + strspn(value, " \t"));
}

static enum hs_headers_state end_head(struct hs_headers *headers)
{
    if (headers->http_status < 200)
        return HS_HEADERS_MORE; /* 100 Continue and the like */
    headers->is_complete = true;
    return HS_HEADERS_END;
}

enum hs_headers_state hs_headers_line(struct hs_headers *headers, struct hub_pool *pool,
                                      const char *line, size_t n_bytes)
{
    char *copy;

    if (headers->is_complete)
        return HS_HEADERS_IGNORED;
    headers->n_bytes += n_bytes;
    if (headers->n_bytes > HS_HEADER_BYTES_MAX || headers->lines.n >= HS_HEADER_LINES_MAX)
        return HS_HEADERS_TOO_MUCH;
    copy = hub_pool_strndup(pool, line, n_bytes);
    if (!copy)
        return HS_HEADERS_TOO_MUCH;
    if (strncasecmp(copy, "HTTP/", 5) == 0) {
        hs_vec_clear(&headers->lines);
        headers->http_status = read_status(copy);
        return HS_HEADERS_MORE;
    }
    if (*copy == '\r' || *copy == '\n')
        return end_head(headers);
    tidy(copy);
    if (*copy != ' ' && strchr(copy, ':')) /* a folded line is nothing that we read */
        *hs_vec_add(&headers->lines) = space_out(pool, copy);
    return HS_HEADERS_MORE;
}

const char *const *hs_headers_list(const struct hs_headers *headers, struct hub_pool *pool)
{
    const char **list = hub_pool_alloc(pool, headers->lines.n + 1, sizeof *list);

    for (size_t i = 0; list && i < headers->lines.n; i++)
        list[i] = headers->lines.items[i] ? headers->lines.items[i] : "";
    return list;
}
