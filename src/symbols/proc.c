/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses in processes, also in those that have ended. */
#include "symbols/proc.h"

#include <cbee/sym.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/privilege.h"

#define IMAGE_MAX (1u << 20) /* of the vdso */

/* ---- processes -------------------------------------------------------- */

static void proc_free(struct cbee__proc *p)
{
	if (!p)
		return;
	cbee__mappings_free(&p->maps);
	cbee__jit_free(&p->jit);
	free(p);
}

void cbee__procs_clear(struct cbee__procs *ps)
{
	for (size_t i = 0; i < ps->count; i++)
		proc_free(ps->items[i]);
	free(ps->items);
	ps->items = NULL;
	ps->count = 0;
}

static struct cbee__proc *known(const struct cbee__procs *ps, int pid)
{
	for (size_t i = 0; i < ps->count; i++)
		if (ps->items[i]->pid == pid)
			return ps->items[i];
	return NULL;
}

/* Which place a new process takes: a new one, or that of the one least in use. */
static int find_place(struct cbee__procs *ps, size_t *ret_at)
{
	struct cbee__proc **items;
	size_t oldest = 0;

	for (size_t i = 1; i < ps->count; i++)
		if (ps->items[i]->used < ps->items[oldest]->used)
			oldest = i;
	if (ps->count == CBEE__PROCS_MAX) {
		proc_free(ps->items[oldest]);
		ps->items[oldest] = ps->items[--ps->count];
	}
	items = realloc(ps->items, (ps->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	ps->items = items;
	*ret_at = ps->count;
	return 0;
}

int cbee__proc_refused(int pid, int code, struct cbee_err *err)
{
	cbee__err_os(err, code, "cannot look into process %d", pid);
	if (code == -EACCES || code == -EPERM)
		cbee__needs_hint(err, CBEE__NEED_PROCESS);
	return code;
}

/* Reads the mappings anew; a process that is just ending keeps those it had. */
static int read_maps(struct cbee__procs *ps, struct cbee__proc *p, struct cbee_err *err)
{
	struct cbee__mappings maps = { 0 };
	int code = cbee__mappings_read(&maps, ps->root, p->pid);

	p->fresh = true;
	if (code == -ESRCH || (!code && !maps.items.len)) {
		p->ended = true;
		return 0;
	}
	if (code)
		return cbee__proc_refused(p->pid, code, err);
	cbee__mappings_inherit(&maps, &p->maps);
	cbee__mappings_free(&p->maps);
	p->maps = maps;
	return 0;
}

/* Makes and remembers the process, in place of the one that had the number. */
static int add(struct cbee__procs *ps, const struct cbee__proc *as, struct cbee__proc **ret_proc,
	       struct cbee_err *err)
{
	struct cbee__proc *p = calloc(1, sizeof(*p)), *old = known(ps, as->pid);
	size_t at = 0;
	int code = p ? 0 : -ENOMEM;

	if (!code && !old)
		code = find_place(ps, &at);
	if (code) {
		free(p);
		return cbee__err_os(err, code, "cannot look up symbols");
	}
	*p = *as;
	code = read_maps(ps, p, err);
	if (!code && p->ended)
		code = cbee__err(err, -ESRCH, "process %d has ended", p->pid);
	if (code) {
		proc_free(p);
		return code;
	}
	while (old && ps->items[at] != old)
		at++;
	proc_free(old);
	ps->items[at] = p;
	ps->count += !old;
	*ret_proc = p;
	return 0;
}

static bool is_same(const struct cbee__identity *a, const struct cbee__identity *b)
{
	return a->born == b->born && a->code == b->code && a->stack == b->stack;
}

int cbee__procs_get(struct cbee__procs *ps, int pid, struct cbee__proc **ret_proc,
		    struct cbee_err *err)
{
	struct cbee__proc *p = known(ps, pid), as = { .pid = pid };
	int code = cbee__identity_read(&as.id, ps->root, pid);
	bool lives = !code && (as.id.code || as.id.stack);

	if (code && code != -ESRCH)
		return cbee__proc_refused(pid, code, err);
	as.used = ++ps->clock;
	if (lives && !(p && is_same(&as.id, &p->id))) {
		code = add(ps, &as, &p, err);
		if (code)
			return code;
	} else if (!p || (!lives && !code && as.id.born != p->id.born)) {
		return code ? cbee__err(err, -ESRCH, "no process %d", pid)
			    : cbee__err(err, -ESRCH,
					"process %d has ended, or is a part of the kernel", pid);
	} else {
		p->fresh = false;
		p->ended = !lives;
		p->used = as.used;
	}
	*ret_proc = p;
	return 0;
}

/* ---- the file of a mapping -------------------------------------------- */

/*
 * Where debug files of a process in a container are; empty in @path: where ours
 * are, which are looked at anyway.
 */
static void find_debug_root(const struct cbee__procs *ps, const struct cbee__proc *p,
			    struct cbee_buf *path)
{
	struct stat own, theirs;

	cbee__buf_fmt(path, "%s/%d/root", ps->root, p->pid);
	if (path->err)
		return;
	if (stat("/", &own) || stat(path->data, &theirs) ||
	    (own.st_dev == theirs.st_dev && own.st_ino == theirs.st_ino))
		cbee__buf_reset(path);
	else
		cbee__buf_str(path, "/usr/lib/debug");
}

/* Takes what is at @path, if it is a file; and if that is not certain, the one that was mapped. */
static int try_file(struct cbee__procs *ps, struct cbee__mapping *m, struct cbee__file_at at,
		    bool certain)
{
	struct stat st;

	if (stat(at.path, &st) || !S_ISREG(st.st_mode) || (!certain && st.st_ino != m->inode))
		return -ENOENT;
	return cbee__files_get(ps->files, &at, &m->file, NULL);
}

/*
 * The link in map_files leads to the very file that is mapped, whatever became of
 * its name, but needs more privilege; the path holds in the process's own root.
 * When the process has ended, the path in our root is all there is.
 */
static int find_file(struct cbee__procs *ps, const struct cbee__proc *p, struct cbee__mapping *m)
{
	const char *name = cbee__mapping_path(&p->maps, m);
	struct cbee_buf link = { 0 }, path = { 0 }, debug = { 0 };
	struct cbee__file_at at = { .name = name };
	int code;

	find_debug_root(ps, p, &debug);
	cbee__buf_fmt(&link, "%s/%d/map_files/%llx-%llx", ps->root, p->pid,
		      (unsigned long long)m->start, (unsigned long long)m->end);
	cbee__buf_fmt(&path, "%s/%d/root%s", ps->root, p->pid, name);
	code = link.err || path.err || debug.err ? -ENOMEM : 0;
	if (!code) {
		at.debug_root = debug.len ? debug.data : NULL;
		at.path = link.data;
		code = try_file(ps, m, at, true);
	}
	at.path = path.data;
	if (code && code != -ENOMEM && !m->deleted)
		code = try_file(ps, m, at, true);
	at.path = name;
	if (code && code != -ENOMEM && !m->deleted)
		code = try_file(ps, m, at, false);
	cbee__buf_free(&link);
	cbee__buf_free(&path);
	cbee__buf_free(&debug);
	return code;
}

/* The kernel's code in the process, out of its memory. */
static int find_vdso(struct cbee__procs *ps, const struct cbee__proc *p, struct cbee__mapping *m)
{
	size_t size = m->end - m->start;
	void *image = size <= IMAGE_MAX ? malloc(size) : NULL;
	struct cbee_buf path = { 0 };
	int fd = -1, code = size <= IMAGE_MAX && !image ? -ENOMEM : 0;

	cbee__buf_fmt(&path, "%s/%d/mem", ps->root, p->pid);
	if (!code)
		code = path.err;
	if (!code && image)
		fd = open(path.data, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && pread(fd, image, size, (off_t)m->start) == (ssize_t)size)
		code = cbee__files_get_image(ps->files, image, size, &m->file);
	if (fd >= 0)
		close(fd);
	cbee__buf_free(&path);
	free(image);
	return code;
}

/* Finds m->file, at the first time; that there is none is no failure. */
static int want_file(struct cbee__procs *ps, const struct cbee__proc *p, struct cbee__mapping *m)
{
	const char *name = cbee__mapping_path(&p->maps, m);
	int code = 0;

	if (m->tried)
		return 0;
	if (*name == '/')
		code = find_file(ps, p, m);
	else if (!strcmp(name, "[vdso]"))
		code = find_vdso(ps, p, m);
	if (code == -ENOMEM)
		return code;
	m->tried = true;
	return 0;
}

/* ---- addresses to names ----------------------------------------------- */

static void fill(struct cbee_sym *sym, const struct cbee__table *t, const struct cbee__place *at,
		 uint64_t where)
{
	sym->symbol = cbee__table_text(t, at->name);
	sym->offset = where - at->start;
	sym->size = at->size;
}

/* What the mapping's file says. */
static int find_in_file(struct cbee__procs *ps, const struct cbee__proc *p, struct cbee__mapping *m,
			struct cbee_sym *sym)
{
	const char *name = cbee__mapping_path(&p->maps, m);
	uint64_t where = sym->offset - m->start + m->offset;
	const struct cbee__place *at = NULL;
	int code = want_file(ps, p, m);

	if (code)
		return code;
	if (*name)
		sym->module = name;
	if (m->file)
		at = cbee__table_find(&m->file->table, where);
	if (at)
		fill(sym, &m->file->table, at, where);
	else if (*name == '/' || m->file)
		sym->offset = where;
	return 0;
}

int cbee__proc_find(struct cbee__procs *ps, struct cbee__proc *p, uint64_t address,
		    struct cbee_sym *sym, struct cbee_err *err)
{
	struct cbee__mapping *m = cbee__mappings_find(&p->maps, address);
	const struct cbee__place *at = NULL;
	int code = 0;

	*sym = (struct cbee_sym){ .offset = address };
	if (!m && !p->fresh && !p->ended) {
		code = read_maps(ps, p, err);
		if (code)
			return code;
		m = cbee__mappings_find(&p->maps, address);
	}
	if (m)
		code = find_in_file(ps, p, m, sym);
	if (!code && !sym->symbol)
		code = cbee__jit_find(&p->jit, ps->root, p->pid, address, &at);
	if (code)
		return cbee__err_os(err, code, "cannot look up symbols");
	if (at) {
		fill(sym, &p->jit.table, at, address);
		sym->module = p->jit.path;
	}
	if (sym->symbol)
		return 0;
	return cbee__err(err, -ENOENT, "no symbol is known at 0x%llx in process %d",
			 (unsigned long long)address, p->pid);
}
