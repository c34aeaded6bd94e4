/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a layout that is written as C: words, plain types, bytes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

static const struct scalar {
	const char *name;
	enum cbee_field_kind kind;
	uint32_t size;
} scalars[] = {
	{ "u8", CBEE_UINT, 1 },	      { "u16", CBEE_UINT, 2 },
	{ "u32", CBEE_UINT, 4 },      { "u64", CBEE_UINT, 8 },
	{ "u128", CBEE_UINT, 16 },    { "s8", CBEE_INT, 1 },
	{ "s16", CBEE_INT, 2 },	      { "s32", CBEE_INT, 4 },
	{ "s64", CBEE_INT, 8 },	      { "s128", CBEE_INT, 16 },
	{ "char", CBEE_CHAR, 1 },     { "bool", CBEE_BOOL, 1 },
	{ "float", CBEE_FLOAT, 4 },   { "double", CBEE_FLOAT, 8 },
	{ "__int128", CBEE_INT, 16 }, { "unsigned __int128", CBEE_UINT, 16 },
};

#define SCALARS (sizeof(scalars) / sizeof(scalars[0]))

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

size_t map_word(const char **at)
{
	size_t len = 0;

	while (isspace((unsigned char)**at))
		++*at;
	while (is_letter((*at)[len]))
		len++;
	return isdigit((unsigned char)**at) ? 0 : len;
}

bool map_skip(const char **at, char c)
{
	map_word(at);
	if (**at != c)
		return false;
	++*at;
	return true;
}

bool map_skip_word(const char **at, const char *want)
{
	size_t len = map_word(at);

	if (len != strlen(want) || strncmp(*at, want, len) != 0)
		return false;
	*at += len;
	return true;
}

bool map_skip_packed(const char **at)
{
	static const char packed[] = "__attribute__((packed))";
	size_t len = sizeof(packed) - 1;

	map_word(at);
	if (strncmp(*at, packed, len) != 0)
		return false;
	*at += len;
	return true;
}

size_t map_scalar(const char *text, struct cbee_field *f)
{
	for (size_t i = 0; i < SCALARS; i++) {
		size_t len = strlen(scalars[i].name);

		if (strncmp(scalars[i].name, text, len) != 0 || is_letter(text[len]))
			continue;
		f->kind = scalars[i].kind;
		f->size = scalars[i].size;
		return len;
	}
	return 0;
}

uint32_t map_pack(struct cbee_field *whole)
{
	struct cbee_field *in = whole + 1, *end = in + whole->members;
	uint32_t size = 0;

	for (; in < end; in += 1 + in->members) {
		uint32_t bytes = in->size * (in->count ? in->count : 1);

		in->offset = whole->kind == CBEE_UNION ? 0 : size;
		size = in->offset + bytes > size ? in->offset + bytes : size;
	}
	return size;
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
