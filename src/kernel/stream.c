/* SPDX-License-Identifier: Apache-2.0 */
/* Records from ring and perf buffers: opens, waits for, delivers and closes, and counts losses. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel/tracepipe.h"

int ring_buffer__epoll_fd(const struct ring_buffer *rb);

#define DEFAULT_PAGES 64

/* What is read of one CPU's perf buffer. */
struct cbee__reader {
	struct perf_reader *perf;
	struct cbee__stream *stream;
	int cpu;
};

/* A record of a perf buffer that was read after a callback had ended the delivery. */
struct kept {
	int cpu;
	uint32_t size; /* bytes, which follow; the next begins at a multiple of 8 */
};

/* ---- delivering ------------------------------------------------------- */

static void hand_over(struct cbee__stream *s, int cpu, const void *data, size_t size)
{
	struct cbee_record record = { s->opts.map, data, size, cpu };

	s->owner->delivered++;
	if (s->opts.record)
		s->opts.record(s->opts.arg, data, size);
	else
		s->owner->stopped = !s->opts.each(s->opts.arg, &record);
}

static void add_lost(struct cbee__stream *s, uint64_t lost)
{
	s->lost += lost;
	s->owner->lost += lost;
}

/* libbpf has consumed the record either way; a negative answer ends its reading. */
static int on_ring(void *arg, void *data, size_t size)
{
	struct cbee__stream *s = arg;

	hand_over(s, -1, data, size);
	return s->owner->stopped || s->closed ? -ECANCELED : 0;
}

/* BCC's reader cannot be stopped: what it goes on to read is kept. */
static void keep(struct cbee__stream *s, int cpu, const void *data, size_t size)
{
	struct kept head = { cpu, (uint32_t)size };
	size_t before = s->kept.len;

	cbee__buf_add(&s->kept, &head, sizeof(head));
	cbee__buf_add(&s->kept, data, size);
	cbee__buf_zero(&s->kept, -size & 7);
	if (!s->kept.err)
		return;
	s->kept.len = before;
	s->kept.err = 0;
	add_lost(s, 1);
}

static void on_perf(void *arg, void *data, int size)
{
	const struct cbee__reader *r = arg;

	if (r->stream->closed)
		return;
	if (r->stream->owner->stopped)
		keep(r->stream, r->cpu, data, (size_t)size);
	else
		hand_over(r->stream, r->cpu, data, (size_t)size);
}

static void on_perf_lost(void *arg, uint64_t lost)
{
	const struct cbee__reader *r = arg;
	struct cbee__stream *s = r->stream;

	add_lost(s, lost);
	if (s->opts.lost && !s->closed)
		s->opts.lost(s->opts.arg, r->cpu, lost);
}

static bool has_kept(const struct cbee__stream *s)
{
	return s->kept_at < s->kept.len;
}

static void deliver_kept(struct cbee__stream *s)
{
	while (has_kept(s) && !s->owner->stopped && !s->closed) {
		const char *at = s->kept.data + s->kept_at;
		struct kept head;

		memcpy(&head, at, sizeof(head));
		s->kept_at += sizeof(head) + head.size + (-(size_t)head.size & 7);
		hand_over(s, head.cpu, at + sizeof(head), head.size);
	}
	if (!has_kept(s)) {
		cbee__buf_reset(&s->kept);
		s->kept_at = 0;
	}
}

static int deliver(struct cbee__stream *s)
{
	struct cbee *c = s->owner;

	deliver_kept(s);
	if (s->ring && !c->stopped && !s->closed && bpf_consume_ringbuf(s->ring) < 0 &&
	    !c->stopped && !s->closed)
		return cbee__err(&c->err, -EIO, "cannot read stream '%s'", s->opts.map);
	for (unsigned int i = 0; s->readers && i < s->fd_count && !c->stopped && !s->closed; i++)
		perf_reader_event_read(s->readers[i].perf);
	return 0;
}

static void stream_free(struct cbee__stream *s)
{
	if (!s)
		return;
	if (s->ring)
		bpf_free_ringbuf(s->ring);
	for (unsigned int i = 0; s->readers && i < s->fd_count; i++)
		perf_reader_free(s->readers[i].perf);
	free(s->readers);
	free(s->fds);
	cbee__buf_free(&s->kept);
	free(s);
}

