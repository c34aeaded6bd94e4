/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what a process is written in. */
#include "symbols/language.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cbee/find.h>

#include "kernel/handle.h"
#include "plain/buf.h"
#include "symbols/elf.h"
#include "symbols/sym.h"

struct row {
	const char *name;
	const char *programs[3];  /* their names, behind which a version may stand */
	const char *libraries[2]; /* how the names of its runtime's begin */
};

/* The first library that is loaded decides by the order of the rows. */
static const struct row rows[] = {
	{ "java", { "java" }, { "libjvm.so" } },
	{ "node", { "node", "nodejs" }, { "libnode.so" } },
	{ "perl", { "perl" }, { "libperl.so" } },
	{ "php", { "php", "php-fpm", "php-cgi" }, { "libphp" } },
	{ "python", { "python", "pypy" }, { "libpython", "libpypy" } },
	{ "ruby", { "ruby" }, { "libruby" } },
	{ "tcl", { "tclsh", "wish" }, { "libtcl" } },
	{ "lua", { "lua", "luajit" }, { "liblua" } },
	{ "dotnet", { "dotnet" }, { "libcoreclr.so" } },
	{ "erlang", { "beam.smp", "beam" }, { NULL } },
	{ "c++", { NULL }, { "libstdc++.so", "libc++.so" } },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* "python", "python3.11", "ruby-2.7": the name, and nothing but a version. */
static bool is_program(const char *name, const char *program)
{
	size_t len = program ? strlen(program) : 0;

	return program && !strncmp(name, program, len) &&
	       !name[len + strspn(name + len, "0123456789.-")];
}

static const char *by_program(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ROWS; i++)
		for (size_t n = 0; n < 3; n++)
			if (is_program(name, rows[i].programs[n]))
				return rows[i].name;
	return NULL;
}

/* One line of the process's memory map; keeps the best row. */
static int see_mapping(void *ctx, char *line)
{
	const char *path = strchr(line, '/'), *name = path ? strrchr(path, '/') + 1 : "";
	size_t *best = ctx;

	for (size_t i = 0; i < *best; i++)
		for (size_t n = 0; n < 2; n++) {
			const char *library = rows[i].libraries[n];

			if (library && !strncmp(name, library, strlen(library)))
				*best = i;
		}
	return 0;
}

static int by_content(const char *folder, struct cbee_buf *path, const char **ret_language)
{
	struct cbee__elf *e = NULL;
	size_t best = ROWS;
	bool go = false;
	int code;

	cbee__buf_reset(path);
	cbee__buf_fmt(path, "%s/exe", folder);
	code = path->err ? path->err : cbee__elf_open(&e, path->data, NULL, NULL);
	if (!code)
		go = cbee__elf_info(e)->go;
	cbee__elf_free(e);
	if (code == -ENOMEM)
		return code;
	cbee__buf_reset(path);
	cbee__buf_fmt(path, "%s/maps", folder);
	code = path->err ? path->err : go ? 0 : cbee__line_each(path->data, see_mapping, &best);
	if (!code)
		*ret_language = go ? "go" : best < ROWS ? rows[best].name : "c";
	return code;
}

/* The path of the program that runs, without what the kernel adds when the file is gone. */
static int read_program(const char *link, char *path, size_t size)
{
	static const char gone[] = " (deleted)";
	ssize_t len = readlink(link, path, size - 1);

	if (len < 0)
		return -errno;
	path[len] = '\0';
	if ((size_t)len > strlen(gone) && !strcmp(path + len - strlen(gone), gone))
		path[(size_t)len - strlen(gone)] = '\0';
	return 0;
}

static int look(const char *folder, const char **ret_language)
{
	char program[PATH_MAX];
	struct cbee_buf path = { 0 };
	const char *found;
	int code;

	if (euidaccess(folder, F_OK))
		return -ESRCH;
	cbee__buf_fmt(&path, "%s/exe", folder);
	code = path.err ? path.err : read_program(path.data, program, sizeof(program));
	found = code ? NULL : by_program(program);
	if (found)
		*ret_language = found;
	else if (!code)
		code = by_content(folder, &path, ret_language);
	cbee__buf_free(&path);
	return code == -ENOENT ? -ENOEXEC : code;
}

int cbee__language(const char *proc, int pid, const char **ret_language, struct cbee_err *err)
{
	struct cbee_buf folder = { 0 };
	int code;

	cbee__buf_fmt(&folder, "%s/%d", proc, pid);
	code = folder.err ? folder.err : look(folder.data, ret_language);
	cbee__buf_free(&folder);
	if (code == -ESRCH)
		return cbee__err(err, code, "no process %d", pid);
	if (code == -ENOEXEC)
		return cbee__err(err, code,
				 "process %d runs no program: it is the kernel's, or has ended",
				 pid);
	return code ? cbee__err_os(err, code, "cannot tell what process %d is written in", pid) : 0;
}

int cbee_language(struct cbee *c, int pid, const char **ret_language)
{
	return cbee__language("/proc", pid, ret_language, cbee__err_of(c));
}
