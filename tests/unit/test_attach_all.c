/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that one function gets to everything that a pattern matches, or to nothing. */
#include <errno.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig.h"

static void start(void)
{
	rig_begin();
	fake_add_prog("fn");
	rig_load();
	rig_listen();
}

static void not_attached(const struct cbee_probe_opts *o, int code, const char *text)
{
	unsigned int count = 99;

	UNIT_EQ(cbee_attach_all(c, o, &count), code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
	UNIT_EQ(c->link_count, 0);
	UNIT_EQ(count, 99);
}

/* ---- functions -------------------------------------------------------- */

static void user_functions_at_once(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_URETPROBE, .fn = "fn", .target = "/bin/x", .symbol = "f,g,h", .pid = 12
	};
	unsigned int count = 0;

	start();
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 3);
	UNIT_STR(fake_nth("func_find", 0), "func_find /bin/x:f,g,h pid=12");
	UNIT_STR(fake_nth("prog_load", 0), "prog_load fn type=2 expected=48 btf=0 log=0");
	UNIT_STR(fake_nth("link_create", 0), "link_create uprobe_multi fn /bin/x flags=1 count=3");
	UNIT_EQ(fake_multi(0)->offsets[2], 0x3000);
	UNIT_EQ(fake_multi(0)->pid, 12);
	UNIT_EQ(cbee_attached(c, CBEE_URETPROBE), 3);
	said("attached fn to 3 places by uretprobe 'f,g,h'\n");
	o.pid = 0;
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(c->link_count, 0);
	end();
}

static void user_functions_one_by_one(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/bin/x", .symbol = "f,g,h"
	};
	unsigned int count = 0;

	start();
	fake_refuse("link_create", EINVAL);
	fake_refuse("perf_event_open /bin/x entry type=9 config=0 offset=0x2000", EINVAL);
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 2);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load fn type=2 expected=0 btf=0 log=0");
	UNIT_STR(fake_nth("attach_uprobe", 1), "attach_uprobe fn entry /bin/x+0x3000 pid=-1");
	said("'g' is left out: cannot attach 'fn' as uprobe to /bin/x: Invalid argument\n");
	UNIT_EQ(cbee_error(c)->code, 0);
	UNIT_EQ(c->link_count, 3);
	UNIT_EQ(cbee_attached(c, CBEE_UPROBE), 2);
	CU_ASSERT(cbee_attached_fd(c, &o) >= 0);
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(c->link_count, 0);
	fake_refuse("perf_event_open", EINVAL);
	not_attached(&o, -EINVAL, "cannot attach 'fn' as uprobe to /bin/x: Invalid argument");
	end();
}

static void kernel_functions(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_KPROBE, .fn = "fn", .target = "a,b" };
	unsigned int count = 0;

	start();
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 2);
	UNIT_STR(fake_nth("link_create", 0), "link_create kprobe_multi type=42 fn flags=0 a=0 b=0");
	cbee_detach(c);
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_STR(fake_nth("attach_kprobe", 1), "attach_kprobe fn entry b+0");
	cbee_detach(c);
	fake_forget();
	o.kind = CBEE_KRETPROBE;
	o.maxactive = 5;
	UNIT_EQ(cbee_attach_all(c, &o, NULL), 0);
	UNIT_EQ(fake_count("attach_kprobe fn return"), 2);
	cbee_detach(c);
	UNIT_EQ(fake_count("detach_kprobe"), 2);
	o.kind = CBEE_FEXIT;
	fake_forget();
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(fake_count("prog_load fn type=26 expected=25"), 2);
	UNIT_EQ(count, 2);
	end();
}

static void half_way_is_nothing(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_KPROBE, .fn = "fn", .target = "a,b,c" };

	start();
	fake_refuse("link_create", EINVAL);
	fake_refuse("perf_event_open c", EMFILE);
	not_attached(&o, -EMFILE, "cannot attach 'fn' as kprobe to c: Too many open files");
	end();
}

static void what_would_break_is_left_out(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/bin/x", .symbol = "setjmp,f"
	};
	unsigned int count = 0;

	start();
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 1);
	UNIT_EQ(fake_multi(0)->offsets[0], 0x2000);
	said("'setjmp' is left out: ");
	cbee_detach(c);
	o.symbol = "setjmp";
	UNIT_EQ(cbee_attach_all(c, &o, &count), -EOPNOTSUPP);
	CU_ASSERT(!strncmp(cbee_error(c)->text, "'setjmp' cannot be probed: ", 27));
	o.kind = CBEE_URETPROBE;
	o.target = "/go/app";
	o.symbol = "main.f,main.g";
	not_attached(&o, -EOPNOTSUPP,
		     "'main.f' in /go/app is a Go function: a return probe would crash it");
	o.force = true;
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 2);
	said("warning: 'main.f' in /go/app is a Go function");
	end();
}

/* ---- tracepoints ------------------------------------------------------ */

static const char *const tree[] = { "events",
				    "events/ftrace",
				    "events/ftrace/sched_function",
				    "events/sched",
				    "events/sched/sched_exec",
				    "events/sched/sched_fork",
				    "events/syscalls",
				    "events/syscalls/sys_enter_sched" };
