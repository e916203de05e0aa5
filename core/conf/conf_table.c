#include "conf/conf_table.h"
#include "conf/conf.h"
#include "base/banned.h"

#define TOP(member) offsetof(struct hs_conf, member)
#define HUB(member) offsetof(struct hs_hub_conf, member)
#define RULE(member) offsetof(struct hs_rule, member)
#define ALERT(member) offsetof(struct hs_alert_conf, member)
#define N(array) (sizeof(array) / sizeof *(array))
#define SECTION(name, keys, help) {name, keys, N(keys), help}

/* Enums are stored as int: see HS_KIND_WORD. */
_Static_assert(sizeof(enum hs_rule_type) == sizeof(int) && sizeof(enum hs_files_mode) == sizeof(int)
                   && sizeof(enum hs_front_matter) == sizeof(int),
               "an enum is no int");

/* clang-format off: one key, one line or two */
static const struct hs_key top_keys[] = {
    {"version", HS_KIND_VERSION, .is_needed = true, .min = 1, .max = 1,
     .help = "The version of this format."},
    {"hubs", HS_KIND_OBJECTS, .help = "The hubs, by a name of your choice."},
    {"defaults", HS_KIND_OBJECTS, .help = "What every rule starts from; any section of a rule."},
    {"rules", HS_KIND_OBJECTS, .help = "What is synced, a list."},
    {"alerts", HS_KIND_OBJECTS, .help = "Where the daemon tells of alerts, a list."},
    {"timezone", HS_KIND_TEXT, TOP(timezone),
     .help = "For cron and log rotation, such as Asia/Shanghai. Without it: local time."},
};
static const struct hs_key transfer_keys[] = {
    {"files", HS_KIND_UINT32, TOP(transfer.files), "4", .min = 1, .max = 64,
     .help = "Files that move at once."},
    {"max_memory", HS_KIND_BYTES, TOP(transfer.max_memory_bytes), "64MiB", .min = 1048576,
     .help = "Memory for content on its way; 0 lifts the bound."},
    {"stall", HS_KIND_MS, TOP(transfer.stall_ms), "60s", .min = 1,
     .help = "A transfer that moves nothing for so long is broken off; 0: never."},
};
static const struct hs_key log_keys[] = {
    {"file", HS_KIND_PATH, TOP(log.file), .help = "Without it: standard error."},
    {"rotate", HS_KIND_WORD_TEXT, TOP(log.rotate), "daily", "daily|none",
     .help = "When a new file is begun."},
    {"keep", HS_KIND_UINT, TOP(log.keep), "90", .max = 100000, .help = "Rotated files to keep."},
    {"format", HS_KIND_WORD_TEXT, TOP(log.format), .words = "text|logfmt|json",
     .help = "Form of a line. --log-format wins."},
    {"level", HS_KIND_WORD_TEXT, TOP(log.level), .words = "error|warn|info|debug|trace",
     .help = "The least that is logged. --log-level wins."},
};
static const struct hs_key daemon_keys[] = {
    {"socket", HS_KIND_PATH, TOP(daemon.socket),
     .help = "Where commands reach the daemon. Without it: in the state directory."},
    {"listen", HS_KIND_TEXT, TOP(daemon.listen), .help = "host:port of the metrics page."},
    {"workers", HS_KIND_UINT32, TOP(daemon.workers), "2", .min = 1, .max = 64,
     .help = "Repos worked on at once, also by `run`."},
    {"pause_between", HS_KIND_MS, TOP(daemon.pause_between_ms), "0s",
     .help = "Rest between two repos."},
    {"idle", HS_KIND_MS, TOP(daemon.idle_ms), "30s",
     .help = "Rest when nothing is to do."},
    {"drain", HS_KIND_MS, TOP(daemon.drain_ms), "30s",
     .help = "Time that running work gets to end after SIGTERM."},
};
static const struct hs_section top_sections[] = {
    SECTION("", top_keys, ""),
    SECTION("transfer", transfer_keys, "Of the whole process."),
    SECTION("log", log_keys, "The daemon's log."),
    SECTION("daemon", daemon_keys, ""),
};
const struct hs_form hs_form_top = {"", top_sections, N(top_sections), false, ""};

