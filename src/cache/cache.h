/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps images, and finds the one of a text as long as nothing that it was made from has changed. */
#ifndef CBEE_CACHE_H
#define CBEE_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cache/input.h"
#include "plain/buf.h"

struct cbee_err;
struct cbee__entry;
struct cbee__source;

#define CBEE__CACHE_NAME 40 /* bytes of a file's name, with its NUL */

/* What stays the same during one compile. */
struct cbee__cache {
	char name[CBEE__CACHE_NAME]; /* the file that this text has, or would have */
	const char *root;	     /* before paths; "" but in tests */
	const char *tracefs;	     /* NULL: not mounted */
	time_t since;		     /* when it began */
};

/*
 * Names the file: by the text with what it includes, the flags, the library's
 * version and place, and variables that the compiler reads. False: what the flags
 * make the compiler read cannot be told, so this is not for the cache.
 */
bool cbee__cache_init(struct cbee__cache *cache, const struct cbee__source *source,
		      const char *const *flags, unsigned int flag_count);

/*
 * Appends the image to the empty @image. -ENOENT: none is kept; -ESTALE: what it was
 * made from has changed; -EPERM, -EINVAL: what is there cannot be trusted; the
 * sentence says which. None of this is a reason to fail.
 */
int cbee__cache_get(const struct cbee__cache *cache, struct cbee_buf *image, struct cbee_err *err);

/* Compares every input of the entry with what it was. -ESTALE: the sentence says which changed. */
int cbee__cache_check(const struct cbee__cache *cache, const struct cbee__entry *e,
		      struct cbee_err *err);

/* One thing that the image was made from. */
struct cbee__cache_input {
	enum cbee__input_kind kind;
	const char *name;
};

/* Keeps it. Failures have a sentence, and are no reason to fail either. */
int cbee__cache_put(const struct cbee__cache *cache, const char *title,
		    const struct cbee_buf *image, const struct cbee__cache_input *inputs,
		    unsigned int count, struct cbee_err *err);

#endif
