/* SPDX-License-Identifier: Apache-2.0 */
/* Finds where a function is in the memory of a process. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <cbee/sym.h>

#include "kernel/handle.h"
#include "symbols/func.h"
#include "symbols/mapping.h"

/* The path may lead through the root of the process, so the file is told by its number. */
static int locate(const struct cbee__mappings *maps, const struct cbee__func *func,
		  uint64_t *ret_address)
{
	const struct cbee__mapping *m = (const void *)maps->items.data;
	size_t count = maps->items.len / sizeof(*m);
	struct stat st;

	if (stat(func->module_or_path, &st))
		count = 0;
	for (size_t i = 0; i < count; i++) {
		if (m[i].inode != st.st_ino || func->offset - m[i].offset >= m[i].end - m[i].start)
			continue;
		*ret_address = m[i].start + (func->offset - m[i].offset);
		return 0;
	}
	return -ENOENT;
}

static int find(int pid, const char *function, uint64_t *ret_address, struct cbee_err *err)
{
	const struct cbee__func_opts opts = { .pid = pid };
	struct cbee__mappings maps = { 0 };
	struct cbee__funcs funcs = { 0 };
	int code = cbee__func_find(function, &opts, &funcs, err);

	if (code)
		return code;
	code = cbee__mappings_read(&maps, "/proc", pid);
	if (code)
		cbee__err_os(err, code, "cannot read what is mapped in process %d", pid);
	else
		code = locate(&maps, &funcs.items[0], ret_address);
	if (code == -ENOENT)
		cbee__err(err, code, "process %d runs no code from %.200s", pid,
			  funcs.items[0].module_or_path);
	cbee__mappings_free(&maps);
	cbee__funcs_free(&funcs);
	return code;
}

int cbee_sym_address(struct cbee *c, int pid, const char *function, uint64_t *ret_address)
{
	if (pid <= 0)
		return cbee_ksym_address(c, function, ret_address);
	if (!strchr(function, ':'))
		return cbee__err(&c->err, -EINVAL, "'%.60s' does not say in which file", function);
	return find(pid, function, ret_address, &c->err);
}
