#include "cli/args.h"

#include "conf/conf.h"

#include "base/banned.h"

enum { MAX_WORDS = 64, MAX_ARGS = 65536 };

/* Where in argv we are. */
struct scan {
    struct hs_args *args;
    int argc, at;
    char *const *argv;
    const char *group; /* a first word that needs a second one */
};

static int hint_help(const struct scan *scan, struct hs_err *err)
{
    const struct hs_verb *verb = scan->args->verb;

    return hs_hint(err, "see `hubsync help%s%s`", verb ? " " : "", verb ? verb->name : "");
}

static int unknown(const struct scan *scan, const char *what, const char *word,
                   const char *const *words, size_t n, struct hs_err *err)
{
    const char *bare = word + strspn(word, "-"), *dashes = *word == '-' ? "--" : "";
    const char *near = hs_nearest(bare, words, n);

    if (near)
        (void)hs_fail(err, HS_ECONFIG, "unknown %s '%s'; did you mean '%s%s'?", what, word, dashes,
                      near);
    else
        (void)hs_fail(err, HS_ECONFIG, "unknown %s '%s'", what, word);
    return hint_help(scan, err);
}

/* ---- verbs ---- */
static int unknown_verb(const struct scan *scan, const char *word, struct hs_err *err)
{
    const char *words[MAX_WORDS];
    size_t n = 0, n_group = scan->group ? strlen(scan->group) : 0;

    for (const struct hs_verb *verb = hs_verbs; verb->name && n < MAX_WORDS; verb++) {
        if (verb->later || (n_group && (strncmp(verb->name, scan->group, n_group) != 0 ||
                                        verb->name[n_group] != ' ')))
            continue;
        words[n++] = verb->name + (n_group ? n_group + 1 : 0);
    }
    return unknown(scan, n_group ? "word" : "verb", word, words, n, err);
}

static int is_later(const struct hs_verb *verb, struct hs_err *err)
{
    (void)hs_fail(err, verb->later, "`hubsync %s` is not in this release", verb->name);
    return hs_hint(err, "`hubsync help` lists what is");
}

/* "config" + "show"; "alerts" is a verb itself and may become "alerts ack". */
static int take_operand(struct scan *scan, const char *word, struct hs_err *err)
{
    struct hs_args *args = scan->args;
    const char *first = args->verb ? args->verb->name : scan->group;
    HS_FREE char *both = first && !args->operands.n ? hs_xprintf("%s %s", first, word) : NULL;
    const struct hs_verb *verb = both ? hs_verb_find(both) : NULL;

    if (!verb && args->verb) {
        *hs_vec_add(&args->operands) = word;
        return 0;
    }
    if (!verb && !scan->group) {
        verb = hs_verb_find(word);
        if (!verb && hs_verb_is_group(word)) {
            scan->group = word;
            return 0;
        }
    }
    if (!verb)
        return unknown_verb(scan, word, err);
    args->verb = verb;
    return verb->later ? is_later(verb, err) : 0;
}

/* ---- options ---- */
static int unknown_flag(const struct scan *scan, const char *word, size_t n_bytes,
                        struct hs_err *err)
{
    HS_FREE char *name = strndup(word, n_bytes);
    const struct hs_flag *const lists[] = {hs_global_flags,
                                           scan->args->verb ? scan->args->verb->flags : NULL};
    const char *words[MAX_WORDS];
    size_t n = 0;

    for (size_t i = 0; i < 2; i++)
        for (const struct hs_flag *flag = lists[i]; flag && flag->name && n < MAX_WORDS; flag++)
            words[n++] = flag->name;
    return unknown(scan, "option", name ? name : "", words, n, err);
}

static int add_flag(struct scan *scan, const struct hs_flag *flag, const char *value,
                    struct hs_err *err)
{
    if (value && flag->words && !hs_word_is_in(flag->words, value)) {
        (void)hs_fail(err, HS_ECONFIG, "--%s cannot be '%s'; expected %s", flag->name, value,
                      flag->words);
        return hint_help(scan, err);
    }
    if (strcmp(flag->name, "help") == 0)
        scan->args->wants_help = true;
    *hs_vec_add(&scan->args->given) = (struct hs_given){flag, value};
    return 0;
}

/* The value of an option: what stands behind it, or the next argument. */
static int take_value(struct scan *scan, const struct hs_flag *flag, const char *attached,
                      struct hs_err *err)
{
    if (!attached && scan->at < scan->argc)
        attached = scan->argv[scan->at++];
    if (!attached || (!*attached && !flag->words)) {
        (void)hs_fail(err, HS_ECONFIG, "--%s needs a value: %s", flag->name, flag->value);
        return hint_help(scan, err);
    }
    return add_flag(scan, flag, attached, err);
}

