# SPDX-License-Identifier: Apache-2.0
# cbee run: texts of others are compiled, attached by option and by name, and their maps and
# messages shown.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program calls <<'END'
__attribute__((noinline)) int work(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}
int main(void)
{
	for (int i = 0; i < 23; i++)
		work(i);
	return 0;
}
END
cat >"$T/count.c" <<'END'
#include <uapi/linux/ptrace.h>
BPF_HASH(counts, u32, u64);
BPF_ARRAY(empty, u64, 8);
BPF_PERCPU_ARRAY(percpu, u64, 2);
BPF_HISTOGRAM(dist);
BPF_HISTOGRAM(linear, int, 32);
int hit(struct pt_regs *ctx)
{
	u32 seven = 7;
	int one = 1;
	counts.increment(seven);
	percpu.increment(one);
	dist.increment(bpf_log2l(PT_REGS_PARM1(ctx)));
	linear.increment(PT_REGS_PARM1(ctx));
	return 0;
}
END
run cbee run --uprobe "$T/calls:work=hit" "$T/count.c" -- "$T/calls"
expect_status 0
expect_err '^cbee run: attached 1 probe$'
expect_err '^cbee run: lost nothing$'
expect_out '^counts:$'
expect_out '^  7: 23$'
expect_out '^  nothing$'
expect_out '^  1: 23$'
expect_out '^ +0 -> 1 +: 2 '
expect_out '^ +2 -> 3 +: 2 '
expect_out '^ +16 -> 31 +: 7 +\|\*+ +\|$'
expect_out '^ +22 +: 1 +\|\*{40}\|$'

run cbee run --json --uprobe "$T/calls:work=hit" "$T/count.c" -- "$T/calls"
expect_status 0
json --slurp 'length == 5'
json --slurp 'map(select(.map == "counts")) ==
	[{map: "counts", type: "hash", entries: [{key: 7, value: 23}]}]'
json --slurp 'map(select(.map == "empty"))[0].entries == []'
json --slurp 'map(select(.map == "percpu"))[0].entries == [{key: 1, value: 23}]'
json --slurp 'map(select(.map == "dist"))[0].histogram[4] == {low: 16, high: 31, count: 7}'
json --slurp 'map(select(.map == "linear"))[0].histogram | length == 23 and all(.count == 1)'

# Keys and values are shown as the text declares them.
cat >"$T/shapes.c" <<'END'
struct key {
	char name[8];
	int number;
};
struct pair {
	u16 a;
	s64 b;
};
BPF_HASH(shapes, struct key, struct pair);
BPF_PERCPU_HASH(pairs, u8, struct pair);
BPF_PERCPU_HASH(sums, s64, u32);
BPF_HISTOGRAM(never);
int hit(void *ctx)
{
	struct key key = { "a\"b", -2 };
	struct pair pair = { 7, -8 };
	u8 nine = 9;
	s64 ten = -10;
	u32 one = 1, *sum = sums.lookup_or_try_init(&ten, &one);
	shapes.update(&key, &pair);
	pairs.update(&nine, &pair);
	if (sum)
		*sum += 2;
	return 0;
}
END
run cbee run --uprobe "$T/calls:main=hit" "$T/shapes.c" -- "$T/calls"
expect_status 0
expect_out '^  \{ name = "a\\"b", number = -2 \}: \{ a = 7, b = -8 \}$'
expect_out '^  9: \[.*\{ a = 7, b = -8 \}.*\]$'
expect_out '^  -10: 3$'
expect_out '^  nothing$'
run cbee run --json --uprobe "$T/calls:main=hit" "$T/shapes.c" -- "$T/calls"
expect_status 0
json --slurp 'map(select(.map == "shapes"))[0].entries ==
	[{key: {name: "a\"b", number: -2}, value: {a: 7, b: -8}}]'
json --slurp 'map(select(.map == "pairs"))[0].entries[0] | .key == 9 and
	(.value | map(select(. != {a: 0, b: 0}))) == [{a: 7, b: -8}]'
json --slurp 'map(select(.map == "sums"))[0].entries[0] | .key == -10 and .value == 3'
json --slurp 'map(select(.map == "never"))[0].histogram == []'

