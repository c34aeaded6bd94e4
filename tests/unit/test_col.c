/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the rendering of records by column tables. */
#include "declared/col.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "plain/buf.h"
#include "plain/json.h"
#include "declared/opt.h"
#include "plain/look.h"
#include "unit.h"

struct record {
	uint64_t ts;
	uint32_t pid;
	int16_t ret;
	int8_t tiny;
	bool ok;
	char comm[8];
	const char *path;
	struct cbee_list args;
};

static const char *const words[] = { "ls", "a b", "x\ny" };

static const struct record plain = {
	.ts = 5000000000 + 1234567890,
	.pid = 42,
	.ret = -2,
	.tiny = -128,
	.ok = true,
	.comm = "bash",
	.path = "/bin/ls",
	.args = { .items = (const char **)(uintptr_t)words, .count = 3 },
};

static void text_hex(struct cbee_run *run, struct cbee_buf *out, const void *record)
{
	(void)run;
	cbee__buf_fmt(out, "0x%x", ((const struct record *)record)->pid);
}

static void text_blank(struct cbee_run *run, struct cbee_buf *out, const void *record)
{
	(void)run;
	(void)record;
	cbee__buf_str(out, "a   ");
}

static const struct cbee_col simple[] = {
	CBEE_COL(struct record, comm, "COMM", "comm", 8, "name"),
	CBEE_COL(struct record, pid, "PID", "pid", -5, "process"),
	CBEE_COL(struct record, ret, "RET", "ret", 0, "result"),
	CBEE_COL_END,
};

static struct cbee__cols how;
static struct cbee_buf out;

static const struct cbee__cols *with(const struct cbee_col *cols)
{
	cbee__buf_free(&out);
	how = (struct cbee__cols){ .cols = cols,
				   .start_ns = 5000000000,
				   .realtime_minus_monotonic = 1700000000000000000 - 5000000000 };
	return &how;
}

static void got(const char *want)
{
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data, want);
	cbee__buf_free(&out);
}

static void check_text(const struct cbee_col *cols, const void *record, const char *want)
{
	cbee__col_text(with(cols), &out, record);
	got(want);
}

static void check_json(const struct cbee_col *cols, const void *record, const char *want)
{
	const struct cbee__cols *c = with(cols);
	struct cbee_json j;

	cbee__json_init(&j, &out);
	cbee__json_begin_object(&j, NULL);
	cbee__col_json(c, &j, record);
	cbee__json_end_object(&j);
	got(want);
}

static void check_csv(const struct cbee_col *cols, const void *record, const char *want)
{
	cbee__col_csv(with(cols), &out, record);
	got(want);
}

static void header_and_row(void)
{
	cbee__col_header(with(simple), &out);
	cbee__col_text(&how, &out, &plain);
	got("COMM       PID RET\n"
	    "bash        42 -2\n");
}

static void long_values_push(void)
{
	struct record r = plain;

	memcpy(r.comm, "12345678", 8);
	r.pid = 4000000000;
	check_text(simple, &r, "12345678 4000000000 -2\n");
}

/* A header wider than its column makes the column wider, for rows too. */
static void wide_header(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, pid, "PROCESS", "pid", 4, "process"),
		CBEE_COL(struct record, ret, "RESULT", "ret", -3, "result"),
		CBEE_COL(struct record, comm, "COMM", "comm", 16, "name"),
		CBEE_COL_END,
	};

	cbee__col_header(with(cols), &out);
	cbee__col_text(&how, &out, &plain);
	got("PROCESS RESULT COMM\n"
	    "42          -2 bash\n");
}

static void no_space_at_the_end(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, pid, "PID", "pid", 6, "process", .text = text_blank),
		CBEE_COL(struct record, path, "PATH", "path", 10, "path"),
		CBEE_COL_END,
	};
	struct record r = plain;

	r.path = NULL;
	check_text(cols, &r, "a\n");
	r.path = "";
	cbee__buf_str(&out, "before  ");
	how.cols = cols;
	cbee__col_text(&how, &out, &(struct record){ 0 });
	got("before  a\n");
}

