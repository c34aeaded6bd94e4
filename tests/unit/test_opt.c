/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the command line. */
#include "declared/opt.h"

#include <errno.h>
#include <limits.h>

#include "plain/err.h"
#include "unit.h"

struct std_conf {
	bool json, csv, help;
	struct cbee_num duration;
};

struct conf {
	bool time, failed;
	struct cbee_num uid, max_args, delta;
	const char *name;
	struct cbee_list pids;
};

static struct std_conf sc;
static struct conf conf;
static struct cbee__parsed parsed;
static struct cbee_err err;

static int parse_user(const char *text, long long *ret)
{
	if (!strcmp(text, "nomem"))
		return -ENOMEM;
	if (!strcmp(text, "bad"))
		return -EINVAL;
	if (strcmp(text, "root"))
		return -ENOENT;
	*ret = 0;
	return 0;
}

static const struct cbee_opt std_opts[] = {
	CBEE_OPT('h', "help", NULL, struct std_conf, help, "show this help"),
	CBEE_OPT(0, "json", NULL, struct std_conf, json, "one JSON object a line", .clash = "csv"),
	CBEE_OPT(0, "csv", NULL, struct std_conf, csv, "comma separated values"),
	CBEE_OPT(0, "duration", "S", struct std_conf, duration, "stop after S seconds", .min = 1,
		 .max = 100),
	CBEE_OPT_END,
};

static const struct cbee_opt own_opts[] = {
	CBEE_OPT('T', "time", NULL, struct conf, time, "show the time"),
	CBEE_OPT('x', "failed", NULL, struct conf, failed, "include failures",
		 .clash = "nothing time"),
	CBEE_OPT('u', "uid", "USER", struct conf, uid, "this user only", .parse = parse_user),
	CBEE_OPT(0, "max-args", "N", struct conf, max_args, "at most N arguments"),
	CBEE_OPT('D', "delta", "N", struct conf, delta, "may be negative", .min = LLONG_MIN),
	CBEE_OPT('n', "name", "NAME", struct conf, name, "this name only"),
	CBEE_OPT('p', "pid", "PID", struct conf, pids, "this process"),
	CBEE_STD('d', "duration", "run for S seconds"),
	CBEE_OPT_END,
};

static const struct cbee__opts both = { std_opts, &sc, own_opts, &conf };

/* Parses a copy of @argv, because the result points into it. */
static int run(const struct cbee__opts *o, const char *const *argv)
{
	static const char *copy[256];
	int argc = 0;

	cbee__parsed_free(&parsed);
	cbee__err_clear(&err);
	memset(&sc, 0, sizeof(sc));
	memset(&conf, 0, sizeof(conf));
	for (; argv[argc]; argc++)
		copy[argc] = argv[argc];
	copy[argc] = NULL;
	return cbee__opt_parse(o, argc, (char **)copy, &parsed, &err);
}

#define RUN(...) run(&both, (const char *[]){ "tool", ##__VA_ARGS__, NULL })

#define REFUSED(sentence, ...)                       \
	do {                                         \
		UNIT_EQ(RUN(__VA_ARGS__), -EINVAL);  \
		UNIT_STR(err.text, sentence);        \
		UNIT_EQ(parsed.row_count, 0);        \
		CU_ASSERT_PTR_NULL(conf.pids.items); \
	} while (0)

static void done(void)
{
	cbee__parsed_free(&parsed);
	cbee__err_clear(&err);
	CU_ASSERT_PTR_NULL(conf.pids.items);
}

static void nothing(void)
{
	UNIT_EQ(RUN(), 0);
	CU_ASSERT(!conf.time && !conf.uid.given && !conf.name && !conf.pids.count);
	UNIT_EQ(parsed.args.count, 0);
	UNIT_EQ(parsed.command_count, 0);
	CU_ASSERT_PTR_NULL(parsed.command);
	UNIT_EQ(parsed.row_count, 11);
	done();
	cbee__parsed_free(NULL);
}

