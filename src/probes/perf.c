/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program on a perf event: what probes, tracepoints and samples come down to. */
#include "probes/perf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "kernel/tracefs.h"
#include "plain/line.h"
#include "probes/kinds.h"
#include "probes/probe.h"

#define REF_COUNTER_SHIFT 32 /* in the config of uprobes */

int cbee__probe_pmu(const char *source)
{
	char path[96], number[16];
	int err;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", source);
	err = cbee__line_read(path, number, sizeof(number));
	if (err)
		return err;
	return number[0] ? (int)strtol(number, NULL, 10) : -EIO;
}

bool cbee__probe_possible(bool kernel)
{
	const char *tracefs = cbee__tracefs();
	char path[96];

	if (cbee__probe_pmu(kernel ? "kprobe" : "uprobe") != -ENOENT)
		return true; /* also when it cannot be told: the attempt will say why */
	snprintf(path, sizeof(path), "%s/%s_events", tracefs ? tracefs : "/sys/kernel/tracing",
		 kernel ? "kprobe" : "uprobe");
	return !euidaccess(path, F_OK);
}

bool cbee__probe_counts(void)
{
	return !euidaccess("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", F_OK);
}

/*
 * BCC has calls that do what the next three do, but they print where they fail, and not
 * every failure can be foreseen.
 */
int cbee__perf_open(const struct perf_event_attr *attr, int pid, int cpu, int group_fd)
{
	long fd = syscall(SYS_perf_event_open, attr, pid, cpu, group_fd, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

int cbee__perf_run(int event_fd, int prog_fd)
{
	int err = 0;

	if (ioctl(event_fd, PERF_EVENT_IOC_SET_BPF, prog_fd) ||
	    ioctl(event_fd, PERF_EVENT_IOC_ENABLE, 0))
		err = -errno;
	if (err)
		close(event_fd);
	return err ? err : event_fd;
}

int cbee__perf_probe_open(const struct cbee__perf_probe *p)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int pid = p->user && p->pid ? p->pid : -1;
	int type = cbee__probe_pmu(p->user ? "uprobe" : "kprobe");

	if (type < 0)
		return -EOPNOTSUPP;
	attr.type = (uint32_t)type;
	attr.config = p->ret; /* bit 0 of both sources' format says "return" */
	attr.config |= p->ref_counter << REF_COUNTER_SHIFT;
	attr.config1 = (uintptr_t)p->target;
	attr.config2 = p->offset;
	return cbee__perf_open(&attr, pid, pid < 0 ? 0 : -1, -1);
}

/* ---- samples ---------------------------------------------------------- */

int cbee__perf_prepare(struct cbee__attach *a)
{
	const struct cbee_probe_opts *o = &a->opts;

	if (o->perf_attr || !o->sample_period != !o->sample_freq)
		return 0;
	return cbee__err(&a->c->err, -EINVAL,
			 "a perf event needs a sample_period or a sample_freq, one of both");
}

/* The event that is asked for; of a process, its threads and children are meant too. */
static struct perf_event_attr event_of(const struct cbee_probe_opts *o)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.type = o->perf_type,
					.config = o->perf_config,
					.freq = o->sample_freq > 0,
					.inherit = o->pid > 0,
					.sample_period = o->sample_period };

	if (o->sample_freq)
		attr.sample_freq = o->sample_freq;
	if (o->perf_attr)
		attr = *o->perf_attr;
	if (!attr.size)
		attr.size = sizeof(attr);
	return attr;
}

/* One event per CPU, or the one CPU or process asked for; all but the last are linked here. */
int cbee__perf_attach(struct cbee__attach *a)
{
	const struct cbee_probe_opts *o = &a->opts;
	struct perf_event_attr attr = event_of(o);
	int pid = o->pid ? o->pid : -1, group_fd = o->group_fd ? o->group_fd : -1;
	int first = o->cpu ? o->cpu - 1 : o->pid ? -1 : 0;
	int last = o->cpu || o->pid ? first : cbee_cpus(a->c) - 1;

	for (int cpu = first; cpu <= last; cpu++) {
		int fd = cbee__perf_open(&attr, pid, cpu, group_fd);
		struct cbee__link link = { .fd = a->link.fd, .prog_fd = -1 };
		int err = 0;

		if (fd == -ENODEV) /* a CPU that is offline */
			continue;
		if (fd >= 0)
			fd = cbee__perf_run(fd, a->prog_fd);
		if (fd < 0)
			return fd;
		a->link.fd = fd;
		if (link.fd >= 0)
			err = cbee__link_add(a->c, &link);
		if (err)
			return err;
	}
	return a->link.fd < 0 ? -ENODEV : 0;
}
