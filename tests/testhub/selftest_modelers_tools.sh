# Sourced by selftest_modelers.sh: requests, checks, knobs, and an upload in few words.
# shellcheck shell=bash disable=SC2034,SC2086,SC2154

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
    local oid size ids='' i count
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

