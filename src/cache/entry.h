/* SPDX-License-Identifier: Apache-2.0 */
/* One file of the cache: an image, what it was made from, and a sum over all. */
#ifndef CBEE_CACHE_ENTRY_H
#define CBEE_CACHE_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "cache/input.h"
#include "plain/buf.h"

struct cbee_err;

struct cbee__entry_input {
	uint32_t kind; /* enum cbee__input_kind */
	uint32_t name; /* offset into the strings */
	uint64_t digest;
};

/* A validated entry; everything points into the caller's bytes. */
struct cbee__entry {
	const char *title; /* what the text is called */
	const struct cbee__entry_input *inputs;
	const char *strings;
	const void *image; /* aligned to 8 bytes when the entry is */
	uint32_t input_count;
	uint32_t image_len;
};

/* Collects the inputs of an entry; zeroed before use. A failure is found by _finish. */
struct cbee__entry_writer {
	struct cbee_buf inputs, strings;
};

void cbee__entry_add(struct cbee__entry_writer *w, enum cbee__input_kind kind, const char *name,
		     uint64_t digest);

/* Appends the entry to @out, which is empty, and frees what @w held. 0 or -ENOMEM. */
int cbee__entry_finish(struct cbee__entry_writer *w, const char *title,
		       const struct cbee_buf *image, struct cbee_buf *out);

void cbee__entry_free(struct cbee__entry_writer *w);

/* Checks all of it. -EINVAL: not a whole entry of this version of cbee. */
int cbee__entry_read(const void *bytes, size_t size, struct cbee__entry *ret);

#endif
