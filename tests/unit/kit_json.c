/* Which documents are refused, and that the others lose nothing on their way through cJSON. */
#include <hubsync/kit.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define LITERAL(text) text, sizeof text - 1
static const size_t ANY_SIZE = 1 << 20;

struct text {
    const char *bytes;
    size_t n_bytes;
};

/* Copied to a buffer of exactly that size, so that a sanitizer sees each byte read too many. */
static const struct hub_json *parse_exact(struct hub_pool *pool, const char *text, size_t n_bytes,
                                          const char **why)
{
    char *exact = malloc(n_bytes ? n_bytes : 1);
    const struct hub_json *document;

    assert_non_null(exact);
    memcpy(exact, text, n_bytes);
    document = hub_json_parse(pool, exact, n_bytes, ANY_SIZE, why);
    free(exact);
    return document;
}

static const struct hub_json *parse(struct hub_pool *pool, const char *text)
{
    const char *why = NULL;
    const struct hub_json *document = parse_exact(pool, text, strlen(text), &why);

    if (!document)
        fail_msg("%s: refused: %s", text, why);
    assert_string_equal(why, "");
    return document;
}

static void refuses_what_is_no_json(void **state)
{
    static const struct text WRONG[] = {
        {LITERAL("")},
        {LITERAL(" \n\t")},
        {LITERAL("nul")},
        {LITERAL("nulll")},
        {LITERAL("True")},
        {LITERAL("'a'")},
        {LITERAL("{")},
        {LITERAL("[")},
        {LITERAL("[1,]")},
        {LITERAL("[,1]")},
        {LITERAL("[1 2]")},
        {LITERAL("[1}")},
        {LITERAL("{]")},
        {LITERAL("]")},
        {LITERAL("{\"a\"}")},
        {LITERAL("{\"a\":}")},
        {LITERAL("{\"a\":1,}")},
        {LITERAL("{\"a\" 1}")},
        {LITERAL("{a:1}")},
        {LITERAL("{1:1}")},
        {LITERAL("{\"a\":1 \"b\":2}")},
        {LITERAL("{\"a\":1]")},
        {LITERAL("[1]/*c*/")},
        {LITERAL("NaN")},
        {LITERAL("Infinity")},
        {LITERAL("-")},
        {LITERAL("-a")},
        {LITERAL("+1")},
        {LITERAL("01")},
        {LITERAL("-01")},
        {LITERAL(".5")},
        {LITERAL("1.")},
        {LITERAL("1.e5")},
        {LITERAL("1e")},
        {LITERAL("1e+")},
        {LITERAL("0x10")},
        {LITERAL("1a")},
        {LITERAL("\"")},
        {LITERAL("\"a")},
        {LITERAL("\"a\\")},
        {LITERAL("\"a\\\"")},
        {LITERAL("\"\\x41\"")},
        {LITERAL("\"\\'\"")},
        {LITERAL("\"\\u\"")},
        {LITERAL("\"\\u12\"")},
        {LITERAL("\"\\u123g\"")},
        {LITERAL("\"\\u123")},
        {LITERAL("\"\\\0\"")},
        {LITERAL("\"a\nb\"")},
        {LITERAL("\"a\tb\"")},
        {LITERAL("\"a\0b\"")},
        {LITERAL("\"a\x1f\"")},
        {LITERAL("\0")},
        {LITERAL("[1,\0 2]")},
        {LITERAL("\xef\xbb\xbf{}")}, /* a byte order mark */
        {LITERAL("\xc2\xa0{}")},     /* no blank of JSON's */
        {LITERAL("\f[]")},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const char *why = "";

        if (parse_exact(&pool, WRONG[i].bytes, WRONG[i].n_bytes, &why))
            fail_msg("accepted: %s", WRONG[i].bytes);
        assert_non_null(why);
        assert_string_not_equal(why, "");
    }
}

