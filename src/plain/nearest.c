/* SPDX-License-Identifier: Apache-2.0 */
/* Finds, among names offered one by one, the one that a mistyped word probably meant. */
#include "plain/nearest.h"

#include <limits.h>
#include <string.h>

#define WORD_MAX      64
#define CANDIDATE_MAX (WORD_MAX * 3 / 2) /* longer ones differ by more than a third anyway */

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Edits from @a (at most WORD_MAX bytes) to @b, in three rows of the usual table. */
static unsigned int distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (size_t i = 0; i <= a_len; i++)
		last[i] = (unsigned int)i;
	for (size_t j = 1; j <= b_len; j++) {
		now[0] = (unsigned int)j;
		for (size_t i = 1; i <= a_len; i++) {
			now[i] = min3(now[i - 1] + 1, last[i] + 1,
				      last[i - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[i - 2] + 1 < now[i])
				now[i] = before[i - 2] + 1;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[a_len];
}

void cbee__nearest_init(struct cbee__nearest *n, const char *word)
{
	*n = (struct cbee__nearest){ .word = word, .distance = UINT_MAX };
}

void cbee__nearest_offer(struct cbee__nearest *n, const char *candidate)
{
	size_t len = strnlen(n->word, WORD_MAX + 1);
	size_t other = strnlen(candidate, CANDIDATE_MAX + 1);
	size_t longer = len > other ? len : other;
	unsigned int far;

	if (len > WORD_MAX || other > CANDIDATE_MAX)
		return;
	/* Thousands of symbols are offered: let the lengths refuse most of them. */
	if (longer - (len < other ? len : other) > longer / 3)
		return;
	far = distance(n->word, len, candidate, other);
	if (far > longer / 3 || far >= n->distance)
		return;
	n->distance = far;
	memcpy(n->best, candidate, other + 1);
}

const char *cbee__nearest_best(const struct cbee__nearest *n)
{
	return n->distance == UINT_MAX ? NULL : n->best;
}