static void integers(void)
{
	unsigned char u[32];
	const size_t sizes[] = { 1, 2, 4, 8 };
	const size_t offsets[] = { 1, 3, 5, 11 }; /* none aligned */
	struct cbee_col cols[9] = { 0 };

	memset(u, 0xff, sizeof(u));
	for (int i = 0; i < 8; i++)
		cols[i] = (struct cbee_col){ .head = "X",
					     .key = "k",
					     .type = i < 4 ? CBEE_COL_UINT : CBEE_COL_INT,
					     .offset = offsets[i % 4],
					     .size = sizes[i % 4] };
	check_text(cols, u, "255 65535 4294967295 18446744073709551615 -1 -1 -1 -1\n");
	check_csv(cols, u, "255,65535,4294967295,18446744073709551615,-1,-1,-1,-1\n");
}

static void booleans(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, ok, "OK", "ok", 4, "fine"),
		CBEE_COL(struct record, tiny, "TINY", "tiny", 4, "small"),
		CBEE_COL_END,
	};

	check_text(cols, &plain, "yes  -128\n");
	check_text(cols, &(struct record){ 0 }, "no   0\n");
	check_json(cols, &plain, "{\"ok\":true,\"tiny\":-128}");
	check_csv(cols, &plain, "true,-128\n");
}

static void strings(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, comm, "COMM", "comm", 6, "name"),
		CBEE_COL(struct record, path, "PATH", "path", 4, "path"),
		CBEE_COL(struct record, args, "ARGS", "args", 0, "words"),
		CBEE_COL_END,
	};
	struct record r = plain;

	check_text(cols, &r, "bash   /bin/ls ls a b x\\ny\n");
	check_json(cols, &r,
		   "{\"comm\":\"bash\",\"path\":\"/bin/ls\",\"args\":[\"ls\",\"a b\",\"x\\ny\"]}");
	check_csv(cols, &r, "bash,/bin/ls,ls a b x\\ny\n");
	r.path = NULL;
	r.args.count = 0;
	memcpy(r.comm, "a\tb\x1b\0zz", 7);
	check_text(cols, &r, "a\\tb\\x1b\n");
	check_json(cols, &r, "{\"comm\":\"a\\tb\\u001b\",\"path\":null,\"args\":[]}");
	check_csv(cols, &r, "a\\tb\\x1b,,\n");
}

static void escapes(void)
{
	const char text[] = "a\n\r\t\x01\x7f"
			    "b\0c";

	with(simple);
	cbee_text_add(&out, text, sizeof(text) - 1);
	got("a\\n\\r\\t\\x01\\x7f"
	    "b\\x00c");
	/* Valid characters stay, bytes that are none and U+009B do not. */
	cbee_text_add(&out, "\xc3\xa9\xff \xc2\x9b \xc2\xa9 \\", 11);
	got("\xc3\xa9\\xff \\xc2\\x9b \xc2\xa9 \\");
}

static void utf8_width(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, path, "PATH", "path", 6, "path"),
		CBEE_COL(struct record, path, "PATH", "path", -6, "path"),
		CBEE_COL(struct record, pid, "PID", "pid", 0, "process"),
		CBEE_COL_END,
	};
	struct record r = plain;

	r.path = "\xc3\xa9\xe2\x82\xac";
	check_text(cols, &r, "\xc3\xa9\xe2\x82\xac         \xc3\xa9\xe2\x82\xac 42\n");
}

