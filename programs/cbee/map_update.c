/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map update: writes an entry, whatever the entries of the map are. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "cbee.h"

static int put_value(struct map_work *w)
{
	int err = cbee_map_parse(w->map, CBEE_VALUE, map_conf.value, w->value, w->value_size);

	if (err)
		return err;
	return cbee_map_set(w->map, w->key, w->info.key_size, w->value, w->value_size, w->flags);
}

static int put_map(struct map_work *w)
{
	struct cbee_map *inner = NULL;
	int err = map_open(w->run, map_conf.value, &inner);

	if (!err)
		err = cbee_map_set_map(w->map, w->key, w->info.key_size, inner);
	cbee_map_free(inner);
	return err;
}

static int put_cgroup(struct map_work *w)
{
	uint32_t index;

	memcpy(&index, w->key, sizeof(index));
	return cbee_map_set_cgroup(w->map, index, map_conf.value);
}

static int put_nothing(struct map_work *w)
{
	return cbee_run_fail(w->run, -EOPNOTSUPP, "the program that has them does that",
			     "entries of a %s are descriptors, which cannot be put in from here",
			     cbee_map_type_name(w->info.type));
}

/* Maps whose values are no bytes. */
static const struct {
	uint32_t type;
	int (*put)(struct map_work *w);
} puts_as[] = {
	{ BPF_MAP_TYPE_ARRAY_OF_MAPS, put_map },
	{ BPF_MAP_TYPE_HASH_OF_MAPS, put_map },
	{ BPF_MAP_TYPE_CGROUP_ARRAY, put_cgroup },
	{ BPF_MAP_TYPE_PROG_ARRAY, put_nothing },
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, put_nothing },
	{ BPF_MAP_TYPE_SOCKMAP, put_nothing },
	{ BPF_MAP_TYPE_SOCKHASH, put_nothing },
	{ BPF_MAP_TYPE_XSKMAP, put_nothing },
	{ BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, put_nothing },
};

static int put(struct map_work *w)
{
	for (size_t i = 0; i < sizeof(puts_as) / sizeof(puts_as[0]); i++)
		if (puts_as[i].type == w->info.type)
			return puts_as[i].put(w);
	return put_value(w);
}

static int check(struct cbee_run *run)
{
	return map_check(run, true, true);
}

static int update(struct cbee_run *run)
{
	return map_do(run, false, put);
}

static const struct cbee_opt opts[] = {
	MAP_OPT_KEY,
	CBEE_OPT('v', "value", "VALUE", struct map_conf, value,
		 "the value; in a map of maps the MAP, in a cgroup array the path of the cgroup"),
	MAP_OPT_FLAGS(
		"which entries: any or 0; noexist or 1: only one that is not there; exist or 2: "
		"only one that is"),
	CBEE_OPT_END,
};

const struct cbee_tool map_update = {
	.name = "update",
	.command = "cbee map update",
	.brief = "write an entry",
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map update counts -k 7 -v 1\n"
		    "cbee map update counts -k 7 -v 1 --flags noexist\n"
		    "cbee map update /sys/fs/bpf/names -k '{ pid = 1, tid = 1 }' -v init\n"
		    "cbee map update percpu -k 7 -v '[1, 2]'   a value for each CPU\n",
	.opts = opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check,
	.report = update,
};
