/* SPDX-License-Identifier: Apache-2.0 */
/* Has cbee-cc turn BPF C text into an image. */
#ifndef CBEE_COMPILE_H
#define CBEE_COMPILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "plain/buf.h"

struct cbee_err;

/* A cbee-cc that is loading LLVM or waiting for its one request. */
struct cbee__cc {
	pid_t pid; /* 0: none */
	int request, answer, log;
};

/*
 * Starts cbee-cc, so that its loading overlaps what the caller does next.
 * -ENOENT if it is not where it was installed, or another negative errno.
 */
int cbee__cc_start(struct cbee__cc *cc, struct cbee_err *err);

/* Ends it whatever it is doing; takes one that never started (all zero). */
void cbee__cc_stop(struct cbee__cc *cc);

struct cbee__compile_job {
	const char *name; /* the text's name in messages */
	const char *text; /* NUL-terminated */
	const char *dir;  /* where its `#include "x"` files are, or NULL */
	const char *const *flags;
	unsigned int flag_count;
	uint32_t debug;		/* enum cbee_debug: texts that the compiler is to make */
	struct cbee_buf *texts; /* gets them, in the order of cbee__wire_texts; NULL: none */
};

/* How the text was compiled, for -v. */
struct cbee__compile_info {
	bool from_btf;	   /* declarations came from BTF, else from installed headers */
	unsigned int made; /* bytes of declarations made for it */
	double headers_ms, compile_ms;
};

/*
 * Appends the image of the job's text to @image, using @cc up. Declarations
 * come from BTF where there is one; if that is not enough, and the headers of
 * exactly the running kernel are installed, from those. -EINVAL: the text does
 * not compile; the sentence names file and line, the error's log is the
 * compiler's.
 */
int cbee__compile(struct cbee__cc *cc, const struct cbee__compile_job *job, struct cbee_buf *image,
		  struct cbee__compile_info *ret_info, struct cbee_err *err);

#endif
