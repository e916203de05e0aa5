/* fuzz: sdk core/base core/data core/sync/card.c core/sync/card_license.c core/sync/card_choose.c core/sync/card_target.c -lyaml -lcrypto -lcjson */
/* Two READMEs, a line "%%" between, the first byte says how. The body comes through byte for byte,
 * and what was made is made again. */
#include "sync/card_target.h"
#include <stdlib.h>

enum { LIMIT_BYTES = 1 << 14 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static const char *const shown[] = {"Apache 2.0", NULL};
static const struct hub_license apache = {sizeof apache, 0, "apache-2.0", "Apache-2.0", "Apache License 2.0", shown};
static const struct hub_license mit = {sizeof mit, 0, "mit", "mit", "mit", NULL};
static const struct hub_license other = {sizeof other, 0, "other", "other", "other", NULL};
static const struct hub_license *const words[] = {&apache, &mit, &other, NULL};

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check(const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst)
{
    HUB_TEXT(once);
    HUB_TEXT(again);
    struct hs_card before, after;

    hs_card_target(terms, src, dst, &once, NULL);
    hs_card_split(src.at, src.n, &before);
    hs_card_split(once.data, once.n_bytes, &after);
    require(hs_span_equal(before.body, after.body));
    hs_card_clear(&before);
    hs_card_clear(&after);
    hs_card_target(terms, src, (struct hs_span){once.data, once.n_bytes}, &again, NULL);
    require(again.n_bytes == once.n_bytes && memcmp(again.data, once.data, once.n_bytes) == 0);
    require(hs_card_same(terms, (struct hs_span){again.data, again.n_bytes},
                         (struct hs_span){once.data, once.n_bytes}));
    (void)hs_card_agree(terms, src, dst);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    struct hs_card_terms terms = {.unknown = "other", .from = {.licenses = words, .license = "mit"}, .to = {.licenses = words, .license = ""}};
    const char *text = (const char *)data + 1, *cut;
    struct hs_span src, dst = {NULL, 0};

    if (n_bytes < 1 || n_bytes > LIMIT_BYTES)
        return 0;
    terms.front_matter = (enum hs_front_matter)(data[0] & 3);
    terms.map_license = data[0] & 4;
    terms.to.wants_license = data[0] & 8;
    terms.from.wants_license = data[0] & 16;
    terms.to.refuses_unknown = data[0] & 32;
    src = (struct hs_span){text, n_bytes - 1};
    cut = memmem(text, n_bytes - 1, "%%\n", 3);
    if (cut) {
        src.n = (size_t)(cut - text);
        dst = (struct hs_span){cut + 3, n_bytes - 1 - src.n - 3};
    }
    check(&terms, src, dst);
    return 0;
}
