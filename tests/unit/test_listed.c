/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how places of binaries share events, what tells them apart, and that nothing is left. */
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "kernel/module.h"
#include "rig.h"

static const struct cbee_funcs_attach both = { .entry = "entry", .ret = "ret" };
static const struct cbee_funcs_opts how;

/* A kernel without uprobe.multi. */
static void start(void)
{
	rig_begin();
	fake_add_const("cookie");
	fake_add_const("listed");
	fake_add_map(CBEE__PLACES, BPF_MAP_TYPE_HASH, 4, 4, 1);
	fake_add_prog("entry");
	fake_add_prog("ret");
	rig_load();
	rig_listen();
	UNIT_EQ(cbee_funcs_add(c, "/bin/x:a,b,c,d,e", &how), 0);
	fake_forget();
	fake_refuse("link_create uprobe_multi", EINVAL);
}

static void calls(const char *kind, const char *const *want)
{
	unsigned int i;

	for (i = 0; want[i]; i++)
		UNIT_STR(fake_nth(kind, i), want[i]);
	UNIT_EQ(fake_count(kind), i);
}

/* All begin at the same byte of their pages: entries cannot share an event, returns can. */
static void functions_share_events(void)
{
	static const char *const lines[] = { "list r e0 /bin/x:0x1000",
					     "list r e0 /bin/x:0x2000",
					     "list r e0 /bin/x:0x3000",
					     "list r e0 /bin/x:0x4000",
					     "list r e0 /bin/x:0x5000",
					     "list p e1 /bin/x:0x1000",
					     "list p e2 /bin/x:0x2000",
					     "list p e3 /bin/x:0x3000",
					     "list p e4 /bin/x:0x4000",
					     "list p e5 /bin/x:0x5000",
					     NULL };
	static const char *const links[] = { "link_create perf_event ret perf_event cookie=0",
					     "link_create perf_event entry perf_event cookie=1",
					     "link_create perf_event entry perf_event cookie=2",
					     "link_create perf_event entry perf_event cookie=3",
					     "link_create perf_event entry perf_event cookie=4",
					     "link_create perf_event entry perf_event cookie=5",
					     NULL };

	start();
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	calls("list ", lines);
	calls("link_create perf_event", links);
	UNIT_STR(fake_nth("open uprobe_events", 0), "open uprobe_events to append");
	UNIT_STR(fake_nth("keeper_start", 0), "keeper_start uprobe_events cbee_");
	UNIT_STR(fake_nth("keeper_expect", 5), "keeper_expect 6");
	UNIT_STR(fake_nth("perf_event_open", 5), "perf_event_open type=2 config=1005 pid=-1 cpu=0");
	UNIT_STR(fake_nth("prog_load", 1), "prog_load ret type=2 expected=0 btf=0 log=0");
	UNIT_EQ(fake_imm(fake_prog("ret"), 0), 1);
	UNIT_EQ(fake_imm(fake_prog("ret"), 2), CBEE_LISTED_RETURN);
	UNIT_EQ(fake_imm(fake_prog("entry"), 2), CBEE_LISTED);
	/* in place of the program's own map */
	UNIT_EQ(fake_count("map_create cbee_places type=1 key=4 value=4 entries=5 flags=0"), 1);
	CU_ASSERT(fake_imm(fake_prog("entry"), 4) !=
		  (uint64_t)cbee_map_fd(cbee_map(c, CBEE__PLACES)));
	said("not uprobe.multi: ");
	said("attached to 5 functions by uprobes that share events\n");
	UNIT_EQ(fake_count("keeper_end"), 0);
	cbee_detach(c);
	UNIT_EQ(fake_count("keeper_end"), 1);
	end();
}

static void places_are_told_apart(void)
{
	start();
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	UNIT_EQ(fake_count("update cbee_places flags=0"), 5);
	end();
}

static void a_process_is_enough(void)
{
	struct cbee_funcs_attach opts = { .entry = "entry", .pid = 42 };

	start();
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_STR(fake_nth("perf_event_open", 0),
		 "perf_event_open type=2 config=1000 pid=42 cpu=-1");
	UNIT_EQ(fake_count("list r"), 0);
	end();
}

static void few_have_their_own(void)
{
	rig_begin();
	fake_add_map(CBEE__PLACES, BPF_MAP_TYPE_HASH, 4, 4, 1);
	fake_add_prog("entry");
	rig_load();
	rig_listen();
	UNIT_EQ(cbee_funcs_add(c, "/bin/x:a,b,c,d", &how), 0);
	fake_refuse("link_create uprobe_multi", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &(struct cbee_funcs_attach){ .entry = "entry" }), 0);
	said("not uprobes that share events: not worth it for 4\n");
	said("attached to 4 functions by uprobes with cookies\n");
	end();
}

static void programs_have_to_know(void)
{
	rig_begin();
	fake_add_prog("entry");
	rig_load();
	rig_listen();
	UNIT_EQ(cbee_funcs_add(c, "/bin/x:a,b,c,d,e", &how), 0);
	fake_refuse("link_create uprobe_multi", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &(struct cbee_funcs_attach){ .entry = "entry" }), 0);
	said("not uprobes that share events: the program has no cbee_func()\n");
	end();
}

