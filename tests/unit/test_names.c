/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what a handle answers about addresses: parts, text, build ids, and forgetting. */
#include "unit.h"

#include <errno.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "symbols/names.h"
#include "tree.h"

#define LIB 0x10000 /* where tree_mapped() has it */

static const unsigned char id[CBEE_BUILD_ID] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static struct cbee *c;
static int fds_before;

static void start(void)
{
	fds_before = unit_open_fds();
	fake_reset();
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee__names_new(&c->names, scratch), 0);
	scratch_put("kallsyms", "ffffffff81000000 T first\n"
				"ffffffff81000100 t _RNvC7mycrate3foo\n"
				"ffffffffc0000000 t ext4_go\t[ext4]\n");
	tree_process(7, 1, tree_mapped());
}

static void end(void)
{
	cbee_free(c);
	scratch_run("rm -rf [0-9]*");
	UNIT_EQ(unit_open_fds(), fds_before);
}

static void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
}

static void the_kernel_has_names(void)
{
	uint64_t address = 0;
	struct cbee_sym sym;

	start();
	UNIT_EQ(cbee_ksym(c, 0xffffffff81000102, &sym), 0);
	UNIT_STR(sym.name, "mycrate::foo");
	UNIT_STR(sym.symbol, "_RNvC7mycrate3foo");
	UNIT_STR(sym.module, "kernel");
	UNIT_EQ(sym.offset, 2);
	UNIT_EQ(cbee_sym(c, CBEE_KERNEL, 0xffffffffc0000001, &sym), 0);
	UNIT_STR(sym.name, "ext4_go");
	UNIT_STR(sym.module, "ext4");
	UNIT_EQ(cbee_sym(c, 0, 0xffffffff81000000, &sym), 0);
	fails(cbee_ksym(c, 5, &sym), -ENOENT, "no function of the kernel is at 0x5");
	UNIT_EQ(cbee_ksym_address(c, "ext4_go", &address), 0);
	UNIT_EQ(address, 0xffffffffc0000000);
	fails(cbee_ksym_address(c, "none", &address), -ENOENT, "the kernel has no symbol 'none'");
	end();
}

static void processes_have_names(void)
{
	uint64_t g = LIB + tree_offset("_ZN2ns1gEi");
	struct cbee_sym sym;

	start();
	UNIT_EQ(cbee_sym(c, 7, g + 4, &sym), 0);
	UNIT_STR(sym.name, "ns::g");
	UNIT_STR(sym.symbol, "_ZN2ns1gEi");
	UNIT_STR(sym.module, scratch_path("lib.so"));
	UNIT_EQ(sym.offset, 4);
	UNIT_EQ(sym.size, 16);
	fails(cbee_sym(c, 7, LIB, &sym), -ENOENT, "no symbol is known at 0x10000 in process 7");
	CU_ASSERT_PTR_NULL(sym.name);
	fails(cbee_sym(c, 8, g, &sym), -ESRCH, "no process 8");
	CU_ASSERT_PTR_NULL(sym.name);
	CU_ASSERT_PTR_NULL(sym.module);
	UNIT_EQ(sym.offset, g);
	end();
}

