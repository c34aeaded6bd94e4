# SPDX-License-Identifier: Apache-2.0
# The tutorial's programs that create, pin, update, fetch, delete and iterate a map.
. "${0%/*}/../lib.sh"
. "${0%/*}/../tutorial.sh"
need_root
need_program setpriv
pinned=/sys/fs/bpf/cbee_tutorial
rm -f "$pinned"
trap 'rm -f "$pinned"; cleanup' EXIT

# shows STATUS OUT ERR NAME ARG...
shows() {
	want=$1
	printf '%s' "${2:+$2
}" >"$T/want.out"
	printf '%s' "${3:+$3
}" >"$T/want.err"
	name=$4
	shift 4
	run "$TUTORIAL/$name" "$@"
	expect_status "$want"
	diff "$T/want.out" "$T/out" >"$T/diff" || fail "$name $*: stdout: $(cat "$T/diff")"
	diff "$T/want.err" "$T/err" >"$T/diff" || fail "$name $*: stderr: $(cat "$T/diff")"
}

shows 0 "created a hash of 128 entries" "" map_create
shows 0 "created a hash of 7 entries" "" map_create 16 32 7
shows 1 "EINVAL: there is no map of such sizes" \
	"map_create: cannot create BPF map 'tutorial' (128 entries of 0 + 8 bytes): Invalid argument" \
	map_create 0
shows 1 "ENOMEM: that is more memory than there is" \
	"map_create: cannot create BPF map 'tutorial' (1000000 entries of 4 + 4000000 bytes): Cannot allocate memory" \
	map_create 4 4000000 1000000
chmod 755 "$T"
mkdir "$T/cbee"
cp -r "$TUTORIAL" "$T/cbee"
[ "$BIN" = /usr/bin ] || cp -r "$BIN/../lib" "$T/cbee" # what is installed finds its library
run setpriv --reuid 65534 --regid 65534 --clear-groups "$T/cbee/tutorial/map_create"
expect_status 1
expect_out '^EPERM: only root may do this$'

shows 1 "" "map_fetch: cannot open the pinned map $pinned: No such file or directory" map_fetch -k 1
shows 0 "pinned to $pinned" "" map_pin
shows 1 "" "map_pin: cannot pin map 'tutorial' at $pinned: File exists" map_pin
shows 1 "" "map_fetch: cannot read from map 'tutorial': No such file or directory" map_fetch -k 1
shows 1 "" "map_update: cannot write to map 'tutorial': No such file or directory" \
	map_update -k 1 -v 10 -f 2
shows 0 "1: 10" "" map_update -k 1 -v 10 -f 1
shows 1 "" "map_update: cannot write to map 'tutorial': File exists" map_update -k 1 -v 11 -f 1
shows 0 "1: 10" "" map_fetch -k 1
shows 0 "1: 12" "" map_update -k 1 -v 12 -f 2
shows 0 "1: 13" "" map_update -k 1 -v 13
shows 0 "2: 20" "" map_update -k 2 -v 20 -f 0
shows 0 "1: 13" "" map_fetch -k 1
run "$TUTORIAL/map_iterate"
expect_status 0
sort "$T/out" >"$T/sorted"
printf '1: 13\n2: 20\n' | diff - "$T/sorted" || fail "not these two entries"
shows 0 "deleted 1" "" map_delete -k 1
shows 1 "" "map_delete: cannot delete from map 'tutorial': No such file or directory" map_delete -k 1
shows 0 "2: 20" "" map_iterate
rm "$pinned"

# The session that docs/tutorial.md shows, word for word.
sed -n '/^## The life of a map$/,/^## Kinds of maps$/s/^    //p' "$TOP/docs/tutorial.md" >"$T/session"
sed -n 's/^# //p' "$T/session" | while read -r command; do
	echo "# $command"
	(cd "$TUTORIAL" && eval "$command" >"$T/out" 2>"$T/err")
	cat "$T/out" "$T/err"
done >"$T/played"
diff "$T/session" "$T/played" >"$T/diff" || fail "docs/tutorial.md: $(cat "$T/diff")"

shows 1 "" "map_iterate: cannot open the pinned map $pinned: No such file or directory" map_iterate
expect_clean
