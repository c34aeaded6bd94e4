/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how programs are listed, loaded once, shared, described and tried. */
#include "kernel/prog.h"

#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "rig.h"

static struct cbee_source source;

/* A handle with two functions, a map, a prog array and two constants; not loaded. */
static void compile(void)
{
	rig_begin();
	fake_add_const("pid");
	fake_add_const("cookie");
	fake_add_map("counts", BPF_MAP_TYPE_HASH, 4, 8, 100);
	fake_add_map("jumps", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 8);
	fake_add_prog("first");
	fake_add_prog("second");
	UNIT_EQ(cbee_new(&c), 0);
	source.name = "p.c";
	source.text = "";
	UNIT_EQ(cbee_compile(c, &source), 0);
}

static void start(void)
{
	source = (struct cbee_source){ 0 };
	compile();
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

/* ---- before loading ----------------------------------------------------- */

static void functions_are_listed(void)
{
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_progs(c), 0);
	CU_ASSERT_PTR_NULL(cbee_prog_name(c, 0));
	UNIT_STR(cbee_license(c), "");
	UNIT_EQ(cbee_kern_version(c), 0);
	cbee_free(c);
	start();
	UNIT_EQ(cbee_progs(c), 2);
	UNIT_STR(cbee_prog_name(c, 0), "first");
	UNIT_STR(cbee_prog_name(c, 1), "second");
	CU_ASSERT_PTR_NULL(cbee_prog_name(c, 2));
	UNIT_STR(cbee_license(c), "GPL");
	UNIT_EQ(cbee_kern_version(c), 0x50f00);
	end();
}

static void instructions_are_given(void)
{
	struct bpf_insn *insns;
	uint32_t count;

	start();
	fails(cbee_prog_insns(c, "third", &insns, &count), -ENOENT,
	      "the program has no function 'third'");
	UNIT_EQ(cbee_const_set(c, "pid", 0x100000007), 0);
	UNIT_EQ(cbee_prog_insns(c, "second", &insns, &count), 0);
	UNIT_EQ(count, 10);
	UNIT_EQ(insns[0].code, 0x18);
	UNIT_EQ(insns[0].src_reg, 0);
	UNIT_EQ(insns[0].imm, 7);
	UNIT_EQ(insns[1].imm, 1);
	UNIT_EQ(insns[4].src_reg, BPF_PSEUDO_MAP_IDX);
	UNIT_EQ(insns[4].imm, 0);
	UNIT_EQ(insns[6].src_reg, BPF_PSEUDO_MAP_IDX);
	UNIT_EQ(insns[6].imm, 1);
	UNIT_STR(cbee_map_name(cbee_map_at(c, (unsigned int)insns[6].imm)), "jumps");
	UNIT_EQ(insns[9].code, 0x95);
	free(insns);
	end();
}

static const char function_text[] = "   0: r0 = 0x9 ll ; OPT(pid)\n"
				    "   2: r0 = 0x0 ll ; OPT(cookie)\n"
				    "   4: r0 = map[counts]\n"
				    "   6: r0 = map[jumps]\n"
				    "   8: r0 = 0x0\n"
				    "   9: exit\n";

static void functions_are_written_as_text(void)
{
	char *text;

	start();
	UNIT_EQ(cbee_const_set(c, "pid", 9), 0);
	UNIT_EQ(cbee_prog_text(c, "second", &text), 0);
	UNIT_STR(text, function_text);
	free(text);
	fails(cbee_prog_text(c, "third", &text), -ENOENT, "the program has no function 'third'");
	end();
}

/* ---- loading ------------------------------------------------------------ */

static void a_program_is_loaded_once(void)
{
	struct cbee_prog *as_kprobe;

	start();
	CU_ASSERT_PTR_NULL(cbee_prog(c, "first"));
	UNIT_STR(cbee_error(c)->text, "no function 'first' has been loaded");
	UNIT_EQ(cbee_prog_fd(cbee_prog(c, "first")), -ENOENT);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	UNIT_STR(fake_nth("prog_load", 0), "prog_load first type=2 expected=0 btf=0 log=0");
	as_kprobe = cbee_prog(c, "first");
	CU_ASSERT(cbee_prog_fd(as_kprobe) > 2);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_URETPROBE), 0); /* the same type of program */
	UNIT_EQ(cbee_prog_load_type(c, "first", BPF_PROG_TYPE_KPROBE, 0), 0);
	UNIT_EQ(fake_count("prog_load"), 1);
	UNIT_EQ(cbee_prog_load_type(c, "first", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, 8), 0);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load first type=18 expected=8 btf=0 log=0");
	CU_ASSERT(cbee_prog(c, "first") != as_kprobe);
	UNIT_EQ(cbee_prog_load_type(c, "first", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, 9), 0);
	UNIT_EQ(fake_count("prog_load"), 3);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	CU_ASSERT(cbee_prog(c, "first") == as_kprobe);
	UNIT_EQ(fake_count("prog_load"), 3);
	end();
}