static const struct hs_key hub_keys[] = {
    {"plugin", HS_KIND_TEXT, HUB(plugin), .is_needed = true,
     .help = "The provider; `hubsync plugin ls` names those that are there."},
    {"owner", HS_KIND_LIST_OR_ONE, HUB(owners), .help = "Whose repos; one name or a list."},
    {"token", HS_KIND_TOKEN, HUB(token),
     .help = "A text (better: `${NAME}`), `{file: PATH}` or `{command: [PROGRAM, ARGUMENT…]}`."},
    {"tokens", HS_KIND_TOKENS, HUB(tokens),
     .help = "A token for each owner, `{OWNER: TOKEN}`; wins over `token`."},
    {"endpoint", HS_KIND_URL, HUB(endpoint),
     .help = "Address of the site. Without it: the provider's own."},
    {"access", HS_KIND_WORD_BOOL, HUB(is_read_only), "write", "write|read",
     .help = "`read`: no rule may write there."},
    {"ca_file", HS_KIND_PATH, HUB(ca_file), .help = "Certificates to trust, PEM."},
    {"allow_http", HS_KIND_BOOL, HUB(allow_http), "false",
     .help = "Allow an `http:` endpoint. Loopback names never need it."},
};
static const struct hs_key limit_keys[] = {
    {"requests", HS_KIND_RATE, HUB(requests),
     .help = "API requests, such as `\"45/min\"`. Without it: the provider's own pace."},
    {"burst", HS_KIND_UINT32, HUB(requests.burst), .min = 1, .max = 10000,
     .help = "Requests that may come at once after a rest; needs `requests`."},
    {"parallel", HS_KIND_UINT32, HUB(parallel), .max = 256, .help = "Requests at once."},
    {"download", HS_KIND_BPS, HUB(download_bps), .help = "Such as `50MiB/s`."},
    {"upload", HS_KIND_BPS, HUB(upload_bps), .help = "Such as `50MiB/s`."},
};
static const struct hs_section hub_sections[] = {
    SECTION("", hub_keys, ""),
    SECTION("limits", limit_keys, "They replace the provider's own, upwards too."),
};
const struct hs_form hs_form_hub = {
    "hubs.NAME", hub_sections, N(hub_sections), true,
    "Beside these keys the options of the hub's provider (`hubsync plugin info NAME`)."};

