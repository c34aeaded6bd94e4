/* SPDX-License-Identifier: Apache-2.0 */
/* Closes the descriptors of many links side by side. */
#ifndef CBEE_PROBES_DETACH_H
#define CBEE_PROBES_DETACH_H

#include <stddef.h>

struct cbee;

/*
 * Closes the descriptors of the links from number @first up to @end, those of returns
 * last: a call caught at its entry alone would seem to have lost its return. Tells how far
 * it is if that takes long. What else the links have, and the list itself, stay; of a few
 * links, the descriptors too.
 */
void cbee__links_close(struct cbee *c, size_t first, size_t end);

#endif
