#include "conf/conf_table.h"
#include <string.h>
#include "base/banned.h"

bool hs_form_next(const struct hs_form *form, struct hs_key_at *at)
{
    if (at->key)
        at->i_key++;
    while (at->i_section < form->n_sections) {
        at->section = &form->sections[at->i_section];
        if (at->i_key < at->section->n_keys) {
            at->key = &at->section->keys[at->i_key];
            return true;
        }
        at->i_section++;
        at->i_key = 0;
    }
    return false;
}

bool hs_key_is(const struct hs_key_at *at, const char *path)
{
    size_t n = strlen(at->section->name);

    if (n > 0) {
        if (strncmp(path, at->section->name, n) != 0 || path[n] != '.')
            return false;
        path += n + 1;
    }
    return strcmp(path, at->key->name) == 0;
}

const char *hs_key_below(const struct hs_key_at *at, const char *prefix, size_t *n_bytes,
                         bool *is_whole)
{
    const char *name = at->section->name;
    size_t n = strlen(name), n_prefix = strlen(prefix);

    if (n > 0 && n_prefix == 0) {
        *n_bytes = n;
        *is_whole = false;
        return name;
    }
    if (n > 0) {
        if (strncmp(prefix, name, n) != 0 || prefix[n] != '.')
            return NULL;
        prefix += n + 1;
        n_prefix -= n + 1;
    }
    name = at->key->name;
    if (strncmp(name, prefix, n_prefix) != 0)
        return NULL;
    name += n_prefix;
    *n_bytes = strcspn(name, ".");
    *is_whole = name[*n_bytes] == '\0';
    return name;
}

const char *hs_word(const char *words, size_t i, size_t *n_bytes)
{
    while (words) {
        *n_bytes = strcspn(words, "|");
        if (i-- == 0)
            return words;
        words = words[*n_bytes] ? words + *n_bytes + 1 : NULL;
    }
    return NULL;
}

struct hs_path hs_key_path(const struct hs_key_at *at)
{
    struct hs_path path = {{at->section->name}, {strlen(at->section->name)}, 0};
    const char *name = at->key->name;

    path.n = path.n_bytes[0] ? 1 : 0;
    for (; path.n < 4; path.n++) {
        size_t n = strcspn(name, ".");

        path.parts[path.n] = name;
        path.n_bytes[path.n] = n;
        if (!name[n])
            break;
        name += n + 1;
    }
    path.n++;
    return path;
}

size_t hs_path_shared(const struct hs_path *a, const struct hs_path *b)
{
    size_t n = 0;

    while (n + 1 < a->n && n + 1 < b->n && a->n_bytes[n] == b->n_bytes[n] &&
           strncmp(a->parts[n], b->parts[n], a->n_bytes[n]) == 0)
        n++;
    return n;
}
