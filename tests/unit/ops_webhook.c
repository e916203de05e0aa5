/* Alerts reach people once: when they open, when they are over; what fails is told later. */
#include "store_test.h"
#include "base/clock.h"
#include "base/log.h"
#include "mini_http.h"
#include "net/redact.h"
#include "ops/ops.h"

#define ANSWER(body_bytes, body)                                                                   \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " body_bytes "\r\n\r\n" body
static const struct mini_step TAKES[] = {{.answer = ANSWER("2", "{}")}};

struct scene {
    struct mini_http *mini;
    struct hs_net *net;
    struct hs_loop *loop;
    struct hs_conf conf;
    int64_t now;
};

static void start(struct fixture *fix, struct scene *s, const struct mini_step *steps, size_t n,
                  const char *more)
{
    struct hs_net_conf net = {.user_agent = "hubsync/test"};
    char *text;

    memset(s, 0, sizeof *s);
    s->now = 1000000;
    s->mini = mini_start(steps, n);
    ok(fix, hs_net_new(&net, &s->net, &fix->err));
    ok(fix, hs_loop_new(s->net, &s->loop, &fix->err));
    text = hs_xprintf("version: 1\nhubs: {d: {plugin: dir, root: /tmp}}\nrules: []\n"
                      "alerts: [{webhook: \"http://127.0.0.1:%d/hook/canary-secret\"%s}]\n",
                      mini_port(s->mini), more);
    ok(fix, hs_conf_parse(&s->conf, "test.yaml", text, strlen(text), NULL, NULL, &fix->err));
    free(text);
}

static void stop(struct scene *s)
{
    hs_conf_clear(&s->conf);
    hs_loop_free(s->loop);
    hs_net_free(s->net);
    mini_stop(s->mini);
}

static size_t tell(struct fixture *fix, struct scene *s)
{
    return hs_webhooks_send(s->conf.alerts.items, s->conf.alerts.n, fix->store, s->net, s->loop, s->now);
}

static void open_alert(struct fixture *fix, struct scene *s, const char *repo, const char *level)
{
    struct hs_alert_row row = {.rule = "r", .repo = repo, .kind = "brake", .level = level,
                               .message = "too \"many\"", .command = "hubsync plan r", .last_ms = s->now};

    ok(fix, hs_store_alert_open(fix->store, &row, &fix->err));
}

static void resolve(struct fixture *fix, struct scene *s, const char *repo)
{
    ok(fix, hs_store_alert_resolve(fix->store, "r", repo, "brake", s->now, &fix->err));
}

static void an_alert_is_told_once_and_its_end_once(void **state)
{
    struct fixture *fix = *state;
    struct scene s;

    start(fix, &s, TAKES, 1, "");
    open_alert(fix, &s, "a/b", "warn");
    assert_int_equal(tell(fix, &s), 1);
    open_alert(fix, &s, "a/b", "warn"); /* counted, the same alert */
    assert_int_equal(tell(fix, &s), 0);
    resolve(fix, &s, "a/b");
    assert_int_equal(tell(fix, &s), 1);
    assert_int_equal(tell(fix, &s), 0);
    assert_int_equal(mini_requests(s.mini), 2);
    assert_string_equal(mini_request(s.mini, 0)->body,
                        "{\"id\":1,\"rule\":\"r\",\"repo\":\"a/b\",\"kind\":\"brake\",\"level\":\"warn\","
                        "\"state\":\"open\",\"first\":\"1970-01-01T00:16:40Z\",\"last\":\"1970-01-01T00:16:40Z\","
                        "\"count\":1,\"message\":\"too \\\"many\\\"\",\"command\":\"hubsync plan r\"}");
    assert_says(mini_request(s.mini, 0)->head, "POST /hook/canary-secret HTTP/1.1");
    assert_says(mini_request(s.mini, 0)->head, "application/json");
    assert_says(mini_request(s.mini, 1)->body, "\"state\":\"resolved\"");
    stop(&s);
}

static void what_was_not_told_needs_no_end(void **state)
{
    struct fixture *fix = *state;
    struct scene s;

    start(fix, &s, TAKES, 1, "");
    open_alert(fix, &s, "a/b", "warn");
    resolve(fix, &s, "a/b");
    assert_int_equal(tell(fix, &s), 0);
    stop(&s);
}

static void an_acknowledged_alert_is_told_no_more(void **state)
{
    struct fixture *fix = *state;
    struct scene s;

    start(fix, &s, TAKES, 1, "");
    open_alert(fix, &s, "a/b", "warn");
    ok(fix, hs_store_alert_ack(fix->store, 1, &fix->err));
    assert_int_equal(tell(fix, &s), 0);
    stop(&s);
}

static void lower_levels_are_left_out(void **state)
{
    struct fixture *fix = *state;
    struct scene s;

    start(fix, &s, TAKES, 1, ", min: error");
    open_alert(fix, &s, "a/warn", "warn");
    open_alert(fix, &s, "a/critical", "critical");
    assert_int_equal(tell(fix, &s), 1);
    assert_says(mini_request(s.mini, 0)->body, "a/critical");
    resolve(fix, &s, "a/warn");
    assert_int_equal(tell(fix, &s), 0);
    stop(&s);
}

