/* SPDX-License-Identifier: Apache-2.0 */
/* Turns what a person writes into the list of functions to probe. */
#define _GNU_SOURCE
#include "symbols/func.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plain/buf.h"
#include "symbols/demangle.h"
#include "symbols/elf.h"
#include "symbols/file.h"
#include "plain/nearest.h"
#include "plain/path.h"
#include "plain/pattern.h"

/* One search: what is wanted, and what was found so far. */
struct search {
	const struct cbee__func_opts *opts;
	struct cbee__pattern *pattern;
	const char *text; /* the pattern's */
	bool literal;
	const char *path; /* the file to probe; NULL: the kernel */
	bool go;
	const char *inside;	 /* what a mangled name must hold to be meant; NULL: anything */
	size_t inside_len, seen; /* seen: functions of any name */
	struct cbee__funcs found, near; /* near: what a name stands for if it is not there */
	int near_rank;			/* of all in near; 0: the best */
	struct cbee__demangle demangle;
	struct cbee__nearest nearest;
	int failed; /* a negative errno of a callback, which nothing has put into words yet */
};

/* ---- lists of functions ----------------------------------------------- */

static void clear(struct cbee__func *f)
{
	free(f->name);
	free(f->symbol);
	free(f->module_or_path);
}

void cbee__funcs_free(struct cbee__funcs *funcs)
{
	if (!funcs)
		return;
	for (size_t i = 0; i < funcs->count; i++)
		clear(&funcs->items[i]);
	free(funcs->items);
	*funcs = (struct cbee__funcs){ 0 };
}

static int reserve(struct cbee__funcs *funcs, size_t more)
{
	size_t cap = funcs->cap ? funcs->cap : 8;
	struct cbee__func *items;

	while (cap < funcs->count + more)
		cap *= 2;
	if (cap == funcs->cap)
		return 0;
	items = realloc(funcs->items, cap * sizeof(*items));
	if (!items)
		return -ENOMEM;
	funcs->items = items;
	funcs->cap = cap;
	return 0;
}

/* Appends @what under @symbol, which is its name too until it gets a better one. */
static int add(struct cbee__funcs *funcs, struct cbee__func what, const char *symbol,
	       const char *module_or_path)
{
	if (reserve(funcs, 1))
		return -ENOMEM;
	what.name = strdup(symbol);
	what.symbol = strdup(symbol);
	what.module_or_path = module_or_path ? strdup(module_or_path) : NULL;
	if (!what.name || !what.symbol || (module_or_path && !what.module_or_path)) {
		clear(&what);
		return -ENOMEM;
	}
	funcs->items[funcs->count++] = what;
	return 0;
}

static int compare_places(const struct cbee__func *x, const struct cbee__func *y)
{
	int diff = strcmp(x->module_or_path ? x->module_or_path : "",
			  y->module_or_path ? y->module_or_path : "");

	if (x->user != y->user)
		return x->user - y->user;
	if (diff || !x->user)
		return diff ? diff : strcmp(x->symbol, y->symbol);
	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* In one place the shortest name comes first: `read`, then `__read`, then `__libc_read`. */
static int compare_items(const void *a, const void *b)
{
	const struct cbee__func *x = a, *y = b;
	size_t m = strlen(x->symbol), n = strlen(y->symbol);
	int diff = compare_places(x, y);

	if (!diff)
		diff = m != n ? (m < n ? -1 : 1) : strcmp(x->symbol, y->symbol);
	return diff;
}

/* Sorts and keeps one function of each place; @fresh: the list comes from one search. */
static void sort_out(struct cbee__funcs *funcs, bool fresh)
{
	struct cbee__func *items = funcs->items;
	size_t kept = 0;

	if (funcs->count)
		qsort(items, funcs->count, sizeof(*items), compare_items);
	for (size_t i = 0; i < funcs->count; i++) {
		struct cbee__func *last = kept ? &items[kept - 1] : NULL;

		if (last && !compare_places(last, &items[i])) {
			last->several |= items[i].several || (fresh && !items[i].user);
			last->ifunc |= items[i].ifunc;
			clear(&items[i]);
		} else {
			items[kept++] = items[i];
		}
	}
	funcs->count = kept;
}

static void drop_ifuncs(struct cbee__funcs *funcs)
{
	size_t kept = 0;

	for (size_t i = 0; i < funcs->count; i++)
		if (funcs->items[i].ifunc)
			clear(&funcs->items[i]);
		else
			funcs->items[kept++] = funcs->items[i];
	funcs->ifuncs += funcs->count - kept;
	funcs->count = kept;
}

/* Moves all of @found over; what is there already stays there once. All or nothing. */
static int merge(struct cbee__funcs *funcs, struct cbee__funcs *found)
{
	if (reserve(funcs, found->count))
		return -ENOMEM;
	memcpy(funcs->items + funcs->count, found->items, found->count * sizeof(*found->items));
	funcs->count += found->count;
	funcs->ifuncs += found->ifuncs;
	found->count = 0;
	sort_out(funcs, false);
	return 0;
}

static int set_name(struct cbee__func *f, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	free(f->name);
	f->name = copy;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(struct cbee__func *const *)a)->name,
		      (*(struct cbee__func *const *)b)->name);
}