static void times(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL_AS(CBEE_COL_CLOCK, struct record, ts, "TIME", "clock", 9, "time"),
		CBEE_COL_AS(CBEE_COL_SINCE, struct record, ts, "TIME(s)", "since", 9, "since"),
		CBEE_COL_AS(CBEE_COL_EPOCH, struct record, ts, "EPOCH", "time", 0, "epoch"),
		CBEE_COL_END,
	};
	struct record r = plain;

	setenv("TZ", "XXX-5:30", 1);
	tzset();
	/* 1700000000 is 22:13:20 UTC. */
	check_text(cols, &r, "03:43:21  1.234     1700000001.234567\n");
	check_json(cols, &r,
		   "{\"clock\":\"03:43:21\",\"since\":1.234567,\"time\":1700000001.234567}");
	check_csv(cols, &r, "03:43:21,1.234567,1700000001.234567\n");
	r.ts = 4999999999; /* just before the start */
	check_text(cols, &r, "03:43:19  0.000     1699999999.999999\n");
}

static void text_function(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, pid, "PID", "pid", -8, "process", .text = text_hex),
		CBEE_COL(struct record, comm, "COMM", "comm", 0, "name"),
		CBEE_COL_END,
	};

	check_text(cols, &plain, "    0x2a bash\n");
	check_json(cols, &plain, "{\"pid\":42,\"comm\":\"bash\"}");
	check_csv(cols, &plain, "0x2a,bash\n");
}

static void hidden(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, pid, "PID", NULL, 6, "process"),
		CBEE_COL(struct record, comm, NULL, "comm", 6, "name"),
		CBEE_COL(struct record, ret, "RET", "ret", 0, "result"),
		CBEE_COL_END,
	};

	cbee__col_header(with(cols), &out);
	got("PID    RET\n");
	cbee__col_csv_header(with(cols), &out);
	got("comm,ret\n");
	check_text(cols, &plain, "42     -2\n");
	check_json(cols, &plain, "{\"comm\":\"bash\",\"ret\":-2}");
	check_csv(cols, &plain, "bash,-2\n");
	cbee__col_header(with((const struct cbee_col[]){ CBEE_COL_END }), &out);
	got("\n");
}

struct conf {
	bool show;
};

static void when_given(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, comm, "COMM", "comm", 6, "name", .when = "show"),
		CBEE_COL(struct record, pid, "PID", "pid", 0, "process"),
		CBEE_COL_END,
	};
	static const struct cbee_opt opts[] = {
		CBEE_OPT('s', "show", NULL, struct conf, show, "show more"),
		CBEE_OPT_END,
	};
	struct conf conf;
	struct cbee__parsed parsed;
	const struct cbee__opts o = { .own = opts, .own_conf = &conf };
	char tool[] = "tool", show[] = "-s";

	check_text(cols, &plain, "42\n");
	check_json(cols, &plain, "{\"comm\":\"bash\",\"pid\":42}");
	UNIT_EQ(cbee__opt_parse(&o, 1, (char *[]){ tool, NULL }, &parsed, NULL), 0);
	with(cols);
	how.parsed = &parsed;
	cbee__col_header(&how, &out);
	cbee__col_title(&how, &out, &plain);
	got("PID\n42");
	cbee__parsed_free(&parsed);
	UNIT_EQ(cbee__opt_parse(&o, 2, (char *[]){ tool, show, NULL }, &parsed, NULL), 0);
	cbee__col_header(&how, &out);
	cbee__col_text(&how, &out, &plain);
	cbee__col_title(&how, &out, &plain);
	got("COMM   PID\nbash   42\nbash");
	cbee__parsed_free(&parsed);
}

static void csv_quotes(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, path, "PATH", "a,b", 6, "path"),
		CBEE_COL(struct record, comm, "COMM", "c\"d", 6, "name"),
		CBEE_COL_END,
	};
	struct record r = plain;

	cbee__col_csv_header(with(cols), &out);
	got("\"a,b\",\"c\"\"d\"\n");
	r.path = "\"";
	memcpy(r.comm, "a\"\"b,", 6);
	check_csv(cols, &r, "\"\"\"\",\"a\"\"\"\"b,\"\n");
	r.path = "";
	r.comm[0] = '\0';
	check_csv(cols, &r, ",\n");
}

