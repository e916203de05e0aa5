#include "cli/cli.h"

#include <ctype.h>

#include "base/banned.h"

const struct hs_verb hs_verbs[] = {
    {"plan", "[RULE...]", "what would be done and why; changes nothing on any hub", hs_verb_plan,
     HS_FOR_PLAN, 0, -1},
    {"run", "[RULE...]", "plan and do it once", hs_verb_run, HS_FOR_RUN, 0, -1},
    {"apply", "FILE", "do a plan saved by `plan --save`, if nothing has moved since", hs_verb_apply, 0, 1, 1},
    {"copy", "HUB:OWNER/NAME[@REV] HUB:[OWNER/NAME]", "one repo, no rule needed; never deletes",
     hs_verb_copy, 0, 2, 2},
    {"verify", "HUB:OWNER/NAME [HUB:OWNER/NAME]", "compare by content, with the baseline or a second repo",
     hs_verb_verify, HS_FOR_VERIFY, 1, 2},
    {"ls", "HUB:[OWNER] | HUB:OWNER/NAME[@REV]", "repos of an owner, or files of a repo", hs_verb_ls, 0, 1, 1},
    {"history", "", "what runs did, newest first", hs_verb_history, 0, 0, 0},
    {"alerts", "[ack ID]", "what needs a person", hs_verb_alerts, 0, 0, 2},
    {"config", "check | show [--effective]", "check or print the configuration", hs_verb_config,
     HS_FOR_CONFIG, 1, 1},
    {"hub", "ls | test NAME", "configured hubs; reachability, identity, rights, limits", hs_verb_hub, 0, 1, 2},
    {"plugin", "ls | info NAME", "providers that can be loaded", hs_verb_plugin, 0, 1, 2},
    {"version", "", "the version of this program and of the provider ABI", hs_verb_version, 0, 0, 0},
    {"help", "[VERB]", "this page, or one verb's", hs_verb_help, 0, 0, 1},
    {"completion", "bash|zsh|fish", "a completion script for that shell", hs_verb_completion, 0, 1, 1},
    {"status", "", "", NULL, 0, 0, -1},
    {"queue", "", "", NULL, 0, 0, -1},
    {"pause", "", "", NULL, 0, 0, -1},
    {"resume", "", "", NULL, 0, 0, -1},
    {"trigger", "", "", NULL, 0, 0, -1},
    {"cancel", "", "", NULL, 0, 0, -1},
    {NULL, NULL, NULL, NULL, 0, 0, 0},
};

const struct hs_option_row hs_option_rows[] = {
    {"config", 'c', "FILE", "configuration file", HS_FOR_ALL},
    {"state-dir", 0, "DIR", "where the state is kept", HS_FOR_ALL},
    {"env-file", 0, "FILE", "variables for the configuration (default: .env beside it)", HS_FOR_ALL},
    {"output", 0, "human|json|jsonl", "form of what goes to stdout", HS_FOR_ALL},
    {"progress", 0, "auto|tty|plain|json|none", "how progress is shown", HS_FOR_ALL},
    {"log-level", 0, "error|warn|info|debug|trace", "how much is logged to stderr", HS_FOR_ALL},
    {"log-format", 0, "text|logfmt|json", "form of log lines", HS_FOR_ALL},
    {"log-file", 0, "FILE", "log to this file", HS_FOR_ALL},
    {"color", 0, "auto|always|never", "colours (NO_COLOR is obeyed)", HS_FOR_ALL},
    {"dry-run", 'n', NULL, "run, apply and copy only plan", HS_FOR_ALL},
    {"yes", 'y', NULL, "ask nothing", HS_FOR_ALL},
    {"quiet", 'q', NULL, "no progress, errors only", HS_FOR_ALL},
    {"verbose", 'v', NULL, "log what is done", HS_FOR_ALL},
    {"repo", 0, "GLOB", "only target repos that match; may be repeated", HS_FOR_PLAN | HS_FOR_RUN},
    {"save", 0, "FILE", "save the plan for `apply`", HS_FOR_PLAN},
    {"detailed-exitcode", 0, NULL, "exit 4 when there is something to do", HS_FOR_PLAN},
    {"allow-delete", 0, "REPO=N", "let this repo lose N files in this run; may be repeated", HS_FOR_RUN},
    {"deep", 0, NULL, "read the bytes again", HS_FOR_VERIFY},
    {"raw", 0, NULL, "compare all files, without the rule's filters", HS_FOR_VERIFY},
    {"effective", 0, NULL, "defaults, too", HS_FOR_CONFIG},
    {NULL, 0, NULL, NULL, 0},
};

static int one_of(const char *value, const char *words, const char *option, int *out, struct hs_err *err)
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
    const char *equals = strrchr(value, '=');
    struct hs_allow *allow;
    char *end;

    if (!equals || equals == value || !isdigit((unsigned char)equals[1]))
        return hs_fail(err, HS_ECONFIG, "--allow-delete takes OWNER/NAME=NUMBER, not '%s'", value);
    allow = hs_vec_add(&o->allow);
    allow->n = strtoull(equals + 1, &end, 10);
    if (*end)
        return hs_fail(err, HS_ECONFIG, "--allow-delete takes OWNER/NAME=NUMBER, not '%s'", value);
    allow->repo = strndup(value, (size_t)(equals - value));
    return 0;
}

