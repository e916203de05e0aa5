# Sourced by selftest_gitcode.sh: imports (9), mirrors (10), branch heads by git.
# shellcheck shell=bash disable=SC2034,SC2154

import() { # NAME CLONE-URL
    send $alice POST $v5/orgs/acme/repos "{\"name\":\"$1\",\"path\":\"$1\",\"public\":1,
        \"has_issues\":false,\"repository_type\":\"model\",\"import_url\":\"$2\"}"
}
state() { as $alice GET "/api/v4/projects/acme%2F$1?view=all"; get .import_status; }
heads() { # REPO: by git, default branch first
    git -c http.extraHeader="Authorization: Basic $(printf 'alice:%s' $alice | base64 -w0)" \
        ls-remote "$api/$1.git" HEAD 2>/dev/null | cut -f1
}
clone=$scope/models/alice/demo.git
source_head=$(repo modelscope alice/demo .head)

import Demo-7B "alice/demo.git";        tell 400 "400 check url unreachable" "an address without scheme"
import Demo-7B "$scope/models/alice/none.git"; tell 400 "400 check url unreachable" "no such source"
import Demo-7B "$scope/models/alice/secret.git"; tell 400 "400 check url unreachable" "a private source"
is "$(repo gitcode acme/Demo-7B .error)" "no such site or repository" "nothing was made"
knob import_polls 2
import Demo-7B "$clone";                is "$status $(get .name)" "200 Demo-7B" "import"
is "$(counter events.import_not_public) $(counter events.import_started)" "null 1" "good manners"
is "$(repo gitcode acme/Demo-7B .head)" "" "empty at first"
is "$(state Demo-7B)" started "first poll"
as $alice GET $v5/repos/acme/Demo-7B/branches; is "$status $(get length)" "200 0" "second poll: no branch"
as $alice GET $v5/repos/acme/Demo-7B/branches
is "$(get '.[0].name') $(get '.[0].commit.sha')" "master $source_head" "third: the source's head under its own name"
is "$(state Demo-7B)" finished "finished"
as $alice GET $v5/repos/acme/Demo-7B;   is "$(get .default_branch)" master "the source's default branch"
is "$(repo gitcode acme/Demo-7B '.files|tostring')" "$(repo modelscope alice/demo '.files|tostring')" "the same files"
is "$(repo gitcode acme/Demo-7B '[.commits[].id]|tostring')" "$(repo modelscope alice/demo '[.commits[].id]|tostring')" "the same history"
is "$(heads acme/Demo-7B)" "$source_head" "git tells the head"
is "$(git -c protocol.version=0 ls-remote "$api/acme/Demo-7B.git" 'refs/heads/*' 2>/dev/null | cut -f1)" "$source_head" "also by the old protocol"
knob import_polls 0; knob import_delay_s 60
import slow "$scope/alice/demo.git";    is "$(state slow)" started "the other clone form; a delay"
clock '{"advance_s":61}';               is "$(state slow)" finished "when the delay is over"
knob import_delay_s null
fault '{"behaviour":"import_fails","error":"403 forbidden","times":1}'
import bad "$clone";                    is "$(state bad) $(get .import_error)" "failed 403 forbidden" "a failed import"
is "$(repo gitcode acme/bad .head)" "" "is empty"
fault '{"behaviour":"import_never","times":1}'
import never "$clone";                  is "$(state never) $(state never) $(state never)" "started started started" "never"
is "$(mirror acme/never '"import":"finish"') $(state never)" "true finished" "until the admin says so"
is "$(mirror acme/slow '"import":"fail","error":"gone"') $(state slow) $(get .import_error)" "true failed gone" "failed by order"

# --- objects of a mirror (15) ---

weights=$(repo modelscope alice/demo '.files["weights/model.safetensors"].sha256')
lfs() { # REPO OPERATION OID SIZE
    call POST "$api/$1.git/info/lfs/objects/batch" -u "alice:$alice" \
        -H 'Content-Type: application/vnd.git-lfs+json' -H 'Accept: application/vnd.git-lfs+json' \
        -d "{\"operation\":\"$2\",\"transfers\":[\"basic\"],\"objects\":[{\"oid\":\"$3\",\"size\":$4}]}"
    cp "$folder/body" "$folder/batch"
}
of_lfs() { jq -r ".objects[0]$1" "$folder/batch"; }
lfs acme/Demo-7B download "$weights" 3000000
is "$status $(header Content-Type) $(of_lfs .error)" "200 application/vnd.git-lfs+json null" "it can hand the object out"
call GET "$(of_lfs .actions.download.href)"; is "$(hash256 "$folder/body")" "$weights" "and does"
fault '{"behaviour":"import_no_lfs","times":1}'
import bare "$clone";                   is "$(state bare)" finished "an import without objects"
is "$(repo gitcode acme/bare .head)" "$source_head" "has the commits"
lfs acme/bare download "$weights" 3000000
is "$status $(of_lfs .error.code) $(of_lfs .actions)" "200 404 null" "and says that an object is missing"
lfs acme/Demo-7B download "$weights" 3000000; is "$(of_lfs .error)" null "another repository still has it"
call GET "$api/acme/bare/resolve/master/weights/model.safetensors"
is "$(head -c 7 "$folder/body")" version "resolve gives the pointer then"
as $alice GET /api/v1/file/acme/bare/master/media/weights/model.safetensors; is $status 404 "media has nothing to give"
no_faults

