/* SPDX-License-Identifier: Apache-2.0 */
/* Streams on this kernel: waiting, stopping, losses, and records without their C type. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "maps.h"

#define EVENTS 23

#define RING	 "BPF_RINGBUF_OUTPUT(events, 1);\n"
#define PERF	 "BPF_PERF_OUTPUT(events);\n"
#define TO_RING	 "	events.ringbuf_output(&e, sizeof(e), 0);\n"
#define TO_PERF	 "	events.perf_submit(args, &e, sizeof(e));\n"
#define PROBE(x) "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n" FILTER x "	return 0;\n}\n"
#define NUMBER             \
	"struct event {\n" \
	"	u32 n;\n"        \
	"	u64 square;\n"   \
	"};\n"
#define SEND_NUMBER                          \
	"	struct event e = { args->pid };\n" \
	"	e.square = (u64)args->pid * args->pid;\n"

struct event {
	uint32_t n;
	uint64_t square;
};

/* What the callback has seen, and when it is to stop. */
static struct {
	struct cbee *c;
	unsigned int count, stop_at;
	unsigned long long sum, lost;
	int cpu;
	char text[512];
} seen;

static bool on_event(void *arg, const struct cbee_record *r)
{
	const struct event *e = r->data;
	char *text = NULL, want[64];

	(void)arg;
	seen.sum += e->square;
	seen.cpu = r->cpu;
	EXPECT("in order", e->n, seen.count);
	snprintf(want, sizeof(want), "{ n = %u, square = %u }", seen.count,
		 seen.count * seen.count);
	EXPECT("text", cbee_stream_text(seen.c, r->map, r->data, r->size, &text), 0);
	if (text && strcmp(text, want)) {
		printf("%s, not %s\n", text, want);
		bad = 1;
	}
	free(text);
	return ++seen.count != seen.stop_at;
}

static bool on_text(void *arg, const struct cbee_record *r)
{
	size_t at = strlen(seen.text);
	char *text = NULL;

	(void)arg;
	EXPECT("json", cbee_stream_json(seen.c, r->map, r->data, r->size, &text), 0);
	snprintf(seen.text + at, sizeof(seen.text) - at, "%s", text);
	free(text);
	seen.count++;
	return true;
}

static void on_lost(void *arg, int cpu, uint64_t count)
{
	(void)arg;
	seen.cpu = cpu;
	seen.lost += count;
}

static void begin(const char *text, const struct cbee_stream_opts *opts)
{
	memset(&seen, 0, sizeof(seen));
	seen.c = open_mine(text);
	EXPECT("open", cbee_stream_open(seen.c, opts), 0);
	EXPECT("attach", cbee_attach_auto(seen.c, NULL), 0);
}

static void fire(int count)
{
	for (int i = 0; i < count; i++)
		syscall(SYS_getpgid, i);
}

static void stay_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	EXPECT("affinity", sched_setaffinity(0, sizeof(set), &set), 0);
}

static double now_ms(void)
{
	return (double)cbee_monotonic_ns() / 1e6;
}

/* 23 records, exactly and in order, in two deliveries of which a callback ended the first. */
static void check_numbers(const char *text, int cpu)
{
	struct cbee_stream_opts opts = { .map = "events", .each = on_event };
	double start;

	begin(text, &opts);
	fire(EVENTS);
	seen.stop_at = 9;
	EXPECT("until it stops", cbee_poll(seen.c, 1000), 9);
	EXPECT("the rest", cbee_poll(seen.c, -1), EVENTS - 9);
	EXPECT("records", seen.count, EVENTS);
	EXPECT("sum", seen.sum, 22 * 23 * 45 / 6);
	EXPECT("cpu", seen.cpu, cpu);
	start = now_ms();
	EXPECT("nothing", cbee_poll(seen.c, 0), 0);
	EXPECT("at once", now_ms() - start < 40, 1);
	EXPECT("nothing in time", cbee_poll(seen.c, 50), 0);
	EXPECT("the time", now_ms() - start >= 50, 1);
	EXPECT("lost", cbee_poll_lost(seen.c), 0);
	EXPECT("close", cbee_stream_close(seen.c, "events"), 0);
	fire(1);
	EXPECT("poll", cbee_poll(seen.c, 0), -EBADF);
	seen.count = 0;
	EXPECT("open again", cbee_stream_open(seen.c, &opts), 0);
	if (cpu < 0) /* a ring buffer kept it, and a perf buffer of nobody did not */
		EXPECT("what came in between", cbee_poll(seen.c, 0), 1);
	seen.count = 0;
	fire(2);
	EXPECT("as before", cbee_poll(seen.c, 1000), 2);
	cbee_free(seen.c);
}

