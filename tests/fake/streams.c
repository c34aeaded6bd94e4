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

static void deliver(struct buffer *b)
{
	unsigned int count = fake.record_count;
	uint64_t ready;

	fake.record_count = 0;
	if (read(b->fd, &ready, sizeof(ready)) < 0 && errno != EAGAIN)
		abort();
	for (unsigned int i = 0; i < count; i++) {
		if (b->ring)
			b->ring(b->ctx, fake.records[i].data, fake.records[i].size);
		else
			b->raw(b->ctx, fake.records[i].data, (int)fake.records[i].size);
	}
	if (b->lost && fake.lost)
		b->lost(b->ctx, fake.lost);
	fake.lost = 0;
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
	deliver((void *)ring);
	return 0;
}

int ring_buffer__epoll_fd(const struct ring_buffer *ring)
{
	return ((const struct buffer *)(const void *)ring)->fd;
}

void *bpf_open_perf_buffer(perf_reader_raw_cb raw, perf_reader_lost_cb lost, void *ctx, int pid,
			   int cpu, int pages)
{
	struct buffer *b;

	if (cpu == fake.offline) {
		errno = ENODEV;
		return NULL;
	}
	if (fake_step("open_perf_buffer pid=%d cpu=%d pages=%d", pid, cpu, pages))
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
