/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what each kind of probe asks the kernel for, and that all of it is taken back. */
#include "probes/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <unistd.h>

#include "rig.h"

static void start(void)
{
	rig_begin();
	fake_add_const("func");
	fake_add_prog("fn");
	fake_file("/sys/kernel/tracing/events/sched/sched_switch/id", "1");
	fake_refuse("lsm_list_modules", ENOSYS); /* before Linux 6.8: securityfs tells */
	rig_load();
}

static void not_attached(int got, int code, const char *text)
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

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("prog_load", "prog_load fn type=2 expected=0 btf=0 ");
	UNIT_STR(fake_nth("perf_event_open", 0),
		 "perf_event_open do_it entry type=8 config=0 offset=0x4 pid=-1 cpu=0 flags=8");
	UNIT_STR(fake_nth("attach_kprobe", 0), "attach_kprobe fn entry do_it+4");
	UNIT_EQ(fake_count("enable do_it"), 1);
	UNIT_EQ(attach(CBEE_KRETPROBE, "do.it"), 0);
	UNIT_STR(fake_nth("attach_kprobe", 1), "attach_kprobe fn return do.it+0");
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
	fake_file("/sys/kernel/tracing/events", NULL);
	fake_refuse("mount tracefs", EPERM);
	not_attached(attach(CBEE_KPROBE, "do_it"), -EPERM,
		     "cannot see tracefs, where such a probe has to be made");
	end();
}

/* Only BCC's list takes the number. */
static void calls_under_way_can_be_many(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_KRETPROBE, .fn = "fn", .target = "do_it", .maxactive = 4096
	};
	char want[128];

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	snprintf(want, sizeof(want), "attach_kprobe fn return do_it+0 cbee_%d_r_do_it_0_%d ",
		 (int)getpid(), c->links[0].prog_fd);
	called("attach_kprobe", want);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_nth("attach_kprobe", 0), " maxactive=4096"));
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	called("detach_kprobe", "detach_kprobe cbee_");
	o.maxactive = 4097;
	not_attached(cbee_attach(c, &o), -EINVAL,
		     "the kernel can see 4096 calls at once, not 4097");
	o.maxactive = 9;
	fake_refuse("attach_kprobe", ENOSPC);
	not_attached(cbee_attach(c, &o), -ENOSPC,
		     "cannot attach 'fn' as kretprobe to do_it: No space left on device");
	o.kind = CBEE_KPROBE;
	fake_forget();
	not_attached(cbee_attach(c, &o), -ENOSPC,
		     "cannot attach 'fn' as kprobe to do_it: No space left on device");
	UNIT_EQ(fake_count("perf_event_open do_it entry"), 1);
	end();
}

static void kernels_without_probes_are_told(void)
{
	start();
	fake_file("/sys/bus/event_source/devices/kprobe/type", NULL);
	fake_file("/sys/bus/event_source/devices/uprobe/type", NULL);
	not_attached(attach(CBEE_KPROBE, "do_it"), -EOPNOTSUPP,
		     "this kernel has no kprobes (CONFIG_KPROBE_EVENTS is off)");
	not_attached(attach(CBEE_URETPROBE, "/bin/x"), -EOPNOTSUPP,
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
	called("attach_uprobe", "attach_uprobe fn entry /bin/x+0x1002 pid=-1");
	fake_forget();
	o = (struct cbee_probe_opts){
		.kind = CBEE_URETPROBE, .fn = "fn", .target = "/bin/x", .offset = 0x99, .pid = 12
	};
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("func_find"), 0);
	called("attach_uprobe", "attach_uprobe fn return /bin/x+0x99 pid=12");
	fake_forget();
	o.kind = CBEE_UPROBE;
	o.ref_counter = 0x4010;
	fake_file("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", "config:32-63");
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("perf_event_open", 0),
		 "perf_event_open /bin/x entry type=9 config=70437463654400 offset=0x99 pid=12 "
		 "cpu=-1 flags=8");
	cbee_detach(c);
	fake_refuse("perf_event_open", ENOENT);
	not_attached(cbee_attach(c, &o), -ENOENT,
		     "cannot attach 'fn' as uprobe to /bin/x: No such file or directory");
	end();
}

