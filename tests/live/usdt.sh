# SPDX-License-Identifier: Apache-2.0
# USDT probes: every location and size of argument, exactly; semaphores that are up while someone
# traces and down afterwards, however that ends; one process, or all of them.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program cc jq

cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/tests" -o "$T/target" \
	"$TOP/tests/live/usdt-target.c" || fail "usdt-target.c does not compile"
lib_program "$TOP/tests/live/usdt.c"
run "$T/usdt" "$T/target"
expect_status 0

# The same from a program that is linked to a fixed address.
cc -g -O1 -no-pie -D_GNU_SOURCE -I"$TOP/tests" -o "$T/fixed" "$TOP/tests/live/usdt-target.c"
run "$T/usdt" "$T/fixed"
expect_status 0

cat >"$T/count.c" <<'END'
#include <uapi/linux/ptrace.h>
BPF_HASH(sums, u32, u64);
int hit(struct pt_regs *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	int value = 0;
	bpf_usdt_readarg(1, ctx, &value);
	sums.increment(pid, value);
	return 0;
}
END
run cbee run --json --usdt "$T/target:app:three=hit" "$T/count.c" -- "$T/target"
expect_status 0
json '.entries[0].value == 598'
run cbee run -v --usdt "$T/target:global=hit" "$T/count.c" -- "$T/target"
expect_status 0
expect_err '^cbee run: attached 1 probe$'
expect_err 'hit is for USDT probe app:global, 1 location in .*/target, without semaphore$'
expect_out ': 2576$'

# guarded NAME: starts a program that tells in $T/NAME about its semaphore; its pid in $guarded.
guarded() {
	"$T/target" guarded >"$T/$1" &
	guarded=$!
	pids="$pids $guarded"
	eventually 10 grep -qs ready "$T/$1"
}
has() {
	eventually 20 grep -qs "$2" "$T/$1"
}

# Both processes, found by their file; another one starts later.
guarded first
first=$guarded
guarded second
second=$guarded
spawn cbee run --json --usdt "$T/target:guarded=hit" "$T/count.c"
tracer=$spawned
has first 'semaphore 1'
has second 'semaphore 1'
guarded third
third=$guarded
has third 'semaphore 1'
eventually 20 grep -q "all hits" "$T/third"
kill -INT "$tracer"
reap
expect_status 0
has first 'semaphore 0 hits 23'
has second 'semaphore 0 hits 23'
has third 'semaphore 0 hits 23'
for pid in "$first" "$second" "$third"; do
	wait "$pid" || fail "a program ended with status $?"
	json ".entries | map(select(.key == $pid))[0].value == 276"
done
json '.entries | length == 3'

# By process only that one; nothing but the process is named.
guarded first
first=$guarded
guarded second
second=$guarded
spawn cbee run --json -p "$first" --usdt ":app:guarded=hit" "$T/count.c"
tracer=$spawned
has first 'semaphore 1'
eventually 20 grep -q "all hits" "$T/first"
kill -INT "$tracer"
reap
expect_status 0
has first 'semaphore 0 hits 23'
wait "$first" || fail "the program ended with status $?"
json ".entries == [{key: $first, value: 276}]"
grep -q semaphore "$T/second" && fail "the other process's semaphore was raised"

# A tracer that is killed leaves nothing behind.
spawn cbee run --usdt "$T/target:guarded=hit" "$T/count.c"
tracer=$spawned
has second 'semaphore 1'
kill -KILL "$tracer"
reap
has second 'semaphore 0'
wait "$second" || fail "the program ended with status $?"

# A program of another mount namespace, and one whose file was deleted, by process.
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c 'mount -t tmpfs none /mnt && cp "$1" /mnt/app && exec /mnt/app guarded' sh \
	"$T/target" >"$T/apart" &
apart=$!
pids="$pids $apart"
eventually 10 grep -qs ready "$T/apart"
cp "$T/target" "$T/deleted"
"$T/deleted" guarded >"$T/gone" &
gone=$!
pids="$pids $gone"
eventually 10 grep -qs ready "$T/gone"
rm "$T/deleted"
for name in apart gone; do
	eval "pid=\$$name"
	spawn cbee run --json -p "$pid" --usdt ":guarded=hit" "$T/count.c"
	tracer=$spawned
	eventually 20 grep -q "all hits" "$T/$name"
	kill -INT "$tracer"
	reap
	expect_status 0
	has "$name" 'semaphore 0 hits 23'
	wait "$pid" || fail "the program ended with status $?"
	json ".entries == [{key: $pid, value: 276}]"
done

# Without its symbols a variable of the program cannot be found; the rest can.
strip -o "$T/stripped" "$T/target"
run cbee run --json --usdt "$T/stripped:three=hit" "$T/count.c" -- "$T/stripped"
expect_status 0
json '.entries[0].value == 598'
run cbee run --usdt "$T/stripped:global=hit" "$T/count.c" -- "$T/stripped"
expect_status 1
expect_err 'count.c:7:.* has argument 1 where BPF cannot read it: -4@counter\(%rip\)$'

run cbee run --usdt "$T/target:wrong=hit" "$T/count.c"
expect_status 1
expect_err "^cbee run: no USDT probe 'wrong' in "
run cbee run --usdt "$T/target:twins=hit" "$T/count.c"
expect_status 1
expect_err "^cbee run: USDT probe 'twins' is one of several providers: app, other; write app:twins"
expect_clean
