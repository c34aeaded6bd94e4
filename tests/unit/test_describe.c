/* SPDX-License-Identifier: Apache-2.0 */
/* Tests help, man page sections and completion words. */
#include "declared/describe.h"

#include <errno.h>

#include "plain/buf.h"
#include "unit.h"

struct conf {
	bool help, json, time, failed;
	struct cbee_num max_args, uid, duration;
	const char *name;
	uint32_t pid;
};

static const struct cbee_opt std_opts[] = {
	CBEE_OPT('h', "help", NULL, struct conf, help, "show this help"),
	CBEE_OPT(0, "json", NULL, struct conf, json, "one JSON object a line",
		 .clash = "time failed"),
	CBEE_OPT(0, "duration", "S", struct conf, duration, "stop after S seconds", .max = 65537),
	CBEE_OPT_END,
};

static const struct cbee_opt own_opts[] = {
	CBEE_OPT('T', "time", NULL, struct conf, time, "show the time"),
	CBEE_OPT(0, "failed", NULL, struct conf, failed, "include calls that failed",
		 .clash = "json"),
	CBEE_OPT('u', "uid", "USER", struct conf, uid,
		 "this user only, by name or by number, and not those that run programs with "
		 "its rights",
		 .max = 99, .parse = cbee_parse_user),
	CBEE_OPT(0, "max-args", "N", struct conf, max_args, "at most N arguments", .min = 1,
		 .max = 64),
	CBEE_OPT('n', "name-that-is-rather-long", "EXPRESSION", struct conf, name, "like 'a\\b'"),
	CBEE_OPT(0, "pages", "N", struct conf, max_args, "of the buffer", .rare = true),
	CBEE_STD('d', "duration", NULL),
	CBEE_OPT_END,
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct conf, pid, "PID", "pid", 6, "process id"),
	CBEE_COL(struct conf, name, NULL, "exe", 6, "program file"),
	CBEE_COL(struct conf, time, "TIME(s)", NULL, 6, "since the start", .unit = "seconds",
		 .when = "time"),
	CBEE_COL_END,
};

static const struct cbee__described tool = {
	.name = "cbee-tool",
	.brief = "trace new programs",
	.page = "cbee-tool",
	.args = "[PATTERN...]",
	.examples = "cbee-tool -T\n\ncbee-tool x",
	.std = std_opts,
	.own = own_opts,
	.cols = cols,
};

static struct cbee_buf out;

static void got(const char *want)
{
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data ? out.data : "", want);
	cbee__buf_free(&out);
}

static void help(void)
{
	cbee__describe_help(&tool, &out);
	got("Usage: cbee-tool [OPTIONS...] [PATTERN...] [-- COMMAND...]\n"
	    "Trace new programs.\n"
	    "\n"
	    "  -T, --time         show the time\n"
	    "      --failed       include calls that failed\n"
	    "  -u, --uid USER     this user only, by name or by number, and not those that\n"
	    "                     run programs with its rights\n"
	    "      --max-args N   at most N arguments (1 to 64)\n"
	    "  -n, --name-that-is-rather-long EXPRESSION\n"
	    "                     like 'a\\b'\n"
	    "  -d, --duration S   stop after S seconds\n"
	    "      -- COMMAND...  run this, and trace only it and its descendants\n"
	    "Also: --pages N, -h (--help), --json. See man cbee-tool.\n"
	    "\n"
	    "Examples:\n"
	    "  cbee-tool -T\n"
	    "\n"
	    "  cbee-tool x\n");
}

static void least_help(void)
{
	const struct cbee__described least = { .name = "x", .brief = "do nothing" };

	cbee__describe_help(&least, &out);
	got("Usage: x\n"
	    "Do nothing.\n");
	UNIT_EQ(cbee__describe_man(&least, NULL, &out), 0);
	got(".SH SYNOPSIS\n"
	    "\\fBx\\fR\n"
	    ".SH OPTIONS\n"
	    ".SH FIELDS\n"
	    ".SH JSON\n");
	cbee__describe_words(&least, &out);
	got("");
}

static void commands_are_described(void)
{
	static const struct cbee_opt std[] = {
		{ .name = "json", .help = "write JSON" },
		CBEE_OPT_END,
	};
	struct cbee__described d = { .name = "x", .brief = "do nothing", .std = std };

	d.command = "run this too";
	cbee__describe_help(&d, &out);
	got("Usage: x [-- COMMAND...]\n"
	    "Do nothing.\n"
	    "\n"
	    "      -- COMMAND...  run this too\n"
	    "Also: --json.\n");
	d.command = "";
	cbee__describe_help(&d, &out);
	got("Usage: x\n"
	    "Do nothing.\n"
	    "\n"
	    "Also: --json.\n");
	UNIT_EQ(cbee__describe_man(&d, "SYNOPSIS", &out), 0);
	got(".SH SYNOPSIS\n"
	    "\\fBx\\fR\n");
}