static void all_are_loaded(void)
{
	start();
	UNIT_EQ(cbee_prog_load_all(c, CBEE_TRACEPOINT), 0);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load second type=5 expected=0 btf=0 log=0");
	fake_refuse("prog_load second type=17", EACCES);
	UNIT_EQ(cbee_prog_load_all(c, CBEE_RAW_TRACEPOINT), -EACCES);
	UNIT_EQ(cbee_prog_fd(cbee_prog(c, "first")) > 2, 1);
	end();
}

static void what_cannot_be_loaded(void)
{
	source = (struct cbee_source){ 0 };
	compile();
	fails(cbee_prog_load(c, "first", CBEE_KPROBE), -EINVAL,
	      "load the maps before attaching 'first'");
	UNIT_EQ(cbee_load(c), 0);
	fails(cbee_prog_load(c, "third", CBEE_KPROBE), -ENOENT,
	      "the program has no function 'third'");
	fails(cbee_prog_load(c, "first", CBEE_FENTRY), -EINVAL,
	      "no such kind of probe, or one of one function");
	fails(cbee_prog_load(c, "first", (enum cbee_probe_kind)99), -EINVAL,
	      "no such kind of probe, or one of one function");
	end();
}

static void constants_make_another_program(void)
{
	int old;

	start();
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	old = cbee_prog_fd(cbee_prog(c, "first"));
	UNIT_EQ(cbee_const_set(c, "pid", 0), 0); /* as it was */
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	UNIT_EQ(cbee_prog_fd(cbee_prog(c, "first")), old);
	UNIT_EQ(cbee_const_set(c, "pid", 5), 0);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	CU_ASSERT(cbee_prog_fd(cbee_prog(c, "first")) != old);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_EQ(fake_imm(fake_prog("first"), 0), 5);
	end();
}

/* ---- sharing ------------------------------------------------------------ */

static const struct cbee_probe_opts raw = { .kind = CBEE_RAW_TRACEPOINT,
					    .fn = "first",
					    .target = "sched_switch" };

static void probes_share_what_is_loaded(void)
{
	struct cbee_probe_opts again = raw;
	int fds;

	start();
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_RAW_TRACEPOINT), 0);
	fds = unit_open_fds();
	UNIT_EQ(cbee_attach(c, &raw), 0);
	again.target = "sched_wakeup";
	UNIT_EQ(cbee_attach(c, &again), 0);
	UNIT_EQ(fake_count("prog_load"), 1);
	UNIT_EQ(unit_open_fds(), fds + 2); /* the two links */
	fake_set_missed(4);
	UNIT_EQ(cbee_missed(c), 4); /* one program, one count */
	cbee_detach(c);
	UNIT_EQ(unit_open_fds(), fds); /* the program stays */
	UNIT_EQ(cbee_missed(c), 0);
	UNIT_EQ(cbee_attach(c, &raw), 0);
	UNIT_EQ(fake_count("prog_load"), 1);
	end();
}

/* A program that nobody asked for by name goes with the last probe. */
static void probes_share_among_themselves(void)
{
	struct cbee_probe_opts other = raw;
	int fds;

	start();
	fds = unit_open_fds();
	UNIT_EQ(cbee_attach(c, &raw), 0);
	UNIT_EQ(cbee_attach(c, &raw), 0);
	CU_ASSERT_PTR_NULL(cbee_prog(c, "first"));
	other.fn = "second";
	UNIT_EQ(cbee_attach(c, &other), 0);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_EQ(unit_open_fds(), fds + 3 + 2);
	fake_set_missed(4);
	UNIT_EQ(cbee_missed(c), 8);
	cbee_detach(c);
	UNIT_EQ(unit_open_fds(), fds);
	UNIT_EQ(cbee_attach(c, &raw), 0);
	UNIT_EQ(cbee_const_set(c, "pid", 5), 0);
	UNIT_EQ(cbee_attach(c, &raw), 0); /* another program */
	UNIT_EQ(fake_count("prog_load"), 4);
	UNIT_EQ(cbee_missed(c), 8);
	end();
}

