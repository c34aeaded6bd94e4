/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what each kind of probe asks the kernel for, and that all of it is taken back. */
#include "probes/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "kernel/handle.h"
#include "kernel.h"
#include "unit.h"

static struct cbee *c;
static int fds_before;

static void start(void)
{
	fds_before = fake_open_fds();
	fake_reset();
	fake_add_const("func");
	fake_add_prog("fn");
	fake_file("/sys/kernel/tracing/events/sched/sched_switch/id", "1");
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "p.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

static void end(void)
{
	cbee_free(c);
	UNIT_EQ(fake_open_fds(), fds_before);
}

static void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
	UNIT_EQ(c->link_count, 0);
}

static int attach(enum cbee_probe_kind kind, const char *target)
{
	struct cbee_probe_opts o = { .kind = kind, .fn = "fn", .target = target };

	return cbee_attach(c, &o);
}

/* Whether the first call of that kind begins with @want (event names end in our pid). */
static void called(const char *kind, const char *want)
{
	const char *line = fake_nth(kind, 0);

	if (strncmp(line, want, strlen(want)))
		printf("\nasked for \"%s\", not \"%s\"\n", line, want);
	CU_ASSERT(!strncmp(line, want, strlen(want)));
}

static void kprobes(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_KPROBE, .fn = "fn", .target = "do_it", .offset = 4
	};
	char want[128];

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("prog_load", "prog_load fn type=2 expected=0 btf=0 ");
	snprintf(want, sizeof(want), "attach_kprobe fn entry do_it+4 cbee_%d_p_do_it_4",
		 (int)getpid());
	UNIT_STR(fake_nth("attach_kprobe", 0), want);
	UNIT_EQ(attach(CBEE_KRETPROBE, "do.it"), 0);
	snprintf(want, sizeof(want), "attach_kprobe fn return do.it+0 cbee_%d_r_do_it_0",
		 (int)getpid());
	UNIT_STR(fake_nth("attach_kprobe", 1), want);
	UNIT_EQ(c->link_count, 2);
	cbee_detach(c);
	UNIT_EQ(c->link_count, 0);
	UNIT_EQ(fake_count("detach"), 0);
	end();
}

static void lists_of_old_kernels_are_cleaned(void)
{
	struct cbee_probe_opts u = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/bin/x", .offset = 0x10
	};

	start();
	fake_file("/sys/bus/event_source/devices/kprobe/type", NULL);
	fake_file("/sys/bus/event_source/devices/uprobe/type", NULL);
	fake_file("/sys/kernel/tracing/kprobe_events", "");
	fake_file("/sys/kernel/tracing/uprobe_events", "");
	UNIT_EQ(attach(CBEE_KPROBE, "do_it"), 0);
	UNIT_EQ(cbee_attach(c, &u), 0);
	cbee_detach(c);
	called("detach_kprobe", "detach_kprobe cbee_");
	called("detach_uprobe", "detach_uprobe cbee_");
	end();
}

static void kernels_without_probes_are_told(void)
{
	start();
	fake_file("/sys/bus/event_source/devices/kprobe/type", NULL);
	fake_file("/sys/bus/event_source/devices/uprobe/type", NULL);
	fails(attach(CBEE_KPROBE, "do_it"), -EOPNOTSUPP,
	      "this kernel has no kprobes (CONFIG_KPROBE_EVENTS is off)");
	fails(attach(CBEE_URETPROBE, "/bin/x"), -EOPNOTSUPP,
	      "this kernel has no uprobes (CONFIG_UPROBE_EVENTS is off)");
	end();
}

static void uprobes(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/bin/x", .symbol = "main", .offset = 2
	};

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("func_find", "func_find /bin/x:main pid=0");
	called("attach_uprobe", "attach_uprobe fn entry /bin/x+0x1002 pid=-1 cbee_");
	fake_forget();
	o = (struct cbee_probe_opts){
		.kind = CBEE_URETPROBE, .fn = "fn", .target = "/bin/x", .offset = 0x99, .pid = 12
	};
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("func_find"), 0);
	called("attach_uprobe", "attach_uprobe fn return /bin/x+0x99 pid=12 cbee_");
	end();
}

