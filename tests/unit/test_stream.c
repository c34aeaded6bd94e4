/* SPDX-License-Identifier: Apache-2.0 */
/* Tests streams: which buffer is opened, what is delivered, what is lost. */
#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>

#include "kernel/handle.h"
#include "kernel.h"
#include "unit.h"

static struct cbee *c;
static int fds_before;
static char got[128];

static void take(void *arg, const void *data, size_t size)
{
	size_t at = strlen(got);

	snprintf(got + at, sizeof(got) - at, "%s%.*s;", (const char *)arg, (int)size,
		 (const char *)data);
}

static struct cbee_stream_opts on(const char *map)
{
	return (struct cbee_stream_opts){ .map = map, .record = take, .arg = (void *)"" };
}

static void start(void)
{
	got[0] = '\0';
	fds_before = fake_open_fds();
	fake_reset();
	fake_add_map("ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	fake_add_map("perf", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0);
	fake_add_map("hash", BPF_MAP_TYPE_HASH, 4, 8, 8);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

static void end(void)
{
	cbee_free(c);
	UNIT_EQ(fake_buffers(), 0);
	UNIT_EQ(fake_open_fds(), fds_before);
}

static bool readable(unsigned int i)
{
	struct pollfd p = { .fd = cbee_poll_fd(c, i), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void a_ring_delivers(void)
{
	struct cbee_stream_opts opts = on("ring");

	start();
	UNIT_EQ(cbee_poll_fds(c), 0);
	UNIT_EQ(cbee_poll_deliver(c), 0);
	UNIT_EQ(cbee_stream_open(c, &opts), 0);
	UNIT_STR(fake_call(0), "new_ringbuf ring");
	UNIT_EQ(cbee_poll_fds(c), 1);
	UNIT_EQ(cbee_poll_fd(c, 1), -EINVAL);
	CU_ASSERT(!readable(0));
	fake_push("one", 3);
	fake_push("two", 3);
	CU_ASSERT(readable(0));
	UNIT_EQ(cbee_poll_deliver(c), 0);
	UNIT_STR(got, "one;two;");
	CU_ASSERT(!readable(0));
	UNIT_EQ(cbee_poll_deliver(c), 0);
	UNIT_STR(got, "one;two;");
	end();
}

static void a_perf_buffer_delivers(void)
{
	struct cbee_stream_opts opts = on("perf");

	start();
	UNIT_EQ(cbee_stream_open(c, &opts), 0);
	UNIT_STR(fake_nth("open_perf_buffer", 2), "open_perf_buffer pid=-1 cpu=2 pages=64");
	UNIT_EQ(fake_count("update perf flags=0"), 3);
	UNIT_EQ(cbee_poll_fds(c), 3);
	for (uint32_t cpu = 0, fd; cpu < 3; cpu++) {
		UNIT_EQ(cbee_map_get(cbee_map(c, "perf"), &cpu, sizeof(cpu), &fd, sizeof(fd)), 0);
		UNIT_EQ(fd, cbee_poll_fd(c, cpu));
	}
	fake_push("record", 6);
	fake_lose(5);
	UNIT_EQ(cbee_poll_deliver(c), 0);
	UNIT_STR(got, "record;");
	UNIT_EQ(cbee_poll_lost(c), 5);
	fake_lose(2);
	UNIT_EQ(cbee_poll_deliver(c), 0);
	UNIT_EQ(cbee_poll_lost(c), 7);
	end();
}

static void offline_cpus_have_no_buffer(void)
{
	struct cbee_stream_opts opts = on("perf");
	uint32_t cpu = 1, fd;

	start();
	fake_set_offline(1);
	opts.pages = 8;
	UNIT_EQ(cbee_stream_open(c, &opts), 0);
	UNIT_STR(fake_nth("open_perf_buffer", 1), "open_perf_buffer pid=-1 cpu=2 pages=8");
	UNIT_EQ(cbee_poll_fds(c), 2);
	UNIT_EQ(cbee_map_get(cbee_map(c, "perf"), &cpu, sizeof(cpu), &fd, sizeof(fd)), -ENOENT);
	end();
}

static void two_streams_are_polled(void)
{
	struct cbee_stream_opts ring = on("ring"), perf = on("perf");

	start();
	UNIT_EQ(cbee_stream_open(c, &perf), 0);
	UNIT_EQ(cbee_stream_open(c, &ring), 0);
	UNIT_EQ(cbee_poll_fds(c), 4);
	for (unsigned int i = 0; i < 4; i++)
		for (unsigned int k = 0; k < i; k++)
			CU_ASSERT(cbee_poll_fd(c, i) != cbee_poll_fd(c, k));
	UNIT_EQ(cbee_poll_fd(c, 4), -EINVAL);
	end();
}

static void what_is_no_stream_is_refused(void)
{
	struct cbee_stream_opts opts = on("hash");

	start();
	UNIT_EQ(cbee_stream_open(c, &opts), -EINVAL);
	UNIT_STR(cbee_error(c)->text, "map 'hash' is no ring or perf buffer");
	opts.map = "none";
	UNIT_EQ(cbee_stream_open(c, &opts), -ENOENT);
	end();
}

static void a_broken_ring_is_told(void)
{
	char name[] = "ring";
	struct cbee_stream_opts opts = on(name);

	start();
	UNIT_EQ(cbee_stream_open(c, &opts), 0);
	memset(name, 'x', 4); /* the name need not last */
	fake_refuse("consume_ringbuf", EIO);
	UNIT_EQ(cbee_poll_deliver(c), -EIO);
	UNIT_STR(cbee_error(c)->text, "cannot read stream 'ring'");
	end();
}

static int open_both(void)
{
	struct cbee_stream_opts ring = on("ring"), perf = on("perf");
	int e = cbee_stream_open(c, &perf);

	if (!e)
		e = cbee_stream_open(c, &ring);
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e;
}

static void survives_failing_calls(void)
{
	int nth = 0, e;

	do {
		start();
		fake_fail(++nth, EMFILE);
		e = open_both();
		if (fake_failed())
			UNIT_EQ(e, -EMFILE);
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	UNIT_EQ(nth, 8);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		unit_fail_alloc(0);
		start();
		unit_fail_alloc(unit_nth);
		e = open_both();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("stream", { "a ring delivers", a_ring_delivers },
	  { "a perf buffer delivers", a_perf_buffer_delivers },
	  { "offline CPUs have no buffer", offline_cpus_have_no_buffer },
	  { "two streams are polled", two_streams_are_polled },
	  { "what is no stream is refused", what_is_no_stream_is_refused },
	  { "a broken ring is told", a_broken_ring_is_told },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
