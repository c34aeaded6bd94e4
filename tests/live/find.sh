# SPDX-License-Identifier: Apache-2.0
# What the library finds on this machine is what other programs find there.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program cc jq readelf unshare
LC_ALL=C
export LC_ALL

lib_program "$TOP/tests/live/find.c"

# same WHAT: the sorted output is the sorted text on stdin, and there is some. Behind a pipe
# it has a shell of its own, so what comes behind it is "|| exit 1".
same() {
	sort >"$T/want"
	sort "$T/out" >"$T/is"
	[ -s "$T/want" ] || fail "$1: nothing to compare with"
	cmp -s "$T/want" "$T/is" || fail "$1: not the same: $(diff "$T/want" "$T/is" | head -n 10)"
}

# found WHAT [A [B]]
found() {
	run "$T/find" "$@"
	expect_status 0
	expect_empty_err
}

# Looks at tracefs as find does: where it is mounted, or in a namespace of its own.
with_tracefs() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -c '[ -d /sys/kernel/tracing/events ] ||
		mount -t tracefs tracefs /sys/kernel/tracing; cd /sys/kernel/tracing && eval "$1"' \
		- "$1"
}

# Functions of the kernel: those in kallsyms, unless the kernel has a list of its own.
found funcs '*'
if [ ! -e /sys/kernel/tracing/available_filter_functions ] &&
	[ ! -e /sys/kernel/debug/tracing/available_filter_functions ] &&
	[ ! -e /sys/kernel/debug/kprobes/blacklist ]; then
	awk '{ gsub(/[][]/, "", $4) } $3 ~ /^_[se]inittext$/ { init = $3 ~ /_s/; next }
		!init && $4 !~ /^bpf$|^__builtin__/ && $2 ~ /[tTwW]/ && $3 !~ /^\.|^__pfx_|^__cfi_|\$|\.cold/ &&
		$3 !~ /^__ftrace_invalid_address_/ && !seen[$3, $4]++ {
			print $1, $3 ($4 == "" ? "" : " " $4)
		}' /proc/kallsyms | same "functions of the kernel" || exit 1
fi
awk '{ print $1, $3 }' /proc/kallsyms | sort -u >"$T/kallsyms"
awk '{ print $1, $2 }' "$T/out" | sort | comm -23 - "$T/kallsyms" >"$T/unknown"
[ ! -s "$T/unknown" ] || fail "not in kallsyms: $(head -n 5 "$T/unknown")"

# Functions of a program: those that readelf sees.
cc_program app <<'C'
static __attribute__((noinline)) int inner(int x) { return x * 3 + 1; }
int outer(int x) { return inner(x) + inner(x + 1); }
int main(int argc, char **argv) { (void)argv; return outer(argc) == 0; }
C
found funcs "$T/app:*"
readelf -Ws "$T/app" | awk '$4 == "FUNC" && $7 != "UND" && $8 != "_start" {
	size = $3 ~ /^0x/ ? substr($3, 3) : sprintf("%x", $3)
	print $2, size, $8 }' | sort -u | same "functions of a program" || exit 1
run "$T/find" funcs "$T/app:iner"
expect_status 99
expect_err "^-2 no symbol 'iner' in .*; did you mean 'inner'\?"

# Tracepoints: the folders of tracefs.
with_tracefs 'cd events && ls -d -- */*/' | sed 's,/$,,; s,/,:,' >"$T/events"
found tracepoints '*'
same tracepoints <"$T/events"
found tracepoints 'sched:*'
grep '^sched:' "$T/events" | same "tracepoints of sched" || exit 1
run "$T/find" exists sched sched_process_exec
expect_status 1
run "$T/find" exists sched sched_process_exek
expect_status 0
found fields sched sched_process_exec
with_tracefs 'cat events/sched/sched_process_exec/format' |
	sed -n 's/^\tfield:\(.*\);\toffset:\(.*\);\tsize:\(.*\);\tsigned:\(.*\);$/\2 \3 \4 \1/p' |
	awk '{
		name = $NF
		array = match(name, /\[/) ? substr(name, RSTART) : ""
		sub(/\[.*/, "", name)
		type = ""
		for (i = 4; i < NF; i++)
			type = type (i > 4 ? " " : "") $i
		print name, $1, $2, $3, type array
	}' | same "fields" || exit 1
run "$T/find" fields sched sched_process_exek
expect_status 99
expect_err "^-2 no tracepoint 'sched:sched_process_exek'$"

# System calls: the kernel's headers and its symbols.
found syscalls
header=/usr/include/x86_64-linux-gnu/asm/unistd_64.h
if [ -e "$header" ]; then
	sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p' "$header" |
		same "system calls" || exit 1
	expect_out '^execve 59$'
fi
for call in execve openat getpid bpf; do
	found syscall "$call"
	expect_out "^__[a-z0-9]*_sys_$call\$|^sys_$call\$"
	grep -qw "$(cat "$T/out")" /proc/kallsyms || fail "no function $(cat "$T/out")"
done
run "$T/find" syscall openatt
expect_status 99
expect_err "did you mean 'openat'"

# Programs and libraries.
for program in sh jq cc; do
	found program "$program"
	command -v "$program" | same "program $program" || exit 1
done
sleep 60 &
pids="$pids $!"
sleeper=$!
for pid in 0 "$sleeper"; do
	found library c "$pid"
	file=$(cat "$T/out")
	[ "$(stat -L -c %i "$file")" = \
		"$(awk '$6 ~ /\/libc[.-]/ { print $5; exit }' "/proc/$sleeper/maps")" ] ||
		fail "library c of process $pid is $file"
done

# What processes are written in.
speaks() {
	run "$T/find" language "$2"
	grep -qx "$1" "$T/out"
}
speaks c "$sleeper" || fail "sleep is not written in C, it says"
echo 'after 60000' >"$T/wait.tcl"
for line in 'perl perl -e sleep(60)' 'python python3 -c import\ttime;time.sleep(60)' \
	'node node -e setTimeout(Date,60000)' "tcl tclsh $T/wait.tcl"; do
	# shellcheck disable=SC2086 # words
	set -- $line
	command -v "$2" >/dev/null || continue
	language=$1 option=$3
	code=$(printf '%b' "${4-}")
	if [ -n "$code" ]; then "$2" "$option" "$code" & else "$2" "$option" & fi
	pids="$pids $!"
	eventually 20 speaks "$language" "$!"
done
run "$T/find" language 2
[ "$(readlink /proc/2/exe)" ] || expect_err "^-8 process 2 runs no program"

# CPUs.
for set in online possible; do
	found "$set"
	tr , '\n' <"/sys/devices/system/cpu/$set" |
		awk -F- '{ for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i }' |
		same "$set CPUs" || exit 1
done
found online
[ "$(wc -l <"$T/out")" -eq "$(getconf _NPROCESSORS_ONLN)" ] || fail "not as many as getconf says"

# A perf event counts, and the clock is that of BPF.
found perf
expect_out '^1$'
found clock
expect_out '^1$'

# Single features are as cbee doctor has them.
cbee doctor --json >"$T/doctor" || fail "no doctor"
number=0
for name in btf kprobes kprobe.multi fentry fmod_ret lsm tracepoints 'module events' uprobes \
	uprobe.multi 'ring buffer'; do
	want=$(jq -r --arg name "$name" \
		'.checks[] | select(.name == $name) | if .status == "ok" then 1 else 0 end' "$T/doctor")
	run "$T/find" supports "$number"
	expect_status "$want"
	number=$((number + 1))
done
expect_clean
