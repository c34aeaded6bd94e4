/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches two programs to entry and return of many functions by the best way there is. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "headers/btf.h"
#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/probe.h"

#define DEFAULT_LIMIT 10000
#define FENTRY_LIMIT  8	   /* each function costs two program loads and a trampoline */
#define PERF_LIMIT    1000 /* each function costs two descriptors and a slow detach */

/* Since Linux 6.6; the build's headers may be older. */
#define TRACE_UPROBE_MULTI  48
#define UPROBE_MULTI_RETURN 1u

/* What bpf(BPF_LINK_CREATE) takes for uprobe.multi. */
struct uprobe_multi_attr {
	uint32_t prog_fd, target_fd, attach_type, flags;
	uint64_t path, offsets, ref_ctr_offsets, cookies;
	uint32_t count, multi_flags, pid, pad;
};

/* One cbee_funcs_attach() under way. */
struct multi {
	struct cbee *c;
	const struct cbee_funcs_attach *opts;
	bool user;	     /* this pass is for functions of binaries, else of the kernel */
	unsigned int *index; /* the functions of this pass, as indices of c->funcs */
	unsigned int count;
	unsigned int skipped;
	struct cbee_err why; /* of the last function skipped */
};

/* Entry or return side of a way. */
struct side {
	const char *fn;
	bool ret;
};

struct way {
	const char *name;
	bool user;
	int (*attach)(struct multi *m);
};

static const struct cbee__func *func(const struct multi *m, unsigned int i)
{
	return &m->c->funcs.items[m->index[i]];
}

/* Return first: a call caught at its entry alone would wait for a return that never comes. */
static int each_side(struct multi *m, int (*fn)(struct multi *m, const struct side *s))
{
	struct side ret = { m->opts->ret, true }, entry = { m->opts->entry, false };
	int err = ret.fn ? fn(m, &ret) : 0;

	if (!err && entry.fn)
		err = fn(m, &entry);
	return err;
}

/* ---- uprobe.multi ----------------------------------------------------- */

static int link_uprobe_multi(struct multi *m, const struct side *s, int prog_fd, unsigned int first,
			     unsigned int count)
{
	struct uprobe_multi_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = TRACE_UPROBE_MULTI,
		.path = (uintptr_t)func(m, first)->module_or_path,
		.count = count,
		.multi_flags = s->ret ? UPROBE_MULTI_RETURN : 0,
		.pid = (uint32_t)m->opts->pid,
	};
	struct cbee__link link = { .prog_fd = -1 };
	uint64_t *both = calloc(count * 2, sizeof(*both));
	int err;

	if (!both)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		both[i] = func(m, first + i)->offset;
		both[count + i] = m->index[first + i];
	}
	attr.offsets = (uintptr_t)both;
	attr.cookies = (uintptr_t)(both + count);
	link.fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	err = link.fd < 0 ? -errno : 0;
	free(both);
	return err ? err : cbee__link_add(m->c, &link);
}

/* One link for each binary; the list is grouped by path as it was added. */
static int side_uprobe_multi(struct multi *m, const struct side *s)
{
	struct cbee__load load = { .fn = s->fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .expected = TRACE_UPROBE_MULTI,
				   .func = -1,
				   .quiet = true };
	int prog_fd = cbee__module_load_prog(m->c, &load);
	int err = prog_fd < 0 ? prog_fd : cbee__link_add_prog(m->c, prog_fd);

	for (unsigned int i = 0, n; !err && i < m->count; i += n) {
		for (n = 1; i + n < m->count &&
			    !strcmp(func(m, i + n)->module_or_path, func(m, i)->module_or_path);)
			n++;
		err = link_uprobe_multi(m, s, prog_fd, i, n);
	}
	return err;
}

static int by_uprobe_multi(struct multi *m)
{
	return each_side(m, side_uprobe_multi);
}

/* ---- kprobe.multi ----------------------------------------------------- */

static int link_kprobe_multi(struct multi *m, const struct side *s, int prog_fd, const char **names,
			     __u64 *cookies)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = m->count,
		    .kprobe_multi.flags = s->ret ? BPF_F_KPROBE_MULTI_RETURN : 0,
		    .kprobe_multi.syms = names, .kprobe_multi.cookies = cookies);
	struct cbee__link link = { .prog_fd = -1 };

	for (unsigned int i = 0; i < m->count; i++) {
		names[i] = func(m, i)->symbol;
		cookies[i] = m->index[i];
	}
	link.fd = bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	return link.fd < 0 ? link.fd : cbee__link_add(m->c, &link);
}

