/* SPDX-License-Identifier: Apache-2.0 */
/* cbee-funclatency: times functions and shows the latencies as histograms. */
#include <errno.h>

#include <cbee/tool.h>

#include "funclatency.bpf.inc.h"
#include "funclatency.h"

static struct conf {
	struct cbee_num pid, level;
	bool microseconds, milliseconds, function, regexp, kprobes;
	const char *cgroup;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT_PROCESS('p', "pid", "PID", struct conf, pid, "time this process only"),
	CBEE_STD('i', "interval", NULL),
	CBEE_STD('d', "duration", NULL),
	CBEE_STD('T', "timestamp", NULL),
	CBEE_OPT('u', "microseconds", NULL, struct conf, microseconds,
		 "show microseconds instead of nanoseconds", .clash = "milliseconds"),
	CBEE_OPT('m', "milliseconds", NULL, struct conf, milliseconds,
		 "show milliseconds instead of nanoseconds", .clash = "microseconds"),
	CBEE_OPT('F', "function", NULL, struct conf, function, "show a histogram per function"),
	CBEE_OPT('r', "regexp", NULL, struct conf, regexp,
		 "patterns are regular expressions, not globs"),
	CBEE_OPT('l', "level", "LEVEL", struct conf, level,
		 "time the outermost LEVEL of nested calls", .min = 1, .max = MAX_DEPTH),
	CBEE_OPT('c', "cgroup", "PATH", struct conf, cgroup,
		 "time processes in this cgroup and those below only", .value = CBEE_VALUE_CGROUP),
	CBEE_OPT('k', "kprobes", NULL, struct conf, kprobes,
		 "probe kernel functions by kprobes, never by fentry"),
	CBEE_OPT_END,
};

static const struct cbee_col cols[] = {
	CBEE_TALLY_COLS("FUNCTION", "the function; the rest is about its calls"),
	CBEE_COL_END,
};

static const struct cbee_loss losses[] = {
	[LOST_FOLLOW] = CBEE_LOSS_FOLLOW,
	[LOST_BUCKETS] = CBEE_LOSS_TALLY,
	[LOST_THREADS] = { "threads", "calls (too many threads at a time)" },
	[LOST_DEPTH] = { "depth", "calls (nested too deeply)" },
	[LOST_RETURNS] = { "returns", "calls whose return was not seen" },
	{ NULL, NULL },
};

/* Threads that end or run another program return from nothing any more. */
static const struct cbee_tool_probe probes[] = {
	CBEE_PROBE(NULL, CBEE_RAW_TRACEPOINT, "forget_exit", "sched_process_exit"),
	CBEE_PROBE(NULL, CBEE_RAW_TRACEPOINT, "forget_exec", "sched_process_exec"),
	CBEE_PROBE_END,
};

static const struct cbee_tool_map maps[] = { { "cgroup", "cgroup", false }, { NULL, NULL, false } };

static int check(struct cbee_run *run)
{
	if (!cbee_run_args(run)->count)
		return cbee_run_fail(run, -EINVAL, NULL, "which function? name at least one");
	if (conf.pid.given && cbee_run_has_command(run))
		return cbee_run_fail(run, -EINVAL, NULL, "--pid and a command exclude each other");
	return 0;
}

static int prepare(struct cbee_run *run)
{
	const struct cbee_list *args = cbee_run_args(run);
	struct cbee_funcs_opts how = { .regexp = conf.regexp, .pid = (int)conf.pid.value };
	int err = conf.pid.given ? cbee_run_watch(run, (int)conf.pid.value) : 0;

	for (size_t i = 0; !err && i < args->count; i++)
		err = cbee_funcs_add(cbee_run_cbee(run), args->items[i], &how);
	return err;
}

static int attach(struct cbee_run *run)
{
	struct cbee_funcs_attach how = { .entry = "entry",
					 .ret = "ret",
					 .fentry = "entry",
					 .fexit = "ret",
					 .entry_go = "entry",
					 .ret_go = "ret",
					 .end_go = "end_go",
					 .pid = (int)conf.pid.value,
					 .no_fentry = conf.kprobes };
	struct cbee *c = cbee_run_cbee(run);
	unsigned int found = cbee_funcs_count(c);
	int err = cbee_funcs_attach(c, &how);

	if (err)
		return err;
	(cbee_funcs_skipped(c) ? cbee_run_warn : cbee_run_note)(
		run, "tracing %u of %u function%s; Ctrl-C ends it", found - cbee_funcs_skipped(c),
		found, found == 1 ? "" : "s");
	return 0;
}

static unsigned int count(struct cbee_run *run)
{
	return cbee_funcs_count(cbee_run_cbee(run));
}

static const char *name(struct cbee_run *run, unsigned int i)
{
	return cbee_funcs_name(cbee_run_cbee(run), i);
}

static const struct cbee_tally tally = {
	.rows_key = "functions",
	.row_title = "Function",
	.usecs = "microseconds",
	.msecs = "milliseconds",
	.split = "function",
	.keys = count,
	.name = name,
};

static const struct cbee_tool tool = {
	.name = "funclatency",
	.brief = "time functions and show the latencies as histograms",
	.topic = "functions",
	.args = "PATTERN...",
	.values = { CBEE_VALUE_FUNC },
	.examples = "cbee-funclatency vfs_read               a kernel function\n"
		    "cbee-funclatency -u c:malloc -- ls      malloc() of libc in one command\n"
		    "cbee-funclatency -d 10 -p 181 app:work  a function of a process, 10 s\n"
		    "cbee-funclatency -F './app:ns::Cls::*'  C++ methods, one by one\n",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.probes = probes,
	.maps = maps,
	.tally = &tally,
	.bpf = funclatency_bpf,
	.bpf_name = "funclatency.bpf.c",
	.check = check,
	.prepare = prepare,
	.attach = attach,
};

int main(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
