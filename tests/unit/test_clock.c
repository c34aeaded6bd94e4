/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that the clocks are those that BPF programs read, and go forward. */
#include "plain/clock.h"

#include <poll.h>
#include <time.h>

#include <cbee/machine.h>

#include "unit.h"

static void between(int clock, uint64_t (*read)(void))
{
	uint64_t before = cbee__clock(clock), now = read(), after = cbee__clock(clock);

	CU_ASSERT(before > 0 && before <= now && now <= after);
}

static void named_clocks(void)
{
	between(CLOCK_MONOTONIC, cbee_monotonic_ns);
	between(CLOCK_BOOTTIME, cbee_boot_ns);
}

static void in_nanoseconds(void)
{
	uint64_t before = cbee_monotonic_ns();

	poll(NULL, 0, 20);
	CU_ASSERT(cbee_monotonic_ns() - before >= 20000000);
	/* asleep, the one stands still */
	CU_ASSERT(cbee_boot_ns() + 1000000000 > cbee_monotonic_ns());
}

static void in_milliseconds(void)
{
	double start = cbee__clock_ms(), now;

	poll(NULL, 0, 20);
	now = cbee__clock_ms();
	CU_ASSERT(now - start >= 20 && now <= (double)cbee_monotonic_ns() / 1e6);
}

UNIT_MAIN("clock", { "named clocks", named_clocks }, { "in nanoseconds", in_nanoseconds },
	  { "in milliseconds", in_milliseconds })
