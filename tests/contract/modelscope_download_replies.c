/* modelscope_download_replies.c - the provider against recorded answers of the site:
 * a download, and the site's own README. docs/providers/modelscope.md names the quirks. */
#include "modelscope_script.h"

/* ---- download ---- */

static const struct hub_part *plan_download(struct fake *f, uint32_t flags, uint64_t bytes)
{
    struct hub_file file = {.size = sizeof(file),
                            .flags = flags,
                            .file_bytes = bytes,
                            .path = "sub/x y+.bin",
                            .sha256 = SHA_A,
                            .git_sha1 = "",
                            .etag = ""};
    struct hub_repo repo = at(COMMIT);

    assert_int_equal(hub_plugin->download(&f->op, &repo, &file), 0);
    return &f->parts[f->n_parts - 1]->part;
}

static void plans_a_download_with_the_secrets(void **state)
{
    struct fake *f = start();
    const struct hub_part *part = plan_download(f, HUB_LFS, 70);

    (void)state;
    assert_string_equal(part->request->url,
                        LEGACY "/repo?Revision=" COMMIT "&FilePath=sub%2Fx%20y%2B.bin");
    assert_string_equal(part->request->method, "GET");
    assert_non_null(fake_header(part->request->secrets, "Cookie"));
    assert_int_equal(part->part_bytes, 70);
    assert_int_equal(part->flags, 0);
    assert_int_equal(plan_download(f, 0, 70)->flags, HUB_NO_RANGE);
    assert_int_equal(plan_download(f, 0, HUB_UNKNOWN)->flags, HUB_NO_RANGE);
    assert_int_equal(plan_download(f, 0, 60 << 20)->flags, 0);
    fake_done(f);
}

static void classifies_answers_to_a_download(void **state)
{
    static const char cdn[] =
        "https://cdn-lfs-cn-1.modelscope.cn/prod/lfs-objects/ab/cd/ef?auth_key=1";
    static const struct {
        const char *url;
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {NULL, 200, "", 0},
        {NULL, 206, "", 0},
        {NULL, 200, NO_RECORD, HUB_ENOTFOUND},
        {NULL, 200, BAD("10990101004", "x"), HUB_ENOTFOUND},
        {NULL, 200, BAD("7", "x"), HUB_EREFUSED},
        {NULL, 404, "", HUB_ENOTFOUND},
        {NULL, 403, "", HUB_EFIREWALL},
        {NULL, 403, NO_ACCESS, HUB_EDENIED},
        {NULL, 404, NO_ACCESS, HUB_EDENIED},
        {NULL, 401, BAD("1", "x"), HUB_EDENIED},
        {NULL, 503, "", HUB_EAGAIN},
        {cdn, 200, "", 0},
        {cdn, 403, "<html>expired</html>", HUB_EEXPIRED},
        {cdn, 403, "", HUB_EEXPIRED},
        {cdn, 401, "", HUB_EEXPIRED},
        {cdn, 404, "", HUB_ENOTFOUND},
        {cdn, 500, "", HUB_EAGAIN},
    };
    struct fake *f = start();
    const struct hub_request *planned = plan_download(f, HUB_LFS, 70)->request;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hub_request request = *planned;
        int r;

        if (rows[i].url) {
            request.url = rows[i].url;
            request.secrets = NULL;
        }
        r = fake_classify(f, &request, rows[i].status, rows[i].body);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d", i, r, rows[i].result);
    }
    fake_done(f);
}

/* ---- site_made ---- */

#define ZH_HEAD                                                                                    \
    "### 当前模型的贡献者未提供更加详细的模型介绍。模型文件和权重，可浏览“模型文件”页面获取。\n"
#define ZH_REST                                                                                               \
    "#### 您可以通过如下git clone命令，或者ModelScope SDK来下载模型\n\nSDK下载\n```bash\n" \
    "#安装ModelScope\npip install modelscope\n```\n```python\n#SDK模型下载\n"                           \
    "from modelscope import snapshot_download\nmodel_dir = snapshot_download('alice/demo')\n```\n"            \
    "Git下载\n```\n#Git模型下载\ngit clone https://www.modelscope.cn/alice/demo.git\n```\n\n"
#define ZH_TAIL                                                                                    \
    "<p style=\"color: lightgrey;\">如果您是本模型的贡献者，我们邀请您根据"     \
    "<a href=\"https://modelscope.cn/docs\" "                                                      \
    "style=\"x\">模型贡献文档</a>，及时完善模型卡片内容。</p>"
#define EN_HEAD                                                                                    \
    "### You are viewing the default Readme template as no detailed model-card was provided by "   \
    "the model’s contributors. You can access the model files in the \"Files and versions\" "    \
    "tab.\n"
#define EN_TAIL                                                                                    \
    "<p style=\"color: lightgrey;\">If you are a contributor to this model, we invite you to "     \
    "promptly update the model card content according to <a href=\"https://x\">the model "         \
    "contribution documentation</a>.</p>"
#define CARD "---\nlicense: Apache License 2.0\n#tags:\n##x\n---\n"

static void knows_the_sites_own_readme(void **state)
{
    static const struct {
        const char *path, *text;
        int verdict;
    } rows[] = {
        {"README.md", CARD ZH_HEAD ZH_REST ZH_TAIL, HUB_YES},
        {"README.md", ZH_HEAD ZH_REST ZH_TAIL "\n\n", HUB_YES},
        {"README.md", "\xef\xbb\xbf\r\n---\r\nlicense: mit\r\n---\r\n" EN_HEAD "\r\n" EN_TAIL,
         HUB_YES},
        {"README.md", "### YOU ARE VIEWING THE DEFAULT README TEMPLATE\n", HUB_YES},
        {"README.md", "当前模型的贡献者未提供更加详细的模型介绍", HUB_YES},
        {"README.md", ZH_HEAD "\n" EN_HEAD, HUB_YES},
        {"README.md", "### 当前模型的贡献者未提供更加详细的模型介绍，新的句子\n\n" ZH_TAIL,
         HUB_YES},
        {"README.md", ZH_TAIL, HUB_YES},
        {"README.md", "", HUB_YES},
        {"README.md", CARD, HUB_YES},
        {"README.md", CARD "\n \n", HUB_YES},
        {"README.md", ZH_HEAD "Our own words.\n" ZH_TAIL, HUB_NO},
        {"README.md", ZH_HEAD ZH_REST ZH_TAIL "\n\n## News\n", HUB_NO},
        {"README.md", "### 当前模型的贡献者未提供更加详细的模型介绍，但是我们有\n", HUB_NO},
        {"README.md", "当前模型的贡献者未提供更加详细的模型介绍 is what it said before.\n", HUB_NO},
        {"README.md", "> " ZH_HEAD, HUB_NO},
        {"README.md", "# Demo\n\nThe site writes: 当前模型的贡献者未提供更加详细的模型介绍。\n",
         HUB_NO},
        {"README.md", "```bash\npip install modelscope\n```\n", HUB_NO},
        {"README.md", "# Demo\n", HUB_NO},
        {"README.md", "---\nnot closed\n", HUB_NO},
        {"sub/README.md", ZH_HEAD, HUB_NO},
        {"LICENSE", "", HUB_NO},
    };
    struct fake *f = start();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int r = hub_plugin->site_made(&f->op, rows[i].path, rows[i].text, strlen(rows[i].text));

        if (r != rows[i].verdict)
            fail_msg("row %zu: %d\n%s", i, r, rows[i].text);
    }
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_a_download_with_the_secrets),
        cmocka_unit_test(classifies_answers_to_a_download),
        cmocka_unit_test(knows_the_sites_own_readme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
