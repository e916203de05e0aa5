/* The configuration and the program. */
#include "scene_private.h"
#include <unistd.h>

enum { WORDS_MAX = 64 };

static const char *hub_text(struct scene *s, const char *name, const char *plugin,
                            const char *token)
{
    const char *ca = "";

    if (s->is_tls)
        ca = scene_printf(s, "    ca_file: %s\n", scene_at(s->ports, "ca_file")->valuestring);
    return scene_printf(s,
                        "  %s:\n    plugin: %s\n    owner: alice\n    token: \"${%s}\"\n"
                        "    endpoint: %s\n    limits: { requests: 2000/s, parallel: 8 }\n%s%s",
                        name, plugin, token, scene_endpoint(s, plugin, "endpoint"), ca,
                        s->hub_keys ? s->hub_keys : "");
}

void scene_config(struct scene *s, const char *rules)
{
    const char *sites = "";

    if (s->ports)
        sites = scene_printf(s, "%s%s", hub_text(s, "ms", "modelscope", "MS_TOKEN"),
                             hub_text(s, "ml", "modelers", "ML_TOKEN"));
    scene_write(s, "hubsync.yaml",
                scene_printf(s,
                             "version: 1\n"
                             "hubs:\n%s"
                             "  a: { plugin: dir, root: \"%s/a\", owner: alice }\n"
                             "  b: { plugin: dir, root: \"%s/b\", owner: alice }\n"
                             "%s"
                             "defaults:\n  retry: { attempts: %d, max_wait: %s }\n%s\n"
                             "%s",
                             sites, s->folder, s->folder, s->extra_hubs ? s->extra_hubs : "",
                             s->attempts, s->max_wait, s->transfer ? s->transfer : "", rules));
}

void scene_rule(struct scene *s, const char *from, const char *to, const char *more)
{
    scene_config(s, scene_printf(s,
                                 "rules:\n  - name: r\n    type: one-way\n    from: %s\n    to: %s\n%s",
                                 from, to, more));
}

/* Splits in place. */
static size_t split(char *text, char **words, size_t n)
{
    char *rest = text;

    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word) {
            assert_true(n + 1 < WORDS_MAX);
            words[n++] = word;
        }
    words[n] = NULL;
    return n;
}

size_t scene_environment(struct scene *s, const char *env, char **envp)
{
    const char *always = scene_printf(s,
                                      "HOME=%s TMPDIR=%s PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "
                                      "ASAN_OPTIONS=detect_leaks=1",
                                      s->folder, s->folder);
    size_t n = split((char *)always, envp, 0);

    n = split((char *)scene_printf(s, "%s", env ? env : ""), envp, n);
    if (!env || !strstr(env, "MS_TOKEN"))
        n = split((char *)scene_printf(s, "MS_TOKEN=%s", SCENE_MS_TOKEN), envp, n);
    if (!env || !strstr(env, "ML_TOKEN"))
        n = split((char *)scene_printf(s, "ML_TOKEN=%s", SCENE_ML_TOKEN), envp, n);
    return n;
}

pid_t scene_start(struct scene *s, const char *env, const char *words)
{
    char *argv[WORDS_MAX] = {(char *)HUBSYNC, (char *)"-c", (char *)scene_path(s, "hubsync.yaml"),
                             (char *)"--state-dir", (char *)scene_path(s, "state"),
                             (char *)"--output", (char *)"json", (char *)"--progress",
                             (char *)"none"};
    char *envp[WORDS_MAX];

    (void)scene_environment(s, env, envp);
    (void)split((char *)scene_printf(s, "%s", words), argv, 9);
    s->out_path = scene_printf(s, "%s/out.%zu", s->folder, s->n_runs);
    s->err_path = scene_printf(s, "%s/err.%zu", s->folder, s->n_runs++);
    s->command = scene_printf(s, "%s %s", env ? env : "", words);
    return scene_spawn(argv, envp, s->out_path, s->err_path,
                       &(struct scene_limits){s->file_bytes_max, s->is_plain_user});
}

int scene_wait(struct scene *s, pid_t child)
{
    const char *end = NULL;

    s->exit = scene_reap(child, SCENE_WAIT_MS, &s->peak_kib);
    s->out = scene_read(s, s->out_path);
    s->err = scene_read(s, s->err_path);
    s->doc = scene_keep_doc(s, cJSON_ParseWithOpts(s->out, &end, 0));
    if (s->exit < 0)
        scene_fail(s, __FILE__, __LINE__, "hubsync does not end");
    if (s->exit == 127 || strstr(s->err, "ERROR: AddressSanitizer") ||
        strstr(s->err, "runtime error:") || strstr(s->err, "ERROR: LeakSanitizer"))
        scene_fail(s, __FILE__, __LINE__, "hubsync is broken");
    if (s->doc && end[strspn(end, " \n")])
        scene_fail(s, __FILE__, __LINE__, "stdout is not exactly one document");
    if (strstr(s->out, SCENE_MS_TOKEN) || strstr(s->err, SCENE_MS_TOKEN) ||
        strstr(s->out, SCENE_ML_TOKEN) || strstr(s->err, SCENE_ML_TOKEN))
        scene_fail(s, __FILE__, __LINE__, "a token is in the output");
    return s->exit;
}

int scene_run_with(struct scene *s, const char *env, const char *words)
{
    return scene_wait(s, scene_start(s, env, words));
}

int scene_run(struct scene *s, const char *words)
{
    return scene_run_with(s, NULL, words);
}
