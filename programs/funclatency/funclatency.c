/* SPDX-License-Identifier: Apache-2.0 */
/* cbee-funclatency: times functions and shows the latencies as histograms. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/membarrier.h>
#include <sys/syscall.h>

#include <cbee/tool.h>

#include "funclatency.bpf.inc.h"
#include "funclatency.h"

static struct conf {
	struct cbee_num pid, level;
	bool microseconds, milliseconds, function, regexp, kprobes;
	const char *cgroup;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT('p', "pid", "PID", struct conf, pid, "time this process only", .min = 1,
		 .max = 4194304),
	CBEE_STD('i', "interval", NULL),
	CBEE_STD('d', "duration", NULL),
	CBEE_STD('T', "timestamp", NULL),
	CBEE_OPT('u', "microseconds", NULL, struct conf, microseconds, "show microseconds",
		 .clash = "milliseconds"),
	CBEE_OPT('m', "milliseconds", NULL, struct conf, milliseconds, "show milliseconds",
		 .clash = "microseconds"),
	CBEE_OPT('F', "function", NULL, struct conf, function, "show a histogram per function"),
	CBEE_OPT('r', "regexp", NULL, struct conf, regexp,
		 "patterns are regular expressions, not globs"),
	CBEE_OPT('l', "level", "LEVEL", struct conf, level,
		 "of nested calls, time the outermost LEVEL only", .min = 1, .max = MAX_DEPTH),
	CBEE_OPT('c', "cgroup", "PATH", struct conf, cgroup, "time processes in this cgroup only"),
	CBEE_OPT('k', "kprobes", NULL, struct conf, kprobes,
		 "kernel functions: kprobes even where fentry works"),
	CBEE_OPT_END,
};

/* One function, in the unit asked for. */
struct row {
	const char *name;
	unsigned long long count, total, avg, min, max, p50, p90, p99, p999;
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct row, name, "FUNCTION", "name", 24, "the function"),
	CBEE_COL(struct row, count, "COUNT", "count", -8, "calls that returned"),
	CBEE_COL(struct row, min, "MIN", "min", -8, "shortest call, in the unit"),
	CBEE_COL(struct row, max, "MAX", "max", -8, "longest call, in the unit"),
	CBEE_COL(struct row, avg, "AVG", "avg", -8, "average call, in the unit"),
	CBEE_COL(struct row, total, "TOTAL", "total", -10, "all calls together, in the unit"),
	CBEE_COL(struct row, p50, NULL, "p50", 0, "half of the calls took no longer"),
	CBEE_COL(struct row, p90, NULL, "p90", 0, "90 % of the calls took no longer"),
	CBEE_COL(struct row, p99, "P99", "p99", -8, "99 % of the calls took no longer"),
	CBEE_COL(struct row, p999, NULL, "p999", 0, "99.9 % of the calls took no longer"),
	CBEE_COL_END,
};

static const struct cbee_loss losses[] = {
	[LOST_FOLLOW] = CBEE_LOSS_FOLLOW,
	[LOST_THREADS] = { "threads", "calls (too many threads at a time)" },
	[LOST_DEPTH] = { "depth", "calls (nested too deeply)" },
	[LOST_RETURNS] = { "returns", "calls whose return was not seen" },
	[LOST_BUCKETS] = { "buckets", "calls in the histogram only (too many buckets)" },
	{ NULL, NULL },
};

/* What one report is made of. */
static struct work {
	unsigned int funcs;
	uint32_t bank;		  /* the half that is written */
	struct cbee_hist **hists; /* by function; NULL: not called */
	unsigned long long div;	  /* nanoseconds per unit */
} work;

static const char *unit(void)
{
	return conf.milliseconds ? "msecs" : conf.microseconds ? "usecs" : "nsecs";
}

static int check(struct cbee_run *run)
{
	const struct cbee_list *args = cbee_run_args(run);

	if (!args->count)
		return cbee_run_fail(run, -EINVAL, NULL, "which function? name at least one");
	if (conf.pid.given && cbee_run_has_command(run))
		return cbee_run_fail(run, -EINVAL, NULL, "--pid and a command exclude each other");
	work.div = conf.milliseconds ? 1000000 : conf.microseconds ? 1000 : 1;
	return 0;
}

