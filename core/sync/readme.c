#include "sync/readme.h"

#include "data/hash.h"

#include <strings.h>

#include "base/banned.h"

enum { README_BYTES_MAX = 4 * 1024 * 1024 }; /* two contents and what is made of them are held */

static struct hs_card_site site_of(const struct hs_session *session, const struct hs_repo *repo)
{
    return (struct hs_card_site){.licenses = session->limits.licenses,
                                 .wants_license = (session->limits.flags & HUB_CARD_LICENSE) != 0,
                                 .license = repo->license};
}

struct hs_card_terms hs_readme_terms(const struct hs_rule *rule, const struct hs_session *from,
                                     const struct hs_session *to, const struct hs_repo *from_repo,
                                     const struct hs_repo *to_repo)
{
    return (struct hs_card_terms){
        .front_matter = rule->readme.front_matter,
        .map_license = rule->readme.map_license,
        .aliases = rule->license.map.items,
        .n_aliases = rule->license.map.n,
        .unknown = rule->license.unknown,
        .from = site_of(from, from_repo),
        .to = site_of(to, to_repo),
    };
}

/* ---- what an answer rests on ---- */
static void add_word(struct hub_text *text, const char *word)
{
    hub_text_puts(text, word ? word : "");
    hub_text_puts(text, "\x1f");
}

static void add_site(struct hub_text *text, const struct hs_card_site *site)
{
    hub_text_printf(text, "site %d %d\x1e", site->wants_license, site->refuses_unknown);
    for (size_t i = 0; site->licenses && site->licenses[i]; i++) {
        const struct hub_license *license = site->licenses[i];
        add_word(text, license->id);
        add_word(text, license->card);
        add_word(text, license->create);
        for (size_t k = 0; license->aliases && license->aliases[k]; k++)
            add_word(text, license->aliases[k]);
        hub_text_puts(text, "\x1e");
    }
}

/* The target's metadata is left out: what a site says of itself after our commit is no news. */
static char *basis_of(struct hub_pool *pool, const struct hs_readme_pair *pair)
{
    const struct hs_card_terms *terms = &pair->terms;
    char hex[HS_SHA256_HEX];
    HUB_TEXT(text);

    hub_text_printf(&text, "readme 1 %d %d %d\x1e", terms->front_matter, terms->map_license,
                    pair->rule->readme.copy_templates);
    add_word(&text, terms->unknown);
    add_word(&text, terms->from.license);
    for (size_t i = 0; i < terms->n_aliases; i++) {
        add_word(&text, terms->aliases[i].from);
        add_word(&text, terms->aliases[i].to);
    }
    add_site(&text, &terms->from);
    add_site(&text, &terms->to);
    add_word(&text, pair->from_file->sha256);
    if (text.failed)
        return NULL;
    hs_sha256_of(text.data, text.n_bytes, hex);
    return hub_pool_strdup(pool, hex);
}

static void digest_of(const char *basis, const struct hs_file *to, char *hex)
{
    HUB_TEXT(text);

    hub_text_printf(&text, "%s %s", basis, to->sha256);
    hs_sha256_of(text.data ? text.data : "", text.n_bytes, hex);
}

void hs_readme_settle(struct hs_store *store, const char *settled, const struct hs_file *file)
{
    char digest[HS_SHA256_HEX];
    HS_ERR(ignored); /* it is only read once more */

    if (!store || !settled || !*file->sha256)
        return;
    digest_of(settled, file, digest);
    (void)hs_store_judged_put(store, digest, true, &ignored);
    if (*file->git_sha1)
        (void)hs_store_pair_put(store, file->sha256, file->git_sha1, file->file_bytes, &ignored);
}

static bool is_settled(struct hs_learn *learn, struct hub_pool *pool, const struct hs_readme_pair *pair)
{
    char digest[HS_SHA256_HEX];
    const char *basis;
    bool is_same = false;
    HS_ERR(ignored);

    if (!learn->store || !pair->to_file || !hs_learn_known(learn, pool, pair->from_file) ||
        !hs_learn_known(learn, pool, pair->to_file))
        return false;
    basis = basis_of(pool, pair);
    if (!basis)
        return false;
    digest_of(basis, pair->to_file, digest);
    return hs_store_judged_get(learn->store, digest, &is_same, &ignored) == 0 && is_same;
}

