#include "store/store_db.h"
#include "base/banned.h"

/* The newest computed pair wins over one that shares a name with it. */
int hs_store_pair_put(struct hs_store *store, const char *sha256, const char *git_sha1,
                      uint64_t file_bytes, struct hs_err *err)
{
    if (!hub_is_hex(sha256, 64) || !hub_is_hex(git_sha1, 40))
        return hs_fail(err, HUB_EBUG, "a pair needs both hashes: '%s' and '%s'", sha256, git_sha1);
    return hs_db_run(store,
                     "INSERT OR REPLACE INTO pairs (sha256, git_sha1, file_bytes) "
                     "VALUES (?1, ?2, ?3)",
                     HS_WITH(hs_text(sha256), hs_text(git_sha1), hs_uint(file_bytes)), err);
}

int hs_store_pair_get(struct hs_store *store, struct hub_pool *pool, const char *sha256,
                      const char *git_sha1, uint64_t file_bytes, const char **other,
                      struct hs_err *err)
{
    static const char by_sha256[] = "SELECT git_sha1 FROM pairs WHERE sha256 = ?1 "
                                    "AND (file_bytes = ?2 OR ?2 = -1 OR file_bytes = -1)";
    static const char by_git_sha1[] = "SELECT sha256 FROM pairs WHERE git_sha1 = ?1 "
                                      "AND (file_bytes = ?2 OR ?2 = -1 OR file_bytes = -1)";
    struct hs_query query;
    const char *found = NULL;
    bool has_row;
    int r;

    hs_query_start(&query, store, sha256[0] ? by_sha256 : by_git_sha1,
                   HS_WITH(hs_text(sha256[0] ? sha256 : git_sha1), hs_uint(file_bytes)), err);
    has_row = hs_query_next(&query);
    if (has_row)
        found = hs_query_text(&query, 0, pool);
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *other = found;
    return r;
}

int hs_store_etag_put(struct hs_store *store, const char *site, const char *etag,
                      const char *sha256, const char *git_sha1, struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT OR REPLACE INTO etags (site, etag, sha256, git_sha1) "
                     "VALUES (?1, ?2, ?3, ?4)",
                     HS_WITH(hs_text(site), hs_text(etag), hs_text(sha256), hs_text(git_sha1)),
                     err);
}

int hs_store_etag_get(struct hs_store *store, struct hub_pool *pool, const char *site,
                      const char *etag, const char **sha256, const char **git_sha1,
                      struct hs_err *err)
{
    struct hs_query query;
    const char *found_sha256 = NULL, *found_git_sha1 = NULL;
    bool has_row;
    int r;

    hs_query_start(&query, store,
                   "SELECT sha256, git_sha1 FROM etags WHERE site = ?1 AND etag = ?2",
                   HS_WITH(hs_text(site), hs_text(etag)), err);
    has_row = hs_query_next(&query);
    if (has_row) {
        found_sha256 = hs_query_text(&query, 0, pool);
        found_git_sha1 = hs_query_text(&query, 1, pool);
    }
    r = hs_query_close_one(&query, has_row);
    if (r == 0) {
        *sha256 = found_sha256;
        *git_sha1 = found_git_sha1;
    }
    return r;
}

int hs_store_made_put(struct hs_store *store, const char *plugin, const char *git_sha1,
                      bool is_site_made, struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT OR REPLACE INTO made (plugin, git_sha1, is_site_made) "
                     "VALUES (?1, ?2, ?3)",
                     HS_WITH(hs_text(plugin), hs_text(git_sha1), hs_int(is_site_made)), err);
}

int hs_store_made_get(struct hs_store *store, const char *plugin, const char *git_sha1,
                      bool *is_site_made, struct hs_err *err)
{
    int64_t answer = 0;
    int r = hs_db_run_id(store, "SELECT is_site_made FROM made WHERE plugin = ?1 AND git_sha1 = ?2",
                         HS_WITH(hs_text(plugin), hs_text(git_sha1)), &answer, err);

    if (r == 0)
        *is_site_made = answer != 0;
    return r;
}

int hs_store_judged_put(struct hs_store *store, const char *digest, bool answer, struct hs_err *err)
{
    return hs_db_run(store, "INSERT OR REPLACE INTO judged (digest, answer) VALUES (?1, ?2)",
                     HS_WITH(hs_text(digest), hs_int(answer)), err);
}

int hs_store_judged_get(struct hs_store *store, const char *digest, bool *answer, struct hs_err *err)
{
    int64_t found = 0;
    int r = hs_db_run_id(store, "SELECT answer FROM judged WHERE digest = ?1", HS_WITH(hs_text(digest)),
                         &found, err);

    if (r == 0)
        *answer = found != 0;
    return r;
}
