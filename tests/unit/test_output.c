/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what a run prints: records, reports, losses, errors. */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>

#include <cbee/tool.h>

#include "plain/buf.h"
#include "kernel.h"
#include "runs.h"
#include "unit.h"

/* ---- a tracer of records ---------------------------------------------- */

struct event {
	uint32_t pid;
	char comm[8];
};

static struct conf {
	struct cbee_num pid;
	const char *name;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT('p', "pid", "PID", struct conf, pid, "trace this process only", .min = 1),
	CBEE_OPT(0, "name", "REGEX", struct conf, name, "these only", .match = "comm"),
	CBEE_STD('d', "duration", NULL),
	CBEE_OPT_END,
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct event, pid, "PID", "pid", -5, "process"),
	CBEE_COL(struct event, comm, "COMM", "comm", 0, "its name"),
	CBEE_COL_END,
};

static const struct cbee_loss losses[] = { CBEE_LOSS_FOLLOW, CBEE_LOSS_STREAM, { NULL, NULL } };

/* What a test wants of the hooks. */
static struct {
	int interrupt_at; /* raise SIGINT at the so many-th record or report; 0: at once */
	int seen;
	uint64_t lose;	 /* events, at each record */
	int fail_attach; /* code that attach() returns, with no sentence */
} want;

static int attach(struct cbee_run *run)
{
	if (want.fail_attach)
		return want.fail_attach;
	cbee_run_note(run, "tracing");
	if (!want.interrupt_at)
		raise(SIGINT);
	return 0;
}

static void record(struct cbee_run *run, const void *data, size_t size)
{
	uint32_t row = 1;

	UNIT_EQ(size, sizeof(struct event));
	if (want.lose)
		cbee_map_set(cbee_map(cbee_run_cbee(run), "cbee_lost"), &row, sizeof(row),
			     &want.lose, sizeof(want.lose), 0);
	cbee_run_row(run, data);
	if (++want.seen == want.interrupt_at)
		raise(SIGINT);
}

static const struct cbee_tool demo = {
	.name = "demo",
	.brief = "show records",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.bpf = "",
	.bpf_name = "demo.bpf.c",
	.attach = attach,
	.record = record,
};

/* ---- a tracer of reports ---------------------------------------------- */

static int report(struct cbee_run *run)
{
	static struct cbee_hist hist;
	static const struct cbee_hist *const hists[] = { &hist };
	struct event row = { 3, "sum" };
	struct cbee_report r = { .cols = cols,
				 .rows = &row,
				 .row_size = sizeof(row),
				 .count = 1,
				 .hists = hists,
				 .unit = "nsecs",
				 .rows_key = "rows" };

	hist.slots[1] = 3;
	cbee_run_report(run, &r);
	if (++want.seen == want.interrupt_at)
		raise(SIGINT);
	return 0;
}

static const struct cbee_tool sum = {
	.name = "sum",
	.brief = "show a report",
	.args = "PATTERN...",
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.bpf = "",
	.bpf_name = "sum.bpf.c",
	.attach = attach,
	.report = report,
};

/* ---- running them ----------------------------------------------------- */

/* @stream: what kind of map the events come through. */
static void start_with(uint32_t stream)
{
	fake_hold_interrupts();
	memset(&want, 0, sizeof(want));
	memset(&conf, 0, sizeof(conf));
	fake_reset();
	fake_add_const("pid");
	fake_add_const("follow");
	fake_add_map("events", stream, 0, 0, 4096);
	fake_add_map("cbee_lost", BPF_MAP_TYPE_ARRAY, 4, 8, 8);
	fake_add_map("cbee_followed", BPF_MAP_TYPE_HASH, 4, 1, 8);
	fake_add_map("cgroup", BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, 1);
	fake_add_map("chosen", BPF_MAP_TYPE_HASH, 8, 4, 8);
	fake_pin(8, 4);
	fake_add_prog("kprobe__work");
	fake_add_prog("first");
	fake_add_prog("second");
	fake_add_prog("cbee_follow_fork");
	fake_add_prog("cbee_follow_exit");
	fake_add_prog("cbee_follow_exec");
}

static void start(void)
{
	start_with(BPF_MAP_TYPE_RINGBUF);
}

static void push(uint32_t pid, const char *comm)
{
	struct event e = { .pid = pid };

	snprintf(e.comm, sizeof(e.comm), "%s", comm);
	fake_push(&e, sizeof(e));
}

static void records_as_text(void)
{
	start();
	push(1, "init");
	push(12345, "bash");
	UNIT_EQ(fake_run(&demo, ""), 0);
	UNIT_STR(fake_out, "  PID COMM\n    1 init\n12345 bash\n");
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 2 records, lost nothing\n");
	UNIT_STR(fake_nth("compile", 0), "compile demo.bpf.c");
	UNIT_EQ(fake_count("attach_kprobe kprobe__work entry work+0"), 1);
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 0), 0);
}

static void records_as_json(void)
{
	start();
	push(1, "a\"b");
	push(2, "c");
	UNIT_EQ(fake_run(&demo, "--json -p 77"), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"a\\\"b\",\"lost\":0}\n"
			   "{\"pid\":2,\"comm\":\"c\",\"lost\":0}\n");
	UNIT_STR(fake_errs, "cbee-demo: 2 records, lost nothing\n");
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 0), 77);
}

