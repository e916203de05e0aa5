/* What the scene's own files share. */
#ifndef SCENE_PRIVATE_H
#define SCENE_PRIVATE_H
#include "scene.h"

enum { SCENE_WAIT_MS = 120 * 1000, SCENE_READY_MS = 20 * 1000 };

char *scene_keep(struct scene *s, char *text); /* freed when the scene is closed */
cJSON *scene_keep_doc(struct scene *s, cJSON *doc);
char *scene_slurp(const char *path, size_t *n_bytes); /* NULL: errno */
struct scene_limits {
    size_t file_bytes_max; /* 0: none */
    bool is_plain_user;
};
pid_t scene_spawn(char *const argv[], char *const envp[], const char *out, const char *err,
                  const struct scene_limits *limits);
/* The exit code, 128 + signal; a child that does not end in time is killed: -1. peak_kib may be
 * NULL. */
int scene_reap(pid_t child, int timeout_ms, long *peak_kib);
void scene_daemon_kill(struct scene *s);
/* The variables that every program of a scene gets, then those of env. Returns how many. */
size_t scene_environment(struct scene *s, const char *env, char **envp);
void scene_digest(const void *bytes, size_t n_bytes, char hex[65]);
bool scene_travels(const char *path);
#endif
