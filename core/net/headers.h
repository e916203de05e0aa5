/* The head of an answer, line by line as libcurl hands it over. */
#ifndef HS_NET_HEADERS_H
#define HS_NET_HEADERS_H
#include "base/mem.h"
enum { HS_HEADER_LINES_MAX = 256, HS_HEADER_BYTES_MAX = 128 * 1024 };
enum hs_headers_state {
    HS_HEADERS_MORE = 0,
    HS_HEADERS_END,     /* this line ended the head of a final (not 1xx) answer */
    HS_HEADERS_IGNORED, /* a trailer */
    HS_HEADERS_TOO_MUCH
};
struct hs_headers {
    HS_VEC(const char *) lines; /* "name: value", names in lowercase; in pool */
    size_t n_bytes;
    uint32_t http_status;
    bool is_complete;
};
/* Ready for the next answer. */
void hs_headers_clear(struct hs_headers *headers);
enum hs_headers_state hs_headers_line(struct hs_headers *headers, struct hub_pool *pool,
                                      const char *line, size_t n_bytes);
/* A list that ends in NULL, in pool; NULL when out of memory. */
const char *const *hs_headers_list(const struct hs_headers *headers, struct hub_pool *pool);
#endif
