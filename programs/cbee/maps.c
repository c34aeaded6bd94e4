/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the maps of a run, with keys and values as numbers where they can be. */
#include <linux/bpf.h>
#include <string.h>

#include "cbee.h"

/* The types that can be walked; others hold descriptors, or have no keys. */
static const struct type {
	uint32_t type;
	const char *name;
	bool array, per_cpu; /* arrays: entries that are zero are left out */
} types[] = {
	{ BPF_MAP_TYPE_HASH, "hash", false, false },
	{ BPF_MAP_TYPE_ARRAY, "array", true, false },
	{ BPF_MAP_TYPE_PERCPU_HASH, "percpu_hash", false, true },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, "percpu_array", true, true },
	{ BPF_MAP_TYPE_LRU_HASH, "lru_hash", false, false },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, "lru_percpu_hash", false, true },
	{ BPF_MAP_TYPE_LPM_TRIE, "lpm_trie", false, false },
};

/* One map on its way out. */
struct show {
	struct cbee_buf *out;
	struct cbee_map_info info;
	const struct type *type;
	struct cells cells;
	bool json;
	size_t entries;
	struct chart *chart; /* the map is drawn; else NULL */
};

static bool entry(void *arg, const void *key, const void *value)
{
	struct show *s = arg;

	if (s->type->array && cells_zero(&s->cells, value))
		return true;
	if (s->chart) {
		uint64_t slot = cells_key(&s->cells, key);

		s->chart->slots[slot] = cells_value(&s->cells, value);
		s->chart->used = slot + 1;
		return true;
	}
	if (s->json)
		cbee_text_fmt(s->out, "%s{\"key\":", s->entries ? "," : "");
	else
		cbee_text_fmt(s->out, "  ");
	s->entries++;
	cells_add_key(&s->cells, s->out, s->json, key);
	cbee_text_fmt(s->out, "%s", s->json ? ",\"value\":" : ": ");
	cells_add_value(&s->cells, s->out, s->json, value);
	cbee_text_fmt(s->out, "%s", s->json ? "}" : "\n");
	return true;
}

/* A BPF_HISTOGRAM of numbers; one with a key of its own is shown as it is. */
static bool is_chart(const struct show *s, const char *text, const char *name)
{
	return s->type->array && s->info.key_size == 4 && s->info.value_size == 8 &&
	       s->info.max_entries <= CHART_SLOTS && chart_wanted(text, name);
}

static int show_map(struct show *s, struct cbee_map *m)
{
	const char *name = cbee_map_name(m);
	int err;

	if (s->json)
		cbee_text_fmt(s->out, "{\"map\":\"%s\",\"type\":\"%s\",%s", name, s->type->name,
			      s->chart ? "" : "\"entries\":[");
	else
		cbee_text_fmt(s->out, "\n%s:\n", name);
	err = cbee_map_walk(m, entry, s);
	if (!s->json && !(s->chart ? s->chart->used : s->entries))
		cbee_text_fmt(s->out, "  nothing\n");
	if (s->chart && s->json)
		cbee_text_fmt(s->out, "\"histogram\":");
	if (s->chart)
		(s->json ? chart_json : chart_text)(s->chart, s->out);
	if (s->json)
		cbee_text_fmt(s->out, s->chart ? "}\n" : "]}\n");
	return err;
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
	struct chart chart;
	int err = 0;

	for (unsigned int i = 0; !err && i < cbee_maps(c); i++) {
		struct cbee_map *m = cbee_map_at(c, i);
		struct show s = { .out = cbee_run_out(run), .json = cbee_run_json(run) };

		err = cbee_map_info(m, &s.info);
		s.type = type_of(s.info.type);
		if (err || !s.type)
			continue;
		s.cells = (struct cells){ s.info.key_size, s.info.value_size,
					  s.type->per_cpu ? cbee_cpus(c) : 0 };
		if (is_chart(&s, text, cbee_map_name(m))) {
			/* what bpf_log2l() gives fits in 64 slots, BPF_HISTOGRAM's default */
			chart = (struct chart){ .log2 = s.info.max_entries == 64 &&
							strstr(text, "bpf_log2") };
			s.chart = &chart;
		}
		err = show_map(&s, m);
	}
	return err;
}
