/* Every fault of the wire, the sites and their answers: the target ends equal to the source or as
 * it was, the exit code and the words are the contract's, and one clean run afterwards is enough. */
#include "scene.h"

struct fault {
    const char *name, *rules; /* testhub's fault rules */
    int exit;
    const char *word; /* in what is said; "" : nothing in particular */
};

#define CDN "\"site\":\"modelscope\",\"plane\":\"cdn\","
#define PART "\"site\":\"modelers\",\"route\":\"part_put\","
#define COMMIT "\"site\":\"modelers\",\"route\":\"commit\","
/* ModelScope to Modelers. */
static const struct fault TO_MODELERS[] = {
    {"a_reset_list_is_asked_again", "[{\"site\":\"modelscope\",\"route\":\"list\",\"action\":\"reset\",\"times\":1}]", 0, ""},
    {"a_hub_that_resets_always_is_temporary", "[{\"site\":\"modelscope\",\"route\":\"list\",\"action\":\"reset\"}]", 5, "openapi/v1/models"},
    {"a_reset_download_goes_on", "[{" CDN "\"action\":\"reset\",\"times\":1}]", 0, ""},
    {"a_cut_download_goes_on", "[{" CDN "\"action\":\"cut_after\",\"bytes\":100000,\"times\":2}]", 0, ""},
    {"a_flipped_byte_is_read_again", "[{" CDN "\"action\":\"flip\",\"offset\":1000,\"times\":1}]", 0, ""},
    {"a_source_that_lies_always_is_integrity", "[{" CDN "\"action\":\"flip\",\"offset\":1000}]", 7, "not those of its listing"},
    {"an_empty_body_is_no_content", "[{" CDN "\"action\":\"empty_body\",\"times\":1}]", 0, ""},
    {"a_page_with_200_is_no_content", "[{" CDN "\"action\":\"html\",\"status\":200,\"times\":1}]", 0, ""},
    {"a_page_with_403_is_no_content", "[{" CDN "\"action\":\"html\",\"status\":403,\"times\":1}]", 0, ""},
    {"a_length_too_long_is_noticed", "[{" CDN "\"action\":\"wrong_length\",\"delta\":100,\"times\":1}]", 0, ""},
    {"a_length_too_short_is_noticed", "[{" CDN "\"action\":\"wrong_length\",\"delta\":-100,\"times\":1}]", 0, ""},
    {"a_shifted_range_is_no_content", "[{" CDN "\"action\":\"shift_range\",\"by\":10,\"times\":2}]", 0, ""},
    {"a_range_that_lies_is_found_by_the_hash", "[{" CDN "\"action\":\"lie_range\",\"by\":10,\"times\":1}]", 0, ""},
    {"a_clamped_range_is_no_content", "[{" CDN "\"action\":\"clamp_range\",\"bytes\":1000,\"times\":2}]", 0, ""},
    {"a_hub_that_ignores_ranges_is_read_whole", "[{" CDN "\"action\":\"ignore_range\"}]", 0, ""},
    {"a_range_under_200_is_believed_by_its_header", "[{" CDN "\"action\":\"range_200\"}]", 0, ""},
    {"a_stalled_stream_is_given_up_and_goes_on", "[{" CDN "\"action\":\"stall\",\"bytes\":5000,\"times\":1}]", 0, ""},
    {"a_slow_stream_is_waited_for", "[{" CDN "\"action\":\"slow\",\"bytes_per_s\":3000000,\"times\":1}]", 0, ""},
    {"an_address_that_lapsed_is_asked_again", "[{" CDN "\"action\":\"status\",\"status\":403,\"times\":2}]", 0, ""},
    {"an_address_that_lapses_in_the_middle_is_asked_again", "[{\"site\":\"modelscope\",\"behaviour\":\"expire_mid_file\",\"bytes\":500000,\"times\":1}]", 0, ""},
    {"retry_after_in_seconds_is_obeyed", "[{\"site\":\"modelers\",\"route\":\"pre_upload\",\"action\":\"status\",\"status\":429,\"retry_after\":1,\"times\":1}]", 0, ""},
    {"a_retry_after_that_has_passed_is_no_wait", "[{\"site\":\"modelers\",\"route\":\"pre_upload\",\"action\":\"status\",\"status\":429,\"headers\":{\"Retry-After\":\"Thu, 01 Jan 2026 00:00:00 GMT\"},\"times\":1}]", 0, ""},
    {"500_is_asked_again", "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"status\",\"status\":500,\"times\":1}]", 0, ""},
    {"502_is_asked_again", "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"status\",\"status\":502,\"times\":1}]", 0, ""},
    {"503_always_is_temporary", "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"status\",\"status\":503}]", 5, "503"},
    {"504_is_asked_again", "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"status\",\"status\":504,\"times\":2}]", 0, ""},
    {"a_firewall_page_is_waited_out", "[{\"site\":\"modelscope\",\"behaviour\":\"waf\",\"times\":1}]", 0, ""},
    {"a_reset_part_is_sent_again", "[{" PART "\"action\":\"reset\",\"request_bytes\":30000,\"times\":2}]", 0, ""},
    {"a_part_that_was_stored_but_not_answered_is_fine", "[{" PART "\"action\":\"apply_then_drop\",\"times\":1,\"nth\":3}]", 0, ""},
    {"a_part_address_that_lapsed_is_planned_again", "[{" PART "\"action\":\"status\",\"status\":403,\"times\":2,\"nth\":3}]", 0, ""},
    {"an_upload_that_is_gone_is_planned_again", "[{" PART "\"action\":\"status\",\"status\":404,\"times\":1,\"nth\":3}]", 0, ""},
    {"a_part_refused_in_the_middle_is_told", "[{" PART "\"action\":\"early\",\"status\":400,\"times\":1,\"nth\":2}]", 1, "HTTP 400"},
    {"a_failed_verify_is_asked_again", "[{\"site\":\"modelers\",\"route\":\"verify\",\"action\":\"status\",\"status\":500,\"times\":1}]", 0, ""},
    {"a_verify_without_an_answer_is_asked_again", "[{\"site\":\"modelers\",\"route\":\"verify\",\"action\":\"apply_then_drop\",\"times\":1}]", 0, ""},
    {"a_failed_commit_is_looked_up_and_made_again", "[{" COMMIT "\"action\":\"status\",\"status\":500,\"times\":1}]", 0, ""},
    {"a_commit_that_was_made_under_500_is_not_made_twice", "[{" COMMIT "\"action\":\"after_apply_status\",\"status\":500,\"times\":1}]", 0, ""},
    {"a_commit_whose_answer_is_lost_is_not_made_twice", "[{" COMMIT "\"action\":\"apply_then_drop\",\"times\":1}]", 0, ""},
    {"a_commit_that_fails_always_is_temporary", "[{" COMMIT "\"action\":\"status\",\"status\":500}]", 5, "500"},
    {"a_commit_refused_for_its_content_is_told", "[{" COMMIT "\"action\":\"status\",\"status\":400,\"body\":{\"code\":\"sensitive_not_pass\",\"msg\":\"no\",\"data\":null}}]", 1, "sensitive_not_pass"},
    {"a_repo_made_without_an_answer_is_adopted", "[{\"site\":\"modelers\",\"route\":\"create\",\"action\":\"apply_then_drop\",\"times\":1}]", 0, ""},
    {"a_batch_that_is_a_page_is_asked_again", "[{\"site\":\"modelers\",\"route\":\"batch\",\"action\":\"html\",\"status\":200,\"times\":1}]", 0, ""},
    {"a_bad_token_is_auth", "[{\"site\":\"modelers\",\"route\":\"user\",\"action\":\"status\",\"status\":401,\"body\":{\"code\":\"access_token_invalid\",\"msg\":\"x\",\"data\":null}}]", 10, "access_token_invalid"},
    {"an_empty_file_list_is_refused", "[{\"site\":\"modelscope\",\"behaviour\":\"files_null\",\"times\":1}]", 6, "not complete"},
    {"a_busy_database_is_not_absence", "[{\"site\":\"modelscope\",\"behaviour\":\"db_overload\",\"times\":2}]", 0, ""},
    {"a_git_id_in_a_sha256_field_is_no_sha256", "[{\"site\":\"modelscope\",\"behaviour\":\"sha1_digest\"}]", 0, ""},
    {"a_missing_hash_is_learned", "[{\"site\":\"modelscope\",\"behaviour\":\"sha1_digest\",\"missing\":true}]", 0, ""},
};
/* Modelers to ModelScope. */
static const struct fault TO_MODELSCOPE[] = {
    {"a_reset_put_starts_again", "[{\"plane\":\"lfs\",\"action\":\"reset\",\"request_bytes\":30000,\"times\":1}]", 0, ""},
    {"a_put_without_an_answer_starts_again", "[{\"plane\":\"lfs\",\"action\":\"apply_then_drop\",\"times\":1}]", 0, ""},
    {"a_failed_put_starts_again", "[{\"plane\":\"lfs\",\"action\":\"status\",\"status\":500,\"times\":1}]", 0, ""},
    {"a_dropped_commit_is_not_made_twice", "[{\"behaviour\":\"commit_dropped\",\"times\":1}]", 0, ""},
    {"commits_too_fast_are_slowed", "[{\"behaviour\":\"commit_429\",\"times\":1,\"retry_after\":1}]", 0, ""},
    {"commits_too_fast_always_is_temporary", "[{\"behaviour\":\"commit_429\"}]", 5, ""},
    {"a_commit_refused_by_policy_is_made_again", "[{\"behaviour\":\"policy_400\",\"times\":1}]", 0, ""},
    {"a_branch_that_moved_is_looked_at", "[{\"behaviour\":\"branch_changed\",\"times\":1}]", 0, ""},
    {"an_error_under_200_is_an_error", "[{\"behaviour\":\"error_200\"},{\"behaviour\":\"policy_400\",\"times\":1}]", 0, ""},
    {"a_batch_that_refuses_objects_is_told", "[{\"behaviour\":\"batch_error\",\"times\":1}]", 5, "internal error"},
    {"a_batch_that_failed_is_not_present", "[{\"behaviour\":\"batch_no_answer\",\"times\":1}]", 1, "internal error"},
    {"one_surface_that_says_404_is_not_absence", "[{\"behaviour\":\"legacy_404\",\"times\":1}]", 0, ""},
    {"a_cut_object_goes_on", "[{\"site\":\"modelers\",\"route\":\"object_get\",\"action\":\"cut_after\",\"bytes\":50000,\"times\":1}]", 0, ""},
    {"an_object_address_that_lapsed_is_asked_again", "[{\"site\":\"modelers\",\"route\":\"object_get\",\"action\":\"status\",\"status\":403,\"times\":2}]", 0, ""},
    {"a_418_page_is_waited_out", "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"html\",\"status\":418,\"times\":1}]", 0, ""},
    {"a_name_that_is_taken_is_told", "[{\"site\":\"modelscope\",\"route\":\"create\",\"action\":\"status\",\"status\":400,\"body\":{\"Code\":10010101001,\"Message\":\"taken\",\"Success\":false}}]", 1, "taken"},
};

