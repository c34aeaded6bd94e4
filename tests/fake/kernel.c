/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for what loads and attaches: libbpf, libbcc_bpf and two system calls. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>

#include "state.h"

#define LSM_LIST    461 /* lsm_list_modules, likewise */
#define UPROBE_LINK 48	/* BPF_TRACE_UPROBE_MULTI, which older headers lack */

long __real_syscall(long nr, ...);
long __wrap_syscall(long nr, ...);

/* ---- loading ---------------------------------------------------------- */

int bpf_map_create(enum bpf_map_type type, const char *name, __u32 key, __u32 value, __u32 entries,
		   const struct bpf_map_create_opts *opts)
{
	int fd;

	char more[64] = "";

	if (opts && opts->map_ifindex)
		snprintf(more, sizeof(more), " card=%u", opts->map_ifindex);
	if (opts && opts->inner_map_fd)
		snprintf(more, sizeof(more), " inner=%s", fake_fd_name((int)opts->inner_map_fd));
	if (opts && opts->btf_fd)
		snprintf(more, sizeof(more), " key=%u value=%u of %s", opts->btf_key_type_id,
			 opts->btf_value_type_id, fake_fd_name((int)opts->btf_fd));
	if (fake_step("map_create %s type=%u key=%u value=%u entries=%u flags=%u%s", name, type,
		      key, value, entries, opts ? opts->map_flags : 0, more))
		return -errno;
	fd = fake_new_fd(name);
	fake_make_map(fd, &(struct map_row){
				  .type = type, .key = key, .value = value, .entries = entries });
	if (opts && opts->btf_fd) {
		fake_objects[fd].btf = fake_objects[opts->btf_fd].btf;
		fake_objects[fd].key_type = opts->btf_key_type_id;
		fake_objects[fd].value_type = opts->btf_value_type_id;
	}
	return fd;
}

int bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
		  const struct bpf_insn *insns, size_t count, const struct bpf_prog_load_opts *opts)
{
	struct fake_prog *prog = &fake.loaded[fake.loaded_count];
	char card[24] = "";
	int err;

	if (opts->prog_ifindex)
		snprintf(card, sizeof(card), " card=%u", opts->prog_ifindex);
	err = fake_step("prog_load %s type=%u expected=%u btf=%u log=%u%s", name, type,
			opts->expected_attach_type, opts->attach_btf_id, opts->log_level, card);
	if (opts->log_buf)
		snprintf(opts->log_buf, opts->log_size, "%s", fake.verifier);
	if (!err && opts->log_buf && opts->log_size < fake.verifier_room)
		err = errno = ENOSPC;
	if (err)
		return -err;
	if (fake.loaded_count == 63 || count > 64)
		abort();
	fake.loaded_count++;
	snprintf(prog->name, sizeof(prog->name), "%s", name);
	snprintf(prog->license, sizeof(prog->license), "%s", license);
	prog->type = type;
	prog->expected = opts->expected_attach_type;
	prog->btf_id = opts->attach_btf_id;
	prog->kern_version = opts->kern_version;
	prog->count = (uint32_t)count;
	memcpy(prog->insns, insns, count * sizeof(*insns));
	return fake_new_fd(name);
}

const struct fake_prog *fake_prog(const char *name)
{
	for (unsigned int i = fake.loaded_count; i-- > 0;)
		if (!strcmp(fake.loaded[i].name, name))
			return &fake.loaded[i];
	return NULL;
}

uint64_t fake_imm(const struct fake_prog *prog, unsigned int i)
{
	return prog->insns[i] >> 32 | (prog->insns[i + 1] >> 32) << 32;
}

void fake_set_verifier(const char *log)
{
	snprintf(fake.verifier, sizeof(fake.verifier), "%s", log);
}

void fake_set_verifier_room(size_t room)
{
	fake.verifier_room = room;
}

int __wrap_cbee__btf_kernel_func(const char *name, uint32_t *ret_id);
int __wrap_cbee__btf_kernel_func(const char *name, uint32_t *ret_id)
{
	if (fake_step("find_btf_id %s", name))
		return -errno;
	*ret_id = 4711;
	return 0;
}

