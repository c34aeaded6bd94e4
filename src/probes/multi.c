/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches two programs to entry and return of many functions by the best way there is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "probes/gofunc.h"
#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/pace.h"
#include "kernel/privilege.h"
#include "probes/kinds.h"
#include "probes/listed.h"
#include "probes/place.h"
#include "probes/probe.h"

#define FENTRY_LIMIT 8	  /* each function costs two program loads and a trampoline */
#define PERF_LIMIT   1000 /* each function costs two descriptors and a slow detach */

/* One cbee_funcs_attach() under way. */
struct multi {
	struct cbee *c;
	const struct cbee_funcs_attach *opts;
	bool user; /* this pass is for functions of binaries, else of the kernel */
	unsigned int
		*all; /* the functions of this pass that may be probed, as indices of c->funcs */
	unsigned int *index;	   /* those of them that can be, as far as the way at hand knows */
	unsigned int total, count; /* of both */
	unsigned int dangerous;	   /* left out of both, because a probe would break the program */
	unsigned int dropped;	   /* from the index, because they cannot be probed */
	struct cbee_err why;	   /* of the last one dropped */
	struct cbee__listing *listing;
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

/* Takes function @i out of this pass. */
static void drop(struct multi *m, unsigned int i, int err)
{
	if (m->c->err.code != err)
		cbee__err_os(&m->c->err, err, "%s", func(m, i)->name);
	cbee__err_move(&m->why, &m->c->err);
	m->count--;
	m->dropped++;
	memmove(m->index + i, m->index + i + 1, (m->count - i) * sizeof(*m->index));
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
	struct cbee__places places = { .path = func(m, first)->module_or_path,
				       .ret = s->ret,
				       .pid = m->opts->pid,
				       .count = count };
	uint64_t *both = calloc(count * 2, sizeof(*both));
	int err;

	if (!both)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		both[i] = func(m, first + i)->offset;
		both[count + i] = m->index[first + i];
	}
	places.offsets = both;
	places.cookies = both + count;
	err = cbee__place_many(m->c, prog_fd, &places);
	free(both);
	return err;
}

/*
 * One function that cannot be probed makes the kernel refuse them all: halves
 * are tried then, down to the function, which is dropped. *@count becomes the
 * number of those that are left.
 */
static int link_range(struct multi *m, const struct side *s, int prog_fd, unsigned int first,
		      unsigned int *count)
{
	unsigned int left = *count / 2, right = *count - left;
	int err = link_uprobe_multi(m, s, prog_fd, first, *count);

	if (!err || !cbee__attach_is_of_target(err))
		return err;
	if (*count == 1) {
		if (m->count == 1)
			return err;
		drop(m, first, err);
		*count = 0;
		return 0;
	}
	err = link_range(m, s, prog_fd, first, &left);
	if (!err)
		err = link_range(m, s, prog_fd, first + left, &right);
	*count = left + right;
	return err;
}

/* One link for each binary at least; the list is grouped by path. */
static int side_uprobe_multi(struct multi *m, const struct side *s)
{
	struct cbee__load load = { .fn = s->fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .expected = CBEE__UPROBE_MULTI,
				   .func = -1,
				   .in_user = true,
				   .quiet = true };
	int prog_fd = cbee__module_load_prog(m->c, &load);
	int err = prog_fd < 0 ? prog_fd : cbee__link_add_prog(m->c, prog_fd);

	for (unsigned int i = 0, n; !err && i < m->count; i += n) {
		for (n = 1; i + n < m->count &&
			    !strcmp(func(m, i + n)->module_or_path, func(m, i)->module_or_path);)
			n++;
		err = link_range(m, s, prog_fd, i, &n);
	}
	return err;
}

static int by_uprobe_multi(struct multi *m)
{
	return each_side(m, side_uprobe_multi);
}

/* ---- uprobes that share events ---------------------------------------- */

static int drop_refused(struct multi *m, const struct cbee__listed_place *places)
{
	unsigned int i = m->count, left = i;

	for (unsigned int k = 0; k < i; k++)
		left -= places[k].refused;
	if (!left)
		return -EINVAL;
	while (i-- > 0)
		if (places[i].refused)
			drop(m, i, -EINVAL);
	return 0;
}

