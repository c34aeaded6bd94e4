/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the JSON writer. */
#include "plain/json.h"

#include <errno.h>
#include <locale.h>
#include <math.h>

#include "unit.h"

static struct cbee_buf out;
static struct cbee_json j;

static void start(void)
{
	cbee__buf_free(&out);
	cbee__json_init(&j, &out);
}

static void finish(const char *want)
{
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data, want);
	cbee__buf_free(&out);
}

static void check_str(const char *text, size_t len, const char *want)
{
	start();
	cbee__json_str(&j, NULL, text, len);
	finish(want);
}

static void containers(void)
{
	start();
	cbee__json_begin_object(&j, NULL);
	cbee__json_begin_array(&j, "a");
	cbee__json_u64(&j, NULL, 1);
	cbee__json_begin_object(&j, NULL);
	cbee__json_end_object(&j);
	cbee__json_begin_array(&j, NULL);
	cbee__json_end_array(&j);
	cbee__json_i64(&j, NULL, -1);
	cbee__json_end_array(&j);
	cbee__json_begin_object(&j, "o");
	cbee__json_bool(&j, "t", true);
	cbee__json_bool(&j, "f", false);
	cbee__json_end_object(&j);
	cbee__json_null(&j, "n");
	cbee__json_end_object(&j);
	finish("{\"a\":[1,{},[],-1],\"o\":{\"t\":true,\"f\":false},\"n\":null}");
}

static void numbers(void)
{
	start();
	cbee__json_begin_array(&j, NULL);
	cbee__json_u64(&j, NULL, UINT64_MAX);
	cbee__json_i64(&j, NULL, INT64_MIN);
	cbee__json_seconds(&j, NULL, 0);
	cbee__json_seconds(&j, NULL, 1999999999);
	cbee__json_seconds(&j, NULL, UINT64_MAX);
	cbee__json_end_array(&j);
	finish("[18446744073709551615,-9223372036854775808,0.000000,1.999999,"
	       "18446744073.709551]");
}

static void doubles(void)
{
	start();
	cbee__json_begin_array(&j, NULL);
	cbee__json_double(&j, NULL, 1.25, 2);
	cbee__json_double(&j, NULL, -0.5, 1);
	cbee__json_double(&j, NULL, 7, 0);
	cbee__json_double(&j, NULL, NAN, 1);
	cbee__json_double(&j, NULL, INFINITY, 1);
	cbee__json_double(&j, NULL, -INFINITY, 1);
	cbee__json_end_array(&j);
	finish("[1.25,-0.5,7,null,null,null]");
}

/* Only says something where such a locale is installed. */
static void doubles_elsewhere(void)
{
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
		return;
	start();
	cbee__json_double(&j, NULL, 1234.5, 1);
	setlocale(LC_NUMERIC, "C");
	finish("1234.5");
}

static void strings(void)
{
	check_str("", 0, "\"\"");
	check_str("plain /usr/bin", 14, "\"plain /usr/bin\"");
	check_str("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
	check_str("\n\t\r\b\x1b\x7f", 6, "\"\\n\\t\\r\\u0008\\u001b\\u007f\"");
	check_str("a\0b", 3, "\"a\\u0000b\"");
	check_str("cut here", 3, "\"cut\"");
}

static void utf8_kept(void)
{
	check_str("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d", 11,
		  "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d\"");
}

static void utf8_repaired(void)
{
	check_str("a\xff"
		  "b",
		  3,
		  "\"a\xef\xbf\xbd"
		  "b\"");
	/* A character cut short, an overlong one, a surrogate, one too large. */
	check_str("\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	check_str("\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	UNIT_EQ(cbee__utf8("\xe0\x80\xaf", 3), 0);
	UNIT_EQ(cbee__utf8("\xed\xa0\x80", 3), 0);
	UNIT_EQ(cbee__utf8("\xed\x9f\xbf", 3), 3);
	UNIT_EQ(cbee__utf8("\xf0\x80\x80\xaf", 4), 0);
	UNIT_EQ(cbee__utf8("\xf4\x90\x80\x80", 4), 0);
	UNIT_EQ(cbee__utf8("\xf4\x8f\xbf\xbf", 4), 4);
	UNIT_EQ(cbee__utf8("\xf5\x80\x80\x80", 4), 0);
	UNIT_EQ(cbee__utf8("\xe2\x28\xa1", 3), 0);
	UNIT_EQ(cbee__utf8("", 0), 0);
	UNIT_EQ(cbee__utf8("", 1), 1);
}

static void keys(void)
{
	start();
	cbee__json_begin_object(&j, NULL);
	cbee__json_str(&j, "a\"", "x", 1);
	cbee__json_end_object(&j);
	finish("{\"a\\\"\":\"x\"}");
}

static int write_long(void)
{
	int err;

	start();
	cbee__json_begin_array(&j, NULL);
	for (int i = 0; i < 50; i++) {
		cbee__json_double(&j, NULL, i, 3);
		cbee__json_str(&j, NULL, "\n\xff", 2);
	}
	cbee__json_end_array(&j);
	err = out.err;
	cbee__buf_free(&out);
	return err;
}

static void no_memory(void)
{
	int err = 0;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = write_long());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("json", { "containers", containers }, { "numbers", numbers }, { "doubles", doubles },
	  { "doubles_elsewhere", doubles_elsewhere }, { "strings", strings },
	  { "utf8_kept", utf8_kept }, { "utf8_repaired", utf8_repaired }, { "keys", keys },
	  { "no_memory", no_memory })
