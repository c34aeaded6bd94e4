/* SPDX-License-Identifier: Apache-2.0 */
/* A growable byte buffer with a sticky failure: write freely, check once. */
#include "plain/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes room for @more bytes and the NUL behind them. */
static int grow(struct cbee_buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 128;
	char *data;

	if (b->err)
		return b->err;
	if (more > SIZE_MAX / 2 - b->len - 1)
		return b->err = -ENOMEM;
	while (cap < b->len + more + 1)
		cap *= 2;
	if (cap == b->cap)
		return 0;
	data = realloc(b->data, cap);
	if (!data)
		return b->err = -ENOMEM;
	b->data = data;
	b->cap = cap;
	return 0;
}

void cbee__buf_add(struct cbee_buf *b, const void *data, size_t len)
{
	if (grow(b, len))
		return;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void cbee__buf_str(struct cbee_buf *b, const char *str)
{
	cbee__buf_add(b, str, strlen(str));
}

void cbee__buf_char(struct cbee_buf *b, char c)
{
	cbee__buf_add(b, &c, 1);
}

void cbee__buf_vfmt(struct cbee_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0 && !b->err)
		b->err = -EOVERFLOW;
	if (len >= 0 && !grow(b, (size_t)len)) {
		vsnprintf(b->data + b->len, (size_t)len + 1, fmt, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void cbee__buf_fmt(struct cbee_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cbee__buf_vfmt(b, fmt, ap);
	va_end(ap);
}

size_t cbee__buf_zero(struct cbee_buf *b, size_t len)
{
	size_t at = b->len;

	if (grow(b, len))
		return 0;
	memset(b->data + at, 0, len + 1);
	b->len += len;
	return at;
}

int cbee__buf_read_fd(struct cbee_buf *b, int fd)
{
	ssize_t got;

	do {
		if (grow(b, 16384))
			return b->err;
		got = read(fd, b->data + b->len, b->cap - b->len - 1);
		if (got > 0)
			b->len += (size_t)got;
		b->data[b->len] = '\0'; /* also for when there is no room for more */
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		b->err = -errno;
	return b->err;
}

int cbee__fd_write(int fd, const void *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data = (const char *)data + n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int cbee__buf_read_file(struct cbee_buf *b, const char *path)
{
	int err, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	err = cbee__buf_read_fd(b, fd);
	close(fd);
	return err;
}

void cbee__buf_reset(struct cbee_buf *b)
{
	b->len = 0;
	b->err = 0;
	if (b->data)
		b->data[0] = '\0';
}

char *cbee__buf_take(struct cbee_buf *b)
{
	char *data = b->err ? NULL : b->data;

	if (!data)
		free(b->data);
	*b = (struct cbee_buf){ 0 };
	return data;
}

void cbee__buf_free(struct cbee_buf *b)
{
	if (!b)
		return;
	free(b->data);
	*b = (struct cbee_buf){ 0 };
}