void fake_set_cpus(int cpus)
{
	fake.cpus = cpus;
}

int libbpf_num_possible_cpus(void)
{
	return fake.cpus;
}

/* ---- attaching -------------------------------------------------------- */

int bpf_attach_kprobe(int prog, enum bpf_probe_attach_type type, const char *event, const char *fn,
		      uint64_t offset, int maxactive)
{
	(void)maxactive;
	if (fake_step("attach_kprobe %s %s %s+%llu %s", fake_fd_name(prog),
		      type == BPF_PROBE_RETURN ? "return" : "entry", fn, (unsigned long long)offset,
		      event))
		return -1;
	return fake_new_fd("kprobe");
}

int bpf_detach_kprobe(const char *event)
{
	fake_step("detach_kprobe %s", event);
	return 0;
}

int bpf_attach_uprobe(int prog, enum bpf_probe_attach_type type, const char *event,
		      const char *path, uint64_t offset, pid_t pid, uint32_t ref)
{
	char counter[32] = "";

	if (ref)
		snprintf(counter, sizeof(counter), "ref=0x%x ", ref);
	if (fake_step("attach_uprobe %s %s %s+0x%llx pid=%d %s%s", fake_fd_name(prog),
		      type == BPF_PROBE_RETURN ? "return" : "entry", path,
		      (unsigned long long)offset, pid, counter, event))
		return -1;
	return fake_new_fd("uprobe");
}

int bpf_detach_uprobe(const char *event)
{
	fake_step("detach_uprobe %s", event);
	return 0;
}

int bpf_attach_tracepoint(int prog, const char *category, const char *name)
{
	if (fake_step("attach_tracepoint %s %s %s", fake_fd_name(prog), category, name))
		return -1;
	return fake_new_fd("tracepoint");
}

int bpf_attach_raw_tracepoint(int prog, const char *name)
{
	if (fake_step("attach_raw_tracepoint %s %s", fake_fd_name(prog), name))
		return -1;
	return fake_new_fd("raw_tracepoint");
}

int bpf_attach_kfunc(int prog)
{
	if (fake_step("attach_kfunc %s", fake_fd_name(prog)))
		return -1;
	return fake_new_fd("kfunc");
}

void fake_set_offline(int cpu)
{
	fake.offline = cpu;
}

int bpf_attach_perf_event(int prog, uint32_t type, uint32_t config, uint64_t period, uint64_t freq,
			  pid_t pid, int cpu, int group)
{
	(void)group;
	if (cpu == fake.offline && cpu >= 0) {
		errno = ENODEV;
		return -1;
	}
	if (fake_step("attach_perf_event %s type=%u config=%u period=%llu freq=%llu pid=%d cpu=%d",
		      fake_fd_name(prog), type, config, (unsigned long long)period,
		      (unsigned long long)freq, pid, cpu))
		return -1;
	return fake_new_fd("perf_event");
}

int bpf_open_perf_event(uint32_t type, uint64_t config, int pid, int cpu)
{
	if (cpu == fake.offline) {
		errno = ENODEV;
		return -1;
	}
	if (fake_step("open_perf_event type=%u config=%llu pid=%d cpu=%d", type,
		      (unsigned long long)config, pid, cpu))
		return -1;
	return fake_new_fd("counter");
}

int bpf_close_perf_event_fd(int fd)
{
	return fd >= 0 ? close(fd) : 0;
}

int bpf_raw_tracepoint_open(const char *name, int prog)
{
	if (fake_step("raw_tracepoint_open %s %s", name ? name : "-", fake_fd_name(prog)))
		return -errno;
	return fake_new_fd("trampoline");
}

int bpf_link_create(int prog, int target, enum bpf_attach_type type,
		    const struct bpf_link_create_opts *opts)
{
	char names[100] = "";
	size_t at = 0;
	int err;

	if (type == BPF_PERF_EVENT) {
		err = fake_step("link_create perf_event %s %s cookie=%llu", fake_fd_name(prog),
				fake_fd_name(target),
				(unsigned long long)opts->perf_event.bpf_cookie);
		return err ? -err : fake_new_fd("link");
	}
	for (__u32 i = 0; i < opts->kprobe_multi.cnt && at < sizeof(names) - 32; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, " %s=%llu",
				       opts->kprobe_multi.syms[i],
				       (unsigned long long)(opts->kprobe_multi.cookies
								    ? opts->kprobe_multi.cookies[i]
								    : 0));
	err = fake_step("link_create kprobe_multi type=%u %s flags=%u%s", type, fake_fd_name(prog),
			opts->kprobe_multi.flags, names);
	return err ? -err : fake_new_fd("link");
}