static void texts_show_what_is_wanted(void)
{
	static const struct {
		struct cbee_sym_opts opts;
		const char *known, *bare, *nowhere;
	} rows[] = {
		{ { .module = false }, "ns::g", "[unknown]", "[unknown]" },
		{ { .module = true }, "ns::g [lib.so]", "[unknown] [lib.so]", "[unknown]" },
		{ { .offset = true }, "ns::g+0x4", "[unknown]+0x1", "[unknown]+0x90000" },
		{ { .symbol = true }, "_ZN2ns1gEi", "[unknown]", "[unknown]" },
		{ { true, true, true },
		  "_ZN2ns1gEi+0x4 [lib.so]",
		  "[unknown]+0x1 [lib.so]",
		  "[unknown]+0x90000" },
	};
	uint64_t g = LIB + tree_offset("_ZN2ns1gEi");

	start();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		UNIT_STR(cbee_sym_text(c, 7, g + 4, &rows[i].opts), rows[i].known);
		UNIT_STR(cbee_sym_text(c, 7, LIB + 1, &rows[i].opts), rows[i].bare);
		UNIT_STR(cbee_sym_text(c, 7, 0x90000, &rows[i].opts), rows[i].nowhere);
	}
	UNIT_STR(cbee_sym_text(c, 7, g, NULL), "ns::g");
	UNIT_STR(cbee_sym_text(c, 0, 0xffffffff81000010, &rows[1].opts), "first [kernel]");
	UNIT_STR(cbee_sym_format(
			 c, &(struct cbee_sym){ .name = "f", .module = "[vdso]", .offset = 31 },
			 &(struct cbee_sym_opts){ .module = true, .offset = true }),
		 "f+0x1f [vdso]");
	end();
}

static void build_ids_lead_to_files(void)
{
	uint64_t f = tree_offset("f");
	struct cbee_sym sym;

	start();
	fails(cbee_sym_build_id(c, id, f, &sym), -ENOENT,
	      "no file is known that has build id 0102030405060708000000000000000000000000");
	UNIT_STR(cbee_error(c)->hint, "register it with cbee_sym_module_add()");
	UNIT_EQ(sym.offset, f);
	UNIT_EQ(cbee_sym_module_add(c, scratch_path("lib.so")), 0);
	UNIT_EQ(cbee_sym_build_id(c, id, f + 20, &sym), 0);
	UNIT_STR(sym.name, "f");
	UNIT_STR(sym.module, scratch_path("lib.so"));
	UNIT_EQ(sym.offset, 20);
	UNIT_EQ(cbee_sym_build_id(c, id, 1, &sym), -ENOENT);
	UNIT_STR(sym.module, scratch_path("lib.so"));
	UNIT_EQ(sym.offset, 1);
	cbee_sym_forget(c);
	UNIT_EQ(cbee_sym_build_id(c, id, f, &sym), 0);
	/* one that has gone is passed over */
	scratch_run("mv lib.so away.so");
	cbee_sym_forget(c);
	UNIT_EQ(cbee_sym_build_id(c, id, f, &sym), -ENOENT);
	scratch_run("mv away.so lib.so");
	end();
}

static void files_of_processes_have_build_ids(void)
{
	uint64_t f = tree_offset("f");
	struct cbee_sym sym;

	start();
	UNIT_EQ(cbee_sym(c, 7, LIB + f, &sym), 0);
	UNIT_EQ(cbee_sym_build_id(c, id, f, &sym), 0);
	UNIT_STR(sym.name, "f");
	end();
}

static void modules_must_have_an_id(void)
{
	char text[256];

	start();
	snprintf(text, sizeof(text), "%s is not an ELF file", scratch_path("lib.s"));
	fails(cbee_sym_module_add(c, scratch_path("lib.s")), -ENOEXEC, text);
	snprintf(text, sizeof(text), "cannot open %s: No such file or directory",
		 scratch_path("absent"));
	fails(cbee_sym_module_add(c, scratch_path("absent")), -ENOENT, text);
	scratch_run("cc -shared -nostdlib -Wl,--build-id=none -o noid.so lib.s");
	snprintf(text, sizeof(text), "%s has no build id", scratch_path("noid.so"));
	fails(cbee_sym_module_add(c, scratch_path("noid.so")), -ENODATA, text);
	end();
}

