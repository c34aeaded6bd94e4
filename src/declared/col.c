/* SPDX-License-Identifier: Apache-2.0 */
/* Renders records by a column table as text rows, JSON fields or CSV lines. */
#include "declared/col.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "plain/buf.h"
#include "plain/json.h"
#include "declared/opt.h"

#define NSEC_PER_SEC UINT64_C(1000000000)

/* ---- text of bytes ---- */

/* Whether a terminal shows the valid character of @n bytes instead of obeying it. */
static bool is_shown(const char *text, size_t n)
{
	unsigned char first = (unsigned char)text[0];

	if (n == 1)
		return first >= 0x20 && first != 0x7f;
	/* U+0080 to U+009F are control characters too. */
	return n > 1 && !(first == 0xc2 && (unsigned char)text[1] < 0xa0);
}

static void add_escaped(struct cbee_buf *out, unsigned char c)
{
	switch (c) {
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
		cbee__buf_fmt(out, "\\x%02x", c);
	}
}

void cbee_text_add(struct cbee_buf *out, const char *bytes, size_t len)
{
	size_t done = 0, i = 0;

	while (i < len) {
		size_t n = cbee__utf8(bytes + i, len - i);

		if (is_shown(bytes + i, n)) {
			i += n;
			continue;
		}
		cbee__buf_add(out, bytes + done, i - done);
		for (n = n ? n : 1; n; n--)
			add_escaped(out, (unsigned char)bytes[i++]);
		done = i;
	}
	cbee__buf_add(out, bytes + done, i - done);
}

/* Columns of the screen that text from @at on takes: bytes that start a character. */
static size_t width_from(const struct cbee_buf *out, size_t at)
{
	size_t width = 0;

	for (; at < out->len; at++)
		width += ((unsigned char)out->data[at] & 0xc0) != 0x80;
	return width;
}

/* ---- values ---- */

static bool is_end(const struct cbee_col *col)
{
	return !col->head && !col->key;
}

static const void *field(const struct cbee_col *col, const void *record)
{
	return (const char *)record + col->offset;
}

/* Records come from a ring buffer, so members need not be aligned. */
static uint64_t load_unsigned(const struct cbee_col *col, const void *record)
{
	const void *from = field(col, record);
	uint64_t v8 = 0;
	uint32_t v4;
	uint16_t v2;

	switch (col->size) {
	case 1:
		return *(const uint8_t *)from;
	case 2:
		memcpy(&v2, from, 2);
		return v2;
	case 4:
		memcpy(&v4, from, 4);
		return v4;
	case 8:
		memcpy(&v8, from, 8);
	}
	return v8;
}

static int64_t load_signed(const struct cbee_col *col, const void *record)
{
	uint64_t value = load_unsigned(col, record);

	switch (col->size) {
	case 1:
		return (int8_t)value;
	case 2:
		return (int16_t)value;
	case 4:
		return (int32_t)value;
	}
	return (int64_t)value;
}

/* The bytes of a CHARS or TEXT column; NULL for a TEXT that is NULL. */
static const char *load_text(const struct cbee_col *col, const void *record, size_t *ret_len)
{
	const char *text = field(col, record);

	*ret_len = 0;
	if (col->type == CBEE_COL_CHARS) {
		*ret_len = strnlen(text, col->size);
		return text;
	}
	memcpy(&text, field(col, record), sizeof(text));
	if (text)
		*ret_len = strlen(text);
	return text;
}

static struct cbee_list load_list(const struct cbee_col *col, const void *record)
{
	struct cbee_list list;

	memcpy(&list, field(col, record), sizeof(list));
	return list;
}

uint64_t cbee__col_epoch(const struct cbee__cols *c, uint64_t monotonic_ns)
{
	return monotonic_ns + (uint64_t)c->realtime_minus_monotonic;
}

static uint64_t since_start(const struct cbee__cols *c, uint64_t monotonic_ns)
{
	return monotonic_ns > c->start_ns ? monotonic_ns - c->start_ns : 0;
}

/* Writes HH:MM:SS of the local time zone. */
static void format_clock(const struct cbee__cols *c, uint64_t monotonic_ns, char text[16])
{
	time_t seconds = (time_t)(cbee__col_epoch(c, monotonic_ns) / NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(text, 16, "%H:%M:%S", &tm))
		text[0] = '\0';
}

/* ---- cells ---- */

