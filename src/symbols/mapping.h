/* SPDX-License-Identifier: Apache-2.0 */
/* Reads which process it is, and where files are mapped in it, from /proc. */
#ifndef CBEE_MAPPING_H
#define CBEE_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "plain/buf.h"

struct cbee__known_file;

/* Code that is mapped: from a file, by the kernel ("[vdso]"), or made by the process itself. */
struct cbee__mapping {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* of @start in the file */
	uint64_t inode, dev;
	uint32_t path;		       /* see cbee__mapping_path() */
	bool deleted;		       /* the file has no name any more */
	bool tried;		       /* the next member is all that could be found */
	struct cbee__known_file *file; /* or NULL */
};

/* Starts zeroed. Failures stick in the buffers. */
struct cbee__mappings {
	struct cbee_buf text, items;
};

/* Reads those of process @pid below @proc. -ESRCH: it has ended; -EACCES, -EPERM; -ENOMEM. */
int cbee__mappings_read(struct cbee__mappings *m, const char *proc, int pid);

/* Takes over the files of @from for mappings that are in both. */
void cbee__mappings_inherit(struct cbee__mappings *m, const struct cbee__mappings *from);

/* The one that has @address, or NULL. */
struct cbee__mapping *cbee__mappings_find(const struct cbee__mappings *m, uint64_t address);

/* The path as the process sees it, without " (deleted)"; "[...]" or "" where there is no file. */
const char *cbee__mapping_path(const struct cbee__mappings *m, const struct cbee__mapping *of);

/* Frees and zeroes. */
void cbee__mappings_free(struct cbee__mappings *m);

/* What tells a process from a later one of its number, and its program from a later one. */
struct cbee__identity {
	uint64_t born;	      /* when, since the machine's start */
	uint64_t code, stack; /* where both begin; 0: it has ended, or never had memory */
};

/* -ESRCH: no such process; -EACCES. */
int cbee__identity_read(struct cbee__identity *ret_id, const char *proc, int pid);

#endif
