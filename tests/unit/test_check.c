/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that every check says something and leaves nothing open, on whatever machine this is. */
#include <dirent.h>

#include <cbee/cbee.h>

#include "unit.h"

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static void all_speak(void)
{
	struct cbee_check check;
	unsigned int i, probes = 0, needed = 0;
	int before = open_fds();

	for (i = 0; cbee_check(i, &check); i++) {
		CU_ASSERT(check.name && check.name[0]);
		CU_ASSERT(check.value[0]);
		CU_ASSERT(check.status <= CBEE_CHECK_UNKNOWN);
		/* advice where there is something to do, and only there */
		UNIT_EQ(check.advice != NULL, check.status != CBEE_CHECK_OK);
		probes += check.weight == CBEE_CHECK_PROBE;
		needed += check.weight == CBEE_CHECK_NEEDED;
	}
	UNIT_EQ(i, 24);
	UNIT_EQ(probes, 6);
	UNIT_EQ(needed, 3);
	UNIT_EQ(open_fds(), before);
}

static void first_is_the_kernel(void)
{
	struct cbee_check check;

	CU_ASSERT(cbee_check(0, &check));
	UNIT_STR(check.name, "kernel");
	UNIT_EQ(check.status, CBEE_CHECK_OK);
	CU_ASSERT(!cbee_check(1000, &check));
}

UNIT_MAIN("check", { "all speak", all_speak }, { "the first is the kernel", first_is_the_kernel })
