/* Names on the other hub: `map` from source to target and, for a bidirectional rule, back. */
#ifndef HS_JOB_NAMES_H
#define HS_JOB_NAMES_H
#include "provider/session.h"

const char *hs_owner_of(struct hub_pool *pool, const char *id);
const char *hs_name_of(const char *id);
/* "prefix-{name}" with that name. */
char *hs_name_map(struct hub_pool *pool, const char *pattern, const char *name);
/* The name that the pattern makes into this one; NULL if there is none, or more than one. */
char *hs_name_unmap(struct hub_pool *pool, const char *pattern, const char *name);
/* Whose repo it becomes on that hub: owner (map.owner, may be ""), else the hub's only owner, else
 * the same name in its list, else HS_ECONFIG. */
int hs_target_owner(const struct hs_rule *rule, const char *owner, const struct hs_session *to,
                    const char *source_owner, const char **out, struct hs_err *err);
/* Why the hub cannot have a repo of that id; NULL if it can. */
const char *hs_judge_name(struct hub_pool *pool, const struct hs_session *to, const char *id);
#endif
