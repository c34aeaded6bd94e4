/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the manual says of JSON. */
#include "declared/members.h"

#include <errno.h>

#include "declared/describe.h"
#include "plain/buf.h"
#include "unit.h"

struct record {
	uint64_t when;
	uint32_t pid;
	const char *name;
};

static const struct cbee_col cols[] = {
	CBEE_COL_AS(CBEE_COL_EPOCH, struct record, when, NULL, "time", 0, "when it was"),
	CBEE_COL_AS(CBEE_COL_CLOCK, struct record, when, "TIME", NULL, 8, "text only"),
	CBEE_COL(struct record, pid, "PID", "pid", 7, "process id"),
	CBEE_COL(struct record, name, "SIZE", "size", 7, "how much", .unit = "bytes",
		 .nullable = true),
	CBEE_COL_END,
};

static const struct cbee_json_field json[] = {
	{ "at the end", NULL, NULL, NULL },
	{ "all[].x", "integer or null", "ms", "all of it" },
	CBEE_JSON_END,
};

static const struct cbee_loss losses[] = { { "buckets", "values" }, { NULL, NULL } };
static const struct cbee_tally tally = { .rows_key = "rows" };

static struct cbee_buf out;

static void got(const char *want)
{
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data ? out.data : "", want);
	cbee__buf_free(&out);
}

#define TIME "\\fBtime\\fR (number, seconds)\n"
#define COLS                          \
	".TP\n" TIME "When it was.\n" \
	".TP\n"                       \
	"\\fBpid\\fR (integer)\n"     \
	"Process id.\n"               \
	".TP\n"                       \
	"\\fBsize\\fR (string or null, bytes)\nHow much.\n"

static void records_are_columns(void)
{
	struct cbee__described d = { .cols = cols };

	cbee__members_man(&d, &out);
	got(COLS);
	d.traces = true;
	cbee__members_man(&d, &out);
	got(COLS ".TP\n"
		 "\\fBlost\\fR (integer)\n"
		 "How many records have been lost since the start, for whatever reason.\n");
}

static void tables_tell_the_rest(void)
{
	struct cbee__described d = { .json = json };

	cbee__members_man(&d, &out);
	got("At the end.\n"
	    ".TP\n"
	    "\\fBall[].x\\fR (integer or null, ms)\n"
	    "All of it.\n");
	d.cols = cols;
	cbee__members_man(&d, &out);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.data ? out.data : "", COLS ".PP\nAt the end.\n"));
	cbee__buf_free(&out);
}

static void tallies_are_reports(void)
{
	struct cbee__described d = { .cols = &cols[2], .tally = &tally, .traces = true };
	const char *text;

	cbee__members_man(&d, &out);
	text = out.data ? out.data : "";
	CU_ASSERT_PTR_NOT_NULL(strstr(text, TIME));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fBunit\\fR (string)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fBrows[].pid\\fR (integer)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fBrows[].buckets[].low\\fR (integer, unit)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fBlost.records\\fR (integer)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fBlost.missed\\fR (integer)\n"));
	cbee__buf_free(&out);
	d.losses = losses;
	cbee__members_man(&d, &out);
	text = out.data ? out.data : "";
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fBlost.buckets\\fR (integer)\nLost: values.\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "lost.records"));
	cbee__buf_free(&out);
}

static void units_come_from_types_too(void)
{
	UNIT_STR(cbee__col_unit(&cols[0]), "seconds");
	CU_ASSERT_PTR_NULL(cbee__col_unit(&cols[2]));
	UNIT_STR(cbee__col_unit(&cols[3]), "bytes");
}

static int describe_all(void)
{
	struct cbee__described d = { .cols = cols, .tally = &tally, .json = json };
	int err;

	cbee__members_man(&d, &out);
	err = out.err;
	cbee__buf_free(&out);
	return err;
}

static void no_memory(void)
{
	int err = 0;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = describe_all());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("members", { "records_are_columns", records_are_columns },
	  { "tables_tell_the_rest", tables_tell_the_rest },
	  { "tallies_are_reports", tallies_are_reports },
	  { "units_come_from_types_too", units_come_from_types_too }, { "no_memory", no_memory })
