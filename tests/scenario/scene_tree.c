/* Folders with content. */
#include "scene_private.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const char README[] = "---\nlicense: other\nlanguage:\n- en\n---\n# A model\n\nFor tests.\n";

static void make_parents(struct scene *s, const char *path)
{
    char *whole = (char *)scene_path(s, path);

    for (char *slash = whole + strlen(s->folder) + 1; (slash = strchr(slash, '/')) != NULL;
         slash++) {
        *slash = '\0';
        if (mkdir(whole, 0777) != 0 && errno != EEXIST)
            scene_fail(s, __FILE__, __LINE__, "%s: %s", whole, strerror(errno));
        *slash = '/';
    }
}

static void write_bytes(struct scene *s, const char *path, const void *bytes, size_t n_bytes)
{
    FILE *file;

    make_parents(s, path);
    file = fopen(scene_path(s, path), "wb");
    if (!file)
        scene_fail(s, __FILE__, __LINE__, "%s: %s", path, strerror(errno));
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

void scene_write(struct scene *s, const char *path, const char *text)
{
    write_bytes(s, path, text, strlen(text));
}

static void generate(uint64_t seed, unsigned char *out, size_t n_bytes)
{
    for (size_t i = 0; i * 8 < n_bytes; i++) {
        uint64_t z = seed * 0xD1342543DE82EF95u + (i + 1) * 0x9E3779B97F4A7C15u;

        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        for (size_t b = 0; b < 8 && i * 8 + b < n_bytes; b++)
            out[i * 8 + b] = (unsigned char)(z >> (8 * b));
    }
}

void scene_fill(struct scene *s, const char *path, uint64_t seed, size_t n_bytes)
{
    unsigned char *bytes = malloc(n_bytes ? n_bytes : 1);

    assert_non_null(bytes);
    generate(seed, bytes, n_bytes);
    write_bytes(s, path, bytes, n_bytes);
    free(bytes);
}

void scene_remove(struct scene *s, const char *path)
{
    assert_int_equal(unlink(scene_path(s, path)), 0);
}

/* One shard: 8 bytes of length, a header in JSON, one tensor of n_bytes (U8). */
static void write_shard(struct scene *s, const char *path, const char *tensor, uint64_t seed,
                        size_t n_bytes)
{
    const char *header = scene_printf(
        s, "{\"%s\":{\"dtype\":\"U8\",\"shape\":[%zu],\"data_offsets\":[0,%zu]}}", tensor, n_bytes,
        n_bytes);
    size_t n_header = strlen(header);
    unsigned char *bytes = malloc(8 + n_header + n_bytes);

    assert_non_null(bytes);
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)n_header >> (8 * i));
    memcpy(bytes + 8, header, n_header);
    generate(seed, bytes + 8 + n_header, n_bytes);
    write_bytes(s, path, bytes, 8 + n_header + n_bytes);
    free(bytes);
}

void scene_model(struct scene *s, const char *root)
{
#define AT(name) scene_printf(s, "%s/%s", root, name)
    scene_write(s, AT("README.md"), README);
    scene_write(s, AT("config.json"), "{\"model_type\": \"demo\", \"hidden_size\": 8}\n");
    scene_write(s, AT("tokenizer/tokenizer.json"), "{\"version\": \"1.0\"}\n");
    scene_write(s, AT("model.safetensors.index.json"),
                "{\"metadata\":{\"total_size\":300000},\"weight_map\":{"
                "\"a.weight\":\"model-00001-of-00002.safetensors\","
                "\"b.weight\":\"model-00002-of-00002.safetensors\"}}\n");
    write_shard(s, AT("model-00001-of-00002.safetensors"), "a.weight", 1, 200000);
    write_shard(s, AT("model-00002-of-00002.safetensors"), "b.weight", 2, 100000);
    scene_fill(s, AT("extra/deep/er/optimizer.bin"), 3, 1200000);
    scene_write(s, AT("docs/模型 说明.md"), "# 说明\n");
    scene_write(s, AT("docs/empty.txt"), "");
#undef AT
}

/* ---- seeds ---- */
const char *scene_seed_text(struct scene *s, const char *sites)
{
    return scene_printf(
        s,
        "{\"owners\":[\"alice\",\"acme\"],\"tokens\":["
        "{\"value\":\"%s\",\"site\":\"modelscope\",\"account\":\"alice\",\"owners\":[\"acme\"]},"
        "{\"value\":\"%s\",\"site\":\"modelers\",\"account\":\"alice\",\"owners\":[\"acme\"]},"
        "{\"value\":\"ms-bob-read-0000000000000000\",\"site\":\"modelscope\",\"account\":\"bob\","
        "\"rights\":\"read\"},"
        "{\"value\":\"ml-bob-read-0000000000000000\",\"site\":\"modelers\",\"account\":\"bob\","
        "\"rights\":\"read\"},"
        "{\"value\":\"ms-old-00000000000000000000\",\"site\":\"modelscope\",\"account\":\"alice\","
        "\"expired\":true},"
        "{\"value\":\"ml-old-00000000000000000000\",\"site\":\"modelers\",\"account\":\"alice\","
        "\"expired\":true}],"
        "\"sites\":{%s}}",
        SCENE_MS_TOKEN, SCENE_ML_TOKEN, sites);
}

const char *scene_model_seed(struct scene *s, const char *site, const char *id, const char *root)
{
    cJSON *table = cJSON_CreateObject(), *file;
    cJSON *files = scene_files(s, scene_printf(s, "%.1s:%s", root, root + 2));
    const char *text;

    scene_keep_doc(s, table);
    cJSON_ArrayForEach(file, files)
        cJSON_AddStringToObject(cJSON_AddObjectToObject(table, file->string), "file",
                                scene_printf(s, "%s/%s/%s", s->folder, root, file->string));
    text = scene_keep(s, cJSON_PrintUnformatted(table));
    return scene_printf(s,
                        "\"%s\":{\"knobs\":{},\"repos\":[{\"id\":\"%s\",\"license\":\"apache-2.0\","
                        "\"files\":%s}]}",
                        site, id, text);
}
