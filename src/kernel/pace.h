/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a handle's user how far something is that takes long. */
#ifndef CBEE_PACE_H
#define CBEE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cbee;

/* @c and @total are the caller's to fill, before the work begins. */
struct cbee__pace {
	struct cbee *c;
	size_t total;
	uint64_t next_ns; /* when to tell again */
	bool told;
};

void cbee__pace_begin(struct cbee__pace *p);

/* @done are done, and @what is next; tells so now and then, not before it has taken a while. */
void cbee__pace_step(struct cbee__pace *p, size_t done, const char *what);

/* It has ended, well or not: the last call, if there was one before. */
void cbee__pace_end(struct cbee__pace *p);

#endif
