/* SPDX-License-Identifier: Apache-2.0 */
/* Tests reading the one line of a small file. */
#include "plain/line.h"

#include <errno.h>

#include "scratch.h"
#include "unit.h"

static char line[8];

static void its_end_is_left_out(void)
{
	scratch_put("a", "one\ntwo\n");
	UNIT_EQ(cbee__line_read(scratch_path("a"), line, sizeof(line)), 0);
	UNIT_STR(line, "one");
	scratch_put("a", "no end");
	UNIT_EQ(cbee__line_read(scratch_path("a"), line, sizeof(line)), 0);
	UNIT_STR(line, "no end");
}

static void it_may_be_empty_or_long(void)
{
	scratch_write("a", "", 0);
	UNIT_EQ(cbee__line_read(scratch_path("a"), line, sizeof(line)), 0);
	UNIT_STR(line, "");
	scratch_put("a", "\nsecond\n");
	UNIT_EQ(cbee__line_read(scratch_path("a"), line, sizeof(line)), 0);
	UNIT_STR(line, "");
	scratch_put("a", "12345678\n");
	UNIT_EQ(cbee__line_read(scratch_path("a"), line, sizeof(line)), 0);
	UNIT_STR(line, "1234567");
}

static void what_cannot_be_read(void)
{
	strcpy(line, "as is");
	UNIT_EQ(cbee__line_read(scratch_path("none"), line, sizeof(line)), -ENOENT);
	UNIT_EQ(cbee__line_read(scratch_path("a/b"), line, sizeof(line)), -ENOTDIR);
	UNIT_STR(line, "as is");
}

UNIT_MAIN("line", { "begin", scratch_make }, { "its end is left out", its_end_is_left_out },
	  { "it may be empty or long", it_may_be_empty_or_long },
	  { "what cannot be read", what_cannot_be_read }, { "end", scratch_remove })