/* Frees the streams that have been closed. */
static void sweep(struct cbee *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->stream_count; i++) {
		if (c->streams[i]->closed)
			stream_free(c->streams[i]);
		else
			c->streams[kept++] = c->streams[i];
	}
	c->stream_count = kept;
}

/* Delivers all streams once and counts in c->delivered; callbacks may open and close some. */
static int deliver_all(struct cbee *c)
{
	int err = 0;

	if (c->delivering)
		return cbee__err(&c->err, -EBUSY, "a callback cannot ask for more records");
	c->delivering = true;
	c->stopped = false;
	c->delivered = 0;
	for (size_t i = 0; i < c->stream_count && !c->stopped; i++) {
		int failed = deliver(c->streams[i]);

		err = err ? err : failed;
	}
	c->delivering = false;
	sweep(c);
	return err;
}

/* ---- opening and closing ---------------------------------------------- */

static int open_ring(struct cbee__stream *s, int map_fd)
{
	s->ring = bpf_new_ringbuf(map_fd, on_ring, s);
	if (!s->ring)
		return errno ? -errno : -EIO;
	s->fds[0] = ring_buffer__epoll_fd(s->ring);
	s->fd_count = 1;
	return 0;
}

/* One reader for each CPU that is online; the others have no buffer to read. */
static int open_perf(struct cbee__stream *s, int map_fd, int cpus)
{
	int pages = s->opts.pages ? (int)s->opts.pages : DEFAULT_PAGES;

	s->readers = calloc((size_t)cpus, sizeof(*s->readers));
	if (!s->readers)
		return -ENOMEM;
	for (int cpu = 0; cpu < cpus; cpu++) {
		struct bcc_perf_buffer_opts how = {
			.pid = -1,
			.cpu = cpu,
			.wakeup_events = s->opts.wakeup_events ? (int)s->opts.wakeup_events : 1,
		};
		struct cbee__reader *r = &s->readers[s->fd_count];
		int fd;

		*r = (struct cbee__reader){ .stream = s, .cpu = cpu };
		r->perf = bpf_open_perf_buffer_opts(on_perf, on_perf_lost, r, pages, &how);
		if (!r->perf && errno == ENODEV)
			continue;
		if (!r->perf)
			return errno ? -errno : -EIO;
		fd = s->fds[s->fd_count++] = perf_reader_fd(r->perf);
		if (bpf_update_elem(map_fd, &cpu, &fd, BPF_ANY))
			return -errno;
	}
	return s->fd_count ? 0 : -ENODEV;
}

/* The map holds on to what was put into it, and the kernel would go on writing there. */
static void unhook(struct cbee__stream *s)
{
	for (unsigned int i = 0; s->readers && i < s->fd_count; i++)
		bpf_delete_elem(s->map_fd, &s->readers[i].cpu);
}

static struct cbee__stream *find(const struct cbee *c, const char *map)
{
	for (size_t i = 0; i < c->stream_count; i++)
		if (!c->streams[i]->closed && !strcmp(c->streams[i]->opts.map, map))
			return c->streams[i];
	return NULL;
}

static int check_opts(struct cbee *c, struct cbee_map *map, const struct cbee_stream_opts *o)
{
	const char *wrong = NULL;

	if (!cbee_map_is_stream(map))
		return cbee__err(&c->err, -EINVAL, "map '%s' is no ring or perf buffer", o->map);
	if (cbee__map_ready(map))
		return -EBADF;
	if (find(c, o->map))
		return cbee__err(&c->err, -EBUSY, "stream '%s' is open already", o->map);
	if (o->pages & (o->pages - 1) || o->pages > INT_MAX)
		return cbee__err(&c->err, -EINVAL,
				 "a perf buffer has 1, 2, 4, 8 ... pages, but stream '%s' is to "
				 "have %u",
				 o->map, o->pages);
	if (o->wakeup_events > INT_MAX)
		wrong = "wakes after more events than there can be";
	if (!o->record == !o->each)
		wrong = o->record ? "has two callbacks for records" : "has no callback for records";
	return wrong ? cbee__err(&c->err, -EINVAL, "stream '%s' %s", o->map, wrong) : 0;
}

