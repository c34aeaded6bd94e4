/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the matching of names. */
#include "unit.h"

#include <errno.h>

#include "plain/pattern.h"

/* Compiles, matches, frees; a compile that fails counts as that failure. */
static int match(const char *text, bool regexp, const char *name)
{
	struct cbee__pattern *p = NULL;
	int got = cbee__pattern_compile(&p, text, regexp, NULL);

	if (!got)
		got = cbee__pattern_match(p, name);
	cbee__pattern_free(p);
	return got;
}

static void literal(void)
{
	struct cbee__pattern *p = NULL;

	UNIT_EQ(cbee__pattern_compile(&p, "a.b[c]", false, NULL), 0);
	CU_ASSERT(cbee__pattern_is_literal(p));
	UNIT_STR(cbee__pattern_text(p), "a.b[c]");
	UNIT_EQ(cbee__pattern_match(p, "a.b[c]"), 1);
	UNIT_EQ(cbee__pattern_match(p, "axbc"), 0);
	UNIT_EQ(cbee__pattern_match(p, "a.b[c]d"), 0);
	UNIT_EQ(cbee__pattern_match(p, ""), 0);
	cbee__pattern_free(p);
	cbee__pattern_free(NULL);
}

static void glob(void)
{
	static const struct {
		const char *glob, *name;
		int want;
	} rows[] = {
		{ "*", "", 1 },
		{ "*", "anything", 1 },
		{ "?", "", 0 },
		{ "?", "a", 1 },
		{ "?", "ab", 0 },
		{ "vfs_*", "vfs_read", 1 },
		{ "vfs_*", "vfs_", 1 },
		{ "vfs_*", "xvfs_read", 0 },
		{ "*_read", "vfs_read", 1 },
		{ "*_read", "vfs_read_x", 0 },
		{ "*_read", "a_read_read", 1 },
		{ "a*b*c", "aXbYbZc", 1 },
		{ "a*b*c", "aXbYbZ", 0 },
		{ "a**c", "ac", 1 },
		{ "a?c*", "abcd", 1 },
		{ "a?c*", "acd", 0 },
		{ "f.o*", "foo", 0 },
		{ "[ab]*", "a", 0 },
		{ "[ab]*", "[ab]x", 1 },
		{ "a\\*", "a\\b", 1 },
		{ "ns::*::get", "ns::Cls::get", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int got = match(rows[i].glob, false, rows[i].name);

		if (got != rows[i].want)
			printf("\n'%s' on '%s'\n", rows[i].glob, rows[i].name);
		UNIT_EQ(got, rows[i].want);
	}
}

static void regexp(void)
{
	struct cbee__pattern *p = NULL;

	UNIT_EQ(cbee__pattern_compile(&p, "work", true, NULL), 0);
	CU_ASSERT_FALSE(cbee__pattern_is_literal(p));
	cbee__pattern_free(p);
	UNIT_EQ(match("vfs_(read|write)", true, "vfs_read"), 1);
	UNIT_EQ(match("vfs_(read|write)", true, "vfs_readv"), 0);
	UNIT_EQ(match("vfs_(read|write)", true, "xvfs_read"), 0);
	UNIT_EQ(match("a|ab", true, "ab"), 1);
	UNIT_EQ(match("[[:alpha:]]+\\d", true, "work7"), 1);
	UNIT_EQ(match("f\\x{6f}o", true, "foo"), 1);
}

static void bad_regexp(void)
{
	struct cbee__pattern *p = NULL;
	struct cbee_err err = { 0 };

	UNIT_EQ(cbee__pattern_compile(&p, "foo(", true, &err), -EINVAL);
	UNIT_STR(err.text,
		 "bad regular expression 'foo(' at offset 4: missing closing parenthesis");
	CU_ASSERT_PTR_NULL(p);
	UNIT_EQ(cbee__pattern_compile(&p, "a[z-b]", true, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "'a[z-b]' at offset "));
	cbee__err_clear(&err);
}

static void limits(void)
{
	static char huge[10 * 1024 * 1024 + 1];
	struct cbee__pattern *p = NULL;
	struct cbee_err err = { 0 };

	UNIT_EQ(cbee__pattern_compile(&p, "", false, &err), -EINVAL);
	UNIT_STR(err.text, "an empty pattern matches nothing");
	memset(huge, 'a', sizeof(huge) - 1);
	for (int re = 0; re < 2; re++) {
		UNIT_EQ(cbee__pattern_compile(&p, huge, re, &err), -ENAMETOOLONG);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "aaa...' is longer than 4096 bytes"));
	}
	UNIT_EQ(match("a*", false, huge), 0);
	UNIT_EQ(match("a*", true, huge), 0);
	huge[4096] = '\0';
	UNIT_EQ(match(huge, false, huge), 1);
	UNIT_EQ(match("a*", false, huge), 1);
	UNIT_EQ(match("a*", true, huge), 1);
	/* Deeply nested: PCRE2's own limit answers, and the stack holds. */
	memset(huge, '(', 4096);
	UNIT_EQ(cbee__pattern_compile(&p, huge, true, &err), -EINVAL);
	cbee__err_clear(&err);
}

static void too_hard(void)
{
	UNIT_EQ(match("(a+)+(b+)+c(a+)+d|((a|aa)+)+$x", true,
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
		-ELOOP);
}

static void no_memory(void)
{
	int got;

	UNIT_EACH_ALLOC(got, -ENOMEM, got = match("a*b", false, "ab"));
	UNIT_EQ(got, 1);
	UNIT_EACH_ALLOC(got, -ENOMEM, got = match("a.b", true, "acb"));
	UNIT_EQ(got, 1);
}

UNIT_MAIN("pattern", { "literal", literal }, { "glob", glob }, { "regexp", regexp },
	  { "bad_regexp", bad_regexp }, { "limits", limits }, { "too_hard", too_hard },
	  { "no_memory", no_memory })
