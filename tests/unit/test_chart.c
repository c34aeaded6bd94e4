/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which maps cbee run draws as histograms. */
#include "../../programs/cbee/cbee.h"
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

static void counts_by_slot_fit(void)
{
	struct cbee_map_info info = { .key_size = 4, .value_size = 8, .max_entries = 1024 };

	CU_ASSERT(chart_fits(&info));
	info.max_entries++;
	CU_ASSERT(!chart_fits(&info));
	info = (struct cbee_map_info){ .key_size = 8, .value_size = 8, .max_entries = 64 };
	CU_ASSERT(!chart_fits(&info));
	info = (struct cbee_map_info){ .key_size = 4, .value_size = 4, .max_entries = 64 };
	CU_ASSERT(!chart_fits(&info));
}

UNIT_MAIN("chart", { "found in text", found_in_text }, { "counts by slot fit", counts_by_slot_fit })
