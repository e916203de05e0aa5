/* Every error of the configuration: where it is said to be, and in which words. */
#include "conf/conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define HUBS                                                                                       \
    "version: 1\n"                                                                                 \
    "hubs:\n"                                                                                      \
    "  ms: {plugin: modelscope}\n"                                                                 \
    "  disk: {plugin: dir}\n"                                                                      \
    "  ro: {plugin: dir, access: read}\n"                                                          \
    "rules:\n" /* line 6 */
#define ONE_WAY HUBS "  - {name: a, type: one-way, from: ms, to: disk}\n"

struct row {
    const char *text, *start, *words; /* of the message */
};

static const char *variable(void *ctx, const char *name)
{
    (void)ctx;
    if (strcmp(name, "TOKEN") == 0)
        return "s3cr3t-value";
    return strcmp(name, "EMPTY") == 0 ? "" : NULL;
}

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        HS_ERR(err);
        struct hs_conf conf;
        int r = hs_conf_parse(&conf, "c.yaml", rows[i].text, strlen(rows[i].text), variable, NULL,
                              &err);

        if (r != HS_ECONFIG)
            fail_msg("%s: gave %d %s", rows[i].text, r, r < 0 ? hs_err_text(&err) : "");
        if (strncmp(hs_err_text(&err), rows[i].start, strlen(rows[i].start)) != 0 ||
            !strstr(hs_err_text(&err), rows[i].words))
            fail_msg("%s\nexpected: %s ... %s\ngot:      %s", rows[i].text, rows[i].start,
                     rows[i].words, hs_err_text(&err));
        assert_null(strstr(hs_err_text(&err), "s3cr3t"));
    }
}
#define CHECK(rows) check(rows, sizeof rows / sizeof *rows)

static void the_version_must_be_one(void **state)
{
    static const struct row rows[] = {
        {"", "c.yaml:1:1: ", "the key \"version\" is missing"},
        {"hubs: {}\n", "c.yaml:1:1: ", "the key \"version\" is missing"},
        {"version: 2\n", "c.yaml:1:10: ", "version: found \"2\"; expected 1"},
        {"version: [1]\n", "c.yaml:1:10: ", "found a list; expected 1"},
        {"- version: 1\n", "c.yaml:1:1: ", "found a list; expected a mapping"},
        {"text\n", "c.yaml:1:1: ", "found \"text\"; expected a mapping"},
    };

    (void)state;
    CHECK(rows);
}

static void unknown_keys_are_told_the_nearest(void **state)
{
    static const struct row rows[] = {
        {"version: 1\nhub: {}\n", "c.yaml:2:1: ", "unknown key \"hub\"; did you mean \"hubs\"?"},
        {"version: 1\ntransfer: {file: 3}\n",
         "c.yaml:2:12: ", "transfer: unknown key \"file\"; did you mean \"files\"?"},
        {"version: 1\ntransfer: {zzzzzzzz: 3}\n",
         "c.yaml:2:12: ", "expected one of files, max_memory, stall"},
        {"version: 1\ntransfer.files: 3\n", "c.yaml:2:1: ", "unknown key \"transfer.files\""},
        {"version: 1\n\"\": 3\n", "c.yaml:2:1: ", "unknown key \"\""},
        {ONE_WAY "    delte: {}\n", "c.yaml:8:", ""},
        {HUBS "  - name: a\n    type: one-way\n    from: ms\n    to: disk\n    delte: {}\n",
         "c.yaml:11:5: ", "rules.a: unknown key \"delte\"; did you mean \"delete\"?"},
        {HUBS "  - {name: a, delete: {max: {file: 3}}}\n",
         "c.yaml:7:30: ", "rules.a.delete.max: unknown key \"file\"; did you mean \"files\"?"},
        {HUBS "  - {name: a, delete: {max.files: 3}}\n",
         "c.yaml:7:24: ", "unknown key \"max.files\""},
        {"version: 1\nhubs: {a: {plugin: dir, limits: {request: 1/s}}}\n",
         "c.yaml:2:34: ", "hubs.a.limits: unknown key \"request\"; did you mean \"requests\"?"},
        {"version: 1\nhubs: {a: {plugin: dir, limit: {requests: 1/s}}}\n",
         "c.yaml:2:25: ", "hubs.a: unknown key \"limit\"; did you mean \"limits\"?"},
        {"version: 1\ndefaults: {name: x}\n", "c.yaml:2:12: ", "defaults: unknown key \"name\""},
        {"version: 1\nalerts: [{webhok: x}]\n", "c.yaml:2:11: ", "did you mean \"webhook\"?"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {fil: x}}}\n",
         "c.yaml:2:33: ", "hubs.a.token: unknown key \"fil\"; did you mean \"file\"?"},
    };

    (void)state;
    CHECK(rows);
}

