/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches one program: finds the target, loads the program for it, remembers the link. */
#include "probes/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/privilege.h"
#include "kernel/prog.h"
#include "plain/release.h"
#include "probes/kinds.h"
#include "probes/place.h"
#include "probes/usdt.h"
#include "symbols/elf.h"

#define TARGET_MAX 256 /* bytes of what a function's name says, with the NUL */

/* ---- Go --------------------------------------------------------------- */

int cbee__probe_refuse_go(struct cbee *c, const char *name, const char *path)
{
	return cbee__err(&c->err, -EOPNOTSUPP,
			 "'%.100s' in %.200s is a Go function: a return probe would crash it", name,
			 path);
}

int cbee__probe_check_go(struct cbee *c, const char *name, const char *path, bool force)
{
	if (!force)
		return cbee__probe_refuse_go(c, name, path);
	cbee__say(c, "warning: '%s' in %s is a Go function: the return probe may crash it", name,
		  path);
	return 0;
}

/* Where only an offset is known, the file itself tells whether it is Go's. */
static int check_offset(struct cbee *c, const struct cbee_probe_opts *o)
{
	struct cbee__elf *e = NULL;
	char place[24];
	bool go;

	if (o->kind != CBEE_URETPROBE || !o->target || o->symbol ||
	    cbee__elf_open(&e, o->target, NULL, NULL))
		return 0;
	go = cbee__elf_info(e)->go;
	cbee__elf_free(e);
	snprintf(place, sizeof(place), "0x%llx", (unsigned long long)o->offset);
	return go ? cbee__probe_check_go(c, place, o->target, o->force) : 0;
}

/* ---- targets ---------------------------------------------------------- */

/* Checks the kernel function and gives it the name that this kernel calls it by. */
static int resolve_kernel(struct cbee__attach *a, struct cbee__funcs *found)
{
	struct cbee__func_opts how = { 0 };
	int err;

	if (a->load.type == BPF_PROG_TYPE_TRACING && strchr(a->opts.target, ':'))
		return 0; /* it is BTF that knows the functions of a module */
	err = cbee__func_find(a->opts.target, &how, found, &a->c->err);
	if (!err) {
		a->opts.target = found->items[0].symbol;
		a->module = found->items[0].module_or_path;
	}
	return err;
}

/* Turns path and symbol into a file and an offset in it. */
static int resolve_user(struct cbee__attach *a, struct cbee__funcs *found)
{
	const struct cbee_probe_opts *o = &a->opts;
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
			err = cbee__probe_check_go(a->c, found->items[0].name, a->path, o->force);
	}
	return err;
}

static int check_target(struct cbee__attach *a, const struct cbee__kind *kind)
{
	const struct cbee_probe_opts *o = &a->opts;

	if (!o->fn)
		return cbee__err(&a->c->err, -EINVAL, "no function named");
	if (o->kind == CBEE_PERF_EVENT || o->kind == CBEE_OBJECT ||
	    (o->kind == CBEE_RAW_SOCKET && o->target))
		return 0;
	if (!o->target || !o->target[0])
		return cbee__err(&a->c->err, -EINVAL, "the %s '%.60s' needs a target", kind->name,
				 o->fn);
	return 0;
}

/* ---- loading and attaching -------------------------------------------- */

bool cbee__attach_is_of_target(int err)
{
	return err != -ENOMEM && err != -EMFILE && err != -ENFILE && err != -EPERM &&
	       err != -EACCES && err != -EOPNOTSUPP;
}

/* The sentence for a failed attach, unless a more precise one stands already. */
static int attach_failed(struct cbee__attach *a, const struct cbee__kind *kind, int err)
{
	const struct cbee_probe_opts *o = &a->opts;
	const char *target = o->target && o->target[0] ? o->target : "this machine";
	struct cbee_err *e = &a->c->err;

	if (e->code == err)
		return err;
	if (err == -ENOENT && kind->each != CBEE__EACH_USER)
		cbee__err(e, err, "this kernel has no %s '%.100s'", kind->name, target);
	else
		cbee__err_os(e, err, "cannot attach '%s' as %s to %.100s", o->fn, kind->name,
			     target);
	if (err == -EPERM || err == -EACCES)
		cbee__needs_hint(e, kind->needs);
	return err;
}

static int load_and_attach(struct cbee__attach *a, const struct cbee__kind *kind)
{
	int err = kind->prepare ? kind->prepare(a) : 0;

	if (!err && !a->shared) {
		a->prog_fd = cbee__prog_get(a->c, &a->load);
		err = a->prog_fd < 0 ? a->prog_fd : 0;
	}
	if (a->load.btf_fd > 0)
		close(a->load.btf_fd);
	if (err)
		return err;
	a->link.prog_fd = a->shared ? -1 : a->prog_fd;
	err = kind->attach(a);
	if (!err)
		return cbee__link_add(a->c, &a->link);
	if (a->link.fd >= 0)
		close(a->link.fd);
	if (!a->shared)
		cbee__prog_put(a->c, a->prog_fd);
	return err;
}

