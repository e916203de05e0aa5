#!/bin/bash
# Checks the Modelers site of hubsync-testhub with curl and jq.
#   selftest_modelers.sh PROGRAM
# Prints one line for each broken promise; exits 1 if there was one.
set -u
program=${1:?usage: selftest_modelers.sh PROGRAM}
folder=$(mktemp -d) || exit 1
hub=
trap '[ -n "$hub" ] && kill "$hub" 2>/dev/null; wait; rm -rf "$folder"' EXIT

alice=ml-alice-write-000000000000
bob=ml-bob-read-0000000000000000
old=ml-old-00000000000000000000
failures=0 checks=0

"$program" --port-file "$folder/ports" >"$folder/log" 2>&1 &
hub=$!
for _ in $(seq 200); do
    [ -s "$folder/ports" ] && break
    kill -0 "$hub" 2>/dev/null || break
    sleep 0.05
done
api=$(jq -r .modelers.endpoint "$folder/ports") || exit 1
admin=$(jq -r .admin.endpoint "$folder/ports")

here=$(dirname "$0")
. "$here/selftest_modelers_tools.sh"

# --- who is calling (2) ---

as $alice GET /api/v1/user
is "$status $(get .data.account) $(get .data.email)" "200 alice $(get .data.email)" "user: the account"
as "" GET /api/v1/user;                answers "401 access_token_invalid" "user: no token"
is "$(header Content-Type)" "text/plain; charset=utf-8" "errors come as text/plain"
as wrong-token-0 GET /api/v1/user;     answers "401 access_token_invalid" "user: unknown token"
as $old GET /api/v1/user;              answers "403 no_permission" "user: expired token"
call GET "$api/api/v1/user" -H "Authorization: bearer $alice"
answers "401 access_token_invalid" "another scheme is no token"
as wrong-token-0 GET /api/v1/model/alice/demo
answers "401 access_token_invalid" "a bad token breaks public reads"
as "" GET /api/v1/account/alice;       is "$status" 200 "account"
as "" GET /api/v1/model/alice/demo -H 'X-Request-Id: r1'
is "$(header X-Request-Id)" r1 "the request id is echoed"

# --- one model (3) ---

is "$status $(get .data.id | grep -c '^[0-9]*$') $(get .data.visibility)" "200 1 public" "model"
is "$(get '.data.id | type') $(get '.data.labels.license[0]')" "string apache-2.0" "model: members"
as "" GET /api/v1/model/ALICE/Demo;    is "$status $(get .data.name)" "200 demo" "model: any case"
as "" GET /api/v1/model/alice/secret;  answers "404 model_not_found" "hidden model"
as $bob GET /api/v1/model/alice/secret; answers "404 model_not_found" "hidden from another"
as $alice GET /api/v1/model/alice/secret; is "$(get .data.visibility)" private "own private model"
as "" GET /api/v1/model/alice/none;    answers "404 model_not_found" "no such model"
as "" GET /api/v1/model/a/demo;        answers "400 bad_request_param" "bad owner name"

# --- create, change, delete (8) ---

