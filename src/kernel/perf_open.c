/* SPDX-License-Identifier: Apache-2.0 */
/* Opens perf events for programs that read them. */
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cbee/machine.h>

#include "kernel/handle.h"

static const char *advice(int code)
{
	switch (code) {
	case -EACCES:
	case -EPERM:
		return "run it as root or with CAP_PERFMON, or lower kernel.perf_event_paranoid";
	case -ENOENT:
	case -EOPNOTSUPP:
		return "not every machine has every counter, virtual ones often none in hardware";
	case -E2BIG:
		return "the kernel is older than something that the attributes ask for";
	default:
		return NULL;
	}
}

int cbee_perf_event_open(struct cbee *c, struct perf_event_attr *attr, int pid, int cpu,
			 int group_fd)
{
	const char *hint;
	long fd;
	int err;

	if (!attr->size)
		attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, group_fd, PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0)
		return (int)fd;
	err = -errno;
	cbee__err_os(cbee__err_of(c), err,
		     "cannot open the perf event of type %u, config 0x%llx (process %d, CPU %d)",
		     attr->type, (unsigned long long)attr->config, pid, cpu);
	hint = advice(err);
	if (hint)
		cbee__err_hint(cbee__err_of(c), "%s", hint);
	return err;
}
