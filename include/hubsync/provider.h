/* hubsync/provider.h - all that a hub provider and the engine know about each other.
 *
 * A provider translates one site's protocol. The engine asks; the provider sends control requests
 * through the engine, reads the replies, and names the requests that move the bytes. The engine
 * moves them, and it alone retries, waits, paces, hashes, checks, redacts and prints.
 * A question is a member of struct hub_provider, an answer is a function of struct hub_host:
 *
 *   to            the engine asks                             and is answered with
 *   list          list_repos; list_files                      repo; file and head
 *   stat files    stat_repo; stat_files                       repo; file
 *   download      download                                    part
 *   upload        upload, then finish_upload, then commit     plan and part; -; head
 *   delete        commit (files); delete_repo                 head; -
 *   create repo   create_repo                                 repo
 *   import        import_repo, follow_import, branch_heads    -; progress; head
 *                 stored_objects                              file
 *   begin         open; whoami                                limits; account
 *
 * These rules hold for every line below, so they are said once:
 * growth   A struct that crosses starts with `size`, its sizeof, and is written only by the side
 *          that allocated it. Members are only ever appended. A reader takes what lies past `size`
 *          as zero (HUB_HAS), a code or flag it does not know as zero, and zero as unknown, none or
 *          unlimited. Arrays hold pointers to structs, never structs, so the structs can grow.
 * memory   Nobody frees what they did not allocate. What is handed over, either way, is borrowed
 *          until the function it was handed to returns: copy what you keep. Strings are UTF-8, ""
 *          is unknown, a list of strings ends in NULL. A provider may leave a string or a list
 *          NULL; the engine never passes NULL for a string.
 * errors   0 is success, a negative enum hub_status is failure. Failing is one line:
 *              return hub_fail(op, HUB_ENOTFOUND, "no repo %s", repo->id);
 *          What an answer returns, other than 0, is returned at once and unchanged: so the engine
 *          stops a call. The answers of a call that failed are thrown away, except the repos of a
 *          list that ended in HUB_EPARTIAL: they are used, and absence is not concluded.
 * threads  Calls may block. They come from engine threads, as many at once as `threads` allows;
 *          open and close never overlap another call on their session. An op is used by one thread
 *          at a time, and only until its call returns.
 * life     Loaded once, never unloaded. Per session: open, any calls in any order, close. Any
 *          call may be repeated from its start after it failed.
 * units    A name that ends in _bytes or _ms means it. Instants are ms since 1970 UTC, 0 unknown.
 * names    Repo ids are "owner/name". Paths are relative, '/' between parts, without "." or "..".
 *          Hashes are lowercase hex. URLs are absolute and percent-encoded.
 * trust    What a provider says, the hub may have made up: the engine checks every path, size,
 *          hash and URL when it is said. A provider checks only what it uses itself.
 */
#ifndef HUB_PROVIDER_H
#define HUB_PROVIDER_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define HUB_ABI 1 /* raised only when an old provider could misbehave; growth never raises it */
#define HUB_UNKNOWN UINT64_MAX /* a size that the hub does not tell */
/* Did the writer of *p, a struct type, know member? Ask before reading one younger than ABI 1. */
#define HUB_HAS(type, p, member) \
    ((p)->size >= offsetof(struct type, member) + sizeof(((struct type *)0)->member))
