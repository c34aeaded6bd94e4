/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to text and JSON by a layout. */
#include "plain/layout.h"

#include <stdio.h>
#include <string.h>

#include <cbee/map.h>

#include "plain/buf.h"
#include "plain/json.h"

bool cbee__field_is_whole(const struct cbee_field *f)
{
	return f->kind == CBEE_STRUCT || f->kind == CBEE_UNION;
}

/* The integer of at most 8 bytes, its sign extended if it has one. */
static uint64_t read_integer(const struct cbee_field *f, const void *data)
{
	unsigned int bits = f->bit_size ? f->bit_size : 8 * f->size;
	uint64_t value = 0;

	memcpy((char *)&value + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - f->size : 0), data,
	       f->size);
	value >>= f->bit_offset;
	if (bits < 64) {
		uint64_t sign = (uint64_t)1 << (bits - 1);

		value &= ((uint64_t)1 << bits) - 1;
		if ((f->kind == CBEE_INT || f->kind == CBEE_CHAR) && (value & sign))
			value |= ~(((uint64_t)1 << bits) - 1);
	}
	return value;
}

static double read_float(const struct cbee_field *f, const void *data)
{
	double wide;
	float narrow;

	if (f->size == sizeof(narrow)) {
		memcpy(&narrow, data, sizeof(narrow));
		return (double)narrow;
	}
	memcpy(&wide, data, sizeof(wide));
	return wide;
}

static void json_scalar(const struct cbee_field *f, const void *data, struct cbee_json *j,
			const char *key)
{
	char hex[40];
	uint64_t halves[2];

	if (f->kind == CBEE_FLOAT) {
		cbee__json_double(j, key, read_float(f, data), 6);
	} else if (f->size == 16) { /* more than JSON's readers hold */
		memcpy(halves, data, sizeof(halves));
		snprintf(hex, sizeof(hex), "0x%016llx%016llx",
			 (unsigned long long)
				 halves[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 1 : 0],
			 (unsigned long long)
				 halves[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1]);
		cbee__json_str(j, key, hex, strlen(hex));
	} else if (f->kind == CBEE_BOOL) {
		cbee__json_bool(j, key, read_integer(f, data));
	} else if (f->kind == CBEE_UINT) {
		cbee__json_u64(j, key, read_integer(f, data));
	} else {
		cbee__json_i64(j, key, (int64_t)read_integer(f, data));
	}
}

/* One element of an array, or what is none. */
static void json_one(const struct cbee_field *f, const char *data, struct cbee_json *j,
		     const char *key)
{
	const struct cbee_field *end = f + 1 + f->members;

	if (!cbee__field_is_whole(f)) {
		json_scalar(f, data, j, key);
		return;
	}
	cbee__json_begin_object(j, key);
	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members)
		cbee__layout_json(in, data + in->offset, j, in->name);
	cbee__json_end_object(j);
}

void cbee__layout_json(const struct cbee_field *f, const void *data, struct cbee_json *j,
		       const char *key)
{
	if (!f->count) {
		json_one(f, data, j, key);
	} else if (f->kind == CBEE_CHAR) {
		cbee__json_str(j, key, data, strnlen(data, f->count));
	} else {
		cbee__json_begin_array(j, key);
		for (uint32_t i = 0; i < f->count; i++)
			json_one(f, (const char *)data + (size_t)i * f->size, j, NULL);
		cbee__json_end_array(j);
	}
}

static void text_one(const struct cbee_field *f, const char *data, struct cbee_buf *out)
{
	const struct cbee_field *end = f + 1 + f->members;
	const char *gap = "{ ";
	struct cbee_json j;

	if (!cbee__field_is_whole(f)) {
		cbee__json_init(&j, out);
		json_scalar(f, data, &j, NULL);
		return;
	}
	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members) {
		cbee__buf_str(out, gap);
		if (in->name[0])
			cbee__buf_fmt(out, "%s = ", in->name);
		cbee__layout_text(in, data + in->offset, out);
		gap = ", ";
	}
	cbee__buf_str(out, f->members ? " }" : "{ }");
}

void cbee__layout_text(const struct cbee_field *f, const void *data, struct cbee_buf *out)
{
	struct cbee_json j;

	if (!f->count) {
		text_one(f, data, out);
		return;
	}
	if (f->kind == CBEE_CHAR) {
		cbee__json_init(&j, out);
		cbee__json_str(&j, NULL, data, strnlen(data, f->count));
		return;
	}
	for (uint32_t i = 0; i < f->count; i++) {
		cbee__buf_str(out, i ? ", " : "[");
		text_one(f, (const char *)data + (size_t)i * f->size, out);
	}
	cbee__buf_char(out, ']');
}

void cbee__layout_write(const struct cbee_field *f, const void *data, size_t size,
			struct cbee_buf *out, bool json)
{
	const unsigned char *bytes = data;
	struct cbee_json j;

	if (f && json) {
		cbee__json_init(&j, out);
		cbee__layout_json(f, data, &j, NULL);
	} else if (f) {
		cbee__layout_text(f, data, out);
	} else {
		cbee__buf_str(out, json ? "\"" CBEE__LAYOUT_HEX : CBEE__LAYOUT_HEX);
		for (size_t i = 0; i < size; i++)
			cbee__buf_fmt(out, "%02x", bytes[i]);
		cbee__buf_str(out, json ? "\"" : "");
	}
}
