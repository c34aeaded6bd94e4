/* SPDX-License-Identifier: Apache-2.0 */
/* A table of probe kinds; attaches through BCC, and remembers how to detach. */
#include "probes/probe.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "symbols/elf.h"
#include "headers/btf.h"
#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/prog.h"
#include "kernel/tracefs.h"
#include "probes/usdt.h"

/* One attach under way: what is asked, what has been loaded. */
struct attach {
	struct cbee *c;
	const struct cbee_probe_opts *opts;
	int prog_fd;
	int64_t func;	  /* value of OPT(func) */
	const char *path; /* uprobes: the file; @offset in it */
	uint64_t offset;
	struct cbee__link link;
};

struct kind {
	const char *name;
	uint32_t prog_type, expected;
	const char *prefix; /* of functions attached by name; NULL: none */
	/* turns the rest of such a name into the target, in place; NULL: it is the target */
	void (*target)(char *rest);
	int (*attach)(struct attach *a);
};

int cbee__link_add(struct cbee *c, const struct cbee__link *link)
{
	size_t cap = c->link_cap ? c->link_cap * 2 : 16;
	struct cbee__link *all = c->links;

	if (c->link_count == c->link_cap) {
		all = realloc(c->links, cap * sizeof(*all));
		if (all) {
			c->links = all;
			c->link_cap = cap;
		}
	}
	if (!all) {
		if (link->fd >= 0)
			close(link->fd);
		if (link->prog_fd >= 0)
			cbee__prog_put(c, link->prog_fd);
		free(link->event);
		return cbee__err_os(&c->err, -ENOMEM, "cannot keep a probe");
	}
	c->links[c->link_count++] = *link;
	return 0;
}

int cbee__link_add_prog(struct cbee *c, int prog_fd)
{
	return cbee__link_add(c, &(struct cbee__link){ .fd = -1, .prog_fd = prog_fd });
}

/* Kernels whose perf events know no probes keep them in a list that outlives the descriptor. */
static void unlist(const struct cbee__link *link)
{
	if (!link->event || cbee__probe_pmu(link->kernel ? "kprobe" : "uprobe") >= 0)
		return;
	if (link->kernel)
		bpf_detach_kprobe(link->event);
	else
		bpf_detach_uprobe(link->event);
}

void cbee__links_cut(struct cbee *c, size_t first)
{
	while (c->link_count > first) {
		struct cbee__link *link = &c->links[--c->link_count];

		if (link->perf)
			bpf_close_perf_event_fd(link->fd);
		else if (link->fd >= 0)
			close(link->fd);
		if (link->prog_fd >= 0)
			cbee__prog_put(c, link->prog_fd);
		unlist(link);
		free(link->event);
	}
}

void cbee_detach(struct cbee *c)
{
	cbee__links_cut(c, 0);
	free(c->links);
	c->links = NULL;
	c->link_cap = 0;
}

uint64_t cbee_missed(struct cbee *c)
{
	uint64_t missed = cbee__progs_missed(c);

	for (size_t i = 0; i < c->link_count; i++)
		missed += cbee__prog_missed(c, c->links[i].prog_fd);
	return missed;
}

int cbee__probe_pmu(const char *source)
{
	char path[96], number[16] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", source);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (!fgets(number, sizeof(number), f))
		number[0] = '\0';
	fclose(f);
	return number[0] ? (int)strtol(number, NULL, 10) : -EIO;
}

int cbee__probe_btf_id(struct cbee *c, const char *function, uint32_t *ret_id)
{
	int err = cbee__btf_kernel_func(function, ret_id);

	if (err == -ESRCH)
		return cbee__err(&c->err, -ENOENT, "no function '%.60s' in the kernel's BTF",
				 function);
	return err ? cbee__err_os(&c->err, err, "cannot read the kernel's BTF") : 0;
}

