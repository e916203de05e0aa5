/* READMEs and licences on their way: what the target gets, and that the next run is silent. */
#include "scene.h"
#include "scene_private.h"

static const char CARD[] = "---\nlicense: Apache License 2.0\ntags:\n- chat\nlanguage: zh\n---\n";
static const char BODY[] = "# Demo\n\n---\n\nText below a rule.\n";

/* JSON's form of a text. */
static const char *quoted(struct scene *s, const char *text)
{
    cJSON *string = scene_keep_doc(s, cJSON_CreateString(text));

    return scene_keep(s, cJSON_PrintUnformatted(string));
}

/* A repo with weights and these further files ("" or ",\"x\":{…}"). */
static const char *repo_seed(struct scene *s, const char *site, const char *license, const char *files)
{
    return scene_printf(s,
                        "\"%s\":{\"repos\":[{\"id\":\"alice/demo\",\"license\":\"%s\",\"files\":{"
                        "\"config.json\":{\"text\":\"{}\"},\"model.safetensors\":{\"seed\":7,\"size\":300000}"
                        "%s}}]}",
                        site, license, files);
}

static const char *readme_member(struct scene *s, const char *text)
{
    return scene_printf(s, ",\"README.md\":{\"text\":%s}", quoted(s, text));
}

static void seed(struct scene *s, const char *sites)
{
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}"); /* so that marks are calm */
    scene_seed(s, scene_printf(s, "{\"sites\":{%s}}", sites));
}

/* repo: "modelers:alice/demo", "b:demo". */
static void expect_readme_at(struct scene *s, const char *repo, const char *text, int line)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(scene_files(s, repo), "README.md");
    char hex[65];

    if (!text) {
        if (found)
            scene_fail(s, __FILE__, line, "%s has a README.md", repo);
        return;
    }
    scene_digest(text, strlen(text), hex);
    if (!found || strcmp(found->valuestring, scene_printf(s, "%s %zu", hex, strlen(text))) != 0)
        scene_fail(s, __FILE__, line, "%s: README.md is %s, expected\n%s", repo,
                   found ? found->valuestring : "not there", text);
}
#define expect_readme(s, repo, text) expect_readme_at((s), (repo), (text), __LINE__)

static void run_puts(struct scene *s, long long n)
{
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_expect_int(s, "totals.put", n);
}

static long long reads(struct scene *s)
{
    return scene_requests(s, "modelscope", "api", "GET download") +
           scene_requests(s, "modelscope", "api", "GET resolve") + scene_requests(s, "modelers", "api", "GET media");
}

/* A later second: marks of sites are whole ones. */
static void edit(struct scene *s, const char *site, const char *files)
{
    static int offset_s = -3000;

    offset_s += 10;
    (void)scene_admin(s, "POST", "/clock", scene_printf(s, "{\"offset_s\":%d}", offset_s));
    scene_push(s, site, "alice/demo", files);
}

/* ---- there and back ---- */
static void to_the_other_site_and_back_is_silent(void **state)
{
    struct scene *s = *state;
    const char *readme = scene_printf(s, "%s%s", CARD, BODY);

    seed(s, repo_seed(s, "modelscope", "apache-2.0", readme_member(s, readme)));
    scene_rule(s, "ms", "ml", "");
    run_puts(s, 3);
    expect_readme(s, "modelers:alice/demo",
                  scene_printf(s, "---\nlicense: apache-2.0\ntags:\n- chat\nlanguage: zh\n---\n%s", BODY));
    run_puts(s, 0);
    scene_rule(s, "ml", "ms", "");
    run_puts(s, 0);
    scene_expect_text(s, "repos[0].status", "unchanged");
    expect_readme(s, "modelscope:alice/demo", readme);
    scene_expect_clean(s, false);
}

static void a_missing_license_is_added_and_no_news_on_the_way_back(void **state)
{
    struct scene *s = *state;

    seed(s, repo_seed(s, "modelscope", "mit", readme_member(s, BODY)));
    scene_rule(s, "ms", "ml", "");
    run_puts(s, 3);
    expect_readme(s, "modelers:alice/demo", scene_printf(s, "---\nlicense: mit\n---\n%s", BODY));
    scene_check(s, strcmp(scene_at(scene_repo(s, "modelers", "alice/demo"), "license")->valuestring, "mit") == 0);
    scene_rule(s, "ml", "ms", "");
    run_puts(s, 0);
    expect_readme(s, "modelscope:alice/demo", BODY);
}