static void uprobes_that_count(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_UPROBE,
				     .fn = "fn",
				     .target = "/bin/x",
				     .offset = 0x99,
				     .ref_ctr_offset = 0x3010 };

	start();
	fails(cbee_attach(c, &o), -EOPNOTSUPP,
	      "this kernel cannot count the tracers of a uprobe: Linux 4.20 can");
	fake_file("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", "config:32-63");
	o.ref_ctr_offset += 1ULL << 32;
	fails(cbee_attach(c, &o), -ERANGE, "a counter beyond 4 GiB of /bin/x");
	o.ref_ctr_offset -= 1ULL << 32;
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_uprobe", "attach_uprobe fn entry /bin/x+0x99 pid=-1 ref=0x3010 cbee_");
	end();
}

static void go_functions_get_no_return_probe(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_URETPROBE, .fn = "fn", .target = "/go/app", .symbol = "main.work"
	};

	start();
	fails(cbee_attach(c, &o), -EOPNOTSUPP,
	      "'main.work' in /go/app is a Go function: a return probe would crash it");
	UNIT_EQ(fake_count("attach_uprobe"), 0);
	o.kind = CBEE_UPROBE;
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_uprobe", "attach_uprobe fn entry /go/app+0x1000 pid=-1 cbee_");
	end();
}

static void trampolines(void)
{
	start();
	UNIT_EQ(attach(CBEE_FENTRY, "vfs_read"), 0);
	called("find_btf_id", "find_btf_id vfs_read");
	called("prog_load", "prog_load fn type=26 expected=24 btf=4711 ");
	called("attach_kfunc", "attach_kfunc fn");
	UNIT_EQ(attach(CBEE_FEXIT, "vfs_read"), 0);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load fn type=26 expected=25 btf=4711 log=0");
	cbee_detach(c);
	fake_refuse("find_btf_id", ESRCH);
	fails(attach(CBEE_FENTRY, "nope"), -ENOENT, "no function 'nope' in the kernel's BTF");
	end();
}

static void tracepoints(void)
{
	start();
	UNIT_EQ(attach(CBEE_TRACEPOINT, "sched:sched_switch"), 0);
	called("prog_load", "prog_load fn type=5 ");
	called("attach_tracepoint", "attach_tracepoint fn sched sched_switch");
	UNIT_EQ(attach(CBEE_RAW_TRACEPOINT, "sched_exit"), 0);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load fn type=17 expected=0 btf=0 log=0");
	called("attach_raw_tracepoint", "attach_raw_tracepoint fn sched_exit");
	cbee_detach(c);
	fails(attach(CBEE_TRACEPOINT, "sched:nothing"), -ENOENT,
	      "this kernel has no tracepoint 'sched:nothing'");
	fails(attach(CBEE_TRACEPOINT, "sched_switch"), -EINVAL,
	      "a tracepoint is category:event, not 'sched_switch'");
	fake_refuse("attach_raw_tracepoint", ENOENT);
	fails(attach(CBEE_RAW_TRACEPOINT, "gone"), -ENOENT,
	      "this kernel has no raw tracepoint 'gone'");
	end();
}

static void tracepoints_need_tracefs(void)
{
	start();
	fake_file("/sys/kernel/tracing/events", NULL);
	UNIT_EQ(attach(CBEE_TRACEPOINT, "sched:sched_switch"), 0);
	called("mount tracefs", "mount tracefs /sys/kernel/tracing tracefs ");
	called("attach_tracepoint", "attach_tracepoint fn sched sched_switch");
	cbee_detach(c);
	fake_file("/sys/kernel/tracing/events", NULL);
	fake_refuse("unshare", EPERM);
	fails(attach(CBEE_TRACEPOINT, "sched:sched_switch"), -EPERM,
	      "cannot see tracefs, where tracepoints are");
	end();
}

