#include "cli/cli.h"

#include "base/banned.h"

static int one_of(const char *value, const char *words, const char *option, int *out,
                  struct hs_err *err)
{
    int at = 0;

    for (const char *word = words; *word; at++) {
        size_t n = strcspn(word, "|");
        if (strlen(value) == n && memcmp(value, word, n) == 0) {
            *out = at;
            return 0;
        }
        word += n + (word[n] == '|');
    }
    return hs_fail(err, HS_ECONFIG, "--%s takes %s, not '%s'", option, words, value);
}

static int set_allow(struct hs_options *o, const char *value, struct hs_err *err)
{
    const char *equals = strrchr(value, '='), *slash = strchr(value, '/');
    HS_FREE char *repo = equals ? strndup(value, (size_t)(equals - value)) : NULL;
    uint64_t n;

    if (!repo || !slash || slash == value || slash + 1 >= equals ||
        hs_parse_uint(equals + 1, &n) < 0)
        return hs_fail(err, HS_ECONFIG, "--allow-delete takes OWNER/NAME=NUMBER, not '%s'", value);
    *hs_vec_add(&o->allow) = (struct hs_allow){repo, n};
    repo = NULL;
    return 0;
}

static int set_switch(struct hs_options *o, const char *name)
{
    const struct {
        const char *name;
        bool *at;
    } rows[] = {{"dry-run", &o->is_dry},      {"yes", &o->yes},
                {"quiet", &o->is_quiet},      {"verbose", &o->is_verbose},
                {"deep", &o->deep},           {"raw", &o->raw},
                {"effective", &o->effective}, {"detailed-exitcode", &o->detailed},
                {"watch", &o->watch}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            *rows[i].at = true;
    return 0;
}

static int set_value(struct hs_options *o, const struct hs_option_row *row, const char *value,
                     struct hs_err *err)
{
    const struct {
        const char *name;
        const char **at;
    } rows[] = {
        {"config", &o->config},     {"state-dir", &o->state_dir}, {"env-file", &o->env_file},
        {"log-file", &o->log_file}, {"log-level", &o->log_level}, {"log-format", &o->log_format},
        {"save", &o->save}};
    int word = 0, r;

    if (strcmp(row->name, "repo") == 0) {
        *hs_vec_add(&o->repos) = value;
        return 0;
    }
    if (strcmp(row->name, "allow-delete") == 0)
        return set_allow(o, value, err);
    if (strchr(row->value, '|')) {
        r = one_of(value, row->value, row->name, &word, err);
        if (r < 0)
            return r;
    }
    if (strcmp(row->name, "output") == 0)
        o->output = (enum hs_output)word;
    if (strcmp(row->name, "progress") == 0)
        o->progress = (enum hs_show)word;
    if (strcmp(row->name, "color") == 0)
        o->color = (enum hs_color)word;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, row->name) == 0)
            *rows[i].at = value;
    return 0;
}

static int unknown_option(const char *text, struct hs_err *err)
{
    HS_FREE char *bare = strndup(text, strcspn(text, "="));
    const char *words[64];
    const char *near;
    size_t n = 0;

    for (const struct hs_option_row *row = hs_option_rows; row->name && n < 64; row++)
        words[n++] = row->name;
    near = bare ? hs_nearest(bare + strspn(bare, "-"), words, n) : NULL;
    return hs_fail(err, HS_ECONFIG, "there is no option '%s'%s%s%s", bare ? bare : "",
                   near ? "; did you mean '--" : "", near ? near : "", near ? "'?" : "");
}

static const struct hs_option_row *find_option(const char *text, size_t n, char letter)
{
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++)
        if (letter ? row->letter == letter
                   : strlen(row->name) == n && memcmp(row->name, text, n) == 0)
            return row;
    return NULL;
}

/* The options that were seen, checked against the verb when that is known. */
struct seen {
    HS_VEC(const struct hs_option_row *) rows;
    bool wants_help, only_args; /* behind "--" */
};

/* One option; attached: what stands behind it in the same word, NULL if nothing. */
static int take_row(struct hs_options *o, const struct hs_option_row *row, const char *attached,
                    int argc, char **argv, int *at, struct seen *seen, struct hs_err *err)
{
    const char *value = attached;

    if (!row->value && value)
        return hs_fail(err, HS_ECONFIG, "--%s takes no value", row->name);
    if (row->value && !value) {
        if (*at + 1 >= argc)
            return hs_fail(err, HS_ECONFIG, "--%s needs a value: %s", row->name, row->value);
        value = argv[++*at];
    }
    *hs_vec_add(&seen->rows) = row;
    return row->value ? set_value(o, row, value, err) : set_switch(o, row->name);
}

/* -c FILE, -cFILE, -nq */
static int take_letters(struct hs_options *o, int argc, char **argv, int *at, struct seen *seen,
                        struct hs_err *err)
{
    const char *text = argv[*at];
    int r = 0;