make() { # NAME [LICENSE] [VISIBILITY] [OWNER]
    printf '{"name":"%s","owner":"%s","license":"%s","visibility":"%s","desc":"a & b"}' \
        "$1" "${4:-alice}" "${2:-MIT }" "${3:-Public}"
}
send $alice POST /api/v1/model "$(make new)"
id=$(get .data)
is "$status $(get '.data | type')" "201 string" "create: the id is a text"
send $alice POST /api/v1/model "$(make NEW)";          answers "400 duplicate_creating" "create twice"
send $alice POST /api/v1/model "$(make x1 lgpl-2.1)";  answers "400 bad_request_param" "create: licence"
send $alice POST /api/v1/model "$(make x1 mit odd)";   answers "400 bad_request_param" "create: visibility"
send $alice POST /api/v1/model "$(make x.git)";        answers "400 bad_request_param" "create: name"
send $alice POST /api/v1/model "";                     answers "400 bad_request_body" "create: no body"
send $alice POST /api/v1/model "$(make x1 mit public carol)"; answers "403 no_permission" "create: owner"
send $bob POST /api/v1/model "$(make x1)";             answers "403 no_permission" "create: read token"
send "" POST /api/v1/model "$(make x1)";               answers "401 access_token_invalid" "create: no token"
send $alice POST /api/v1/model "$(make inorg mit private acme)"; is "$status" 201 "create for an organization"
as "" GET /api/v1/model/alice/new
is "$(get .data.desc) $(get '.data.labels.license[0]')" "a &amp; b mit" "create: escaped, trimmed"
as "" GET "/api/v1/file/alice/new?ref=main&path="
is "$(get '[.data.tree[].path] | join(" ")')" ".gitattributes README.md" "a new model is not empty"
is "$(get .data.last_commit.commit.message)" "Initial commit" "first message"
is "$(get '.data.last_commit.commit.message | endswith("\n")')" true "messages end with a newline"
as "" GET /api/v1/file/alice/new/main/media/README.md
is "$(tr '\n' '|' <"$folder/body")" "---|license: mit|---|" "README is front matter only"
send $alice PUT "/api/v1/model/$id" '{"visibility":"private"}'; is "$status" 202 "make private"
send $alice PUT "/api/v1/model/$id" '{"desc":"x"}';    answers "500 system_error" "change without visibility"
as "" GET /api/v1/model/alice/new;                     is "$status" 404 "private now"
as $bob DELETE "/api/v1/model/$id" -d '{}';            answers "403 no_permission" "delete: read token"
as $alice DELETE "/api/v1/model/$id";                  answers "400 bad_request_body" "delete: no body"
as $alice DELETE /api/v1/model/x -d '{}';              answers "400 bad_request_param" "delete: no number"
as $alice DELETE "/api/v1/model/$id" -d '{}';          is "$status" 204 "delete"
as $alice DELETE "/api/v1/model/$id" -d '{}';          is "$status" 204 "delete again"
as $alice GET /api/v1/model/alice/new;                 is "$status" 404 "deleted"

# --- list (2.3, 2.4) ---

for i in 1 2 3 4 5; do send $alice POST /api/v1/model "$(make "list$i")"; done
as "" GET "/api/v1/model?owner=alice&count=true&sort_by=alphabetical&page_num=1&count_per_page=4"
is "$(get .data.total) $(get '[.data.models[].name] | join(" ")')" "6 demo list1 list2 list3" "list: page 1"
is "$(get '.data.models[0] | has("visibility") or has("created_at")')" false "list: no visibility"
as "" GET "/api/v1/model?owner=alice&count=true&sort_by=alphabetical&page_num=2&count_per_page=4"
is "$(get .data.total) $(get '[.data.models[].name] | join(" ")')" "6 list4 list5" "list: page 2"
as "" GET "/api/v1/model?owner=alice&count=true&sort_by=alphabetical&page_num=3&count_per_page=4"
is "$(get '.data | tojson')" '{"total":0,"models":null}' "list: past the end"
as "" GET "/api/v1/model?owner=alice&sort_by=alphabetical"
is "$(get .data.total) $(get '.data.models | length')" "0 6" "list: no total without count"
as "" GET "/api/v1/model?owner=Alice&count=true";      is "$(get .data.total)" 0 "list: owner by case"
as "" GET "/api/v1/model?name=ALICE/list&count=true";  is "$(get .data.total)" 5 "list: name part"
as $alice GET "/api/v1/model?owner=alice&count=true";  is "$(get .data.total)" 7 "list: with a token"
as "" GET "/api/v1/model?sort_by=odd";                 answers "400 bad_request_param" "list: sort_by"
as "" GET "/api/v1/model?page_num=99999999999999999999"; answers "400 bad_request_param" "list: page_num"
first=$(curl -s "$api/api/v1/model?owner=alice" | jq -r '.data.models[0].name')
second=$(curl -s "$api/api/v1/model?owner=alice" | jq -r '.data.models[0].name')
is "$([ "$first" != "$second" ] && echo moved)" moved "list: the default order moves"
fault '{"behaviour":"list_internal_error","times":1}'
as "" GET "/api/v1/model?owner=alice&count=true"
is "$status $(get '.data | tojson')" '200 {"total":0,"models":null}' "list: error told as empty"

