/* What stands before cJSON: the strict check of a document, and a copy of it that cJSON reads
 * without losing anything. cJSON ends a string at a NUL, keeps a number only as a double and cuts
 * long ones; so in the copy
 *   a number is a string: HS_JSON_NUMBER, then its characters as they came;
 *   what no C string in UTF-8 can hold (NUL, half a surrogate pair) is HS_JSON_UNREADABLE, and so
 *   is a noncharacter that could be taken for either mark. */
#ifndef HS_SDK_JSON_SCAN_H
#define HS_SDK_JSON_SCAN_H
#include <hubsync/kit.h>

#define HS_JSON_NUMBER     "\xef\xbf\xbe" /* U+FFFE */
#define HS_JSON_UNREADABLE "\xef\xbf\xbf" /* U+FFFF */
enum { HS_JSON_DEPTH_MAX = 64, HS_JSON_VALUES_MAX = 1 << 22 };

struct hs_json_fault {
    const char *what; /* NULL: none */
    size_t at;        /* byte of the text */
};
/* Appends the copy of the first document to copy; alone: only blanks may follow it. */
struct hs_json_fault hs_json_scan(const char *text, size_t n_bytes, bool alone,
                                  struct hub_text *copy);
#endif
