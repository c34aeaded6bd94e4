/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for what loads and attaches: libbpf, libbcc_bpf and two system calls. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
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

/* Under its name for the linker only: in libbpf 1.5 its last parameter is no longer const. */
int fake_prog_load(enum bpf_prog_type type, const char *name, const char *license,
		   const struct bpf_insn *insns, size_t count,
		   const struct bpf_prog_load_opts *opts) __asm__("bpf_prog_load");
int fake_prog_load(enum bpf_prog_type type, const char *name, const char *license,
		   const struct bpf_insn *insns, size_t count,
		   const struct bpf_prog_load_opts *opts)
{
	struct fake_prog *prog = &fake.loaded[fake.loaded_count];
	char card[24] = "";
	int err;

	if (opts->prog_ifindex)
		snprintf(card, sizeof(card), " card=%u", opts->prog_ifindex);
	err = fake_step("prog_load %s type=%u expected=%u btf=%u log=%u%s%s%s", name, type,
			opts->expected_attach_type, opts->attach_btf_id, opts->log_level, card,
			opts->attach_btf_obj_fd ? " of " : "",
			opts->attach_btf_obj_fd ? fake_fd_name((int)opts->attach_btf_obj_fd) : "");
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

int __wrap_cbee__btf_module_func(const char *module, const char *name, uint32_t *ret_id);
int __wrap_cbee__btf_module_func(const char *module, const char *name, uint32_t *ret_id)
{
	if (fake_step("find_module_btf_id %s %s", module, name))
		return -errno;
	*ret_id = 815;
	return 0;
}

/* Until some is loaded, number 1 is the kernel's BTF, 2 a module's, 3 a program's. */
int bpf_btf_get_next_id(__u32 id, __u32 *next)
{
	if (fake_step("btf_get_next_id %u", id))
		return -errno;
	errno = ENOENT;
	*next = id + 1;
	return id < 3 ? 0 : -ENOENT;
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
	if (fake_step("attach_kprobe %s %s %s+%llu %s maxactive=%d", fake_fd_name(prog),
		      type == BPF_PROBE_RETURN ? "return" : "entry", fn, (unsigned long long)offset,
		      event, maxactive))
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

void fake_set_offline(int cpu)
{
	fake.offline = cpu;
}

void fake_set_version(uint32_t code)
{
	fake.version = code;
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

int bpf_raw_tracepoint_open(const char *name, int prog)
{
	if (name ? fake_step("attach_raw_tracepoint %s %s", fake_fd_name(prog), name)
		 : fake_step("raw_tracepoint_open - %s", fake_fd_name(prog)))
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
	if (type != BPF_TRACE_KPROBE_MULTI) {
		if (type == BPF_XDP)
			snprintf(names, sizeof(names), " interface=%d flags=%u", target,
				 opts->flags);
		err = fake_step("link_create %s type=%u%s", fake_fd_name(prog), type, names);
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

/* The types that fake_reset() puts into /sys. */
static bool is_probe(const struct perf_event_attr *attr)
{
	return attr->type == 8 || attr->type == 9;
}

static long open_probe(const struct perf_event_attr *attr, int pid, int cpu, unsigned long flags)
{
	const char *what = (const char *)(uintptr_t)attr->config1;
	const char *side = attr->config & 1 ? "return" : "entry";
	char ref[32] = "";
	struct object *o;
	int fd;

	if (fake_step("perf_event_open %s %s type=%u config=%llu offset=0x%llx pid=%d cpu=%d "
		      "flags=%lu",
		      what, side, attr->type, (unsigned long long)attr->config,
		      (unsigned long long)attr->config2, pid, cpu, flags))
		return -1;
	fd = fake_new_fd(what);
	o = &fake_objects[fd];
	if (attr->config >> 32)
		snprintf(ref, sizeof(ref), " ref=0x%llx", (unsigned long long)attr->config >> 32);
	if (attr->type == 8)
		snprintf(o->event, sizeof(o->event), "attach_kprobe %%s %s %s+%llu", side, what,
			 (unsigned long long)attr->config2);
	else
		snprintf(o->event, sizeof(o->event), "attach_uprobe %%s %s %s+0x%llx pid=%d%s",
			 side, what, (unsigned long long)attr->config2, pid, ref);
	return fd;
}

static long open_event(const struct perf_event_attr *attr, int pid, int cpu, int group)
{
	unsigned long long number = attr->sample_period;
	struct object *o;
	int fd;

	if (cpu == fake.offline && cpu >= 0) {
		errno = ENODEV;
		return -1;
	}
	if (fake_step("perf_event_open type=%u config=%llu pid=%d cpu=%d", attr->type,
		      (unsigned long long)attr->config, pid, cpu))
		return -1;
	fd = fake_new_fd("perf_event");
	o = &fake_objects[fd];
	if (attr->type == PERF_TYPE_TRACEPOINT)
		snprintf(o->event, sizeof(o->event), "attach_tracepoint %%s id=%llu",
			 (unsigned long long)attr->config);
	else
		snprintf(o->event, sizeof(o->event),
			 "attach_perf_event %%s type=%u config=%llu period=%llu freq=%llu pid=%d "
			 "cpu=%d group=%d inherit=%u",
			 attr->type, (unsigned long long)attr->config, attr->freq ? 0 : number,
			 attr->freq ? number : 0, pid, cpu, group, attr->inherit);
	return fd;
}

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

/* What an event amounts to shows when a program is put on it. */
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	const struct object *o = fd >= 0 && fd < FAKE_FDS ? &fake_objects[fd] : NULL;
	char line[200];
	const char *gap;
	va_list ap;
	long arg;

	va_start(ap, request);
	arg = va_arg(ap, long);
	va_end(ap);
	if (!o || !o->event[0])
		return __real_ioctl(fd, request, arg);
	if (request == PERF_EVENT_IOC_ENABLE)
		return fake_step("enable %s", o->name) ? -1 : 0;
	gap = strstr(o->event, "%s");
	snprintf(line, sizeof(line), "%.*s%s%s", (int)(gap - o->event), o->event,
		 fake_fd_name((int)arg), gap + 2);
	return fake_step("%s", line) ? -1 : 0;
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

void fake_set_caps(uint64_t caps)
{
	fake.caps = caps;
}

uint64_t fake_caps(void)
{
	return fake.caps;
}

/* The halves of the set, as capget(2) and capset(2) have them. */
static long pass_caps(bool give_up, struct __user_cap_data_struct data[2])
{
	if (give_up && fake_step("capset"))
		return -1;
	for (int half = 0; half < 2; half++) {
		uint32_t was = (uint32_t)(fake.caps >> 32 * half);

		if (!give_up)
			data[half] = (struct __user_cap_data_struct){ was, was, was };
		else
			fake.caps &= (uint64_t)data[half].permitted << 32 * half |
				     (half ? UINT32_MAX : (uint64_t)UINT32_MAX << 32);
	}
	return 0;
}

int __wrap_prctl(int option, ...);

/* What cannot be undone is not done. */
int __wrap_prctl(int option, ...)
{
	va_list ap;
	long arg;

	va_start(ap, option);
	arg = va_arg(ap, long);
	va_end(ap);
	if (option == PR_CAPBSET_DROP)
		return arg > 40 ? -1 : 0;
	return option == PR_SET_NO_NEW_PRIVS && fake_step("no_new_privs") ? -1 : 0;
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
	if (nr == SYS_capget || nr == SYS_capset)
		return pass_caps(nr == SYS_capset, (void *)a[1]);
	if (nr == LSM_LIST)
		return list_lsms((void *)a[0], (void *)a[1]);
	if (nr == SYS_perf_event_open)
		return is_probe((const void *)a[0])
			       ? open_probe((const void *)a[0], (int)a[1], (int)a[2],
					    (unsigned long)a[4])
			       : open_event((const void *)a[0], (int)a[1], (int)a[2], (int)a[3]);
	return __real_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
