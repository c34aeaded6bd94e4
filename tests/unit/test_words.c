/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the words that are offered: each once, in order, and few enough. */
#include "complete/words.h"

#include "unit.h"

static struct cbee_buf out;

static void wrote(struct cbee__words *w, const char *want)
{
	cbee__words_write(w, &out);
	UNIT_STR(out.data ? out.data : "", want);
	cbee__buf_free(&out);
	cbee__words_free(w);
}

static void words_that_begin_so(void)
{
	struct cbee__words w = { .typed = "ab" };

	cbee__words_add(&w, "abc", "one");
	cbee__words_add(&w, "ab", NULL);
	cbee__words_add(&w, "ba", "another");
	cbee__words_add(&w, "a", "");
	cbee__words_add(&w, "ab\n", NULL);
	cbee__words_add(&w, "ab\x7f", NULL);
	cbee__words_add(&w, "abd", "a\ttab");
	UNIT_EQ(cbee__words_count(&w), 3);
	wrote(&w, "abc\tone\nab\t\nabd\ta\\ttab\n");
	wrote(&w, "");
}

static void each_once(void)
{
	struct cbee__words w = { .typed = "", .noun = "functions" };
	char word[16];

	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 1000; i++) {
			snprintf(word, sizeof(word), "w%d", i);
			cbee__words_add(&w, word, "about it");
		}
	UNIT_EQ(cbee__words_count(&w), 1000);
	cbee__words_free(&w);
	cbee__words_part(&w, "ns::", NULL);
	cbee__words_part(&w, "ns::", NULL);
	cbee__words_part(&w, "dir/", "folder");
	cbee__words_add(&w, "ns", NULL);
	cbee__words_add(&w, "ns", "again");
	wrote(&w, "ns::\tfunctions\ndir/\tfolder\nns\t\n");
}

static void around_each(void)
{
	struct cbee__words w = { .typed = "", .before = "--to=", .behind = "=" };

	cbee__words_add(&w, "b", NULL);
	cbee__words_part(&w, "a:", NULL);
	cbee__words_sort(&w);
	wrote(&w, "--to=a:\t\n--to=b=\t\n");
}

static void too_many_are_shortened(void)
{
	struct cbee__words w = { .typed = "a", .noun = "names", .before = "x" };
	char word[32];

	for (int i = 0; i < CBEE__WORDS_MOST; i++) {
		snprintf(word, sizeof(word), "a%c_%d", 'p' + i % 2, i);
		cbee__words_add(&w, word, "lost");
	}
	cbee__words_add(&w, "a_", "kept");
	cbee__words_add(&w, "a", "kept, too");
	wrote(&w, "xap_\tnames\nxaq_\tnames\nxa_\tkept\nxa\tkept, too\n");
}

static void far_too_many_are_nothing(void)
{
	struct cbee__words w = { .typed = "" };
	char word[32];

	for (int i = 0; i <= CBEE__WORDS_MOST; i++) {
		snprintf(word, sizeof(word), "%d", i);
		cbee__words_add(&w, word, NULL);
	}
	UNIT_EQ(cbee__words_count(&w), CBEE__WORDS_MOST + 1);
	wrote(&w, "");
}

/* A list that is not whole would mislead. */
static void without_memory_there_are_none(void)
{
	struct cbee__words w = { .typed = "" };
	int nth = 0, failed;
	char word[32];

	do {
		unit_fail_alloc(++nth);
		for (int i = 0; i < 300; i++) {
			snprintf(word, sizeof(word), "w%d", i);
			cbee__words_add(&w, word, "x");
		}
		cbee__words_sort(&w);
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		cbee__words_write(&w, &out);
		CU_ASSERT(failed ? !out.len : out.len > 300);
		cbee__words_free(&w);
		cbee__buf_free(&out);
	} while (failed);
	CU_ASSERT(nth > 5);
}

UNIT_MAIN("words", { "words that begin so", words_that_begin_so }, { "each once", each_once },
	  { "around each", around_each }, { "too many are shortened", too_many_are_shortened },
	  { "far too many are nothing", far_too_many_are_nothing },
	  { "without memory there are none", without_memory_there_are_none })