static int take_long(struct scan *scan, const char *word, struct hs_err *err)
{
    size_t n = strcspn(word + 2, "=");
    const char *attached = word[2 + n] ? word + 3 + n : NULL;
    const struct hs_flag *flag = hs_flag_find(scan->args->verb, word + 2, n, 0);

    if (!flag)
        return unknown_flag(scan, word, n + 2, err);
    if (flag->value)
        return take_value(scan, flag, attached, err);
    if (attached) {
        (void)hs_fail(err, HS_ECONFIG, "--%s takes no value", flag->name);
        return hint_help(scan, err);
    }
    return add_flag(scan, flag, NULL, err);
}

static int take_letters(struct scan *scan, const char *word, struct hs_err *err)
{
    for (const char *at = word + 1; *at; at++) {
        const struct hs_flag *flag = hs_flag_find(scan->args->verb, NULL, 0, *at);
        int r;

        if (!flag)
            return unknown_flag(scan, word, strlen(word), err);
        if (flag->value)
            return take_value(scan, flag, at[1] ? at + 1 : NULL, err);
        r = add_flag(scan, flag, NULL, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- the whole line ---- */
static int check_operands(const struct scan *scan, struct hs_err *err)
{
    const struct hs_verb *verb = scan->args->verb;
    size_t n = scan->args->operands.n;

    if (n < verb->n_least)
        (void)hs_fail(err, HS_ECONFIG, "`%s` needs %s", verb->name, verb->operands);
    else if (n > verb->n_most)
        (void)hs_fail(err, HS_ECONFIG, "`%s` has no use for '%s'", verb->name,
                      scan->args->operands.items[verb->n_most]);
    else
        return 0;
    return hint_help(scan, err);
}

static int finish(struct scan *scan, struct hs_err *err)
{
    struct hs_args *args = scan->args;

    if (args->wants_help) {
        args->group = args->verb ? NULL : scan->group;
        return 0;
    }
    if (args->verb)
        return check_operands(scan, err);
    if (scan->group)
        (void)hs_fail(err, HS_ECONFIG, "`%s` needs one more word", scan->group);
    else
        (void)hs_fail(err, HS_ECONFIG, "no verb is named");
    return hs_hint(err, "`hubsync help` lists them");
}

int hs_args_parse(struct hs_args *args, int argc, char *const *argv, struct hs_err *err)
{
    struct scan scan = {.args = args, .argc = argc, .at = 1, .argv = argv};
    bool is_all_operands = false;
    int r = 0;

    if (argc > MAX_ARGS)
        return hs_fail(err, HS_ECONFIG, "more than %d arguments", MAX_ARGS);
    while (r == 0 && scan.at < argc) {
        const char *word = argv[scan.at++];

        if (is_all_operands || *word != '-' || !word[1])
            r = take_operand(&scan, word, err);
        else if (strcmp(word, "--") == 0)
            is_all_operands = true;
        else
            r = word[1] == '-' ? take_long(&scan, word, err) : take_letters(&scan, word, err);
    }
    return r < 0 ? r : finish(&scan, err);
}

void hs_args_clear(struct hs_args *args)
{
    if (!args)
        return;
    hs_vec_clear(&args->operands);
    hs_vec_clear(&args->given);
}

unsigned hs_args_count(const struct hs_args *args, const char *name)
{
    unsigned n = 0;

    for (size_t i = 0; i < args->given.n; i++)
        n += strcmp(args->given.items[i].flag->name, name) == 0;
    return n;
}

const char *hs_args_value(const struct hs_args *args, const char *name)
{
    for (size_t i = args->given.n; i-- > 0;)
        if (strcmp(args->given.items[i].flag->name, name) == 0)
            return args->given.items[i].value;
    return NULL;
}

static enum hs_form form_of(const char *word)
{
    return strcmp(word, "json") == 0 ? HS_JSON : strcmp(word, "jsonl") == 0 ? HS_JSONL : HS_HUMAN;
}

enum hs_form hs_args_form(int argc, char *const *argv)
{
    static const char OUTPUT[] = "--output";
    size_t n = sizeof OUTPUT - 1;
    enum hs_form form = HS_HUMAN;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], OUTPUT, n) != 0)
            continue;
        if (argv[i][n] == '=')
            form = form_of(argv[i] + n + 1);
        else if (!argv[i][n] && i + 1 < argc)
            form = form_of(argv[i + 1]);
    }
    return form;
}
