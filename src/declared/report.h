/* SPDX-License-Identifier: Apache-2.0 */
/* Renders what one interval found as text, JSON or CSV. */
#ifndef CBEE_REPORT_H
#define CBEE_REPORT_H

#include <stdint.h>

#include "declared/col.h"

struct cbee_buf;
struct cbee_json;

/* A report and what rendering it depends on. */
struct cbee__report {
	const struct cbee_report *what;
	const struct cbee__cols *how; /* its cols do not matter: the report brings its own */
	uint64_t time_ns;	      /* CLOCK_MONOTONIC at the end of the interval */
	/* fills the JSON object "lost", already begun; NULL: no such object */
	void (*lost)(void *arg, struct cbee_json *j);
	void *lost_arg;
};

/* The histograms and the table of rows; nothing if there are no rows. */
void cbee__report_text(const struct cbee__report *r, struct cbee_buf *out);

/* One line with one object. */
void cbee__report_json(const struct cbee__report *r, struct cbee_buf *out);

/* CSV: the time, the unit if there is one, then the columns; a line for every row. */
void cbee__report_csv_header(const struct cbee__report *r, struct cbee_buf *out);
void cbee__report_csv(const struct cbee__report *r, struct cbee_buf *out);

#endif