static void wrong_types_name_what_was_expected(void **state)
{
    static const struct row rows[] = {
        {"version: 1\nhubs: []\n", "c.yaml:2:7: ", "hubs: found a list; expected a mapping"},
        {"version: 1\nhubs: {a: x}\n", "c.yaml:2:11: ", "hubs.a: found \"x\"; expected a mapping"},
        {"version: 1\nrules: {}\n", "c.yaml:2:8: ", "rules: found a mapping; expected a list"},
        {"version: 1\nrules: [x]\n", "c.yaml:2:9: ", "rules[0]: found \"x\"; expected a mapping"},
        {"version: 1\nalerts: x\n", "c.yaml:2:9: ", "alerts: found \"x\"; expected a list"},
        {"version: 1\ntransfer: 4\n", "c.yaml:2:11: ", "transfer: found \"4\"; expected a mapping"},
        {"version: 1\ndefaults: {delete: {max: 5}}\n",
         "c.yaml:2:26: ", "defaults.delete.max: found \"5\"; expected a mapping"},
        {"version: 1\ndefaults: {create: {repos: maybe}}\n",
         "c.yaml:2:28: ", "defaults.create.repos: found \"maybe\"; expected true or false"},
        {"version: 1\ndefaults: {create: {repos: \"true\"}}\n",
         "c.yaml:2:28: ", "in quotes, a text; expected true or false"},
        {"version: 1\ndefaults: {create: {repos: }}\n",
         "c.yaml:2:", "found nothing; expected true"},
        {"version: 1\ndefaults: {select: {repos: x}}\n",
         "c.yaml:2:28: ", "expected a list of texts"},
        {"version: 1\ndefaults: {select: {repos: [a, [b]]}}\n",
         "c.yaml:2:32: ", "found a list; expected a text"},
        {"version: 1\ndefaults: {select: {repos: [\"\"]}}\n", "c.yaml:2:29: ", "found nothing"},
        {"version: 1\ndefaults: {files: {include: {a: b}}}\n",
         "c.yaml:2:29: ", "found a mapping; expected a text or a list of texts"},
        {"version: 1\ndefaults: {select: {has: [a]}}\n",
         "c.yaml:2:26: ", "found a list; expected a text"},
        {"version: 1\ndefaults: {select: {has: ~}}\n",
         "c.yaml:2:26: ", "found nothing; expected a text"},
        {"version: 1\ndefaults: {select: {visibility: publik}}\n",
         "c.yaml:2:33: ", "found \"publik\"; did you mean \"public\"?"},
        {"version: 1\ndefaults: {delete: {files: everything}}\n",
         "c.yaml:2:28: ", "expected one of none, extra"},
        {"version: 1\ndefaults: {delete: {files: \"\"}}\n",
         "c.yaml:2:28: ", "expected one of none, extra"},
        {"version: 1\ndefaults: {license: {map: [a]}}\n",
         "c.yaml:2:27: ", "expected a mapping of words to licences"},
        {"version: 1\ndefaults: {license: {map: {a: [b]}}}\n",
         "c.yaml:2:31: ", "defaults.license.map.a: found a list"},
        {"version: 1\ndefaults: {license: {templates: [abc]}}\n",
         "c.yaml:2:34: ", "expected a SHA-256"},
        {"version: 1\ndefaults: {files: {conflict: {prefr: a}}}\n",
         "c.yaml:2:30: ", "expected hold, newest or {prefer: HUB}"},
        {"version: 1\ndefaults: {files: {conflict: newst}}\n",
         "c.yaml:2:30: ", "did you mean \"newest\"?"},
        {"version: 1\ndefaults: {schedule: {cron: \"1 2 3\"}}\n",
         "c.yaml:2:29: ", "expected five fields"},
        {"version: 1\ndefaults: {schedule: {cron: \"1 2 3 4 %\"}}\n",
         "c.yaml:2:29: ", "expected five fields"},
        {"version: 1\ndefaults: {schedule: {every: 1h, cron: \"1 * * * *\"}}\n",
         "c.yaml:2:34: ", "every and cron; expected one of them"},
        {"version: 1\ndefaults: {map: {name: \"{owner}-x\"}}\n",
         "c.yaml:2:24: ", "expected a name such as"},
        {"version: 1\nalerts: [{webhook: \"ftp://secret\"}]\n",
         "c.yaml:2:20: ", "found something else; expected an address"},
        {"version: 1\nalerts: [{form: json}]\n",
         "c.yaml:2:10: ", "alerts[0]: the key \"webhook\" is missing"},
    };

    (void)state;
    CHECK(rows);
}

