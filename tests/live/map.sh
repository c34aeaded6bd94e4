# SPDX-License-Identifier: Apache-2.0
# cbee map: the whole life of maps of every kind, with exact values; maps of others; walks over a
# map that changes; nothing is left of what fails.
. "${0%/*}/../lib.sh"
need_root
need_program jq cc

at=/sys/fs/bpf/map_t_$$ # not what expect_clean of another test looks for
trap 'rm -f "$at" "$at"_*; cleanup' EXIT

# ok ARGUMENT...: cbee map does it and says nothing on stderr.
ok() {
	run cbee map "$@"
	[ "$status" -eq 0 ] || fail "cbee map $*: status $status"
	expect_empty_err
}

# says TEXT ARGUMENT...: that, and exactly TEXT on stdout.
says() {
	want=$1
	shift
	ok "$@"
	printf '%s' "$want${want:+
}" | sort >"$T/want"
	sort "$T/out" | cmp -s - "$T/want" || fail "cbee map $* does not say: $want"
}

# refuses STATUS SENTENCE ARGUMENT...
refuses() {
	code=$1 sentence=$2
	shift 2
	run cbee map "$@"
	[ "$status" -eq "$code" ] || fail "cbee map $*: status $status, not $code"
	[ "$(cat "$T/err")" = "cbee map $1: $sentence" ] || fail "cbee map $* does not say: $sentence"
	[ ! -s "$T/out" ] || fail "cbee map $* writes something"
}

name=${at##*/}
name=$(printf %.15s "$name")

# ---- a hash: each command and flag -------------------------------------------------------

ok create "$at" --key 4 --value 8 --entries 3
says '' iterate "$at"
ok update "$at" -k 7 -v 1
ok update "$at" -k 0x10 -v -0 --flags noexist
ok update "$at" -k hex:08000000 -v hex:0300000000000000 --flags 1
refuses 1 "map '$name' has key 7 already" update "$at" -k 7 -v 5 --flags 1
refuses 1 "map '$name' has no key 9" update "$at" -k 9 -v 5 --flags exist
refuses 1 "map '$name' has room for 3 entries" update "$at" -k 9 -v 5
ok update "$at" -k 7 -v 18446744073709551615 --flags 2
says '16: 0
7: 18446744073709551615
8: 3' iterate "$at"
says '{"key":16,"value":0}
{"key":7,"value":18446744073709551615}
{"key":8,"value":3}' iterate --json "$at"
says 'hex:07000000: hex:ffffffffffffffff
hex:08000000: hex:0300000000000000
hex:10000000: hex:0000000000000000' iterate -x "$at"
says 3 fetch "$at" -k 8
says '{"key":8,"value":3}' fetch "$at" -k 8 --json
says hex:0300000000000000 fetch "$name" -k 8 --hex
ok delete "$at" -k 8
refuses 1 "map '$name' has no key 8" delete "$at" -k 8
refuses 1 "map '$name' has no key 8" fetch "$at" -k 8
refuses 1 "'x' is not for a key of map '$name'; a key of 4 bytes looks like 0, or like hex: and 8 digits" \
	fetch "$at" -k x
refuses 1 "'hex:0700' is not for a key of map '$name'; a key of 4 bytes looks like 0, or like hex: and 8 digits" \
	fetch "$at" -k hex:0700
refuses 1 "'4294967296' does not fit a key of map '$name'; a key of 4 bytes looks like 0, or like hex: and 8 digits" \
	fetch "$at" -k 4294967296
refuses 1 "'-1' does not fit a value of map '$name'; a value of 8 bytes looks like 0, or like hex: and 16 digits" \
	update "$at" -k 1 -v -1
ok clear "$at"
says '' iterate "$at"

# ---- paths, numbers, names, who has it ---------------------------------------------------

ok show --json "$at"
json ".type == \"hash\" and .name == \"$name\" and .key_size == 4 and .value_size == 8 and
	.entries == 3 and .flags == 0 and .pinned == [\"$at\"] and .held == [] and
	.key == \"u32\" and .value == \"u64\""
id=$(json_get .id)
ok show "id:$id"
expect_out "^id +$id\$"
expect_out '^key +u32$'
expect_out "^where +$at\$"
ok pin "$id" "${at}_2"
ok list --json
json --slurp "map(select(.id == $id)) | length == 1 and (.[0].pinned | sort) == [\"$at\", \"${at}_2\"]"
ok list
expect_out "^$id +hash +$name +4 +8 +3 +0x0 +$at"
refuses 1 "cannot pin map '$name' at $at: File exists" pin "$id" "$at"
ok unpin "$at"
refuses 1 "cannot open the pinned map $at: No such file or directory" unpin "$at"
says '' iterate "$name"
ok unpin "${at}_2"
eventually 10 sh -c "! cbee map show id:$id >/dev/null 2>&1"
refuses 1 "cannot open map number $id: No such file or directory" show "id:$id"
refuses 1 "no map is called '$name'; cbee map list shows all; a path has a slash, as ./x" show "$name"

ok create "${at}_1" --name twins_$$
ok create "${at}_2" --name twins_$$
run cbee map show twins_$$
expect_status 1
expect_err "^cbee map show: 2 maps are called 'twins_$$': id:[0-9]+, id:[0-9]+; name one by its number\$"
ok unpin "${at}_1"
ok unpin "${at}_2"

# ---- the other kinds ---------------------------------------------------------------------

cpus=$(sed 's/.*-//' /sys/devices/system/cpu/possible)
cpus=$((cpus + 1))
# each VALUE: a list of it, one for each CPU
each() {
	n=1 list=$1
	while [ "$n" -lt "$cpus" ]; do
		list="$list$2$1" n=$((n + 1))
	done
	echo "[$list]"
}

for kind in percpu_hash lru_percpu_hash percpu_array; do
	ok create "$at" --type "$kind" --entries 1
	ok update "$at" -k 0 -v 5
	says "0: $(each 5 ', ') sum $((5 * cpus))" iterate "$at"
	ok update "$at" -k 0 -v "$(each 4 ,)"
	says "{\"key\":0,\"value\":$(each 4 ,),\"sum\":$((4 * cpus))}" iterate --json "$at"
	says "$(each hex:0400000000000000 ', ')" fetch -x "$at" -k 0
	refuses 1 "'[1' is not for a value of map '$name'; a value of 8 bytes looks like 0, or like hex: and 16 digits" \
		update "$at" -k 0 -v '[1'
	ok clear "$at"
	ok unpin "$at"
done

for kind in hash lru_hash array lpm_trie; do
	key=1
	[ "$kind" != lpm_trie ] || key='{ prefix = 32, data = [10, 0, 0, 1] }'
	ok create "$at" --type "$kind" --entries 2
	ok update "$at" -k "$key" -v 41
	says 41 fetch "$at" -k "$key"
	ok iterate "$at"
	grep -qxF "$key: 41" "$T/out" || fail "$kind: no entry"
	case $kind in
	array)
		refuses 1 "entries of map '$name', of kind array, cannot be deleted; cbee map update or clear can make them 0" \
			delete "$at" -k 1
		refuses 1 "map '$name' has room for 2 entries" update "$at" -k 2 -v 1
		ok clear "$at"
		says '0: 0
1: 0' iterate "$at"
		;;
	*)
		ok delete "$at" -k "$key"
		says '' iterate "$at"
		;;
	esac
	ok unpin "$at"
