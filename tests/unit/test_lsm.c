/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that the active security modules are asked for wherever a kernel tells them. */
#include "kernel/lsm.h"

#include <errno.h>

#include "kernel.h"
#include "unit.h"

#define SECURITYFS "/sys/kernel/security/lsm"

static char names[64];

static bool ask(int refused, const char *file)
{
	fake_reset();
	if (refused)
		fake_refuse("lsm_list_modules", refused);
	if (file)
		fake_file(SECURITYFS, file);
	return cbee__lsm_has_bpf(names, sizeof(names));
}

static void the_kernel_tells(void)
{
	CU_ASSERT(ask(0, "capability"));
	UNIT_STR(names, "capability,bpf,200");
	UNIT_STR(fake_call(0), "lsm_list_modules");
}

static void securityfs_tells(void)
{
	CU_ASSERT(ask(ENOSYS, "capability,yama,bpf\n"));
	UNIT_STR(names, "capability,yama,bpf");
	CU_ASSERT(ask(ENOSYS, "bpf,yama"));
	CU_ASSERT(!ask(EPERM, "capability,landlock\n"));
	UNIT_STR(names, "capability,landlock");
	CU_ASSERT(!ask(ENOSYS, "xbpf,bpfx,lockdown\n"));
}

static void nobody_tells(void)
{
	CU_ASSERT(ask(ENOSYS, NULL));
	UNIT_STR(names, "");
	CU_ASSERT(ask(ENOSYS, ""));
}

static void little_room(void)
{
	fake_reset();
	CU_ASSERT(!cbee__lsm_has_bpf(names, 14));
	UNIT_STR(names, "capability,bp");
}

UNIT_MAIN("lsm", { "the kernel tells", the_kernel_tells }, { "securityfs tells", securityfs_tells },
	  { "nobody tells", nobody_tells }, { "little room", little_room })
