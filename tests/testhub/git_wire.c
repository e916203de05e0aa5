#include "git_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void th_packets_raw(struct th_packets *packets, const char *text, size_t length)
{
    packets->text = th_grow(packets->text, packets->length + length + 1);
    memcpy(packets->text + packets->length, text, length);
    packets->length += length;
}

void th_packets_add(struct th_packets *packets, const char *text, size_t length)
{
    char head[5];

    (void)snprintf(head, sizeof(head), "%04x", (unsigned)(length + 4) & 0xffff);
    th_packets_raw(packets, head, 4);
    th_packets_raw(packets, text, length);
}

void th_packets_line(struct th_packets *packets, char *take_text)
{
    th_packets_add(packets, take_text, strlen(take_text));
    free(take_text);
}

void th_packets_reply(struct th_req *req, struct th_packets *packets, const char *what)
{
    char *type = th_format("application/x-git-upload-pack-%s", what);

    th_reply_bytes(req, 200, type, packets->text, packets->length);
    th_header(req, "Cache-Control", "no-cache");
    free(type);
    free(packets->text);
    *packets = (struct th_packets){0};
}

static void add_refs(struct th_packets *packets, const struct th_repo *repo, unsigned flags)
{
    static const char *const hidden[] = {"merge-requests/1/head", "keep-around/1", "tmp/1"};
    const struct th_commit *head = th_repo_resolve(repo, NULL);

    for (size_t i = 0; i < repo->ref_count; i++)
        if (repo->refs[i].commit)
            th_packets_line(packets,
                            th_format("%s refs/%s/%s\n", repo->refs[i].commit->id,
                                      repo->refs[i].is_tag ? "tags" : "heads", repo->refs[i].name));
    for (size_t i = 0; head && (flags & TH_GIT_HIDDEN_REFS) && i < sizeof(hidden) / sizeof(*hidden);
         i++)
        th_packets_line(packets, th_format("%s refs/%s\n", head->id, hidden[i]));
}

static void add_v0_refs(struct th_packets *packets, const struct th_repo *repo, unsigned flags)
{
    const struct th_commit *head = th_repo_resolve(repo, NULL);
    char *first;

    if (!head)
        return;
    first = th_format("%s HEAD%cmulti_ack symref=HEAD:refs/heads/%s object-format=sha1 "
                      "agent=git/2.39.5\n",
                      head->id, 0, repo->default_branch);
    th_packets_add(packets, first, 45 + 1 + strlen(first + 46));
    free(first);
    add_refs(packets, repo, flags);
}

static void add_v2_capabilities(struct th_packets *packets)
{
    static const char *const lines[] = {
        "version 2\n",     "agent=git/2.39.5\n", "ls-refs=unborn\n",
        "fetch=shallow\n", "server-option\n",    "object-format=sha1\n",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        th_packets_add(packets, lines[i], strlen(lines[i]));
}

void th_git_reply_refs(struct th_req *req, const struct th_repo *repo, unsigned flags)
{
    const char *protocol = th_req_header(req, "Git-Protocol");
    const char *service = th_req_query(req, "service");
    bool is_v2 = protocol && strstr(protocol, "version=2") && !(flags & TH_GIT_V0_ONLY);
    struct th_packets packets = {0};

    if (!service || strcmp(service, "git-upload-pack") != 0) {
        th_reply_text(req, 403, "text/plain", "only git-upload-pack\n");
        return;
    }
    if (!is_v2 || !(flags & TH_GIT_NO_PREAMBLE)) {
        th_packets_line(&packets, th_copy("# service=git-upload-pack\n"));
        th_packets_raw(&packets, "0000", 4);
    }
    if (is_v2)
        add_v2_capabilities(&packets);
    else
        add_v0_refs(&packets, repo, flags);
    th_packets_raw(&packets, "0000", 4);
    th_packets_reply(req, &packets, "advertisement");
}

void th_git_reply_ls_refs(struct th_req *req, const struct th_repo *repo, unsigned flags)
{
    const struct th_commit *head = th_repo_resolve(repo, NULL);
    struct th_packets packets = {0};

    if (!req->body || !memmem(req->body, req->body_bytes, "command=ls-refs", 15)) {
        th_packets_line(&packets, th_copy("ERR this hub has no packs\n"));
        th_packets_reply(req, &packets, "result");
        return;
    }
    if (head)
        th_packets_line(&packets, th_format("%s HEAD symref-target:refs/heads/%s\n", head->id,
                                            repo->default_branch));
    else
        th_packets_line(
            &packets, th_format("unborn HEAD symref-target:refs/heads/%s\n", repo->default_branch));
    add_refs(&packets, repo, flags);
    th_packets_raw(&packets, "0000", 4);
    th_packets_reply(req, &packets, "result");
}
