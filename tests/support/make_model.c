/* Writes a small, valid sharded safetensors model into a folder: hubsync-make-model FOLDER [MIB].
 * Two shards, their index, config, a tokenizer in a sub-folder and a README with a licence. */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static FILE *open_in(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    if (!file) {
        fprintf(stderr, "hubsync-make-model: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

static void close_well(FILE *file, const char *name)
{
    if (fclose(file) != 0) {
        fprintf(stderr, "hubsync-make-model: %s: %s\n", name, strerror(errno));
        exit(1);
    }
}

/* 8 bytes little-endian length of the header, the JSON header padded with blanks, the tensor. */
static void write_shard(const char *folder, const char *name, const char *tensor, uint64_t n_floats, uint64_t seed)
{
    FILE *file = open_in(folder, name);
    char header[512];
    unsigned char length[8];
    int n = snprintf(header, sizeof header,
                     "{\"__metadata__\":{\"format\":\"pt\"},\"%s\":{\"dtype\":\"F32\",\"shape\":[%" PRIu64
                     ",1024],\"data_offsets\":[0,%" PRIu64 "]}}",
                     tensor, n_floats / 1024, n_floats * 4);

    while (n % 8 && n < (int)sizeof header - 1)
        header[n++] = ' ';
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)n >> (8 * i));
    fwrite(length, 1, 8, file);
    fwrite(header, 1, (size_t)n, file);
    for (uint64_t i = 0; i < n_floats; i++) {
        uint64_t z = (seed + i) * 0x9E3779B97F4A7C15u;
        float value = (float)((z >> 40) & 0xFFFF) / 65536.0f - 0.5f;
        fwrite(&value, sizeof value, 1, file);
    }
    close_well(file, name);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    FILE *file = open_in(folder, name);

    fputs(text, file);
    close_well(file, name);
}

int main(int argc, char **argv)
{
    uint64_t mib = argc > 2 ? strtoull(argv[2], NULL, 10) : 24, n_floats;
    char path[4096], index[1024];

    if (argc < 2 || mib == 0) {
        fprintf(stderr, "usage: hubsync-make-model FOLDER [MIB]\n");
        return 2;
    }
    mkdir(argv[1], 0777);
    snprintf(path, sizeof path, "%s/tokenizer", argv[1]);
    mkdir(path, 0777);
    n_floats = mib * 1024 * 1024 / 4 / 2;
    write_shard(argv[1], "model-00001-of-00002.safetensors", "model.embed.weight", n_floats, 1);
    write_shard(argv[1], "model-00002-of-00002.safetensors", "model.head.weight", n_floats, 2);
    snprintf(index, sizeof index,
             "{\"metadata\": {\"total_size\": %" PRIu64 "},\n \"weight_map\": {\n"
             "  \"model.embed.weight\": \"model-00001-of-00002.safetensors\",\n"
             "  \"model.head.weight\": \"model-00002-of-00002.safetensors\"}}\n",
             n_floats * 8);
    write_text(argv[1], "model.safetensors.index.json", index);
    write_text(argv[1], "config.json", "{\"architectures\": [\"DemoModel\"], \"hidden_size\": 1024, \"torch_dtype\": \"float32\"}\n");
    write_text(argv[1], "tokenizer/tokenizer.json", "{\"version\": \"1.0\", \"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}\n");
    write_text(argv[1], "README.md", "---\nlicense: apache-2.0\n---\n# Demo model\n\nTwo shards of numbers that mean nothing, made to be synced.\n");
    return 0;
}