bool cbee__probe_possible(bool kernel)
{
	const char *tracefs = cbee__tracefs();
	char path[96];

	if (cbee__probe_pmu(kernel ? "kprobe" : "uprobe") != -ENOENT)
		return true; /* also when it cannot be told: the attempt will say why */
	snprintf(path, sizeof(path), "%s/%s_events", tracefs ? tracefs : "/sys/kernel/tracing",
		 kernel ? "kprobe" : "uprobe");
	return !access(path, F_OK);
}

bool cbee__probe_counts(void)
{
	return !access("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", F_OK);
}

/* A name for lists of the kernel's: letters, digits and underscores, unique to this process. */
static char *event_name(const char *what, const char *target, uint64_t offset)
{
	char *name;

	if (asprintf(&name, "cbee_%d_%s_%.60s_%llx", (int)getpid(), what, target,
		     (unsigned long long)offset) < 0)
		return NULL;
	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

static bool is_return(const struct attach *a)
{
	return a->opts->kind == CBEE_KRETPROBE || a->opts->kind == CBEE_URETPROBE;
}

static int missing(struct cbee *c, const char *what, const char *option)
{
	cbee__err(&c->err, -EOPNOTSUPP, "this kernel has no %s (%s is off)", what, option);
	return -EOPNOTSUPP;
}

static int attach_kprobe(struct attach *a)
{
	const char *target = a->opts->target;

	if (!cbee__probe_possible(true))
		return missing(a->c, "kprobes", "CONFIG_KPROBE_EVENTS");
	a->link.perf = a->link.kernel = true;
	a->link.event = event_name(is_return(a) ? "r" : "p", target, a->opts->offset);
	if (!a->link.event)
		return -ENOMEM;
	a->link.fd = bpf_attach_kprobe(a->prog_fd,
				       is_return(a) ? BPF_PROBE_RETURN : BPF_PROBE_ENTRY,
				       a->link.event, target, a->opts->offset, 0);
	return a->link.fd < 0 ? (errno ? -errno : -EINVAL) : 0;
}

static int attach_uprobe(struct attach *a)
{
	if (!cbee__probe_possible(false))
		return missing(a->c, "uprobes", "CONFIG_UPROBE_EVENTS");
	if (a->opts->ref_ctr_offset > UINT32_MAX)
		return cbee__err(&a->c->err, -ERANGE, "a counter beyond 4 GiB of %.200s", a->path);
	if (a->opts->ref_ctr_offset && !cbee__probe_counts()) /* it would pass it over */
		return cbee__err(
			&a->c->err, -EOPNOTSUPP,
			"this kernel cannot count the tracers of a uprobe: Linux 4.20 can");
	a->link.perf = true;
	a->link.event = event_name(is_return(a) ? "r" : "p", a->path, a->offset);
	if (!a->link.event)
		return -ENOMEM;
	a->link.fd = bpf_attach_uprobe(
		a->prog_fd, is_return(a) ? BPF_PROBE_RETURN : BPF_PROBE_ENTRY, a->link.event,
		a->path, a->offset, a->opts->pid ? a->opts->pid : -1,
		(uint32_t)a->opts->ref_ctr_offset);
	return a->link.fd < 0 ? (errno ? -errno : -EINVAL) : 0;
}

static int attach_trampoline(struct attach *a)
{
	a->link.fd = bpf_attach_kfunc(a->prog_fd);
	return a->link.fd < 0 ? -errno : 0;
}

/* "category:event" is there; the call needs tracefs mounted. */
static int attach_tracepoint_now(void *arg)
{
	struct attach *a = arg;
	const char *target = a->opts->target, *colon = strchr(target, ':');
	char category[128], path[320];

	if (!cbee__tracefs())
		return cbee__err(&a->c->err, -EPERM, "cannot see tracefs, where tracepoints are");
	snprintf(category, sizeof(category), "%.*s", (int)(colon - target), target);
	snprintf(path, sizeof(path), "%s/events/%s/%s/id", cbee__tracefs(), category, colon + 1);
	if (access(path, F_OK))
		return -ENOENT;
	a->link.fd = bpf_attach_tracepoint(a->prog_fd, category, colon + 1);
	return a->link.fd < 0 ? (errno ? -errno : -EINVAL) : 0;
}

static int attach_tracepoint(struct attach *a)
{
	a->link.perf = true;
	return cbee__tracefs_with(attach_tracepoint_now, a);
}

static int attach_raw_tracepoint(struct attach *a)
{
	a->link.fd = bpf_attach_raw_tracepoint(a->prog_fd, a->opts->target);
	return a->link.fd < 0 ? -errno : 0;
}

/* One event per CPU, or the one CPU or process asked for; all but the last are linked here. */
static int attach_perf_event(struct attach *a)
{
	const struct cbee_probe_opts *o = a->opts;
	int pid = o->pid ? o->pid : -1;
	int first = o->cpu ? o->cpu - 1 : o->pid ? -1 : 0;
	int last = o->cpu || o->pid ? first : cbee_cpus(a->c) - 1;
	int err = -ENODEV;

	for (int cpu = first; cpu <= last; cpu++) {
		int fd = bpf_attach_perf_event(a->prog_fd, o->perf_type, (uint32_t)o->perf_config,
					       o->sample_period, o->sample_freq, pid, cpu, -1);
		struct cbee__link link = { .fd = a->link.fd, .prog_fd = -1, .perf = true };

		if (fd < 0 && errno == ENODEV) /* a CPU that is offline */
			continue;
		if (fd < 0)
			return errno ? -errno : -EINVAL;
		if (link.fd >= 0 && (err = cbee__link_add(a->c, &link))) {
			bpf_close_perf_event_fd(fd);
			a->link.fd = -1;
			return err;
		}
		a->link.fd = fd;
		a->link.perf = true;
		err = 0;
	}
	return err;
}

/* "syscalls__sys_enter_open" is syscalls:sys_enter_open. */
static void tracepoint_target(char *rest)
{
	char *gap = strstr(rest, "__");

	if (!gap)
		return;
	*gap = ':';
	memmove(gap + 1, gap + 2, strlen(gap + 2) + 1);
}

/* "vmlinux__vfs_read" is vfs_read; older BCCs name no module: "vfs_read", "__x64_sys_read". */
static void trampoline_target(char *rest)
{
	char *gap = strstr(rest, "__");

	if (gap && gap != rest)
		memmove(rest, gap + 2, strlen(gap + 2) + 1);
}

static const struct kind kinds[] = {
	[CBEE_KPROBE] = { "kprobe", BPF_PROG_TYPE_KPROBE, 0, "kprobe__", NULL, attach_kprobe },
	[CBEE_KRETPROBE] = { "kretprobe", BPF_PROG_TYPE_KPROBE, 0, "kretprobe__", NULL,
			     attach_kprobe },
	[CBEE_FENTRY] = { "fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "kfunc__",
			  trampoline_target, attach_trampoline },
	[CBEE_FEXIT] = { "fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "kretfunc__",
			 trampoline_target, attach_trampoline },
	[CBEE_UPROBE] = { "uprobe", BPF_PROG_TYPE_KPROBE, 0, NULL, NULL, attach_uprobe },
	[CBEE_URETPROBE] = { "uretprobe", BPF_PROG_TYPE_KPROBE, 0, NULL, NULL, attach_uprobe },
	[CBEE_TRACEPOINT] = { "tracepoint", BPF_PROG_TYPE_TRACEPOINT, 0, "tracepoint__",
			      tracepoint_target, attach_tracepoint },
	[CBEE_RAW_TRACEPOINT] = { "raw tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT, 0,
				  "raw_tracepoint__", NULL, attach_raw_tracepoint },
	[CBEE_PERF_EVENT] = { "perf event", BPF_PROG_TYPE_PERF_EVENT, 0, NULL, NULL,
			      attach_perf_event },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

int cbee__probe_type(struct cbee *c, enum cbee_probe_kind kind, uint32_t *ret_type,
		     uint32_t *ret_expected)
{
	if ((unsigned int)kind >= KINDS || kinds[kind].prog_type == BPF_PROG_TYPE_TRACING)
		return cbee__err(&c->err, -EINVAL, "no such kind of probe, or one of one function");
	*ret_type = kinds[kind].prog_type;
	*ret_expected = kinds[kind].expected;
	return 0;
}

/* Checks the kernel function and gives it the name that this kernel calls it by. */
static int resolve_kernel(struct attach *a, struct cbee_probe_opts *o, struct cbee__funcs *found)
{
	struct cbee__func_opts how = { 0 };
	int err = cbee__func_find(o->target, &how, found, &a->c->err);

	if (!err)
		o->target = found->items[0].symbol;
	return err;
}

int cbee__probe_refuse_go(struct cbee *c, const char *name, const char *path)
{
	return cbee__err(&c->err, -EOPNOTSUPP,
			 "'%.100s' in %.200s is a Go function: a return probe would crash it", name,
			 path);
}

/* Where only an offset is known, the file itself tells whether it is Go's. */
static int check_go(struct cbee *c, const struct cbee_probe_opts *o)
{
	struct cbee__elf *e = NULL;
	char place[24];
	bool go;

	if (o->symbol || cbee__elf_open(&e, o->target, NULL, NULL))
		return 0;
	go = cbee__elf_info(e)->go;
	cbee__elf_free(e);
	snprintf(place, sizeof(place), "0x%llx", (unsigned long long)o->offset);
	return go ? cbee__probe_refuse_go(c, place, o->target) : 0;
}

/* Turns path and symbol into a file and an offset in it. */
static int resolve_user(struct attach *a, struct cbee_probe_opts *o, struct cbee__funcs *found)
{
	struct cbee__func_opts how = { .pid = o->pid };
	char *spec;
	int err;

	a->path = o->target;
	a->offset = o->offset;
	if (!o->symbol)
		return 0;
	if (asprintf(&spec, "%s:%s", o->target, o->symbol) < 0)
		return -ENOMEM;
	err = cbee__func_find(spec, &how, found, &a->c->err);
	free(spec);
	if (!err) {
		a->path = found->items[0].module_or_path;
		a->offset = found->items[0].offset + o->offset;
		if (o->kind == CBEE_URETPROBE && found->items[0].go)
			err = cbee__probe_refuse_go(a->c, found->items[0].name, a->path);
	}
	return err;
}

static int check_target(struct cbee *c, const struct cbee_probe_opts *o)
{
	const char *colon;

	if ((unsigned int)o->kind >= KINDS || !o->fn)
		return cbee__err(&c->err, -EINVAL, "no such kind of probe, or no function named");
	if (o->kind == CBEE_PERF_EVENT)
		return 0;
	if (!o->target || !o->target[0])
		return cbee__err(&c->err, -EINVAL, "a %s needs a target", kinds[o->kind].name);
	colon = strchr(o->target, ':');
	if (o->kind == CBEE_TRACEPOINT && (!colon || colon - o->target > 100))
		return cbee__err(&c->err, -EINVAL, "a tracepoint is category:event, not '%.60s'",
				 o->target);
	return 0;
}

/* The sentence for a failed attach, unless a more precise one stands already. */
static int attach_failed(struct cbee *c, const struct cbee_probe_opts *o, int err)
{
	const char *kind = kinds[o->kind].name, *target = o->target ? o->target : "this machine";

	if (c->err.code == err)
		return err;
	if (err == -ENOENT)
		cbee__err(&c->err, err, "this kernel has no %s '%.100s'", kind, target);
	else
		cbee__err_os(&c->err, err, "cannot attach '%s' as %s to %.100s", o->fn, kind,
			     target);
	if (err == -EPERM || err == -EACCES)
		cbee__err_hint(&c->err, "run it as root");
	return err;
}

static int load_and_attach(struct attach *a, const struct cbee_probe_opts *o)
{
	const struct kind *kind = &kinds[o->kind];
	struct cbee__load load = {
		.fn = o->fn,
		.type = kind->prog_type,
		.expected = kind->expected,
		.func = a->func,
		/* a tracepoint takes each program once, from all events together */
		.idle = kind->prog_type == BPF_PROG_TYPE_TRACEPOINT,
	};
	int err;

	if (kind->prog_type == BPF_PROG_TYPE_TRACING) {
		err = cbee__probe_btf_id(a->c, o->target, &load.btf_id);
		if (err)
			return err;
	}
	a->prog_fd = cbee__prog_get(a->c, &load);
	if (a->prog_fd < 0)
		return a->prog_fd;
	a->opts = o;
	a->link.prog_fd = a->prog_fd;
	errno = 0;
	err = kind->attach(a);
	if (!err)
		return cbee__link_add(a->c, &a->link);
	if (a->link.fd >= 0)
		close(a->link.fd);
	cbee__prog_put(a->c, a->prog_fd);
	free(a->link.event);
	return err;
}

int cbee__attach_as(struct cbee *c, const struct cbee_probe_opts *opts, int64_t func)
{
	struct attach a = {
		.c = c, .prog_fd = -1, .func = func, .link = { .fd = -1, .prog_fd = -1 }
	};
	struct cbee_probe_opts o = *opts;
	struct cbee__funcs found = { 0 };
	size_t before = c->link_count;
	int err;

	cbee__err_clear(&c->err);
	err = check_target(c, &o);
	if (err)
		return err;
	if (o.kind <= CBEE_FEXIT)
		err = resolve_kernel(&a, &o, &found);
	else if (o.kind == CBEE_UPROBE || o.kind == CBEE_URETPROBE)
		err = resolve_user(&a, &o, &found);
	if (!err)
		err = load_and_attach(&a, &o);
	if (err) {
		cbee__links_cut(c, before);
		attach_failed(c, &o, err);
	} else {
		cbee__say(c, "attached %s to %s %s", o.fn, kinds[o.kind].name,
			  o.target ? o.target : "");
	}
	cbee__funcs_free(&found);
	return err;
}

int cbee_attach(struct cbee *c, const struct cbee_probe_opts *opts)
{
	int err = opts->kind == CBEE_URETPROBE && opts->target ? check_go(c, opts) : 0;

	if (err)
		return err;
	return cbee__attach_as(c, opts, 0);
}

/* Attaches @fn if its name says to what; adds to @count if so. */
static int attach_by_name(struct cbee *c, const char *fn, unsigned int *count)
{
	struct cbee_probe_opts o = { .fn = fn };
	char target[256];

	for (size_t k = 0; k < KINDS; k++) {
		size_t len = kinds[k].prefix ? strlen(kinds[k].prefix) : 0;

		if (!len || strncmp(fn, kinds[k].prefix, len))
			continue;
		snprintf(target, sizeof(target), "%s", fn + len);
		if (kinds[k].target)
			kinds[k].target(target);
		o.kind = (enum cbee_probe_kind)k;
		o.target = target;
		++*count;
		return cbee_attach(c, &o);
	}
	if (strncmp(fn, "syscall__", 9))
		return 0;
	o.kind = CBEE_KPROBE;
	snprintf(target, sizeof(target), "sys_%s", fn + 9);
	o.target = target;
	++*count;
	return cbee_attach(c, &o);
}

int cbee_attach_auto(struct cbee *c, unsigned int *ret_count)
{
	size_t before = c->link_count;
	unsigned int count = 0;
	int err = 0;

	for (uint32_t i = 0; !err && i < c->image.prog_count; i++)
		err = attach_by_name(c, c->image.strings + c->image.progs[i].name, &count);
	if (!err)
		err = cbee__usdt_attach(c, &count);
	if (err)
		cbee__links_cut(c, before);
	else if (ret_count)
		*ret_count = count;
	return err;
}