static void uprobes_that_count(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_UPROBE,
				     .fn = "fn",
				     .target = "/bin/x",
				     .offset = 0x99,
				     .ref_counter = 0x3010 };

	start();
	not_attached(cbee_attach(c, &o), -EOPNOTSUPP,
		     "this kernel cannot count the tracers of a uprobe: Linux 4.20 can");
	fake_file("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", "config:32-63");
	o.ref_counter += 1ULL << 32;
	not_attached(cbee_attach(c, &o), -ERANGE, "a counter beyond 4 GiB of /bin/x");
	o.ref_counter -= 1ULL << 32;
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_uprobe", "attach_uprobe fn entry /bin/x+0x99 pid=-1 ref=0x3010");
	end();
}

static void go_functions_get_no_return_probe(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_URETPROBE, .fn = "fn", .target = "/go/app", .symbol = "main.work"
	};

	start();
	not_attached(cbee_attach(c, &o), -EOPNOTSUPP,
		     "'main.work' in /go/app is a Go function: a return probe would crash it");
	UNIT_EQ(fake_count("attach_uprobe"), 0);
	o.kind = CBEE_UPROBE;
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_uprobe", "attach_uprobe fn entry /go/app+0x1000 pid=-1");
	end();
}

static void go_functions_get_one_by_force(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_URETPROBE,
				     .fn = "fn",
				     .target = "/go/app",
				     .symbol = "main.work",
				     .force = true };
	static const char warning[] =
		"warning: 'main.work' in /go/app is a Go function: the return "
		"probe may crash it\n";

	start();
	rig_listen();
	fake_refuse("perf_event_open", EBUSY);
	UNIT_EQ(cbee_attach(c, &o), -EBUSY);
	UNIT_STR(heard, warning);
	end();
}

static void trampolines(void)
{
	start();
	UNIT_EQ(attach(CBEE_FENTRY, "vfs_read"), 0);
	called("find_btf_id", "find_btf_id vfs_read");
	called("prog_load", "prog_load fn type=26 expected=24 btf=4711 ");
	called("raw_tracepoint_open", "raw_tracepoint_open - fn");
	UNIT_EQ(attach(CBEE_FEXIT, "vfs_read"), 0);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load fn type=26 expected=25 btf=4711 log=0");
	cbee_detach(c);
	fake_refuse("find_btf_id", ESRCH);
	not_attached(attach(CBEE_FENTRY, "nope"), -ENOENT,
		     "no function 'nope' in the kernel's BTF");
	end();
}

static void functions_of_modules(void)
{
	start();
	UNIT_EQ(attach(CBEE_FENTRY, "mod:do_it"), 0);
	called("find_module_btf_id", "find_module_btf_id mod do_it");
	called("prog_load", "prog_load fn type=26 expected=24 btf=815 log=0 of mod");
	UNIT_EQ(attach(CBEE_FMOD_RET, "mod:do_it"), 0);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load fn type=26 expected=26 btf=815 log=0 of mod");
	cbee_detach(c);
	not_attached(attach(CBEE_FENTRY, "gone:do_it"), -ENOENT,
		     "cannot read the BTF of kernel module gone: No such file or directory");
	not_attached(attach(CBEE_FENTRY,
			    "a_name_that_is_longer_than_the_name_of_a_module_ever_gets_to_be:f"),
		     -EINVAL,
		     "not the name of a kernel module: "
		     "'a_name_that_is_longer_than_the_name_of_a_module_ever_gets_to_be:f'");
	fake_refuse("find_module_btf_id mod", ESRCH);
	fake_refuse("find_module_btf_id none", ENOENT);
	not_attached(attach(CBEE_FEXIT, "mod:nope"), -ENOENT,
		     "no function 'nope' in the BTF of kernel module mod");
	not_attached(attach(CBEE_FEXIT, "none:f"), -ENOENT,
		     "there is no BTF of a kernel module 'none'");
	end();
}