static void flags(void)
{
	UNIT_EQ(RUN("-T", "--json"), 0);
	CU_ASSERT(conf.time && sc.json && !conf.failed && !sc.csv);
	CU_ASSERT(cbee__opt_given(&parsed, "time"));
	CU_ASSERT(cbee__opt_given(&parsed, "json"));
	CU_ASSERT(!cbee__opt_given(&parsed, "csv"));
	CU_ASSERT(!cbee__opt_given(&parsed, "tim"));
	CU_ASSERT(!cbee__opt_given(&parsed, "times"));
	UNIT_EQ(RUN("-hTn", "x"), 0);
	CU_ASSERT(sc.help && conf.time);
	UNIT_STR(conf.name, "x");
	done();
}

static void values(void)
{
	UNIT_EQ(RUN("-nfoo", "--max-args=20", "-D", "-5", "--duration", "3"), 0);
	UNIT_STR(conf.name, "foo");
	CU_ASSERT(conf.max_args.given && conf.max_args.value == 20);
	CU_ASSERT(conf.delta.given && conf.delta.value == -5);
	UNIT_EQ(sc.duration.value, 3);
	UNIT_EQ(RUN("--max-args", "9223372036854775807", "-D-9223372036854775808"), 0);
	UNIT_EQ(conf.max_args.value, LLONG_MAX);
	UNIT_EQ(conf.delta.value, LLONG_MIN);
	UNIT_EQ(RUN("--max-args", "1", "--max-args", "007"), 0);
	UNIT_EQ(conf.max_args.value, 7);
	UNIT_EQ(RUN("-u", "root"), 0);
	CU_ASSERT(conf.uid.given && conf.uid.value == 0);
	UNIT_EQ(RUN("-n", "--", "--name=", "x"), 0);
	UNIT_STR(conf.name, "");
	UNIT_EQ(parsed.args.count, 1);
	done();
}

static void lists(void)
{
	const char *argv[202] = { "tool" };

	for (int i = 1; i < 201; i++)
		argv[i] = i % 2 ? "-p" : "12";
	UNIT_EQ(run(&both, argv), 0);
	UNIT_EQ(conf.pids.count, 100);
	UNIT_STR(conf.pids.items[0], "12");
	UNIT_STR(conf.pids.items[99], "12");
	done();
}

static void positionals(void)
{
	UNIT_EQ(RUN("a", "-T", "-", "b"), 0);
	CU_ASSERT(conf.time);
	UNIT_EQ(parsed.args.count, 3);
	UNIT_STR(parsed.args.items[0], "a");
	UNIT_STR(parsed.args.items[1], "-");
	UNIT_STR(parsed.args.items[2], "b");
	done();
}

static void commands(void)
{
	UNIT_EQ(RUN("a", "--", "ls", "-T", "--", "x"), 0);
	CU_ASSERT(!conf.time);
	UNIT_EQ(parsed.args.count, 1);
	UNIT_EQ(parsed.command_count, 4);
	UNIT_STR(parsed.command[0], "ls");
	UNIT_STR(parsed.command[2], "--");
	CU_ASSERT_PTR_NULL(parsed.command[4]);
	/* The value of an option is not the end of the options. */
	UNIT_EQ(RUN("-n", "--", "-T", "--", "ls"), 0);
	UNIT_STR(conf.name, "--");
	CU_ASSERT(conf.time);
	UNIT_EQ(parsed.command_count, 1);
	UNIT_EQ(RUN("a", "-n", "--"), 0);
	UNIT_EQ(parsed.command_count, 0);
	REFUSED("-- needs a command to run behind it", "a", "--");
	REFUSED("-- needs a command to run behind it", "--");
	done();
}

