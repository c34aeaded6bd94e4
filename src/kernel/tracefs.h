/* SPDX-License-Identifier: Apache-2.0 */
/* Where tracefs is, or a view of it that nobody else sees. */
#ifndef CBEE_TRACEFS_H
#define CBEE_TRACEFS_H

/* The folder tracefs is mounted on, or NULL. */
const char *cbee__tracefs(void);

/*
 * Calls @fn(@arg), with tracefs mounted: where it is not, in a thread with a
 * mount namespace of its own, so that the machine stays as it was. Returns what
 * @fn returns; without privilege it is called without tracefs. -EAGAIN: no thread.
 */
int cbee__tracefs_with(int (*fn)(void *arg), void *arg);

#endif
