/* site_made.c - did the site write this README by itself?
 *
 * The first commit of a repo holds one: a heading, instructions for download, a closing paragraph,
 * in Chinese or English. Every line must be the site's: a page that keeps them around text of its
 * own, or quotes them, is somebody's. The licence texts that the site is said to make are not
 * known, so none is called site-made. */
#include "modelscope.h"
#include <string.h>

struct line {
    const char *at;
    size_t n;
};
struct text { /* what is left to read */
    const char *at, *end;
};

/* '*' is anything, also nothing. Letters without case, as far as they are ASCII. */
static const char *const openings[] = {
    "当前模型的贡献者未提供更加详细的模型介绍",
    "当前模型的贡献者未提供更加详细的模型介绍。",
    "当前模型的贡献者未提供更加详细的模型介绍。模型文件和权重，可浏览*模型文件*页面获取。",
    "you are viewing the default readme template",
    "you are viewing the default readme template.",
    "you are viewing the default readme template as no detailed model-card was provided by the "
    "model*s contributors. you can access the model files in the *files and versions* tab.",
    "you are viewing the default readme template, the detailed [model-card](*) was provided by the "
    "model*s contributors. you can access the model files in the *files and versions* tab.",
};
/* The site has changed these sentences before: as a heading, above its closing, the rest is free.
 */
static const char *const headings[] = {
    "### 当前模型的贡献者未提供更加详细的模型介绍*",
    "### you are viewing the default readme template*",
};
static const char *const closings[] = {
    "及时完善模型卡片内容。</p>",
    "<p*及时完善模型卡片内容。</p>",
    "the model contribution documentation</a>.</p>",
    "<p*the model contribution documentation</a>.</p>",
};
static const char *const middles[] = {
    "您可以通过如下git clone命令，或者modelscope sdk来下载模型",
    "sdk下载",
    "git下载",
    "安装modelscope",
    "sdk模型下载",
    "git模型下载",
    "model files may be downloaded with modelscope sdk or through git clone directly.",
    "download with modelscope*s python sdk",
    "download with git clone",
    "install modelscope",
    "```*",
    "pip install modelscope",
    "from modelscope import snapshot_download",
    "model_dir = snapshot_download('*')",
    "git clone http*.git",
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Patterns are ours and short, lines are bounded by the README: no recursion, one way back. */
static bool is_like(struct line line, const char *pattern)
{
    const char *text = line.at, *end = line.at + line.n, *star = NULL, *retry = NULL;

    while (text < end) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern && *pattern == lower(*text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool is_any(struct line line, const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_like(line, patterns[i]))
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next line without blanks at its ends. False at the end of the text. */
static bool next_line(struct text *text, struct line *line)
{
    const char *newline;

    if (text->at >= text->end)
        return false;
    newline = memchr(text->at, '\n', (size_t)(text->end - text->at));
    *line = (struct line){text->at, (size_t)((newline ? newline : text->end) - text->at)};
    text->at = newline ? newline + 1 : text->end;
    while (line->n > 0 && is_blank(line->at[line->n - 1]))
        line->n--;
    while (line->n > 0 && is_blank(*line->at)) {
        line->at++;
        line->n--;
    }
    return true;
}

static bool is_fence(struct line line)
{
    return line.n == 3 && memcmp(line.at, "---", 3) == 0;
}

/* What follows the front matter, if there is one that ends. */
static struct text body_of(const void *content, size_t n)
{
    struct text whole = {content, (const char *)content + n}, rest;
    struct line line = {whole.at, 0};

    if (n >= 3 && memcmp(whole.at, "\xef\xbb\xbf", 3) == 0)
        whole.at += 3;
    rest = whole;
    while (next_line(&rest, &line) && line.n == 0)
        ;
    if (!is_fence(line))
        return whole;
    while (next_line(&rest, &line))
        if (is_fence(line))
            return rest;
    return whole;
}

/* The text of a heading, the text of a comment: without the marks before it. */
static struct line unmarked(struct line line)
{
    while (line.n > 0 && (*line.at == '#' || is_blank(*line.at))) {
        line.at++;
        line.n--;
    }
    return line;
}

struct verdict {
    bool is_marked;  /* a sentence that only the site writes was there */
    bool is_free;    /* one with words that we do not know */
    bool is_closed;  /* the newest line is the site's last one */
    bool is_written; /* there is a line at all */
};

/* False: this line is somebody else's. */
static bool is_sites(struct line line, struct verdict *verdict)
{
    struct line text = unmarked(line);

    if (line.n == 0)
        return true;
    verdict->is_written = true;
    verdict->is_closed = is_any(text, closings, COUNT(closings));
    if (verdict->is_closed || is_any(text, openings, COUNT(openings))) {
        verdict->is_marked = true;
        return true;
    }
    if (is_any(line, headings, COUNT(headings))) {
        verdict->is_free = true;
        return true;
    }
    return text.n == 0 || is_any(text, middles, COUNT(middles));
}

int ms_site_made(struct hub_op *op, const char *path, const void *content, uint64_t n_bytes)
{
    struct text rest = body_of(content, n_bytes);
    struct verdict verdict = {0};
    struct line line;

    (void)op;
    if (strcmp(path, "README.md") != 0)
        return HUB_NO;
    while (next_line(&rest, &line))
        if (!is_sites(line, &verdict))
            return HUB_NO;
    if (verdict.is_free && !verdict.is_closed)
        return HUB_NO;
    return verdict.is_marked || !verdict.is_written ? HUB_YES : HUB_NO;
}
