/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map create: a new map, pinned; nothing is left if that fails. */
#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "cbee.h"

#define NAME_LEN 15 /* what the kernel keeps of a name */

/* What the options give. */
static struct conf {
	const char *type, *key, *value, *flags, *name, *inner;
	struct cbee_num entries;
} conf;

static struct cbee_map_info info;
static struct map_layout layouts[2];

static const struct cbee_opt opts[] = {
	CBEE_OPT('t', "type", "KIND", struct conf, type,
		 "its kind, such as array, percpu_hash, queue; hash unless given",
		 .value = CBEE_VALUE_MAP_KIND),
	CBEE_OPT('k', "key", "TYPE", struct conf, key,
		 "of the key: a number of bytes, or a type: u8 to u64, s8 to s64, char[16], "
		 "struct { u32 a; u64 b; }"),
	CBEE_OPT('v', "value", "TYPE", struct conf, value, "of the value, likewise"),
	CBEE_OPT('e', "entries", "N", struct conf, entries,
		 "how many there can be; 1024 unless given", .max = UINT32_MAX),
	CBEE_OPT(0, "flags", "FLAGS", struct conf, flags,
		 "a number, or names joined by commas, such as no_prealloc,rdonly_prog"),
	CBEE_OPT(0, "name", "NAME", struct conf, name,
		 "its name, of 15 characters; else the last part of the path"),
	CBEE_OPT(0, "inner", "MAP", struct conf, inner, "of maps of maps: one such as it will hold",
		 .value = CBEE_VALUE_MAP),
	CBEE_OPT_END,
};

/* What a part looks like unless the options say so; NULL: bytes. */
static const char *usual(const struct cbee_map_info *needs, enum cbee_part part)
{
	if (needs->type == BPF_MAP_TYPE_LPM_TRIE && part == CBEE_KEY)
		return "struct { u32 prefix; u8 data[4]; }";
	return part == CBEE_KEY && needs->key_size == 4	      ? "u32"
	       : part == CBEE_VALUE && needs->value_size == 8 ? "u64"
							      : NULL;
}

static int read_part(struct cbee_run *run, enum cbee_part part, const char *text)
{
	uint32_t *size = part == CBEE_KEY ? &info.key_size : &info.value_size;

	layouts[part].count = 0;
	text = text ? text : usual(&info, part);
	if (!text)
		return 0;
	if (!map_layout_read(text, &layouts[part]))
		return cbee_run_fail(run, -EINVAL,
				     "types are u8 to u128, s8 to s128, char, bool, float, double, "
				     "arrays as char[16], and struct { u32 a; u64 b; }",
				     "--%s is a number of bytes or a type, not '%.100s'",
				     part == CBEE_KEY ? "key" : "value", text);
	*size = layouts[part].bytes;
	return 0;
}

static int check(struct cbee_run *run)
{
	int err = map_usage(run, 1, "PATH");
	int type = cbee_map_type(conf.type ? conf.type : "hash");

	if (!err && type < 0)
		return cbee_run_fail(run, -EINVAL, "they are named as in BPF_MAP_TYPE_...",
				     "there is no kind of map '%.60s'", conf.type);
	if (err)
		return err;
	cbee_map_type_needs((uint32_t)type, &info);
	err = read_part(run, CBEE_KEY, conf.key);
	if (!err)
		err = read_part(run, CBEE_VALUE, conf.value);
	if (!err && conf.entries.given)
		info.max_entries = (uint32_t)conf.entries.value;
	if (!err && conf.flags && !map_flags_read(conf.flags, &info.flags))
		err = cbee_run_fail(run, -EINVAL, NULL, "'%.60s' are no flags of maps", conf.flags);
	return err;
}

/* A name that the kernel takes: letters, digits, _ and . only. */
static void make_name(const char *path, char name[NAME_LEN + 1])
{
	const char *slash = strrchr(path, '/');

	snprintf(name, NAME_LEN + 1, "%s", conf.name ? conf.name : slash ? slash + 1 : path);
	for (char *c = name; !conf.name && *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '.')
			*c = '_';
}

static int create_map(struct cbee_run *run, struct cbee_map *m, const struct cbee_map *inner)
{
	const char *path = cbee_run_args(run)->items[0];
	char name[NAME_LEN + 1];
	uint32_t id;
	int err = 0;

	make_name(path, name);
	for (int part = CBEE_KEY; !err && part <= CBEE_VALUE; part++)
		if (layouts[part].count)
			err = cbee_map_set_layout(m, (enum cbee_part)part, layouts[part].fields);
	if (!err)
		err = cbee_map_create(m, name, &info, inner);
	if (!err)
		err = cbee_map_pin(m, path);
	if (!err && cbee_run_json(run) && !cbee_map_id(m, &id))
		cbee_text_fmt(cbee_run_out(run), "{\"id\":%u}\n", id);
	return map_fail(run, m, err);
}

static int create(struct cbee_run *run)
{
	struct cbee_map *m = NULL, *inner = NULL;
	int err = conf.inner ? map_open(run, conf.inner, &inner) : 0;

	if (!err)
		err = map_new(run, &m);
	if (!err)
		err = create_map(run, m, inner);
	cbee_map_free(m);
	cbee_map_free(inner);
	return err;
}

const struct cbee_tool map_create = {
	.name = "create",
	.command = "cbee map create",
	.brief = "create a map and pin it",
	.json = json_map_create,
	.args = "PATH",
	.values = { CBEE_VALUE_PIN },
	.examples = "cbee map create /sys/fs/bpf/counts --key 4 --value 8 --entries 100\n"
		    "cbee map create /sys/fs/bpf/names --key u32 --value 'char[16]'\n"
		    "cbee map create /sys/fs/bpf/jobs --type queue --value u64\n",
	.opts = opts,
	.conf = &conf,
	.no_table = true,
	.check = check,
	.report = create,
};