static int prepare(struct cbee_run *run)
{
	const struct cbee_list *args = cbee_run_args(run);
	struct cbee_funcs_opts how = { .regexp = conf.regexp, .pid = (int)conf.pid.value };
	int err = conf.pid.given ? cbee_run_watch(run, (int)conf.pid.value) : 0;

	for (size_t i = 0; !err && i < args->count; i++)
		err = cbee_funcs_add(cbee_run_cbee(run), args->items[i], &how);
	work.funcs = cbee_funcs_count(cbee_run_cbee(run));
	return err;
}

static int attach(struct cbee_run *run)
{
	struct cbee_funcs_attach how = { "entry",     "ret", "fentry", "fexit", (int)conf.pid.value,
					 conf.kprobes };
	struct cbee *c = cbee_run_cbee(run);
	unsigned int funcs = work.funcs;
	int err;

	cbee_const_set(c, "funcs", funcs);
	cbee_const_set(c, "unit", work.div);
	cbee_const_set(c, "cgroup", conf.cgroup != NULL);
	err = cbee_map_tune(c, "stats", 2 * funcs, 0);
	if (!err)
		err = cbee_map_tune(c, "buckets", 2048 + 256 * (funcs < 4096 ? funcs : 4096), 0);
	if (!err)
		err = cbee_load(c);
	if (!err && conf.cgroup)
		err = cbee_run_cgroup(run, "cgroup", conf.cgroup);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (!err)
		err = cbee_funcs_attach(c, &how);
	if (!err)
		cbee_run_note(run, "tracing %u function%s; Ctrl-C ends it",
			      funcs - cbee_funcs_skipped(c), funcs == 1 ? "" : "s");
	return err;
}

/* One per-CPU bucket, added to its function's histogram. */
static bool add_bucket(void *arg, const void *key, const void *value)
{
	struct cbee *c = arg;
	uint32_t bits = *(const uint32_t *)key;
	uint32_t func = (bits & ~BUCKET_BANK) >> BUCKET_SLOT_BITS;
	uint32_t slot = bits & ((1u << BUCKET_SLOT_BITS) - 1);
	const uint64_t *counts = value;

	if (!!(bits & BUCKET_BANK) != !work.bank || func >= work.funcs || slot >= CBEE_SLOTS)
		return true;
	if (!work.hists[func])
		work.hists[func] = calloc(1, sizeof(*work.hists[func]));
	for (int cpu = 0; work.hists[func] && cpu < cbee_cpus(c); cpu++)
		work.hists[func]->slots[slot] += counts[cpu];
	cbee_map_delete(c, "buckets", key, sizeof(bits));
	return true;
}

/* Lets the kernel write the other half and waits until nobody writes this one any more. */
static int switch_banks(struct cbee *c)
{
	int err, zero = 0;

	work.bank = !work.bank;
	err = cbee_map_set(c, "bank", &zero, sizeof(zero), &work.bank, sizeof(work.bank), 0);
	/* waits for every BPF program that is running now (an RCU grace period) */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	return err;
}

/* Adds up the CPUs' figures of function @i in the half that was written, and clears them. */
static int take_stats(struct cbee *c, unsigned int i, struct func_stats *cpus,
		      struct func_stats *sum)
{
	uint32_t key = i + (work.bank ? 0 : work.funcs);
	size_t size = (size_t)cbee_cpus(c) * sizeof(*cpus);
	int err = cbee_map_get(c, "stats", &key, sizeof(key), cpus, size);

	*sum = (struct func_stats){ 0 };
	for (int cpu = 0; !err && cpu < cbee_cpus(c); cpu++) {
		if (!cpus[cpu].count)
			continue;
		if (!sum->count || cpus[cpu].min < sum->min)
			sum->min = cpus[cpu].min;
		if (cpus[cpu].max > sum->max)
			sum->max = cpus[cpu].max;
		sum->count += cpus[cpu].count;
		sum->total += cpus[cpu].total;
	}
	if (err || !sum->count)
		return err;
	memset(cpus, 0, size);
	return cbee_map_set(c, "stats", &key, sizeof(key), cpus, size, 0);
}

