#include "cli/verbs.h"

#include <string.h>

#include "base/banned.h"

/* clang-format off: one option, one line or two */
const struct hs_flag hs_global_flags[] = {
    {"config", 'c', "FILE", NULL, "The configuration: ./hubsync.yaml, $XDG_CONFIG_HOME/hubsync/hubsync.yaml or "
                                  "/etc/hubsync/hubsync.yaml unless it is named"},
    {"state-dir", 0, "DIR", NULL, "Where hubsync keeps what it knows"},
    {"env-file", 0, "FILE", NULL, "Variables for the configuration; .env beside it unless it is named"},
    {"output", 0, "FORM", "human|json|jsonl", "Form of what goes to standard output"},
    {"progress", 0, "FORM", "auto|tty|plain|json|none", "How progress is shown on standard error"},
    {"log-level", 0, "LEVEL", "error|warn|info|debug|trace", "The least that is logged"},
    {"log-format", 0, "FORM", "text|logfmt|json", "Form of a line of the log"},
    {"log-file", 0, "FILE", NULL, "Append the log to FILE instead of standard error"},
    {"color", 0, "WHEN", "auto|always|never", "Colours; auto obeys NO_COLOR"},
    {"dry-run", 'n', NULL, NULL, "run, apply, copy: print the plan and do nothing"},
    {"yes", 'y', NULL, NULL, "Ask nothing (nothing is asked in this release)"},
    {"quiet", 'q', NULL, NULL, "No progress, and errors only in the log"},
    {"verbose", 'v', NULL, NULL, "Log more; again: still more"},
    {"help", 'h', NULL, NULL, "Help about the verb"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct hs_flag no_flags[] = {{NULL, 0, NULL, NULL, NULL}};
static const struct hs_flag show_flags[] = {
    {"effective", 0, NULL, NULL, "Defaults too"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct hs_flag plan_flags[] = {
    {"repo", 0, "GLOB", NULL, "Only these repos, by their name on the target; may be repeated"},
    {"save", 0, "FILE", NULL, "Keep the plan for `hubsync apply FILE`"},
    {"detailed-exitcode", 0, NULL, NULL, "Exit with 4 instead of 0 when there is something to do"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct hs_flag run_flags[] = {
    {"repo", 0, "GLOB", NULL, "Only these repos, by their name on the target; may be repeated"},
    {"allow-delete", 0, "REPO=N", NULL, "Let this run delete up to N files of that target repo, whatever the "
                                        "brakes say; may be repeated"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct hs_flag verify_flags[] = {
    {"deep", 0, NULL, NULL, "Read all bytes again instead of believing the hubs' hashes"},
    {"raw", 0, NULL, NULL, "Compare everything, without the rule's filters"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct hs_flag history_flags[] = {
    {"limit", 0, "N", NULL, "Only the newest N; 0: all (the default, but 50 for people)"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct hs_verb hs_verbs[] = {
    {"config check", "", 0, 0, no_flags, "Check the configuration, without any network",
     "Reads the configuration and the options of each hub's plugin. Exits with 2 if something is wrong, with 12 "
     "if only a plugin is missing.",
     "hubsync config check\n", hs_verb_config_check, 0},
    {"config show", "", 0, 0, show_flags, "Print the configuration and where each value comes from",
     "Secrets are shown as ***.", "hubsync config show --effective\n", hs_verb_config_show, 0},
    {"hub ls", "", 0, 0, no_flags, "List the configured hubs", "", "", hs_verb_hub_ls, 0},
    {"hub test", "NAME", 1, 1, no_flags, "Ask a hub who we are and what it allows",
     "Shows the address that is used, the account of the token, its rights, and the hub's limits.",
     "hubsync hub test ms\n", hs_verb_hub_test, 0},
    {"plugin ls", "", 0, 0, no_flags, "List the plugins that are found",
     "They are looked for in $HUBSYNC_PLUGIN_PATH, beside a build, and in the library folder.", "",
     hs_verb_plugin_ls, 0},
    {"plugin info", "NAME", 1, 1, no_flags, "Show what a plugin can do and its options", "",
     "hubsync plugin info dir\n", hs_verb_plugin_info, 0},
    {"ls", "HUB:[OWNER] | HUB:OWNER/NAME[@REV]", 1, 1, no_flags, "List the repos of an owner, or the files of a repo",
     "HUB: alone lists all owners that the configuration names for it. An incomplete list exits with 6.",
     "hubsync ls ms:\nhubsync ls ms:acme/model-7b\nhubsync --output json ls ms:acme/model-7b@v1.0\n", hs_verb_ls, 0},
    {"plan", "[RULE...]", 0, HS_MANY, plan_flags, "Show what would be done and why; change nothing",
     "Without a RULE: all rules that are enabled.",
     "hubsync plan\nhubsync plan nightly --repo 'model-*'\nhubsync plan --save today.plan\n", hs_verb_plan, 0},
    {"run", "[RULE...]", 0, HS_MANY, run_flags, "Plan and do it, once; also for cron",
     "Without a RULE: all rules that are enabled. SIGINT or SIGTERM stops at a checkpoint, and the next run goes on "
     "there; a second one stops at once.",
     "hubsync run\nhubsync run nightly --allow-delete acme/model-7b=60\nhubsync run -n\n", hs_verb_run, 0},
    {"apply", "FILE", 1, 1, no_flags, "Do a plan that was saved",
     "Refused with 6 if either side has moved since `hubsync plan --save FILE`.",
     "hubsync plan --save today.plan && hubsync apply today.plan\n", hs_verb_apply, 0},
    {"copy", "HUB:OWNER/NAME[@REV] HUB:[OWNER/NAME]", 2, 2, no_flags, "Copy one repo; needs no rule, deletes nothing",
     "HUB: alone as target keeps the name. A broken copy goes on where it was when it is called again.",
     "hubsync copy ms:acme/model-7b disk:\nhubsync copy ms:acme/model-7b@v1.0 modelers:acme/model-7b-v1\n",
     hs_verb_copy, 0},
    {"verify", "HUB:OWNER/NAME [HUB:OWNER/NAME]", 1, 2, verify_flags, "Compare a repo with its baselines, or two repos",
     "By content, through the filters of the rule that links the two. Exits with 4 if they differ or something is "
     "not known.",
     "hubsync verify ms:acme/model-7b modelers:acme/model-7b\nhubsync verify modelers:acme/model-7b --deep\n",
     hs_verb_verify, 0},
    {"history", "", 0, 0, history_flags, "What was done, newest first", "", "hubsync history --limit 10\n",
     hs_verb_history, 0},
    {"alerts", "", 0, 0, no_flags, "What needs a person; resolved ones too", "", "", hs_verb_alerts, 0},
    {"alerts ack", "ID", 1, 1, no_flags, "Mark an alert as seen", "", "hubsync alerts ack 3\n", hs_verb_alerts_ack, 0},
    {"version", "", 0, 0, no_flags, "Print the version", "", "", hs_verb_version, 0},
    {"help", "[VERB]", 0, 2, no_flags, "Print help, also about one verb", "", "hubsync help run\n", hs_verb_help, 0},
    {"completion", "bash|zsh|fish", 1, 1, no_flags, "Print a script that completes command lines", "",
     "source <(hubsync completion bash)\nhubsync completion zsh > \"${fpath[1]}/_hubsync\"\n"
     "hubsync completion fish > ~/.config/fish/completions/hubsync.fish\n",
     hs_verb_completion, 0},
    {.name = "status", .later = HS_EFAILED},
    {.name = "queue", .later = HS_EFAILED},
    {.name = "pause", .later = HS_EFAILED},
    {.name = "resume", .later = HS_EFAILED},
    {.name = "trigger", .later = HS_EFAILED},
    {.name = "cancel", .later = HS_EFAILED},
    {.name = "plugin test", .later = HS_ECONFIG},
    {.name = "plugin new", .later = HS_ECONFIG},
    {.name = NULL},
};
/* clang-format on */

const struct hs_verb *hs_verb_find(const char *name)
{
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

bool hs_verb_is_group(const char *word)
{
    size_t n = strlen(word);

    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        if (strncmp(verb->name, word, n) == 0 && verb->name[n] == ' ')
            return true;
    return false;
}

static const struct hs_flag *find_in(const struct hs_flag *flags, const char *name, size_t n_bytes,
                                     char letter)
{
    for (; flags && flags->name; flags++) {
        if (name && strlen(flags->name) == n_bytes && memcmp(flags->name, name, n_bytes) == 0)
            return flags;
        if (!name && letter && flags->letter == letter)
            return flags;
    }
    return NULL;
}

const struct hs_flag *hs_flag_find(const struct hs_verb *verb, const char *name, size_t n_bytes,
                                   char letter)
{
    const struct hs_flag *flag = find_in(hs_global_flags, name, n_bytes, letter);

    return flag || !verb ? flag : find_in(verb->flags, name, n_bytes, letter);
}

bool hs_word_is_in(const char *words, const char *word)
{
    size_t n_bytes = strlen(word);

    while (words && *words) {
        size_t n = strcspn(words, "|");

        if (n == n_bytes && memcmp(words, word, n) == 0)
            return true;
        words += n + (words[n] == '|');
    }
    return false;
}
