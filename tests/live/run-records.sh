# SPDX-License-Identifier: Apache-2.0
# cbee run shows the records of ring and perf buffers, and says what was lost; profiles.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program calls <<'END'
#include <stdlib.h>
__attribute__((noinline)) int work(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}
int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 23;
	for (int i = 0; i < count; i++)
		work(i);
	if (argc > 1)
		work(count);
	return 0;
}
END

# Each call makes one record, in the ring, in the perf buffer or in both.
cat >"$T/both.c" <<'END'
#include <uapi/linux/ptrace.h>
struct event {
	u8 small;
	u64 square;
	char comm[16];
	s16 minus;
	struct {
		u8 a;
		u32 b;
	} in[2];
};
BPF_RINGBUF_OUTPUT(ring, 8);
BPF_PERF_OUTPUT(perf);
BPF_RINGBUF_OUTPUT(numbers, 8);
BPF_PERF_ARRAY(counters, 8);
BPF_HASH(calls, u32);
int hit(struct pt_regs *ctx)
{
	u32 n = PT_REGS_PARM1(ctx);
	struct event e = {}, *reserved;
	e.small = n;
	e.square = (u64)n * n;
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	e.minus = -n;
	e.in[1].b = n;
	perf.perf_submit(ctx, &e, sizeof(e));
	reserved = ring.ringbuf_reserve(sizeof(*reserved));
	if (reserved) {
		*reserved = e;
		ring.ringbuf_submit(reserved, 0);
	}
	numbers.ringbuf_output(&n, sizeof(n), 0);
	calls.increment(n);
	return 0;
}
END
run cbee run --uprobe "$T/calls:work=hit" "$T/both.c" -- "$T/calls"
expect_status 0
for map in ring perf; do
	[ "$(grep -c "^$map {" "$T/out")" -eq 23 ] || fail "not 23 records of $map"
	expect_out "^$map \\{ small = 22, square = 484, comm = \"calls\", minus = -22, in = \\[\\{ a = 0, b = 0 \\}, \\{ a = 0, b = 22 \\}\\] \\}\$"
	expect_out "^$map:\$"
done
expect_out '^numbers hex:16000000$'
expect_out '^  23 records, 0 lost$'
expect_out '^  23 records$' # of a ring buffer nobody knows
expect_out '^  22: 1$'
expect_err '^cbee run: lost nothing$'
! grep -q counters "$T/out" || fail 'counters are no stream'

run cbee run --json --uprobe "$T/calls:work=hit" "$T/both.c" -- "$T/calls"
expect_status 0
for map in ring perf; do
	# shellcheck disable=SC2016 # jq's own variables
	json --slurp "map(select(.map == \"$map\" and .record) | .record) ==
		[range(23) | {small: ., square: (. * .), comm: \"calls\", minus: -.,
			in: [{a: 0, b: 0}, {a: 0, b: .}]}]"
done
json --slurp 'map(select(.map == "perf" and .record)) | length == 23 and all(.cpu >= 0)'
json --slurp 'map(select(.map == "numbers" and .record) | .record) | length == 23 and
	.[0] == "hex:00000000" and .[22] == "hex:16000000"'
json --slurp 'map(select(.type == "ringbuf" or .type == "perf_event_array")) | length == 3 and
	all(.records == 23 and .lost == if .type == "ringbuf" then null else 0 end)'
json --slurp 'map(select(.map == "calls"))[0].entries | length == 23'

# Large records come faster than they are read: what is not shown is counted.
cat >"$T/large.c" <<'END'
struct large {
	u64 pid;
	char rest[16000];
};
BPF_PERCPU_ARRAY(scratch, struct large, 1);
BPF_PERF_OUTPUT(events);
int hit(void *ctx)
{
	int zero = 0;
	struct large *l = scratch.lookup(&zero);
	if (l)
		events.perf_submit(ctx, l, sizeof(*l));
	return 0;
}
END
spawn cbee run --uprobe "$T/calls:work=hit" "$T/large.c"
eventually 10 grep -q 'attached 1 probe' "$T/err"
kill -STOP "$spawned"
taskset -c 0 "$T/calls" 1999
kill -CONT "$spawned"
eventually 10 grep -q '^events {' "$T/out"
taskset -c 0 "$T/calls" 0 # what finds room again tells
kill -INT "$spawned"
reap
expect_status 0
shown=$(grep -c '^events { pid = 0, rest = "" }$' "$T/out")
[ "$shown" -lt 100 ] || fail "$shown records found room"
expect_out "^  $shown records, $((2001 - shown)) lost\$"
expect_err "^cbee run: lost $((2001 - shown)) records \\(a perf buffer was full\\)\$"

# A layout that is not known is told under -v, and one that is known is not.
run cbee run -v --uprobe "$T/calls:work=hit" "$T/both.c" -- "$T/calls"
expect_err "what a record of 'numbers' looks like is not known"
! grep -q "record of 'ring'" "$T/err" || fail 'that of ring is known'

# A text from stdin is of the same kind; samples of all CPUs.
cat >"$T/sample.c" <<'END'
struct sample {
	u32 cpu;
};
BPF_PERF_OUTPUT(samples);
int sample(struct bpf_perf_event_data *ctx)
{
	struct sample s = { bpf_get_smp_processor_id() };
	samples.perf_submit(ctx, &s, sizeof(s));
	return 0;
}
END
cat >"$T/busy" <<'END'
#!/bin/sh
i=0
while [ $i -lt 300000 ]; do
	i=$((i + 1))
done
END
chmod 755 "$T/busy"
cbee run --json --profile 50=sample - <"$T/sample.c" >"$T/out" 2>"$T/err" -- \
	taskset -c 0 "$T/busy" ||
	fail "status is $?"
json --slurp 'map(select(.record)) | length > 3 and all(.record.cpu == .cpu)'
json --slurp 'map(select(.record and .cpu == 0)) | length > 3'
run cbee run --profile 0=sample "$T/sample.c"
expect_status 2
expect_err "^cbee run: --profile is HZ=FN, not '0=sample'\$"
run cbee run - <&-
expect_status 1
expect_clean
