# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # of lib.sh
# Shared by the tests of programs/tutorial, which source it behind lib.sh:
#   $TUTORIAL             the folder of the built programs and their BPF texts; CBEE_TUTORIAL
#                         names another than that of the build tree. It becomes the working
#                         folder: a text has then one name for its C program and for `cbee run`,
#                         and is compiled once
#   begin NAME [ARG...]   starts one that runs until Ctrl-C, and waits until it traces
#   finish N              waits for N lines of the workload's, then presses Ctrl-C; the lines
#                         are then in $T/lines, as of_work writes them
#   also_run N ARG...     `cbee run ARG...` of a workload has the same N lines
#   starts N PROGRAM      the workload: a shell that becomes PROGRAM, N times

TUTORIAL=${CBEE_TUTORIAL:-${BIN%/bin}/tutorial}
[ -d "$TUTORIAL" ] || skip "the tutorial is not built"
cd "$TUTORIAL" || exit 1
: >"$T/pids"

begin() {
	name=$1
	shift
	[ -x "$TUTORIAL/$name" ] || skip "$name is not built"
	# processes in the background of a script ignore SIGINT
	spawn env --default-signal=INT "$TUTORIAL/$name" "$@"
	eventually 20 grep -qE 'Ctrl-C ends$|^'"$name"': cannot' "$T/err"
	grep -q 'Ctrl-C ends$' "$T/err" || fail "$name did not start"
}

# of_work: from lines of the trace pipe those of the workload's processes, without what differs
# from run to run; the whole machine is traced, and other programs run too.
of_work() {
	sed -nE 's/^.*-([0-9]+)(: | \[[0-9]+\] )(.*)$/\1 \3/p' "$T/out" |
		awk 'FILENAME == ARGV[1] { mine[$1]; next } $1 in mine { sub(/^[0-9]+ /, ""); print }' \
			"$T/pids" -
}

has_lines() {
	of_work >"$T/lines"
	[ "$(wc -l <"$T/lines")" -ge "$1" ]
}

finish() {
	eventually 10 has_lines "$1"
	kill -INT "$spawned"
	reap
	expect_status 130
	has_lines "$1"
	[ "$(wc -l <"$T/lines")" -eq "$1" ] || fail "not $1 lines but $(cat "$T/lines")"
}

also_run() {
	lines=$1
	shift
	mv "$T/lines" "$T/lines.c"
	: >"$T/pids"
	run cbee run "$@"
	expect_status 0
	has_lines "$lines"
	diff "$T/lines.c" "$T/lines" >"$T/diff" ||
		fail "cbee run shows other lines than the C program: $(cat "$T/diff")"
}

cat >"$T/starts" <<'END'
for i in $(seq "$1"); do
	sh -c 'echo $$ >>"$0"; exec "$1"' "$3" "$2"
done
END

starts() {
	sh "$T/starts" "$1" "$2" "$T/pids"
}
