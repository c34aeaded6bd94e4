/* SPDX-License-Identifier: Apache-2.0 */
/* Sleeps, and calls work() a hundred times a second: what the rows about a start trace. */
#include <time.h>

__attribute__((noinline)) int work(int n);

int work(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1;
}

int main(void)
{
	for (int n = 0;; n = work(n))
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}
