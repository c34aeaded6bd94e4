/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the kernel what it can do, by trying it. */
#include "kernel/ability.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <cbee/cbee.h>

#include "headers/btf.h"
#include "kernel/lsm.h"
#include "probes/perf.h"
#include "probes/probe.h"
#include "symbols/sym.h"

/* Since Linux 6.6; the build's headers may be older. */
#define TRACE_UPROBE_MULTI 48

/* What bpf(BPF_LINK_CREATE) takes for uprobe.multi. */
struct uprobe_multi_attr {
	uint32_t prog_fd, target_fd, attach_type, flags;
	uint64_t path, offsets, ref_ctr_offsets, cookies;
	uint32_t count, multi_flags, pid, pad;
};

/* Where a function of ours lies in a file. */
struct place {
	char path[512];
	unsigned long long offset;
};

/* Functions that exist to be probed, or are called about never. */
static const char *const kernel_targets[] = { "bpf_fentry_test1", "vfs_statfs", "do_unlinkat" };

#define KERNEL_TARGETS (sizeof(kernel_targets) / sizeof(kernel_targets[0]))

/* The user function that is probed: nobody calls it. */
static __attribute__((noinline, used)) void uprobe_target(void)
{
	__asm__ volatile("");
}

/* Loads "return 0"; the descriptor or a negative errno. */
static int load(enum bpf_prog_type type, uint32_t expected, uint32_t btf_id)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = expected,
		    .attach_btf_id = btf_id);
	int fd = bpf_prog_load(type, NULL, "GPL", insns, sizeof(insns) / sizeof(insns[0]), &opts);

	return fd;
}

/* Closes what a trial opened; 0, or the negative errno that stands for a descriptor. */
static int take_back(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int cbee__ability_bpf(struct cbee_check *k)
{
	int err = take_back(load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0));

	snprintf(k->value, sizeof(k->value), "%s", err ? "" : "programs can be loaded");
	return err;
}

int cbee__ability_jit(struct cbee_check *k)
{
	int fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0), err;
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	if (!err && !info.jited_prog_len)
		k->status = CBEE_CHECK_WARN;
	snprintf(k->value, sizeof(k->value), "%s", info.jited_prog_len ? "on" : "off");
	return err;
}

/* ---- probes of the kernel --------------------------------------------- */

static int open_probe(const char *source, const void *what, uint64_t offset)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
	int type = cbee__probe_pmu(source);
	bool user = !strcmp(source, "uprobe");

	if (type < 0)
		return -EOPNOTSUPP;
	attr.type = (uint32_t)type;
	attr.config1 = (uintptr_t)what;
	attr.config2 = offset;
	return cbee__perf_open(&attr, user ? 0 : -1, user ? -1 : 0, -1);
}

int cbee__ability_kprobe(struct cbee_check *k)
{
	int err = -EOPNOTSUPP;

	if (!cbee__probe_possible(true)) {
		snprintf(k->value, sizeof(k->value), "not in this kernel");
		return -EOPNOTSUPP;
	}
	if (cbee__probe_pmu("kprobe") < 0) {
		snprintf(k->value, sizeof(k->value), "through tracefs");
		return 0;
	}
	for (size_t i = 0; err && i < KERNEL_TARGETS; i++)
		err = take_back(open_probe("kprobe", kernel_targets[i], 0));
	return err;
}

int cbee__ability_kprobe_multi(struct cbee_check *k)
{
	int prog = load(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0), err = prog;

	(void)k;
	for (size_t i = 0; prog >= 0 && i < KERNEL_TARGETS; i++) {
		const char *symbol = kernel_targets[i];
		LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 1,
			    .kprobe_multi.syms = &symbol);

		err = take_back(bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts));
		if (!err)
			break;
	}
	if (prog >= 0)
		close(prog);
	return err;
}

/* Attaches a program of @type to the first of @targets that the kernel has. */
static int try_targets(const char *const *targets, size_t count, enum bpf_prog_type type,
		       uint32_t expected, struct cbee_check *k)
{
	int err = -ESRCH, prog, fd;
	uint32_t id;

	for (size_t i = 0; err == -ESRCH && i < count; i++)
		err = cbee__btf_kernel_func(targets[i], &id);
	if (err == -ENOENT)
		snprintf(k->value, sizeof(k->value), "not without the kernel's BTF");
	if (err)
		return err;
	prog = load(type, expected, id);
	if (prog < 0)
		return prog;
	fd = bpf_raw_tracepoint_open(NULL, prog);
	close(prog);
	return take_back(fd);
}

