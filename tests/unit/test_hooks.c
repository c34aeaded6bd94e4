/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the small calls that hooks make and that need no run. */
#include <errno.h>

#include <cbee/tool.h>

#include "plain/buf.h"
#include "unit.h"

static void users_are_parsed(void)
{
	long long uid = -1;

	UNIT_EQ(cbee_parse_user("root", &uid), 0);
	UNIT_EQ(uid, 0);
	UNIT_EQ(cbee_parse_user("12345", &uid), 0);
	UNIT_EQ(uid, 12345);
	UNIT_EQ(cbee_parse_user("4294967295", &uid), 0);
	UNIT_EQ(cbee_parse_user("4294967296", &uid), -EINVAL);
	UNIT_EQ(cbee_parse_user("-1", &uid), -EINVAL);
	UNIT_EQ(cbee_parse_user("no such user", &uid), -EINVAL);
	UNIT_EQ(cbee_parse_user("", &uid), -EINVAL);
	UNIT_EQ(cbee_parse_user("99999999999999999999", &uid), -EINVAL);
}

static void text_is_formatted(void)
{
	struct cbee_buf b = { 0 };

	cbee_text_fmt(&b, "%d-%s", 7, "x");
	UNIT_STR(b.data, "7-x");
	cbee_text_fmt(&b, "%05000d", 1); /* of any length */
	UNIT_EQ(b.len, 5003);
	UNIT_EQ(b.data[5002], '1');
	cbee__buf_free(&b);
}

static void lists_are_split(void)
{
	const char *items[3];
	struct cbee_list list = { .items = items };

	cbee_list_split(&list, 3, "one\0\0three", 10);
	UNIT_EQ(list.count, 3);
	UNIT_STR(items[0], "one");
	UNIT_STR(items[1], "");
	UNIT_STR(items[2], "three");
	CU_ASSERT(!list.cut);
	cbee_list_split(&list, 2, "one\0\0three", 11);
	UNIT_EQ(list.count, 2);
	CU_ASSERT(list.cut);
	cbee_list_split(&list, 3, "", 0);
	UNIT_EQ(list.count, 0);
}

static void nearest_word_is_found(void)
{
	const char *const words[] = { "execsnoop", "funclatency", "run" };

	UNIT_STR(cbee_text_nearest("funclatecny", words, 3), "funclatency");
	CU_ASSERT_PTR_EQUAL(cbee_text_nearest("runn", words, 3), words[2]);
	CU_ASSERT_PTR_NULL(cbee_text_nearest("opensnoop?", words + 1, 2));
	CU_ASSERT_PTR_NULL(cbee_text_nearest("run", NULL, 0));
}

static void text_is_quoted(void)
{
	struct cbee_buf b = { 0 };

	cbee_text_quote(&b, "a\"\n\xff", 4);
	UNIT_STR(b.data, "\"a\\\"\\n\xef\xbf\xbd\"");
	cbee__buf_free(&b);
}

static void histogram_is_drawn(void)
{
	struct cbee_hist hist = { .slots = { [2] = 3 } };
	struct cbee_buf b = { 0 };

	cbee_text_hist(&b, &hist, "usecs");
	CU_ASSERT(b.len && !strncmp(b.data, "     usecs ", 11));
	CU_ASSERT(strstr(b.data, "2 -> 3          : 3 ") != NULL);
	cbee__buf_free(&b);
}

UNIT_MAIN("hooks", { "nearest word is found", nearest_word_is_found },
	  { "text is quoted", text_is_quoted }, { "histogram is drawn", histogram_is_drawn },
	  { "lists are split", lists_are_split }, { "users are parsed", users_are_parsed },
	  { "text is formatted", text_is_formatted })
