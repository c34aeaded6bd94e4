/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map fetch and delete: one entry by its key. */
#include <errno.h>

#include "cbee.h"

static int check_key(struct cbee_run *run)
{
	return map_check(run, true, false);
}

static int get(struct map_work *w)
{
	const struct map_entry e = { .value = w->value, .hex = map_conf.hex };
	struct map_entry both = e;
	int err = cbee_map_get(w->map, w->key, w->info.key_size, w->value, w->value_size);

	both.key = w->key;
	return err ? err : map_write(w->run, w->map, cbee_run_json(w->run) ? &both : &e);
}

static int fetch(struct cbee_run *run)
{
	return map_do(run, false, get);
}

static const struct cbee_opt fetch_opts[] = { MAP_OPT_KEY, MAP_OPT_HEX, CBEE_OPT_END };

const struct cbee_tool map_fetch = {
	.name = "fetch",
	.command = "cbee map fetch",
	.brief = "read an entry",
	.json = json_map_entry,
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map fetch counts -k 7\n",
	.opts = fetch_opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check_key,
	.report = fetch,
};

static int drop(struct map_work *w)
{
	int err = cbee_map_delete(w->map, w->key, w->info.key_size);

	w->told = err == -EINVAL && w->info.key_size;
	if (w->told)
		cbee_run_fail(w->run, err, "cbee map update or clear can make them 0",
			      "entries of map '%s', of kind %s, cannot be deleted",
			      cbee_map_name(w->map), cbee_map_type_name(w->info.type));
	return err;
}

static int delete_entry(struct cbee_run *run)
{
	return map_do(run, false, drop);
}

static const struct cbee_opt delete_opts[] = { MAP_OPT_KEY, CBEE_OPT_END };

const struct cbee_tool map_delete = {
	.name = "delete",
	.command = "cbee map delete",
	.brief = "delete an entry",
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map delete counts -k 7\n",
	.opts = delete_opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check_key,
	.report = delete_entry,
};
