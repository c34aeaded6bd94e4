/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for ring and perf buffers, which all deliver from one queue. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>
#include <bpf/libbpf.h>

#include "state.h"

#define BUFFERS 8

struct buffer {
	bool used, perf;
	int fd;
	ring_buffer_sample_fn ring;
	perf_reader_raw_cb raw;
	perf_reader_lost_cb lost;
	void *ctx;
};

static struct buffer buffers[BUFFERS];

int fake_buffers(void)
{
	int count = 0;

	for (int i = 0; i < BUFFERS; i++)
		count += buffers[i].used;
	return count;
}

static struct buffer *new_buffer(void)
{
	uint64_t one = 1;

	for (int i = 0; i < BUFFERS; i++) {
		struct buffer *b = &buffers[i];

		if (b->used)
			continue;
		*b = (struct buffer){ .used = true, .fd = fake_new_fd("buffer") };
		if (fake.record_count && write(b->fd, &one, sizeof(one)) < 0)
			abort();
		return b;
	}
	abort();
}

static void free_buffer(struct buffer *b)
{
	close(b->fd);
	b->used = false;
}

/* Readies the buffers; what they deliver is shared. */
static void wake(void)
{
	uint64_t one = 1;

	for (int i = 0; i < BUFFERS; i++)
		if (buffers[i].used && write(buffers[i].fd, &one, sizeof(one)) < 0)
			abort();
}

void fake_push(const void *data, size_t size)
{
	if (fake.record_count == FAKE_RECORDS || size > FAKE_VALUE)
		abort();
	memcpy(fake.records[fake.record_count].data, data, size);
	fake.records[fake.record_count++].size = size;
	wake();
}

void fake_lose(uint64_t lost)
{
	fake.lost += lost;
	wake();
}

/* Takes the first record out of the queue. */
static void drop_first(void)
{
	fake.record_count--;
	memmove(&fake.records[0], &fake.records[1], fake.record_count * sizeof(fake.records[0]));
}

/* Delivers the queue; a ring's callback may end it, after the record that it got. */
static int deliver(struct buffer *b)
{
	uint64_t ready;
	int err = 0;

	if (read(b->fd, &ready, sizeof(ready)) < 0 && errno != EAGAIN)
		abort();
	for (; fake.record_count && !err; drop_first()) {
		if (b->ring)
			err = b->ring(b->ctx, fake.records[0].data, fake.records[0].size);
		else
			b->raw(b->ctx, fake.records[0].data, (int)fake.records[0].size);
	}
	if (fake.record_count)
		wake();
	if (b->lost && fake.lost)
		b->lost(b->ctx, fake.lost);
	fake.lost = 0;
	return err;
}

void *bpf_new_ringbuf(int map_fd, ring_buffer_sample_fn fn, void *ctx)
{
	struct buffer *b;

	if (fake_step("new_ringbuf %s", fake_fd_name(map_fd)))
		return NULL;
	b = new_buffer();
	b->ring = fn;
	b->ctx = ctx;
	return b;
}

void bpf_free_ringbuf(struct ring_buffer *ring)
{
	free_buffer((void *)ring);
}

int bpf_consume_ringbuf(struct ring_buffer *ring)
{
	if (fake_step("consume_ringbuf"))
		return -1;
	return deliver((void *)ring);
}

int ring_buffer__epoll_fd(const struct ring_buffer *ring)
{
	return ((const struct buffer *)(const void *)ring)->fd;
}

void *bpf_open_perf_buffer_opts(perf_reader_raw_cb raw, perf_reader_lost_cb lost, void *ctx,
				int pages, struct bcc_perf_buffer_opts *opts)
{
	struct buffer *b;

	if (opts->cpu == fake.offline) {
		errno = ENODEV;
		return NULL;
	}
	if (fake_step("open_perf_buffer pid=%d cpu=%d pages=%d wakeup=%d", opts->pid, opts->cpu,
		      pages, opts->wakeup_events))
		return NULL;
	b = new_buffer();
	b->raw = raw;
	b->lost = lost;
	b->ctx = ctx;
	return b;
}

void perf_reader_free(void *reader)
{
	free_buffer(reader);
}

int perf_reader_fd(struct perf_reader *reader)
{
	return ((struct buffer *)(void *)reader)->fd;
}

void perf_reader_event_read(struct perf_reader *reader)
{
	deliver((void *)reader);
}