static char root[64];

#define TREE (sizeof(tree) / sizeof(tree[0]))

static void plant(void)
{
	char path[256];

	start();
	snprintf(root, sizeof(root), "/tmp/cbee-test-all.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	for (size_t i = 0; i < TREE; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, tree[i]);
		CU_ASSERT_FATAL(!mkdir(path, 0700));
	}
	fake_tracefs(root);
	fake_file("/sys/kernel/tracing/events/sched/sched_exec/id", "31");
	fake_file("/sys/kernel/tracing/events/sched/sched_fork/id", "32");
}

static void fell(void)
{
	char path[256];

	for (size_t i = TREE; i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s", root, tree[i]);
		rmdir(path);
	}
	rmdir(root);
	end();
}

static void tracepoints(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_TRACEPOINT, .fn = "fn", .target = "*:sched_*" };
	unsigned int count = 0;

	plant();
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 2);
	UNIT_STR(fake_nth("attach_tracepoint", 0), "attach_tracepoint fn id=31");
	UNIT_STR(fake_nth("attach_tracepoint", 1), "attach_tracepoint fn id=32");
	UNIT_EQ(fake_count("prog_load"), 1);
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(c->link_count, 0);
	o.limit = 1;
	not_attached(&o, -E2BIG,
		     "pattern '*:sched_*' matches 2 tracepoints, more than the limit of 1");
	UNIT_STR(cbee_error(c)->hint, "narrow the pattern, or raise the limit");
	o.target = "none*";
	not_attached(&o, -ENOENT, "no tracepoint matches 'none*'");
	o.target = "(";
	o.regexp = true;
	UNIT_EQ(cbee_attach_all(c, &o, &count), -EINVAL);
	o.limit = 0;
	o.target = "(a+)+b|sched:.*";
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 2);
	cbee_detach(c);
	fake_refuse("scandir", EMFILE);
	not_attached(&o, -EMFILE, "cannot list the tracepoints: Too many open files");
	fell();
}

static void raw_tracepoints(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_RAW_TRACEPOINT, .fn = "fn", .target = "*sched*" };
	unsigned int count = 0;

	plant();
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 2);
	UNIT_STR(fake_nth("attach_raw_tracepoint", 1), "attach_raw_tracepoint fn sched_fork");
	cbee_detach(c);
	fake_refuse("attach_raw_tracepoint fn sched_exec", ENOENT);
	UNIT_EQ(cbee_attach_all(c, &o, &count), 0);
	UNIT_EQ(count, 1);
	said("'sched_exec' is left out: this kernel has no raw tracepoint 'sched_exec'\n");
	fell();
}

/* ---- failures --------------------------------------------------------- */

static void bad_requests_are_refused(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_XDP, .fn = "fn", .target = "e*" };

	start();
	not_attached(&o, -EINVAL, "the XDP program 'fn' goes to one place, not to a pattern");
	o = (struct cbee_probe_opts){ .kind = CBEE_UPROBE, .fn = "fn", .target = "/bin/x" };
	not_attached(&o, -EINVAL, "the uprobe 'fn' needs a target");
	o = (struct cbee_probe_opts){ .kind = CBEE_KPROBE, .target = "a" };
	not_attached(&o, -EINVAL, "no function named");
	end();
}

/* Each way once. */
static int attach_each(void)
{
	struct cbee_probe_opts u = {
		.kind = CBEE_UPROBE, .fn = "fn", .target = "/x", .symbol = "a,b"
	};
	struct cbee_probe_opts k = { .kind = CBEE_KPROBE, .fn = "fn", .target = "a,b" };
	struct cbee_probe_opts t = { .kind = CBEE_TRACEPOINT, .fn = "fn", .target = "sched:*" };
	unsigned int all = 0, count = 0;
	int e = cbee_attach_all(c, &u, &count);

	all += count;
	if (!e)
		e = cbee_attach_all(c, &k, &count);
	all += count;
	k.maxactive = 1; /* one by one */
	if (!e)
		e = cbee_attach_all(c, &k, &count);
	all += count;
	if (!e)
		e = cbee_attach_all(c, &t, &count);
	all += count;
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e ? e : (int)all;
}

/* A failing call leaves out one function, or is got around, or fails all. */
static void survives_failing_calls(void)
{
	int nth = 0, e, fewer = 0;

	do {
		plant();
		fake_fail(++nth, EIO);
		e = attach_each();
		fewer += e >= 0 && e < 8;
		fell();
	} while (fake_failed());
	UNIT_EQ(e, 8);
	CU_ASSERT(nth > 20 && fewer > 5);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(plant(), e, -ENOMEM, {
		e = attach_each();
		fell();
	});
	UNIT_EQ(e, 8);
}

UNIT_MAIN("attach_all", { "user functions at once", user_functions_at_once },
	  { "user functions one by one", user_functions_one_by_one },
	  { "kernel functions", kernel_functions }, { "half way is nothing", half_way_is_nothing },
	  { "what would break is left out", what_would_break_is_left_out },
	  { "tracepoints", tracepoints }, { "raw tracepoints", raw_tracepoints },
	  { "bad requests are refused", bad_requests_are_refused },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
