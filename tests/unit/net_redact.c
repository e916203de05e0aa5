/* Nothing secret is printed, whatever dress it wears. */
#include "net/redact.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

static const char TOKEN[] = "hub_Canary/+7\"q?~z9";

static int forget(void **state)
{
    (void)state;
    hs_redact_forget();
    return 0;
}

/* As it would be printed. */
static char *shown(const char *text)
{
    char *out = hs_redact(text);

    return out ? out : hs_xstrdup(text);
}

static void every_dress_of_a_secret_is_taken_off(void **state)
{
    static const char *const lines[] = {
        "token hub_Canary/+7\"q?~z9 is not valid",
        "hub_Canary/+7\"q?~z9hub_Canary/+7\"q?~z9",
        "?t=hub_Canary%2F%2B7%22q%3F~z9&x",
        "?t=hub_Canary%2f%2b7%22q%3f~z9&x",
        "/hub_Canary/%2B7%22q%3F~z9/",
        "{\"t\":\"hub_Canary/+7\\\"q?~z9\"}",
        "{\"t\":\"hub_Canary\\/+7\\\"q?~z9\"}",
    };

    (void)state;
    hs_redact_add(TOKEN);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        HS_FREE char *out = shown(lines[i]);

        assert_null(strstr(out, "Canary"));
        assert_non_null(strstr(out, "***"));
    }
}

static void base64_hides_nothing_at_any_place(void **state)
{
    static const char *const before[] = {"", "u", "us", "usr", "user:", "oauth2:"};

    (void)state;
    hs_redact_add(TOKEN);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        HUB_TEXT(coded);
        HS_FREE char *raw = hs_xprintf("%s%s tail", before[i], TOKEN);
        HS_FREE char *out = NULL;

        hub_text_puts(&coded, "Basic ");
        hub_text_base64(&coded, raw, strlen(raw));
        out = shown(coded.data);
        assert_non_null(strstr(out, "***"));
        assert_true(strlen(out) < 6 + 3 + 24); /* only what is not the token's is left */
    }
}

static void addresses_lose_what_follows_the_path(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: nothing had to go */
    } rows[] = {
        {"GET https://a.example/p?X-Sig=abc&y=1 failed", "GET https://a.example/p?*** failed"},
        {"(HTTP://a.example?sig)", "(HTTP://a.example?***"},
        {"https://a.example/#frag", "https://a.example/#***"},
        {"{\"u\":\"https://a.example/p?s=1\",\"b\":2}",
         "{\"u\":\"https://a.example/p?***\",\"b\":2}"},
        {"{\"u\":\"https:\\/\\/a.example\\/p?s=1\\u0026t=2\"}",
         "{\"u\":\"https:\\/\\/a.example\\/p?***\"}"},
        {"say \\\"https://a.example/p?s=1\\\" and", "say \\\"https://a.example/p?***\\\" and"},
        {"https://me:pass@a.example/p", "https://***@a.example/p"},
        {"https://me:pass@a.example/p?q", "https://***@a.example/p?***"},
        {"https://a.example/p@q", NULL},
        {"https://a.example/p?", NULL},
        {"https://a.example/p?***", NULL},
        {"https://***@a.example/p?***", NULL},
        {"http:// https:/ http:x?y httpx://?", NULL},
        {"is it so? #5 https", NULL},
        {"a https://b.example/?1 c http://d.example/?2",
         "a https://b.example/?*** c http://d.example/?***"},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HS_FREE char *out = hs_redact(rows[i].text);

        if (rows[i].want)
            assert_string_equal(out, rows[i].want);
        else
            assert_null(out);
    }
}

static void redacting_twice_changes_nothing(void **state)
{
    HS_FREE char *once = NULL;
    HS_FREE char *twice = NULL;

    (void)state;
    hs_redact_add("secret-value");
    once = hs_redact("https://u:p@h.example/secret-value/x?y=secret-value#z secret-value");
    twice = hs_redact(once);
    assert_string_equal(once, "https://***@h.example/***/x?*** ***");
    assert_null(twice);
}

static void short_values_are_left_alone(void **state)
{
    HS_FREE char *out = NULL;

    (void)state;
    hs_redact_add("");
    hs_redact_add(NULL);
    hs_redact_add("token");
    out = hs_redact("a token is a token");
    assert_null(out);
}

static void passing_secrets_are_known_until_newer_ones_came(void **state)
{
    HS_FREE char *first = NULL;
    HS_FREE char *last = NULL;

    (void)state;
    hs_redact_add_header("Authorization: Bearer passing-canary-0");
    first = hs_redact("echo passing-canary-0");
    assert_string_equal(first, "echo ***");
    for (int i = 1; i <= 400; i++) {
        HS_FREE char *header = hs_xprintf("Authorization: Bearer passing-canary-%d-", i);

        hs_redact_add_header(header);
    }
    last = hs_redact("echo passing-canary-400-");
    assert_string_equal(last, "echo ***");
}

static void messages_and_hints_are_redacted_in_place(void **state)
{
    HS_ERR(err);

    (void)state;
    hs_redact_add("secret-value");
    (void)hs_fail(&err, HUB_EAUTH, "no secret-value");
    (void)hs_hint(&err, "look at https://h.example/?secret");
    hs_redact_err(&err);
    assert_string_equal(err.message, "no ***");
    assert_string_equal(err.hint, "look at https://h.example/?***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_dress_of_a_secret_is_taken_off, forget),
        cmocka_unit_test_teardown(base64_hides_nothing_at_any_place, forget),
        cmocka_unit_test_teardown(addresses_lose_what_follows_the_path, forget),
        cmocka_unit_test_teardown(redacting_twice_changes_nothing, forget),
        cmocka_unit_test_teardown(short_values_are_left_alone, forget),
        cmocka_unit_test_teardown(passing_secrets_are_known_until_newer_ones_came, forget),
        cmocka_unit_test_teardown(messages_and_hints_are_redacted_in_place, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
