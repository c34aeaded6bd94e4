/* SPDX-License-Identifier: Apache-2.0 */
/* Pins maps of containers, and counts the execs of a command that are in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include <cbee/cbee.h>

static const char text[] = "#include <cbee/bpf/container.h>\n"
			   "#include <cbee/bpf/follow.h>\n"
			   "BPF_ARRAY(execs, u64, 1);\n"
			   "RAW_TRACEPOINT_PROBE(sched_process_exec)\n"
			   "{\n"
			   "	int at = 0;\n"
			   "	u64 *n = execs.lookup(&at);\n"
			   "	if (n && cbee_follows_exec() && !cbee_container_skip())\n"
			   "		__sync_fetch_and_add(n, 1);\n"
			   "	return 0;\n"
			   "}\n";

/* A map of @value_size bytes each, with one key: pinned. */
static int pin(const char *path, const char *key, uint32_t value_size)
{
	struct cbee_map_info info = { .type = BPF_MAP_TYPE_HASH,
				      .key_size = 8,
				      .value_size = value_size,
				      .max_entries = 16 };
	uint64_t number = strtoull(key, NULL, 10), value = 0;
	struct cbee_map *m;
	int err = cbee_map_new(&m);

	if (err)
		return err;
	err = cbee_map_create(m, "containers", &info, NULL);
	if (!err)
		err = cbee_map_set(m, &number, sizeof(number), &value, value_size, BPF_ANY);
	if (!err)
		err = cbee_map_pin(m, path);
	if (err)
		fprintf(stderr, "%d %s\n", err, cbee_map_error(m)->text);
	cbee_map_free(m);
	return err;
}

static const char *given(const char *path)
{
	return *path ? path : NULL;
}

static int count(struct cbee *c, char **argv, struct cbee_command **cmd)
{
	int err = cbee_compile(c, &(struct cbee_source){ .name = "containers", .text = text });

	if (!err)
		err = cbee_containers(c, given(argv[0]), given(argv[1]));
	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_command_start(c, cmd, argv + 2);
	if (!err)
		err = cbee_command_follow(*cmd, c);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (!err)
		err = cbee_command_go(*cmd);
	return err ? err : cbee_command_wait(*cmd, -1, NULL) - 1;
}

/* container pin64|pin32 PATH KEY, or container count CGROUPS MOUNT-NAMESPACES COMMAND... */
int main(int argc, char **argv)
{
	struct cbee_command *cmd = NULL;
	struct cbee *c = NULL;
	uint64_t execs = 0;
	uint32_t key = 0;
	int err;

	if (argc > 3 && strcmp(argv[1], "count") != 0)
		return pin(argv[2], argv[3], strcmp(argv[1], "pin64") ? 4 : 8) != 0;
	err = cbee_new(&c);
	if (!err)
		err = count(c, argv + 2, &cmd);
	if (!err)
		err = cbee_map_get(cbee_map(c, "execs"), &key, sizeof(key), &execs, sizeof(execs));
	if (!err)
		printf("%llu\n", (unsigned long long)execs);
	else
		fprintf(stderr, "%d %s\n", err, c ? cbee_error(c)->text : "");
	cbee_command_free(cmd);
	cbee_free(c);
	return err != 0;
}
