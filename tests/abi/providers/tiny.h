/* A provider of one repo with one file, as small as can be; the variants change one thing each. */
#ifndef TEST_ABI_TINY_H
#define TEST_ABI_TINY_H
#include <hubsync/provider.h>

#define TINY_SHA "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static int tiny_open(struct hub_op *op, struct hub_session **out)
{
    struct hub_limits limits = {.size = sizeof limits, .inline_bytes = 1024};

    *out = NULL;
    return hub_say(op, limits, &limits);
}

static void tiny_close(struct hub_session *session)
{
    (void)session;
}

static inline int tiny_list_repos(struct hub_op *op, const char *owner)
{
    struct hub_repo repo = {.size = sizeof repo, .id = "acme/demo", .visibility = HUB_PUBLIC, .modified_ms = 5};

    (void)owner;
    return hub_say(op, repo, &repo);
}

static inline int tiny_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    struct hub_file file = {.size = sizeof file, .path = "a.txt", .file_bytes = 5, .sha256 = TINY_SHA};
    struct hub_head head = {.size = sizeof head, .flags = HUB_COMPLETE, .commit = "c1", .branch = "main"};
    int r = hub_say(op, file, &file);

    (void)repo;
    return r ? r : hub_say(op, head, &head);
}

static const struct hub_option tiny_endpoint = {
    .size = sizeof tiny_endpoint, .name = "endpoint", .fallback = "https://hub.example", .help = "where"};
static const struct hub_option *const tiny_options[] = {&tiny_endpoint, NULL};
#endif
