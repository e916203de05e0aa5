#include "util.h"

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *or_die(void *memory)
{
    if (!memory) {
        fputs("hubsync-testhub: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *th_alloc(size_t bytes)
{
    return or_die(calloc(1, bytes ? bytes : 1));
}

void *th_grow(void *old, size_t bytes)
{
    return or_die(realloc(old, bytes ? bytes : 1));
}

char *th_copy(const char *text)
{
    return text ? or_die(strdup(text)) : NULL;
}

char *th_copy_n(const char *text, size_t length)
{
    char *copy = th_alloc(length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *th_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    return or_die(text);
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *th_percent_decode(const char *text, size_t length, bool plus_is_space)
{
    char *out = th_alloc(length + 1);
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        int high, low;

        if (text[i] == '%' && i + 2 < length && (high = hex_digit(text[i + 1])) >= 0 &&
            (low = hex_digit(text[i + 2])) >= 0 && (high || low)) {
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else if (text[i] == '+' && plus_is_space) {
            out[n++] = ' ';
        } else {
            out[n++] = text[i];
        }
    }
    return out;
}

char *th_percent_encode(const char *text, const char *keep)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = th_alloc(3 * strlen(text) + 1);
    size_t n = 0;

    for (const char *c = text; *c; c++) {
        if (strchr(plain, *c) || strchr(keep, *c)) {
            out[n++] = *c;
        } else {
            (void)snprintf(out + n, 4, "%%%02X", (unsigned)(unsigned char)*c);
            n += 3;
        }
    }
    return out;
}

char *th_base64_encode(const void *data, size_t length)
{
    char *out = th_alloc((length + 2) / 3 * 4 + 1);

    (void)EVP_EncodeBlock((unsigned char *)out, data, (int)length);
    return out;
}

unsigned char *th_base64_decode(const char *text, size_t *length)
{
    size_t chars = strlen(text), padding = 0;
    unsigned char *out;
    int n;

    if (chars % 4 != 0 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789+/=") != chars)
        return NULL;
    while (padding < 2 && padding < chars && text[chars - 1 - padding] == '=')
        padding++;
    out = th_alloc(chars / 4 * 3 + 1);
    n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)chars);
    if (n < 0) {
        free(out);
        return NULL;
    }
    *length = (size_t)n - padding;
    out[*length] = 0;
    return out;
}

bool th_is_hex(const char *text, size_t digits)
{
    return text && strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

void th_hex(const unsigned char *bytes, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    out[2 * count] = 0;
}

static void digest_hex(const EVP_MD *type, const void *head, size_t head_bytes, const void *data,
                       size_t length, char *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned count = 0;
    EVP_MD_CTX *md = or_die(EVP_MD_CTX_new());

    if (EVP_DigestInit_ex(md, type, NULL) != 1 || EVP_DigestUpdate(md, head, head_bytes) != 1 ||
        EVP_DigestUpdate(md, data, length) != 1 || EVP_DigestFinal_ex(md, digest, &count) != 1)
        abort();
    EVP_MD_CTX_free(md);
    th_hex(digest, count, out);
}

void th_sha256_hex(const void *data, size_t length, char out[65])
{
    digest_hex(EVP_sha256(), "", 0, data, length, out);
}

void th_sha1_hex(const void *data, size_t length, char out[41])
{
    digest_hex(EVP_sha1(), "", 0, data, length, out);
}

void th_md5_hex(const void *data, size_t length, char out[33])
{
    digest_hex(EVP_md5(), "", 0, data, length, out);
}

void th_git_blob_sha1(const void *data, size_t length, char out[41])
{
    char head[32];
    int n = snprintf(head, sizeof(head), "blob %zu", length);

    digest_hex(EVP_sha1(), head, (size_t)n + 1, data, length, out);
}

static char *time_text(int64_t seconds, const char *suffix)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[32];

    gmtime_r(&when, &parts);
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    return th_format("%s%s", text, suffix);
}

char *th_time_utc(int64_t seconds)
{
    return time_text(seconds, "Z");
}

char *th_time_offset(int64_t seconds, int offset_hours)
{
    char suffix[16];

    (void)snprintf(suffix, sizeof(suffix), "%c%02d:00", offset_hours < 0 ? '-' : '+',
                   abs(offset_hours) % 24);
    return time_text(seconds + offset_hours * 3600, suffix);
}

bool th_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == 0;
}

const char *th_json_text(const cJSON *object, const char *name, const char *fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : fallback;
}

int64_t th_json_int(const cJSON *object, const char *name, int64_t fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : fallback;
}

bool th_json_bool(const cJSON *object, const char *name, bool fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : fallback;
}

char *th_file_text(const char *path, size_t limit, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t used = 0;

    while (file && !feof(file) && !ferror(file) && used <= limit) {
        text = th_grow(text, used + 65536 + 1);
        used += fread(text + used, 1, 65536, file);
    }
    if (!file || ferror(file) || used > limit) {
        free(text);
        text = NULL;
    } else {
        text[used] = 0;
        if (length)
            *length = used;
    }
    if (file)
        (void)fclose(file);
    return text;
}
