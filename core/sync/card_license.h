/* What a card's license names, in whose words. Pure. */
#ifndef HS_SYNC_CARD_LICENSE_H
#define HS_SYNC_CARD_LICENSE_H
#include "sync/card.h"

struct hs_card_site { /* one of the two hubs, as far as licences go; texts are borrowed */
    const struct hub_license *const *licenses; /* its words, ends in NULL; may be NULL: none known */
    bool wants_license;                        /* HUB_CARD_LICENSE */
    bool refuses_unknown;                      /* seen to refuse words that are not its own */
    const char *license;                       /* of the repo's metadata; "" unknown */
};
/* A way that a README takes, and the rule's settings for it. */
struct hs_card_terms {
    enum hs_front_matter front_matter;
    bool map_license;
    const struct hs_alias *aliases; /* license.map */
    size_t n_aliases;
    const char *unknown; /* license.unknown */
    struct hs_card_site from, to;
};
/* The way back. */
struct hs_card_terms hs_card_back(const struct hs_card_terms *terms);

/* The same licence has the same canonical name on both sides: by the rule's aliases, the target's
 * words, the source's words, else itself in lower case. */
const char *hs_license_canonical(const struct hs_card_terms *terms, struct hub_pool *pool,
                                 struct hs_span word);
/* The licence of that word (id, create, card or alias, without case); NULL if there is none. */
const struct hub_license *hs_license_find(const struct hub_license *const *licenses, const char *word);
/* What a repo made on the target is created with: create.license is "map", "keep" or a name; word
 * is the source's licence, "" if it has none. *is_unknown: license.unknown stands in for it. */
const char *hs_license_at_create(const struct hs_card_terms *terms, struct hub_pool *pool,
                                 const char *create_license, const char *word, bool *is_unknown);

enum hs_license_form {
    HS_LICENSE_NONE = 0, /* no key, or one without a value */
    HS_LICENSE_ONE,      /* a scalar or a list of one */
    HS_LICENSE_SOME,     /* a list of several */
    HS_LICENSE_OPAQUE    /* something that is not read here, such as a block scalar */
};
struct hs_card_license {
    enum hs_license_form form;
    bool is_list;                    /* written as one */
    HS_VEC(struct hs_span) words;    /* without quotes */
    HS_VEC(struct hs_span) written;  /* the same as they stand there */
};
/* key may be NULL. */
void hs_card_license_read(const struct hs_card_key *key, struct hs_card_license *out);
void hs_card_license_clear(struct hs_card_license *license);

/* What the target's card says: lines to take as they are, or a word of ours. */
enum hs_license_source {
    HS_LICENSE_NOTHING = 0,
    HS_LICENSE_OF_SOURCE, /* its lines */
    HS_LICENSE_OF_TARGET, /* its lines */
    HS_LICENSE_WORD,
    HS_LICENSE_WORDS /* the lines of the source, each word of the list by itself */
};
struct hs_license_choice {
    enum hs_license_source source;
    const char *word;  /* HS_LICENSE_WORD */
    bool is_added;     /* the source's card has no such key */
    bool is_first;     /* is_added: it stands first; else with the keys of the target alone */
    bool is_unknown;   /* license.unknown stands in for a licence that the target lacks */
};
/* dst: the target's card as it is, or NULL. */
void hs_license_choose(const struct hs_card_terms *terms, struct hub_pool *pool,
                       const struct hs_card *src, const struct hs_card *dst,
                       struct hs_license_choice *out);
/* The target's word for one of several in a list; NULL: it stays. */
const char *hs_license_word(const struct hs_card_terms *terms, struct hub_pool *pool,
                            struct hs_span word);
/* Do both keys (NULL: none) say the same? A target that does not want a license says by leaving it
 * out what its metadata says, else license.unknown. */
bool hs_license_same(const struct hs_card_terms *terms, const struct hs_card_key *made,
                     const struct hs_card_key *there);
/* Appends "license: word". */
void hs_license_write(struct hub_text *out, const char *word);
#endif
