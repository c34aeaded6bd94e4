/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which maps cbee run draws as histograms. */
#include <linux/bpf.h>

#include "../../programs/cbee/cbee.h"
#include "kernel.h"
#include "unit.h"

/* Whether a map of such keys, values and slots is drawn. */
static bool fits(uint32_t type, uint32_t key, uint32_t value, uint32_t entries,
		 enum cbee_slots slots)
{
	struct cbee *c;
	bool drawn;

	fake_reset();
	fake_add_map("dist", type, key, value, entries);
	fake_set_slots(slots);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	drawn = chart_fits(cbee_map(c, "dist"));
	cbee_free(c);
	return drawn;
}

static void counts_by_slot_fit(void)
{
	CU_ASSERT(fits(BPF_MAP_TYPE_ARRAY, 4, 8, 64, CBEE_SLOTS_LOG2));
	CU_ASSERT(fits(BPF_MAP_TYPE_ARRAY, 4, 8, 1024, CBEE_SLOTS_LINEAR));
	CU_ASSERT(!fits(BPF_MAP_TYPE_ARRAY, 4, 8, 1024, CBEE_SLOTS_NONE));
	CU_ASSERT(!fits(BPF_MAP_TYPE_ARRAY, 4, 8, 1025, CBEE_SLOTS_LINEAR));
	CU_ASSERT(!fits(BPF_MAP_TYPE_ARRAY, 8, 8, 64, CBEE_SLOTS_LOG2));
	CU_ASSERT(!fits(BPF_MAP_TYPE_ARRAY, 4, 4, 64, CBEE_SLOTS_LOG2));
	CU_ASSERT(fits(BPF_MAP_TYPE_HASH, 24, 8, 4096, CBEE_SLOTS_LOG2));
	CU_ASSERT(!fits(BPF_MAP_TYPE_HASH, 24, 8, 4096, CBEE_SLOTS_NONE));
	CU_ASSERT(!fits(BPF_MAP_TYPE_HASH, 24, 16, 4096, CBEE_SLOTS_LOG2));
}

UNIT_MAIN("chart", { "counts by slot fit", counts_by_slot_fit })
