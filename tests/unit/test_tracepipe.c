/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the trace pipe taken apart, and read from a pipe that a test fills. */
#include "kernel/tracepipe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static struct cbee_trace_line line;
static uint64_t lost;
static char text[256];

static bool parse(const char *str)
{
	snprintf(text, sizeof(text), "%s", str);
	return cbee__trace_parse(text, &line, &lost);
}

static void a_line_has_fields(void)
{
	CU_ASSERT(parse("            true-1234    [003] ...21    12.345678: "
			"bpf_trace_printk: hello: you"));
	UNIT_STR(line.task, "true");
	UNIT_EQ(line.pid, 1234);
	UNIT_EQ(line.cpu, 3);
	UNIT_STR(line.flags, "...21");
	UNIT_EQ(line.time_ns, 12345678000);
	UNIT_STR(line.message, "hello: you");
}

static void names_may_hold_anything(void)
{
	CU_ASSERT(parse("     a-1 [000] b-77      [001] d..2. 1.000001: 0x00000001: x"));
	UNIT_STR(line.task, "a-1 [000] b");
	UNIT_EQ(line.pid, 77);
	UNIT_EQ(line.cpu, 1);
	CU_ASSERT(parse("           <...>-9       [001] d... 1.5: bpf_trace_printk: "));
	UNIT_STR(line.task, "<...>");
	UNIT_EQ(line.time_ns, 1500000000);
	UNIT_STR(line.message, "");
	CU_ASSERT(parse(" kworker/u8:1-ev-55 [002] .... 2.25: f: m"));
	UNIT_STR(line.task, "kworker/u8:1-ev");
	UNIT_EQ(line.pid, 55);
}

static void a_thread_group_is_passed_over(void)
{
	CU_ASSERT(parse("            true-1234    (   1200) [000] ....1 7.000000: f: m"));
	UNIT_EQ(line.pid, 1234);
	UNIT_EQ(line.cpu, 0);
	UNIT_STR(line.message, "m");
}

static void other_lines_are_messages(void)
{
	static const char *const others[] = {
		"second half of a message",
		"            true-x [000] .... 1.0: f: m",
		"            true-1 (12",
		"            true-1 [000",
		"            true-1 [000] ....",
		"            true-1 [000] .... x",
		"            true-1 [000] .... 1.5",
		"                -1 [000] .... 1.5: f: m",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		CU_ASSERT(parse(others[i]));
		UNIT_STR(line.task, "");
		UNIT_STR(line.flags, "");
		UNIT_EQ(line.pid, -1);
		UNIT_EQ(line.cpu, -1);
		CU_ASSERT_PTR_EQUAL(line.message, text);
	}
	CU_ASSERT_FALSE(parse(""));
	CU_ASSERT_FALSE(parse("    "));
}

static void losses_are_counted(void)
{
	lost = 0;
	CU_ASSERT_FALSE(parse("CPU:2 [LOST 42 EVENTS]"));
	UNIT_EQ(lost, 42);
	CU_ASSERT_FALSE(parse("CPU:0 [LOST EVENTS]"));
	UNIT_EQ(lost, 43);
	CU_ASSERT(parse("CPU:0 [LOST my keys"));
	UNIT_EQ(lost, 43);
}

static void put(int fd, const char *str)
{
	UNIT_EQ(write(fd, str, strlen(str)), strlen(str));
}

static void whole_lines_are_handed_out(void)
{
	struct cbee c = { 0 };
	int p[2], before = unit_open_fds();

	UNIT_EQ(pipe2(p, O_NONBLOCK), 0);
	put(p[1], "            true-1       [000] .... 1.0: f: stale\n");
	UNIT_EQ(cbee_trace_read(&c, 0, &line), -EBADF);
	UNIT_EQ(cbee__trace_poll_fd(&c), -1);
	UNIT_EQ(cbee_poll_fds(&c), 0);
	UNIT_EQ(cbee__trace_start(&c, p[0]), 0);
	UNIT_EQ(cbee_poll_fds(&c), 1);
	UNIT_EQ(cbee_poll_fd(&c, 0), cbee__trace_poll_fd(&c));
	UNIT_EQ(cbee_poll_fd(&c, 1), -EINVAL);
	UNIT_EQ(cbee_trace_open(&c), 0);
	UNIT_EQ(cbee_trace_read(&c, 0, &line), 0);
	put(p[1], "            true-1       [000] .... 1.0: f: one\nCPU:1 [LOST 3 EVENTS]\n\n"
		  "            true-1       [000] .... 1.0: f: tw");
	UNIT_EQ(cbee_trace_read(&c, 0, &line), 1);
	UNIT_STR(line.message, "one");
	UNIT_EQ(cbee_trace_read(&c, 60, &line), 0);
	UNIT_EQ(cbee_trace_lost(&c), 3);
	put(p[1], "o\n");
	UNIT_EQ(cbee_trace_read(&c, -1, &line), 1);
	UNIT_STR(line.message, "two");
	UNIT_STR(line.task, "true");
	UNIT_EQ(cbee_trace_read(&c, 0, &line), 0);
	close(p[1]);
	cbee__trace_close(&c);
	cbee__trace_close(&c);
	UNIT_EQ(cbee_trace_lost(&c), 0);
	cbee__err_clear(&c.err);
	UNIT_EQ(unit_open_fds(), before);
}

static int start_and_read(void)
{
	struct cbee c = { 0 };
	int p[2], err;

	UNIT_EQ(pipe2(p, O_NONBLOCK), 0);
	err = cbee__trace_start(&c, p[0]);
	if (!err) {
		put(p[1], "            true-1       [000] .... 1.0: f: one\n");
		err = cbee_trace_read(&c, 0, &line);
	}
	close(p[1]);
	cbee__trace_close(&c);
	cbee__err_clear(&c.err);
	return err;
}

/* A program of one call to @helper, behind a constant whose second half looks like a call. */
static bool uses_trace(int helper, int src_reg)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_trace_printk },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = src_reg & 0xf, .imm = helper },
	};
	uint64_t raw[3];
	struct cbee c = { .image = { .insns = raw, .insn_count = 3 } };

	memcpy(raw, insns, sizeof(raw));
	return cbee_trace_used(&c);
}

static void programs_that_print_are_known(void)
{
	struct cbee c = { 0 };

	CU_ASSERT(!cbee_trace_used(&c));
	CU_ASSERT(uses_trace(BPF_FUNC_trace_printk, 0));
	CU_ASSERT(uses_trace(BPF_FUNC_trace_vprintk, 0));
	CU_ASSERT(!uses_trace(BPF_FUNC_trace_printk, BPF_PSEUDO_CALL));
	CU_ASSERT(!uses_trace(BPF_FUNC_get_current_comm, 0));
}

static void memory_may_run_out(void)
{
	int before = unit_open_fds(), err;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = start_and_read());
	UNIT_EQ(err, 1);
	UNIT_EQ(unit_open_fds(), before);
}

UNIT_MAIN("tracepipe", { "a line has fields", a_line_has_fields },
	  { "names may hold anything", names_may_hold_anything },
	  { "a thread group is passed over", a_thread_group_is_passed_over },
	  { "other lines are messages", other_lines_are_messages },
	  { "losses are counted", losses_are_counted },
	  { "whole lines are handed out", whole_lines_are_handed_out },
	  { "programs that print are known", programs_that_print_are_known },
	  { "memory may run out", memory_may_run_out })
