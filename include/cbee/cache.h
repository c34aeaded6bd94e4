/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache: what has been compiled is kept, and found again as long as the text
 * and all that it was made from (kernel, modules, tracepoints, compiler) are the
 * same. It is in $CBEE_CACHE, for root in /var/cache/cbee, else in cbee below
 * $XDG_CACHE_HOME or $HOME/.cache; CBEE_CACHE set to nothing turns it off. Only a
 * folder that nobody else may write to is used. Nothing fails for the cache's
 * sake: without it the text is compiled, and the log says why.
 */
#ifndef CBEE_CACHE_API_H
#define CBEE_CACHE_API_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One program that is kept; the strings are valid during the call only. */
struct cbee_cached {
	const char *file;    /* its name in the folder */
	const char *program; /* what its text is called; "" when the file is damaged */
	const char *stale;   /* why it will not be used, or NULL: it will */
	uint64_t size;	     /* bytes */
	int64_t used;	     /* when it was last used, within an hour; seconds since 1970 */
};

/*
 * Calls @each for everything that is kept, until it returns false. -ENOENT: there
 * is no cache; -EPERM: others may write to the folder.
 */
CBEE_API int cbee_cache_each(struct cbee *c,
			     bool (*each)(void *arg, const struct cbee_cached *cached), void *arg);

/* Removes all of it, and says how many there were. Errors as of cbee_cache_each(). */
CBEE_API int cbee_cache_clear(struct cbee *c, unsigned int *ret_count);

/* Writes the path of the folder, which need not be there yet. -ENOENT: none; -ENOSPC. */
CBEE_API int cbee_cache_path(struct cbee *c, char *path, size_t size);

#ifdef __cplusplus
}
#endif

#endif
