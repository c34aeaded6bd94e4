/* SPDX-License-Identifier: Apache-2.0 */
/* What the library and cbee-cc say to each other over two pipes: one request, one answer. */
#ifndef CBEE_WIRE_H
#define CBEE_WIRE_H

#include <stdint.h>

#include <cbee/base.h>

#define CBEE_WIRE_MAGIC 0x63626565u /* "cbee" */

/* Followed by the text, the headers, @flags strings and @consts strings, each with its NUL. */
struct cbee__wire_request {
	uint32_t magic;
	uint32_t kernel_headers; /* use the running kernel's installed headers, not ours */
	uint32_t tracefs;	 /* the text names tracepoints, so their formats are read */
	uint32_t no_tracepoints; /* nothing that is compiled can name any */
	uint32_t flags;		 /* number of compiler flags */
	uint32_t consts;	 /* number of constant names */
	uint32_t text_len;	 /* bytes, with the NUL */
	uint32_t headers_len;
	uint32_t strings_len; /* all flags and names together */
	uint32_t debug;	      /* texts wanted: those bits of enum cbee_debug that are below */
};

/* The texts that the compiler makes, in the order of an answer. */
#define CBEE_WIRE_TEXTS 3
static const uint32_t cbee__wire_texts[CBEE_WIRE_TEXTS] = {
	CBEE_DEBUG_LLVM_IR,
	CBEE_DEBUG_PREPROCESSOR,
	CBEE_DEBUG_SOURCE,
};

/* When LLVM was there, when the text was compiled, when the image was made. */
enum { CBEE_WIRE_LOADED, CBEE_WIRE_COMPILED, CBEE_WIRE_MADE, CBEE_WIRE_TIMES };

/* Followed by the image, the texts and the inputs. What the compiler said went to cbee-cc's stderr. */
struct cbee__wire_answer {
	uint32_t magic;
	int32_t status; /* 0, or -EINVAL for a text that does not compile, or another errno */
	uint32_t image_len;
	uint32_t inputs_len;		    /* of what cbee__cc_inputs() says */
	uint32_t text_len[CBEE_WIRE_TEXTS]; /* 0: not wanted, or none */
	uint64_t times[CBEE_WIRE_TIMES];    /* CLOCK_MONOTONIC, nanoseconds */
};

#endif
