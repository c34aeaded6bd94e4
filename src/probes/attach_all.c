/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches one function to everything that a pattern matches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/pace.h"
#include "kernel/tracefs.h"
#include "plain/buf.h"
#include "plain/pattern.h"
#include "probes/kinds.h"
#include "probes/listed.h"
#include "probes/place.h"
#include "probes/probe.h"

#define DEFAULT_LIMIT 1000

/* One cbee_attach_all() under way. */
struct all {
	struct cbee *c;
	const struct cbee_probe_opts *opts;
	const struct cbee__kind *kind;
	const struct cbee__pattern *pattern;
	struct cbee__funcs funcs; /* what it matches, of functions */
	struct cbee_buf events;	  /* of tracepoints: the names, with their NULs */
	size_t count;		  /* how many of either are to be attached to */
	unsigned int attached;
};

static bool is_return(const struct all *all)
{
	return all->opts->kind == CBEE_KRETPROBE || all->opts->kind == CBEE_URETPROBE;
}

static size_t limit(const struct all *all)
{
	return all->opts->limit ? all->opts->limit : DEFAULT_LIMIT;
}

static int none_left(struct all *all, const char *name, const char *why)
{
	return cbee__err(&all->c->err, -EOPNOTSUPP, "'%.60s' cannot be probed: %s", name, why);
}

/* ---- finding ---------------------------------------------------------- */

/* Leaves out the functions that a probe would break. */
static int drop_dangerous(struct all *all)
{
	const char *path = NULL, *why;
	size_t kept = 0;
	int fd = -1, err = 0;

	for (size_t i = 0; i < all->funcs.count; i++) {
		struct cbee__func *f = &all->funcs.items[i], swap = *f;

		why = cbee__place_danger(f, &path, &fd);
		if (why) {
			cbee__say(all->c, "'%s' is left out: %s", f->name, why);
			err = none_left(all, f->name, why);
			continue;
		}
		*f = all->funcs.items[kept];
		all->funcs.items[kept++] = swap;
	}
	if (fd >= 0)
		close(fd);
	if (!kept)
		return err;
	all->count = kept; /* the others stand behind, and are freed with the list */
	cbee__err_clear(&all->c->err);
	return 0;
}

static int check_go(struct all *all)
{
	const struct cbee__func *f = &all->funcs.items[0];

	if (all->opts->kind != CBEE_URETPROBE || !f->go)
		return 0;
	return cbee__probe_check_go(all->c, f->name, f->module_or_path, all->opts->force);
}

static int find_functions(struct all *all)
{
	const struct cbee_probe_opts *o = all->opts;
	struct cbee__func_opts how = { .regexp = o->regexp, .pid = o->pid, .limit = limit(all) };
	struct cbee_buf spec = { 0 };
	int err;

	if (all->kind->each == CBEE__EACH_USER)
		cbee__buf_fmt(&spec, "%s:%s", o->target, o->symbol);
	else
		cbee__buf_fmt(&spec, "%s", o->target);
	err = spec.err ? cbee__err_os(&all->c->err, spec.err, "cannot look for functions")
		       : cbee__func_find(spec.data, &how, &all->funcs, &all->c->err);
	cbee__buf_free(&spec);
	if (!err)
		err = check_go(all);
	return err ? err : drop_dangerous(all);
}

/* Events that tracefs lists and to which nothing can be attached in that way. */
static bool is_other(const struct all *all, const char *category)
{
	return !strcmp(category, "ftrace") ||
	       (all->kind->each == CBEE__EACH_EVENT && !strcmp(category, "syscalls"));
}

static int see_event(void *arg, const char *category, const char *event)
{
	struct all *all = arg;
	size_t len = all->events.len;
	int got;

	if (is_other(all, category))
		return 0;
	if (all->kind->each == CBEE__EACH_EVENT)
		cbee__buf_fmt(&all->events, "%s", event);
	else
		cbee__buf_fmt(&all->events, "%s:%s", category, event);
	cbee__buf_add(&all->events, "", 1);
	if (all->events.err)
		return all->events.err;
	got = cbee__pattern_match(all->pattern, all->events.data + len);
	all->count += got > 0;
	if (got <= 0)
		all->events.len = len;
	return got < 0 ? got : 0;
}

static int find_events(struct all *all)
{
	struct cbee_err *e = &all->c->err;
	struct cbee__pattern *pattern;
	const char *text = all->opts->target;
	int err = cbee__pattern_compile(
		&pattern, text, all->opts->regexp ? CBEE__PATTERN_REGEXP : CBEE__PATTERN_GLOB, e);

	if (err)
		return err;
	all->pattern = pattern;
	err = cbee__tracefs_each(NULL, see_event, all);
	cbee__pattern_free(pattern);
	if (err == -ELOOP)
		return cbee__err(e, err, "the expression '%.60s' is too hard to match", text);
	if (err)
		return cbee__err_os(e, err, "cannot list the tracepoints");
	if (!all->count)
		return cbee__err(e, -ENOENT, "no %s matches '%.60s'", all->kind->name, text);
	if (all->count <= limit(all))
		return 0;
	cbee__err(e, -E2BIG, "pattern '%.60s' matches %zu tracepoints, more than the limit of %zu",
		  text, all->count, limit(all));
	cbee__err_hint(e, "narrow the pattern, or raise the limit");
	return -E2BIG;
}

