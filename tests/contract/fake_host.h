/* fake_host - the engine's side of the ABI, scripted, for a provider's own contract test.
 *
 *     struct fake *f = fake_new(hub_plugin);         hub_plugin: the provider, linked in
 *     fake_set(f, "token", "T"); fake_open(f);
 *     fake_expect(f, "GET", "https://h/api/1", 200, "{}");
 *     assert_int_equal(hub_plugin->whoami(&f->op), 0);
 *     assert_string_equal(f->account->name, "alice");
 *     fake_done(f);                                  all steps were asked; closes and frees
 *
 * Steps are answered in the order in which they were expected; any other request fails the test.
 * http() does what the header says: takes its guess, lets classify decide, and repeats while that
 * says EAGAIN, ETHROTTLED or EFIREWALL and the next step expects the same request; no time passes.
 * It fails the test for a broken rule: a token outside `secrets`, a header that is the engine's to
 * set. Secrets for an undeclared host answer HUB_ECORRUPT. Single-threaded. */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H
#include <hubsync/kit.h>

#define FAKE_HEADERS 8
#define FAKE_OPTIONS 16

struct fake_step { /* change what fake_expect gave you before the request comes */
    struct fake_step *next;
    const char *method;
    const char *url; /* a '*' at the end: anything may follow */
    uint32_t status;
    const char *body;
    uint64_t body_bytes;
    const char *headers[FAKE_HEADERS + 1]; /* of the reply, "name: value" */
    const char *final_url;                 /* after redirects; NULL: url */
    const char *has[FAKE_HEADERS];         /* texts that the request's body must hold */
    const char *has_not;
    bool is_lost; /* no answer: EAGAIN, to HUB_ONCE EUNSURE */
};
struct fake_plan {
    size_t item;
    struct hub_plan plan;
};
struct fake_part {
    size_t item;
    struct hub_part part;
};
struct fake_failure {
    size_t item;
    int status;
    const char *text;
};

/* All members are for reading, all their texts are copies that live as long as the fake. */
struct fake {
    struct hub_op op; /* hand &f->op to the provider */
    const struct hub_provider *provider;

    struct hub_limits *limits; /* the newest, its lists deeply copied; NULL: none answered */
    struct hub_account *account;
    struct hub_import *progress;
    struct hub_repo **repos;
    struct hub_head **heads;
    struct hub_file **files;
    struct fake_plan **plans;
    struct fake_part **parts;
    struct fake_failure **failures; /* of fail_item */
    struct hub_request **sent;      /* every request of http, repeats too */
    size_t n_repos, n_heads, n_files, n_plans, n_parts, n_failures, n_sent;
    int status;          /* of the newest fail; 0: none */
    const char *message; /* its text, or "" */
    uint32_t wait_ms;    /* as the newest classify left it */
    int answer;          /* what every answer returns; set it to see the provider stop */

    struct hub_pool pool;
    struct hub_host host;
    struct fake_step *steps, **last;
    const char *names[FAKE_OPTIONS], *values[FAKE_OPTIONS];
};

struct fake *fake_new(const struct hub_provider *provider);
/* An option's value, or that of "token"; before fake_open. */
void fake_set(struct fake *f, const char *name, const char *value);
/* provider->open; fails the test unless it is 0. fake_try_open gives the result. */
void fake_open(struct fake *f);
int fake_try_open(struct fake *f);
struct fake_step *fake_expect(struct fake *f, const char *method, const char *url, uint32_t status,
                              const char *body);
struct fake_step *fake_expectf(struct fake *f, const char *method, uint32_t status,
                               const char *body, const char *url_fmt, ...) HUB_PRINTF(5, 6);
/* What the engine would make of this answer to a planned request: guess, then its classify. */
int fake_classify(struct fake *f, const struct hub_request *request, uint32_t status,
                  const char *body);
/* Forgets all answers, sent requests and the newest error; steps and session stay. */
void fake_forget(struct fake *f);
/* The value of "Name: value" in a list of headers, NULL if there is none; the name without case. */
const char *fake_header(const char *const *headers, const char *name);
/* The file, repo of that name among the answers, else NULL. */
const struct hub_file *fake_file(const struct fake *f, const char *path);
const struct hub_repo *fake_repo(const struct fake *f, const char *id);
/* Fails the test if a step was never asked for; closes the session, frees. */
void fake_done(struct fake *f);

/* Shared by the two files of this fake. */
void fake_set_answers(struct hub_host *host);
struct hub_request *fake_copy_request(struct fake *f, const struct hub_request *request);
bool fake_may_see_secret(struct fake *f, const char *url);
void **fake_grow(struct fake *f, void **items, size_t n);

#endif