static void an_unknown_license_becomes_other_with_a_notice(void **state)
{
    struct scene *s = *state;
    const char *readme = scene_printf(s, "---\nlicense: house-license\n---\n%s", BODY);

    seed(s, repo_seed(s, "modelscope", "house-license", readme_member(s, readme)));
    scene_rule(s, "ms", "ml", "");
    scene_run(s, "plan");
    scene_expect_exit(s, 0);
    scene_expect_text(s, "actions[0].op", "create_repo");
    scene_expect_text(s, "actions[1].op", "notice");
    scene_expect_text(s, "actions[1].reason", "license_unknown");
    scene_expect_int(s, "totals.put", 3);
    run_puts(s, 3);
    expect_readme(s, "modelers:alice/demo", scene_printf(s, "---\nlicense: other\n---\n%s", BODY));
    run_puts(s, 0);
    scene_rule(s, "ml", "ms", "");
    run_puts(s, 0);
    expect_readme(s, "modelscope:alice/demo", readme);
}

/* A site that takes any licence until it refuses one: the README goes with its word for all others. */
static void a_refused_license_becomes_other(void **state)
{
    struct scene *s = *state;
    const char *readme = scene_printf(s, "---\nlicense: house-license\n---\n%s", BODY);

    seed(s, "");
    scene_write(s, "a/demo/README.md", readme);
    scene_write(s, "a/demo/model.safetensors", "weights");
    scene_rule(s, "a", "ms", "");
    scene_faults(s, "[{\"site\":\"modelscope\",\"route\":\"commit\",\"times\":1,\"action\":\"status\",\"status\":400,"
                    "\"body\":{\"Code\":400,\"Success\":false,\"Message\":\"license\"}}]");
    run_puts(s, 2);
    scene_expect_int(s, "repos[0].commits", 1);
    expect_readme(s, "modelscope:alice/demo", scene_printf(s, "---\nlicense: other\n---\n%s", BODY));
    run_puts(s, 0);
    scene_write(s, "a/demo/README.md", scene_printf(s, "%s2\n", readme));
    run_puts(s, 1);
    expect_readme(s, "modelscope:alice/demo", scene_printf(s, "---\nlicense: other\n---\n%s2\n", BODY));
}

/* ---- settings ---- */
static void each_mode_makes_its_card(void **state)
{
    static const struct {
        const char *settings, *card;
    } rows[] = {
        {"readme: { front_matter: keep }", "---\nlicense: apache-2.0\ntags:\n- chat\nlanguage: zh\n---\n"},
        {"readme: { front_matter: merge }", "---\nlicense: apache-2.0\ntags:\n- chat\nlanguage: zh\nlibrary_name: x\n---\n"},
        {"readme: { front_matter: strip }", "---\nlicense: apache-2.0\n---\n"},
        {"readme: { front_matter: replace }", "---\nlicense: apache-2.0\n---\n"},
        {"license: { map: { apache-2.0: mit } }", "---\nlicense: mit\ntags:\n- chat\nlanguage: zh\nlibrary_name: x\n---\n"},
    };
    struct scene *s = *state;
    const char *there = "---\nlicense: gpl-3.0\nlibrary_name: x\n---\nold\n";

    seed(s, scene_printf(s, "%s,%s",
                         repo_seed(s, "modelscope", "apache-2.0", readme_member(s, scene_printf(s, "%s%s", CARD, BODY))),
                         repo_seed(s, "modelers", "gpl-3.0", readme_member(s, there))));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        s->label = rows[i].settings;
        edit(s, "modelers", scene_printf(s, "{\"README.md\":{\"text\":%s}}", quoted(s, there)));
        scene_rule(s, "ms", "ml", scene_printf(s, "    %s\n", rows[i].settings));
        run_puts(s, 1);
        expect_readme(s, "modelers:alice/demo", scene_printf(s, "%s%s", rows[i].card, BODY));
        run_puts(s, 0);
    }
}

static void a_license_is_spelled_as_the_target_spells_it(void **state)
{
    struct scene *s = *state;
    const char *readme = scene_printf(s, "---\nlicense: apache-2.0\n---\n%s", BODY);

    seed(s, repo_seed(s, "modelers", "apache-2.0", readme_member(s, readme)));
    scene_rule(s, "ml", "ms", "");
    run_puts(s, 3);
    expect_readme(s, "modelscope:alice/demo", scene_printf(s, "---\nlicense: Apache License 2.0\n---\n%s", BODY));
    edit(s, "modelscope", "{\"README.md\":{\"text\":\"---\\nlicense: [Apache-2.0]\\n---\\nold\\n\"}}");
    run_puts(s, 1);
    expect_readme(s, "modelscope:alice/demo", scene_printf(s, "---\nlicense: [Apache-2.0]\n---\n%s", BODY));
    scene_rule(s, "ml", "ms", "    readme: { license: keep }\n");
    run_puts(s, 0); /* the same licence in another spelling is no change */
}

