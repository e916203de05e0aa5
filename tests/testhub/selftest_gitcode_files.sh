# Sourced by selftest_gitcode.sh: trees, contents, raw, LFS uploads, the file plane (12 to 15, 18).
# shellcheck shell=bash disable=SC2034,SC2086,SC2154

# --- listings (12) ---

as $alice GET "$v5/repos/alice/demo/git/trees/main?recursive=1"
is "$(get '[.tree[]|.path+":"+.type]|join(" ")')" ".gitattributes:blob README.md:blob config.json:blob empty.txt:blob weights:tree weights/model.safetensors:blob" "recursive"
is "$(get '.tree[]|select(.path=="config.json").md5')" "$(printf config.json | md5sum | cut -c1-32)" "md5 is that of the path"
is "$(get '.tree[]|select(.path=="config.json").sha')" "$(repo gitcode alice/demo '.files["config.json"].git_sha1')" "sha is the blob's"
pointer_sha=$(get '.tree[]|select(.path=="weights/model.safetensors").sha')
as $alice GET "$v5/repos/alice/demo/git/trees/main"; is "$(get '.tree|length')" 5 "one level"
as $alice GET "$v5/repos/alice/demo/git/trees/main?recursive=1&per_page=4&page=2"; is "$(get '.tree|length')" 2 "paged"
as $alice GET "$v5/repos/alice/demo/git/trees/main?file_path=weights"; is "$(get '.tree[].path')" weights/model.safetensors "a folder"
as $alice GET "$v5/repos/alice/demo/git/trees/none"; is $status 404 "no such tree"
as $alice GET "$v5/repos/alice/demo/git/blobs/$pointer_sha"
is "$(get .content | base64 -d | head -1)" "version https://git-lfs.github.com/spec/v1" "the blob of an LFS file is its pointer"
as $alice GET "$v5/repos/alice/demo/file_list?ref_name=main&file_name=weights"; is "$(get '.[]')" weights/model.safetensors "file_list"

# --- contents (13, 14) ---

as $alice GET $v5/repos/alice/demo/contents/config.json; is "$(get .type) $(get .encoding) $(get .size)" "file base64 $(repo gitcode alice/demo '.files["config.json"].size')" "a file"
sha=$(get .sha)
as $alice GET $v5/repos/alice/demo/contents; is "$(get '[.[].type]|unique|join(" ")')" "dir file" "the root"
send $alice POST $v5/repos/alice/demo/contents/config.json '{"content":"eA==","message":"m"}'
tell 400 "400 The path cannot be created: config.json ,because config.json already exist." "POST on a file"
send $alice PUT $v5/repos/alice/demo/contents/config.json '{"content":"eA==","message":"m","sha":"0000"}'; is $status 409 "PUT with an old sha"
send $alice PUT $v5/repos/alice/demo/contents/config.json "{\"content\":\"eA==\",\"message\":\"m\",\"sha\":\"$sha\"}"
is "$status $(get .commit.sha)" "200 $(repo gitcode alice/demo .head)" "PUT"
path='a%20b/c%23%2B%25/%E6%BC%94.txt'
send $alice POST "$v5/repos/alice/demo/contents/$path" '{"content":"eHl6","message":"m"}'; is $status 201 "a hard path"
as $alice GET "$v5/repos/alice/demo/raw/$path"; is "$(cat "$folder/body")" xyz "its bytes"
sha=$(repo gitcode alice/demo '.files["a b/c#+%/演.txt"].git_sha1')
send $alice DELETE "$v5/repos/alice/demo/contents/$path" "{\"message\":\"m\",\"sha\":\"$sha\"}"; is $status 200 "DELETE with a body"
as $alice GET "$v5/repos/alice/demo/raw/$path"; is $status 404 "gone"

# --- bytes (13, 18) ---

weights=$(repo gitcode alice/demo '.files["weights/model.safetensors"].sha256')
as $alice GET "$v5/repos/alice/demo/raw/weights/model.safetensors?ref=main"
is "$(sed -n 2p "$folder/body")" "oid sha256:$weights" "raw gives the pointer"
call GET "$(plane raw)/alice/demo/raw/main/README.md"; is "$status $(cat "$folder/body")" "200 # demo" "the raw host"
call GET "$(plane raw)/alice/secret/raw/main/README.md" -H "Authorization: Bearer $alice"
is "$status $(counter planes.raw.leaks)" "404 1" "it knows no token, and counts one"
call GET "$(plane hub)/alice/demo/resolve/main/weights/model.safetensors" -H "Authorization: Bearer $alice"
is "$status $(header Location | grep -c "^$(plane storage)/")" "302 1" "the hub redirects to the store"
call GET "$(header Location)" -r 10-19;  is "$status $(stat -c %s "$folder/body")" "206 10" "a range of the store"
knob resolve_lfs '"bytes"'; call GET "$(plane hub)/alice/demo/resolve/main/weights/model.safetensors"
is "$status $(hash256 "$folder/body")" "200 $weights" "bytes at once"
knob resolve_lfs null
knob hub_anonymous false; call GET "$(plane hub)/alice/demo/resolve/main/README.md"
is "$status $(get .msg)" "403 FORBIDDEN: no scopes" "anonymous refused"
knob hub_anonymous null

# --- LFS uploads (15) ---

