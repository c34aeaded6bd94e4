/* SPDX-License-Identifier: Apache-2.0 */
/* A growable byte buffer with a sticky failure: write freely, check once. */
#ifndef CBEE_BUF_H
#define CBEE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct cbee__look;

struct cbee_buf {
	char *data; /* NUL-terminated whenever non-NULL */
	size_t len, cap;
	int err; /* 0, or a negative errno once something failed; appends are ignored from then on */
	const struct cbee__look *look; /* who reads it, see plain/look.h; NULL: a file or a pipe */
};

/* Appends; on failure sets b->err and leaves the contents as they were. */
void cbee__buf_add(struct cbee_buf *b, const void *data, size_t len);
void cbee__buf_str(struct cbee_buf *b, const char *str);
void cbee__buf_char(struct cbee_buf *b, char c);
void cbee__buf_fmt(struct cbee_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cbee__buf_vfmt(struct cbee_buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Appends @len zero bytes and returns their offset (meaningless once b->err is set). */
size_t cbee__buf_zero(struct cbee_buf *b, size_t len);

/* Reads from @fd to its end. 0, or a negative errno (also set in b->err). */
int cbee__buf_read_fd(struct cbee_buf *b, int fd);

/* Writes all bytes, however often it is interrupted. 0 or a negative errno. */
int cbee__fd_write(int fd, const void *data, size_t len);

/* Appends the whole file (sizes of 0 as in /proc and /sys are fine). 0 or a negative errno. */
int cbee__buf_read_file(struct cbee_buf *b, const char *path);

/* Empties, keeps the memory. */
void cbee__buf_reset(struct cbee_buf *b);

/* Hands the memory over (the caller frees it; NULL when failed or empty) and empties. */
char *cbee__buf_take(struct cbee_buf *b);

/* Frees everything and zeroes; takes NULL. */
void cbee__buf_free(struct cbee_buf *b);

#endif
