/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns libbcc's description of a type into a layout of the image. A type is
 * "unsigned int", or [name, members, "struct", "struct_packed" or "union"]; a
 * member is [name, type], [name, type, [length]], [name, type, bits], or a type
 * without a name of its own.
 */
#include "layout.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include <cbee/map.h>

#include "compile/image.h"

#define MOST_DEPTH 15
#define MOST_BYTES (1 << 20)

struct scalar {
	const char *name;
	enum cbee_field_kind kind;
	uint32_t size;
};

static const struct scalar scalars[] = {
	{ "_Bool", CBEE_BOOL, 1 },
	{ "bool", CBEE_BOOL, 1 },
	{ "char", CBEE_CHAR, 1 },
	{ "signed char", CBEE_INT, 1 },
	{ "unsigned char", CBEE_UINT, 1 },
	{ "short", CBEE_INT, 2 },
	{ "unsigned short", CBEE_UINT, 2 },
	{ "int", CBEE_INT, 4 },
	{ "unsigned int", CBEE_UINT, 4 },
	{ "long", CBEE_INT, 8 },
	{ "unsigned long", CBEE_UINT, 8 },
	{ "long long", CBEE_INT, 8 },
	{ "unsigned long long", CBEE_UINT, 8 },
	{ "float", CBEE_FLOAT, 4 },
	{ "double", CBEE_FLOAT, 8 },
	{ "__int128", CBEE_INT, 16 },
	{ "unsigned __int128", CBEE_UINT, 16 },
};

/* The fields so far, and how deep in structs the next one is. */
struct layout {
	struct cbee__image_writer *w;
	struct cbee_buf fields;
	int depth;
};

/* Where the next member of a struct may begin, and what the struct will be. */
struct body {
	bool is_union, packed;
	uint64_t bits, size; /* so far; the size in bytes */
	uint32_t align;
};

static int add_type(struct layout *l, const json_t *type, const char *name, uint32_t *ret_align);

static struct cbee__image_field *field_at(struct layout *l, size_t i)
{
	return (struct cbee__image_field *)l->fields.data + i;
}

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

/* Puts field @f, of @align, where C puts it. */
static int place(struct body *b, struct cbee__image_field *f, uint32_t align)
{
	uint64_t unit = 8 * (uint64_t)f->size, size = (uint64_t)f->size * (f->count ? f->count : 1);

	if (f->bit_size && (b->packed || f->bit_size > unit || f->size > 8))
		return -EINVAL;
	align = b->packed ? 1 : align;
	if (b->is_union)
		b->bits = 0;
	if (!f->bit_size)
		b->bits = round_up(b->bits, 8 * align) + 8 * size;
	else if (b->bits % unit + f->bit_size > unit)
		b->bits = round_up(b->bits, unit) + f->bit_size;
	else
		b->bits += f->bit_size;
	if (f->bit_size) {
		uint64_t from = b->bits - f->bit_size;

		f->offset = (uint32_t)(from / unit * f->size);
		f->bit_offset = (uint32_t)(from % unit);
	} else {
		f->offset = (uint32_t)(b->bits / 8 - size);
	}
	if (align > b->align)
		b->align = align;
	if ((b->bits + 7) / 8 > b->size)
		b->size = (b->bits + 7) / 8;
	return b->size > MOST_BYTES ? -EINVAL : 0;
}

static bool is_kind(const json_t *word)
{
	const char *text = json_string_value(word);

	return text && (!strcmp(text, "struct") || !strcmp(text, "struct_packed") ||
			!strcmp(text, "union"));
}

/* One member; what libbcc inserted to make the padding seen only takes its place. */
static int add_member(struct layout *l, struct body *b, const json_t *member)
{
	const char *name = json_string_value(json_array_get(member, 0));
	const json_t *more = json_array_get(member, 2), *type = json_array_get(member, 1);
	size_t at = l->fields.len / sizeof(struct cbee__image_field);
	struct cbee__image_field *f;
	uint32_t align = 1;
	int err;

	if (is_kind(more)) {
		type = member;
		name = "";
	}
	if (!name)
		return -EINVAL;
	err = add_type(l, type, name, &align);
	if (err)
		return err;
	f = field_at(l, at);
	if (json_is_array(more))
		f->count = (uint32_t)json_integer_value(json_array_get(more, 0));
	else if (json_is_integer(more))
		f->bit_size = (uint32_t)json_integer_value(more);
	if (more && type != member && !f->count && !f->bit_size)
		return -EINVAL; /* an array or a bit field of nothing */
	err = place(b, f, align);
	if (!strncmp(name, "__pad_", 6) || (f->bit_size && !name[0]))
		l->fields.len = at * sizeof(*f);
	return err;
}

static int add_struct(struct layout *l, size_t at, const json_t *type, uint32_t *ret_align)
{
	const char *kind = json_string_value(json_array_get(type, 2));
	const json_t *members = json_array_get(type, 1);
	struct body b = { .is_union = !strcmp(kind, "union"),
			  .packed = !strcmp(kind, "struct_packed"),
			  .align = 1 };
	int err = 0;

	if (l->depth == MOST_DEPTH)
		return -EINVAL;
	l->depth++;
	for (size_t i = 0; !err && i < json_array_size(members); i++)
		err = add_member(l, &b, json_array_get(members, i));
	l->depth--;
	if (err)
		return err;
	field_at(l, at)->kind = b.is_union ? CBEE_UNION : CBEE_STRUCT;
	field_at(l, at)->size = (uint32_t)round_up(b.size, b.align);
	field_at(l, at)->members = (uint32_t)(l->fields.len / sizeof(struct cbee__image_field) -
					      at - 1);
	*ret_align = b.align;
	return 0;
}

/* Adds @type as a field at offset 0, and its members. */
static int add_type(struct layout *l, const json_t *type, const char *name, uint32_t *ret_align)
{
	struct cbee__image_field f = { .name = cbee__image_string(l->w, name) };
	size_t at = l->fields.len / sizeof(f);
	const char *word = json_string_value(type);

	cbee__buf_add(&l->fields, &f, sizeof(f));
	if (l->fields.err)
		return l->fields.err;
	if (is_kind(json_array_get(type, 2)))
		return add_struct(l, at, type, ret_align);
	for (size_t i = 0; word && i < sizeof(scalars) / sizeof(scalars[0]); i++) {
		if (strcmp(word, scalars[i].name))
			continue;
		field_at(l, at)->kind = scalars[i].kind;
		field_at(l, at)->size = *ret_align = scalars[i].size;
		return 0;
	}
	return -EINVAL;
}

uint32_t cbee__cc_layout(struct cbee__image_writer *w, const char *desc, uint32_t size)
{
	json_t *json = desc ? json_loads(desc, JSON_DECODE_ANY, NULL) : NULL;
	uint32_t index = (uint32_t)(w->fields.len / sizeof(struct cbee__image_field)), align = 1;
	struct layout l = { .w = w };
	int err = json ? add_type(&l, json, "", &align) : -EINVAL;

	if (!err && field_at(&l, 0)->size == size)
		cbee__buf_add(&w->fields, l.fields.data, l.fields.len);
	else
		index = CBEE_IMAGE_NONE;
	cbee__buf_free(&l.fields);
	json_decref(json);
	return index;
}
