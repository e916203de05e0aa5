# Sourced by selftest_modelers.sh: each knob and behaviour that no other check used.
# shellcheck shell=bash disable=SC2034,SC2086,SC2154

# --- limits, spellings, other behaviours (10, 13.4) ---

knob rate_per_s 1
knob rate_burst 2
for _ in 1 2 3 4; do as $alice GET /api/v1/model/alice/demo; done
answers "429 rate_limit_over" "over the rate"
is "$(header Retry-After)" "" "no Retry-After"
as "" GET /api/v1/model/alice/demo; is "$status" 200 "anonymous calls are not counted"
knob retry_after_s 7
for _ in 1 2 3; do as $alice GET /api/v1/model/alice/demo; done
is "$(header Retry-After)" 7 "with Retry-After"
knob rate_per_s null
knob retry_after_s null
fault '{"route":"tree","times":1,"action":"html","status":418}'
as "" GET /api/v1/file/alice/demo; is "$status $(get .code)" "418 " "firewall page"
fault '{"behaviour":"two_objects","times":1}'
as "" GET /api/v1/model/alice/none; is "$(jq -s length "$folder/body")" 2 "two objects in one body"
knob nulls true
as "" GET "/api/v1/file/alice/demo"
is "$(get '[.data.tree[].commit] | unique | tojson')" "[null]" "commit null"
as "" GET /api/v1/model/alice/demo; is "$(get .data.labels.frameworks)" null "frameworks null"
knob nulls null
knob etag_form '"weak"'
as "" GET "/api/v1/file/alice/demo/info?path=config.json"; is "$(get .data.etag)" "W/\"$plain_etag\"" "weak etag"
knob etag_form null
knob extra_members true
as "" GET /api/v1/model/alice/demo; is "$(get 'has("x_unknown")')" true "unknown members"
knob extra_members null
as "" GET "/api/v1/file/alice/demo"
is "$(get '[.data.tree[].commit.created | .[19:]] | unique | length > 0')" true "dates"
fault '{"behaviour":"foreign_push","times":1}'
as "" GET "/api/v1/file/alice/demo"; one=$(get .data.last_commit.commit.commit_sha)
as "" GET "/api/v1/file/alice/demo"; two=$(get .data.last_commit.commit.commit_sha)
is "$([ "$one" != "$two" ] && echo moved)" moved "the head moves between two listings"
as "" GET "/api/v1/file/alice/demo?ref=$one"; is "$(get .data.last_commit.commit.commit_sha)" "$one" "a pinned commit stays"
fault '{"behaviour":"disagreed_privacy","times":1}'
as "" GET /api/v1/model/alice/demo; answers "400 disagreed_privacy" "privacy terms"
is "$(counter leaks)" 0 "no leak was counted"

knob list_visibility true
as "" GET "/api/v1/model?owner=alice"; is "$(get '.data.models[0].visibility')" public "list: visibility"
knob list_visibility null
knob siblings false
as "" GET /api/v1/model/alice/demo;  is "$(get '.data | has("siblings")')" false "no siblings"
knob siblings null
for form in utc:Z offset:+08:00; do
    knob dates "\"${form%%:*}\""
    as "" GET /api/v1/file/alice/demo
    is "$(get '[.data.tree[].commit.created | .[19:]] | unique | join(" ")')" "${form#*:}" "dates: $form"
done
knob dates null
for form in 'quoted:"'"$plain_etag"'"' "upper:${plain_etag^^}"; do
    knob etag_form "\"${form%%:*}\""
    as "" GET "/api/v1/file/alice/demo/info?path=config.json"
    is "$(get .data.etag)" "${form#*:}" "etag_form: $form"
