/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the maps of a run, with keys and values as the text declares them. */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

/* The types that can be walked; others hold descriptors, or have no keys. */
static const struct type {
	uint32_t type;
	bool array; /* entries that are zero are left out */
} types[] = {
	{ BPF_MAP_TYPE_HASH, false },	     { BPF_MAP_TYPE_ARRAY, true },
	{ BPF_MAP_TYPE_PERCPU_HASH, false }, { BPF_MAP_TYPE_PERCPU_ARRAY, true },
	{ BPF_MAP_TYPE_LRU_HASH, false },    { BPF_MAP_TYPE_LRU_PERCPU_HASH, false },
	{ BPF_MAP_TYPE_LPM_TRIE, false },
};

/* One map on its way out. */
struct show {
	struct cbee_buf *out;
	struct cbee_map *map;
	struct cbee_map_info info;
	const struct type *type;
	bool json;
	size_t entries;
	int err;
};

static bool is_zero(const void *value, size_t size)
{
	const char *bytes = value;

	return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1);
}

/* Writes a key or a value; the first failure stays in s->err. */
static void add_part(struct show *s, enum cbee_part part, const void *data)
{
	size_t size = part == CBEE_KEY ? s->info.key_size : cbee_map_value_bytes(s->map);
	char *text = NULL;

	if (s->err)
		return;
	s->err = (s->json ? cbee_map_json : cbee_map_text)(s->map, part, data, size, &text);
	if (!s->err)
		cbee_text_fmt(s->out, "%s", text);
	free(text);
}

static bool entry(void *arg, const void *key, const void *value)
{
	struct show *s = arg;

	if (s->type->array && is_zero(value, cbee_map_value_bytes(s->map)))
		return true;
	cbee_text_fmt(s->out, "%s%s", s->json && s->entries ? "," : "",
		      s->json ? "{\"key\":" : "  ");
	s->entries++;
	add_part(s, CBEE_KEY, key);
	cbee_text_fmt(s->out, "%s", s->json ? ",\"value\":" : ": ");
	if (map_has_sums(s->map))
		cbee_text_fmt(s->out, "%llu", (unsigned long long)map_sum(s->map, value));
	else
		add_part(s, CBEE_VALUE, value);
	cbee_text_fmt(s->out, "%s", s->json ? "}" : "\n");
	return !s->err;
}

static int show_entries(struct show *s)
{
	int err;

	if (s->json)
		cbee_text_fmt(s->out, "\"entries\":[");
	err = cbee_map_walk(s->map, entry, s);
	if (s->json)
		cbee_text_fmt(s->out, "]}\n");
	else if (!s->entries)
		cbee_text_fmt(s->out, "  nothing\n");
	return err ? err : s->err;
}

static int show_map(struct show *s, const char *text)
{
	const char *name = cbee_map_name(s->map);

	if (s->json)
		cbee_text_fmt(s->out, "{\"map\":\"%s\",\"type\":\"%s\",", name,
			      cbee_map_type_name(s->info.type));
	else
		cbee_text_fmt(s->out, "\n%s:\n", name);
	if (s->type->array && chart_fits(&s->info) && chart_wanted(text, name))
		return chart_show(s->map, text, s->json, s->out);
	return show_entries(s);
}

static const struct type *type_of(uint32_t number_of_type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == number_of_type)
			return &types[i];
	return NULL;
}

int maps_show(struct cbee_run *run, const char *text)
{
	struct cbee *c = cbee_run_cbee(run);
	int err = 0;

	for (unsigned int i = 0; !err && i < cbee_maps(c); i++) {
		struct show s = {
			.out = cbee_run_out(run),
			.map = cbee_map_at(c, i),
			.json = cbee_run_json(run),
		};

		err = cbee_map_info(s.map, &s.info);
		s.type = type_of(s.info.type);
		if (!err && s.type)
			err = show_map(&s, text);
	}
	return err;
}
