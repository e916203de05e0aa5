/* modelscope_commit_replies.c - the provider against recorded answers of the site:
 * commits. docs/providers/modelscope.md names the quirks. */
#include "modelscope_script.h"

static int commit(struct fake *f)
{
    struct hub_file text = a_file("d\"ir/config.json", 7, SHA_A),
                    object = a_file("m.safetensors", 3000000, SHA_B),
                    stored = a_file("n.bin", 9, SHA_A), empty = a_file("__init__.py", 0, SHA_0),
                    old = a_file("old.bin", 1, "");
    struct hub_put p1 = a_put(&text), p2 = a_put(&object), p3 = a_put(&stored), p4 = a_put(&empty);
    const struct hub_put *puts[] = {&p1, &p2, &p3, &p4};
    const struct hub_file *deletes[] = {&old};
    struct hub_change change = {.size = sizeof(change),
                                .parent = COMMIT,
                                .message = "sync \"demo\"",
                                .puts = puts,
                                .n_puts = 4,
                                .deletes = deletes,
                                .n_deletes = 1};

    p1.mode = p4.mode = HUB_INLINE;
    p2.mode = HUB_PARTS;
    p3.mode = HUB_STORED;
    p1.content = "{\"a\":1}";
    p1.content_bytes = 7;
    p4.content = "";
    fake_forget(f);
    return hub_plugin->commit(&f->op, &demo, &change);
}

static void sends_one_commit(void **state)
{
    struct fake *f = start();
    struct fake_step *step = fake_expect(f, "POST", COMMIT_URL, 200, OK("{\"oid\":\"" OTHER "\"}"));

    (void)state;
    step->has[0] = "{\"commit_message\":\"sync \\\"demo\\\"\",\"actions\":["
                   "{\"action\":\"delete\",\"path\":\"old.bin\",\"type\":\"normal\",\"size\":0,"
                   "\"sha256\":\"\",\"content\":\"\",\"encoding\":\"\"},"
                   "{\"action\":\"create\",\"path\":\"d\\\"ir/config.json\",\"type\":\"normal\","
                   "\"size\":7,\"sha256\":\"\",\"content\":\"eyJhIjoxfQ==\","
                   "\"encoding\":\"base64\"},"
                   "{\"action\":\"create\",\"path\":\"m.safetensors\",\"type\":\"lfs\","
                   "\"size\":3000000,\"sha256\":\"" SHA_B "\",\"content\":\"\",\"encoding\":\"\"},"
                   "{\"action\":\"create\",\"path\":\"n.bin\",\"type\":\"lfs\",\"size\":9,"
                   "\"sha256\":\"" SHA_A "\",\"content\":\"\",\"encoding\":\"\"},"
                   "{\"action\":\"create\",\"path\":\"__init__.py\",\"type\":\"normal\",\"size\":0,"
                   "\"sha256\":\"\",\"content\":\"\",\"encoding\":\"base64\"}]}";
    assert_int_equal(commit(f), 0);
    assert_int_equal(f->sent[0]->flags, HUB_ONCE);
    assert_int_equal(f->sent[0]->timeout_ms, 300000);
    assert_int_equal(f->n_heads, 1);
    assert_string_equal(f->heads[0]->commit, OTHER);
    fake_expect(f, "POST", COMMIT_URL, 200, OK("{}"));
    assert_int_equal(commit(f), 0); /* done, and the new commit not told */
    assert_int_equal(f->n_heads, 0);
    fake_done(f);
}

static void knows_what_became_of_a_commit(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        int result;
    } rows[] = {
        {409, BAD("10030000001", "branch changed, please retry"), HUB_ECONFLICT},
        {409, BAD("10030000001", "Could not update refs"), HUB_ECONFLICT},
        {400, BAD("10030000001", "branch changed, please retry"), HUB_ECONFLICT},
        {400, TOO_SOON, HUB_EAGAIN},
        {200, TOO_SOON, HUB_EAGAIN},
        {400, BAD("10030000001", "user not logged in"), HUB_EAUTH},
        {400, BAD("10030000001", "path branch changed, please retry: not there"), HUB_EAGAIN},
        {400, BAD("10030000001", "You can only create or edit files when you are on a branch"),
         HUB_EREFUSED},
        {400, BAD("4", "invalid path ../record not found"), HUB_EREFUSED},
        {422, BAD("4", "commit request exceeds actions limit: 2001 > 2000"), HUB_ETOOBIG},
        {422, "", HUB_ETOOBIG},
        {429, BAD("4", "Commit frequency limit exceeded"), HUB_ETHROTTLED},
        {429, "", HUB_ETHROTTLED},
        {401, BAD("4", "x"), HUB_EAUTH},
        {403, BAD("403", "no write permission"), HUB_EDENIED},
        {403, "<html>", HUB_EFIREWALL},
        {404, NO_RECORD, HUB_ENOTFOUND},
        {404, BAD("10010205001", "Error 1461"), HUB_EUNSURE},
        {404, "", HUB_EUNSURE},
        {408, "", HUB_EUNSURE},
        {500, BAD("500", "x"), HUB_EUNSURE},
        {504, "<html>", HUB_EUNSURE},
        {200, BAD("99", "refused"), HUB_EREFUSED},
        {200, BAD("500", "x"), HUB_EUNSURE},
        {200, "", HUB_EUNSURE},
        {200, "{\"Code\":20", HUB_EUNSURE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake *f = start();
        int r;

        fake_expect(f, "POST", COMMIT_URL, rows[i].status, rows[i].body);
        r = commit(f);
        if (r != rows[i].result)
            fail_msg("row %zu: %d, expected %d (%s)", i, r, rows[i].result, f->message);
        if (r == HUB_EAGAIN)
            assert_true(f->wait_ms >= 4000);
        assert_int_equal(f->n_heads, 0);
        fake_done(f);
    }
}

static void a_lost_commit_is_unsure_and_a_throttled_one_waits(void **state)
{
    struct fake *f = start();

    (void)state;
    fake_expect(f, "POST", COMMIT_URL, 0, "")->is_lost = true;
    assert_int_equal(commit(f), HUB_EUNSURE);
    assert_int_equal(f->n_sent, 1);
    fake_expect(f, "POST", COMMIT_URL, 429, BAD("4", "Commit frequency limit exceeded"))
        ->headers[0] = "retry-after: 7";
    assert_int_equal(commit(f), HUB_ETHROTTLED);
    assert_int_equal(f->wait_ms, 7000);
    fake_expect(f, "POST", COMMIT_URL, 400, TOO_SOON);
    fake_expect(f, "POST", COMMIT_URL, 200, OK("{\"oid\":\"" OTHER "\"}"));
    assert_int_equal(commit(f), 0);
    fake_done(f);
}

static void commits_go_to_branches_only(void **state)
{
    struct fake *f = start();
    struct hub_repo repo = at(COMMIT);
    struct hub_change change = {.size = sizeof(change), .parent = "", .message = "m"};

    (void)state;
    assert_int_equal(hub_plugin->commit(&f->op, &repo, &change), HUB_ENOTSUP);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_one_commit),
        cmocka_unit_test(knows_what_became_of_a_commit),
        cmocka_unit_test(a_lost_commit_is_unsure_and_a_throttled_one_waits),
        cmocka_unit_test(commits_go_to_branches_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
