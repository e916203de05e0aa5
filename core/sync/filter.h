/* What a rule sees of a listing, and which repos it selects by name. Pure. */
#ifndef HS_SYNC_FILTER_H
#define HS_SYNC_FILTER_H
#include "conf/conf.h"
#include "provider/facts.h"

/* Invisible on every side: site-owned files, links and submodules, paths with a segment that starts
 * with a dot, tool leftovers. */
bool hs_is_invisible(const struct hs_file *file);
/* Does the rule's files section let it through? exclude beats include. */
bool hs_is_wanted(const struct hs_rule *rule, const char *path);
/* The files of all that the rule sees, in order; out is empty before. *n_links: links and
 * submodules that were left out. */
void hs_filter_files(const struct hs_rule *rule, const struct hs_listing *all,
                     struct hs_listing *out, size_t *n_links);
/* Does select.license let it through? "" is no licence. */
bool hs_filter_license(const struct hs_rule *rule, const char *license);
/* "" if select lets the repo through, else the reason: "filtered". A licence that the list does not
 * tell passes: the detail call tells. */
const char *hs_filter_repo(const struct hs_rule *rule, const struct hs_repo *repo, int64_t now_ms);
/* The same by its name alone: select.repos and select.exclude. */
const char *hs_filter_name(const struct hs_rule *rule, const char *id);
/* Does a listing fit select.has and select.max_bytes? "" or "no_weights", "filtered". */
const char *hs_filter_content(const struct hs_rule *rule, const struct hs_listing *files);
/* --repo: any of the globs, or none given. */
bool hs_filter_named(const struct hs_strings *globs, const char *id);
/* A digest of the rule's settings that shape a baseline: 64 hex digits, of a three-way rule with "m"
 * in place of the first. */
void hs_filter_settings(const struct hs_rule *rule, char *hex);
/* Are these a three-way rule's? Only its baselines say what each side had. */
bool hs_filter_is_merged(const char *settings);
#endif
