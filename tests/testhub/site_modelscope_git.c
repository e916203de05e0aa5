/* Section 12: smart HTTP as far as branch heads, for agents that call themselves git. */
#include "site_modelscope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct packets {
    char *text;
    size_t length;
};

static void add_raw(struct packets *packets, const char *text, size_t length)
{
    packets->text = th_grow(packets->text, packets->length + length + 1);
    memcpy(packets->text + packets->length, text, length);
    packets->length += length;
}

/* One pkt-line; length counts the bytes of text, which may hold a NUL. */
static void add_packet(struct packets *packets, const char *text, size_t length)
{
    char head[5];

    (void)snprintf(head, sizeof(head), "%04x", (unsigned)(length + 4) & 0xffff);
    add_raw(packets, head, 4);
    add_raw(packets, text, length);
}

static void add_line(struct packets *packets, char *take_text)
{
    add_packet(packets, take_text, strlen(take_text));
    free(take_text);
}

static void reply_packets(struct th_req *req, struct packets *packets, const char *what)
{
    char *type = th_format("application/x-git-upload-pack-%s", what);

    th_reply_bytes(req, 200, type, packets->text, packets->length);
    th_header(req, "Cache-Control", "no-cache");
    free(type);
    free(packets->text);
}

/* NULL when it has been answered. */
static struct th_repo *git_repo(struct th_req *req)
{
    const char *agent = th_req_header(req, "User-Agent");
    struct th_repo *repo = ms_repo(req);

    if (ms_is_blocked(req))
        return NULL;
    if (!agent || strncmp(agent, "git/", 4) != 0) {
        th_reply_text(req, 421, "text/plain", "mirror self-forwarded loop detected\n");
        return NULL;
    }
    if (!repo || !th_may_read(repo, ms_token(req))) {
        th_reply_text(req, 401, "text/plain", "HTTP Basic: Access denied\n");
        th_header(req, "WWW-Authenticate", "Basic realm=\"git\"");
        return NULL;
    }
    return repo;
}

static void add_v0_refs(struct packets *packets, const struct th_repo *repo)
{
    const struct th_commit *head = th_repo_resolve(repo, NULL);
    char *first;

    if (!head)
        return;
    first = th_format("%s HEAD%cmulti_ack symref=HEAD:refs/heads/%s object-format=sha1 "
                      "agent=git/2.39.5\n",
                      head->id, 0, repo->default_branch);
    add_packet(packets, first, 45 + 1 + strlen(first + 46));
    free(first);
    for (size_t i = 0; i < repo->ref_count; i++)
        if (repo->refs[i].commit)
            add_line(packets,
                     th_format("%s refs/%s/%s\n", repo->refs[i].commit->id,
                               repo->refs[i].is_tag ? "tags" : "heads", repo->refs[i].name));
}

static void add_v2_capabilities(struct packets *packets)
{
    static const char *const lines[] = {
        "version 2\n",     "agent=git/2.39.5\n", "ls-refs=unborn\n",
        "fetch=shallow\n", "server-option\n",    "object-format=sha1\n",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        add_packet(packets, lines[i], strlen(lines[i]));
}

void ms_git_refs(struct th_req *req)
{
    const char *protocol = th_req_header(req, "Git-Protocol");
    const char *service = th_req_query(req, "service");
    struct packets packets = {0};
    struct th_repo *repo = git_repo(req);

    if (!repo)
        return;
    if (!service || strcmp(service, "git-upload-pack") != 0) {
        th_reply_text(req, 403, "text/plain", "only git-upload-pack\n");
        return;
    }
    add_line(&packets, th_copy("# service=git-upload-pack\n"));
    add_raw(&packets, "0000", 4);
    if (protocol && strstr(protocol, "version=2"))
        add_v2_capabilities(&packets);
    else
        add_v0_refs(&packets, repo);
    add_raw(&packets, "0000", 4);
    reply_packets(req, &packets, "advertisement");
}

void ms_git_upload_pack(struct th_req *req)
{
    struct packets packets = {0};
    struct th_repo *repo = git_repo(req);
    const struct th_commit *head;

    if (!repo)
        return;
    if (!req->body || !memmem(req->body, req->body_bytes, "command=ls-refs", 15)) {
        add_line(&packets, th_copy("ERR this hub has no packs\n"));
        reply_packets(req, &packets, "result");
        return;
    }
    head = th_repo_resolve(repo, NULL);
    if (head)
        add_line(&packets, th_format("%s HEAD symref-target:refs/heads/%s\n", head->id,
                                     repo->default_branch));
    else
        add_line(&packets,
                 th_format("unborn HEAD symref-target:refs/heads/%s\n", repo->default_branch));
    for (size_t i = 0; i < repo->ref_count; i++)
        if (repo->refs[i].commit)
            add_line(&packets,
                     th_format("%s refs/%s/%s\n", repo->refs[i].commit->id,
                               repo->refs[i].is_tag ? "tags" : "heads", repo->refs[i].name));
    add_raw(&packets, "0000", 4);
    reply_packets(req, &packets, "result");
}