static int list_side(struct multi *m, const struct side *s, int prog_fd)
{
	struct cbee__listed what = { .prog_fd = prog_fd,
				     .ret = s->ret,
				     .apart = !s->ret,
				     .pid = m->opts->pid,
				     .count = m->count };
	int err;

	what.places = calloc(m->count, sizeof(*what.places));
	if (!what.places)
		return -ENOMEM;
	for (unsigned int i = 0; i < m->count; i++)
		what.places[i] = (struct cbee__listed_place){ .path = func(m, i)->module_or_path,
							      .offset = func(m, i)->offset,
							      .func = m->index[i] };
	err = cbee__listing_attach(m->c, m->listing, &what);
	if (!err)
		err = drop_refused(m, what.places);
	free(what.places);
	return err;
}

static int side_listed(struct multi *m, const struct side *s)
{
	struct cbee__load load = { .fn = s->fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .func = -1,
				   .in_user = true,
				   .listed = s->ret ? CBEE_LISTED_RETURN : CBEE_LISTED,
				   .places_fd = cbee__listing_places(m->listing),
				   .quiet = true };
	int prog_fd = cbee__module_load_prog(m->c, &load);
	int err = prog_fd < 0 ? prog_fd : cbee__link_add_prog(m->c, prog_fd);

	return err ? err : list_side(m, s, prog_fd);
}

static int by_listed(struct multi *m)
{
	int err = cbee__listing_begin(m->c, m->count, &m->listing);

	return err ? err : each_side(m, side_listed);
}

/* ---- kprobe.multi ----------------------------------------------------- */

static int link_kprobe_multi(struct multi *m, const struct side *s, int prog_fd, const char **names,
			     uint64_t *cookies)
{
	struct cbee__kplaces places = {
		.ret = s->ret, .count = m->count, .names = names, .cookies = cookies
	};

	for (unsigned int i = 0; i < m->count; i++) {
		names[i] = func(m, i)->symbol;
		cookies[i] = m->index[i];
	}
	return cbee__place_kernel(m->c, prog_fd, &places);
}