/* A blank would end the path, a hash the line. */
static void odd_paths_cannot_be_listed(void)
{
	static const char *const paths[] = { "/bin/a b:a,b,c,d,e", "/bin/a#b:a,b,c,d,e" };

	for (int i = 0; i < 2; i++) {
		start();
		UNIT_EQ(cbee_funcs_add(c, paths[i], &how), 0);
		UNIT_EQ(cbee_funcs_attach(c, &both), 0);
		UNIT_EQ(fake_count("list "), 0);
		said("not uprobes that share events: the kernel cannot list '/bin/a");
		said("attached to 10 functions by uprobes with cookies\n");
		end();
	}
}

/* The event with all of them is refused; halves are tried, down to the one. */
static void a_bad_place_is_found(void)
{
	start();
	fake_refuse("perf_event_open type=2 config=1000 ", EIO); /* a to e */
	fake_refuse("perf_event_open type=2 config=1002 ", EIO); /* c to e */
	fake_refuse("perf_event_open type=2 config=1003 ", EIO); /* c */
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	UNIT_EQ(cbee_funcs_skipped(c), 1);
	UNIT_STR(fake_nth("list r e1", 1), "list r e1 /bin/x:0x2000");
	UNIT_STR(fake_nth("list r e3", 0), "list r e3 /bin/x:0x3000");
	UNIT_STR(fake_nth("list r e4", 1), "list r e4 /bin/x:0x5000");
	UNIT_EQ(fake_count("list p"), 4);
	said("attached to 4 functions by uprobes that share events\n");
	said("1 functions cannot be probed, such as c: Invalid argument\n");
	end();
}

static void nothing_but_bad_places(void)
{
	start();
	fake_refuse("perf_event_open type=2", EIO);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("not uprobes that share events: Invalid argument\n");
	said("attached to 5 functions by uprobes with cookies\n");
	UNIT_EQ(fake_count("keeper_end"), 1);
	end();
}

/* ---- patterns --------------------------------------------------------- */

static const struct cbee_probe_opts pattern = {
	.kind = CBEE_URETPROBE, .fn = "ret", .target = "/bin/x", .symbol = "a,b,c,d,e,f"
};

static void patterns_need_not_know(void)
{
	unsigned int count = 0;

	start();
	UNIT_EQ(cbee_attach_all(c, &pattern, &count), 0);
	UNIT_EQ(count, 6);
	UNIT_EQ(fake_count("list r e0"), 6);
	UNIT_EQ(fake_count("map_create"), 0);
	UNIT_EQ(fake_count("perf_event_open"), 1);
	UNIT_EQ(cbee_attached(c, CBEE_URETPROBE), 6);
	/* nobody may keep the event open, for its keeper takes it off the list */
	UNIT_EQ(cbee_attached_fd(c, &pattern), -ENOENT);
	UNIT_EQ(cbee_detach_probe(c, &pattern), 0);
	UNIT_EQ(fake_count("keeper_end"), 1);
	UNIT_EQ(c->link_count, 0);
	end();
}

static void patterns_leave_out(void)
{
	unsigned int count = 0;

	start();
	fake_refuse("perf_event_open type=2 config=1000 ", EIO);
	fake_refuse("perf_event_open type=2 config=1001 ", EIO); /* a to c */
	fake_refuse("perf_event_open type=2 config=1002 ", EIO); /* a */
	UNIT_EQ(cbee_attach_all(c, &pattern, &count), 0);
	UNIT_EQ(count, 5);
	said("'a' is left out: the kernel refuses it\n");
	end();
	start();
	fake_refuse("list ", EINVAL);
	UNIT_EQ(cbee_attach_all(c, &pattern, &count), 0);
	UNIT_EQ(count, 6);
	said("not through shared events: Invalid argument\n");
	UNIT_EQ(fake_count("keeper_end"), 1);
	end();
}

/* ---- failures --------------------------------------------------------- */

/* One failing call costs a function at most, or is got around, or fails all. */
static void survives_failing_calls(void)
{
	unsigned int count;
	int nth = 0, e, all = 0;

	do {
		start();
		fake_fail(++nth, EMFILE);
		e = cbee_funcs_attach(c, &both);
		if (e)
			UNIT_EQ(c->link_count, 0);
		else
			all += cbee_funcs_skipped(c) == 0;
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	CU_ASSERT(nth > 30 && all > 20);
	nth = 0;
	do {
		start();
		fake_fail(++nth, EPERM);
		e = cbee_attach_all(c, &pattern, &count);
		CU_ASSERT(e ? c->link_count == 0 : count == 6);
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
}

/* The same for allocations; with and without a pattern. */
static void survives_failing_allocations(void)
{
	unsigned int count = 0;
	int e, failed, nth = 0;

	for (int i = 0; i < 2; i++) {
		do {
			start();
			unit_fail_alloc(++nth);
			e = i ? cbee_attach_all(c, &pattern, &count) : cbee_funcs_attach(c, &both);
			failed = unit_alloc_failed();
			unit_fail_alloc(0);
			CU_ASSERT(!e || c->link_count == 0);
			end();
		} while (failed);
		UNIT_EQ(e, 0);
		nth = 0;
	}
	UNIT_EQ(count, 6);
}

UNIT_MAIN("listed", { "functions share events", functions_share_events },
	  { "places are told apart", places_are_told_apart },
	  { "a process is enough", a_process_is_enough },
	  { "few have their own", few_have_their_own },
	  { "programs have to know", programs_have_to_know },
	  { "odd paths cannot be listed", odd_paths_cannot_be_listed },
	  { "a bad place is found", a_bad_place_is_found },
	  { "nothing but bad places", nothing_but_bad_places },
	  { "patterns need not know", patterns_need_not_know },
	  { "patterns leave out", patterns_leave_out },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
