/* SPDX-License-Identifier: Apache-2.0 */
/* Takes what a BPF program tallied per key, bank by bank, and reports it. */
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cbee/bpf/tally.h>

#include "plain/hist.h"
#include "plain/look.h"
#include "run/run.h"

#define NO_BARRIER_WAIT_US 20000

#define BUCKETS_MIN    2048
#define BUCKETS_A_KEY  256
#define MOST_BUCKETS   (1 << 20)
#define KEYS_WITH_ROOM ((MOST_BUCKETS - BUCKETS_MIN) / BUCKETS_A_KEY)

/* One report in the making. */
struct work {
	struct cbee_run *run;
	unsigned int keys;
	uint32_t bank;		  /* the one that is read */
	struct cbee_hist **hists; /* by key; NULL: nothing counted */
	struct cbee_tally_row *rows;
	const struct cbee_hist **row_hists; /* by row */
	size_t count;
	bool no_memory;
};

static unsigned int unit_ns(const struct cbee_run *run)
{
	const struct cbee_tally *t = run->tool->tally;

	if (cbee_run_given(run, t->msecs))
		return 1000000;
	return cbee_run_given(run, t->usecs) ? 1000 : 1;
}

static const char *unit_name(unsigned int ns)
{
	return ns == 1000000 ? "msecs" : ns == 1000 ? "usecs" : "nsecs";
}

int cbee__tally_prepare(struct cbee_run *run)
{
	unsigned int keys = run->tool->tally->keys(run);
	unsigned int roomy = keys < KEYS_WITH_ROOM ? keys : KEYS_WITH_ROOM;
	int err = cbee_const_set(run->cbee, "tally_keys", keys);

	if (!err)
		err = cbee_const_set(run->cbee, "tally_unit", unit_ns(run));
	if (!err)
		err = cbee_map_tune(cbee_map(run->cbee, "cbee_figures"), 2 * keys, 0);
	if (!err)
		err = cbee_map_tune(cbee_map(run->cbee, "cbee_buckets"),
				    BUCKETS_MIN + BUCKETS_A_KEY * roomy, 0);
	return err;
}

/* Has the other bank written, and waits until nobody writes this one any more. */
static int switch_banks(struct work *w)
{
	uint32_t other = !w->run->bank;
	int err, zero = 0;

	w->bank = w->run->bank;
	err = cbee_map_set(cbee_map(w->run->cbee, "cbee_bank"), &zero, sizeof(zero), &other,
			   sizeof(other), 0);
	if (err)
		return err;
	w->run->bank = other;
	/* waits for every BPF program that runs now (an RCU grace period) */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(NO_BARRIER_WAIT_US); /* not with nohz_full: programs take far less */
	return 0;
}

/* One bucket, added to its key's histogram and deleted. */
static bool take_bucket(void *arg, const void *key, const void *value)
{
	struct work *w = arg;
	struct cbee *c = w->run->cbee;
	const uint64_t *counts = value;
	uint32_t bits, at, slot;

	memcpy(&bits, key, sizeof(bits));
	at = (bits & ~CBEE_TALLY_BANK) >> CBEE_TALLY_SLOT_BITS;
	slot = bits & ((1u << CBEE_TALLY_SLOT_BITS) - 1);
	if (!!(bits & CBEE_TALLY_BANK) != w->bank || at >= w->keys || slot >= CBEE_SLOTS)
		return true;
	if (!w->hists[at])
		w->hists[at] = calloc(1, sizeof(*w->hists[at]));
	if (!w->hists[at]) {
		w->no_memory = true;
		return false;
	}
	for (int cpu = 0; cpu < cbee_cpus(c); cpu++)
		w->hists[at]->slots[slot] += counts[cpu];
	cbee_map_delete(cbee_map(c, "cbee_buckets"), key, sizeof(bits));
	return true;
}

/* Adds up the CPUs' figures of one key, and clears them. */
static int take_figures(struct work *w, uint32_t key, struct cbee_tally_figures *cpus,
			struct cbee_tally_figures *sum)
{
	struct cbee *c = w->run->cbee;
	size_t size = (size_t)cbee_cpus(c) * sizeof(*cpus);
	int err;

	key += w->bank ? w->keys : 0;
	err = cbee_map_get(cbee_map(c, "cbee_figures"), &key, sizeof(key), cpus, size);
	*sum = (struct cbee_tally_figures){ 0 };
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
	return cbee_map_set(cbee_map(c, "cbee_figures"), &key, sizeof(key), cpus, size, 0);
}

