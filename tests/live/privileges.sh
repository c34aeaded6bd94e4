# SPDX-License-Identifier: Apache-2.0
# Who has two capabilities traces with exact counts; each that is missing is named; once all is
# attached a tracer has given up what it takes no more, and its command has what it had before.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq setpriv
for_others
mkdir "$T/kept"
chown 65534 "$T/kept"
chmod 700 "$T/kept"

# as CAP,CAP COMMAND...: as nobody, with these capabilities only.
as() {
	caps=+$(echo "$1" | sed 's/,/,+/g')
	shift
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps "-all,$caps" \
		--ambient-caps "-all,$caps" env CBEE_CACHE="$T/kept" "$@"
}

# refused CAP,CAP MISSING COMMAND...: the sentence names it, and the call that gives it.
refused() {
	with=$1 missing=$2
	shift 2
	as "$with" "$@"
	expect_status 1
	expect_err "run it as root, or give it $missing"
	expect_err ": setcap cap_bpf,cap_perfmon[a-z_,]*\+ep $T/cbee/bin/cbee"
}

cc_program app <<'END'
__attribute__((noinline)) void work(void) { __asm__ volatile(""); }
__attribute__((noinline)) void work2(void) { __asm__ volatile(""); }
int main(void)
{
	for (int i = 0; i < 1000; i++) {
		work();
		work2();
	}
}
END
cat >"$T/script" <<'END'
#!/bin/sh
/bin/true a
/nowhere/at/all
exit 0
END
cat >"$T/count.c" <<'END'
BPF_HASH(calls, u32, u64);
int hit(void *ctx)
{
	u32 key = 1;
	calls.increment(key);
	return 0;
}
END
chmod 755 "$T/script"

# ---- two are enough ---------------------------------------------------------
for pattern in "$T/app:work" "$T/app:work*"; do
	as bpf,perfmon cbee-funclatency --json "$pattern" -- "$T/app"
	expect_status 0
	json "[.lost[]] | add == 0"
	json 'all(.functions[]; .count == 1000)'
done
json '.functions | length == 2'
as bpf,perfmon cbee-execsnoop --json -- "$T/script"
expect_status 0
json --slurp '[.[].args[0]] == ["/bin/sh", "/bin/true"]'
for probe in uprobe uretprobe; do
	as bpf,perfmon cbee run --json -v "--$probe" "$T/app:work=hit" "$T/count.c" -- "$T/app"
	expect_status 0
	json '.entries == [{"key":1,"value":1000}]'
	expect_err 'attached hit by uprobe.multi: .* Permission denied'
done
as bpf,perfmon cbee run --json --raw-tracepoint sched_process_exec=hit "$T/count.c" -- "$T/script"
expect_status 0
json '.entries[0].value >= 2'
as bpf,perfmon cbee run --json --profile 99=hit --duration 1 "$T/count.c"
expect_status 0
json '.entries[0].value > 0'

# of a process: one's own
setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "
	while [ ! -e '$T/stop' ]; do sleep 0.2; '$T/app'; done" &
loop=$!
pids="$pids $loop"
as bpf,perfmon cbee-funclatency --json -d 1 -p "$loop" c:waitpid
: >"$T/stop"
expect_status 0

as bpf,perfmon cbee doctor --json
expect_status 0
json '.works'
json '.checks[] | select(.name == "uprobes") | .status == "ok" and .value == "by uprobe.multi"'
json '.checks[] | select(.name == "capabilities") | .status == "warn" and
	(.value | test("without CAP_DAC_READ_SEARCH .*CAP_SYS_PTRACE .*CAP_SYSLOG"))'

# ---- what is missing is named -------------------------------------------------
for command in 'cbee-execsnoop' "cbee-funclatency $T/app:work" \
	"cbee run --uprobe $T/app:work=hit $T/count.c"; do
	# shellcheck disable=SC2086 # words
	refused perfmon 'CAP_BPF \(to load BPF programs and maps\): ' $command
	# shellcheck disable=SC2086
	refused bpf 'CAP_PERFMON \(to trace\): ' $command
	# shellcheck disable=SC2086
	refused kill 'CAP_BPF \(to load BPF programs and maps\), CAP_PERFMON \(to trace\): ' $command
done
spawn sleep 100
refused bpf,perfmon 'CAP_SYS_PTRACE \(to look into processes of others\): ' \
	cbee-funclatency -p "$spawned" c:malloc
expect_err "cannot look into process $spawned: Permission denied"
as bpf,perfmon,sys_ptrace cbee-funclatency --json -d 1 -p "$spawned" c:malloc
expect_status 0
as bpf cbee doctor --json
expect_status 1
json '.checks[] | select(.name == "fentry") | .status == "unknown" and
	(.value | test(", without CAP_PERFMON \\(to trace\\)$"))'
as bpf cbee map list
expect_err 'CAP_SYS_ADMIN'

