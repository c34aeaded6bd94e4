/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches programs to entry and return of Go functions, without return probes. */
#include "probes/gofunc.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/pace.h"
#include "probes/listed.h"
#include "probes/place.h"
#include "probes/probe.h"
#include "symbols/ret.h"

#define SIZE_MAX_FUNC (4u << 20) /* no function that a person wrote is larger */
#define SITES_MAX     1000	 /* as perf events: each costs two descriptors */

/* The places of one kind, function after function; cookies are indices of c->funcs. */
struct sites {
	uint64_t *offsets, *cookies;
	size_t count, cap;
};

/* One function that can be probed: entry site number i is that of function i. */
struct fn {
	unsigned int index; /* in c->funcs */
	size_t ret, rets;   /* its return sites: the first, and how many */
};

/* One cbee__gofunc_attach() under way. */
struct go {
	struct cbee *c;
	const struct cbee_funcs_attach *opts;
	struct fn *fns;
	size_t count;
	struct sites entry, ret;
	unsigned int dropped;
	struct cbee_err why;  /* of the last one dropped */
	int entry_fd, ret_fd; /* programs, -1: none; the handle owns them */
	const char *path;     /* of the file that is open; NULL: none */
	int fd;
	struct cbee__ret *code;	       /* the disassembler for it */
	struct cbee__listing *listing; /* while its way is tried */
};

static const struct cbee__func *func(const struct go *g, size_t i)
{
	return &g->c->funcs.items[g->fns[i].index];
}

/* ---- finding the places ----------------------------------------------- */

static int add(struct sites *s, uint64_t offset, uint64_t cookie)
{
	size_t cap = s->cap ? s->cap * 2 : 16;
	uint64_t *offsets, *cookies;

	if (s->count == s->cap) {
		offsets = realloc(s->offsets, cap * sizeof(*offsets));
		if (offsets)
			s->offsets = offsets;
		cookies = offsets ? realloc(s->cookies, cap * sizeof(*cookies)) : NULL;
		if (!cookies)
			return -ENOMEM;
		s->cookies = cookies;
		s->cap = cap;
	}
	s->offsets[s->count] = offset;
	s->cookies[s->count++] = cookie;
	return 0;
}

/* Leaves one function out; the sentence in c->err says why. */
static void drop(struct go *g)
{
	cbee__say(g->c, "%s", g->c->err.text);
	cbee__err_move(&g->why, &g->c->err);
	g->dropped++;
}

static void close_file(struct go *g)
{
	cbee__ret_free(g->code);
	if (g->fd >= 0)
		close(g->fd);
	g->code = NULL;
	g->path = NULL;
	g->fd = -1;
}

/* Keeps the file open that the last function was in. */
static int open_file(struct go *g, const char *path)
{
	Elf64_Ehdr eh; /* e_machine is at the same place in the 32-bit one */
	int err;

	if (g->path && !strcmp(g->path, path))
		return 0;
	close_file(g);
	g->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (g->fd < 0)
		return cbee__err_os(&g->c->err, -errno, "cannot open %.200s", path);
	if (pread(g->fd, &eh, sizeof(eh), 0) != sizeof(eh))
		return cbee__err(&g->c->err, -ENOEXEC, "%.200s is truncated", path);
	err = cbee__ret_open(&g->code, eh.e_machine, &g->c->err);
	if (!err)
		g->path = path;
	return err;
}

static int add_sites(struct go *g, unsigned int index, const struct cbee__ret_sites *found)
{
	uint64_t offset = g->c->funcs.items[index].offset;
	struct fn fn = { .index = index, .ret = g->ret.count, .rets = found->count };
	int err = add(&g->entry, offset + found->entry, index);

	for (size_t i = 0; !err && i < found->count; i++)
		err = add(&g->ret, offset + found->at[i], index);
	g->fns[g->count++] = fn;
	return err;
}

