/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map show: what a map is, and how its keys and values look. */
#include <errno.h>
#include <stdlib.h>

#include "cbee.h"

static int check(struct cbee_run *run)
{
	return map_usage(run, 1, "MAP");
}

/* As C declares it; without a layout, how many bytes it has. */
static int layout(struct cbee_run *run, const struct map_work *w, enum cbee_part part)
{
	const struct cbee_field *f = cbee_map_layout(w->map, part);
	uint32_t size = part == CBEE_KEY ? w->info.key_size : w->info.value_size;
	struct cbee_buf *out = cbee_run_out(run);
	const char *what = part == CBEE_KEY ? "key" : "value";
	char *text = NULL;
	int err = f ? cbee_field_declare(f, "", &text) : 0;

	if (err)
		return err;
	if (cbee_run_json(run)) /* names in C need no escapes */
		cbee_text_fmt(out, f ? ",\"%s\":\"%s\"" : ",\"%s\":null", what, text);
	else if (f)
		cbee_text_fmt(out, "%-9s%s\n", what, text);
	else
		cbee_text_fmt(out, "%-9s%u byte%s\n", what, size, size == 1 ? "" : "s");
	free(text);
	return 0;
}

static int layouts(struct map_work *w)
{
	int err = layout(w->run, w, CBEE_KEY);

	return err ? err : layout(w->run, w, CBEE_VALUE);
}

static int facts_text(struct map_work *w, uint32_t id, const struct map_places *p)
{
	struct cbee_buf *out = cbee_run_out(w->run);
	const char *type = cbee_map_type_name(w->info.type);
	int err;

	cbee_text_fmt(out, "id       %u\nname     %s\nkind     ", id, cbee_map_name(w->map));
	if (type)
		cbee_text_fmt(out, "%s", type);
	else
		cbee_text_fmt(out, "%u", w->info.type);
	cbee_text_fmt(out, "\nentries  %u\nflags    ", w->info.max_entries);
	map_flags_write(out, w->info.flags);
	cbee_text_fmt(out, "\nsizes    key %u, value %u\n", w->info.key_size, w->info.value_size);
	err = layouts(w);
	cbee_text_fmt(out, "where    ");
	map_places_text(out, p, id);
	cbee_text_fmt(out, "\n");
	return err;
}

static int show_map(struct map_work *w)
{
	struct cbee_buf *out = cbee_run_out(w->run);
	struct map_places places = { 0 };
	uint32_t id = 0;
	int err = cbee_map_id(w->map, &id);

	if (!err && !map_places_find(&places))
		err = -ENOMEM;
	if (!err && cbee_run_json(w->run)) {
		cbee_text_fmt(out, "{");
		map_facts_json(out, w->map, id, &places);
		err = layouts(w);
		cbee_text_fmt(out, "}\n");
	} else if (!err) {
		err = facts_text(w, id, &places);
	}
	map_places_free(&places);
	return err;
}

static int show(struct cbee_run *run)
{
	return map_do(run, false, show_map);
}

const struct cbee_tool map_show = {
	.name = "show",
	.command = "cbee map show",
	.brief = "tell what a map is, and how its keys and values look",
	.json = json_map_show,
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map show counts\n",
	.no_table = true,
	.check = check,
	.report = show,
};
