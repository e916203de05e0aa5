/* What the Modelers site accepts: names (§1.2), licences (§8.1), LFS patterns (§6.6), pointers. */
#ifndef TH_SITE_MODELERS_RULES_H
#define TH_SITE_MODELERS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MO_REGULAR_MAX = 5 << 20, MO_PATH_CHARACTERS_MAX = 500, MO_POINTER_MAX = 1024 };

bool mo_is_owner_name(const char *name); /* the shape only */
bool mo_is_reserved_name(const char *name);
bool mo_is_model_name(const char *name);
bool mo_is_branch_name(const char *name);
bool mo_is_repo_path(const char *path); /* of a file; "" is none */

bool mo_is_license(const char *name); /* one of the 29, lower case */
/* The licence of a README's front matter, lower case; NULL when it names none. Caller frees. */
char *mo_front_matter_license(const char *text);

/* True when one of the default .gitattributes patterns matches. */
bool mo_is_lfs_pattern(const char *path);
char *mo_gitattributes(void); /* caller frees */

/* Reads a canonical pointer, with or without the final newline. */
bool mo_pointer_parse(const void *data, size_t length, char oid[65], uint64_t *size);

char *mo_trimmed_lower(const char *text); /* caller frees; NULL reads as "" */
char *mo_html_escape(const char *text);   /* the way desc and fullname are stored; caller frees */
size_t mo_characters(const char *utf8);

#endif
