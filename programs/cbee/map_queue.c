/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map push, pop, peek and test: maps without keys. */
#include <errno.h>

#include "cbee.h"

static int check_map(struct cbee_run *run)
{
	return map_check(run, false, false);
}

static int check_value(struct cbee_run *run)
{
	return map_check(run, false, true);
}

static int add(struct map_work *w)
{
	return cbee_map_push(w->map, w->value, w->value_size, w->flags);
}

static int push(struct cbee_run *run)
{
	return map_do(run, true, add);
}

static int take(struct map_work *w)
{
	int err = cbee_map_pop(w->map, w->value, w->value_size);

	return err ? err
		   : map_write(w->run, w->map, &(struct map_entry){ NULL, w->value, map_conf.hex });
}

static int pop(struct cbee_run *run)
{
	return map_do(run, false, take);
}

static int look(struct map_work *w)
{
	int err = cbee_map_peek(w->map, w->value, w->value_size);

	return err ? err
		   : map_write(w->run, w->map, &(struct map_entry){ NULL, w->value, map_conf.hex });
}

static int peek(struct cbee_run *run)
{
	return map_do(run, false, look);
}

static int ask(struct map_work *w)
{
	int got = cbee_map_test(w->map, w->value, w->value_size);

	if (got < 0)
		return got;
	if (cbee_run_json(w->run))
		cbee_text_fmt(cbee_run_out(w->run), "{\"perhaps\":%s}\n", got ? "true" : "false");
	else
		cbee_text_fmt(cbee_run_out(w->run), "%s\n", got ? "perhaps" : "no");
	return 0;
}

static int test(struct cbee_run *run)
{
	return map_do(run, true, ask);
}

static const struct cbee_opt push_opts[] = {
	MAP_OPT_VALUE,
	MAP_OPT_FLAGS("with exist or 2, a full queue or stack drops the oldest"),
	CBEE_OPT_END,
};

const struct cbee_tool map_push = {
	.name = "push",
	.command = "cbee map push",
	.brief = "add a value to a queue, stack or bloom filter",
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map push jobs -v 7\n",
	.opts = push_opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check_value,
	.report = push,
};

static const struct cbee_opt read_opts[] = { MAP_OPT_HEX, CBEE_OPT_END };

const struct cbee_tool map_pop = {
	.name = "pop",
	.command = "cbee map pop",
	.brief = "take the next value out of a queue or stack",
	.json = json_map_entry,
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.opts = read_opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check_map,
	.report = pop,
};

const struct cbee_tool map_peek = {
	.name = "peek",
	.command = "cbee map peek",
	.brief = "read the next value of a queue or stack",
	.json = json_map_entry,
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.opts = read_opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check_map,
	.report = peek,
};

static const struct cbee_opt test_opts[] = { MAP_OPT_VALUE, CBEE_OPT_END };

const struct cbee_tool map_test = {
	.name = "test",
	.command = "cbee map test",
	.brief = "ask a bloom filter for a value",
	.json = json_map_test,
	.args = "MAP",
	.values = { CBEE_VALUE_MAP },
	.examples = "cbee map test seen -v 7    perhaps, or no\n",
	.opts = test_opts,
	.conf = &map_conf,
	.no_table = true,
	.check = check_value,
	.report = test,
};
