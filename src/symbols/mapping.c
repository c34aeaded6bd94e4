/* SPDX-License-Identifier: Apache-2.0 */
/* Reads which process it is, and where files are mapped in it, from /proc. */
#include "symbols/mapping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/sym.h"

#define DELETED " (deleted)"

/* A line break in a path is written as \012; it is all that is. */
static void unescape(char *path)
{
	char *from = path;

	while (*from) {
		bool escaped = !strncmp(from, "\\012", 4);

		*path++ = escaped ? '\n' : *from;
		from += escaped ? 4 : 1;
	}
	*path = '\0';
}

static bool cut_deleted(char *path)
{
	size_t len = strlen(path), tail = strlen(DELETED);

	if (len <= tail || strcmp(path + len - tail, DELETED) != 0)
		return false;
	path[len - tail] = '\0';
	return true;
}

/* "7f0000000000-7f0000001000 r-xp 00000000 fe:01 1234     /usr/lib/x" */
static int mapping_line(void *ctx, char *line)
{
	unsigned long long start, end, offset, inode;
	struct cbee__mapping one = { .start = 0 };
	struct cbee__mappings *m = ctx;
	unsigned int major, minor;
	char perms[5];
	int path = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, perms, &offset, &major,
		   &minor, &inode, &path) < 7 ||
	    !path || !strchr(perms, 'x'))
		return 0;
	one.start = start;
	one.end = end;
	one.offset = offset;
	one.inode = inode;
	one.dev = (uint64_t)major << 32 | minor;
	one.deleted = cut_deleted(line + path);
	unescape(line + path);
	one.path = (uint32_t)m->text.len;
	cbee__buf_add(&m->text, line + path, strlen(line + path) + 1);
	cbee__buf_add(&m->items, &one, sizeof(one));
	return m->text.err ? m->text.err : m->items.err;
}

/* Appends "@proc/@pid/@name". */
static int read_lines(const char *proc, int pid, const char *name, cbee__line_fn fn, void *ctx)
{
	struct cbee_buf path = { 0 };
	int code;

	cbee__buf_fmt(&path, "%s/%d/%s", proc, pid, name);
	code = path.err ? path.err : cbee__line_each(path.data, fn, ctx);
	cbee__buf_free(&path);
	return code == -ENOENT ? -ESRCH : code;
}

int cbee__mappings_read(struct cbee__mappings *m, const char *proc, int pid)
{
	int code = read_lines(proc, pid, "maps", mapping_line, m);

	if (code)
		cbee__mappings_free(m);
	return code;
}

static struct cbee__mapping *items(const struct cbee__mappings *m, size_t *ret_count)
{
	*ret_count = m->items.len / sizeof(struct cbee__mapping);
	return (void *)m->items.data;
}

struct cbee__mapping *cbee__mappings_find(const struct cbee__mappings *m, uint64_t address)
{
	size_t low = 0, high;
	struct cbee__mapping *all = items(m, &high);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address >= all[middle].end)
			low = middle + 1;
		else if (address < all[middle].start)
			high = middle;
		else
			return &all[middle];
	}
	return NULL;
}

void cbee__mappings_inherit(struct cbee__mappings *m, const struct cbee__mappings *from)
{
	size_t count;
	struct cbee__mapping *all = items(m, &count);

	for (size_t i = 0; i < count; i++) {
		const struct cbee__mapping *old = cbee__mappings_find(from, all[i].start);

		if (!old || old->start != all[i].start || old->end != all[i].end ||
		    old->offset != all[i].offset || old->inode != all[i].inode ||
		    old->dev != all[i].dev)
			continue;
		all[i].file = old->file;
		all[i].tried = old->tried;
	}
}

const char *cbee__mapping_path(const struct cbee__mappings *m, const struct cbee__mapping *of)
{
	return m->text.data + of->path;
}

void cbee__mappings_free(struct cbee__mappings *m)
{
	cbee__buf_free(&m->text);
	cbee__buf_free(&m->items);
}

/* Behind the name, which may have brackets and blanks, field 3 is next. */
static int identity_line(void *ctx, char *line)
{
	struct cbee__identity *id = ctx;
	char *at = strrchr(line, ')');
	unsigned long long born, code, stack;

	if (at && sscanf(at + 1,
			 " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
			 " %*s %llu %*s %*s %*s %llu %*s %llu",
			 &born, &code, &stack) == 3)
		*id = (struct cbee__identity){ .born = born, .code = code, .stack = stack };
	return 0;
}

int cbee__identity_read(struct cbee__identity *ret_id, const char *proc, int pid)
{
	*ret_id = (struct cbee__identity){ 0 };
	return read_lines(proc, pid, "stat", identity_line, ret_id);
}
