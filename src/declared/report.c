/* SPDX-License-Identifier: Apache-2.0 */
/* Renders what one interval found as text, JSON or CSV. */
#include "declared/report.h"

#include <inttypes.h>
#include <string.h>

#include "plain/buf.h"
#include "plain/hist.h"
#include "plain/json.h"
#include "plain/look.h"

static const void *row(const struct cbee_report *w, size_t i)
{
	return (const char *)w->rows + i * w->row_size;
}

static struct cbee__cols cols_of(const struct cbee__report *r)
{
	struct cbee__cols cols = *r->how;

	cols.cols = r->what->cols;
	return cols;
}

static void add_summary(const struct cbee_report *w, struct cbee_buf *out, size_t first,
			size_t count)
{
	if (w->summary)
		w->summary(out, w->unit, row(w, first), count);
}

/* Every row under its name. */
static void add_split(const struct cbee__report *r, struct cbee_buf *out)
{
	const struct cbee_report *w = r->what;
	struct cbee__cols cols = cols_of(r);

	for (size_t i = 0; i < w->count; i++) {
		cbee__buf_fmt(out, "\n%s = ", w->row_title);
		cbee__mark(out, CBEE_MARK_HEAD);
		cbee__col_title(&cols, out, row(w, i));
		cbee__mark_end(out);
		cbee__buf_char(out, '\n');
		cbee__hist_text(w->hists[i], out, w->unit);
		add_summary(w, out, i, 1);
	}
}

static void add_merged(const struct cbee_report *w, struct cbee_buf *out)
{
	struct cbee_hist all = { 0 };

	for (size_t i = 0; i < w->count; i++)
		cbee__hist_add(&all, w->hists[i]);
	cbee__hist_text(&all, out, w->unit);
	add_summary(w, out, 0, w->count);
}

static void add_table(const struct cbee__report *r, struct cbee_buf *out)
{
	struct cbee__cols cols = cols_of(r);
	const struct cbee__fit fit = { r->what->rows, r->what->row_size, r->what->count };

	cbee__col_fit(&cols, out, &fit);
	cbee__col_header(&cols, out);
	for (size_t i = 0; i < r->what->count; i++)
		cbee__col_text(&cols, out, row(r->what, i));
}

void cbee__report_text(const struct cbee__report *r, struct cbee_buf *out)
{
	const struct cbee_report *w = r->what;

	if (!w->count)
		return;
	if (w->hists && w->split) {
		add_split(r, out);
		return;
	}
	if (w->hists)
		add_merged(w, out);
	/* One row under its own histogram has said it all in the summary. */
	if (w->hists && w->count == 1)
		return;
	if (w->hists)
		cbee__buf_char(out, '\n');
	add_table(r, out);
}

void cbee__report_json(const struct cbee__report *r, struct cbee_buf *out)
{
	const struct cbee_report *w = r->what;
	struct cbee__cols cols = cols_of(r);
	struct cbee_json j;

	cbee__json_init(&j, out);
	cbee__json_begin_object(&j, NULL);
	cbee__json_seconds(&j, "time", cbee__col_epoch(&cols, r->time_ns));
	if (w->unit)
		cbee__json_str(&j, "unit", w->unit, strlen(w->unit));
	cbee__json_begin_array(&j, w->rows_key ? w->rows_key : "rows");
	for (size_t i = 0; i < w->count; i++) {
		cbee__json_begin_object(&j, NULL);
		cbee__col_json(&cols, &j, row(w, i));
		if (w->hists)
			cbee__hist_json(w->hists[i], &j, "buckets");
		cbee__json_end_object(&j);
	}
	cbee__json_end_array(&j);
	if (r->lost) {
		cbee__json_begin_object(&j, "lost");
		r->lost(r->lost_arg, &j);
		cbee__json_end_object(&j);
	}
	cbee__json_end_object(&j);
	cbee__buf_char(out, '\n');
}

void cbee__report_csv_header(const struct cbee__report *r, struct cbee_buf *out)
{
	struct cbee__cols cols = cols_of(r);

	cbee__buf_str(out, r->what->unit ? "time,unit," : "time,");
	cbee__col_csv_header(&cols, out);
}

void cbee__report_csv(const struct cbee__report *r, struct cbee_buf *out)
{
	struct cbee__cols cols = cols_of(r);
	uint64_t us = cbee__col_epoch(&cols, r->time_ns) / 1000;

	for (size_t i = 0; i < r->what->count; i++) {
		cbee__buf_fmt(out, "%" PRIu64 ".%06" PRIu64 ",", us / 1000000, us % 1000000);
		if (r->what->unit)
			cbee__buf_fmt(out, "%s,", r->what->unit);
		cbee__col_csv(&cols, out, row(r->what, i));
	}
}
