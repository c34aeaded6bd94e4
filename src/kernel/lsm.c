/* SPDX-License-Identifier: Apache-2.0 */
/* Which security modules the kernel asks. */
#include "kernel/lsm.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "plain/line.h"

#define LIST_MODULES 461 /* lsm_list_modules, which older headers lack */
#define FIRST_ID     100

/* By number, from FIRST_ID on: LSM_ID_... of <linux/lsm.h>. */
static const char *const known[] = { "capability", "selinux", "smack",	   "tomoyo",   "apparmor",
				     "yama",	   "loadpin", "safesetid", "lockdown", "bpf",
				     "landlock",   "ima",     "evm",	   "ipe" };

static bool ask_kernel(char *names, size_t size)
{
	uint64_t ids[64];
	uint32_t bytes = sizeof(ids);
	long count = syscall(LIST_MODULES, ids, &bytes, 0);
	size_t at = 0;

	for (long i = 0; i < count && at < size; i++) {
		uint64_t n = ids[i] - FIRST_ID;
		const char *comma = at ? "," : "";

		if (n < sizeof(known) / sizeof(known[0]))
			at += (size_t)snprintf(names + at, size - at, "%s%s", comma, known[n]);
		else
			at += (size_t)snprintf(names + at, size - at, "%s%llu", comma,
					       (unsigned long long)ids[i]);
	}
	return count > 0;
}

static bool ask_securityfs(char *names, size_t size)
{
	return !cbee__line_read("/sys/kernel/security/lsm", names, size) && names[0];
}

bool cbee__lsm_has_bpf(char *names, size_t size)
{
	names[0] = '\0';
	if (!ask_kernel(names, size) && !ask_securityfs(names, size))
		return true;
	for (const char *at = names; *at; at += strcspn(at, ","), at += *at == ',')
		if (!strncmp(at, "bpf", 3) && (at[3] == ',' || !at[3]))
			return true;
	return false;
}
