/* The configuration: YAML → checked values. One table in conf_table.c per section drives parsing,
 * checking, defaults, `config show`, docs/configuration.md and the JSON schema.
 *
 * A struct hs_conf is read-only after hs_conf_load and owns all that it points to. Strings are
 * never NULL unless said. Every error is HS_ECONFIG: "file:line:column: what was found, what was
 * expected; did you mean X?". */
#ifndef HS_CONF_CONF_H
#define HS_CONF_CONF_H
#include "base/err.h"
#include "base/mem.h"
#include <hubsync/kit.h>

struct hs_where {     /* of a value: where it came from */
    const char *file; /* NULL: the default */
    unsigned line, column;
};
/* What 0 becomes where it lifts a bound that the code always has: sums with it do not overflow. */
#define HS_UNLIMITED (INT64_MAX / 4)

/* A list of strings, ends in NULL; n without it. */
struct hs_strings {
    const char *const *items;
    size_t n;
};
/* A text that must not be printed. Only net/ and provider/ open it. */
struct hs_secret {
    const char *hidden; /* "" : none */
};
enum hs_token_kind { HS_TOKEN_NONE = 0, HS_TOKEN_TEXT, HS_TOKEN_FILE, HS_TOKEN_COMMAND };
struct hs_token { /* {file: …} and {command: […]} are read when a session opens */
    enum hs_token_kind kind;
    struct hs_secret text;
    const char *file;
    struct hs_strings command;
    struct hs_where where;
};
struct hs_owner_token {
    const char *owner;
    struct hs_token token;
};
struct hs_rate { /* 6/s: requests 6, window_ms 1000; 0 requests: unlimited; is_set false: not set */
    bool is_set;
    uint32_t requests, window_ms, burst;
};
struct hs_option { /* a key of hubs.NAME that is the provider's business */
    const char *key, *value;
    struct hs_where where;
};
struct hs_hub_conf {
    const char *name, *plugin, *endpoint, *ca_file; /* endpoint "": the provider's own */
    struct hs_strings owners;
    struct hs_token token;
    HS_VEC(struct hs_owner_token) tokens;
    bool is_read_only, allow_http;
    struct hs_rate requests; /* burst 0: not set */
    bool has_parallel;
    uint32_t parallel;
    uint64_t download_bps, upload_bps; /* bytes a second; 0 unlimited */
    HS_VEC(struct hs_option) options;
    struct hs_where where;
};

enum hs_rule_type { HS_ONE_WAY = 1, HS_BIDIRECTIONAL, HS_MIRROR_IMPORT };
enum hs_files_mode { HS_MODE_NONE = 0, HS_MODE_AUTHORITY, HS_MODE_THREE_WAY };
enum hs_on_conflict { HS_CONFLICT_HOLD = 0, HS_CONFLICT_NEWEST, HS_CONFLICT_PREFER };
enum hs_front_matter { HS_FM_MERGE = 0, HS_FM_KEEP, HS_FM_STRIP, HS_FM_REPLACE };
struct hs_alias {
    const char *from, *to;
};
struct hs_rule { /* sections merged with `defaults`, member by member */
    const char *name;
    enum hs_rule_type type;
    const char *from;       /* one-way, mirror-import; "" else */
    struct hs_strings to;   /* one-way, mirror-import */
    const char *between[2]; /* bidirectional; NULL else */
    bool is_enabled;
    struct hs_where where;
    struct { /* select */
        struct hs_strings repos, exclude, license;
        const char *has; /* "" : no such test */
        bool only_public;
        int64_t updated_within_ms; /* 0: any */
        uint64_t max_bytes;        /* 0: any */
    } select;
    struct {               /* map */
        const char *name;  /* "{name}" by default */
        const char *owner; /* "" : by the rule of the contract */
    } map;
    struct { /* files */
        struct hs_strings include, exclude;
        enum hs_files_mode mode;
        const char *authority; /* hub */
        enum hs_on_conflict conflict;
        const char *prefer; /* hub */
    } files;
    struct { /* delete */
        bool files_extra, repos_mirror;
        uint64_t max_files, max_percent, max_bytes; /* 0: no cap */
        uint64_t grace_scans;
        int64_t grace_ms;
    } del;
    struct {                    /* create */
        bool repos, is_private; /* is_private: else from the source */
        const char *license;    /* "map", "keep" or a name */
    } create;
    struct { /* readme */
        enum hs_front_matter front_matter;
        bool map_license, copy_templates;
    } readme;
    struct { /* license */
        HS_VEC(struct hs_alias) map;
        const char *unknown;
        struct hs_strings templates;
    } license;
    struct { /* follow */
        int64_t every_ms, stale_after_ms;
    } follow;
    struct { /* schedule */
        int64_t every_ms, jitter_ms, audit_every_ms;
        int64_t rescan_ms; /* never 0, perhaps HS_UNLIMITED */
        const char *cron;  /* "" : none */
        uint64_t audit_files;
    } schedule;
    struct { /* retry */
        uint32_t attempts;
        int64_t max_wait_ms; /* never 0, perhaps HS_UNLIMITED */
    } retry;
    /* Keys that this release accepts but gives no effect to, and that this rule or `defaults` sets,
     * to whatever value: "readme.front_matter"; "type" if it is not one-way. A rule that has any
     * ends with class config: "not available yet". */
    struct hs_strings not_yet;
};
struct hs_alert_conf {
    const char *webhook; /* shown as *** */
    const char *form, *min;
    int64_t dedupe_ms;
};
struct hs_conf {
    struct hub_pool pool;
    const char *file;
    HS_VEC(struct hs_hub_conf) hubs;
    HS_VEC(struct hs_rule) rules;
    struct hs_rule defaults; /* what a rule would be that sets nothing; for `copy` and `verify` */
    struct {
        uint32_t files;
        uint64_t max_memory_bytes; /* never 0, perhaps HS_UNLIMITED */
        int64_t stall_ms;          /* the same */
    } transfer;
    HS_VEC(struct hs_alert_conf) alerts;
    struct {
        const char *file, *rotate, *format, *level;
        uint64_t keep;
    } log;
    struct {
        const char *socket, *listen;
        uint32_t workers;
        int64_t pause_between_ms, idle_ms, drain_ms;
    } daemon;
    const char *timezone;
    HS_VEC(char *) warnings; /* such as a token file that others can read; each malloc'd */
    struct hs_shown *shown;  /* what `config show` prints; conf_show.c's */
};

