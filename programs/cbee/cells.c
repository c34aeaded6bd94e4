/* SPDX-License-Identifier: Apache-2.0 */
/* Reads keys and values of maps as numbers, and writes them. */
#include <string.h>

#include "cbee.h"

static bool is_number(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static uint64_t number(const void *bytes, size_t size)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 1:
		return *(const unsigned char *)bytes;
	case 2:
		memcpy(&u16, bytes, sizeof(u16));
		return u16;
	case 4:
		memcpy(&u32, bytes, sizeof(u32));
		return u32;
	case 8:
		memcpy(&u64, bytes, sizeof(u64));
		return u64;
	default:
		return 0;
	}
}

/* From one CPU's value to the next. */
static size_t step(const struct cells *cells)
{
	return (cells->value_size + 7) / 8 * 8;
}

uint64_t cells_key(const struct cells *cells, const void *key)
{
	return number(key, cells->key_size);
}

uint64_t cells_value(const struct cells *cells, const void *value)
{
	uint64_t sum = number(value, cells->value_size);

	for (int i = 1; i < cells->cpus; i++)
		sum += number((const char *)value + (size_t)i * step(cells), cells->value_size);
	return sum;
}

bool cells_zero(const struct cells *cells, const void *value)
{
	size_t size = cells->cpus ? (size_t)cells->cpus * step(cells) : cells->value_size;

	for (size_t i = 0; i < size; i++)
		if (((const char *)value)[i])
			return false;
	return true;
}

/* Bytes in hex, which JSON has in quotes. */
static void add_bytes(struct cbee_buf *out, bool json, const void *bytes, size_t size)
{
	cbee_text_fmt(out, "%s", json ? "\"" : "");
	for (size_t i = 0; i < size; i++)
		cbee_text_fmt(out, "%02x", ((const unsigned char *)bytes)[i]);
	cbee_text_fmt(out, "%s", json ? "\"" : "");
}

void cells_add_key(const struct cells *cells, struct cbee_buf *out, bool json, const void *key)
{
	if (is_number(cells->key_size))
		cbee_text_fmt(out, "%llu", (unsigned long long)cells_key(cells, key));
	else
		add_bytes(out, json, key, cells->key_size);
}

void cells_add_value(const struct cells *cells, struct cbee_buf *out, bool json, const void *value)
{
	int cpus = cells->cpus ? cells->cpus : 1;

	if (is_number(cells->value_size)) {
		cbee_text_fmt(out, "%llu", (unsigned long long)cells_value(cells, value));
		return;
	}
	for (int i = 0; i < cpus; i++) {
		if (cells->cpus)
			cbee_text_fmt(out, "%s", i ? (json ? "," : " ") : (json ? "[" : ""));
		add_bytes(out, json, (const char *)value + (size_t)i * step(cells),
			  cells->value_size);
	}
	if (cells->cpus && json)
		cbee_text_fmt(out, "]");
}