/* Where two functions would look the same, shows parameters too; after that, the symbols. */
static int part_names(struct search *s, struct cbee__func **sorted, bool params)
{
	size_t count = s->found.count, end;
	const char *text;
	int err = 0;

	qsort(sorted, count, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < count && !err; i = end) {
		for (end = i + 1; end < count; end++)
			if (strcmp(sorted[i]->name, sorted[end]->name) != 0)
				break;
		for (size_t k = i; k < end && end - i > 1 && !err; k++) {
			text = cbee__demangle(&s->demangle, sorted[k]->symbol, true);
			if (text)
				err = set_name(sorted[k], params ? text : sorted[k]->symbol);
		}
	}
	return err;
}

static int demangle_names(struct search *s)
{
	struct cbee__func **sorted = calloc(s->found.count + 1, sizeof(struct cbee__func *));
	int err = sorted ? 0 : -ENOMEM;
	const char *text;

	for (size_t i = 0; i < s->found.count && !err; i++) {
		sorted[i] = &s->found.items[i];
		text = cbee__demangle(&s->demangle, sorted[i]->symbol, false);
		if (text)
			err = set_name(sorted[i], text);
	}
	if (!err)
		err = part_names(s, sorted, true);
	if (!err)
		err = part_names(s, sorted, false);
	free(sorted);
	return err;
}

/* ---- the functions of a file ------------------------------------------ */

/* Takes what is near for want of the thing itself, and keeps each function once. */
static void settle(struct search *s)
{
	if (!s->found.count) {
		cbee__funcs_free(&s->found);
		s->found = s->near;
		s->near = (struct cbee__funcs){ 0 };
	}
	sort_out(&s->found, true);
	if (!s->literal)
		drop_ifuncs(&s->found);
}

/*
 * Demangling is dear, and identifiers stand in mangled names as they are: finds
 * the last one of a literal. Not where mangling has abbreviations of its own.
 */
