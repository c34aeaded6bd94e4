/* SPDX-License-Identifier: Apache-2.0 */
/* Tests names for addresses in the kernel, and addresses for names. */
#include "unit.h"

#include <errno.h>

#include <cbee/sym.h>

#include "scratch.h"
#include "symbols/ksym.h"

static const char list[] = "ffffffff81000000 T first\n"
			   "ffffffff81000000 T alias\n"
			   "ffffffff81000110 t second\n"
			   "ffffffff81000280 d data\n"
			   "not a line\n"
			   "ffffffff81000510 T __ia32_sys_bpf\n"
			   "ffffffffc0000000 t ext4_go\t[ext4]\n"
			   "ffffffffc0000100 t ext4_go\t[ext4]\n"
			   "0000000000000000 T nowhere\n";

/* Looks up and checks the result against the fields; @symbol NULL: there is none. */
static void expect(struct cbee__ksyms *k, uint64_t address, const char *symbol, const char *module,
		   uint64_t offset)
{
	struct cbee_err err = { 0 };
	struct cbee_sym sym;

	UNIT_EQ(cbee__ksyms_find(k, address, &sym, &err), symbol ? 0 : -ENOENT);
	UNIT_EQ(sym.offset, offset);
	CU_ASSERT_PTR_NULL(sym.name);
	if (symbol) {
		UNIT_STR(sym.symbol, symbol);
		UNIT_STR(sym.module, module);
	} else {
		CU_ASSERT_PTR_NULL(sym.symbol);
		CU_ASSERT_PTR_NULL(sym.module);
	}
	cbee__err_clear(&err);
}

static void addresses(void)
{
	struct cbee__ksyms *k = NULL;
	struct cbee_sym sym;

	scratch_put("kallsyms", "%s", list);
	UNIT_EQ(cbee__ksyms_new(&k, scratch), 0);
	expect(k, 0xffffffff81000010, "first", "kernel", 0x10);
	expect(k, 0xffffffff81000110, "second", "kernel", 0);
	expect(k, 0xffffffff81000290, "second", "kernel", 0x180);
	expect(k, 0xffffffffc0000001, "ext4_go", "ext4", 1);
	expect(k, 0xffffffff80ffffff, NULL, NULL, 0xffffffff80ffffff);
	expect(k, 0xffffffffc0100100, NULL, NULL, 0xffffffffc0100100);
	expect(k, 0, NULL, NULL, 0);
	UNIT_EQ(cbee__ksyms_find(k, 0xffffffff81000010, &sym, NULL), 0);
	UNIT_EQ(sym.size, 0x110);
	cbee__ksyms_free(k);
	cbee__ksyms_free(NULL);
}

static void names(void)
{
	struct cbee_err err = { 0 };
	struct cbee__ksyms *k = NULL;
	uint64_t address = 7;

	scratch_put("kallsyms", "%s", list);
	UNIT_EQ(cbee__ksyms_new(&k, scratch), 0);
	UNIT_EQ(cbee__ksyms_address(k, "alias", &address, &err), 0);
	UNIT_EQ(address, 0xffffffff81000000);
	UNIT_EQ(cbee__ksyms_address(k, "data", &address, &err), 0);
	UNIT_EQ(address, 0xffffffff81000280);
	UNIT_EQ(cbee__ksyms_address(k, "ext4_go", &address, &err), 0);
	UNIT_EQ(address, 0xffffffffc0000000);
	UNIT_EQ(cbee__ksyms_address(k, "absent", &address, &err), -ENOENT);
	UNIT_STR(err.text, "the kernel has no symbol 'absent'");
	UNIT_EQ(cbee__ksyms_address(k, "nowhere", &address, &err), -EPERM);
	UNIT_EQ(address, 0xffffffffc0000000);
	cbee__ksyms_free(k);
	cbee__err_clear(&err);
}

static void hidden(void)
{
	struct cbee_err err = { 0 };
	struct cbee__ksyms *k = NULL;
	struct cbee_sym sym;

	scratch_put("kallsyms", "0000000000000000 T first\n");
	UNIT_EQ(cbee__ksyms_new(&k, scratch), 0);
	UNIT_EQ(cbee__ksyms_find(k, 1, &sym, &err), -EPERM);
	UNIT_EQ(sym.offset, 1);
	UNIT_STR(err.text, "the kernel hides the addresses of its symbols");
	CU_ASSERT(err.hint[0]);
	cbee__ksyms_free(k);
	cbee__err_clear(&err);
}

static void unreadable(void)
{
	struct cbee_err err = { 0 };
	struct cbee__ksyms *k = NULL;
	struct cbee_sym sym;
	uint64_t address;

	UNIT_EQ(cbee__ksyms_new(&k, "/nonexistent"), 0);
	UNIT_EQ(cbee__ksyms_find(k, 255, &sym, &err), -ENOENT);
	UNIT_EQ(sym.offset, 255);
	UNIT_STR(err.text, "cannot read the kernel's symbols from /nonexistent/kallsyms: "
			   "No such file or directory");
	UNIT_EQ(cbee__ksyms_address(k, "x", &address, &err), -ENOENT);
	cbee__ksyms_free(k);
	cbee__err_clear(&err);
}

static int look_up(void)
{
	struct cbee__ksyms *k = NULL;
	struct cbee_sym sym;
	uint64_t address;
	int err = cbee__ksyms_new(&k, scratch);

	if (!err)
		err = cbee__ksyms_find(k, 0xffffffff81000010, &sym, NULL);
	if (!err)
		err = cbee__ksyms_address(k, "data", &address, NULL);
	cbee__ksyms_free(k);
	return err;
}

static void no_memory(void)
{
	int err;

	scratch_put("kallsyms", "%s", list);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = look_up());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("ksym", { "setup", scratch_make }, { "addresses", addresses }, { "names", names },
	  { "hidden", hidden }, { "unreadable", unreadable }, { "no_memory", no_memory },
	  { "cleanup", scratch_remove })
