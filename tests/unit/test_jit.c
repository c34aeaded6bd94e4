/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the lists of functions that processes compile themselves. */
#include "unit.h"

#include <errno.h>

#include "symbols/jit.h"
#include "tree.h"

static void is(struct cbee__jit *j, uint64_t address, const char *want)
{
	const struct cbee__place *p = NULL;

	UNIT_EQ(cbee__jit_find(j, scratch, 7, address, &p), 0);
	if (want)
		UNIT_STR(p ? cbee__table_text(&j->table, p->name) : NULL, want);
	else
		CU_ASSERT_PTR_NULL(p);
}

static void lines_are_functions(void)
{
	struct cbee__jit j = { 0 };

	scratch_put("7/status", "Name:\tx\nNSpid:\t7\t2\nVmRSS:\t1\n");
	is(&j, 0x1000, NULL);
	UNIT_STR(j.path, "");
	scratch_put("7/root/tmp/perf-2.map", "1000 40 first one\n0x1040 0x10 ~second /a.js:1\n"
					     "not a line\n1050\n1060 10\n1070 10 \n"
					     "1000 40 first, again");
	is(&j, 0x103f, "first, again");
	is(&j, 0x1040, "~second /a.js:1");
	is(&j, 0x1050, NULL);
	UNIT_EQ(cbee__table_count(&j.table), 2);
	UNIT_STR(j.path, "/tmp/perf-2.map");
	/* not read again for what is known */
	scratch_put("7/root/tmp/perf-2.map", "2000 40 other\n");
	is(&j, 0x1040, "~second /a.js:1");
	is(&j, 0x2000, "other");
	is(&j, 0x1040, NULL);
	cbee__jit_free(&j);
	CU_ASSERT_PTR_NULL(j.table.places.data);
}

static void what_is_no_file_is_not_read(void)
{
	struct cbee__jit j = { 0 };

	scratch_run("rm 7/root/tmp/perf-2.map && mkfifo 7/root/tmp/perf-2.map");
	is(&j, 0x2000, NULL);
	scratch_run("rm 7/root/tmp/perf-2.map && mkdir 7/root/tmp/perf-2.map");
	is(&j, 0x2000, NULL);
	scratch_run("rmdir 7/root/tmp/perf-2.map && truncate -s 300M 7/root/tmp/perf-2.map");
	is(&j, 0x2000, NULL);
	scratch_run("rm 7/root/tmp/perf-2.map 7/status");
	/* without a status its number is ours */
	scratch_put("7/root/tmp/perf-7.map", "2000 40 seven\n");
	is(&j, 0x2000, "seven");
	cbee__jit_free(&j);
}

static int look_up(void)
{
	const struct cbee__place *p = NULL;
	struct cbee__jit j = { 0 };
	int err = cbee__jit_find(&j, scratch, 7, 0x2000, &p);

	cbee__jit_free(&j);
	return err;
}

static void no_memory(void)
{
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = look_up());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("jit", { "setup", tree_make }, { "lines_are_functions", lines_are_functions },
	  { "what_is_no_file_is_not_read", what_is_no_file_is_not_read },
	  { "no_memory", no_memory }, { "cleanup", scratch_remove })
