# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Shared by the scripts of tests/live and tests/vm. A script starts with
#	. "${0%/*}/../lib.sh"
# and then has:
#   $TOP $BIN $T          source tree, built programs (on PATH), a scratch folder of its own
#   $CBEE_CACHE           a cache of compiled programs that is not the machine's
#   kernel_since kernel_has  what kernel this is
#   fail skip             end here: failed, or skipped, with a sentence
#   run COMMAND...        runs it; leaves $T/out, $T/err and $status
#   spawn COMMAND...      the same in the background; its pid in $spawned, ended by cleanup
#   expect_*  json        fail unless
# Whatever is still running or lying around is removed at the end.

set -u
TOP=${CBEE_TOP:-$(CDPATH='' cd -- "${0%/*}/../.." && pwd)}
BIN=${CBEE_BIN:-$TOP/build/release/bin}
PATH=$BIN:$PATH
export TOP BIN PATH
T=$(mktemp -d "${TMPDIR:-/tmp}/cbee-test.XXXXXX") || exit 1
spawned='' pids='' status=
CBEE_CACHE=${CBEE_CACHE-$T/cache}
export CBEE_CACHE

cleanup() {
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "$*"
	show
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# What the last run() left, for the reader of a failure.
show() {
	[ ! -s "$T/jq" ] || cat "$T/jq"
	for what in out err; do
		[ -s "$T/$what" ] || continue
		echo "--- std$what, the last lines:"
		tail -n 30 "$T/$what" | cut -c 1-2000
	done
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# Unless it can have mounts that others do not see, which takes a / that is a mount.
need_mounts() {
	unshare -m true 2>/dev/null || skip "cannot have mounts of its own, as in a chroot"
}

# kernel_since MAJOR MINOR: this kernel is that one or later.
kernel_since() {
	uname -r | awk -F '[.-]' -v major="$1" -v minor="$2" \
		'{ exit !($1 > major || $1 == major && $2 >= minor) }'
}

# kernel_has NAME: it was configured so, and built in.
kernel_has() {
	if [ -e /proc/config.gz ]; then
		gzip -dc /proc/config.gz
	else
		cat "/boot/config-$(uname -r)"
	fi | grep -qE "^CONFIG_$1\$"
}

need_program() {
	for program; do
		command -v "$program" >/dev/null || skip "no program $program"
	done
}

run() {
	status=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
}

spawn() {
	"$@" >"$T/out" 2>"$T/err" </dev/null &
	spawned=$!
	pids="$pids $spawned"
}

# Waits for the process that spawn() started; leaves $status.
reap() {
	status=0
	wait "$spawned" || status=$?
}

# eventually SECONDS COMMAND...: repeats COMMAND until it succeeds.
eventually() {
	tries=$(($1 * 20))
	shift
	while [ "$tries" -gt 0 ]; do
		"$@" && return 0
		sleep 0.05
		tries=$((tries - 1))
	done
	fail "did not happen in time: $*"
}

expect_status() {
	[ "$status" -eq "$1" ] || fail "status is $status, not $1"
}

# expect_out REGEX, expect_err REGEX: a line of stdout or stderr matches (grep -E).
expect_out() {
	grep -qE -e "$1" "$T/out" || fail "no line on stdout matches: $1"
}

expect_err() {
	grep -qE -e "$1" "$T/err" || fail "no line on stderr matches: $1"
}

expect_empty_err() {
	[ ! -s "$T/err" ] || fail "stderr is not empty"
}

# json [--slurp] FILTER: the jq filter holds for every object on stdout; with --slurp for the
# array of all of them. No object at all is a failure too.
json() {
	slurp=''
	if [ "$1" = --slurp ]; then
		slurp=--slurp
		shift
	fi
	if [ -n "$slurp" ]; then
		jq --slurp -e "$1" "$T/out" >/dev/null 2>"$T/jq" || fail "not true of stdout: $1"
	else
		# shellcheck disable=SC2016 # jq's own variables
		jq --slurp -e "length > 0 and all(.[]; $1)" "$T/out" >/dev/null 2>"$T/jq" ||
			fail "not true of every line of stdout: $1"
	fi
}

# json_get FILTER: prints what the filter gives.
json_get() {
	jq -r "$1" "$T/out"
}

# for_others: puts a copy of the programs where everybody can read it, and on PATH.
for_others() {
	chmod 755 "$T"
	mkdir "$T/cbee"
	cp -r "$BIN" "$BIN/../lib" "$BIN/../libexec" "$T/cbee"
	PATH=$T/cbee/bin:$PATH
}

# cc_program NAME [FLAG...]: compiles the C text on stdin to $T/NAME.
cc_program() {
	program=$1
	shift
	cat >"$T/$program.c"
	cc -g -O1 "$@" -o "$T/$program" "$T/$program.c" || fail "$program.c does not compile"
}

# lib_program FILE: compiles a C file that calls the library to $T, without its ending.
lib_program() {
	program=$(basename "$1" .c)
	cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/include" -o "$T/$program" "$1" \
		-L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" || fail "$program.c does not compile"
}

# Nothing of cbee is left: no probe, no pinned object, no helper process, no temporary file.
expect_clean() {
	for events in kprobe_events uprobe_events; do
		for folder in /sys/kernel/tracing /sys/kernel/debug/tracing; do
			# such files have no size
			! grep -q cbee "$folder/$events" 2>/dev/null ||
				fail "left in $folder: $(cat "$folder/$events")"
		done
	done
	for pinned in /sys/fs/bpf/*cbee*; do
		[ ! -e "$pinned" ] || fail "left: $pinned"
	done
	for cc in /proc/[0-9]*/exe; do
		case $(readlink "$cc" 2>/dev/null) in
		"${BIN%/bin}"/libexec/cbee/*) fail "left running: $(tr '\0' ' ' <"${cc%exe}cmdline")" ;;
		esac
	done
}
