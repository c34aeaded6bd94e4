/* SPDX-License-Identifier: Apache-2.0 */
/* What kernel headers define and BTF cannot tell: macros and plain typedefs, as rows. */
#ifndef CBEE_MACROS_H
#define CBEE_MACROS_H

#include <stdbool.h>
#include <stddef.h>

struct cbee__macro {
	const char *name;
	const char *params; /* "(a, b)", or "" for an object-like macro */
	const char *body;
	/* "tag.member": the row holds only where the kernel's type has that member; or NULL */
	const char *needs;
	bool member; /* stands for a member; defined only where the source reads it as one */
};

/* Rows of one name stand together, the first that holds is used; sorted by nothing. */
extern const struct cbee__macro cbee__macros[];
extern const size_t cbee__macro_count;

struct cbee__typedef {
	const char *name;
	const char *text; /* the whole declaration */
	bool always;	  /* libbcc's own headers need it */
};

extern const struct cbee__typedef cbee__typedefs[];
extern const size_t cbee__typedef_count;

/* What every text begins with (the rest of it is rows). */
extern const char cbee__macro_base[];

/* struct pt_regs of this machine, for kernels that do not describe it. */
extern const char cbee__macro_pt_regs[];

#endif