static void perf_events(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_PERF_EVENT,
				     .fn = "fn",
				     .perf_type = 1,
				     .perf_config = 2,
				     .sample_freq = 99 };

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("attach_perf_event"), 3);
	UNIT_STR(fake_nth("attach_perf_event", 2),
		 "attach_perf_event fn type=1 config=2 period=0 freq=99 pid=-1 cpu=2");
	fake_forget();
	fake_set_offline(0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("attach_perf_event"), 2);
	fake_forget();
	o.cpu = 2;
	o.sample_freq = 0;
	o.sample_period = 1000;
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("attach_perf_event"), 1);
	called("attach_perf",
	       "attach_perf_event fn type=1 config=2 period=1000 freq=0 pid=-1 cpu=1");
	fake_forget();
	o.cpu = 0;
	o.pid = 77;
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_perf",
	       "attach_perf_event fn type=1 config=2 period=1000 freq=0 pid=77 cpu=-1");
	UNIT_EQ(fake_count("attach_perf_event"), 1);
	end();
}

static void cpus_that_are_all_offline(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_PERF_EVENT, .fn = "fn", .cpu = 2 };

	start();
	fake_set_offline(1);
	fails(cbee_attach(c, &o), -ENODEV,
	      "cannot attach 'fn' as perf event to this machine: No such device");
	end();
}

static void the_constant_func_is_the_callers(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_KPROBE, .fn = "fn", .target = "a" };

	start();
	UNIT_EQ(cbee__attach_as(c, &o, 3), 0);
	UNIT_EQ(fake_imm(fake_prog("fn"), 0), 3);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_imm(fake_prog("fn"), 0), 0);
	end();
}

static void bad_requests_are_refused(void)
{
	struct cbee_probe_opts o = { .kind = (enum cbee_probe_kind)99, .fn = "fn", .target = "x" };

	start();
	fails(cbee_attach(c, &o), -EINVAL, "no such kind of probe, or no function named");
	o = (struct cbee_probe_opts){ .kind = CBEE_KPROBE, .target = "x" };
	fails(cbee_attach(c, &o), -EINVAL, "no such kind of probe, or no function named");
	fails(attach(CBEE_KPROBE, NULL), -EINVAL, "a kprobe needs a target");
	fails(attach(CBEE_UPROBE, ""), -EINVAL, "a uprobe needs a target");
	o = (struct cbee_probe_opts){ .kind = CBEE_KPROBE, .fn = "none", .target = "x" };
	fails(cbee_attach(c, &o), -ENOENT, "the program has no function 'none'");
	end();
}

static void the_kernels_no_is_told(void)
{
	start();
	fake_refuse("attach_kprobe", EPERM);
	fails(attach(CBEE_KPROBE, "do_it"), -EPERM,
	      "cannot attach 'fn' as kprobe to do_it: Operation not permitted");
	UNIT_STR(cbee_error(c)->hint, "run it as root");
	fake_refuse("func_find", ENOENT);
	fails(attach(CBEE_KPROBE, "do_it"), -ENOENT, "no function 'do_it'");
	end();
}

static void missed_runs_are_added_up(void)
{
	start();
	UNIT_EQ(cbee_missed(c), 0);
	UNIT_EQ(attach(CBEE_KPROBE, "a"), 0);
	UNIT_EQ(attach(CBEE_KPROBE, "b"), 0); /* the same program */
	fake_set_missed(21);
	UNIT_EQ(cbee_missed(c), 21);
	UNIT_EQ(attach(CBEE_TRACEPOINT, "sched:sched_switch"), 0);
	UNIT_EQ(cbee_missed(c), 42);
	end();
}

