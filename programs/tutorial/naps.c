/* SPDX-License-Identifier: Apache-2.0 */
/* What duration and histogram watch: sleeps for each of the milliseconds it is given. */
#include <stdlib.h>
#include <time.h>

/* noinline: a function that has become part of another one cannot be probed */
static int __attribute__((noinline)) nap(long msecs)
{
	struct timespec time = { .tv_sec = msecs / 1000, .tv_nsec = msecs % 1000 * 1000000 };

	return nanosleep(&time, NULL);
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= nap(atol(argv[i]));
	return failed != 0;
}