/* Nothing of the source, or all of it: never a part. Site-made files do not count. */
static void expect_whole_or_nothing(struct scene *s, const char *target, const char *source)
{
    cJSON *there = scene_files(s, target), *all = scene_files(s, source);
    const cJSON *row;
    bool is_any = false;

    if (!there || scene_same(there, all))
        return;
    cJSON_ArrayForEach(row, there)
    {
        is_any |= strcmp(row->string, "README.md") != 0;
    }
    scene_check(s, !is_any);
}

static void run_fault(struct scene *s, bool to_modelers)
{
    const struct fault *fault = s->row;
    const char *source = to_modelers ? "modelscope:alice/demo" : "modelers:alice/demo";
    const char *target = to_modelers ? "modelers:alice/demo" : "modelscope:alice/demo";

    s->attempts = 3;
    s->max_wait = "1s";
    s->transfer = "transfer: {stall: 1s}\n";
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, to_modelers ? "modelscope" : "modelers", "alice/demo", "c/demo")));
    scene_knob(s, "modelers", "part_size", "65536");
    scene_rule(s, to_modelers ? "ms" : "ml", to_modelers ? "ml" : "ms", "");
    scene_faults(s, fault->rules);
    scene_run(s, "run");
    scene_expect_exit(s, fault->exit);
    if (*fault->word)
        scene_expect_word(s, fault->word);
    expect_whole_or_nothing(s, target, source);
    scene_faults(s, "[]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, source, target);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_clean(s, true);
}

static void fault_to_modelers(void **state)
{
    run_fault(*state, true);
}

static void fault_to_modelscope(void **state)
{
    run_fault(*state, false);
}

int main(void)
{
    enum { N = sizeof TO_MODELERS / sizeof *TO_MODELERS, M = sizeof TO_MODELSCOPE / sizeof *TO_MODELSCOPE };
    struct CMUnitTest tests[N + M];

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){TO_MODELERS[i].name, fault_to_modelers, scene_open, scene_close, (void *)&TO_MODELERS[i]};
    for (size_t i = 0; i < M; i++)
        tests[N + i] = (struct CMUnitTest){TO_MODELSCOPE[i].name, fault_to_modelscope, scene_open, scene_close, (void *)&TO_MODELSCOPE[i]};
    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("faults", tests, N + M, NULL, NULL);
}