static int render_all(void)
{
	struct cbee_json j;
	int err;

	with(simple);
	cbee__json_init(&j, &out);
	for (int i = 0; i < 9; i++) {
		cbee__col_header(&how, &out);
		cbee__col_text(&how, &out, &plain);
		cbee__col_csv(&how, &out, &plain);
		cbee__col_json(&how, &j, &plain);
	}
	err = out.err;
	cbee__buf_free(&out);
	return err;
}

/* Every cut of the memory: the in-place steps must not touch what is not there. */
static void no_memory(void)
{
	static const struct cbee_col cols[] = {
		CBEE_COL(struct record, comm, "COMM", "comm", -300, "name"),
		CBEE_COL(struct record, path, "PATH", "path", 300, "path"),
		CBEE_COL_END,
	};
	struct record r = plain;
	char marks[200];
	int err = 0;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = render_all());
	UNIT_EQ(err, 0);
	memset(marks, '"', sizeof(marks));
	marks[199] = '\0';
	r.path = marks;
	UNIT_EACH_ALLOC(err, -ENOMEM, {
		cbee__col_text(with(cols), &out, &r);
		cbee__col_csv(&how, &out, &r);
		err = out.err;
	});
	UNIT_EQ(err, 0);
	cbee__buf_free(&out);
}

/* ---- on terminals ---- */

static const struct cbee_col wide[] = {
	CBEE_COL(struct record, comm, "COMM", "comm", 8, "name"),
	CBEE_COL(struct record, ret, "RET", "ret", -3, "result", .failure = true),
	CBEE_COL(struct record, ts, "TIME", "time", -9, "amount", .amount = true),
	CBEE_COL(struct record, args, "ARGS", "args", 0, "what", .wrap = true),
	CBEE_COL_END,
};

static struct cbee__look terminal;

/* What header and record become on a terminal of so many columns. */
static const char *on_terminal(const struct cbee_col *table, const struct record *r,
			       unsigned int columns)
{
	terminal.width = columns;
	how.cols = table;
	cbee__buf_reset(&out);
	out.look = &terminal;
	cbee__col_header(&how, &out);
	cbee__col_text(&how, &out, r);
	out.look = NULL;
	return out.data;
}

static void terminals_wrap(void)
{
	static const char *const many[] = { "/bin/echo", "one", "two", "thirteen-and-more", "x" };
	struct record r = plain;

	r.args = (struct cbee_list){ .items = (const char **)(uintptr_t)many, .count = 5 };
	r.ts = 1234567;
	terminal = (struct cbee__look){ .utf8 = true };
	UNIT_STR(on_terminal(wide, &r, 80), "COMM     RET      TIME ARGS\n"
					    "bash      -2 1,234,567 /bin/echo one two "
					    "thirteen-and-more x\n");
	UNIT_STR(on_terminal(wide, &r, 37), "COMM     RET      TIME ARGS\n"
					    "bash      -2 1,234,567 /bin/echo one\n"
					    "                       two\n"
					    "                       thirteen-and-m\n"
					    "                       ore x\n");
	/* too narrow: the terminal does it */
	UNIT_STR(on_terminal(wide, &r, 30), "COMM     RET      TIME ARGS\n"
					    "bash      -2 1,234,567 /bin/echo one two "
					    "thirteen-and-more x\n");
	r.ts = 12345678;
	CU_ASSERT(strstr(on_terminal(wide, &r, 80), " 12345678 /bin") != NULL);
}

