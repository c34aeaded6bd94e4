/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the list of functions that a process has compiled itself: /tmp/perf-PID.map. */
#ifndef CBEE_JIT_H
#define CBEE_JIT_H

#include <stdint.h>
#include <sys/stat.h>

#include "symbols/table.h"

/* Starts zeroed. */
struct cbee__jit {
	struct cbee__table table; /* by address */
	struct stat key;	  /* the file as it was when it was read */
	char path[64];		  /* as the process has it; "": nothing was read */
};

/*
 * The function of process @pid that has @address, or NULL: from its list, in its
 * own /tmp and by its number in its own container, else in ours. Where the
 * function is not found and the list has changed, that is read again. 0 or -ENOMEM.
 */
int cbee__jit_find(struct cbee__jit *j, const char *proc, int pid, uint64_t address,
		   const struct cbee__place **ret_place);

/* Frees and zeroes. */
void cbee__jit_free(struct cbee__jit *j);

#endif
