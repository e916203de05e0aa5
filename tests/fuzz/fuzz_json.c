/* fuzz: sdk */
/* Any text through the strict parser; every read of every node it lets through. What is accepted
 * must hold what the kit promises: few levels, valid UTF-8 without the marks, small integers. */
#include <hubsync/kit.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_BYTES = 1 << 16, LEVELS_MAX = 64, NODES_MAX = 4096 };
static const char *const KEYS[] = {"a", "b", "", "size"};
enum { N_KEYS = sizeof KEYS / sizeof *KEYS };

struct place {
    const struct hub_json *node;
    size_t level;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_string(const char *text)
{
    require(text && hub_utf8_ok(text, strlen(text)));
    require(!strstr(text, "\xef\xbf\xbe") && !strstr(text, "\xef\xbf\xbf"));
}

/* What is said about a failure names the place. */
static void check_reader(const struct hub_read *read)
{
    require(read->status == 0 || (read->status == HUB_ECORRUPT && read->why && read->why[0]));
}

static void read_member(struct hub_pool *pool, const struct hub_json *node, const char *key)
{
    struct hub_read read = {.pool = pool}, number = {.pool = pool};
    const char *word = hub_json_word(&read, node, key);

    require(read.status == 0);
    check_string(word);
    check_string(hub_json_string(&read, node, key, HUB_MAY));
    (void)hub_json_truth(&read, node, key, HUB_MUST);
    (void)hub_json_object(&read, node, key, HUB_MUST);
    check_reader(&read);
    require(hub_json_uint(&number, node, key, HUB_MUST, 0) <= UINT64_C(1) << 53);
    if (number.status == 0)
        require(word[0] != '\0' && strspn(word, "0123456789") == strlen(word));
    require(hub_json_uint_loose(&number, node, key, HUB_MAY, 0) <= UINT64_C(1) << 53);
    check_reader(&number);
}

static const struct hub_json *member(struct hub_pool *pool, const struct hub_json *node,
                                     const char *key)
{
    struct hub_read read = {.pool = pool};

    return hub_json_get(&read, node, key, HUB_MAY);
}

/* Breadth first over what the keys and the arrays lead to. */
static void walk(struct hub_pool *pool, const struct hub_json *root)
{
    static struct place queue[NODES_MAX];
    size_t n = 1;

    queue[0] = (struct place){root, 0};
    for (size_t at = 0; at < n; at++) {
        struct place place = queue[at];
        struct hub_read read = {.pool = pool};
        const struct hub_json *element = hub_json_first(place.node);

        require(place.level <= LEVELS_MAX);
        check_string(hub_json_string_value(&read, place.node));
        for (; element && n < NODES_MAX; element = hub_json_next(element))
            queue[n++] = (struct place){element, place.level + 1};
        for (size_t i = 0; i < N_KEYS; i++) {
            const struct hub_json *below = member(pool, place.node, KEYS[i]);

            read_member(pool, place.node, KEYS[i]);
            if (below && n < NODES_MAX)
                queue[n++] = (struct place){below, place.level + 1};
        }
    }
}

/* A string that is written as JSON is read back as it was. */
static void round_trip(struct hub_pool *pool, const uint8_t *data, size_t n_bytes)
{
    const char *string = hub_pool_strndup(pool, (const char *)data, n_bytes);
    struct hub_read read = {.pool = pool};
    const struct hub_json *node;
    const char *back;
    HUB_TEXT(text);

    hub_text_json(&text, string);
    node = hub_json_parse(pool, text.data, text.n_bytes, 0, NULL);
    require(node && hub_json_is_string(node));
    back = hub_json_string_value(&read, node);
    if (hub_utf8_ok(string, strlen(string)) && read.status == 0)
        require(strcmp(back, string) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    HUB_POOL(pool);
    const char *why = NULL;
    const struct hub_json *alone, *first;

    alone = hub_json_parse(&pool, (const char *)data, n_bytes, LIMIT_BYTES, &why);
    require(why && (alone != NULL) == (why[0] == '\0'));
    first = hub_json_parse_first(&pool, (const char *)data, n_bytes, LIMIT_BYTES, &why);
    require(first || !alone);
    require(strcmp(why, "out of memory") != 0);
    if (first)
        walk(&pool, first);
    if (n_bytes < LIMIT_BYTES)
        round_trip(&pool, data, n_bytes);
    return 0;
}
