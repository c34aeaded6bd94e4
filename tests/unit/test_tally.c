/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how what a BPF program tallied becomes a report. */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>

#include <cbee/tool.h>

#include <cbee/bpf/slot.h>
#include <cbee/bpf/tally.h>

#include "kernel.h"
#include "runs.h"
#include "unit.h"

#define KEYS 3

static struct conf {
	bool usecs, msecs, split;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT('u', "usecs", NULL, struct conf, usecs, "show microseconds"),
	CBEE_OPT('m', "msecs", NULL, struct conf, msecs, "show milliseconds"),
	CBEE_OPT('F', "split", NULL, struct conf, split, "a histogram for each"),
	CBEE_OPT_END,
};

static const struct cbee_col cols[] = { CBEE_TALLY_COLS("WHAT", "what was timed"), CBEE_COL_END };
static const struct cbee_loss losses[] = { CBEE_LOSS_FOLLOW, CBEE_LOSS_TALLY, { NULL, NULL } };

static unsigned int keys(struct cbee_run *run)
{
	(void)run;
	return KEYS;
}

static const char *name(struct cbee_run *run, unsigned int key)
{
	static const char *const names[KEYS] = { "zero", "one", "two" };

	(void)run;
	return names[key];
}

static const struct cbee_tally tally = { .rows_key = "things",
					 .row_title = "Thing",
					 .usecs = "usecs",
					 .msecs = "msecs",
					 .split = "split",
					 .keys = keys,
					 .name = name };

static void put_bucket(struct cbee *c, uint32_t key)
{
	uint64_t counts[FAKE_CPUS] = { 1, 0, 1 };

	cbee_map_set(cbee_map(c, "cbee_buckets"), &key, sizeof(key), counts, sizeof(counts), 0);
}

/* What a program would have counted: key 2 on two CPUs, and some in the other bank. */
static int attach(struct cbee_run *run)
{
	struct cbee_tally_figures f[FAKE_CPUS] = { { 2, 30000, 10000, 20000 },
						   { 0, 0, 0, 0 },
						   { 2, 9000, 4000, 5000 } };
	struct cbee *c = cbee_run_cbee(run);
	uint32_t key = 2;
	int err = cbee_map_set(cbee_map(c, "cbee_figures"), &key, sizeof(key), f, sizeof(f), 0);

	put_bucket(c, CBEE_TALLY_BUCKET(0, 2, cbee_slot(10000)));
	put_bucket(c, CBEE_TALLY_BUCKET(0, 2, cbee_slot(4000)));
	put_bucket(c, CBEE_TALLY_BUCKET(1, 1, cbee_slot(7)));
	put_bucket(c, CBEE_TALLY_BUCKET(0, KEYS, 5)); /* no such key */
	put_bucket(c, CBEE_TALLY_BUCKET(0, 0, 1023)); /* no such slot */
	fake_forget();
	raise(SIGINT);
	return err;
}

static const struct cbee_tool tool = {
	.name = "tally",
	.brief = "tally",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.tally = &tally,
	.bpf = "",
	.bpf_name = "tally.bpf.c",
	.attach = attach,
};

static void start(void)
{
	fake_hold_interrupts();
	memset(&conf, 0, sizeof(conf));
	fake_reset();
	fake_add_const("tally_keys");
	fake_add_const("tally_unit");
	fake_add_map("cbee_lost", BPF_MAP_TYPE_ARRAY, 4, 8, 8);
	fake_add_map("cbee_bank", BPF_MAP_TYPE_ARRAY, 4, 4, 1);
	fake_add_map("cbee_figures", BPF_MAP_TYPE_PERCPU_ARRAY, 4,
		     sizeof(struct cbee_tally_figures), 2);
	fake_add_map("cbee_buckets", BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 10240);
	fake_add_prog("kprobe__work");
}

static void figures_of_all_cpus_are_added(void)
{
	start();
	UNIT_EQ(fake_run(&tool, "--json"), 0);
	UNIT_EQ(fake_line_count(fake_out), 1);
	fake_has(fake_out, "\"things\":[{\"name\":\"two\",\"count\":4,\"min\":4000,\"max\":20000,"
			   "\"avg\":9750,\"total\":39000,");
	CU_ASSERT_PTR_NULL(strstr(fake_out, "\"one\""));
	fake_has(fake_out, "\"lost\":{\"processes\":0,\"buckets\":0,\"missed\":0}");
	UNIT_EQ(fake_count("update cbee_bank"), 1);
	UNIT_EQ(fake_count("update cbee_figures"), 1); /* zeros */
	UNIT_EQ(fake_count("delete cbee_buckets"), 2); /* the other bank's stays */
}

static void maps_and_constants_are_set(void)
{
	start();
	UNIT_EQ(fake_run(&tool, "--csv -u"), 0);
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 0), KEYS);
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 2), 1000);
	fake_has(fake_out, ",usecs,two,4,4,20,9,39,");
	start();
	UNIT_EQ(fake_run(&tool, "--csv --msecs"), 0);
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 2), 1000000);
	fake_has(fake_out, ",msecs,two,4,0,0,0,0,");
}

static void text_has_a_summary(void)
{
	start();
	UNIT_EQ(fake_run(&tool, ""), 0);
	fake_has(fake_out, "     nsecs ");
	fake_has(fake_out, "\navg = 9750 nsecs, total: 39000 nsecs, count: 4\n"
			   "min = 4000, max: 20000, p50: ");
	CU_ASSERT_PTR_NULL(strstr(fake_out, "Thing"));
	start();
	UNIT_EQ(fake_run(&tool, "-F"), 0);
	fake_has(fake_out, "Thing = two\n");
}

static void survives_failing_calls(void)
{
	int nth = 0, status;

	do {
		start();
		fake_fail(++nth, EINVAL);
		status = fake_run(&tool, "--json");
		if (fake_failed() && status) {
			UNIT_EQ(status, 1);
			UNIT_EQ(fake_line_count(fake_errs), 1);
			CU_ASSERT(!strncmp(fake_errs, "cbee-tally: ", 12) &&
				  strlen(fake_errs) > 14);
		}
	} while (fake_failed());
	UNIT_EQ(status, 0);
	CU_ASSERT(nth > 20);
}

static void survives_failing_allocations(void)
{
	int nth = 0, status, failed;

	do {
		start();
		unit_fail_alloc(++nth);
		status = fake_run(&tool, "--json");
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		if (status)
			CU_ASSERT(strlen(fake_errs) > 14);
	} while (failed);
	UNIT_EQ(status, 0);
	CU_ASSERT(nth > 20);
}

UNIT_MAIN("tally", { "figures of all CPUs are added", figures_of_all_cpus_are_added },
	  { "maps and constants are set", maps_and_constants_are_set },
	  { "text has a summary", text_has_a_summary },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