static void numbers_need_their_units_and_ranges(void **state)
{
    static const struct row rows[] = {
        {"version: 1\ndefaults: {delete: {max: {bytes: 500}}}\n",
         "c.yaml:2:34: ", "found \"500\", which has no unit; expected a size such as 500GiB"},
        {"version: 1\ndefaults: {delete: {max: {bytes: 500gib}}}\n",
         "c.yaml:2:34: ", "expected a size such as 500GiB (B KiB"},
        {"version: 1\ndefaults: {delete: {max: {bytes: -5GiB}}}\n",
         "c.yaml:2:34: ", "expected a size"},
        {"version: 1\ndefaults: {retry: {max_wait: 600}}\n",
         "c.yaml:2:30: ", "which has no unit; expected a time such as 12h"},
        {"version: 1\ndefaults: {retry: {max_wait: [600]}}\n", "c.yaml:2:30: ", "found a list"},
        {"version: 1\ndefaults: {retry: {attempts: 0}}\n",
         "c.yaml:2:30: ", "found \"0\", out of range; expected a number from 1 to 100"},
        {"version: 1\ndefaults: {retry: {attempts: five}}\n",
         "c.yaml:2:30: ", "found \"five\"; expected a number from 1 to 100"},
        {"version: 1\ndefaults: {retry: {attempts: \"5\"}}\n",
         "c.yaml:2:30: ", "in quotes, a text; expected a number"},
        {"version: 1\ndefaults: {delete: {max: {percent: 101}}}\n",
         "c.yaml:2:36: ", "expected a number from 0 to 100"},
        {"version: 1\ndefaults: {delete: {max: {files: 99999999999999999999}}}\n",
         "c.yaml:2:34: ", "expected a number"},
        {"version: 1\ntransfer: {max_memory: 1KiB}\n",
         "c.yaml:2:24: ", "expected at least 1048576"},
        {"version: 1\nhubs: {a: {plugin: dir, limits: {requests: 45}}}\n",
         "c.yaml:2:44: ", "which has no unit; expected a rate such as 6/s"},
        {"version: 1\nhubs: {a: {plugin: dir, limits: {download: 50MiB}}}\n",
         "c.yaml:2:44: ", "expected a speed such as 50MiB/s"},
        {"version: 1\nhubs: {a: {plugin: dir, limits: {burst: 5}}}\n",
         "c.yaml:2:34: ", "it needs requests"},
    };

    (void)state;
    CHECK(rows);
}