int cbee_stream_open(struct cbee *c, const struct cbee_stream_opts *opts)
{
	struct cbee_map *map = cbee_map(c, opts->map);
	int err = map ? check_opts(c, map, opts) : -ENOENT;
	struct cbee__stream **all, *s;

	if (err)
		return err;
	err = -ENOMEM;
	all = realloc(c->streams, (c->stream_count + 1) * sizeof(*all));
	if (all)
		c->streams = all;
	s = all ? calloc(1, sizeof(*s)) : NULL;
	if (s) {
		s->opts = *opts;
		s->opts.map = map->name; /* the caller's may not last */
		s->owner = c;
		s->map_fd = map->fd;
		s->fds = calloc((size_t)cbee_cpus(c), sizeof(*s->fds));
	}
	if (s && s->fds)
		err = map->info.type == BPF_MAP_TYPE_RINGBUF ? open_ring(s, map->fd)
							     : open_perf(s, map->fd, cbee_cpus(c));
	if (err) {
		if (s)
			unhook(s);
		stream_free(s);
		return cbee__err_os(&c->err, err, "cannot open stream '%s'", opts->map);
	}
	cbee__say(c, "stream '%s' is a %s", s->opts.map, s->ring ? "ring buffer" : "perf buffer");
	if (!map->record)
		cbee__say(c,
			  "what a record of '%s' looks like is not known: what is submitted is no "
			  "struct, none that the text defines outside functions, or not always the "
			  "same",
			  s->opts.map);
	c->streams[c->stream_count++] = s;
	return 0;
}

int cbee_stream_close(struct cbee *c, const char *map)
{
	struct cbee__stream *s = find(c, map);

	if (!s)
		return cbee__err(&c->err, -ENOENT, "no stream '%.60s' is open", map);
	unhook(s);
	s->closed = true;
	if (!c->delivering)
		sweep(c);
	return 0;
}

void cbee__streams_close(struct cbee *c)
{
	for (size_t i = 0; i < c->stream_count; i++)
		stream_free(c->streams[i]);
	free(c->streams);
	c->streams = NULL;
	c->stream_count = 0;
}

/* ---- waiting ---------------------------------------------------------- */

static unsigned int stream_fds(const struct cbee *c)
{
	unsigned int count = 0;

	for (size_t i = 0; i < c->stream_count; i++)
		count += c->streams[i]->fd_count;
	return count;
}

unsigned int cbee_poll_fds(const struct cbee *c)
{
	return stream_fds(c) + (cbee__trace_poll_fd(c) >= 0);
}

int cbee_poll_fd(const struct cbee *c, unsigned int i)
{
	for (size_t s = 0; s < c->stream_count; s++) {
		if (i < c->streams[s]->fd_count)
			return c->streams[s]->fds[i];
		i -= c->streams[s]->fd_count;
	}
	return !i && cbee__trace_poll_fd(c) >= 0 ? cbee__trace_poll_fd(c) : -EINVAL;
}

int cbee_poll_deliver(struct cbee *c)
{
	return deliver_all(c);
}

/* Waits until a stream is ready or the time is over: 1; 0: a signal came. */
static int wait_for_records(struct cbee *c, int timeout_ms)
{
	unsigned int count = stream_fds(c);
	struct pollfd *p = calloc(count, sizeof(*p));
	int ready, err;

	if (!p)
		return cbee__err_os(&c->err, -ENOMEM, "cannot wait for records");
	for (unsigned int i = 0; i < count; i++)
		p[i] = (struct pollfd){ .fd = cbee_poll_fd(c, i), .events = POLLIN };
	ready = poll(p, count, timeout_ms);
	err = errno;
	free(p);
	if (ready >= 0)
		return 1;
	return err == EINTR ? 0 : cbee__err_os(&c->err, -err, "cannot wait for records");
}

int cbee_poll(struct cbee *c, int timeout_ms)
{
	int err = 1;

	if (!c->stream_count)
		return cbee__err(&c->err, -EBADF, "no stream is open");
	for (size_t i = 0; i < c->stream_count; i++)
		if (has_kept(c->streams[i]))
			timeout_ms = 0;
	if (!c->delivering) /* else the next call says what is wrong */
		err = wait_for_records(c, timeout_ms);
	if (err <= 0)
		return err;
	/* also when the time is over: there may be fewer than wakeup_events */
	err = deliver_all(c);
	return err ? err : c->delivered < INT_MAX ? (int)c->delivered : INT_MAX;
}

uint64_t cbee_poll_lost(const struct cbee *c)
{
	return c->lost;
}

uint64_t cbee_stream_lost(const struct cbee *c, const char *map)
{
	const struct cbee__stream *s = find(c, map);

	return s ? s->lost : 0;
}
