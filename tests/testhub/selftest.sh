#!/bin/bash
# usage: selftest.sh PATH_TO_hubsync-testhub     (needs curl, jq, sha256sum)
# Starts testhub, asks it the main questions, breaks the wire in each way. Exits 1 on a failure.
set -u
hub=$(realpath "${1:?usage: selftest.sh PATH_TO_hubsync-testhub}")
work=$(mktemp -d)
cd "$work" || exit 1
failures=0
pid=

stop_hub() {
    [ -n "$pid" ] && kill "$pid" && wait "$pid"
    local status=$?
    pid=
    return $status
}
trap 'stop_hub; rm -rf "$work"' EXIT

start_hub() {
    rm -f ports.json
    "$hub" --port-file ports.json "$@" 2>hub.err &
    pid=$!
    until [ -s ports.json ]; do kill -0 "$pid" 2>/dev/null || { cat hub.err; exit 1; }; done
    api=$(jq -r .modelscope.endpoint ports.json)
    admin=$(jq -r .admin.endpoint ports.json)
}

is() { # what expected got
    if [ "$2" == "$3" ]; then
        echo "ok    $1"
    else
        echo "WRONG $1: expected '$2', got '$3'"
        failures=$((failures + 1))
    fi
}

token=ms-alice-write-000000000000
both=(-H "Authorization: Bearer $token" -H "Cookie: m_session_id=$token")
call() { curl -sS -m 20 "$@"; }
code() { call -o /dev/null -w '%{http_code}' "$@"; }
admin_post() { call -X POST -d "$2" "$admin$1" >/dev/null; }
fault() { admin_post '/faults?replace=1' "$1"; }
no_fault() { call -X DELETE "$admin/faults" >/dev/null; }
counter() { call "$admin/counters" | jq -r "$1"; }
curl_status() { curl -sS -m "${limit:-20}" -o body "$@" 2>/dev/null; echo $?; }
commit() { # repo json-of-actions
    call "${both[@]}" -H 'Content-Type: application/json' \
        -d "{\"commit_message\":\"m\",\"actions\":$2}" "$api/api/v1/repos/models/$1/commit/master"
}

start_hub --requests requests.jsonl

# --- reading -----------------------------------------------------------------------------------
weights='repo?Revision=master&FilePath=weights/model.safetensors'
demo=$api/api/v1/models/alice/demo
digest=$(call "$demo/repo/files?Recursive=True" |
    jq -r '.Data.Files[]|select(.Path=="weights/model.safetensors").Sha256')
is 'me' alice "$(call "${both[@]}" "$api/openapi/v1/users/me" | jq -r .data.username)"
is 'me with a wrong token' 401 "$(code -H 'Authorization: Bearer x' "$api/openapi/v1/users/me")"
is 'expired token' 401 "$(code -H 'Authorization: Bearer ms-old-00000000000000000000' "$api/openapi/v1/users/me")"
is 'login session is a bearer' alice "$(
    session=$(call -d "{\"AccessToken\":\"$token\"}" -D - -o /dev/null "$api/api/v1/login" |
        sed -n 's/.*m_session_id=\([0-9a-f]*\).*/\1/p')
    call -H "Authorization: Bearer $session" "$api/openapi/v1/users/me" | jq -r .data.username)"