static void lines_end_at_80(void)
{
	struct cbee__described wide = tool;
	char args[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  b";

	wide.std = wide.own = NULL;
	wide.examples = wide.page = NULL;
	wide.args = args; /* 9 and 70 bytes with "Usage: " and a space are 87 */
	cbee__describe_help(&wide, &out);
	got("Usage: cbee-tool\n"
	    "                 "
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	    "                 b\n"
	    "Trace new programs.\n");
	args[63] = ' ';
	args[64] = '\0';
	cbee__describe_help(&wide, &out);
	got("Usage: cbee-tool aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	    "Trace new programs.\n");
}

static void synopsis(void)
{
	UNIT_EQ(cbee__describe_man(&tool, "SYNOPSIS", &out), 0);
	got(".SH SYNOPSIS\n"
	    "\\fBcbee\\-tool\\fR\n"
	    "[\\fB\\-T\\fR]\n"
	    "[\\fB\\-\\-failed\\fR]\n"
	    "[\\fB\\-u\\fR\\ \\fIUSER\\fR]\n"
	    "[\\fB\\-\\-max\\-args\\fR\\ \\fIN\\fR]\n"
	    "[\\fB\\-n\\fR\\ \\fIEXPRESSION\\fR]\n"
	    "[\\fB\\-\\-pages\\fR\\ \\fIN\\fR]\n"
	    "[\\fB\\-h\\fR]\n"
	    "[\\fB\\-d\\fR\\ \\fIS\\fR]\n"
	    "[PATTERN...]\n"
	    "[\\fB\\-\\-\\fR\\ \\fICOMMAND...\\fR]\n");
}

static void options(void)
{
	UNIT_EQ(cbee__describe_man(&tool, "OPTIONS", &out), 0);
	got(".SH OPTIONS\n"
	    ".TP\n"
	    "\\fB\\-T\\fR, \\fB\\-\\-time\\fR\n"
	    "Show the time.\n"
	    ".TP\n"
	    "\\fB\\-\\-failed\\fR\n"
	    "Include calls that failed.\n"
	    "Not together with \\fB\\-\\-json\\fR.\n"
	    ".TP\n"
	    "\\fB\\-u\\fR, \\fB\\-\\-uid\\fR \\fIUSER\\fR\n"
	    "This user only, by name or by number, and not those that run programs\n"
	    "with its rights.\n"
	    ".TP\n"
	    "\\fB\\-\\-max\\-args\\fR \\fIN\\fR\n"
	    "At most N arguments (1 to 64).\n"
	    ".TP\n"
	    "\\fB\\-n\\fR, \\fB\\-\\-name\\-that\\-is\\-rather\\-long\\fR \\fIEXPRESSION\\fR\n"
	    "Like \\(aqa\\eb\\(aq.\n"
	    ".TP\n"
	    "\\fB\\-\\-pages\\fR \\fIN\\fR\n"
	    "Of the buffer.\n"
	    ".SS Standard options\n"
	    ".TP\n"
	    "\\fB\\-h\\fR, \\fB\\-\\-help\\fR\n"
	    "Show this help.\n"
	    ".TP\n"
	    "\\fB\\-\\-json\\fR\n"
	    "One JSON object a line.\n"
	    "Not together with \\fB\\-\\-time\\fR or \\fB\\-\\-failed\\fR.\n"
	    ".TP\n"
	    "\\fB\\-d\\fR, \\fB\\-\\-duration\\fR \\fIS\\fR\n"
	    "Stop after S seconds.\n"
	    ".TP\n"
	    "\\fB\\-\\-\\fR \\fICOMMAND...\\fR\n"
	    "Run this, and trace only it and its descendants.\n");
}

static void fields(void)
{
	UNIT_EQ(cbee__describe_man(&tool, "FIELDS", &out), 0);
	got(".SH FIELDS\n"
	    ".TP\n"
	    "\\fBPID\\fR\n"
	    "Process id.\n"
	    "In JSON and CSV: \\fBpid\\fR.\n"
	    ".TP\n"
	    "\\fBexe\\fR\n"
	    "Program file.\n"
	    "Only in JSON and CSV.\n"
	    ".TP\n"
	    "\\fBTIME(s)\\fR\n"
	    "Since the start (seconds).\n"
	    "Only in text.\n"
	    "Text shows it with \\fB\\-\\-time\\fR.\n");
}

static void a_short_usage_names_all(void)
{
	struct cbee__described few = tool;

	few.own = NULL;
	few.examples = NULL;
	cbee__describe_help(&few, &out);
	got("Usage: cbee-tool [-h] [PATTERN...] [-- COMMAND...]\n"
	    "Trace new programs.\n"
	    "\n"
	    "      -- COMMAND...  run this, and trace only it and its descendants\n"
	    "Also: -h (--help), --json, --duration S. See man cbee-tool.\n");
}

static void other_section(void)
{
	UNIT_EQ(cbee__describe_man(&tool, "NAME", &out), -EINVAL);
	got("");
}

static void words(void)
{
	const struct cbee__described few = { .name = "x", .brief = "x", .std = std_opts };

	cbee__describe_words(&few, &out);
	got("-h\tshow this help\n"
	    "--help\tshow this help\n"
	    "--json\tone JSON object a line\n"
	    "--duration\tstop after S seconds\n");
}

static int describe_all(void)
{
	int err;

	cbee__describe_help(&tool, &out);
	cbee__describe_man(&tool, NULL, &out);
	cbee__describe_words(&tool, &out);
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

UNIT_MAIN("describe", { "commands are described", commands_are_described }, { "help", help },
	  { "least_help", least_help }, { "lines_end_at_80", lines_end_at_80 },
	  { "synopsis", synopsis }, { "options", options }, { "fields", fields },
	  { "a_short_usage_names_all", a_short_usage_names_all },
	  { "other_section", other_section }, { "words", words }, { "no_memory", no_memory })
