/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For BPF programs: one stream of records, "events". A ring buffer where the
 * kernel has it (Linux 5.8), one order for all CPUs; else a perf buffer, or
 * when CBEE_PERF_STREAM is defined. What finds no room is counted here.
 */
#ifndef CBEE_BPF_STREAM_H
#define CBEE_BPF_STREAM_H

#include <cbee/bpf/lost.h>

#define CBEE_STREAM_LOST 1 /* the loss row of tracers that have a stream */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 8, 0) && !defined(CBEE_PERF_STREAM)

BPF_RINGBUF_OUTPUT(events, 256);

static inline void cbee_emit(void *ctx, void *record, u32 size)
{
	if (events.ringbuf_output(record, size, 0))
		cbee_lose(CBEE_STREAM_LOST, 1);
}

#else

BPF_PERF_OUTPUT(events);

static inline void cbee_emit(void *ctx, void *record, u32 size)
{
	if (events.perf_submit(ctx, record, size))
		cbee_lose(CBEE_STREAM_LOST, 1);
}

#endif

#endif
