/* SPDX-License-Identifier: Apache-2.0 */
/* Writes text for manual pages so that roff shows it as it is. */
#include "plain/roff.h"

#include <ctype.h>

#include "plain/buf.h"

static void add_char(struct cbee_buf *out, char c)
{
	static const struct {
		char c;
		const char *roff;
	} escapes[] = {
		{ '\\', "\\e" },  { '-', "\\-" },   { '\'', "\\(aq" },
		{ '`', "\\(ga" }, { '^', "\\(ha" }, { '~', "\\(ti" },
	};

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (escapes[i].c != c)
			continue;
		cbee__buf_str(out, escapes[i].roff);
		return;
	}
	cbee__buf_char(out, c);
}

void cbee__roff_text(struct cbee_buf *out, const char *text)
{
	if (*text == '.')
		cbee__buf_str(out, "\\&");
	for (; *text; text++)
		add_char(out, *text);
}

void cbee__roff_font(struct cbee_buf *out, char font, const char *before, const char *text)
{
	cbee__buf_fmt(out, "\\f%c", font);
	cbee__roff_text(out, before);
	cbee__roff_text(out, text);
	cbee__buf_str(out, "\\fR");
}

void cbee__roff_sentence(struct cbee_buf *out, const char *text, const char *more)
{
	if (*text)
		add_char(out, (char)toupper((unsigned char)*text++));
	for (; *text; text++)
		add_char(out, *text);
	if (*more)
		cbee__buf_char(out, ' ');
	for (; *more; more++)
		add_char(out, *more);
	cbee__buf_str(out, ".\n");
}
