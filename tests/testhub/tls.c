#include "tls.h"
#include "util.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY_S = 24 * 3600, YEAR_S = 365 * DAY_S };

static struct th_pem pems[TH_CERT_COUNT];
static char *folder, *ca_file;
static long last_serial;

struct issuer {
    X509 *certificate;
    EVP_PKEY *key;
};

static char *text_of(BIO *take_bio)
{
    char *data;
    long length = BIO_get_mem_data(take_bio, &data);
    char *text = th_copy_n(data, length > 0 ? (size_t)length : 0);

    BIO_free(take_bio);
    return text;
}

static char *certificate_pem(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());

    (void)PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
}

static char *key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());

    (void)PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    return text_of(bio);
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool is_good;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    is_good = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_good;
}

/* names NULL: a CA. by NULL: signs itself. */
static X509 *make_certificate(EVP_PKEY *key, const char *common_name, const char *names,
                              const struct issuer *by, long from_s, long to_s)
{
    X509 *made = X509_new();
    X509_NAME *name = X509_get_subject_name(made);
    X509 *issuer = by ? by->certificate : made;
    bool is_good;

    is_good =
        X509_set_version(made, 2) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(made), ++last_serial) == 1 &&
        X509_gmtime_adj(X509_getm_notBefore(made), from_s) &&
        X509_gmtime_adj(X509_getm_notAfter(made), to_s) && X509_set_pubkey(made, key) == 1 &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name,
                                   -1, -1, 0) == 1 &&
        X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1 &&
        add_extension(made, issuer, NID_basic_constraints,
                      names ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
        add_extension(made, issuer, NID_subject_key_identifier, "hash") &&
        (!names || add_extension(made, issuer, NID_subject_alt_name, names)) &&
        (names || add_extension(made, issuer, NID_key_usage, "critical,keyCertSign,cRLSign")) &&
        X509_sign(made, by ? by->key : key, EVP_sha256()) > 0;
    if (is_good)
        return made;
    X509_free(made);
    return NULL;
}

static bool make_ca(struct issuer *ca, const char *name)
{
    ca->key = EVP_EC_gen("P-256");
    ca->certificate = ca->key ? make_certificate(ca->key, name, NULL, NULL, -DAY_S, YEAR_S) : NULL;
    return ca->certificate;
}

static void free_ca(struct issuer *ca)
{
    X509_free(ca->certificate);
    EVP_PKEY_free(ca->key);
}

static bool make_leaf(enum th_certificate which, const char *names, const struct issuer *ca,
                      long from_s, long to_s)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *leaf = key ? make_certificate(key, "hubsync-testhub", names, ca, from_s, to_s) : NULL;

    if (leaf) {
        pems[which].key = key_pem(key);
        pems[which].certificate = certificate_pem(leaf);
        pems[which].is_bad = which != TH_CERT_GOOD;
    }
    X509_free(leaf);
    EVP_PKEY_free(key);
    return leaf;
}

static bool write_ca_file(const struct issuer *ca)
{
    const char *parent = getenv("TMPDIR");
    char *pem = certificate_pem(ca->certificate);
    FILE *file;
    bool is_good;

    folder = th_format("%s/hubsync-testhub-XXXXXX", parent ? parent : "/tmp");
    is_good = mkdtemp(folder);
    ca_file = th_format("%s/ca.pem", folder);
    file = is_good ? fopen(ca_file, "w") : NULL;
    is_good = file && fputs(pem, file) >= 0;
    if (file)
        is_good = fclose(file) == 0 && is_good;
    free(pem);
    return is_good;
}

bool th_tls_make(const char *names)
{
    struct issuer ca = {0}, other = {0};
    bool is_good = make_ca(&ca, "hubsync-testhub CA") &&
                   make_ca(&other, "hubsync-testhub other CA") &&
                   make_leaf(TH_CERT_GOOD, names, &ca, -DAY_S, YEAR_S) &&
                   make_leaf(TH_CERT_EXPIRED, names, &ca, -2 * YEAR_S, -YEAR_S) &&
                   make_leaf(TH_CERT_MISNAMED, "DNS:other.example", &ca, -DAY_S, YEAR_S) &&
                   make_leaf(TH_CERT_WRONG_CA, names, &other, -DAY_S, YEAR_S) && write_ca_file(&ca);

    free_ca(&ca);
    free_ca(&other);
    if (!is_good)
        fputs("hubsync-testhub: cannot make certificates\n", stderr);
    return is_good;
}

const struct th_pem *th_tls_pem(enum th_certificate which)
{
    return pems[which].key ? &pems[which] : NULL;
}

const char *th_tls_ca_file(void)
{
    return ca_file;
}

void th_tls_clear(void)
{
    for (size_t i = 0; i < TH_CERT_COUNT; i++) {
        free((void *)(uintptr_t)pems[i].key);
        free((void *)(uintptr_t)pems[i].certificate);
        pems[i] = (struct th_pem){0};
    }
    if (ca_file)
        (void)unlink(ca_file);
    if (folder)
        (void)rmdir(folder);
    free(ca_file);
    free(folder);
    ca_file = folder = NULL;
}
