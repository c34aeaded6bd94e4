/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map pin and unpin: the paths of maps. */
#include "cbee.h"

static int check_pin(struct cbee_run *run)
{
	return map_usage(run, 2, "MAP and PATH");
}

static int pin(struct cbee_run *run)
{
	const struct cbee_list *args = cbee_run_args(run);
	struct cbee_map *m = NULL;
	int err = map_open(run, args->items[0], &m);

	if (!err)
		err = map_fail(run, m, cbee_map_pin(m, args->items[1]));
	cbee_map_free(m);
	return err;
}

const struct cbee_tool map_pin = {
	.name = "pin",
	.command = "cbee map pin",
	.brief = "give a map a path, where it stays",
	.args = "MAP PATH",
	.values = { CBEE_VALUE_MAP, CBEE_VALUE_PIN },
	.examples = "cbee map pin counts /sys/fs/bpf/counts\n",
	.no_table = true,
	.check = check_pin,
	.report = pin,
};

static int check_unpin(struct cbee_run *run)
{
	return map_usage(run, 1, "PATH");
}

static int unpin(struct cbee_run *run)
{
	const char *path = cbee_run_args(run)->items[0];
	struct cbee_map *m = NULL;
	int err = map_new(run, &m);

	if (!err)
		err = cbee_map_open(m, path);
	if (!err)
		err = cbee_map_unpin(m, path);
	map_fail(run, m, err);
	cbee_map_free(m);
	return err;
}

const struct cbee_tool map_unpin = {
	.name = "unpin",
	.command = "cbee map unpin",
	.brief = "take the path of a map away",
	.args = "PATH",
	.values = { CBEE_VALUE_PIN },
	.examples = "cbee map unpin /sys/fs/bpf/counts    the map ends, if nobody has it open\n",
	.no_table = true,
	.check = check_unpin,
	.report = unpin,
};