# --- pull mirrors ---

as $alice GET $v5/repos/acme/Demo-7B/repo_remote_mirror; is $status 404 "no mirror"
for form in null empty disabled; do
    knob mirror_off "\"$form\""
    as $alice GET $v5/repos/acme/Demo-7B/repo_remote_mirror
    case $form in null) wanted=null ;; empty) wanted='{}' ;; *) wanted=false ;; esac
    is "$status $(jq -c 'if type=="object" and length>0 then .mirroring_enabled else . end' "$folder/body")" "200 $wanted" "off as $form"
done
knob mirror_off null
is "$(mirror Demo-7B/x '"pull":true')" "no such repository, and no from to make it of" "no such mirror"
is "$(mirror acme/Demo-7B '"pull":true')" "pull mirroring is off" "a pull needs the switch"
curl -s -o "$folder/admin" -d '{"sites":{"modelscope":{"repos":[{"id":"alice/demo","files":{"more.txt":{"text":"m"}}}]}}}' "$admin/seed"
new_head=$(repo modelscope alice/demo .head)
is "$(mirror acme/Demo-7B '"enabled":true')" true "switched on"
is "$(repo gitcode acme/Demo-7B .head)" "$source_head" "it is stale"
as $alice GET $v5/repos/acme/Demo-7B/repo_remote_mirror
is "$(get .mirroring_enabled) $(get .update_status) $(get .number_of_failures)" "true finished 0" "its state"
is "$(get .url)" "$clone" "its source"
knob mirror_url_secret true; as $alice GET $v5/repos/acme/Demo-7B/repo_remote_mirror
is "$(get .url | grep -c 'oauth2:mirror-secret-0000@')" 1 "credentials in the address"
knob mirror_url_secret null
is "$(mirror acme/Demo-7B '"pull":true') $(repo gitcode acme/Demo-7B .head)" "true $new_head" "pull now"
is "$(repo gitcode acme/Demo-7B '[.commits[].id]|tostring')" "$(repo modelscope alice/demo '[.commits[].id]|tostring')" "the whole history"
as $alice GET "$v5/repos/acme/Demo-7B/commits/$source_head"; is $status 200 "the older commit is there"
is "$(mirror acme/Demo-7B '"status":"failed","last_error":"OUT_OF_RANGE","failures":9')" true "a failing mirror"
as $alice GET $v5/repos/acme/Demo-7B/repo_remote_mirror
is "$(get .update_status) $(get .last_error) $(get .number_of_failures)" "failed OUT_OF_RANGE 9" "says so"
send $alice POST $v5/repos/acme/Demo-7B/contents/x '{"content":"eA==","message":"m"}'
is $status 403 "a mirror refuses the contents API"
send $alice POST $v5/repos/acme/Demo-7B/branches '{"branch_name":"b"}'; is $status 403 "and branches"
commit acme/Demo-7B "$(create_json x eA==)" master; is $status 403 "and the file plane"
lfs acme/Demo-7B upload "$(printf x | sha256sum | cut -c1-64)" 1; is $status 403 "and LFS uploads"
is "$(mirror acme/Demo-7B '"enabled":false')" true "switched off"
commit acme/Demo-7B "$(create_json x eA==)" master; is $status 201 "writes again"
is "$(mirror acme/made '"from":"modelscope:alice/demo","enabled":true') $(repo gitcode acme/made .head)" "true $new_head" "a mirror by order"
fault '{"behaviour":"sync_too_frequent","times":1}'
send $alice POST $v5/repos/acme/made/push_remote_mirrors/7 '{"force":true}'
is "$status $(get .error_message)" "403 Sync too frequently, please try again later" "cooldown"
fault '[{"behaviour":"git_err","times":1},{"behaviour":"git_html","times":1}]'
is "$(git ls-remote "$api/acme/made.git" 2>&1 | grep -c 'currently syncing')" 1 "ERR under 200"
call GET "$api/acme/made.git/info/refs?service=git-upload-pack"
is "$status $(header Content-Type)" "200 text/html; charset=utf-8" "a page for refs"
call GET "$api/acme/none.git/info/refs?service=git-upload-pack"; is $status 401 "missing, anonymous: 401"
no_faults