/* The one record of a text: how it is declared, and what it is as JSON. */
static void check_layout(const char *text, const char *declared, const char *json)
{
	struct cbee_stream_opts opts = { .map = "events", .each = on_text };
	char *is = NULL;

	begin(text, &opts);
	EXPECT("declare", cbee_field_declare(cbee_stream_layout(seen.c, "events"), "e", &is), 0);
	if (is && strcmp(is, declared)) {
		puts(is);
		bad = 1;
	}
	free(is);
	fire(1);
	EXPECT("one", cbee_poll(seen.c, 1000), 1);
	if (strcmp(seen.text, json)) {
		puts(seen.text);
		bad = 1;
	}
	cbee_free(seen.c);
}

#define MIXED                                                                             \
	"enum color { RED, GREEN };\n"                                                    \
	"typedef unsigned short port_t;\n"                                                \
	"struct in { u8 a; u32 b; };\n"                                                   \
	"struct other { u8 x; u32 y; };\n"                                                \
	"typedef struct {\n"                                                              \
	"	u8 one; u64 two; char comm[5]; u16 three; enum color color; port_t ports[3];\n" \
	"	struct in in[2]; bool yes; s8 minus; union { u8 x; u64 y; } u;\n"               \
	"	struct other last; signed char end;\n"                                          \
	"} mixed_t;\n"
#define SEND_MIXED                                                                 \
	"	mixed_t e = {};\n"                                                       \
	"	e.one = 1; e.two = 1ull << 40; e.comm[0] = 'a'; e.comm[1] = '\"';\n"     \
	"	e.three = 3; e.color = GREEN; e.ports[2] = 65535; e.in[1].a = 7;\n"      \
	"	e.in[1].b = 8; e.yes = true; e.minus = -1; e.u.y = 258; e.last.y = 9;\n" \
	"	e.end = -2;\n"

#define BITS              \
	"struct bits {\n" \
	"	u8 one; u32 low:3, high:29; s32 minus:4; u8 two; u64 far:40; u16 x; };\n"
#define SEND_BITS                                                                           \
	"	struct bits e = {};\n"                                                            \
	"	e.one = 1; e.low = 5; e.high = 6; e.minus = -3; e.two = 2; e.far = 1ull << 39;\n" \
	"	e.x = 7;\n"

static void check_layouts(void)
{
	static const char mixed[] = "struct { u8 one; u64 two; char comm[5]; u16 three; u32 color; "
				    "u16 ports[3]; struct { u8 a; u32 b; } in[2]; bool yes; "
				    "s8 minus; union { u8 x; u64 y; } u; "
				    "struct { u8 x; u32 y; } last; s8 end; } e";
	static const char mixed_json[] =
		"{\"one\":1,\"two\":1099511627776,\"comm\":\"a\\\"\",\"three\":3,\"color\":1,"
		"\"ports\":[0,0,65535],\"in\":[{\"a\":0,\"b\":0},{\"a\":7,\"b\":8}],"
		"\"yes\":true,\"minus\":-1,\"u\":{\"x\":2,\"y\":258},"
		"\"last\":{\"x\":0,\"y\":9},\"end\":-2}";
	static const char bits[] = "struct { u8 one; u32 low:3; u32 high:29; s32 minus:4; u8 two; "
				   "u64 far:40; u16 x; } e";
	static const char bits_json[] = "{\"one\":1,\"low\":5,\"high\":6,\"minus\":-3,\"two\":2,"
					"\"far\":549755813888,\"x\":7}";

	check_layout(MIXED RING PROBE(SEND_MIXED TO_RING), mixed, mixed_json);
	check_layout(MIXED PERF PROBE(SEND_MIXED TO_PERF), mixed, mixed_json);
	check_layout(BITS RING PROBE(SEND_BITS TO_RING), bits, bits_json);
	check_layout(BITS PERF PROBE(SEND_BITS TO_PERF), bits, bits_json);
}

