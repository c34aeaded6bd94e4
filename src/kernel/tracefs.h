/* SPDX-License-Identifier: Apache-2.0 */
/* Where tracefs is, or a view of it that nobody else sees. */
#ifndef CBEE_TRACEFS_H
#define CBEE_TRACEFS_H

#include <stdint.h>

/* The folder tracefs is mounted on, or NULL. */
const char *cbee__tracefs(void);

/*
 * Calls @fn(@arg), with tracefs mounted: where it is not, in a thread with a
 * mount namespace of its own, so that the machine stays as it was. Returns what
 * @fn returns; without privilege it is called without tracefs. -EAGAIN: no thread.
 */
int cbee__tracefs_with(int (*fn)(void *arg), void *arg);

/*
 * The number of an event, for perf; to be called within the above. -EPERM: tracefs cannot
 * be seen; -ENOENT: no such event.
 */
int cbee__tracefs_id(const char *category, const char *event, uint64_t *ret_id);

/* Called with one tracepoint; anything but 0 ends the walk. */
typedef int (*cbee__tracefs_event_fn)(void *arg, const char *category, const char *event);

/*
 * Calls @fn for every tracepoint of the kernel, or of @category alone if that
 * is not NULL, in the order of their names; maybe in a thread of its own, as above.
 * Returns what @fn returned last; -EPERM: tracefs cannot be seen; -ENOENT: no
 * such category; -ENOMEM and what else keeps folders from being read.
 */
int cbee__tracefs_each(const char *category, cbee__tracefs_event_fn fn, void *arg);

#endif
