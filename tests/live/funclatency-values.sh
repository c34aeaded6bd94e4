# SPDX-License-Identifier: Apache-2.0
# The times agree with what the program measures itself, in every unit.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program sleeper <<'END'
#include <stdio.h>
#include <time.h>
static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}
__attribute__((noinline)) void work(int i)
{
	struct timespec t = { 0, i < 11 ? 33000000 : 130000000 };

	nanosleep(&t, 0);
	__asm__ volatile("");
}
int main(void)
{
	long long sum = 0, min = 1LL << 60, max = 0;

	for (int i = 0; i < 23; i++) {
		long long start = now(), took;

		work(i);
		took = now() - start;
		sum += took;
		min = took < min ? took : min;
		max = took > max ? took : max;
	}
	fprintf(stderr, "TRUTH %lld %lld %lld\n", sum, min, max);
	return 0;
}
END
# near WHAT: our figure is not above the program's, which includes ours and the probe, nor far below.
near() {
	json ".functions[0] | .$1 <= $2 and .$1 > $2 * 0.9"
}
run cbee-funclatency --json "$T/sleeper:work" -- "$T/sleeper"
expect_status 0
# shellcheck disable=SC2046 # four words
set -- $(grep TRUTH "$T/err")
near total "$2"
near min "$3"
near max "$4"
json ".functions[0] | .count == 23 and .avg == (.total / 23 | floor)"
# 11 calls of 33 ms, 12 of 130 ms: the median is the 12th.
json ".functions[0] | .p50 > 120000000 and .p50 <= .p90 and .p90 <= .p99 and .p99 <= .p999"
json ".functions[0] | .p999 <= .max"
json ".unit == \"nsecs\" and .time > 1700000000"
json "[.functions[0].buckets[] | select(.low >= 32000000 and .high < 64000000) | .count] | add == 11"

run cbee-funclatency -u --json "$T/sleeper:work" -- "$T/sleeper"
json ".unit == \"usecs\" and (.functions[0] | .min >= 33000 and .min < 64000 and .max >= 130000)"
run cbee-funclatency -m --json "$T/sleeper:work" -- "$T/sleeper"
json ".unit == \"msecs\" and (.functions[0] | .min >= 33 and .min < 64 and .max >= 130)"

# Text has bcc's form.
run cbee-funclatency -m "$T/sleeper:work" -- "$T/sleeper"
expect_out '^     msecs               : count     distribution$'
expect_out '^         0 -> 1          : 0        \|                                        \|$'
expect_out '^        32 -> 63         : 11       \|'
expect_out '^       128 -> 255        : 12       \|\*{40}\|$'
expect_out '^avg = [0-9]+ msecs, total: [0-9]+ msecs, count: 23$'
expect_err '^cbee-funclatency: lost nothing$'
