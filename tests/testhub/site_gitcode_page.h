/* GitCode: pages of a list (§5), with their headers and their accidents. */
#ifndef TH_SITE_GITCODE_PAGE_H
#define TH_SITE_GITCODE_PAGE_H

#include "site.h"

struct gc_page {
    int64_t number, size; /* as asked, or the defaults; size at most 100 */
    size_t first, end;    /* of total */
    size_t total;
};

struct gc_page gc_page_of(const struct th_req *req, size_t total);
/* Answers with the page's items (an array); the behaviours page_object, page_null, page_short and
 * page_repeat spoil it. */
void gc_reply_page(struct th_req *req, const struct gc_page *page, struct cJSON *take_items);
void gc_page_headers(struct th_req *req, const struct gc_page *page);

#endif
