#include <hubsync/kit.h>
#include <string.h>

const char *hub_header(const struct hub_reply *reply, const char *name)
{
    size_t length = strlen(name);

    if (!reply || !reply->headers)
        return "";
    for (const char *const *header = reply->headers; *header; header++) {
        const char *value = *header + length + 1;

        if (strncmp(*header, name, length) == 0 && (*header)[length] == ':')
            return value + strspn(value, " \t");
    }
    return "";
}

int hub_get(struct hub_op *op, const char *url, const char *const *secrets,
            hub_classify_fn *classify, const struct hub_reply **out)
{
    struct hub_request request = {
        .size = sizeof request,
        .method = "GET",
        .url = url,
        .secrets = secrets,
        .classify = classify,
    };

    if (!url)
        return hub_fail(op, HUB_ENOMEM, "out of memory");
    return hub_say(op, http, &request, out);
}

int hub_post_json(struct hub_op *op, uint32_t flags, const char *url, const char *const *secrets,
                  const char *body, hub_classify_fn *classify, const struct hub_reply **out)
{
    static const char *const HEADERS[] = {"Content-Type: application/json", NULL};
    struct hub_request request = {
        .size = sizeof request,
        .flags = flags,
        .method = "POST",
        .url = url,
        .headers = HEADERS,
        .secrets = secrets,
        .body = body,
        .classify = classify,
    };

    if (!url || !body)
        return hub_fail(op, HUB_ENOMEM, "out of memory");
    request.body_bytes = strlen(body);
    return hub_say(op, http, &request, out);
}
