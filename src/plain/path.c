/* SPDX-License-Identifier: Apache-2.0 */
/* Finds programs as a shell does. */
#include "plain/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/buf.h"

/* 0, -EACCES or -ENOENT; a folder can be entered, but not run. */
static int is_program(const char *path)
{
	struct stat st;

	if (access(path, X_OK))
		return errno == EACCES ? -EACCES : -ENOENT;
	return !stat(path, &st) && S_ISREG(st.st_mode) ? 0 : -EACCES;
}

int cbee__path_find(const char *name, struct cbee_buf *path)
{
	const char *folder = getenv("PATH");
	int err = -ENOENT;

	if (strchr(name, '/')) {
		cbee__buf_str(path, name);
		return path->err ? path->err : is_program(name);
	}
	if (!folder)
		folder = "/bin:/usr/bin"; /* as execvp() has it */
	for (size_t len; *name && folder; folder = folder[len] ? folder + len + 1 : NULL) {
		int got;

		len = strcspn(folder, ":");
		cbee__buf_reset(path);
		cbee__buf_fmt(path, "%.*s/%s", len ? (int)len : 1, len ? folder : ".", name);
		got = path->err ? path->err : is_program(path->data);
		if (!got || path->err)
			return got;
		if (got == -EACCES)
			err = got;
	}
	return err;
}
