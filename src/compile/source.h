/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF C text made ready to compile: includes settled, constants found. */
#ifndef CBEE_SOURCE_H
#define CBEE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/buf.h"

struct cbee_err;
struct cbee__compile_job;

/* The headers for the BPF side that the library carries; a NULL name ends the table. */
struct cbee__bpf_header {
	const char *name; /* "cbee/bpf/slot.h" */
	const char *text;
};

extern const struct cbee__bpf_header cbee__bpf_headers[];

struct cbee__source {
	struct cbee_buf text;	/* what the compiler gets */
	struct cbee_buf consts; /* names used in OPT(name), each with its NUL */
	uint32_t const_count;
	bool tracefs; /* names tracepoints, whose formats must be readable */
};

/*
 * Fills @ret from the texts of @job, called job->name in messages.
 * `#include <cbee/...>` becomes the header's text; `#include "x"` becomes the
 * file's, looked for in job->dir (NULL: such a line is an error); other
 * `#include <...>` lines stay when @keep_system is set and are emptied
 * otherwise. Every line keeps its number and file name. -EINVAL, -ENOMEM, or
 * the reading error, with a sentence; @ret is then empty.
 */
int cbee__source_prepare(struct cbee__source *ret, const struct cbee__compile_job *job,
			 bool keep_system, struct cbee_err *err);

void cbee__source_free(struct cbee__source *s);

/* Whether these flags of clang's name no file: what they do is in their letters. */
bool cbee__flags_are_plain(const char *const *flags, unsigned int count);

#endif