static void terminals_have_colors(void)
{
	struct record r = plain;

	r.args.count = 1;
	r.ts = 1;
	terminal = (struct cbee__look){ .color = true };
	UNIT_STR(on_terminal(wide, &r, 0), "\033[1mCOMM     RET      TIME ARGS\033[0m\n"
					   "bash     \033[31m -2\033[0m         1 ls\n");
	UNIT_STR(on_terminal(wide, &r, 80), "\033[1mCOMM     RET      TIME ARGS\033[0m\n"
					    "bash     \033[31m -2\033[0m         1 ls\n");
	r.ret = 0;
	CU_ASSERT(strstr(on_terminal(wide, &r, 80), "bash       0         1 ls\n") != NULL);
}

static const struct cbee_col table[] = {
	CBEE_COL(struct record, path, "NAME", "name", 10, "name"),
	CBEE_COL(struct record, ts, "SUM", "sum", -8, "amount", .amount = true),
	CBEE_COL_END,
};

/* A table as reports write it. */
static const char *as_table(const struct record *rows, size_t count, unsigned int columns)
{
	struct cbee__fit fit = { rows, sizeof(*rows), count };

	terminal.width = columns;
	how.cols = table;
	cbee__buf_reset(&out);
	out.look = columns ? &terminal : NULL;
	cbee__col_fit(&how, &out, &fit);
	cbee__col_header(&how, &out);
	for (size_t i = 0; i < count; i++)
		cbee__col_text(&how, &out, &rows[i]);
	out.look = NULL;
	memset(how.fit, 0, sizeof(how.fit));
	how.plain = false;
	return out.data;
}

static void tables_fit_terminals(void)
{
	static const struct record rows[] = { { .path = "short", .ts = 1234567890 },
					      { .path = "a-name-of-length-20!", .ts = 1 } };

	terminal = (struct cbee__look){ .utf8 = true };
	UNIT_STR(as_table(rows, 2, 80), "NAME                           SUM\n"
					"short                1,234,567,890\n"
					"a-name-of-length-20!             1\n");
	UNIT_STR(as_table(rows, 2, 25), "NAME                  SUM\n"
					"short       1,234,567,890\n"
					"a-name-of-\u2026             1\n");
	UNIT_STR(as_table(rows, 2, 21), "NAME              SUM\n"
					"short      1234567890\n"
					"a-name-of\u2026          1\n");
	terminal.utf8 = false;
	UNIT_STR(as_table(rows, 2, 10), "NAME            SUM\n"
					"short    1234567890\n"
					"a-name->          1\n");
	UNIT_STR(as_table(rows, 2, 0), "NAME            SUM\n"
				       "short      1234567890\n"
				       "a-name-of-length-20!        1\n");
}

static void terminals_survive_failing_allocations(void)
{
	struct record r = plain;

	terminal = (struct cbee__look){ .color = true };
	UNIT_EACH_ALLOC(out.err, -ENOMEM, {
		cbee__buf_free(&out);
		on_terminal(wide, &r, 40);
	});
	/* widths that cannot be found out are those of the table */
	for (int nth = 1, failed = 1; failed; nth++) {
		cbee__buf_free(&out);
		unit_fail_alloc(nth);
		as_table(&r, 1, 14);
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		CU_ASSERT(out.err == -ENOMEM || (failed ? out.len > 0 : out.len > 30));
	}
	cbee__buf_free(&out);
}

UNIT_MAIN("col", { "terminals wrap", terminals_wrap },
	  { "terminals have colours", terminals_have_colors },
	  { "tables fit terminals", tables_fit_terminals },
	  { "terminals survive failing allocations", terminals_survive_failing_allocations },
	  { "header_and_row", header_and_row }, { "long_values_push", long_values_push },
	  { "wide_header", wide_header }, { "no_space_at_the_end", no_space_at_the_end },
	  { "integers", integers }, { "booleans", booleans }, { "strings", strings },
	  { "escapes", escapes }, { "utf8_width", utf8_width }, { "times", times },
	  { "text_function", text_function }, { "hidden", hidden }, { "when_given", when_given },
	  { "csv_quotes", csv_quotes }, { "no_memory", no_memory })
