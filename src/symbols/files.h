/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the function tables of programs and libraries, each once. */
#ifndef CBEE_FILES_H
#define CBEE_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "plain/err.h"
#include "symbols/elf.h"
#include "symbols/table.h"

struct cbee__known_file {
	struct stat key;		    /* which file it is, whatever its names */
	char *name;			    /* a path to it for people, or NULL */
	char build_id[CBEE__BUILD_ID_SIZE]; /* as struct cbee__elf_info has it */
	struct cbee__table table;	    /* by offsets in the file; empty: none, or not ELF */
};

/* Starts zeroed. */
struct cbee__files {
	struct cbee__known_file **items;
	size_t count;
};

/* Where a file is. */
struct cbee__file_at {
	const char *path;
	const char *name; /* for people; NULL: the path */
	const char *
		debug_root; /* where to look if its debug file is not at the usual place; or NULL */
};

/*
 * The file, read if it is not known. One that is not ELF has an empty table. It
 * lives as long as @f. A negative errno as open(2); -ENOMEM. @err, which may be
 * NULL, gets the sentence, also why a table is empty.
 */
int cbee__files_get(struct cbee__files *f, const struct cbee__file_at *at,
		    struct cbee__known_file **ret_file, struct cbee_err *err);

/* The same with what is in memory as an ELF file: the vdso. */
int cbee__files_get_image(struct cbee__files *f, const void *image, size_t size,
			  struct cbee__known_file **ret_file);

/* Which of them has the build id, in hexadecimal, with or without zeros behind it; or NULL. */
struct cbee__known_file *cbee__files_by_id(const struct cbee__files *f, const char *build_id);

/* Frees and zeroes. */
void cbee__files_free(struct cbee__files *f);

#endif
