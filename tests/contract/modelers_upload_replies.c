/* What hub-modelers makes of the site's answers while files go there. */
#include "modelers_script.h"

#define BATCH FILES "/info/lfs/objects/batch"
#define VERIFY                                                                                     \
    "'verify':{'href':'" SITE "/verify','params':{'upload_id':'U 1'},"                             \
    "'headers':{'Authorization':'Basic eA==','X-Key':'k'}}"
#define ONE_PART "'parts':[{'index':1,'size':45000000,'href':'https://o.test/1'}]"
#define ALL_STORED                                                                                 \
    "'parts':[{'index':1,'size':20000000,'etag':'a'},{'index':2,'size':20000000,'etag':'b'},"      \
    "{'index':3,'size':5000000,'etag':'c','href':null}]"

/* Asks for the one object OID_A of 45,000,000 bytes; rest: what its answer says beyond that. */
static int ask_object(struct fake *f, const char *rest)
{
    struct hub_file file = make_file("w.bin", 45000000, OID_A);
    struct hub_put put = make_put(&file);
    const struct hub_put *const puts[] = {&put};

    expect(f, "POST", FILES "/pre_upload", 200, "{'files':[{'path':'w.bin','type':'lfs'}]}");
    expect(f, "POST", BATCH, 200,
           hub_pool_printf(&f->pool, "{'objects':[{'oid':'" OID_A "'%s}]}", rest));
    return hub_plugin->upload(&f->op, &REPO, puts, 1);
}

/* ---- planning ---- */

static void modes_are_the_sites_but_for_two(void **state)
{
    struct hub_file files[] = {make_file("empty", 0, OID_A), make_file("small", 35, OID_A),
                               make_file("big", (5u << 20) + 1, OID_B)};
    struct hub_put list[] = {make_put(&files[0]), make_put(&files[1]), make_put(&files[2])};
    const struct hub_put *const puts[] = {&list[0], &list[1], &list[2]};
    struct fake *f = begin();
    struct fake_step *step;

    (void)state;
    assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 1), 0); /* asks nothing */
    assert_int_equal(f->plans[0]->plan.mode, HUB_INLINE);
    step = expect(f, "POST", FILES "/pre_upload", 200,
                  "{'files':[{'path':'big','type':'regular'},{'path':'small','type':'regular'}]}");
    step->has[0] = json(f, "{'branch':'main','files':[{'path':'small','size':35,'sha':'" OID_A);
    step->has_not = "empty";
    assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 3), 0);
    assert_int_equal(f->n_plans, 3);
    assert_int_equal(f->plans[2]->plan.mode, HUB_INLINE);
    assert_int_equal(f->failures[0]->item, 2);
    assert_int_equal(f->failures[0]->status, HUB_ETOOBIG);
    fake_done(f);
}

static void mode_that_is_not_told_is_corrupt(void **state)
{
    static const char *const ANSWERS[] = {
        "{'files':[{'path':'other','type':'lfs'}]}",
        "{'files':[{'path':'w.bin','type':''}]}",
        "{'files':[{'path':'w.bin'}]}",
        "{'files':null}",
        "null",
    };
    struct hub_file file = make_file("w.bin", 35, OID_A);
    struct hub_put put = make_put(&file);
    const struct hub_put *const puts[] = {&put};
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(ANSWERS); i++) {
        expect(f, "POST", FILES "/pre_upload", 200, ANSWERS[i]);
        assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 1), HUB_ECORRUPT);
        assert_int_equal(f->n_plans, 0);
    }
    fake_done(f);
}

static void batch_resumes_by_the_stored_parts(void **state)
{
    struct fake *f = begin();
    const struct hub_part *part;

    (void)state;
    assert_int_equal(
        ask_object(f, ",'size':45000000,'actions':{'parts':["
                      "{'index':1,'size':20000000,'href':'https://o.test/1','etag':'',"
                      "'headers':{'x-a':'1','Host':'o.test'}},"
                      "{'index':2,'size':20000000,'href':'','etag':'e2'},"
                      "{'index':3,'size':5000000,'href':'https://o.test/3','headers':null}]," VERIFY
                      "}"),
        0);
    assert_int_equal(f->plans[0]->plan.mode, HUB_PARTS);
    assert_string_equal(f->plans[0]->plan.resume, "");
    assert_int_equal(f->n_parts, 3);
    part = &f->parts[0]->part;
    assert_string_equal(part->request->url, "https://o.test/1");
    assert_string_equal(part->request->headers[0], "x-a: 1");
    assert_null(part->request->headers[1]);
    assert_null(part->request->secrets);
    part = &f->parts[1]->part;
    assert_null(part->request);
    assert_string_equal(part->etag, "e2");
    assert_int_equal(part->offset, 20000000);
    part = &f->parts[2]->part;
    assert_int_equal(part->offset, 40000000);
    assert_int_equal(part->part_bytes, 5000000);
    fake_done(f);
}

