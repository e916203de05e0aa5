# Sourced by selftest_modelers.sh: objects in parts and commits.
# shellcheck shell=bash disable=SC2034,SC2086,SC2154

# --- objects in parts (6.2 to 6.4) ---

knob part_size 65536
head -c 200000 /dev/urandom >"$folder/big"
big=$(hash256 "$folder/big")
batch alice/list1 "$big" 200000
is "$(of_batch '.actions.parts | [length, .[0].size, .[3].size] | tojson')" "[4,65536,3392]" "batch: parts"
is "$(of_batch '.actions.parts[0].href' | grep -c '^http://storage.localhost:')" 1 "batch: other host"
put_part "$folder/big" 2
is "$status $(header ETag | grep -c '^"p2-.*"$')" "200 1" "part: quoted opaque etag"
second=$etag
call PUT "$(of_batch '.actions.parts[0].href')" -T "$folder/part" -H 'Expect:' -H "Authorization: Bearer $alice"
is "$status $(counter leaks)" "403 1" "part: a token is refused and counted"
curl -s -o "$folder/admin" -X POST "$admin/counters/reset"
call PUT "$(of_batch '.actions.parts[0].href')" --data-binary "@$folder/part" -H 'Expect:'
is "$status" 403 "part: a content type is refused"
call PUT "$(of_batch '.actions.parts[0].href')" -T - -H 'Expect:' <"$folder/part"
is "$status" 403 "part: chunked is refused"
call PUT "$(of_batch '.actions.parts[3].href')" -T "$folder/part" -H 'Expect:'
is "$status" 400 "part: a wrong length is refused"
batch alice/list2 "$big" 200000
is "$(of_batch '.actions.parts | map(has("href")) | tojson') $(of_batch '.actions.parts[1].etag')" \
    "[true,false,true,true] $second" "batch: the stored part comes with its etag and no href"
verify '[]';                       answers "400 bad_request_param" "verify: parts missing"
clock '{"advance_s":901}'
put_part "$folder/big" 1;          is "$status" 403 "part: expired"
clock '{"offset_s":0}'
put_part "$folder/big" 1; e1=$etag
put_part "$folder/big" 3; e3=$etag
put_part "$folder/big" 4; e4=$etag
put_part "$folder/big" 4
is "$([ "$e4" != "$etag" ] && echo other)" other "part: another etag for each put"
ids() { printf '[{"index":1,"etag":"%s"},{"index":2,"etag":"%s"},{"index":3,"etag":"%s"},{"index":4,"etag":"%s"}]' "$@"; }
verify "$(ids "$e1" "$second" "$e3" "$e4")"; answers "400 bad_request_param" "verify: an old etag"
call POST "$(of_batch .actions.verify.href)?upload_id=$(of_batch .actions.verify.params.upload_id)" \
    -H "Authorization: Bearer $alice" -d '{}'
answers "401 access_token_invalid" "verify: only its own Authorization"
commit alice/list1 "$(create_json big.bin "$(pointer64 "$big" 200000)")"
answers "400 bad_request_param" "commit: a pointer without its object"
verify "$(ids "$e1" "$second" "$e3" "$etag")"; is "$status" 200 "verify"
verify "$(ids "$e1" "$second" "$e3" "$etag")"; is "$status" 200 "verify again"
batch alice/list2 "$big" 200000
is "$(of_batch '.actions.parts | map(has("href")) | any') $(of_batch '.actions | has("verify")')" \
    "false false" "batch: present means etags only"
for shape in no_actions null_actions empty_actions no_parts parts_verify; do
    knob present_shape "\"$shape\""
    batch alice/list2 "$big" 200000
    is "$(of_batch '.actions.parts[]?.href // empty')" "" "batch: present as $shape"
done
knob present_shape null
commit alice/list1 "$(create_json big.bin "$(pointer64 "$big" 200000)")"
is "$status $(get '.data[0].commit_oid | length')" "201 40" "commit of a pointer"
as "" GET /api/v1/file/alice/list1/main/media/big.bin -L
is "$(hash256 "$folder/body")" "$big" "the object comes back"

