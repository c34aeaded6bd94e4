/* SPDX-License-Identifier: Apache-2.0 */
/* Two small tracers for tests of the run floor, one of records and one of reports; included once. */
#ifndef FAKE_DEMO_H
#define FAKE_DEMO_H

#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>

#include <cbee/tool.h>

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
	const char *name, *cgroup, *pinned;
	bool fail_check, more;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT('p', "pid", "PID", struct conf, pid, "trace this process only", .min = 1),
	CBEE_OPT(0, "fail-check", NULL, struct conf, fail_check, "is refused"),
	CBEE_OPT(0, "name", "REGEX", struct conf, name, "these only", .match = "comm"),
	CBEE_OPT(0, "cgroup", "PATH", struct conf, cgroup, "this cgroup only"),
	CBEE_OPT(0, "pinned", "PATH", struct conf, pinned, "what is in this map only"),
	CBEE_OPT(0, "more", NULL, struct conf, more, "attach one more"),
	CBEE_STD('d', "duration", NULL),
	CBEE_OPT_END,
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct event, pid, "PID", "pid", -5, "process"),
	CBEE_COL(struct event, comm, "COMM", "comm", 0, "its name"),
	CBEE_COL_END,
};

static const struct cbee_loss losses[] = { CBEE_LOSS_FOLLOW, CBEE_LOSS_STREAM, { NULL, NULL } };

static const struct cbee_tool_map maps[] = {
	{ "cgroup", "cgroup", false },
	{ "pinned", "chosen", true },
	{ NULL, NULL, false },
};

/* What a test wants of the hooks. */
static struct {
	int interrupt_at; /* raise SIGINT at the so many-th record or report; 0: at once */
	int seen;
	uint64_t lose;	 /* events, at each record */
	int watch;	 /* for prepare() */
	int fail_attach; /* code that attach() returns, with no sentence */
	bool has_command;
} want;

static int check(struct cbee_run *run)
{
	want.has_command = cbee_run_has_command(run);
	CU_ASSERT_PTR_NULL(cbee_run_cbee(run));
	UNIT_EQ(cbee_run_given(run, "pid"), conf.pid.given);
	if (conf.fail_check)
		return cbee_run_fail(run, -EINVAL, "ask otherwise", "cannot do %s", "that");
	return 0;
}

static int prepare(struct cbee_run *run)
{
	CU_ASSERT_PTR_NOT_NULL(cbee_run_cbee(run));
	return want.watch ? cbee_run_watch(run, want.watch) : 0;
}

static int attach(struct cbee_run *run)
{
	UNIT_EQ(fake_count("map_create"), 5 - (conf.pinned != NULL));
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
	.maps = maps,
	.bpf = "",
	.bpf_name = "demo.bpf.c",
	.check = check,
	.prepare = prepare,
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
static inline void start_with(uint32_t stream)
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

static inline void start(void)
{
	start_with(BPF_MAP_TYPE_RINGBUF);
}

static inline void push(uint32_t pid, const char *comm)
{
	struct event e = { .pid = pid };

	snprintf(e.comm, sizeof(e.comm), "%s", comm);
	fake_push(&e, sizeof(e));
}

#endif