/* Why the function cannot be probed, in words; -ENOMEM stays what it is. */
static int unfit(struct go *g, const struct cbee__func *f, int err)
{
	const char *why = err == -ENOENT   ? "it does not return"
			  : err == -ERANGE ? "its size is not known"
			  : err == -EXDEV  ? "it is of Go before 1.17, or assembly"
			  : err == -EIO	   ? "its code cannot be read"
					   : "its code cannot be understood";

	if (err == -ENOMEM)
		return cbee__err_os(&g->c->err, err, "cannot attach");
	return cbee__err(&g->c->err, err, "Go function '%.100s' in %.200s cannot be probed: %s",
			 f->name, f->module_or_path, why);
}

/* Reads the function's code, and takes its places over. */
static int scan(struct go *g, unsigned int index)
{
	const struct cbee__func *f = &g->c->funcs.items[index];
	struct cbee__ret_sites found;
	int err = open_file(g, f->module_or_path);
	void *code;

	if (err)
		return err;
	if (!f->size || f->size > SIZE_MAX_FUNC)
		return unfit(g, f, -ERANGE);
	code = malloc(f->size);
	if (!code)
		return unfit(g, f, -ENOMEM);
	if (pread(g->fd, code, f->size, (off_t)f->offset) != (ssize_t)f->size)
		err = -EIO;
	if (!err)
		err = cbee__ret_find(g->code, code, f->size, &found);
	free(code);
	if (!err && found.tls)
		err = -EXDEV;
	if (!err)
		err = add_sites(g, index, &found);
	return err ? unfit(g, f, err) : 0;
}

/* A missing disassembler or memory ends it; what is wrong with one function only leaves it out. */
static int scan_all(struct go *g)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < g->c->funcs.count; i++) {
		if (!g->c->funcs.items[i].go)
			continue;
		err = scan(g, i);
		if (!err || err == -ENOMEM || err == -EOPNOTSUPP)
			continue;
		drop(g);
		err = 0;
	}
	close_file(g);
	return err;
}

/* ---- attaching -------------------------------------------------------- */

static int load(struct go *g, const char *fn, uint32_t expected, int *ret_fd)
{
	struct cbee__load how = { .fn = fn,
				  .type = BPF_PROG_TYPE_KPROBE,
				  .expected = expected,
				  .func = -1,
				  .in_user = true,
				  .in_go = true,
				  .quiet = true };

	if (g->listing) {
		how.listed = CBEE_LISTED;
		how.places_fd = cbee__listing_places(g->listing);
	}
	*ret_fd = -1;
	if (!fn)
		return 0;
	*ret_fd = cbee__module_load_prog(g->c, &how);
	return *ret_fd < 0 ? *ret_fd : cbee__link_add_prog(g->c, *ret_fd);
}

static int load_both(struct go *g, uint32_t expected)
{
	int err = load(g, g->opts->ret_go, expected, &g->ret_fd);

	return err ? err : load(g, g->opts->entry_go, expected, &g->entry_fd);
}

/* Whether it says something of the one function, so that the others may work. */
static bool is_of_function(int err)
{
	return err != -ENOMEM && err != -EMFILE && err != -ENFILE && err != -EPERM &&
	       err != -EACCES && err != -EOPNOTSUPP;
}

/* Goes on without function @i, if that helps; its links so far are cut. */
static int skip(struct go *g, size_t i, int err, size_t keep)
{
	cbee__links_cut(g->c, keep);
	if (!is_of_function(err))
		return err;
	cbee__err_os(&g->c->err, err, "cannot probe Go function '%.100s'", func(g, i)->name);
	drop(g);
	return 0;
}