static void refuses_a_document_with_anything_behind_it(void **state)
{
    static const struct text WRONG[] = {
        {LITERAL("{} {}")},     {LITERAL("{}{}")},    {LITERAL("[]]")},      {LITERAL("{}}")},
        {LITERAL("{}\0")},      {LITERAL("1,2")},     {LITERAL("\"a\"b")},   {LITERAL("{}x")},
        {LITERAL("null null")}, {LITERAL("{}\n\n;")}, {LITERAL("[1] \xff")}, {LITERAL("1 1")},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const char *why;

        assert_null(parse_exact(&pool, WRONG[i].bytes, WRONG[i].n_bytes, &why));
        assert_non_null(strstr(why, "behind the document"));
        assert_non_null(hub_json_parse_first(&pool, WRONG[i].bytes, WRONG[i].n_bytes, 0, &why));
        assert_string_equal(why, "");
    }
    (void)parse(&pool, " {} \r\n\t ");
}

static void parse_first_answers_the_first_of_two(void **state)
{
    static const char TWO[] = "{\"code\":400}\n{\"code\":500}";
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const char *why;
    const struct hub_json *first = hub_json_parse_first(&pool, TWO, sizeof TWO - 1, ANY_SIZE, &why);

    (void)state;
    assert_int_equal(hub_json_uint(&read, first, "code", HUB_MUST, 0), 400);
    assert_null(hub_json_parse_first(&pool, LITERAL("{\"code\":40"), ANY_SIZE, &why));
    assert_null(hub_json_parse_first(&pool, LITERAL("  "), ANY_SIZE, &why));
}

static void refuses_invalid_utf8(void **state)
{
    static const char *const WRONG[] = {
        "\x80",             /* a continuation alone */
        "\xc3",             /* cut */
        "\xe2\x82",         /* cut */
        "\xf0\x9f\x98",     /* cut */
        "\xc0\x80",         /* overlong NUL */
        "\xc1\xbf",         /* overlong */
        "\xe0\x80\xaf",     /* overlong slash */
        "\xf0\x80\x80\xaf", /* overlong slash */
        "\xed\xa0\x80",     /* a surrogate */
        "\xed\xbf\xbf",     /* a surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc3(",
        "\xe2(\xa1",
        "\xe2\x82(",
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const char *value = hub_pool_printf(&pool, "[\"a%sb\"]", WRONG[i]);
        const char *key = hub_pool_printf(&pool, "{\"%s\":1}", WRONG[i]);
        const char *why;

        assert_null(parse_exact(&pool, value, strlen(value), &why));
        assert_non_null(strstr(why, "invalid UTF-8 at byte"));
        assert_null(parse_exact(&pool, key, strlen(key), &why));
        assert_null(parse_exact(&pool, value, strlen(value) - 3, &why)); /* cut in the middle */
    }
}

static char *nested(struct hub_pool *pool, size_t levels, const char *open, const char *close)
{
    HUB_TEXT(text);

    for (size_t i = 0; i < levels; i++)
        hub_text_puts(&text, open);
    hub_text_puts(&text, "1");
    for (size_t i = 0; i < levels; i++)
        hub_text_puts(&text, close);
    return hub_pool_strdup(pool, text.data);
}

static void stands_64_levels_and_no_more(void **state)
{
    HUB_POOL(pool);
    const char *why;
    const char *deeper = nested(&pool, 65, "[", "]");
    const char *objects = nested(&pool, 65, "{\"a\":", "}");
    const char *deepest = nested(&pool, 200000, "[", "]");
    const struct hub_json *node = parse(&pool, nested(&pool, 64, "[", "]"));
    size_t levels = 0;

    (void)state;
    (void)parse(&pool, nested(&pool, 64, "{\"a\":", "}"));
    for (; hub_json_is_array(node); node = hub_json_first(node))
        levels++;
    assert_int_equal(levels, 64);
    assert_null(parse_exact(&pool, deeper, strlen(deeper), &why));
    assert_non_null(strstr(why, "64 levels"));
    assert_null(parse_exact(&pool, objects, strlen(objects), &why));
    assert_null(parse_exact(&pool, deepest, strlen(deepest), &why));
}

