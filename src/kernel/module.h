/* SPDX-License-Identifier: Apache-2.0 */
/* Turns an image and constants into live maps and programs. */
#ifndef CBEE_MODULE_H
#define CBEE_MODULE_H

#include <stdbool.h>
#include <stdint.h>

struct cbee;

/* How one function of the image is to be loaded. */
struct cbee__load {
	const char *fn;		 /* its name in the text */
	uint32_t type, expected; /* enum bpf_prog_type, enum bpf_attach_type or 0 */
	uint32_t btf_id;	 /* fentry and fexit: the kernel function */
	int64_t func;		 /* value of OPT(func), with OPT(cookie) 0; -1: OPT(cookie) is 1 */
	bool quiet;		 /* a first try: no verifier log is wanted */
};

/*
 * Loads it and returns the descriptor, which the caller owns, or a negative
 * errno: -ENOENT no such function; else the kernel's, with the verifier's
 * reason in the sentence and its words in the log.
 */
int cbee__module_load_prog(struct cbee *c, const struct cbee__load *load);

/* Whether the text has a function of that name. */
bool cbee__module_has(const struct cbee *c, const char *fn);

/* Closes maps, frees image and constants. */
void cbee__module_unload(struct cbee *c);

#endif