int cbee__attach_now(struct cbee__attach *a)
{
	const struct cbee__kind *kind = cbee__kind(a->c, a->opts.kind);
	size_t before = a->c->link_count;
	int err = load_and_attach(a, kind);

	if (err) {
		cbee__links_cut(a->c, before);
		return attach_failed(a, kind, err);
	}
	if (!a->shared)
		cbee__say(a->c, "attached %s to %s %s", a->opts.fn, kind->name,
			  a->opts.target ? a->opts.target : "");
	return 0;
}

/* Where a process is asked for, earlier kernels know only its first thread. */
static bool has_link(const struct cbee__attach *a)
{
	return !a->opts.pid || cbee__release(NULL) >= CBEE__RELEASE(6, 10);
}

/*
 * A uprobe.multi link (Linux 6.6) takes less privilege than a perf event. It is the second
 * choice for one place, because earlier kernels have none.
 */
static int attach_by_link(struct cbee__attach *a)
{
	struct cbee__places place = {
		.path = a->path,
		.ret = a->opts.kind == CBEE_URETPROBE,
		.pid = a->opts.pid,
		.count = 1,
		.offsets = &a->offset,
		.ref_ctrs = a->opts.ref_counter ? &a->opts.ref_counter : NULL,
	};
	size_t before = a->c->link_count;
	struct cbee_err refusal = { 0 };
	int err = has_link(a) ? 0 : -EOPNOTSUPP, code = cbee__err_move(&refusal, &a->c->err);

	a->load.expected = CBEE__UPROBE_MULTI;
	a->load.quiet = true;
	if (!err)
		err = a->prog_fd = cbee__prog_get(a->c, &a->load);
	if (a->prog_fd >= 0 && err >= 0)
		err = cbee__link_add_prog(a->c, a->prog_fd);
	if (!err)
		err = cbee__place_many(a->c, a->prog_fd, &place);
	if (!err) {
		cbee__say(a->c, "attached %s by uprobe.multi: %s", a->opts.fn, refusal.text);
		cbee__err_clear(&refusal);
		return 0;
	}
	cbee__links_cut(a->c, before);
	cbee__err_move(&a->c->err, &refusal);
	return code;
}

int cbee__attach_as(struct cbee *c, const struct cbee_probe_opts *opts, int64_t func, bool go)
{
	const struct cbee__kind *kind = cbee__kind(c, opts->kind);
	struct cbee__attach a = {
		.c = c,
		.opts = *opts,
		.prog_fd = -1,
		.load = { .fn = opts->fn, .func = func, .in_go = go },
		.link = { .fd = -1, .prog_fd = -1 },
	};
	struct cbee__funcs found = { 0 };
	int err;

	if (!kind)
		return -EINVAL;
	cbee__err_clear(&c->err);
	a.load.type = kind->prog_type;
	a.load.expected = kind->expected;
	a.load.in_user = kind->each == CBEE__EACH_USER;
	/* a tracepoint takes each program once, from all events together */
	a.load.idle = kind->prog_type == BPF_PROG_TYPE_TRACEPOINT;
	err = check_target(&a, kind);
	if (err)
		return err;
	if (kind->each == CBEE__EACH_KERNEL)
		err = resolve_kernel(&a, &found);
	else if (kind->each == CBEE__EACH_USER)
		err = resolve_user(&a, &found);
	err = err ? attach_failed(&a, kind, err) : cbee__attach_now(&a);
	if ((err == -EACCES || err == -EPERM) && kind->each == CBEE__EACH_USER)
		err = attach_by_link(&a);
	cbee__funcs_free(&found);
	return err;
}

/* ---- targets that names say ------------------------------------------- */

/* Attaches and notes what was asked for. */
static int attach_claimed(struct cbee *c, const struct cbee_probe_opts *o)
{
	size_t before = c->link_count;
	int err = check_offset(c, o);

	if (!err)
		err = cbee__attach_as(c, o, 0, false);
	return err ? err : cbee__links_claim(c, before, o, 1);
}

/* The target that @rest of a function's name stands for, in @target. */
static void say_target(const struct cbee__kind *kind, const char *rest, char target[TARGET_MAX])
{
	snprintf(target, TARGET_MAX, "%s", rest);
	if (kind->target)
		kind->target(target);
}

int cbee_attach(struct cbee *c, const struct cbee_probe_opts *opts)
{
	struct cbee_probe_opts o = *opts;
	const struct cbee__kind *kind;
	char target[TARGET_MAX];
	enum cbee_probe_kind by_name;
	const char *rest;

	if (!o.target && o.fn) {
		kind = cbee__kind_of_name(o.fn, &by_name, &rest);
		if (kind && by_name == o.kind) {
			say_target(kind, rest, target);
			o.target = target;
		}
	}
	return attach_claimed(c, &o);
}

/* Attaches @fn if its name says to what; adds to @count if so. */
static int attach_by_name(struct cbee *c, const char *fn, unsigned int *count)
{
	struct cbee_probe_opts o = { .fn = fn };
	char target[TARGET_MAX];
	const char *rest;
	const struct cbee__kind *kind = cbee__kind_of_name(fn, &o.kind, &rest);

	o.target = target;
	if (kind && kind->automatic) {
		say_target(kind, rest, target);
	} else if (!strncmp(fn, "syscall__", 9)) {
		o.kind = CBEE_KPROBE;
		snprintf(target, sizeof(target), "sys_%s", fn + 9);
	} else {
		return 0;
	}
	++*count;
	return attach_claimed(c, &o);
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