static void add_row(struct work *w, uint32_t key, const struct cbee_tally_figures *f)
{
	static const struct cbee_hist none;
	const struct cbee_hist *h = w->hists[key] ? w->hists[key] : &none;
	unsigned int unit = unit_ns(w->run);
	uint64_t min = f->min / unit, max = f->max / unit;

	w->row_hists[w->count] = h;
	w->rows[w->count++] = (struct cbee_tally_row){
		.name = w->run->tool->tally->name(w->run, key),
		.count = f->count,
		.total = f->total / unit,
		.avg = f->total / f->count / unit,
		.min = min,
		.max = max,
		.p50 = cbee__hist_percentile(h, 0.5, min, max),
		.p90 = cbee__hist_percentile(h, 0.9, min, max),
		.p99 = cbee__hist_percentile(h, 0.99, min, max),
		.p999 = cbee__hist_percentile(h, 0.999, min, max),
	};
}

static int take_rows(struct work *w)
{
	struct cbee_tally_figures *cpus = calloc((size_t)cbee_cpus(w->run->cbee), sizeof(*cpus));
	struct cbee_tally_figures sum;
	int err = cpus ? 0 : -ENOMEM;

	for (uint32_t key = 0; !err && key < w->keys; key++) {
		err = take_figures(w, key, cpus, &sum);
		if (!err && sum.count)
			add_row(w, key, &sum);
	}
	free(cpus);
	return err;
}

/* There is always room for it. */
static void add_number(struct cbee_buf *out, unsigned long long value)
{
	cbee__look_number(out, value, SIZE_MAX);
}

/* The line that bcc prints, and what else is known of a single row. */
static void summary(struct cbee_buf *out, const char *unit, const void *rows, size_t count)
{
#define FACT(text, member)                                    \
	{                                                     \
		text, offsetof(struct cbee_tally_row, member) \
	}
	static const struct {
		const char *text;
		size_t offset;
	} facts[] = { FACT("min = ", min),  FACT(", max: ", max), FACT(", p50: ", p50),
		      FACT(", p90: ", p90), FACT(", p99: ", p99), FACT(", p99.9: ", p999) };
	const struct cbee_tally_row *row = rows;
	unsigned long long total = 0, calls = 0;

	for (size_t i = 0; i < count; i++) {
		total += row[i].total;
		calls += row[i].count;
	}
	cbee__buf_str(out, "\navg = ");
	add_number(out, calls ? total / calls : 0);
	cbee__buf_fmt(out, " %s, total: ", unit);
	add_number(out, total);
	cbee__buf_fmt(out, " %s, count: ", unit);
	add_number(out, calls);
	cbee__buf_char(out, '\n');
	if (count != 1)
		return;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		cbee__buf_str(out, facts[i].text);
		add_number(out,
			   *(const unsigned long long *)((const char *)rows + facts[i].offset));
	}
	cbee__buf_char(out, '\n');
}

static void show(struct work *w)
{
	const struct cbee_tally *t = w->run->tool->tally;
	struct cbee_report r = { .cols = w->run->tool->cols,
				 .rows = w->rows,
				 .row_size = sizeof(*w->rows),
				 .count = w->count,
				 .hists = w->row_hists,
				 .unit = unit_name(unit_ns(w->run)),
				 .rows_key = t->rows_key,
				 .row_title = t->row_title,
				 .split = cbee_run_given(w->run, t->split),
				 .summary = summary };

	cbee_run_report(w->run, &r);
}

int cbee__tally_report(struct cbee_run *run)
{
	struct work w = { .run = run, .keys = run->tool->tally->keys(run) };
	int err = -ENOMEM;

	w.hists = calloc(w.keys, sizeof(*w.hists));
	w.rows = calloc(w.keys, sizeof(*w.rows));
	w.row_hists = calloc(w.keys, sizeof(*w.row_hists));
	if (w.hists && w.rows && w.row_hists)
		err = switch_banks(&w);
	if (!err)
		err = cbee_map_walk(cbee_map(run->cbee, "cbee_buckets"), take_bucket, &w);
	if (!err && w.no_memory)
		err = -ENOMEM;
	if (!err)
		err = take_rows(&w);
	if (!err)
		show(&w);
	else if (err == -ENOMEM)
		cbee__err_os(&run->err, err, "cannot report");
	for (unsigned int i = 0; w.hists && i < w.keys; i++)
		free(w.hists[i]);
	free(w.hists);
	free(w.rows);
	free(w.row_hists);
	return err;
}
