/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a loaded program on one function, or on many places of a binary at once. */
#include "probes/place.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "kernel/handle.h"
#include "probes/probe.h"

#define UPROBE_MULTI_RETURN 1u

/* What bpf(BPF_LINK_CREATE) takes for uprobe.multi; the build's headers may be older. */
struct uprobe_multi_attr {
	uint32_t prog_fd, target_fd, attach_type, flags;
	uint64_t path, offsets, ref_ctr_offsets, cookies;
	uint32_t count, multi_flags, pid, pad;
};

int cbee__place_many(struct cbee *c, int prog_fd, const struct cbee__places *p)
{
	struct uprobe_multi_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = CBEE__UPROBE_MULTI,
		.path = (uintptr_t)p->path,
		.offsets = (uintptr_t)p->offsets,
		.ref_ctr_offsets = (uintptr_t)p->ref_ctrs,
		.cookies = (uintptr_t)p->cookies,
		.count = p->count,
		.multi_flags = p->ret ? UPROBE_MULTI_RETURN : 0,
		.pid = (uint32_t)p->pid,
	};
	struct cbee__link link = { .prog_fd = -1 };

	link.fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return link.fd < 0 ? -errno : cbee__link_add(c, &link);
}

/* The place as a perf event, not yet enabled. */
static int open_event(const struct cbee__place *p)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int pid = p->user && p->pid ? p->pid : -1;
	int type = cbee__probe_pmu(p->user ? "uprobe" : "kprobe");
	long fd;

	if (type < 0)
		return -EOPNOTSUPP;
	attr.type = (uint32_t)type;
	attr.config = p->ret; /* bit 0 of both sources' format says "return" */
	attr.config1 = (uintptr_t)p->target;
	attr.config2 = p->offset;
	fd = syscall(SYS_perf_event_open, &attr, pid, pid < 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* A bpf link on the event carries the cookie. */
int cbee__place_one(struct cbee *c, int prog_fd, const struct cbee__place *p)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = p->cookie);
	struct cbee__link event = { .prog_fd = -1 }, link = { .prog_fd = -1 };
	int err;

	event.fd = open_event(p);
	if (event.fd < 0)
		return event.fd;
	link.fd = bpf_link_create(prog_fd, event.fd, BPF_PERF_EVENT, &opts);
	if (link.fd < 0) {
		close(event.fd);
		return link.fd;
	}
	err = cbee__link_add(c, &event);
	if (err)
		close(link.fd);
	else
		err = cbee__link_add(c, &link);
	return err;
}
