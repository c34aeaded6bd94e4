# SPDX-License-Identifier: Apache-2.0
# The tutorial's programs that need kprobes.
. "${0%/*}/../lib.sh"
. "${0%/*}/../tutorial.sh"
[ -e /sys/kernel/tracing/kprobe_events ] || skip "this kernel has no kprobes"
cp /bin/true "$T/work"

# A process of the workload calls execve(2) twice: to become the shell, and then the program.
begin kprobe
starts 2 "$T/work"
finish 4
printf '/usr/bin/sh\n%s\n/usr/bin/sh\n%s\n' "$T/work" "$T/work" | diff - "$T/lines" || fail "other commands"
also_run 4 kprobe.bpf.c -- sh "$T/starts" 2 "$T/work" "$T/pids"

begin kretprobe
starts 2 "$T/work"
finish 4
printf 'sh: 0\nwork: 0\nsh: 0\nwork: 0\n' | diff - "$T/lines" || fail "other results"
also_run 4 kretprobe.bpf.c -- sh "$T/starts" 2 "$T/work" "$T/pids"
: >"$T/pids"
begin kretprobe
starts 1 "$T/missing"
finish 2
printf 'sh: 0\nsh: -2\n' | diff - "$T/lines" || fail "other results of a program that is not there"
expect_clean
