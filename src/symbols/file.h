/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out which file, and what in it, a person means. */
#ifndef CBEE_FILE_H
#define CBEE_FILE_H

#include "plain/buf.h"
#include "plain/err.h"

/*
 * Parts `PATH:PATTERN` at the first colon that is not half of a `::`, or at a
 * later one if only what stands before that is a file. For a kernel function (no
 * such colon) *@ret_path is NULL; for `:PATTERN` it is "". The caller frees both.
 * -EINVAL: nothing behind the colon, or @spec is empty; -ENAMETOOLONG; -ENOMEM.
 */
int cbee__file_split(const char *spec, char **ret_path, char **ret_pattern, struct cbee_err *err);

/*
 * Writes the path of the file that @name means into the empty @path: with a slash
 * it is a path (in the root of process @pid if that is not 0), "" is the
 * process's own program, else it is a library (`c`, `libc`, `libc.so.6`), the
 * process's own program by its file's name, or a program on the PATH. @proc: the
 * usual place if NULL. -ENOENT; -ESRCH: no such process; -EINVAL: "" without a
 * process; -ENOMEM.
 */
int cbee__file_find(const char *name, int pid, const char *proc, struct cbee_buf *path,
		    struct cbee_err *err);

/*
 * Writes the path of library @name, without a slash, into the empty @path: as process
 * @pid has it mapped, or as its root has it; 0: as this process would find it.
 * -ENOENT; -ENOMEM.
 */
int cbee__file_library(const char *name, int pid, struct cbee_buf *path);

#endif