static void a_failed_probe_gives_back(void)
{
	int fds;

	start();
	fds = unit_open_fds();
	fake_refuse("attach_raw_tracepoint", ENOENT);
	UNIT_EQ(cbee_attach(c, &raw), -ENOENT);
	UNIT_EQ(unit_open_fds(), fds);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_RAW_TRACEPOINT), 0);
	UNIT_EQ(cbee_attach(c, &raw), -ENOENT);
	UNIT_EQ(unit_open_fds(), fds + 1);
	UNIT_EQ(fake_count("prog_load"), 2);
	end();
}

/* fentry programs are bound to their function: the same one is loaded for each. */
static void trampolines_are_not_shared(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_FENTRY, .fn = "first", .target = "vfs_read" };

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("prog_load"), 2);
	fake_set_missed(4);
	UNIT_EQ(cbee_missed(c), 8);
	end();
}

/* A tracepoint refuses a program that it has: each probe gets one of its own. */
static void tracepoints_have_one_each(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_TRACEPOINT, .fn = "first", .target = "a:b" };

	start();
	fake_file("/sys/kernel/tracing/events/a/b/id", "1\n");
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_TRACEPOINT), 0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("prog_load"), 1);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("prog_load"), 3);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_TRACEPOINT), 0);
	UNIT_EQ(fake_count("prog_load"), 3);
	fake_set_missed(1);
	UNIT_EQ(cbee_missed(c), 3);
	end();
}

static void prog_arrays_share(void)
{
	struct cbee_map *jumps;
	int fds;

	start();
	jumps = cbee_map(c, "jumps");
	fds = unit_open_fds();
	UNIT_EQ(cbee_map_set_prog(jumps, 1, "second", CBEE_KPROBE), 0);
	UNIT_EQ(unit_open_fds(), fds); /* the map holds it */
	UNIT_EQ(cbee_prog_load(c, "second", CBEE_KPROBE), 0);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_EQ(cbee_map_set_prog(jumps, 2, "second", CBEE_KPROBE), 0);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_EQ(unit_open_fds(), fds + 1);
	end();
}

/* ---- describing and trying ---------------------------------------------- */

static void programs_are_described(void)
{
	struct cbee_prog_info info;

	start();
	UNIT_EQ(cbee_prog_info(NULL, &info), -ENOENT);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	fake_set_missed(4);
	UNIT_EQ(cbee_prog_info(cbee_prog(c, "first"), &info), 0);
	UNIT_EQ(info.id, 1000 + (uint32_t)cbee_prog_fd(cbee_prog(c, "first")));
	UNIT_EQ(info.type, BPF_PROG_TYPE_KPROBE);
	UNIT_STR(info.name, "first");
	UNIT_STR(info.tag, "0123456789abcdef");
	UNIT_EQ(info.insns, 10);
	UNIT_EQ(info.xlated_insns, 20);
	UNIT_EQ(info.jited_bytes, 321);
	UNIT_EQ(info.maps, 2);
	UNIT_EQ(info.missed, 4);
	UNIT_EQ(info.run_count, 5);
	UNIT_EQ(info.run_ns, 77);
	fake_refuse("prog_info", EPERM);
	fails(cbee_prog_info(cbee_prog(c, "first"), &info), -EPERM,
	      "cannot describe program 'first': Operation not permitted");
	end();
}

static void programs_are_tried(void)
{
	struct cbee_prog_run run = { .data = "\x07packet of bytes", .size = 16, .repeat = 3 };
	char out[20] = "";

	start();
	UNIT_EQ(cbee_prog_run(NULL, &run), -ENOENT);
	UNIT_EQ(cbee_prog_load_type(c, "first", BPF_PROG_TYPE_SOCKET_FILTER, 0), 0);
	run.out = out;
	run.out_room = sizeof(out);
	UNIT_EQ(cbee_prog_run(cbee_prog(c, "first"), &run), 0);
	UNIT_STR(fake_nth("test_run", 0), "test_run first size=16 ctx=0 room=20 repeat=3");
	UNIT_EQ(run.retval, 7);
	UNIT_EQ(run.duration_ns, 19);
	UNIT_EQ(run.out_size, 15);
	UNIT_STR(out, "packet of bytes");
	run = (struct cbee_prog_run){ .ctx = "context", .ctx_size = 8 };
	UNIT_EQ(cbee_prog_run(cbee_prog(c, "first"), &run), 0);
	UNIT_STR(fake_nth("test_run", 1), "test_run first size=0 ctx=8 room=0 repeat=0");
	run.size = (size_t)UINT32_MAX + 1;
	fails(cbee_prog_run(cbee_prog(c, "first"), &run), -E2BIG,
	      "cannot try 'first': Argument list too long");
	run.size = 0;
	fake_refuse("test_run", EINVAL);
	fails(cbee_prog_run(cbee_prog(c, "first"), &run), -EINVAL,
	      "cannot try 'first': Invalid argument");
	fake_refuse("test_run", 524);
	fails(cbee_prog_run(cbee_prog(c, "first"), &run), -EOPNOTSUPP,
	      "the kernel cannot try 'first': no programs of type 1");
	end();
}

