/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what a run prints: records, reports, losses, errors. */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdlib.h>

#include "plain/buf.h"
#include "demo.h"

static void records_as_text(void)
{
	start();
	push(1, "init");
	push(12345, "bash");
	UNIT_EQ(fake_run(&demo, ""), 0);
	UNIT_STR(fake_out, "  PID COMM\n    1 init\n12345 bash\n");
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 2 records, lost nothing\n");
	UNIT_STR(fake_nth("compile", 0), "compile demo.bpf.c");
	UNIT_EQ(fake_count("attach_kprobe kprobe__work entry work+0"), 1);
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 0), 0);
}

static void records_as_json(void)
{
	start();
	push(1, "a\"b");
	push(2, "c");
	UNIT_EQ(fake_run(&demo, "--json -p 77"), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"a\\\"b\",\"lost\":0}\n"
			   "{\"pid\":2,\"comm\":\"c\",\"lost\":0}\n");
	UNIT_STR(fake_errs, "cbee-demo: 2 records, lost nothing\n");
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 0), 77);
}

static void records_as_csv(void)
{
	start();
	push(1, "a,b");
	UNIT_EQ(fake_run(&demo, "--csv"), 0);
	UNIT_STR(fake_out, "pid,comm\n1,\"a,b\"\n");
	UNIT_STR(fake_errs, "cbee-demo: 1 records, lost nothing\n");
}

static void losses_are_told(void)
{
	start();
	want.lose = 5;
	push(1, "x");
	fake_set_missed(2);
	UNIT_EQ(fake_run(&demo, ""), 0);
	UNIT_STR(fake_errs,
		 "cbee-demo: tracing\ncbee-demo: 1 records, lost 5 events (the buffer was "
		 "full), 2 probes (hit while one was running)\n");
	start();
	want.lose = 5;
	push(1, "x");
	UNIT_EQ(fake_run(&demo, "--json"), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"x\",\"lost\":0}\n{\"lost\":5}\n");
}

