# Sourced by selftest_gitcode.sh: tokens, errors, lists, one repository, create, branches, delete.
# shellcheck shell=bash disable=SC2034,SC2154

# --- who is calling (2) ---

as $alice GET $v5/user;                 is "$status $(get .login)" "200 alice" "user: Bearer"
call GET "$api$v5/user" -H "PRIVATE-TOKEN: $alice"; is "$(get .login)" alice "user: PRIVATE-TOKEN"
call GET "$api$v5/user?access_token=$alice"; is "$(get .login)" alice "user: in the query"
is "$(counter events.token_in_url)" 1 "a token in an address is counted"
call GET "$api$v5/user" -H "Authorization: token $alice"; is $status 401 "another scheme is none"
as $old GET $v5/user;                   is "$status $(get .message)" "401 401 Unauthorized" "expired"
as wrong GET $v5/repos/alice/demo;      is $status 401 "a wrong token on a read"
as wrong DELETE $v5/repos/alice/demo
tell 404 "404 404, token not found" "a wrong token on a write looks like not found"
is "$(repo gitcode alice/demo .id)" alice/demo "and nothing is deleted"
as "" GET $v5/repos/alice/demo;         is "$status $(get .error_code)" "400 400" "anonymous"
knob anonymous '"allow"'; as "" GET $v5/repos/alice/demo; is $status 200 "anonymous, allowed"
knob anonymous null
knob bad_token '"empty"'; as wrong GET $v5/user; is "$status $(wc -c <"$folder/body")" "401 0" "empty 401"
knob bad_token null
as $alice GET $v5/user -H 'Content-Type: application/json'
is "$(counter events.type_without_body)" 1 "a type without a body is counted"
curl -s -o "$folder/admin" -d '{"tokens":[{"value":"gc-half-0","site":"gitcode","account":"alice",
    "owners":["acme"],"lacks":["create_*","lfs_batch","batch"]}]}' "$admin/seed"
send gc-half-0 POST $v5/user/repos '{"name":"no"}'
tell 403 "403 CH.00000403 apig token has not permission to request url" "a token that lacks a call"
as gc-half-0 GET $v5/repos/alice/demo;  is $status 200 "and has another"
as $bob DELETE $v5/repos/alice/demo;    is $status 403 "a reader does not delete"

# --- errors (3) ---

as $alice GET $v5/repos/alice/none;     tell 404 "404 Project not found" "no such project"
as $bob GET $v5/repos/alice/secret;     tell 404 "404 Project not found" "hidden project"
knob not_found_status 400
as $alice GET $v5/repos/alice/none;     tell 400 "404 Project not found" "404 under 400"
knob not_found_status null
fault '{"behaviour":"error_200","times":1}'
as $alice GET $v5/repos/alice/none;     tell 200 "404 Project not found" "an error object with 200"
knob error_shape '"arrays"'
as $alice GET $v5/repos/alice/none;     is "$(get '.message.name[0]')" "Project not found" "arrays"
knob error_shape '"error_message"'
as $alice GET $v5/repos/alice/none;     is "$(get .error_message)" "Project not found" "short body"
knob error_shape null
fault '{"behaviour":"waf","times":1}'
as $alice GET $v5/user;                 is "$status $(header Content-Type)" "418 text/html; charset=utf-8" "firewall"
no_faults

# --- rate (4) ---

knob rate_per_min 2; knob rate_headers true; knob retry_after '"seconds"'
clock '{"advance_s":120}'
as $bob GET $v5/user; as $bob GET $v5/user
is "$status $(header x-ratelimit-remaining)" "200 0" "the last call of a minute"
as $bob GET $v5/user
is "$status $(header Retry-After)" "429 $(header Retry-After | grep -x '[1-9][0-9]*')" "the next one"
knob retry_after '"date"'; as $bob GET $v5/user
is "$(header Retry-After | grep -c GMT)" 1 "Retry-After as a date"
clock '{"advance_s":61}'; as $bob GET $v5/user; is $status 200 "a minute later"
knob rate_per_min null; knob rate_headers null; knob retry_after null

# --- lists (5, 6) ---

