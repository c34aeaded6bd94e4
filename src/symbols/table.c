/* SPDX-License-Identifier: Apache-2.0 */
/* Tells which function a place is in: addresses of a kernel or offsets of a file, to names. */
#include "symbols/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *cbee__table_text(const struct cbee__table *t, uint32_t string)
{
	return t->text.data + string;
}

size_t cbee__table_count(const struct cbee__table *t)
{
	return t->places.len / sizeof(struct cbee__place);
}

const struct cbee__place *cbee__table_places(const struct cbee__table *t)
{
	return (const void *)t->places.data;
}

uint32_t cbee__table_keep(struct cbee__table *t, const char *string)
{
	size_t at = t->text.len;

	if (at > UINT32_MAX / 2)
		t->text.err = -ENOMEM;
	cbee__buf_add(&t->text, string, strlen(string) + 1);
	return (uint32_t)at;
}

void cbee__table_add(struct cbee__table *t, const struct cbee__place *at, const char *name)
{
	struct cbee__place place = *at;

	place.name = cbee__table_keep(t, name);
	cbee__buf_add(&t->places, &place, sizeof(place));
}

/* The names that a C library has beside those in its documentation have underscores in front. */
static size_t underscores(const struct cbee__table *t, const struct cbee__place *p)
{
	return strspn(cbee__table_text(t, p->name), "_");
}

/* By start, and of one start the best first. Names are stored in the order they came in. */
static int compare(const void *a, const void *b, void *table)
{
	const struct cbee__place *x = a, *y = b;
	const struct cbee__table *t = table;
	size_t of_x, of_y;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (t->newest)
		return x->name > y->name ? -1 : x->name < y->name;
	if (!x->size != !y->size)
		return x->size ? -1 : 1;
	of_x = underscores(t, x);
	of_y = underscores(t, y);
	if (of_x != of_y)
		return of_x < of_y ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Keeps the best of those that start together. */
static size_t drop_aliases(struct cbee__place *p, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!kept || p[kept - 1].start != p[i].start)
			p[kept++] = p[i];
	return kept;
}

static bool has(const struct cbee__place *p, uint64_t at)
{
	return at - p->start < p->size;
}

/* Gives sizes to those without, and finds for each the nearest before it that it begins in. */
static void link_places(struct cbee__place *p, size_t count, uint32_t longest)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t room = i + 1 < count ? p[i + 1].start - p[i].start : longest;
		size_t outer = i ? i - 1 : 0;

		if (!p[i].size)
			p[i].size = room < longest ? (uint32_t)room : longest;
		while (!has(&p[outer], p[i].start) && p[outer].outer != outer)
			outer = p[outer].outer;
		p[i].outer = (uint32_t)(has(&p[outer], p[i].start) ? outer : i);
	}
}

int cbee__table_sort(struct cbee__table *t, uint32_t longest)
{
	struct cbee__place *p = (void *)t->places.data;
	size_t count = cbee__table_count(t);
	int err = t->text.err ? t->text.err : t->places.err;

	if (err) {
		cbee__table_free(t);
		return err;
	}
	if (!count)
		return 0;
	qsort_r(p, count, sizeof(*p), compare, t);
	count = drop_aliases(p, count);
	t->places.len = count * sizeof(*p);
	link_places(p, count, longest);
	return 0;
}

const struct cbee__place *cbee__table_find(const struct cbee__table *t, uint64_t at)
{
	const struct cbee__place *p = cbee__table_places(t);
	size_t low = 0, high = cbee__table_count(t);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p[middle].start <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	for (low--; !has(&p[low], at); low = p[low].outer)
		if (p[low].outer == low)
			return NULL;
	return &p[low];
}

void cbee__table_free(struct cbee__table *t)
{
	cbee__buf_free(&t->text);
	cbee__buf_free(&t->places);
}
