/* The tables: what each mapping of the configuration may hold. Parsing, checking, defaults,
 * `config show`, the reference page and the JSON schema all read them, and nothing else. */
#ifndef HS_CONF_TABLE_H
#define HS_CONF_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hs_kind {                   /* of a value, and what stands at its place in the struct */
               HS_KIND_TEXT = 1, /* const char * */
               HS_KIND_PATH, /* const char *; a relative one starts at the configuration's folder */
               HS_KIND_URL,  /* const char *; http: or https: */
               HS_KIND_WEBHOOK,     /* the same, never shown */
               HS_KIND_HUB,         /* const char *, the name of a hub */
               HS_KIND_BOOL,        /* bool */
               HS_KIND_UINT,        /* uint64_t */
               HS_KIND_UINT32,      /* uint32_t */
               HS_KIND_BYTES,       /* uint64_t */
               HS_KIND_MS,          /* int64_t */
               HS_KIND_BPS,         /* uint64_t */
               HS_KIND_RATE,        /* struct hs_rate */
               HS_KIND_WORD,        /* an enum: first_word for the first of words, and so on */
               HS_KIND_WORD_BOOL,   /* bool: is it the second of two words? */
               HS_KIND_WORD_TEXT,   /* const char *, one of words */
               HS_KIND_LIST,        /* struct hs_strings */
               HS_KIND_LIST_OR_ONE, /* struct hs_strings; a text alone is a list of one */
               HS_KIND_HUBS,        /* the same, names of hubs */
               HS_KIND_PAIR,        /* const char *[2], names of hubs */
               HS_KIND_TOKEN,       /* struct hs_token: a text, {file} or {command} */
               HS_KIND_TOKENS,      /* HS_VEC(struct hs_owner_token) */
               HS_KIND_ALIASES,     /* HS_VEC(struct hs_alias) */
               HS_KIND_CONFLICT,    /* of a struct hs_rule: files.conflict and files.prefer */
               HS_KIND_VERSION,     /* nothing: it must be 1 */
               HS_KIND_OBJECTS      /* a form of its own, read by conf_parse.c */
};
enum hs_later { /* does this release give the key its effect? */
                HS_NOW = 0,
                HS_LATER /* no: a rule that sets it ends with class config */
};
struct hs_key {
    const char *name; /* within its section; "max.files" is the key files of its mapping max */
    enum hs_kind kind;
    size_t at;
    const char *fallback; /* as one would write it; NULL: none */
    const char *words;    /* "none|extra" */
    int first_word;
    uint64_t min, max; /* of a number; max 0: no bound. With a unit and a min, 0 is HS_UNLIMITED */
    bool is_needed;
    enum hs_later later;
    const char *help;
};
struct hs_section { /* name "": the keys stand in the mapping itself */
    const char *name;
    const struct hs_key *keys;
    size_t n_keys;
    const char *help;
};
struct hs_form { /* one mapping of the file */
    const char *title;
    const struct hs_section *sections;
    size_t n_sections;
    bool has_options; /* keys that the table lacks are the provider's */
    const char *help;
};
extern const struct hs_form hs_form_top, hs_form_hub, hs_form_rule, hs_form_defaults, hs_form_alert;

/* Visits every key of a form: for (struct hs_key_at at = {0}; hs_form_next(form, &at);) */
struct hs_key_at {
    size_t i_section, i_key;
    const struct hs_section *section;
    const struct hs_key *key;
};
bool hs_form_next(const struct hs_form *form, struct hs_key_at *at);
/* Is path ("delete.max.files") this key's? */
bool hs_key_is(const struct hs_key_at *at, const char *path);
/* What follows prefix ("" or "delete.") in the key's path, NULL if it starts otherwise: "max". The
 * name has *n_bytes, and *is_whole if nothing follows it. */
const char *hs_key_below(const struct hs_key_at *at, const char *prefix, size_t *n_bytes,
                         bool *is_whole);
/* A key's path in parts: "delete", "max", "files". */
struct hs_path {
    const char *parts[4];
    size_t n_bytes[4], n;
};
struct hs_path hs_key_path(const struct hs_key_at *at);
/* How many of the mappings above the key are the same: what need not be opened again. */
size_t hs_path_shared(const struct hs_path *a, const struct hs_path *b);
/* The word number i of "a|b|c": NULL behind the last. */
const char *hs_word(const char *words, size_t i, size_t *n_bytes);
#endif
