#include "site_gitcode_page.h"
#include "site_gitcode_reply.h"

#include <string.h>

enum { SIZE_DEFAULT = 20, SIZE_MAX_ = 100, PAGES_MAX = 500 };

struct gc_page gc_page_of(const struct th_req *req, size_t total)
{
    struct gc_page page = {.total = total};
    uint64_t first;

    page.number = th_req_query_int(req, "page", 1);
    page.size = th_req_query_int(req, "per_page", SIZE_DEFAULT);
    if (page.number < 1)
        page.number = 1;
    if (page.size < 1)
        page.size = SIZE_DEFAULT;
    if (page.size > SIZE_MAX_) {
        th_count_event(req, "per_page_over");
        page.size = SIZE_MAX_;
    }
    first = (uint64_t)(page.number - 1) * (uint64_t)page.size;
    page.first = first < total ? (size_t)first : total;
    page.end = page.first + (size_t)page.size < total ? page.first + (size_t)page.size : total;
    return page;
}

void gc_page_headers(struct th_req *req, const struct gc_page *page)
{
    static int64_t calls;
    const char *how = th_knob_text(req, "total_headers", "right");
    long long count = (long long)page->total;
    long long pages = (count + page->size - 1) / page->size;

    if (!strcmp(how, "absent"))
        return;
    if (!strcmp(how, "wrong"))
        pages = 1;
    if (!strcmp(how, "changing"))
        pages += ++calls % 2;
    th_header(req, "total_count", "%lld", count);
    th_header(req, "total_page", "%lld", pages);
}

void gc_reply_page(struct th_req *req, const struct gc_page *page, cJSON *take_items)
{
    int count = cJSON_GetArraySize(take_items);

    if (page->number > PAGES_MAX) {
        cJSON_Delete(take_items);
        gc_error(req, 400, 400, "BAD_REQUEST", "page is out of range");
        return;
    }
    if (th_behave(req, "page_object")) {
        cJSON_Delete(take_items);
        gc_error(req, 200, 500, "FAIL", "系统错误");
        return;
    }
    if (th_behave(req, "page_null")) {
        cJSON_Delete(take_items);
        th_reply_text(req, 200, "application/json", "null");
        return;
    }
    if (count > 1 && th_behave(req, "page_short"))
        cJSON_DeleteItemFromArray(take_items, count - 1);
    if (count && th_behave(req, "page_repeat"))
        cJSON_AddItemToArray(take_items, cJSON_Duplicate(cJSON_GetArrayItem(take_items, 0), true));
    gc_page_headers(req, page);
    th_reply_json(req, 200, take_items);
}
