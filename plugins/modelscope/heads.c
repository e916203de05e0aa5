/* heads.c - the branches of a repo, from git itself: the API's list of revisions tells no commits.
 *
 * Protocol v2: the capabilities, then `ls-refs`. A server that answers v0 instead has told the refs
 * already. The edge turns away every agent whose name does not start with "git/". */
#include "modelscope.h"
#include <string.h>

#define HEADS "refs/heads/"
#define AGENT "User-Agent: git/2.39.5"
#define V2    "Git-Protocol: version=2"

static const char ls_refs[] = "0014command=ls-refs\n"
                              "0015agent=git/2.39.5\n"
                              "0001"
                              "000csymrefs\n"
                              "001bref-prefix refs/heads/\n"
                              "0014ref-prefix HEAD\n"
                              "0000";

enum kind { PACKET_LINE, PACKET_MARK, PACKET_END, PACKET_BAD };
struct packets { /* what is left to read */
    const char *at, *end;
};
struct line { /* without the newline */
    const char *at;
    size_t n;
};

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum kind next_packet(struct packets *rest, struct line *line)
{
    size_t n = 0;

    if (rest->at == rest->end)
        return PACKET_END;
    if (rest->end - rest->at < 4)
        return PACKET_BAD;
    for (int i = 0; i < 4; i++) {
        int digit = digit_of(rest->at[i]);

        if (digit < 0)
            return PACKET_BAD;
        n = n * 16 + (size_t)digit;
    }
    if (n < 4) { /* flush, delimiter */
        rest->at += 4;
        return PACKET_MARK;
    }
    if (n > (size_t)(rest->end - rest->at))
        return PACKET_BAD;
    *line = (struct line){rest->at + 4, n - 4};
    rest->at += n;
    if (line->n > 0 && line->at[line->n - 1] == '\n')
        line->n--;
    return PACKET_LINE;
}

static bool starts_with(struct line line, const char *start)
{
    size_t n = strlen(start);

    return line.n >= n && memcmp(line.at, start, n) == 0;
}

/* The text behind key in line, up to a blank; NULL if key is not there. Both versions name HEAD's
 * branch this way, behind a blank: the capability "symref=HEAD:…", the attribute "symref-target:…".
 * A ref holds no blank, so none can be mistaken for it. */
static char *value_of(struct hub_pool *pool, struct line line, const char *key)
{
    size_t n = strlen(key), i = 0, end;

    while (i + n <= line.n && memcmp(line.at + i, key, n) != 0)
        i++;
    if (i + n > line.n)
        return NULL;
    for (end = i + n; end < line.n && line.at[end] != ' ' && line.at[end] != '\0';)
        end++;
    return hub_pool_strndup(pool, line.at + i + n, end - i - n);
}

/* A line of either version: the id, a blank, the name, then a blank or NUL and whatever else. */
static bool read_ref(struct hub_pool *pool, struct line line, const char **id, const char **name)
{
    size_t end = MS_COMMIT_DIGITS + 1;

    if (line.n <= end || line.at[MS_COMMIT_DIGITS] != ' ')
        return false;
    while (end < line.n && line.at[end] != ' ' && line.at[end] != '\0')
        end++;
    *id = hub_hex_lower(pool, hub_pool_strndup(pool, line.at, MS_COMMIT_DIGITS), MS_COMMIT_DIGITS);
    *name = hub_pool_strndup(pool, line.at + MS_COMMIT_DIGITS + 1, end - MS_COMMIT_DIGITS - 1);
    return *id && *name;
}

/* The branch that HEAD is, as refs/heads/…; what the site always has if nothing tells. */
static const char *main_of(struct hub_pool *pool, struct packets refs)
{
    struct line line;
    enum kind kind;

    while ((kind = next_packet(&refs, &line)) == PACKET_LINE || kind == PACKET_MARK) {
        const char *target = NULL;

        if (kind == PACKET_MARK || line.n <= MS_COMMIT_DIGITS)
            continue;
        if (starts_with((struct line){line.at + MS_COMMIT_DIGITS, line.n - MS_COMMIT_DIGITS},
                        " HEAD")) {
            target = value_of(pool, line, " symref-target:");
            if (!target)
                target = value_of(pool, line, "symref=HEAD:");
        }
        if (target)
            return target;
    }
    return HEADS MS_BRANCH;
}

static int say_ref(struct hub_op *op, struct hub_pool *pool, struct line line, const char *main)
{
    struct hub_head head = {.size = sizeof(head)};
    const char *id, *name;

    if (!read_ref(pool, line, &id, &name) || strncmp(name, HEADS, strlen(HEADS)) != 0)
        return 0;
    head.branch = name + strlen(HEADS);
    head.commit = id;
    if (strcmp(name, main) == 0)
        head.flags = HUB_DEFAULT_BRANCH;
    return hub_say(op, head, &head);
}

static int say_refs(struct hub_op *op, struct hub_pool *pool, struct packets refs)
{
    const char *main = main_of(pool, refs);
    struct line line;
    enum kind kind;
    int r = 0;

    while (r == 0 && (kind = next_packet(&refs, &line)) != PACKET_END) {
        if (kind == PACKET_BAD)
            return hub_fail(op, HUB_ECORRUPT, "git's answer is not in its line format");
        if (kind == PACKET_LINE)
            r = say_ref(op, pool, line, main);
    }
    return r;
}

static struct packets packets_of(const struct hub_reply *reply)
{
    return (struct packets){reply->body, reply->body + reply->body_bytes};
}

static bool is_version_2(struct packets rest)
{
    struct line line;
    enum kind kind;

    while ((kind = next_packet(&rest, &line)) == PACKET_LINE || kind == PACKET_MARK)
        if (kind == PACKET_LINE && !starts_with(line, "# service="))
            return line.n == strlen("version 2") && starts_with(line, "version 2");
    return false;
}

static int git(struct hub_op *op, struct hub_request *request, const char *url,
               const struct hub_reply **reply)
{
    request->size = sizeof(*request);
    request->url = url;
    request->secrets = op->session->git_secrets;
    return url ? hub_say(op, http, request, reply) : ms_no_memory(op);
}

static int ask_refs(struct hub_op *op, struct hub_pool *pool, const char *repo,
                    const struct hub_reply **reply)
{
    static const char *const headers[] = {AGENT, V2,
                                          "Content-Type: application/x-git-upload-pack-request",
                                          "Accept: application/x-git-upload-pack-result", NULL};
    struct hub_request request = {
        .method = "POST", .headers = headers, .body = ls_refs, .body_bytes = sizeof(ls_refs) - 1};

    return git(op, &request, ms_url(op, pool, "/%s.git/git-upload-pack", repo), reply);
}

int ms_branch_heads(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    static const char *const headers[] = {AGENT, V2, NULL};
    struct hub_request request = {.method = "GET", .headers = headers};
    const struct hub_reply *reply = NULL;
    char *id = hub_url_path(&pool, repo->id);
    int r;

    if (!id)
        return ms_no_memory(op);
    r = git(op, &request, ms_url(op, &pool, "/%s.git/info/refs?service=git-upload-pack", id),
            &reply);
    if (r == 0 && is_version_2(packets_of(reply)))
        r = ask_refs(op, &pool, id, &reply);
    return r < 0 ? r : say_refs(op, &pool, packets_of(reply));
}