is 'list hides private' 'alice/demo' "$(call "$api/openapi/v1/models?owner=alice" | jq -r '.data.models[].id')"
is 'list shows private to its owner' 2 "$(call "${both[@]}" "$api/openapi/v1/models?owner=alice" | jq -r .data.total_count)"
is 'page past the end' 0 "$(call "$api/openapi/v1/models?page_number=9" | jq '.data.models|length')"
is 'page_size 51' 400 "$(code "$api/openapi/v1/models?page_size=51")"
is 'window above 3000' 400 "$(code "$api/openapi/v1/models?page_size=50&page_number=61")"
is 'legacy list' demo "$(call -X PUT -d '{"Path":"alice"}' "$api/api/v1/models/" | jq -r '.Data.Models[0].Name')"
is 'missing model' 10010205001 "$(call "$api/api/v1/models/alice/none" | jq .Code)"
is 'private without token' 10010200001 "$(call "$api/api/v1/models/alice/secret/repo/files" | jq .Code)"
is 'unknown revision' 10990101004 "$(call "$demo/repo/files?Revision=nope" | jq .Code)"
is 'direct children' 'weights tree' "$(call "$demo/repo/files" | jq -r '.Data.Files[-1]|.Path+" "+.Type')"
is 'one directory' 'weights/model.safetensors' "$(call "$demo/repo/files?Root=weights" | jq -r '.Data.Files[].Path')"
is 'download over the CDN' "$digest" "$(call -L "$demo/$weights" | sha256sum | cut -c1-64)"
is 'form B' "$digest" "$(call -L "$api/models/alice/demo/resolve/master/weights/model.safetensors" | sha256sum | cut -c1-64)"
is 'HEAD of LFS' 200 "$(code -I "$demo/$weights")"
is 'HEAD of nothing' 404 "$(code -I "$demo/repo?FilePath=none")"
is 'CDN range' '206 100' "$(call -L -r 10-109 -o part -w '%{http_code} %{size_download}' "$demo/$weights")"
is 'CDN range bytes' "$(call -L "$demo/$weights" 2>/dev/null | tail -c +11 | head -c 100 | sha256sum)" "$(sha256sum <part)"
is 'CDN range beyond' 416 "$(code -L -r 3000000- "$demo/$weights")"
is 'API slice under 200' '200 3' "$(call -r 2-4 -o part -w '%{http_code} %{size_download}' "$demo/repo?FilePath=config.json")"
is 'branches' master "$(call "$demo/revisions" | jq -r '.Data.RevisionMap.Branches[].Revision')"
is 'commits' 2 "$(call "$demo/commits?Ref=master&PageSize=50" | jq '.Data.Commit|length')"
is 'commits of nothing' null "$(call "$demo/commits?Ref=nope" | jq .Data.Commit)"
is 'repos route' 421 "$(code "$api/api/v1/repos/models/alice/demo/repo?FilePath=x")"
is 'git agent rule' 421 "$(code "$api/alice/demo.git/info/refs?service=git-upload-pack")"
is 'git heads' "$(call "$admin/repo?site=modelscope&id=alice/demo" | jq -r .head)" \
    "$(git ls-remote "$api/models/alice/demo.git" refs/heads/master 2>/dev/null | cut -f1)"
is 'git heads, old protocol' "$(call "$admin/repo?site=modelscope&id=alice/demo" | jq -r .head)" \
    "$(git -c protocol.version=0 ls-remote "$api/alice/demo.git" refs/heads/master 2>/dev/null | cut -f1)"
is 'no leak so far' 0 "$(counter .sites.modelscope.leaks)"
address=$(call -o /dev/null -w '%{redirect_url}' "$demo/$weights")
code -H 'Authorization: Bearer x' "$address" >/dev/null
is 'a leak is seen' 1 "$(counter .sites.modelscope.planes.cdn.leaks)"
is 'tampered address' 403 "$(code "${address/auth_key=1/auth_key=2}")"
admin_post /clock '{"advance_s":2000}'
is 'expired address' 403 "$(code "$address")"
admin_post /clock '{"offset_s":0}'