/* A handle whose functions have these names. */
static void start_named(const char *const *names)
{
	fds_before = fake_open_fds();
	fake_reset();
	fake_file("/sys/kernel/tracing/events/syscalls/sys_enter_open/id", "1");
	while (*names)
		fake_add_prog(*names++);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "p.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

static void names_say_what_to_attach_to(void)
{
	static const char *const names[] = { "kprobe__vfs_read",
					     "kretprobe__vfs_write",
					     "tracepoint__syscalls__sys_enter_open",
					     "raw_tracepoint__sched_switch",
					     "kfunc__vmlinux__vfs_open",
					     "kretfunc__vmlinux__vfs_open",
					     "kfunc____x64_sys_open",
					     "syscall__execve",
					     "helper",
					     NULL };
	unsigned int count = 99;

	start_named(names);
	UNIT_EQ(cbee_attach_auto(c, &count), 0);
	UNIT_EQ(count, 8);
	called("attach_kprobe", "attach_kprobe kprobe__vfs_rea entry vfs_read+0 ");
	CU_ASSERT(!strncmp(fake_nth("attach_kprobe", 1),
			   "attach_kprobe kretprobe__vfs_ return vfs_write+0 ", 49));
	CU_ASSERT(!strncmp(fake_nth("attach_kprobe", 2),
			   "attach_kprobe syscall__execve entry sys_execve+0 ", 49));
	called("attach_tracepoint", "attach_tracepoint tracepoint__sys syscalls sys_enter_open");
	called("attach_raw", "attach_raw_tracepoint raw_tracepoint_ sched_switch");
	called("find_btf_id", "find_btf_id vfs_open");
	UNIT_STR(fake_nth("find_btf_id", 1), "find_btf_id vfs_open");
	UNIT_STR(fake_nth("find_btf_id", 2), "find_btf_id __x64_sys_open");
	UNIT_EQ(fake_count("attach_kfunc"), 3);
	end();
}

static void one_failure_detaches_all(void)
{
	static const char *const names[] = { "kprobe__a", "kprobe__b", "kprobe__c", NULL };
	unsigned int count = 99;

	start_named(names);
	fake_refuse("attach_kprobe kprobe__c", EINVAL);
	UNIT_EQ(attach(CBEE_KPROBE, "x"), -ENOENT);
	UNIT_EQ(cbee_attach_auto(c, &count), -EINVAL);
	UNIT_STR(cbee_error(c)->text, "cannot attach 'kprobe__c' as kprobe to c: Invalid argument");
	UNIT_EQ(count, 99);
	UNIT_EQ(c->link_count, 0);
	end();
}

/* One of each kind. */
static int attach_each(void)
{
	struct cbee_probe_opts u = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/x", .symbol = "s"
	};
	struct cbee_probe_opts p = { .kind = CBEE_PERF_EVENT, .fn = "fn", .sample_freq = 1 };
	int e = attach(CBEE_KPROBE, "a");

	if (!e)
		e = cbee_attach(c, &u);
	if (!e)
		e = attach(CBEE_FEXIT, "b");
	if (!e)
		e = attach(CBEE_TRACEPOINT, "sched:sched_switch");
	if (!e)
		e = attach(CBEE_RAW_TRACEPOINT, "c");
	for (int i = 0; !e && i < 6; i++)
		e = cbee_attach(c, &p);
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e;
}

static void survives_failing_calls(void)
{
	int nth = 0, e;

	do {
		start();
		fake_fail(++nth, EBUSY);
		e = attach_each();
		CU_ASSERT(!fake_failed() || e < 0);
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	CU_ASSERT(nth > 30);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		unit_fail_alloc(0);
		start();
		unit_fail_alloc(unit_nth);
		e = attach_each();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("probe", { "kprobes", kprobes },
	  { "lists of old kernels are cleaned", lists_of_old_kernels_are_cleaned },
	  { "kernels without probes are told", kernels_without_probes_are_told },
	  { "uprobes", uprobes }, { "uprobes that count", uprobes_that_count },
	  { "Go functions get no return probe", go_functions_get_no_return_probe },
	  { "trampolines", trampolines }, { "tracepoints", tracepoints },
	  { "tracepoints need tracefs", tracepoints_need_tracefs }, { "perf events", perf_events },
	  { "CPUs that are all offline", cpus_that_are_all_offline },
	  { "the constant func is the caller's", the_constant_func_is_the_callers },
	  { "bad requests are refused", bad_requests_are_refused },
	  { "the kernel's no is told", the_kernels_no_is_told },
	  { "missed runs are added up", missed_runs_are_added_up },
	  { "names say what to attach to", names_say_what_to_attach_to },
	  { "one failure detaches all", one_failure_detaches_all },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
