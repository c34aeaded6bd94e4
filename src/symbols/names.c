/* SPDX-License-Identifier: Apache-2.0 */
/* Answers for a handle what is at an address; keeps what it had to read for that. */
#include "symbols/names.h"

#include <cbee/sym.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/handle.h"
#include "symbols/demangle.h"
#include "symbols/files.h"
#include "symbols/ksym.h"
#include "symbols/proc.h"

#define UNKNOWN "[unknown]"

struct cbee__names {
	char *root;
	struct cbee__ksyms *kernel;
	struct cbee__files files;
	struct cbee__procs procs;
	char **modules; /* paths that were registered */
	size_t module_count;
	bool modules_read;
	struct cbee__demangle demangle;
	struct cbee_buf text; /* what was formatted last */
};

/* ---- life ------------------------------------------------------------- */

int cbee__names_new(struct cbee__names **ret_n, const char *proc)
{
	struct cbee__names *n = calloc(1, sizeof(*n));

	if (n)
		n->root = strdup(proc ? proc : "/proc");
	if (!n || !n->root) {
		cbee__names_free(n);
		return -ENOMEM;
	}
	n->procs.root = n->root;
	n->procs.files = &n->files;
	*ret_n = n;
	return 0;
}

/* Frees what can be read again. */
static void forget(struct cbee__names *n)
{
	cbee__ksyms_free(n->kernel);
	n->kernel = NULL;
	cbee__procs_clear(&n->procs);
	cbee__files_free(&n->files);
	n->modules_read = false;
	cbee__demangle_free(&n->demangle);
	cbee__buf_free(&n->text);
}

void cbee__names_free(struct cbee__names *n)
{
	if (!n)
		return;
	forget(n);
	for (size_t i = 0; i < n->module_count; i++)
		free(n->modules[i]);
	free(n->modules);
	free(n->root);
	free(n);
}

void cbee_sym_forget(struct cbee *c)
{
	if (c->names)
		forget(c->names);
}

static int no_memory(struct cbee_err *err)
{
	return cbee__err_os(err, -ENOMEM, "cannot look up symbols");
}

/* The handle's names, made when they are first wanted; NULL: no memory. */
static struct cbee__names *names_of(struct cbee *c)
{
	if (!c->names)
		cbee__names_new(&c->names, NULL);
	return c->names;
}

/* ---- addresses -------------------------------------------------------- */

int cbee__names_ask(struct cbee *c, int pid, struct cbee__names_asked *asked, struct cbee_err *err)
{
	struct cbee__names *n = names_of(c);

	*asked = (struct cbee__names_asked){ .names = n };
	if (!n || (pid <= 0 && !n->kernel && cbee__ksyms_new(&n->kernel, n->root)))
		asked->code = no_memory(err);
	else if (pid > 0)
		asked->code = cbee__procs_get(&n->procs, pid, &asked->proc, err);
	return asked->code;
}

static int set_name(struct cbee__names *n, struct cbee_sym *sym)
{
	n->demangle.err = 0;
	if (sym->symbol)
		sym->name = cbee__demangle(&n->demangle, sym->symbol, false);
	if (!sym->name)
		sym->name = sym->symbol;
	return n->demangle.err;
}

int cbee__names_answer(const struct cbee__names_asked *asked, uint64_t address,
		       struct cbee_sym *sym, struct cbee_err *err)
{
	struct cbee__names *n = asked->names;
	int code = asked->code;

	*sym = (struct cbee_sym){ .offset = address };
	if (code)
		return code;
	if (asked->proc)
		code = cbee__proc_find(&n->procs, asked->proc, address, sym, err);
	else
		code = cbee__ksyms_find(n->kernel, address, sym, err);
	if (set_name(n, sym))
		return no_memory(err);
	return code;
}

int cbee_sym(struct cbee *c, int pid, uint64_t address, struct cbee_sym *ret_sym)
{
	struct cbee__names_asked asked;

	cbee__names_ask(c, pid, &asked, &c->err);
	return cbee__names_answer(&asked, address, ret_sym, &c->err);
}

int cbee_ksym(struct cbee *c, uint64_t address, struct cbee_sym *ret_sym)
{
	return cbee_sym(c, CBEE_KERNEL, address, ret_sym);
}

int cbee_ksym_address(struct cbee *c, const char *name, uint64_t *ret_address)
{
	struct cbee__names_asked asked;
	int code = cbee__names_ask(c, CBEE_KERNEL, &asked, &c->err);

	if (code)
		return code;
	return cbee__ksyms_address(asked.names->kernel, name, ret_address, &c->err);
}

