/* fuzz: sdk core/base core/data core/conf -lyaml -lcrypto -lcjson */
/* Any bytes as a configuration. What is taken holds together and can be shown; what is not
 * taken is HS_ECONFIG with a place. No message and no page shows what a token's variable holds. */
#include "conf/conf.h"
#include <stdlib.h>
#include <string.h>

enum { LIMIT_BYTES = 1 << 14 };
static const char secret[] = "S3cretOfTheFuzzer";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* TOKEN is a secret wherever it stands; other short names have values, the rest is unset. */
static const char *variable(void *ctx, const char *name)
{
    (void)ctx;
    if (strcmp(name, "TOKEN") == 0)
        return secret;
    return strlen(name) < 3 ? "4" : NULL;
}

static void check_rule(const struct hs_conf *conf, const struct hs_rule *rule)
{
    require(rule->name[0] && hs_conf_rule(conf, rule->name) == rule);
    if (rule->type == HS_BIDIRECTIONAL) {
        require(hs_conf_hub(conf, rule->between[0]) && hs_conf_hub(conf, rule->between[1]));
        return;
    }
    require(hs_conf_hub(conf, rule->from) && rule->to.n > 0 && !rule->to.items[rule->to.n]);
    for (size_t i = 0; i < rule->to.n; i++)
        require(hs_conf_hub(conf, rule->to.items[i]) && strcmp(rule->from, rule->to.items[i]) != 0);
}

static bool is_token(const struct hs_conf *conf)
{
    for (size_t i = 0; i < conf->hubs.n; i++)
        if (strstr(conf->hubs.items[i].token.text.hidden, secret))
            return true;
    return false;
}

static void check_pages(const struct hs_conf *conf)
{
    HUB_TEXT(yaml);
    HUB_TEXT(json);
    HUB_POOL(pool);
    const char *why;

    require(hs_conf_show(conf, true, &yaml) == 0 && hs_conf_show_json(conf, true, &json) == 0);
    require(hub_json_parse(&pool, json.data, json.n_bytes, 1 << 24, &why) != NULL);
    require(!is_token(conf) || (!strstr(yaml.data, secret) && !strstr(json.data, secret)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    struct hs_conf conf;
    HS_ERR(err);

    /* written out in the file itself it may well be quoted back */
    if (n_bytes > LIMIT_BYTES || memmem(data, n_bytes, secret, strlen(secret)))
        return 0;
    if (hs_conf_parse(&conf, "f", (const char *)data, n_bytes, variable, NULL, &err) < 0) {
        require(err.status == HS_ECONFIG && strncmp(hs_err_text(&err), "f:", 2) == 0);
        require(!strstr(hs_err_text(&err), secret));
        return 0;
    }
    for (size_t i = 0; i < conf.rules.n; i++)
        check_rule(&conf, &conf.rules.items[i]);
    check_pages(&conf);
    hs_conf_clear(&conf);
    return 0;
}