static void variables_must_be_set_and_well_formed(void **state)
{
    static const struct row rows[] = {
        {"version: 1\nhubs:\n  a:\n    plugin: dir\n    token: ${NOPE}\n",
         "c.yaml:5:12: ", "${NOPE} is not set"},
        {"version: 1\nlog: {file: \"x${NOPE\"}\n", "c.yaml:2:13: ", "without its \"}\""},
        {"version: 1\nlog: {file: \"${}\"}\n", "c.yaml:2:13: ", "not a variable"},
        {"version: 1\nlog: {file: \"${A-b}\"}\n", "c.yaml:2:13: ", "expected ${NAME}"},
        {"version: 1\nlog: {file: \"${1A}\"}\n", "c.yaml:2:13: ", "not a variable"},
        {"version: 1\nunknown: {deep: [\"${NOPE}\"]}\n", "c.yaml:2:18: ", "${NOPE} is not set"},
        /* what a variable holds is never printed */
        {"version: 1\ntransfer: {files: \"${TOKEN}\"}\n",
         "c.yaml:2:19: ", "found what ${TOKEN} holds; expected a number"},
        {"version: 1\ndefaults: {delete: {files: \"${TOKEN}\"}}\n",
         "c.yaml:2:28: ", "found what ${TOKEN} holds; expected one of none, extra"},
        {HUBS "  - {name: a, type: one-way, from: \"${TOKEN}\", to: disk}\n",
         "c.yaml:7:36: ", "no hub what ${TOKEN} holds in hubs"},
        {HUBS "  - {name: \"${TOKEN}\", type: one-way, from: ms}\n",
         "c.yaml:7:5: ", "rules[0]: a one-way rule needs"},
        {"version: 1\nhubs: {a: {plugin: dir, owner: [\"${TOKEN}\", \"${TOKEN}\"]}}\n",
         "c.yaml:2:45: ", "what ${TOKEN} holds is here twice"},
        {"version: 1\nhubs: {a: {plugin: dir, root: ${TOKEN}}}\n",
         "c.yaml:2:32: ", "put it in quotes"},
    };

    (void)state;
    CHECK(rows);
}

static void hubs_are_checked(void **state)
{
    static const struct row rows[] = {
        {"version: 1\nhubs:\n  ms:\n", "c.yaml:3:3: ", "hubs.ms: the key \"plugin\" is missing"},
        {"version: 1\nhubs: {a: {owner: x}}\n",
         "c.yaml:2:8: ", "hubs.a: the key \"plugin\" is missing"},
        {"version: 1\nhubs: {a: {plugin: Dir}}\n", "c.yaml:2:20: ", "hubs.a.plugin: found \"Dir\""},
        {"version: 1\nhubs: {a: {plugin: ../x}}\n", "c.yaml:2:20: ", "expected a name of small"},
        {"version: 1\nhubs: {\"a:b\": {plugin: dir}}\n", "c.yaml:2:8: ", "not a name for a hub"},
        {"version: 1\nhubs: {-x: {plugin: dir}}\n", "c.yaml:2:8: ", "not a name for a hub"},
        {"version: 1\nhubs: {a: {plugin: dir}, a: {plugin: dir}}\n", "c.yaml:2:26: ", "twice"},
        {"version: 1\nhubs: {a: {plugin: dir, owner: [x, x]}}\n",
         "c.yaml:2:36: ", "\"x\" is here twice"},
        {"version: 1\nhubs: {a: {plugin: dir, owner: x/y}}\n", "c.yaml:2:32: ", "with a slash"},
        {"version: 1\nhubs: {a: {plugin: dir, endpoint: example.org}}\n",
         "c.yaml:2:35: ", "expected an address such as https://example.org"},
        {"version: 1\nhubs: {a: {plugin: x, endpoint: \"http://example.org\"}}\n",
         "c.yaml:2:33: ", "allow_http: true"},
        {"version: 1\nhubs: {a: {plugin: x, endpoint: \"http://10.0.0.1\"}}\n",
         "c.yaml:2:33: ", "allow_http: true"},
        {"version: 1\nhubs: {a: {plugin: x, endpoint: \"https://u:p@h\"}}\n",
         "c.yaml:2:33: ", "user name"},
        {"version: 1\nhubs: {a: {plugin: x, endpoint: \"https://h?q\"}}\n",
         "c.yaml:2:33: ", "query"},
        {"version: 1\nhubs: {a: {plugin: x, endpoint: \"file:///h\"}}\n",
         "c.yaml:2:33: ", "expected an address"},
        {"version: 1\nhubs: {a: {plugin: dir, token: [x]}}\n",
         "c.yaml:2:32: ", "hubs.a.token: found a list; expected a text, {file: PATH}"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {}}}\n",
         "c.yaml:2:32: ", "expected a text, {file"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {file: x, command: [y]}}}\n",
         "c.yaml:2:32: ", "expected a text, {file"},
        {"version: 1\nhubs: {a: {plugin: dir, token: }}\n", "c.yaml:2:", "found nothing"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {command: x}}}\n",
         "c.yaml:2:42: ", "hubs.a.token.command: found \"x\"; expected a list"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {command: []}}}\n",
         "c.yaml:2:42: ", "expected a program"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {file: [x]}}}\n",
         "c.yaml:2:39: ", "hubs.a.token.file: found a list"},
        {"version: 1\nhubs: {a: {plugin: dir, token: {file: \"\"}}}\n",
         "c.yaml:2:39: ", "expected a path"},
        {"version: 1\nhubs: {a: {plugin: dir, token: \"s3cr3t\\nx\"}}\n",
         "c.yaml:2:32: ", "control character"},
        {"version: 1\nhubs: {a: {plugin: dir, tokens: s3cr3t}}\n",
         "c.yaml:2:33: ", "found a text; expected a mapping {OWNER: TOKEN}"},
        {"version: 1\nhubs: {a: {plugin: dir, tokens: {o: [s3cr3t]}}}\n",
         "c.yaml:2:37: ", "hubs.a.tokens.o: found a list"},
        {"version: 1\nhubs: {a: {plugin: dir, root: }}\n",
         "c.yaml:2:", "hubs.a.root: found nothing; expected a value"},
        {"version: 1\nhubs: {a: {plugin: dir, access: rw}}\n",
         "c.yaml:2:33: ", "expected one of write, read"},
    };

    (void)state;
    CHECK(rows);
}

