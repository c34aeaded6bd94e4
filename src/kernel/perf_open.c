/* SPDX-License-Identifier: Apache-2.0 */
/* Opens perf events for programs that read them. */
#include <errno.h>
#include <linux/perf_event.h>

#include <cbee/machine.h>

#include "kernel/handle.h"
#include "kernel/privilege.h"
#include "probes/perf.h"

static const char *advice(int code)
{
	switch (code) {
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
	int fd;

	if (!attr->size)
		attr->size = sizeof(*attr);
	fd = cbee__perf_open(attr, pid, cpu, group_fd);
	if (fd >= 0)
		return fd;
	cbee__err_os(cbee__err_of(c), fd,
		     "cannot open the perf event of type %u, config 0x%llx (process %d, CPU %d)",
		     attr->type, (unsigned long long)attr->config, pid, cpu);
	if (fd == -EACCES || fd == -EPERM)
		cbee__needs_hint(cbee__err_of(c), CBEE__NEED_TRACE | CBEE__NEED_EVENT);
	hint = advice(fd);
	if (hint)
		cbee__err_hint(cbee__err_of(c), "%s", hint);
	return fd;
}
