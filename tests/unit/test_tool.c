/* SPDX-License-Identifier: Apache-2.0 */
/* Runs two declared tracers from argv to exit status, on a kernel that is played. */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo.h"

/* ---- the tracer of records, with its probes in a table ------------------ */

static const struct cbee_tool_probe probes[] = {
	{ NULL, { .kind = CBEE_KPROBE, .fn = "first", .target = "one" } },
	{ "more", { .kind = CBEE_KRETPROBE, .fn = "second", .target = "two" } },
	CBEE_PROBE_END,
};

static const struct cbee_tool table = {
	.name = "table",
	.brief = "attach by a table",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.probes = probes,
	.bpf = "",
	.bpf_name = "table.bpf.c",
	.attach = attach,
	.record = record,
};

/* ---- a tool whose text comes from elsewhere, and one without ------------ */

static int say_maps(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);

	for (unsigned int i = 0; c && i < cbee_maps(c); i++)
		cbee_text_fmt(cbee_run_out(run), "%s ", cbee_map_name(cbee_map_at(c, i)));
	cbee_text_fmt(cbee_run_out(run), cbee_run_json(run) ? "{}\n" : "end\n");
	return conf.fail_check ? cbee_run_fail(run, -EINVAL, NULL, "all is bad") : 0;
}

static int choose_text(struct cbee_run *run, struct cbee_source *source)
{
	CU_ASSERT_PTR_NULL(source->text);
	if (conf.more)
		return cbee_run_fail(run, -ENOENT, NULL, "there is no text");
	*source = (struct cbee_source){ .name = "chosen", .text = "" };
	return 0;
}

static int say_delivery(struct cbee_run *run)
{
	cbee_text_fmt(cbee_run_out(run), "delivered\n");
	return 0;
}

static const struct cbee_tool chosen = {
	.name = "chosen",
	.command = "all chosen",
	.brief = "run any text",
	.topic = "all sorts",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.no_table = true,
	.source = choose_text,
	.attach = attach,
	.deliver = say_delivery,
	.report = say_maps,
};

static const struct cbee_tool textless = {
	.name = "textless",
	.brief = "report only",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.no_table = true,
	.report = say_maps,
};

/* ---- tests ------------------------------------------------------------ */

static void wrong_usage_is_two(void)
{
	start();
	UNIT_EQ(fake_run(&demo, "--nonsense"), 2);
	UNIT_EQ(fake_line_count(fake_errs), 2);
	fake_has(fake_errs, "cbee-demo: ");
	fake_has(fake_errs, "nonsense");
	fake_has(fake_errs, "\ncbee-demo: try cbee-demo --help\n");
	UNIT_STR(fake_out, "");
	UNIT_EQ(fake_run(&demo, "-p 0"), 2);
	UNIT_EQ(fake_run(&demo, "-p x"), 2);
	UNIT_EQ(fake_run(&demo, "--json --csv"), 2);
	UNIT_EQ(fake_run(&demo, "--interval 1"), 2);
	UNIT_EQ(fake_run(&demo, "ls"), 2);
	UNIT_STR(fake_errs, "cbee-demo: 'ls' is not an option; a command to run goes behind --\n"
			    "cbee-demo: try cbee-demo --help\n");
	UNIT_EQ(fake_run(&demo, "--fail-check"), 2);
	UNIT_STR(fake_errs, "cbee-demo: cannot do that; ask otherwise\n"
			    "cbee-demo: try cbee-demo --help\n");
	UNIT_EQ(fake_calls(), 0);
}

static void help_and_version_are_printed(void)
{
	start();
	UNIT_EQ(fake_run(&demo, "--help"), 0);
	fake_has(fake_out, "cbee-demo");
	fake_has(fake_out, "trace this process only");
	fake_has(fake_out, "--duration");
	CU_ASSERT_PTR_NULL(strstr(fake_out, "--interval"));
	UNIT_STR(fake_errs, "");
	UNIT_EQ(fake_run(&sum, "-h"), 0);
	fake_has(fake_out, "--interval");
	UNIT_EQ(fake_run(&demo, "--version"), 0);
	CU_ASSERT(!strncmp(fake_out, "cbee-demo ", 10) && fake_line_count(fake_out) == 1);
	UNIT_EQ(fake_run(&demo, "--man"), 0);
	fake_has(fake_out, ".SH OPTIONS");
	UNIT_EQ(fake_run(&demo, "--words"), 0);
	fake_has(fake_out, "--pid\t");
	UNIT_EQ(fake_run(&demo, "--complete --js"), 0);
	UNIT_STR(fake_out, "--json\twrite JSON, one object a line\n");
	UNIT_EQ(fake_run(&demo, "--complete --json --cs"), 0);
	UNIT_STR(fake_out, "");
	UNIT_EQ(fake_run(&demo, "--complete"), 0);
	UNIT_STR(fake_out, "");
	UNIT_EQ(fake_calls(), 0);
}