static void records_as_csv(void)
{
	start();
	push(1, "a,b");
	UNIT_EQ(fake_run(&demo, "--csv"), 0);
	UNIT_STR(fake_out, "pid,comm\n1,\"a,b\"\n");
	UNIT_STR(fake_errs, "cbee-demo: 1 records, lost nothing\n");
}

static void losses_are_told(void)
{
	start();
	want.lose = 5;
	push(1, "x");
	fake_set_missed(2);
	UNIT_EQ(fake_run(&demo, ""), 0);
	UNIT_STR(fake_errs,
		 "cbee-demo: tracing\ncbee-demo: 1 records, lost 5 events (the buffer was "
		 "full), 2 probes (hit while one was running)\n");
	start();
	want.lose = 5;
	push(1, "x");
	UNIT_EQ(fake_run(&demo, "--json"), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"x\",\"lost\":0}\n{\"lost\":5}\n");
}

/* Of a text that does not count, what the kernel says. */
static void losses_of_perf_buffers_are_told(void)
{
	struct cbee_tool plain = demo;

	plain.losses = NULL;
	start_with(BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	push(1, "x");
	fake_lose(7);
	UNIT_EQ(fake_run(&plain, ""), 0);
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 1 records, lost 7 records (a perf "
			    "buffer was full)\n");
	start_with(BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	push(1, "x");
	fake_lose(7);
	UNIT_EQ(fake_run(&demo, ""), 0);
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 1 records, lost nothing\n");
}

/* What is lost after the last record has a line of its own. */
static void late_losses_are_told(void)
{
	start();
	want.lose = 4;
	want.interrupt_at = 99;
	push(1, "x");
	UNIT_EQ(fake_run(&demo, "--json -- true"), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"x\",\"lost\":0}\n{\"lost\":4}\n");
	start();
	fake_set_missed(4);
	UNIT_EQ(fake_run(&demo, "--json"), 0);
	UNIT_STR(fake_out, "{\"lost\":4}\n");
}

static void reports_as_text(void)
{
	start();
	UNIT_EQ(fake_run(&sum, "x"), 0);
	fake_has(fake_out, "     nsecs ");
	fake_has(fake_out, " : 3        |****************************************|\n");
	UNIT_STR(fake_errs, "cbee-sum: tracing\ncbee-sum: lost nothing\n");
	start();
	UNIT_EQ(fake_run(&sum, "x --timestamp"), 0);
	CU_ASSERT(fake_out[0] == '\n' && fake_out[3] == ':' && fake_out[6] == ':' &&
		  fake_out[9] == '\n');
}

static void reports_as_json_and_csv(void)
{
	start();
	UNIT_EQ(fake_run(&sum, "x --json"), 0);
	UNIT_EQ(fake_line_count(fake_out), 1);
	fake_has(fake_out, "\"rows\":[{\"pid\":3,\"comm\":\"sum\"");
	fake_has(fake_out, "\"lost\":{\"processes\":0,\"events\":0,\"missed\":0}");
	start();
	UNIT_EQ(fake_run(&sum, "x --csv"), 0);
	UNIT_EQ(fake_line_count(fake_out), 2);
	fake_has(fake_out, "pid,comm\n");
	fake_has(fake_out, ",3,sum\n");
	UNIT_STR(fake_errs, "cbee-sum: lost nothing\n");
}

static void the_verifier_is_quoted_first(void)
{
	start();
	fake_refuse("prog_load kprobe", EACCES);
	fake_set_verifier("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nR1 is bad\n");
	UNIT_EQ(fake_run(&demo, "--json"), 1);
	UNIT_STR(fake_errs,
		 "2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nR1 is bad\n"
		 "cbee-demo: the kernel refuses BPF program 'kprobe__work': R1 is bad\n");
}

/* A hook's code without a sentence is not explained by an older failure. */
static void stale_sentences_are_not_told(void)
{
	start();
	want.fail_attach = -ENODEV;
	UNIT_EQ(fake_run(&demo, "--json"), 1);
	UNIT_STR(fake_errs, "cbee-demo: No such device\n");
}

static void records_are_filtered(void)
{
	start();
	push(1, "bash");
	push(2, "init");
	push(3, "dash");
	UNIT_EQ(fake_run(&demo, "--csv --name ^.ash"), 0);
	UNIT_STR(fake_out, "pid,comm\n1,bash\n3,dash\n");
	UNIT_STR(fake_errs, "cbee-demo: 2 records, lost nothing\n");
	UNIT_EQ(fake_run(&demo, "--name (x"), 2);
	UNIT_EQ(fake_line_count(fake_errs), 2);
}

UNIT_MAIN("output", { "records as text", records_as_text }, { "records as JSON", records_as_json },
	  { "records as CSV", records_as_csv }, { "losses are told", losses_are_told },
	  { "losses of perf buffers are told", losses_of_perf_buffers_are_told },
	  { "late losses are told", late_losses_are_told }, { "reports as text", reports_as_text },
	  { "reports as JSON and CSV", reports_as_json_and_csv },
	  { "the verifier is quoted first", the_verifier_is_quoted_first },
	  { "stale sentences are not told", stale_sentences_are_not_told },
	  { "records are filtered", records_are_filtered })
