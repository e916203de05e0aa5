#include "seed.h"
#include "site.h"

#include <stdlib.h>

static const struct {
    const char *site, *alice, *bob, *old;
} default_tokens[] = {
    {"modelscope", "ms-alice-write-000000000000", "ms-bob-read-0000000000000000",
     "ms-old-00000000000000000000"},
    {"modelers", "ml-alice-write-000000000000", "ml-bob-read-0000000000000000",
     "ml-old-00000000000000000000"},
    {"gitcode", "gc-alice-write-000000000000", "gc-bob-read-0000000000000000",
     "gc-old-00000000000000000000"},
    {"huggingface", "hf_alicewrite00000000000000000000", "hf_bobread0000000000000000000000",
     "hf_old00000000000000000000000000"},
};

static const char seed_form[] =
    "{\"tokens\":["
    "{\"value\":\"%s\",\"site\":\"%s\",\"account\":\"alice\",\"owners\":[\"acme\"]},"
    "{\"value\":\"%s\",\"site\":\"%s\",\"account\":\"bob\",\"rights\":\"read\"},"
    "{\"value\":\"%s\",\"site\":\"%s\",\"account\":\"alice\",\"expired\":true}],"
    "\"sites\":{\"%s\":{\"repos\":["
    "{\"id\":\"alice/demo\",\"license\":\"apache-2.0\",\"display_name\":\"演示\",\"files\":{"
    "\"config.json\":{\"text\":\"{\\\"model_type\\\":\\\"demo\\\"}\\n\"},"
    "\"weights/model.safetensors\":{\"seed\":7,\"size\":3000000},"
    "\"empty.txt\":{\"text\":\"\"}}},"
    "{\"id\":\"alice/secret\",\"visibility\":\"private\",\"files\":{"
    "\"config.json\":{\"text\":\"{}\\n\"},\"model.safetensors\":{\"seed\":8,\"size\":200000}}},"
    "{\"id\":\"acme/gated\",\"gated\":true,\"files\":{"
    "\"model.safetensors\":{\"seed\":9,\"size\":100000}}}]}}}";

bool th_seed_default(char **why)
{
    bool is_good = true;

    for (size_t i = 0; is_good && i < sizeof(default_tokens) / sizeof(default_tokens[0]); i++) {
        const char *site = default_tokens[i].site;
        char *text = th_format(seed_form, default_tokens[i].alice, site, default_tokens[i].bob,
                               site, default_tokens[i].old, site, site);
        cJSON *seed = cJSON_Parse(text);

        is_good = th_seed_apply(seed, why);
        cJSON_Delete(seed);
        free(text);
    }
    return is_good;
}
