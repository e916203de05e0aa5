/* Sections 7, 8 and 9: create, settings, what is refused, tags. */
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>

static const char lfs_suffixes[] =
    ".7z .arrow .bin .bz2 .ckpt .ftz .gz .h5 .joblib .mlmodel .model .msgpack .npy .npz .onnx .ot "
    ".parquet .pb .pickle .pkl .pt .pth .rar .safetensors .tar .tflite .tgz .wasm .xz .zip .zst ";

/* The rule of 6.1 for seed files; uploads say it themselves. */
bool ms_is_lfs(const char *path, uint64_t size)
{
    enum { INLINE_MAX = 64 << 10 };
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    char *suffix = th_format("%s ", dot ? dot : "-");
    bool is_listed = strcasestr(lfs_suffixes, suffix);

    free(suffix);
    return is_listed || size > INLINE_MAX;
}

static const char readme_zh[] =
    "---\nlicense: %s\n---\n### 当前模型的贡献者未提供更加详细的模型介绍。模型文件和权重，可浏览"
    "“模型文件”页面获取。\n#### 您可以通过如下git clone命令，或者ModelScope SDK来下载模型\n\n"
    "<p style=\"color: lightgrey;\">如果您是本模型的贡献者，我们邀请您根据模型贡献文档，"
    "及时完善模型卡片内容。</p>";
static const char readme_en[] =
    "---\nlicense: %s\n---\n### You are viewing the default Readme template as no detailed "
    "introduction is provided by the contributors.\n<p>If you are a contributor, refer to "
    "<a href=\"#\">the model contribution documentation</a>.</p>";

static char *gitattributes(void)
{
    char *list = th_copy(lfs_suffixes), *rest = list, *text = th_copy("");

    for (char *suffix; (suffix = strsep(&rest, " ")) && *suffix;) {
        char *longer = th_format("%s*%s filter=lfs diff=lfs merge=lfs -text\n", text, suffix);

        free(text);
        text = longer;
    }
    free(list);
    return text;
}

void ms_first_commit(struct th_repo *repo, const char *language)
{
    const char *license = *repo->license ? repo->license : "Apache License 2.0";
    char *attributes = gitattributes();
    char *readme =
        !strcmp(language, "en") ? th_format(readme_en, license) : th_format(readme_zh, license);
    struct th_change changes[] = {
        {.path = ".gitattributes", .blob = th_blob_literal(attributes, strlen(attributes))},
        {.path = "README.md", .blob = th_blob_literal(readme, strlen(readme))},
    };

    (void)th_repo_commit(repo, repo->default_branch, "Initial commit", repo->owner, changes, 2);
    free(attributes);
    free(readme);
}

static bool is_name_good(const char *name)
{
    return *name && !strchr(name, '/');
}

static bool is_protected_mode_good(const cJSON *json)
{
    const cJSON *mode = cJSON_GetObjectItemCaseSensitive(json, "ProtectedMode");

    return !mode || cJSON_IsNull(mode) ||
           (cJSON_IsNumber(mode) && (mode->valueint == 1 || mode->valueint == 2));
}

static void set_visibility(struct th_repo *repo, const cJSON *json)
{
    int64_t number = th_json_int(json, "Visibility", ms_visibility_number(repo));

    repo->visibility = number == 5 ? TH_PUBLIC : number == 3 ? TH_INTERNAL : TH_PRIVATE;
    repo->is_gated = th_json_int(json, "ProtectedMode", repo->is_gated ? 1 : 2) == 1;
}

