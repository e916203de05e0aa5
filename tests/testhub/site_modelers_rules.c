#include "site_modelers_rules.h"
#include "util.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const licenses[] = {
    "apache-2.0",      "mit",          "cc-by-sa-3.0", "afl-3.0",      "cc-by-sa-4.0",
    "lgpl-3.0",        "lgpl-lr",      "cc-by-nc-3.0", "bsd-2-clause", "ecl-2.0",
    "cc-by-nc-sa-4.0", "cc-by-nc-4.0", "gpl-3.0",      "cc0-1.0",      "cc",
    "bsd-3-clause",    "agpl-3.0",     "wtfpl",        "artistic-2.0", "postgresql",
    "gpl-2.0",         "isc",          "eupl-1.1",     "pddl",         "bsd-3-clause-clear",
    "mpl-2.0",         "odbl-1.0",     "cc-by-4.0",    "other",
};

static const char *const lfs_patterns[] = {
    "*.7z",          "*.arrow",
    "*.bin",         "*.bz2",
    "*.ckpt",        "*.ftz",
    "*.gz",          "*.h5",
    "*.joblib",      "*.lfs.*",
    "*.mlmodel",     "*.model",
    "*.msgpack",     "*.npy",
    "*.npz",         "*.onnx",
    "*.ot",          "*.parquet",
    "*.pb",          "*.pickle",
    "*.pkl",         "*.pt",
    "*.pth",         "*.rar",
    "*.safetensors", "saved_model/**/*",
    "*.tar.*",       "*.tar",
    "*.tflite",      "*.tgz",
    "*.wasm",        "*.xz",
    "*.zip",         "*.zst",
    "*tfevents*",
};

/* Some 40 exist; these are the ones the document names. */
static const char *const reserved[] = {"models", "datasets", "spaces", "docs",
                                       "search", "HEAD",     "info"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

bool mo_is_owner_name(const char *name)
{
    size_t units = 0;

    if (!isalpha((unsigned char)*name))
        return false;
    for (const char *at = name + 1; *at; at++, units++) {
        if (strchr("-_.", *at))
            at++;
        if (!isalnum((unsigned char)*at))
            return false;
    }
    return units >= 2 && units <= 39;
}

bool mo_is_reserved_name(const char *name)
{
    for (size_t i = 0; i < COUNT(reserved); i++)
        if (!strcmp(name, reserved[i]))
            return true;
    return false;
}

static bool is_made_of(const char *text, const char *punctuation)
{
    size_t length = strlen(text);

    if (length == 0 || length > 100)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr(punctuation, *text))
            return false;
    return true;
}

bool mo_is_model_name(const char *name)
{
    size_t length = strlen(name);

    return is_made_of(name, "._-") && !(length >= 4 && !strcmp(name + length - 4, ".git"));
}

bool mo_is_branch_name(const char *name)
{
    return is_made_of(name, "_-");
}

static bool is_segment(const char *text, size_t length)
{
    static const char *const banned[] = {"", ".", "..", ".git"};

    for (size_t i = 0; i < COUNT(banned); i++)
        if (length == strlen(banned[i]) && !memcmp(text, banned[i], length))
            return false;
    return true;
}

bool mo_is_repo_path(const char *path)
{
    if (mo_characters(path) > MO_PATH_CHARACTERS_MAX)
        return false;
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, "/");

        if (!is_segment(at, length))
            return false;
        at += length;
        if (!*at)
            return true;
    }
}

bool mo_is_license(const char *name)
{
    for (size_t i = 0; i < COUNT(licenses); i++)
        if (!strcmp(name, licenses[i]))
            return true;
    return false;
}

/* The value behind "license:", or behind the "- " of a list's first line. */
static char *license_value(const char *line, size_t length)
{
    char *raw = th_copy_n(line, length);
    char *name = mo_trimmed_lower(raw + strspn(raw, " -['\""));

    name[strcspn(name, "'\"],# ")] = '\0';
    free(raw);
    if (*name)
        return name;
    free(name);
    return NULL;
}

char *mo_front_matter_license(const char *text)
{
    static const char key[] = "license:";
    bool is_next = false;

    if (strncmp(text, "---\n", 4))
        return NULL;
    for (const char *line = text + 4; *line;) {
        size_t length = strcspn(line, "\n");

        if (length == 3 && !strncmp(line, "---", 3))
            return NULL;
        if (is_next)
            return license_value(line, length);
        if (length >= sizeof key - 1 && !strncmp(line, key, sizeof key - 1)) {
            char *name = license_value(line + sizeof key - 1, length - (sizeof key - 1));

            if (name)
                return name;
            is_next = true;
        }
        line += length + (line[length] == '\n');
    }
    return NULL;
}

bool mo_is_lfs_pattern(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;

    for (size_t i = 0; i < COUNT(lfs_patterns); i++)
        if (th_glob(lfs_patterns[i], base))
            return true;
    return !strncmp(path, "saved_model/",
                    12); /* saved_model/ and anything below: "**" may be nothing */
}

char *mo_gitattributes(void)
{
    char *text = th_copy("");

    for (size_t i = 0; i < COUNT(lfs_patterns); i++) {
        char *longer =
            th_format("%s%s filter=lfs diff=lfs merge=lfs -text\n", text, lfs_patterns[i]);

        free(text);
        text = longer;
    }
    return text;
}

bool mo_pointer_parse(const void *data, size_t length, char oid[65], uint64_t *size)
{
    static const char head[] = "version https://git-lfs.github.com/spec/v1\noid sha256:";
    static const char middle[] = "\nsize ";
    const char *text = data;
    char digits[20] = "";
    size_t at = sizeof head - 1, left;

    if (length >= MO_POINTER_MAX || length < at + 64 + sizeof middle)
        return false;
    if (memcmp(text, head, at) || memcmp(text + at + 64, middle, sizeof middle - 1))
        return false;
    left = length - at - 64 - (sizeof middle - 1);
    text += at + 64 + sizeof middle - 1;
    if (text[left - 1] == '\n')
        left--;
    if (left == 0 || left >= sizeof digits || (left > 1 && *text == '0'))
        return false;
    memcpy(digits, text, left);
    if (strspn(digits, "0123456789") != left)
        return false;
    memcpy(oid, (const char *)data + at, 64);
    oid[64] = '\0';
    *size = strtoull(digits, NULL, 10);
    return th_is_hex(oid, 64);
}

char *mo_trimmed_lower(const char *text)
{
    char *out;
    size_t length;

    text = text ? text : "";
    text += strspn(text, " \t\r\n");
    out = th_copy(text);
    length = strlen(out);
    while (length > 0 && isspace((unsigned char)out[length - 1]))
        out[--length] = '\0';
    for (char *at = out; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return out;
}

static const char *escape_of(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&#34;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

char *mo_html_escape(const char *text)
{
    size_t length = strlen(text), used = 0;
    char *out = th_alloc(length * 5 + 1);

    for (; *text; text++) {
        const char *escape = escape_of(*text);
        size_t width = escape ? strlen(escape) : 1;

        memcpy(out + used, escape ? escape : text, width);
        used += width;
    }
    return out;
}

size_t mo_characters(const char *utf8)
{
    size_t count = 0;

    for (; *utf8; utf8++)
        count += ((unsigned char)*utf8 & 0xc0) != 0x80;
    return count;
}
