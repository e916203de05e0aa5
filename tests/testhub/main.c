/* hubsync-testhub: hub sites on loopback. The manual is docs/testhub.md. */
#include "counters.h"
#include "fault.h"
#include "hub.h"
#include "listener.h"
#include "seed.h"
#include "server.h"
#include "site.h"
#include "tls.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20 };

struct options {
    const char *port_file, *seed, *faults, *requests;
    bool has_tls;
};

static int usage(void)
{
    fputs("usage: hubsync-testhub --port-file FILE [--seed FILE] [--faults FILE]\n"
          "                       [--requests FILE] [--tls]\n",
          stderr);
    return 2;
}

static bool parse_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"port-file", required_argument, NULL, 'p'},
        {"seed", required_argument, NULL, 's'},
        {"faults", required_argument, NULL, 'f'},
        {"requests", required_argument, NULL, 'r'},
        {"tls", no_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (c) {
        case 'p':
            options->port_file = optarg;
            break;
        case 's':
            options->seed = optarg;
            break;
        case 'f':
            options->faults = optarg;
            break;
        case 'r':
            options->requests = optarg;
            break;
        case 't':
            options->has_tls = true;
            break;
        default:
            return false;
        }
    }
    return options->port_file && optind == argc;
}

static cJSON *read_json(const char *path)
{
    size_t length;
    char *text = th_file_text(path, FILE_MAX, &length);
    cJSON *json = text ? cJSON_ParseWithLength(text, length) : NULL;

    if (!json)
        fprintf(stderr, "hubsync-testhub: %s: %s\n", path,
                text ? "not valid JSON" : "cannot be read");
    free(text);
    return json;
}

static bool load_seed(const char *path)
{
    cJSON *seed = path ? read_json(path) : NULL;
    char *why = NULL;
    bool is_good = path ? seed && th_seed_apply(seed, &why) : th_seed_default(&why);

    if (why)
        fprintf(stderr, "hubsync-testhub: %s: %s\n", path ? path : "built-in seed", why);
    cJSON_Delete(seed);
    free(why);
    return is_good;
}

static bool load_faults(const char *path)
{
    cJSON *rules = path ? read_json(path) : NULL;
    const char *why = NULL;
    bool is_good = !path || (rules && th_fault_add(rules, &why));

    if (why)
        fprintf(stderr, "hubsync-testhub: %s: %s\n", path, why);
    cJSON_Delete(rules);
    return is_good;
}

static bool make_tls(void)
{
    const struct th_site *site;
    char *names = th_copy("DNS:localhost,IP:127.0.0.1,IP:::1");
    bool is_good;

    for (unsigned i = 0; (site = th_site_at(i)); i++) {
        for (size_t k = 0; k < TH_PLANES_MAX && site->planes[k].name; k++) {
            char *longer = th_format("%s,DNS:%s", names, site->planes[k].host);

            free(names);
            names = longer;
        }
    }
    is_good = th_tls_make(names);
    free(names);
    return is_good;
}

static bool open_bad_tls(const struct th_site *site, cJSON *ports)
{
    static const char *const names[TH_CERT_COUNT] = {
        [TH_CERT_EXPIRED] = "expired",
        [TH_CERT_MISNAMED] = "misnamed",
        [TH_CERT_WRONG_CA] = "wrong_ca",
    };
    cJSON *bad = cJSON_AddObjectToObject(ports, "tls_bad");

    for (enum th_certificate i = TH_CERT_EXPIRED; i < TH_CERT_COUNT; i++) {
        struct th_listener *listener =
            th_listener_open(site, &site->planes[0], site->planes[0].host, th_tls_pem(i));

        if (!listener)
            return false;
        cJSON_AddStringToObject(bad, names[i], listener->base);
    }
    return true;
}

static bool open_site(const struct th_site *site, cJSON *ports)
{
    cJSON *entry = cJSON_AddObjectToObject(ports, site->name);

    for (size_t i = 0; i < TH_PLANES_MAX && site->planes[i].name; i++) {
        const struct th_plane *plane = &site->planes[i];
        struct th_listener *listener =
            th_listener_open(site, plane, plane->host, th_tls_pem(TH_CERT_GOOD));

        if (!listener)
            return false;
        cJSON_AddStringToObject(entry, plane->key, listener->base);
    }
    return true;
}

static bool open_all(cJSON *ports)
{
    const struct th_site *site;
    struct th_listener *admin;

    for (unsigned i = 0; (site = th_site_at(i)); i++)
        if (!open_site(site, ports))
            return false;
    admin = th_listener_open(NULL, NULL, "127.0.0.1", NULL);
    if (!admin)
        return false;
    cJSON_AddStringToObject(cJSON_AddObjectToObject(ports, "admin"), "endpoint", admin->base);
    if (!th_tls_ca_file())
        return true;
    cJSON_AddStringToObject(ports, "ca_file", th_tls_ca_file());
    for (unsigned i = 0; (site = th_site_at(i)); i++)
        if (site->has_bad_tls)
            return open_bad_tls(site, ports);
    return true;
}

static bool write_ports(const char *path, const cJSON *ports)
{
    char *text = cJSON_Print(ports), *temporary = th_format("%s.new", path);
    FILE *file = fopen(temporary, "w");
    bool is_good = file && text && fprintf(file, "%s\n", text) > 0;

    if (file)
        is_good = fclose(file) == 0 && is_good;
    is_good = is_good && rename(temporary, path) == 0;
    if (!is_good)
        perror(path);
    cJSON_free(text);
    free(temporary);
    return is_good;
}

static void clear_all(void)
{
    const struct th_site *site;

    th_stop();
    th_listeners_close();
    for (unsigned i = 0; (site = th_site_at(i)); i++)
        if (site->clear)
            site->clear();
    th_fault_clear();
    th_store_clear();
    th_content_clear();
    th_knobs_clear();
    th_counters_clear();
    th_tls_clear();
    th_log_close();
}

int main(int argc, char **argv)
{
    struct options options = {0};
    cJSON *ports;
    sigset_t signals;
    int signal_number;
    bool is_good;

    if (!parse_options(argc, argv, &options))
        return usage();
    (void)signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (options.requests)
        th_log_open(options.requests);
    ports = cJSON_CreateObject();
    th_lock();
    is_good = load_seed(options.seed) && load_faults(options.faults) &&
              (!options.has_tls || make_tls()) && open_all(ports) &&
              write_ports(options.port_file, ports);
    th_unlock();
    cJSON_Delete(ports);
    if (is_good)
        (void)sigwait(&signals, &signal_number);
    clear_all();
    return is_good ? 0 : 1;
}