done

for kind in queue stack; do
	ok create "$at" --type "$kind" --entries 2 --value 4
	ok push "$at" -v 1
	ok push "$at" -v 2
	refuses 1 "map '$name' has room for 2 entries" push "$at" -v 3
	ok push "$at" -v 3 --flags exist
	first=2 last=3
	[ "$kind" = queue ] || first=3 last=2
	says "$first" peek "$at"
	says "$first" pop "$at"
	says "{\"value\":$last}" pop --json "$at"
	refuses 1 "map '$name' is empty" pop "$at"
	refuses 1 "cannot walk map '$name', which has no keys" iterate "$at"
	refuses 1 "map '$name' has no keys" fetch "$at" -k 1
	ok unpin "$at"
done

ok create "$at" --type bloom_filter --value 4
ok push "$at" -v 7
says perhaps test "$at" -v 7
says no test "$at" -v 1234567
says '{"perhaps":true}' test "$at" -v 7 --json
ok unpin "$at"

ok create "${at}_in" --type array --entries 2
ok show --json "${at}_in"
in=$(json_get .id)
for kind in array_of_maps hash_of_maps; do
	refuses 1 "cannot create BPF map '$name' (1024 entries of 4 + 4 bytes): Invalid argument; a map of maps needs one such as it will hold" \
		create "$at" --type "$kind"
	ok create "$at" --type "$kind" --inner "${at}_in" --entries 2
	ok update "$at" -k 1 -v "id:$in"
	says "1: map $in" iterate "$at"
	says "{\"key\":1,\"map\":$in}" fetch --json "$at" -k 1
	refuses 1 "no map is called 'nosuch'; cbee map list shows all; a path has a slash, as ./x" \
		update "$at" -k 1 -v nosuch
	ok unpin "$at"