/* ---- one side ---- */
struct reading {
    const struct hs_source *source;
    struct hs_file *file;
    struct hub_text content;
    bool is_read, is_none; /* is_none: empty, or the site's */
};

static struct hs_span span_of(const struct reading *reading)
{
    if (reading->is_none || !reading->is_read)
        return (struct hs_span){NULL, 0};
    return (struct hs_span){reading->content.data ? reading->content.data : "", reading->content.n_bytes};
}

static const char *plugin_of(const struct hs_source *source)
{
    return source->session->plugin->table.name;
}

/* From memory alone; false if it is not remembered. */
static bool is_judged(struct hs_learn *learn, struct hub_pool *pool, const struct hs_source *source,
                      struct hs_file *file, bool *is_none)
{
    HS_ERR(ignored);

    *is_none = false;
    return learn->store && hs_learn_known(learn, pool, file) &&
           hs_store_made_get(learn->store, plugin_of(source), file->git_sha1, is_none, &ignored) == 0;
}

static bool is_known_none(struct hs_learn *learn, struct hub_pool *pool, const struct hs_source *source,
                          struct hs_file *file)
{
    bool is_none;

    return is_judged(learn, pool, source, file, &is_none) && is_none;
}

static int judge_none(struct hs_learn *learn, struct reading *r, struct hs_err *err)
{
    enum hub_truth made = HUB_NO;
    HS_ERR(ignored);
    int status = 0;

    if (hs_card_is_empty(r->content.data, r->content.n_bytes))
        made = HUB_YES;
    else
        status = hs_ask_site_made(r->source->session, HS_README, r->content.data, r->content.n_bytes, &made, err);
    r->is_none = made == HUB_YES;
    if (status == 0 && learn->store)
        (void)hs_store_made_put(learn->store, plugin_of(r->source), r->file->git_sha1, r->is_none, &ignored);
    return status;
}

static bool is_readable(const struct hs_file *file)
{
    return file && file->file_bytes <= README_BYTES_MAX;
}

static int read_side(struct hs_learn *learn, const struct hs_rule *rule, struct hub_pool *pool,
                     struct reading *r, struct hs_err *err)
{
    int status = 0;

    if (!is_readable(r->file) || r->is_none)
        return 0;
    status = hs_learn_fetch(learn, r->source, pool, r->file, &r->content, err);
    r->is_read = status == 0;
    if (status == 0 && !rule->readme.copy_templates)
        status = judge_none(learn, r, err);
    return status;
}

int hs_readme_is_none(struct hs_learn *learn, const struct hs_rule *rule, const struct hs_source *source,
                      struct hub_pool *pool, struct hs_file *file, bool *is_none, struct hs_err *err)
{
    struct reading reading = {.source = source, .file = file};
    int r;

    *is_none = false;
    if (rule->readme.copy_templates || is_judged(learn, pool, source, file, is_none))
        return 0;
    r = read_side(learn, rule, pool, &reading, err);
    *is_none = reading.is_none;
    hub_text_clear(&reading.content);
    return r;
}

static bool is_pointer(const struct reading *r)
{
    char sha256[HS_SHA256_HEX];
    uint64_t bytes;

    return r->content.n_bytes && hub_lfs_is_pointer(r->content.data, r->content.n_bytes, sha256, &bytes);
}

static const char *license_of(struct hub_pool *pool, struct hs_span text)
{
    struct hs_card card;
    struct hs_card_license license;
    const char *word = "";

    hs_card_split(text.at, text.n, &card);
    hs_card_license_read(hs_card_find(&card, "license"), &license);
    if (license.form == HS_LICENSE_ONE || license.form == HS_LICENSE_SOME)
        word = hub_pool_strndup(pool, license.words.items[0].at, license.words.items[0].n);
    hs_card_license_clear(&license);
    hs_card_clear(&card);
    return word ? word : "";
}