int cbee__ability_fentry(struct cbee_check *k)
{
	return try_targets(kernel_targets, KERNEL_TARGETS, BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY,
			   k);
}

/* A program that returns 0 lets the function run: nothing changes. */
int cbee__ability_fmod_ret(struct cbee_check *k)
{
	static const char *const targets[] = { "security_file_ioctl", "bpf_modify_return_test" };

	return try_targets(targets, 2, BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, k);
}

int cbee__ability_lsm(struct cbee_check *k)
{
	static const char *const hook = "bpf_lsm_bpf";
	char names[256];
	int err = try_targets(&hook, 1, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, k);

	/* attached, but asked by nobody */
	if (!err && !cbee__lsm_has_bpf(names, sizeof(names))) {
		k->status = CBEE_CHECK_WARN;
		snprintf(k->value, sizeof(k->value), "not active; these are: %s", names);
	}
	return err;
}

int cbee__ability_tracepoint(struct cbee_check *k)
{
	int prog = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0), fd;

	(void)k;
	if (prog < 0)
		return prog;
	fd = bpf_raw_tracepoint_open("sched_process_exec", prog);
	close(prog);
	return take_back(fd);
}

static int is_module_list(void *ctx, const struct cbee__ksym *sym)
{
	(void)ctx;
	/* not every kernel lists its data, but what fills the list is code */
	return !strcmp(sym->name, "bpf_trace_modules") || !strcmp(sym->name, "bpf_event_notify");
}

/* There need not be a module with a tracepoint: looks for the list that such modules join. */
int cbee__ability_module_tracepoint(struct cbee_check *k)
{
	int got = cbee__ksym_each(NULL, is_module_list, NULL, NULL);

	if (!got)
		snprintf(k->value, sizeof(k->value), "not in this kernel");
	return got < 0 ? got : got ? 0 : -EOPNOTSUPP;
}

/* ---- probes of programs ----------------------------------------------- */

/* Finds the file that uprobe_target() was mapped from, and where in it. */
static int find_target(struct place *place)
{
	unsigned long long at = (uintptr_t)uprobe_target, from, to, offset;
	FILE *f = fopen("/proc/self/maps", "re");
	char line[1024];
	int err = -ENOENT;

	if (!f)
		return -errno;
	while (err && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %511[^\n]", &from, &to, &offset,
			   place->path) != 4 ||
		    at < from || at >= to)
			continue;
		place->offset = at - from + offset;
		err = 0;
	}
	fclose(f);
	return err;
}

int cbee__ability_uprobe(struct cbee_check *k)
{
	struct place place;
	int err = find_target(&place);

	if (err)
		return err;
	if (!cbee__probe_possible(false)) {
		snprintf(k->value, sizeof(k->value), "not in this kernel");
		return -EOPNOTSUPP;
	}
	if (cbee__probe_pmu("uprobe") < 0) {
		snprintf(k->value, sizeof(k->value), "through tracefs");
		return 0;
	}
	err = take_back(open_probe("uprobe", place.path, place.offset));
	if ((err != -EACCES && err != -EPERM) || cbee__ability_uprobe_multi(k))
		return err;
	snprintf(k->value, sizeof(k->value), "by uprobe.multi");
	return 0;
}

int cbee__ability_uprobe_multi(struct cbee_check *k)
{
	struct place place;
	struct uprobe_multi_attr attr = {
		.attach_type = TRACE_UPROBE_MULTI,
		.path = (uintptr_t)place.path,
		.offsets = (uintptr_t)&place.offset,
		.count = 1,
		.pid = (uint32_t)getpid(),
	};
	int err = find_target(&place), prog;

	(void)k;
	if (err)
		return err;
	prog = load(BPF_PROG_TYPE_KPROBE, TRACE_UPROBE_MULTI, 0);
	if (prog < 0)
		return prog;
	attr.prog_fd = (uint32_t)prog;
	err = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	err = take_back(err < 0 ? -errno : err);
	close(prog);
	return err;
}

int cbee__ability_ringbuf(struct cbee_check *k)
{
	uint32_t size = (uint32_t)sysconf(_SC_PAGESIZE);

	(void)k;
	return take_back(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "cbee_check", 0, 0, size, NULL));
}
