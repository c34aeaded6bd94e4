/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the file that a BPF text is in. */
#ifndef CBEE_TEXTFILE_H
#define CBEE_TEXTFILE_H

#include "plain/buf.h"

struct cbee_err;

struct cbee__textfile {
	struct cbee_buf text; /* NUL-terminated, without a NUL inside */
	char *dir;	      /* the folder it was found in */
};

/*
 * Reads @path, or if it is relative and not here, what is there from the folder
 * of the running program. "-" is standard input. -ENOENT, -EACCES and the like as open(2); -EILSEQ: no
 * text; -EFBIG: over 16 MiB; -ENOMEM. On failure @ret is empty.
 */
int cbee__textfile_read(struct cbee__textfile *ret, const char *path, struct cbee_err *err);

/*
 * Where @path is if it stands beside the running program, for the caller to free.
 * NULL: it is absolute, or that cannot be told.
 */
char *cbee__textfile_beside(const char *path);

/* Frees and zeroes. */
void cbee__textfile_free(struct cbee__textfile *t);

#endif
