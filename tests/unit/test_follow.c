/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is attached and written so that a command and its descendants are followed. */
#include "run/follow.h"

#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static struct cbee *c;
static struct cbee_command *cmd;
static int fds_before;

static void start(bool knows)
{
	char *argv[] = { (char *)(uintptr_t) "true", NULL };

	fds_before = unit_open_fds();
	fake_reset();
	if (knows) {
		fake_add_const("follow");
		fake_add_map("cbee_followed", BPF_MAP_TYPE_HASH, 4, 1, 64);
	}
	fake_add_prog("cbee_follow_exec");
	fake_add_prog("cbee_follow_fork");
	fake_add_prog("cbee_follow_exit");
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "p.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee_command_start(c, &cmd, argv), 0);
	fake_forget();
}

static void end(void)
{
	cbee_command_free(cmd);
	cbee_free(c);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static void a_command_is_followed(void)
{
	uint32_t pid;
	uint8_t runs = 7;

	start(true);
	pid = (uint32_t)cbee_command_pid(cmd);
	CU_ASSERT(cbee__follow_known(c));
	UNIT_EQ(cbee_command_follow(cmd, c), 0);
	/* the kernel keeps 15 characters of a program's name */
	UNIT_EQ(fake_count("attach_raw_tracepoint cbee_follow_exe sched_process_exec"), 1);
	UNIT_EQ(fake_count("attach_raw_tracepoint cbee_follow_for sched_process_fork"), 1);
	UNIT_EQ(fake_count("attach_raw_tracepoint cbee_follow_exi sched_process_exit"), 1);
	UNIT_EQ(fake_imm(fake_prog("cbee_follow_exe"), 0), 1);
	UNIT_EQ(cbee_map_get(cbee_map(c, "cbee_followed"), &pid, sizeof(pid), &runs, sizeof(runs)),
		0);
	UNIT_EQ(runs, 0);
	end();
}

static void each_step_may_be_refused(void)
{
	int steps;

	start(true);
	UNIT_EQ(cbee_command_follow(cmd, c), 0);
	steps = (int)fake_calls();
	end();
	for (int nth = 1; nth <= steps; nth++) {
		start(true);
		fake_fail(nth, EPERM);
		UNIT_EQ(cbee_command_follow(cmd, c), -EPERM);
		CU_ASSERT(cbee_error(c)->text[0]);
		end();
	}
}

static void a_text_that_does_not_ask(void)
{
	start(false);
	CU_ASSERT(!cbee__follow_known(c));
	UNIT_EQ(cbee_command_follow(cmd, c), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "the program reads no OPT(follow)");
	UNIT_EQ(cbee__follow_process(c, 1), -ENOENT);
	UNIT_EQ(fake_count("attach"), 0);
	end();
}

UNIT_MAIN("follow", { "a command is followed", a_command_is_followed },
	  { "each step may be refused", each_step_may_be_refused },
	  { "a text that does not ask", a_text_that_does_not_ask })
