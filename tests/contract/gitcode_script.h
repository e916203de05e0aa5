/* gitcode_script.h - what the conversations with hub-gitcode have in common. */
#ifndef GITCODE_SCRIPT_H
#define GITCODE_SCRIPT_H
#include "fake_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define SITE     "https://g.test:8443"
#define V5       SITE "/api/v5"
#define REPO_URL V5 "/repos/Acme/demo-7b"
#define FILES    SITE "/api/v1/file/Acme/demo-7b"
#define SHA      "0123456789abcdef0123456789abcdef01234567"
#define BLOB     "9d266303e612f55b3579f6b1d21519bf4a6363c8"
#define OID_A    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define OID_B    "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
#define HTML     "<html><body>blocked</body></html>"
#define ABSENT   "{'error_code':404,'error_code_name':'UN_KNOW','error_message':'Project not found'}"
#define NO_TOKEN                                                                                   \
    "{'error_code':404,'error_code_name':'error','error_message':'404, token not found'}"
#define DETAIL                                                                                     \
    "{'id':11,'name':'Demo for people','path':'demo-7b','full_name':'\u5c55\u793a/demo',"          \
    "'namespace':{'id':5,'path':'Acme'},'private':false,'public':true,'internal':0,"               \
    "'default_branch':'main','license':'Apache_License_v2.0',"                                     \
    "'updated_at':'2025-07-16T19:54:27.000+08:00','pushed_at':null}"
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct hub_repo REPO = {
    .size = sizeof(REPO),
    .visibility = HUB_PUBLIC,
    .id = "Acme/demo-7b",
    .revision = "",
    .head = "",
    .branch = "",
    .stable_id = "",
    .license = "apache-2.0",
    .clone_url = "",
};

static inline struct fake *begin(void)
{
    struct fake *f = fake_new(hub_plugin);

    fake_set(f, "endpoint", SITE "/");
    fake_set(f, "token", "TOKEN-1234");
    fake_open(f);
    return f;
}

static inline struct fake *begin_as_stranger(void)
{
    struct fake *f = fake_new(hub_plugin);

    fake_set(f, "endpoint", SITE);
    fake_open(f);
    return f;
}

/* The texts below are written with ' for ", and live as long as the fake. */
static inline const char *json(struct fake *f, const char *text)
{
    char *copy = hub_pool_strdup(&f->pool, text);

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static inline struct fake_step *expect(struct fake *f, const char *method, const char *url,
                                       uint32_t status, const char *text)
{
    return fake_expect(f, method, url, status, json(f, text));
}

/* Of the hub's plane: data in its envelope. */
static inline struct fake_step *expect_data(struct fake *f, const char *method, const char *url,
                                            const char *data)
{
    return fake_expect(
        f, method, url, 200,
        hub_pool_printf(&f->pool, "{\"code\":\"\",\"msg\":\"\",\"data\":%s}", json(f, data)));
}

static inline struct hub_file make_file(const char *path, uint64_t n_bytes, const char *sha256)
{
    return (struct hub_file){.size = sizeof(struct hub_file),
                             .path = path,
                             .file_bytes = n_bytes,
                             .sha256 = sha256,
                             .git_sha1 = "",
                             .etag = ""};
}

static inline struct hub_put make_put(const struct hub_file *file)
{
    return (struct hub_put){
        .size = sizeof(struct hub_put), .file = file, .ticket = "", .resume = ""};
}
#endif