static void parts_have_a_usual_size(void **state)
{
    struct fake *f = begin();

    (void)state;
    assert_int_equal(ask_object(f, ",'actions':{'parts':[{'index':1,'href':'https://o.test/1'},"
                                   "{'index':2,'href':'https://o.test/2'},"
                                   "{'index':3,'href':'https://o.test/3'}]}"),
                     0);
    assert_int_equal(f->parts[1]->part.part_bytes, 20000000);
    assert_int_equal(f->parts[2]->part.part_bytes, 5000000);
    assert_string_equal(f->plans[0]->plan.ticket, "");
    fake_done(f);
}

static void twins_are_asked_for_once(void **state)
{
    struct hub_file files[] = {make_file("a.bin", 45000000, OID_A),
                               make_file("b.bin", 45000000, OID_A),
                               make_file("c.bin", 45000000, OID_B)};
    struct hub_put list[] = {make_put(&files[0]), make_put(&files[1]), make_put(&files[2])};
    const struct hub_put *const puts[] = {&list[0], &list[1], &list[2]};
    struct fake *f = begin();
    struct fake_step *step;

    (void)state;
    expect(f, "POST", FILES "/pre_upload", 200,
           "{'files':[{'path':'a.bin','type':'lfs'},{'path':'b.bin','type':'lfs'},"
           "{'path':'c.bin','type':'lfs'}]}");
    step = expect(f, "POST", BATCH, 200,
                  "{'objects':[{'oid':'" OID_B "'},{'oid':'" OID_A
                  "','actions':{'upload':{'href':'https://o.test/a','header':{'x':'y'}}}}]}");
    step->has[0] = json(f, "{'operation':'upload','transfers':['basic','multipart'],"
                           "'hash_algo':'sha256','objects':[{'oid':'" OID_A
                           "','size':45000000},{'oid':'" OID_B "','size':45000000}]}");
    assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 3), 0);
    assert_int_equal(f->n_plans, 3);
    assert_int_equal(f->plans[1]->plan.mode, HUB_PARTS);
    assert_int_equal(f->plans[2]->plan.mode, HUB_STORED);
    assert_int_equal(f->n_parts, 2);
    assert_int_equal(f->parts[1]->item, 1);
    assert_int_equal(f->parts[1]->part.part_bytes, 45000000);
    assert_string_equal(f->parts[1]->part.request->headers[0], "x: y");
    fake_done(f);
}

static void present_comes_in_many_shapes(void **state)
{
    static const char *const SHAPES[] = {
        "",
        ",'size':45000000",
        ",'actions':null",
        ",'actions':{}",
        ",'actions':{'parts':null}",
        ",'actions':{'parts':[]}",
        ",'actions':{" ALL_STORED "}",
        ",'error':null",
        ",'error':{'code':0,'message':''}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(SHAPES); i++) {
        struct fake *f = begin();

        assert_int_equal(ask_object(f, SHAPES[i]), 0);
        assert_int_equal(f->plans[0]->plan.mode, HUB_STORED);
        assert_int_equal(f->n_parts, 0);
        fake_done(f);
    }
}

static void stored_parts_still_want_their_verify(void **state)
{
    struct fake *f = begin();

    (void)state;
    assert_int_equal(ask_object(f, ",'actions':{" ALL_STORED "," VERIFY "}"), 0);
    assert_int_equal(f->plans[0]->plan.mode, HUB_PARTS);
    assert_int_equal(f->n_parts, 3);
    assert_null(f->parts[2]->part.request);
    assert_string_equal(f->parts[2]->part.etag, "c");
    fake_done(f);
}

