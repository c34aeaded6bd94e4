/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the rendering of an interval's report. */
#include "declared/report.h"

#include <errno.h>

#include "plain/buf.h"
#include "plain/json.h"
#include "unit.h"

struct row {
	char name[16];
	uint64_t count;
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct row, name, "FUNCTION", "function", 10, "name"),
	CBEE_COL(struct row, count, "COUNT", "count", -7, "calls"),
	CBEE_COL_END,
};

static const struct row rows[] = { { "f_one", 3 }, { "f,two", 1 } };
static struct cbee_hist hists[2];
static const struct cbee_hist *const pointers[] = { &hists[0], &hists[1] };
static struct cbee_report what;
static const struct cbee__cols how = { .realtime_minus_monotonic = 1700000000000000000 };
static struct cbee_buf out;

static void summary(struct cbee_buf *to, const char *unit, const void *first, size_t count)
{
	const struct row *r = first;
	unsigned long long sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += r[i].count;
	(void)unit;
	cbee__buf_fmt(to, "\ncount: %llu\n", sum);
}

static void lost(void *arg, struct cbee_json *j)
{
	cbee__json_u64(j, "records", *(const uint64_t *)arg);
}

static struct cbee__report start(void)
{
	memset(hists, 0, sizeof(hists));
	hists[0].slots[1] = 2;
	hists[0].slots[2] = 1;
	hists[1].slots[2] = 1;
	what = (struct cbee_report){ .cols = cols,
				     .rows = rows,
				     .row_size = sizeof(rows[0]),
				     .count = 2,
				     .hists = pointers,
				     .unit = "nsecs",
				     .rows_key = "functions",
				     .row_title = "Function" };
	return (struct cbee__report){ .what = &what, .how = &how, .time_ns = 1500000000 };
}

static void got(const char *want)
{
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data ? out.data : "", want);
	cbee__buf_free(&out);
}

#define HEADER "     nsecs               : count     distribution\n"
#define FULL   "|****************************************|\n"

static void merged(void)
{
	struct cbee__report r = start();

	what.summary = summary;
	cbee__report_text(&r, &out);
	got(HEADER "         0 -> 1          : 2        " FULL
		   "         2 -> 3          : 2        " FULL "\ncount: 4\n"
		   "\n"
		   "FUNCTION     COUNT\n"
		   "f_one            3\n"
		   "f,two            1\n");
}

static void one_row(void)
{
	struct cbee__report r = start();

	what.count = 1;
	what.summary = summary;
	cbee__report_text(&r, &out);
	got(HEADER
	    "         0 -> 1          : 2        " FULL
	    "         2 -> 3          : 1        |********************                    |\n"
	    "\ncount: 3\n");
}

static void split(void)
{
	struct cbee__report r = start();

	what.split = true;
	what.summary = summary;
	cbee__report_text(&r, &out);
	got("\nFunction = f_one\n" HEADER "         0 -> 1          : 2        " FULL
	    "         2 -> 3          : 1        |********************                    |\n"
	    "\ncount: 3\n"
	    "\nFunction = f,two\n" HEADER
	    "         0 -> 1          : 0        |                                        |\n"
	    "         2 -> 3          : 1        " FULL "\ncount: 1\n");
}

static void table_only(void)
{
	struct cbee__report r = start();

	what.hists = NULL;
	what.split = true;
	what.count = 1;
	cbee__report_text(&r, &out);
	got("FUNCTION     COUNT\n"
	    "f_one            3\n");
}

static void no_rows(void)
{
	struct cbee__report r = start();

	what.count = 0;
	what.summary = summary;
	cbee__report_text(&r, &out);
	got("");
	cbee__report_csv(&r, &out);
	got("");
	cbee__report_json(&r, &out);
	got("{\"time\":1700000001.500000,\"unit\":\"nsecs\",\"functions\":[]}\n");
}

static void json(void)
{
	struct cbee__report r = start();
	uint64_t dropped = 7;

	r.lost = lost;
	r.lost_arg = &dropped;
	cbee__report_json(&r, &out);
	got("{\"time\":1700000001.500000,\"unit\":\"nsecs\",\"functions\":["
	    "{\"function\":\"f_one\",\"count\":3,\"buckets\":["
	    "{\"low\":1,\"high\":1,\"count\":2},{\"low\":2,\"high\":2,\"count\":1}]},"
	    "{\"function\":\"f,two\",\"count\":1,\"buckets\":["
	    "{\"low\":2,\"high\":2,\"count\":1}]}],\"lost\":{\"records\":7}}\n");
	what.unit = NULL;
	what.rows_key = NULL;
	what.hists = NULL;
	what.count = 1;
	r.lost = NULL;
	cbee__report_json(&r, &out);
	got("{\"time\":1700000001.500000,\"rows\":[{\"function\":\"f_one\",\"count\":3}]}\n");
}

static void csv(void)
{
	struct cbee__report r = start();

	cbee__report_csv_header(&r, &out);
	cbee__report_csv(&r, &out);
	got("time,unit,function,count\n"
	    "1700000001.500000,nsecs,f_one,3\n"
	    "1700000001.500000,nsecs,\"f,two\",1\n");
	what.unit = NULL;
	what.count = 1;
	cbee__report_csv_header(&r, &out);
	cbee__report_csv(&r, &out);
	got("time,function,count\n"
	    "1700000001.500000,f_one,3\n");
}

static int render_all(void)
{
	struct cbee__report r = start();
	int err;

	what.summary = summary;
	cbee__report_text(&r, &out);
	what.split = true;
	cbee__report_text(&r, &out);
	cbee__report_json(&r, &out);
	cbee__report_csv_header(&r, &out);
	cbee__report_csv(&r, &out);
	err = out.err;
	cbee__buf_free(&out);
	return err;
}

static void no_memory(void)
{
	int err = 0;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = render_all());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("report", { "merged", merged }, { "one_row", one_row }, { "split", split },
	  { "table_only", table_only }, { "no_rows", no_rows }, { "json", json }, { "csv", csv },
	  { "no_memory", no_memory })
