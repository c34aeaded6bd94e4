/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what is in the JSON of a tool, for the manual. */
#include "declared/members.h"

#include <stdio.h>

#include "declared/describe.h"
#include "plain/buf.h"
#include "plain/roff.h"

#define PATH_SIZE 64 /* of a member, with those that it is in */
#define HELP_SIZE 160

const struct cbee_loss cbee__loss_missed = { "missed", "probes (hit while one was running)" };
const struct cbee_loss cbee__loss_records = { "records", "records (a perf buffer was full)" };

/* What columns become, by enum cbee_col_type. */
static const struct {
	const char *type, *unit;
} types[] = {
	[CBEE_COL_UINT] = { "integer", NULL },	    [CBEE_COL_INT] = { "integer", NULL },
	[CBEE_COL_BOOL] = { "boolean", NULL },	    [CBEE_COL_CHARS] = { "string", NULL },
	[CBEE_COL_TEXT] = { "string", NULL },	    [CBEE_COL_LIST] = { "array of strings", NULL },
	[CBEE_COL_CLOCK] = { "string", NULL },	    [CBEE_COL_SINCE] = { "number", "seconds" },
	[CBEE_COL_EPOCH] = { "number", "seconds" },
};

const char *cbee__col_unit(const struct cbee_col *col)
{
	return col->unit ? col->unit : types[col->type].unit;
}

static void add_member(struct cbee_buf *out, const struct cbee_json_field *f)
{
	cbee__buf_str(out, ".TP\n");
	cbee__roff_font(out, 'B', "", f->name);
	cbee__buf_str(out, " (");
	cbee__roff_text(out, f->type);
	cbee__buf_str(out, f->unit ? ", " : "");
	cbee__roff_text(out, f->unit ? f->unit : "");
	cbee__buf_str(out, ")\n");
	cbee__roff_sentence(out, f->help, "");
}

static void add_cols(const struct cbee_col *cols, const char *within, struct cbee_buf *out)
{
	for (const struct cbee_col *col = cols; col && (col->head || col->key); col++) {
		char name[PATH_SIZE];

		if (!col->key)
			continue;
		snprintf(name, sizeof(name), "%s%s", within, col->key);
		add_member(out,
			   &(struct cbee_json_field){
				   .name = name,
				   .type = col->nullable ? "string or null" : types[col->type].type,
				   .unit = cbee__col_unit(col),
				   .help = col->help,
			   });
	}
}

static void add_loss(const struct cbee_loss *loss, struct cbee_buf *out)
{
	char name[PATH_SIZE], help[HELP_SIZE];

	snprintf(name, sizeof(name), "lost.%s", loss->key);
	snprintf(help, sizeof(help), "lost: %s", loss->what);
	add_member(out, &(struct cbee_json_field){ .name = name, .type = "integer", .help = help });
}

static void add_tally(const struct cbee__described *d, struct cbee_buf *out)
{
	static const struct cbee_json_field report[] = {
		{ "time", "number", "seconds", "when the interval ended, since 1970" },
		{ "unit", "string", NULL, "of all durations: nsecs, usecs or msecs" },
	};
	static const struct cbee_json_field bucket[] = {
		{ "buckets[].low", "integer", "unit", "the least value that belongs to it" },
		{ "buckets[].high", "integer", "unit", "the greatest value that belongs to it" },
		{ "buckets[].count", "integer", NULL,
		  "how many there were; empty buckets are left out" },
	};
	char name[PATH_SIZE], within[PATH_SIZE / 2];

	for (size_t i = 0; i < sizeof(report) / sizeof(report[0]); i++)
		add_member(out, &report[i]);
	snprintf(within, sizeof(within), "%s[].", d->tally->rows_key);
	add_cols(d->cols, within, out);
	for (size_t i = 0; i < sizeof(bucket) / sizeof(bucket[0]); i++) {
		struct cbee_json_field f = bucket[i];

		snprintf(name, sizeof(name), "%s%s", within, f.name);
		f.name = name;
		add_member(out, &f);
	}
	for (const struct cbee_loss *loss = d->losses; loss && loss->key; loss++)
		add_loss(loss, out);
	if (!d->losses)
		add_loss(&cbee__loss_records, out);
	add_loss(&cbee__loss_missed, out);
}

static void add_records(const struct cbee__described *d, struct cbee_buf *out)
{
	static const struct cbee_json_field lost = {
		"lost", "integer", NULL,
		"how many records have been lost since the start, for whatever reason"
	};

	add_cols(d->cols, "", out);
	if (d->cols && d->traces)
		add_member(out, &lost);
}

void cbee__members_man(const struct cbee__described *d, struct cbee_buf *out)
{
	(d->tally ? add_tally : add_records)(d, out);
	for (const struct cbee_json_field *f = d->json; f && f->name; f++) {
		if (f->type) {
			add_member(out, f);
			continue;
		}
		if (f != d->json || d->cols)
			cbee__buf_str(out, ".PP\n");
		cbee__roff_sentence(out, f->name, "");
	}
}