static void hooks(void)
{
	start();
	UNIT_EQ(attach(CBEE_LSM, "file_open"), 0);
	called("find_btf_id", "find_btf_id bpf_lsm_file_open");
	called("prog_load", "prog_load fn type=29 expected=27 btf=4711 ");
	called("raw_tracepoint_open", "raw_tracepoint_open - fn");
	cbee_detach(c);
	fake_file("/sys/kernel/security/lsm", "lockdown,bpf,yama\n");
	UNIT_EQ(attach(CBEE_LSM, "file_open"), 0);
	cbee_detach(c);
	fake_file("/sys/kernel/security/lsm", "lockdown,bpfx\n");
	not_attached(attach(CBEE_LSM, "file_open"), -EOPNOTSUPP,
		     "BPF is not among the active security modules");
	UNIT_STR(cbee_error(c)->hint, "add bpf to lsm= on the kernel's command line");
	fake_refuse_none(); /* the kernel tells itself, wherever securityfs is */
	UNIT_EQ(attach(CBEE_LSM, "file_open"), 0);
	cbee_detach(c);
	fake_file("/sys/kernel/security/lsm", NULL);
	fake_refuse("find_btf_id bpf_lsm_none", ESRCH);
	not_attached(attach(CBEE_LSM, "none"), -ENOENT, "this kernel has no LSM hook 'none'");
	fake_refuse("find_btf_id bpf_lsm_file", EIO);
	not_attached(attach(CBEE_LSM, "file_open"), -EIO,
		     "cannot read the kernel's BTF: Input/output error");
	end();
}

static void tracepoints(void)
{
	start();
	UNIT_EQ(attach(CBEE_TRACEPOINT, "sched:sched_switch"), 0);
	called("prog_load", "prog_load fn type=5 ");
	called("attach_tracepoint", "attach_tracepoint fn id=1");
	UNIT_EQ(attach(CBEE_RAW_TRACEPOINT, "sched_exit"), 0);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load fn type=17 expected=0 btf=0 log=0");
	called("attach_raw_tracepoint", "attach_raw_tracepoint fn sched_exit");
	cbee_detach(c);
	not_attached(attach(CBEE_TRACEPOINT, "sched:nothing"), -ENOENT,
		     "this kernel has no tracepoint 'sched:nothing'");
	not_attached(attach(CBEE_TRACEPOINT, "sched_switch"), -EINVAL,
		     "a tracepoint is category:event, not 'sched_switch'");
	fake_file("/sys/kernel/tracing/events/sched/empty/id", "");
	not_attached(attach(CBEE_TRACEPOINT, "sched:empty"), -EIO,
		     "cannot attach 'fn' as tracepoint to sched:empty: Input/output error");
	fake_refuse("attach_raw_tracepoint", ENOENT);
	not_attached(attach(CBEE_RAW_TRACEPOINT, "gone"), -ENOENT,
		     "this kernel has no raw tracepoint 'gone'");
	end();
}

static void tracepoints_need_tracefs(void)
{
	start();
	fake_file("/sys/kernel/tracing/events", NULL);
	UNIT_EQ(attach(CBEE_TRACEPOINT, "sched:sched_switch"), 0);
	called("mount tracefs", "mount tracefs /sys/kernel/tracing tracefs ");
	called("attach_tracepoint", "attach_tracepoint fn id=1");
	cbee_detach(c);
	fake_file("/sys/kernel/tracing/events", NULL);
	fake_refuse("unshare", EPERM);
	not_attached(attach(CBEE_TRACEPOINT, "sched:sched_switch"), -EPERM,
		     "cannot see tracefs, where tracepoints are");
	end();
}

