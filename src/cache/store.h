/* SPDX-License-Identifier: Apache-2.0 */
/* The cache folder: files of its owner's only, written whole or not at all, bounded in size. */
#ifndef CBEE_CACHE_STORE_H
#define CBEE_CACHE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "plain/buf.h"

struct cbee_err;

#define CBEE__STORE_MAX (64 << 20) /* bytes of all files; the least used go first */

/*
 * The folder's path: $CBEE_CACHE; for root, and for programs that have capabilities of their
 * own and so no say in their environment, /var/cache/cbee; else
 * $XDG_CACHE_HOME/cbee or $HOME/.cache/cbee. -ENOENT: none of these is set, or
 * CBEE_CACHE is empty, which turns the cache off.
 */
int cbee__store_path(struct cbee_buf *path, struct cbee_err *err);

/*
 * Opens it, making it (and not what is above it) if @make. A descriptor, or
 * -ENOENT; -EPERM: somebody else owns it or may write there; other errno.
 */
int cbee__store_open(const char *path, bool make, struct cbee_err *err);

/* The same with the folder of cbee__store_path(). */
int cbee__store_open_ours(bool make, struct cbee_err *err);

/* Appends the file @name. -ENOENT; -EPERM: not ours alone; -EFBIG; other errno. */
int cbee__store_read(int dir, const char *name, struct cbee_buf *bytes);

/* Notes that it has been used, unless that has been noted within the hour. */
void cbee__store_touch(int dir, const char *name);

/* Writes it, replacing what is there in one step, then removes what is too much. */
int cbee__store_write(int dir, const char *name, const struct cbee_buf *bytes);

/* Removes it. */
int cbee__store_remove(int dir, const char *name);

struct cbee__store_file {
	const char *name; /* valid during the call only */
	uint64_t size;	  /* bytes */
	time_t used;
};

/* Calls @fn for every file that cbee put there. 0, a negative errno, or what @fn returned. */
int cbee__store_each(int dir, int (*fn)(void *arg, const struct cbee__store_file *file), void *arg);

#endif
