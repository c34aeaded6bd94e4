/* SPDX-License-Identifier: Apache-2.0 */
/* Renders records by a column table as text rows, JSON fields or CSV lines. */
#include "declared/col.h"

#include <stdlib.h>
#include <string.h>

#include "declared/cell.h"
#include "declared/opt.h"
#include "plain/buf.h"
#include "plain/json.h"
#include "plain/look.h"

#define LEAST_TEXT   8	/* columns of the screen that a text is not cut below */
#define NUMBER_WIDTH 26 /* of the longest with groups of digits */

static bool is_end(const struct cbee_col *col)
{
	return !col->head && !col->key;
}

/* ---- text lines ---- */

static bool is_visible(const struct cbee__cols *c, const struct cbee_col *col)
{
	if (!col->head)
		return false;
	return !col->when || (c->parsed && cbee__opt_given(c->parsed, col->when));
}

/* Pads what was appended from @at on to the column's width, in place. */
static void pad(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		size_t at)
{
	size_t wanted = cbee__cell_width(c, col);
	size_t len = out->len - at, width = len ? cbee__look_columns(out->data + at, len) : 0;

	if (width >= wanted)
		return;
	cbee__buf_fmt(out, "%*s", (int)(wanted - width), "");
	if (out->err || col->width > 0)
		return;
	memmove(out->data + at + (wanted - width), out->data + at, len);
	memset(out->data + at, ' ', wanted - width);
}

static bool is_text(const struct cbee_col *col)
{
	return col->text || col->type == CBEE_COL_CHARS || col->type == CBEE_COL_TEXT ||
	       col->type == CBEE_COL_LIST;
}

/* Columns of the screen that what follows @col takes, with the gaps in front of it. */
static size_t width_behind(const struct cbee__cols *c, const struct cbee_col *col)
{
	size_t width = 0;

	for (col++; !is_end(col); col++)
		if (is_visible(c, col))
			width += 1 + (col->width ? cbee__cell_width(c, col) : strlen(col->head));
	return width;
}

/* Cuts what stands from @at on to @room columns, the last of which tells that there is more. */
static void cut(struct cbee_buf *out, size_t at, size_t room)
{
	size_t len = out->len - at;

	if (cbee__look_columns(out->data + at, len) <= room)
		return;
	out->len = at + cbee__look_bytes(out->data + at, len, room - 1);
	out->data[out->len] = '\0';
	cbee__buf_str(out, out->look->utf8 ? "\u2026" : ">");
}

/* How many of @len bytes go into a line of @room columns: up to a blank, if there is one. */
static size_t line_bytes(const char *text, size_t len, size_t room)
{
	size_t most = cbee__look_bytes(text, len, room), end = most;

	if (most == len)
		return len;
	while (end && text[end] != ' ')
		end--;
	return end ? end : most;
}

/* Has what stands from @at on go on in lines of their own, each below the first. */
static void wrap(struct cbee_buf *out, size_t at, size_t indent, size_t room)
{
	struct cbee_buf all = { 0 };

	cbee__buf_add(&all, out->data + at, out->len - at);
	out->len = at;
	for (size_t done = 0, len; done < all.len; done += len) {
		if (done)
			cbee__buf_fmt(out, "\n%*s", (int)indent, "");
		done += done && all.data[done] == ' ';
		len = line_bytes(all.data + done, all.len - done, room);
		cbee__buf_add(out, all.data + done, len);
	}
	out->err = out->err ? out->err : all.err;
	cbee__buf_free(&all);
}

/* Keeps a text that begins at @at, in the line from @start on, on the screen. */
static void fit_text(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		     const size_t where[2])
{
	size_t start = where[0], at = where[1];
	size_t indent = at > start ? cbee__look_columns(out->data + start, at - start) : 0;
	size_t taken = indent + width_behind(c, col), screen = out->look ? out->look->width : 0;
	size_t room = screen > taken + LEAST_TEXT ? screen - taken : LEAST_TEXT;

	if (!screen || !is_text(col) || out->len == at)
		return;
	if (col->width || !col->wrap)
		cut(out, at, room);
	else if (room > LEAST_TEXT) /* else the terminal does it better */
		wrap(out, at, indent, room);
}

static void add_cell(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		     const void *record, size_t start)
{
	bool failure = record && col->failure && cbee__cell_unsigned(col, record);
	size_t at;

	if (failure)
		cbee__mark(out, CBEE_MARK_BAD);
	at = out->len;
	if (record)
		cbee__cell_text(c, col, out, record, false);
	else
		cbee__buf_str(out, col->head);
	if (out->err)
		return;
	if (record)
		fit_text(c, col, out, (size_t[]){ start, at });
	pad(c, col, out, at);
	if (failure)
		cbee__mark_end(out);
}