/* ---- texts, cards and limits -------------------------------------------- */

static void no_text_unless_asked_for(void)
{
	start();
	for (int bit = 1; bit < 256; bit *= 2)
		CU_ASSERT_PTR_NULL(cbee_debug_text(c, (enum cbee_debug)bit));
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	UNIT_EQ(fake_count("prog_load"), 1);
	end();
}

static void texts_of_the_compiler(void)
{
	char want[600];

	source = (struct cbee_source){ .debug = CBEE_DEBUG_LLVM_IR | CBEE_DEBUG_BPF |
						CBEE_DEBUG_SOURCE };
	compile();
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_LLVM_IR), "text 1");
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_SOURCE), "text 8");
	CU_ASSERT_PTR_NULL(cbee_debug_text(c, CBEE_DEBUG_PREPROCESSOR));
	CU_ASSERT_PTR_NULL(cbee_debug_text(c, CBEE_DEBUG_VERIFIER));
	UNIT_EQ(cbee_const_set(c, "pid", 9), 0);
	snprintf(want, sizeof(want), "first:\n%s\nsecond:\n%s", function_text, function_text);
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_BPF), want);
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_BPF), want);
	end();
}

static void the_verifier_is_kept(void)
{
	source = (struct cbee_source){ .debug = CBEE_DEBUG_VERIFIER | CBEE_DEBUG_VERIFIER_STATS };
	compile();
	UNIT_EQ(cbee_load(c), 0);
	CU_ASSERT_PTR_NULL(cbee_debug_text(c, CBEE_DEBUG_VERIFIER));
	fake_set_verifier("words\n");
	fake_set_verifier_room((1 << 20) + 1); /* the second size is large enough */
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	UNIT_EQ(fake_count("prog_load first type=2 expected=0 btf=0 log=0"), 1);
	UNIT_EQ(fake_count("prog_load first type=2 expected=0 btf=0 log=5"), 2);
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_VERIFIER), "first:\nwords\n");
	fake_refuse("prog_load second", EACCES);
	UNIT_EQ(cbee_prog_load(c, "second", CBEE_KPROBE), -EACCES);
	UNIT_STR(cbee_error(c)->log, "words\n");
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_VERIFIER_STATS),
		 "first:\nwords\n\nsecond:\nwords\n");
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0); /* is there already */
	UNIT_STR(cbee_debug_text(c, CBEE_DEBUG_VERIFIER), "first:\nwords\n\nsecond:\nwords\n");
	end();
}

static void registers_are_another_level(void)
{
	source = (struct cbee_source){ .debug = CBEE_DEBUG_BPF_REGISTER_STATE };
	compile();
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee_prog_load(c, "first", CBEE_KPROBE), 0);
	UNIT_EQ(fake_count("prog_load first type=2 expected=0 btf=0 log=2"), 1);
	fake_refuse("prog_load second", EACCES);
	UNIT_EQ(cbee_prog_load(c, "second", CBEE_KPROBE), -EACCES);
	UNIT_EQ(fake_count("prog_load second type=2 expected=0 btf=0 log=3"), 1);
	end();
}

static void a_network_card_runs_it(void)
{
	source = (struct cbee_source){ .device = "card0" };
	compile();
	UNIT_EQ(cbee_load(c), 0);
	UNIT_STR(fake_nth("map_create", 0),
		 "map_create counts type=1 key=4 value=8 entries=100 flags=0 card=8");
	UNIT_EQ(cbee_prog_load_type(c, "first", BPF_PROG_TYPE_XDP, 0), 0);
	UNIT_STR(fake_nth("prog_load", 0), "prog_load first type=6 expected=0 btf=0 log=0 card=8");
	fake_refuse("prog_load first type=3", EOPNOTSUPP);
	fails(cbee_prog_load_type(c, "first", BPF_PROG_TYPE_SCHED_CLS, 0), -EOPNOTSUPP,
	      "cannot load BPF program 'first': Operation not supported");
	UNIT_STR(cbee_error(c)->hint,
		 "few network cards run programs; the kernel does when no device is named");
	end();
	fds_before = unit_open_fds();
	UNIT_EQ(cbee_new(&c), 0);
	source.device = "card1";
	source.text = "";
	fails(cbee_compile(c, &source), -ENODEV, "there is no network device 'card1'");
	source.device = NULL;
	UNIT_EQ(cbee_compile(c, &source), 0); /* nothing has been compiled by that */
	end();
}