static void set_lower(char **field, const char *text)
{
    th_repo_set_text(field, text);
    for (char *c = *field; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
}

/* NULL when the wish is good, else what is wrong with it, with its status. */
static const char *fault_of_wish(const struct th_req *req, const cJSON *json, unsigned *status)
{
    const char *license = th_json_text(json, "License", "");
    int64_t visibility = th_json_int(json, "Visibility", 5);

    *status = 400;
    if (!is_name_good(th_json_text(json, "Path", "")) ||
        !is_name_good(th_json_text(json, "Name", "")))
        return "参数错误：Path and Name are needed";
    if (visibility != 1 && visibility != 3 && visibility != 5)
        return "参数错误：Visibility";
    if (strchr(license, ' ') && th_knob_bool(req, "refuse_display_license", true))
        return "参数错误：License";
    if (!is_protected_mode_good(json)) {
        *status = 500;
        return "internal error";
    }
    return NULL;
}

static void create_repo(struct th_req *req, const cJSON *json)
{
    struct th_repo *repo = th_repo_create(req->site, th_json_text(json, "Path", ""),
                                          th_json_text(json, "Name", ""), "master");
    cJSON *data;

    set_visibility(repo, json);
    if (!cJSON_HasObjectItem(json, "Visibility"))
        repo->visibility = TH_PUBLIC;
    set_lower(&repo->license, th_json_text(json, "License", "apache-2.0"));
    th_repo_set_text(&repo->display_name, th_json_text(json, "ChineseName", ""));
    th_repo_set_text(&repo->description, th_json_text(json, "Description", ""));
    cJSON_AddBoolToObject(repo->extra, "created_by_call", true);
    ms_first_commit(repo, th_knob_text(req, "readme_language", "zh"));
    th_count_event(req, "created");
    data = cJSON_CreateObject();
    cJSON_AddNumberToObject(data, "Id", (double)repo->number);
    ms_ok(req, data);
}

void ms_create(struct th_req *req)
{
    const struct th_token *token = ms_token(req);
    const cJSON *json = th_req_json(req);
    const char *fault, *owner = th_json_text(json, "Path", "");
    unsigned status;

    if (ms_is_blocked(req))
        return;
    fault = fault_of_wish(req, json, &status);
    if (!token)
        ms_error(req, 401, MS_REFUSED, "用户未登录");
    else if (fault)
        ms_error(req, status, MS_BAD_PARAMETER, fault);
    else if (th_repo_find(req->site, owner, th_json_text(json, "Name", "")))
        ms_error(req, 400, MS_NAME_TAKEN, "该名称已被注册使用，请重新命名");
    else if (!th_may_write(owner, token))
        ms_error(req, 403, 403, "no permission to create under this owner");
    else
        create_repo(req, json);
}

void ms_settings(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    struct th_repo *repo;

    if (ms_is_blocked(req))
        return;
    repo = ms_writable(req);
    if (!repo)
        return;
    if (!is_protected_mode_good(json)) {
        ms_error(req, 500, 500, "internal error");
        return;
    }
    set_visibility(repo, json);
    if (th_json_text(json, "License", NULL))
        set_lower(&repo->license, th_json_text(json, "License", ""));
    if (th_json_text(json, "ChineseName", NULL))
        th_repo_set_text(&repo->display_name, th_json_text(json, "ChineseName", ""));
    if (th_json_text(json, "Description", NULL))
        th_repo_set_text(&repo->description, th_json_text(json, "Description", ""));
    ms_ok_empty(req);
}

/* N18: file and repository deletions by their own calls. */
void ms_delete_refused(struct th_req *req)
{
    if (ms_is_blocked(req))
        return;
    th_count_event(req, "delete_refused");
    ms_error(req, (unsigned)th_knob_int(req, "delete_status", 401), 401,
             "the current token no longer supports deletion operations, please delete it on the "
             "site");
}

void ms_tag(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const char *name = th_json_text(json, "TagName", "");
    const struct th_commit *commit;
    struct th_repo *repo;

    if (ms_is_blocked(req))
        return;
    repo = ms_writable(req);
    if (!repo)
        return;
    commit = th_repo_resolve(repo, th_json_text(json, "Ref", NULL));
    if (!*name || !commit || th_repo_ref(repo, name, false) || th_repo_ref(repo, name, true)) {
        ms_error(req, 400, MS_BAD_PARAMETER,
                 *name ? "参数错误：tag or ref" : "参数错误：版本名称不能为空");
        return;
    }
    th_repo_set_ref(repo, name, true, commit);
    ms_ok_empty(req);
}
