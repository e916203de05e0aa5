#!/bin/bash
# Checks the GitCode site of hubsync-testhub with curl, jq and git.
#   selftest_gitcode.sh PROGRAM
# Prints one line for each broken promise; exits 1 if there was one.
set -u
program=$(realpath "${1:?usage: selftest_gitcode.sh PROGRAM}")
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d) || exit 1
hub=
trap '[ -n "$hub" ] && kill "$hub" 2>/dev/null; wait; rm -rf "$folder"' EXIT

alice=gc-alice-write-000000000000
bob=gc-bob-read-0000000000000000
old=gc-old-00000000000000000000
ms_alice=ms-alice-write-000000000000
failures=0 checks=0

"$program" --port-file "$folder/ports" >"$folder/log" 2>&1 &
hub=$!
until [ -s "$folder/ports" ]; do kill -0 "$hub" 2>/dev/null || { cat "$folder/log"; exit 1; }; done
plane() { jq -r ".gitcode.$1" "$folder/ports"; }
api=$(plane endpoint)
admin=$(jq -r .admin.endpoint "$folder/ports")
scope=$(jq -r .modelscope.endpoint "$folder/ports")

. "$here/selftest_modelers_tools.sh"
knob() {
    curl -s -o "$folder/admin" -d "{\"site\":\"gitcode\",\"name\":\"$1\",\"value\":$2}" "$admin/knob"
}
counter() { curl -s "$admin/counters" | jq -r ".sites.gitcode.$1"; }
tell() { # STATUS "CODE TEXT" PROMISE
    is "$status $(get .error_code) $(get .error_message)" "$1 $2" "$3"
}
mirror() { # ID JSON-MEMBERS; prints ok or the error
    curl -s -d "{\"site\":\"gitcode\",\"id\":\"$1\",$2}" "$admin/mirror" | jq -r '.error // .ok'
}
repo() { curl -s "$admin/repo?site=$1&id=$2" | jq -r "$3"; }
v5=/api/v5

. "$here/selftest_gitcode_api.sh"
. "$here/selftest_gitcode_import.sh"
. "$here/selftest_gitcode_files.sh"

kill "$hub"
wait "$hub"
is "$? $(cat "$folder/log")" "0 " "a clean end"
hub=

echo "$checks checks, $failures broken"
[ "$failures" -eq 0 ]
