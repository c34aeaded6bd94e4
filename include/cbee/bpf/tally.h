/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For BPF programs: figures and a histogram of durations for each of a number
 * of keys (functions, disks, system calls), counted in the kernel. There are
 * two banks: while one is written the library reads and clears the other, so
 * that no value is lost or counted twice between two intervals.
 */
#ifndef CBEE_TALLY_H
#define CBEE_TALLY_H

#define CBEE_TALLY_LOST 1 /* the loss row of tracers that tally */

/* One key's figures in nanoseconds; per CPU, in two banks. */
struct cbee_tally_figures {
	unsigned long long count, total, min, max;
};

/* A bucket's key: the bank in the top bit, then the key, then the slot. */
#define CBEE_TALLY_BANK	     (1u << 31)
#define CBEE_TALLY_SLOT_BITS 10
#define CBEE_TALLY_BUCKET(bank, key, slot) \
	(((bank) ? CBEE_TALLY_BANK : 0) | ((unsigned int)(key) << CBEE_TALLY_SLOT_BITS) | (slot))

#ifdef OPT /* what follows is for the BPF side only */

#include <cbee/bpf/lost.h>
#include <cbee/bpf/slot.h>

BPF_ARRAY(cbee_bank, u32, 1); /* which bank is written */
BPF_PERCPU_ARRAY(cbee_figures, struct cbee_tally_figures, 2);
BPF_TABLE("percpu_hash", u32, u64, cbee_buckets, 10240);

/* Two CPUs may make the bucket at once: both find it then. */
static inline void cbee_tally_bucket(u32 key)
{
	u64 zero = 0, *count = cbee_buckets.lookup(&key);

	if (!count) {
		cbee_buckets.insert(&key, &zero);
		count = cbee_buckets.lookup(&key);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		cbee_lose(CBEE_TALLY_LOST, 1);
}

/* Counts one value of @ns nanoseconds for @key, which is below the number the library knows. */
static inline void cbee_tally(u64 key, u64 ns)
{
	int zero = 0;
	u32 *bank = cbee_bank.lookup(&zero), index;
	struct cbee_tally_figures *f;
	u64 value = ns;

	if (!bank)
		return;
	index = key + (*bank ? OPT(tally_keys) : 0);
	f = cbee_figures.lookup(&index);
	if (!f)
		return;
	/* atomic although per CPU: a probe in user space can be preempted */
	__sync_fetch_and_add(&f->total, ns);
	if (!f->count || ns < f->min)
		f->min = ns;
	if (ns > f->max)
		f->max = ns;
	__sync_fetch_and_add(&f->count, 1);
	if (OPT(tally_unit) > 1)
		value /= OPT(tally_unit);
	cbee_tally_bucket(CBEE_TALLY_BUCKET(*bank, key, cbee_slot(value)));
}

#endif

#endif
