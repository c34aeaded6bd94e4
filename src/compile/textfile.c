/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the file that a BPF text is in. */
#include "compile/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/caps.h"
#include "plain/err.h"

#define TEXT_MAX (16 << 20) /* bytes */

char *cbee__textfile_beside(const char *path)
{
	char exe[PATH_MAX], *slash, *found;
	ssize_t len = path[0] == '/' ? -1 : readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len < 0)
		return NULL;
	exe[len] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	return asprintf(&found, "%.*s/%s", (int)(slash - exe), exe, path) < 0 ? NULL : found;
}

static bool is_stdin(const char *path)
{
	return !strcmp(path, "-");
}

/* Without waiting for a writer, should it be a FIFO. */
static int open_as_user(const char *path)
{
	uint64_t lowered = cbee__caps_as_user();
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = errno;

	cbee__caps_raise(lowered);
	return fd < 0 ? -err : fd;
}

/* A descriptor or a negative errno. */
static int open_text(const char *path)
{
	int fd = is_stdin(path) ? fcntl(0, F_DUPFD_CLOEXEC, 3) : open_as_user(path);
	struct stat st;

	if (fd < 0)
		return is_stdin(path) ? -errno : fd;
	if (!fstat(fd, &st) && st.st_size <= TEXT_MAX)
		return fd;
	close(fd);
	return -EFBIG;
}

static int read_text(struct cbee__textfile *t, int fd)
{
	char bytes[16384];
	ssize_t n;

	/* what is no file may have no end */
	while ((n = read(fd, bytes, sizeof(bytes))) && t->text.len <= TEXT_MAX) {
		if (n < 0 && errno != EINTR)
			return -errno;
		cbee__buf_add(&t->text, bytes, n < 0 ? 0 : (size_t)n);
	}
	cbee__buf_str(&t->text, ""); /* a text of nothing is one too */
	if (t->text.err)
		return t->text.err;
	if (t->text.len > TEXT_MAX)
		return -EFBIG;
	return memchr(t->text.data, '\0', t->text.len) ? -EILSEQ : 0;
}

static int explain(struct cbee_err *err, int code, const char *path)
{
	if (code == -EILSEQ)
		return cbee__err(err, code, "cannot read %.200s: it is not a text", path);
	return cbee__err_os(err, code, "cannot read %.200s", path);
}

int cbee__textfile_read(struct cbee__textfile *ret, const char *path, struct cbee_err *err)
{
	char *other = is_stdin(path) ? NULL : cbee__textfile_beside(path);
	const char *found = path, *slash;
	int fd = open_text(path), code;

	*ret = (struct cbee__textfile){ 0 };
	if (fd == -ENOENT && other) {
		fd = open_text(other);
		found = other;
	}
	code = fd < 0 ? fd : read_text(ret, fd);
	if (fd >= 0)
		close(fd);
	slash = strrchr(found, '/');
	if (!code) {
		ret->dir = slash ? strndup(found, slash == found ? 1 : (size_t)(slash - found))
				 : strdup(".");
		code = ret->dir ? 0 : -ENOMEM;
	}
	free(other);
	if (code)
		cbee__textfile_free(ret);
	return code ? explain(err, code, is_stdin(path) ? "stdin" : path) : 0;
}

void cbee__textfile_free(struct cbee__textfile *t)
{
	cbee__buf_free(&t->text);
	free(t->dir);
	*t = (struct cbee__textfile){ 0 };
}
