#include "seed.h"
#include "site.h"

static cJSON *knobs[TH_SITES_MAX];

void th_knob_set(const struct th_site *site, const char *name, const cJSON *value)
{
    cJSON **all = &knobs[th_site_index(site)];

    if (!*all)
        *all = cJSON_CreateObject();
    cJSON_DeleteItemFromObjectCaseSensitive(*all, name);
    if (value && !cJSON_IsNull(value))
        cJSON_AddItemToObject(*all, name, cJSON_Duplicate(value, true));
}

int64_t th_knob_int(const struct th_req *req, const char *name, int64_t fallback)
{
    return th_json_int(knobs[th_site_index(req->site)], name, fallback);
}

bool th_knob_bool(const struct th_req *req, const char *name, bool fallback)
{
    return th_json_bool(knobs[th_site_index(req->site)], name, fallback);
}

const char *th_knob_text(const struct th_req *req, const char *name, const char *fallback)
{
    return th_json_text(knobs[th_site_index(req->site)], name, fallback);
}

void th_knobs_clear(void)
{
    for (unsigned i = 0; i < TH_SITES_MAX; i++) {
        cJSON_Delete(knobs[i]);
        knobs[i] = NULL;
    }
}