static void fill_row(struct row *row, const char *name, const struct func_stats *s,
		     const struct cbee_hist *hist)
{
	unsigned long long min = s->min / work.div, max = s->max / work.div;

	*row = (struct row){
		.name = name,
		.count = s->count,
		.total = s->total / work.div,
		.avg = s->total / s->count / work.div,
		.min = min,
		.max = max,
		.p50 = cbee_hist_quantile(hist, 0.5, min, max),
		.p90 = cbee_hist_quantile(hist, 0.9, min, max),
		.p99 = cbee_hist_quantile(hist, 0.99, min, max),
		.p999 = cbee_hist_quantile(hist, 0.999, min, max),
	};
}

/* The line that bcc prints, and the figures of one function. */
static void summary(struct cbee_buf *out, const void *rows, size_t count)
{
	const struct row *row = rows;
	unsigned long long total = 0, calls = 0;

	for (size_t i = 0; i < count; i++) {
		total += row[i].total;
		calls += row[i].count;
	}
	cbee_text_fmt(out, "\navg = %llu %s, total: %llu %s, count: %llu\n",
		      calls ? total / calls : 0, unit(), total, unit(), calls);
	if (count == 1)
		cbee_text_fmt(out,
			      "min = %llu, max: %llu, p50: %llu, p90: %llu, p99: %llu, "
			      "p99.9: %llu\n",
			      row->min, row->max, row->p50, row->p90, row->p99, row->p999);
}

/* Rows and histograms of the functions that were called; the number of them. */
static int collect(struct cbee *c, struct row *rows, const struct cbee_hist **hists,
		   size_t *ret_count)
{
	struct func_stats *cpus = calloc((size_t)cbee_cpus(c), sizeof(*cpus)), sum;
	static const struct cbee_hist none;
	size_t count = 0;
	int err = cpus ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < work.funcs; i++) {
		err = take_stats(c, i, cpus, &sum);
		if (err || !sum.count)
			continue;
		hists[count] = work.hists[i] ? work.hists[i] : &none;
		fill_row(&rows[count], cbee_funcs_name(c, i), &sum, hists[count]);
		count++;
	}
	free(cpus);
	*ret_count = count;
	return err;
}

static int report(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	const struct cbee_hist **hists = calloc(work.funcs, sizeof(*hists));
	struct row *rows = calloc(work.funcs, sizeof(*rows));
	struct cbee_report r = { .cols = cols,
				 .rows = rows,
				 .row_size = sizeof(*rows),
				 .hists = hists,
				 .unit = unit(),
				 .rows_key = "functions",
				 .row_title = "Function",
				 .split = conf.function,
				 .summary = summary };
	int err = -ENOMEM;

	work.hists = calloc(work.funcs, sizeof(*work.hists));
	if (rows && hists && work.hists)
		err = switch_banks(c);
	if (!err)
		err = cbee_map_walk(c, "buckets", add_bucket, c);
	if (!err)
		err = collect(c, rows, hists, &r.count);
	if (!err)
		cbee_run_report(run, &r);
	for (unsigned int i = 0; work.hists && i < work.funcs; i++)
		free(work.hists[i]);
	free(work.hists);
	work.hists = NULL;
	free(rows);
	free(hists);
	return err;
}

static const struct cbee_tool tool = {
	.name = "funclatency",
	.brief = "time functions and show the latencies as histograms",
	.args = "PATTERN...",
	.examples = "  cbee-funclatency vfs_read                 a kernel function\n"
		    "  cbee-funclatency -u c:malloc -- ls        malloc() in libc, of one command\n"
		    "  cbee-funclatency -d 10 -p 181 ./app:work  a function of a process, 10 s\n"
		    "  cbee-funclatency -F './app:ns::Cls::*'    C++ methods, one by one\n",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.bpf = funclatency_bpf,
	.bpf_name = "funclatency.bpf.c",
	.has_interval = true,
	.check = check,
	.prepare = prepare,
	.attach = attach,
	.report = report,
};

int main(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