/* The functions from @first on, which are in one file: return first, see each_side() in multi.c. */
static int link_many(struct go *g, size_t first, size_t count)
{
	const struct fn *fn = &g->fns[first], *last = fn + count - 1;
	struct cbee__places p = { .path = func(g, first)->module_or_path,
				  .pid = g->opts->pid,
				  .count = (unsigned int)(last->ret + last->rets - fn->ret),
				  .offsets = g->ret.offsets + fn->ret,
				  .cookies = g->ret.cookies + fn->ret };
	int err = cbee__place_many(g->c, g->ret_fd, &p);

	p.count = (unsigned int)count;
	p.offsets = g->entry.offsets + first;
	p.cookies = g->entry.cookies + first;
	if (!err && g->entry_fd >= 0)
		err = cbee__place_many(g->c, g->entry_fd, &p);
	return err;
}

/* One function that the kernel does not let be probed is found by halving. */
static int link_range(struct go *g, size_t first, size_t count)
{
	size_t keep = g->c->link_count;
	int err = link_many(g, first, count);

	if (!err)
		return 0;
	if (count == 1)
		return skip(g, first, err, keep);
	cbee__links_cut(g->c, keep);
	if (!is_of_function(err))
		return err;
	err = link_range(g, first, count / 2);
	return err ? err : link_range(g, first + count / 2, count - count / 2);
}

static int by_multi(struct go *g)
{
	int err = load_both(g, CBEE__UPROBE_MULTI);

	for (size_t i = 0, n; !err && i < g->count; i += n) {
		for (n = 1; i + n < g->count &&
			    !strcmp(func(g, i + n)->module_or_path, func(g, i)->module_or_path);)
			n++;
		err = link_range(g, i, n);
	}
	return err;
}

/* Site number @i of one kind: a link with a cookie, or without cookies a program of its own. */
static int link_site(struct go *g, const struct sites *s, size_t i, bool cookies)
{
	const struct cbee__func *f = &g->c->funcs.items[s->cookies[i]];
	bool ret = s == &g->ret;
	struct cbee__place p = { .target = f->module_or_path,
				 .user = true,
				 .pid = g->opts->pid,
				 .offset = s->offsets[i],
				 .cookie = s->cookies[i] };
	struct cbee_probe_opts o = { .kind = CBEE_UPROBE,
				     .fn = ret ? g->opts->ret_go : g->opts->entry_go,
				     .target = p.target,
				     .offset = p.offset,
				     .pid = p.pid };

	if (!o.fn)
		return 0;
	return cookies ? cbee__place_one(g->c, ret ? g->ret_fd : g->entry_fd, &p)
		       : cbee__attach_as(g->c, &o, (int64_t)p.cookie, true);
}

static int by_one(struct go *g, bool cookies)
{
	struct cbee__pace pace = { .c = g->c, .total = g->count };
	int err = 0;

	if (g->ret.count + g->entry.count > SITES_MAX)
		return cbee__err(&g->c->err, -E2BIG, "%zu places, and one by one no more than %d",
				 g->ret.count + g->entry.count, SITES_MAX);
	cbee__pace_begin(&pace);
	for (size_t i = 0; !err && i < g->count; i++) {
		size_t keep = g->c->link_count;

		cbee__pace_step(&pace, i, func(g, i)->name);
		for (size_t r = 0; !err && r < g->fns[i].rets; r++)
			err = link_site(g, &g->ret, g->fns[i].ret + r, cookies);
		if (!err)
			err = link_site(g, &g->entry, i, cookies);
		if (err)
			err = skip(g, i, err, keep);
	}
	cbee__pace_end(&pace);
	return err;
}

static int by_cookie(struct go *g)
{
	int err = load_both(g, 0);

	return err ? err : by_one(g, true);
}

/* All places of one kind, or none. */
static int list_sites(struct go *g, const struct sites *s, int prog_fd)
{
	struct cbee__listed what = { .prog_fd = prog_fd,
				     .apart = true,
				     .pid = g->opts->pid,
				     .count = (unsigned int)s->count };
	int err;

	if (prog_fd < 0 || !s->count)
		return 0;
	what.places = calloc(s->count, sizeof(*what.places));
	if (!what.places)
		return -ENOMEM;
	for (size_t i = 0; i < s->count; i++)
		what.places[i] = (struct cbee__listed_place){
			.path = g->c->funcs.items[s->cookies[i]].module_or_path,
			.offset = s->offsets[i],
			.func = (uint32_t)s->cookies[i],
		};
	err = cbee__listing_attach(g->c, g->listing, &what);
	for (size_t i = 0; !err && i < s->count; i++)
		if (what.places[i].refused) /* which of its places a function lacks matters then */
			err = -EINVAL;
	free(what.places);
	return err;
}