/* ---- build ids -------------------------------------------------------- */

/* Reads the registered files, unless that was done. Those that have gone since are passed over. */
static int read_modules(struct cbee__names *n)
{
	struct cbee__known_file *file;
	int code = 0;

	for (size_t i = 0; !n->modules_read && code != -ENOMEM && i < n->module_count; i++)
		code = cbee__files_get(&n->files, &(struct cbee__file_at){ .path = n->modules[i] },
				       &file, NULL);
	if (code == -ENOMEM)
		return code;
	n->modules_read = true;
	return 0;
}

int cbee__names_by_id(struct cbee *c, const void *build_id, uint64_t offset, struct cbee_sym *sym,
		      struct cbee_err *err)
{
	struct cbee__names *n = names_of(c);
	const struct cbee__place *at = NULL;
	char id[2 * CBEE_BUILD_ID + 1];
	struct cbee__known_file *file;

	*sym = (struct cbee_sym){ .offset = offset };
	if (!n || read_modules(n))
		return no_memory(err);
	for (size_t i = 0; i < CBEE_BUILD_ID; i++)
		snprintf(id + 2 * i, 3, "%02x", ((const unsigned char *)build_id)[i]);
	file = cbee__files_by_id(&n->files, id);
	if (!file) {
		cbee__err(err, -ENOENT, "no file is known that has build id %s", id);
		cbee__err_hint(err, "register it with cbee_sym_module_add()");
		return -ENOENT;
	}
	sym->module = file->name;
	at = cbee__table_find(&file->table, offset);
	if (!at)
		return cbee__err(err, -ENOENT, "no symbol is known at 0x%llx in the file %s",
				 (unsigned long long)offset, file->name ? file->name : id);
	sym->symbol = cbee__table_text(&file->table, at->name);
	sym->offset = offset - at->start;
	sym->size = at->size;
	return set_name(n, sym) ? no_memory(err) : 0;
}

int cbee_sym_build_id(struct cbee *c, const void *build_id, uint64_t offset,
		      struct cbee_sym *ret_sym)
{
	return cbee__names_by_id(c, build_id, offset, ret_sym, &c->err);
}

static int remember_module(struct cbee__names *n, const char *path)
{
	char *copy = strdup(path);
	char **modules = copy ? realloc(n->modules, (n->module_count + 1) * sizeof(*modules))
			      : NULL;

	if (!modules) {
		free(copy);
		return -ENOMEM;
	}
	n->modules = modules;
	modules[n->module_count++] = copy;
	return 0;
}

int cbee_sym_module_add(struct cbee *c, const char *path)
{
	struct cbee__names *n = names_of(c);
	struct cbee__known_file *file;
	struct cbee_err why = { 0 };
	int code;

	if (!n)
		return no_memory(&c->err);
	code = cbee__files_get(&n->files, &(struct cbee__file_at){ .path = path }, &file, &why);
	if (!code && !*file->build_id)
		code = why.code ? why.code
				: cbee__err(&why, -ENODATA, "%.200s has no build id", path);
	if (code)
		return cbee__err_move(&c->err, &why);
	cbee__err_clear(&why);
	return remember_module(n, path) ? no_memory(&c->err) : 0;
}

/* ---- text ------------------------------------------------------------- */

void cbee__sym_write(struct cbee_buf *out, const struct cbee_sym *sym,
		     const struct cbee_sym_opts *opts)
{
	const char *name = opts && opts->symbol ? sym->symbol : sym->name, *base;

	cbee__buf_str(out, name ? name : UNKNOWN);
	if (opts && opts->offset)
		cbee__buf_fmt(out, "+0x%llx", (unsigned long long)sym->offset);
	if (!opts || !opts->module || !sym->module)
		return;
	base = strrchr(sym->module, '/');
	base = base ? base + 1 : sym->module;
	cbee__buf_fmt(out, *base == '[' ? " %s" : " [%s]", base);
}

const char *cbee_sym_format(struct cbee *c, const struct cbee_sym *sym,
			    const struct cbee_sym_opts *opts)
{
	struct cbee__names *n = names_of(c);

	if (!n)
		return UNKNOWN;
	cbee__buf_reset(&n->text);
	cbee__sym_write(&n->text, sym, opts);
	return n->text.err ? UNKNOWN : n->text.data;
}

const char *cbee_sym_text(struct cbee *c, int pid, uint64_t address,
			  const struct cbee_sym_opts *opts)
{
	struct cbee_sym sym;

	cbee_sym(c, pid, address, &sym);
	return cbee_sym_format(c, &sym, opts);
}