static void a_copy_takes_the_defaults(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/README.md", scene_printf(s, "%s%s", CARD, BODY));
    scene_write(s, "a/demo/model.safetensors", "weights");
    s->transfer = "  readme: { front_matter: strip }\n";
    scene_config(s, "");
    scene_run(s, "copy a:alice/demo b:");
    scene_expect_exit(s, 0);
    expect_readme(s, "b:demo", BODY);
    scene_run(s, "verify a:alice/demo b:alice/demo");
    scene_expect_exit(s, 0);
    scene_run(s, "verify --raw a:alice/demo b:alice/demo");
    scene_expect_exit(s, 4);
    scene_expect_text(s, "different[0].path", "README.md");
}

/* ---- templates ---- */
static void a_readme_of_the_site_is_no_readme(void **state)
{
    struct scene *s = *state;
    cJSON *before;

    seed(s, repo_seed(s, "modelscope", "mit", ""));
    scene_rule(s, "ms", "ml", "    delete: { files: extra }\n");
    run_puts(s, 2);
    expect_readme(s, "modelers:alice/demo", "---\nlicense: mit\n---\n"); /* the site's own first one */
    run_puts(s, 0);
    before = scene_files(s, "modelscope:alice/demo");
    scene_rule(s, "ml", "ms", "    delete: { files: extra }\n");
    run_puts(s, 0);
    scene_check(s, scene_same(before, scene_files(s, "modelscope:alice/demo")));
    edit(s, "modelscope", scene_printf(s, "{\"README.md\":{\"text\":%s}}", quoted(s, scene_printf(s, "%s%s", CARD, BODY))));
    scene_rule(s, "ms", "ml", "");
    run_puts(s, 1);
    expect_readme(s, "modelers:alice/demo",
                  scene_printf(s, "---\nlicense: apache-2.0\ntags:\n- chat\nlanguage: zh\n---\n%s", BODY));
}

static void templates_are_copied_if_they_are_asked_for(void **state)
{
    struct scene *s = *state;

    seed(s, repo_seed(s, "modelscope", "mit", ""));
    scene_rule(s, "ms", "b", "    readme: { templates: copy }\n");
    run_puts(s, 3);
    scene_expect_equal(s, "modelscope:alice/demo", "b:demo");
}

static void a_license_of_the_site_neither_comes_nor_goes(void **state)
{
    struct scene *s = *state;
    char hex[65];

    scene_digest("made by a site\n", 15, hex);
    seed(s, repo_seed(s, "modelscope", "mit", ",\"LICENSE\":{\"text\":\"made by a site\\n\"}"));
    scene_rule(s, "ms", "b",
               scene_printf(s, "    license: { templates: [%s] }\n    delete: { files: extra }\n", hex));
    run_puts(s, 2);
    scene_check(s, !cJSON_GetObjectItem(scene_files(s, "b:demo"), "LICENSE"));
    scene_write(s, "b/demo/LICENSE", "a real one\n");
    run_puts(s, 0);
    scene_expect_int(s, "totals.deleted", 0);
    edit(s, "modelscope", "{\"LICENSE\":null}");
    scene_write(s, "b/demo/LICENSE", "made by a site\n");
    run_puts(s, 0);
    scene_expect_int(s, "totals.deleted", 0);
    scene_write(s, "b/demo/LICENSE", "a real one\n");
    run_puts(s, 0);
    scene_expect_int(s, "totals.deleted", 1);
}

static void a_readme_is_never_extra(void **state)
{
    struct scene *s = *state;

    scene_write(s, "a/demo/model.safetensors", "weights");
    scene_write(s, "b/demo/model.safetensors", "weights");
    scene_write(s, "b/demo/README.md", BODY);
    scene_rule(s, "a", "b", "    delete: { files: extra }\n");
    run_puts(s, 0);
    expect_readme(s, "b:demo", BODY);
    scene_write(s, "a/demo/README.md", "---\nlicense: mit\n---\n\n");
    run_puts(s, 0);
    expect_readme(s, "b:demo", BODY);
}

/* ---- what it costs ---- */
static void nothing_is_read_again_for_it(void **state)
{
    struct scene *s = *state;

    seed(s, repo_seed(s, "modelscope", "apache-2.0", readme_member(s, scene_printf(s, "%s%s", CARD, BODY))));
    scene_rule(s, "ms", "ml", "");
    run_puts(s, 3);
    edit(s, "modelscope", "{\"config.json\":{\"text\":\"{\\\"a\\\":1}\"}}");
    scene_reset(s);
    run_puts(s, 1);
    scene_check(s, reads(s) == 1); /* config.json itself */
    edit(s, "modelscope", scene_printf(s, "{\"README.md\":{\"text\":%s}}", quoted(s, scene_printf(s, "%s%s2\n", CARD, BODY))));
    scene_reset(s);
    run_puts(s, 1);
    scene_check(s, reads(s) == 2); /* both READMEs */
    scene_expect_int(s, "repos[0].commits", 1);
    scene_expect_clean(s, false);
}

