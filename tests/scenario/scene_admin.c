/* testhub's admin port. */
#include "scene_private.h"
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 << 20 };

static int dial(struct scene *s)
{
    const char *endpoint = scene_endpoint(s, "admin", "endpoint");
    struct sockaddr_in at = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_port = htons((uint16_t)strtoul(strrchr(endpoint, ':') + 1, NULL, 10));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        scene_fail(s, __FILE__, __LINE__, "testhub is gone");
    return fd;
}

static void send_all(int fd, const char *bytes, size_t n_bytes)
{
    while (n_bytes) {
        ssize_t n = send(fd, bytes, n_bytes, MSG_NOSIGNAL);

        assert_true(n > 0);
        bytes += n;
        n_bytes -= (size_t)n;
    }
}

static char *receive_all(int fd)
{
    size_t n_bytes = 0, room = 1 << 16;
    char *text = malloc(room + 1);
    ssize_t n;

    assert_non_null(text);
    while ((n = recv(fd, text + n_bytes, room - n_bytes, 0)) > 0) {
        n_bytes += (size_t)n;
        if (n_bytes == room) {
            assert_true(room < ANSWER_MAX);
            room *= 2;
            text = realloc(text, room + 1);
            assert_non_null(text);
        }
    }
    text[n_bytes] = '\0';
    return text;
}

cJSON *scene_admin(struct scene *s, const char *method, const char *path, const char *body)
{
    const char *request =
        scene_printf(s,
                     "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     method, path, body ? strlen(body) : 0, body ? body : "");
    int fd = dial(s);
    char *answer, *text;
    int status;

    send_all(fd, request, strlen(request));
    answer = scene_keep(s, receive_all(fd));
    (void)close(fd);
    status = strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
    text = strstr(answer, "\r\n\r\n");
    if (status == 404)
        return NULL;
    if (status != 200 || !text)
        scene_fail(s, __FILE__, __LINE__, "%s %s %.200s: %s", method, path, body ? body : "", answer);
    return scene_keep_doc(s, cJSON_Parse(text + 4));
}

void scene_faults(struct scene *s, const char *rules)
{
    (void)scene_admin(s, "DELETE", "/faults", NULL);
    if (strcmp(rules, "[]") != 0)
        (void)scene_admin(s, "POST", "/faults?replace=1", rules);
}

static bool has_matched(struct scene *s, const char *name)
{
    const cJSON *rule, *doc = scene_admin(s, "GET", "/faults", NULL);

    cJSON_ArrayForEach(rule, doc)
    {
        const char *is = cJSON_GetStringValue(cJSON_GetObjectItem(rule, "name"));

        if (is && !strcmp(is, name) && cJSON_GetObjectItem(rule, "matched")->valuedouble > 0)
            return true;
    }
    return false;
}

void scene_await_fault(struct scene *s, const char *name)
{
    enum { LOOK_MS = 5 };

    for (int waited = 0; !has_matched(s, name); waited += LOOK_MS) {
        if (waited > SCENE_READY_MS)
            scene_fail(s, __FILE__, __LINE__, "no request met the rule %s", name);
        (void)poll(NULL, 0, LOOK_MS);
    }
}

void scene_knob(struct scene *s, const char *site, const char *name, const char *value)
{
    (void)scene_admin(s, "POST", "/knob",
                      scene_printf(s, "{\"site\":\"%s\",\"name\":\"%s\",\"value\":%s}", site, name,
                                   value));
}

void scene_seed(struct scene *s, const char *seed)
{
    (void)scene_admin(s, "POST", "/seed", seed);
}

void scene_push(struct scene *s, const char *site, const char *id, const char *files)
{
    scene_seed(s, scene_printf(s,
                               "{\"sites\":{\"%s\":{\"repos\":[{\"id\":\"%s\",\"files\":%s}]}}}",
                               site, id, files));
}

cJSON *scene_repo(struct scene *s, const char *site, const char *id)
{
    return scene_admin(s, "GET", scene_printf(s, "/repo?site=%s&id=%s", site, id), NULL);
}

void scene_reset(struct scene *s)
{
    (void)scene_admin(s, "POST", "/counters/reset", "{}");
}

/* ---- counters ---- */
long long scene_count(struct scene *s, const char *place)
{
    const cJSON *value = scene_at(scene_admin(s, "GET", "/counters", NULL), place);

    return cJSON_IsNumber(value) ? (long long)value->valuedouble : 0;
}

void scene_expect_count_at(struct scene *s, const char *place, long long n, const char *file,
                           int line)
{
    long long is = scene_count(s, place);

    if (is != n) {
        char *all = cJSON_Print(scene_admin(s, "GET", "/counters", NULL));

        fprintf(stderr, "%s\n", all);
        free(all);
        scene_fail(s, file, line, "counter %s is %lld, expected %lld", place, is, n);
    }
}

/* what: "POST commit", or "POST " for all that start so, or "" for all. */
long long scene_requests(struct scene *s, const char *site, const char *plane, const char *what)
{
    const cJSON *table = scene_at(scene_admin(s, "GET", "/counters", NULL),
                                  scene_printf(s, "sites.%s.planes.%s.requests", site, plane));
    const cJSON *row;
    long long n = 0;

    cJSON_ArrayForEach(row, table)
        if (strncmp(row->string, what, strlen(what)) == 0)
            n += (long long)row->valuedouble;
    return n;
}

long long scene_writes(struct scene *s)
{
    static const char *const PLACES[][2] = {{"modelscope", "api"}, {"modelscope", "lfs"},
                                            {"modelers", "api"}, {"modelers", "storage"}};
    long long n = 0;

    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        n += scene_requests(s, PLACES[i][0], PLACES[i][1], "POST ");
        n += scene_requests(s, PLACES[i][0], PLACES[i][1], "PUT ");
        n += scene_requests(s, PLACES[i][0], PLACES[i][1], "DELETE ");
    }
    return n - scene_requests(s, "modelscope", "api", "POST login") -
           scene_requests(s, "modelscope", "api", "PUT list");
}
