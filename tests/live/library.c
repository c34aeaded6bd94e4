/* SPDX-License-Identifier: Apache-2.0 */
/* The library as a C program uses it: streams, maps by kind, and the sentences of failures. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "expect.h"

#define EVENTS 23

/* ---- streams ---------------------------------------------------------- */

struct seen {
	unsigned long long count, sum, bytes;
};

static void on_record(void *arg, const void *data, size_t size)
{
	struct seen *seen = arg;
	unsigned long long value;

	memcpy(&value, data, sizeof(value));
	seen->count++;
	seen->sum += value;
	seen->bytes += size;
}

/* 23 records with the numbers 0 to 22, from a system call that only this program makes. */
static void check_stream(const char *text, size_t pad)
{
	struct cbee *c = open_text(text, 0);
	struct seen seen = { 0 };
	struct cbee_stream_opts stream = { .map = "events", .record = on_record, .arg = &seen };

	cbee_const_set(c, "pid", (uint64_t)getpid());
	EXPECT("stream", cbee_stream_open(c, &stream), 0);
	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	for (int i = 0; i < EVENTS; i++)
		syscall(SYS_getpgid, i);
	EXPECT("descriptors", cbee_poll_fds(c) >= 1, 1);
	EXPECT("deliver", cbee_poll_deliver(c), 0);
	EXPECT("records", seen.count, EVENTS);
	EXPECT("sum", seen.sum, EVENTS * (EVENTS - 1) / 2);
	EXPECT("bytes", seen.bytes, EVENTS * (sizeof(uint64_t) + pad));
	EXPECT("lost", cbee_poll_lost(c), 0);
	cbee_detach(c);
	syscall(SYS_getpgid, 0);
	cbee_poll_deliver(c);
	EXPECT("records after detaching", seen.count, EVENTS);
	cbee_free(c);
}

#define FILTER                                                 \
	"TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n"      \
	"{\n"                                                  \
	"	u64 value = args->pid;\n"                            \
	"	if (bpf_get_current_pid_tgid() >> 32 != OPT(pid))\n" \
	"		return 0;\n"

/* More than a buffer holds, before anything is read: what is not delivered is counted. */
static void check_full_stream(const char *define)
{
	const int events = 60000;
	struct seen seen = { 0 };
	struct cbee_stream_opts stream = { .map = "events", .record = on_record, .arg = &seen };
	char text[1024];
	unsigned long long lost = 0;
	unsigned int row = 1; /* CBEE_STREAM_LOST */
	struct cbee *c;

	snprintf(text, sizeof(text),
		 "%s\n#include <cbee/bpf/stream.h>\n" FILTER "	u64 record[8] = { value };\n"
		 "	cbee_emit(args, record, sizeof(record));\n"
		 "	return 0;\n"
		 "}\n",
		 define);
	c = open_text(text, 0);
	cbee_const_set(c, "pid", (uint64_t)getpid());
	EXPECT("stream", cbee_stream_open(c, &stream), 0);
	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	for (int i = 0; i < events; i++)
		syscall(SYS_getpgid, 1);
	cbee_detach(c);
	cbee_poll_deliver(c);
	cbee_map_get(cbee_map(c, "cbee_lost"), &row, sizeof(row), &lost, sizeof(lost));
	EXPECT("delivered and lost", seen.count + lost, events);
	EXPECT("some of each", seen.count > 1000 && lost > 1000, 1);
	EXPECT("sum", seen.sum, seen.count);
	cbee_free(c);
}

/* ---- maps ------------------------------------------------------------- */

static bool add_up(void *arg, const void *key, const void *value)
{
	unsigned long long v;

	(void)key;
	memcpy(&v, value, sizeof(v));
	*(unsigned long long *)arg += v;
	return true;
}

