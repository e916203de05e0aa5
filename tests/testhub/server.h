/* The HTTP library's callbacks: from its calls to a handler's one call, and back. */
#ifndef TH_SERVER_H
#define TH_SERVER_H

#include <microhttpd.h>

struct th_exchange;

void *th_server_uri(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result th_server_answer(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload_data,
                                 size_t *upload_data_size, void **req_cls);
void th_server_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                         enum MHD_RequestTerminationCode code);

/* reply.c: sends exchange->reply with the body effects of its rule. */
enum MHD_Result th_reply_send(struct th_exchange *exchange);
/* A TCP reset now; what the library then does with the socket no longer matters. */
enum MHD_Result th_reply_cut(struct th_exchange *exchange, const char *how);
/* reply.c: the reply that a rule of action status, html, empty_body, early, ... asks for. */
void th_reply_from_rule(struct th_exchange *exchange, unsigned fallback_status);

/* admin.c */
void th_admin_handle(struct th_exchange *exchange);

/* log.c */
void th_log_open(const char *path);
void th_log_exchange(const struct th_exchange *exchange);
void th_log_close(void);

#endif
