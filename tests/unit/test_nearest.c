/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the search for the name that a mistyped word meant. */
#include "plain/nearest.h"

#include "unit.h"

static const char *find(struct cbee__nearest *n, const char *word, const char *const *names)
{
	cbee__nearest_init(n, word);
	for (; *names; names++)
		cbee__nearest_offer(n, *names);
	return cbee__nearest_best(n);
}

#define FIND(word, ...) \
	find(&(struct cbee__nearest){ 0 }, word, (const char *[]){ __VA_ARGS__, NULL })

static void nothing_offered(void)
{
	struct cbee__nearest n;

	cbee__nearest_init(&n, "json");
	CU_ASSERT_PTR_NULL(cbee__nearest_best(&n));
}

static void edits(void)
{
	UNIT_STR(FIND("jsn", "csv", "json"), "json");
	UNIT_STR(FIND("jsonn", "csv", "json"), "json");
	UNIT_STR(FIND("jsom", "csv", "json"), "json");
	UNIT_STR(FIND("json", "json"), "json");
}

static void swap_counts_one(void)
{
	struct cbee__nearest n;

	cbee__nearest_init(&n, "wrok");
	cbee__nearest_offer(&n, "work");
	UNIT_STR(cbee__nearest_best(&n), "work");
	UNIT_EQ(n.distance, 1);
	cbee__nearest_init(&n, "abcdef");
	cbee__nearest_offer(&n, "badcfe");
	CU_ASSERT_PTR_NULL(cbee__nearest_best(&n));
}

static void too_far(void)
{
	CU_ASSERT_PTR_NULL(FIND("json", "csv", "time", "jo"));
	CU_ASSERT_PTR_NULL(FIND("x", "y"));
	CU_ASSERT_PTR_NULL(FIND("ab", "ba"));
	CU_ASSERT_PTR_NULL(FIND("", "json"));
	CU_ASSERT_PTR_NULL(FIND("json", ""));
	/* Two of six may differ, three not. */
	UNIT_STR(FIND("abcdef", "abcdxx"), "abcdxx");
	CU_ASSERT_PTR_NULL(FIND("abcdef", "abcxxx"));
}

static void nearest_wins(void)
{
	UNIT_STR(FIND("timestmp", "timestxx", "timestamp"), "timestamp");
	UNIT_STR(FIND("timestmp", "timestamp", "timestxx"), "timestamp");
	/* Of equally near ones the first. */
	UNIT_STR(FIND("cat", "bat", "hat"), "bat");
}

static void long_words(void)
{
	char word[66], name[300];

	memset(word, 'a', 65);
	word[65] = '\0';
	CU_ASSERT_PTR_NULL(FIND(word, word));
	word[64] = '\0';
	UNIT_STR(FIND(word, word), word);
	memset(name, 'a', sizeof(name));
	name[96] = '\0';
	UNIT_STR(FIND(word, name), name);
	name[96] = 'a';
	name[97] = '\0';
	CU_ASSERT_PTR_NULL(FIND(word, name));
	name[97] = 'a';
	name[299] = '\0';
	CU_ASSERT_PTR_NULL(FIND(word, name));
}

UNIT_MAIN("nearest", { "nothing_offered", nothing_offered }, { "edits", edits },
	  { "swap_counts_one", swap_counts_one }, { "too_far", too_far },
	  { "nearest_wins", nearest_wins }, { "long_words", long_words })
