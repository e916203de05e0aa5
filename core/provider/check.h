/* The gate for data: what a provider says is checked when it is said, and only then believed. Pure.
 * Each fails with HUB_ECORRUPT and quotes the row (bounded, control characters made visible). */
#ifndef HS_PROVIDER_CHECK_H
#define HS_PROVIDER_CHECK_H
#include "base/err.h"
#include "provider/facts.h"

/* Relative, valid UTF-8, no NUL or control characters, no "", "." or ".." part, no backslash
 * trickery (a '\\' is an ordinary character), at most 4095 bytes and 255 a part. */
int hs_check_path(const char *path, struct hs_err *err);
/* "owner/name": two parts as in a path, one slash. */
int hs_check_repo_id(const char *id, struct hs_err *err);
/* Copies a row into the pool. Hashes: lowered; a wrong length or alphabet, or the hash of nothing
 * for a size above 0, is unknown. */
int hs_check_file(struct hub_pool *pool, const struct hub_file *row, struct hs_file *out,
                  struct hs_err *err);
int hs_check_repo(struct hub_pool *pool, const struct hub_repo *row, struct hs_repo *out,
                  struct hs_err *err);
/* A branch and its commit: 40 or 64 hex digits, lowered, not all zero; *commit lives in pool. */
int hs_check_head(struct hub_pool *pool, const struct hub_head *row, char **commit,
                  struct hs_err *err);
/* What is not known is unknown; the message is bounded and one line. */
void hs_check_import(struct hub_pool *pool, const struct hub_import *row, struct hs_import *out);
#endif