# --- trees and files (4) ---

as "" GET "/api/v1/file/alice/demo?ref=main&path="
head=$(get .data.last_commit.commit.commit_sha)
is "$(get '[.data.tree[] | .type + ":" + .path] | join(" ")')" \
    "dir:weights file:.gitattributes file:README.md file:config.json file:empty.txt" "tree: one level"
is "$(get '.data.tree[0] | [.size, .is_lfs, .etag] | tojson')" '[0,false,""]' "tree: a directory"
as "" GET "/api/v1/file/alice/demo?ref=$head&path=weights"
is "$(get '.data.tree[0] | [.path, .size, .is_lfs, (.etag | length)] | tojson')" \
    '["weights/model.safetensors",3000000,true,64]' "tree: an LFS file"
oid=$(get '.data.tree[0].etag')
as "" GET "/api/v1/file/alice/demo?path=config.json";  answers "404 not_dir" "tree of a file"
as "" GET "/api/v1/file/alice/demo?path=none";         answers "404 branch_or_path_not_found" "tree of nothing"
as "" GET "/api/v1/file/alice/demo?ref=none";          answers "404 ref_not_exist" "tree: no ref"
as "" GET "/api/v1/file/alice/secret?ref=main";        answers "404 repo_not_found" "tree: hidden"
as "" GET "/api/v1/file/alice/demo/info?ref=main&path=config.json"
is "$(get .data.branch_last_commit) $(get '.data.etag | length')" "$head 40" "info"
plain_etag=$(get .data.etag)
as "" GET "/api/v1/file/alice/demo/info?path=weights"; answers "404 not_file" "info of a directory"
as "" GET "/api/v1/file/alice/demo/info?path=none";    answers "404 branch_or_path_not_found" "info of nothing"
as "" GET /api/v1/file/alice/demo/main/media/config.json
is "$status $(blob_sha1 "$folder/body")" "200 $plain_etag" "plain etag is the git blob id"

# --- download (5) ---

as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors
location=$(header Location)
is "$status $(echo "$location" | grep -c '^http://storage.localhost:')" "302 1" "LFS redirects"
call GET "$location"
is "$status $(hash256 "$folder/body")" "200 $oid" "the object's bytes"
is "$(header ETag | grep -c '^".*"$')" 1 "strong quoted ETag"
call GET "$location" -H 'Range: bytes=100-199'
is "$status $(header Content-Range)" "206 bytes 100-199/3000000" "a range"
call GET "$location" -H 'Range: bytes=3000000-';       is "$status" 416 "a range beyond the end"
clock '{"advance_s":901}'
call GET "$location";                                  is "$status" 403 "the address expires"
clock '{"offset_s":0}'
call GET "${location/sig=/sig=0}";                     is "$status" 403 "a wrong signature"
fault '{"behaviour":"signature_expired","times":1}'
as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors
call GET "$(header Location)";                         is "$status" 403 "expired on first use"
fault '{"behaviour":"redirect_chain","hops":3,"times":1}'
as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors -L -w '%{num_redirects} '
is "${status% *} $(hash256 "$folder/body")" "3 $oid" "a chain of redirects"
fault '{"behaviour":"redirect_elsewhere","times":1}'
as "" GET /api/v1/file/alice/demo/main/media/weights/model.safetensors
is "$(header Location | grep -c '^http://elsewhere.localhost:')" 1 "redirect off the list"
as "" GET /coderepo/web/v1/file/alice/demo/main/media/config.json; is "$status" 200 "browser link"
as $alice GET /coderepo/web/v1/file/alice/secret/main/media/config.json
is "$status" 404 "browser link: public only"
as $alice GET /api/v1/file/alice/secret/main/media/config.json; is "$status" 200 "private download"
as "" GET /api/v1/file/alice/secret/main/media/config.json;     is "$status" 404 "private, anonymous"
knob redirect '"all"'
as "" GET /api/v1/file/alice/demo/main/media/config.json -L
is "$status $(blob_sha1 "$folder/body")" "200 $plain_etag" "everything redirects"
knob redirect null