done
ok unpin "${at}_in"

ok create "$at" --type prog_array --entries 2
says '' iterate "$at"
refuses 1 "entries of a prog_array are descriptors, which cannot be put in from here; the program that has them does that" \
	update "$at" -k 1 -v 1
ok unpin "$at"
ok create "$at" --type cgroup_array --entries 2
refuses 1 'the kernel lets nobody read the entries of a cgroup_array' iterate "$at"
refuses 1 '/tmp is not a folder of the cgroup2 file system' update "$at" -k 1 -v /tmp
ok unpin "$at"
for kind in ringbuf task_storage perf_event_array; do
	ok create "$at" --type "$kind"
	ok show --json "$at"
	json ".type == \"$kind\""
	run cbee map iterate "$at"
	expect_status 1
	ok unpin "$at"
done

# ---- layouts -----------------------------------------------------------------------------

ok create "$at" --key 'struct { u32 pid; char comm[16]; }' --value 'char[4]' --entries 5
ok update "$at" -k '{ pid = 1, comm = "a b" }' -v hi
ok update "$at" -k '{2,""}' -v '"four"'
says '{ pid = 1, comm = "a b" }: "hi"
{ pid = 2, comm = "" }: "four"' iterate "$at"
says '{"key":{"pid":1,"comm":"a b"},"value":"hi"}
{"key":{"pid":2,"comm":""},"value":"four"}' iterate "$at" --json
refuses 1 "'fiver' does not fit a value of map '$name'; a value of 4 bytes looks like \"\", or like hex: and 8 digits" \
	update "$at" -k '{2,""}' -v fiver
ok unpin "$at"

cc -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -o "$T/others" "$TOP/tests/live/map-others.c" -lbpf ||
	fail "map-others.c does not compile"
run "$T/others" make "$at"
expect_status 0
says '{ pid = 7, comm = "init", state = -1 }: { where = 4096, load = 1.500000, part = 0.250000, low = 5, high = 100, grid = [1, 2, 3, 4, 5, -1], { bytes = [2, 1, 0, 0], number = 258 }, yes = true }' \
	iterate "$at"
ok iterate --json "$at"
json '.key == {"pid":7,"comm":"init","state":-1} and .value == {"where":4096,"load":1.5,"part":0.25,
	"low":5,"high":100,"grid":[1,2,3,4,5,-1],"":{"bytes":[2,1,0,0],"number":258},"yes":true}'
key='{ pid = 7, comm = "init", state = -1 }'
ok fetch "$at" -k "$key"
value=$(cat "$T/out")
ok update "$at" -k '{8, "next", 2}' -v "$value"
ok delete "$at" -k "$key"
says "{ pid = 8, comm = \"next\", state = 2 }: $value" iterate "$at"
ok show "$at"
expect_out '^key +struct { u32 pid; char comm\[16\]; s32 state; }$'
expect_out '^value +struct { u64 where; double load; float part; u32 low:3; u32 high:7; s8 grid\[6\]; union { u8 bytes\[4\]; u32 number; }; bool yes; }$'
if command -v bpftool >/dev/null; then
	bpftool -j map dump pinned "$at" >"$T/out"
	json '.[0].formatted.key.pid == 8'
fi
ok unpin "$at"

run "$T/others" plain "$at"
expect_status 0
ok iterate "$at"
expect_out '^hex:07000000696e6974[0]{24}ffffffff: hex:0010[0-9a-f]{76}$'
ok iterate --json "$at"
json '(.key | length) == 4 + 2 * 24 and (.value | length) == 4 + 2 * 40'
ok unpin "$at"

# The maps of a program that runs, by their names, from another process.
live=live_$$ whom=$((5000000 + $$)) # no such process
sed "s/NAME/$live/; s/WHOM/$whom/" >"$T/count.c" <<'END'
struct key { u32 pid; char what[8]; };
BPF_HASH(NAME, struct key, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)
{
	struct key key = { .what = "getpgid" };

	if (args->pid != WHOM)
		return 0;
	key.pid = args->pid;
	NAME.increment(key);
	return 0;
}
END
spawn cbee run "$T/count.c"
eventually 20 grep -q attached "$T/err"
cc_program call -D_GNU_SOURCE -DWHOM="$whom" <<'END'
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
	for (int i = 0; i < 23; i++)
		syscall(SYS_getpgid, WHOM);
}
END
"$T/call"
cbee map iterate --json "$live" >"$T/live" 2>&1
[ "$(cat "$T/live")" = "{\"key\":{\"pid\":$whom,\"what\":\"getpgid\"},\"value\":23}" ] ||
	fail "the map of a run is: $(cat "$T/live")"