head -c 300000 /dev/urandom >"$folder/big"
oid=$(hash256 "$folder/big")
put() { # CURL-OPTIONS...: as the batch says
    local ticket
    ticket=$(of_lfs '.actions.upload.header["x-obs-ticket"]')
    call PUT "$(of_lfs .actions.upload.href)" -T "$folder/big" -H 'Expect:' \
        -H 'Content-Type: application/octet-stream' -H "x-obs-ticket: $ticket" "$@"
}
call POST "$api/alice/demo.git/info/lfs/objects/batch" -d '{"operation":"upload","objects":[]}'
is "$status $(header LFS-Authenticate)" '401 Basic realm="git"' "upload without a token"
call POST "$api/alice/demo.git/info/lfs/objects/batch" -u "bob:$alice" -d '{"operation":"upload","objects":[]}'
is $status 401 "another login's token"
lfs alice/demo upload "$oid" 300000;    is "$status $(of_lfs .authenticated)" "200 true" "batch"
is "$(of_lfs .actions.upload.href | grep -c "^$(plane storage)/")" 1 "the store is another host"
put -H "Authorization: Bearer $alice";  is "$status $(counter planes.storage.leaks)" "403 1" "a token spoils the address"
call PUT "$(of_lfs .actions.upload.href)" -T "$folder/big" -H 'Expect:'; is $status 403 "so does a missing header"
fault '{"behaviour":"put_stores_nothing","times":1}'; put; is $status 200 "stores nothing"
verify_lfs() { call POST "$api/alice/demo.git/info/lfs/verify" -u "alice:$alice" -d "{\"oid\":\"$oid\",\"size\":300000}"; }
verify_lfs; is $status 404 "verify tells"
put; is $status 200 "PUT"
verify_lfs; is $status 200 "verify"
call POST "$(of_lfs .actions.verify.href)" -H "Authorization: $(of_lfs .actions.verify.header.Authorization)" \
    -d "{\"oid\":\"$oid\",\"size\":300000}"
is $status 200 "verify with its own header, since the object is authenticated"
for shape in no_actions null empty download; do
    knob lfs_present "\"$shape\""; lfs alice/demo upload "$oid" 300000
    is "$(of_lfs .actions.upload)" null "already there, as $shape"
done
knob lfs_present null
lfs alice/demo upload "$oid" 300001;    is "$(of_lfs '.actions.upload.href|type')" string "another size is another object"
knob lfs_batch_max 0; lfs alice/demo download "$oid" 300000; is $status 413 "too many objects"
knob lfs_batch_max null
lfs alice/demo download "$oid" 300000;  is "$(of_lfs .error)" null "stored, whatever names it"
knob lfs_scope '"repo"'; lfs alice/demo download "$oid" 300000; is "$(of_lfs .error.code)" 404 "not named here yet"
send $alice POST $v5/repos/alice/demo/contents/big.bin "{\"content\":\"$(pointer64 "$oid" 300000)\",\"message\":\"m\"}"
lfs alice/demo download "$oid" 300000;  is "$status $(of_lfs .error)" "200 null" "named by a pointer now"
knob lfs_scope null
lfs alice/demo upload "$(printf y | sha256sum | cut -c1-64)" 1
clock '{"advance_s":1000}'; put; is $status 403 "an address that is too old"
clock '{"advance_s":-1000}'

# --- the file plane, as on Modelers (18) ---

as $alice GET "/api/v1/file/alice/demo?ref=main&path=weights"
is "$(get '.data.tree[0].etag') $(get '.data.tree[0].is_lfs')" "$weights true" "tree: sha256 for LFS"
call GET "$(plane hub)/api/v1/file/alice/demo?ref=main&path=weights"
is "$(get '.data.tree[0].url' | grep -c "^$(plane hub)/")" 1 "links stay on the host asked"
send gc-half-0 POST /api/v1/file/alice/demo/info/lfs/objects/batch '{}'
is "$status $(get .msg)" "403 FORBIDDEN: no scopes" "a token that lacks the call"
knob part_size 120000
head -c 300001 /dev/urandom >"$folder/parts"
oid=$(hash256 "$folder/parts")
batch alice/demo "$oid" 300001;          is "$(of_batch '.actions.parts|length')" 3 "parts"
is "$(of_batch '.actions.parts[0].href' | grep -c "^$(plane storage)/")" 1 "on the store"
curl -s -o "$folder/other" -H "Authorization: Bearer ml-alice-write-000000000000" \
    -d "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"$oid\",\"size\":300001}]}" \
    "$(jq -r .modelers.endpoint "$folder/ports")/api/v1/file/alice/demo/info/lfs/objects/batch"
is "$(jq -r '.data.objects[0].actions.parts|length' "$folder/other")" 1 "another site knows nothing of them"
upload alice/demo "$folder/parts"
is $status 200 "verify"
commit alice/demo "$(create_json up/parts.bin "$(pointer64 "$oid" 300001)")"; is $status 201 "commit"
call GET "$(plane hub)/alice/demo/resolve/main/up/parts.bin" -L; is "$(hash256 "$folder/body")" "$oid" "and back"
knob part_size null
fault '{"behaviour":"waf","route":"tree","times":1}'
as $alice GET "/api/v1/file/alice/demo"; is $status 418 "the firewall stands before it, too"
no_faults