/* ---- attaching in one go ---------------------------------------------- */

static int place_user(struct all *all, int prog_fd, unsigned int count)
{
	struct cbee__places places = { .path = all->funcs.items[0].module_or_path,
				       .ret = is_return(all),
				       .pid = all->opts->pid,
				       .count = count };
	uint64_t *offsets = calloc(count, sizeof(*offsets));
	int err;

	if (!offsets)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		offsets[i] = all->funcs.items[i].offset;
	places.offsets = offsets;
	err = cbee__place_many(all->c, prog_fd, &places);
	free(offsets);
	return err;
}

static int place_kernel(struct all *all, int prog_fd, unsigned int count)
{
	struct cbee__kplaces places = { .ret = is_return(all), .count = count };
	const char **names = calloc(count, sizeof(*names));
	int err;

	if (!names)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		names[i] = all->funcs.items[i].symbol;
	places.names = names;
	err = cbee__place_kernel(all->c, prog_fd, &places);
	free(names);
	return err;
}

/* One link for all of them, if the kernel has such links and takes every function. */
static int attach_at_once(struct all *all)
{
	bool user = all->kind->each == CBEE__EACH_USER;
	struct cbee__load load = { .fn = all->opts->fn,
				   .type = BPF_PROG_TYPE_KPROBE,
				   .expected = user ? CBEE__UPROBE_MULTI : BPF_TRACE_KPROBE_MULTI,
				   .in_user = user,
				   .quiet = true };
	size_t before = all->c->link_count;
	int prog_fd, err;

	if (all->kind->prog_type != BPF_PROG_TYPE_KPROBE || all->opts->maxactive ||
	    all->opts->offset || all->opts->ref_counter || !cbee__probe_possible(!user))
		return -EOPNOTSUPP;
	prog_fd = cbee__module_load_prog(all->c, &load);
	err = prog_fd < 0 ? prog_fd : cbee__link_add_prog(all->c, prog_fd);
	if (!err)
		err = user ? place_user(all, prog_fd, (unsigned int)all->count)
			   : place_kernel(all, prog_fd, (unsigned int)all->count);
	if (err)
		cbee__links_cut(all->c, before);
	else
		all->attached = (unsigned int)all->count;
	return err;
}

/* ---- attaching through few events ------------------------------------- */

/* What is refused is passed over; all of it: -EINVAL. */
static int count_listed(struct all *all, const struct cbee__listed_place *places)
{
	all->attached = 0;
	for (size_t i = 0; i < all->count; i++) {
		all->attached += !places[i].refused;
		if (places[i].refused)
			cbee__say(all->c, "'%s' is left out: the kernel refuses it",
				  all->funcs.items[i].name);
	}
	return all->attached ? 0 : -EINVAL;
}

static int list_all(struct all *all, struct cbee__listing *l, int prog_fd)
{
	struct cbee__listed what = { .prog_fd = prog_fd,
				     .ret = is_return(all),
				     .pid = all->opts->pid,
				     .count = (unsigned int)all->count };
	int err;

	what.places = calloc(all->count, sizeof(*what.places));
	if (!what.places)
		return -ENOMEM;
	for (size_t i = 0; i < all->count; i++)
		what.places[i] = (struct cbee__listed_place){
			.path = all->funcs.items[i].module_or_path,
			.offset = all->funcs.items[i].offset + all->opts->offset,
		};
	err = cbee__listing_attach(all->c, l, &what);
	if (!err)
		err = count_listed(all, what.places);
	free(what.places);
	return err;
}

static int attach_listed(struct all *all)
{
	struct cbee__load load = {
		.fn = all->opts->fn, .type = BPF_PROG_TYPE_KPROBE, .in_user = true, .quiet = true
	};
	size_t before = all->c->link_count;
	struct cbee__listing *listing;
	int prog_fd, err;

	if (all->kind->each != CBEE__EACH_USER || all->count <= CBEE__LISTED_FEW ||
	    all->opts->ref_counter)
		return -EOPNOTSUPP;
	err = cbee__listing_new(all->c, &listing);
	if (!err) {
		prog_fd = cbee__module_load_prog(all->c, &load);
		err = prog_fd < 0 ? prog_fd : cbee__link_add_prog(all->c, prog_fd);
	}
	if (!err)
		err = list_all(all, listing, prog_fd);
	if (err)
		cbee__links_cut(all->c, before);
	return err;
}

/* ---- attaching one by one --------------------------------------------- */

