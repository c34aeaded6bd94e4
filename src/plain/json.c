/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON values into a buffer, all on one line, without spaces. */
#include "plain/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t cbee__utf8(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t want;

	if (!len)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	want = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len < want)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what is beyond U+10FFFF show in the second byte. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return want;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void add_escaped(struct cbee_buf *out, unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		cbee__buf_char(out, '\\');
		cbee__buf_char(out, (char)c);
		break;
	case '\n':
		cbee__buf_str(out, "\\n");
		break;
	case '\t':
		cbee__buf_str(out, "\\t");
		break;
	case '\r':
		cbee__buf_str(out, "\\r");
		break;
	default:
		cbee__buf_fmt(out, "\\u%04x", c);
	}
}

static void add_quoted(struct cbee_buf *out, const char *text, size_t len)
{
	size_t done = 0, i = 0;

	cbee__buf_char(out, '"');
	while (i < len) {
		size_t n = cbee__utf8(text + i, len - i);

		if (n > 1 || (n && is_plain((unsigned char)text[i]))) {
			i += n;
			continue;
		}
		cbee__buf_add(out, text + done, i - done);
		if (n)
			add_escaped(out, (unsigned char)text[i]);
		else
			cbee__buf_str(out, "\xef\xbf\xbd");
		done = ++i;
	}
	cbee__buf_add(out, text + done, i - done);
	cbee__buf_char(out, '"');
}

/* What stands before a value: the comma and the key. */
static void lead(struct cbee_json *j, const char *key)
{
	if (j->comma)
		cbee__buf_char(j->out, ',');
	j->comma = true;
	if (!key)
		return;
	add_quoted(j->out, key, strlen(key));
	cbee__buf_char(j->out, ':');
}

static void begin(struct cbee_json *j, const char *key, char bracket)
{
	lead(j, key);
	cbee__buf_char(j->out, bracket);
	j->comma = false;
}

static void end(struct cbee_json *j, char bracket)
{
	cbee__buf_char(j->out, bracket);
	j->comma = true;
}

void cbee__json_init(struct cbee_json *j, struct cbee_buf *out)
{
	*j = (struct cbee_json){ .out = out };
}

void cbee__json_begin_object(struct cbee_json *j, const char *key)
{
	begin(j, key, '{');
}

void cbee__json_end_object(struct cbee_json *j)
{
	end(j, '}');
}

void cbee__json_begin_array(struct cbee_json *j, const char *key)
{
	begin(j, key, '[');
}

void cbee__json_end_array(struct cbee_json *j)
{
	end(j, ']');
}

void cbee__json_str(struct cbee_json *j, const char *key, const char *text, size_t len)
{
	lead(j, key);
	add_quoted(j->out, text, len);
}

void cbee__json_u64(struct cbee_json *j, const char *key, uint64_t value)
{
	lead(j, key);
	cbee__buf_fmt(j->out, "%" PRIu64, value);
}

void cbee__json_i64(struct cbee_json *j, const char *key, int64_t value)
{
	lead(j, key);
	cbee__buf_fmt(j->out, "%" PRId64, value);
}

void cbee__json_bool(struct cbee_json *j, const char *key, bool value)
{
	lead(j, key);
	cbee__buf_str(j->out, value ? "true" : "false");
}

void cbee__json_null(struct cbee_json *j, const char *key)
{
	lead(j, key);
	cbee__buf_str(j->out, "null");
}

void cbee__json_seconds(struct cbee_json *j, const char *key, uint64_t ns)
{
	lead(j, key);
	cbee__buf_fmt(j->out, "%" PRIu64 ".%06" PRIu64, ns / 1000000000, ns % 1000000000 / 1000);
}

/* Gives the number that starts at @at a plain point, whatever bytes the locale put there. */
static void plain_point(struct cbee_buf *out, size_t at)
{
	size_t to = at;

	if (out->err)
		return;
	for (; at < out->len; at++) {
		if (strchr("-0123456789", out->data[at]))
			out->data[to++] = out->data[at];
		else if (out->data[to - 1] != '.')
			out->data[to++] = '.';
	}
	out->len = to;
	out->data[to] = '\0';
}

void cbee__json_double(struct cbee_json *j, const char *key, double value, int decimals)
{
	size_t at;

	/* Infinities and NaN have no JSON form; their difference with themselves is NaN. */
	if (value - value != 0) {
		cbee__json_null(j, key);
		return;
	}
	lead(j, key);
	at = j->out->len;
	cbee__buf_fmt(j->out, "%.*f", decimals, value);
	plain_point(j->out, at);
}
