/* The README.md of two repos, read and held against each other as it would be written: what
 * card_target.h says, with the contents fetched, and the answer remembered. */
#ifndef HS_SYNC_README_H
#define HS_SYNC_README_H
#include "sync/card_target.h"
#include "sync/learn.h"

#define HS_README  "README.md" /* at the root */
#define HS_LICENSE "LICENSE"

/* How a README of from gets to to by this rule; the licences are those of the repos' metadata. All
 * texts are borrowed from rule, sessions and repos. */
struct hs_card_terms hs_readme_terms(const struct hs_rule *rule, const struct hs_session *from,
                                     const struct hs_session *to, const struct hs_repo *from_repo,
                                     const struct hs_repo *to_repo);

struct hs_readme_pair {
    const struct hs_rule *rule;
    struct hs_card_terms terms;
    struct hs_source from, to;
    struct hs_file *from_file, *to_file; /* as listed; NULL: not there. They learn their hashes */
};
enum hs_readme_verdict {
    HS_README_PLAIN = 0, /* none at the source, too large, or a pointer: a file like any other */
    HS_README_NONE,      /* the source's is empty or the site's: as if neither side had one */
    HS_README_SAME,
    HS_README_DIFFERS
};
struct hs_readme {
    enum hs_readme_verdict verdict;
    struct hs_made made; /* DIFFERS: what the target is to have; bytes NULL else */
    const struct hs_made *fallback; /* DIFFERS: if it refuses a licence that it does not know; or NULL */
    bool is_unknown;     /* DIFFERS: license.unknown stands in for the licence */
    const char *license; /* of the source's card, when it was read; "" none */
    const char *settled; /* DIFFERS: hs_readme_settle with it, once made is what the target has */
};
/* Reads both contents unless it is remembered how that ends. out's texts live in pool. */
int hs_readme_look(struct hs_learn *learn, const struct hs_readme_pair *pair, struct hub_pool *pool,
                   struct hs_readme *out, struct hs_err *err);
/* The hub took a README only once its licence was license.unknown: so it is done from now on. */
void hs_readme_refused(struct hs_store *store, const struct hs_session *to);
void hs_readme_settle(struct hs_store *store, const char *settled, const struct hs_file *file);

/* Without a direction, for verify and conflicts: would nothing be written one way or the other? Two
 * that are empty or the site's agree; one alone does not. PLAIN, SAME or DIFFERS; NONE if both are. */
int hs_readme_agree(struct hs_learn *learn, const struct hs_readme_pair *pair, struct hub_pool *pool,
                    enum hs_readme_verdict *out, struct hs_err *err);

/* Is this README.md as good as none: without a body, or the site's? Reads it once, remembers. */
int hs_readme_is_none(struct hs_learn *learn, const struct hs_rule *rule, const struct hs_source *source,
                      struct hub_pool *pool, struct hs_file *file, bool *is_none, struct hs_err *err);

/* Is this LICENSE the site's (license.templates, or the provider's word)? */
int hs_license_is_made(struct hs_learn *learn, const struct hs_rule *rule, const struct hs_source *source,
                       struct hub_pool *pool, struct hs_file *file, bool *is_made, struct hs_err *err);
#endif
