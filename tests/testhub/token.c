#include "store.h"
#include "site.h"

#include <stdlib.h>
#include <string.h>

struct session {
    char *value;
    const struct th_token *token;
    struct session *next;
};

struct owner {
    char *name;
    struct owner *next;
};

static struct th_token *tokens;
static struct session *sessions;
static struct owner *owners;

static bool is_for(const struct th_token *token, const struct th_site *site)
{
    return !token->site || !strcmp(token->site, site->name);
}

const struct th_token *th_token_find(const struct th_site *site, const char *value)
{
    if (!value || !*value)
        return NULL;
    for (const struct th_token *token = tokens; token; token = token->next)
        if (!strcmp(token->value, value) && is_for(token, site))
            return token->is_expired ? NULL : token;
    for (const struct session *session = sessions; session; session = session->next)
        if (!strcmp(session->value, value) && is_for(session->token, site))
            return session->token->is_expired ? NULL : session->token;
    return NULL;
}

const char *th_session_new(const struct th_token *token)
{
    struct session *session = th_alloc(sizeof(*session));
    char id[33];

    th_fresh_id(id);
    session->value = th_copy(id);
    session->token = token;
    session->next = sessions;
    sessions = session;
    return session->value;
}

bool th_token_reaches(const struct th_token *token, const char *owner)
{
    if (!token)
        return false;
    if (!strcmp(token->account, owner))
        return true;
    for (size_t i = 0; i < token->owner_count; i++)
        if (!strcmp(token->owners[i], owner))
            return true;
    return false;
}

bool th_may_read(const struct th_repo *repo, const struct th_token *token)
{
    if (th_token_reaches(token, repo->owner))
        return true;
    if (repo->is_gated || repo->visibility == TH_PRIVATE)
        return false;
    return repo->visibility == TH_PUBLIC || token;
}

bool th_may_write(const char *owner, const struct th_token *token)
{
    return token && token->can_write && th_token_reaches(token, owner);
}

bool th_owner_exists(const struct th_site *site, const char *owner)
{
    for (const struct owner *known = owners; known; known = known->next)
        if (!strcmp(known->name, owner))
            return true;
    for (const struct th_token *token = tokens; token; token = token->next)
        if ((!token->site || !strcmp(token->site, site->name)) && th_token_reaches(token, owner))
            return true;
    return !owners;
}

bool th_is_account(const struct th_site *site, const char *name)
{
    for (const struct th_token *token = tokens; token; token = token->next)
        if (is_for(token, site) && !strcmp(token->account, name))
            return true;
    return false;
}

bool th_token_lacks(const struct th_token *token, const char *route)
{
    const cJSON *glob;

    cJSON_ArrayForEach(glob, token->lacks)
    {
        if (cJSON_IsString(glob) && th_glob(glob->valuestring, route))
            return true;
    }
    return false;
}

void th_owner_add(const char *name)
{
    struct owner *owner = th_alloc(sizeof(*owner));

    owner->name = th_copy(name);
    owner->next = owners;
    owners = owner;
}

/* Newer tokens come first, so a value given again takes its new meaning. */
void th_token_add(struct th_token *token)
{
    token->next = tokens;
    tokens = token;
}

static void free_token(struct th_token *token)
{
    for (size_t i = 0; i < token->owner_count; i++)
        free(token->owners[i]);
    free(token->owners);
    cJSON_Delete(token->lacks);
    free(token->value);
    free(token->account);
    free(token->email);
    free(token->site);
    free(token);
}

void th_tokens_clear(void)
{
    while (tokens) {
        struct th_token *token = tokens;

        tokens = token->next;
        free_token(token);
    }
    while (sessions) {
        struct session *session = sessions;

        sessions = session->next;
        free(session->value);
        free(session);
    }
    while (owners) {
        struct owner *owner = owners;

        owners = owner->next;
        free(owner->name);
        free(owner);
    }
}
