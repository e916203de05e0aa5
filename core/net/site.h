/* One site: what its requests and bytes may still do. Everything is locked here. */
#ifndef HS_NET_SITE_H
#define HS_NET_SITE_H
#include "net/net.h"
#include <stdbool.h>
/* reopen_ms: a closed site opens again after so long; 0: never. name: its origin, copied. */
struct hs_site *hs_site_new(const char *name, int64_t reopen_ms);
void hs_site_free(struct hs_site *site);
const char *hs_site_name(const struct hs_site *site);

/* One of the `parallel` API requests; false: none is free, ask again soon. */
bool hs_site_slot_take(struct hs_site *site);
void hs_site_slot_give(struct hs_site *site);

/* The start of one more request of that class. A start that is_held when it comes is taken anew. */
int64_t hs_site_start(struct hs_site *site, enum hs_cost cost, int64_t now_ms);
bool hs_site_is_held(struct hs_site *site, enum hs_cost cost, int64_t now_ms);

/* How much of n_bytes to ask for at once: a limited site gets small pieces, so that it is even. */
size_t hs_site_flow_piece(const struct hs_site *site, size_t n_bytes);
/* As hs_flow_take, for what is received or sent. */
int64_t hs_site_flow_take(struct hs_site *site, bool is_upload, size_t n_bytes, int64_t now_ms);
void hs_site_flow_give_back(struct hs_site *site, bool is_upload, size_t n_bytes);

/* Where the endpoint's own name was found to lead, once it has answered from there. */
enum hs_place hs_site_place(const struct hs_site *site);
void hs_site_note_place(struct hs_site *site, enum hs_place place);
#endif
