# SPDX-License-Identifier: Apache-2.0
# cbee doctor: what it says of this machine is so, as root and as anybody; nothing is left.
. "${0%/*}/../lib.sh"
need_root
need_program jq setpriv

# is CHECK STATUS: what doctor says of one check.
is() {
	json ".checks | map(select(.name == \"$1\")) | length == 1 and .[0].status == \"$2\""
}

run cbee doctor --json
expect_status 0
expect_empty_err
json --slurp 'length == 1'
json '.works == true and (.checks | length) == 24'
json 'all(.checks[]; (.name | length > 0) and (.value | length > 0) and
	(.status | IN("ok", "warn", "fail", "unknown")) and ((.advice == null) == (.status == "ok")))'
is kernel ok
is bpf ok
is compiler ok
is libraries ok
is cache ok
is uprobes ok
if [ -e /sys/bus/event_source/devices/kprobe ]; then
	is kprobes ok
elif [ -z "$(find /sys/kernel/tracing /sys/kernel/debug/tracing -name kprobe_events 2>/dev/null)" ]; then
	is kprobes fail
fi
if kernel_since 6 6; then
	is uprobe.multi ok
else
	is uprobe.multi fail
fi
[ ! -e /sys/kernel/btf/vmlinux ] || is btf ok
json '.checks[] | select(.name == "libraries") | .value | test("/libbcc\\.so")'

run cbee doctor
expect_status 0
expect_out '^ok +uprobes +yes$'
expect_out '^ok +compiler +compiles a small program in [0-9]+ ms$'
expect_out '^tracing works here$'
[ "$(wc -l <"$T/out")" -eq 25 ] || fail "not a line for each check"

CBEE_CACHE='' run cbee doctor --json
expect_status 0
is cache warn
json '.checks[] | select(.name == "cache") | .value == "the cache is turned off (CBEE_CACHE is empty)"'

# Nobody may trace, and is told so.
for_others
run setpriv --reuid 65534 --regid 65534 --clear-groups cbee doctor --json
expect_status 1
json '.works == false'
is bpf unknown
is capabilities fail
expect_err '^cbee doctor: tracing does not work here; '
expect_clean
