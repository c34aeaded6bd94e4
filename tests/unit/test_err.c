/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the error record. */
#include "plain/err.h"

#include <errno.h>

#include "unit.h"

static struct cbee_err e;

static void sentence(void)
{
	UNIT_EQ(cbee__err(&e, -ENOENT, "no file '%s'", "x"), -ENOENT);
	UNIT_EQ(e.code, -ENOENT);
	UNIT_STR(e.text, "no file 'x'");
	UNIT_STR(e.hint, "");
	CU_ASSERT_PTR_NULL(e.log);
	cbee__err_clear(&e);
	UNIT_EQ(e.code, 0);
	UNIT_STR(e.text, "");
}

static void sentence_os(void)
{
	UNIT_EQ(cbee__err_os(&e, -EPERM, "cannot open %s", "/x"), -EPERM);
	UNIT_STR(e.text, "cannot open /x: Operation not permitted");
	cbee__err_clear(&e);
}

static void nobody_listens(void)
{
	UNIT_EQ(cbee__err(NULL, -EINVAL, "x"), -EINVAL);
	UNIT_EQ(cbee__err_os(NULL, -EINVAL, "x"), -EINVAL);
	cbee__err_hint(NULL, "x");
	cbee__err_log(NULL, strdup("freed"));
	cbee__err_clear(NULL);
}

static void later_replaces(void)
{
	cbee__err(&e, -EINVAL, "first");
	cbee__err_hint(&e, "try %d", 1);
	cbee__err_log(&e, strdup("log"));
	UNIT_STR(e.hint, "try 1");
	UNIT_STR(e.log, "log");
	cbee__err_log(&e, strdup("other"));
	UNIT_STR(e.log, "other");
	cbee__err(&e, -ENOMEM, "second");
	UNIT_EQ(e.code, -ENOMEM);
	UNIT_STR(e.hint, "");
	CU_ASSERT_PTR_NULL(e.log);
	cbee__err_clear(&e);
}

/* A sentence may be made of the one it replaces. */
static void wraps_itself(void)
{
	cbee__err(&e, -EINVAL, "inner");
	cbee__err_log(&e, strdup("log"));
	cbee__err(&e, -EIO, "outer: %s (%s)", e.text, e.log);
	UNIT_STR(e.text, "outer: inner (log)");
	cbee__err_clear(&e);
}

static void cuts_are_marked(void)
{
	static char text[2000];

	memset(text, 'a', sizeof(text) - 1);
	cbee__err(&e, -EINVAL, "%s", text);
	UNIT_EQ(strlen(e.text), sizeof(e.text) - 1);
	UNIT_STR(e.text + sizeof(e.text) - 5, "a...");
	cbee__err_hint(&e, "%s", text);
	UNIT_EQ(strlen(e.hint), sizeof(e.hint) - 1);
	UNIT_STR(e.hint + sizeof(e.hint) - 5, "a...");
	cbee__err_os(&e, -EPERM, "%s", text);
	UNIT_STR(e.text + sizeof(e.text) - 5, "a...");
	text[sizeof(e.text) - 2] = '\0';
	cbee__err_os(&e, -EPERM, "%s", text);
	UNIT_EQ(strlen(e.text), sizeof(e.text) - 1);
	UNIT_STR(e.text + sizeof(e.text) - 5, "a...");
	/* What just fits is left alone. */
	text[sizeof(e.text) - 1] = '\0';
	text[sizeof(e.text) - 2] = 'b';
	cbee__err(&e, -EINVAL, "%s", text);
	UNIT_STR(e.text, text);
	cbee__err_clear(&e);
}

static void moves(void)
{
	struct cbee_err from = { 0 };

	cbee__err(&e, -EINVAL, "old");
	cbee__err_log(&e, strdup("old log"));
	cbee__err(&from, -EIO, "new");
	cbee__err_hint(&from, "hint");
	cbee__err_log(&from, strdup("new log"));
	UNIT_EQ(cbee__err_move(&e, &from), -EIO);
	UNIT_STR(e.text, "new");
	UNIT_STR(e.hint, "hint");
	UNIT_STR(e.log, "new log");
	UNIT_EQ(from.code, 0);
	CU_ASSERT_PTR_NULL(from.log);
	UNIT_EQ(cbee__err_move(NULL, &e), -EIO);
	UNIT_EQ(e.code, 0);
	CU_ASSERT_PTR_NULL(e.log);
}

UNIT_MAIN("err", { "sentence", sentence }, { "sentence_os", sentence_os },
	  { "nobody_listens", nobody_listens }, { "later_replaces", later_replaces },
	  { "wraps_itself", wraps_itself }, { "cuts_are_marked", cuts_are_marked },
	  { "moves", moves })
