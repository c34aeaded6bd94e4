/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the lists of the kernel's symbols, and of its functions that can be probed. */
#define _GNU_SOURCE
#include "symbols/sym.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/privilege.h"
#include "plain/buf.h"

/* ---- the kernel's symbols --------------------------------------------- */

int cbee__line_each(const char *path, cbee__line_fn fn, void *ctx)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int got = 0;

	if (!file)
		return -errno;
	errno = 0;
	while (!got && (len = getline(&line, &cap, file)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		got = fn(ctx, line);
		errno = 0;
	}
	if (!got && !feof(file))
		got = errno ? -errno : -EIO;
	free(line);
	fclose(file);
	return got;
}

struct ksym_walk {
	cbee__ksym_fn fn;
	void *ctx;
	bool ours; /* the answer came from @fn */
};

/* Cuts "name\t[module]", or the same with a blank, into its parts. */
static void split_module(char *line, struct cbee__ksym *sym)
{
	char *end;

	sym->name = line;
	sym->module = "";
	line += strcspn(line, "\t ");
	if (!*line)
		return;
	*line++ = '\0';
	line += strspn(line, "\t [");
	end = strchr(line, ']');
	if (end)
		*end = '\0';
	sym->module = line;
}

static int pass(struct ksym_walk *walk, const struct cbee__ksym *sym)
{
	int got = walk->fn(walk->ctx, sym);

	walk->ours = got;
	return got;
}

/* "ffffffff81000000 T name\t[module]"; by hand, for there are a hundred thousand of them. */
static int ksym_line(void *ctx, char *line)
{
	struct cbee__ksym sym = { .address = 0 };

	for (; isxdigit((unsigned char)*line); line++)
		sym.address = sym.address << 4 |
			      (unsigned int)(*line <= '9' ? *line - '0' : (*line | 32) - 'a' + 10);
	if (line[0] != ' ' || !line[1] || line[2] != ' ')
		return 0;
	sym.type = line[1];
	split_module(line + 3, &sym);
	return pass(ctx, &sym);
}

int cbee__ksym_each(const char *proc, cbee__ksym_fn fn, void *ctx, struct cbee_err *err)
{
	struct ksym_walk walk = { .fn = fn, .ctx = ctx };
	struct cbee_buf path = { 0 };
	int code;

	cbee__buf_fmt(&path, "%s/kallsyms", proc ? proc : "/proc");
	if (path.err)
		return cbee__err_os(err, path.err, "cannot read the kernel's symbols");
	code = cbee__line_each(path.data, ksym_line, &walk);
	if (code && !walk.ours)
		cbee__err_os(err, code, "cannot read the kernel's symbols from %.200s", path.data);
	cbee__buf_free(&path);
	return code;
}

/* ---- the functions that can be probed ---------------------------------- */

struct kfunc_walk {
	struct ksym_walk walk;
	struct cbee_buf text, names; /* what must not be probed: all names; a sorted index */
	size_t seen;
	bool in_init; /* what follows ran once, at boot, and its memory is used for other things */
};

/* "0xffffffff81000000-0xffffffff81000010\tname" */
static int forbidden_line(void *ctx, char *line)
{
	struct kfunc_walk *w = ctx;
	const char *name = strrchr(line, '\t');

	if (name)
		cbee__buf_add(&w->text, name + 1, strlen(name + 1) + 1);
	return w->text.err;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A list that is absent or unreadable forbids nothing: the attach will tell. */
static int read_forbidden(struct kfunc_walk *w, const char *debugfs)
{
	struct cbee_buf path = { 0 };
	const char *name;
	int code;

	cbee__buf_fmt(&path, "%s/kprobes/blacklist", debugfs ? debugfs : "/sys/kernel/debug");
	code = path.err;
	if (!code)
		cbee__line_each(path.data, forbidden_line, w);
	for (size_t at = 0; at < w->text.len; at += strlen(name) + 1) {
		name = w->text.data + at;
		cbee__buf_add(&w->names, &name, sizeof(name));
	}
	if (w->names.len)
		qsort(w->names.data, w->names.len / sizeof(name), sizeof(name), compare_names);
	cbee__buf_free(&path);
	if (!code)
		code = w->text.err;
	return code ? code : w->names.err;
}

static bool is_forbidden(const struct kfunc_walk *w, const char *name)
{
	return w->names.len && bsearch(&name, w->names.data, w->names.len / sizeof(name),
				       sizeof(name), compare_names);
}

/* Whether it is code that the kernel writes while it runs: programs of BPF, trampolines. */
static bool is_generated(const char *module)
{
	return !strcmp(module, "bpf") || !strncmp(module, "__builtin__", 11);
}

static int kfunc(void *ctx, const struct cbee__ksym *sym)
{
	static const char *const markers[] = { "__pfx_", "__cfi_", "__ftrace_invalid_address_" };
	struct kfunc_walk *w = ctx;

	w->seen++;
	if (!strcmp(sym->name, "_sinittext") || !strcmp(sym->name, "_einittext")) {
		w->in_init = sym->name[1] == 's';
		return 0;
	}
	if (w->in_init || is_generated(sym->module))
		return 0;
	if (sym->name[0] == '_')
		for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++)
			if (!strncmp(sym->name, markers[i], strlen(markers[i])))
				return 0;
	/* A dot in front: a label inside of hand-written code. */
	if (!strchr("tTwW", sym->type) || sym->name[0] == '.' || strchr(sym->name, '$') ||
	    strstr(sym->name, ".cold") || is_forbidden(w, sym->name))
		return 0;
	return pass(&w->walk, sym);
}

static int filter_line(void *ctx, char *line)
{
	struct cbee__ksym sym = { .type = 't' };

	split_module(line, &sym);
	return kfunc(ctx, &sym);
}

