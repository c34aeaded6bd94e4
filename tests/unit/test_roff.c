/* SPDX-License-Identifier: Apache-2.0 */
/* Tests text for manual pages. */
#include "plain/roff.h"

#include <errno.h>

#include "plain/buf.h"
#include "unit.h"

static struct cbee_buf out;

static void got(const char *want)
{
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data ? out.data : "", want);
	cbee__buf_free(&out);
}

static void text_is_shown_as_it_is(void)
{
	cbee__roff_text(&out, "a-b \\ 'x' `y` ^ ~ .z");
	got("a\\-b \\e \\(aqx\\(aq \\(gay\\(ga \\(ha \\(ti .z");
	cbee__roff_text(&out, "...");
	got("\\&...");
	cbee__roff_text(&out, "");
	got("");
}

static void fonts_end(void)
{
	cbee__roff_font(&out, 'B', "--", "all-of-it");
	cbee__roff_font(&out, 'I', "", ".x");
	got("\\fB\\-\\-all\\-of\\-it\\fR\\fI\\&.x\\fR");
}

static void sentences_are_whole(void)
{
	cbee__roff_sentence(&out, "half of it", "(1 to 2)");
	got("Half of it (1 to 2).\n");
	cbee__roff_sentence(&out, "0, or -1", "");
	got("0, or \\-1.\n");
	cbee__roff_sentence(&out, "", "");
	got(".\n");
	cbee__roff_sentence(&out, "a", "b c");
	got("A b c.\n");
}

static void long_sentences_are_broken(void)
{
	cbee__roff_sentence(&out,
			    "one of these sentences that are longer than what fits on a line - "
			    "with ... in it",
			    "(end)");
	got("One of these sentences that are longer than what fits on a line \\- with\n"
	    "\\&... in it (end).\n");
}

static int write_all(void)
{
	int err;

	cbee__roff_font(&out, 'B', "-", "x");
	cbee__roff_sentence(&out, "a", "b");
	err = out.err;
	cbee__buf_free(&out);
	return err;
}

static void no_memory(void)
{
	int err = 0;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = write_all());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("roff", { "text_is_shown_as_it_is", text_is_shown_as_it_is }, { "fonts_end", fonts_end },
	  { "sentences_are_whole", sentences_are_whole },
	  { "long_sentences_are_broken", long_sentences_are_broken }, { "no_memory", no_memory })
