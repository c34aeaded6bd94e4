/* SPDX-License-Identifier: Apache-2.0 */
/* Records from a ring or perf buffer through pollable descriptors, with lost counts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel/tracepipe.h"

int ring_buffer__epoll_fd(const struct ring_buffer *rb);

#define DEFAULT_PAGES 64

static int on_ring(void *arg, void *data, size_t size)
{
	struct cbee__stream *s = arg;

	s->opts.record(s->opts.arg, data, size);
	return 0;
}

static void on_perf(void *arg, void *data, int size)
{
	struct cbee__stream *s = arg;

	s->opts.record(s->opts.arg, data, (size_t)size);
}

static void on_perf_lost(void *arg, uint64_t lost)
{
	struct cbee__stream *s = arg;

	s->owner->lost += lost;
}

static void stream_free(struct cbee__stream *s)
{
	if (!s)
		return;
	if (s->ring)
		bpf_free_ringbuf(s->ring);
	for (unsigned int i = 0; s->readers && i < s->fd_count; i++)
		perf_reader_free(s->readers[i]);
	free(s->readers);
	free(s->fds);
	free(s);
}

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
		void *reader = bpf_open_perf_buffer(on_perf, on_perf_lost, s, -1, cpu, pages);
		int fd, err = errno;

		if (!reader && err == ENODEV)
			continue;
		if (!reader)
			return err ? -err : -EIO;
		s->readers[s->fd_count] = reader;
		fd = s->fds[s->fd_count++] = perf_reader_fd(reader);
		if (bpf_update_elem(map_fd, &cpu, &fd, BPF_ANY))
			return -errno;
	}
	return s->fd_count ? 0 : -ENODEV;
}

int cbee_stream_open(struct cbee *c, const struct cbee_stream_opts *opts)
{
	struct cbee_map *map = cbee_map(c, opts->map);
	struct cbee__stream **all, *s;
	int err = -ENOMEM;

	if (!map)
		return -ENOENT;
	if (map->info.type != BPF_MAP_TYPE_RINGBUF &&
	    map->info.type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return cbee__err(&c->err, -EINVAL, "map '%s' is no ring or perf buffer", opts->map);
	all = realloc(c->streams, (c->stream_count + 1) * sizeof(*all));
	if (all)
		c->streams = all;
	s = all ? calloc(1, sizeof(*s)) : NULL;
	if (s) {
		s->opts = *opts;
		s->opts.map = map->name; /* the caller's may not last */
		s->owner = c;
		s->fds = calloc((size_t)cbee_cpus(c), sizeof(*s->fds));
	}
	if (s && s->fds)
		err = map->info.type == BPF_MAP_TYPE_RINGBUF ? open_ring(s, map->fd)
							     : open_perf(s, map->fd, cbee_cpus(c));
	if (err) {
		stream_free(s);
		return cbee__err_os(&c->err, err, "cannot open stream '%s'", opts->map);
	}
	cbee__say(c, "stream '%s' is a %s", opts->map, s->ring ? "ring buffer" : "perf buffer");
	c->streams[c->stream_count++] = s;
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

unsigned int cbee_poll_fds(const struct cbee *c)
{
	unsigned int count = 0;

	for (size_t i = 0; i < c->stream_count; i++)
		count += c->streams[i]->fd_count;
	return count + (cbee__trace_poll_fd(c) >= 0);
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
	int err = 0;

	for (size_t i = 0; i < c->stream_count; i++) {
		struct cbee__stream *s = c->streams[i];

		if (s->ring && bpf_consume_ringbuf(s->ring) < 0)
			err = cbee__err(&c->err, -EIO, "cannot read stream '%s'", s->opts.map);
		for (unsigned int r = 0; s->readers && r < s->fd_count; r++)
			perf_reader_event_read(s->readers[r]);
	}
	return err;
}

uint64_t cbee_poll_lost(const struct cbee *c)
{
	return c->lost;
}