/* The struct as the kernel documents it, apart from the one in the library. */
struct link_uprobe_multi {
	__u32 prog_fd, target_fd, attach_type, flags;
	__u64 path, offsets, ref_ctr_offsets, cookies;
	__u32 cnt, multi_flags, pid;
};

static long link_uprobes(const struct link_uprobe_multi *attr, uint32_t size)
{
	struct fake_multi *m = &fake.multis[fake.multi_count];
	const uint64_t *offsets = (const uint64_t *)(uintptr_t)attr->offsets;
	const uint64_t *cookies = (const uint64_t *)(uintptr_t)attr->cookies;

	if (attr->attach_type != UPROBE_LINK || attr->cnt > 8 ||
	    fake.multi_count == FAKE_MULTIS - 1)
		abort();
	if (fake_step("link_create uprobe_multi %s %s flags=%u count=%u",
		      fake_fd_name((int)attr->prog_fd), (const char *)(uintptr_t)attr->path,
		      attr->multi_flags, attr->cnt))
		return -1;
	fake.multi_count++;
	snprintf(m->prog, sizeof(m->prog), "%s", fake_fd_name((int)attr->prog_fd));
	snprintf(m->path, sizeof(m->path), "%s", (const char *)(uintptr_t)attr->path);
	m->target = attr->target_fd;
	m->type = attr->attach_type;
	m->flags = attr->flags;
	m->count = attr->cnt;
	m->multi_flags = attr->multi_flags;
	m->pid = attr->pid;
	m->size = size;
	m->ref_ctr = attr->ref_ctr_offsets;
	memcpy(m->offsets, offsets, attr->cnt * sizeof(*offsets));
	if (attr->ref_ctr_offsets)
		memcpy(m->ref_ctrs, (const void *)(uintptr_t)attr->ref_ctr_offsets,
		       attr->cnt * sizeof(*m->ref_ctrs));
	if (cookies)
		memcpy(m->cookies, cookies, attr->cnt * sizeof(*cookies));
	return fake_new_fd("link");
}

const struct fake_multi *fake_multi(unsigned int i)
{
	return i < fake.multi_count ? &fake.multis[i] : NULL;
}

static long open_event(const struct perf_event_attr *attr, int pid, int cpu, unsigned long flags)
{
	const char *what = attr->config1 ? (const char *)(uintptr_t)attr->config1 : "-";

	if (fake_step("perf_event_open %s %s type=%u config=%llu offset=0x%llx pid=%d cpu=%d "
		      "flags=%lu",
		      what, attr->config & 1 ? "return" : "entry", attr->type,
		      (unsigned long long)attr->config, (unsigned long long)attr->config2, pid, cpu,
		      flags))
		return -1;
	return fake_new_fd(what);
}

/* "capability", "bpf", and one that nobody knows yet. */
static long list_lsms(uint64_t *ids, uint32_t *size)
{
	static const uint64_t there[] = { 100, 109, 200 };

	if (fake_step("lsm_list_modules"))
		return -1;
	if (*size < sizeof(there))
		abort();
	memcpy(ids, there, sizeof(there));
	*size = sizeof(there);
	return 3;
}

long __wrap_syscall(long nr, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (nr == SYS_bpf && (int)a[0] == BPF_LINK_CREATE)
		return link_uprobes((const void *)a[1], (uint32_t)a[2]);
	if (nr == SYS_bpf)
		abort();
	if (nr == LSM_LIST)
		return list_lsms((void *)a[0], (void *)a[1]);
	if (nr == SYS_perf_event_open)
		return open_event((const void *)a[0], (int)a[1], (int)a[2], (unsigned long)a[4]);
	return __real_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