/* ---- licences that a site refuses ---- */
static void refusal_of(const struct hs_session *session, char *digest)
{
    HUB_TEXT(text);

    hub_text_printf(&text, "refuses unknown licences %s", hs_session_site_key(session));
    hs_sha256_of(text.data ? text.data : "", text.n_bytes, digest);
}

void hs_readme_refused(struct hs_store *store, const struct hs_session *to)
{
    char digest[HS_SHA256_HEX];
    HS_ERR(ignored); /* it is refused once more */

    refusal_of(to, digest);
    if (store)
        (void)hs_store_judged_put(store, digest, true, &ignored);
}

static bool is_refused(struct hs_learn *learn, const struct hs_session *session)
{
    char digest[HS_SHA256_HEX];
    bool answer = false;
    HS_ERR(ignored);

    refusal_of(session, digest);
    return learn->store && hs_store_judged_get(learn->store, digest, &answer, &ignored) == 0 && answer;
}

static struct hs_readme_pair seasoned(struct hs_learn *learn, const struct hs_readme_pair *pair)
{
    struct hs_readme_pair with = *pair;

    with.terms.from.refuses_unknown = is_refused(learn, pair->from.session);
    with.terms.to.refuses_unknown = is_refused(learn, pair->to.session);
    return with;
}

/* ---- with a direction ---- */
static int take_made(struct hub_pool *pool, const struct hs_readme_pair *pair, const struct hub_text *made,
                     struct hs_made *out, struct hs_err *err)
{
    char sha256[HS_SHA256_HEX], git_sha1[HS_SHA1_HEX];
    char *bytes = hub_pool_alloc(pool, made->n_bytes + 1, 1);

    if (bytes)
        memcpy(bytes, made->data, made->n_bytes);
    hs_sha256_of(made->data, made->n_bytes, sha256);
    hs_gitsha1_of(made->data, made->n_bytes, git_sha1);
    out->bytes = bytes;
    out->file = (struct hs_file){.path = HS_README,
                                 .sha256 = hub_pool_strdup(pool, sha256),
                                 .git_sha1 = hub_pool_strdup(pool, git_sha1),
                                 .etag = "",
                                 .file_bytes = made->n_bytes,
                                 .modified_ms = pair->from_file->modified_ms};
    if (!out->bytes || !out->file.sha256 || !out->file.git_sha1)
        return hs_fail(err, HUB_ENOMEM, "'%s': out of memory", HS_README);
    return 0;
}

/* The source's word is kept although the target does not know it: it may be refused. */
static int take_fallback(struct hub_pool *pool, const struct hs_readme_pair *pair, struct hs_span src,
                         struct hs_span dst, struct hs_readme *out, struct hs_err *err)
{
    struct hs_card_terms terms = pair->terms;
    struct hs_made *fallback;
    HUB_TEXT(made);
    bool is_unknown;
    int r;

    terms.to.refuses_unknown = true;
    hs_card_target(&terms, src, dst, &made, &is_unknown);
    if (out->is_unknown || !is_unknown)
        return 0;
    fallback = hub_pool_alloc(pool, 1, sizeof *fallback);
    if (made.failed || !fallback)
        return hs_fail(err, HUB_ENOMEM, "'%s': out of memory", HS_README);
    r = take_made(pool, pair, &made, fallback, err);
    out->fallback = r == 0 ? fallback : NULL;
    return r;
}

static int compare(struct hs_learn *learn, const struct hs_readme_pair *pair, struct hub_pool *pool,
                   const struct reading *src, const struct reading *dst, struct hs_readme *out,
                   struct hs_err *err)
{
    struct hs_span there = span_of(dst);
    HUB_TEXT(made);
    int r;