# --- writing -----------------------------------------------------------------------------------
new='{"Path":"alice","Name":"new","Visibility":5,"License":"Apache-2.0"}'
is 'create' 200 "$(call "${both[@]}" -d "$new" "$api/api/v1/models" | jq .Code)"
is 'create again' 10010101001 "$(call "${both[@]}" -d "$new" "$api/api/v1/models" | jq .Code)"
is 'create for others' 403 "$(code "${both[@]}" -d "${new/alice/bob}" "$api/api/v1/models")"
is 'first commit' '.gitattributes README.md' "$(call "$api/api/v1/models/alice/new/repo/files" | jq -r '[.Data.Files[].Path]|join(" ")')"
head -c 2500000 /dev/urandom >big.bin
oid=$(sha256sum <big.bin | cut -c1-64)
batch() { call "${both[@]}" -d "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"$1\",\"size\":$2}]}" \
    "$api/api/v1/repos/models/alice/new/info/lfs/objects/batch"; }
pointer="[{\"action\":\"create\",\"path\":\"a/big.bin\",\"type\":\"lfs\",\"size\":2500000,\"sha256\":\"$oid\"}]"
is 'pointer without object' 400 "$(commit alice/new "$pointer" | jq 'if .Success then 200 else 400 end')"
href=$(batch "$oid" 2500000 | jq -r '.Data.objects[0].actions.upload.href')
is 'known object is left out' 0 "$(batch "$digest" 3000000 | jq '.Data.objects|length')"
is 'other size is asked for' 1 "$(batch "$digest" 2999999 | jq '.Data.objects|length')"
is 'PUT without credentials' 400 "$(code -T big.bin "$href")"
is 'PUT with bearer alone' 400 "$(code "${both[@]:0:2}" -T big.bin "$href")"
is 'PUT of a reader' 403 "$(code -H 'Cookie: m_session_id=ms-bob-read-0000000000000000' -T big.bin "$href")"
is 'PUT of other bytes' 400 "$(head -c 2500000 /dev/zero >zero; code "${both[@]}" -T zero "$href")"
is 'PUT' 200 "$(call "${both[@]}" -T big.bin "$href" | jq .Code)"
is 'stored now' 0 "$(batch "$oid" 2500000 | jq '.Data.objects|length')"
actions="[{\"action\":\"create\",\"path\":\"x y.txt\",\"type\":\"normal\",\"size\":3,\"content\":\"YWJj\",\"encoding\":\"base64\"},${pointer:1}"
is 'commit' true "$(commit alice/new "$actions" | jq .Success)"
is 'object comes back' "$oid" "$(call -L "$api/api/v1/models/alice/new/repo?FilePath=a%2Fbig.bin" | sha256sum | cut -c1-64)"
is 'text comes back' abc "$(call "$api/api/v1/models/alice/new/repo?FilePath=x+y.txt")"
is 'missing delete refuses all' 10030000001 "$(commit alice/new '[{"action":"delete","path":"none"},{"action":"delete","path":"x y.txt"}]' | jq .Code)"
is 'nothing was deleted' abc "$(call "$api/models/alice/new/resolve/master/x%20y.txt")"
is 'delete' true "$(commit alice/new '[{"action":"delete","path":"x y.txt"}]' | jq .Success)"
is 'bad path' 400 "$(commit alice/new '[{"action":"create","path":"../x","type":"normal"}]' | jq 'if .Success then 200 else 400 end')"
is 'delete call' 401 "$(code "${both[@]}" -X DELETE "$api/api/v1/models/alice/new/file?FilePath=README.md")"
is 'puts are counted' '2 5000000' "$(counter ".sites.modelscope.puts[\"$oid\"]|\"\(.puts) \(.bytes)\"")"
admin_post /seed '{"sites":{"modelscope":{"repos":[{"id":"alice/new","files":{"pushed":{"text":"p"}}}]}}}'
is 'someone pushes' p "$(call "$api/models/alice/new/resolve/master/pushed")"

