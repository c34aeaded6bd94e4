/* SPDX-License-Identifier: Apache-2.0 */
/* Renders records by a column table as text rows, JSON fields or CSV lines. */
#ifndef CBEE_COL_H
#define CBEE_COL_H

#include <stdint.h>

#include <cbee/tool.h>

struct cbee__parsed;
struct cbee_json;

#define CBEE__COL_MOST 32 /* columns that can be fitted */

/* A column table and what rendering it depends on. */
struct cbee__cols {
	const struct cbee_col *cols;
	struct cbee_run *run;		   /* for the columns' own text functions */
	uint64_t start_ns;		   /* CLOCK_MONOTONIC when the tracer started */
	int64_t realtime_minus_monotonic;  /* nanoseconds */
	const struct cbee__parsed *parsed; /* answers cbee_col.when; NULL: nothing was given */
	/* what the columns need instead of the widths in the table; see cbee__col_fit() */
	unsigned short fit[CBEE__COL_MOST];
	bool plain; /* numbers without groups of digits, for want of room */
};

/*
 * On a terminal: makes the columns as wide as these rows need, or as the terminal
 * lets them be, the texts giving way first. Elsewhere they stay as the table says.
 */
struct cbee__fit {
	const void *rows; /* @count of @size bytes */
	size_t size, count;
};
void cbee__col_fit(struct cbee__cols *c, const struct cbee_buf *out, const struct cbee__fit *rows);

/*
 * Text: a line each, ending in a newline without spaces before it. Columns are
 * one space apart, as wide as the table says or the header needs; longer
 * values push the rest of their line to the right. On a terminal texts are cut
 * where that line ends, with a mark, or go on in the next.
 */
void cbee__col_header(const struct cbee__cols *c, struct cbee_buf *out);
void cbee__col_text(const struct cbee__cols *c, struct cbee_buf *out, const void *record);

/* One column's text without quotes and marks, unpadded, for matching. */
void cbee__col_plain(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		     const void *record);

/* The text of the first column that is shown, unpadded. */
void cbee__col_title(const struct cbee__cols *c, struct cbee_buf *out, const void *record);

/* Adds a field for every column that has a key to the object @j is in. */
void cbee__col_json(const struct cbee__cols *c, struct cbee_json *j, const void *record);

/* CSV as in RFC 4180 but for the newline, which is "\n": the keys, one record. */
void cbee__col_csv_header(const struct cbee__cols *c, struct cbee_buf *out);
void cbee__col_csv(const struct cbee__cols *c, struct cbee_buf *out, const void *record);

/* A time of CLOCK_MONOTONIC as nanoseconds since 1970. */
uint64_t cbee__col_epoch(const struct cbee__cols *c, uint64_t monotonic_ns);

#endif