static void perf_events(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_PERF_EVENT,
				     .fn = "fn",
				     .perf_type = 1,
				     .perf_config = 0x200000002,
				     .sample_freq = 99 };

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("attach_perf_event"), 3);
	UNIT_STR(fake_nth("attach_perf_event", 2),
		 "attach_perf_event fn type=1 config=8589934594 period=0 freq=99 pid=-1 cpu=2 "
		 "group=-1 inherit=0");
	UNIT_EQ(cbee_attached(c, CBEE_PERF_EVENT), 1);
	fake_forget();
	fake_set_offline(0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("attach_perf_event"), 2);
	fake_forget();
	o.cpu = 2;
	o.sample_freq = 0;
	o.sample_period = 1000;
	o.group_fd = 77;
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("attach_perf_event"), 1);
	called("attach_perf", "attach_perf_event fn type=1 config=8589934594 period=1000 freq=0 "
			      "pid=-1 cpu=1 group=77 inherit=0");
	fake_forget();
	o.cpu = 0;
	o.pid = 77;
	o.group_fd = 0;
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_perf", "attach_perf_event fn type=1 config=8589934594 period=1000 freq=0 "
			      "pid=77 cpu=-1 group=-1 inherit=1");
	UNIT_EQ(fake_count("attach_perf_event"), 1);
	cbee_detach(c);
	o.sample_freq = 1;
	not_attached(cbee_attach(c, &o), -EINVAL,
		     "a perf event needs a sample_period or a sample_freq, one of both");
	end();
}

static void perf_events_in_full(void)
{
	struct perf_event_attr attr = { .type = 4, .config = 3, .sample_period = 5 };
	struct cbee_probe_opts o = {
		.kind = CBEE_PERF_EVENT, .fn = "fn", .perf_attr = &attr, .cpu = 1
	};

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	called("attach_perf_event", "attach_perf_event fn type=4 config=3 period=5 freq=0 pid=-1 "
				    "cpu=0 group=-1 inherit=0");
	UNIT_EQ(attr.size, 0);
	CU_ASSERT(cbee_attached_fd(c, &o) >= 0);
	attr.config = 4;
	UNIT_EQ(cbee_detach_probe(c, &o), -ENOENT);
	attr.freq = 1;
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(cbee_attached(c, CBEE_PERF_EVENT), 1);
	end();
}

static void cpus_that_are_all_offline(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_PERF_EVENT, .fn = "fn", .cpu = 2, .sample_freq = 1
	};

	start();
	fake_set_offline(1);
	not_attached(cbee_attach(c, &o), -ENODEV,
		     "cannot attach 'fn' as perf event to this machine: No such device");
	end();
}

static void the_constant_func_is_the_callers(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_KPROBE, .fn = "fn", .target = "a" };

	start();
	UNIT_EQ(cbee__attach_as(c, &o, 3, false), 0);
	UNIT_EQ(fake_imm(fake_prog("fn"), 0), 3);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_imm(fake_prog("fn"), 0), 0);
	end();
}

static void bad_requests_are_refused(void)
{
	struct cbee_probe_opts o = { .kind = (enum cbee_probe_kind)99, .fn = "fn", .target = "x" };

	start();
	not_attached(cbee_attach(c, &o), -EINVAL, "no such kind of probe");
	not_attached(cbee_attach_all(c, &o, NULL), -EINVAL, "no such kind of probe");
	o = (struct cbee_probe_opts){ .kind = CBEE_KPROBE, .target = "x" };
	not_attached(cbee_attach(c, &o), -EINVAL, "no function named");
	not_attached(attach(CBEE_KPROBE, NULL), -EINVAL, "the kprobe 'fn' needs a target");
	not_attached(attach(CBEE_UPROBE, ""), -EINVAL, "the uprobe 'fn' needs a target");
	o = (struct cbee_probe_opts){ .kind = CBEE_KPROBE, .fn = "none", .target = "x" };
	not_attached(cbee_attach(c, &o), -ENOENT, "the program has no function 'none'");
	end();
}