static void add_bytes(const struct cbee_col *col, struct cbee_buf *out, const void *record)
{
	size_t len;
	const char *text = load_text(col, record, &len);

	if (text)
		cbee_text_add(out, text, len);
}

/* An item between quotes, in which those and backslashes are escaped. */
static void add_quoted(struct cbee_buf *out, const char *item)
{
	cbee__buf_char(out, '"');
	while (*item) {
		size_t len = strcspn(item, "\"\\");

		cbee_text_add(out, item, len);
		item += len;
		if (!*item)
			break;
		cbee__buf_char(out, '\\');
		cbee__buf_char(out, *item++);
	}
	cbee__buf_char(out, '"');
}

static void add_list(const struct cbee_col *col, struct cbee_buf *out, const void *record,
		     bool quoted)
{
	struct cbee_list list = load_list(col, record);

	for (size_t i = 0; i < list.count; i++) {
		if (i)
			cbee__buf_char(out, ' ');
		if (quoted)
			add_quoted(out, list.items[i]);
		else
			cbee_text_add(out, list.items[i], strlen(list.items[i]));
	}
}

/* A list as people read it: quoted if asked for, and marked where some of it is missing. */
static void add_marked_list(const struct cbee__cols *c, const struct cbee_col *col,
			    struct cbee_buf *out, const void *record)
{
	struct cbee_list list = load_list(col, record);

	add_list(col, out, record,
		 col->quote && c->parsed && cbee__opt_given(c->parsed, col->quote));
	if (list.cut)
		cbee__buf_str(out, list.count ? " ..." : "...");
}

static void add_seconds(struct cbee_buf *out, uint64_t ns, int decimals)
{
	uint64_t part = ns % NSEC_PER_SEC;

	for (int i = decimals; i < 9; i++)
		part /= 10;
	cbee__buf_fmt(out, "%" PRIu64 ".%0*" PRIu64, ns / NSEC_PER_SEC, decimals, part);
}

/* The value as text, unpadded; @csv for machines. */
static void add_value(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		      const void *record, bool csv)
{
	uint64_t value = load_unsigned(col, record);
	char clock[16];

	if (col->text) {
		col->text(c->run, out, record);
		return;
	}
	switch (col->type) {
	case CBEE_COL_UINT:
		cbee__buf_fmt(out, "%" PRIu64, value);
		break;
	case CBEE_COL_INT:
		cbee__buf_fmt(out, "%" PRId64, load_signed(col, record));
		break;
	case CBEE_COL_BOOL:
		if (csv)
			cbee__buf_str(out, value ? "true" : "false");
		else
			cbee__buf_str(out, value ? "yes" : "no");
		break;
	case CBEE_COL_CHARS:
	case CBEE_COL_TEXT:
		add_bytes(col, out, record);
		break;
	case CBEE_COL_LIST:
		if (csv)
			add_list(col, out, record, false);
		else
			add_marked_list(c, col, out, record);
		break;
	case CBEE_COL_CLOCK:
		format_clock(c, value, clock);
		cbee__buf_str(out, clock);
		break;
	case CBEE_COL_SINCE:
		add_seconds(out, since_start(c, value), csv ? 6 : 3);
		break;
	case CBEE_COL_EPOCH:
		add_seconds(out, cbee__col_epoch(c, value), 6);
		break;
	}
}

/* ---- text lines ---- */

static bool is_visible(const struct cbee__cols *c, const struct cbee_col *col)
{
	if (!col->head)
		return false;
	return !col->when || (c->parsed && cbee__opt_given(c->parsed, col->when));
}

/* Pads what was appended from @at on to the column's width, in place. */
static void pad(const struct cbee_col *col, struct cbee_buf *out, size_t at)
{
	size_t wanted = (size_t)(col->width < 0 ? -col->width : col->width);
	size_t head = strlen(col->head), width = width_from(out, at), len = out->len - at;

	if (!wanted)
		return;
	if (wanted < head)
		wanted = head;
	if (width >= wanted)
		return;
	cbee__buf_fmt(out, "%*s", (int)(wanted - width), "");
	if (out->err || col->width > 0)
		return;
	memmove(out->data + at + (wanted - width), out->data + at, len);
	memset(out->data + at, ' ', wanted - width);
}