# --- the wire ----------------------------------------------------------------------------------
cdn() { echo "{\"plane\":\"cdn\",$1}"; }
fault '{"route":"files","action":"reset","times":1}'
is 'reset' '56 0' "$(curl_status "$demo/repo/files") $(curl_status "$demo/repo/files")"
fault '{"route":"files","action":"close","times":1}'
is 'close' 52 "$(curl_status "$demo/repo/files")"
fault "$(cdn '"action":"cut_after","bytes":1000000')"
is 'cut' '18 1000000' "$(curl_status -L "$demo/$weights") $(stat -c %s body)"
fault "$(cdn '"action":"cut_after","bytes":0')"
is 'cut at 0' 18 "$(curl_status -L "$demo/$weights")"
fault "$(cdn '"action":"cut_after","bytes":1000000,"reset":true')"
is 'reset in the body' 56 "$(curl_status -L "$demo/$weights")"
fault "$(cdn '"action":"stall","bytes":500000')"
is 'stall' '28 500000' "$(limit=1 curl_status -L "$demo/$weights") $(stat -c %s body)"
fault "$(cdn '"action":"slow","bytes_per_s":1000000')"
is 'slow' 28 "$(limit=1 curl_status -L "$demo/$weights")"
fault "$(cdn '"action":"flip","offset":77')"
is 'flip' 78 "$(call -L "$demo/$weights" >flipped; no_fault; call -L "$demo/$weights" 2>/dev/null | cmp flipped - | sed 's/.*byte \([0-9]*\),.*/\1/')"
fault "$(cdn '"action":"wrong_length","delta":10')"
is 'too long a length' 18 "$(curl_status -L "$demo/$weights")"
fault "$(cdn '"action":"wrong_length","delta":-10')"
is 'too short a length' '0 2999990' "$(curl_status -L "$demo/$weights") $(stat -c %s body)"
fault "$(cdn '"action":"ignore_range"')"
is 'ignored range' '200 3000000' "$(call -L -r 0-9 -o part -w '%{http_code} %{size_download}' "$demo/$weights")"
fault "$(cdn '"action":"clamp_range","bytes":5')"
is 'clamped range' '206 5' "$(call -L -r 0-9 -o part -w '%{http_code} %{size_download}' "$demo/$weights")"
fault "$(cdn '"action":"lie_range","by":3')"
is 'lying range' 'bytes 0-9/3000000' "$(call -L -r 0-9 -o part -D - "$demo/$weights" | tr -d '\r' | sed -n 's/^Content-Range: //p')"
is 'lying range bytes' "$(call -L -r 3-12 "$address" >/dev/null; no_fault; call -L -r 3-12 "$demo/$weights" | sha256sum)" "$(sha256sum <part)"
fault '{"route":"me","nth":2,"times":1,"action":"status","status":429,"retry_after":7,"body":{"a":1}}'
is 'nth' '401 429 401' "$(code "$api/openapi/v1/users/me") $(code "$api/openapi/v1/users/me") $(code "$api/openapi/v1/users/me")"
fault '{"route":"me","action":"html"}'
is 'html' 'text/html; charset=utf-8' "$(call -o body -w '%{content_type}' "$api/openapi/v1/users/me")"
fault '{"route":"files","action":"hang","ms":60000}'
is 'hang' 28 "$(limit=1 curl_status "$demo/repo/files")"
fault '{"route":"commit","action":"apply_then_drop","times":1}'
count_commits() { call "$admin/repo?site=modelscope&id=alice/new" | jq '.commits|length'; }
before=$(count_commits)
commit alice/new '[{"action":"create","path":"d","type":"normal","content":"x"}]' >/dev/null 2>&1
is 'applied and dropped' $((before + 1)) "$(count_commits)"
fault '{"route":"commit","action":"after_apply_status","status":502,"times":1}'
commit alice/new '[{"action":"create","path":"d","type":"normal","content":"y"}]' >/dev/null 2>&1
is 'applied and 502' $((before + 2)) "$(count_commits)"
head -c 2600000 /dev/urandom >big2.bin
oid2=$(sha256sum <big2.bin | cut -c1-64)
href2=$(batch "$oid2" 2600000 | jq -r '.Data.objects[0].actions.upload.href')
fault '{"route":"blob_put","action":"reset","request_bytes":1000000,"times":1}'
is 'reset in the upload' 1 "$(s=$(curl_status "${both[@]}" -T big2.bin "$href2"); [ "$s" == 55 ] || [ "$s" == 56 ]; echo $((! $?)))"
is 'upload again' 0 "$(curl_status "${both[@]}" -T big2.bin "$href2")"
fault '{"route":"blob_put","action":"early","status":403}'
is 'early answer' 403 "$(code "${both[@]}" -T big2.bin "$href2" 2>/dev/null)"

