/* modelscope_script.h - what the provider's contract tests share: addresses, recorded answers, the
 * repo in question. */
#ifndef MODELSCOPE_SCRIPT_H
#define MODELSCOPE_SCRIPT_H
#include "fake_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SITE     "https://www.modelscope.cn"
#define LEGACY   SITE "/api/v1/models/alice/demo"
#define OPEN     SITE "/openapi/v1/models/alice/demo"
#define COMMIT   "0123456789abcdef0123456789abcdef01234567"
#define OTHER    "89abcdef0123456789abcdef0123456789abcdef"
#define SHA_A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_0    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define GIT_0    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
#define GIT_A    "cccccccccccccccccccccccccccccccccccccccc"
#define OK(data) "{\"Code\":200,\"Success\":true,\"Message\":\"success\",\"Data\":" data "}"
#define BAD(code, text)                                                                            \
    "{\"Code\":" code ",\"Message\":\"" text "\",\"RequestId\":\"r1\",\"Success\":false}"
#define GOOD(data)       "{\"success\":true,\"request_id\":\"r1\",\"data\":" data "}"
#define NO_RECORD        BAD("10010205001", "获取模型信息失败，信息：record not found")
#define NO_ACCESS        BAD("10010200001", "no access")
#define TOO_SOON         BAD("10030000001", "commit rejected by repository policy")
#define COMMITS          OK("{\"Commit\":[{\"Id\":\"" COMMIT "\"}],\"TotalCount\":1}")
#define COMMITS_URL(ref) LEGACY "/commits?Ref=" ref "&PageNumber=1&PageSize=1"
#define FILES_URL(how)   LEGACY "/repo/files?Revision=" COMMIT "&Recursive=" how
#define BATCH_URL        SITE "/api/v1/repos/models/alice/demo/info/lfs/objects/batch"
#define COMMIT_URL       SITE "/api/v1/repos/models/alice/demo/commit/master"
#define HREF             "https://lfs.modelscope.cn/api/v1/repos/models/alice/demo/blobs/"

static const struct hub_repo demo = {.size = sizeof(demo),
                                     .id = "alice/demo",
                                     .revision = "",
                                     .head = "",
                                     .branch = "",
                                     .stable_id = "",
                                     .license = "apache-2.0",
                                     .clone_url = "",
                                     .visibility = HUB_PUBLIC};

static inline struct fake *start(void)
{
    struct fake *f = fake_new(hub_plugin);

    fake_set(f, "token", "T0");
    fake_open(f);
    return f;
}

static inline struct hub_repo at(const char *revision)
{
    struct hub_repo repo = demo;

    repo.revision = revision;
    return repo;
}

static inline struct hub_file a_file(const char *path, uint64_t bytes, const char *sha256)
{
    return (struct hub_file){.size = sizeof(struct hub_file),
                             .file_bytes = bytes,
                             .path = path,
                             .sha256 = sha256,
                             .git_sha1 = "",
                             .etag = ""};
}

static inline struct hub_put a_put(const struct hub_file *file)
{
    return (struct hub_put){
        .size = sizeof(struct hub_put), .file = file, .ticket = "", .resume = ""};
}

#endif