as $alice GET "$v5/orgs/acme/repos";    is "$(get length)" 0 "repo_type is code by default"
as $alice GET "$v5/orgs/acme/repos?repo_type=model"
is "$(get '.[0].path') $(get '.[0].namespace.path') $(get '.[0].owner')" "gated acme null" "an organisation's models"
is "$(header total_count) $(header total_page)" "1 1" "totals"
is "$(get '.[0].html_url' | grep -c '\.git$')" 1 "html_url ends in .git"
as $alice GET "$v5/orgs/alice/repos?repo_type=all"; tell 404 "404 404 Group Not Found" "a user is no organisation"
as $alice GET "$v5/user/repos?repo_type=model"; is "$(get '[.[].path]|sort|join(" ")')" "demo gated secret" "own"
as $alice GET "$v5/user/repos?type=owner&repo_type=all"; is "$(get length)" 2 "own, not the organisations'"
as $alice GET "$v5/user/repos?type=all&affiliation=owner"; is $status 422 "type and affiliation"
as $bob GET "$v5/users/alice/repos";    is "$(get '.[].path')" demo "another's public ones"
for i in $(seq 21); do echo "{\"id\":\"acme/r$i\",\"defaults\":false}"; done | jq -s '{sites:{gitcode:{repos:.}}}' >"$folder/many"
curl -s -o "$folder/admin" -d "@$folder/many" "$admin/seed"
as $alice GET "$v5/orgs/acme/repos?repo_type=all"
is "$(get length) $(header total_page)" "20 2" "20 on a page"
as $alice GET "$v5/orgs/acme/repos?repo_type=all&page=2"; is "$(get length)" 2 "the rest"
as $alice GET "$v5/orgs/acme/repos?repo_type=all&page=3"; is "$(get length)" 0 "behind the end"
as $alice GET "$v5/orgs/acme/repos?repo_type=all&per_page=101"
is "$(get length) $(counter events.per_page_over)" "22 1" "more than 100 is cut, and counted"
as $alice GET "$v5/orgs/acme/repos?repo_type=all&page=501"; is $status 400 "more than 500 pages"
fault '[{"behaviour":"page_object","times":1},{"behaviour":"page_short","nth":1,"times":1}]'
as $alice GET "$v5/orgs/acme/repos?repo_type=all"; is "$status $(get type)" "200 object" "an object for a page"
as $alice GET "$v5/orgs/acme/repos?repo_type=all"; is "$(get length)" 19 "a short page in the middle"
fault '{"behaviour":"page_repeat","times":1}'
as $alice GET "$v5/orgs/acme/repos?repo_type=all&per_page=100"
is "$(get length) $(get '[.[].id]|unique|length')" "23 22" "one twice"
no_faults
knob bools '"int"'; knob ids '"text"'
as $alice GET $v5/repos/alice/demo;     is "$(get '.private') $(get '.id|type')" "0 string" "loose types"
knob bools null; knob ids null

# --- one repository (7) ---

as $alice GET $v5/repos/alice/demo
is "$(get .path) $(get .private) $(get .default_branch) $(get .license)" "demo false main Apache_License_v2.0" "detail"
is "$(get .http_url_to_repo)" "$api/alice/demo.git" "its clone address"
as $alice GET $v5/repos/alice/secret;   is "$(get .private)" true "private"
curl -s -o "$folder/admin" -d '{"sites":{"gitcode":{"repos":[{"id":"alice/was","defaults":false,"extra":{"moved_to":"alice/demo"}}]}}}' "$admin/seed"
as $alice GET $v5/repos/alice/was/branches
is "$status $(header Location)" "301 $api$v5/repos/alice/demo/branches" "renamed"

# --- create and delete (8, 16) ---

send $alice POST $v5/orgs/acme/repos '{"name":"New-1","public":1,"private":true,"repository_type":"model"}'
is "$status $(get .path) $(get .public) $(get .full_name)" "200 New-1 true alice/New-1" "create; public wins; full_name lies"
send $alice POST $v5/orgs/acme/repos '{"name":"new-1"}'; is $status 409 "taken, in another case"
knob name_taken_status 400
send $alice POST $v5/orgs/acme/repos '{"name":"New-1"}'
is "$status $(get '.message.name[0]')" "400 has already been taken" "taken, the other answer"
knob name_taken_status null
send $alice POST $v5/orgs/acme/repos '{"name":"x.git"}'; is $status 400 "a bad name"
curl -s -o "$folder/admin" -d '{"owners":["alice","acme"]}' "$admin/seed"
send $alice POST $v5/orgs/nobody/repos '{"name":"x"}'
is "$status $(get .error_message)" "400 org not found" "no such organisation"
send $bob POST $v5/orgs/acme/repos '{"name":"x"}'; is $status 403 "a reader does not create"
knob visible_after_calls 2
send $alice POST $v5/user/repos '{"name":"init","auto_init":true}'
as $alice GET $v5/repos/alice/init;     tell 404 "404 404 project not found" "not visible yet"
as $alice GET $v5/repos/alice/init/branches; is $status 404 "nor its branches"
as $alice GET $v5/repos/alice/init/branches; is "$(get '.[0].name')" main "then it is"
knob visible_after_calls null
as $alice GET "$v5/user/repos";         is "$(get '[.[].path]|join(" ")')" init "made as code, so listed as code"
as $alice DELETE $v5/repos/alice/init;  is "$status $(wc -c <"$folder/body")" "204 0" "delete"
as $alice DELETE $v5/repos/alice/init;  tell 404 "404 Project not found" "delete again"

# --- branches (11) ---

head=$(repo gitcode alice/demo .head)
as $alice GET $v5/repos/alice/demo/branches; is "$(get '.[0].commit.sha')" "$head" "in the list: commit.sha"
as $alice GET $v5/repos/alice/demo/branches/main; is "$(get .commit.id) $(get .default)" "$head true" "alone: commit.id"
as $alice GET $v5/repos/alice/demo/branches/none; is $status 404 "no such branch"
as $alice GET "$v5/repos/alice/demo/commits?sha=main&per_page=1"; is "$(get '.[0].sha') $(get length)" "$head 1" "commits"
send $alice POST $v5/repos/alice/demo/branches '{"branch_name":"dev/x","refs":"main"}'; is $status 201 "a branch"
as $alice GET $v5/repos/alice/demo/branches/dev/x; is "$(get .commit.id)" "$head" "a branch with a slash"
as $alice DELETE $v5/repos/alice/demo/branches/dev/x; is $status 204 "and gone"
