/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how an image becomes maps and programs. */
#include "kernel/module.h"

#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "rig.h"

static const struct cbee_source source = { .name = "m.c", .text = "" };

/* A handle that has compiled two functions, two maps and three constants. */
static void start(void)
{
	rig_begin();
	fake_add_const("pid");
	fake_add_const("cookie");
	fake_add_const("func");
	fake_add_map("counts", BPF_MAP_TYPE_HASH, 4, 8, 100);
	fake_add_map("events_of_a_long_name", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0);
	fake_add_prog("entry");
	fake_add_prog("a_function_of_a_long_name");
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &source), 0);
}

static void maps_are_created_in_order(void)
{
	struct cbee_map_info info;

	start();
	UNIT_EQ(cbee_map_fd(cbee_map(c, "counts")), -EBADF);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_STR(fake_nth("map_create", 0),
		 "map_create counts type=1 key=4 value=8 entries=100 flags=0");
	UNIT_STR(fake_nth("map_create", 1),
		 "map_create events_of_a_lon type=4 key=4 value=4 entries=3 flags=0");
	UNIT_EQ(cbee_map_info(cbee_map(c, "counts"), &info), 0);
	UNIT_EQ(info.type, BPF_MAP_TYPE_HASH);
	UNIT_EQ(info.max_entries, 100);
	CU_ASSERT(cbee_map_fd(cbee_map(c, "counts")) > 2);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(fake_count("map_create"), 2);
	end();
}

static void maps_are_tuned(void)
{
	struct cbee_map_info info;

	start();
	UNIT_EQ(cbee_map_tune(cbee_map(c, "counts"), 7, 0), 0);
	UNIT_EQ(cbee_map_tune(cbee_map(c, "counts"), 0, BPF_F_NO_PREALLOC), 0);
	UNIT_EQ(cbee_map_tune(cbee_map(c, "counts"), 0, 0), 0);
	fails(cbee_map_tune(cbee_map(c, "none"), 1, 0), -ENOENT, "the program has no map 'none'");
	UNIT_EQ(cbee_map_info(cbee_map(c, "counts"), &info), 0);
	UNIT_EQ(info.flags, BPF_F_NO_PREALLOC);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_STR(fake_nth("map_create", 0),
		 "map_create counts type=1 key=4 value=8 entries=7 flags=1");
	fails(cbee_map_tune(cbee_map(c, "counts"), 8, 0), -EBUSY, "map 'counts' exists already");
	end();
}

static void pinned_maps_are_reused(void)
{
	start();
	fake_pin(4, 8);
	fails(cbee_map_reuse(cbee_map(c, "counts"), "/else"), -ENOENT,
	      "cannot open the pinned map /else: No such file or directory");
	fails(cbee_map_reuse(cbee_map(c, "none"), "/pinned"), -ENOENT,
	      "the program has no map 'none'");
	UNIT_EQ(cbee_map_reuse(cbee_map(c, "counts"), "/pinned"), 0);
	fails(cbee_map_reuse(cbee_map(c, "counts"), "/pinned"), -EBUSY,
	      "map 'counts' exists already");
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(fake_count("map_create"), 1);
	end();
}

static void pinned_maps_must_fit(void)
{
	start();
	fake_pin(4, 16);
	fails(cbee_map_reuse(cbee_map(c, "counts"), "/pinned"), -EINVAL,
	      "the pinned map /pinned has keys of 4 and values of 16 bytes, not 4 and 8");
	fake_pin(4, 4);
	fails(cbee_map_reuse(cbee_map(c, "events_of_a_long_name"), "/pinned"), -EINVAL,
	      "the pinned map /pinned is of type 1, not 4");
	end();
}

static struct cbee__load how(const char *fn, int64_t func)
{
	return (struct cbee__load){ .fn = fn, .type = BPF_PROG_TYPE_KPROBE, .func = func };
}

static void instructions_are_patched(void)
{
	struct cbee__load load = how("entry", 5);
	const struct fake_prog *prog;
	int fd;

	start();
	UNIT_EQ(cbee_const_set(c, "pid", 0x123456789abcdef0), 0);
	fails(cbee_const_set(c, "nothing", 1), -ENOENT, "the program reads no OPT(nothing)");
	UNIT_EQ(cbee_load(c), 0);
	fd = cbee__module_load_prog(c, &load);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	prog = fake_prog("entry");
	UNIT_EQ(prog->type, BPF_PROG_TYPE_KPROBE);
	UNIT_STR(prog->license, "GPL");
	UNIT_EQ(prog->kern_version, 0x50f00);
	UNIT_EQ(prog->count, 12);
	UNIT_EQ(fake_imm(prog, 0), 0x123456789abcdef0);
	UNIT_EQ(prog->insns[0] & 0xffffffff, 0x18);
	UNIT_EQ(fake_imm(prog, 2), 0);
	UNIT_EQ(fake_imm(prog, 4), 5);
	UNIT_EQ(fake_imm(prog, 6), cbee_map_fd(cbee_map(c, "counts")));
	UNIT_EQ(prog->insns[6] & 0xffffffff, 0x18 | BPF_PSEUDO_MAP_FD << 12);
	UNIT_EQ(fake_imm(prog, 8), cbee_map_fd(cbee_map(c, "events_of_a_long_name")));
	UNIT_EQ(prog->insns[11], 0x95);
	end();
}

