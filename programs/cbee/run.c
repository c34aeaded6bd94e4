/* SPDX-License-Identifier: Apache-2.0 */
/* cbee run: compiles BPF text, attaches it and shows what it finds. */
#include <errno.h>
#include <string.h>

#include "cbee.h"

static struct asked conf;
static struct streams streams; /* of what is run, and there is one run */
static bool prints;	       /* it calls bpf_trace_printk() */

#define AT(name, kind, v, arg, help) \
	CBEE_OPT(0, name, arg, struct asked, probes[CBEE_##kind], help, .value = CBEE_VALUE_##v)

/* The first rows in the order of asked_wrong(). */
const struct cbee_opt run_options[] = {
	AT("kprobe", KPROBE, KFUNC, "SYMBOL=FN", "run FN when the kernel calls SYMBOL"),
	AT("kretprobe", KRETPROBE, KFUNC, "SYMBOL=FN", "run FN when SYMBOL returns"),
	AT("fentry", FENTRY, KFUNC, "SYMBOL=FN", "as --kprobe, by fentry"),
	AT("fexit", FEXIT, KFUNC, "SYMBOL=FN", "as --kretprobe, by fexit"),
	AT("uprobe", UPROBE, UFUNC, "PATH:SYMBOL=FN", "run FN when the program calls SYMBOL"),
	AT("uretprobe", URETPROBE, UFUNC, "PATH:SYMBOL=FN", "run FN when SYMBOL returns"),
	AT("tracepoint", TRACEPOINT, TRACEPOINT, "CATEGORY:EVENT=FN", "run FN at a tracepoint"),
	AT("raw-tracepoint", RAW_TRACEPOINT, EVENT, "EVENT=FN", "run FN at a raw tracepoint"),
	AT("profile", PERF_EVENT, OTHER, "HZ=FN", "run FN on every CPU so often in a second"),
	CBEE_OPT(0, "usdt", "PATH:PROVIDER:NAME=FN", struct asked, usdt,
		 "run FN at a probe of its own; PROVIDER: and, with --pid, PATH may be left out",
		 .value = CBEE_VALUE_USDT),
	CBEE_OPT(0, "const", "NAME=VALUE", struct asked, consts,
		 "what the text reads as OPT(NAME); 0 unless given"),
	CBEE_OPT(0, "tail-call", "MAP:INDEX=FN", struct asked, tails,
		 "have tail calls through entry INDEX of the prog array MAP run FN"),
	CBEE_OPT_PROCESS('p', "pid", "PID", struct asked, pid, "of programs, probe this one only"),
	CBEE_OPT_END,
};

static int check(struct cbee_run *run)
{
	size_t files = cbee_run_args(run)->count;
	const char *wrong;
	int row;

	if (files != 1)
		return cbee_run_fail(run, -EINVAL, "FILE is - for stdin; a command goes behind --",
				     files ? "one file at a time" : "which file is to be run?");
	wrong = asked_wrong(&conf, &row);
	if (wrong)
		return cbee_run_fail(run, -EINVAL, NULL, "--%s is %s, not '%.100s'",
				     run_options[row].name, run_options[row].arg, wrong);
	return 0;
}

/* The run ends with the process that it is about. The text needs to know the probes it reads. */
static int prepare(struct cbee_run *run)
{
	int err = conf.pid.given ? cbee_run_watch(run, (int)conf.pid.value) : 0;

	return err ? err : asked_bind(&conf, cbee_run_cbee(run));
}

static int source(struct cbee_run *run, struct cbee_source *source)
{
	source->file = cbee_run_args(run)->items[0];
	if (!strcmp(source->file, "-"))
		source->name = "stdin";
	return 0;
}

/* What is to be there before the first probe fires. */
static int listen(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	int err = streams_open(&streams, run);

	prints = cbee_trace_used(c);
	return !err && prints ? cbee_trace_open(c) : err;
}

static int attach(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	unsigned int named = 0, asked = 0;
	int err = asked_consts(&conf, c);

	if (!err)
		err = listen(run);
	if (!err)
		err = cbee_attach_auto(c, &named);
	if (!err)
		err = asked_attach(&conf, c, &asked);
	if (!err) /* now that programs of their kind use the arrays */
		err = tails_fill(&conf.tails, c);
	if (!err && !named && !asked)
		return cbee_run_fail(run, -EINVAL,
				     "give an option such as --uprobe PATH:SYMBOL=FN, or name a "
				     "function kprobe__SYMBOL",
				     "there is nothing to attach to");
	if (!err)
		cbee_run_note(run, "attached %u probe%s%s", named + asked,
			      named + asked == 1 ? "" : "s",
			      cbee_run_has_command(run) ? "" : "; Ctrl-C ends");
	return err;
}

static int deliver(struct cbee_run *run)
{
	int err = streams_error(&streams);

	return !err && prints ? messages_show(run) : err;
}

static int report(struct cbee_run *run)
{
	return maps_show(run, &streams);
}

/* Nothing of what cbee_tool_main() attaches by itself. */
static const struct cbee_tool_probe none[] = { CBEE_PROBE_END };

static const struct cbee_tool tool = {
	.name = "run",
	.command = "cbee run",
	.brief = "compile BPF text, attach it and show what it finds",
	.json = json_run,
	.args = "FILE",
	.values = { CBEE_VALUE_FILE },
	.examples = "cbee run hello.c                      attach what function names say\n"
		    "cbee run --uprobe ./a:f=hit count.c -- ./a\n"
		    "cbee run --usdt ./a:hit=on_hit a.c     at its own probe\n"
		    "cbee run --profile 99=sample stacks.c  sample every CPU\n"
		    "cbee run --json --duration 5 count.c  maps as JSON after five seconds\n",
	.opts = run_options,
	.conf = &conf,
	.probes = none,
	.no_table = true,
	.check = check,
	.prepare = prepare,
	.source = source,
	.attach = attach,
	.deliver = deliver,
	.report = report,
};

int command_run(int argc, char **argv)
{
	int status = cbee_tool_main(&tool, argc, argv);

	streams_free(&streams);
	return status;
}
