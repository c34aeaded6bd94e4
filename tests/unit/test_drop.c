/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a tracer gives up its privileges once all is attached, and before its command runs. */
#include "run/drop.h"

#include <stdio.h>
#include <sys/utsname.h>

#include "demo.h"

int __wrap_uname(struct utsname *un);

/* Before 5.19 one capability more is kept. */
int __wrap_uname(struct utsname *un)
{
	snprintf(un->release, sizeof(un->release), "5.19.0");
	return 0;
}

static void all_are_given_up(void)
{
	start();
	UNIT_EQ(fake_run(&demo, "-v"), 0);
	fake_has(fake_errs, "cbee-demo: gave up all capabilities\n");
	CU_ASSERT_EQUAL(fake_caps(), 0);
	UNIT_EQ(fake_count("no_new_privs"), 1);
	start();
	UNIT_EQ(fake_run(&sum, "x"), 0);
	CU_ASSERT_EQUAL(fake_caps(), 0);
	CU_ASSERT_PTR_NULL(strstr(fake_errs, "gave up"));
}

static void some_are_kept(void)
{
	start();
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&demo, "-v -- true"), 0);
	fake_has(fake_errs, "cbee-demo: gave up all capabilities but CAP_KILL\n");
	CU_ASSERT_EQUAL(fake_caps(), 1u << 5);
	start();
	fake_set_caps(1);
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&demo, "-v -- true"), 0);
	fake_has(fake_errs, "cbee-demo: gave up all capabilities\n");
}

static void tools_may_need_theirs(void)
{
	struct cbee_tool needy = demo;

	start();
	needy.privileged = true;
	UNIT_EQ(fake_run(&needy, ""), 0);
	CU_ASSERT_EQUAL(fake_caps(), ~0ull);
	UNIT_EQ(fake_count("no_new_privs"), 0);
}

static void who_cannot_does_not_trace(void)
{
	static const char *const steps[] = { "capset", "no_new_privs" };

	for (int i = 0; i < 2; i++) {
		start();
		fake_refuse(steps[i], EPERM);
		UNIT_EQ(fake_run(&demo, "--json -- true"), 1);
		UNIT_STR(fake_errs,
			 "cbee-demo: cannot give up privileges: Operation not permitted\n");
	}
}

UNIT_MAIN("drop", { "all are given up", all_are_given_up }, { "some are kept", some_are_kept },
	  { "tools may need theirs", tools_may_need_theirs },
	  { "who cannot does not trace", who_cannot_does_not_trace })