static void rules_name_known_hubs_and_what_their_type_needs(void **state)
{
    static const struct row rows[] = {
        {HUBS "  - {type: one-way}\n", "c.yaml:7:5: ", "rules[0]: the key \"name\" is missing"},
        {HUBS "  - {name: a}\n", "c.yaml:7:5: ", "rules.a: the key \"type\" is missing"},
        {HUBS "  - {name: a, type: oneway}\n", "c.yaml:7:21: ", "did you mean \"one-way\"?"},
        {HUBS "  - {name: \"a b\", type: one-way, from: ms, to: disk}\n",
         "c.yaml:7:12: ", "a name without blanks"},
        {ONE_WAY "  - {name: a, type: one-way, from: disk, to: ms}\n",
         "c.yaml:8:12: ", "rules.a.name: a second rule \"a\"; the first is in line 7"},
        {HUBS "  - {name: a, type: one-way, to: disk}\n",
         "c.yaml:7:5: ", "a one-way rule needs the key \"from\""},
        {HUBS "  - {name: a, type: mirror-import, from: ms}\n",
         "c.yaml:7:5: ", "a mirror-import rule needs the key \"to\""},
        {HUBS "  - {name: a, type: one-way, from: ms, to: []}\n",
         "c.yaml:7:44: ", "no hub; expected"},
        {HUBS "  - {name: a, type: one-way, from: ms, to: dsk}\n",
         "c.yaml:7:44: ", "rules.a.to: no hub \"dsk\" in hubs; did you mean \"disk\"?"},
        {HUBS "  - {name: a, type: one-way, from: zzzz, to: disk}\n",
         "c.yaml:7:36: ", "no hub \"zzzz\" in hubs; expected one of ms, disk, ro"},
        {HUBS "  - {name: a, type: one-way, from: ms, to: [disk, dsk]}\n",
         "c.yaml:7:51: ", "did you mean \"disk\"?"},
        {HUBS "  - {name: a, type: one-way, from: ms, to: [disk, disk]}\n",
         "c.yaml:7:51: ", "\"disk\" is here twice"},
        {HUBS "  - {name: a, type: one-way, from: ms, to: ms}\n",
         "c.yaml:7:44: ", "expected another hub"},
        {HUBS "  - {name: a, type: one-way, from: ms, to: ro}\n", "c.yaml:7:44: ", "access: read"},
        {HUBS "  - {name: a, type: one-way, from: ms, to: disk, between: [ms, disk]}\n",
         "c.yaml:7:50: ", "a one-way rule has no \"between\"; expected from and to"},
        {HUBS "  - {name: a, type: bidirectional, from: ms}\n",
         "c.yaml:7:36: ", "a bidirectional rule has no \"from\"; expected between"},
        {HUBS "  - {name: a, type: bidirectional}\n", "c.yaml:7:5: ", "needs the key \"between\""},
        {HUBS "  - {name: a, type: bidirectional, between: ms}\n",
         "c.yaml:7:45: ", "expected a list of two hubs"},
        {HUBS "  - {name: a, type: bidirectional, between: [ms]}\n",
         "c.yaml:7:45: ", "found a list of 1; expected a list of two hubs"},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, ms]}\n",
         "c.yaml:7:45: ", "expected two hubs"},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, disc]}\n",
         "c.yaml:7:50: ", "did you mean \"disk\"?"},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, ro]}\n",
         "c.yaml:7:50: ", "access: read"},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, disk]}\n",
         "c.yaml:7:5: ", "a bidirectional rule needs the key \"files.mode\""},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, disk], files: {mode: authority}}\n",
         "c.yaml:7:5: ", "needs the key \"files.authority\""},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, disk], files: {mode: authority, "
              "authority: ro}}\n",
         "c.yaml:7:93: ", "found \"ro\"; expected one of between: ms, disk"},
        {HUBS "  - {name: a, type: bidirectional, between: [ms, disk], files: {mode: three-way, "
              "conflict: {prefer: ro}}}\n",
         "c.yaml:7:101: ", "found \"ro\"; expected one of between: ms, disk"},
    };

    (void)state;
    CHECK(rows);
}

