/* A CA and certificates made at the start, for --tls. */
#ifndef TH_TLS_H
#define TH_TLS_H

#include "listener.h"

#include <stdbool.h>

enum th_certificate {
    TH_CERT_GOOD, /* for all names that the sites use */
    TH_CERT_EXPIRED,
    TH_CERT_MISNAMED, /* in date and signed well, but for another host */
    TH_CERT_WRONG_CA, /* good names, signed by a CA that is not in ca_file */
    TH_CERT_COUNT,
};

/* names: "DNS:localhost,IP:127.0.0.1". False with a message on stderr. */
bool th_tls_make(const char *names);
const struct th_pem *th_tls_pem(enum th_certificate which); /* NULL without th_tls_make */
const char *th_tls_ca_file(void);                           /* NULL likewise */
void th_tls_clear(void);                                    /* removes the file, too */

#endif
