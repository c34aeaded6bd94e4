/* SPDX-License-Identifier: Apache-2.0 */
/* What the two sides of funclatency share: limits, and the rows of the loss table. */
#ifndef FUNCLATENCY_H
#define FUNCLATENCY_H

/* Calls that one thread can be in at the same time; the kernel has the same limit for returns. */
#define MAX_DEPTH 64

enum { LOST_FOLLOW, LOST_BUCKETS, LOST_THREADS, LOST_DEPTH, LOST_RETURNS };

#endif