/* Of a text that does not count, what the kernel says. */
static void losses_of_perf_buffers_are_told(void)
{
	struct cbee_tool plain = demo;

	plain.losses = NULL;
	start_with(BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	push(1, "x");
	fake_lose(7);
	UNIT_EQ(fake_run(&plain, ""), 0);
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 1 records, lost 7 records (a perf "
			    "buffer was full)\n");
	start_with(BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	push(1, "x");
	fake_lose(7);
	UNIT_EQ(fake_run(&demo, ""), 0);
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 1 records, lost nothing\n");
}

/* What is lost after the last record has a line of its own. */
static void late_losses_are_told(void)
{
	start();
	want.lose = 4;
	want.interrupt_at = 99;
	push(1, "x");
	UNIT_EQ(fake_run(&demo, "--json -- true"), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"x\",\"lost\":0}\n{\"lost\":4}\n");
	start();
	fake_set_missed(4);
	UNIT_EQ(fake_run(&demo, "--json"), 0);
	UNIT_STR(fake_out, "{\"lost\":4}\n");
}

static void reports_as_text(void)
{
	start();
	UNIT_EQ(fake_run(&sum, "x"), 0);
	fake_has(fake_out, "     nsecs ");
	fake_has(fake_out, " : 3        |****************************************|\n");
	UNIT_STR(fake_errs, "cbee-sum: tracing\ncbee-sum: lost nothing\n");
	start();
	UNIT_EQ(fake_run(&sum, "x --timestamp"), 0);
	CU_ASSERT(fake_out[0] == '\n' && fake_out[3] == ':' && fake_out[6] == ':' &&
		  fake_out[9] == '\n');
}

static void reports_as_json_and_csv(void)
{
	start();
	UNIT_EQ(fake_run(&sum, "x --json"), 0);
	UNIT_EQ(fake_line_count(fake_out), 1);
	fake_has(fake_out, "\"rows\":[{\"pid\":3,\"comm\":\"sum\"");
	fake_has(fake_out, "\"lost\":{\"processes\":0,\"events\":0,\"missed\":0}");
	start();
	UNIT_EQ(fake_run(&sum, "x --csv"), 0);
	UNIT_EQ(fake_line_count(fake_out), 2);
	fake_has(fake_out, "pid,comm\n");
	fake_has(fake_out, ",3,sum\n");
	UNIT_STR(fake_errs, "cbee-sum: lost nothing\n");
}

static void the_verifier_is_quoted_first(void)
{
	start();
	fake_refuse("prog_load kprobe", EACCES);
	fake_set_verifier("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nR1 is bad\n");
	UNIT_EQ(fake_run(&demo, "--json"), 1);
	UNIT_STR(fake_errs,
		 "2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nR1 is bad\n"
		 "cbee-demo: the kernel refuses BPF program 'kprobe__work': R1 is bad\n");
}

/* A hook's code without a sentence is not explained by an older failure. */
static void stale_sentences_are_not_told(void)
{
	start();
	want.fail_attach = -ENODEV;
	UNIT_EQ(fake_run(&demo, "--json"), 1);
	UNIT_STR(fake_errs, "cbee-demo: No such device\n");
}

static void records_are_filtered(void)
{
	start();
	push(1, "bash");
	push(2, "init");
	push(3, "dash");
	UNIT_EQ(fake_run(&demo, "--csv --name ^.ash"), 0);
	UNIT_STR(fake_out, "pid,comm\n1,bash\n3,dash\n");
	UNIT_STR(fake_errs, "cbee-demo: 2 records, lost nothing\n");
	UNIT_EQ(fake_run(&demo, "--name (x"), 2);
	UNIT_EQ(fake_line_count(fake_errs), 2);
}

/* Byte by byte what a person sees, and that a pipe has none of it. */
static void terminals(void)
{
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	start();
	push(1, "init");
	UNIT_EQ(fake_run_terminal(&demo, "", 80), 0);
	UNIT_STR(fake_out, "\033[1m  PID COMM\033[0m\n    1 init\n");
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 1 records, lost nothing\n");
	start();
	want.lose = 5;
	push(1, "x");
	UNIT_EQ(fake_run_terminal(&demo, "--json", 80), 0);
	UNIT_STR(fake_out, "{\"pid\":1,\"comm\":\"x\",\"lost\":0}\n{\"lost\":5}\n");
	UNIT_STR(fake_errs, "\033[31mcbee-demo:\033[0m 1 records, lost 5 events (the buffer was "
			    "full)\n");
	start();
	UNIT_EQ(fake_run_terminal(&sum, "x", 60), 0);
	fake_has(fake_out, " : 3        |\033[36m********************\033[0m|\n");
	UNIT_EQ(fake_run_terminal(&demo, "--nonsense", 80), 2);
	UNIT_STR(fake_errs, "\033[31mcbee-demo:\033[0m unknown option '--nonsense'\n"
			    "cbee-demo: try cbee-demo --help\n");
}

static void colors_are_a_choice(void)
{
	start();
	push(1, "init");
	UNIT_EQ(fake_run(&demo, "--color always"), 0);
	UNIT_STR(fake_out, "\033[1m  PID COMM\033[0m\n    1 init\n");
	start();
	push(1, "init");
	UNIT_EQ(fake_run_terminal(&demo, "--color=never", 80), 0);
	UNIT_STR(fake_out, "  PID COMM\n    1 init\n");
	setenv("NO_COLOR", "1", 1);
	start();
	push(1, "init");
	UNIT_EQ(fake_run_terminal(&demo, "", 80), 0);
	UNIT_STR(fake_out, "  PID COMM\n    1 init\n");
	unsetenv("NO_COLOR");
	UNIT_EQ(fake_run(&demo, "--color=red"), 2);
	UNIT_STR(fake_errs, "cbee-demo: --color is auto, always or never, not 'red'\n"
			    "cbee-demo: try cbee-demo --help\n");
}

UNIT_MAIN("output", { "terminals", terminals }, { "colours are a choice", colors_are_a_choice },
	  { "records as text", records_as_text }, { "records as JSON", records_as_json },
	  { "records as CSV", records_as_csv }, { "losses are told", losses_are_told },
	  { "losses of perf buffers are told", losses_of_perf_buffers_are_told },
	  { "late losses are told", late_losses_are_told }, { "reports as text", reports_as_text },
	  { "reports as JSON and CSV", reports_as_json_and_csv },
	  { "the verifier is quoted first", the_verifier_is_quoted_first },
	  { "stale sentences are not told", stale_sentences_are_not_told },
	  { "records are filtered", records_are_filtered })
