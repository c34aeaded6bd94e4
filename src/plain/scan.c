/* SPDX-License-Identifier: Apache-2.0 */
/* Text to bytes by a layout: reads back what plain/layout.c writes. */
#include "plain/scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/map.h>

#include "plain/layout.h"

static void skip_blanks(const char **at)
{
	while (isspace((unsigned char)**at))
		++*at;
}

bool cbee__scan_char(const char **at, char c)
{
	skip_blanks(at);
	if (**at != c)
		return false;
	++*at;
	return true;
}

static bool scan_word(const char **at, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*at, word, len) || isalnum((unsigned char)(*at)[len]))
		return false;
	*at += len;
	return true;
}

/* Decimal, 0x or 0 in front as in C; the sign only where the field has one. */
static int scan_integer(const struct cbee_field *f, const char **at, uint64_t *ret_value)
{
	unsigned int bits = f->bit_size ? f->bit_size : 8 * f->size;
	bool minus = **at == '-', has_sign = f->kind == CBEE_INT || f->kind == CBEE_CHAR;
	uint64_t most = (bits < 64 ? (uint64_t)1 << bits : 0) - 1, value;
	const char *from = *at + minus;
	char *end;

	if (!isdigit((unsigned char)*from))
		return -EINVAL;
	errno = 0;
	value = strtoull(from, &end, 0);
	if (has_sign)
		most = (most >> 1) + minus;
	else if (minus && value)
		return -ERANGE;
	if (errno || value > most)
		return -ERANGE;
	*at = end;
	*ret_value = minus ? -value : value;
	return 0;
}

/* Puts the integer where the field has it, and leaves the bits beside it. */
static void store(const struct cbee_field *f, uint64_t value, char *data)
{
	size_t skip = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - f->size : 0;
	unsigned int bits = f->bit_size ? f->bit_size : 8 * f->size;
	uint64_t mask = ((bits < 64 ? (uint64_t)1 << bits : 0) - 1) << f->bit_offset, all = 0;

	memcpy((char *)&all + skip, data, f->size);
	all = (all & ~mask) | ((value << f->bit_offset) & mask);
	memcpy(data, (char *)&all + skip, f->size);
}

static int scan_float(const struct cbee_field *f, const char **at, char *data)
{
	char *end;
	double wide = strtod(*at, &end);
	float narrow = (float)wide;

	if (end == *at)
		return -EINVAL;
	*at = end;
	if (f->size == sizeof(narrow))
		memcpy(data, &narrow, sizeof(narrow));
	else
		memcpy(data, &wide, sizeof(wide));
	return 0;
}

static int scan_scalar(const struct cbee_field *f, const char **at, char *data)
{
	uint64_t value = 0;
	int err = 0;

	skip_blanks(at);
	if (f->size > 8)
		return -EINVAL;
	if (f->kind == CBEE_FLOAT)
		return scan_float(f, at, data);
	if (f->kind == CBEE_BOOL && scan_word(at, "true"))
		value = 1;
	else if (f->kind != CBEE_BOOL || !scan_word(at, "false"))
		err = scan_integer(f, at, &value);
	if (!err)
		store(f, value, data);
	return err;
}

/* The byte behind a backslash, as JSON has it; *@at is left on its last letter. */
static char scan_escape(const char **at)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *known = strchr(from, **at);
	unsigned int code = 0;
	int digits = 0;

	if (**at == 'u' && sscanf(*at + 1, "%4x%n", &code, &digits) == 1 && digits == 4 &&
	    code < 128) {
		*at += 4;
		return (char)code;
	}
	return known ? to[known - from] : **at;
}

/* A string in quotes. */
static int scan_string(const struct cbee_field *f, const char **at, char *data)
{
	uint32_t len = 0;

	if (!cbee__scan_char(at, '"'))
		return -EINVAL;
	for (; **at && **at != '"'; ++*at) {
		char c = **at;

		if (c == '\\' && (*at)[1]) {
			++*at;
			c = scan_escape(at);
		}
		if (len == f->count)
			return -ERANGE;
		data[len++] = c;
	}
	return cbee__scan_char(at, '"') ? 0 : -EINVAL;
}

/* "name = " in front of a member: may be left out, but may not be another's. */
static int scan_name(const struct cbee_field *f, const char **at)
{
	size_t len = strlen(f->name);

	skip_blanks(at);
	if (!isalpha((unsigned char)**at) && **at != '_')
		return 0;
	if (f->kind == CBEE_BOOL && (!strncmp(*at, "true", 4) || !strncmp(*at, "false", 5)) &&
	    strncmp(*at, f->name, len))
		return 0;
	if (!len || strncmp(*at, f->name, len))
		return -EINVAL;
	*at += len;
	return cbee__scan_char(at, '=') ? 0 : -EINVAL;
}

static int scan_one(const struct cbee_field *f, const char **at, char *data)
{
	const struct cbee_field *end = f + 1 + f->members;
	int err = 0;

	if (!cbee__field_is_whole(f))
		return scan_scalar(f, at, data);
	if (!cbee__scan_char(at, '{'))
		return -EINVAL;
	for (const struct cbee_field *in = f + 1; !err && in < end; in += 1 + in->members) {
		if (in != f + 1 && !cbee__scan_char(at, ','))
			return -EINVAL;
		err = scan_name(in, at);
		if (!err)
			err = cbee__layout_scan(in, at, data + in->offset);
	}
	if (!err && !cbee__scan_char(at, '}'))
		err = -EINVAL;
	return err;
}

int cbee__layout_scan(const struct cbee_field *f, const char **at, void *data)
{
	int err = 0;

	if (!f->count)
		return scan_one(f, at, data);
	if (f->kind == CBEE_CHAR)
		return scan_string(f, at, data);
	if (!cbee__scan_char(at, '['))
		return -EINVAL;
	for (uint32_t i = 0; !err && i < f->count; i++) {
		if (i && !cbee__scan_char(at, ','))
			return -EINVAL;
		err = scan_one(f, at, (char *)data + (size_t)i * f->size);
	}
	if (!err && !cbee__scan_char(at, ']'))
		err = -EINVAL;
	return err;
}
