/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which capability is named for what, on which kernel, and what a tracer keeps. */
#include "kernel/privilege.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "plain/caps.h"
#include "unit.h"

#define BIT(cap) CBEE__CAP_BIT(CBEE__CAP_##cap)

static struct {
	uid_t uid;
	const char *release, *exe;
} machine;

uid_t __wrap_geteuid(void);
int __wrap_uname(struct utsname *un);
ssize_t __wrap_readlink(const char *path, char *to, size_t size);

uid_t __wrap_geteuid(void)
{
	return machine.uid;
}

int __wrap_uname(struct utsname *un)
{
	snprintf(un->release, sizeof(un->release), "%s", machine.release ? machine.release : "");
	return machine.release ? 0 : -1;
}

ssize_t __wrap_readlink(const char *path, char *to, size_t size)
{
	UNIT_STR(path, "/proc/self/exe");
	if (!machine.exe)
		return -1;
	return snprintf(to, size, "%s", machine.exe);
}

static void start(uint64_t caps)
{
	fake_reset();
	fake_set_caps(caps);
	machine.uid = 1000;
	machine.release = "6.12.1-test";
	machine.exe = "/usr/bin/x";
}

static void advises(unsigned int needs, const char *hint)
{
	struct cbee_err err = { 0 };

	cbee__needs_hint(&err, needs);
	UNIT_STR(err.hint, hint);
	cbee__needs_hint(NULL, needs);
}

static void what_is_missing_is_named(void)
{
	start(0);
	advises(CBEE__NEED_UPROBES,
		"run it as root, or give it CAP_BPF (to load BPF programs and maps), CAP_PERFMON "
		"(to trace): setcap cap_bpf,cap_perfmon+ep /usr/bin/x");
	start(BIT(BPF) | BIT(SYSLOG));
	advises(CBEE__NEED_ANY, "run it as root, or give it CAP_PERFMON (to trace): "
				"setcap cap_bpf,cap_perfmon,cap_syslog+ep /usr/bin/x");
	start(BIT(BPF) | BIT(PERFMON));
	machine.exe = NULL;
	advises(CBEE__NEED_UPROBES,
		"run it as root, or give it CAP_SYS_ADMIN (for uprobes without uprobe.multi, Linux "
		"6.6): setcap cap_bpf,cap_perfmon,cap_sys_admin+ep ");
	advises(CBEE__NEED_PROCESS,
		"run it as root, or give it CAP_SYS_PTRACE (to look into processes of others): "
		"setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep ");
	start(BIT(SYS_ADMIN));
	UNIT_EQ(cbee__needs_missing(CBEE__NEED_UPROBES | CBEE__NEED_EVENTS | CBEE__NEED_MOUNT), 0);
	UNIT_EQ(cbee__needs_missing(CBEE__NEED_NET | CBEE__NEED_ANY | CBEE__NEED_LISTS),
		CBEE__NEED_NET | CBEE__NEED_LISTS);
}

static void each_kernel_asks_its_own(void)
{
	start(BIT(BPF) | BIT(PERFMON));
	machine.release = "5.7.0";
	advises(CBEE__NEED_BPF,
		"run it as root, or give it CAP_SYS_ADMIN (to load BPF programs and maps): "
		"setcap cap_sys_admin+ep /usr/bin/x");
	start(BIT(SYS_ADMIN));
	machine.release = "4.19.0";
	UNIT_EQ(cbee__needs_missing(CBEE__NEED_ANY), 0);
	start(BIT(BPF) | BIT(PERFMON));
	machine.release = "5.8.0";
	UNIT_EQ(cbee__needs_missing(CBEE__NEED_EVENTS), 0);
	fake_file("/proc/sys/kernel/perf_event_paranoid", "3\n");
	advises(CBEE__NEED_EVENTS, "run it as root, or give it CAP_SYS_ADMIN (for perf events, "
				   "unless kernel.perf_event_paranoid is 2 or less): "
				   "setcap cap_bpf,cap_perfmon,cap_sys_admin+ep /usr/bin/x");
}

static void root_may_be_less_than_root(void)
{
	start(BIT(PERFMON));
	machine.uid = 0;
	advises(CBEE__NEED_ANY, "root lacks CAP_BPF (to load BPF programs and maps), which "
				"--cap-add gives to a container");
	start(~0ull);
	advises(CBEE__NEED_ANY, FAKE_FORBIDDEN);
	fake_file("/proc/self/uid_map", "0 1000 1\n");
	advises(CBEE__NEED_ANY, "what one may in a user namespace, as a rootless container is, "
				"does not count: run it outside");
}

static void no_memory(void)
{
	struct cbee_err err = { 0 };
	int got;

	start(0);
	UNIT_EACH_ALLOC(got, -1, {
		cbee__needs_hint(&err, CBEE__NEED_ANY);
		got = strcmp(err.hint, "run it as root") ? 0 : -1;
	});
	UNIT_EQ(got, 0);
}

static void what_is_attached_is_kept_up(void)
{
	struct cbee_map map = { .info.type = BPF_MAP_TYPE_HASH };
	struct cbee__link link = { .fd = -1 };
	struct cbee c = { .maps = &map, .image.map_count = 1, .links = &link, .link_count = 1 };

	start(~0ull);
	CU_ASSERT_EQUAL(cbee__privileges_to_keep(&c), 0);
	machine.release = "5.18.3";
	CU_ASSERT_EQUAL(cbee__privileges_to_keep(&c), BIT(BPF));
	machine.release = NULL; /* an old one, for all we know */
	CU_ASSERT_EQUAL(cbee__privileges_to_keep(&c), BIT(SYS_ADMIN));
	machine.release = "5.19.0";
	link.event = (char *)"in_a_list";
	CU_ASSERT_EQUAL(cbee__privileges_to_keep(&c), BIT(SYS_ADMIN) | BIT(DAC_OVERRIDE));
	link = (struct cbee__link){ .object = 3 };
	CU_ASSERT_EQUAL(cbee__privileges_to_keep(&c), BIT(NET_ADMIN) | BIT(BPF));
	link.object = 0;
	map.info.type = BPF_MAP_TYPE_STACK_TRACE;
	CU_ASSERT_EQUAL(cbee__privileges_to_keep(&c), BIT(SYS_PTRACE) | BIT(DAC_READ_SEARCH) |
							      BIT(SYSLOG) |
							      BIT(CHECKPOINT_RESTORE));
}

UNIT_MAIN("privilege", { "what is missing is named", what_is_missing_is_named },
	  { "each kernel asks its own", each_kernel_asks_its_own },
	  { "root may be less than root", root_may_be_less_than_root }, { "no memory", no_memory },
	  { "what is attached is kept up", what_is_attached_is_kept_up })
