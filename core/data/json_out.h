/* JSON, written member by member. */
#ifndef HS_DATA_JSON_OUT_H
#define HS_DATA_JSON_OUT_H
#include <hubsync/kit.h>
#include <stdbool.h>
struct hs_out { /* writes members in order */
    struct hub_text *text;
    bool needs_comma;
};
void hs_out_open(struct hs_out *j, const char *key, char bracket);
void hs_out_close(struct hs_out *j, char bracket);
void hs_out_text(struct hs_out *j, const char *key, const char *value); /* "" and NULL: null */
/* "message": what failed and, behind "; ", what to do. */
void hs_out_message(struct hs_out *j, const char *message, const char *hint);
void hs_out_uint(struct hs_out *j, const char *key, uint64_t value);
void hs_out_size(struct hs_out *j, const char *key, uint64_t bytes); /* HUB_UNKNOWN: null */
void hs_out_int(struct hs_out *j, const char *key, int64_t value);
void hs_out_bool(struct hs_out *j, const char *key, bool value);
void hs_out_truth(struct hs_out *j, const char *key, uint32_t truth); /* enum hub_truth */
void hs_out_time(struct hs_out *j, const char *key, int64_t ms);      /* 0: null */
#endif
