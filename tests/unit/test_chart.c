/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how cbee run shows maps: histograms, and keys and values as numbers or bytes. */
#include "../../programs/cbee/cbee.h"
#include "plain/buf.h"
#include "unit.h"

static void found_in_text(void)
{
	const char *text = "BPF_HASH(a);\nBPF_HISTOGRAM(dist);\nBPF_HISTOGRAM ( lin , int, 32);\n"
			   "/* BPF_HISTOGRAM */ BPF_HISTOGRAM(last";

	CU_ASSERT(chart_wanted(text, "dist"));
	CU_ASSERT(chart_wanted(text, "lin"));
	CU_ASSERT(chart_wanted(text, "last"));
	CU_ASSERT(!chart_wanted(text, "a"));
	CU_ASSERT(!chart_wanted(text, "dis"));
	CU_ASSERT(!chart_wanted(text, "distance"));
	CU_ASSERT(!chart_wanted("", "a"));
}

static void log2_json(void)
{
	struct chart chart = { .slots = { [1] = 5, [3] = 2, [64] = 1 }, .used = 65, .log2 = true };
	struct cbee_buf b = { 0 };

	chart_json(&chart, &b);
	UNIT_STR(b.data,
		 "[{\"low\":0,\"high\":1,\"count\":5},{\"low\":4,\"high\":7,\"count\":2},"
		 "{\"low\":9223372036854775808,\"high\":18446744073709551615,\"count\":1}]");
	cbee__buf_free(&b);
}

static void log2_text(void)
{
	struct chart chart = { .slots = { [1] = 1, [2] = 2 }, .used = 3, .log2 = true };
	struct cbee_buf b = { 0 };

	chart_text(&chart, &b);
	UNIT_STR(b.data, "     value               : count     distribution\n"
			 "         0 -> 1          : 1        "
			 "|********************                    |\n"
			 "         2 -> 3          : 2        "
			 "|****************************************|\n");
	cbee__buf_free(&b);
}

static void linear(void)
{
	struct chart chart = { .slots = { 4, 0, 2 }, .used = 3 };
	struct cbee_buf b = { 0 };

	chart_text(&chart, &b);
	UNIT_STR(b.data,
		 "     value         : count     distribution\n"
		 "        0          : 4        |****************************************|\n"
		 "        1          : 0        |                                        |\n"
		 "        2          : 2        |********************                    |\n");
	cbee__buf_reset(&b);
	chart_json(&chart, &b);
	UNIT_STR(b.data, "[{\"low\":0,\"high\":0,\"count\":4},{\"low\":2,\"high\":2,\"count\":2}]");
	cbee__buf_free(&b);
}

static void nothing_to_draw(void)
{
	struct chart chart = { .log2 = true };
	struct cbee_buf b = { 0 };

	chart_text(&chart, &b);
	UNIT_EQ(b.len, 0);
	chart_json(&chart, &b);
	UNIT_STR(b.data, "[]");
	cbee__buf_free(&b);
}

static void cells_are_numbers(void)
{
	struct cells c = { .key_size = 2, .value_size = 8 };
	uint16_t key = 65535;
	uint64_t value = UINT64_MAX, zero = 0;
	struct cbee_buf b = { 0 };

	UNIT_EQ(cells_key(&c, &key), 65535);
	cells_add_key(&c, &b, false, &key);
	cbee__buf_char(&b, ' ');
	cells_add_value(&c, &b, true, &value);
	UNIT_STR(b.data, "65535 18446744073709551615");
	CU_ASSERT(cells_zero(&c, &zero));
	CU_ASSERT(!cells_zero(&c, &value));
	cbee__buf_free(&b);
}

static void cells_of_cpus_are_summed(void)
{
	struct cells c = { .key_size = 4, .value_size = 4, .cpus = 3 };
	uint32_t values[6] = { 1, 77, 2, 77, 3, 77 }; /* padded to 8 bytes */

	UNIT_EQ(cells_value(&c, values), 6);
}

static void cells_are_bytes(void)
{
	struct cells c = { .key_size = 3, .value_size = 3, .cpus = 2 };
	const char key[] = { 1, 2, (char)0xff };
	const char values[16] = { 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4 };
	struct cbee_buf b = { 0 };

	cells_add_key(&c, &b, false, key);
	cells_add_key(&c, &b, true, key);
	UNIT_STR(b.data, "0102ff\"0102ff\"");
	cbee__buf_reset(&b);
	cells_add_value(&c, &b, true, values);
	UNIT_STR(b.data, "[\"010002\",\"030004\"]");
	cbee__buf_reset(&b);
	cells_add_value(&c, &b, false, values);
	UNIT_STR(b.data, "010002 030004");
	cbee__buf_free(&b);
}

UNIT_MAIN("chart", { "found in text", found_in_text }, { "log2 json", log2_json },
	  { "log2 text", log2_text }, { "linear", linear }, { "nothing to draw", nothing_to_draw },
	  { "cells are numbers", cells_are_numbers },
	  { "cells of CPUs are summed", cells_of_cpus_are_summed },
	  { "cells are bytes", cells_are_bytes })