    for (const char *letter = text + 1; r == 0 && *letter; letter++) {
        const struct hs_option_row *row = find_option("", 0, *letter);

        if (!row)
            return unknown_option(text, err);
        if (row->value)
            return take_row(o, row, letter[1] ? letter + 1 : NULL, argc, argv, at, seen, err);
        r = take_row(o, row, NULL, argc, argv, at, seen, err);
    }
    return r;
}

static int take_option(struct hs_options *o, int argc, char **argv, int *at, struct seen *seen,
                       struct hs_err *err)
{
    const char *text = argv[*at];
    size_t n = strcspn(text, "=");
    const struct hs_option_row *row;

    if (text[1] != '-')
        return take_letters(o, argc, argv, at, seen, err);
    row = find_option(text + 2, n - 2, 0);
    if (!row)
        return unknown_option(text, err);
    return take_row(o, row, text[n] ? text + n + 1 : NULL, argc, argv, at, seen, err);
}

static int take_verb(struct hs_options *o, const char *text, struct hs_err *err)
{
    const char *words[64];
    const char *near;
    size_t n = 0;

    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++) {
        if (strcmp(verb->name, text) == 0) {
            o->verb = verb;
            return 0;
        }
        words[n++] = verb->name;
    }
    near = hs_nearest(text, words, n);
    (void)hs_fail(err, HS_ECONFIG, "there is no verb '%s'%s%s%s", text,
                  near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return hs_hint(err, "hubsync help lists them");
}

static int check_verb(struct hs_options *o, const struct seen *seen, struct hs_err *err)
{
    if (!o->verb) {
        (void)hs_fail(err, HS_ECONFIG, "a verb is missing");
        return hs_hint(err, "hubsync help lists them");
    }
    for (size_t i = 0; i < seen->rows.n; i++)
        if (seen->rows.items[i]->flags && !(seen->rows.items[i]->flags & o->verb->flags))
            return hs_fail(err, HS_ECONFIG, "'%s' has no option --%s", o->verb->name,
                           seen->rows.items[i]->name);
    if ((int)o->args.n < o->verb->min_args ||
        (o->verb->max_args >= 0 && (int)o->args.n > o->verb->max_args))
        return hs_fail(err, HS_ECONFIG, "usage: hubsync %s %s", o->verb->name, o->verb->args);
    return 0;
}

/* What comes after an error still says in which form it is to be told. */
static void find_output(struct hs_options *o, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *value = strncmp(argv[i], "--output=", 9) == 0              ? argv[i] + 9
                            : strcmp(argv[i], "--output") == 0 && i + 1 < argc ? argv[i + 1]
                                                                               : "";
        o->output = strcmp(value, "json") == 0    ? HS_OUT_JSON
                    : strcmp(value, "jsonl") == 0 ? HS_OUT_JSONL
                                                  : o->output;
    }
}

/* `run x --help` is `help run`. */
static int turn_to_help(struct hs_options *o, struct hs_err *err)
{
    const char *name = o->verb ? o->verb->name : NULL;

    hs_vec_clear(&o->args);
    if (name)
        *hs_vec_add(&o->args) = name;
    return take_verb(o, "help", err);
}

static int take_word(struct hs_options *o, int argc, char **argv, int *at, struct seen *seen,
                     struct hs_err *err)
{
    const char *text = argv[*at];

    if (!seen->only_args && strcmp(text, "--") == 0)
        seen->only_args = true;
    else if (!seen->only_args && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0))
        seen->wants_help = true;
    else if (!seen->only_args && !o->verb && strcmp(text, "--version") == 0)
        return take_verb(o, "version", err);
    else if (!seen->only_args && text[0] == '-' && text[1])
        return take_option(o, argc, argv, at, seen, err);
    else if (!o->verb)
        return take_verb(o, text, err);
    else
        *hs_vec_add(&o->args) = text;
    return 0;
}

int hs_options_parse(int argc, char **argv, struct hs_options *o, struct hs_err *err)
{
    struct seen seen = {.only_args = false};
    int r = 0;

    memset(o, 0, sizeof *o);
    for (int i = 1; r == 0 && i < argc; i++)
        r = take_word(o, argc, argv, &i, &seen, err);
    if (r < 0)
        find_output(o, argc, argv);
    else
        r = seen.wants_help ? turn_to_help(o, err) : check_verb(o, &seen, err);
    hs_vec_clear(&seen.rows);
    return r;
}

void hs_options_clear(struct hs_options *o)
{
    for (size_t i = 0; i < o->allow.n; i++)
        free((void *)o->allow.items[i].repo);
    hs_vec_clear(&o->allow);
    hs_vec_clear(&o->repos);
    hs_vec_clear(&o->args);
}
