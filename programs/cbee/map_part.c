/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and values as cbee map writes them. */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

/* Entries that are something else, of which the kernel tells the number. */
static const struct {
	uint32_t type;
	const char *what;
} others[] = {
	{ BPF_MAP_TYPE_PROG_ARRAY, "program" },
	{ BPF_MAP_TYPE_ARRAY_OF_MAPS, "map" },
	{ BPF_MAP_TYPE_HASH_OF_MAPS, "map" },
};

static const char *other_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].type == type)
			return others[i].what;
	return NULL;
}

/* The number of 1, 2, 4 or 8 bytes. */
static uint64_t number(const void *data, size_t size)
{
	uint64_t n = 0;

	memcpy((char *)&n + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - size : 0), data, size);
	return n;
}

static bool is_number(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

bool map_has_sums(const struct cbee_map *m)
{
	const struct cbee_field *f = cbee_map_layout(m, CBEE_VALUE);

	return f && f->kind == CBEE_UINT && !f->count && f->size <= 8;
}

uint64_t map_sum(struct cbee_map *m, const void *value)
{
	struct cbee_map_info info = { 0 };
	uint64_t sum = 0;

	cbee_map_info(m, &info);
	for (size_t at = 0; at < cbee_map_value_bytes(m); at += 8)
		sum += number((const char *)value + at, info.value_size);
	return sum;
}

/* What the library has no layout for, or what is wanted as bytes; of each CPU if there are more. */
static void write_plain(struct cbee_run *run, const void *data, size_t one, size_t all, bool hex)
{
	const char *quote = cbee_run_json(run) ? "\"" : "";
	struct cbee_buf *out = cbee_run_out(run);
	bool many = all != one;

	for (size_t at = 0; at < all; at += (one + 7) / 8 * 8) {
		const unsigned char *bytes = (const unsigned char *)data + at;

		cbee_text_fmt(out, "%s", !many ? "" : !at ? "[" : *quote ? "," : ", ");
		if (!hex && is_number(one)) {
			cbee_text_fmt(out, "%llu", (unsigned long long)number(bytes, one));
			continue;
		}
		cbee_text_fmt(out, "%shex:", quote);
		for (size_t i = 0; i < one; i++)
			cbee_text_fmt(out, "%02x", bytes[i]);
		cbee_text_fmt(out, "%s", quote);
	}
	cbee_text_fmt(out, "%s", many ? "]" : "");
}

static int write_part(struct cbee_run *run, struct cbee_map *m, enum cbee_part part,
		      const void *data, bool hex)
{
	struct cbee_map_info info = { 0 };
	size_t one, all;
	char *text = NULL;
	int err;

	cbee_map_info(m, &info);
	one = part == CBEE_KEY ? info.key_size : info.value_size;
	all = part == CBEE_KEY ? one : cbee_map_value_bytes(m);
	if (hex || !cbee_map_layout(m, part)) {
		/* prefix and address are no number */
		hex |= info.type == BPF_MAP_TYPE_LPM_TRIE && part == CBEE_KEY;
		write_plain(run, data, one, all, hex);
		return 0;
	}
	err = (cbee_run_json(run) ? cbee_map_json : cbee_map_text)(m, part, data, all, &text);
	if (!err)
		cbee_text_fmt(cbee_run_out(run), "%s", text);
	free(text);
	return map_fail(run, m, err);
}

int map_write(struct cbee_run *run, struct cbee_map *m, const struct map_entry *e)
{
	struct cbee_buf *out = cbee_run_out(run);
	struct cbee_map_info info = { 0 };
	bool json = cbee_run_json(run);
	const char *other;
	int err = 0;

	cbee_map_info(m, &info);
	other = other_of(info.type);
	cbee_text_fmt(out, "%s", !json ? "" : e->key ? "{\"key\":" : "{");
	if (e->key)
		err = write_part(run, m, CBEE_KEY, e->key, e->hex);
	cbee_text_fmt(out, "%s", !e->key ? "" : json ? "," : ": ");
	if (json)
		cbee_text_fmt(out, "\"%s\":", other ? other : "value");
	else if (other)
		cbee_text_fmt(out, "%s ", other);
	if (!err)
		err = write_part(run, m, CBEE_VALUE, e->value, e->hex && !other);
	if (!e->hex && map_has_sums(m) && cbee_map_value_bytes(m) != info.value_size)
		cbee_text_fmt(out, json ? ",\"sum\":%llu" : " sum %llu",
			      (unsigned long long)map_sum(m, e->value));
	cbee_text_fmt(out, json ? "}\n" : "\n");
	return err;
}
