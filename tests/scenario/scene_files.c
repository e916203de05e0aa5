/* Repos as tables path → "sha256 bytes", wherever they are. */
#include "scene_private.h"
#include <dirent.h>
#include <openssl/evp.h>
#include <sys/stat.h>

void scene_digest(const void *bytes, size_t n_bytes, char hex[65])
{
    unsigned char digest[32];

    assert_int_equal(EVP_Digest(bytes, n_bytes, digest, NULL, EVP_sha256(), NULL), 1);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* Invisible by contract: a segment that starts with a dot, leftovers of tools. */
bool scene_travels(const char *path)
{
    size_t n = strlen(path);

    if (path[0] == '.' || strstr(path, "/."))
        return false;
    return n < 11 || strcmp(path + n - 11, ".incomplete") != 0;
}

static void add_folder(struct scene *s, cJSON *table, const char *root, const char *below)
{
    const char *folder = scene_printf(s, "%s%s", root, below);
    DIR *dir = opendir(folder);
    struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        const char *path = scene_printf(s, "%s/%s", folder, entry->d_name);
        const char *name = scene_printf(s, "%s/%s", below, entry->d_name);
        struct stat st;
        size_t n_bytes = 0;
        char hex[65], *text;

        if (entry->d_name[0] == '.' || lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            add_folder(s, table, root, name);
            continue;
        }
        text = S_ISREG(st.st_mode) ? scene_slurp(path, &n_bytes) : NULL;
        if (!text)
            continue;
        scene_digest(text, n_bytes, hex);
        free(text);
        cJSON_AddStringToObject(table, name + 1, scene_printf(s, "%s %zu", hex, n_bytes));
    }
    (void)closedir(dir);
}

static cJSON *site_files(struct scene *s, const char *site, const char *id)
{
    cJSON *repo = scene_repo(s, site, id), *table = cJSON_CreateObject();
    const cJSON *file;

    if (!repo) {
        cJSON_Delete(table);
        return NULL;
    }
    cJSON_ArrayForEach(file, scene_at(repo, "files"))
        if (scene_travels(file->string))
            cJSON_AddStringToObject(table, file->string,
                                    scene_printf(s, "%s %.0f",
                                                 scene_at(file, "sha256")->valuestring,
                                                 scene_at(file, "size")->valuedouble));
    return scene_keep_doc(s, table);
}

cJSON *scene_files(struct scene *s, const char *repo)
{
    char *name = (char *)scene_printf(s, "%s", repo), *id = strchr(name, ':');
    const char *folder;
    cJSON *table;
    struct stat st;

    assert_non_null(id);
    *id++ = '\0';
    if (strlen(name) > 1)
        return site_files(s, name, id);
    folder = scene_printf(s, "%s/%s/%s", s->folder, name, id);
    if (stat(folder, &st) != 0)
        return NULL;
    table = scene_keep_doc(s, cJSON_CreateObject());
    add_folder(s, table, folder, "");
    return table;
}

bool scene_same(const cJSON *left, const cJSON *right)
{
    const cJSON *file;

    if (!left || !right)
        return left == right;
    if (cJSON_GetArraySize(left) != cJSON_GetArraySize(right))
        return false;
    cJSON_ArrayForEach(file, left)
    {
        const cJSON *other = cJSON_GetObjectItemCaseSensitive(right, file->string);

        if (!other || strcmp(other->valuestring, file->valuestring) != 0)
            return false;
    }
    return true;
}

void scene_expect_equal_at(struct scene *s, const char *left, const char *right, const char *file,
                           int line)
{
    cJSON *a = scene_files(s, left), *b = scene_files(s, right);

    if (scene_same(a, b) && a)
        return;
    fprintf(stderr, "%s: %s\n%s: %s\n", left, a ? scene_keep(s, cJSON_Print(a)) : "not there",
            right, b ? scene_keep(s, cJSON_Print(b)) : "not there");
    scene_fail(s, file, line, "%s is not equal to %s", right, left);
}

void scene_expect_clean(struct scene *s, bool is_resent_allowed)
{
    if (!s->hub)
        return;
    scene_expect_count(s, "sites.modelscope.leaks", 0);
    scene_expect_count(s, "sites.modelers.leaks", 0);
    scene_expect_count(s, "sites.gitcode.leaks", 0);
    scene_expect_count(s, "tls_bad_requests", 0);
    if (is_resent_allowed)
        return;
    scene_expect_count(s, "sites.modelscope.duplicate_puts", 0);
    scene_expect_count(s, "sites.modelers.duplicate_puts", 0);
    scene_expect_count(s, "sites.gitcode.duplicate_puts", 0);
}
