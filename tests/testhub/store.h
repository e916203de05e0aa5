/* Repositories, commits, tokens. Everything here needs the hub's lock (handlers hold it).
 * Commits and files are immutable and live as long as their repository. */
#ifndef TH_STORE_H
#define TH_STORE_H

#include "content.h"

struct th_site;
struct cJSON;

enum th_visibility {
    TH_PUBLIC,
    TH_INTERNAL, /* anyone with a token */
    TH_PRIVATE,
};

struct th_commit;

struct th_file {
    char *path;
    const struct th_blob *blob; /* the real content, also when is_lfs */
    bool is_lfs;
    char git_sha1[41];             /* of the content, or of the pointer when is_lfs */
    const struct th_commit *since; /* the last commit that touched the path */
};

struct th_commit {
    char id[41];
    char *message, *author, *email;
    int64_t when; /* epoch seconds, the hub's clock */
    const struct th_commit *parent;
    const struct th_file **files; /* sorted by path (bytes) */
    size_t file_count;
    struct th_commit *next; /* all of a repository, newest first */
};

struct th_ref {
    char *name;
    bool is_tag;
    const struct th_commit *commit;
};

struct th_repo {
    const struct th_site *site;
    char *owner, *name;
    uint64_t number; /* 1, 2, ... : for sites whose repositories have numeric ids */
    enum th_visibility visibility;
    bool is_gated;
    char *license, *display_name, *description; /* never NULL */
    char *default_branch;
    struct th_ref *refs;
    size_t ref_count;
    int64_t created, updated; /* epoch seconds */
    struct cJSON *extra;      /* an object, the site's own fields; filled from the seed's "extra" */
    struct th_commit *commits;
    struct th_file **all_files;
    size_t all_file_count;
    struct th_repo *next;
};

struct th_change {
    const char *path;
    struct th_blob *blob; /* NULL deletes the path */
    bool is_lfs;
};

/* First of the site's repositories, then ->next; insertion order. */
struct th_repo *th_repo_first(const struct th_site *site);
struct th_repo *th_repo_find(const struct th_site *site, const char *owner, const char *name);
struct th_repo *th_repo_find_nocase(const struct th_site *site, const char *owner,
                                    const char *name);
struct th_repo *th_repo_find_number(const struct th_site *site, uint64_t number);
/* An empty repository: a default branch by name, no commit. NULL when the name is taken. */
struct th_repo *th_repo_create(const struct th_site *site, const char *owner, const char *name,
                               const char *default_branch);
void th_repo_remove(struct th_repo *repo); /* unlinks it; the memory stays until exit */
void th_repo_set_text(char **field, const char *value); /* NULL becomes "" */

/* A branch, a tag or a 40-hex commit; NULL or "" is the default branch. NULL when unknown or when
 * the branch has no commit. */
const struct th_commit *th_repo_resolve(const struct th_repo *repo, const char *revision);
/* NULL when there is none of that name. */
struct th_ref *th_repo_ref(const struct th_repo *repo, const char *name, bool is_tag);
/* Makes or moves. */
void th_repo_set_ref(struct th_repo *repo, const char *name, bool is_tag,
                     const struct th_commit *commit);
void th_repo_drop_ref(struct th_repo *repo, const char *name, bool is_tag);

/* NULL when the path is no file of the commit (a NULL commit is an empty one). */
const struct th_file *th_commit_file(const struct th_commit *commit, const char *path);
/* True when some file lies under the directory ("" is the root). */
bool th_commit_has_dir(const struct th_commit *commit, const char *dir);

/* Applies all changes as one new commit on the branch, which is made from the default branch's head
 * or from nothing when missing. Deleting a path that is not there is ignored: check before. Every
 * blob is put on the site. The result is borrowed. */
const struct th_commit *th_repo_commit(struct th_repo *repo, const char *branch,
                                       const char *message, const char *author,
                                       const struct th_change *changes, size_t count);

enum th_mirror_flags {
    TH_MIRROR_LFS = 1,          /* the objects come with their pointers */
    TH_MIRROR_DEFAULT_ONLY = 2, /* no branch but the default one, no tags */
};
/* Makes target what a git mirror of source is: the same commits, ids, branches, tags and default
 * branch; what target had of its own is no longer reachable by name. */
void th_repo_mirror(struct th_repo *target, const struct th_repo *source, unsigned flags);

struct th_token {
    char *value, *account, *email;
    char *site; /* NULL: good on every site */
    bool can_write, is_expired;
    char **owners; /* whose repositories it reaches, besides those of account */
    size_t owner_count;
    struct cJSON *lacks; /* globs over route names that it is not entitled to, or NULL */
    struct th_token *next;
};

/* NULL when unknown, expired, or of another site. Also finds session values (th_session_new). */
const struct th_token *th_token_find(const struct th_site *site, const char *value);
/* A new value that stands for the token from now on (a login's session, a git token). Borrowed. */
const char *th_session_new(const struct th_token *token);
/* token may be NULL (anonymous). */
bool th_may_read(const struct th_repo *repo, const struct th_token *token);
bool th_may_write(const char *owner, const struct th_token *token);
bool th_token_reaches(const struct th_token *token, const char *owner);
/* True for an owner of the seed's "owners" list, of a token, or when there is no such list. */
bool th_owner_exists(const struct th_site *site, const char *owner);

/* True when the name is a person: the account of a token of the site. */
bool th_is_account(const struct th_site *site, const char *name);
/* True when the token is not entitled to the route. */
bool th_token_lacks(const struct th_token *token, const char *route);

void th_token_add(struct th_token *token); /* takes it */
void th_owner_add(const char *owner);
void th_tokens_clear(void);
void th_store_clear(void); /* at exit, tokens too */

#endif