static void levels_beside_each_other_do_not_add_up(void **state)
{
    HUB_POOL(pool);
    HUB_TEXT(text);

    (void)state;
    hub_text_puts(&text, "[0");
    for (int i = 0; i < 1000; i++)
        hub_text_puts(&text, ",[{\"a\":{}}]");
    hub_text_puts(&text, "]");
    assert_int_equal(hub_json_count(parse(&pool, text.data)), 1001);
}

static void the_limit_of_bytes_is_exact(void **state)
{
    HUB_POOL(pool);
    const char *why;

    (void)state;
    assert_non_null(hub_json_parse(&pool, LITERAL("[1,2,3]"), 7, &why));
    assert_null(hub_json_parse(&pool, LITERAL("[1,2,3]"), 6, &why));
    assert_string_not_equal(why, "");
    assert_non_null(hub_json_parse(&pool, LITERAL("[1,2,3]"), 0, NULL));
    assert_null(hub_json_parse(&pool, NULL, 0, 0, &why));
}

static void refuses_more_values_than_memory_is_meant_for(void **state)
{
    enum { N = (1 << 22) + 1 };
    HUB_POOL(pool);
    const char *why;
    char *text = malloc(2 * N + 1);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < N; i++)
        memcpy(text + 2 * i, i ? ",1" : "[1", 2);
    text[2 * N] = ']';
    assert_null(hub_json_parse(&pool, text, 2 * N + 1, 0, &why));
    assert_non_null(strstr(why, "too many values"));
    free(text);
}

struct number {
    const char *token;
    int64_t value; /* -1: refused when read as an integer */
};
static const struct number NUMBERS[] = {
    {"0", 0},
    {"7", 7},
    {"4294967296", INT64_C(4294967296)},
    {"9007199254740991", INT64_C(9007199254740991)},
    {"9007199254740992", INT64_C(9007199254740992)}, /* 2^53 */
    {"9007199254740993", -1},
    {"9007199254740994", -1},
    {"18446744073709551615", -1},
    {"18446744073709551616", -1}, /* 0 in 64 bits */
    {"18446744073709551623", -1}, /* 7 in 64 bits */
    {"100000000000000000000000000000000000000000000000000000000000000000000000000000000000", -1},
    {"-0", -1},
    {"-1", -1},
    {"1.0", -1},
    {"0.5", -1},
    {"1.5", -1},
    {"1e3", -1},
    {"1E3", -1},
    {"0e0", -1},
    {"1e-400", -1},
    {"1e400", -1},
    {"12.000000000000000000000000000000000000000000000000000000000000000000000000000000", -1},
};

static void integers_are_judged_by_their_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        const struct number *number = &NUMBERS[i];
        HUB_POOL(pool);
        struct hub_read read = {.pool = &pool}, other = {.pool = &pool};
        const char *text = hub_pool_printf(&pool, "{\"n\":%s,\"s\":\"%s\",\"ok\":5}", number->token,
                                           number->token);
        const struct hub_json *at = parse(&pool, text);
        uint64_t want = number->value < 0 ? 99 : (uint64_t)number->value;

        assert_int_equal(hub_json_uint(&read, at, "ok", HUB_MUST, 0), 5);
        assert_string_equal(hub_json_word(&read, at, "n"), number->token);
        assert_int_equal(read.status, 0); /* nobody read n as an integer yet */
        assert_int_equal(hub_json_uint(&read, at, "n", HUB_MUST, 99), want);
        assert_int_equal(read.status, number->value < 0 ? HUB_ECORRUPT : 0);
        assert_int_equal(hub_json_uint_loose(&other, at, "s", HUB_MUST, 99), want);
        assert_int_equal(other.status, number->value < 0 ? HUB_ECORRUPT : 0);
    }
}

