/* SPDX-License-Identifier: Apache-2.0 */
/* What values there are of each kind, on this machine and now. */
#ifndef CBEE_VALUE_H
#define CBEE_VALUE_H

#include <cbee/tool.h>

#include "complete/words.h"

/* What a value is for. */
struct cbee__value_of {
	enum cbee_value kind;
	int pid; /* the process that the command line names, 0: none */
};

/*
 * Adds the values of that kind that begin with what was typed, sorted. What cannot be
 * read, for want of privilege too, is left out; nothing is attached or loaded.
 */
void cbee__value_words(const struct cbee__value_of *of, struct cbee__words *words);

/* ---- folder.c --------------------------------------------------------- */

/* Calls @each with the names in the folder, but "." and ".."; a folder not there has none. */
void cbee__folder_each(const char *path, void (*each)(void *arg, const char *name), void *arg);

/* Which files are meant. */
enum cbee__folder_want {
	CBEE__FOLDER_ALL,
	CBEE__FOLDER_FOLDERS,
	CBEE__FOLDER_CODE, /* what can be run, and libraries; a colon is to follow */
	CBEE__FOLDER_RUN,  /* what can be run */
};

/* Adds the files in the folder that the typed path is in; folders are parts. */
void cbee__folder_words(struct cbee__words *words, enum cbee__folder_want want);

/* Adds the programs on the PATH; a colon is to follow if @colon. */
void cbee__folder_programs(struct cbee__words *words, bool colon);

/* ---- function.c ------------------------------------------------------- */

/* Adds functions of the kernel. */
void cbee__function_kernel(struct cbee__words *words);

/* Adds programs and libraries, or if the typed text has a colon, the functions behind it. */
void cbee__function_user(struct cbee__words *words, int pid);

/*
 * Adds what function @symbol of a file is called behind @before (its path and the colon), or
 * of C++ and Rust names the beginning up to the next namespace or class behind what was typed.
 */
struct cbee__demangle;
void cbee__function_name(struct cbee__words *words, struct cbee__demangle *demangle,
			 const char *before, const char *symbol);

#endif