#define HUB_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Values are frozen. The range decides what the engine does next. */
enum hub_status {
    HUB_OK = 0,
    HUB_EAGAIN = -1,     /* -1..-19, not now: network trouble, HTTP 5xx, a lagging or busy site */
    HUB_ETHROTTLED = -2, /* too many requests: the site's pace goes down */
    HUB_EEXPIRED = -3,   /* a planned address lapsed: plan again, go on at the same offset */
    HUB_EFIREWALL = -4,  /* a firewall's page instead of an answer: all traffic to the site slows */
    HUB_EUNSURE = -5,    /* a write may have been done: look before doing it again */
    HUB_ENOTFOUND = -20, /* -20..-39, this item failed, the others go on; here: not there */
    HUB_ECONFLICT = -21, /* it changed under us: list again */
    HUB_EDENIED = -22,   /* not for this credential, or not there: the hub does not tell which */
    HUB_ECORRUPT = -23,  /* a reply makes no sense, or bytes do not match their hash */
    HUB_ENOTSUP = -24,   /* the hub cannot do this */
    HUB_ETOOBIG = -25,   /* over a limit of the hub: smaller may do */
    HUB_EGATED = -26,    /* someone must first be granted access on the site */
    HUB_EEXIST = -27,    /* the name is taken, perhaps by something we may not see */
    HUB_EREFUSED = -28,  /* the hub will not take this content, name or license */
    HUB_EPARTIAL = -29,  /* the site shows only part of a list */
    HUB_EAUTH = -40,     /* -40..-59, this session is over; here: the credential is not accepted */
    HUB_EQUOTA = -41,    /* no room left on the hub */
    HUB_ECANCELED = -60, /* -60..-79, everything stops */
    HUB_ENOMEM = -61,    /* out of memory */
    HUB_EBUG = -62       /* a rule of this header was broken */
};
/* The most that a provider can stand; the engine holds the locks. */
enum hub_threads {
    HUB_ONE_CALL = 0,             /* one call at a time in the process: the safe default */
    HUB_ONE_CALL_PER_SESSION = 1, /* sessions run side by side */
    HUB_PARALLEL = 2              /* calls run side by side, also on one session */
};
enum hub_truth { HUB_MAYBE = 0, HUB_YES = 1, HUB_NO = 2 };
enum hub_visibility { HUB_PUBLIC = 1, HUB_INTERNAL = 2, HUB_PRIVATE = 3 }; /* 0: not told */

struct hub_session; /* The provider's. Complete it in your .c file: no cast, no void pointer. */
struct hub_op;      /* One call, see below. */

/* ---- repos and files ---- */
struct hub_repo { /* in a question: id, revision, and what else the engine knows of it */
    uint32_t size, visibility; /* enum hub_visibility, never guessed */
    uint32_t gated, weights;   /* enum hub_truth: reading needs a grant; it holds model weights */
    int64_t modified_ms;       /* moves whenever a file changes */
    const char *id;
    const char *revision;  /* branch, tag or commit; "" is the default branch */
    const char *head;      /* newest commit of the default branch */
    const char *branch;    /* name of the default branch */
    const char *stable_id; /* survives a rename */
    const char *license;   /* lowercase identifier such as apache-2.0, however the site spells it */
    const char *clone_url; /* where another hub can import it from, without a credential */
};
enum hub_file_flags {
    HUB_LFS = 1,        /* kept as an LFS object */
    HUB_SITE_OWNED = 2, /* made by the site itself: neither copied, compared nor deleted */
    HUB_NOT_PLAIN = 4   /* a symlink or submodule: reported, never copied */
};
struct hub_file {         /* of the content, also where the repo holds an LFS pointer to it */
    uint32_t size, flags; /* enum hub_file_flags */
    uint64_t file_bytes;  /* HUB_UNKNOWN if not told; 0 is an empty file */
    int64_t modified_ms;
    const char *path;
    const char *sha256;   /* 64 digits */
    const char *git_sha1; /* 40 digits, git's blob id of the content, never of a pointer */
    const char *etag;     /* any text that differs whenever the content differs */
};
enum hub_head_flags {
    HUB_COMPLETE = 1,      /* list_files: every file of the commit was answered */
    HUB_DEFAULT_BRANCH = 2 /* branch_heads: this one */
};
struct hub_head {         /* a branch and the commit it stands at; a folder has neither */
    uint32_t size, flags; /* enum hub_head_flags */
    const char *branch, *commit;
};

/* ---- requests ---- */
struct hub_reply { /* the engine's memory, valid until the next http of the same op */
    uint32_t size, http_status;
    const char *url;            /* the last address, after redirects */
    const char *const *headers; /* "name: value", names in lowercase */
    const char *body;           /* NUL-terminated; over the configured limit is HUB_ETOOBIG */
    uint64_t body_bytes;
};
/* Names the class of a complete answer from status, headers and body, never by searching a text
 * that can hold a file name. guess is the engine's reading of the status: 2xx 0; 401 EAUTH and 403
 * EDENIED, but EEXPIRED from a host that was shown no secret although the session has a token; 404,
 * 410 ENOTFOUND; 409, 412 ECONFLICT; 413 ETOOBIG; 429 ETHROTTLED; 408, 5xx EAGAIN (5xx to HUB_ONCE:
 * EUNSURE); else EREFUSED; but 418, or HTML below 500 that is no download's 2xx, EFIREWALL.
 * *wait_ms is preset from Retry-After and may be changed. hub_fail gives a failure its words. For
 * a planned request this is a call of its own, and the body of a good download is "". */