static void only_a_loose_read_takes_digits_in_a_string(void **state)
{
    HUB_POOL(pool);
    struct hub_read loose = {.pool = &pool}, strict = {.pool = &pool}, bad = {.pool = &pool};
    const struct hub_json *at = parse(&pool, "{\"s\":\"12\",\"n\":12,\"e\":\"\",\"b\":\" 12\"}");

    (void)state;
    assert_int_equal(hub_json_uint_loose(&loose, at, "s", HUB_MUST, 0), 12);
    assert_int_equal(hub_json_uint_loose(&loose, at, "n", HUB_MUST, 0), 12);
    assert_int_equal(loose.status, 0);
    assert_int_equal(hub_json_uint(&strict, at, "s", HUB_MUST, 3), 3);
    assert_string_equal(strict.why, "s: not a number");
    assert_int_equal(hub_json_uint_loose(&bad, at, "e", HUB_MUST, 3), 3);
    assert_int_equal(bad.status, HUB_ECORRUPT);
    bad.status = 0;
    assert_int_equal(hub_json_uint_loose(&bad, at, "b", HUB_MUST, 3), 3);
    assert_int_equal(bad.status, HUB_ECORRUPT);
}

static void a_string_that_looks_like_a_mark_is_no_number(void **state)
{
    static const char *const FORGED[] = {"\"\xef\xbf\xbe\x35\"", "\"\\ufffe5\"", "\"\\uFFFE5\""};
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof FORGED / sizeof *FORGED; i++) {
        struct hub_read read = {.pool = &pool};
        const struct hub_json *at = parse(&pool, hub_pool_printf(&pool, "{\"n\":%s}", FORGED[i]));

        assert_int_equal(hub_json_uint_loose(&read, at, "n", HUB_MUST, 3), 3);
        assert_int_equal(read.status, HUB_ECORRUPT);
        assert_string_equal(hub_json_word(&read, at, "n"), "");
    }
}

