/* Looking things up in documents, and saying what was not so. */
#include "scene_private.h"

const cJSON *scene_at(const cJSON *doc, const char *place)
{
    while (doc && *place) {
        size_t n = strcspn(place, ".[");
        char key[128];

        if (*place == '[') {
            doc = cJSON_GetArrayItem(doc, (int)strtol(place + 1, (char **)&place, 10));
            place += *place == ']';
        } else {
            assert_true(n < sizeof key);
            memcpy(key, place, n);
            key[n] = '\0';
            doc = cJSON_GetObjectItemCaseSensitive(doc, key);
            place += n;
        }
        place += *place == '.';
    }
    return doc;
}

long long scene_int(struct scene *s, const char *place)
{
    const cJSON *value = scene_at(s->doc, place);

    return cJSON_IsNumber(value) ? (long long)value->valuedouble : -1;
}

const char *scene_text(struct scene *s, const char *place)
{
    const cJSON *value = scene_at(s->doc, place);

    return cJSON_IsString(value) ? value->valuestring : "";
}

void scene_fail(struct scene *s, const char *file, int line, const char *fmt, ...)
{
    va_list args;

    fprintf(stderr, "\n%s:%d: %s", file, line, s->label ? s->label : "");
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\n--- hubsync %s → %d\n--- stderr\n%.8000s--- stdout\n%.8000s\n",
            s->command ? s->command : "(not run)", s->exit, s->err ? s->err : "",
            s->out ? s->out : "");
    _fail(file, line);
    abort();
}

void scene_expect_int_at(struct scene *s, const char *place, long long n, const char *file,
                         int line)
{
    long long is = scene_int(s, place);

    if (is != n)
        scene_fail(s, file, line, "%s is %lld, expected %lld", place, is, n);
}

void scene_expect_text_at(struct scene *s, const char *place, const char *text, const char *file,
                          int line)
{
    const char *is = scene_text(s, place);

    if (strcmp(is, text) != 0)
        scene_fail(s, file, line, "%s is '%s', expected '%s'", place, is, text);
}

void scene_expect_word_at(struct scene *s, const char *word, const char *file, int line)
{
    if (!strstr(s->out, word) && !strstr(s->err, word))
        scene_fail(s, file, line, "nothing says '%s'", word);
}
