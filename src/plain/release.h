/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel runs. */
#ifndef CBEE_RELEASE_H
#define CBEE_RELEASE_H

#define CBEE__RELEASE_SIZE	    65
#define CBEE__RELEASE(major, minor) ((major) << 8 | (minor))

/*
 * Its CBEE__RELEASE(), 0 if it cannot be told; its name, "unknown" then, in @name
 * unless that is NULL.
 */
unsigned int cbee__release(char name[CBEE__RELEASE_SIZE]);

#endif