static void strings_come_through_as_they_were_meant(void **state)
{
    static const struct {
        const char *json, *text;
    } GOOD[] = {
        {"", ""},
        {"plain", "plain"},
        {"a\\\"b\\\\c\\/d", "a\"b\\c/d"},
        {"\\b\\f\\n\\r\\t", "\b\f\n\r\t"},
        {"\\u0041\\u00e9\\u4e2D", "A\xc3\xa9\xe4\xb8\xad"},
        {"\xe6\xa8\xa1\xe5\x9e\x8b", "\xe6\xa8\xa1\xe5\x9e\x8b"},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
        {"\\uD83D\\uDE00x", "\xf0\x9f\x98\x80x"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"\\u0001\x7f", "\x01\x7f"},
        {"\\\\u0000", "\\u0000"}, /* a backslash and a word, no NUL */
        {"12", "12"},
        {"\xef\xbf\xbd", "\xef\xbf\xbd"},
        {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        struct hub_read read = {.pool = &pool};
        const struct hub_json *at =
            parse(&pool, hub_pool_printf(&pool, "{\"s\":\"%s\"}", GOOD[i].json));

        assert_string_equal(hub_json_string(&read, at, "s", HUB_MUST), GOOD[i].text);
        assert_string_equal(hub_json_word(&read, at, "s"), GOOD[i].text);
        assert_int_equal(read.status, 0);
    }
}

static void what_no_string_can_hold_is_refused_only_when_it_is_read(void **state)
{
    static const char *const BAD[] = {
        "\\u0000",    "a\\u0000", "\\u0000.gguf",   "a\\u0000b",      "\\ud800",
        "\\udc00",    "\\ud83dx", "\\ud83d\\u0041", "\\ude00\\ud83d", "\\ud83d\\ud83d",
        "\\udbff\\n", "\\uffff",  "\xef\xbf\xbf",   "\\ufffe",        "x\xef\xbf\xbe",
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct hub_read read = {.pool = &pool};
        const struct hub_json *at =
            parse(&pool, hub_pool_printf(&pool, "{\"bad\":\"%s\",\"good\":\"a\",\"list\":[\"%s\"]}",
                                         BAD[i], BAD[i]));

        assert_string_equal(hub_json_string(&read, at, "good", HUB_MUST), "a");
        assert_string_equal(hub_json_word(&read, at, "bad"), "");
        assert_int_equal(read.status, 0);
        assert_string_equal(hub_json_string(&read, at, "bad", HUB_MAY), "");
        assert_int_equal(read.status, HUB_ECORRUPT);
        assert_string_equal(read.why, "bad: holds a NUL or half a character");
        read.status = 0;
        assert_string_equal(hub_json_string_value(
                                &read, hub_json_first(hub_json_array(&read, at, "list", HUB_MUST))),
                            "");
        assert_string_equal(read.why, "list[0]: holds a NUL or half a character");
    }
}

static void a_nul_in_a_key_makes_it_another_key(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const struct hub_json *at = parse(&pool, "{\"path\\u0000x\":\"evil\",\"path\":\"good\"}");

    (void)state;
    assert_string_equal(hub_json_string(&read, at, "path", HUB_MUST), "good");
    assert_int_equal(read.status, 0);
}

static void a_key_twice_is_refused_only_when_it_is_read(void **state)
{
    static const char *const SECOND[] = {"\"a\":1", "\"a\":2", "\"a\":null", "\"\\u0061\":1"};
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof SECOND / sizeof *SECOND; i++) {
        struct hub_read read = {.pool = &pool};
        const struct hub_json *at =
            parse(&pool, hub_pool_printf(&pool, "{\"a\":1,\"b\":2,%s}", SECOND[i]));

        assert_int_equal(hub_json_uint(&read, at, "b", HUB_MUST, 0), 2);
        assert_string_equal(hub_json_word(&read, at, "a"), "");
        assert_int_equal(read.status, 0);
        assert_int_equal(hub_json_uint(&read, at, "a", HUB_MAY, 9), 9);
        assert_int_equal(read.status, HUB_ECORRUPT);
        assert_string_equal(read.why, "a: more than once");
    }
}

static void a_null_twice_is_twice(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};

    (void)state;
    assert_null(hub_json_get(&read, parse(&pool, "{\"a\":null,\"a\":null}"), "a", HUB_MAY));
    assert_int_equal(read.status, HUB_ECORRUPT);
}

static void keys_are_compared_exactly(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const struct hub_json *at = parse(&pool, "{\"Size\":1,\"size\":2,\"SIZE\":3,\"\":4}");

    (void)state;
    assert_int_equal(hub_json_uint(&read, at, "size", HUB_MUST, 0), 2);
    assert_int_equal(hub_json_uint(&read, at, "Size", HUB_MUST, 0), 1);
    assert_int_equal(hub_json_uint(&read, at, "", HUB_MUST, 0), 4);
    assert_int_equal(hub_json_uint(&read, at, "sizE", HUB_MAY, 7), 7);
    assert_int_equal(read.status, 0);
}

typedef void reads_fn(struct hub_read *, const struct hub_json *, enum hub_need);

static void reads_object(struct hub_read *read, const struct hub_json *at, enum hub_need need)
{
    assert_null(hub_json_object(read, at, "m", need));
}

static void reads_array(struct hub_read *read, const struct hub_json *at, enum hub_need need)
{
    assert_null(hub_json_array(read, at, "m", need));
}

static void reads_string(struct hub_read *read, const struct hub_json *at, enum hub_need need)
{
    assert_string_equal(hub_json_string(read, at, "m", need), "");
}

static void reads_uint(struct hub_read *read, const struct hub_json *at, enum hub_need need)
{
    assert_int_equal(hub_json_uint(read, at, "m", need, 42), 42);
}

static void reads_truth(struct hub_read *read, const struct hub_json *at, enum hub_need need)
{
    assert_int_equal(hub_json_truth(read, at, "m", need), HUB_MAYBE);
}

