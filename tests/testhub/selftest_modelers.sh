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

# --- tools: call sets $status, and the files body and head ---

call() { # METHOD URL [curl option...]
    local method=$1 url=$2
    shift 2
    status=$(curl -s -g -X "$method" -o "$folder/body" -D "$folder/head" -w '%{http_code}' \
        "$@" "$url")
}
as() { # TOKEN METHOD PATH [curl option...]: on the API host
    local token=$1 method=$2 path=$3
    shift 3
    call "$method" "$api$path" ${token:+-H "Authorization: Bearer $token"} "$@"
}
send() { # TOKEN METHOD PATH JSON
    printf '%s' "$4" >"$folder/sent"
    as "$1" "$2" "$3" -H 'Content-Type: application/json' --data-binary "@$folder/sent"
}
get() { jq -r "$1" "$folder/body" 2>/dev/null; }
header() { sed -n "s/^$1: *//Ip" "$folder/head" | tr -d '\r'; }
is() { # GOT WANTED PROMISE
    checks=$((checks + 1))
    [ "$1" = "$2" ] && return 0
    failures=$((failures + 1))
    echo "BROKEN: $3: got '$1', want '$2'"
}
answers() { is "$status $(get .code)" "$1" "$2"; } # "STATUS CODE" PROMISE
knob() {
    curl -s -o "$folder/admin" -d "{\"site\":\"modelers\",\"name\":\"$1\",\"value\":$2}" "$admin/knob"
}
fault() { curl -s -o "$folder/admin" -d "$1" "$admin/faults"; }
no_faults() { curl -s -o "$folder/admin" -X DELETE "$admin/faults"; }
clock() { curl -s -o "$folder/admin" -d "$1" "$admin/clock"; }
counter() { curl -s "$admin/counters" | jq -r ".sites.modelers.$1"; }
hash256() { sha256sum <"$1" | cut -c1-64; }
blob_sha1() { (printf 'blob %s\0' "$(stat -c %s "$1")"; cat "$1") | sha1sum | cut -c1-40; }
pointer64() { # OID SIZE
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s' "$1" "$2" |
        base64 -w0
}
create_json() { # PATH BASE64
    printf '{"operation":"create","path":"%s","content":"%s"}' "$1" "$2"
}
commit() { # REPO FILES-JSON [REF]
    send $alice POST "/api/v1/file/$1/upload" \
        "{\"ref\":\"${3:-main}\",\"title\":\"t\",\"files\":[$2]}"
}
batch() { # REPO OID SIZE
    send $alice POST "/api/v1/file/$1/info/lfs/objects/batch" \
        "{\"operation\":\"upload\",\"transfers\":[\"basic\",\"multipart\"],\"hash_algo\":\"sha256\",\"objects\":[{\"oid\":\"$2\",\"size\":$3}]}"
    cp "$folder/body" "$folder/batch"
}
of_batch() { jq -r ".data.objects[0]$1" "$folder/batch"; }
put_part() { # FILE INDEX: as the last batch says; sets etag
    local size
    size=$(of_batch ".actions.parts[0].size")
    dd if="$1" of="$folder/part" bs="$size" skip=$(($2 - 1)) count=1 status=none
    call PUT "$(of_batch ".actions.parts[$2 - 1].href")" -T "$folder/part" -H 'Expect:' \
        -H 'Content-Type:'
    etag=$(header ETag | tr -d '"')
}
verify() { # PART-IDS-JSON
    local id
    id=$(of_batch .actions.verify.params.upload_id)
    call POST "$(of_batch .actions.verify.href)?upload_id=$id" \
        -H "Authorization: $(of_batch .actions.verify.headers.Authorization)" \
        -H 'Content-Type: application/json' -d "{\"upload_id\":\"$id\",\"part_ids\":$1}"
}
upload() { # REPO FILE: batch, parts that are missing, verify
    local oid size ids= i count
    oid=$(hash256 "$2") size=$(stat -c %s "$2")
    batch "$1" "$oid" "$size"
    count=$(of_batch ".actions.parts | length")
    for i in $(seq "$count"); do
        etag=$(of_batch ".actions.parts[$i - 1].etag")
        [ -n "$etag" ] || put_part "$2" "$i"
        ids="$ids,{\"index\":$i,\"etag\":\"$etag\"}"
    done
    [ "$(of_batch .actions.verify)" = null ] || verify "[${ids#,}]"
}

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
    send "" POST /api/v1/file/license_check "{\"content\":\"$(printf -- "$1" | base64 -w0)\"}"
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

kill -TERM "$hub"
wait "$hub"
is $? 0 "the program ends cleanly"
hub=
echo "$checks checks, $failures broken"
[ "$failures" -eq 0 ]