static int side_kprobe_multi(struct multi *m, const struct side *s)
{
	struct cbee__load load = { .fn = s->fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .expected = BPF_TRACE_KPROBE_MULTI,
				   .func = -1,
				   .quiet = true };
	const char **names = calloc(m->count, sizeof(*names));
	uint64_t *cookies = calloc(m->count, sizeof(*cookies));
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

static int link_event(struct multi *m, bool ret, unsigned int i, int prog_fd)
{
	const struct cbee__func *f = func(m, i);
	struct cbee__place place = { .target = m->user ? f->module_or_path : f->symbol,
				     .user = m->user,
				     .ret = ret,
				     .pid = m->opts->pid,
				     .offset = m->user ? f->offset : 0,
				     .cookie = m->index[i] };

	return cbee__place_one(m->c, prog_fd, &place);
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

	return cbee__attach_as(m->c, &o, m->index[i], false);
}

/* Goes on without function @i, unless that is no use; its links so far are cut. */
static int skip(struct multi *m, unsigned int i, int err, size_t keep)
{
	cbee__links_cut(m->c, keep);
	if (!cbee__attach_is_of_target(err) || m->count == 1)
		return err;
	drop(m, i, err);
	return 0;
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
	struct cbee__load load = { .fn = fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .func = -1,
				   .in_user = m->user,
				   .quiet = true };
	int fd = fn ? cbee__module_load_prog(m->c, &load) : -1;

	if (!fn)
		return 0;
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return cbee__link_add_prog(m->c, fd);
}

/* The programs that all functions share; without cookies each has programs of its own. */
struct shared {
	bool cookies;
	int entry_fd, ret_fd;
};

/* One side of function @i. */
static int link_side(struct multi *m, const struct shared *shared, bool ret, unsigned int i)
{
	const char *fn = ret ? m->opts->ret : m->opts->entry;

	if (!fn)
		return 0;
	if (!shared->cookies)
		return link_bcc(m, fn, ret, i);
	return link_event(m, ret, i, ret ? shared->ret_fd : shared->entry_fd);
}

static int each_function(struct multi *m, const struct shared *shared)
{
	struct cbee__pace pace = { .c = m->c, .total = m->count };
	int err = 0;

	cbee__pace_begin(&pace);
	for (unsigned int i = 0; !err && i < m->count;) {
		size_t keep = m->c->link_count;

		cbee__pace_step(&pace, i, func(m, i)->name);
		err = link_side(m, shared, true, i);
		if (!err)
			err = link_side(m, shared, false, i);
		if (err)
			err = skip(m, i, err, keep);
		else
			i++;
	}
	cbee__pace_end(&pace);
	return err;
}

static int by_cookie(struct multi *m)
{
	struct shared shared = { .cookies = true, .entry_fd = -1, .ret_fd = -1 };
	int err = too_many(m);

	if (!err)
		err = load_shared(m, m->opts->ret, &shared.ret_fd);
	if (!err)
		err = load_shared(m, m->opts->entry, &shared.entry_fd);
	return err ? err : each_function(m, &shared);
}

static int by_bcc(struct multi *m)
{
	static const struct shared none;
	int err = too_many(m);

	return err ? err : each_function(m, &none);
}

/* ---- choosing --------------------------------------------------------- */

/*
 * The best way first; the first that works is taken. One uprobe session (Linux 6.13) for
 * both sides is none of them: it costs a call the same, attaches no faster, and its cookie
 * knows nothing of returns that never come.
 */
static const struct way ways[] = {
	{ "uprobe.multi", true, by_uprobe_multi },
	{ "uprobes that share events", true, by_listed },
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

	if (m->total == 1)
		cbee__err(&m->c->err, err, "cannot probe %s '%.100s': %s", what,
			  m->c->funcs.items[m->all[0]].name, reasons);
	else
		cbee__err(&m->c->err, err, "cannot probe %u %ss: %s", m->total, what, reasons);
	if (err == -EPERM || err == -EACCES)
		cbee__needs_hint(&m->c->err, m->user ? CBEE__NEED_UPROBES : CBEE__NEED_EVENTS);
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

/* Finds the functions of this pass; -EOPNOTSUPP if none of them may be probed. */
static int list_functions(struct multi *m)
{
	const char *path = NULL, *why, *last = NULL, *last_name = NULL;
	int fd = -1;

	for (unsigned int i = 0; i < m->c->funcs.count; i++) {
		const struct cbee__func *f = &m->c->funcs.items[i];

		if (f->user != m->user || (f->go && m->opts->ret_go))
			continue;
		why = cbee__place_danger(f, &path, &fd);
		if (!why) {
			m->all[m->total++] = i;
			continue;
		}
		m->dangerous++;
		last = why;
		last_name = f->name;
		cbee__say(m->c, "'%s' is left out: %s", f->name, why);
	}
	if (fd >= 0)
		close(fd);
	if (m->total || !m->dangerous)
		return 0;
	return cbee__err(&m->c->err, -EOPNOTSUPP, "'%.60s' cannot be probed: %s", last_name, last);
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
		m->count = m->total;
		m->dropped = 0;
		memcpy(m->index, m->all, m->total * sizeof(*m->all));
		err = possible(m, &ways[w]);
		if (!err)
			err = ways[w].attach(m);
		if (err) {
			cbee__links_cut(m->c, before);
			add_reason(m, &ways[w], err, &reasons);
			continue;
		}
		cbee__say(m->c, "attached to %u functions by %s", m->count, ways[w].name);
		if (m->dropped)
			cbee__say(m->c, "%u functions cannot be probed, such as %s", m->dropped,
				  m->why.text);
		m->c->funcs_skipped += m->dropped + m->dangerous;
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
	int err = -ENOMEM;

	m.all = calloc(c->funcs.count, sizeof(*m.all));
	m.index = calloc(c->funcs.count, sizeof(*m.index));
	if (m.all && m.index)
		err = list_functions(&m);
	else
		cbee__err_os(&c->err, err, "cannot attach");
	m.count = m.total;
	if (!err && m.count)
		err = attach_best(&m);
	free(m.index);
	free(m.all);
	return err;
}

/* A return probe writes over the return address, and Go walks its stacks by those. */
static int check_go(struct cbee *c)
{
	for (size_t i = 0; i < c->funcs.count; i++) {
		const struct cbee__func *f = &c->funcs.items[i];

		if (f->go)
			return cbee__probe_refuse_go(c, f->name, f->module_or_path);
	}
	return 0;
}

int cbee_funcs_attach(struct cbee *c, const struct cbee_funcs_attach *opts)
{
	size_t before = c->link_count;
	int err;

	if (!c->funcs.count)
		return cbee__err(&c->err, -EINVAL, "no functions have been added");
	err = opts->ret && !opts->ret_go ? check_go(c) : 0;
	if (!err && opts->ret_go)
		err = cbee__gofunc_attach(c, opts);
	if (!err)
		err = attach_kind(c, opts, true);
	if (!err)
		err = attach_kind(c, opts, false);
	if (err)
		cbee__links_cut(c, before);
	return err;
}