    out->license = license_of(pool, span_of(src));
    hs_card_target(&pair->terms, span_of(src), there, &made, &out->is_unknown);
    if (made.failed)
        return hs_fail(err, HUB_ENOMEM, "'%s': out of memory", HS_README);
    if (there.at && hs_card_same(&pair->terms, (struct hs_span){made.data, made.n_bytes}, there)) {
        out->verdict = HS_README_SAME;
        hs_readme_settle(learn->store, basis_of(pool, pair), pair->to_file);
        return 0;
    }
    out->verdict = HS_README_DIFFERS;
    out->settled = basis_of(pool, pair);
    r = take_made(pool, pair, &made, &out->made, err);
    return r < 0 ? r : take_fallback(pool, pair, span_of(src), there, out, err);
}

int hs_readme_look(struct hs_learn *learn, const struct hs_readme_pair *asked, struct hub_pool *pool,
                   struct hs_readme *out, struct hs_err *err)
{
    const struct hs_readme_pair with = seasoned(learn, asked), *pair = &with;
    struct reading src = {.source = &pair->from, .file = pair->from_file};
    struct reading dst = {.source = &pair->to, .file = pair->to_file};
    bool ignores = !pair->rule->readme.copy_templates;
    int r;

    *out = (struct hs_readme){.verdict = HS_README_PLAIN, .license = ""};
    if (!is_readable(src.file))
        return 0;
    if (ignores && is_known_none(learn, pool, src.source, src.file)) {
        out->verdict = HS_README_NONE;
        return 0;
    }
    if (is_settled(learn, pool, pair)) {
        out->verdict = HS_README_SAME;
        return 0;
    }
    r = read_side(learn, pair->rule, pool, &src, err);
    if (r == 0 && src.is_none)
        out->verdict = HS_README_NONE;
    if (r == 0 && !src.is_none && !is_pointer(&src)) {
        dst.is_none = dst.file && ignores && is_known_none(learn, pool, dst.source, dst.file);
        r = read_side(learn, pair->rule, pool, &dst, err);
        if (r == 0)
            r = compare(learn, pair, pool, &src, &dst, out, err);
    }
    hub_text_clear(&src.content);
    hub_text_clear(&dst.content);
    return r;
}

/* ---- without one ---- */
int hs_readme_agree(struct hs_learn *learn, const struct hs_readme_pair *asked, struct hub_pool *pool,
                    enum hs_readme_verdict *out, struct hs_err *err)
{
    const struct hs_readme_pair with = seasoned(learn, asked), *pair = &with;
    struct reading left = {.source = &pair->from, .file = pair->from_file};
    struct reading right = {.source = &pair->to, .file = pair->to_file};
    int r = read_side(learn, pair->rule, pool, &left, err);

    if (r == 0)
        r = read_side(learn, pair->rule, pool, &right, err);
    *out = HS_README_PLAIN;
    if (r == 0 && (!left.file || left.is_none) && (!right.file || right.is_none))
        *out = HS_README_NONE;
    else if (r == 0 && left.file && right.file && left.is_none != right.is_none)
        *out = HS_README_DIFFERS;
    else if (r == 0 && left.is_read && right.is_read)
        *out = hs_card_agree(&pair->terms, span_of(&left), span_of(&right)) ? HS_README_SAME : HS_README_DIFFERS;
    hub_text_clear(&left.content);
    hub_text_clear(&right.content);
    return r;
}

/* ---- LICENSE ---- */
int hs_license_is_made(struct hs_learn *learn, const struct hs_rule *rule, const struct hs_source *source,
                       struct hub_pool *pool, struct hs_file *file, bool *is_made, struct hs_err *err)
{
    int r = 0;

    *is_made = false;
    if (file->file_bytes > HS_LEARN_SMALL_BYTES)
        return 0;
    if (rule->license.templates.n && !*file->sha256 && !hs_learn_known(learn, pool, file)) {
        HUB_TEXT(content);
        r = hs_learn_fetch(learn, source, pool, file, &content, err);
    }
    for (size_t i = 0; r == 0 && i < rule->license.templates.n; i++)
        if (strcasecmp(rule->license.templates.items[i], file->sha256) == 0)
            *is_made = true;
    return r < 0 || *is_made ? r : hs_learn_site_made(learn, source, file, is_made, err);
}
