/* SPDX-License-Identifier: Apache-2.0 */
/* Writes text for manual pages so that roff shows it as it is. */
#include "plain/roff.h"

#include <ctype.h>
#include <string.h>

#include "plain/buf.h"

#define LINE_MAX_WIDTH 72 /* escapes make it longer */

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

/* Words on lines that are not too long for those who read the source; @at: columns so far. */
static void add_words(struct cbee_buf *out, const char *text, size_t *at)
{
	while (*text) {
		size_t len = strcspn(text, " "), escape = *text == '.' ? 2 : 0;

		if (*at && *at + 1 + len > LINE_MAX_WIDTH) {
			cbee__buf_char(out, '\n');
			cbee__buf_str(out, escape ? "\\&" : "");
			*at = 0;
		} else if (*at) {
			cbee__buf_char(out, ' ');
			++*at;
		}
		for (size_t i = 0; i < len; i++)
			add_char(out, text[i]);
		*at += len;
		text += len + (text[len] == ' ');
	}
}

void cbee__roff_sentence(struct cbee_buf *out, const char *text, const char *more)
{
	char first[2] = { (char)toupper((unsigned char)*text), '\0' };
	size_t at = 0;

	if (*text) {
		cbee__roff_text(out, first);
		add_words(out, text + 1, &at);
		at++;
	}
	add_words(out, more, &at);
	cbee__buf_str(out, ".\n");
}
