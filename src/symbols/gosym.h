/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the function table that every Go program carries, stripped or not. */
#ifndef CBEE_GOSYM_H
#define CBEE_GOSYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cbee__gosym {
	const char *name;	/* inside the table: valid as long as that is */
	uint64_t address, size; /* as linked; with what pads the function to the next one */
};

/*
 * Calls @fn for every function of the table, the bytes of .gopclntab, in the
 * order of addresses. Knows the layouts of Go 1.16, 1.18 and 1.20, in this
 * machine's byte order. @text serves as the start of the code where the table
 * leaves that out; 0: unknown. Survives tables made to do harm: an entry
 * that does not make sense is passed over. Stops at the first non-zero answer
 * of @fn and returns it. -ENOEXEC: not such a table, or one that is cut off.
 */
typedef int (*cbee__gosym_fn)(void *ctx, const struct cbee__gosym *sym);
int cbee__gosym_each(const void *table, size_t size, uint64_t text, cbee__gosym_fn fn, void *ctx);

/* Whether the table leaves out where the code starts: then @text decides above. */
bool cbee__gosym_wants_text(const void *table, size_t size);

#endif