static void one_that_comes_and_goes_is_told_once_in_a_while(void **state)
{
    struct fixture *fix = *state;
    struct scene s;

    start(fix, &s, TAKES, 1, ", dedupe: 1h");
    open_alert(fix, &s, "a/b", "warn");
    assert_int_equal(tell(fix, &s), 1);
    resolve(fix, &s, "a/b");
    assert_int_equal(tell(fix, &s), 1);
    s.now += 60 * 1000;
    open_alert(fix, &s, "a/b", "warn");
    open_alert(fix, &s, "a/other", "warn");
    assert_int_equal(tell(fix, &s), 1); /* the other one */
    resolve(fix, &s, "a/b");
    assert_int_equal(tell(fix, &s), 0);
    s.now += 3600 * 1000;
    open_alert(fix, &s, "a/b", "warn");
    assert_int_equal(tell(fix, &s), 1);
    stop(&s);
}

static void what_failed_is_told_later_also_by_the_next_process(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"},
        {.answer = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"},
        {.answer = ANSWER("2", "{}")},
    };
    struct fixture *fix = *state;
    struct scene s;
    int64_t next;

    start(fix, &s, steps, 3, "");
    open_alert(fix, &s, "a/b", "warn");
    open_alert(fix, &s, "a/c", "warn");
    assert_int_equal(tell(fix, &s), 0); /* the second is not tried: the first would come too late */
    assert_int_equal(mini_requests(s.mini), 1);
    ok(fix, hs_store_send_next(fix->store, &next, &fix->err));
    assert_int_equal(next, s.now + 60 * 1000);
    s.now += 60 * 1000;
    assert_int_equal(tell(fix, &s), 0);
    ok(fix, hs_store_send_next(fix->store, &next, &fix->err));
    assert_int_equal(next, s.now + 5 * 60 * 1000);
    reopen(fix);
    s.now += 5 * 60 * 1000;
    assert_int_equal(tell(fix, &s), 2);
    ok(fix, hs_store_send_next(fix->store, &next, &fix->err));
    assert_int_equal(next, 0);
    stop(&s);
}

static void chat_services_get_their_forms_and_their_errors_are_seen(void **state)
{
    static const struct {
        const char *more, *body;
        const struct mini_step steps[2];
    } CASES[] = {
        {", form: feishu",
         "{\"msg_type\":\"text\",\"content\":{\"text\":\"hubsync critical: brake\\nrule: r\\nrepo: a/b\\n"
         "too \\\"many\\\"\\n> hubsync plan r\"}}",
         {{.answer = ANSWER("28", "{\"code\":9499,\"msg\":\"Bad R.\"}")}, {.answer = ANSWER("10", "{\"code\":0}")}}},
        {", form: dingtalk",
         "{\"msgtype\":\"text\",\"text\":{\"content\":\"hubsync critical: brake\\nrule: r\\nrepo: a/b\\n"
         "too \\\"many\\\"\\n> hubsync plan r\"}}",
         {{.answer = ANSWER("35", "{\"errcode\":310000,\"errmsg\":\"words\"}")},
          {.answer = ANSWER("13", "{\"errcode\":0}")}}},
        {", form: wecom",
         "{\"msgtype\":\"text\",\"text\":{\"content\":\"hubsync critical: brake\\nrule: r\\nrepo: a/b\\n"
         "too \\\"many\\\"\\n> hubsync plan r\"}}",
         {{.answer = ANSWER("6", "<html>")}, {.answer = ANSWER("13", "{\"errcode\":0}")}}},
    };
    struct fixture *fix = *state;

    for (size_t i = 0; i < 3; i++) {
        struct scene s;

        start(fix, &s, CASES[i].steps, 2, CASES[i].more);
        open_alert(fix, &s, "a/b", "critical");
        assert_int_equal(tell(fix, &s), 0);
        s.now += 60 * 1000;
        assert_int_equal(tell(fix, &s), 1);
        assert_string_equal(mini_request(s.mini, 1)->body, CASES[i].body);
        resolve(fix, &s, "a/b");
        stop(&s);
    }
}

static void the_address_is_not_logged(void **state)
{
    struct fixture *fix = *state;
    FILE *file = tmpfile();
    char text[2048];
    struct scene s;
    size_t n;

    start(fix, &s, TAKES, 1, "");
    mini_stop(s.mini); /* nobody is there */
    hs_log_setup(HS_LOG_TRACE, HS_LOG_TEXT, file, 0);
    hs_log_set_filter(hs_redact_line); /* as every program does */
    open_alert(fix, &s, "a/b", "warn");
    assert_int_equal(tell(fix, &s), 0);
    hs_log_setup(HS_LOG_WARN, HS_LOG_TEXT, NULL, 0);
    rewind(file);
    n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    assert_says(text, "webhook_failed");
    assert_null(strstr(text, "canary-secret"));
    (void)fclose(file);
    s.mini = mini_start(TAKES, 1);
    stop(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_store, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_alert_is_told_once_and_its_end_once),
        TEST(what_was_not_told_needs_no_end),
        TEST(an_acknowledged_alert_is_told_no_more),
        TEST(lower_levels_are_left_out),
        TEST(one_that_comes_and_goes_is_told_once_in_a_while),
        TEST(what_failed_is_told_later_also_by_the_next_process),
        TEST(chat_services_get_their_forms_and_their_errors_are_seen),
        TEST(the_address_is_not_logged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