static void the_limit_is_kept(void)
{
	source = (struct cbee_source){ 0 };
	compile();
	UNIT_EQ(fake_count("setrlimit"), 0);
	end();
	source = (struct cbee_source){ .keep_memlock = true };
	compile();
	UNIT_EQ(fake_count("getrlimit 8"), 1);
	UNIT_STR(fake_nth("map_create", 0), "map_create  type=0 key=0 value=0 entries=0 flags=0");
	UNIT_STR(fake_nth("setrlimit", 0), "setrlimit 8 4096 8192");
	fake_refuse("map_create counts", EPERM);
	UNIT_EQ(cbee_load(c), -EPERM);
	UNIT_STR(cbee_error(c)->hint, "lift `ulimit -l`, which maps count against");
	end();
	UNIT_EQ(cbee_new(&c), 0);
	fds_before = unit_open_fds();
	source.text = "";
	fake_refuse("setrlimit", EINVAL);
	fails(cbee_compile(c, &source), -EINVAL,
	      "cannot keep the limit of locked memory: Invalid argument");
	end();
}

/* ---- failures ----------------------------------------------------------- */

/* Every call there is; 0 or the first error, which must have a sentence. */
static int whole(void)
{
	struct cbee_prog_run run = { .data = "12345678901234", .size = 14 };
	struct bpf_insn *insns = NULL;
	struct cbee_prog_info info;
	uint32_t count;
	char *text = NULL;
	int e = cbee_compile(c, &source);

	if (!e)
		e = cbee_load(c);
	if (!e)
		e = cbee_prog_insns(c, "first", &insns, &count);
	if (!e)
		e = cbee_prog_text(c, "first", &text);
	free(insns);
	free(text);
	if (!e && !cbee_debug_text(c, CBEE_DEBUG_BPF))
		e = cbee_error(c)->code;
	if (!e)
		e = cbee_prog_load(c, "first", CBEE_RAW_TRACEPOINT);
	if (!e)
		e = cbee_attach(c, &raw);
	if (!e)
		e = cbee_prog_info(cbee_prog(c, "first"), &info);
	if (!e)
		e = cbee_prog_run(cbee_prog(c, "first"), &run);
	if (!e)
		e = cbee_map_set_prog(cbee_map(c, "jumps"), 0, "second", CBEE_KPROBE);
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e;
}

static void begin_whole(void)
{
	source = (struct cbee_source){ .debug = CBEE_DEBUG_BPF | CBEE_DEBUG_VERIFIER |
						CBEE_DEBUG_LLVM_IR };
	compile();
	cbee_free(c);
	UNIT_EQ(cbee_new(&c), 0);
	source.keep_memlock = true;
	fake_set_verifier("words");
}

static void survives_failing_calls(void)
{
	int nth = 0, e;

	do {
		begin_whole();
		fake_fail(++nth, EIO);
		e = whole();
		if (fake_failed() && e)
			UNIT_EQ(e, -EIO);
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	/* the limit's 3, compiler, 2 maps, 2 loads and 2 logs, attach, info, run, update */
	UNIT_EQ(nth, 15);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(begin_whole(), e, -ENOMEM, {
		e = whole();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("prog", { "functions are listed", functions_are_listed },
	  { "instructions are given", instructions_are_given },
	  { "functions are written as text", functions_are_written_as_text },
	  { "a program is loaded once", a_program_is_loaded_once },
	  { "all are loaded", all_are_loaded }, { "what cannot be loaded", what_cannot_be_loaded },
	  { "constants make another program", constants_make_another_program },
	  { "probes share what is loaded", probes_share_what_is_loaded },
	  { "probes share among themselves", probes_share_among_themselves },
	  { "a failed probe gives back", a_failed_probe_gives_back },
	  { "trampolines are not shared", trampolines_are_not_shared },
	  { "tracepoints have one each", tracepoints_have_one_each },
	  { "prog arrays share", prog_arrays_share },
	  { "programs are described", programs_are_described },
	  { "programs are tried", programs_are_tried },
	  { "no text unless asked for", no_text_unless_asked_for },
	  { "texts of the compiler", texts_of_the_compiler },
	  { "the verifier is kept", the_verifier_is_kept },
	  { "registers are another level", registers_are_another_level },
	  { "a network card runs it", a_network_card_runs_it },
	  { "the limit is kept", the_limit_is_kept },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
