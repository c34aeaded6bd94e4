/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of cbee map on one entry share: options, and what has to be done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

struct map_conf map_conf;

static bool read_flags(const char *text, uint64_t *ret)
{
	static const char *const names[] = { "any", "noexist", "exist" }; /* by their number */

	for (*ret = 0; *ret < 3; ++*ret)
		if (!text || !strcmp(text, names[*ret]) ||
		    (text[0] == (char)('0' + *ret) && !text[1]))
			return true;
	return false;
}

int map_check(struct cbee_run *run, bool key, bool value)
{
	uint64_t flags;
	int err = map_usage(run, 1, "MAP");

	if (!err && key && !map_conf.key)
		return cbee_run_fail(run, -EINVAL,
				     "-k KEY; queues, stacks and bloom filters take push, pop, "
				     "peek and test",
				     "no key is given");
	if (!err && value && !map_conf.value)
		return cbee_run_fail(run, -EINVAL, "-v VALUE", "no value is given");
	if (!err && !read_flags(map_conf.flags, &flags))
		return cbee_run_fail(run, -EINVAL, NULL,
				     "flags are any, noexist or exist, not '%.60s'",
				     map_conf.flags);
	return err;
}

/* Bytes of a key or value as an option gives it, for the caller to free. */
static int read_part(struct map_work *w, enum cbee_part part, const char *text, void **ret)
{
	size_t size = part == CBEE_KEY ? w->info.key_size : w->value_size;

	*ret = calloc(1, size + 1);
	if (!*ret)
		return -ENOMEM;
	return text ? cbee_map_parse(w->map, part, text, *ret, size) : 0;
}

/* What the map said, where that can be said better of an entry. */
static int explain(struct map_work *w, int err)
{
	const char *name = cbee_map_name(w->map), *key = map_conf.key;

	if (!err || w->told || cbee_map_error(w->map)->code != err)
		return err;
	if (err == -ENOENT && key)
		return cbee_run_fail(w->run, err, NULL, "map '%s' has no key %.100s", name, key);
	if (err == -ENOENT && !w->info.key_size)
		return cbee_run_fail(w->run, err, NULL, "map '%s' is empty", name);
	if (err == -EEXIST)
		return cbee_run_fail(w->run, err, NULL, "map '%s' has key %.100s already", name,
				     key);
	if (err == -E2BIG)
		return cbee_run_fail(w->run, err, NULL, "map '%s' has room for %u entries", name,
				     w->info.max_entries);
	return map_fail(w->run, w->map, err);
}

int map_do(struct cbee_run *run, bool value, int (*act)(struct map_work *w))
{
	struct map_work w = { .run = run };
	int err = map_open(run, cbee_run_args(run)->items[0], &w.map);

	if (err)
		return err;
	read_flags(map_conf.flags, &w.flags);
	cbee_map_info(w.map, &w.info);
	w.value_size = cbee_map_value_bytes(w.map);
	if (map_conf.key)
		err = read_part(&w, CBEE_KEY, map_conf.key, &w.key);
	if (!err)
		err = read_part(&w, CBEE_VALUE, value ? map_conf.value : NULL, &w.value);
	if (!err)
		err = act(&w);
	err = explain(&w, err);
	free(w.key);
	free(w.value);
	cbee_map_free(w.map);
	return err;
}