static int side_kprobe_multi(struct multi *m, const struct side *s)
{
	struct cbee__load load = { .fn = s->fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .expected = BPF_TRACE_KPROBE_MULTI,
				   .func = -1,
				   .quiet = true };
	const char **names = calloc(m->count, sizeof(*names));
	__u64 *cookies = calloc(m->count, sizeof(*cookies));
	int prog_fd = -1, err = names && cookies ? 0 : -ENOMEM;

	if (!err)
		err = prog_fd = cbee__module_load_prog(m->c, &load);
	if (prog_fd >= 0)
		err = cbee__link_add_prog(m->c, prog_fd);
	if (!err)
		err = link_kprobe_multi(m, s, prog_fd, names, cookies);
	free(names);
	free(cookies);
	return err;
}

static int by_kprobe_multi(struct multi *m)
{
	return each_side(m, side_kprobe_multi);
}

/* ---- fentry and fexit ------------------------------------------------- */

static int link_fentry(struct multi *m, const char *fn, bool ret, unsigned int i, uint32_t id)
{
	uint32_t type = ret ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
	struct cbee__load load = { .fn = fn,
				   .type = BPF_PROG_TYPE_TRACING,
				   .expected = type,
				   .btf_id = id,
				   .func = m->index[i],
				   .quiet = true };
	struct cbee__link link = { .prog_fd = cbee__module_load_prog(m->c, &load) };

	if (link.prog_fd < 0)
		return link.prog_fd;
	link.fd = bpf_raw_tracepoint_open(NULL, link.prog_fd);
	if (link.fd >= 0)
		return cbee__link_add(m->c, &link);
	close(link.prog_fd);
	return link.fd;
}

static int link_both(struct multi *m, unsigned int i)
{
	uint32_t id;
	int err = cbee__probe_btf_id(m->c, func(m, i)->symbol, &id);

	if (err)
		return err;
	err = link_fentry(m, m->opts->fexit, true, i, id);
	return err ? err : link_fentry(m, m->opts->fentry, false, i, id);
}

static int by_fentry(struct multi *m)
{
	const struct cbee_funcs_attach *o = m->opts;
	int err = 0;

	if (!o->fentry || !o->fexit || o->no_fentry)
		return cbee__err(&m->c->err, -EOPNOTSUPP, "not wanted");
	if (m->count > FENTRY_LIMIT)
		return cbee__err(&m->c->err, -E2BIG, "too slow to attach to %u functions",
				 m->count);
	for (unsigned int i = 0; !err && i < m->count; i++)
		err = link_both(m, i);
	return err;
}

/* ---- perf events, one for each function and side ---------------------- */