static void what_is_forgotten_is_read_again(void)
{
	uint64_t f = LIB + tree_offset("f");
	struct cbee_sym sym;

	start();
	UNIT_EQ(cbee_sym(c, 7, f, &sym), 0);
	UNIT_EQ(cbee_ksym(c, 0xffffffff81000000, &sym), 0);
	scratch_put("kallsyms", "ffffffff81000000 T second\n");
	tree_process(7, 0, "");
	UNIT_EQ(cbee_sym(c, 7, f, &sym), 0);
	UNIT_EQ(cbee_ksym(c, 0xffffffff81000000, &sym), 0);
	UNIT_STR(sym.name, "first");
	cbee_sym_forget(c);
	UNIT_EQ(cbee_sym(c, 7, f, &sym), -ESRCH);
	UNIT_EQ(cbee_ksym(c, 0xffffffff81000000, &sym), 0);
	UNIT_STR(sym.name, "second");
	end();
}

/* With the real /proc, for there is no other yet. */
static void names_are_made_when_wanted(void)
{
	struct cbee_sym sym;
	uint64_t address;

	fake_reset();
	UNIT_EQ(cbee_new(&c), 0);
	cbee_sym_forget(c);
	CU_ASSERT_PTR_NULL(c->names);
	for (int nth = 1; nth <= 2; nth++) {
		unit_fail_alloc(nth);
		UNIT_EQ(cbee_sym(c, 1, 5, &sym), -ENOMEM);
		UNIT_EQ(sym.offset, 5);
		unit_fail_alloc(nth);
		UNIT_EQ(cbee_ksym_address(c, "x", &address), -ENOMEM);
		unit_fail_alloc(nth);
		UNIT_EQ(cbee_sym_module_add(c, "/"), -ENOMEM);
		unit_fail_alloc(nth);
		UNIT_EQ(cbee_sym_build_id(c, id, 0, &sym), -ENOMEM);
		unit_fail_alloc(nth);
		UNIT_STR(cbee_sym_format(c, &sym, NULL), "[unknown]");
		CU_ASSERT_PTR_NULL(c->names);
	}
	unit_fail_alloc(0);
	UNIT_STR(cbee_sym_format(c, &sym, NULL), "[unknown]");
	CU_ASSERT_PTR_NOT_NULL(c->names);
	cbee_free(c);
}

static int ask(uint64_t g)
{
	struct cbee_sym sym;
	uint64_t address;
	int err = cbee__names_new(&c->names, scratch);

	if (!err)
		err = cbee_sym_module_add(c, scratch_path("lib.so"));
	if (!err)
		cbee_sym_forget(c);
	if (!err)
		err = cbee_sym_build_id(c, id, g, &sym);
	if (!err)
		err = cbee_sym(c, 7, LIB + g, &sym);
	if (!err)
		err = cbee_ksym(c, 0xffffffff81000000, &sym);
	if (!err)
		err = cbee_ksym_address(c, "first", &address);
	cbee__names_free(c->names);
	c->names = NULL;
	return err;
}

static void no_memory(void)
{
	uint64_t f = tree_offset("f");
	int err;

	start();
	cbee__names_free(c->names);
	c->names = NULL;
	UNIT_EACH_ALLOC(err, -ENOMEM, err = ask(f));
	UNIT_EQ(err, 0);
	UNIT_EQ(cbee__names_new(&c->names, scratch), 0);
	unit_fail_alloc(1);
	UNIT_STR(cbee_sym_format(c, &(struct cbee_sym){ .name = "f" }, NULL), "[unknown]");
	unit_fail_alloc(0);
	UNIT_STR(cbee_sym_format(c, &(struct cbee_sym){ .name = "f" }, NULL), "f");
	end();
}

UNIT_MAIN("names", { "setup", tree_make }, { "the_kernel_has_names", the_kernel_has_names },
	  { "processes_have_names", processes_have_names },
	  { "texts_show_what_is_wanted", texts_show_what_is_wanted },
	  { "build_ids_lead_to_files", build_ids_lead_to_files },
	  { "files_of_processes_have_build_ids", files_of_processes_have_build_ids },
	  { "modules_must_have_an_id", modules_must_have_an_id },
	  { "what_is_forgotten_is_read_again", what_is_forgotten_is_read_again },
	  { "names_are_made_when_wanted", names_are_made_when_wanted }, { "no_memory", no_memory },
	  { "cleanup", scratch_remove })
