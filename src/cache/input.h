/* SPDX-License-Identifier: Apache-2.0 */
/* What an image was made from besides its text, and whether that is still the same. */
#ifndef CBEE_CACHE_INPUT_H
#define CBEE_CACHE_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum cbee__input_kind {
	CBEE_INPUT_KERNEL,     /* the running kernel: its build and its CPUs; no name */
	CBEE_INPUT_FILE,       /* a file by its path, as stat(2) tells it */
	CBEE_INPUT_MODULE,     /* a kernel module by its name: its BTF */
	CBEE_INPUT_TRACEPOINT, /* "category/event": its format */
	CBEE_INPUT_KINDS
};

/* What the kind is called in messages. */
const char *cbee__input_kind_name(enum cbee__input_kind kind);

/*
 * A number that changes when the input does. @root: put before absolute paths,
 * "" but in tests; @tracefs: where tracepoints are, NULL: nowhere. 0, -ENOENT
 * when it is not there any more, -ENOMEM, other reading errors.
 */
int cbee__input_digest(enum cbee__input_kind kind, const char *name, const char *root,
		       const char *tracefs, uint64_t *ret_digest);

/*
 * Whether the input may have changed since the second @since: what was made
 * meanwhile was perhaps made from the former one. True when it is not there.
 */
bool cbee__input_touched(enum cbee__input_kind kind, const char *name, const char *root,
			 time_t since);

#endif
