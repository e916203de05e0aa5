#include "sync/filter.h"

#include "data/glob.h"
#include "data/hash.h"

#include <strings.h>

#include "base/banned.h"

static bool is_hidden_part(const char *part, size_t n)
{
    static const char incomplete[] = ".incomplete";
    size_t tail = sizeof incomplete - 1;

    return part[0] == '.' || (n > tail && memcmp(part + n - tail, incomplete, tail) == 0);
}

bool hs_is_invisible(const struct hs_file *file)
{
    const char *part = file->path;

    if (file->flags & (HUB_SITE_OWNED | HUB_NOT_PLAIN))
        return true;
    while (*part) {
        size_t n = strcspn(part, "/");
        if (is_hidden_part(part, n))
            return true;
        part += n + (part[n] == '/');
    }
    return false;
}

bool hs_is_wanted(const struct hs_rule *rule, const char *path)
{
    bool is_in = rule->files.include.n == 0;

    for (size_t i = 0; i < rule->files.exclude.n; i++)
        if (hs_glob_excludes(rule->files.exclude.items[i], path))
            return false;
    for (size_t i = 0; !is_in && i < rule->files.include.n; i++)
        is_in = hs_glob_includes(rule->files.include.items[i], path);
    return is_in;
}

void hs_filter_files(const struct hs_rule *rule, const struct hs_listing *all,
                     struct hs_listing *out, size_t *n_links)
{
    *out = (struct hs_listing){.pool = all->pool,
                               .head = all->head,
                               .branch = all->branch,
                               .is_complete = all->is_complete,
                               .why = all->why};
    *n_links = 0;
    for (size_t i = 0; i < all->files.n; i++) {
        const struct hs_file *file = &all->files.items[i];
        if (file->flags & HUB_NOT_PLAIN)
            (*n_links)++;
        if (!hs_is_invisible(file) && hs_is_wanted(rule, file->path))
            *hs_vec_add(&out->files) = *file;
    }
}

static bool is_any_repo_glob(const struct hs_strings *globs, const char *id)
{
    for (size_t i = 0; i < globs->n; i++)
        if (hs_glob_repo(globs->items[i], id))
            return true;
    return false;
}

bool hs_filter_named(const struct hs_strings *globs, const char *id)
{
    return globs->n == 0 || is_any_repo_glob(globs, id);
}

bool hs_filter_license(const struct hs_rule *rule, const char *license)
{
    const struct hs_strings *words = &rule->select.license;

    if (!words->n)
        return true;
    for (size_t i = 0; i < words->n; i++)
        if (strcasecmp(words->items[i], license) == 0)
            return true;
    return false;
}

const char *hs_filter_name(const struct hs_rule *rule, const char *id)
{
    bool is_out = !hs_filter_named(&rule->select.repos, id) || is_any_repo_glob(&rule->select.exclude, id);

    return is_out ? "filtered" : "";
}

const char *hs_filter_repo(const struct hs_rule *rule, const struct hs_repo *repo, int64_t now_ms)
{
    if (*hs_filter_name(rule, repo->id))
        return "filtered";
    if (*repo->license && !hs_filter_license(rule, repo->license))
        return "filtered";
    if (rule->select.updated_within_ms && repo->modified_ms &&
        now_ms - repo->modified_ms > rule->select.updated_within_ms)
        return "filtered";
    return "";
}

const char *hs_filter_content(const struct hs_rule *rule, const struct hs_listing *files)
{
    bool has = !*rule->select.has;
    uint64_t total = 0;

    for (size_t i = 0; i < files->files.n; i++) {
        const struct hs_file *file = &files->files.items[i];
        if (!has && !hs_is_invisible(file))
            has = hs_glob_includes(rule->select.has, file->path);
        if (file->file_bytes != HUB_UNKNOWN)
            total += file->file_bytes;
    }
    if (!has)
        return "no_weights";
    return rule->select.max_bytes && total > rule->select.max_bytes ? "filtered" : "";
}

static void add_list(struct hub_text *text, const char *name, const struct hs_strings *list)
{
    hub_text_puts(text, name);
    for (size_t i = 0; i < list->n; i++) {
        hub_text_puts(text, "\x1f");
        hub_text_puts(text, list->items[i]);
    }
    hub_text_puts(text, "\x1e");
}

void hs_filter_settings(const struct hs_rule *rule, char *hex)
{
    HUB_TEXT(text);

    add_list(&text, "include", &rule->files.include);
    add_list(&text, "exclude", &rule->files.exclude);
    hub_text_printf(&text, "has %s\x1e max_bytes %llu\x1e", rule->select.has,
                    (unsigned long long)rule->select.max_bytes);
    hub_text_printf(&text, "delete %d\x1e templates %d\x1e", rule->del.files_extra,
                    rule->readme.copy_templates);
    hub_text_printf(&text, "map %s %s\x1e", rule->map.name, rule->map.owner);
    hub_text_printf(&text, "readme %d %d\x1e unknown %s\x1e", rule->readme.front_matter,
                    rule->readme.map_license, rule->license.unknown);
    for (size_t i = 0; i < rule->license.map.n; i++)
        hub_text_printf(&text, "%s\x1f%s\x1f", rule->license.map.items[i].from,
                        rule->license.map.items[i].to);
    add_list(&text, "templates", &rule->license.templates);
    if (rule->type == HS_BIDIRECTIONAL)
        hub_text_printf(&text, "mode %d authority %s", rule->files.mode, rule->files.authority);
    hs_sha256_of(text.data ? text.data : "", text.n_bytes, hex);
    if (rule->type == HS_BIDIRECTIONAL && rule->files.mode == HS_MODE_THREE_WAY)
        hex[0] = 'm';
}

bool hs_filter_is_merged(const char *settings)
{
    return settings[0] == 'm';
}
