/* SPDX-License-Identifier: Apache-2.0 */
/* Turns BPF C text into an image: from the cache, with BTF, or with installed headers. */
#ifndef CBEE_COMPILE_H
#define CBEE_COMPILE_H

#include <stdbool.h>

#include "compile/cc.h"
#include "plain/buf.h"

struct cbee_err;

/* How the text was compiled, for -v. */
struct cbee__compile_info {
	bool cached;	   /* it had been compiled before; the rest of this says nothing then */
	bool from_btf;	   /* declarations came from BTF, else from installed headers */
	unsigned int made; /* bytes of declarations made for it */
	double headers_ms, compile_ms;	    /* declarations; everything */
	double load_ms, clang_ms, image_ms; /* see struct cbee__cc_answer */
	char missed[640];		    /* why the cache did not serve; "" */
	char unkept[640];		    /* why it could not keep the image; "" */
};

/*
 * Appends the image of the job's text to @image, using @cc up. An image that was
 * kept serves if nothing has changed since, and one that is made is kept. Declarations
 * come from BTF where there is one; if that is not enough, and the headers of
 * exactly the running kernel are installed, from those; unless job->headers says
 * which. -EINVAL: the text does not compile; the sentence names file and line, the
 * error's log is the compiler's.
 */
int cbee__compile(struct cbee__cc *cc, const struct cbee__compile_job *job, struct cbee_buf *image,
		  struct cbee__compile_info *ret_info, struct cbee_err *err);

#endif
