/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map list: all maps of the kernel, a line each. */
#include <errno.h>
#include <string.h>

#include "cbee.h"

static int check(struct cbee_run *run)
{
	return map_usage(run, 0, "no argument");
}

void map_places_text(struct cbee_buf *out, const struct map_places *p, uint32_t id)
{
	const char *gap = "";

	for (int pids = 0; pids <= 1; pids++)
		for (size_t i = 0; i < p->count; i++) {
			const struct map_place *at = &p->items[i];

			if (at->id != id || !at->pid != !pids)
				continue;
			cbee_text_fmt(out, "%s", gap);
			cbee_text_add(out, at->text, strlen(at->text));
			if (at->pid)
				cbee_text_fmt(out, "(%d)", at->pid);
			gap = ", ";
		}
}

/* Either the paths or the processes, as an array. */
static void places_json(struct cbee_buf *out, const struct map_places *p, uint32_t id, bool pids)
{
	const char *gap = "";

	cbee_text_fmt(out, ",\"%s\":[", pids ? "held" : "pinned");
	for (size_t i = 0; i < p->count; i++) {
		const struct map_place *at = &p->items[i];

		if (at->id != id || !at->pid != !pids)
			continue;
		cbee_text_fmt(out, "%s", gap);
		if (pids)
			cbee_text_fmt(out, "{\"pid\":%d,\"comm\":", at->pid);
		cbee_text_quote(out, at->text, strlen(at->text));
		cbee_text_fmt(out, "%s", pids ? "}" : "");
		gap = ",";
	}
	cbee_text_fmt(out, "]");
}

void map_facts_json(struct cbee_buf *out, struct cbee_map *m, uint32_t id,
		    const struct map_places *p)
{
	struct cbee_map_info info = { 0 };
	const char *type, *name = cbee_map_name(m);

	cbee_map_info(m, &info);
	type = cbee_map_type_name(info.type);
	cbee_text_fmt(out, "\"id\":%u,\"type\":", id);
	if (type)
		cbee_text_quote(out, type, strlen(type));
	else
		cbee_text_fmt(out, "%u", info.type);
	cbee_text_fmt(out, ",\"name\":");
	cbee_text_quote(out, name, strlen(name));
	cbee_text_fmt(out, ",\"key_size\":%u,\"value_size\":%u,\"entries\":%u,\"flags\":%u",
		      info.key_size, info.value_size, info.max_entries, info.flags);
	places_json(out, p, id, false);
	places_json(out, p, id, true);
}

static void line(struct cbee_run *run, struct cbee_map *m, uint32_t id, const struct map_places *p)
{
	struct cbee_buf *out = cbee_run_out(run);
	struct cbee_map_info info = { 0 };
	const char *type;

	if (cbee_run_json(run)) {
		cbee_text_fmt(out, "{");
		map_facts_json(out, m, id, p);
		cbee_text_fmt(out, "}\n");
		return;
	}
	cbee_map_info(m, &info);
	type = cbee_map_type_name(info.type);
	cbee_text_fmt(out, "%-6u %-16s %-16s %5u %6u %8u 0x%-4x ", id, type ? type : "?",
		      cbee_map_name(m), info.key_size, info.value_size, info.max_entries,
		      info.flags);
	map_places_text(out, p, id);
	cbee_text_fmt(out, "\n");
}

static int list_from(struct cbee_run *run, uint32_t id, const struct map_places *p)
{
	struct cbee_map *m;
	int err = 0;

	for (; !err; err = cbee_map_id_next(id, &id)) {
		m = NULL;
		err = map_new(run, &m);
		/* maps come and go */
		if (!err && !cbee_map_open_id(m, id))
			line(run, m, id, p);
		cbee_map_free(m);
		if (err)
			return err;
	}
	return err;
}

static int list(struct cbee_run *run)
{
	struct map_places places;
	uint32_t id = 0;
	int err = map_places_find(&places) ? cbee_map_id_next(0, &id) : -ENOMEM;

	if ((!err || err == -ENOENT) && !cbee_run_json(run))
		cbee_text_fmt(cbee_run_out(run), "%-6s %-16s %-16s %5s %6s %8s %-6s %s\n", "ID",
			      "KIND", "NAME", "KEY", "VALUE", "ENTRIES", "FLAGS", "WHERE");
	if (!err)
		err = list_from(run, id, &places);
	map_places_free(&places);
	if (err == -ENOENT)
		return 0;
	return cbee_run_fail(run, err,
			     err == -EPERM ? "run it as root, or with CAP_SYS_ADMIN" : NULL,
			     "cannot list the maps: %s", strerror(-err));
}

const struct cbee_tool map_list = {
	.name = "list",
	.command = "cbee map list",
	.brief = "list all maps of the kernel",
	.json = json_map_list,
	.examples = "cbee map list\n"
		    "cbee map list --json | jq -r 'select(.pinned == []) | .name'\n",
	.no_table = true,
	.check = check,
	.report = list,
};
