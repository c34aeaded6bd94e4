/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: the records of ring and perf buffers, and the lines of the trace pipe. */
#ifndef CBEE_STREAM_H
#define CBEE_STREAM_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- streams ---------------------------------------------------------- */

/* One record; all of it is valid during the call only. */
struct cbee_record {
	const char *map;  /* the stream's */
	const void *data; /* @size bytes */
	size_t size;	  /* in a perf buffer rounded up: a multiple of 8, less 4 */
	int cpu;	  /* perf buffers: which CPU wrote it; ring buffers: -1, they do not say */
};

struct cbee_map; /* in <cbee/map.h> */

/*
 * Whether records come through the map: a ring buffer, or a perf event array that
 * is not declared with BPF_PERF_ARRAY, which holds counters. False for NULL.
 */
CBEE_API bool cbee_map_is_stream(const struct cbee_map *m);

/* One stream, and what gets its records. */
struct cbee_stream_opts {
	const char *map; /* a BPF_RINGBUF_OUTPUT or BPF_PERF_OUTPUT */
	/* one record; @data is valid during the call only */
	void (*record)(void *arg, const void *data, size_t size);
	void *arg;	    /* for the three callbacks */
	unsigned int pages; /* perf buffer: pages per CPU, a power of two; 0: 64 */
	/*
	 * Instead of @record (one of both is given): false ends the delivery of all streams for
	 * this time; what is left comes first the next time, and cbee_poll() does not wait for it.
	 */
	bool (*each)(void *arg, const struct cbee_record *record);
	/* perf buffer: @count records of @cpu found no room since the last call; may be NULL */
	void (*lost)(void *arg, int cpu, uint64_t count);
	unsigned int wakeup_events; /* perf buffer: wake after so many records of a CPU; 0: 1 */
};

/*
 * Opens a stream, any time after cbee_load(); cbee_stream_close() or the handle
 * closes it. -ENOENT: no such map; -EINVAL: not a stream, @pages no power of two,
 * or not one of @record and @each; -EBUSY: open already; -EBADF: not loaded.
 * Ring buffers: Linux 5.8.
 */
CBEE_API int cbee_stream_open(struct cbee *c, const struct cbee_stream_opts *opts);

/*
 * Closes the stream of that map; what it still holds is not delivered. Callbacks
 * may close any stream, their own too. -ENOENT: none is open.
 */
CBEE_API int cbee_stream_close(struct cbee *c, const char *map);

/*
 * Waits up to @timeout_ms (-1: for ever, 0: not at all) until a stream has records
 * and delivers those of all streams, in the order in which they were opened.
 * Returns how many, 0 when the time is over or a signal came. -EBADF: no stream is
 * open; -EBUSY: called by a callback; -EIO: a ring buffer that cannot be read.
 */
CBEE_API int cbee_poll(struct cbee *c, int timeout_ms);

/*
 * For a poll() of one's own: how many descriptors it should watch for reading, the
 * @i-th of them, which belong to the handle, and what to call when one is ready:
 * it delivers every record that is there, without waiting. 0 or a negative errno.
 */
CBEE_API unsigned int cbee_poll_fds(const struct cbee *c);
CBEE_API int cbee_poll_fd(const struct cbee *c, unsigned int i);
CBEE_API int cbee_poll_deliver(struct cbee *c);

/*
 * Records that the kernel dropped for want of room in perf buffers, so far: of all
 * streams, also those closed since, and of the one of @map (0: none is open). A
 * perf buffer tells of a loss with the next record that finds room. Nobody counts
 * for ring buffers: there the call in the BPF text fails, and the text has to look;
 * <cbee/bpf/stream.h> does, and counts in the map that <cbee/bpf/lost.h> declares.
 */
CBEE_API uint64_t cbee_poll_lost(const struct cbee *c);
CBEE_API uint64_t cbee_stream_lost(const struct cbee *c, const char *map);

/* ---- records without their C type --------------------------------------- */

struct cbee_field; /* in <cbee/map.h> */

/*
 * The layout of the struct that the text submits to the stream of @map, as
 * cbee_map_layout() has it. NULL: not known, because it is no struct, or none that
 * the text defines outside its functions, or structs of different size are
 * submitted, or it has bit fields beside structs or attributes. Of different structs
 * that are of one size it is the last that the text submits.
 */
CBEE_API const struct cbee_field *cbee_stream_layout(const struct cbee *c, const char *map);

/*
 * A record as text for people ("{ pid = 1, comm = \"init\" }") or as JSON, by the
 * layout; as hexadecimal digits (JSON: in a string) without one, and when @size is
 * not the layout's. The caller frees @ret_text. -ENOENT: no such map; -EINVAL: no
 * stream; -ENOMEM.
 */
CBEE_API int cbee_stream_text(struct cbee *c, const char *map, const void *data, size_t size,
			      char **ret_text);
CBEE_API int cbee_stream_json(struct cbee *c, const char *map, const void *data, size_t size,
			      char **ret_json);

/* ---- the trace pipe --------------------------------------------------- */

/* One message of bpf_trace_printk(); the strings are valid until the next read. */
struct cbee_trace_line {
	const char *task;    /* the thread's name; "" if the line names none */
	const char *message; /* without line break */
	const char *flags; /* as the kernel writes them: interrupts off, depth of preemption ... */
	uint64_t time_ns;  /* of the trace clock, by default since boot */
	int pid, cpu;	   /* of the thread; -1 if the line names none */
};

/* Whether the program that was compiled calls bpf_trace_printk() anywhere. */
CBEE_API bool cbee_trace_used(const struct cbee *c);

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
