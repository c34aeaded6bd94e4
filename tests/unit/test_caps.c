/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that capabilities are read, named and given up, each call failing once. */
#include "plain/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "unit.h"

static struct {
	struct __user_cap_data_struct data[2];
	uint64_t bounding;
	bool no_new_privs;
	unsigned long secure; /* AT_SECURE */
	long refused;	      /* this system call, or this option of prctl(2) */
} kernel;

long __wrap_syscall(long nr, void *head, void *data);
int __wrap_prctl(int option, unsigned long cap);
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
	return type == AT_SECURE ? kernel.secure : 0;
}

long __wrap_syscall(long nr, void *head, void *data)
{
	struct __user_cap_header_struct *h = head;

	CU_ASSERT(h->version == _LINUX_CAPABILITY_VERSION_3 && !h->pid);
	if (nr == kernel.refused) {
		errno = EPERM;
		return -1;
	}
	if (nr == SYS_capget)
		memcpy(data, kernel.data, sizeof(kernel.data));
	else
		memcpy(kernel.data, data, sizeof(kernel.data));
	return 0;
}

int __wrap_prctl(int option, unsigned long cap)
{
	if (option == kernel.refused || (option == PR_CAPBSET_DROP && cap > 40)) {
		errno = EINVAL;
		return -1;
	}
	if (option == PR_CAPBSET_DROP)
		kernel.bounding &= ~(1ull << cap);
	else
		kernel.no_new_privs = option == PR_SET_NO_NEW_PRIVS;
	return 0;
}

static void start(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.bounding = (1ull << 41) - 1;
	kernel.refused = -1;
	for (int half = 0; half < 2; half++)
		kernel.data[half] = (struct __user_cap_data_struct){ 0x00f00020u << half, ~0u,
								     ~0u };
}

static void both_halves_are_read(void)
{
	start();
	CU_ASSERT_EQUAL(cbee__caps(), 0x01e0004000f00020ull);
	kernel.refused = SYS_capget;
	CU_ASSERT_EQUAL(cbee__caps(), 0);
}

static void all_but_some_are_given_up(void)
{
	const uint64_t keep = CBEE__CAP_BIT(CBEE__CAP_KILL) | CBEE__CAP_BIT(CBEE__CAP_BPF);

	start();
	UNIT_EQ(cbee__caps_keep(keep), 0);
	CU_ASSERT_EQUAL(kernel.bounding, keep);
	UNIT_EQ(kernel.data[0].permitted, 0x20);
	UNIT_EQ(kernel.data[1].permitted, 0x80);
	UNIT_EQ(kernel.data[0].effective, 0x20);
	UNIT_EQ(kernel.data[1].effective, 0); /* was not before */
	UNIT_EQ(kernel.data[0].inheritable | kernel.data[1].inheritable, 0);
	CU_ASSERT(kernel.no_new_privs);
}

static void each_call_may_be_refused(void)
{
	start();
	kernel.refused = PR_CAPBSET_DROP; /* who may not does not need to */
	UNIT_EQ(cbee__caps_keep(0), 0);
	CU_ASSERT_EQUAL(kernel.bounding, (1ull << 41) - 1);
	UNIT_EQ(kernel.data[0].permitted | kernel.data[1].permitted, 0);
	start();
	kernel.refused = SYS_capget;
	UNIT_EQ(cbee__caps_keep(0), -EPERM);
	start();
	kernel.refused = SYS_capset;
	UNIT_EQ(cbee__caps_keep(0), -EPERM);
	start();
	kernel.refused = PR_SET_NO_NEW_PRIVS;
	UNIT_EQ(cbee__caps_keep(0), -EINVAL);
}

static void some_can_be_lowered_for_a_while(void)
{
	const uint64_t files = 1u << 1 | 1u << 2;

	start();
	kernel.data[0].effective = 0x26;
	CU_ASSERT_EQUAL(cbee__caps_as_user(), 0); /* the user's own, then */
	kernel.secure = 1;
	CU_ASSERT_EQUAL(cbee__caps_as_user(), files);
	CU_ASSERT_EQUAL((uint32_t)cbee__caps(), 0x20);
	CU_ASSERT_EQUAL(cbee__caps_as_user(), 0);
	cbee__caps_raise(files);
	CU_ASSERT_EQUAL((uint32_t)cbee__caps(), 0x26);
	UNIT_EQ(kernel.data[0].permitted & kernel.data[1].permitted, ~0u);
	kernel.refused = SYS_capget;
	CU_ASSERT_EQUAL(cbee__caps_as_user(), 0);
	kernel.data[0].effective = 0x20;
	cbee__caps_raise(files);
	UNIT_EQ(kernel.data[0].effective, 0x20);
}

static void names(void)
{
	struct cbee_buf text = { 0 };

	cbee__caps_list(&text, 0, false);
	UNIT_EQ(text.len, 0);
	cbee__caps_list(&text, CBEE__CAP_BIT(21) | CBEE__CAP_BIT(39) | CBEE__CAP_BIT(63), false);
	UNIT_STR(text.data, "CAP_BPF, CAP_SYS_ADMIN");
	cbee__buf_reset(&text);
	cbee__caps_list(&text, CBEE__CAP_BIT(38) | CBEE__CAP_BIT(2), true);
	UNIT_STR(text.data, "cap_perfmon,cap_dac_read_search");
	cbee__buf_free(&text);
}

UNIT_MAIN("caps", { "both halves are read", both_halves_are_read },
	  { "all but some are given up", all_but_some_are_given_up },
	  { "each call may be refused", each_call_may_be_refused },
	  { "some can be lowered for a while", some_can_be_lowered_for_a_while },
	  { "names", names })
