/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the function table that every Go program carries, stripped or not. */
#include "symbols/gosym.h"

#include <errno.h>
#include <string.h>

/* The magic numbers, by the first version of Go that wrote them. */
#define GO_1_16 0xfffffffau
#define GO_1_18 0xfffffff0u
#define GO_1_20 0xfffffff1u

#define HEADER 8 /* magic, two zeroes, size of an instruction, size of a pointer */

/* The table, and what its header says. */
struct table {
	const unsigned char *data;
	size_t size;
	unsigned int word;     /* bytes of a pointer */
	unsigned int field;    /* bytes of an address or offset in the list of functions */
	uint64_t base;	       /* what addresses in the list are relative to */
	uint64_t count, names; /* functions; offset of the names */
	uint64_t list;	       /* offset of the list, and what its offsets are relative to */
};

/* @bytes of the table as a number; false: they are not all in it. */
static bool get(const struct table *t, uint64_t at, unsigned int bytes, uint64_t *ret)
{
	uint64_t wide;
	uint32_t narrow;

	if (at > t->size || t->size - at < bytes)
		return false;
	if (bytes == 8) {
		memcpy(&wide, t->data + at, sizeof(wide));
		*ret = wide;
	} else {
		memcpy(&narrow, t->data + at, sizeof(narrow));
		*ret = narrow;
	}
	return true;
}

/* Word number @i behind the magic. */
static bool head(const struct table *t, unsigned int i, uint64_t *ret)
{
	return get(t, HEADER + (uint64_t)i * t->word, t->word, ret);
}

/* Later versions put the start of the code before the offsets. */
static bool read_header(struct table *t)
{
	uint64_t magic;
	unsigned int later;
	bool fits;

	if (!get(t, 0, 4, &magic) || t->size < HEADER)
		return false;
	t->word = t->data[7];
	if ((t->word != 4 && t->word != 8) ||
	    (magic != GO_1_16 && magic != GO_1_18 && magic != GO_1_20))
		return false;
	later = magic != GO_1_16;
	t->field = later ? 4 : t->word;
	fits = head(t, 0, &t->count) && (!later || head(t, 2, &t->base)) &&
	       head(t, 2 + later, &t->names) && head(t, 6 + later, &t->list);
	/* every function has two fields, and another one ends the list */
	return fits && t->list <= t->size && t->names <= t->size &&
	       t->count < (t->size - t->list) / (2 * t->field);
}

/* The name of the function described at @at: behind its address stands an offset. */
static const char *name_at(const struct table *t, uint64_t at)
{
	uint64_t offset;

	if (at > t->size - t->list || !get(t, t->list + at + t->field, 4, &offset) ||
	    offset >= t->size - t->names)
		return NULL;
	offset += t->names;
	if (!t->data[offset] || !memchr(t->data + offset, '\0', t->size - offset))
		return NULL;
	return (const char *)t->data + offset;
}

bool cbee__gosym_wants_text(const void *table, size_t size)
{
	struct table t = { .data = table, .size = size };

	return read_header(&t) && t.field != t.word && !t.base;
}

int cbee__gosym_each(const void *table, size_t size, uint64_t text, cbee__gosym_fn fn, void *ctx)
{
	struct table t = { .data = table, .size = size };
	uint64_t step, address, next, at;
	int got = 0;

	if (!read_header(&t))
		return -ENOEXEC;
	if (!t.base && t.field == 4)
		t.base = text;
	step = 2 * (uint64_t)t.field;
	for (uint64_t i = 0; !got && i < t.count; i++) {
		struct cbee__gosym sym;
		uint64_t from = t.list + i * step;

		if (!get(&t, from, t.field, &address) || !get(&t, from + t.field, t.field, &at) ||
		    !get(&t, from + step, t.field, &next))
			return -ENOEXEC;
		sym.name = name_at(&t, at);
		sym.address = t.base + address;
		sym.size = next - address;
		if (sym.name && next > address)
			got = fn(ctx, &sym);
	}
	return got;
}
