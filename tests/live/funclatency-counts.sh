# SPDX-License-Identifier: Apache-2.0
# Every call is counted: a few, many, nested and recursive ones, and those of threads.
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
	int n = argc > 1 ? atoi(argv[1]) : 23, x = 0;

	for (int i = 0; i < n; i++)
		x = work(x);
	return x != n;
}
END
for n in 1 23 100000; do
	run cbee-funclatency --json "$T/calls:work" -- "$T/calls" "$n"
	expect_status 0
	json --slurp "length == 1"
	json ".functions | length == 1"
	json ".functions[0].name == \"work\" and .functions[0].count == $n"
	json "[.functions[0].buckets[].count] | add == $n"
	json "[.lost[]] | add == 0"
done
# Nobody else's calls are counted, and not those after the command has ended.
"$T/calls" 1000000 &
run cbee-funclatency --json "$T/calls:work" -- "$T/calls"
json ".functions[0].count == 23"
wait

cc_program nested <<'END'
#include <time.h>
static void nap(void)
{
	struct timespec t = { 0, 100000 };

	nanosleep(&t, 0);
}
__attribute__((noinline)) void f_leaf(void)
{
	nap();
	__asm__ volatile("");
}
__attribute__((noinline)) void f_outer(void)
{
	f_leaf();
	f_leaf();
	__asm__ volatile("");
}
__attribute__((noinline)) void f_rec(int depth)
{
	if (depth > 1)
		f_rec(depth - 1);
	nap();
	__asm__ volatile("");
}
int main(void)
{
	for (int i = 0; i < 20; i++) {
		f_outer();
		f_rec(5);
	}
	return 0;
}
END
run cbee-funclatency --json "$T/nested:f_*" -- "$T/nested"
expect_status 0
json "[.functions[].count] | add == 160"
json "[.functions[] | {(.name): .count}] | add == {f_leaf: 40, f_outer: 20, f_rec: 100}"
# 20 calls each at five depths, the n-th of which naps n times: the shortest is at depth 1.
json '.functions[] | select(.name == "f_rec") | .min >= 100000 and .max >= 500000'
# Only the outermost ones: 20 of f_rec.
run cbee-funclatency --json -l 1 "$T/nested:f_rec" -- "$T/nested"
json ".functions[0].count == 20 and .functions[0].min >= 500000"

cc_program threads -pthread <<'END'
#include <pthread.h>
__attribute__((noinline)) void work(void)
{
	__asm__ volatile("");
}
static void *loop(void *arg)
{
	for (int i = 0; i < 1000; i++)
		work();
	return arg;
}
int main(void)
{
	pthread_t t[7];

	for (int i = 0; i < 7; i++)
		pthread_create(&t[i], 0, loop, 0);
	for (int i = 0; i < 7; i++)
		pthread_join(t[i], 0);
	return 0;
}
END
run cbee-funclatency --json "$T/threads:work" -- "$T/threads"
json ".functions[0].count == 7000"
expect_clean
