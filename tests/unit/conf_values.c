/* What a configuration means: defaults, merging, tokens, keys of later releases. */
#include "conf/conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define HUBS                                                                                       \
    "version: 1\n"                                                                                 \
    "hubs: {a: {plugin: x}, b: {plugin: x}, c: {plugin: x}}\n"

static const char *variable(void *ctx, const char *name)
{
    (void)ctx;
    if (strcmp(name, "YAML") == 0)
        return "[x]: {y} # *z";
    if (strcmp(name, "FOUR") == 0)
        return "4";
    if (strcmp(name, "TRUE") == 0)
        return "true";
    return strcmp(name, "EMPTY") == 0 ? "" : NULL;
}

static void parse(struct hs_conf *conf, const char *text)
{
    HS_ERR(err);

    if (hs_conf_parse(conf, "etc/c.yaml", text, strlen(text), variable, NULL, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
}

static void a_rule_that_sets_nothing_has_the_defaults_of_the_contract(void **state)
{
    struct hs_conf conf;
    const struct hs_rule *rule;

    (void)state;
    parse(&conf, HUBS "rules: [{name: r, type: one-way, from: a, to: b}]\n");
    rule = hs_conf_rule(&conf, "r");
    assert_int_equal(rule->type, HS_ONE_WAY);
    assert_string_equal(rule->from, "a");
    assert_int_equal(rule->to.n, 1);
    assert_string_equal(rule->to.items[0], "b");
    assert_null(rule->to.items[1]);
    assert_null(rule->between[0]);
    assert_true(rule->is_enabled);
    assert_int_equal(rule->select.repos.n, 0);
    assert_null(rule->select.repos.items[0]);
    assert_string_equal(rule->select.has, "");
    assert_false(rule->select.only_public);
    assert_int_equal(rule->select.updated_within_ms, 0);
    assert_string_equal(rule->map.name, "{name}");
    assert_string_equal(rule->map.owner, "");
    assert_int_equal(rule->files.mode, HS_MODE_NONE);
    assert_int_equal(rule->files.conflict, HS_CONFLICT_HOLD);
    assert_string_equal(rule->files.authority, "");
    assert_string_equal(rule->files.prefer, "");
    assert_false(rule->del.files_extra);
    assert_false(rule->del.repos_mirror);
    assert_int_equal(rule->del.max_files, 50);
    assert_int_equal(rule->del.max_percent, 20);
    assert_int_equal(rule->del.max_bytes, 500ULL << 30);
    assert_int_equal(rule->del.grace_scans, 3);
    assert_int_equal(rule->del.grace_ms, 86400000);
    assert_true(rule->create.repos);
    assert_false(rule->create.is_private);
    assert_string_equal(rule->create.license, "map");
    assert_int_equal(rule->readme.front_matter, HS_FM_MERGE);
    assert_true(rule->readme.map_license);
    assert_false(rule->readme.copy_templates);
    assert_string_equal(rule->license.unknown, "other");
    assert_int_equal(rule->follow.every_ms, 86400000);
    assert_int_equal(rule->follow.stale_after_ms, 172800000);
    assert_int_equal(rule->schedule.every_ms, 0);
    assert_string_equal(rule->schedule.cron, "");
    assert_int_equal(rule->schedule.rescan_ms, 604800000);
    assert_int_equal(rule->schedule.audit_every_ms, 2592000000);
    assert_int_equal(rule->schedule.audit_files, 800);
    assert_int_equal(rule->retry.attempts, 5);
    assert_int_equal(rule->retry.max_wait_ms, 600000);
    assert_int_equal(rule->not_yet.n, 0);
    assert_int_equal(rule->where.line, 3);
    assert_int_equal(conf.transfer.files, 4);
    assert_int_equal(conf.transfer.max_memory_bytes, 64 << 20);
    assert_int_equal(conf.transfer.stall_ms, 60000);
    assert_int_equal(conf.daemon.workers, 2);
    assert_int_equal(conf.daemon.idle_ms, 30000);
    assert_string_equal(conf.log.rotate, "daily");
    assert_int_equal(conf.log.keep, 90);
    assert_string_equal(conf.timezone, "");
    assert_int_equal(conf.defaults.retry.attempts, 5);
    assert_int_equal(conf.defaults.del.max_files, 50);
    assert_null(hs_conf_rule(&conf, "s"));
    assert_null(hs_conf_hub(&conf, "z"));
    hs_conf_clear(&conf);
}

static void everything_can_be_set(void **state)
{
    static const char text[] = HUBS
        "rules:\n"
        "  - name: r\n"
        "    type: one-way\n"
        "    from: a\n"
        "    to: [b, c]\n"
        "    enabled: false\n"
        "    select: {repos: [\"q*\"], exclude: [z], has: \"*.bin\", visibility: public,\n"
        "             license: [mit], updated_within: 2d, max_bytes: 1TiB}\n"
        "    map: {name: \"p-{name}\", owner: o}\n"
        "    files: {include: \"*.json\", exclude: [x, y], mode: three-way, conflict: {prefer: "
        "a}}\n"
        "    delete: {files: extra, repos: mirror, max: {files: 0, percent: 0, bytes: 0},\n"
        "             grace: {scans: 1, time: 1h}}\n"
        "    create: {repos: false, visibility: private, license: mit}\n"
        "    readme: {front_matter: replace, license: keep, templates: copy}\n"
        "    license: {map: {apache2: apache-2.0}, unknown: none}\n"
        "    follow: {every: 1h, stale_after: 2h}\n"
        "    schedule: {cron: \"*/5 1-2 * jan mon\", jitter: 5m, rescan: 1d, audit: {every: 1d}}\n"
        "    retry: {attempts: 1, max_wait: 0}\n";
    struct hs_conf conf;
    const struct hs_rule *rule;

    (void)state;
    parse(&conf, text);
    rule = hs_conf_rule(&conf, "r");
    assert_int_equal(rule->to.n, 2);
    assert_false(rule->is_enabled);
    assert_string_equal(rule->select.repos.items[0], "q*");
    assert_string_equal(rule->select.has, "*.bin");
    assert_true(rule->select.only_public);
    assert_string_equal(rule->select.license.items[0], "mit");
    assert_int_equal(rule->select.updated_within_ms, 172800000);
    assert_int_equal(rule->select.max_bytes, 1ULL << 40);
    assert_string_equal(rule->map.name, "p-{name}");
    assert_int_equal(rule->files.include.n, 1);
    assert_int_equal(rule->files.exclude.n, 2);
    assert_int_equal(rule->files.mode, HS_MODE_THREE_WAY);
    assert_int_equal(rule->files.conflict, HS_CONFLICT_PREFER);
    assert_string_equal(rule->files.prefer, "a");
    assert_true(rule->del.files_extra);
    assert_true(rule->del.repos_mirror);
    assert_int_equal(rule->del.max_files + rule->del.max_percent + rule->del.max_bytes, 0);
    assert_false(rule->create.repos);
    assert_true(rule->create.is_private);
    assert_int_equal(rule->readme.front_matter, HS_FM_REPLACE);
    assert_false(rule->readme.map_license);
    assert_true(rule->readme.copy_templates);
    assert_string_equal(rule->license.map.items[0].from, "apache2");
    assert_string_equal(rule->license.map.items[0].to, "apache-2.0");
    assert_string_equal(rule->schedule.cron, "*/5 1-2 * jan mon");
    assert_int_equal(rule->retry.attempts, 1);
    assert_true(rule->retry.max_wait_ms == HS_UNLIMITED);
    hs_conf_clear(&conf);
}

static void a_rules_own_value_wins_member_by_member(void **state)
{
    static const char text[] =
        HUBS "defaults:\n"
             "  delete: {files: extra, max: {files: 7, percent: 8}}\n"
             "  select: {repos: [x], has: \"*.d\"}\n"
             "  license: {map: {k: v, l: w}}\n"
             "  schedule: {cron: \"1 2 3 4 5\"}\n"
             "rules:\n"
             "  - {name: r, type: one-way, from: a, to: b, delete: {max: {percent: 9}},\n"
             "     select: {repos: [y, z]}, license: {map: {l: W}}, schedule: {every: 1h}}\n"
             "  - {name: s, type: one-way, from: a, to: b}\n";
    struct hs_conf conf;
    const struct hs_rule *r, *s;

    (void)state;
    parse(&conf, text);
    r = hs_conf_rule(&conf, "r");
    s = hs_conf_rule(&conf, "s");
    assert_true(r->del.files_extra);
    assert_int_equal(r->del.max_files, 7);
    assert_int_equal(r->del.max_percent, 9);
    assert_int_equal(r->select.repos.n, 2);
    assert_string_equal(r->select.has, "*.d");
    assert_int_equal(r->license.map.n, 2);
    assert_string_equal(r->license.map.items[1].to, "W");
    assert_int_equal(r->schedule.every_ms, 3600000);
    assert_string_equal(r->schedule.cron, "");
    assert_int_equal(s->del.max_percent, 8);
    assert_string_equal(s->select.repos.items[0], "x");
    assert_string_equal(s->license.map.items[1].to, "w");
    assert_string_equal(s->schedule.cron, "1 2 3 4 5");
    assert_int_equal(conf.defaults.del.max_files, 7);
    hs_conf_clear(&conf);
}

static void hubs_keep_their_options_limits_and_tokens(void **state)
{
    static const char text[] =
        "version: 1\n"
        "hubs:\n"
        "  site:\n"
        "    plugin: modelscope\n"
        "    owner: [me, us]\n"
        "    token: abc\n"
        "    tokens: {us: {file: us.token}, them: {command: [pass, show, x]}, you: def}\n"
        "    endpoint: http://localhost:99\n"
        "    ca_file: /abs/ca.pem\n"
        "    access: read\n"
        "    limits: {burst: 5, requests: \"45/min\", parallel: 0, download: 1MiB/s}\n"
        "    raw_endpoint: http://[::1]:7\n"
        "  disk: {plugin: dir, root: data, owner: me, limits: {requests: 0}}\n"
        "  none: {plugin: dir, token: \"${EMPTY}\", owner: \"${EMPTY}\"}\n"
        "  open: {plugin: x, endpoint: \"http://10.0.0.1\", allow_http: true}\n";
    struct hs_conf conf;
    const struct hs_hub_conf *hub;

    (void)state;
    parse(&conf, text);
    assert_int_equal(conf.hubs.n, 4);
    hub = hs_conf_hub(&conf, "site");
    assert_int_equal(hub->owners.n, 2);
    assert_int_equal(hub->token.kind, HS_TOKEN_TEXT);
    assert_string_equal(hub->token.text.hidden, "abc");
    assert_int_equal(hub->tokens.n, 3);
    assert_string_equal(hub->tokens.items[0].owner, "us");
    assert_int_equal(hub->tokens.items[0].token.kind, HS_TOKEN_FILE);
    assert_string_equal(hub->tokens.items[0].token.file, "etc/us.token");
    assert_int_equal(hub->tokens.items[1].token.kind, HS_TOKEN_COMMAND);
    assert_int_equal(hub->tokens.items[1].token.command.n, 3);
    assert_string_equal(hub->tokens.items[2].token.text.hidden, "def");
    assert_string_equal(hub->endpoint, "http://localhost:99");
    assert_string_equal(hub->ca_file, "/abs/ca.pem");
    assert_true(hub->is_read_only);
    assert_int_equal(hub->requests.requests, 45);
    assert_int_equal(hub->requests.window_ms, 60000);
    assert_int_equal(hub->requests.burst, 5);
    assert_true(hub->has_parallel);
    assert_int_equal(hub->download_bps, 1 << 20);
    assert_int_equal(hub->options.n, 1);
    assert_string_equal(hub->options.items[0].key, "raw_endpoint");
    assert_string_equal(hub->options.items[0].value, "http://[::1]:7");
    assert_int_equal(hub->options.items[0].where.line, 12);
    hub = hs_conf_hub(&conf, "disk");
    assert_string_equal(hub->options.items[0].value, "data");
    assert_string_equal(hub->owners.items[0], "me");
    assert_int_equal(hub->token.kind, HS_TOKEN_NONE);
    assert_string_equal(hub->token.text.hidden, "");
    assert_true(hub->requests.is_set);
    assert_int_equal(hub->requests.requests, 0);
    hub = hs_conf_hub(&conf, "none");
    assert_int_equal(hub->token.kind, HS_TOKEN_NONE);
    assert_int_equal(hub->owners.n, 0);
    assert_false(hub->requests.is_set);
    assert_false(hub->has_parallel);
    hs_conf_clear(&conf);
}

static void a_variable_is_never_parsed_as_yaml(void **state)
{
    static const char text[] =
        "version: 1\n"
        "timezone: ${YAML}\n"
        "log: {file: \"/x-${EMPTY:-d}-${EMPTY}-${NOPE:-a:-b}-$1-$${Y}\"}\n"
        "transfer: {files: \"${FOUR}\"}\n"
        "hubs: {a: {plugin: x, allow_http: \"${TRUE}\", owner: \"${EMPTY:-null}\"}}\n";
    struct hs_conf conf;

    (void)state;
    parse(&conf, text);
    assert_string_equal(conf.timezone, "[x]: {y} # *z");
    assert_string_equal(conf.log.file, "/x-d--a:-b-$1-${Y}");
    assert_int_equal(conf.transfer.files, 4);
    assert_true(hs_conf_hub(&conf, "a")->allow_http);
    assert_string_equal(hs_conf_hub(&conf, "a")->owners.items[0], "null");
    hs_conf_clear(&conf);
}

static void empty_sections_set_nothing(void **state)
{
    struct hs_conf conf;

    (void)state;
    parse(&conf, "version: 1\nhubs:\nrules:\nalerts: ~\ndefaults:\nlog: null\n");
    assert_int_equal(conf.hubs.n + conf.rules.n + conf.alerts.n, 0);
    hs_conf_clear(&conf);
}

static void alerts_have_their_defaults(void **state)
{
    struct hs_conf conf;

    (void)state;
    parse(&conf, "version: 1\nalerts:\n  - webhook: https://h/x\n"
                 "  - {webhook: \"https://h/y\", form: feishu, min: error, dedupe: 0}\n");
    assert_int_equal(conf.alerts.n, 2);
    assert_string_equal(conf.alerts.items[0].form, "json");
    assert_string_equal(conf.alerts.items[0].min, "warn");
    assert_string_equal(conf.alerts.items[1].form, "feishu");
    assert_int_equal(conf.alerts.items[1].dedupe_ms, 0);
    hs_conf_clear(&conf);
}

static void zero_lifts_bounds(void **state)
{
    struct hs_conf conf;

    (void)state;
    parse(&conf, "version: 1\ntransfer: {max_memory: 0, stall: 0}\n"
                 "defaults: {retry: {max_wait: 0}, schedule: {rescan: 0s}}\n");
    assert_true(conf.transfer.max_memory_bytes == HS_UNLIMITED);
    assert_true(conf.transfer.stall_ms == HS_UNLIMITED);
    assert_true(conf.defaults.retry.max_wait_ms == HS_UNLIMITED);
    assert_true(conf.defaults.schedule.rescan_ms == HS_UNLIMITED);
    hs_conf_clear(&conf);
}

static void keys_without_effect_are_noted_wherever_they_are_set(void **state)
{
#define RULE(more) HUBS "rules: [{name: r, type: one-way, from: a, to: b" more "}]\n"
    static const struct {
        const char *text, *paths;
    } rows[] = {
        {RULE(""), ""},
        {RULE(", readme: {front_matter: merge}"), ""},
        {RULE(", readme: {license: keep, templates: copy}"), ""},
        {RULE(", files: {mode: authority, authority: a, conflict: hold}"),
         ""},
        {RULE(", files: {include: [x], exclude: [y]}"), ""},
        {RULE(", delete: {repos: none, grace: {scans: 3, time: 1h}}"), ""},
        {RULE(", delete: {files: extra, max: {files: 1, percent: 1, bytes: 1B}}"), ""},
        {RULE(", license: {map: {a: b}, unknown: x, templates: []}"), ""},
        {RULE(", follow: {every: 1h, stale_after: 1h}"), ""},
        {RULE(", schedule: {every: 1h, jitter: 1m, rescan: 1d, audit: {every: 1d, files: 1}}"),
         "schedule.audit.every schedule.audit.files"},
        {RULE(", schedule: {cron: \"* * * * *\"}"), ""},
        {RULE(", select: {license: [mit], updated_within: 1d}, create: {visibility: private}"), ""},
        {RULE(", map: {owner: x}, retry: {attempts: 1}"), ""},
        {HUBS "rules: [{name: r, type: mirror-import, from: a, to: b}]\n", ""},
        {HUBS
         "rules: [{name: r, type: bidirectional, between: [a, b], files: {mode: three-way}}]\n",
         ""},
        {HUBS "defaults: {follow: {every: 24h}}\n" /* even the default */
              "rules: [{name: r, type: one-way, from: a, to: b}]\n",
         ""},
        {HUBS "defaults: {schedule: {cron: \"* * * * *\"}}\n"
              "rules: [{name: r, type: one-way, from: a, to: b, schedule: {every: 1h}}]\n",
         ""},
        {HUBS "defaults: {schedule: {audit: {every: 1d}}}\n"
              "rules: [{name: r, type: one-way, from: a, to: b}]\n",
         "schedule.audit.every"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_TEXT(paths);
        struct hs_conf conf;
        const struct hs_rule *rule;

        parse(&conf, rows[i].text);
        rule = hs_conf_rule(&conf, "r");
        for (size_t j = 0; j < rule->not_yet.n; j++)
            hub_text_printf(&paths, "%s%s", j ? " " : "", rule->not_yet.items[j]);
        assert_null(rule->not_yet.items[rule->not_yet.n]);
        assert_string_equal(paths.data ? paths.data : "", rows[i].paths);
        hs_conf_clear(&conf);
    }
}

static void a_failed_parse_leaves_the_conf_alone(void **state)
{
    static const char text[] =
        "version: 1\nhubs: {a: {plugin: x, o: v, tokens: {o: t}}}\nrules: 5\n";
    struct hs_conf conf, before;

    (void)state;
    memset(&conf, 7, sizeof conf);
    before = conf;
    assert_int_equal(hs_conf_parse(&conf, "c", text, strlen(text), NULL, NULL, NULL), -100);
    assert_memory_equal(&conf, &before, sizeof conf);
    hs_conf_clear(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_that_sets_nothing_has_the_defaults_of_the_contract),
        cmocka_unit_test(everything_can_be_set),
        cmocka_unit_test(a_rules_own_value_wins_member_by_member),
        cmocka_unit_test(hubs_keep_their_options_limits_and_tokens),
        cmocka_unit_test(a_variable_is_never_parsed_as_yaml),
        cmocka_unit_test(empty_sections_set_nothing),
        cmocka_unit_test(alerts_have_their_defaults),
        cmocka_unit_test(zero_lifts_bounds),
        cmocka_unit_test(keys_without_effect_are_noted_wherever_they_are_set),
        cmocka_unit_test(a_failed_parse_leaves_the_conf_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