static void unknown(void)
{
	REFUSED("unknown option '--jsn'; did you mean '--json'?", "--jsn");
	REFUSED("unknown option '--max-arsg'; did you mean '--max-args'?", "--max-arsg=3");
	REFUSED("unknown option '--wrong'", "--wrong");
	REFUSED("unknown option '-z'", "-z");
	REFUSED("unknown option '-z'", "-Tz");
	REFUSED("unknown option '-\\xc3'", "-\xc3\xa9");
	REFUSED("option '--d' could be '--delta' or '--duration'", "--d");
	REFUSED("unknown option '--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
		"--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	done();
}

static void prefixes(void)
{
	UNIT_EQ(RUN("--js", "--max=3"), 0);
	CU_ASSERT(sc.json);
	UNIT_EQ(conf.max_args.value, 3);
	done();
}

static void missing_values(void)
{
	REFUSED("-u needs a value: USER", "-u");
	REFUSED("--max-args needs a value: N", "--max-args");
	REFUSED("-d needs a value: S", "-Td");
	REFUSED("--time takes no value: '--time=3'", "--time=3");
	done();
}

static void numbers(void)
{
	REFUSED("--max-args takes a number, not 'x'", "--max-args", "x");
	REFUSED("--max-args takes a number, not ''", "--max-args=");
	REFUSED("--max-args takes a number, not '1x'", "--max-args", "1x");
	REFUSED("--max-args takes a number, not ' 1'", "--max-args", " 1");
	REFUSED("--max-args takes a number, not '0x10'", "--max-args", "0x10");
	REFUSED("--max-args takes a number, not '+1'", "--max-args", "+1");
	REFUSED("-D takes a number, not '-'", "-D", "-");
	REFUSED("-D takes a number, not '--1'", "-D", "--1");
	done();
}

static void ranges(void)
{
	REFUSED("--max-args takes a number from 0 up, not '-1'", "--max-args", "-1");
	REFUSED("--max-args takes a number from 0 to 9223372036854775807, not "
		"'9223372036854775808'",
		"--max-args", "9223372036854775808");
	REFUSED("-d takes a number from 1 to 100, not '0'", "-d0");
	REFUSED("--duration takes a number from 1 to 100, not '101'", "--duration=101");
	REFUSED("-d takes a number from 1 to 100, not '99999999999999999999'", "-d",
		"99999999999999999999");
	UNIT_EQ(RUN("-d1"), 0);
	UNIT_EQ(RUN("-d100"), 0);
	done();
}

static void own_parse(void)
{
	REFUSED("-u takes USER, and 'bob' is none: No such file or directory", "-u", "bob");
	REFUSED("--uid takes USER, and 'bad' is none", "--uid=bad");
	UNIT_EQ(RUN("-p", "1", "-u", "nomem"), -ENOMEM);
	UNIT_STR(err.text, "out of memory");
	CU_ASSERT_PTR_NULL(conf.pids.items);
	done();
}

static void clashes(void)
{
	REFUSED("--json and --csv exclude each other", "--csv", "--json");
	REFUSED("--failed and --time exclude each other", "-T", "-x", "-p", "1", "a");
	UNIT_EQ(RUN("--csv", "-T"), 0);
	done();
}

static bool has(const char *name, char letter, const char *help, bool standard)
{
	struct cbee__opt_row row;
	size_t pos = 0;

	while (cbee__opt_next(&both, &pos, &row))
		if (!strcmp(row.opt.name, name))
			return row.opt.letter == letter && !strcmp(row.opt.help, help) &&
			       row.standard == standard;
	return false;
}

static void tables_merge(void)
{
	CU_ASSERT(has("duration", 'd', "run for S seconds", true));
	CU_ASSERT(has("json", 0, "one JSON object a line", true));
	CU_ASSERT(has("time", 'T', "show the time", false));
}

/* What the tracer says wins: the whole row, or just the letter. */
static void own_rows_win(void)
{
	static const struct cbee_opt own[] = {
		CBEE_OPT('h', "hex", NULL, struct conf, time, "in hex"),
		CBEE_OPT('j', "json", "FILE", struct conf, name, "into FILE"),
		CBEE_OPT_END,
	};
	const struct cbee__opts o = { std_opts, &sc, own, &conf };

	UNIT_EQ(run(&o, (const char *[]){ "tool", "-h", "-jx", NULL }), 0);
	UNIT_EQ(parsed.row_count, 5);
	CU_ASSERT(conf.time && !sc.help && !sc.json);
	UNIT_STR(conf.name, "x");
	UNIT_EQ(run(&o, (const char *[]){ "tool", "--help", NULL }), 0);
	CU_ASSERT(sc.help && !conf.time);
	done();
}

static void one_table(void)
{
	const struct cbee__opts std = { std_opts, &sc, NULL, NULL };
	const struct cbee__opts own = { NULL, NULL, own_opts, &conf };
	const struct cbee__opts none = { 0 };

	UNIT_EQ(run(&std, (const char *[]){ "tool", "-h", NULL }), 0);
	CU_ASSERT(sc.help);
	UNIT_EQ(run(&own, (const char *[]){ "tool", "-T", NULL }), 0);
	CU_ASSERT(conf.time);
	UNIT_EQ(run(&own, (const char *[]){ "tool", "-d1", NULL }), -EINVAL);
	UNIT_EQ(run(&none, (const char *[]){ "tool", "x", NULL }), 0);
	UNIT_EQ(parsed.args.count, 1);
	UNIT_EQ(run(&none, (const char *[]){ NULL }), 0);
	UNIT_EQ(parsed.args.count, 0);
	done();
}

static int write_const(void *arg, const char *name, uint64_t value)
{
	char *to = arg;

	sprintf(to + strlen(to), "%s=%lld ", name, (long long)value);
	return strcmp(name, "uid_given") ? 1 : conf.failed ? -EIO : 0;
}

static void constants(void)
{
	char text[500] = "";

	UNIT_EQ(RUN("-T", "--max-args", "7", "-D-2", "-nx", "-p1"), 0);
	UNIT_EQ(cbee__opt_each_const(&parsed, write_const, text), 0);
	UNIT_STR(text, "time=1 failed=0 uid=0 uid_given=0 max_args=7 max_args_given=1 "
		       "delta=-2 delta_given=1 name_given=1 help=0 json=0 csv=0 duration=0 "
		       "duration_given=0 ");
	text[0] = '\0';
	conf.failed = true;
	UNIT_EQ(cbee__opt_each_const(&parsed, write_const, text), -EIO);
	UNIT_STR(text, "time=1 failed=1 uid=0 uid_given=0 ");
	done();
}

static void again_and_again(void)
{
	UNIT_EQ(RUN("-T", "a", "--", "b"), 0);
	UNIT_EQ(RUN("-Tq"), -EINVAL);
	UNIT_EQ(RUN("-x", "a"), 0);
	CU_ASSERT(conf.failed && !conf.time);
	UNIT_EQ(parsed.args.count, 1);
	UNIT_STR(parsed.args.items[0], "a");
	done();
}

static void no_memory(void)
{
	int code = 0;

	UNIT_EACH_ALLOC(code, -ENOMEM,
			code = RUN("a", "-p1", "b", "-p2", "c", "--json", "-d1", "--", "x"));
	UNIT_EQ(code, 0);
	UNIT_EQ(conf.pids.count, 2);
	UNIT_EQ(parsed.args.count, 3);
	done();
}

UNIT_MAIN("opt", { "nothing", nothing }, { "flags", flags }, { "values", values },
	  { "lists", lists }, { "positionals", positionals }, { "commands", commands },
	  { "unknown", unknown }, { "prefixes", prefixes }, { "missing_values", missing_values },
	  { "numbers", numbers }, { "ranges", ranges }, { "own_parse", own_parse },
	  { "clashes", clashes }, { "tables_merge", tables_merge },
	  { "own_rows_win", own_rows_win }, { "one_table", one_table }, { "constants", constants },
	  { "again_and_again", again_and_again }, { "no_memory", no_memory })