head -c 150000 /dev/urandom >"$folder/wrong"
batch alice/list1 "$(printf '%064d' 7)" 150000
for i in 1 2 3; do put_part "$folder/wrong" $i; eval "w$i=$etag"; done
verify "[{\"index\":1,\"etag\":\"$w1\"},{\"index\":2,\"etag\":\"$w2\"},{\"index\":3,\"etag\":\"$w3\"}]"
answers "400 bad_request_param" "verify: the whole differs"
put_part "$folder/wrong" 1;        is "$status" 404 "part: a dead upload"
batch alice/list1 "$(printf '%064d' 8)" 128849018881
is "$(of_batch .error.code)" 422 "batch: too large"
fault '{"behaviour":"object_error","code":507,"times":1}'
batch alice/list1 "$(printf '%064d' 8)" 10; is "$(of_batch .error.code)" 507 "batch: object_error"
head -c 70000 /dev/urandom >"$folder/gone"
batch alice/list1 "$(hash256 "$folder/gone")" 70000
fault '{"behaviour":"upload_gone","times":1}'
put_part "$folder/gone" 1;         is "$status" 404 "upload_gone"
upload alice/list1 "$folder/gone"; is "$status" 200 "a new batch mends it"
fault '{"behaviour":"put_stores_nothing","times":1}'
head -c 70001 /dev/urandom >"$folder/lost"
upload alice/list1 "$folder/lost"; answers "400 bad_request_param" "put_stores_nothing shows at verify"
upload alice/list1 "$folder/lost"; is "$status" 200 "and the next batch asks for the part"
knob no_verify true
head -c 70002 /dev/urandom >"$folder/bare"
upload alice/list1 "$folder/bare"; is "$status $(of_batch .actions.verify)" "200 null" "no verify"
commit alice/list1 "$(create_json bare.bin "$(pointer64 "$(hash256 "$folder/bare")" 70002)")"
is "$status" 201 "no verify: the last part makes the object"
knob no_verify null
knob batch_shape '"basic"'
head -c 70003 /dev/urandom >"$folder/basic"
batch alice/list1 "$(hash256 "$folder/basic")" 70003
call PUT "$(of_batch .actions.upload.href)" -T "$folder/basic" -H 'Expect:'
batch alice/list1 "$(hash256 "$folder/basic")" 70003
is "$status $(of_batch '.actions | has("upload")')" "200 false" "the basic shape"
knob batch_shape null
knob part_header true
head -c 100 /dev/urandom >"$folder/headed"
batch alice/list1 "$(hash256 "$folder/headed")" 100
put_part "$folder/headed" 1;       is "$status" 403 "a part's headers are asked for"
call PUT "$(of_batch '.actions.parts[0].href')" -T "$folder/headed" -H 'Expect:' \
    -H "x-obs-part: $(of_batch '.actions.parts[0].headers["x-obs-part"]')"
is "$status" 200 "a part's headers are enough"
knob part_header null
fault '{"route":"part_put","times":1,"action":"status","status":503}'
put_part "$folder/headed" 1;       is "$status" 503 "part: a status fault"
head -c 150000 /dev/urandom >"$folder/cut"
fault '{"route":"part_put","nth":2,"times":1,"action":"reset","request_bytes":30000}'
upload alice/list1 "$folder/cut"
answers "400 bad_request_param" "verify: a part that was cut is not stored"
upload alice/list1 "$folder/cut"
is "$status $(counter "puts[\"$(hash256 "$folder/cut")\"].bytes")" "200 150000" \
    "the next batch asks for the cut part only"
commit alice/list1 "$(create_json cut.bin "$(pointer64 "$(hash256 "$folder/cut")" 150000)")"
as "" GET /api/v1/file/alice/list1/main/media/cut.bin -L
is "$(hash256 "$folder/body")" "$(hash256 "$folder/cut")" "an object resumed in mid-part is right"
no_faults

# --- commits (6.5, 7) ---

before=$(curl -s "$api/api/v1/model/alice/list3" | jq .data.updated_at)
commit alice/list3 "$(create_json a/b.txt "$(printf hello | base64 -w0)"),$(create_json README.md \
    "$(printf -- '---\nlicense: gpl-3.0\n---\n# x\n' | base64 -w0)")"
