/* SPDX-License-Identifier: Apache-2.0 */
/* What a run prints: records, reports, losses, errors; the only file that writes to anything. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "plain/clock.h"
#include "plain/json.h"
#include "plain/pattern.h"
#include "declared/members.h"
#include "declared/report.h"
#include "run/run.h"

#define LOG_LINES  12	     /* of a compiler's or verifier's log, on failure */
#define OUTPUT_MAX (1 << 20) /* bytes that are collected before they are written */

/* ---- stderr ----------------------------------------------------------- */

int cbee__look_first(struct cbee_run *run)
{
	const char *color = run->std.color;

	if (color && strcmp(color, "auto") != 0 && strcmp(color, "always") != 0 &&
	    strcmp(color, "never") != 0)
		return cbee__err(&run->err, -EINVAL,
				 "--color is auto, always or never, not '%.60s'", color);
	cbee__look_at(&run->err_look, STDERR_FILENO, color);
	cbee__look_at(&run->look, STDOUT_FILENO, color);
	if (!run->std.json && !run->std.csv)
		run->out.look = &run->look;
	return 0;
}

void cbee__look_again(struct cbee_run *run)
{
	if (run->look.width)
		cbee__look_at(&run->look, STDOUT_FILENO, run->std.color);
}

/* The tracer's name, in a colour where it is bad news and there are colours. */
static void say_name(const struct cbee_run *run, bool bad)
{
	if (bad && run->err_look.color)
		fprintf(stderr, "%s%s:%s ", cbee__mark_text(CBEE_MARK_BAD), run->name,
			CBEE__MARK_END);
	else
		fprintf(stderr, "%s: ", run->name);
}

