/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the list of functions that a process has compiled itself: /tmp/perf-PID.map. */
#include "symbols/jit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/sym.h"

#define SIZE_MAX_READ (256 << 20) /* anyone may write such a file */
#define LONGEST	      (64u << 10)

/* Whether the file is another one than was read. */
static bool is_news(const struct cbee__jit *j, const struct stat *st)
{
	return j->key.st_dev != st->st_dev || j->key.st_ino != st->st_ino ||
	       j->key.st_size != st->st_size || j->key.st_mtim.tv_sec != st->st_mtim.tv_sec ||
	       j->key.st_mtim.tv_nsec != st->st_mtim.tv_nsec;
}

/* "7f3a00001000 40 LazyCompile:~work /srv/app.js:12", a line for each function. */
static void parse(struct cbee__table *t, char *text)
{
	for (char *line = text, *next; line; line = next) {
		struct cbee__place place = { .start = 0 };
		char *at;
		unsigned long long size;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		place.start = strtoull(line, &at, 16);
		if (at == line || *at != ' ')
			continue;
		size = strtoull(at, &at, 16);
		place.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
		if (*at == ' ' && at[1])
			cbee__table_add(t, &place, at + 1);
	}
}

/* Reads the list, if it is there, is a file, and is news. 1: the table is another one. */
static int read_list(struct cbee__jit *j, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), code = 0;
	struct cbee__table table = { .newest = true };
	struct cbee_buf text = { 0 };
	struct stat st;

	if (fd < 0)
		return 0;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    st.st_size <= SIZE_MAX_READ && is_news(j, &st)) {
		code = cbee__buf_read_fd(&text, fd);
		if (!code && text.len)
			parse(&table, text.data);
		if (!code)
			code = cbee__table_sort(&table, LONGEST);
		if (!code) {
			cbee__table_free(&j->table);
			j->table = table;
			j->key = st;
			code = 1;
		}
	}
	close(fd);
	cbee__buf_free(&text);
	return code;
}

/* "NSpid:\t1234\t7": its number here, and in the innermost of the name spaces it is in. */
static int status_line(void *ctx, char *line)
{
	const char *last = strrchr(line, '\t');

	if (strncmp(line, "NSpid:", 6) != 0 || !last)
		return 0;
	*(int *)ctx = atoi(last);
	return 1;
}

static int refresh(struct cbee__jit *j, const char *proc, int pid)
{
	char path[512], name[64];
	int own = pid, code;

	snprintf(path, sizeof(path), "%s/%d/status", proc, pid);
	cbee__line_each(path, status_line, &own);
	snprintf(name, sizeof(name), "/tmp/perf-%d.map", own);
	snprintf(path, sizeof(path), "%s/%d/root%s", proc, pid, name);
	code = read_list(j, path);
	if (!code) {
		snprintf(name, sizeof(name), "/tmp/perf-%d.map", pid);
		code = read_list(j, name);
	}
	if (code > 0)
		memcpy(j->path, name, sizeof(name));
	return code;
}

int cbee__jit_find(struct cbee__jit *j, const char *proc, int pid, uint64_t address,
		   const struct cbee__place **ret_place)
{
	int code = 0;

	*ret_place = cbee__table_find(&j->table, address);
	if (!*ret_place)
		code = refresh(j, proc, pid);
	if (code > 0)
		*ret_place = cbee__table_find(&j->table, address);
	return code == -ENOMEM ? code : 0;
}

void cbee__jit_free(struct cbee__jit *j)
{
	cbee__table_free(&j->table);
	*j = (struct cbee__jit){ 0 };
}