static void check_maps(void)
{
	struct cbee *c = open_text("BPF_HASH(h, u32, u64, 64);\n"
				   "BPF_PERCPU_ARRAY(p, u64, 4);\n"
				   "BPF_HISTOGRAM(d);\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n"
				   "{\n"
				   "	u32 key = args->pid;\n"
				   "	int zero = 0;\n"
				   "	u64 one = 1, *n = p.lookup(&zero);\n"
				   "	if (bpf_get_current_pid_tgid() >> 32 != OPT(pid))\n"
				   "		return 0;\n"
				   "	h.increment(key);\n"
				   "	if (n)\n"
				   "		*n += 2;\n"
				   "	d.increment(bpf_log2l(args->pid));\n"
				   "	return 0;\n"
				   "}\n",
				   0);
	unsigned long long values[1024] = { 0 }, sum = 0;
	unsigned int key = 7, full;
	size_t all = (size_t)cbee_cpus(c) * sizeof(values[0]);

	cbee_const_set(c, "pid", (uint64_t)getpid());
	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < EVENTS; i++)
			syscall(SYS_getpgid, i);
	EXPECT("get", cbee_map_get(cbee_map(c, "h"), &key, sizeof(key), values, sizeof(values[0])),
	       0);
	EXPECT("value of 7", values[0], 3);
	EXPECT("walk", cbee_map_walk(cbee_map(c, "h"), add_up, &sum), 0);
	EXPECT("sum of the hash", sum, 3 * EVENTS);
	key = 0;
	EXPECT("get per CPU", cbee_map_get(cbee_map(c, "p"), &key, sizeof(key), values, all), 0);
	sum = 0;
	for (int i = 0; i < cbee_cpus(c); i++)
		sum += values[i];
	EXPECT("sum over CPUs", sum, 2 * 3 * EVENTS);
	key = 5; /* log2 of 16 to 31, counted from 1 */
	EXPECT("bucket",
	       cbee_map_get(cbee_map(c, "d"), &key, sizeof(key), values, sizeof(values[0])), 0);
	EXPECT("values from 16 to 22", values[0], 3 * 7);
	EXPECT("wrong size", cbee_map_get(cbee_map(c, "h"), &key, 1, values, 8), -EINVAL);
	EXPECT("no such map", cbee_map_get(cbee_map(c, "x"), &key, 4, values, 8), -ENOENT);
	EXPECT("clear", cbee_map_clear(cbee_map(c, "h")), 0);
	key = 7;
	EXPECT("cleared", cbee_map_get(cbee_map(c, "h"), &key, sizeof(key), values, 8), -ENOENT);
	for (full = 100; full < 200; full++)
		if (cbee_map_set(cbee_map(c, "h"), &full, sizeof(full), values, 8, 0))
			break;
	EXPECT("entries until it is full", full, 164);
	EXPECT("full", cbee_error(c)->code, -E2BIG);
	cbee_free(c);
}

/* ---- failures --------------------------------------------------------- */

static void expect_words(struct cbee *c, const char *what, const char *words)
{
	const struct cbee_error *e = cbee_error(c);

	if (strstr(e->text, words))
		return;
	printf("%s: \"%s\" says nothing of \"%s\"\n", what, e->text, words);
	bad = 1;
}

static void check_failures(void)
{
	struct cbee *c = open_text("int f(void *ctx)\n{\n	return no_such_thing;\n}\n",
				   -EINVAL);

	expect_words(c, "unknown name", "test.bpf.c:3:9: error: use of undeclared identifier");
	EXPECT("its log", cbee_error(c)->log != NULL, 1);
	cbee_free(c);

	c = open_text("int f(void *ctx)\n{\n	return no_such_call(1);\n}\n", -EINVAL);
	expect_words(c, "unknown function", "test.bpf.c:3:9: error: ");
	expect_words(c, "unknown function", "function 'no_such_call'");
	cbee_free(c);

	/* the value may be NULL: the verifier says so, and its log can be shown */
	c = open_text("BPF_HASH(h, u32, u64);\n"
		      "int f(struct bpf_raw_tracepoint_args *ctx)\n"
		      "{\n"
		      "	u32 key = 1;\n"
		      "	u64 *v = h.lookup(&key);\n"
		      "	return *v;\n"
		      "}\n",
		      0);
	EXPECT("refused",
	       cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_RAW_TRACEPOINT,
							 .fn = "f",
							 .target = "sched_process_exec" }),
	       -EACCES);
	expect_words(c, "refused", "the kernel refuses BPF program 'f'");
	expect_words(c, "refused", "map_value_or_null");
	EXPECT("its log", cbee_error(c)->log != NULL, 1);
	EXPECT("no such tracepoint",
	       cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_TRACEPOINT,
							 .fn = "f",
							 .target = "sched:no_such_event" }) < 0,
	       1);
	EXPECT("no such function",
	       cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_RAW_TRACEPOINT,
							 .fn = "g",
							 .target = "sched_process_exec" }),
	       -ENOENT);
	expect_words(c, "no such function", "no function 'g'");
	cbee_free(c);

	c = open_text("int f(struct pt_regs *ctx) { return 0; }\n", 0);
	EXPECT("no such tracepoint",
	       cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_TRACEPOINT,
							 .fn = "f",
							 .target = "sched:no_such_event" }),
	       -ENOENT);
	expect_words(c, "no such tracepoint", "no tracepoint 'sched:no_such_event'");
	EXPECT("no such symbol",
	       cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_UPROBE,
							 .fn = "f",
							 .target = "/proc/self/exe",
							 .symbol = "mian" }),
	       -ENOENT);
	expect_words(c, "no such symbol", "no symbol 'mian'");
	cbee_free(c);
}

int main(void)
{
	check_stream("BPF_RINGBUF_OUTPUT(events, 8);\n" FILTER
		     "	events.ringbuf_output(&value, sizeof(value), 0);\n"
		     "	return 0;\n"
		     "}\n",
		     0);
	/* a perf buffer's records are padded to a multiple of 8 with their size in front: 4 */
	check_stream("BPF_PERF_OUTPUT(events);\n" FILTER
		     "	events.perf_submit(args, &value, sizeof(value));\n"
		     "	return 0;\n"
		     "}\n",
		     4);
	check_full_stream("");
	check_full_stream("#define CBEE_PERF_STREAM");
	check_maps();
	check_failures();
	if (!bad)
		puts("all as it should be");
	return bad;
}
