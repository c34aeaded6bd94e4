/* SPDX-License-Identifier: Apache-2.0 */
/* Writes layouts of maps as C declares them, and reads those of plain numbers. */
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

static const struct scalar {
	const char *name;
	enum cbee_field_kind kind;
	uint32_t size;
} scalars[] = {
	{ "u8", CBEE_UINT, 1 },	    { "u16", CBEE_UINT, 2 },	 { "u32", CBEE_UINT, 4 },
	{ "u64", CBEE_UINT, 8 },    { "u128", CBEE_UINT, 16 },	 { "s8", CBEE_INT, 1 },
	{ "s16", CBEE_INT, 2 },	    { "s32", CBEE_INT, 4 },	 { "s64", CBEE_INT, 8 },
	{ "s128", CBEE_INT, 16 },   { "char", CBEE_CHAR, 1 },	 { "bool", CBEE_BOOL, 1 },
	{ "float", CBEE_FLOAT, 4 }, { "double", CBEE_FLOAT, 8 },
};

#define SCALARS (sizeof(scalars) / sizeof(scalars[0]))

static void declare_members(struct cbee_buf *out, const struct cbee_field *f)
{
	const struct cbee_field *end = f + 1 + f->members;

	cbee_text_fmt(out, "%s {", f->kind == CBEE_UNION ? "union" : "struct");
	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members) {
		cbee_text_fmt(out, " ");
		map_declare(out, in, 0);
		cbee_text_fmt(out, ";");
	}
	cbee_text_fmt(out, " }");
}

void map_declare(struct cbee_buf *out, const struct cbee_field *f, uint32_t size)
{
	const char *name = "?";

	if (!f) {
		cbee_text_fmt(out, "%u byte%s", size, size == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; i < SCALARS; i++)
		if (scalars[i].kind == f->kind && scalars[i].size == f->size)
			name = scalars[i].name;
	if (f->kind == CBEE_STRUCT || f->kind == CBEE_UNION)
		declare_members(out, f);
	else
		cbee_text_fmt(out, "%s", name);
	cbee_text_fmt(out, "%s%s", f->name[0] ? " " : "", f->name);
	if (f->count)
		cbee_text_fmt(out, "[%u]", f->count);
	if (f->bit_size)
		cbee_text_fmt(out, ":%u", f->bit_size);
}

bool map_scalar(const char *name, size_t len, struct cbee_field *f)
{
	for (size_t i = 0; i < SCALARS; i++) {
		if (strlen(scalars[i].name) != len || strncmp(scalars[i].name, name, len) != 0)
			continue;
		f->kind = scalars[i].kind;
		f->size = scalars[i].size;
		return true;
	}
	return false;
}

bool map_bytes_read(const char *text, struct map_layout *ret)
{
	char *end;
	unsigned long bytes = strtoul(text, &end, 0);

	ret->bytes = (uint32_t)bytes;
	if (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8)
		ret->fields[ret->count++] = (struct cbee_field){ .name = "",
								 .kind = CBEE_UINT,
								 .size = ret->bytes };
	return bytes <= MAP_LAYOUT_BYTES && !*end;
}