typedef int hub_classify_fn(struct hub_op *, const struct hub_reply *, int guess,
                            uint32_t *wait_ms);
enum hub_request_flags {
    HUB_ONCE = 1, /* not safe to repeat: HUB_EUNSURE if the answer is lost */
    HUB_HTTP1 = 2 /* not over HTTP/2 */
};
struct hub_request { /* the engine adds Host, Content-Length, Range; a User-Agent if none is set */
    uint32_t size, flags;          /* enum hub_request_flags */
    uint32_t timeout_ms, reserved; /* of control traffic; 0 is the engine's default */
    const char *method, *url;      /* https:, http: or, if HUB_LOCAL, file: */
    const char *const *headers;    /* "Name: value" */
    const char *const *secrets;    /* headers with the credential, never shown, for credential_hosts
                                      alone: url elsewhere is ECORRUPT, a redirect drops them */
    const void *body;              /* of control traffic; a planned upload sends its part */
    uint64_t body_bytes;
    hub_classify_fn *classify; /* NULL: the guess stands */
};
enum hub_part_flags {
    HUB_NO_RANGE = 1, /* a download that cannot start in the middle */
    HUB_HELD = 2      /* upload: the hub holds this part already, yet request may replace it */
};
struct hub_part {         /* bytes [offset, offset + part_bytes) of a file and how they move */
    uint32_t size, flags; /* enum hub_part_flags */
    uint64_t offset, part_bytes;       /* download: 0 and all; the engine slices it */
    int64_t expires_ms;                /* when the address lapses */
    const struct hub_request *request; /* upload: NULL if the hub holds this part already */
    const char *etag;                  /* the hub's answer to the part, as it came */
};

/* ---- writing ---- */
enum hub_mode {
    HUB_INLINE = 1, /* commit gets the bytes; the only mode of an empty file */
    HUB_STORED = 2, /* the hub has (sha256, file_bytes) already: no byte moves */
    HUB_PARTS = 3   /* parts follow, in order, from 0 to file_bytes without gap or overlap */
};
struct hub_plan {        /* how one file gets to the hub; both texts are opaque to the engine */
    uint32_t size, mode; /* enum hub_mode */
    const char *ticket;  /* what finish_upload, commit or planning again must know: never stored */
    const char *resume;  /* what upload must know after a crash: stored until the commit, so it
                            holds no address and no secret; "" if the hub's own answer will do */
};
struct hub_put {         /* one file on its way: upload, finish_upload and commit see it fill up */
    uint32_t size, mode; /* as planned; 0 in upload */
    const struct hub_file *file; /* path, file_bytes and sha256 are known */
    const struct hub_file *old;  /* what it replaces, as listed; NULL if new */
    const void *content;         /* upload: the first sample_bytes, or all if shorter; commit: all
                                    of a HUB_INLINE file */
    uint64_t content_bytes;
    const char *ticket, *resume;         /* of the newest plan; "" if upload is to start anew */
    const struct hub_part *const *parts; /* finish_upload: as planned, each with its etag */
    uint64_t n_parts;
};
struct hub_change { /* one commit: where the hub has commits, all of it shows or nothing */
    uint32_t size, reserved;
    const char *parent;  /* the head it was planned on */
    const char *message; /* one line */
    const struct hub_put *const *puts;
    uint64_t n_puts;
    const struct hub_file *const *deletes; /* as listed at parent */
    uint64_t n_deletes;
};

