/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of who reads a text: a terminal, how wide, and whether it has colours. */
#ifndef CBEE_LOOK_H
#define CBEE_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cbee/tool.h>

struct cbee_buf;

/* All zero: a file or a pipe, which gets every byte and nothing else. */
struct cbee__look {
	bool color;	    /* sequences for colours may be written */
	bool moves;	    /* so may those that move about: it is a terminal, and no dumb one */
	bool utf8;	    /* it shows characters beyond ASCII */
	unsigned int width; /* columns of the terminal; 0: it is none */
};

/*
 * Looks at descriptor @fd: @when is "always", "never", or NULL or "auto" for colours where
 * there is a terminal, neither NO_COLOR (no-color.org) is set nor TERM is "dumb".
 */
void cbee__look_at(struct cbee__look *look, int fd, const char *when);

/* Between these two a text is marked, where the buffer's reader has colours. */
void cbee__mark(struct cbee_buf *out, enum cbee_mark mark);
void cbee__mark_end(struct cbee_buf *out);

/* The sequence that begins a mark, and the one that ends all. */
const char *cbee__mark_text(enum cbee_mark mark);
#define CBEE__MARK_END "\033[0m"

/* Columns that @len bytes of text take, in which marks may stand. */
size_t cbee__look_columns(const char *text, size_t len);

/* Bytes of the first @columns columns of a text without marks. */
size_t cbee__look_bytes(const char *text, size_t len, size_t columns);

/*
 * Appends a number: on a terminal in groups of three digits, 1,234,567, if that takes no more
 * than @room columns; elsewhere as it is.
 */
void cbee__look_number(struct cbee_buf *out, uint64_t value, size_t room);

#endif