static int by_listed(struct go *g)
{
	int err = cbee__listing_begin(g->c, (unsigned int)(g->ret.count + g->entry.count),
				      &g->listing);

	if (!err)
		err = load_both(g, 0);
	if (!err)
		err = list_sites(g, &g->ret, g->ret_fd);
	if (!err)
		err = list_sites(g, &g->entry, g->entry_fd);
	g->listing = NULL; /* it is a link, and cut with the others */
	return err;
}

static int by_bcc(struct go *g)
{
	return by_one(g, false);
}

/* Goroutines that end inside a call: good to know of, not needed. */
static void link_end(struct go *g, const char *path)
{
	struct cbee_probe_opts o = { .kind = CBEE_UPROBE,
				     .fn = g->opts->end_go,
				     .target = path,
				     .symbol = "runtime.goexit1",
				     .pid = g->opts->pid };

	if (cbee__attach_as(g->c, &o, 0, true)) {
		cbee__say(g->c, "the end of goroutines is not seen: %s", g->c->err.text);
		cbee__err_clear(&g->c->err);
	}
}

static int attach_best(struct go *g)
{
	static const struct {
		const char *name;
		int (*attach)(struct go *g);
	} ways[] = { { "uprobe.multi", by_multi },
		     { "uprobes that share events", by_listed },
		     { "uprobes with cookies", by_cookie },
		     { "uprobes", by_bcc } };
	size_t before = g->c->link_count;
	unsigned int dropped = g->dropped;
	int err = -EOPNOTSUPP;

	for (size_t w = 0; err && w < sizeof(ways) / sizeof(ways[0]); w++) {
		cbee__err_clear(&g->c->err);
		g->dropped = dropped;
		err = ways[w].attach(g);
		if (!err && g->dropped - dropped == g->count)
			err = -EINVAL;
		if (!err)
			cbee__say(g->c, "attached to %zu Go functions by %s, at %zu returns",
				  g->count + dropped - g->dropped, ways[w].name, g->ret.count);
		else
			cbee__links_cut(g->c, before);
	}
	for (size_t i = 0; !err && g->opts->end_go && i < g->count; i++)
		if (!i || strcmp(func(g, i)->module_or_path, func(g, i - 1)->module_or_path))
			link_end(g, func(g, i)->module_or_path);
	if (err && g->c->err.code != err)
		cbee__err_os(&g->c->err, err, "cannot probe Go function '%.100s'",
			     func(g, 0)->name);
	return err;
}

static int attach(struct go *g)
{
	int err = scan_all(g);

	if (!err && !g->count && g->dropped) {
		err = g->why.code;
		cbee__err_move(&g->c->err, &g->why);
	} else if (!err && g->count) {
		err = attach_best(g);
	}
	if (!err)
		g->c->funcs_skipped += g->dropped;
	return err;
}

int cbee__gofunc_attach(struct cbee *c, const struct cbee_funcs_attach *opts)
{
	struct go g = { .c = c, .opts = opts, .entry_fd = -1, .ret_fd = -1, .fd = -1 };
	int err;

	g.fns = calloc(c->funcs.count, sizeof(*g.fns));
	err = g.fns ? attach(&g) : cbee__err_os(&c->err, -ENOMEM, "cannot attach");
	close_file(&g);
	cbee__err_clear(&g.why);
	free(g.entry.offsets);
	free(g.entry.cookies);
	free(g.ret.offsets);
	free(g.ret.cookies);
	free(g.fns);
	return err;
}
