/* Completion scripts: bash's is run, the others are read. */
#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

/* What bash offers for these words, the last one being completed; blank between. */
static void complete(const char *words, unsigned n_words, struct hub_text *out)
{
    HUB_TEXT(script);
    HS_ERR(err);
    char path[] = "/tmp/hs_completion_XXXXXX";
    int fd = mkstemp(path), c;
    FILE *bash;

    assert_true(fd >= 0);
    assert_int_equal(hs_completion("bash", &script, &err), 0);
    hub_text_printf(&script, "COMP_WORDS=(%s); COMP_CWORD=%u; _hubsync; echo \"${COMPREPLY[*]}\"\n",
                    words, n_words - 1);
    assert_int_equal(write(fd, script.data, script.n_bytes), (ssize_t)script.n_bytes);
    (void)close(fd);
    hub_text_clear(&script);
    hub_text_printf(&script, "bash --norc --noprofile %s", path);
    bash = popen(script.data, "r");
    assert_non_null(bash);
    hub_text_clear(out);
    while ((c = getc(bash)) != EOF)
        if (c != '\n')
            hub_text_add(out, &(char){(char)c}, 1);
    assert_int_equal(pclose(bash), 0);
    (void)unlink(path);
}

static void bash_knows_verbs_their_words_and_their_options(void **state)
{
    static const struct {
        const char *words;
        unsigned n;
        const char *offered;
    } cases[] = {
        {"hubsync pl", 2, "plan plugin"},
        {"hubsync config ''", 3, "check show --effective"},
        {"hubsync config sh", 3, "show"},
        {"hubsync --output json alerts a", 5, "ack"},
        {"hubsync plan --sa", 3, "--save"},
        {"hubsync plan --allow", 3, ""},
        {"hubsync run --allow", 3, "--allow-delete"},
        {"hubsync --output js", 3, "json jsonl"},
        {"hubsync plan --color ''", 4, "auto always never"},
        {"hubsync run --quie", 3, "--quiet"},
        {"hubsync completion f", 3, "fish"},
        {"hubsync help ver", 3, "verify version"},
        {"hubsync stat", 2, "status"},
        {"hubsync queue ret", 3, "retry"},
    };
    HUB_TEXT(offered);

    (void)state;
    if (access("/bin/bash", X_OK) != 0)
        skip();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        complete(cases[i].words, cases[i].n, &offered);
        if (strcmp(offered.data ? offered.data : "", cases[i].offered) != 0)
            fail_msg("'%s': '%s'", cases[i].words, offered.data);
    }
}

static void zsh_takes_the_script_of_bash(void **state)
{
    HUB_TEXT(bash);
    HUB_TEXT(zsh);
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_completion("bash", &bash, &err), 0);
    assert_int_equal(hs_completion("zsh", &zsh, &err), 0);
    assert_memory_equal(zsh.data, "#compdef hubsync\n", 17);
    assert_non_null(strstr(zsh.data, bash.data));
}

static void fish_describes_what_it_offers(void **state)
{
    HUB_TEXT(fish);
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_completion("fish", &fish, &err), 0);
    assert_non_null(strstr(fish.data, "complete -c hubsync -n __fish_use_subcommand -f -a run -d "
                                      "'plan and do it once'\n"));
    assert_non_null(
        strstr(fish.data, "-n '__fish_seen_subcommand_from config' -f -a 'check show'\n"));
    assert_non_null(strstr(fish.data, "-n '__fish_seen_subcommand_from run' -l allow-delete -x "));
    assert_non_null(strstr(fish.data, "-l output -x -a 'human json jsonl' "));
    assert_non_null(
        strstr(fish.data, "-l raw -d 'compare all files, without the rule\\'s filters'\n"));
    assert_non_null(strstr(fish.data, "-f -a trigger -d "));
}

static void other_shells_are_refused(void **state)
{
    HUB_TEXT(out);
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_completion("tcsh", &out, &err), HS_ECONFIG);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bash_knows_verbs_their_words_and_their_options),
        cmocka_unit_test(zsh_takes_the_script_of_bash),
        cmocka_unit_test(fish_describes_what_it_offers),
        cmocka_unit_test(other_shells_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