static void the_kernels_no_is_told(void)
{
	start();
	fake_refuse("attach_kprobe", EPERM);
	not_attached(attach(CBEE_KPROBE, "do_it"), -EPERM,
		     "cannot attach 'fn' as kprobe to do_it: Operation not permitted");
	UNIT_STR(cbee_error(c)->hint, FAKE_FORBIDDEN);
	fake_refuse("func_find", ENOENT);
	not_attached(attach(CBEE_KPROBE, "do_it"), -ENOENT, "no function 'do_it'");
	end();
}

static int attach_counted(enum cbee_probe_kind kind)
{
	return cbee_attach(c, &(struct cbee_probe_opts){ .kind = kind,
							 .fn = "fn",
							 .target = "/bin/x",
							 .offset = 0x99,
							 .ref_counter = 0x3010 });
}

static void links_take_less_privilege(void)
{
	int e;

	start();
	fake_file("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", "config:32-63");
	fake_refuse("perf_event_open /bin/x", EACCES);
	UNIT_EQ(attach_counted(CBEE_URETPROBE), 0);
	UNIT_EQ(fake_count("link_create uprobe_multi fn /bin/x flags=1 count=1"), 1);
	UNIT_EQ(fake_count("prog_load fn type=2 expected=48 "), 1);
	UNIT_EQ(fake_multi(0)->offsets[0], 0x99);
	UNIT_EQ(fake_multi(0)->ref_ctrs[0], 0x3010);
	UNIT_EQ(cbee_detach_probe(c, &(struct cbee_probe_opts){ .kind = CBEE_URETPROBE }), 0);
	fake_refuse("link_create", EINVAL);
	not_attached(attach_counted(CBEE_UPROBE), -EACCES,
		     "cannot attach 'fn' as uprobe to /bin/x: Permission denied");
	UNIT_STR(cbee_error(c)->hint, FAKE_FORBIDDEN);
	end();
	UNIT_EACH_ALLOC_AFTER((start(), fake_refuse("perf_event_open /bin/x", EACCES)), e, e, {
		e = attach(CBEE_UPROBE, "/bin/x");
		CU_ASSERT(!e || e == -EACCES || e == -ENOMEM);
		end();
	});
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
	fds_before = unit_open_fds();
	fake_reset();
	fake_file("/sys/kernel/tracing/events/syscalls/sys_enter_open/id", "1");
	while (*names)
		fake_add_prog(*names++);
	rig_compile();
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
					     "lsm__file_open",
					     "kmod_ret__vfs_open",
					     "syscall__execve",
					     "helper",
					     NULL };
	unsigned int count = 99;

	start_named(names);
	UNIT_EQ(cbee_attach_auto(c, &count), 0);
	UNIT_EQ(count, 9);
	UNIT_STR(fake_nth("attach_kprobe", 0), "attach_kprobe kprobe__vfs_rea entry vfs_read+0");
	UNIT_STR(fake_nth("attach_kprobe", 1), "attach_kprobe kretprobe__vfs_ return vfs_write+0");
	UNIT_STR(fake_nth("attach_kprobe", 2), "attach_kprobe syscall__execve entry sys_execve+0");
	called("attach_tracepoint", "attach_tracepoint tracepoint__sys id=1");
	called("attach_raw", "attach_raw_tracepoint raw_tracepoint_ sched_switch");
	called("find_btf_id", "find_btf_id vfs_open");
	UNIT_STR(fake_nth("find_btf_id", 1), "find_btf_id vfs_open");
	UNIT_STR(fake_nth("find_btf_id", 2), "find_btf_id __x64_sys_open");
	UNIT_EQ(fake_count("raw_tracepoint_open"), 4);
	UNIT_EQ(cbee_attached(c, CBEE_KPROBE), 2);
	UNIT_EQ(cbee_attached(c, CBEE_LSM), 1);
	UNIT_EQ(fake_count("prog_load kmod_ret__"), 0);
	UNIT_EQ(cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_FMOD_RET,
							  .fn = "kmod_ret__vfs_open" }),
		0);
	called("prog_load kmod_ret__vfs_o", "prog_load kmod_ret__vfs_o type=26 expected=26 ");
	end();
}

