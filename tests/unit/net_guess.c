/* The engine's reading of an answer is the one that hub_classify_fn promises. */
#include "net/guess.h"
#include <stdarg.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static const char JSON[] = "content-type: application/json";
static const char HTML[] = "content-type: text/html; charset=utf-8";

static void status_and_kind_give_the_class(void **state)
{
    static const struct {
        uint32_t http_status;
        const char *header, *body;
        unsigned flags;
        int want;
    } rows[] = {
        {200, JSON, "{}", 0, HUB_OK},
        {204, "", "", 0, HUB_OK},
        {206, JSON, "", HS_GUESS_DOWNLOAD, HUB_OK},
        {401, JSON, "", 0, HUB_EAUTH},
        {401, JSON, "", HS_GUESS_LAPSES, HUB_EEXPIRED},
        {403, JSON, "", 0, HUB_EDENIED},
        {403, JSON, "", HS_GUESS_LAPSES, HUB_EEXPIRED},
        {404, JSON, "", 0, HUB_ENOTFOUND},
        {404, JSON, "", HS_GUESS_LAPSES, HUB_ENOTFOUND},
        {410, JSON, "", 0, HUB_ENOTFOUND},
        {409, JSON, "", 0, HUB_ECONFLICT},
        {412, JSON, "", 0, HUB_ECONFLICT},
        {413, JSON, "", 0, HUB_ETOOBIG},
        {429, JSON, "", 0, HUB_ETHROTTLED},
        {429, JSON, "", HS_GUESS_ONCE, HUB_ETHROTTLED},
        {408, JSON, "", 0, HUB_EAGAIN},
        {408, JSON, "", HS_GUESS_ONCE, HUB_EAGAIN},
        {500, JSON, "", 0, HUB_EAGAIN},
        {503, HTML, "", 0, HUB_EAGAIN}, /* a broken gateway, not a firewall */
        {502, JSON, "", HS_GUESS_ONCE, HUB_EUNSURE},
        {599, HTML, "", HS_GUESS_ONCE, HUB_EUNSURE},
        {302, JSON, "", 0, HUB_EREFUSED},
        {400, JSON, "", 0, HUB_EREFUSED},
        {416, JSON, "", 0, HUB_EREFUSED},
        {422, JSON, "", 0, HUB_EREFUSED},
        {418, JSON, "", 0, HUB_EFIREWALL},
        {418, JSON, "", HS_GUESS_DOWNLOAD, HUB_EFIREWALL},
        {200, HTML, "", 0, HUB_EFIREWALL},
        {200, HTML, "", HS_GUESS_DOWNLOAD, HUB_OK},
        {403, HTML, "", HS_GUESS_DOWNLOAD | HS_GUESS_LAPSES, HUB_EFIREWALL},
        {404, HTML, "", HS_GUESS_DOWNLOAD, HUB_EFIREWALL},
        {200, "", "\n<!DOCTYPE html><html>", 0, HUB_EFIREWALL},
        {404, "", "<HTML>", 0, HUB_EFIREWALL},
        {200, JSON, "<html>", 0, HUB_OK}, /* what it says it is counts */
        {200, "content-type: application/xhtml+xml", "", 0, HUB_EFIREWALL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const headers[] = {rows[i].header, NULL};
        struct hub_reply reply = {.size = sizeof reply,
                                  .http_status = rows[i].http_status,
                                  .url = "",
                                  .headers = headers,
                                  .body = rows[i].body};

        assert_int_equal(hs_guess(&reply, rows[i].flags), rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(status_and_kind_give_the_class)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