static int set_switch(struct hs_options *o, const char *name)
{
    const struct {
        const char *name;
        bool *at;
    } rows[] = {{"dry-run", &o->is_dry},    {"yes", &o->yes},       {"quiet", &o->is_quiet},
                {"verbose", &o->is_verbose}, {"deep", &o->deep},     {"raw", &o->raw},
                {"effective", &o->effective}, {"detailed-exitcode", &o->detailed}};

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
    } rows[] = {{"config", &o->config},       {"state-dir", &o->state_dir},   {"env-file", &o->env_file},
                {"log-file", &o->log_file},   {"log-level", &o->log_level},   {"log-format", &o->log_format},
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
    const char *words[64];
    const char *near;
    size_t n = 0;

    for (const struct hs_option_row *row = hs_option_rows; row->name && n < 64; row++)
        words[n++] = row->name;
    near = hs_nearest(text + strspn(text, "-"), words, n);
    return hs_fail(err, HS_ECONFIG, "there is no option '%s'%s%s%s", text, near ? "; did you mean '--" : "",
                   near ? near : "", near ? "'?" : "");
}

static const struct hs_option_row *find_option(const char *text, size_t n, char letter)
{
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++)
        if (letter ? row->letter == letter : strlen(row->name) == n && memcmp(row->name, text, n) == 0)
            return row;
    return NULL;
}

/* The options that were seen, checked against the verb when that is known. */
struct seen {
    HS_VEC(const struct hs_option_row *) rows;
};

static int take_option(struct hs_options *o, int argc, char **argv, int *at, struct seen *seen,
                       struct hs_err *err)
{
    const char *text = argv[*at], *value = NULL;
    bool is_long = text[1] == '-';
    size_t n = is_long ? strcspn(text + 2, "=") : 0;
    const struct hs_option_row *row = is_long ? find_option(text + 2, n, 0) : find_option("", 0, text[1]);

    if (!row)
        return unknown_option(text, err);
    if (is_long && text[2 + n] == '=')
        value = text + 3 + n;
    else if (!is_long && text[2])
        value = text + 2;
    if (!row->value && value)
        return hs_fail(err, HS_ECONFIG, "'%s' takes no value", text);
    if (row->value && !value) {
        if (*at + 1 >= argc)
            return hs_fail(err, HS_ECONFIG, "'%s' needs a value: %s", text, row->value);
        value = argv[++*at];
    }
    *hs_vec_add(&seen->rows) = row;
    return row->value ? set_value(o, row, value, err) : set_switch(o, row->name);
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
        if (verb->run)
            words[n++] = verb->name;
    }
    near = hs_nearest(text, words, n);
    (void)hs_fail(err, HS_ECONFIG, "there is no verb '%s'%s%s%s", text, near ? "; did you mean '" : "",
                  near ? near : "", near ? "'?" : "");
    return hs_hint(err, "hubsync help lists them");
}

static int check_verb(struct hs_options *o, const struct seen *seen, struct hs_err *err)
{
    if (!o->verb) {
        (void)hs_fail(err, HS_ECONFIG, "a verb is missing");
        return hs_hint(err, "hubsync help lists them");
    }
    if (!o->verb->run)
        return hs_fail(err, HS_ECONFIG, "'%s' is not available yet: this release has no daemon", o->verb->name);
    for (size_t i = 0; i < seen->rows.n; i++)
        if (seen->rows.items[i]->flags && !(seen->rows.items[i]->flags & o->verb->flags))
            return hs_fail(err, HS_ECONFIG, "'%s' has no option --%s", o->verb->name, seen->rows.items[i]->name);
    if ((int)o->args.n < o->verb->min_args ||
        (o->verb->max_args >= 0 && (int)o->args.n > o->verb->max_args))
        return hs_fail(err, HS_ECONFIG, "usage: hubsync %s %s", o->verb->name, o->verb->args);
    return 0;
}

int hs_options_parse(int argc, char **argv, struct hs_options *o, struct hs_err *err)
{
    struct seen seen = {{NULL, 0, 0}};
    bool only_args = false;
    int r = 0;

    memset(o, 0, sizeof *o);
    for (int i = 1; r == 0 && i < argc; i++) {
        const char *text = argv[i];
        if (!only_args && strcmp(text, "--") == 0)
            only_args = true;
        else if (!only_args && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0))
            r = o->verb ? (*hs_vec_add(&o->args) = o->verb->name, take_verb(o, "help", err)) : take_verb(o, "help", err);
        else if (!only_args && strcmp(text, "--version") == 0)
            r = take_verb(o, "version", err);
        else if (!only_args && text[0] == '-' && text[1])
            r = take_option(o, argc, argv, &i, &seen, err);
        else if (!o->verb)
            r = take_verb(o, text, err);
        else
            *hs_vec_add(&o->args) = text;
    }
    /* what comes after an error still says in which form it is to be told */
    for (int i = 1; r < 0 && i < argc; i++) {
        const char *value = strncmp(argv[i], "--output=", 9) == 0 ? argv[i] + 9
                            : strcmp(argv[i], "--output") == 0 && i + 1 < argc ? argv[i + 1] : "";
        o->output = strcmp(value, "json") == 0    ? HS_OUT_JSON
                    : strcmp(value, "jsonl") == 0 ? HS_OUT_JSONL
                                                  : o->output;
    }
    if (r == 0)
        r = check_verb(o, &seen, err);
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
