/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the words of a command line can become. */
#include "complete/complete.h"

#include <unistd.h>

#include "declared/opt.h"
#include "plain/buf.h"
#include "scratch.h"
#include "unit.h"

struct conf {
	bool json, csv, time, all;
	struct cbee_num pid, level;
	const char *file, *headers;
	struct cbee_list probes;
};

static const struct cbee_opt std_opts[] = {
	CBEE_OPT(0, "json", NULL, struct conf, json, "write JSON", .clash = "csv"),
	CBEE_OPT(0, "csv", NULL, struct conf, csv, "write CSV", .clash = "json"),
	CBEE_OPT_END,
};

static const struct cbee_opt own_opts[] = {
	CBEE_OPT('T', "time", NULL, struct conf, time, "show the time", .clash = "pid"),
	CBEE_OPT('a', "all", NULL, struct conf, all, "show all"),
	CBEE_OPT('p', "pid", "PID", struct conf, pid, "this process", .value = CBEE_VALUE_PROCESS),
	CBEE_OPT('l', "level", "N", struct conf, level, "so deep"),
	CBEE_OPT('f', "file", "PATH", struct conf, file, "this file", .value = CBEE_VALUE_FILE),
	CBEE_OPT(0, "headers", "WHICH", struct conf, headers, "these", .words = "auto btf kernel"),
	CBEE_OPT(0, "kind", "NAME=FN", struct conf, probes, "there", .value = CBEE_VALUE_MAP_KIND),
	CBEE_STD('j', "json", NULL),
	CBEE_OPT_END,
};

static struct conf conf;
static const struct cbee__opts opts = { std_opts, &conf, own_opts, &conf };
static struct cbee_tool tool = {
	.name = "tool",
	.args = "[list|clear] FILE",
	.opts = own_opts,
	.values = { CBEE_VALUE_OTHER, CBEE_VALUE_FILE },
};
static struct cbee__completed how = { &tool, &opts, "a command follows" };
static struct cbee_buf out;

/* Completes the last of the words, which blanks separate. */
static const char *of(const char *line)
{
	char copy[256], *words[16], *at = copy;
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	do
		words[count++] = strsep(&at, " ");
	while (at);
	cbee__buf_reset(&out);
	cbee__complete(&how, words, count, &out);
	return out.data ? out.data : "";
}

static void options(void)
{
	UNIT_STR(of("--"), "--time\tshow the time\n--all\tshow all\n--pid\tthis process\n"
			   "--level\tso deep\n--file\tthis file\n--headers\tthese\n"
			   "--kind\tthere\n--json\twrite JSON\n--csv\twrite CSV\n"
			   "--\ta command follows\n");
	UNIT_STR(of("--p"), "--pid\tthis process\n");
	UNIT_STR(of("--x"), "");
	CU_ASSERT(!strncmp(of("-"), "-T\tshow the time\n-a\t", 20));
	CU_ASSERT(strstr(of("-"), "\n-j\twrite JSON\n--time\t") != NULL);
	how.command = NULL;
	CU_ASSERT(strstr(of("--"), "\n--\t") == NULL);
	how.command = "a command follows";
}

static void what_would_be_refused_is_out(void)
{
	UNIT_STR(of("--json --cs"), "");
	UNIT_STR(of("-j --cs"), "");
	UNIT_STR(of("--csv --js"), "");
	UNIT_STR(of("-p 1 --ti"), "");
	UNIT_STR(of("-p1 --ti"), "");
	UNIT_STR(of("--time --pi"), "");
	UNIT_STR(of("--all --al"), "");
	UNIT_STR(of("--al --al"), "");
	UNIT_STR(of("-Ta --al"), "");
	UNIT_STR(of("--kind x=y --ki"), "--kind\tthere\n");
	UNIT_STR(of("--l --al"), ""); /* is the value of --level */
}

static void letters_go_together(void)
{
	UNIT_STR(of("-aj"), "-aj\t\n-ajT\tshow the time\n-ajp\tthis process\n"
			    "-ajl\tso deep\n-ajf\tthis file\n");
}

static void values(void)
{
	UNIT_STR(of("--headers "), "auto\t\nbtf\t\nkernel\t\n");
	UNIT_STR(of("--headers=b"), "--headers=btf\t\n");
	UNIT_STR(of("--hea=b"), "--hea=btf\t\n");
	UNIT_STR(of("--headers -"), "");
	UNIT_STR(of("--level "), "");
	UNIT_STR(of("--json=x"), "");
	UNIT_STR(of("--none=x"), "");
	UNIT_STR(of("--kind lru_percpu"), "lru_percpu_hash=\t\n");
	UNIT_STR(of("--kind=lru_percpu"), "--kind=lru_percpu_hash=\t\n");
	UNIT_STR(of("--kind hash=h"), "");
	scratch_make();
	scratch_put("sub/name.c", "x");
	UNIT_EQ(chdir(scratch), 0);
	UNIT_STR(of("-f "), "sub/\tfolder\n");
	UNIT_STR(of("-f sub/"), "sub/name.c\t\n");
	UNIT_STR(of("-af sub/n"), "sub/name.c\t\n");
	UNIT_STR(of("-afsub/n"), "-afsub/name.c\t\n");
	UNIT_STR(of("--file=sub/n"), "--file=sub/name.c\t\n");
	UNIT_EQ(chdir("/"), 0);
	scratch_remove();
}

static void positionals(void)
{
	UNIT_STR(of(""), "clear\t\nlist\t\n");
	UNIT_STR(of("-a -p 1 c"), "clear\t\n");
	UNIT_STR(of("list /etc/os-r"), "/etc/os-release\t\n");
	UNIT_STR(of("list - /etc/passw"), "");
	UNIT_STR(of("list /etc/passwd /etc/passw"), "");
	tool.args = "[list|clear]...";
	UNIT_STR(of("list clear cl"), "clear\t\n");
	tool.args = "[list|clear] [-- FLAG...]";
	UNIT_STR(of("list /etc/passwd cl"), "");
	tool.args = NULL;
	UNIT_STR(of("cl"), "");
	CU_ASSERT(strstr(of(""), "--pid\t") != NULL); /* better than nothing */
	tool.args = "[list|clear] FILE";
}

static void commands(void)
{
	CU_ASSERT(strstr(of("-- tru"), "true\t/") != NULL);
	UNIT_STR(of("-- /bin/tru"), "/bin/true\t\n/bin/truncate\t\n");
	UNIT_STR(of("-- ls /etc/os-r"), "/etc/os-release\t\n");
	UNIT_STR(of("-- ls --"), "");
	how.command = NULL;
	UNIT_STR(of("-- tru"), "");
	how.command = "a command follows";
}

/* Nothing, or all: half of an answer would mislead. */
static void survives_failing_allocations(void)
{
	static const char *const lines[] = { "--", "--headers=b", "-f /et", "-- tru", "--kind h" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *want = strdup(of(lines[i]));
		int nth = 0, failed;

		do {
			cbee__buf_free(&out);
			unit_fail_alloc(++nth);
			of(lines[i]);
			failed = unit_alloc_failed();
			unit_fail_alloc(0);
			if (!failed)
				UNIT_STR(out.data, want);
		} while (failed);
		CU_ASSERT(nth > 2);
		free(want);
	}
}

static void end(void)
{
	cbee__buf_free(&out);
}

UNIT_MAIN("complete", { "options", options },
	  { "what would be refused is out", what_would_be_refused_is_out },
	  { "letters go together", letters_go_together }, { "values", values },
	  { "positionals", positionals }, { "commands", commands },
	  { "survives failing allocations", survives_failing_allocations }, { "end", end })