/* Reserved records, packed ones, and what has no layout. */
static void check_kinds(void)
{
	struct cbee_stream_opts opts = { .map = "events", .each = on_text };
	struct cbee_stream_opts bytes = { .map = "bytes", .each = on_text };
	struct cbee_stream_opts two = { .map = "two", .each = on_text };

	begin("struct loose { u8 a; u32 b; };\n"
	      "struct packed { u8 a; u32 b; } __attribute__((packed));\n"
	      "struct wide { u64 a; };\n"
	      "BPF_RINGBUF_OUTPUT(bytes, 1);\n"
	      "BPF_PERF_OUTPUT(two);\n" RING PROBE(
		      "	struct packed *e = events.ringbuf_reserve(sizeof(struct packed));\n"
		      "	u16 number = 258;\n"
		      "	struct wide wide = { 1 };\n"
		      "	struct loose loose = {};\n"
		      "	if (!e)\n"
		      "		return 0;\n"
		      "	e->a = 5;\n"
		      "	e->b = 6;\n"
		      "	events.ringbuf_submit(e, 0);\n"
		      "	bytes.ringbuf_output(&number, sizeof(number), 0);\n"
		      "	loose.b = 2;\n"
		      "	two.perf_submit(args, &wide, sizeof(wide));\n"
		      "	two.perf_submit(args, &loose, 4);\n"),
	      &opts);
	EXPECT("bytes", cbee_stream_open(seen.c, &bytes), 0);
	EXPECT("two", cbee_stream_open(seen.c, &two), 0);
	EXPECT("no layout", cbee_stream_layout(seen.c, "bytes") == NULL, 1);
	EXPECT("no layout", cbee_stream_layout(seen.c, "two") == NULL, 1);
	fire(1);
	EXPECT("records of three streams", cbee_poll(seen.c, 1000), 4);
	if (strcmp(seen.text, "{\"a\":5,\"b\":6}\"hex:0201\"\"hex:010000000000000000000000\"\"hex:"
			      "00000000\"")) {
		puts(seen.text);
		bad = 1;
	}
	cbee_free(seen.c);
}

/* A page for all: most records find no room, and none goes missing uncounted. */
static void check_lost(void)
{
	struct cbee_stream_opts opts = {
		.map = "events", .each = on_text, .lost = on_lost, .pages = 1
	};

	begin(NUMBER PERF PROBE(SEND_NUMBER TO_PERF), &opts);
	fire(2000);
	cbee_poll(seen.c, 0);
	EXPECT("some", seen.count > 50 && seen.count < 1000, 1);
	EXPECT("not told yet", seen.lost, 0);
	fire(1); /* what finds room again tells */
	cbee_poll(seen.c, 1000);
	EXPECT("delivered and lost", seen.count + seen.lost, 2001);
	EXPECT("which CPU", seen.cpu, 0);
	EXPECT("in all", cbee_poll_lost(seen.c), seen.lost);
	EXPECT("of the stream", cbee_stream_lost(seen.c, "events"), seen.lost);
	cbee_free(seen.c);

	opts.pages = 0;
	begin(NUMBER RING "BPF_ARRAY(full, u64, 1);\n" PROBE(
		      SEND_NUMBER "	int zero = 0;\n"
				  "	if (events.ringbuf_output(&e, sizeof(e), 0))\n"
				  "		full.increment(zero);\n"),
	      &opts);
	fire(2000);
	cbee_poll(seen.c, 0);
	EXPECT("of the text",
	       cbee_map_sum(cbee_map(seen.c, "full"), &(int){ 0 }, sizeof(int),
			    (uint64_t *)&seen.sum),
	       0);
	EXPECT("delivered and not sent", seen.count + seen.sum, 2000);
	EXPECT("a page of records", seen.count, 4096 / 24);
	EXPECT("lost", cbee_poll_lost(seen.c), 0);
	cbee_free(seen.c);
}

static void check_wakeup(void)
{
	struct cbee_stream_opts opts = { .map = "events", .each = on_event, .wakeup_events = 5 };
	double start;

	begin(NUMBER PERF PROBE(SEND_NUMBER TO_PERF), &opts);
	fire(5);
	EXPECT("five", cbee_poll(seen.c, -1), 5);
	seen.count = 0;
	fire(4);
	start = now_ms();
	EXPECT("four, when the time is over", cbee_poll(seen.c, 60), 4);
	EXPECT("the time", now_ms() - start >= 60, 1);
	cbee_free(seen.c);
}

int main(void)
{
	stay_on_cpu(0);
	check_numbers(NUMBER RING PROBE(SEND_NUMBER TO_RING), -1);
	check_numbers(NUMBER PERF PROBE(SEND_NUMBER TO_PERF), 0);
	check_layouts();
	check_kinds();
	check_lost();
	check_wakeup();
	if (!bad)
		puts("all as it should be");
	return bad;
}
