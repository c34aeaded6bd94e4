/* SPDX-License-Identifier: Apache-2.0 */
/* Writes layouts as BTF (Documentation/bpf/btf.rst) and loads that into the kernel. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/btf.h>

#include "headers/btf.h"
#include "maps/types.h"
#include "plain/layout.h"

/* Names are for people who print the map with another program; "char" is what makes a string. */
static const struct scalar {
	enum cbee_field_kind kind;
	uint32_t size;
	const char *name;
	uint32_t encoding; /* of an int */
} scalars[] = {
	{ CBEE_UINT, 1, "unsigned char", 0 },
	{ CBEE_UINT, 2, "unsigned short", 0 },
	{ CBEE_UINT, 4, "unsigned int", 0 },
	{ CBEE_UINT, 8, "unsigned long long", 0 },
	{ CBEE_UINT, 16, "unsigned __int128", 0 },
	{ CBEE_INT, 1, "signed char", BTF_INT_SIGNED },
	{ CBEE_INT, 2, "short", BTF_INT_SIGNED },
	{ CBEE_INT, 4, "int", BTF_INT_SIGNED },
	{ CBEE_INT, 8, "long long", BTF_INT_SIGNED },
	{ CBEE_INT, 16, "__int128", BTF_INT_SIGNED },
	{ CBEE_CHAR, 1, "char", BTF_INT_SIGNED },
	{ CBEE_BOOL, 1, "_Bool", BTF_INT_BOOL },
	{ CBEE_FLOAT, 4, "float", 0 },
};

_Static_assert(sizeof(scalars) / sizeof(scalars[0]) == CBEE__SCALARS, "an id for each");

static uint32_t add_string(struct cbee__types *t, const char *text)
{
	size_t at;

	if (!t->strings.len) /* the empty one comes first */
		cbee__buf_add(&t->strings, "", 1);
	if (!text[0])
		return 0;
	at = t->strings.len;
	cbee__buf_add(&t->strings, text, strlen(text) + 1);
	return (uint32_t)at;
}

static void add_words(struct cbee_buf *b, const uint32_t *words, size_t count)
{
	cbee__buf_add(b, words, count * sizeof(*words));
}

/* Begins the next type; its id. */
static uint32_t add_head(struct cbee__types *t, const char *name, uint32_t info, uint32_t size)
{
	const uint32_t head[] = { add_string(t, name), info, size };

	add_words(&t->types, head, 3);
	return ++t->count;
}

static uint32_t info_of(enum cbee__btf_kind kind, uint32_t count, bool flag)
{
	return (uint32_t)flag << 31 | (uint32_t)kind << 24 | count;
}

static uint32_t add_int(struct cbee__types *t, const struct scalar *s)
{
	const uint32_t id = add_head(t, s->name, info_of(CBEE__BTF_INT, 0, false), s->size);
	const uint32_t how = s->encoding << 24 | 8 * s->size;

	add_words(&t->types, &how, 1);
	return id;
}

static uint32_t add_scalar(struct cbee__types *t, enum cbee_field_kind kind, uint32_t size)
{
	for (size_t i = 0; i < CBEE__SCALARS; i++) {
		const struct scalar *s = &scalars[i];

		if (s->kind != kind || s->size != size)
			continue;
		if (!t->scalars[i])
			t->scalars[i] = kind == CBEE_FLOAT
						? add_head(t, s->name,
							   info_of(CBEE__BTF_FLOAT, 0, false), size)
						: add_int(t, s);
		return t->scalars[i];
	}
	if (kind == CBEE_FLOAT)
		return add_head(t, "double", info_of(CBEE__BTF_FLOAT, 0, false), size);
	return add_scalar(t, CBEE_UINT, size); /* a bit field of another kind in a wider unit */
}

static uint32_t add_array(struct cbee__types *t, uint32_t element, uint32_t count)
{
	const uint32_t index = add_scalar(t, CBEE_UINT, 4);
	const uint32_t id = add_head(t, "", info_of(CBEE__BTF_ARRAY, 0, false), 0);
	const uint32_t rows[] = { element, index, count };

	add_words(&t->types, rows, 3);
	return id;
}

static bool has_bits(const struct cbee_field *f)
{
	const struct cbee_field *end = f + 1 + f->members;

	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members)
		if (in->bit_size)
			return true;
	return false;
}

static uint32_t add_struct(struct cbee__types *t, const struct cbee_field *f)
{
	const struct cbee_field *end = f + 1 + f->members;
	enum cbee__btf_kind kind = f->kind == CBEE_UNION ? CBEE__BTF_UNION : CBEE__BTF_STRUCT;
	struct cbee_buf rows = { 0 };
	bool flag = has_bits(f);
	uint32_t count = 0, id;

	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members, count++) {
		const uint32_t row[] = { add_string(t, in->name), cbee__types_add(t, in, 0),
					 (flag ? in->bit_size << 24 : 0) |
						 (8 * in->offset + in->bit_offset) };

		add_words(&rows, row, 3);
	}
	id = add_head(t, "", info_of(kind, count, flag), f->size);
	cbee__buf_add(&t->types, rows.data, rows.len);
	if (rows.err)
		t->types.err = rows.err;
	cbee__buf_free(&rows);
	return id;
}

uint32_t cbee__types_add(struct cbee__types *t, const struct cbee_field *f, uint32_t size)
{
	uint32_t one;

	if (!f)
		return add_array(t, add_scalar(t, CBEE_UINT, 1), size);
	if (cbee__field_is_whole(f))
		one = add_struct(t, f);
	else
		one = add_scalar(t, f->kind, f->size);
	return f->count ? add_array(t, one, f->count) : one;
}

int cbee__types_load(struct cbee__types *t)
{
	struct btf_header head = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(head),
		.type_len = (uint32_t)t->types.len,
		.str_off = (uint32_t)t->types.len,
		.str_len = (uint32_t)t->strings.len,
	};
	struct cbee_buf all = { 0 };
	int err;

	if (!t->count)
		return 0;
	cbee__buf_add(&all, &head, sizeof(head));
	cbee__buf_add(&all, t->types.data, t->types.len);
	cbee__buf_add(&all, t->strings.data, t->strings.len);
	err = all.err ? all.err : t->types.err ? t->types.err : t->strings.err;
	if (!err) {
		t->fd = bpf_btf_load(all.data, all.len, NULL);
		err = t->fd < 0 ? t->fd : 0;
	}
	cbee__buf_free(&all);
	return err;
}

void cbee__types_free(struct cbee__types *t)
{
	if (t->fd >= 0)
		close(t->fd);
	cbee__buf_free(&t->types);
	cbee__buf_free(&t->strings);
	*t = (struct cbee__types)CBEE__TYPES_NONE;
}