cbee map show --json "$live" | jq -e ".held[0].pid == $spawned and .held[0].comm == \"cbee\"" \
	>/dev/null || fail "cbee map show does not tell who has the map"
cbee map update "$live" -k "{$whom, \"getpgid\"}" -v 1 && "$T/call"
[ "$(cbee map fetch "$live" -k "{$whom, \"getpgid\"}")" = 24 ] || fail "the program counts elsewhere"
kill -INT "$spawned"
reap
expect_status 0

# ---- a map that others change ------------------------------------------------------------

ok create "$at" --entries 5000
ok show --json "$at"
id=$(json_get .id)
run "$T/others" fill "$id"
expect_status 0
"$T/others" churn "$id" &
pids="$pids $!"
sleep 0.2
for _ in 1 2 3 4 5; do
	run timeout 20 cbee map iterate --json "$at"
	expect_status 0
	json --slurp 'map(select(.key < 1000)) | length == 1000 and (map(.key) | unique | length) == 1000
		and all(.[]; .value == 7)'
	json --slurp '(map(.key) | unique | length) == length'
done
kill -KILL "${pids##* }"
ok unpin "$at"

# ---- what fails, and what is left of it --------------------------------------------------

big='ask for fewer entries'
refuses 1 "cannot pin map 'x_$$' at /tmp/x, which is in no BPF file system; pin it below /sys/fs/bpf" \
	create /tmp/x --name x_$$
refuses 1 "cannot pin map 'y_$$' at ${at}_d/x: No such file or directory" create "${at}_d/x" --name y_$$
refuses 1 "cannot pin map 'a.b_$$' at ${at}_a.b: Operation not permitted; names in a BPF file system have no dots" \
	create "${at}_a.b" --name a.b_$$
refuses 1 "cannot create BPF map '$name' (1024 entries of 8 + 8 bytes): Invalid argument; in maps of kind array the bytes of a key are 4, not 8" \
	create "$at" --type array --key 8
refuses 1 "cannot create BPF map '$name' (0 entries of 4 + 8 bytes): Invalid argument; in maps of kind hash the entries are at least 1, not 0" \
	create "$at" --entries 0
refuses 1 "cannot create BPF map '$name' (1024 entries of 4 + 8 bytes): Invalid argument; maps of kind array have no flag 0x1" \
	create "$at" --type array --flags no_prealloc
refuses 1 "cannot create BPF map '$name' (4000000000 entries of 4 + 4096 bytes): Cannot allocate memory; that is 15640258.8 MiB and what the kernel adds: $big" \
	create "$at" --type array --value 4096 --entries 4000000000
refuses 1 "cannot create BPF map '$name' (4000000000 entries of 4 + 8 bytes): Argument list too long; that is 45776.4 MiB and what the kernel adds: $big" \
	create "$at" --entries 4000000000
: >"$T/file"
refuses 1 "cannot open the pinned map $T/file: Permission denied; a pinned map is a file of the bpf file system" \
	show "$T/file"
for left in "$at"*; do
	[ ! -e "$left" ] || fail "$left is left"
done
# the kernel takes its time to free what was closed
none_left() {
	cbee map list --json >"$T/out"
	json_get "select(.name == \"x_$$\" or .name == \"y_$$\" or .name == \"a.b_$$\" or
		.name == \"$name\")" >"$T/left"
	[ ! -s "$T/left" ]
}
eventually 10 none_left

if command -v setpriv >/dev/null; then
	for_others
	run setpriv --reuid=65534 --regid=65534 --clear-groups cbee map create "$at"
	expect_status 1
	expect_err "^cbee map create: cannot create BPF map '$name' \(1024 entries of 4 \+ 8 bytes\): Operation not permitted; run it as root"
	run setpriv --reuid=65534 --regid=65534 --clear-groups cbee map list
	expect_status 1
	expect_err '^cbee map list: cannot list the maps: Operation not permitted; run it as root'
	run setpriv --reuid=65534 --regid=65534 --clear-groups cbee map show x
	expect_status 1
	expect_err "^cbee map show: cannot look for map 'x': Operation not permitted; names take root"
fi
expect_clean
