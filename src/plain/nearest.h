/* SPDX-License-Identifier: Apache-2.0 */
/* Finds, among names offered one by one, the one that a mistyped word probably meant. */
#ifndef CBEE_NEAREST_H
#define CBEE_NEAREST_H

struct cbee__nearest {
	const char *word;
	char best[256];
	unsigned int distance; /* of best; above every possible one while there is none */
};

/* Starts a search for @word, which must stay; words over 64 bytes find nothing. */
void cbee__nearest_init(struct cbee__nearest *n, const char *word);

/*
 * Considers @candidate: insertions, deletions, replacements and swaps of
 * neighbours count 1 each, and at most a third of the longer word may differ.
 * Of equally near candidates the first stays.
 */
void cbee__nearest_offer(struct cbee__nearest *n, const char *candidate);

/* The nearest so far, or NULL if none is near. */
const char *cbee__nearest_best(const struct cbee__nearest *n);

#endif