/* Gives kfunc() the lines of tracefs' list; w->seen stays 0 when there is none. */
static int walk_tracefs(struct kfunc_walk *w, const char *tracefs)
{
	const char *const usual[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	struct cbee_buf path = { 0 };
	int code = 0;

	for (size_t i = 0; i < (tracefs ? 1 : 2) && !w->seen; i++) {
		cbee__buf_reset(&path);
		cbee__buf_fmt(&path, "%s/available_filter_functions", tracefs ? tracefs : usual[i]);
		code = path.err ? path.err : cbee__line_each(path.data, filter_line, w);
		if (code == -ENOMEM)
			break;
	}
	cbee__buf_free(&path);
	return w->seen || code == -ENOMEM ? code : 0;
}

int cbee__kfunc_each(const struct cbee__roots *roots, bool all, cbee__ksym_fn fn, void *ctx,
		     struct cbee_err *err)
{
	struct kfunc_walk w = { .walk = { .fn = fn, .ctx = ctx } };
	int code = read_forbidden(&w, roots->debugfs);

	if (!code && !all)
		code = walk_tracefs(&w, roots->tracefs);
	if (code && !w.walk.ours)
		cbee__err_os(err, code, "cannot read the kernel's functions");
	else if (!code && !w.seen)
		code = cbee__ksym_each(roots->proc, kfunc, &w, err);
	cbee__buf_free(&w.text);
	cbee__buf_free(&w.names);
	return code;
}

int cbee__kfunc_is_forbidden(const struct cbee__roots *roots, const char *name)
{
	struct kfunc_walk w = { .seen = 0 };
	int code = read_forbidden(&w, roots->debugfs);

	if (!code)
		code = is_forbidden(&w, name);
	cbee__buf_free(&w.text);
	cbee__buf_free(&w.names);
	return code;
}

/* ---- names to addresses ----------------------------------------------- */

struct wanted {
	struct cbee__ksym_want *items;
	size_t count, hidden;
};

static int compare_wants(const void *a, const void *b)
{
	const struct cbee__ksym_want *x = a, *y = b;
	int diff = strcmp(x->name, y->name);

	return diff ? diff : strcmp(x->module, y->module);
}

static int fill(void *ctx, const struct cbee__ksym *sym)
{
	struct cbee__ksym_want key = { .name = sym->name, .module = sym->module }, *item;
	struct wanted *w = ctx;

	item = bsearch(&key, w->items, w->count, sizeof(key), compare_wants);
	if (!item)
		return 0;
	if (!sym->address)
		w->hidden++;
	else if (!*item->address)
		*item->address = sym->address;
	return 0;
}

int cbee__ksym_hidden(struct cbee_err *err)
{
	int code = cbee__err(err, -EPERM, "the kernel hides the addresses of its symbols");

	if (cbee__needs_missing(CBEE__NEED_KSYMS))
		cbee__needs_hint(err, CBEE__NEED_KSYMS);
	else
		cbee__err_hint(err, "/proc/sys/kernel/kptr_restrict must not be 2");
	return code;
}

int cbee__ksym_addresses(const char *proc, struct cbee__ksym_want *want, size_t count,
			 struct cbee_err *err)
{
	struct wanted w = { .items = want, .count = count };
	int code;

	if (!count)
		return 0;
	qsort(want, count, sizeof(*want), compare_wants);
	code = cbee__ksym_each(proc, fill, &w, err);
	for (size_t i = 0; i < count && !code; i++)
		if (!*want[i].address)
			code = w.hidden ? cbee__ksym_hidden(err)
					: cbee__err(err, -ENOENT,
						    "the kernel function '%.60s' is gone",
						    want[i].name);
	return code;
}

/* ---- system calls ----------------------------------------------------- */

/* In the order of choice: a 64-bit kernel may have those of 32-bit programs too. */
static const char *const syscall_prefixes[] = { "__x64_sys_",	"__arm64_sys_", "__riscv_sys_",
						"__s390x_sys_", "__ia32_sys_",	"SyS_",
						"sys_" };
#define SYSCALL_PREFIXES (sizeof(syscall_prefixes) / sizeof(syscall_prefixes[0]))

const char *cbee__sym_syscall(const char *name, int *ret_rank)
{
	for (size_t i = 0; i < SYSCALL_PREFIXES; i++) {
		size_t len = strlen(syscall_prefixes[i]);

		if (strncmp(name, syscall_prefixes[i], len) != 0)
			continue;
		if (ret_rank)
			*ret_rank = (int)i;
		return name + len;
	}
	return NULL;
}

struct wanted_call {
	const char *name;
	int best; /* rank */
};

static int see_syscall(void *ctx, const struct cbee__ksym *sym)
{
	struct wanted_call *w = ctx;
	int rank;
	const char *rest = cbee__sym_syscall(sym->name, &rank);

	if (rest && !strcmp(rest, w->name) && rank < w->best)
		w->best = rank;
	return !w->best;
}

int cbee__sym_syscall_prefix(const char *proc, const char *name, const char **ret_prefix,
			     struct cbee_err *err)
{
	struct wanted_call w = { .name = name, .best = SYSCALL_PREFIXES };
	int code = cbee__ksym_each(proc, see_syscall, &w, err);

	if (code < 0)
		return code;
	if (w.best == SYSCALL_PREFIXES)
		return cbee__err(err, -ENOENT, "no system calls among the kernel's symbols");
	*ret_prefix = syscall_prefixes[w.best];
	return 0;
}

int cbee__func_syscall_prefix(const char *proc, const char **ret_prefix, struct cbee_err *err)
{
	return cbee__sym_syscall_prefix(proc, "bpf", ret_prefix, err);
}