static void batch_of_other_objects_is_corrupt(void **state)
{
    static const char *const ANSWERS[] = {
        "{'objects':[]}",
        "{'objects':null}",
        "null",
        "{'objects':[{'oid':'" OID_B "'}]}",
        "{'objects':[{'oid':'" OID_A "'},{'oid':'" OID_B "'}]}",
        "{'objects':[{'oid':'" OID_A "'},{'oid':'" OID_A "'}]}",
        "<{'objects':[{'oid':'" OID_A "'}]}>",
    };
    struct hub_file file = make_file("w.bin", 45000000, OID_A);
    struct hub_put put = make_put(&file);
    const struct hub_put *const puts[] = {&put};
    struct fake *f = begin();

    (void)state;
    for (size_t i = 0; i < COUNT(ANSWERS); i++) {
        expect(f, "POST", FILES "/pre_upload", 200, "{'files':[{'path':'w.bin','type':'lfs'}]}");
        expect(f, "POST", BATCH, 200, ANSWERS[i]);
        assert_int_equal(hub_plugin->upload(&f->op, &REPO, puts, 1), HUB_ECORRUPT);
        assert_int_equal(f->n_plans, 0);
    }
    fake_done(f);
}

static void object_that_makes_no_sense_fails_alone(void **state)
{
#define P(index, size) "{'index':" #index ",'size':" #size ",'href':'https://o.test/" #index "'}"
#define PARTS(list)    ",'actions':{'parts':[" list "]}"
    static const struct {
        const char *rest;
        int expected;
    } CASES[] = {
        {PARTS(P(1, 20000000) "," P(2, 20000000)), HUB_ECORRUPT},
        {PARTS(P(1, 20000000) "," P(3, 20000000) "," P(2, 5000000)), HUB_ECORRUPT},
        {PARTS(P(1, 20000000) "," P(2, 10000000) "," P(3, 15000000)), HUB_ECORRUPT},
        {PARTS(P(1, 20000000) "," P(2, 20000000) "," P(3, 5000001)), HUB_ECORRUPT},
        {PARTS(P(0, 45000000)), HUB_ECORRUPT},
        {PARTS(P(1, 45000000) "," P(2, 45000000)), HUB_ECORRUPT},
        {PARTS("{'index':1,'size':45000000,'href':''}"), HUB_ECORRUPT},
        {PARTS("{'index':1,'size':45000000,'href':'h','headers':{'A':'x\\r\\nB: y'}}"),
         HUB_ECORRUPT},
        {",'actions':{" ONE_PART ",'verify':{'href':'https://m.test/v'}}", HUB_ECORRUPT},
        {",'actions':{" ONE_PART ",'verify':{'params':{'upload_id':'U'}}}", HUB_ECORRUPT},
        {",'actions':{'upload':{}}", HUB_ECORRUPT},
        {",'size':4", HUB_ECORRUPT},
        {",'error':{'code':422,'message':'too large'}", HUB_ETOOBIG},
        {",'error':{'code':400,'message':'no'}", HUB_EREFUSED},
        {",'error':{'message':'no'}", HUB_EREFUSED},
        {",'error':{'code':403}", HUB_EDENIED},
        {",'error':{'code':503,'message':''}", HUB_EAGAIN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fake *f = begin();

        assert_int_equal(ask_object(f, CASES[i].rest), 0);
        assert_int_equal(f->n_plans, 0);
        assert_int_equal(f->n_failures, 1);
        assert_int_equal(f->failures[0]->status, CASES[i].expected);
        fake_done(f);
    }
}

static void lapsed_part_is_planned_again(void **state)
{
    struct fake *f = begin();
    const struct hub_request *request;

    (void)state;
    assert_int_equal(ask_object(f, ",'actions':{" ONE_PART "," VERIFY "}"), 0);
    request = f->parts[0]->part.request;
    assert_int_equal(fake_classify(f, request, 404, "<Error>NoSuchUpload</Error>"), HUB_EEXPIRED);
    assert_int_equal(fake_classify(f, request, 403, "<Error>Expired</Error>"), HUB_EEXPIRED);
    assert_int_equal(fake_classify(f, request, 403, HTML), HUB_EFIREWALL);
    assert_int_equal(fake_classify(f, request, 503, "<Error>SlowDown</Error>"), HUB_EAGAIN);
    assert_int_equal(fake_classify(f, request, 200, ""), HUB_EAGAIN); /* no ETag to confirm with */
    fake_forget(f);
    assert_int_equal(ask_object(f, ",'actions':{" ONE_PART "}"), 0);
    assert_int_equal(fake_classify(f, f->parts[0]->part.request, 200, ""), 0);
    fake_done(f);
}

/* ---- finishing ---- */

static int finish(struct fake *f, const char *ticket, uint32_t status, const char *text)
{
    struct hub_file file = make_file("w.bin", 45000000, OID_A);
    struct hub_part part = {.size = sizeof(part), .part_bytes = 45000000, .etag = "\"Ab\""};
    const struct hub_part *const parts[] = {&part};
    struct hub_put put = make_put(&file);
    struct fake_step *step = expect(f, "POST", SITE "/verify?upload_id=U%201", status, text);

    step->has[0] = json(f, "{'upload_id':'U 1','part_ids':[{'index':1,'etag':'Ab'}]}");
    put.ticket = ticket;
    put.parts = parts;
    put.n_parts = 1;
    return hub_plugin->finish_upload(&f->op, &REPO, &put);
}

static void verify_confirms_with_its_own_headers(void **state)
{
    struct fake *f = begin();
    const struct hub_request *sent;
    const char *ticket;

    (void)state;
    assert_int_equal(ask_object(f, ",'actions':{" ONE_PART "," VERIFY "}"), 0);
    ticket = f->plans[0]->plan.ticket;
    assert_int_equal(finish(f, ticket, 200, ""), 0);
    sent = f->sent[f->n_sent - 1];
    assert_string_equal(sent->secrets[0], "Authorization: Basic eA==");
    assert_null(sent->secrets[1]);
    assert_string_equal(fake_header(sent->headers, "X-Key"), "k");
    assert_string_equal(fake_header(sent->headers, "Content-Type"), "application/json");
    assert_int_equal(sent->timeout_ms, 300000);
    assert_int_equal(finish(f, ticket, 201, "null"), 0);
    assert_int_equal(finish(f, ticket, 401, "access_token_invalid"), HUB_EEXPIRED);
    assert_int_equal(finish(f, ticket, 403, "<no>"), HUB_EEXPIRED);
    assert_int_equal(finish(f, ticket, 404, ""), HUB_EEXPIRED);
    assert_int_equal(finish(f, ticket, 418, HTML), HUB_EFIREWALL);
    assert_int_equal(finish(f, ticket, 400, "bad_request_param"), HUB_EREFUSED);
    assert_int_equal(finish(f, ticket, 500, "system_error"), HUB_EAGAIN);
    fake_done(f);
}

static void verify_elsewhere_shows_no_secret_of_ours(void **state)
{
    struct hub_file file = make_file("w.bin", 45000000, OID_A);
    struct hub_put put = make_put(&file);
    struct fake *f = begin();

    (void)state;
    assert_int_equal(ask_object(f, ",'actions':{'upload':{'href':'https://o.test/1'},'verify':"
                                   "{'href':'https://o.test/v?a=1','params':{'b':'2'},"
                                   "'headers':{'Authorization':'Sig x'}}}"),
                     0);
    put.ticket = f->plans[0]->plan.ticket;
    expect(f, "POST", "https://o.test/v?a=1&b=2", 200, "")->has[0] =
        json(f, "{'oid':'" OID_A "','size':45000000}");
    assert_int_equal(hub_plugin->finish_upload(&f->op, &REPO, &put), 0);
    assert_null(f->sent[f->n_sent - 1]->secrets);
    assert_string_equal(fake_header(f->sent[f->n_sent - 1]->headers, "Authorization"), "Sig x");
    fake_done(f);
}

static void nothing_to_confirm_asks_nothing(void **state)
{
    struct hub_file file = make_file("w.bin", 4, OID_A);
    struct hub_put put = make_put(&file);
    struct fake *f = begin();

    (void)state;
    assert_int_equal(hub_plugin->finish_upload(&f->op, &REPO, &put), 0);
    assert_int_equal(f->n_sent, 0);
    fake_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_are_the_sites_but_for_two),
        cmocka_unit_test(mode_that_is_not_told_is_corrupt),
        cmocka_unit_test(batch_resumes_by_the_stored_parts),
        cmocka_unit_test(parts_have_a_usual_size),
        cmocka_unit_test(twins_are_asked_for_once),
        cmocka_unit_test(present_comes_in_many_shapes),
        cmocka_unit_test(stored_parts_still_want_their_verify),
        cmocka_unit_test(batch_of_other_objects_is_corrupt),
        cmocka_unit_test(object_that_makes_no_sense_fails_alone),
        cmocka_unit_test(lapsed_part_is_planned_again),
        cmocka_unit_test(verify_confirms_with_its_own_headers),
        cmocka_unit_test(verify_elsewhere_shows_no_secret_of_ours),
        cmocka_unit_test(nothing_to_confirm_asks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