struct hs_conf_from {
    const char *file;     /* NULL: ./hubsync.yaml, $XDG_CONFIG_HOME/hubsync/…, /etc/hubsync/… */
    const char *env_file; /* NULL: .env beside the config, if there is one */
};
int hs_conf_load(struct hs_conf *conf, const struct hs_conf_from *from, struct hs_err *err);
/* The same from bytes; name is for messages; env(name) answers NULL for an unset variable. */
typedef const char *hs_env_fn(void *ctx, const char *name);
int hs_conf_parse(struct hs_conf *conf, const char *name, const char *bytes, size_t n_bytes,
                  hs_env_fn *env, void *ctx, struct hs_err *err);
void hs_conf_clear(struct hs_conf *conf);

/* Where a relative path of the configuration leads: it starts at the configuration's folder. From
 * the pool; paths in the structs above are such already, provider options are as written. */
const char *hs_conf_path(struct hs_conf *conf, const char *path);
/* The keys of hubs.NAME that are not the provider's, for hs_nearest. */
struct hs_strings hs_conf_hub_keys(void);

const struct hs_hub_conf *hs_conf_hub(const struct hs_conf *conf, const char *name); /* or NULL */
const struct hs_rule *hs_conf_rule(const struct hs_conf *conf, const char *name);    /* or NULL */
/* The nearest of words to a mistyped one, NULL if none is near. */
const char *hs_nearest(const char *word, const char *const *words, size_t n);

/* ---- what is printed from the tables ---- */
/* YAML of all that is set (effective: and of every default), each line with its origin as a
 * comment, secrets as ***. */
int hs_conf_show(const struct hs_conf *conf, bool effective, struct hub_text *out);
int hs_conf_show_json(const struct hs_conf *conf, bool effective, struct hub_text *out);
void hs_conf_reference(struct hub_text *out); /* docs/configuration.md */
void hs_conf_schema(struct hub_text *out);    /* docs/hubsync.schema.json */

/* ---- values, used by provider options too ---- */
int hs_parse_bytes(const char *text, uint64_t *bytes);     /* "500GiB", "0"; -1 if it is none */
int hs_parse_ms(const char *text, int64_t *ms);            /* "12h", "0" */
int hs_parse_rate(const char *text, struct hs_rate *rate); /* "6/s", "45/min", "0" */
int hs_parse_bps(const char *text, uint64_t *bps);         /* "50MiB/s", "0" */
int hs_parse_uint(const char *text, uint64_t *value);      /* "5": plain digits, no sign */
int hs_parse_bool(const char *text, bool *value);          /* true, false */
#endif
