/* The JSON documents, letter by letter. */
#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct hs_result *add_result(struct hs_report *report, const char *repo,
                                    enum hs_status_word status)
{
    struct hs_result *result = hs_vec_add(&report->results);

    *result = (struct hs_result){.rule = "r",
                                 .hub = "mo",
                                 .repo = repo,
                                 .from_hub = "ms",
                                 .from_repo = repo,
                                 .status = status,
                                 .reason = "",
                                 .message = "",
                                 .hint = "",
                                 .digest = ""};
    return result;
}

static void a_plan_has_the_members_of_the_contract_in_order(void **state)
{
    struct hs_report report = {.is_plan = true, .created_ms = 1000};
    struct hs_result *result;
    HUB_TEXT(text);

    (void)state;
    *hs_vec_add(&report.rules) = "r";
    result = add_result(&report, "a/one", HS_SYNCED);
    result->plan_commits = 1;
    result->plan_requests = 5;
    *hs_vec_add(&result->actions) = (struct hs_action){.op = HS_OP_CREATE_REPO,
                                                       .path = "",
                                                       .reason = "missing",
                                                       .from = "ms:a/one@c1",
                                                       .sha256 = ""};
    *hs_vec_add(&result->actions) = (struct hs_action){.op = HS_OP_PUT,
                                                       .path = "x \"y\"",
                                                       .reason = "missing",
                                                       .from = "ms:a/one@c1",
                                                       .file_bytes = 7,
                                                       .sha256 = "ab"};
    *hs_vec_add(&result->actions) = (struct hs_action){.op = HS_OP_DELETE,
                                                       .path = "old",
                                                       .reason = "extra",
                                                       .from = "",
                                                       .file_bytes = HUB_UNKNOWN,
                                                       .sha256 = ""};
    add_result(&report, "a/two", HS_SKIPPED)->reason = "no_weights";
    result = add_result(&report, "a/three", HS_BLOCKED);
    result->reason = "brake_files";
    result->message = "60 of 50";
    result = add_result(&report, "", HS_FAILED);
    result->error = HUB_EAUTH;
    result->message = "no";
    hs_json_plan(&report, &text);
    assert_string_equal(
        text.data,
        "{\"message_type\":\"plan\",\"created\":\"1970-01-01T00:00:01Z\",\"rules\":[\"r\"],"
        "\"actions\":[{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/one\",\"op\":\"create_repo\","
        "\"path\":null,\"bytes\":null,\"sha256\":null,\"from\":\"ms:a/one@c1\","
        "\"reason\":\"missing\"},"
        "{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/one\",\"op\":\"put\",\"path\":\"x \\\"y\\\"\","
        "\"bytes\":7,\"sha256\":\"ab\",\"from\":\"ms:a/one@c1\",\"reason\":\"missing\"},"
        "{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/one\",\"op\":\"delete\",\"path\":\"old\","
        "\"bytes\":null,\"sha256\":null,\"from\":null,\"reason\":\"extra\"}],"
        "\"skipped\":[{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/"
        "two\",\"reason\":\"no_weights\"}],"
        "\"blocked\":[{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/three\","
        "\"reason\":\"brake_files\",\"message\":\"60 of 50\"}],"
        "\"failed\":[{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":null,\"error\":\"auth\","
        "\"message\":\"no\"}],"
        "\"totals\":{\"create_repo\":1,\"put\":1,\"reuse\":0,\"delete\":1,\"delete_repo\":0,"
        "\"import\":0,\"commits\":1,\"bytes\":7,\"requests\":5}}");
    hs_report_clear(&report);
}

static void a_summary_counts_what_its_rows_say(void **state)
{
    struct hs_report report = {
        .reused_bytes = 4, .resent_bytes = 2, .requests = 9, .elapsed_ms = 12};
    struct hs_result *result;
    HUB_TEXT(text);

    (void)state;
    result = add_result(&report, "a/one", HS_SYNCED);
    result->put = 2;
    result->reused = 1;
    result->bytes = 10;
    result->commits = 1;
    result = add_result(&report, "a/two", HS_BLOCKED);
    result->reason = "brake_files";
    result = add_result(&report, "a/three", HS_INTERRUPTED);
    result->error = HUB_ECANCELED;
    result->message = "interrupted";
    result = add_result(&report, "owner", HS_FAILED); /* an owner: no repo, and counts as failed */
    result->error = HUB_EAUTH;
    hs_json_summary(&report, 130, &text);
    assert_string_equal(
        text.data,
        "{\"message_type\":\"summary\",\"repos\":["
        "{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/one\",\"status\":\"synced\",\"error\":null,"
        "\"message\":null,\"put\":2,\"reused\":1,\"deleted\":0,\"bytes\":10,\"commits\":1,\"reason\":null},"
        "{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/two\",\"status\":\"blocked\","
        "\"error\":\"safety\",\"message\":null,\"put\":0,\"reused\":0,\"deleted\":0,"
        "\"bytes\":0,\"commits\":0,\"reason\":\"brake_files\"},"
        "{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"a/three\",\"status\":\"failed\","
        "\"error\":\"temporary\",\"message\":\"interrupted\",\"put\":0,\"reused\":0,"
        "\"deleted\":0,\"bytes\":0,\"commits\":0,\"reason\":null},"
        "{\"rule\":\"r\",\"hub\":\"mo\",\"repo\":\"owner\",\"status\":\"failed\","
        "\"error\":\"auth\",\"message\":null,\"put\":0,\"reused\":0,"
        "\"deleted\":0,\"bytes\":0,\"commits\":0,\"reason\":null}],"
        "\"totals\":{\"repos\":3,\"failed\":2,\"blocked\":1,\"put\":2,\"reused\":1,\"deleted\":0,"
        "\"bytes_transferred\":10,\"bytes_reused\":4,\"bytes_resent\":2,\"requests\":9,"
        "\"elapsed_ms\":12},\"exit\":130}");
    hs_report_clear(&report);
}

static void what_is_not_known_is_null(void **state)
{
    HUB_TEXT(text);
    struct hs_out out = {&text, false};

    (void)state;
    hs_out_open(&out, NULL, '{');
    hs_out_text(&out, "a", "");
    hs_out_text(&out, "b", NULL);
    hs_out_size(&out, "c", HUB_UNKNOWN);
    hs_out_truth(&out, "d", HUB_MAYBE);
    hs_out_truth(&out, "e", HUB_NO);
    hs_out_time(&out, "f", 0);
    hs_out_close(&out, '}');
    assert_string_equal(text.data,
                        "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":false,\"f\":null}");
}

static void verify_lists_paths_as_texts(void **state)
{
    struct hs_verify verify = {.same = 3};
    HUB_TEXT(text);

    (void)state;
    *hs_vec_add(&verify.different) = (struct hs_difference){"p", "sha256:a", "sha256:b"};
    *hs_vec_add(&verify.missing_right) = "q";
    hs_json_verify(&verify, &text);
    assert_string_equal(text.data,
                        "{\"same\":3,\"different\":[{\"path\":\"p\",\"left\":\"sha256:a\","
                        "\"right\":\"sha256:b\"}],\"missing_left\":[],\"missing_right\":[\"q\"],"
                        "\"unknown\":[]}");
    hs_verify_clear(&verify);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_has_the_members_of_the_contract_in_order),
        cmocka_unit_test(a_summary_counts_what_its_rows_say),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(verify_lists_paths_as_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