static void set_inside(struct search *s)
{
	const char *end = s->text + strlen(s->text), *start = end;

	if (!s->literal || strpbrk(s->text, "<({~ ") || strstr(s->text, "std::") ||
	    strstr(s->text, "operator"))
		return;
	while (start > s->text && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
		start--;
	s->inside = start;
	s->inside_len = (size_t)(end - start);
}

static int match_demangled(struct search *s, const char *name)
{
	const char *text;

	if (!cbee__is_mangled(name))
		return 0;
	if (s->inside && !memmem(name, strlen(name), s->inside, s->inside_len))
		return 0;
	text = cbee__demangle(&s->demangle, name, strchr(s->text, '('));
	return text ? cbee__pattern_match(s->pattern, text) : s->demangle.err;
}

static int user_sym(void *ctx, const struct cbee__elf_sym *sym)
{
	struct search *s = ctx;
	struct cbee__func f = { .address = sym->address,
				.offset = sym->offset,
				.size = sym->size,
				.user = true,
				.ifunc = sym->ifunc,
				.go = s->go };
	struct cbee__funcs *to = &s->found;
	int got;

	/* What is jumped into, not called, has no return address: a return probe would kill. */
	if (!sym->code || (!s->go && strstr(sym->name, ".cold")) ||
	    (!s->literal && !strcmp(sym->name, "_start")))
		return 0;
	s->seen++;
	got = cbee__pattern_match(s->pattern, sym->name);
	if (!got) {
		got = match_demangled(s, sym->name);
		if (!got && s->literal)
			got = cbee__sym_is_clone(sym->name, s->text);
		if (s->literal && strchr(sym->name, '.'))
			to = &s->near;
	}
	if (got > 0)
		got = add(to, f, sym->name, s->path);
	s->failed = got;
	return got;
}

static int offer_user(void *ctx, const struct cbee__elf_sym *sym)
{
	struct search *s = ctx;
	const char *text = cbee__demangle(&s->demangle, sym->name, false);

	if (sym->code && !strstr(sym->name, ".cold"))
		cbee__nearest_offer(&s->nearest, text ? text : sym->name);
	return 0;
}

/* "no WHAT 'x'[ in PATH][; did you mean 'y'?]" */
static int not_there(struct search *s, const char *what, struct cbee_err *err)
{
	const char *best = cbee__nearest_best(&s->nearest);

	return cbee__err(err, -ENOENT, "no %s %s'%.60s'%s%.200s%s%.100s%s", what,
			 s->literal ? "" : "that matches ", s->text, s->path ? " in " : "",
			 s->path ? s->path : "", best ? "; did you mean '" : "", best ? best : "",
			 best ? "'?" : "");
}

static int no_user(struct search *s, struct cbee__elf *e, struct cbee_err *err)
{
	const struct cbee__elf_info *info = cbee__elf_info(e);
	int code;

	if (s->found.ifuncs)
		return cbee__err(err, -ENOENT, "'%.60s' in %.200s matches only IFUNC resolvers",
				 s->text, s->path);
	if (s->literal)
		cbee__elf_each(e, offer_user, s);
	if (s->seen)
		code = not_there(s, "symbol", err);
	else
		code = cbee__err(err, -ENOENT, "no function symbols in %.200s%s", s->path,
				 info->stripped ? ": it is stripped" : "");
	if (info->stripped)
		cbee__err_hint(err, "install its debug package (build id %s)%s",
			       *info->build_id ? info->build_id : "none",
			       s->seen ? ": stripped, it shows its exported functions only" : "");
	return code;
}

/* A program that is not where the path says may be on the PATH. */
static void hint_program(const char *path, struct cbee_err *err)
{
	const char *name = strrchr(path, '/') + 1;
	struct cbee_buf found = { 0 };

	if (!cbee__path_find(name, &found))
		cbee__err_hint(err, "did you mean %.200s?", found.data);
	cbee__buf_free(&found);
}

static int find_user(struct search *s, struct cbee_err *err)
{
	struct cbee__elf *e = NULL;
	int code = cbee__elf_open(&e, s->path, s->opts->debug_root, err);

	if (code == -ENOENT && strchr(s->path, '/'))
		hint_program(s->path, err);
	if (code)
		return code;
	s->go = cbee__elf_info(e)->go;
	set_inside(s);
	code = cbee__elf_each(e, user_sym, s);
	settle(s);
	if (!code && !s->found.count)
		code = no_user(s, e, err);
	if (!code)
		code = s->failed = demangle_names(s);
	if (s->demangle.err)
		code = s->failed = s->demangle.err;
	cbee__elf_free(e);
	return code;
}

/* ---- the functions of the kernel -------------------------------------- */

/* Takes @sym as what the literal stands for, unless something better is there already. */
static int add_near(struct search *s, const struct cbee__func *f, const struct cbee__ksym *sym)
{
	const char *wanted, *is;
	int rank = 0;

	if (!cbee__sym_is_clone(sym->name, s->text)) {
		wanted = cbee__sym_syscall(s->text, NULL);
		is = cbee__sym_syscall(sym->name, &rank);
		if (!wanted || !is || strcmp(wanted, is) != 0)
			return 0;
	}
	if (s->near.count && rank > s->near_rank)
		return 0;
	if (rank < s->near_rank)
		cbee__funcs_free(&s->near);
	s->near_rank = rank;
	return add(&s->near, *f, sym->name, *sym->module ? sym->module : NULL);
}

static int kernel_sym(void *ctx, const struct cbee__ksym *sym)
{
	struct cbee__func f = { .address = sym->address };
	struct search *s = ctx;
	int got = cbee__pattern_match(s->pattern, sym->name);

	if (got > 0)
		got = add(&s->found, f, sym->name, *sym->module ? sym->module : NULL);
	else if (!got && s->literal)
		got = add_near(s, &f, sym);
	s->failed = got;
	return got;
}

static int offer_kernel(void *ctx, const struct cbee__ksym *sym)
{
	struct search *s = ctx;

	cbee__nearest_offer(&s->nearest, sym->name);
	return 0;
}

static int no_kernel(struct search *s, struct cbee_err *err)
{
	int code = cbee__kfunc_is_forbidden(&s->opts->roots, s->text);

	if (code < 0)
		return s->failed = code;
	if (code)
		return cbee__err(err, -EPERM, "the kernel does not allow probes on '%.60s'",
				 s->text);
	if (s->literal)
		cbee__kfunc_each(&s->opts->roots, true, offer_kernel, s, NULL);
	code = not_there(s, "kernel function", err);
	if (strchr(s->text, '/') || strstr(s->text, "::"))
		cbee__err_hint(err, "a function of a program is written PROGRAM:FUNCTION");
	return code;
}

static int find_kernel(struct search *s, struct cbee_err *err)
{
	int code;

	if (s->literal && s->opts->unchecked)
		return s->failed = add(&s->found, (struct cbee__func){ 0 }, s->text, NULL);
	/* A name may be that of a function that ftrace does not know but kprobes do. */
	code = cbee__kfunc_each(&s->opts->roots, s->literal, kernel_sym, s, err);
	if (code)
		return code;
	settle(s);
	return s->found.count ? 0 : no_kernel(s, err);
}

int cbee__func_addresses(struct cbee__funcs *funcs, const struct cbee__func_opts *opts,
			 struct cbee_err *err)
{
	struct cbee__ksym_want *want = calloc(funcs->count + 1, sizeof(*want));
	size_t count = 0;
	int code;

	if (!want)
		return cbee__err_os(err, -ENOMEM, "cannot look up addresses");
	for (size_t i = 0; i < funcs->count; i++) {
		struct cbee__func *f = &funcs->items[i];

		if (!f->user && !f->address)
			want[count++] = (struct cbee__ksym_want){
				.name = f->symbol,
				.module = f->module_or_path ? f->module_or_path : "",
				.address = &f->address,
			};
	}
	code = cbee__ksym_addresses(opts->roots.proc, want, count, err);
	free(want);
	return code;
}

/* ---- the whole search -------------------------------------------------- */

/* One file is one file, whatever link it was reached by. Another process's root has its own. */
static int set_real_paths(struct cbee__funcs *found, const char *path)
{
	char *real = path && strncmp(path, "/proc/", 6) ? realpath(path, NULL) : NULL;
	int err = 0;

	for (size_t i = 0; real && !err && i < found->count; i++) {
		char *copy = strdup(real);

		if (!copy) {
			err = -ENOMEM;
			break;
		}
		free(found->items[i].module_or_path);
		found->items[i].module_or_path = copy;
	}
	free(real);
	return err;
}

static int search(struct search *s, struct cbee_err *err)
{
	int code = s->path ? find_user(s, err) : find_kernel(s, err);

	if (code == -ELOOP && s->failed) {
		cbee__err(err, code, "the expression '%.60s' is too hard to match", s->text);
		cbee__err_hint(err, "avoid repeats inside of repeats, such as (a+)+");
	} else if (!code && s->opts->limit && s->found.count > s->opts->limit) {
		code = cbee__err(
			err, -E2BIG,
			"pattern '%.60s' matches %zu functions, more than the limit of %zu",
			s->text, s->found.count, s->opts->limit);
		cbee__err_hint(err, "narrow the pattern, or raise the limit");
	}
	return code;
}

int cbee__func_find(const char *spec, const struct cbee__func_opts *opts, struct cbee__funcs *funcs,
		    struct cbee_err *err)
{
	struct search s = { .opts = opts };
	char *name = NULL, *text = NULL;
	struct cbee_buf path = { 0 };
	int code = cbee__file_split(spec, &name, &text, err);

	if (!code)
		code = cbee__pattern_compile(&s.pattern, text, opts->regexp, err);
	if (!code && name)
		code = cbee__file_find(name, opts->pid, opts->roots.proc, &path, err);
	if (!code) {
		s.path = path.data;
		s.text = text;
		s.literal = cbee__pattern_is_literal(s.pattern);
		cbee__nearest_init(&s.nearest, text);
		code = search(&s, err);
	}
	if (!code)
		code = set_real_paths(&s.found, s.path);
	if (!code)
		code = merge(funcs, &s.found);
	if (code == -ENOMEM || (s.failed && code != -ELOOP))
		cbee__err_os(err, code, "cannot look for '%.60s'", spec);
	cbee__funcs_free(&s.found);
	cbee__funcs_free(&s.near);
	cbee__demangle_free(&s.demangle);
	cbee__pattern_free(s.pattern);
	free(name);
	free(text);
	cbee__buf_free(&path);
	return code;
}