static void constants_differ_by_load(void)
{
	struct cbee__load load = how("entry", -1);
	const struct fake_prog *prog;

	start();
	UNIT_EQ(cbee_load(c), 0);
	close(cbee__module_load_prog(c, &load));
	prog = fake_prog("entry");
	UNIT_EQ(fake_imm(prog, 0), 0);
	UNIT_EQ(fake_imm(prog, 2), 1);
	UNIT_EQ(fake_imm(prog, 4), 0);
	UNIT_EQ(cbee_const_set(c, "pid", 9), 0);
	load.fn = "a_function_of_a_long_name";
	close(cbee__module_load_prog(c, &load));
	prog = fake_prog("a_function_of_a");
	CU_ASSERT_PTR_NOT_NULL_FATAL(prog);
	UNIT_EQ(fake_imm(prog, 0), 9);
	end();
}

/* Instructions of one program that stand in another's way must not be written to. */
static void references_stay_in_their_program(void)
{
	static const uint64_t one[] = { 0x95 }, two[] = { 0x18, 0, 0x95 };
	struct cbee__image_ref ref = { 1, CBEE_IMAGE_REF_CONST, 0 };
	struct cbee__image_writer w = { 0 };
	struct cbee__load load = how("short", 0);
	struct cbee_buf b = { 0 };

	cbee__image_add_prog(&w, "short", one, 1);
	cbee__image_add_prog(&w, "long", two, 3);
	cbee__image_add_const(&w, "pid");
	cbee__image_add_ref(&w, &ref);
	UNIT_EQ(cbee__image_finish(&w, "GPL", 0, &b), 0);
	fake_reset();
	fake_set_image(b.data, b.len);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &source), 0);
	UNIT_EQ(cbee_const_set(c, "pid", 3), 0);
	UNIT_EQ(cbee_load(c), 0);
	close(cbee__module_load_prog(c, &load));
	UNIT_EQ(fake_prog("short")->insns[0], 0x95);
	load.fn = "long";
	close(cbee__module_load_prog(c, &load));
	UNIT_EQ(fake_imm(fake_prog("long"), 0), 3);
	cbee_free(c);
	cbee__buf_free(&b);
}

static void order_of_calls_is_checked(void)
{
	struct cbee__load load = how("entry", 0);

	fake_reset();
	fake_add_prog("entry");
	UNIT_EQ(cbee_new(&c), 0);
	fails(cbee_load(c), -EINVAL, "nothing has been compiled");
	CU_ASSERT(!cbee__module_has(c, "entry"));
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .text = "" }), 0);
	UNIT_STR(fake_nth("compile", 0), "compile <text>");
	fails(cbee_compile(c, &source), -EBUSY, "this handle has compiled a program already");
	CU_ASSERT(cbee__module_has(c, "entry"));
	CU_ASSERT(!cbee__module_has(c, "entr"));
	fails(cbee__module_load_prog(c, &load), -EINVAL, "load the maps before attaching 'entry'");
	UNIT_EQ(cbee_load(c), 0);
	load.fn = "no";
	fails(cbee__module_load_prog(c, &load), -ENOENT, "the program has no function 'no'");
	cbee_free(c);
}

static void how_it_was_compiled(void)
{
	struct cbee_compiled made;
	size_t size = 0;

	UNIT_EQ(cbee_new(&c), 0);
	fails(cbee_compiled(c, &made), -ENOENT, "no text has been compiled");
	CU_ASSERT_PTR_NULL(cbee_image(c, &size));
	fails(cbee_error(c)->code, -ENOENT, "no text has been compiled");
	cbee_free(c);
	start();
	UNIT_EQ(cbee_compiled(c, &made), 0);
	UNIT_EQ(made.cached, 0);
	UNIT_EQ(made.headers, CBEE_HEADERS_BTF);
	UNIT_EQ(made.declared, 42);
	UNIT_EQ(made.insns, c->image.insn_count);
	CU_ASSERT_PTR_NOT_NULL(cbee_image(c, &size));
	UNIT_EQ(made.image_size, size);
	CU_ASSERT(size > 64);
	cbee__compiled_note(c, &(struct cbee__compile_info){ .made = 42, .load_ms = 3 });
	UNIT_EQ(cbee_compiled(c, &made), 0);
	UNIT_EQ(made.headers, CBEE_HEADERS_KERNEL);
	UNIT_EQ(made.declared, 0);
	CU_ASSERT(made.load_ms == 3);
	cbee__compiled_note(c, &(struct cbee__compile_info){ .cached = true, .compile_ms = 2 });
	UNIT_EQ(cbee_compiled(c, &made), 0);
	UNIT_EQ(made.cached, 1);
	UNIT_EQ(made.headers, CBEE_HEADERS_AUTO);
	CU_ASSERT(made.total_ms == 2 && made.load_ms == 0);
	UNIT_EQ(made.image_size, size);
	end();
}