/* What the names of KFUNC_PROBE and MODULE_KFUNC_PROBE stand for is for BTF to tell. */
static void double_underscores_are_resolved(void)
{
	static const char *const names[] = { "kfunc__vmlinux____x64_sys_read",
					     "kfunc____x64_sys_read",
					     "kretfunc__do__it",
					     "kfunc__mod__do__it",
					     "kfunc__my__mod__run",
					     NULL };
	static const char *const want[] = { "__x64_sys_read", "__x64_sys_read", "do__it" };

	start_named(names);
	fake_refuse("find_btf_id mod", ESRCH);
	fake_refuse("find_btf_id my", ESRCH);
	fake_refuse("find_module_btf_id my mod", ENOENT);
	fake_refuse("btf_get_fd_by_id 3", EPERM);
	fake_refuse("find_module_btf_id my__mod", ESRCH);
	UNIT_EQ(cbee_attach_auto(c, NULL), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "no function 'my__mod__run' in the kernel's BTF");
	for (unsigned int i = 0; i < 3; i++) {
		char line[64];

		snprintf(line, sizeof(line), "func_find %s pid=0", want[i]);
		UNIT_STR(fake_nth("func_find", i), line);
	}
	UNIT_STR(fake_nth("prog_load", 3),
		 "prog_load kfunc__mod__do_ type=26 expected=24 btf=815 log=0 of mod");
	UNIT_STR(fake_nth("find_module_btf_id mod", 0), "find_module_btf_id mod do__it");
	UNIT_STR(fake_nth("find_module_btf_id my", 1), "find_module_btf_id my__mod run");
	UNIT_EQ(c->link_count, 0);
	end();
}

/* ---- taking back ------------------------------------------------------ */

