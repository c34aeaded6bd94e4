/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how the entries of prog arrays are spelled. */
#include <errno.h>

#include "../../programs/cbee/cbee.h"
#include "unit.h"

static void an_entry_is_read(void)
{
	struct tail t;

	UNIT_EQ(tail_parse("steps:17=second", &t), 0);
	UNIT_STR(t.map, "steps");
	UNIT_EQ(t.index, 17);
	UNIT_STR(t.fn, "second");
	free(t.map);
}

static void anything_else_is_refused(void)
{
	static const char *const wrong[] = {
		"",	      "steps",	    "steps:1", "steps=f",  "steps:=f",	"steps:x=f",
		"steps:1x=f", "steps:-1=f", ":1=f",    "steps:1=", "steps=1:f", "s:4294967296=f"
	};
	struct tail t;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		UNIT_EQ(tail_parse(wrong[i], &t), -EINVAL);
		CU_ASSERT_PTR_NULL(t.map);
	}
}

static void the_first_wrong_one_is_found(void)
{
	const char *items[] = { "a:1=b", "c:=d", "e" };
	struct cbee_list list = { .items = items, .count = 3 };

	UNIT_STR(tails_wrong(&list), "c:=d");
	list.count = 1;
	CU_ASSERT_PTR_NULL(tails_wrong(&list));
}

static void survives_failing_allocations(void)
{
	struct tail t;
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = tail_parse("steps:1=f", &t);
		free(t.map);
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("tail", { "an entry is read", an_entry_is_read },
	  { "anything else is refused", anything_else_is_refused },
	  { "the first wrong one is found", the_first_wrong_one_is_found },
	  { "survives failing allocations", survives_failing_allocations })
