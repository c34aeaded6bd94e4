/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out which file, and what in it, a person means. */
#include "symbols/file.h"

#include <bcc/bcc_proc.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plain/path.h"
#include "plain/pattern.h"
#include "symbols/proc.h"

/* The next colon from @at on that is not half of a `::`, or NULL. */
static const char *single_colon(const char *at)
{
	const char *colon = strchr(at, ':');

	while (colon && colon[1] == ':' && colon[2] != ':')
		colon = strchr(colon + 2, ':');
	return colon;
}

/* The colon behind the path: the first, unless only a later one has a file before it. */
static const char *path_colon(const char *spec)
{
	const char *first = single_colon(spec), *colon = first;

	while (colon) {
		char *path = strndup(spec, (size_t)(colon - spec));
		int is_file = path && strchr(path, '/') && !euidaccess(path, F_OK);

		free(path);
		if (is_file)
			return colon;
		colon = single_colon(colon + 1);
	}
	return first;
}

int cbee__file_split(const char *spec, char **ret_path, char **ret_pattern, struct cbee_err *err)
{
	const char *colon, *pattern = spec;
	char *path = NULL, *copy;

	if (strnlen(spec, 2 * CBEE__PATTERN_MAX) == 2 * CBEE__PATTERN_MAX)
		return cbee__err(err, -ENAMETOOLONG, "'%.60s...' is too long", spec);
	colon = path_colon(spec);
	if (colon)
		pattern = colon + 1 + 2 * !strncmp(colon + 1, "::", 2);
	if (!*pattern)
		return cbee__err(err, -EINVAL, "no function name in '%.60s'", spec);
	copy = strdup(pattern);
	if (colon)
		path = strndup(spec, (size_t)(colon - spec));
	if (!copy || (colon && !path)) {
		free(copy);
		free(path);
		return cbee__err_os(err, -ENOMEM, "cannot look for functions");
	}
	*ret_path = path;
	*ret_pattern = copy;
	return 0;
}

/* What the linker would call the library: `c` for c, libc, libc.so and libc.so.6. */
static char *short_name(const char *name)
{
	const char *end = strstr(name, ".so");

	if (strncmp(name, "lib", 3))
		return strdup(name);
	return end ? strndup(name + 3, (size_t)(end - name - 3)) : strdup(name + 3);
}

/* A library by its whole file name stands beside the one that the short name finds. */
int cbee__file_library(const char *name, int pid, struct cbee_buf *path)
{
	const char *version = strstr(name, ".so.");
	char *core = short_name(name), *found, *base;

	if (!core)
		return -ENOMEM;
	found = bcc_procutils_which_so(core, pid);
	base = found ? strrchr(found, '/') : NULL;
	if (base && pid && strncmp(found, "/proc/", 6) != 0)
		cbee__buf_fmt(path, "/proc/%d/root", pid);
	if (base)
		cbee__buf_fmt(path, "%.*s%s", (int)(base + 1 - found), found,
			      version ? name : base + 1);
	free(core);
	bcc_procutils_free(found);
	if (path->err)
		return -ENOMEM;
	return base && !euidaccess(path->data, F_OK) ? 0 : -ENOENT;
}

/* Whether we may look into the process; 0 also for one that has ended. */
static int check_process(int pid, const char *proc, struct cbee_err *err)
{
	struct cbee_buf path = { 0 };
	int code;

	cbee__buf_fmt(&path, "%s/%d/root", proc ? proc : "/proc", pid);
	code = path.err ? path.err : euidaccess(path.data, F_OK) ? -errno : 0;
	cbee__buf_free(&path);
	if (code == -EACCES || code == -EPERM)
		return cbee__proc_refused(pid, code, err);
	return code == -ENOMEM ? code : 0;
}

/* The program that the process runs, if its file has this name: 0, -ENOENT or -ENOMEM. */
static int find_running(const char *name, int pid, const char *proc, struct cbee_buf *path)
{
	char exe[64], file[PATH_MAX];
	const char *base;
	ssize_t len;

	snprintf(exe, sizeof(exe), "%.40s/%d/exe", proc ? proc : "/proc", pid);
	len = pid ? readlink(exe, file, sizeof(file) - 1) : -1;
	file[len < 0 ? 0 : len] = '\0';
	base = strrchr(file, '/');
	if (!base || strcmp(base + 1, name) != 0)
		return -ENOENT;
	cbee__buf_reset(path);
	cbee__buf_str(path, exe);
	return path->err;
}

static int find_named(const char *name, int pid, const char *proc, struct cbee_buf *path,
		      struct cbee_err *err)
{
	int code = cbee__file_library(name, pid, path);

	if (code == -ENOENT)
		code = find_running(name, pid, proc, path);
	if (code != -ENOENT)
		return code;
	cbee__buf_reset(path);
	code = cbee__path_find(name, path);
	if (!code || code == -ENOMEM)
		return code;
	cbee__buf_reset(path);
	code = pid ? check_process(pid, NULL, err) : 0;
	if (code)
		return code;
	cbee__err(err, -ENOENT, "no library or program '%.60s' found", name);
	cbee__err_hint(err, "a file that is not on the PATH needs a path, ./%.60s", name);
	return -ENOENT;
}

int cbee__file_find(const char *name, int pid, const char *proc, struct cbee_buf *path,
		    struct cbee_err *err)
{
	if (!*name && !pid) {
		cbee__err(err, -EINVAL, "':FUNCTION' needs a process to look in");
		cbee__err_hint(err, "give its id with -p, or write PROGRAM:FUNCTION");
		return -EINVAL;
	}
	cbee__buf_fmt(path, "%s/%d", proc ? proc : "/proc", pid);
	if (pid && !path->err && euidaccess(path->data, F_OK))
		return cbee__err(err, -ESRCH, "no process %d", pid);
	if (!*name) {
		cbee__buf_str(path, "/exe");
		return path->err ? path->err : check_process(pid, proc, err);
	} else if (pid && *name == '/' && strncmp(name, "/proc/", 6) != 0) {
		cbee__buf_fmt(path, "/root%s", name);
		return path->err ? path->err : check_process(pid, proc, err);
	} else if (!path->err) {
		cbee__buf_reset(path);
		if (!strchr(name, '/'))
			return find_named(name, pid, proc, path, err);
		cbee__buf_str(path, name);
	}
	return path->err;
}
