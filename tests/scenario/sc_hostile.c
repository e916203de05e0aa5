/* Lists that no honest hub gives, from a hub that lives: nothing is written outside, nothing wrong
 * stays on the target, the row is named, and once the hub is honest again one run is enough. The
 * target is a folder, where a name could do most harm. */
#include "scene.h"

#include <unistd.h>

struct lie {
    const char *name;
    const char *ms, *ml; /* fault rules of a ModelScope and of a Modelers source; NULL: not there */
    int ms_exit, ml_exit;
    const char *word; /* in what is said; "": nothing in particular */
};

#define MS_ROW(set) \
    "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"rows\",\"match\":{\"Path\":\"config.json\"}," set "}]"
#define ML_ROW(set) \
    "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"rows\",\"match\":{\"path\":\"config.json\"}," set "}]"
#define MS_LFS(set) \
    "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"rows\",\"match\":{\"Path\":\"model-00001-of-00002.safetensors\"}," set "}]"
#define ML_LFS(set) \
    "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"rows\",\"match\":{\"path\":\"model-00001-of-00002.safetensors\"}," set "}]"
#define PATH(path) MS_ROW("\"set\":{\"Path\":\"" path "\"}"), ML_ROW("\"set\":{\"path\":\"" path "\"}")
/* In the text of the answer: what a JSON library would not write. */
#define MS_TEXT(with) \
    "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"text\",\"find\":\"config.json\"," with "}]"
#define ML_TEXT(with) \
    "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"text\",\"find\":\"config.json\"," with "}]"
#define TEXT(with) MS_TEXT(with), ML_TEXT(with)
#define OTHER_HEX "0123456789abcdef0123456789abcdef01234567"
#define OTHER_SHA256 OTHER_HEX "89abcdef0123456789abcdef"

static const struct lie LIES[] = {
    {"a_name_that_climbs_is_refused", PATH("../climbed.txt"), 6, 7, "climbed.txt"},
    {"a_name_that_climbs_from_below_is_refused", MS_ROW("\"set\":{\"Path\":\"a/../../climbed.txt\"}"), NULL, 6, 6, "climbed.txt"},
    {"a_name_from_the_root_is_refused", PATH("/climbed.txt"), 6, 7, "climbed.txt"},
    {"a_name_with_an_empty_part_is_refused", MS_ROW("\"set\":{\"Path\":\"a//climbed.txt\"}"), NULL, 6, 6, "climbed.txt"},
    {"a_name_of_dots_is_refused", PATH(".."), 6, 6, "'.' or '..' part"},
    {"no_name_is_refused", PATH(""), 6, 7, ""},
    {"a_name_with_a_control_character_is_refused", PATH("climbed\\u001b[2J.txt"), 6, 6, "\\\\x1b"},
    {"a_name_that_is_too_long_is_refused", NULL, NULL, 6, 6, "255 bytes"},
    {"a_name_with_a_nul_is_refused", TEXT("\"with\":\"climbed\\\\u0000.txt\""), 7, 7, ""},
    {"a_name_that_is_not_utf8_is_refused", TEXT("\"with_base64\":\"Y2xpbWJlZMP/LnR4dA==\""), 7, 7, ""},
    {"half_a_surrogate_is_refused", TEXT("\"with\":\"climbed\\\\ud83d.txt\""), 7, 7, ""},
    {"a_size_that_is_too_small_is_noticed", MS_LFS("\"set\":{\"Size\":200000}"), ML_LFS("\"set\":{\"size\":200000}"), 7, 7, "model-00001"},
    {"a_size_that_is_too_large_is_noticed", MS_LFS("\"set\":{\"Size\":300000}"), ML_LFS("\"set\":{\"size\":300000}"), 7, 7, "model-00001"},
    {"a_small_size_that_is_too_large_is_noticed", MS_ROW("\"set\":{\"Size\":50}"), ML_ROW("\"set\":{\"size\":50}"), 7, 7, "config.json"},
    {"a_negative_size_is_refused", MS_ROW("\"set\":{\"Size\":-1}"), ML_ROW("\"set\":{\"size\":-1}"), 7, 7, ""},
    {"half_a_byte_is_refused", MS_ROW("\"set\":{\"Size\":12.5}"), ML_ROW("\"set\":{\"size\":12.5}"), 7, 7, ""},
    {"a_size_beyond_all_is_refused", MS_ROW("\"set\":{\"Size\":1e300}"), ML_ROW("\"set\":{\"size\":1e300}"), 7, 7, ""},
    {"a_size_that_is_no_number_is_refused", MS_ROW("\"set\":{\"Size\":\"many\"}"), ML_ROW("\"set\":{\"size\":\"many\"}"), 7, 7, ""},
    {"a_size_that_is_a_list_is_refused", MS_ROW("\"set\":{\"Size\":[43]}"), ML_ROW("\"set\":{\"size\":[43]}"), 7, 7, ""},
    {"a_row_that_stands_there_twice_is_one_file", MS_ROW("\"twice\":true"), ML_ROW("\"twice\":true"), 0, 0, ""},
    {"two_rows_that_differ_are_no_file", MS_LFS("\"twice\":true,\"set\":{\"Sha256\":\"" OTHER_SHA256 "\"}"), ML_LFS("\"twice\":true,\"set\":{\"etag\":\"" OTHER_SHA256 "\"}"), 7, 6, "model-00001"},
    {"the_hash_of_another_file_is_noticed", MS_LFS("\"set\":{\"Sha256\":\"" OTHER_SHA256 "\"}"), ML_LFS("\"set\":{\"etag\":\"" OTHER_SHA256 "\"}"), 7, 7, "model-00001"},
    {"a_git_id_of_an_object_is_no_sha256", MS_LFS("\"set\":{\"Sha256\":\"" OTHER_HEX "\"}"), ML_LFS("\"set\":{\"etag\":\"" OTHER_HEX "\"}"), 0, 0, ""},
    {"a_hash_that_is_no_hash_is_learned", MS_LFS("\"set\":{\"Sha256\":\"none\"}"), ML_LFS("\"set\":{\"etag\":\"none\"}"), 0, 0, ""},
    {"the_hash_of_nothing_is_no_hash", MS_LFS("\"set\":{\"Sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}"),
     ML_LFS("\"set\":{\"etag\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}"), 0, 0, ""},
    {"a_row_without_a_type_is_refused", MS_ROW("\"set\":{\"Type\":7}"), ML_ROW("\"set\":{\"type\":7}"), 7, 7, ""},
    {"a_row_in_the_wrong_folder_is_refused", NULL,
     "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"rows\",\"match\":{\"path\":\"docs/empty.txt\"},\"set\":{\"path\":\"tokenizer/empty.txt\"}}]", 7, 7, "empty.txt"},
    {"a_list_that_breaks_off_is_asked_again",
     "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"cut_after\",\"bytes\":300,\"times\":1}]",
     "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"cut_after\",\"bytes\":300,\"times\":1}]", 0, 0, ""},
    {"a_list_that_breaks_off_always_is_temporary",
     "[{\"site\":\"modelscope\",\"route\":\"files\",\"action\":\"cut_after\",\"bytes\":300}]",
     "[{\"site\":\"modelers\",\"route\":\"tree\",\"action\":\"cut_after\",\"bytes\":300}]", 5, 5, ""},
    {"a_list_that_is_half_a_document_is_refused", NULL, NULL, 7, 7, ""},
    {"a_document_too_deep_is_refused", NULL, NULL, 7, 7, ""},
};