static void help_that_nobody_reads_fails(void)
{
	static const char *const what[] = { "--help", "--version", "--man", "--words" };

	start();
	for (int i = 0; i < 4; i++) {
		UNIT_EQ(fake_run_closed(&demo, what[i]), 1);
		UNIT_STR(fake_errs, "cbee-demo: cannot write to stdout: Broken pipe\n");
	}
}

static void intervals_report(void)
{
	start();
	want.interrupt_at = 1;
	UNIT_EQ(fake_run(&sum, "x --interval 1 --csv"), 0);
	UNIT_EQ(want.seen, 2);
	UNIT_EQ(fake_line_count(fake_out), 3); /* the header once */
	start();
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&sum, "x --duration 1 --json"), 0);
	UNIT_EQ(fake_line_count(fake_out), 1);
}

static void a_command_is_followed(void)
{
	start();
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&demo, "-- sh -c false"), 0);
	CU_ASSERT(want.has_command);
	fake_has(fake_errs, "cbee-demo: 'sh' exited with status 1\n");
	UNIT_EQ(fake_count("attach_raw_tracepoint cbee_follow_for sched_process_fork"), 1);
	UNIT_EQ(fake_count("attach_raw_tracepoint cbee_follow_exi sched_process_exit"), 1);
	UNIT_EQ(fake_count("update cbee_followed"), 1);
	UNIT_EQ(fake_imm(fake_prog("kprobe__work"), 2), 1);
	start();
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&demo, "-- true"), 0);
	UNIT_STR(fake_errs, "cbee-demo: tracing\ncbee-demo: 0 records, lost nothing\n");
}

static void a_missing_command_fails(void)
{
	start();
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&demo, "--json -- cbee-no-such-command"), 1);
	UNIT_STR(fake_errs,
		 "cbee-demo: cannot run 'cbee-no-such-command': No such file or directory\n");
}

static void a_process_of_another_namespace_is_refused(void)
{
	start();
	fake_own_pidns();
	UNIT_EQ(fake_run(&demo, "-- true"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_errs, "they have other numbers than in the kernel"));
	UNIT_EQ(fake_count("bpf_prog_load"), 0);
}

static void a_watched_process_ends_the_run(void)
{
	int pid = fork();

	if (!pid) {
		usleep(100000);
		_exit(0);
	}
	start();
	want.interrupt_at = 99;
	want.watch = pid;
	UNIT_EQ(fake_run(&demo, ""), 0);
	fake_has(fake_errs, " has ended\n");
	UNIT_EQ(fake_run(&demo, ""), 1);
	UNIT_EQ(fake_line_count(fake_errs), 1);
	fake_has(fake_errs, "cbee-demo: no process ");
}

static void a_reader_that_goes_ends_the_run(void)
{
	start();
	push(1, "x");
	want.interrupt_at = 99;
	UNIT_EQ(fake_run_closed(&demo, "--json"), 1);
	UNIT_STR(fake_errs, "cbee-demo: cannot write to stdout: Broken pipe\n");
	start();
	want.interrupt_at = 99;
	UNIT_EQ(fake_run_closed(&demo, "--json"), 1);
	UNIT_STR(fake_errs, "cbee-demo: nobody reads stdout any more\n");
}

static void verbose_tells_decisions(void)
{
	start();
	UNIT_EQ(fake_run(&demo, "-v"), 0);
	fake_has(fake_errs, "cbee-demo: compiled demo.bpf.c in ");
	fake_has(fake_errs, "cbee-demo: attached kprobe__work to kprobe work\n");
	fake_has(fake_errs, "cbee-demo: stream 'events' is a ring buffer\n");
}

static void cgroups_are_put_in(void)
{
	start();
	UNIT_EQ(fake_run(&demo, "--json --cgroup /"), 0);
	UNIT_EQ(fake_count("update cgroup"), 1);
	start();
	UNIT_EQ(fake_run(&demo, "--json --cgroup /no/such/cgroup"), 1);
	UNIT_STR(fake_errs, "cbee-demo: cannot open the cgroup /no/such/cgroup: No such file or "
			    "directory\n");
}

static void pinned_maps_are_used(void)
{
	start();
	UNIT_EQ(fake_run(&demo, "--pinned /pinned"), 0);
	UNIT_EQ(fake_count("obj_get /pinned"), 1);
	UNIT_EQ(fake_count("map_create chosen"), 0);
	start();
	UNIT_EQ(fake_run(&demo, "--pinned /else"), 1);
	UNIT_STR(fake_errs,
		 "cbee-demo: cannot open the pinned map /else: No such file or directory\n");
}

static void probes_stand_in_a_table(void)
{
	start();
	UNIT_EQ(fake_run(&table, ""), 0);
	UNIT_EQ(fake_count("attach_kprobe"), 1);
	UNIT_EQ(fake_count("attach_kprobe first entry one+0"), 1);
	start();
	UNIT_EQ(fake_run(&table, "--more"), 0);
	UNIT_EQ(fake_count("attach_kprobe"), 2);
	UNIT_EQ(fake_count("attach_kprobe second return two+0"), 1);
}

