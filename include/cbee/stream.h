/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: the records of ring and perf buffers, and the lines of the trace pipe. */
#ifndef CBEE_STREAM_H
#define CBEE_STREAM_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- streams ---------------------------------------------------------- */

struct cbee_stream_opts {
	const char *map; /* a BPF_RINGBUF_OUTPUT or BPF_PERF_OUTPUT */
	/* one record; @data is valid during the call only */
	void (*record)(void *arg, const void *data, size_t size);
	void *arg;
	unsigned int pages; /* perf buffer: pages per CPU, a power of two; 0: 64 */
};

/* Opens a stream; the handle closes it. -ENOENT: no such map; -EINVAL: not a stream. */
CBEE_API int cbee_stream_open(struct cbee *c, const struct cbee_stream_opts *opts);

/* How many descriptors poll() should watch, and the @i-th of them; they belong to the handle. */
CBEE_API unsigned int cbee_poll_fds(const struct cbee *c);
CBEE_API int cbee_poll_fd(const struct cbee *c, unsigned int i);

/* Delivers every record that is there, without waiting. */
CBEE_API int cbee_poll_deliver(struct cbee *c);

/* Records that the kernel dropped for want of room in perf buffers, so far. */
CBEE_API uint64_t cbee_poll_lost(const struct cbee *c);

/* ---- the trace pipe --------------------------------------------------- */

/* One message of bpf_trace_printk(); the strings are valid until the next read. */
struct cbee_trace_line {
	const char *task;    /* the thread's name; "" if the line names none */
	const char *message; /* without line break */
	const char *flags; /* as the kernel writes them: interrupts off, depth of preemption ... */
	uint64_t time_ns;  /* of the trace clock, by default since boot */
	int pid, cpu;	   /* of the thread; -1 if the line names none */
};

/*
 * Opens the kernel's one trace pipe, also where tracefs is not mounted; what it
 * held before is passed over. From then on cbee_poll_fds() counts it. The handle
 * closes it. -EACCES or -EPERM without privilege; -EBUSY: somebody else reads it.
 */
CBEE_API int cbee_trace_open(struct cbee *c);

/*
 * Waits up to @timeout_ms (-1: for ever, 0: not at all) for a message: 1 if there
 * was one, 0 if there was none or a signal came, -EBADF before cbee_trace_open().
 * Everybody's messages come through the pipe, not only those of this handle.
 */
CBEE_API int cbee_trace_read(struct cbee *c, int timeout_ms, struct cbee_trace_line *ret_line);

/* How many messages the kernel says were overwritten before they were read. */
CBEE_API uint64_t cbee_trace_lost(const struct cbee *c);

#ifdef __cplusplus
}
#endif

#endif
