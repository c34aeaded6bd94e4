/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns libbcc's description of a type into a layout of the image. A type is
 * "unsigned int", or [name, members, "struct", "struct_packed" or "union"]; a
 * member is [name, type], [name, type, [length]], [name, type, bits], or a type
 * without a name of its own. Structs with bit fields are "struct", and C puts
 * the members where they belong; all others are "struct_packed", whatever they
 * are in C, with members called __pad_1 and so on where there is a hole. So what
 * they are aligned to has to be found out.
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
	uint64_t end; /* packed: bytes so far, but for padding */
	bool odd;     /* what it is aligned to cannot be told from its members */
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

/*
 * Whether a struct or union comes to stand in one place only, whatever attributes it
 * has: what it is aligned to divides its size.
 */
static bool is_certain(const struct body *b, const struct cbee__image_field *f, uint32_t align)
{
	if (f->kind != CBEE_STRUCT && f->kind != CBEE_UNION)
		return true;
	return align && f->size && (b->bits + 7) / 8 % (f->size & -f->size) == 0;
}

/* Puts field @f, of @size bytes in all, where C does. */
static int place_bits(struct body *b, struct cbee__image_field *f, uint64_t size, uint32_t align)
{
	uint64_t unit = 8 * (uint64_t)f->size, from;

	if (b->is_union) {
		b->bits = 0;
		b->odd = b->odd || !align;
		align = align ? align : 1;
	}
	if (f->bit_size > unit || (f->bit_size && f->size > 8) || !is_certain(b, f, align))
		return -EINVAL;
	if (!f->bit_size)
		from = round_up(b->bits, 8 * align);
	else if (b->bits % unit + f->bit_size > unit)
		from = round_up(b->bits, unit);
	else
		from = b->bits;
	if (f->bit_size) {
		f->offset = (uint32_t)(from / unit * f->size);
		f->bit_offset = (uint32_t)(from % unit);
	} else {
		f->offset = (uint32_t)(from / 8);
	}
	b->bits = from + (f->bit_size ? f->bit_size : 8 * size);
	return 0;
}

/* Puts it behind the one before; @align 0: of what is aligned in a way not known. */
static int place_packed(struct body *b, struct cbee__image_field *f, uint64_t size, uint32_t align)
{
	if (f->bit_size)
		return -EINVAL;
	f->offset = (uint32_t)(b->bits / 8);
	b->bits += 8 * size;
	b->odd = b->odd || !align || round_up(b->end, align) != f->offset;
	b->end = f->offset + size;
	return 0;
}

/* Puts field @f, of @align, into its struct. */
static int place(struct body *b, struct cbee__image_field *f, uint32_t align)
{
	uint64_t size = (uint64_t)f->size * (f->count ? f->count : 1);
	int err = (b->packed ? place_packed : place_bits)(b, f, size, align);

	if (align > b->align)
		b->align = align;
	if ((b->bits + 7) / 8 > b->size)
		b->size = (b->bits + 7) / 8;
	return err;
}

static bool is_kind(const json_t *word)
{
	const char *text = json_string_value(word);

	return text && (!strcmp(text, "struct") || !strcmp(text, "struct_packed") ||
			!strcmp(text, "union"));
}

/* Whether libbcc inserted that member to make the padding seen. */
static bool is_padding(const char *name)
{
	return !strncmp(name, "__pad_", 6);
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
	if (b->packed && is_padding(name))
		b->bits += 8 * (uint64_t)f->size * (f->count ? f->count : 1);
	else
		err = place(b, f, align);
	if (is_padding(name) || (f->bit_size && !name[0]))
		l->fields.len = at * sizeof(*f);
	return !err && b->bits / 8 > MOST_BYTES ? -EINVAL : err;
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
	if (b.packed ? b.bits / 8 != round_up(b.end, b.align) : b.is_union && b.size % b.align)
		b.odd = true;
	field_at(l, at)->kind = b.is_union ? CBEE_UNION : CBEE_STRUCT;
	field_at(l, at)->size = (uint32_t)(b.packed ? b.bits / 8 : round_up(b.size, b.align));
	field_at(l, at)->members = (uint32_t)(l->fields.len / sizeof(struct cbee__image_field) -
					      at - 1);
	*ret_align = b.odd ? 0 : b.align;
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
