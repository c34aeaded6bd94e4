/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For BPF programs: counts what could not be recorded, by reason. The reasons
 * are the rows of the tracer's loss table, by index; the library reports them.
 */
#ifndef CBEE_LOST_H
#define CBEE_LOST_H

#define CBEE_LOSSES 8

BPF_ARRAY(cbee_lost, u64, CBEE_LOSSES);

static inline void cbee_lose(int reason, u64 count)
{
	u64 *lost = cbee_lost.lookup(&reason);

	if (lost)
		__sync_fetch_and_add(lost, count);
}

#endif