# --- before the upload (6.0, 6.1) ---

check_license() { # TEXT
    send "" POST /api/v1/file/license_check "{\"content\":\"$(printf %b "$1" | base64 -w0)\"}"
}
check_license '---\nlicense: Apache-2.0\n---\n# x\n';  is "$status $(get .data)" "200 true" "licence known"
check_license '---\nlicense:\n- mit\n---\n';           is "$(get .data)" true "licence in a list"
check_license '---\nlicense: gemma\n---\n';            is "$status $(get .data)" "200 false" "licence unknown"
check_license '# license: mit\n';                      is "$(get .data)" false "licence without front matter"
sha=$(printf '%064d' 0)
pre() { # PATH SIZE
    send $alice POST /api/v1/file/alice/demo/pre_upload \
        "{\"branch\":\"main\",\"files\":[{\"path\":\"$1\",\"size\":$2,\"sha\":\"$sha\"}]}"
}
pre a.txt 5242880;                 is "$(get '.data.files[0].type')" regular "5 MiB is regular"
pre a.txt 5242881;                 is "$(get '.data.files[0].type')" lfs "above 5 MiB is lfs"
pre d/a.bin 1;                     is "$(get '.data.files[0].type')" lfs "a pattern is lfs"
pre saved_model/x 1;               is "$(get '.data.files[0].type')" lfs "saved_model is lfs"
pre /a.txt 1;                      answers "400 bad_request_param" "pre_upload: bad path"
many=$(for i in $(seq 101); do printf '{"path":"f%d","size":1,"sha":"%s"},' "$i" "$sha"; done)
send $alice POST /api/v1/file/alice/demo/pre_upload "{\"branch\":\"main\",\"files\":[${many%,}]}"
answers "400 no_file_or_too_many_files" "pre_upload: 101 files"
send $bob POST /api/v1/file/alice/demo/pre_upload '{"files":[]}'; answers "403 no_permission" "pre_upload: rights"

. "$here/selftest_modelers_upload.sh"

# --- branches (9.3) ---

branch() { send "${3:-$alice}" POST /api/v1/branch/model/alice/list5 "{\"branch\":\"$1\",\"base_branch\":\"$2\"}"; }
branch ' Dev ' Main;   is "$status $(get .data.branch_name)" "201 dev" "branch: trimmed, lower case"
branch dev main;       answers "400 branch_exist" "branch twice"
branch x1 none;        answers "400 base_branch_not_found" "branch: no base"
branch a/b main;       answers "400 bad_request_param" "branch: bad name"
branch x1 main $bob;   answers "403 no_permission" "branch: rights"
commit alice/list5 "$(create_json only-dev aGk=)" dev; is "$status" 201 "commit on a branch"
as "" GET "/api/v1/file/alice/list5/info?path=only-dev&ref=main"; is "$status" 404 "not on main"
as $alice DELETE /api/v1/branch/model/alice/list5/DEV; is "$status" 204 "branch delete"
as $alice DELETE /api/v1/branch/model/alice/list5/dev; answers "400 branch_not_exist" "branch delete again"

. "$here/selftest_modelers_knobs.sh"

kill -TERM "$hub"
wait "$hub"
is $? 0 "the program ends cleanly"
hub=
echo "$checks checks, $failures broken"
[ "$failures" -eq 0 ]