static void a_bad_image_is_refused(void)
{
	fake_reset();
	fake_set_image("nonsense", 8);
	UNIT_EQ(cbee_new(&c), 0);
	fails(cbee_compile(c, &source), -EINVAL, "not a whole cbee image (8 bytes)");
	fake_set_image(NULL, 0);
	UNIT_EQ(cbee_compile(c, &source), 0);
	cbee_free(c);
}

static void the_kernel_refuses_a_map(void)
{
	start();
	fake_refuse("map_create events", EPERM);
	fails(cbee_load(c), -EPERM,
	      "cannot create BPF map 'events_of_a_long_name' (3 entries of 4 + 4 bytes): "
	      "Operation not permitted");
	UNIT_STR(cbee_error(c)->hint, FAKE_FORBIDDEN);
	end();
}

static void the_verifier_is_quoted(void)
{
	struct cbee__load load = how("entry", 0);
	const char *log = "0: (b7) r0 = 0\n1: (79) r1 = *(u64 *)(r2 +0)\nR2 !read_ok\n"
			  "processed 2 insns (limit 1000000)\n\n";

	start();
	UNIT_EQ(cbee_load(c), 0);
	fake_set_verifier(log);
	fake_refuse("prog_load entry", EACCES);
	fails(cbee__module_load_prog(c, &load), -EACCES,
	      "the kernel refuses BPF program 'entry': R2 !read_ok");
	UNIT_STR(cbee_error(c)->log, log);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_STR(fake_nth("prog_load", 1), "prog_load entry type=2 expected=0 btf=0 log=1");
	load.quiet = true;
	fails(cbee__module_load_prog(c, &load), -EACCES, "cannot load 'entry': Permission denied");
	UNIT_EQ(fake_count("prog_load"), 3);
	end();
}

static void a_refusal_without_words(void)
{
	struct cbee__load load = how("entry", 0);

	start();
	UNIT_EQ(cbee_load(c), 0);
	fake_refuse("prog_load", EPERM);
	fails(cbee__module_load_prog(c, &load), -EPERM,
	      "cannot load BPF program 'entry': Operation not permitted");
	CU_ASSERT_PTR_NOT_NULL(cbee_error(c)->hint);
	CU_ASSERT_PTR_NULL(cbee_error(c)->log);
	fake_set_verifier("processed 0 insns\n");
	UNIT_EQ(cbee__module_load_prog(c, &load), -EPERM);
	CU_ASSERT_PTR_NULL(cbee_error(c)->log);
	end();
}

/* Compiles, loads and loads a program; 0 or the first error, which must have a sentence. */
static int whole(void)
{
	struct cbee__load load = how("entry", 0);
	int e = cbee_compile(c, &source), fd;

	if (!e)
		e = cbee_load(c);
	if (!e) {
		fd = cbee__module_load_prog(c, &load);
		e = fd < 0 ? fd : 0;
		if (fd >= 0)
			close(fd);
	}
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e;
}

static void start_unloaded(void)
{
	start();
	cbee__module_unload(c);
}

static void survives_failing_calls(void)
{
	int nth = 0, e;

	do {
		start_unloaded();
		fake_fail(++nth, ENOSPC);
		e = whole();
		if (fake_failed() && e)
			UNIT_EQ(e, -ENOSPC);
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	UNIT_EQ(nth, 5);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(start_unloaded(), e, -ENOMEM, {
		e = whole();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("module", { "maps are created in order", maps_are_created_in_order },
	  { "maps are tuned", maps_are_tuned },
	  { "pinned maps are reused", pinned_maps_are_reused },
	  { "pinned maps must fit", pinned_maps_must_fit },
	  { "instructions are patched", instructions_are_patched },
	  { "constants differ by load", constants_differ_by_load },
	  { "references stay in their program", references_stay_in_their_program },
	  { "order of calls is checked", order_of_calls_is_checked },
	  { "how it was compiled", how_it_was_compiled },
	  { "a bad image is refused", a_bad_image_is_refused },
	  { "the kernel refuses a map", the_kernel_refuses_a_map },
	  { "the verifier is quoted", the_verifier_is_quoted },
	  { "a refusal without words", a_refusal_without_words },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
