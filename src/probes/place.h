/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a loaded program on one function, or on many places of a binary at once. */
#ifndef CBEE_PLACE_H
#define CBEE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct cbee;
struct cbee__func;

#define CBEE__UPROBE_MULTI 48 /* what such programs are loaded as; Linux 6.6 */

struct cbee__places {
	const char *path;
	bool ret; /* on return from there */
	int pid;  /* this process only; 0: all */
	unsigned int count;
	const uint64_t *offsets;
	const uint64_t *cookies, *ref_ctrs; /* counters of tracers, in the file; NULL: none */
};

/* Puts the program on all @p, or nowhere; the handle owns the link. */
int cbee__place_many(struct cbee *c, int prog_fd, const struct cbee__places *p);

struct cbee__kplaces {
	bool ret;
	unsigned int count;
	const char **names;
	const uint64_t *cookies; /* may be NULL */
};

/* The same in the kernel, by kprobe.multi (Linux 5.18). */
int cbee__place_kernel(struct cbee *c, int prog_fd, const struct cbee__kplaces *p);

struct cbee__place {
	const char *target; /* the file, or the kernel function */
	bool user, ret;
	int pid;
	uint64_t offset; /* user: in the file */
	uint64_t cookie;
};

/* Puts the program on @p through a perf event (Linux 5.15); the handle owns both. */
int cbee__place_one(struct cbee *c, int prog_fd, const struct cbee__place *p);

/*
 * Why @f must not be probed, or NULL. *@path and *@fd, at first NULL and -1, are the file
 * that was looked into last, which the caller closes in the end.
 */
const char *cbee__place_danger(const struct cbee__func *f, const char **path, int *fd);

#endif
