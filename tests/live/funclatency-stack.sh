# SPDX-License-Identifier: Apache-2.0
# What never returns costs itself only: longjmp, exec, exit and deep recursion are told apart.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program jumps <<'END'
#include <setjmp.h>
static jmp_buf top;
__attribute__((noinline)) void leap(void)
{
	longjmp(top, 1);
}
__attribute__((noinline)) void middle(int jump)
{
	if (jump)
		leap();
	__asm__ volatile("");
}
__attribute__((noinline)) void outer(int jump)
{
	if (!setjmp(top))
		middle(jump);
	__asm__ volatile("");
}
int main(void)
{
	for (int i = 0; i < 100; i++)
		outer(i % 2);
	return 0;
}
END
# 50 jumps leave one leap and one middle each; all 100 outer return.
run cbee-funclatency --json -r "$T/jumps:(outer|middle|leap)" -- "$T/jumps"
expect_status 0
json "[.functions[] | {(.name): .count}] | add == {outer: 100, middle: 50}"
json ".lost.returns == 100 and .lost.depth == 0"
run cbee-funclatency -r "$T/jumps:(outer|middle|leap)" -- "$T/jumps"
expect_err '^cbee-funclatency: lost 100 calls whose return was not seen$'

cc_program deep <<'END'
__attribute__((noinline)) void down(int n)
{
	if (n > 1)
		down(n - 1);
	__asm__ volatile("");
}
int main(void)
{
	for (int i = 0; i < 3; i++)
		down(100);
	return 0;
}
END
# The kernel hands out 64 returns a thread at a time; the other 36 calls are told.
run cbee-funclatency --json "$T/deep:down" -- "$T/deep"
json ".functions[0].count == 192 and .lost.depth == 108"

cc_program ends <<'END'
#include <stdlib.h>
__attribute__((noinline)) void work(int last)
{
	if (last)
		exit(0);
	__asm__ volatile("");
}
int main(void)
{
	for (int i = 0; i < 23; i++)
		work(i == 22);
	return 0;
}
END
run cbee-funclatency --json "$T/ends:work" -- "$T/ends"
json ".functions[0].count == 22 and .lost.returns == 1"

# Left from one place again and again, calls that end there stay apart from those that return.
cc_program leaves -O2 <<'END'
#include <setjmp.h>
static jmp_buf top;
__attribute__((noinline, noclone)) void gone(void)
{
	longjmp(top, 1);
}
__attribute__((noinline, noclone)) int back(int n)
{
	__asm__ volatile("");
	return n;
}
__attribute__((noinline, noclone)) int jumps(int n)
{
	__asm__ volatile("");
	return back(n + 1);
}
int main(void)
{
	volatile int sum = 0;

	for (volatile int i = 0; i < 200; i++) {
		if (!setjmp(top))
			gone();
		sum += back(i);
	}
	for (int i = 0; i < 100; i++)
		sum += jumps(i);
	return 0;
}
END
run cbee-funclatency --json -r "$T/leaves:(gone|back|jumps)" -- "$T/leaves"
json "[.functions[] | {(.name): .count}] | add == {back: 300, jumps: 100}"
json ".lost.returns == 200 and .lost.depth == 0"
run cbee-funclatency --json "$T/leaves:gone" -- "$T/leaves"
json ".functions == [] and .lost.returns == 200 and .lost.depth == 0"

# A thread that runs another program takes over its leader's number.
cc_program taken -pthread <<'END'
#include <pthread.h>
#include <unistd.h>
__attribute__((noinline)) void *run(void *arg)
{
	execl("/bin/true", "true", (char *)0);
	return arg;
}
int main(void)
{
	pthread_t t;

	pthread_create(&t, 0, run, 0);
	pause();
	return 1;
}
END
run cbee-funclatency --json "$T/taken:run" -- "$T/taken"
json ".functions == [] and .lost.returns == 1"