static void every_read_refuses_the_other_types(void **state)
{
    static const char *const VALUES[] = {"{}", "[]", "\"5\"", "5", "true"};
    static reads_fn *const READS[] = {reads_object, reads_array, reads_string, reads_uint,
                                      reads_truth};
    HUB_POOL(pool);

    (void)state;
    for (size_t value = 0; value < 5; value++)
        for (size_t i = 0; i < 5; i++) {
            struct hub_read read = {.pool = &pool};

            if (i == value)
                continue;
            READS[i](&read, parse(&pool, hub_pool_printf(&pool, "{\"m\":%s}", VALUES[value])),
                     HUB_MUST);
            assert_int_equal(read.status, HUB_ECORRUPT);
            assert_ptr_equal(strstr(read.why, "m: not "), read.why);
        }
}

static void missing_and_null_are_errors_only_where_they_must_be_there(void **state)
{
    static const char *const VALUES[] = {"{}", "{\"m\":null}", "[]", "5", "\"m\"", "null"};
    static reads_fn *const READS[] = {reads_object, reads_array, reads_string, reads_uint,
                                      reads_truth};
    HUB_POOL(pool);

    (void)state;
    for (size_t value = 0; value <= 6; value++)
        for (size_t i = 0; i < 5; i++) {
            struct hub_read read = {.pool = &pool};
            const struct hub_json *at = value < 6 ? parse(&pool, VALUES[value]) : NULL;

            READS[i](&read, at, HUB_MAY);
            assert_int_equal(read.status, 0);
            READS[i](&read, at, HUB_MUST);
            assert_int_equal(read.status, HUB_ECORRUPT);
            assert_string_equal(read.why, "m: missing");
        }
}

static void truths_are_told_apart_from_silence(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const struct hub_json *at = parse(&pool, "{\"y\":true,\"n\":false,\"one\":1,\"s\":\"true\"}");

    (void)state;
    assert_int_equal(hub_json_truth(&read, at, "y", HUB_MUST), HUB_YES);
    assert_int_equal(hub_json_truth(&read, at, "n", HUB_MUST), HUB_NO);
    assert_int_equal(hub_json_truth(&read, at, "one", HUB_MAY), HUB_MAYBE);
    assert_int_equal(hub_json_truth(&read, at, "s", HUB_MAY), HUB_MAYBE);
    assert_int_equal(read.status, 0);
}

static void a_word_is_never_an_error(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const struct hub_json *at =
        parse(&pool, "{\"s\":\"E_1\",\"n\":10010205001,\"e\":1.50,\"t\":true,\"o\":{},\"z\":null}");

    (void)state;
    assert_string_equal(hub_json_word(&read, at, "s"), "E_1");
    assert_string_equal(hub_json_word(&read, at, "n"), "10010205001");
    assert_string_equal(hub_json_word(&read, at, "e"), "1.50");
    assert_string_equal(hub_json_word(&read, at, "t"), "");
    assert_string_equal(hub_json_word(&read, at, "o"), "");
    assert_string_equal(hub_json_word(&read, at, "z"), "");
    assert_string_equal(hub_json_word(&read, at, "none"), "");
    assert_string_equal(hub_json_word(&read, NULL, "none"), "");
    assert_int_equal(read.status, 0);
}

static void the_first_failure_is_kept_and_says_where(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const struct hub_json *other = parse(&pool, "{\"data\":{}}");
    const struct hub_json *at =
        parse(&pool, "{\"data\":{\"skip\":[[1],{}],\"files\":[{\"size\":1},{},{\"size\":\"x\"}]}}");
    const struct hub_json *data = hub_json_object(&read, at, "data", HUB_MUST);
    const struct hub_json *files = hub_json_array(&read, data, "files", HUB_MUST);
    const struct hub_json *last = NULL;

    (void)state;
    (void)other;
    for (const struct hub_json *file = hub_json_first(files); file; file = hub_json_next(file))
        last = file;
    (void)hub_json_uint(&read, last, "size", HUB_MUST, 0);
    assert_string_equal(read.why, "data.files[2].size: not a number");
    (void)hub_json_string(&read, data, "name", HUB_MUST);
    assert_string_equal(read.why, "data.files[2].size: not a number");
    read.status = 0;
    (void)hub_json_string_value(&read, last);
    assert_string_equal(read.why, "data.files[2]: not a string");
}

