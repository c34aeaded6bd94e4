/* SPDX-License-Identifier: Apache-2.0 */
/* Calls work() for about ten seconds, most calls short and a few long: something to trace. */
#define _GNU_SOURCE
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Stays its own function, with its name in the symbol table. */
__attribute__((noinline)) int work(int rounds);

int work(int rounds)
{
	volatile int sum = 0;

	for (int i = 0; i < rounds; i++)
		sum += i;
	return sum;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	double end = now() + 10;

	for (int i = 1; now() < end; i++) {
		work(i % 100 ? 2000 + i % 7 * 3000 : 1000000);
		nanosleep(&pause, NULL);
	}
	return 0;
}
