/* completion: scripts for the shells, out of the tables of verbs and options. */
#include "cli/cli.h"

#include <ctype.h>

#include "base/banned.h"

/* The words that may stand first behind a verb: "check" and "show" of "check | show [--effective]".
 * What is in capitals is the user's to say. Appends them, blank between; false if there is none. */
static bool put_first_words(struct hub_text *out, const char *args)
{
    bool is_first = true, has_word = false;

    for (const char *at = args; *at;) {
        size_t n;

        at += strspn(at, " [");
        n = strcspn(at, " []|");
        if (is_first && n && islower((unsigned char)*at)) {
            hub_text_puts(out, has_word ? " " : "");
            hub_text_add(out, at, n);
            has_word = true;
        }
        at += n;
        at += strspn(at, " ]");
        is_first = *at == '|';
        at += is_first;
    }
    return has_word;
}

/* "human|json" with blanks between. */
static void put_choices(struct hub_text *out, const char *value)
{
    for (; *value; value++)
        hub_text_add(out, *value == '|' ? " " : value, 1);
}

static bool is_path(const char *value)
{
    return strcmp(value, "FILE") == 0 || strcmp(value, "DIR") == 0;
}

static void put_verbs(struct hub_text *out)
{
    bool has_before = false;

    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++) {
        hub_text_printf(out, "%s%s", has_before ? " " : "", verb->name);
        has_before = true;
    }
}

/* Those of every verb (flags 0), or those of some verbs alone. */
static void put_options(struct hub_text *out, unsigned flags)
{
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++) {
        if (flags ? !(row->flags & flags) : row->flags != HS_FOR_ALL)
            continue;
        hub_text_printf(out, " --%s", row->name);
        if (row->letter)
            hub_text_printf(out, " -%c", row->letter);
    }
}

/* ---- bash, and zsh by its help ---- */
static void put_bash_values(struct hub_text *out)
{
    hub_text_puts(out, "    case $previous in\n");
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++) {
        if (!row->value)
            continue;
        hub_text_printf(out, "    --%s", row->name);
        if (row->letter)
            hub_text_printf(out, "|-%c", row->letter);
        hub_text_puts(out, ") ");
        if (strchr(row->value, '|')) {
            hub_text_puts(out, "COMPREPLY=($(compgen -W \"");
            put_choices(out, row->value);
            hub_text_puts(out, "\" -- \"$current\"))");
        } else {
            hub_text_puts(out, is_path(row->value) ? "COMPREPLY=($(compgen -f -- \"$current\"))"
                                                   : "COMPREPLY=()");
        }
        hub_text_puts(out, "; return ;;\n");
    }
    hub_text_puts(out, "    esac\n");
}

/* verb: the first word that is one. */
static void put_bash_verb(struct hub_text *out)
{
    hub_text_puts(out, "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                       "        case \" $verbs \" in *\" $word \"*) verb=$word; break ;; esac\n"
                       "    done\n");
}

static void put_bash_words(struct hub_text *out)
{
    hub_text_puts(out, "    case $verb in\n    \"\") words=$verbs ;;\n");
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++) {
        HUB_TEXT(words);
        bool has_words = put_first_words(&words, verb->args);

        if (!has_words && !verb->flags)
            continue;
        hub_text_printf(out, "    %s) words=\"%s", verb->name, has_words ? words.data : "");
        if (verb->flags)
            put_options(out, verb->flags);
        hub_text_puts(out, "\" ;;\n");
    }
    hub_text_puts(out, "    help) words=$verbs ;;\n    esac\n");
}

static void put_bash(struct hub_text *out)
{
    hub_text_puts(
        out, "_hubsync() {\n"
             "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
             "    local word verb= words= verbs=\"");
    put_verbs(out);
    hub_text_puts(out, "\"\n");
    put_bash_values(out);
    put_bash_verb(out);
    put_bash_words(out);
    hub_text_puts(out, "    [[ $current == -* || -z $verb ]] && words+=\"");
    put_options(out, 0);
    hub_text_puts(out, "\"\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                       "complete -o default -F _hubsync hubsync\n");
}

/* ---- fish ---- */
/* In single quotes, where fish knows \' and \\ alone. */
static void put_fish_text(struct hub_text *out, const char *text)
{
    hub_text_puts(out, "'");
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            hub_text_puts(out, "\\");
        hub_text_add(out, text, 1);
    }
    hub_text_puts(out, "'");
}

static void put_fish_verb(struct hub_text *out, const struct hs_verb *verb)
{
    HUB_TEXT(words);

    hub_text_printf(out, "complete -c hubsync -n __fish_use_subcommand -f -a %s -d ", verb->name);
    put_fish_text(out, verb->summary);
    hub_text_puts(out, "\n");
    if (put_first_words(&words, verb->args))
        hub_text_printf(out, "complete -c hubsync -n '__fish_seen_subcommand_from %s' -f -a '%s'\n",
                        verb->name, words.data);
}

/* "-n '__fish_seen_subcommand_from plan run'", nothing for an option of every verb. */
static void put_fish_verbs_of(struct hub_text *out, const struct hs_option_row *row)
{
    if (row->flags == HS_FOR_ALL)
        return;
    hub_text_puts(out, " -n '__fish_seen_subcommand_from");
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        if (verb->flags & row->flags)
            hub_text_printf(out, " %s", verb->name);
    hub_text_puts(out, "'");
}

static void put_fish_option(struct hub_text *out, const struct hs_option_row *row)
{
    hub_text_puts(out, "complete -c hubsync");
    put_fish_verbs_of(out, row);
    hub_text_printf(out, " -l %s", row->name);
    if (row->letter)
        hub_text_printf(out, " -s %c", row->letter);
    if (row->value && strchr(row->value, '|')) {
        hub_text_puts(out, " -x -a '");
        put_choices(out, row->value);
        hub_text_puts(out, "'");
    } else if (row->value) {
        hub_text_puts(out, is_path(row->value) ? " -r" : " -x");
    }
    hub_text_puts(out, " -d ");
    put_fish_text(out, row->help);
    hub_text_puts(out, "\n");
}

static void put_fish(struct hub_text *out)
{
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        put_fish_verb(out, verb);
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++)
        put_fish_option(out, row);
}

int hs_completion(const char *shell, struct hub_text *out, struct hs_err *err)
{
    if (strcmp(shell, "fish") == 0) {
        put_fish(out);
        return 0;
    }
    if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0)
        return hs_fail(err, HS_ECONFIG, "completion is there for bash, zsh and fish, not for '%s'",
                       shell);
    if (strcmp(shell, "zsh") == 0)
        hub_text_puts(out, "#compdef hubsync\nautoload -U +X bashcompinit && bashcompinit\n");
    put_bash(out);
    return 0;
}

int hs_verb_completion(struct hs_cli *cli)
{
    HUB_TEXT(text);
    HS_ERR(err);

    if (hs_completion(cli->options.args.items[0], &text, &err) < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    return hs_print_page(cli, "completion", &text);
}
