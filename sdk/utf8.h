/* One character of UTF-8 at a time, for the other files of the kit. */
#ifndef HS_SDK_UTF8_H
#define HS_SDK_UTF8_H
#include <stddef.h>

/* Bytes (1..4) of the character at text, of which n_bytes are there; 0 if it is none: a stray or
 * missing continuation, an overlong form, a surrogate, above U+10FFFF. */
size_t hs_utf8_length(const char *text, size_t n_bytes);
#endif