/* ---- what a hub is like ---- */
enum hub_by_hand { HUB_DELETE_REPO = 1, HUB_SET_VISIBILITY = 2, HUB_START_MIRROR = 3 };
struct hub_manual {      /* a step that only a person can do, on the site */
    uint32_t size, what; /* enum hub_by_hand */
    const char *text;    /* what to do and where; "{id}" stands for the repo's */
};
enum hub_limit_flags {
    HUB_CHECKS_HEAD = 1,  /* commit is ECONFLICT if the head is not parent */
    HUB_ONE_PUT = 2,      /* an object is one part: broken off, it starts again at 0 */
    HUB_CARD_LICENSE = 4, /* a README must name a license */
    HUB_CHECKS_OBJECT = 8 /* finish_upload fails unless the hub's bytes have the sha256 */
};
struct hub_license {            /* one license and the site's words for it */
    uint32_t size, reserved;
    const char *id;             /* lowercase, as in hub_repo */
    const char *create, *card;  /* in create_repo; in the front matter of a README */
    const char *const *aliases; /* words that mean it too */
};
struct hub_limits {                         /* of one session; 0 or NULL: none known */
    uint32_t size, flags;                   /* enum hub_limit_flags */
    uint32_t requests, window_ms;           /* a bucket that fills at requests per window_ms */
    uint32_t burst, reserved;               /* what it holds; 0: 1 */
    uint32_t parallel, batch_items;         /* of them at once; items in a stat_files or upload */
    uint32_t commit_items, commit_gap_ms;   /* puts and deletes; from a repo's commit to the next */
    uint64_t commit_bytes, inline_bytes;    /* of inline content in a commit; in one file */
    uint64_t file_bytes, part_bytes;        /* the largest file; the usual part, for estimates */
    uint32_t sample_bytes, path_bytes;      /* what upload wants of the content; the longest path */
    const char *name_pattern;               /* POSIX extended regex, of all of a repo's name */
    const char *const *credential_hosts;    /* "name": at the endpoint's port; "name:*": any port */
    const struct hub_license *const *licenses; /* that the hub knows; ends in NULL, as does: */
    const struct hub_manual *const *manual;
};
struct hub_account {          /* whose credential it is */
    uint32_t size, can_write; /* enum hub_truth */
    int64_t expires_ms;
    const char *name;
    const char *const *owners; /* whose repos it may write */
};
enum hub_import_state { HUB_RUNNING = 1, HUB_DONE = 2, HUB_FAILED = 3 };
struct hub_import {            /* what became of import_repo */
    uint32_t size, state;      /* enum hub_import_state; 0: only the branch heads can tell */
    uint32_t mirror, failures; /* enum hub_truth: the hub keeps following; failed tries in a row */
    int64_t tried_ms, succeeded_ms;
    const char *message;
};
enum hub_type { HUB_STRING = 0, HUB_BOOL = 1, HUB_UINT = 2, HUB_BYTES = 3, HUB_MS = 4 };
struct hub_option { /* declared, so that the engine parses, checks, documents and redacts it */
    uint32_t size, type, secret, reserved; /* enum hub_type; secret: 1 if never shown */
    const char *name, *fallback, *help;    /* fallback NULL: the user must set it */
};

/* ---- the engine's side ---- */
struct hub_op { /* one call: who hears its answers, its error, its cancellation */
    uint32_t size, reserved;
    const struct hub_host *host;
    struct hub_session *session; /* what open gave; NULL during open */
};
struct hub_host {
    uint32_t size, abi;
    /* The value of a declared option, or of "token": text, units taken off, "" if not set. It
     * lives as long as the session. A provider for a site declares the option "endpoint". */
    const char *(*config)(struct hub_op *, const char *name);
    void (*log)(struct hub_op *, int level, const char *fmt, ...) HUB_PRINTF(3, 4); /* 0 error..3 */
    int (*fail)(struct hub_op *, int status, const char *fmt, ...) HUB_PRINTF(3, 4);
    /* Control traffic. Waits and repeats, within the user's limits, while classify says EAGAIN,
     * ETHROTTLED or EFIREWALL; returns the last class. *out is that answer, NULL if none came. */
    int (*http)(struct hub_op *, const struct hub_request *, const struct hub_reply **out);
    /* Answers, copied. item: which one of the call's array; 0 if the call is about one. */
    int (*limits)(struct hub_op *, const struct hub_limits *);
    int (*account)(struct hub_op *, const struct hub_account *);
    int (*repo)(struct hub_op *, const struct hub_repo *);
    int (*head)(struct hub_op *, const struct hub_head *);
    int (*file)(struct hub_op *, const struct hub_file *);
    int (*plan)(struct hub_op *, size_t item, const struct hub_plan *);
    int (*part)(struct hub_op *, size_t item, const struct hub_part *);
    int (*progress)(struct hub_op *, const struct hub_import *);
    int (*fail_item)(struct hub_op *, size_t item, int status, const char *fmt, ...)
        HUB_PRINTF(4, 5); /* upload: this one alone fails. Returns 0: go on with the next */
};
#define hub_say(op, what, ...) ((op)->host->what((op), __VA_ARGS__)) /* hub_say(op, file, &f) */
#define hub_fail(op, ...) hub_say(op, fail, __VA_ARGS__)

