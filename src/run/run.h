/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a tracer: what the files that run it share. */
#ifndef CBEE_RUN_H
#define CBEE_RUN_H

#include <cbee/tool.h>

#include "plain/buf.h"
#include "run/child.h"
#include "declared/col.h"
#include "plain/err.h"
#include "plain/look.h"
#include "run/loop.h"
#include "declared/opt.h"

struct cbee__pattern;

#define CBEE__MAX_FILTERS 8
#define CBEE__STD_ROWS	  10

/* What the options of every tracer write to. */
struct cbee__std {
	bool json, csv, help, version, verbose, timestamp;
	const char *color;
	struct cbee_num duration, interval;
};

/* An option's regular expression, and the column it is about. */
struct cbee__filter {
	struct cbee__pattern *regex;
	const struct cbee_col *col;
};

struct cbee_run {
	const struct cbee_tool *tool;
	char name[64]; /* "cbee-execsnoop", before every line on stderr */
	struct cbee__std std;
	struct cbee_opt std_rows[CBEE__STD_ROWS]; /* the standard options that this tool has */
	struct cbee__opts opts;
	struct cbee__parsed parsed;
	struct cbee *cbee;
	struct cbee_err err;
	struct cbee__loop loop;
	struct cbee__child child;
	bool warm; /* only compile, and keep it */
	int watch; /* process whose end ends the run; 0: none */

	/* output */
	struct cbee__cols cols;
	struct cbee__filter filters[CBEE__MAX_FILTERS];
	unsigned int filter_count;
	struct cbee_buf out, cell;
	struct cbee__look look, err_look; /* who reads stdout, if it is text, and stderr */
	bool csv_header_done, closed; /* closed: nobody reads stdout, or it cannot be written to */
	unsigned long long rows;
	uint64_t lost, lost_told; /* all losses; as the last record told them */

	uint32_t bank; /* of the tally: the one that is written */
};

/* ---- output.c --------------------------------------------------------- */

/*
 * Looks who reads stdout and stderr, as the options say once they are known: -EINVAL with
 * the sentence if they say nonsense. cbee__look_again(): how wide the terminal is by now.
 */
int cbee__look_first(struct cbee_run *run);
void cbee__look_again(struct cbee_run *run);

/* A line on stderr, after the tracer's name. */
void cbee__say_line(const struct cbee_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Why the run failed with @code: one sentence, after the last lines of a compiler's log. */
void cbee__print_error(struct cbee_run *run, int code);

/* Writes what has been collected; if that cannot be done, sets run->closed and the error. */
void cbee__flush(struct cbee_run *run);

/* The header of a stream of records. */
void cbee__print_header(struct cbee_run *run);

/* Asks the kernel how much was lost so far, for the records that follow. */
void cbee__count_losses(struct cbee_run *run);

/* The last words: what was lost after the last record, and in all. */
void cbee__print_losses(struct cbee_run *run);

/* ---- tally.c ---------------------------------------------------------- */

/* Between compiling and loading: tells the program the unit, sizes its maps. */
int cbee__tally_prepare(struct cbee_run *run);

/* Reports what was counted since the last time, and starts anew. */
int cbee__tally_report(struct cbee_run *run);

#endif
