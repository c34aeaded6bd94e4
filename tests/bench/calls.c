/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls work(), which a tracer probes, and tells what a call takes of CPU time.
 * usage: calls
 * Prints its number, then waits until work() begins with a breakpoint, half a second
 * longer for the second probe, and prints the nanoseconds a call: the median of 25
 * batches. Status 1: nobody came within half a minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BREAKPOINT 0xCC
#define BATCHES	   25
#define CALLS	   2000

__attribute__((noinline)) int work(int n);

int work(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1;
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int wait_for_probe(void)
{
	const volatile unsigned char *code = (const volatile unsigned char *)(size_t)work;

	for (int i = 0; i < 30000 && *code != BREAKPOINT; i++)
		usleep(1000);
	usleep(500000);
	return *code == BREAKPOINT;
}

int main(void)
{
	double times[BATCHES];
	int n = 0;

	printf("%d\n", getpid());
	fflush(stdout);
	if (!wait_for_probe())
		return fprintf(stderr, "nobody probed it\n"), 1;
	for (int b = 0; b < BATCHES; b++) {
		double began = cpu_ns();

		for (int i = 0; i < CALLS; i++)
			n = work(n);
		times[b] = (cpu_ns() - began) / CALLS;
	}
	qsort(times, BATCHES, sizeof(times[0]), compare);
	printf("%.1f\n", times[BATCHES / 2]);
	return 0;
}