# A rootless container has them all, of the wrong kind.
run unshare -Ur true
if [ "$status" -eq 0 ]; then
	run setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Ur cbee-execsnoop
	expect_status 1
	expect_err 'in a user namespace, as a rootless container is, does not count: '
fi
# Root may have lost some.
run setpriv --bounding-set -bpf,-sys_admin cbee-execsnoop
expect_status 1
expect_err 'root lacks CAP_BPF \(to load BPF programs and maps\), which --cap-add gives to a container'

# Where tracefs is mounted it takes one to read it, else one more to mount it.
if unshare -m true 2>/dev/null; then
	cat >"$T/mounted" <<-END
		mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
		exec "\$@"
	END
	in_tracefs() {
		caps=+$(echo "$1" | sed 's/,/,+/g')
		shift
		run unshare -m sh "$T/mounted" setpriv --reuid 65534 --regid 65534 --clear-groups \
			--inh-caps "-all,$caps" --ambient-caps "-all,$caps" \
			env CBEE_CACHE="$T/kept" "$@"
	}
	in_tracefs bpf,perfmon cbee-execsnoop -x -- "$T/script"
	expect_status 1
	expect_err 'give it CAP_DAC_READ_SEARCH \(to read tracefs\): '
	in_tracefs bpf,perfmon,dac_read_search cbee-execsnoop --json -x -- "$T/script"
	expect_status 0
	json --slurp '[.[].ret] == [0, 0, -2]'
fi

# ---- what is not needed is given up ---------------------------------------------
# The command writes what its tracer has, and what it has itself.
cat >"$T/look" <<'END'
#!/bin/sh
mine=$(grep -E '^(Cap|NoNew)' /proc/self/status)
tracer=$(grep -E '^(Cap|NoNew)' "/proc/$PPID/status")
echo "$mine" >"$1.mine"
echo "$tracer" >"$1.tracer"
END
chmod 755 "$T/look"
mkdir "$T/seen"
chmod 777 "$T/seen"

# has NAME VALUE: of the tracer
has() {
	grep -qE "^$1:[[:space:]]*$2\$" "$T/seen/it.tracer" || {
		cat "$T/seen/it.tracer"
		fail "the tracer's $1 is not $2"
	}
}
none=0000000000000000
"$T/look" "$T/seen/before"
for tracer in "cbee-funclatency $T/app:work" cbee-execsnoop \
	"cbee run --uprobe $T/app:work=hit $T/count.c"; do
	# shellcheck disable=SC2086
	run $tracer -v -- "$T/look" "$T/seen/it"
	expect_status 0
	expect_err ': gave up all capabilities but CAP_KILL$'
	for set in CapPrm CapEff CapBnd; do
		has $set 0000000000000020
	done
	has CapInh $none
	has CapAmb $none
	has NoNewPrivs 1
	cmp "$T/seen/it.mine" "$T/seen/before.mine" || fail "the command has less than before"
	rm "$T/seen/it.mine" "$T/seen/it.tracer"
	# shellcheck disable=SC2086
	as bpf,perfmon $tracer -v -- "$T/look" "$T/seen/it"
	expect_status 0
	expect_err ': gave up all capabilities$'
	for set in CapPrm CapEff CapInh CapAmb; do
		has $set $none
	done
	has NoNewPrivs 1
	grep -qE '^CapAmb:[[:space:]]*000000c000000000$' "$T/seen/it.mine" || fail "the command lost its own"
	grep -qE '^NoNewPrivs:[[:space:]]*0$' "$T/seen/it.mine" || fail "the command can get none"
	rm "$T/seen/it.mine" "$T/seen/it.tracer"
done

# What names stacks is kept.
cat >"$T/stacks.c" <<'END'
BPF_HASH(counts, int, u64);
BPF_STACK_TRACE(stacks, 1024);
int sample(void *ctx)
{
	int key = stacks.get_stackid(ctx, BPF_F_USER_STACK);
	counts.increment(key);
	return 0;
}
END
run cbee run -v --profile 99=sample --duration 1 "$T/stacks.c"
expect_status 0
expect_err 'all capabilities but CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_SYSLOG, CAP_CHECKPOINT_RESTORE$'

# A command is ended with its tracer also when it has become another user.
spawn env --default-signal=INT cbee-execsnoop -v -- setpriv --reuid 65534 --clear-groups sleep 98.75
eventually 10 pgrep -u 65534 -f '^sleep 98.75'
kill -INT "$spawned"
reap
expect_status 0
eventually 5 sh -c "! pgrep -u 65534 -f '^sleep 98.75' >/dev/null"

# Reports at intervals come as before.
spawn cbee-funclatency --json -i 1 -d 3 "$T/app:work"
sleep 1.5
"$T/app"
reap
expect_status 0
json --slurp 'length >= 3 and ([.[].functions[0].count] | add) == 1000'
expect_clean
