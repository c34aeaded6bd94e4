/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which way many functions are attached by, and what is asked of the kernel for it. */
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "rig.h"

static const struct cbee_funcs_attach both = {
	.entry = "entry", .ret = "ret", .fentry = "fentry", .fexit = "fexit"
};
static const struct cbee_funcs_opts how;

static void start(void)
{
	rig_begin();
	fake_add_const("cookie");
	fake_add_const("func");
	fake_add_const("in_user");
	fake_add_const("in_go");
	fake_add_const("by_fentry");
	fake_add_prog("entry");
	fake_add_prog("ret");
	fake_add_prog("fentry");
	fake_add_prog("fexit");
	rig_load();
	rig_listen();
}

static void start_with(const char *spec)
{
	start();
	UNIT_EQ(cbee_funcs_add(c, spec, &how), 0);
	fake_forget();
}

/* The program was loaded with these values of OPT(in_user), OPT(in_go), OPT(by_fentry). */
static void serves(const char *fn, bool user, bool go, bool fentry)
{
	UNIT_EQ(fake_imm(fake_prog(fn), 4), user);
	UNIT_EQ(fake_imm(fake_prog(fn), 6), go);
	UNIT_EQ(fake_imm(fake_prog(fn), 8), fentry);
}

/* Whether the calls of that kind are these, in this order; NULL ends the list. */
static void calls(const char *kind, const char *const *want)
{
	unsigned int i;

	for (i = 0; want[i]; i++)
		if (strncmp(fake_nth(kind, i), want[i], strlen(want[i])))
			UNIT_STR(fake_nth(kind, i), want[i]);
	UNIT_EQ(fake_count(kind), i);
}

static void the_list_is_kept(void)
{
	start();
	UNIT_EQ(cbee_funcs_count(c), 0);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EINVAL);
	UNIT_STR(cbee_error(c)->text, "no functions have been added");
	UNIT_EQ(cbee_funcs_add(c, "/bin/x:f,g", &how), 0);
	UNIT_EQ(cbee_funcs_add(c, "vfs_read", &how), 0);
	UNIT_EQ(cbee_funcs_count(c), 3);
	UNIT_STR(cbee_funcs_name(c, 0), "f");
	UNIT_STR(cbee_funcs_name(c, 2), "vfs_read");
	CU_ASSERT_PTR_NULL(cbee_funcs_name(c, 3));
	UNIT_EQ(cbee_funcs_skipped(c), 0);
	fake_refuse("func_find", E2BIG);
	UNIT_EQ(cbee_funcs_add(c, "more", &how), -E2BIG);
	UNIT_EQ(cbee_funcs_count(c), 3);
	end();
}

