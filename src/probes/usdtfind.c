/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the files in which USDT probes are meant, and the probes in them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "probes/usdt.h"
#include "symbols/file.h"
#include "symbols/sym.h"

bool cbee__usdt_is(const struct cbee_usdt *probe, const char *name)
{
	const char *colon = strchr(name, ':');
	size_t len = colon ? (size_t)(colon - name) : 0;

	if (!colon)
		return !strcmp(probe->name, name);
	return strlen(probe->provider) == len && !memcmp(probe->provider, name, len) &&
	       !strcmp(probe->name, colon + 1);
}

/* Walks over what a process has mapped. */
struct maps {
	struct cbee__usdt_list *list;
	const char *proc;
	int pid;
	unsigned int files;
	char last[PATH_MAX]; /* of a file, in pieces that follow each other */
};

/* The parts of a line that count. */
struct mapping {
	char range[40], perms[8], path[PATH_MAX];
};

static bool read_mapping(const char *line, struct mapping *m)
{
	int at = 0;

	if (sscanf(line, "%39s %7s %*s %*s %*s %n", m->range, m->perms, &at) != 2 || !at)
		return false;
	snprintf(m->path, sizeof(m->path), "%s", line + at);
	return m->path[0] == '/' && strchr(m->perms, 'x');
}

/*
 * The name by which the mapped file can be opened from here: its own when that
 * is the same file, for it outlives the process; else the one in the process's
 * root; else, when it was deleted, the mapping's.
 */
static void reachable(const struct maps *w, const struct mapping *m, char *path, size_t size)
{
	struct stat mapped, named;

	snprintf(path, size, "%s/%d/map_files/%s", w->proc, w->pid, m->range);
	if (stat(path, &mapped)) {
		snprintf(path, size, "%s/%d/root%s", w->proc, w->pid, m->path);
		return;
	}
	if (!stat(m->path, &named) && named.st_ino == mapped.st_ino &&
	    named.st_dev == mapped.st_dev) {
		snprintf(path, size, "%s", m->path);
		return;
	}
	snprintf(path, size, "%s/%d/root%s", w->proc, w->pid, m->path);
	if (stat(path, &named) || named.st_ino != mapped.st_ino || named.st_dev != mapped.st_dev)
		snprintf(path, size, "%s/%d/map_files/%s", w->proc, w->pid, m->range);
}

/* Whether the probes of that file are in the list already. */
static bool has_file(const struct cbee__usdt_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].pub.path, path))
			return true;
	return false;
}

static int read_mapped(void *ctx, char *line)
{
	struct maps *w = ctx;
	struct mapping m;
	char path[PATH_MAX + 64];
	int err;

	if (!read_mapping(line, &m) || !strcmp(m.path, w->last))
		return 0;
	w->files++;
	snprintf(w->last, sizeof(w->last), "%s", m.path);
	reachable(w, &m, path, sizeof(path));
	if (has_file(w->list, path))
		return 0;
	err = cbee__usdt_read(w->list, path, NULL);
	return err == -ENOMEM ? err : 0; /* what else is mapped need not be ELF */
}

static int find_mapped(struct maps *w, struct cbee_err *err)
{
	char path[64];
	int code;

	snprintf(path, sizeof(path), "%s/%d/maps", w->proc, w->pid);
	code = cbee__line_each(path, read_mapped, w);
	if (code == -ENOENT || code == -ESRCH)
		return cbee__err(err, -ESRCH, "no process %d", w->pid);
	if (code)
		return cbee__err_os(err, code, "cannot list what process %d runs", w->pid);
	if (!w->files)
		return cbee__err(err, -ESRCH,
				 "process %d runs no program: it has ended, or is the "
				 "kernel's",
				 w->pid);
	return 0;
}

int cbee__usdt_find(struct cbee__usdt_list *list, const struct cbee_usdt_opts *opts,
		    const char *proc, struct cbee_err *err)
{
	struct maps w = { .list = list, .proc = proc ? proc : "/proc", .pid = opts->pid };
	struct cbee_buf path = { 0 };
	int code;

	if (opts->pid < 0 || (!opts->path && !opts->pid))
		return cbee__err(err, -EINVAL, "USDT probes are those of a file or of a process");
	if (!opts->path)
		return find_mapped(&w, err);
	code = cbee__file_find(opts->path, opts->pid, proc, &path, err);
	if (!code)
		code = cbee__usdt_read(list, path.data, err);
	else if (code == -ENOMEM)
		cbee__err_os(err, code, "cannot look for %.200s", opts->path);
	cbee__buf_free(&path);
	return code;
}