# --- the site's own oddities ---------------------------------------------------------------------
fault '[{"behaviour":"sha1_digest","file":"config.*"},{"behaviour":"db_overload","times":1}]'
call "$demo/repo/files" >body
is 'database overload' true "$(jq '.Message|contains("1461")' body)"
is 'sha1 digest' 40 "$(call "$demo/repo/files" | jq '.Data.Files[]|select(.Path=="config.json").Sha256|length')"
admin_post /knob '{"site":"modelscope","name":"listing_cap","value":2}'
is 'listing cut' 2 "$(call "$demo/repo/files?Recursive=true" | jq '.Data.Files|length')"
admin_post /knob '{"site":"modelscope","name":"listing_cap","value":null}'
fault '{"behaviour":"error_200"}'
is 'error under 200' '200 false' "$(call -w '%{http_code}' -o body "$api/api/v1/models/a/b") $(jq .Success body)"
fault '[{"behaviour":"commit_429","retry_after":5,"times":1},{"behaviour":"branch_changed","times":1}]'
is 'commit 429 then 409' '429 409' "$(for _ in 1 2; do code "${both[@]}" -d '{}' "$api/api/v1/repos/models/alice/new/commit/master"; echo -n ' '; done | sed 's/ $//')"
fault '{"behaviour":"expire_mid_file","bytes":1000,"times":1}'
address=$(call -o /dev/null -w '%{redirect_url}' "$demo/$weights")
is 'expires in the middle' '18 403' "$(curl_status "$address") $(code "$address")"
fault '{"behaviour":"wrong_open_length"}'
is 'wrong open length' 18 "$(curl_status -r 3- "$demo/repo?FilePath=config.json")"
no_fault
is 'faults acted' true "$(counter '.faults_acted > 20')"
stop_hub
is 'clean end' 0 $?
is 'log is JSON' true "$(jq -s 'length > 80 and all(.seq > 0)' requests.jsonl)"
is 'log has no secret' 0 "$(grep -c "$token" requests.jsonl)"

# --- TLS -----------------------------------------------------------------------------------------
start_hub --tls
ca=$(jq -r .ca_file ports.json)
is 'https' 200 "$(code --cacert "$ca" "$api/openapi/v1/models")"
is 'https over the CDN' "$digest" "$(call --cacert "$ca" -L "$api/api/v1/models/alice/demo/$weights" | sha256sum | cut -c1-64)"
for which in expired misnamed wrong_ca; do
    is "$which is refused" 60 "$(curl_status --cacert "$ca" "$(jq -r .tls_bad.$which ports.json)/openapi/v1/models")"
done
is 'nothing came to the bad ones' 0 "$(counter .tls_bad_requests)"
code -k "$(jq -r .tls_bad.expired ports.json)/openapi/v1/models" >/dev/null
is 'what comes there is counted' 1 "$(counter .tls_bad_requests)"
fault "$(cdn '"action":"cut_after","bytes":1000000,"reset":true')"
is 'reset under TLS' 56 "$(curl_status --cacert "$ca" -L "$api/api/v1/models/alice/demo/$weights")"
stop_hub
is 'clean end with TLS' 0 $?
is 'the CA file is gone' no "$([ -e "$ca" ] && echo yes || echo no)"

echo
[ "$failures" == 0 ] && echo 'all well' || echo "$failures wrong"
[ "$failures" == 0 ]
