/* Globs of the contract (decision 1): '*' and '?' never cross '/', '**' does; [a-z] sets. */
#ifndef HS_DATA_GLOB_H
#define HS_DATA_GLOB_H
#include <stdbool.h>
/* Whole text against whole pattern; linear in practice (no recursion, bounded backtracking). */
bool hs_glob(const char *pattern, const char *text);
/* exclude: a pattern without '/' matches any segment of the path, with one the whole path. */
bool hs_glob_excludes(const char *pattern, const char *path);
/* include, has: without '/' the last segment, with one the whole path. */
bool hs_glob_includes(const char *pattern, const char *path);
/* select, --repo: without '/' the name, with one "owner/name". */
bool hs_glob_repo(const char *pattern, const char *id);
#endif
