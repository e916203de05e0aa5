/* What the tests assert on: docs/testhub.md, "GET /counters". Has its own lock; call from anywhere.
 * A request is counted before its answer can be seen. */
#ifndef TH_COUNTERS_H
#define TH_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

struct cJSON;
struct th_plane;
struct th_req;
struct th_site;

void th_counters_request(const struct th_req *req, bool is_leak, bool is_bad_tls);
void th_counters_answer(const struct th_req *req, unsigned status, uint64_t bytes_in);
void th_counters_out(const struct th_req *req, uint64_t bytes_out);
void th_counters_connection(const struct th_site *site, const struct th_plane *plane, int change);
void th_counters_fault(void);
struct cJSON *th_counters_json(void); /* caller deletes */
void th_counters_reset(void);
void th_counters_clear(void); /* at exit */

#endif