is "$status" 201 "commit"
sha=$(get '.data[0].commit_oid')
as "" GET /api/v1/model/alice/list3
is "$([ "$(get .data.updated_at)" -gt "$before" ] && echo later)" later "updated_at moves"
is "$(get '.data.labels.license[0]')" gpl-3.0 "labels follow the README"
as "" GET "/api/v1/file/alice/list3?ref=main"
is "$(get .data.last_commit.commit.commit_sha) $(get .data.commit_count)" "$sha 2" "the head is the commit"
is "$(get '.data.tree[] | select(.path==".gitattributes") | .commit.message')" "Initial commit" "untouched entry"
commit alice/list3 "$(create_json a/b.txt "$(printf hello | base64 -w0)")"
answers "400 file_content_is_not_changed" "no-op"
commit alice/list3 "$(create_json c.txt aGk=),$(create_json d.bin "$(pointer64 "$(printf '%064d' 9)" 5)")"
answers "400 bad_request_param" "one bad file refuses all"
as "" GET "/api/v1/file/alice/list3/info?path=c.txt"; is "$status" 404 "all or nothing"
commit alice/list3 '{"operation":"delete","path":"none"}';   answers "404 file_not_found" "delete nothing"
commit alice/list3 '{"operation":"create","path":"","content":""}'; answers "400 empty_file_path" "no path"
commit alice/list3 "$(create_json a 'aGk=')";                answers "400 bad_request_param" "file over directory"
commit alice/list3 "$(create_json a/b.txt/c 'aGk=')";        answers "400 bad_request_param" "directory over file"
commit alice/list3 "{\"operation\":\"delete\",\"path\":\"a/b.txt\"},$(create_json a 'aGk=')"
is "$status" 201 "a file takes a directory's place in one commit"
commit alice/list3 '{"operation":"delete","path":"a"}';      is "$status" 201 "delete"
commit alice/list3 "$(create_json e.txt '')";                is "$status" 201 "an empty file"
commit alice/list3 "$(create_json e.txt '####')";            answers "400 bad_request_param" "no base64"
commit alice/list3 "";                                       answers "400 no_file_or_too_many_files" "no files"
commit alice/list3 "$(create_json z eg==)" none;             answers "404 branch_not_found" "no branch"
send $bob POST /api/v1/file/alice/list3/upload '{"files":[]}'; answers "403 no_permission" "commit: read token"
send $alice POST /api/v1/file/alice/list3/upload 'x';        answers "400 bad_request_body" "commit: no JSON"
commit alice/list3 "$(create_json p1.bin "$(printf '%s\n' "$(pointer64 "$big" 200000 | base64 -d)" | base64 -w0)")"
is "$status" 201 "a pointer with a final newline"
as "" GET "/api/v1/file/alice/list3/info?path=p1.bin"
is "$(get '[.data.is_lfs, .data.etag, .data.size] | tojson')" "[true,\"$big\",200000]" "an LFS entry"
knob sensitive_path '"*bad*"'
commit alice/list3 "$(create_json x/bad.txt aGk=)";          answers "400 sensitive_not_pass" "moderation"
knob sensitive_path null
knob commit_files_max 1
commit alice/list3 "$(create_json m aGk=),$(create_json n aGk=)"; answers "400 no_file_or_too_many_files" "too many"
knob commit_files_max null
fault '[{"behaviour":"commit_202","times":1},{"behaviour":"commit_empty_data","times":1}]'
commit alice/list3 "$(create_json m aGk=)"; is "$status $(get 'has("data")')" "202 false" "202 without data"
commit alice/list3 "$(create_json n aGk=)"; is "$status $(get '.data | tojson')" "201 []" "201 with an empty array"
fault '{"route":"commit","times":1,"action":"after_apply_status","status":500}'
commit alice/list3 "$(create_json o aGk=)"; is "$status" 500 "500 although made"
as "" GET "/api/v1/file/alice/list3/info?path=o"; is "$status" 200 "made all the same"
fault '{"behaviour":"forget_objects","times":1}'
commit alice/list4 "$(create_json big.bin "$(pointer64 "$big" 200000)")"; answers "500 system_error" "forget_objects"
batch alice/list4 "$big" 200000
is "$(of_batch '.actions.parts | map(has("href")) | all')" true "forgotten objects are wanted again"
upload alice/list4 "$folder/big"
commit alice/list4 "$(create_json big.bin "$(pointer64 "$big" 200000)")"; is "$status" 201 "sent again"

