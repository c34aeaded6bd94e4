/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of who reads a text: a terminal, how wide, and whether it has colours. */
#include "plain/look.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "plain/buf.h"

#define USUAL_WIDTH 80 /* of terminals that do not tell */
#define NUMBER_MAX  32 /* bytes of 18,446,744,073,709,551,615 */

/* As locale(7) has it: the first of the three that is set. */
static bool is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value = NULL;

	for (size_t i = 0; i < 3 && !(value && *value); i++)
		value = getenv(names[i]);
	return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

void cbee__look_at(struct cbee__look *look, int fd, const char *when)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");
	bool terminal = isatty(fd);
	struct winsize size = { 0 };

	*look = (struct cbee__look){ .utf8 = is_utf8() };
	if (terminal) {
		look->moves = term && *term && strcmp(term, "dumb") != 0;
		look->width = ioctl(fd, TIOCGWINSZ, &size) || !size.ws_col ? USUAL_WIDTH
									   : size.ws_col;
	}
	look->color = look->moves && !(none && *none);
	if (when && strcmp(when, "auto") != 0)
		look->color = !strcmp(when, "always");
}

/* ---- marks ------------------------------------------------------------- */

const char *cbee__mark_text(enum cbee_mark mark)
{
	static const char *const texts[] = {
		[CBEE_MARK_HEAD] = "\033[1m",  [CBEE_MARK_GOOD] = "\033[32m",
		[CBEE_MARK_WARN] = "\033[33m", [CBEE_MARK_BAD] = "\033[31m",
		[CBEE_MARK_BAR] = "\033[36m",
	};

	return texts[mark];
}

static bool has_color(const struct cbee_buf *out)
{
	return out->look && out->look->color;
}

void cbee__mark(struct cbee_buf *out, enum cbee_mark mark)
{
	if (has_color(out))
		cbee__buf_str(out, cbee__mark_text(mark));
}

void cbee__mark_end(struct cbee_buf *out)
{
	if (has_color(out))
		cbee__buf_str(out, CBEE__MARK_END);
}

void cbee_text_mark(struct cbee_buf *out, enum cbee_mark mark, const char *text)
{
	cbee__mark(out, mark);
	cbee__buf_str(out, text);
	cbee__mark_end(out);
}

/* ---- widths ------------------------------------------------------------ */

/* Whether the byte begins a character. */
static bool begins(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

size_t cbee__look_columns(const char *text, size_t len)
{
	size_t columns = 0;
	bool in_mark = false;

	for (size_t i = 0; i < len; i++) {
		in_mark |= text[i] == '\033';
		columns += !in_mark && begins(text[i]);
		in_mark &= text[i] != 'm';
	}
	return columns;
}

size_t cbee__look_bytes(const char *text, size_t len, size_t columns)
{
	size_t i = 0;

	for (; i < len && (columns || !begins(text[i])); i++)
		columns -= begins(text[i]);
	return i;
}

/* ---- numbers ----------------------------------------------------------- */

/* Writes the number with a comma between groups of three digits. */
static void group(char to[NUMBER_MAX], uint64_t value)
{
	char digits[NUMBER_MAX];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value), n = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			to[n++] = ',';
		to[n++] = digits[i];
	}
	to[n] = '\0';
}

void cbee__look_number(struct cbee_buf *out, uint64_t value, size_t room)
{
	char grouped[NUMBER_MAX];

	group(grouped, value);
	if (out->look && out->look->width && strlen(grouped) <= room)
		cbee__buf_str(out, grouped);
	else
		cbee__buf_fmt(out, "%" PRIu64, value);
}
