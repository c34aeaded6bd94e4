/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a loaded program on one function, or on many places of a binary at once. */
#include "probes/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "probes/perf.h"
#include "probes/probe.h"
#include "symbols/danger.h"

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
	struct cbee__link link = { .prog_fd = -1, .ret = p->ret };

	link.fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return link.fd < 0 ? -errno : cbee__link_add(c, &link);
}

int cbee__place_kernel(struct cbee *c, int prog_fd, const struct cbee__kplaces *p)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = p->count,
		    .kprobe_multi.flags = p->ret ? BPF_F_KPROBE_MULTI_RETURN : 0,
		    .kprobe_multi.syms = p->names,
		    .kprobe_multi.cookies = (const __u64 *)p->cookies);
	struct cbee__link link = { .prog_fd = -1, .ret = p->ret };

	link.fd = bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	return link.fd < 0 ? link.fd : cbee__link_add(c, &link);
}

/* A bpf link on the event carries the cookie. */
int cbee__place_one(struct cbee *c, int prog_fd, const struct cbee__place *p)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = p->cookie);
	struct cbee__perf_probe probe = { .target = p->target,
					  .user = p->user,
					  .ret = p->ret,
					  .offset = p->offset,
					  .pid = p->pid };
	struct cbee__link event = { .prog_fd = -1, .ret = p->ret };
	struct cbee__link link = event;
	int err;

	event.fd = cbee__perf_probe_open(&probe);
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

const char *cbee__place_danger(const struct cbee__func *f, const char **path, int *fd)
{
	unsigned char code[CBEE__DANGER_CODE];
	ssize_t len = 0;

	if (!f->user)
		return NULL;
	if (f->ifunc)
		return "it only picks an implementation, when a program is loaded (IFUNC); "
		       "probe that one, such as __strlen_avx2 for strlen";
	if (!*path || strcmp(*path, f->module_or_path)) {
		if (*fd >= 0)
			close(*fd);
		*path = f->module_or_path;
		*fd = open(*path, O_RDONLY | O_CLOEXEC);
	}
	if (*fd >= 0)
		len = pread(*fd, code, sizeof(code), (off_t)f->offset);
	return cbee__danger(f->symbol, code, len > 0 ? (size_t)len : 0);
}