# A histogram for each key, and functions that a prog array leads to.
cat >"$T/chain.c" <<'END'
#include <uapi/linux/ptrace.h>
struct bucket {
	char who[8];
	u64 slot;
};
BPF_HISTOGRAM(dist, struct bucket, 1024);
BPF_PROG_ARRAY(steps, 2);
int hit(struct pt_regs *ctx)
{
	steps.call(ctx, 1);
	return 0;
}
int count(struct pt_regs *ctx)
{
	struct bucket key = { "even", bpf_log2l(PT_REGS_PARM1(ctx)) };
	if (PT_REGS_PARM1(ctx) & 1)
		__builtin_memcpy(key.who, "odd\0", 5);
	dist.increment(key);
	return 0;
}
END
run cbee run --tail-call steps:1=count --uprobe "$T/calls:work=hit" "$T/chain.c" -- "$T/calls"
expect_status 0
expect_out '^who = "?even"?$'
expect_out '^who = "?odd"?$'
[ "$(grep -cE '^ +16 -> 31 +: [34] ' "$T/out")" -eq 2 ] || fail "not 4 even and 3 odd from 16 on"
run cbee run --json --tail-call steps:1=count --uprobe "$T/calls:work=hit" "$T/chain.c" -- "$T/calls"
expect_status 0
json '.map == "dist" and (.histograms | map({(.who): .histogram[-1].count}) | add) ==
	{even: 4, odd: 3}'
run cbee run --tail-call steps:1=conut --uprobe "$T/calls:work=hit" "$T/chain.c"
expect_status 1
expect_err "^cbee run: the program has no function 'conut'"
run cbee run --tail-call step:1=count --uprobe "$T/calls:work=hit" "$T/chain.c"
expect_status 1
expect_err "^cbee run: the program has no map 'step'"
run cbee run --tail-call dist:1=count --uprobe "$T/calls:work=hit" "$T/chain.c"
expect_status 1
expect_err "^cbee run: map 'dist' holds no programs"

# The trace pipe, a constant, a return probe, a text from stdin.
cat >"$T/hello.c" <<'END'
int hit(void *ctx)
{
	bpf_trace_printk("Hello, \"%d\"\n", OPT(number));
	return 0;
}
END
run cbee run --const number=42 --uretprobe "$T/calls:main=hit" "$T/hello.c" -- "$T/calls"
expect_status 0
expect_out '^[0-9]+\.[0-9]{6} (calls|<\.\.\.>)-[0-9]+ \[[0-9]{3}\] Hello, "42"$'
cbee run --json --const number=0x10 --uprobe "$T/calls:main=hit" - -- "$T/calls" \
	<"$T/hello.c" >"$T/out" 2>"$T/err" || fail "status is $?"
json --slurp 'map(select(.message)) | length == 1 and .[0].message == "Hello, \"16\""'

# What function names say, until the time is over.
cat >"$T/named.c" <<'END'
BPF_HASH(execs, u32, u64);
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	u32 zero = 0;
	execs.increment(zero);
	return 0;
}
END
spawn cbee run --json --duration 1 "$T/named.c"
while kill -0 "$spawned" 2>/dev/null; do
	/bin/true
done
reap
expect_status 0
json '.map == "execs" and .entries[0].key == 0 and .entries[0].value > 0'

# Failures are sentences.
printf 'int hit(void *ctx)\n{\n\treturn nonsense;\n}\n' >"$T/bad.c"
run cbee run "$T/bad.c"
expect_status 1
expect_err "^cbee run: cannot compile $T/bad.c: $T/bad.c:3:9: error: .*'nonsense'"
run cbee run "$T/hello.c"
expect_status 1
expect_err '^cbee run: there is nothing to attach to; '
run cbee run --uprobe "$T/calls:wrok=hit" "$T/hello.c"
expect_status 1
expect_err "did you mean 'work'"
run cbee run --const nothing=1 "$T/hello.c"
expect_status 1
expect_err '^cbee run: .*OPT\(nothing\)'
run cbee run "$T/missing.c"
expect_status 1
expect_err "^cbee run: cannot read $T/missing.c: No such file or directory$"
run cbee run - # an empty text
expect_status 1
expect_err '^cbee run: there is nothing to attach to; '
run cbee run --pid 4194304 --uprobe "$T/calls:work=hit" "$T/hello.c"
expect_status 1
expect_err '^cbee run: no process 4194304$'
expect_clean
