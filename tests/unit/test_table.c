/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the table of functions by where they lie. */
#include "unit.h"

#include <errno.h>

#include "symbols/table.h"

static void add(struct cbee__table *t, uint64_t start, uint32_t size, const char *name)
{
	cbee__table_add(t, &(struct cbee__place){ .start = start, .size = size }, name);
}

/* Whether @want (NULL: nothing) is at @at. */
static void is(const struct cbee__table *t, uint64_t at, const char *want)
{
	const struct cbee__place *p = cbee__table_find(t, at);

	if (want)
		UNIT_STR(p ? cbee__table_text(t, p->name) : NULL, want);
	else
		CU_ASSERT_PTR_NULL(p);
}

static void nothing_is_in_an_empty_one(void)
{
	struct cbee__table t = { 0 };

	UNIT_EQ(cbee__table_sort(&t, 16), 0);
	UNIT_EQ(cbee__table_count(&t), 0);
	is(&t, 0, NULL);
	is(&t, UINT64_MAX, NULL);
	cbee__table_free(&t);
}

static void sizes_end_functions(void)
{
	struct cbee__table t = { 0 };

	add(&t, 200, 10, "b");
	add(&t, 100, 10, "a");
	add(&t, 300, 0, "c");
	add(&t, 305, 0, "d");
	add(&t, UINT64_MAX - 3, 4, "top");
	UNIT_EQ(cbee__table_sort(&t, 16), 0);
	UNIT_EQ(cbee__table_count(&t), 5);
	is(&t, 99, NULL);
	is(&t, 100, "a");
	is(&t, 109, "a");
	is(&t, 110, NULL);
	is(&t, 205, "b");
	is(&t, 304, "c");
	is(&t, 305, "d");
	is(&t, 320, "d");
	is(&t, 321, NULL);
	is(&t, UINT64_MAX, "top");
	cbee__table_free(&t);
}

static void the_innermost_counts(void)
{
	struct cbee__table t = { 0 };

	add(&t, 100, 100, "outer");
	add(&t, 110, 50, "middle");
	add(&t, 120, 5, "inner");
	add(&t, 130, 5, "second");
	add(&t, 190, 20, "over the end");
	add(&t, 205, 2, "late");
	UNIT_EQ(cbee__table_sort(&t, 16), 0);
	is(&t, 105, "outer");
	is(&t, 115, "middle");
	is(&t, 122, "inner");
	is(&t, 127, "middle");
	is(&t, 131, "second");
	is(&t, 159, "middle");
	is(&t, 160, "outer");
	is(&t, 189, "outer");
	is(&t, 195, "over the end");
	is(&t, 206, "late");
	is(&t, 208, "over the end");
	is(&t, 210, NULL);
	cbee__table_free(&t);
}

static void of_aliases_the_plainest_counts(void)
{
	struct cbee__table t = { 0 };

	add(&t, 100, 0, "nosize");
	add(&t, 100, 10, "__libc_f");
	add(&t, 100, 10, "f");
	add(&t, 100, 10, "g");
	add(&t, 100, 10, "f");
	UNIT_EQ(cbee__table_sort(&t, 16), 0);
	UNIT_EQ(cbee__table_count(&t), 1);
	is(&t, 100, "f");
	UNIT_EQ(cbee__table_places(&t)->size, 10);
	cbee__table_free(&t);

	t.newest = true;
	add(&t, 100, 10, "f");
	add(&t, 100, 20, "__later");
	UNIT_EQ(cbee__table_sort(&t, 16), 0);
	is(&t, 115, "__later");
	cbee__table_free(&t);
}

static int fill(void)
{
	struct cbee__table t = { 0 };
	char name[16];
	int err;

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		add(&t, (uint64_t)i, 1, name);
	}
	err = cbee__table_sort(&t, 16);
	if (err)
		UNIT_EQ(cbee__table_count(&t), 0);
	cbee__table_free(&t);
	return err;
}

static void no_memory(void)
{
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = fill());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("table", { "nothing_is_in_an_empty_one", nothing_is_in_an_empty_one },
	  { "sizes_end_functions", sizes_end_functions },
	  { "the_innermost_counts", the_innermost_counts },
	  { "of_aliases_the_plainest_counts", of_aliases_the_plainest_counts },
	  { "no_memory", no_memory })