done
knob etag_form null
knob redirect_status 307
knob redirect_hops 2
as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors -L -w '%{num_redirects} '
is "${status% *} $(hash256 "$folder/body")" "2 $oid" "redirect_hops"
as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors; is "$status" 307 "redirect_status"
knob redirect_status null
knob redirect_hops null
knob redirect '"none"'
as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors -H 'Range: bytes=0-'
is "$status $(hash256 "$folder/body")" "206 $oid" "no redirect"
knob redirect null
knob delete_needs_body false
as $alice DELETE /api/v1/model/999999;  is "$status" 204 "delete without a body"
knob delete_needs_body null
knob models_max 2
send $alice POST /api/v1/model "$(make over)"; answers "400 count_exceeded" "models_max"
knob models_max null
fault '[{"behaviour":"user_no_email","times":1},{"behaviour":"branch_inactive","times":1}]'
send $alice POST /api/v1/model "$(make over)"; answers "400 user_no_email" "user_no_email"
branch x1 main;                         answers "400 branch_inactive" "branch_inactive"
fault '{"behaviour":"pre_upload_omits","times":1}'
pre a.txt 1;                            is "$(get '.data.files | length')" 0 "pre_upload_omits"
knob error_type '"application/json"'
as "" GET /api/v1/model/alice/none;     is "$(header Content-Type)" application/json "error_type"
knob error_type null

head -c 100000 /dev/urandom >"$folder/odd"
odd=$(hash256 "$folder/odd")
fault '{"behaviour":"part_url_expired","times":1}'
batch alice/list1 "$odd" 100000
put_part "$folder/odd" 1;               is "$status" 403 "part_url_expired"
batch alice/list1 "$odd" 100000
knob part_etag_bare true
put_part "$folder/odd" 1;               is "$(header ETag)" "$etag" "part_etag_bare"
knob part_etag_bare null
knob stored_href_empty true
batch alice/list1 "$odd" 100000;        is "$(of_batch '.actions.parts[0].href')" "" "stored_href_empty"
knob stored_href_empty null
fault '[{"behaviour":"upload_lost","times":1},{"behaviour":"part_no_etag","times":1}]'
batch alice/list1 "$odd" 100000;        is "$(of_batch '.actions.parts[0].etag')" "" "upload_lost"
put_part "$folder/odd" 1;               is "$status $(header ETag)" "200 " "part_no_etag"
curl -s -o "$folder/admin" -d '{"state":true}' "$admin/counters/reset"
batch alice/list1 "$odd" 100000;        is "$(of_batch '.actions.parts[0].etag')" "" "reset forgets parts"
knob verify_headers false
batch alice/list1 "$odd" 100000;        is "$(of_batch '.actions.verify.headers | length')" 0 "verify_headers"
put_part "$folder/odd" 1; one=$etag
put_part "$folder/odd" 2
id=$(of_batch .actions.verify.params.upload_id)
send $alice POST "/api/v1/file/lfs/verify?upload_id=$id" "{\"upload_id\":\"$id\",\"part_ids\":[{\"index\":1,\"etag\":\"$one\"},{\"index\":2,\"etag\":\"$etag\"}]}"
is "$status" 200 "verify with the caller's token"
knob verify_headers null
knob refused_oid '"00*"'
batch alice/list1 "$(printf '%064d' 1)" 5; is "$(of_batch .error.code)" 422 "refused_oid"
knob refused_oid null
knob no_part_size true
batch alice/list1 "$(printf '%064d' 1)" 30000000
is "$(of_batch '.actions.parts | [length, (.[0] | has("size"))] | tojson')" "[2,false]" "no_part_size"
knob no_part_size null
curl -s -o "$folder/admin" -d '{"sites":{"modelers":{"repos":[{"id":"alice/down","extra":{"disable":true}}]}}}' "$admin/seed"
as "" GET /api/v1/model/alice/down;     answers "404 model_not_found" "disabled is private"
as $alice GET /api/v1/model/alice/down; is "$(get .data.disable)" true "disabled"
send $alice PUT "/api/v1/model/$(get .data.id)" '{"visibility":"public"}'; answers "400 resource_disabled" "disabled: no change"
commit alice/down "$(create_json a aGk=)"; answers "400 resource_disabled" "disabled: no commit"
curl -s -o "$folder/admin" -d '{"sites":{"modelers":{"repos":[{"id":"alice/bare","defaults":false}]}}}' "$admin/seed"
as "" GET /api/v1/file/alice/bare;      answers "400 empty_repo" "an empty repository"