static const struct hs_key rule_keys[] = {
    {"name", HS_KIND_TEXT, RULE(name), .is_needed = true, .help = "Used on the command line."},
    {"type", HS_KIND_WORD, RULE(type), .words = "one-way|bidirectional|mirror-import",
     .first_word = HS_ONE_WAY, .is_needed = true,
     .help = "Which way content goes."},
    {"from", HS_KIND_HUB, RULE(from), .help = "The source: `one-way`, `mirror-import`."},
    {"to", HS_KIND_HUBS, RULE(to),
     .help = "The target or a list of them: `one-way`, `mirror-import`."},
    {"between", HS_KIND_PAIR, RULE(between), .help = "The two hubs of `bidirectional`."},
    {"enabled", HS_KIND_BOOL, RULE(is_enabled), "true", .help = "`false`: left out."},
};
static const struct hs_key select_keys[] = {
    {"repos", HS_KIND_LIST, RULE(select.repos), .help = "Globs; only these repos."},
    {"exclude", HS_KIND_LIST, RULE(select.exclude), .help = "Globs; not these. Beats `repos`."},
    {"has", HS_KIND_TEXT, RULE(select.has), .help = "A glob; only repos with such a file."},
    {"visibility", HS_KIND_WORD_BOOL, RULE(select.only_public), "any", "any|public",
     .help = "`public`: only repos that anyone can read."},
    {"license", HS_KIND_LIST, RULE(select.license), .help = "Only repos with one of these."},
    {"updated_within", HS_KIND_MS, RULE(select.updated_within_ms),
     .help = "Only repos that changed within this time."},
    {"max_bytes", HS_KIND_BYTES, RULE(select.max_bytes), .help = "Only repos up to this size."},
};
static const struct hs_key map_keys[] = {
    {"name", HS_KIND_TEXT, RULE(map.name), "{name}",
     .help = "Name on the target, such as `\"prefix-{name}\"`."},
    {"owner", HS_KIND_TEXT, RULE(map.owner),
     .help = "Owner on the target. Without it: the target hub's only owner, else the same name."},
};
static const struct hs_key files_keys[] = {
    {"include", HS_KIND_LIST_OR_ONE, RULE(files.include), .help = "Globs; only these files."},
    {"exclude", HS_KIND_LIST_OR_ONE, RULE(files.exclude), .help = "Globs; not these."},
    {"mode", HS_KIND_WORD, RULE(files.mode), .words = "authority|three-way",
     .first_word = HS_MODE_AUTHORITY,
     .help = "Of `bidirectional`."},
    {"authority", HS_KIND_HUB, RULE(files.authority),
     .help = "The hub that is right; of `mode: authority`."},
    {"conflict", HS_KIND_CONFLICT, RULE(files.conflict), "hold", "hold|newest",
     .help = "`hold`, `newest` or `{prefer: HUB}`; of `mode: three-way`."},
};
static const struct hs_key delete_keys[] = {
    {"files", HS_KIND_WORD_BOOL, RULE(del.files_extra), "none", "none|extra",
     .help = "`extra`: files that the source lacks go."},
    {"repos", HS_KIND_WORD_BOOL, RULE(del.repos_mirror), "none", "none|mirror",
     .help = "`mirror`: repos that the source lost go."},
    {"max.files", HS_KIND_UINT, RULE(del.max_files), "50",
     .help = "Net loss of files that is still done; 0: any."},
    {"max.percent", HS_KIND_UINT, RULE(del.max_percent), "20", .max = 100,
     .help = "The same in percent of the target's files, from 10 files up; 0: any."},
    {"max.bytes", HS_KIND_BYTES, RULE(del.max_bytes), "500GiB", .help = "The same in bytes."},
    {"grace.scans", HS_KIND_UINT, RULE(del.grace_scans), "3", .max = 1000,
     .help = "Scans in which a repo must be gone."},
    {"grace.time", HS_KIND_MS, RULE(del.grace_ms), "24h", .help = "And the time."},
};
static const struct hs_key create_keys[] = {
    {"repos", HS_KIND_BOOL, RULE(create.repos), "true", .help = "Make repos that are missing."},
    {"visibility", HS_KIND_WORD_BOOL, RULE(create.is_private), "from-source",
     "from-source|private", .help = "Of a repo that is made."},
    {"license", HS_KIND_TEXT, RULE(create.license), "map",
     .help = "`map`: the target's word for it, `keep`, or a name."},
};
static const struct hs_key readme_keys[] = {
    {"front_matter", HS_KIND_WORD, RULE(readme.front_matter), "merge",
     "merge|keep|strip|replace", .first_word = HS_FM_MERGE,
     .help = "What becomes of the card of a README.md."},
    {"license", HS_KIND_WORD_BOOL, RULE(readme.map_license), "map", "keep|map",
     .help = "`map`: the target's word for the licence."},
    {"templates", HS_KIND_WORD_BOOL, RULE(readme.copy_templates), "ignore", "ignore|copy",
     .help = "READMEs that the site wrote."},
};
static const struct hs_key license_keys[] = {
    {"map", HS_KIND_ALIASES, RULE(license.map),
     .help = "Words for licences, `{WORD: LICENCE}`; the rule's are added to those of `defaults`."},
    {"unknown", HS_KIND_TEXT, RULE(license.unknown), "other",
     .help = "What a licence becomes that the target does not know."},
    {"templates", HS_KIND_LIST, RULE(license.templates),
     .help = "SHA-256 of LICENSE files that a site wrote; providers know their own."},
};
static const struct hs_key follow_keys[] = {
    {"every", HS_KIND_MS, RULE(follow.every_ms), "24h",
     .help = "How often a mirror is compared; of `mirror-import`."},
    {"stale_after", HS_KIND_MS, RULE(follow.stale_after_ms), "48h",
     .help = "When one that is behind becomes an alert."},
};
static const struct hs_key schedule_keys[] = {
    {"every", HS_KIND_MS, RULE(schedule.every_ms), 
     .help = "From the start of one round to the next. Without this and `cron`: one round when the "
             "daemon starts, then `trigger`."},
    {"cron", HS_KIND_TEXT, RULE(schedule.cron),
     .help = "Minute, hour, day, month, weekday."},
    {"jitter", HS_KIND_MS, RULE(schedule.jitter_ms),
     .help = "Each round is later by up to this, differently for each rule and round."},
    {"rescan", HS_KIND_MS, RULE(schedule.rescan_ms), "7d", .min = 1,
     .help = "Repos without a new change mark are listed again after this time; 0: never."},
    {"audit.every", HS_KIND_MS, RULE(schedule.audit_every_ms), "30d", .later = HS_LATER,
     .help = "How often content is read again."},
    {"audit.files", HS_KIND_UINT, RULE(schedule.audit_files), "800", .later = HS_LATER,
     .help = "And how many files a day."},
};
static const struct hs_key retry_keys[] = {
    {"attempts", HS_KIND_UINT32, RULE(retry.attempts), "5", .min = 1, .max = 100,
     .help = "Tries of a request, the first counted."},
    {"max_wait", HS_KIND_MS, RULE(retry.max_wait_ms), "10m", .min = 1,
     .help = "The longest wait that is obeyed; 0: any."},
};
static const struct hs_section rule_sections[] = {
    SECTION("", rule_keys, ""),
    SECTION("select", select_keys,
            "Which repos. A glob without a slash is about the name, one with a slash about "
            "`owner/name`; `*` and `?` never cross a slash, `**` does."),
    SECTION("map", map_keys, "Where they go."),
    SECTION("files", files_keys,
            "Which files. Without a slash `exclude` is about any part of the path (so a folder "
            "hides what it holds), `include` about the last one; a slash: the whole path. "
            "`exclude` beats `include`."),
    SECTION("delete", delete_keys, "What may go on the target, and how much of it at once."),
    SECTION("create", create_keys, ""),
    SECTION("readme", readme_keys, ""),
    SECTION("license", license_keys, ""),
    SECTION("follow", follow_keys, ""),
    SECTION("schedule", schedule_keys, ""),
    SECTION("retry", retry_keys, ""),
};
const struct hs_form hs_form_rule = {"rules[]", rule_sections, N(rule_sections), false, ""};
const struct hs_form hs_form_defaults = {"defaults", rule_sections + 1, N(rule_sections) - 1,
                                         false, ""};

static const struct hs_key alert_keys[] = {
    {"webhook", HS_KIND_WEBHOOK, ALERT(webhook), .is_needed = true,
     .help = "Address that is sent to; never shown."},
    {"form", HS_KIND_WORD_TEXT, ALERT(form), "json", "json|feishu|dingtalk|wecom",
     .help = "Form of the message."},
    {"min", HS_KIND_WORD_TEXT, ALERT(min), "warn", "info|warn|error|critical",
     .help = "The least level that is sent."},
    {"dedupe", HS_KIND_MS, ALERT(dedupe_ms), "1h",
     .help = "The same alert is not sent again within this time."},
};
static const struct hs_section alert_sections[] = {SECTION("", alert_keys, "")};
const struct hs_form hs_form_alert = {"alerts[]", alert_sections, 1, false, ""};
/* clang-format on */
