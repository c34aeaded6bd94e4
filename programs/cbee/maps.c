/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the maps of a run, each kind in its way. */
#include <linux/bpf.h>

#include "cbee.h"

/* One map on its way out. */
struct show {
	struct cbee *c;
	struct cbee_map *map;
	const struct streams *streams;
	bool json;
	struct cbee_buf *out;
};

static int show_counts(const struct show *s, bool array)
{
	int err = chart_fits(s->map) ? chart_show(s->map, s->json, s->out) : 1;

	return err > 0 ? entries_show(s->c, s->map, array, s->json, s->out) : err;
}

static int show_entries(const struct show *s)
{
	return show_counts(s, false);
}

static int show_array(const struct show *s)
{
	return show_counts(s, true);
}

static int show_stream(const struct show *s)
{
	stream_sum_up(s->streams, s->map, s->json, s->out);
	return 0;
}

/* The types that are shown; others hold descriptors, or have no keys. */
static const struct type {
	uint32_t type;
	/* writes what follows the name; in JSON, the members that follow and the '}' */
	int (*show)(const struct show *s);
} types[] = {
	{ BPF_MAP_TYPE_HASH, show_entries },
	{ BPF_MAP_TYPE_ARRAY, show_array },
	{ BPF_MAP_TYPE_PERCPU_HASH, show_entries },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, show_array },
	{ BPF_MAP_TYPE_LRU_HASH, show_entries },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, show_entries },
	{ BPF_MAP_TYPE_LPM_TRIE, show_entries },
	{ BPF_MAP_TYPE_RINGBUF, show_stream },
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, show_stream },
};

static const struct type *type_of(struct cbee_map *m, uint32_t number_of_type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == number_of_type)
			return types[i].show != show_stream || cbee_map_is_stream(m) ? &types[i]
										     : NULL;
	return NULL;
}

static int show_map(const struct show *s)
{
	const char *name = cbee_map_name(s->map);
	struct cbee_map_info info;
	const struct type *type;
	int err = cbee_map_info(s->map, &info);

	if (err)
		return err;
	type = type_of(s->map, info.type);
	if (!type)
		return 0;
	if (s->json)
		cbee_text_fmt(s->out, "{\"map\":\"%s\",\"type\":\"%s\",", name,
			      cbee_map_type_name(info.type));
	else
		cbee_text_fmt(s->out, "\n%s:\n", name);
	return type->show(s);
}

int maps_show(struct cbee_run *run, const struct streams *streams)
{
	struct cbee *c = cbee_run_cbee(run);
	int err = 0;

	for (unsigned int i = 0; !err && i < cbee_maps(c); i++)
		err = show_map(&(struct show){ .c = c,
					       .map = cbee_map_at(c, i),
					       .streams = streams,
					       .json = cbee_run_json(run),
					       .out = cbee_run_out(run) });
	return err;
}
