/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map iterate and clear: all entries. */
#include <errno.h>
#include <linux/bpf.h>

#include "cbee.h"

/* What walking over a map has come to. */
struct walk {
	struct cbee_run *run;
	struct cbee_map *map;
	int err;
};

/* Kinds whose entries the kernel lets nobody read. */
static const uint32_t closed[] = {
	BPF_MAP_TYPE_PERF_EVENT_ARRAY,
	BPF_MAP_TYPE_CGROUP_ARRAY,
	BPF_MAP_TYPE_XSKMAP,
};

static int check(struct cbee_run *run)
{
	return map_check(run, false, false);
}

static bool write_entry(void *arg, const void *key, const void *value)
{
	struct walk *walk = arg;

	walk->err = map_write(walk->run, walk->map,
			      &(struct map_entry){ key, value, map_conf.hex });
	return !walk->err;
}

static int walk_all(struct map_work *w)
{
	struct walk walk = { w->run, w->map, 0 };
	int err;

	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (closed[i] == w->info.type)
			return cbee_run_fail(w->run, -EOPNOTSUPP, NULL,
					     "the kernel lets nobody read the entries of a %s",
					     cbee_map_type_name(w->info.type));
	err = cbee_map_walk(w->map, write_entry, &walk);
	return err ? err : walk.err;
}

static int iterate(struct cbee_run *run)
{
	return map_do(run, false, walk_all);
}

static const struct cbee_opt opts[] = { MAP_OPT_HEX, CBEE_OPT_END };

const struct cbee_tool map_iterate = {
	.name = "iterate",
	.command = "cbee map iterate",
	.brief = "read all entries",
	.json = json_map_entry,
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map iterate counts\n"
		    "cbee map iterate --json id:12 | jq -c 'select(.value > 100)'\n",
	.opts = opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check,
	.report = iterate,
};

static int clear_all(struct map_work *w)
{
	return cbee_map_clear(w->map);
}

static int clear(struct cbee_run *run)
{
	return map_do(run, false, clear_all);
}

const struct cbee_tool map_clear = {
	.name = "clear",
	.command = "cbee map clear",
	.brief = "delete all entries, or write zeros over those of an array",
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.no_table = true,
	.check = check,
	.report = clear,
};