/* A line of headers, or of @record's values when it is not NULL. */
static void add_line(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	size_t start = out->len;
	bool first = true;

	if (!record)
		cbee__mark(out, CBEE_MARK_HEAD);
	for (const struct cbee_col *col = c->cols; !is_end(col); col++) {
		if (!is_visible(c, col))
			continue;
		if (!first)
			cbee__buf_char(out, ' ');
		first = false;
		add_cell(c, col, out, record, start);
	}
	while (!out->err && out->len > start && out->data[out->len - 1] == ' ')
		out->len--;
	if (!record)
		cbee__mark_end(out);
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
	cbee__cell_text(c, col, out, record, true);
}

void cbee__col_title(const struct cbee__cols *c, struct cbee_buf *out, const void *record)
{
	for (const struct cbee_col *col = c->cols; !is_end(col); col++) {
		if (!is_visible(c, col))
			continue;
		cbee__cell_text(c, col, out, record, false);
		return;
	}
}

/* ---- widths of tables ---- */

/* The most columns of the screen that a value needs. */
static size_t need(const struct cbee__cols *c, const struct cbee_col *col,
		   const struct cbee__look *look, const struct cbee__fit *rows)
{
	struct cbee_buf cell = { .look = look };
	size_t most = 0;

	for (size_t i = 0; i < rows->count; i++) {
		size_t width;

		cbee__buf_reset(&cell);
		cbee__cell_text(c, col, &cell, (const char *)rows->rows + i * rows->size, false);
		width = cell.err || !cell.len ? 0 : cbee__look_columns(cell.data, cell.len);
		most = width > most ? width : most;
	}
	cbee__buf_free(&cell);
	return most;
}

/* Sets what each column needs, or more as the table says; returns what all need together. */
static size_t fit_all(struct cbee__cols *c, const struct cbee__look *look,
		      const struct cbee__fit *rows)
{
	size_t all = 0;

	for (size_t i = 0; !is_end(&c->cols[i]); i++) {
		const struct cbee_col *col = &c->cols[i];
		size_t least, width;

		c->fit[i] = 0;
		if (!is_visible(c, col))
			continue;
		least = cbee__cell_width(c, col);
		c->fit[i] = NUMBER_WIDTH; /* so that groups of digits have room */
		width = need(c, col, look, rows);
		width = width < least ? least : width;
		c->fit[i] = (unsigned short)(width < look->width ? width : look->width);
		all += (all > 0) + c->fit[i];
	}
	return all;
}

/* Takes from the texts what is too much, but leaves them @least, or what the table says. */
static size_t shrink(struct cbee__cols *c, size_t over, size_t least)
{
	for (size_t i = 0; over && !is_end(&c->cols[i]); i++) {
		size_t keep = least ? least : (size_t)abs(c->cols[i].width);
		size_t most = c->fit[i] > keep ? c->fit[i] - keep : 0;

		if (!is_text(&c->cols[i]))
			continue;
		most = most < over ? most : over;
		c->fit[i] = (unsigned short)(c->fit[i] - most);
		over -= most;
	}
	return over;
}

/* How much is too much. */
static size_t over(size_t all, const struct cbee__look *look)
{
	return all > look->width ? all - look->width : 0;
}

void cbee__col_fit(struct cbee__cols *c, const struct cbee_buf *out, const struct cbee__fit *rows)
{
	const struct cbee__look *look = out->look;

	memset(c->fit, 0, sizeof(c->fit));
	c->plain = false;
	if (!look || !look->width)
		return;
	for (size_t i = 0; !is_end(&c->cols[i]); i++)
		if (i == CBEE__COL_MOST || (c->cols[i].head && !c->cols[i].width))
			return;
	if (!shrink(c, over(fit_all(c, look, rows), look), 0))
		return;
	c->plain = true;
	shrink(c, over(fit_all(c, look, rows), look), LEAST_TEXT);
}

/* ---- JSON ---- */

static void add_json_list(const struct cbee_col *col, struct cbee_json *j, const void *record)
{
	struct cbee_list list = cbee__cell_list(col, record);

	cbee__json_begin_array(j, col->key);
	for (size_t i = 0; i < list.count; i++)
		cbee__json_str(j, NULL, list.items[i], strlen(list.items[i]));
	cbee__json_end_array(j);
}

static void add_json_text(const struct cbee_col *col, struct cbee_json *j, const void *record)
{
	size_t len;
	const char *text = cbee__cell_bytes(col, record, &len);

	if (text)
		cbee__json_str(j, col->key, text, len);
	else
		cbee__json_null(j, col->key);
}

static void add_json(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_json *j,
		     const void *record)
{
	uint64_t value = cbee__cell_unsigned(col, record);
	char clock[16];

	switch (col->type) {
	case CBEE_COL_UINT:
		cbee__json_u64(j, col->key, value);
		break;
	case CBEE_COL_INT:
		cbee__json_i64(j, col->key, cbee__cell_signed(col, record));
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
		cbee__cell_clock(c, value, clock);
		cbee__json_str(j, col->key, clock, strlen(clock));
		break;
	case CBEE_COL_SINCE:
		cbee__json_seconds(j, col->key, cbee__cell_since(c, value));
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
			cbee__cell_text(c, col, out, record, true);
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
