/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the commands of cbee map on a kernel that is played, and fails each of its calls. */
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "../../programs/cbee/cbee.h"
#include "kernel.h"
#include "runs.h"
#include "unit.h"

#define AT "/sys/fs/bpf/m"

/* Runs the command. map_create keeps what an earlier run gave it: each gives the same options. */
static int command(const struct cbee_tool *tool, const char *line)
{
	map_conf = (struct map_conf){ 0 };
	return fake_run(tool, line);
}

static void does(const struct cbee_tool *tool, const char *line, const char *out)
{
	UNIT_EQ(command(tool, line), 0);
	UNIT_STR(fake_out, out);
	UNIT_STR(fake_errs, "");
}

static void fails(const struct cbee_tool *tool, const char *line, const char *sentence)
{
	UNIT_EQ(command(tool, line), 1);
	UNIT_STR(fake_out, "");
	fake_has(fake_errs, sentence);
}

/* A hash of numbers at AT, as cbee map create makes it. */
static void start(void)
{
	fake_reset();
	fake_mount_bpffs();
	does(&map_create, AT " --type hash --entries 2", "");
}

static void a_life(void)
{
	start();
	UNIT_STR(fake_nth("map_create", 0),
		 "map_create m type=1 key=4 value=8 entries=2 flags=0 key=1 value=2 of types");
	does(&map_update, AT " -k 7 -v 9", "");
	does(&map_update, AT " -k 8 -v 1 --flags 1", "");
	does(&map_fetch, AT " -k 7", "9\n");
	does(&map_fetch, "m -k 7 --json", "{\"key\":7,\"value\":9}\n");
	does(&map_iterate, "m", "7: 9\n8: 1\n");
	does(&map_iterate, "id:1 -x",
	     "hex:07000000: hex:0900000000000000\nhex:08000000: hex:0100000000000000\n");
	fails(&map_update, AT " -k 9 -v 1", "map 'm' has room for 2 entries\n");
	fails(&map_update, AT " -k 7 -v 1 --flags noexist", "map 'm' has key 7 already\n");
	fails(&map_fetch, AT " -k 9", "map 'm' has no key 9\n");
	does(&map_delete, AT " -k 7", "");
	does(&map_clear, AT, "");
	does(&map_iterate, AT, "");
	does(&map_show, "m",
	     "id       1\nname     m\nkind     hash\nentries  2\nflags    0\n"
	     "sizes    key 4, value 8\nkey      u32\nvalue    u64\nwhere    \n");
	does(&map_list, "--json",
	     "{\"id\":1,\"type\":\"hash\",\"name\":\"m\",\"key_size\":4,\"value_size\":8,"
	     "\"entries\":2,\"flags\":0,\"pinned\":[],\"held\":[]}\n");
	does(&map_pin, "1 " AT "2", "");
	does(&map_unpin, AT "2", "");
	does(&map_unpin, AT, "");
	fails(&map_unpin, AT, "cannot open the pinned map " AT ": No such file or directory\n");
	fails(&map_show, "m", "no map is called 'm'");
}

static void nothing_is_left(void)
{
	start();
	fails(&map_create, AT " --type hash", "cannot pin map 'm' at " AT ": File exists\n");
	fake_refuse("map_create", EPERM);
	fails(&map_create, AT "2 --type hash", "Operation not permitted; it has the capabilities");
	fake_reset();
	fake_refuse("map_get_next_id", EPERM);
	fails(&map_list, "", "cannot list the maps: Operation not permitted; run it as root");
}

static void kinds_without_keys(void)
{
	fake_reset();
	fake_mount_bpffs();
	does(&map_create, AT " --type queue --entries 1", "");
	does(&map_push, AT " -v 3", "");
	fails(&map_push, AT " -v 4", "map 'm' has room for 1 entries\n");
	does(&map_peek, AT, "3\n");
	does(&map_pop, AT " --json", "{\"value\":3}\n");
	fails(&map_pop, AT, "map 'm' is empty\n");
	fails(&map_test, AT " -v 3", "map 'm' is no bloom filter\n");
	does(&map_unpin, AT, "");
}

static void cpus_are_added_up(void)
{
	fake_reset();
	fake_mount_bpffs();
	does(&map_create, AT " --type percpu_hash --entries 2", "");
	does(&map_update, AT " -k 1 -v 5", "");
	does(&map_update, AT " -k 2 -v [1,2,3]", "");
	does(&map_fetch, AT " -k 1", "[5, 5, 5] sum 15\n");
	does(&map_fetch, AT " -k 2 --json", "{\"key\":2,\"value\":[1,2,3],\"sum\":6}\n");
	does(&map_unpin, AT, "");
}

/* ---- failures --------------------------------------------------------- */

/* All that is done to one map; stops at the first command that fails. */
static int everything(void)
{
	static const struct {
		const struct cbee_tool *tool;
		const char *line;
	} steps[] = {
		{ &map_update, "m -k 7 -v 9" },
		{ &map_fetch, AT " -k 7" },
		{ &map_iterate, AT " --json" },
		{ &map_show, AT },
		{ &map_list, "" },
		{ &map_pin, AT " " AT "2" },
		{ &map_delete, AT " -k 7" },
		{ &map_clear, AT },
		{ &map_unpin, AT "2" },
		{ &map_unpin, AT },
	};

	if (command(&map_create, AT " --type hash") != 0)
		return 1;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (command(steps[i].tool, steps[i].line) != 0)
			return 1;
	return 0;
}

static void survives_failing_calls(void)
{
	int status = 0, failed = 1, nth = 1;

	for (; failed && nth < 1000; nth++) {
		fake_reset();
		fake_mount_bpffs();
		fake_fail(nth, EPERM);
		status = everything();
		failed = fake_failed();
		if (failed && status)
			fake_has(fake_errs, "cbee map ");
	}
	UNIT_EQ(status, 0);
	CU_ASSERT(nth > 40);
}

static void survives_failing_allocations(void)
{
	int status = 0, failed = 1, nth = 1;

	for (; failed && nth < 10000; nth++) {
		fake_reset();
		fake_mount_bpffs();
		unit_fail_alloc(nth);
		status = everything();
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		if (failed && status)
			fake_has(fake_errs, "cbee map ");
	}
	UNIT_EQ(status, 0);
	CU_ASSERT(nth > 40);
}

UNIT_MAIN("map_command", { "a life", a_life }, { "nothing is left", nothing_is_left },
	  { "kinds without keys", kinds_without_keys }, { "CPUs are added up", cpus_are_added_up },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
