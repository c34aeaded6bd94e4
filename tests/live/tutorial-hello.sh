# SPDX-License-Identifier: Apache-2.0
# The tutorial's programs that print what the trace pipe brings, here at each execve(2).
. "${0%/*}/../lib.sh"
. "${0%/*}/../tutorial.sh"
need_root
cp /bin/true "$T/work"

# A process of the workload calls execve(2) twice: to become the shell, and then the program.
expect_lines() {
	{
		printf '%s\n' "$@" "$@" "$@"
		printf '%s\n' "$@" "$@" "$@"
	} >"$T/want"
	diff "$T/want" "$T/lines" >"$T/diff" || fail "other lines: $(cat "$T/diff")"
}

begin hello
starts 3 "$T/work"
finish 6
expect_lines "hello, world"
expect_out '^[0-9]+\.[0-9]{6} .+-[0-9]+ \[[0-9]{3}\] hello, world$'
also_run 6 hello.bpf.c -- sh "$T/starts" 3 "$T/work" "$T/pids"

begin prog_array
starts 3 "$T/work"
finish 18
expect_lines first second third
also_run 18 --tail-call steps:1=second --tail-call steps:2=third prog_array.bpf.c \
	-- sh "$T/starts" 3 "$T/work" "$T/pids"

# Records instead of messages: one for each exec. They have the process's number inside.
records() {
	sed -nE 's/^events \{ pid = ([0-9]+), user = 0, name = "(.*)" \}$/x-\1: \2/p' "$T/out" >"$T/named"
	mv "$T/named" "$T/out"
	of_work >"$T/lines"
}
begin perf_event_array
starts 3 "$T/work"
eventually 10 sh -c "[ \$(grep -c 'name = \"work\"' '$T/out') -ge 3 ]"
kill -INT "$spawned"
reap
expect_status 130
records
printf '%s\n' sh work sh work sh work | diff - "$T/lines" >"$T/diff" || fail "other records: $(cat "$T/diff")"
: >"$T/pids"
run cbee run perf_event_array.bpf.c -- sh "$T/starts" 3 "$T/work" "$T/pids"
expect_status 0
cp "$T/out" "$T/shown"
records
printf '%s\n' sh work sh work sh work | diff - "$T/lines" >"$T/diff" ||
	fail "other records by cbee run: $(cat "$T/diff") $(cat "$T/shown")"

[ -e "$TUTORIAL/object.bpf.o" ] || skip "object.bpf.o is not built: no clang"
begin object
starts 3 "$T/work"
finish 6
expect_lines "hello from an object"
expect_clean