static void circles_with_deletion_are_refused(void **state)
{
#define EDGE(name, from, to, more)                                                                 \
    "  - {name: " name ", type: one-way, from: " from ", to: " to more "}\n"
#define DELETE ", delete: {files: extra}"
    static const struct row rows[] = {
        {HUBS EDGE("a", "ms", "disk", DELETE) EDGE("b", "disk", "ms", ""), "c.yaml:7:5: ",
         "the rule deletes on \"disk\", from which the rule in line 8 leads back to \"ms\""},
        {HUBS EDGE("a", "ms", "disk", "") EDGE("b", "disk", "ms", DELETE),
         "c.yaml:8:5: ", "the rule deletes on \"ms\""},
        {"version: 1\nhubs: {a: {plugin: x}, b: {plugin: x}, c: {plugin: x}}\nrules:\n" EDGE(
             "r", "a", "b", DELETE) EDGE("s", "b", "[c]", "") EDGE("t", "c", "a", ""),
         "c.yaml:4:5: ", "expected no circle with deletion"},
        {"version: 1\nhubs: {a: {plugin: x}, b: {plugin: x}}\n"
         "defaults: {delete: {repos: mirror}}\nrules:\n" EDGE("r", "a", "b", "")
             EDGE("s", "b", "a", ""),
         "c.yaml:6:5: ", "expected no circle with deletion"},
    };
    static const char *const fine[] = {
        HUBS EDGE("a", "ms", "disk", "") EDGE("b", "disk", "ms", ""),
        HUBS EDGE("a", "ms", "disk", DELETE) EDGE("b", "ro", "ms", DELETE),
        HUBS EDGE("a", "ms", "disk", DELETE) EDGE("b", "disk", "ms", ", enabled: false"),
    };

    (void)state;
    CHECK(rows);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        HS_ERR(err);
        struct hs_conf conf;

        if (hs_conf_parse(&conf, "c.yaml", fine[i], strlen(fine[i]), NULL, NULL, &err) < 0)
            fail_msg("%s", hs_err_text(&err));
        hs_conf_clear(&conf);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_must_be_one),
        cmocka_unit_test(unknown_keys_are_told_the_nearest),
        cmocka_unit_test(wrong_types_name_what_was_expected),
        cmocka_unit_test(numbers_need_their_units_and_ranges),
        cmocka_unit_test(variables_must_be_set_and_well_formed),
        cmocka_unit_test(hubs_are_checked),
        cmocka_unit_test(rules_name_known_hubs_and_what_their_type_needs),
        cmocka_unit_test(circles_with_deletion_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