/* Rules that are too long to be written down. */
static const char *made_rules(struct scene *s, const char *name, bool is_ms)
{
    const char *where = is_ms ? "\"site\":\"modelscope\",\"route\":\"files\"" : "\"site\":\"modelers\",\"route\":\"tree\"";
    const char *head = is_ms ? "{\\\"Code\\\":200,\\\"Success\\\":true,\\\"Data\\\":{\\\"Files\\\":" : "{\\\"code\\\":\\\"\\\",\\\"msg\\\":\\\"\\\",\\\"data\\\":{\\\"tree\\\":";
    enum { DEEP = 200000, LONG = 300 };
    static char deep[DEEP + 1], lengthy[LONG + 1];

    memset(deep, '[', DEEP);
    memset(lengthy, 'x', LONG);
    if (strstr(name, "too_deep"))
        return scene_printf(s, "[{%s,\"action\":\"status\",\"status\":200,\"content_type\":\"application/json\",\"body\":\"%s%s\"}]", where, head, deep);
    if (strstr(name, "half_a_document"))
        return scene_printf(s, "[{%s,\"action\":\"status\",\"status\":200,\"content_type\":\"application/json\",\"body\":\"%s[\"}]", where, head);
    return scene_printf(s, "[{%s,\"action\":\"rows\",\"match\":{\"%s\":\"config.json\"},\"set\":{\"%s\":\"%s\"}}]", where,
                        is_ms ? "Path" : "path", is_ms ? "Path" : "path", lengthy);
}

static void expect_nothing_outside(struct scene *s)
{
    static const char *const names[] = {"climbed.txt", "b/climbed.txt", "b/a/climbed.txt"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        scene_check(s, access(scene_path(s, names[i]), F_OK) != 0);
    scene_check(s, access("/climbed.txt", F_OK) != 0);
}

static void run_lie(struct scene *s, bool is_ms)
{
    const struct lie *lie = s->row;
    const char *site = is_ms ? "modelscope" : "modelers", *rules = is_ms ? lie->ms : lie->ml;
    const char *source = scene_printf(s, "%s:alice/demo", site);
    int expected = is_ms ? lie->ms_exit : lie->ml_exit;

    s->attempts = 2;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, site, "alice/demo", "c/demo")));
    scene_rule(s, is_ms ? "ms" : "ml", "b", "");
    scene_faults(s, rules ? rules : made_rules(s, lie->name, is_ms));
    scene_run(s, "run");
    scene_expect_exit(s, expected);
    scene_check(s, scene_count(s, "faults_acted") > 0);
    if (*lie->word)
        scene_expect_word(s, lie->word);
    expect_nothing_outside(s);
    scene_check(s, expected == 0 || !scene_files(s, "b:demo") || cJSON_GetArraySize(scene_files(s, "b:demo")) == 0);
    scene_faults(s, "[]");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_equal(s, source, "b:demo");
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", 0);
    scene_expect_clean(s, false);
}

static void of_modelscope(void **state)
{
    run_lie(*state, true);
}

static void of_modelers(void **state)
{
    run_lie(*state, false);
}

int main(void)
{
    enum { N = sizeof LIES / sizeof *LIES };
    static struct CMUnitTest tests[2 * N];
    static char names[2 * N][96];
    size_t n = 0;

    for (size_t i = 0; i < 2 * N; i++) {
        const struct lie *lie = &LIES[i / 2];

        if (!(i % 2 ? lie->ml : lie->ms) && (lie->ms || lie->ml))
            continue; /* a list of this site cannot tell that lie */
        snprintf(names[n], sizeof names[n], "%s_of_%s", lie->name, i % 2 ? "modelers" : "modelscope");
        tests[n] = (struct CMUnitTest){names[n], i % 2 ? of_modelers : of_modelscope, scene_open, scene_close, (void *)lie};
        n++;
    }
    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return _cmocka_run_group_tests("hostile", tests, n, NULL, NULL);
}