/* Opens the probe of function @i as a perf event, not yet enabled. */
static int open_event(const struct multi *m, bool ret, unsigned int i)
{
	const char *source = m->user ? "uprobe" : "kprobe";
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int pid = m->user && m->opts->pid ? m->opts->pid : -1;
	int type = cbee__probe_pmu(source);
	long fd;

	if (type < 0)
		return -EOPNOTSUPP;
	attr.type = (uint32_t)type;
	attr.config = ret; /* bit 0 of both sources' format says "return" */
	attr.config1 = (uintptr_t)(m->user ? func(m, i)->module_or_path : func(m, i)->symbol);
	attr.config2 = m->user ? func(m, i)->offset : 0;
	fd = syscall(SYS_perf_event_open, &attr, pid, pid < 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* A bpf link on the event carries the cookie (Linux 5.15). */
static int link_event(struct multi *m, bool ret, unsigned int i, int prog_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = m->index[i]);
	struct cbee__link event = { .prog_fd = -1 }, link = { .prog_fd = -1 };
	int err;

	event.fd = open_event(m, ret, i);
	if (event.fd < 0)
		return event.fd;
	link.fd = bpf_link_create(prog_fd, event.fd, BPF_PERF_EVENT, &opts);
	if (link.fd < 0) {
		close(event.fd);
		return link.fd;
	}
	err = cbee__link_add(m->c, &event);
	if (err)
		close(link.fd);
	else
		err = cbee__link_add(m->c, &link);
	return err;
}

/* A program of its own for the function, attached by BCC: for kernels without cookies. */
static int link_bcc(struct multi *m, const char *fn, bool ret, unsigned int i)
{
	struct cbee_probe_opts o = {
		.kind = m->user ? (ret ? CBEE_URETPROBE : CBEE_UPROBE)
				: (ret ? CBEE_KRETPROBE : CBEE_KPROBE),
		.fn = fn,
		.target = m->user ? func(m, i)->module_or_path : func(m, i)->symbol,
		.offset = m->user ? func(m, i)->offset : 0,
		.pid = m->opts->pid,
	};

	return cbee__attach_as(m->c, &o, m->index[i]);
}

/* One function that cannot be probed is passed over, unless it is the only one. */
static int skip(struct multi *m, unsigned int i, int err, size_t keep)
{
	cbee__links_cut(m->c, keep);
	if (err == -ENOMEM || err == -EMFILE || err == -EPERM || err == -EOPNOTSUPP ||
	    m->count == 1)
		return err;
	if (m->c->err.code != err)
		cbee__err_os(&m->c->err, err, "%s", func(m, i)->name);
	cbee__err_move(&m->why, &m->c->err);
	m->skipped++;
	return m->skipped == m->count ? err : 0;
}

static int too_many(struct multi *m)
{
	if (m->count <= PERF_LIMIT)
		return 0;
	return cbee__err(&m->c->err, -E2BIG, "%u functions, and one by one no more than %d",
			 m->count, PERF_LIMIT);
}

/* Loads @fn, to be shared by all functions; *ret_fd stays -1 where there is no @fn. */
static int load_shared(struct multi *m, const char *fn, int *ret_fd)
{
	struct cbee__load load = {
		.fn = fn, .type = BPF_PROG_TYPE_KPROBE, .func = -1, .quiet = true
	};
	int fd = fn ? cbee__module_load_prog(m->c, &load) : -1;

	if (!fn)
		return 0;
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return cbee__link_add_prog(m->c, fd);
}

static int by_cookie(struct multi *m)
{
	const struct cbee_funcs_attach *o = m->opts;
	int ret_fd = -1, entry_fd = -1, err = too_many(m);

	if (!err)
		err = load_shared(m, o->ret, &ret_fd);
	if (!err)
		err = load_shared(m, o->entry, &entry_fd);
	for (unsigned int i = 0; !err && i < m->count; i++) {
		size_t keep = m->c->link_count;

		if (o->ret)
			err = link_event(m, true, i, ret_fd);
		if (!err && o->entry)
			err = link_event(m, false, i, entry_fd);
		if (err)
			err = skip(m, i, err, keep);
	}
	return err;
}

static int by_bcc(struct multi *m)
{
	const struct cbee_funcs_attach *o = m->opts;
	int err = too_many(m);

	for (unsigned int i = 0; !err && i < m->count; i++) {
		size_t keep = m->c->link_count;

		if (o->ret)
			err = link_bcc(m, o->ret, true, i);
		if (!err && o->entry)
			err = link_bcc(m, o->entry, false, i);
		if (err)
			err = skip(m, i, err, keep);
	}
	return err;
}

/* ---- choosing --------------------------------------------------------- */

/* The best way first; the first that works is taken. */
static const struct way ways[] = {
	{ "uprobe.multi", true, by_uprobe_multi },
	{ "uprobes with cookies", true, by_cookie },
	{ "uprobes", true, by_bcc },
	{ "fentry", false, by_fentry },
	{ "kprobe.multi", false, by_kprobe_multi },
	{ "kprobes with cookies", false, by_cookie },
	{ "kprobes", false, by_bcc },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static int none_works(struct multi *m, const char *reasons, int err)
{
	const char *what = m->user ? "function" : "kernel function";

	if (m->count == 1)
		cbee__err(&m->c->err, err, "cannot probe %s '%.100s': %s", what, func(m, 0)->name,
			  reasons);
	else
		cbee__err(&m->c->err, err, "cannot probe %u %ss: %s", m->count, what, reasons);
	if (err == -EPERM || err == -EACCES)
		cbee__err_hint(&m->c->err, "run it as root, or with CAP_BPF, CAP_PERFMON and "
					   "CAP_DAC_READ_SEARCH");
	return err;
}

/* The reason a way gave, for the sentence and for the log. */
static void add_reason(struct multi *m, const struct way *way, int err, struct cbee_buf *reasons)
{
	const char *why = m->c->err.code == err && m->c->err.text[0] ? m->c->err.text
								     : strerror(-err);

	cbee__say(m->c, "not %s: %s", way->name, why);
	cbee__buf_fmt(reasons, "%s%s: %s", reasons->len ? "; " : "", way->name, why);
}

/* Kprobes that the kernel was built without need not be tried. */
static int possible(struct multi *m, const struct way *way)
{
	if (way->attach == by_fentry || cbee__probe_possible(!m->user))
		return 0;
	return cbee__err(&m->c->err, -EOPNOTSUPP, "this kernel has none (CONFIG_%s_EVENTS is off)",
			 m->user ? "UPROBE" : "KPROBE");
}

static int attach_best(struct multi *m)
{
	struct cbee_buf reasons = { 0 };
	size_t before = m->c->link_count;
	int err = -EOPNOTSUPP;

	for (size_t w = 0; w < WAYS && err; w++) {
		if (ways[w].user != m->user)
			continue;
		cbee__err_clear(&m->c->err);
		m->skipped = 0;
		err = possible(m, &ways[w]);
		if (!err)
			err = ways[w].attach(m);
		if (err) {
			cbee__links_cut(m->c, before);
			add_reason(m, &ways[w], err, &reasons);
			continue;
		}
		cbee__say(m->c, "attached to %u functions by %s", m->count - m->skipped,
			  ways[w].name);
		if (m->skipped)
			cbee__say(m->c, "%u functions cannot be probed, such as %s", m->skipped,
				  m->why.text);
		m->c->funcs_skipped += m->skipped;
	}
	if (err)
		none_works(m, reasons.data ? reasons.data : "no way to", err);
	cbee__buf_free(&reasons);
	cbee__err_clear(&m->why);
	return err;
}

/* The functions of one kind, attached together. */
static int attach_kind(struct cbee *c, const struct cbee_funcs_attach *opts, bool user)
{
	struct multi m = { .c = c, .opts = opts, .user = user };
	int err = 0;

	m.index = calloc(c->funcs.count, sizeof(*m.index));
	if (!m.index)
		return cbee__err_os(&c->err, -ENOMEM, "cannot attach");
	for (unsigned int i = 0; i < c->funcs.count; i++)
		if (c->funcs.items[i].user == user)
			m.index[m.count++] = i;
	if (m.count)
		err = attach_best(&m);
	free(m.index);
	return err;
}

int cbee_funcs_attach(struct cbee *c, const struct cbee_funcs_attach *opts)
{
	size_t before = c->link_count;
	int err;

	if (!c->funcs.count)
		return cbee__err(&c->err, -EINVAL, "no functions have been added");
	err = attach_kind(c, opts, true);
	if (!err)
		err = attach_kind(c, opts, false);
	if (err)
		cbee__links_cut(c, before);
	return err;
}

/*
 * Whether @spec is the plain name of a kernel function that BTF knows: then the
 * list of all functions, which takes the kernel 30 ms to print, need not be read.
 */
static bool is_in_btf(const char *spec)
{
	uint32_t id;

	return !strpbrk(spec, ":*?") && !cbee__btf_kernel_func(spec, &id);
}

int cbee_funcs_add(struct cbee *c, const char *spec, const struct cbee_funcs_opts *opts)
{
	struct cbee__func_opts how = { .regexp = opts->regexp,
				       .pid = opts->pid,
				       .limit = opts->limit ? opts->limit : DEFAULT_LIMIT };

	how.unchecked = !opts->regexp && is_in_btf(spec);
	return cbee__func_find(spec, &how, &c->funcs, &c->err);
}

unsigned int cbee_funcs_count(const struct cbee *c)
{
	return (unsigned int)c->funcs.count;
}

unsigned int cbee_funcs_skipped(const struct cbee *c)
{
	return c->funcs_skipped;
}

const char *cbee_funcs_name(const struct cbee *c, unsigned int i)
{
	return i < c->funcs.count ? c->funcs.items[i].name : NULL;
}
