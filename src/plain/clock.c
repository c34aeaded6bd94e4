/* SPDX-License-Identifier: Apache-2.0 */
/* Reads clocks. */
#include "plain/clock.h"

#include <time.h>

#include <cbee/machine.h>

uint64_t cbee__clock(int clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

double cbee__clock_ms(void)
{
	return (double)cbee__clock(CLOCK_MONOTONIC) / 1e6;
}

uint64_t cbee_monotonic_ns(void)
{
	return cbee__clock(CLOCK_MONOTONIC);
}

uint64_t cbee_boot_ns(void)
{
	return cbee__clock(CLOCK_BOOTTIME);
}