static void say_line(const struct cbee_run *run, bool bad, const char *fmt, va_list ap)
{
	say_name(run, bad);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void cbee__say_line(const struct cbee_run *run, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line(run, false, fmt, ap);
	va_end(ap);
}

/* The same as bad news. */
static void say_bad(const struct cbee_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void say_bad(const struct cbee_run *run, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line(run, true, fmt, ap);
	va_end(ap);
}

void cbee_run_note(struct cbee_run *run, const char *fmt, ...)
{
	va_list ap;

	if (run->std.json || run->std.csv)
		return;
	va_start(ap, fmt);
	say_line(run, false, fmt, ap);
	va_end(ap);
}

void cbee_run_progress(struct cbee_run *run, size_t done, size_t total, const char *what)
{
	static const char full[] = "##############################";
	int width = (int)sizeof(full) - 1;
	int filled = total ? (int)((size_t)width * done / total) : 0;

	if (run->std.json || run->std.csv || !run->err_look.moves)
		return;
	if (done >= total)
		fprintf(stderr, "\r\033[K");
	else
		fprintf(stderr, "\r[%-*.*s] %zu/%zu %.40s\033[K", width, filled, full, done, total,
			what);
}

void cbee_run_warn(struct cbee_run *run, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line(run, true, fmt, ap);
	va_end(ap);
}

/* The last lines of what the compiler or the verifier said. */
static void print_log(const char *log)
{
	size_t len = strlen(log), at = len;
	int lines = 0;

	while (at && log[at - 1] == '\n')
		at--;
	len = at;
	while (at && (log[at - 1] != '\n' || ++lines < LOG_LINES))
		at--;
	fprintf(stderr, "%.*s\n", (int)(len - at), log + at);
}

void cbee__print_error(struct cbee_run *run, int code)
{
	const char *text = run->err.text, *hint = run->err.hint, *log = run->err.log;

	if (!run->err.code && run->cbee) {
		const struct cbee_error *e = cbee_error(run->cbee);
		bool stale = e->code != code; /* of a call whose failure did not matter */

		text = stale ? "" : e->text;
		hint = stale || !e->hint ? "" : e->hint;
		log = stale ? NULL : e->log;
	}
	if (log)
		print_log(log);
	if (!text[0])
		text = strerror(-code);
	say_bad(run, "%s%s%s", text, hint[0] ? "; " : "", hint);
}

/* ---- stdout ----------------------------------------------------------- */

static void cannot_write(struct cbee_run *run, int code)
{
	run->closed = true;
	cbee__err_os(&run->err, code, "cannot write to stdout");
}

void cbee__flush(struct cbee_run *run)
{
	size_t at = 0;

	if (run->out.err && !run->closed)
		cannot_write(run, run->out.err);
	while (at < run->out.len && !run->closed) {
		ssize_t n = write(STDOUT_FILENO, run->out.data + at, run->out.len - at);

		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno != EINTR)
			cannot_write(run, -errno);
	}
	cbee__buf_reset(&run->out);
}

void cbee__print_header(struct cbee_run *run)
{
	cbee__look_again(run);
	if (run->std.csv)
		cbee__col_csv_header(&run->cols, &run->out);
	else if (!run->std.json)
		cbee__col_header(&run->cols, &run->out);
	cbee__flush(run);
}

/* Whether the options that are regular expressions let the record through. */
static bool passes(struct cbee_run *run, const void *record)
{
	for (unsigned int i = 0; i < run->filter_count; i++) {
		const struct cbee__filter *f = &run->filters[i];

		cbee__buf_reset(&run->cell);
		cbee__col_plain(&run->cols, f->col, &run->cell, record);
		if (!run->cell.err &&
		    cbee__pattern_search(f->regex, run->cell.data ? run->cell.data : "",
					 run->cell.len) <= 0)
			return false;
	}
	return true;
}

/* Ends a JSON object, in which a tracer tells its losses, and its line. */
static void end_object(struct cbee_run *run, struct cbee_json *j)
{
	if (run->cbee)
		cbee__json_u64(j, "lost", run->lost);
	cbee__json_end_object(j);
	cbee__buf_char(&run->out, '\n');
	run->lost_told = run->lost;
}

void cbee_run_row(struct cbee_run *run, const void *record)
{
	struct cbee_json j;

	if (!passes(run, record))
		return;
	if (!run->rows++ && !run->tool->record) /* tracers have it before the first record */
		cbee__print_header(run);
	if (run->std.json) {
		cbee__json_init(&j, &run->out);
		cbee__json_begin_object(&j, NULL);
		cbee__col_json(&run->cols, &j, record);
		end_object(run, &j);
	} else if (run->std.csv) {
		cbee__col_csv(&run->cols, &run->out, record);
	} else {
		cbee__col_text(&run->cols, &run->out, record);
	}
	if (run->out.len > OUTPUT_MAX)
		cbee__flush(run);
}

/* ---- losses ----------------------------------------------------------- */

static uint64_t loss(struct cbee_run *run, uint32_t row)
{
	uint64_t lost = 0;

	if (cbee_map_get(cbee_map(run->cbee, "cbee_lost"), &row, sizeof(row), &lost, sizeof(lost)))
		lost = 0;
	return lost;
}

/* Calls @each for the tool's losses, then for what every tracer can miss. */
static void each_loss(struct cbee_run *run,
		      void (*each)(void *arg, const struct cbee_loss *row, uint64_t lost),
		      void *arg)
{
	const struct cbee_loss *losses = run->tool->losses;

	for (uint32_t i = 0; losses && losses[i].key; i++)
		each(arg, &losses[i], loss(run, i));
	if (!losses) /* texts of ours count what they cannot send; those from elsewhere need not */
		each(arg, &cbee__loss_records, cbee_poll_lost(run->cbee));
	each(arg, &cbee__loss_missed, cbee_missed(run->cbee));
}

static void add_loss(void *arg, const struct cbee_loss *row, uint64_t lost)
{
	(void)row;
	*(uint64_t *)arg += lost;
}

static void loss_json(void *arg, const struct cbee_loss *row, uint64_t lost)
{
	cbee__json_u64(arg, row->key, lost);
}

static void loss_text(void *arg, const struct cbee_loss *row, uint64_t lost)
{
	struct cbee_buf *text = arg;

	if (lost)
		cbee__buf_fmt(text, "%s%llu %s", text->len ? ", " : "", (unsigned long long)lost,
			      row->what);
}

void cbee__count_losses(struct cbee_run *run)
{
	run->lost = 0;
	each_loss(run, add_loss, &run->lost);
}

void cbee__print_losses(struct cbee_run *run)
{
	struct cbee_buf text = { 0 };
	const char *what = "nothing";
	struct cbee_json j;

	cbee__count_losses(run);
	if (run->std.json && run->tool->record && run->lost != run->lost_told) {
		cbee__json_init(&j, &run->out);
		cbee__json_begin_object(&j, NULL);
		end_object(run, &j);
		cbee__flush(run);
	}
	each_loss(run, loss_text, &text);
	if (text.len)
		what = text.data;
	if (run->tool->record)
		(text.len ? say_bad : cbee__say_line)(run, "%llu records, lost %s", run->rows,
						      what);
	else
		(text.len ? say_bad : cbee__say_line)(run, "lost %s", what);
	cbee__buf_free(&text);
}

/* ---- reports ---------------------------------------------------------- */

static void report_losses(void *arg, struct cbee_json *j)
{
	each_loss(arg, loss_json, j);
}

static void report_text(struct cbee_run *run, const struct cbee__report *r)
{
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	cbee__buf_char(&run->out, '\n');
	if (run->std.timestamp && localtime_r(&now, &tm) &&
	    strftime(clock, sizeof(clock), "%H:%M:%S", &tm))
		cbee__buf_fmt(&run->out, "%s\n", clock);
	cbee__report_text(r, &run->out);
}

void cbee_run_report(struct cbee_run *run, const struct cbee_report *report)
{
	struct cbee__report r = { .what = report,
				  .how = &run->cols,
				  .time_ns = cbee__clock(CLOCK_MONOTONIC),
				  .lost = report_losses,
				  .lost_arg = run };

	cbee__look_again(run);
	if (run->std.json) {
		cbee__report_json(&r, &run->out);
	} else if (run->std.csv) {
		if (!run->csv_header_done)
			cbee__report_csv_header(&r, &run->out);
		run->csv_header_done = true;
		cbee__report_csv(&r, &run->out);
	} else {
		report_text(run, &r);
	}
	cbee__flush(run);
}
