/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the words that a shell is to offer, each once, and few enough to look through. */
#ifndef CBEE_WORDS_H
#define CBEE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "plain/buf.h"

#define CBEE__WORDS_MOST 2000 /* more than this nobody looks through */

/* Starts zeroed but for the strings, which must stay. */
struct cbee__words {
	const char *typed;  /* what words have to begin with; others are not taken */
	const char *before; /* stands in front of the first byte of each, or NULL: "--pid=" */
	const char *behind; /* follows each that is whole, or NULL: "=" */
	const char *noun;   /* explains parts that nothing else does, or NULL: "functions" */
	struct cbee_buf text, items, slots;
};

/* Adds a word, with what explains it or NULL. Those with control characters are left out. */
void cbee__words_add(struct cbee__words *w, const char *word, const char *about);

/*
 * Adds the beginning of words that end otherwise, such as a folder or a namespace; it
 * ends in one of CBEE__WORDS_GO_ON, by which shells know to put no space behind it.
 */
void cbee__words_part(struct cbee__words *w, const char *word, const char *about);

/* What separates the parts of names, and so ends a part. */
#define CBEE__WORDS_GO_ON "/:=_.<-"

/* How many there are. */
size_t cbee__words_count(const struct cbee__words *w);

/* Sorts them. */
void cbee__words_sort(struct cbee__words *w);

/*
 * Appends a line for each: the word, a tab, what explains it. Of too many, only
 * their beginnings, up to what separates parts of names; nothing if those are too
 * many, too, for of a list that was cut a shell would take a wrong beginning.
 */
void cbee__words_write(struct cbee__words *w, struct cbee_buf *out);

/* Frees all but the strings. */
void cbee__words_free(struct cbee__words *w);

#endif
