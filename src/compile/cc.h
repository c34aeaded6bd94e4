/* SPDX-License-Identifier: Apache-2.0 */
/* The process cbee-cc: starts it, sends it a text, takes its answer. */
#ifndef CBEE_COMPILE_CC_H
#define CBEE_COMPILE_CC_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <cbee/base.h>

#include "plain/buf.h"

struct cbee_err;
struct cbee__source;

/* A cbee-cc that is loading LLVM or waiting for its one request. */
struct cbee__cc {
	pid_t pid;		       /* 0: none */
	uint64_t started_ns, asked_ns; /* CLOCK_MONOTONIC */
	int request, answer, log;
};

/*
 * Starts cbee-cc, so that its loading overlaps what the caller does next.
 * -ENOENT if it is not where it was installed, or another negative errno.
 */
int cbee__cc_start(struct cbee__cc *cc, struct cbee_err *err);

/* Ends it whatever it is doing; takes one that never started (all zero). */
void cbee__cc_stop(struct cbee__cc *cc);

/* Appends the path of the file that this library is in, with its NUL. */
void cbee__cc_library(struct cbee_buf *path);

/* Where cbee-cc is. Weak: tests have one of their own. -ENOENT, or another negative errno. */
int cbee__cc_helper(char path[PATH_MAX]);

struct cbee__compile_job {
	const char *name;   /* the text's name in messages */
	const char *text;   /* NUL-terminated */
	const char *before; /* text that comes first and counts no lines, or NULL */
	const char *dir;    /* where its `#include "x"` files are, or NULL */
	const char *const *flags;
	unsigned int flag_count;
	uint32_t debug;		   /* enum cbee_debug: texts that the compiler is to make */
	bool uncached;		   /* neither take it from the cache nor keep it there */
	enum cbee_headers headers; /* where declarations are to come from */
	struct cbee_buf *texts;	   /* gets them, in the order of cbee__wire_texts; NULL: none */
};

struct cbee__cc_request {
	const struct cbee__compile_job *job; /* its text aside */
	const struct cbee__source *src;	     /* the text, made ready */
	const struct cbee_buf *headers;	     /* declarations; NULL: the installed headers serve */
};

struct cbee__cc_answer {
	struct cbee_buf *image; /* appended to */
	struct cbee_buf inputs; /* see cbee__cc_inputs() */
	/* milliseconds: until LLVM was there, from then (or the request) to the program, to the image */
	double load_ms, compile_ms, image_ms;
};

/*
 * Has the text compiled, starting @cc if it is not, which is used up either way.
 * -EINVAL: it does not compile; the sentence names file and line, the error's log
 * is the compiler's. -EPROTO: it is another version's.
 */
int cbee__cc_compile(struct cbee__cc *cc, const struct cbee__cc_request *request,
		     struct cbee__cc_answer *answer, struct cbee_err *err);

#endif