/* ---- the provider's side. NULL is "the hub cannot"; a rule needs only what it uses ---- */
enum hub_provider_flags {
    HUB_LOCAL = 1 /* no site but a folder, its option "root": planned requests are GET and PUT of
                     file: URLs beneath it. The engine opens the file (makes it, not its folder),
                     writes a part at its offset, syncs. Names are the provider's own business */
};
struct hub_provider {
    uint32_t size, abi, threads, flags; /* HUB_ABI; enum hub_threads; enum hub_provider_flags */
    const char *name, *version, *title; /* name: [a-z0-9-]+ as in hub-<name>.so */
    const struct hub_option *const *options; /* ends in NULL */

    int (*open)(struct hub_op *, struct hub_session **out); /* on failure leaves *out alone */
    void (*close)(struct hub_session *);                    /* cannot fail, has no op */
    int (*whoami)(struct hub_op *); /* proves the credential; EAUTH if it is not accepted */

    /* Reading. A list of repos that the site cuts is EPARTIAL, never a short list. stat_repo asks
     * the hub about that one repo; ENOTFOUND is the hub's own word, never a guess. list_files
     * answers all files, in any order, and the head once it knows whether they are all. What
     * stat_files does not answer proves nothing. download plans one part for a file as listed. */
    int (*list_repos)(struct hub_op *, const char *owner);
    int (*stat_repo)(struct hub_op *, const struct hub_repo *);
    int (*list_files)(struct hub_op *, const struct hub_repo *);
    int (*stat_files)(struct hub_op *, const struct hub_repo *, const char *const *paths, size_t n);
    int (*download)(struct hub_op *, const struct hub_repo *, const struct hub_file *);
    /* HUB_YES if the site itself wrote all of this README.md or LICENSE (a quotation of its text is
     * none), else HUB_NO. Sends no request: the engine has the bytes anyway. */
    int (*site_made)(struct hub_op *, const char *path, const void *content, uint64_t n_bytes);

    /* Writing, to the branch repo->revision. upload answers each put with a plan, then its parts,
     * or with fail_item. Puts of equal sha256 follow each other and share one object: ask the hub
     * for it once; it moves once. finish_upload follows when all parts are there; twice is
     * harmless; it may answer a last plan, for its ticket. If it or a part is EEXPIRED, upload is
     * called again, and the new plan counts. Nothing shows before commit, which answers the new
     * head if the hub tells it, and limits anew if the next commit should be smaller or larger.
     * create_repo answers what was made. */
    int (*upload)(struct hub_op *, const struct hub_repo *, const struct hub_put *const *puts,
                  size_t n);
    int (*finish_upload)(struct hub_op *, const struct hub_repo *, const struct hub_put *);
    int (*commit)(struct hub_op *, const struct hub_repo *, const struct hub_change *);
    int (*create_repo)(struct hub_op *, const struct hub_repo *); /* visibility and license set */
    int (*delete_repo)(struct hub_op *, const struct hub_repo *); /* nothing there: ENOTFOUND */

    /* The hub copies by itself. import_repo creates the repo and starts; it does not wait. */
    int (*import_repo)(struct hub_op *, const struct hub_repo *, const char *source_url);
    int (*follow_import)(struct hub_op *, const struct hub_repo *);
    int (*branch_heads)(struct hub_op *, const struct hub_repo *);
    /* Of these LFS files answers those (file) whose object the hub can hand out. */
    int (*stored_objects)(struct hub_op *, const struct hub_repo *,
                          const struct hub_file *const *files, size_t n);
};
/* The one symbol that a provider exports: HUB_PROVIDER(my_provider); runs no code. */
#define HUB_PROVIDER(p) const struct hub_provider *const hub_plugin = &(p)
extern __attribute__((visibility("default"))) const struct hub_provider *const hub_plugin;
#ifdef __cplusplus
}
#endif
#endif
