/* SPDX-License-Identifier: Apache-2.0 */
/* Turns an image and constants into live maps and programs. */
#ifndef CBEE_MODULE_H
#define CBEE_MODULE_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_insn;
struct cbee;

/* What <cbee/bpf/func.h> calls them: the map, and values of OPT(listed). */
#define CBEE__PLACES	   "cbee_places"
#define CBEE_LISTED	   1
#define CBEE_LISTED_RETURN 2

/* How one function of the image is to be loaded. */
struct cbee__load {
	const char *fn;		 /* its name in the text */
	uint32_t type, expected; /* enum bpf_prog_type, enum bpf_attach_type or 0 */
	uint32_t btf_id;	 /* fentry and its like: the kernel function */
	int btf_fd;		 /* of the module it is in; 0: of the kernel itself */
	int64_t func;		 /* value of OPT(func), with OPT(cookie) 0; -1: OPT(cookie) is 1 */
	bool in_user, in_go;	 /* values of OPT(in_user) and OPT(in_go) */
	uint32_t listed;	 /* value of OPT(listed), see <cbee/bpf/func.h> */
	int places_fd;		 /* map that stands in for cbee_places; 0: none */
	bool quiet;		 /* a first try: no verifier log is wanted */
	bool idle;		 /* for cbee__prog_get(): not a program that a probe has */
};

/*
 * Loads it and returns the descriptor, which the caller owns, or a negative
 * errno: -ENOENT no such function; else the kernel's, with the verifier's
 * reason in the sentence and its words in the log.
 */
int cbee__module_load_prog(struct cbee *c, const struct cbee__load *load);

/* Whether the text has a function of that name. */
bool cbee__module_has(const struct cbee *c, const char *fn);

/* The image's own string for its name, which lives as long as the programs; or NULL. */
const char *cbee__module_fn(const struct cbee *c, const char *fn);

/* How many instructions it has; 0: no such function. */
uint32_t cbee__module_insn_count(const struct cbee *c, const char *fn);

/*
 * A copy of its instructions with the values of constants in place, and with descriptors
 * of maps, or for a @load that is NULL their indices. The caller frees it. NULL: no memory.
 */
struct bpf_insn *cbee__module_insns(const struct cbee *c, const char *fn,
				    const struct cbee__load *load);

/* Closes maps, frees image and constants. */
void cbee__module_unload(struct cbee *c);

#endif