static void uprobe_multi_is_first(void)
{
	struct cbee_funcs_attach opts = both;
	const struct fake_multi *m;

	start_with("/bin/x:f,g,h");
	opts.pid = 42;
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_STR(fake_nth("prog_load", 0), "prog_load ret type=2 expected=48 btf=0 log=0");
	UNIT_STR(fake_nth("prog_load", 1), "prog_load entry type=2 expected=48 btf=0 log=0");
	m = fake_multi(0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	UNIT_STR(m->prog, "ret");
	UNIT_STR(m->path, "/bin/x");
	UNIT_EQ(m->target, 0);
	UNIT_EQ(m->type, 48);
	UNIT_EQ(m->flags, 0);
	UNIT_EQ(m->count, 3);
	UNIT_EQ(m->multi_flags, 1);
	UNIT_EQ(m->pid, 42);
	UNIT_EQ(m->size, 64);
	UNIT_EQ(m->ref_ctr, 0);
	for (unsigned int i = 0; i < 3; i++) {
		UNIT_EQ(m->offsets[i], 0x1000 * (i + 1));
		UNIT_EQ(m->cookies[i], i);
	}
	m = fake_multi(1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	UNIT_STR(m->prog, "entry");
	UNIT_EQ(m->multi_flags, 0);
	CU_ASSERT_PTR_NULL(fake_multi(2));
	UNIT_EQ(fake_imm(fake_prog("entry"), 0), 1);
	UNIT_EQ(fake_imm(fake_prog("entry"), 2), 0);
	said("attached to 3 functions by uprobe.multi\n");
	end();
}

static void each_binary_has_its_link(void)
{
	static const char *const want[] = { "link_create uprobe_multi ret /a flags=1 count=2",
					    "link_create uprobe_multi ret /b flags=1 count=1",
					    "link_create uprobe_multi entry /a flags=0 count=2",
					    "link_create uprobe_multi entry /b flags=0 count=1",
					    NULL };

	start_with("/a:f,g");
	UNIT_EQ(cbee_funcs_add(c, "/b:h", &how), 0);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	calls("link_create", want);
	UNIT_EQ(fake_multi(1)->cookies[0], 2);
	UNIT_EQ(fake_multi(1)->offsets[0], 0x1000);
	UNIT_EQ(fake_multi(2)->cookies[1], 1);
	end();
}

static void one_side_is_enough(void)
{
	struct cbee_funcs_attach opts = { .entry = "entry" };

	start_with("/a:f");
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_EQ(fake_count("prog_load"), 1);
	UNIT_STR(fake_nth("link_create", 0), "link_create uprobe_multi entry /a flags=0 count=1");
	UNIT_EQ(fake_count("link_create"), 1);
	cbee_detach(c);
	fake_forget();
	fake_refuse("link_create uprobe_multi", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_EQ(fake_count("perf_event_open"), 1);
	serves("entry", true, false, false);
	end();
}

static void cookies_are_second(void)
{
	static const int refusals[] = { EINVAL, EPERM, EOPNOTSUPP };
	static const char *const events[] = {
		"perf_event_open /bin/x return type=9 config=1 offset=0x1000 pid=-1 cpu=0 flags=8",
		"perf_event_open /bin/x entry type=9 config=0 offset=0x1000 pid=-1 cpu=0 flags=8",
		"perf_event_open /bin/x return type=9 config=1 offset=0x2000 pid=-1 cpu=0 flags=8",
		"perf_event_open /bin/x entry type=9 config=0 offset=0x2000 pid=-1 cpu=0 flags=8",
		NULL
	};
	static const char *const links[] = { "link_create perf_event ret /bin/x cookie=0",
					     "link_create perf_event entry /bin/x cookie=0",
					     "link_create perf_event ret /bin/x cookie=1",
					     "link_create perf_event entry /bin/x cookie=1", NULL };

	for (int i = 0; i < 3; i++) {
		start_with("/bin/x:f,g");
		fake_refuse("link_create uprobe_multi", refusals[i]);
		UNIT_EQ(cbee_funcs_attach(c, &both), 0);
		calls("perf_event_open", events);
		calls("link_create perf_event", links);
		UNIT_EQ(fake_imm(fake_prog("ret"), 0), 1);
		said("not uprobe.multi: ");
		said(strerror(refusals[i]));
		said("attached to 2 functions by uprobes with cookies\n");
		end();
	}
}

static void a_load_refused_is_no_end(void)
{
	start_with("/bin/x:f");
	fake_refuse("prog_load ret type=2 expected=48", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("not uprobe.multi: cannot load 'ret': Invalid argument\n");
	said("attached to 1 functions by uprobes with cookies\n");
	end();
}

static void pids_reach_perf(void)
{
	struct cbee_funcs_attach opts = both;

	start_with("/bin/x:f");
	opts.pid = 42;
	fake_refuse("link_create uprobe_multi", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_STR(fake_nth("perf_event_open", 0),
		 "perf_event_open /bin/x return type=9 config=1 offset=0x1000 pid=42 cpu=-1 "
		 "flags=8");
	end();
}

static void plain_uprobes_are_last(void)
{
	static const char *const want[] = { "attach_uprobe ret return /bin/x+0x1000 pid=-1",
					    "attach_uprobe entry entry /bin/x+0x1000 pid=-1",
					    "attach_uprobe ret return /bin/x+0x2000 pid=-1",
					    "attach_uprobe entry entry /bin/x+0x2000 pid=-1",
					    NULL };

	start_with("/bin/x:f,g");
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	calls("attach_uprobe", want);
	UNIT_EQ(fake_imm(fake_prog("entry"), 0), 0);
	UNIT_EQ(fake_imm(fake_prog("entry"), 2), 1);
	said("not uprobes with cookies: ");
	said("attached to 2 functions by uprobes\n");
	end();
}

static void fentry_is_first_in_the_kernel(void)
{
	static const char *const want[] = { "prog_load fexit type=26 expected=25 btf=4711",
					    "prog_load fentry type=26 expected=24 btf=4711",
					    "prog_load fexit type=26 expected=25 btf=4711",
					    "prog_load fentry type=26 expected=24 btf=4711", NULL };
	static const char *const links[] = { "raw_tracepoint_open - fexit",
					     "raw_tracepoint_open - fentry",
					     "raw_tracepoint_open - fexit",
					     "raw_tracepoint_open - fentry", NULL };

	start_with("vfs_read,vfs_write");
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	calls("prog_load", want);
	calls("raw_tracepoint_open", links);
	UNIT_EQ(fake_imm(fake_prog("fexit"), 0), 0);
	UNIT_EQ(fake_imm(fake_prog("fexit"), 2), 1);
	said("attached to 2 functions by fentry\n");
	end();
}

static void fentry_can_be_refused_or_unwanted(void)
{
	struct cbee_funcs_attach opts = both;

	start_with("vfs_read,vfs_write");
	fake_refuse("raw_tracepoint_open - fentry", EOPNOTSUPP);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("not fentry: ");
	said("attached to 2 functions by kprobe.multi\n");
	UNIT_STR(fake_nth("link_create", 0),
		 "link_create kprobe_multi type=42 ret flags=1 vfs_read=0 vfs_write=1");
	UNIT_STR(fake_nth("link_create", 1),
		 "link_create kprobe_multi type=42 entry flags=0 vfs_read=0 vfs_write=1");
	UNIT_STR(fake_nth("prog_load ret", 0), "prog_load ret type=2 expected=42 btf=0 log=0");
	end();
	start_with("vfs_read");
	opts.no_fentry = true;
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_EQ(fake_count("raw_tracepoint_open"), 0);
	said("not fentry: not wanted\n");
	end();
}

static void fentry_is_not_for_many(void)
{
	start_with("a,b,c,d,e,f,g,h,i");
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("not fentry: too slow to attach to 9 functions\n");
	said("attached to 9 functions by kprobe.multi\n");
	end();
}

static void kprobes_follow(void)
{
	start_with("vfs_read,vfs_write");
	fake_refuse("raw_tracepoint_open", EOPNOTSUPP);
	fake_refuse("link_create kprobe_multi", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	UNIT_STR(
		fake_nth("perf_event_open", 2),
		"perf_event_open vfs_write return type=8 config=1 offset=0x0 pid=-1 cpu=0 flags=8");
	UNIT_STR(fake_nth("link_create perf_event", 3),
		 "link_create perf_event entry vfs_write cookie=1");
	said("attached to 2 functions by kprobes with cookies\n");
	serves("ret", false, false, false);
	end();
	start_with("vfs_read,vfs_write");
	fake_refuse("raw_tracepoint_open", EOPNOTSUPP);
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	CU_ASSERT(!strncmp(fake_nth("attach_kprobe", 3), "attach_kprobe entry entry vfs_write+0",
			   37));
	UNIT_EQ(fake_imm(fake_prog("entry"), 2), 1);
	said("attached to 2 functions by kprobes\n");
	end();
}

static void both_kinds_at_once(void)
{
	start_with("vfs_read");
	UNIT_EQ(cbee_funcs_add(c, "/a:f", &how), 0);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	UNIT_EQ(fake_multi(0)->cookies[0], 1);
	UNIT_EQ(fake_imm(fake_prog("fentry"), 2), 0);
	serves("ret", true, false, false);
	serves("fexit", false, false, true);
	said("attached to 1 functions by uprobe.multi\n");
	said("attached to 1 functions by fentry\n");
	cbee_detach(c);
	fake_refuse("find_btf_id", ENOENT);
	fake_refuse("link_create kprobe", EINVAL);
	fake_refuse("perf_event_open", EINVAL);
	fake_refuse("attach_kprobe", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EINVAL);
	UNIT_EQ(c->link_count, 0);
	end();
}

static void one_bad_function_is_skipped(void)
{
	start_with("good,bad,fine");
	fake_refuse("find_btf_id", ENOENT);
	fake_refuse("link_create kprobe_multi", EINVAL);
	fake_refuse("perf_event_open bad entry", EADDRNOTAVAIL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	UNIT_EQ(cbee_funcs_skipped(c), 1);
	said("attached to 2 functions by kprobes with cookies\n");
	said("1 functions cannot be probed, such as bad: Cannot assign requested address\n");
	/* two programs; event and link for both sides of the two others */
	UNIT_EQ(c->link_count, 2 + 2 * 4);
	end();
}

static void bcc_skips_too(void)
{
	start_with("/a:f,g,h");
	fake_refuse("link_create", EINVAL);
	fake_refuse("attach_uprobe entry entry /a+0x2000", ENXIO);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	UNIT_EQ(cbee_funcs_skipped(c), 1);
	UNIT_EQ(c->link_count, 4);
	said("attached to 2 functions by uprobes\n");
	end();
}

static void all_that_fail_are_told(void)
{
	start_with("/a:f,g");
	fake_refuse("link_create", EINVAL);
	fake_refuse("attach_uprobe", ENXIO);
	UNIT_EQ(cbee_funcs_attach(c, &both), -ENXIO);
	CU_ASSERT(!strncmp(cbee_error(c)->text,
			   "cannot probe 2 functions: uprobe.multi: Invalid argument; ", 58));
	CU_ASSERT_PTR_NOT_NULL(strstr(cbee_error(c)->text, "; uprobes: "));
	UNIT_EQ(cbee_error(c)->code, -ENXIO);
	UNIT_EQ(c->link_count, 0);
	UNIT_EQ(cbee_funcs_skipped(c), 0);
	end();
	start_with("do_it");
	fake_refuse("prog_load", EPERM);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EPERM);
	CU_ASSERT(!strncmp(cbee_error(c)->text,
			   "cannot probe kernel function 'do_it': fentry: ", 46));
	CU_ASSERT_PTR_NOT_NULL(cbee_error(c)->hint);
	UNIT_EQ(c->link_count, 0);
	end();
}

static void kernels_without_probes_are_told(void)
{
	start_with("/a:f");
	fake_file("/sys/bus/event_source/devices/uprobe/type", NULL);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EOPNOTSUPP);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(cbee_error(c)->text, "this kernel has none (CONFIG_UPROBE_EVENTS is off)"));
	UNIT_EQ(fake_count("prog_load"), 0);
	end();
	start_with("vfs_read");
	fake_file("/sys/bus/event_source/devices/kprobe/type", NULL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("attached to 1 functions by fentry\n");
	end();
}

/* One failing call is made good by the next way, or undone. */
static void survives_failing_calls(void)
{
	static const char *const specs[] = { "/a:f,g", "vfs_read,vfs_write" };
	int nth, e;

	for (int i = 0; i < 4; i++) {
		nth = 0;
		do {
			start_with(specs[i % 2]);
			if (i >= 2) { /* down to the last way */
				fake_refuse("link_create", EINVAL);
				fake_refuse("raw_tracepoint_open", EINVAL);
			}
			fake_fail(++nth, EMFILE);
			e = cbee_funcs_attach(c, &both);
			if (e) {
				CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
				UNIT_EQ(c->link_count, 0);
			}
			end();
		} while (fake_failed());
		UNIT_EQ(e, 0);
		CU_ASSERT(nth > 4);
	}
}

/* The same for allocations: no leak, no descriptor left, a sentence if it fails. */
static void survives_failing_allocations(void)
{
	static const char *const specs[] = { "/a:f,g", "vfs_read,vfs_write" };
	int nth, e, failed;

	for (int i = 0; i < 4; i++) {
		nth = 0;
		do {
			start_with(specs[i % 2]);
			if (i >= 2) {
				fake_refuse("link_create", EINVAL);
				fake_refuse("raw_tracepoint_open", EINVAL);
			}
			unit_fail_alloc(++nth);
			e = cbee_funcs_attach(c, &both);
			failed = unit_alloc_failed();
			unit_fail_alloc(0);
			if (e) {
				CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
				UNIT_EQ(c->link_count, 0);
			}
			end();
		} while (failed);
		UNIT_EQ(e, 0);
	}
}

static void go_functions_get_no_return_probe(void)
{
	struct cbee_funcs_attach entry = { .entry = "entry" };

	start_with("/bin/x:f");
	UNIT_EQ(cbee_funcs_add(c, "/go/app:main.work", &how), 0);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EOPNOTSUPP);
	UNIT_STR(cbee_error(c)->text, "'main.work' in /go/app is a Go function: "
				      "a return probe would crash it");
	UNIT_EQ(c->link_count, 0);
	UNIT_EQ(fake_count("link_create"), 0);
	UNIT_EQ(cbee_funcs_attach(c, &entry), 0);
	UNIT_EQ(fake_multi(0)->multi_flags, 0);
	end();
}

UNIT_MAIN("multi", { "the list is kept", the_list_is_kept },
	  { "uprobe.multi is first", uprobe_multi_is_first },
	  { "each binary has its link", each_binary_has_its_link },
	  { "one side is enough", one_side_is_enough },
	  { "cookies are second", cookies_are_second },
	  { "a load refused is no end", a_load_refused_is_no_end },
	  { "PIDs reach perf", pids_reach_perf },
	  { "plain uprobes are last", plain_uprobes_are_last },
	  { "fentry is first in the kernel", fentry_is_first_in_the_kernel },
	  { "fentry can be refused or unwanted", fentry_can_be_refused_or_unwanted },
	  { "fentry is not for many", fentry_is_not_for_many },
	  { "kprobes follow", kprobes_follow }, { "both kinds at once", both_kinds_at_once },
	  { "one bad function is skipped", one_bad_function_is_skipped },
	  { "BCC skips too", bcc_skips_too }, { "all that fail are told", all_that_fail_are_told },
	  { "kernels without probes are told", kernels_without_probes_are_told },
	  { "Go functions get no return probe", go_functions_get_no_return_probe },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