static void one_of_many_is_detached(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_KPROBE, .fn = "fn", .target = "a" };
	struct cbee_probe_opts p = { .kind = CBEE_PERF_EVENT, .fn = "fn", .sample_freq = 1 };
	int fd;

	start();
	fake_add_prog("other");
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(cbee_attach(c, &p), 0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	o.target = "b";
	o.offset = 4;
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(cbee_attached(c, CBEE_KPROBE), 3);
	UNIT_EQ(c->link_count, 6);
	fd = cbee_attached_fd(c, &o);
	UNIT_EQ(fd, c->links[5].fd);
	UNIT_EQ(cbee_attached_fd(c, &p), c->links[1].fd);

	UNIT_EQ(cbee_detach_probe(c, &p), 0);
	UNIT_EQ(c->link_count, 3);
	UNIT_EQ(cbee_attached_fd(c, &o), fd);
	o.target = "a";
	UNIT_EQ(cbee_detach_probe(c, &o), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "nothing of that kind is attached as fn to a");
	UNIT_EQ(cbee_attached_fd(c, &o), -ENOENT);
	o.offset = 0;
	o.fn = "other";
	UNIT_EQ(cbee_detach_probe(c, &o), -ENOENT);
	o.fn = NULL;
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(cbee_attached(c, CBEE_KPROBE), 1);
	o.target = NULL;
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(c->link_count, 0);
	UNIT_EQ(cbee_detach_probe(c, &o), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "nothing of that kind is attached");
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

static void kinds_tell_about_themselves(void)
{
	struct cbee_probe_about about;
	unsigned int kind = 0;

	for (; !cbee_probe_about((enum cbee_probe_kind)kind, &about); kind++) {
		CU_ASSERT(about.name && *about.name);
		CU_ASSERT(about.target && *about.target);
		CU_ASSERT(about.context && *about.context);
		CU_ASSERT(about.needs && !strncmp(about.needs, "Linux ", 6));
		CU_ASSERT(!about.automatic || about.prefix);
	}
	UNIT_EQ(kind, CBEE_OBJECT + 1);
	UNIT_EQ(cbee_probe_about((enum cbee_probe_kind) - 1, &about), -EINVAL);
	UNIT_EQ(cbee_probe_about(CBEE_FEXIT, &about), 0);
	UNIT_STR(about.name, "fexit");
	UNIT_STR(about.prefix, "kretfunc__");
	CU_ASSERT(about.automatic && about.patterns);
	UNIT_EQ(cbee_probe_about(CBEE_XDP, &about), 0);
	CU_ASSERT(!about.automatic && !about.patterns && !about.prefix);
}

/* One of each kind. */
static int attach_each(void)
{
	struct cbee_probe_opts u = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/x", .symbol = "s"
	};
	struct cbee_probe_opts p = { .kind = CBEE_PERF_EVENT, .fn = "fn", .sample_freq = 1 };
	struct cbee_probe_opts r = {
		.kind = CBEE_KRETPROBE, .fn = "fn", .target = "a", .maxactive = 9
	};
	int e = attach(CBEE_KPROBE, "a");

	if (!e)
		e = cbee_attach(c, &u);
	if (!e)
		e = cbee_attach(c, &r);
	if (!e)
		e = attach(CBEE_FENTRY, "mod:b");
	if (!e)
		e = attach(CBEE_LSM, "file_open");
	if (!e)
		e = attach(CBEE_FEXIT, "b");
	if (!e)
		e = attach(CBEE_TRACEPOINT, "sched:sched_switch");
	if (!e)
		e = attach(CBEE_RAW_TRACEPOINT, "c");
	for (int i = 0; !e && i < 6; i++)
		e = cbee_attach(c, &p);
	if (!e)
		e = cbee_detach_probe(c, &p);
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e;
}

static void survives_failing_calls(void)
{
	CU_ASSERT(rig_each_call(start, attach_each) > 30);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(start(), e, -ENOMEM, {
		e = attach_each();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("probe", { "kprobes", kprobes },
	  { "lists of old kernels are cleaned", lists_of_old_kernels_are_cleaned },
	  { "calls under way can be many", calls_under_way_can_be_many },
	  { "kernels without probes are told", kernels_without_probes_are_told },
	  { "uprobes", uprobes }, { "uprobes that count", uprobes_that_count },
	  { "Go functions get no return probe", go_functions_get_no_return_probe },
	  { "Go functions get one by force", go_functions_get_one_by_force },
	  { "trampolines", trampolines }, { "hooks", hooks },
	  { "functions of modules", functions_of_modules }, { "tracepoints", tracepoints },
	  { "tracepoints need tracefs", tracepoints_need_tracefs }, { "perf events", perf_events },
	  { "perf events in full", perf_events_in_full },
	  { "CPUs that are all offline", cpus_that_are_all_offline },
	  { "the constant func is the caller's", the_constant_func_is_the_callers },
	  { "bad requests are refused", bad_requests_are_refused },
	  { "the kernel's no is told", the_kernels_no_is_told },
	  { "links take less privilege", links_take_less_privilege },
	  { "missed runs are added up", missed_runs_are_added_up },
	  { "one of many is detached", one_of_many_is_detached },
	  { "kinds tell about themselves", kinds_tell_about_themselves },
	  { "names say what to attach to", names_say_what_to_attach_to },
	  { "double underscores are resolved", double_underscores_are_resolved },
	  { "one failure detaches all", one_failure_detaches_all },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