static void texts_can_be_chosen(void)
{
	start();
	UNIT_EQ(fake_run(&chosen, ""), 0);
	UNIT_STR(fake_out, "delivered\nevents cbee_lost cbee_followed cgroup chosen end\n");
	fake_has(fake_errs, "all chosen: tracing\n");
	start();
	UNIT_EQ(fake_run(&chosen, "--more"), 1);
	UNIT_STR(fake_errs, "all chosen: there is no text\n");
	UNIT_EQ(fake_run(&chosen, "--csv"), 2);
	UNIT_EQ(fake_run(&chosen, "--timestamp"), 2);
	UNIT_EQ(fake_run(&chosen, "--help"), 0);
	fake_has(fake_out, "Usage: all chosen ");
	fake_has(fake_out, "--interval");
	UNIT_EQ(fake_run(&chosen, "--brief"), 0);
	UNIT_STR(fake_out, "run any text\nall sorts\n");
}

static void a_text_need_not_follow(void)
{
	fake_hold_interrupts();
	memset(&want, 0, sizeof(want));
	memset(&conf, 0, sizeof(conf));
	fake_reset();
	fake_add_prog("kprobe__work");
	for (int i = 0; i < 5; i++) /* as many as attach() counts */
		fake_add_map((const char *[]){ "a", "b", "c", "d", "e" }[i], BPF_MAP_TYPE_ARRAY, 4,
			     8, 1);
	want.interrupt_at = 99;
	UNIT_EQ(fake_run(&chosen, "-- true"), 0);
	UNIT_EQ(fake_count("attach_raw_tracepoint"), 0);
	UNIT_EQ(fake_count("update"), 0);
}

static void a_tool_without_text_reports_once(void)
{
	start();
	UNIT_EQ(fake_run(&textless, ""), 0);
	UNIT_STR(fake_out, "end\n");
	UNIT_STR(fake_errs, "");
	UNIT_EQ(fake_run(&textless, "--json"), 0);
	UNIT_STR(fake_out, "{}\n");
	UNIT_EQ(fake_run(&textless, "--fail-check"), 1);
	UNIT_STR(fake_out, "end\n");
	UNIT_STR(fake_errs, "cbee-textless: all is bad\n");
	UNIT_EQ(fake_run(&textless, "--duration 1"), 2);
	UNIT_EQ(fake_run(&textless, "--interval 1"), 2);
	UNIT_EQ(fake_calls(), 0);
}

/* Runs that tell of a failure tell it once. */
static void one_sentence(int status)
{
	UNIT_EQ(status, 1);
	UNIT_EQ(fake_line_count(fake_errs), 1);
	CU_ASSERT(!strncmp(fake_errs, "cbee-demo: ", 11) && strlen(fake_errs) > 13);
}

static void survives_failing_calls(void)
{
	int nth = 0, status;

	do {
		start();
		push(1, "x");
		fake_fail(++nth, EINVAL);
		status = fake_run(&demo, "--json -- true");
		if (fake_failed() && status)
			one_sentence(status);
	} while (fake_failed());
	UNIT_EQ(status, 0);
	CU_ASSERT(nth > 15);
}

static void survives_failing_allocations(void)
{
	int nth = 0, status, failed, failures = 0;

	do {
		start();
		push(1, "x");
		unit_fail_alloc(++nth);
		status = fake_run(&demo, "--json");
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		failures += status != 0;
		if (status)
			CU_ASSERT(!strncmp(fake_errs, "cbee-demo: ", 11) && strlen(fake_errs) > 13);
	} while (failed);
	UNIT_EQ(status, 0);
	CU_ASSERT(failures > 10);
}

UNIT_MAIN("tool", { "texts can be chosen", texts_can_be_chosen },
	  { "a text need not follow", a_text_need_not_follow },
	  { "a tool without text reports once", a_tool_without_text_reports_once },
	  { "wrong usage is two", wrong_usage_is_two },
	  { "help and version are printed", help_and_version_are_printed },
	  { "help that nobody reads fails", help_that_nobody_reads_fails },
	  { "intervals report", intervals_report },
	  { "a command is followed", a_command_is_followed },
	  { "a missing command fails", a_missing_command_fails },
	  { "a process of another namespace is refused",
	    a_process_of_another_namespace_is_refused },
	  { "a watched process ends the run", a_watched_process_ends_the_run },
	  { "a reader that goes ends the run", a_reader_that_goes_ends_the_run },
	  { "verbose tells decisions", verbose_tells_decisions },
	  { "cgroups are put in", cgroups_are_put_in },
	  { "pinned maps are used", pinned_maps_are_used },
	  { "probes stand in a table", probes_stand_in_a_table },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