static void elements_are_visited_in_order(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    const struct hub_json *array = parse(&pool, "[\"a\",\"b\",\"c\"]");
    HUB_TEXT(seen);

    (void)state;
    for (const struct hub_json *node = hub_json_first(array); node; node = hub_json_next(node))
        hub_text_puts(&seen, hub_json_string_value(&read, node));
    assert_string_equal(seen.data, "abc");
    assert_int_equal(hub_json_count(array), 3);
    assert_int_equal(hub_json_count(NULL), 0);
    assert_null(hub_json_first(parse(&pool, "{\"a\":1}")));
    assert_null(hub_json_first(parse(&pool, "[]")));
    assert_null(hub_json_next(NULL));
}

static void types_are_told_apart(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_true(hub_json_is_object(parse(&pool, "{}")));
    assert_true(hub_json_is_array(parse(&pool, "[]")));
    assert_true(hub_json_is_string(parse(&pool, "\"5\"")));
    assert_false(hub_json_is_string(parse(&pool, "5")));
    assert_false(hub_json_is_string(parse(&pool, "null")));
    assert_false(hub_json_is_object(NULL) || hub_json_is_array(NULL) || hub_json_is_string(NULL));
}

static void a_cleared_pool_takes_its_documents_along(void **state)
{
    HUB_POOL(pool);

    (void)state; /* what is left behind, the leak check of the sanitizer build finds */
    for (int i = 0; i < 3; i++) {
        (void)parse(&pool, "{\"a\":[1,2,{\"b\":\"c\"}]}");
        (void)parse(&pool, "[[]]");
        hub_pool_clear(&pool);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(refuses_what_is_no_json),
        cmocka_unit_test(refuses_a_document_with_anything_behind_it),
        cmocka_unit_test(parse_first_answers_the_first_of_two),
        cmocka_unit_test(refuses_invalid_utf8),
        cmocka_unit_test(stands_64_levels_and_no_more),
        cmocka_unit_test(levels_beside_each_other_do_not_add_up),
        cmocka_unit_test(the_limit_of_bytes_is_exact),
        cmocka_unit_test(refuses_more_values_than_memory_is_meant_for),
        cmocka_unit_test(integers_are_judged_by_their_digits),
        cmocka_unit_test(only_a_loose_read_takes_digits_in_a_string),
        cmocka_unit_test(a_string_that_looks_like_a_mark_is_no_number),
        cmocka_unit_test(strings_come_through_as_they_were_meant),
        cmocka_unit_test(what_no_string_can_hold_is_refused_only_when_it_is_read),
        cmocka_unit_test(a_nul_in_a_key_makes_it_another_key),
        cmocka_unit_test(a_key_twice_is_refused_only_when_it_is_read),
        cmocka_unit_test(a_null_twice_is_twice),
        cmocka_unit_test(keys_are_compared_exactly),
        cmocka_unit_test(every_read_refuses_the_other_types),
        cmocka_unit_test(missing_and_null_are_errors_only_where_they_must_be_there),
        cmocka_unit_test(truths_are_told_apart_from_silence),
        cmocka_unit_test(a_word_is_never_an_error),
        cmocka_unit_test(the_first_failure_is_kept_and_says_where),
        cmocka_unit_test(elements_are_visited_in_order),
        cmocka_unit_test(types_are_told_apart),
        cmocka_unit_test(a_cleared_pool_takes_its_documents_along),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
