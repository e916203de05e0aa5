#!/bin/bash
# usage: smoke_git_lfs.sh PATH_TO_hubsync-testhub [modelscope|gitcode]     (needs git, git-lfs, jq)
# The real git-lfs pushes objects to testhub and fetches them back; the git side is a bare
# repository on disk.
set -eu
hub=$(realpath "${1:?usage: smoke_git_lfs.sh PATH_TO_hubsync-testhub}")
site=${2:-modelscope}
work=$(mktemp -d)
cd "$work"
"$hub" --port-file ports.json --requests requests.jsonl &
pid=$!
trap 'kill $pid; wait $pid; rm -rf "$work"' EXIT
until [ -s ports.json ]; do kill -0 $pid; done
api=$(jq -r .$site.endpoint ports.json)
admin=$(jq -r .admin.endpoint ports.json)
case $site in
modelscope) login=oauth2:ms-alice-write-000000000000 ;;
gitcode)
    login=alice:gc-alice-write-000000000000
    # git-lfs has a resolver of its own, which does not know *.localhost
    curl -sS -o knob -d '{"site":"gitcode","name":"lfs_by_number","value":true}' "$admin/knob"
    ;;
esac
lfs=${api/:\/\//:\/\/$login@}/alice/demo.git/info/lfs
export GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
git config --global user.name smoke
git config --global user.email smoke@example.com
git config --global init.defaultBranch master
git config --global lfs.url "$lfs"
git config --global lfs.locksverify false
git lfs install >/dev/null

git init -q --bare bare.git
git init -q one
cd one
git lfs track '*.bin' >/dev/null
head -c 3000000 /dev/urandom >a.bin
head -c 200 /dev/urandom >b.bin
git add . && git commit -q -m first
git remote add origin "$work/bare.git"
git push -q origin master
cd ..
GIT_LFS_SKIP_SMUDGE=1 git clone -q bare.git two
cd two
git lfs pull
cmp a.bin ../one/a.bin
cmp b.bin ../one/b.bin
puts=$(curl -sS "$admin/counters" | jq '.sites.'"$site"'.puts|length')
leaks=$(curl -sS "$admin/counters" | jq '.sites.'"$site"'.leaks')
[ "$puts" == 2 ] && [ "$leaks" == 0 ]
cd ../one
git push -q origin master:again # nothing new: no bytes may go
[ "$(curl -sS "$admin/counters" | jq '.sites.'"$site"'.duplicate_puts')" == 0 ]
echo 'git-lfs pushed and fetched'
