/* SPDX-License-Identifier: Apache-2.0 */
/* Finds programs as a shell does. */
#ifndef CBEE_PATH_H
#define CBEE_PATH_H

struct cbee_buf;

/*
 * Writes the path of the program that execvp() would run for @name into the empty
 * @path: with a slash @name itself, else what the PATH finds. -ENOENT; -EACCES:
 * what is there cannot be run; -ENOMEM.
 */
int cbee__path_find(const char *name, struct cbee_buf *path);

#endif
