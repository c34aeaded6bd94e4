/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities of this thread: which it has, what they are called, giving them up. */
#include "plain/caps.h"

#include <ctype.h>
#include <errno.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

/* Those that this code knows a use for, in the order that people name them. */
static const struct {
	enum cbee__cap cap;
	const char *name;
} names[] = {
	{ CBEE__CAP_BPF, "BPF" },
	{ CBEE__CAP_PERFMON, "PERFMON" },
	{ CBEE__CAP_DAC_OVERRIDE, "DAC_OVERRIDE" },
	{ CBEE__CAP_DAC_READ_SEARCH, "DAC_READ_SEARCH" },
	{ CBEE__CAP_KILL, "KILL" },
	{ CBEE__CAP_SETPCAP, "SETPCAP" },
	{ CBEE__CAP_NET_ADMIN, "NET_ADMIN" },
	{ CBEE__CAP_SYS_PTRACE, "SYS_PTRACE" },
	{ CBEE__CAP_SYS_ADMIN, "SYS_ADMIN" },
	{ CBEE__CAP_SYSLOG, "SYSLOG" },
	{ CBEE__CAP_CHECKPOINT_RESTORE, "CHECKPOINT_RESTORE" },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

/* Its own two calls: libcap would be one more library to map at every start. */
static int get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &head, data) ? -errno : 0;
}

static int set(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

static uint64_t in_effect(const struct __user_cap_data_struct data[2])
{
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

uint64_t cbee__caps(void)
{
	struct __user_cap_data_struct data[2] = { { 0 } };

	return get(data) ? 0 : in_effect(data);
}

static void bound(uint64_t keep)
{
	for (int cap = 0; cap < 64; cap++)
		if (!(keep & CBEE__CAP_BIT(cap)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return; /* the kernel has no more, or it takes CAP_SETPCAP */
}

/* Has just those in effect; errors leave it as it was. */
static void put_in_effect(struct __user_cap_data_struct data[2], uint64_t caps)
{
	data[0].effective = (uint32_t)caps;
	data[1].effective = (uint32_t)(caps >> 32);
	set(data);
}

uint64_t cbee__caps_as_user(void)
{
	const uint64_t any_file = CBEE__CAP_BIT(CBEE__CAP_DAC_OVERRIDE) |
				  CBEE__CAP_BIT(CBEE__CAP_DAC_READ_SEARCH);
	struct __user_cap_data_struct data[2] = { { 0 } };
	uint64_t now;

	if (!getauxval(AT_SECURE) || get(data))
		return 0;
	now = in_effect(data);
	if (now & any_file)
		put_in_effect(data, now & ~any_file);
	return now & any_file;
}

void cbee__caps_raise(uint64_t caps)
{
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (caps && !get(data))
		put_in_effect(data, in_effect(data) | caps);
}

int cbee__caps_keep(uint64_t keep)
{
	struct __user_cap_data_struct data[2] = { { 0 } };
	int err = get(data);

	if (err)
		return err;
	bound(keep);
	for (int half = 0; half < 2; half++) {
		data[half].permitted &= (uint32_t)(keep >> 32 * half);
		data[half].effective &= (uint32_t)(keep >> 32 * half);
		data[half].inheritable = 0;
	}
	err = set(data);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	return err;
}

void cbee__caps_list(struct cbee_buf *out, uint64_t caps, bool for_setcap)
{
	const char *gap = "";

	for (size_t i = 0; i < NAMES; i++) {
		if (!(caps & CBEE__CAP_BIT(names[i].cap)))
			continue;
		cbee__buf_fmt(out, "%s%s", gap, for_setcap ? "cap_" : "CAP_");
		for (const char *at = names[i].name; *at; at++)
			cbee__buf_fmt(out, "%c", for_setcap ? tolower((unsigned char)*at) : *at);
		gap = for_setcap ? "," : ", ";
	}
}
