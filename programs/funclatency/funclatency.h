/* SPDX-License-Identifier: Apache-2.0 */
/* What the two sides of funclatency share: the record of one function, the losses. */
#ifndef FUNCLATENCY_H
#define FUNCLATENCY_H

/* One function's calls; times in nanoseconds. Per CPU, in two banks. */
struct func_stats {
	unsigned long long count, total, min, max;
};

/* A bucket's key: the bank in the top bit, then the function, then the slot. */
#define BUCKET_BANK	 (1u << 31)
#define BUCKET_SLOT_BITS 10
#define BUCKET_KEY(bank, func, slot) \
	(((bank) ? BUCKET_BANK : 0) | ((func) << BUCKET_SLOT_BITS) | (slot))

/* Calls that one thread can be in at the same time; the kernel has the same limit for returns. */
#define MAX_DEPTH 64

/* Rows of the loss table. */
enum { LOST_FOLLOW, LOST_THREADS, LOST_DEPTH, LOST_RETURNS, LOST_BUCKETS };

#endif
