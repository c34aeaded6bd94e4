/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what opening a perf event asks of the kernel, and what its failures say. */
#include <errno.h>
#include <linux/perf_event.h>
#include <unistd.h>

#include <cbee/machine.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static void asks_as_told(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .config = 2 };
	int fd;

	fake_reset();
	fd = cbee_perf_event_open(NULL, &attr, -1, 1, -1);
	CU_ASSERT(fd >= 0);
	UNIT_EQ(attr.size, sizeof(attr));
	UNIT_STR(fake_call(0), "perf_event_open type=1 config=2 pid=-1 cpu=1");
	close(fd);
	attr.size = PERF_ATTR_SIZE_VER0;
	fd = cbee_perf_event_open(NULL, &attr, 42, -1, -1);
	CU_ASSERT(fd >= 0);
	UNIT_EQ(attr.size, PERF_ATTR_SIZE_VER0);
	UNIT_STR(fake_call(1), "perf_event_open type=1 config=2 pid=42 cpu=-1");
	close(fd);
}

static void failures_speak(void)
{
	static const struct {
		int err;
		const char *why, *hint;
	} rows[] = {
		{ EACCES, "Permission denied", FAKE_FORBIDDEN },
		{ EPERM, "Operation not permitted", FAKE_FORBIDDEN },
		{ ENOENT, "No such file or directory",
		  "not every machine has every counter, virtual ones often none in hardware" },
		{ EOPNOTSUPP, "Operation not supported",
		  "not every machine has every counter, virtual ones often none in hardware" },
		{ E2BIG, "Argument list too long",
		  "the kernel is older than something that the attributes ask for" },
		{ EINVAL, "Invalid argument", "" },
	};
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE, .config = 0x1f };
	struct cbee c = { 0 };
	char want[160];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_reset();
		fake_fail(1, rows[i].err);
		UNIT_EQ(cbee_perf_event_open(&c, &attr, 7, -1, -1), -rows[i].err);
		snprintf(want, sizeof(want),
			 "cannot open the perf event of type 0, config 0x1f (process 7, CPU -1): "
			 "%s",
			 rows[i].why);
		UNIT_STR(c.err.text, want);
		UNIT_STR(c.err.hint, rows[i].hint);
		fake_fail(1, rows[i].err);
		UNIT_EQ(cbee_perf_event_open(NULL, &attr, 7, -1, -1), -rows[i].err);
	}
}

UNIT_MAIN("perf_open", { "asks as told", asks_as_told }, { "failures speak", failures_speak })