/* A program that is not bound to its target serves all of them. */
static int load_shared(struct all *all, struct cbee__attach *a)
{
	if (all->kind->prog_type == BPF_PROG_TYPE_TRACING)
		return 0;
	a->prog_fd = cbee__module_load_prog(all->c, &a->load);
	if (a->prog_fd < 0)
		return a->prog_fd;
	a->shared = true;
	return cbee__link_add_prog(all->c, a->prog_fd);
}

/* Attaches to one more; what the kernel refuses is passed over. */
static int attach_next(struct all *all, const struct cbee__attach *shared, const char *name,
		       const struct cbee__func *f)
{
	struct cbee__attach a = *shared;
	int err;

	if (f && f->user) {
		a.path = f->module_or_path;
		a.offset = f->offset + all->opts->offset;
	} else {
		a.opts.target = name;
		a.module = f ? f->module_or_path : NULL;
	}
	cbee__err_clear(&all->c->err);
	err = cbee__attach_now(&a);
	if (!err)
		all->attached++;
	else if (cbee__attach_is_of_target(err))
		cbee__say(all->c, "'%s' is left out: %s", name, all->c->err.text);
	return err;
}

static int attach_each(struct all *all)
{
	struct cbee__attach a = {
		.c = all->c,
		.opts = *all->opts,
		.prog_fd = -1,
		.load = { .fn = all->opts->fn,
			  .type = all->kind->prog_type,
			  .expected = all->kind->expected },
		.link = { .fd = -1, .prog_fd = -1 },
	};
	const char *event = all->events.data;
	struct cbee__pace pace = { .c = all->c, .total = all->count };
	int err = load_shared(all, &a), last = 0;

	cbee__pace_begin(&pace);
	for (size_t i = 0; !err && i < all->count; i++) {
		const struct cbee__func *f = event ? NULL : &all->funcs.items[i];

		cbee__pace_step(&pace, i, event ? event : f->name);
		last = attach_next(all, &a, event ? event : f->symbol, f);
		err = cbee__attach_is_of_target(last) ? 0 : last;
		if (event)
			event += strlen(event) + 1;
	}
	cbee__pace_end(&pace);
	return err || all->attached ? err : last;
}

/* ---- the whole -------------------------------------------------------- */

static int check(struct all *all)
{
	const struct cbee_probe_opts *o = all->opts;

	if (all->kind->each == CBEE__EACH_NONE)
		return cbee__err(&all->c->err, -EINVAL,
				 "the %s '%.60s' goes to one place, not to a pattern",
				 all->kind->name, o->fn ? o->fn : "");
	if (!o->fn)
		return cbee__err(&all->c->err, -EINVAL, "no function named");
	if (!o->target || !o->target[0] || (all->kind->each == CBEE__EACH_USER && !o->symbol))
		return cbee__err(&all->c->err, -EINVAL, "the %s '%.60s' needs a target",
				 all->kind->name, o->fn);
	return 0;
}

/* Quicker than one by one, the best first; the first that works is taken. */
static const struct {
	const char *name;
	int (*attach)(struct all *all);
} ways[] = {
	{ "in one go", attach_at_once },
	{ "through shared events", attach_listed },
};

static int attach_all(void *arg)
{
	struct all *all = arg;
	bool events = all->kind->each >= CBEE__EACH_TRACEPOINT;
	int err = events ? find_events(all) : find_functions(all);

	if (err)
		return err;
	for (size_t w = 0; !events && w < sizeof(ways) / sizeof(ways[0]); w++) {
		err = ways[w].attach(all);
		if (!err)
			return 0;
		if (err == -ENOMEM)
			return cbee__err_os(&all->c->err, err, "cannot attach");
		if (err != -EOPNOTSUPP)
			cbee__say(all->c, "not %s: %s", ways[w].name,
				  all->c->err.code == err ? all->c->err.text : strerror(-err));
		cbee__err_clear(&all->c->err);
	}
	return attach_each(all);
}

int cbee_attach_all(struct cbee *c, const struct cbee_probe_opts *opts, unsigned int *ret_count)
{
	struct all all = { .c = c, .opts = opts, .kind = cbee__kind(c, opts->kind) };
	size_t before = c->link_count;
	int err;

	if (!all.kind)
		return -EINVAL;
	cbee__err_clear(&c->err);
	err = check(&all);
	if (!err) /* one view of tracefs for all of them, if it takes one */
		err = all.kind->each >= CBEE__EACH_TRACEPOINT || opts->maxactive
			      ? cbee__tracefs_with(attach_all, &all)
			      : attach_all(&all);
	if (!err)
		err = cbee__links_claim(c, before, opts, all.attached);
	else
		cbee__links_cut(c, before);
	if (!err) {
		cbee__err_clear(&c->err); /* what was passed over is no failure */
		cbee__say(c, "attached %s to %u places by %s '%s'", opts->fn, all.attached,
			  all.kind->name, opts->symbol ? opts->symbol : opts->target);
		if (ret_count)
			*ret_count = all.attached;
	}
	cbee__funcs_free(&all.funcs);
	cbee__buf_free(&all.events);
	return err;
}