/* A line of headers, or of @record's values when it is not NULL. */
static void add_line(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	size_t start = out->len;
	bool first = true;

	for (const struct cbee_col *col = c->cols; !is_end(col); col++) {
		size_t at;

		if (!is_visible(c, col))
			continue;
		if (!first)
			cbee__buf_char(out, ' ');
		first = false;
		at = out->len;
		if (record)
			add_value(c, col, out, record, false);
		else
			cbee__buf_str(out, col->head);
		pad(col, out, at);
	}
	while (!out->err && out->len > start && out->data[out->len - 1] == ' ')
		out->len--;
	cbee__buf_char(out, '\n');
}

void cbee__col_header(const struct cbee__cols *c, struct cbee_buf *out)
{
	add_line(c, out, NULL);
}

void cbee__col_text(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	add_line(c, out, record);
}

void cbee__col_plain(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		     const void *record)
{
	add_value(c, col, out, record, true);
}

void cbee__col_title(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	for (const struct cbee_col *col = c->cols; !is_end(col); col++) {
		if (!is_visible(c, col))
			continue;
		add_value(c, col, out, record, false);
		return;
	}
}

/* ---- JSON ---- */

static void add_json_list(const struct cbee_col *col, struct cbee_json *j, const void *record)
{
	struct cbee_list list = load_list(col, record);

	cbee__json_begin_array(j, col->key);
	for (size_t i = 0; i < list.count; i++)
		cbee__json_str(j, NULL, list.items[i], strlen(list.items[i]));
	cbee__json_end_array(j);
}

static void add_json_text(const struct cbee_col *col, struct cbee_json *j, const void *record)
{
	size_t len;
	const char *text = load_text(col, record, &len);

	if (text)
		cbee__json_str(j, col->key, text, len);
	else
		cbee__json_null(j, col->key);
}

static void add_json(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_json *j,
		     const void *record)
{
	uint64_t value = load_unsigned(col, record);
	char clock[16];

	switch (col->type) {
	case CBEE_COL_UINT:
		cbee__json_u64(j, col->key, value);
		break;
	case CBEE_COL_INT:
		cbee__json_i64(j, col->key, load_signed(col, record));
		break;
	case CBEE_COL_BOOL:
		cbee__json_bool(j, col->key, value);
		break;
	case CBEE_COL_CHARS:
	case CBEE_COL_TEXT:
		add_json_text(col, j, record);
		break;
	case CBEE_COL_LIST:
		add_json_list(col, j, record);
		break;
	case CBEE_COL_CLOCK:
		format_clock(c, value, clock);
		cbee__json_str(j, col->key, clock, strlen(clock));
		break;
	case CBEE_COL_SINCE:
		cbee__json_seconds(j, col->key, since_start(c, value));
		break;
	case CBEE_COL_EPOCH:
		cbee__json_seconds(j, col->key, cbee__col_epoch(c, value));
		break;
	}
}

void cbee__col_json(const struct cbee__cols *c, struct cbee_json *j, const void *record)
{
	for (const struct cbee_col *col = c->cols; !is_end(col); col++)
		if (col->key)
			add_json(c, col, j, record);
}

/* ---- CSV ---- */

/* Quotes what was appended from @at on if it needs it, in place and from the back. */
static void quote(struct cbee_buf *out, size_t at)
{
	size_t from = out->len, marks = 0, to;
	bool special = false;

	for (size_t i = at; i < out->len; i++) {
		marks += out->data[i] == '"';
		special |= strchr("\",\r\n", out->data[i]) != NULL;
	}
	if (!special)
		return;
	cbee__buf_fmt(out, "%*s", (int)marks + 2, "");
	if (out->err)
		return;
	to = out->len;
	out->data[--to] = '"';
	while (from > at) {
		out->data[--to] = out->data[--from];
		if (out->data[to] == '"')
			out->data[--to] = '"';
	}
	out->data[--to] = '"';
}

/* A line of keys, or of @record's values when it is not NULL. */
static void add_csv_line(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	bool first = true;

	for (const struct cbee_col *col = c->cols; !is_end(col); col++) {
		size_t at;

		if (!col->key)
			continue;
		if (!first)
			cbee__buf_char(out, ',');
		first = false;
		at = out->len;
		if (record)
			add_value(c, col, out, record, true);
		else
			cbee__buf_str(out, col->key);
		quote(out, at);
	}
	cbee__buf_char(out, '\n');
}

void cbee__col_csv_header(const struct cbee__cols *c, struct cbee_buf *out)
{
	add_csv_line(c, out, NULL);
}

void cbee__col_csv(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	add_csv_line(c, out, record);
}
