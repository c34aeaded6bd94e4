/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one value of a record, and writes it as text. */
#include "declared/cell.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "declared/opt.h"
#include "plain/buf.h"
#include "plain/json.h"
#include "plain/look.h"

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

/* ---- values ---- */

static const void *field(const struct cbee_col *col, const void *record)
{
	return (const char *)record + col->offset;
}

/* Records come from a ring buffer, so members need not be aligned. */
uint64_t cbee__cell_unsigned(const struct cbee_col *col, const void *record)
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

int64_t cbee__cell_signed(const struct cbee_col *col, const void *record)
{
	uint64_t value = cbee__cell_unsigned(col, record);

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

const char *cbee__cell_bytes(const struct cbee_col *col, const void *record, size_t *ret_len)
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

struct cbee_list cbee__cell_list(const struct cbee_col *col, const void *record)
{
	struct cbee_list list;

	memcpy(&list, field(col, record), sizeof(list));
	return list;
}

uint64_t cbee__col_epoch(const struct cbee__cols *c, uint64_t monotonic_ns)
{
	return monotonic_ns + (uint64_t)c->realtime_minus_monotonic;
}

uint64_t cbee__cell_since(const struct cbee__cols *c, uint64_t monotonic_ns)
{
	return monotonic_ns > c->start_ns ? monotonic_ns - c->start_ns : 0;
}

void cbee__cell_clock(const struct cbee__cols *c, uint64_t monotonic_ns, char text[16])
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
	const char *text = cbee__cell_bytes(col, record, &len);

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
	struct cbee_list list = cbee__cell_list(col, record);

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
	struct cbee_list list = cbee__cell_list(col, record);

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

size_t cbee__cell_width(const struct cbee__cols *c, const struct cbee_col *col)
{
	size_t wanted = (size_t)(col->width < 0 ? -col->width : col->width), i, head;

	if (!col->head || !wanted)
		return 0;
	i = (size_t)(col - c->cols);
	if (i < CBEE__COL_MOST && c->fit[i])
		return c->fit[i];
	head = strlen(col->head);
	return wanted < head ? head : wanted;
}

void cbee__cell_text(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		     const void *record, bool csv)
{
	uint64_t value = cbee__cell_unsigned(col, record);
	char clock[16];

	if (col->text) {
		col->text(c->run, out, record);
		return;
	}
	switch (col->type) {
	case CBEE_COL_UINT:
		cbee__look_number(out, value,
				  col->amount && !c->plain ? cbee__cell_width(c, col) : 0);
		break;
	case CBEE_COL_INT:
		cbee__buf_fmt(out, "%" PRId64, cbee__cell_signed(col, record));
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
		cbee__cell_clock(c, value, clock);
		cbee__buf_str(out, clock);
		break;
	case CBEE_COL_SINCE:
		add_seconds(out, cbee__cell_since(c, value), csv ? 6 : 3);
		break;
	case CBEE_COL_EPOCH:
		add_seconds(out, cbee__col_epoch(c, value), 6);
		break;
	}
}
