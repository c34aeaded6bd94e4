/* SPDX-License-Identifier: Apache-2.0 */
/* Tells which function a place is in: addresses of a kernel or offsets of a file, to names. */
#ifndef CBEE_TABLE_H
#define CBEE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "plain/buf.h"

struct cbee__place {
	uint64_t start;
	uint32_t size;
	uint32_t name, module; /* see cbee__table_text() */
	uint32_t outer;	       /* the number of the place that this one begins in; itself: none */
};

/* Starts zeroed. Failures stick in the buffers. */
struct cbee__table {
	struct cbee_buf text, places;
	bool newest; /* of several at one start the last is right, not the plainest name */
};

/* Keeps a string for a place's module; what to give as @module below. */
uint32_t cbee__table_keep(struct cbee__table *t, const char *string);

/* Adds a function of @size bytes; 0: it ends where the next one begins. */
void cbee__table_add(struct cbee__table *t, const struct cbee__place *at, const char *name);

/*
 * Ends adding: what was added can be found. @longest: bytes at most of functions
 * whose size is not known. -ENOMEM, with the table empty.
 */
int cbee__table_sort(struct cbee__table *t, uint32_t longest);

/* The innermost function that has @at, or NULL. */
const struct cbee__place *cbee__table_find(const struct cbee__table *t, uint64_t at);

/* The number of places, and the first of them. */
size_t cbee__table_count(const struct cbee__table *t);
const struct cbee__place *cbee__table_places(const struct cbee__table *t);

/* A place's name or module; valid as long as the table. */
const char *cbee__table_text(const struct cbee__table *t, uint32_t string);

/* Frees and zeroes. */
void cbee__table_free(struct cbee__table *t);

#endif
