/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what is there to be probed, without doing it. */
#include "symbols/find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cbee/names.h>

#include "kernel/handle.h"
#include "plain/nearest.h"
#include "plain/path.h"
#include "symbols/file.h"
#include "symbols/func.h"

/* ---- functions ---------------------------------------------------------- */

static struct cbee_func as_public(const struct cbee__func *f)
{
	const char *module = f->module_or_path ? f->module_or_path : "";

	return (struct cbee_func){
		.name = f->name,
		.symbol = f->symbol,
		.path = f->user ? f->module_or_path : NULL,
		.module = f->user ? NULL : module,
		.address = f->address,
		.offset = f->offset,
		.size = f->size,
		.go = f->go,
		.several = f->several,
	};
}

int cbee__funcs_each(const char *spec, const struct cbee__func_opts *opts, cbee__func_fn each,
		     void *arg, struct cbee_err *err)
{
	struct cbee__funcs funcs = { 0 };
	int code = cbee__func_find(spec, opts, &funcs, err);

	/* Addresses that the kernel hides are left out. */
	if (!code && cbee__func_addresses(&funcs, opts, NULL) == -ENOMEM)
		code = cbee__err_os(err, -ENOMEM, "cannot look for '%.60s'", spec);
	for (size_t i = 0; !code && i < funcs.count; i++) {
		struct cbee_func func = as_public(&funcs.items[i]);

		if (!each(arg, &func))
			break;
	}
	cbee__funcs_free(&funcs);
	return code;
}

int cbee_funcs_each(struct cbee *c, const char *spec, const struct cbee_funcs_opts *opts,
		    bool (*each)(void *arg, const struct cbee_func *func), void *arg)
{
	static const struct cbee_funcs_opts usual = { .pid = 0 };
	const struct cbee_funcs_opts *o = opts ? opts : &usual;
	struct cbee__func_opts how = { .regexp = o->regexp, .pid = o->pid, .limit = o->limit };

	return cbee__funcs_each(spec, &how, each, arg, cbee__err_of(c));
}

/* ---- system calls ------------------------------------------------------- */

static int no_syscall(const char *name, struct cbee_err *err)
{
	struct cbee__nearest nearest;
	const char *known, *best;

	cbee__nearest_init(&nearest, name);
	for (unsigned int i = 0; i < cbee_syscall_end(); i++) {
		known = cbee_syscall_name(i);
		if (known)
			cbee__nearest_offer(&nearest, known);
	}
	best = cbee__nearest_best(&nearest);
	if (!best || !strcmp(best, name))
		return cbee__err(err, -ENOENT, "the kernel has no system call '%.60s'", name);
	return cbee__err(err, -ENOENT,
			 "the kernel has no system call '%.60s'; did you mean '%.60s'?", name,
			 best);
}

int cbee__syscall_func(const char *proc, const char *name, char **ret_func, struct cbee_err *err)
{
	const char *rest = cbee__sym_syscall(name, NULL), *prefix;
	struct cbee_buf func = { 0 };
	int code;

	if (rest)
		name = rest;
	code = cbee__sym_syscall_prefix(proc, name, &prefix, err);
	if (code == -ENOENT)
		return no_syscall(name, err);
	if (code)
		return code;
	cbee__buf_fmt(&func, "%s%s", prefix, name);
	if (func.err) {
		cbee__buf_free(&func);
		return cbee__err_os(err, -ENOMEM, "cannot look for system call '%.60s'", name);
	}
	*ret_func = cbee__buf_take(&func);
	return 0;
}

int cbee_syscall_func(struct cbee *c, const char *name, char **ret_func)
{
	return cbee__syscall_func(NULL, name, ret_func, cbee__err_of(c));
}

int cbee_syscall_prefix(struct cbee *c, const char **ret_prefix)
{
	return cbee__func_syscall_prefix(NULL, ret_prefix, cbee__err_of(c));
}

/* ---- programs and libraries --------------------------------------------- */

/* Hands the path over, or says why there is none. */
static int give(int code, struct cbee_buf *path, char **ret_path)
{
	if (!code)
		*ret_path = cbee__buf_take(path);
	cbee__buf_free(path);
	return code;
}

int cbee_program_path(struct cbee *c, const char *name, char **ret_path)
{
	struct cbee_buf path = { 0 };
	int code = cbee__path_find(name, &path);

	if (code)
		cbee__err_os(cbee__err_of(c), code, "no program '%.100s' to run", name);
	return give(code, &path, ret_path);
}

/* With a slash it is the path itself, in the root of the process. */
static int library(const char *name, int pid, struct cbee_buf *path, struct cbee_err *err)
{
	int code;

	if (strchr(name, '/')) {
		code = cbee__file_find(name, pid, NULL, path, err);
		if (code)
			return code;
		return euidaccess(path->data, F_OK)
			       ? cbee__err_os(err, -errno, "no library '%.200s'", path->data)
			       : 0;
	}
	cbee__buf_fmt(path, "/proc/%d", pid);
	if (!path->err && pid && euidaccess(path->data, F_OK))
		return cbee__err(err, -ESRCH, "no process %d", pid);
	if (path->err)
		return path->err;
	cbee__buf_reset(path);
	code = *name ? cbee__file_library(name, pid, path) : -ENOENT;
	return code == -ENOENT ? cbee__err(err, code, "no library '%.100s' found", name) : code;
}

int cbee_library_path(struct cbee *c, const char *name, int pid, char **ret_path)
{
	struct cbee_buf path = { 0 };
	int code = library(name, pid, &path, cbee__err_of(c));

	if (code == -ENOMEM)
		cbee__err_os(cbee__err_of(c), code, "cannot look for library '%.100s'", name);
	return give(code, &path, ret_path);
}
