/* SPDX-License-Identifier: Apache-2.0 */
/* Tests streams: which buffer is opened, what is delivered, what is lost. */
#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#include "rig.h"

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
	rig_begin();
	fake_add_map("ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	fake_add_map("perf", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0);
	fake_add_map("hash", BPF_MAP_TYPE_HASH, 4, 8, 8);
	rig_load();
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
	UNIT_STR(fake_nth("open_perf_buffer", 2),
		 "open_perf_buffer pid=-1 cpu=2 pages=64 wakeup=1");
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
	UNIT_STR(fake_nth("open_perf_buffer", 1), "open_perf_buffer pid=-1 cpu=2 pages=8 wakeup=1");
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

/* ---- callbacks that are told more ------------------------------------- */

static struct {
	unsigned int stop_after; /* 0: never */
	const char *close;	 /* when it stops */
	bool poll;		 /* from inside */
	int answer;		 /* to that */
	uint64_t lost;
	int lost_cpu;
} plan;

static bool take_each(void *arg, const struct cbee_record *r)
{
	size_t at = strlen(got);

	(void)arg;
	snprintf(got + at, sizeof(got) - at, "%s@%d:%.*s;", r->map, r->cpu, (int)r->size,
		 (const char *)r->data);
	if (plan.poll)
		plan.answer = cbee_poll(c, 0);
	if (!plan.stop_after || --plan.stop_after)
		return true;
	if (plan.close)
		UNIT_EQ(cbee_stream_close(c, plan.close), 0);
	return plan.close;
}

static void take_lost(void *arg, int cpu, uint64_t count)
{
	(void)arg;
	plan.lost += count;
	plan.lost_cpu = cpu;
}

static struct cbee_stream_opts each_of(const char *map)
{
	return (struct cbee_stream_opts){ .map = map, .each = take_each, .lost = take_lost };
}

static void start_each(const char *map)
{
	struct cbee_stream_opts opts = each_of(map);

	start();
	memset(&plan, 0, sizeof(plan));
	UNIT_EQ(cbee_stream_open(c, &opts), 0);
}

static void push(const char *word)
{
	fake_push(word, strlen(word));
}

static void callbacks_know_stream_and_cpu(void)
{
	start_each("perf");
	push("a");
	fake_lose(5);
	UNIT_EQ(cbee_poll(c, 1000), 1);
	UNIT_STR(got, "perf@0:a;");
	UNIT_EQ(plan.lost, 5);
	UNIT_EQ(plan.lost_cpu, 0);
	UNIT_EQ(cbee_stream_lost(c, "perf"), 5);
	UNIT_EQ(cbee_stream_lost(c, "ring"), 0);
	UNIT_EQ(cbee_stream_close(c, "perf"), 0);
	UNIT_EQ(cbee_poll_lost(c), 5);
	UNIT_EQ(cbee_stream_lost(c, "perf"), 0);
	end();
	start_each("ring");
	push("b");
	UNIT_EQ(cbee_poll(c, -1), 1);
	UNIT_STR(got, "ring@-1:b;");
	end();
}

/* What is left after a callback has stopped is delivered the next time, once and in order. */
static void callbacks_stop(void)
{
	static const char *const maps[] = { "ring", "perf" };

	for (int i = 0; i < 2; i++) {
		start_each(maps[i]);
		plan.stop_after = 2;
		for (const char *word = "abcde"; *word; word++)
			fake_push(word, 1);
		UNIT_EQ(cbee_poll(c, 0), 2);
		plan.stop_after = 1;
		UNIT_EQ(cbee_poll_deliver(c), 0);
		/* does not wait although there is nothing new */
		UNIT_EQ(cbee_poll(c, -1), 2);
		UNIT_EQ(cbee_poll(c, 0), 0);
		UNIT_STR(got, i ? "perf@0:a;perf@0:b;perf@0:c;perf@0:d;perf@0:e;"
				: "ring@-1:a;ring@-1:b;ring@-1:c;ring@-1:d;ring@-1:e;");
		end();
	}
}

static void the_other_streams_wait_too(void)
{
	struct cbee_stream_opts ring = each_of("ring");

	start_each("perf");
	UNIT_EQ(cbee_stream_open(c, &ring), 0);
	plan.stop_after = 1;
	push("a");
	push("b");
	UNIT_EQ(cbee_poll(c, 0), 1);
	push("c");
	UNIT_EQ(cbee_poll(c, 0), 2);
	UNIT_STR(got, "perf@0:a;perf@0:b;perf@0:c;");
	end();
}

/* A record that there is no memory to keep counts as lost. */
static void what_cannot_be_kept_is_lost(void)
{
	start_each("perf");
	plan.stop_after = 1;
	push("a");
	push("b");
	push("c");
	unit_fail_alloc(2); /* the first is for poll() */
	UNIT_EQ(cbee_poll(c, 0), 1);
	UNIT_EQ(unit_alloc_failed(), 1);
	unit_fail_alloc(0);
	UNIT_EQ(cbee_stream_lost(c, "perf") + cbee_poll(c, 0), 2);
	UNIT_EQ(cbee_poll_lost(c), cbee_stream_lost(c, "perf"));
	CU_ASSERT(cbee_poll_lost(c) > 0);
	end();
}

static void callbacks_close_streams(void)
{
	static const char *const maps[] = { "ring", "perf" };
	struct cbee_stream_opts ring = each_of("ring"), perf = each_of("perf");

	for (int self = 0; self < 2; self++)
		for (int i = 0; i < 2; i++) {
			start();
			memset(&plan, 0, sizeof(plan));
			UNIT_EQ(cbee_stream_open(c, i ? &perf : &ring), 0);
			UNIT_EQ(cbee_stream_open(c, i ? &ring : &perf), 0);
			plan.stop_after = 1;
			plan.close = maps[self ? i : !i];
			push("a");
			push("b");
			UNIT_EQ(cbee_poll(c, 0), 2 - (self && i));
			UNIT_EQ(cbee_poll_fds(c), plan.close == maps[0] ? 3 : 1);
			UNIT_EQ(cbee_stream_close(c, plan.close), -ENOENT);
			UNIT_EQ(fake_buffers(), plan.close == maps[0] ? 3 : 1);
			end();
		}
}

static void callbacks_cannot_poll(void)
{
	start_each("ring");
	plan.poll = true;
	push("a");
	UNIT_EQ(cbee_poll(c, 0), 1);
	UNIT_EQ(plan.answer, -EBUSY);
	UNIT_STR(cbee_error(c)->text, "a callback cannot ask for more records");
	end();
}

/* ---- opening, closing, waiting ---------------------------------------- */

static void streams_are_closed(void)
{
	struct cbee_stream_opts perf = on("perf");
	uint32_t cpu = 1, fd;

	start();
	UNIT_EQ(cbee_stream_close(c, "perf"), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "no stream 'perf' is open");
	UNIT_EQ(cbee_stream_open(c, &perf), 0);
	UNIT_EQ(cbee_stream_open(c, &perf), -EBUSY);
	UNIT_STR(cbee_error(c)->text, "stream 'perf' is open already");
	UNIT_EQ(cbee_stream_close(c, "perf"), 0);
	UNIT_EQ(fake_buffers(), 0);
	UNIT_EQ(cbee_poll_fds(c), 0);
	UNIT_EQ(cbee_map_get(cbee_map(c, "perf"), &cpu, sizeof(cpu), &fd, sizeof(fd)), -ENOENT);
	UNIT_EQ(cbee_stream_open(c, &perf), 0);
	push("again");
	UNIT_EQ(cbee_poll(c, 0), 1);
	UNIT_STR(got, "again;");
	end();
}

static void refuse(const struct cbee_stream_opts *opts, int code, const char *text)
{
	UNIT_EQ(cbee_stream_open(c, opts), code);
	UNIT_STR(cbee_error(c)->text, text);
}

static void wrong_options_are_refused(void)
{
	struct cbee_stream_opts opts = on("perf");

	start();
	opts.pages = 3;
	refuse(&opts, -EINVAL,
	       "a perf buffer has 1, 2, 4, 8 ... pages, but stream 'perf' is to have 3");
	opts.pages = 1u << 31;
	UNIT_EQ(cbee_stream_open(c, &opts), -EINVAL);
	opts.pages = 1;
	opts.wakeup_events = 1u << 31;
	refuse(&opts, -EINVAL, "stream 'perf' wakes after more events than there can be");
	opts.wakeup_events = 7;
	opts.each = take_each;
	refuse(&opts, -EINVAL, "stream 'perf' has two callbacks for records");
	opts.each = NULL;
	opts.record = NULL;
	refuse(&opts, -EINVAL, "stream 'perf' has no callback for records");
	opts.record = take;
	UNIT_EQ(fake_calls(), 0);
	UNIT_EQ(cbee_stream_open(c, &opts), 0);
	UNIT_STR(fake_nth("open_perf_buffer", 0), "open_perf_buffer pid=-1 cpu=0 pages=1 wakeup=7");
	end();
	fds_before = unit_open_fds();
	rig_compile();
	UNIT_EQ(cbee_stream_open(c, &opts), -EBADF);
	end();
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void polling_ends_by_time_or_signal(void)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct cbee_stream_opts ring = on("ring");
	struct itimerval soon = { .it_value.tv_usec = 20000 };

	start();
	UNIT_EQ(cbee_poll(c, 0), -EBADF);
	UNIT_STR(cbee_error(c)->text, "no stream is open");
	UNIT_EQ(cbee_stream_open(c, &ring), 0);
	UNIT_EQ(cbee_poll(c, 0), 0);
	UNIT_EQ(cbee_poll(c, 10), 0);
	sigaction(SIGALRM, &act, &old);
	setitimer(ITIMER_REAL, &soon, NULL);
	push("x");
	fake_refuse("consume_ringbuf", EIO);
	UNIT_EQ(cbee_poll(c, 0), -EIO);
	fake_refuse_none();
	UNIT_EQ(cbee_poll(c, 0), 1);
	UNIT_EQ(cbee_poll(c, -1), 0);
	sigaction(SIGALRM, &old, NULL);
	unit_fail_alloc(1);
	UNIT_EQ(cbee_poll(c, 0), -ENOMEM);
	unit_fail_alloc(0);
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

	UNIT_EACH_ALLOC_AFTER(start(), e, -ENOMEM, {
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
	  { "callbacks know stream and CPU", callbacks_know_stream_and_cpu },
	  { "callbacks stop", callbacks_stop },
	  { "the other streams wait too", the_other_streams_wait_too },
	  { "what cannot be kept is lost", what_cannot_be_kept_is_lost },
	  { "callbacks close streams", callbacks_close_streams },
	  { "callbacks cannot poll", callbacks_cannot_poll },
	  { "streams are closed", streams_are_closed },
	  { "wrong options are refused", wrong_options_are_refused },
	  { "polling ends by time or signal", polling_ends_by_time_or_signal },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
