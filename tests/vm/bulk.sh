# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # jq's own variables
# 200 user functions on a kernel without uprobe.multi share a few events: each is counted exactly,
# wherever its file is loaded; nothing is left, not even by SIGKILL.
. "${0%/*}/../lib.sh"
need_program cc jq
list=/sys/kernel/tracing/uprobe_events

# functions PREFIX FROM TO: number i adds i to its argument, and calls the one before it if i is
# even; calls PREFIX FROM TO: number i is called i % 5 + 1 times.
functions() {
	awk -v p="$1" -v from="$2" -v to="$3" 'BEGIN {
		for (i = from; i <= to; i++) {
			print "__attribute__((noinline, aligned(64)))"
			print "int " p "_" i "(int n) { __asm__ volatile(\"\" : \"+r\"(n)); "
			print "return " (i % 2 ? "n" : p "_" i - 1 "(n) + 1") "; }"
		}
	}'
}
calls() {
	awk -v p="$1" -v from="$2" -v to="$3" 'BEGIN {
		print "int " p "(int n) {"
		for (i = from; i <= to; i++)
			for (k = 0; k <= i % 5; k++)
				print "n = " p "_" i "(n);"
		print "return n; }"
	}'
}
{
	functions in_lib 1 100
	calls in_lib 1 100
} >"$T/calls.c"
cc -O1 -shared -fPIC -o "$T/libcalls.so" "$T/calls.c" || fail "the library does not compile"
{
	echo "int in_lib(int n); int pause(void); "
	functions in_prog 1 100
	calls in_prog 1 100
	echo "int main(int argc, char **argv) {"
	echo "(void)argv; in_lib(in_prog(0)); while (argc > 1) pause(); return 0; }"
} | cc_program calls -pie -fPIE -Wl,--no-as-needed -L"$T" -lcalls -Wl,-rpath,"$T"

# Number i: as often as main calls it, and once for each call of an even number behind it.
exact='[.functions[] | select(.name | test("_[0-9]+$")) | (.name | split("_")[-1] | tonumber) as $i
	| .count == $i % 5 + 1 + if $i % 2 == 1 and $i < 100 then ($i + 1) % 5 + 1 else 0 end]
	| length == 200 and all'

run cbee-funclatency -v --json "$T/calls:in_prog_*" "$T/libcalls.so:in_lib_*" -- "$T/calls"
expect_status 0
expect_err '^cbee-funclatency: attached to 200 functions by uprobes that share events$'
json "$exact"
json '[.lost[]] | add == 0'
expect_clean

# tracing NAME: the tracer that was spawned has attached.
tracing() {
	grep -q "attached to 100 functions by uprobes that share events" "$T/err"
}
# all_gone: its events are off the list, and who has done that is gone too.
all_gone() {
	! grep -q cbee "$list" && ! grep -qx cbee-keeper /proc/[0-9]*/comm 2>/dev/null
}

# One process of two. A hundred functions on two sides are a few events, so that closing is quick.
"$T/calls" wait &
other=$!
pids="$pids $other"
spawn cbee-funclatency -v --json "$T/libcalls.so:in_lib_*"
eventually 30 tracing
events=$(sed 's/ .*//' "$list" | sort -u | wc -l)
case $events in
[2-9] | [12]?) ;;
*) fail "$events events for 100 functions" ;;
esac
[ "$(wc -l <"$list")" -eq 200 ] || fail "$(wc -l <"$list") probes for 100 functions"
"$T/calls"
kill -INT "$spawned"
reap
expect_status 0
json '(.functions[] | select(.name == "in_lib_9") | .count) == 6'
expect_clean

spawn cbee-funclatency -v --json -p "$other" "$T/libcalls.so:in_lib_*"
eventually 30 tracing
"$T/calls"
kill -INT "$spawned"
reap
expect_status 0
json '([.functions[].count] | add // 0) == 0'
expect_clean

# Killed: nothing is traced any more, and soon the list is as it was.
spawn cbee-funclatency -v "$T/libcalls.so:in_lib_*"
eventually 30 tracing
kill -KILL "$spawned"
reap
eventually 20 all_gone
"$T/calls" || fail "the program does not survive the tracer"

# One function for all of a pattern, which need not know where it is.
cat >"$T/pattern.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <cbee/cbee.h>

static const char text[] = "BPF_ARRAY(hits, u64, 1);\n"
			   "int hit(struct pt_regs *ctx) { hits.atomic_increment(0); return 0; }\n";

int main(int argc, char **argv)
{
	struct cbee_probe_opts o = { .kind = CBEE_URETPROBE, .fn = "hit", .symbol = "in_lib_*" };
	unsigned int count = 0;
	uint64_t hits = 0;
	uint32_t zero = 0;
	struct cbee *c;

	if (argc != 3 || cbee_new(&c))
		return 2;
	o.target = argv[1];
	if (cbee_start(c, &(struct cbee_source){ .name = "pattern.c", .text = text }) ||
	    cbee_attach_all(c, &o, &count) || system(argv[2]) || cbee_detach_probe(c, &o) ||
	    system(argv[2]) ||
	    cbee_map_get(cbee_map(c, "hits"), &zero, sizeof(zero), &hits, sizeof(hits)))
		fprintf(stderr, "%s\n", cbee_error(c)->text);
	printf("%u %llu\n", count, (unsigned long long)hits);
	cbee_free(c);
	return 0;
}
END
lib_program "$T/pattern.c"
run "$T/pattern" "$T/libcalls.so" "$T/calls"
expect_out '^100 450$'
expect_clean

# Kernel functions have an event each; closing those takes a while, which a terminal shows.
if command -v script >/dev/null; then
	TERM=xterm script -qec "$BIN/cbee-funclatency -k -d 1 'tcp_c*'" "$T/typed" >/dev/null </dev/null
	grep -q '\[#* *\] [0-9]*/[0-9]* detaching' "$T/typed" || fail "no progress: $(cat "$T/typed")"
	expect_clean
fi