static void a_folder_reads_nothing_of_the_site_again(void **state)
{
    struct scene *s = *state;

    seed(s, "");
    scene_write(s, "a/demo/README.md", BODY);
    scene_write(s, "a/demo/model.safetensors", "weights");
    scene_rule(s, "a", "ml", "");
    run_puts(s, 2);
    expect_readme(s, "modelers:alice/demo", scene_printf(s, "---\nlicense: other\n---\n%s", BODY));
    scene_reset(s);
    run_puts(s, 0);
    scene_check(s, reads(s) == 0);
}

static void a_long_readme_goes_in_parts(void **state)
{
    struct scene *s = *state;
    size_t n = 3 * 1024 * 1024;
    char *body = malloc(n + 1);

    assert_non_null(body);
    for (size_t i = 0; i < n; i++)
        body[i] = i % 64 == 63 ? '\n' : (char)('a' + i % 26);
    body[n] = '\0';
    scene_write(s, "a/demo/README.md", scene_printf(s, "%s%s", CARD, body));
    scene_write(s, "a/demo/model.safetensors", "weights");
    scene_rule(s, "a", "b", "    readme: { front_matter: strip }\n");
    run_puts(s, 2);
    expect_readme(s, "b:demo", body);
    run_puts(s, 0);
    free(body);
}

/* ---- verify ---- */
static void verify_compares_what_they_say(void **state)
{
    struct scene *s = *state;
    const char *both = "ml:alice/demo ms:alice/demo";

    seed(s, repo_seed(s, "modelscope", "apache-2.0", readme_member(s, scene_printf(s, "%s%s", CARD, BODY))));
    scene_rule(s, "ms", "ml", "");
    run_puts(s, 3);
    scene_run(s, scene_printf(s, "verify %s", both));
    scene_expect_exit(s, 0);
    scene_expect_int(s, "same", 3);
    scene_run(s, scene_printf(s, "verify --deep %s", both));
    scene_expect_exit(s, 0);
    scene_run(s, scene_printf(s, "verify --raw %s", both));
    scene_expect_exit(s, 4);
    scene_run(s, "verify ml:alice/demo");
    scene_expect_exit(s, 0);
    scene_run(s, "verify ms:alice/demo");
    scene_expect_exit(s, 0);
    edit(s, "modelers", "{\"README.md\":{\"text\":\"---\\nlicense: mit\\n---\\n# Demo\\n\"}}");
    scene_run(s, scene_printf(s, "verify %s", both));
    scene_expect_exit(s, 4);
    scene_expect_text(s, "different[0].path", "README.md");
}

static void a_readme_of_the_site_differs_from_nothing(void **state)
{
    struct scene *s = *state;

    seed(s, repo_seed(s, "modelscope", "mit", ""));
    scene_rule(s, "ms", "ml", "");
    run_puts(s, 2);
    scene_run(s, "verify ms:alice/demo ml:alice/demo");
    scene_expect_exit(s, 0);
    scene_run(s, "verify ms:alice/demo");
    scene_expect_exit(s, 0);
    scene_run(s, "verify ml:alice/demo");
    scene_expect_exit(s, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(to_the_other_site_and_back_is_silent),
        SCENE_TEST(a_missing_license_is_added_and_no_news_on_the_way_back),
        SCENE_TEST(an_unknown_license_becomes_other_with_a_notice),
        SCENE_TEST(a_refused_license_becomes_other),
        SCENE_TEST(each_mode_makes_its_card),
        SCENE_TEST(a_license_is_spelled_as_the_target_spells_it),
        SCENE_TEST(a_copy_takes_the_defaults),
        SCENE_TEST(a_readme_of_the_site_is_no_readme),
        SCENE_TEST(templates_are_copied_if_they_are_asked_for),
        SCENE_TEST(a_license_of_the_site_neither_comes_nor_goes),
        SCENE_TEST(a_readme_is_never_extra),
        SCENE_TEST(nothing_is_read_again_for_it),
        SCENE_TEST(a_folder_reads_nothing_of_the_site_again),
        SCENE_TEST(a_long_readme_goes_in_parts),
        SCENE_TEST(verify_compares_what_they_say),
        SCENE_TEST(a_readme_of_the_site_differs_from_nothing),
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
