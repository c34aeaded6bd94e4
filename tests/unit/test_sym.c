/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reading of the kernel's lists of symbols and functions. */
#include "unit.h"

#include <errno.h>

#include "scratch.h"
#include "symbols/sym.h"

static const char list[] = "ffffffff81000000 T first\n"
			   "ffffffff81000000 T alias\n"
			   "ffffffff81000100 t __pfx_second\n"
			   "ffffffff81000110 t second\n"
			   "ffffffff81000200 t second.cold\n"
			   "ffffffff81000280 d data\n"
			   "not a line\n"
			   "ffffffff81000300 W weak$1\n"
			   "ffffffff81000400 T banned\n"
			   "ffffffff81000500 T __x64_sys_bpf\n"
			   "ffffffff81000510 T __ia32_sys_bpf\n"
			   "ffffffffc0000000 t ext4_go\t[ext4]\n"
			   "ffffffffc0000100 t ext4_go\t[ext4]";

static int collect(void *ctx, const struct cbee__ksym *sym)
{
	char *text = ctx;
	size_t len = strlen(text);

	snprintf(text + len, 256 - len, "%s%s%s ", sym->name, *sym->module ? ":" : "", sym->module);
	return 0;
}

static int stop(void *ctx, const struct cbee__ksym *sym)
{
	(void)ctx;
	return strcmp(sym->name, "second") ? 0 : -EXDEV;
}

static void kfuncs(void)
{
	struct cbee__roots roots = { .proc = scratch, .tracefs = scratch, .debugfs = scratch };
	struct cbee_err err = { 0 };
	char text[256] = "";

	scratch_put("kallsyms", "%s", list);
	scratch_put("kprobes/blacklist", "0xffffffff81000400-0xffffffff81000410\tbanned\n"
					 "0xffffffff81000600-0xffffffff81000610\talso\n");
	UNIT_EQ(cbee__kfunc_each(&roots, false, collect, text, &err), 0);
	UNIT_STR(text, "first alias second __x64_sys_bpf __ia32_sys_bpf ext4_go:ext4 "
		       "ext4_go:ext4 ");
	UNIT_EQ(cbee__kfunc_is_forbidden(&roots, "banned"), 1);
	UNIT_EQ(cbee__kfunc_is_forbidden(&roots, "first"), 0);
	UNIT_EQ(cbee__kfunc_each(&roots, true, stop, NULL, &err), -EXDEV);
	UNIT_STR(err.text, "");

	scratch_put("available_filter_functions", "second\nbanned\next4_go [ext4]\n"
						  "__ftrace_invalid_address___12\n");
	text[0] = '\0';
	UNIT_EQ(cbee__kfunc_each(&roots, false, collect, text, &err), 0);
	UNIT_STR(text, "second ext4_go:ext4 ");
	UNIT_EQ(cbee__kfunc_each(&roots, false, stop, NULL, &err), -EXDEV);
	text[0] = '\0';
	UNIT_EQ(cbee__kfunc_each(&roots, true, collect, text, &err), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "first "));

	scratch_write("available_filter_functions", "", 0);
	scratch_put("kallsyms",
		    "1000 T one\n2000 T _sinittext\n2000 t gone_init\n3000 T _einittext\n"
		    "4000 T two\n5000 t bpf_prog_0123_x\t[bpf]\n"
		    "6000 t ftrace_trampoline\t[__builtin__ftrace]\n7000 t three\t[bpfilter]\n");
	text[0] = '\0';
	UNIT_EQ(cbee__kfunc_each(&roots, false, collect, text, &err), 0);
	UNIT_STR(text, "one two three:bpfilter ");

	scratch_put("kallsyms", "%s", list);
	scratch_write("kprobes/blacklist", "", 0);
	text[0] = '\0';
	UNIT_EQ(cbee__kfunc_each(&roots, false, collect, text, &err), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "banned "));
	cbee__err_clear(&err);
}

static void names_to_addresses(void)
{
	uint64_t a = 0, b = 0, c = 0;
	struct cbee__ksym_want want[] = { { "second", "", &a }, { "ext4_go", "ext4", &b } };
	struct cbee__ksym_want gone[] = { { "ext4_go", "", &c } };
	struct cbee_err err = { 0 };

	scratch_put("kallsyms", "%s", list);
	UNIT_EQ(cbee__ksym_addresses(scratch, want, 2, NULL), 0);
	CU_ASSERT(a == 0xffffffff81000110 && b == 0xffffffffc0000000);
	UNIT_EQ(cbee__ksym_addresses(scratch, gone, 1, &err), -ENOENT);
	UNIT_STR(err.text, "the kernel function 'ext4_go' is gone");
	UNIT_EQ(cbee__ksym_addresses("/nonexistent", NULL, 0, NULL), 0);
	scratch_put("kallsyms", "0000000000000000 T ext4_go\n");
	UNIT_EQ(cbee__ksym_addresses(scratch, gone, 1, &err), -EPERM);
	UNIT_STR(err.text, "the kernel hides the addresses of its symbols");
	UNIT_EQ(cbee__ksym_each("/nonexistent", NULL, NULL, &err), -ENOENT);
	UNIT_STR(err.text, "cannot read the kernel's symbols from /nonexistent/kallsyms: "
			   "No such file or directory");
	cbee__err_clear(&err);
}

static void syscalls(void)
{
	struct cbee_err err = { 0 };
	const char *prefix = NULL;
	int rank = -1;

	scratch_put("kallsyms", "0 T __ia32_sys_bpf\n0 T __sys_bpf\n0 T __x64_sys_bpf\n");
	UNIT_EQ(cbee__func_syscall_prefix(scratch, &prefix, NULL), 0);
	UNIT_STR(prefix, "__x64_sys_");
	scratch_put("kallsyms", "0 T __arm64_sys_bpf\n0 T __sys_bpf\n");
	UNIT_EQ(cbee__func_syscall_prefix(scratch, &prefix, NULL), 0);
	UNIT_STR(prefix, "__arm64_sys_");
	scratch_put("kallsyms", "0 T sys_bpf\n");
	UNIT_EQ(cbee__func_syscall_prefix(scratch, &prefix, NULL), 0);
	UNIT_STR(prefix, "sys_");
	scratch_put("kallsyms", "0 T nothing\n");
	UNIT_EQ(cbee__func_syscall_prefix(scratch, &prefix, &err), -ENOENT);
	UNIT_STR(cbee__sym_syscall("__ia32_sys_read", &rank), "read");
	UNIT_EQ(rank, 4);
	CU_ASSERT_PTR_NULL(cbee__sym_syscall("vfs_read", NULL));
	cbee__err_clear(&err);
}

static int look_up(void)
{
	struct cbee__roots roots = { .proc = scratch, .tracefs = scratch, .debugfs = scratch };
	char text[256] = "";
	int err = cbee__kfunc_each(&roots, false, collect, text, NULL);
	if (!err)
		err = cbee__kfunc_is_forbidden(&roots, "first");
	return err;
}

static void no_memory(void)
{
	int err;

	scratch_put("kallsyms", "%s", list);
	scratch_put("kprobes/blacklist", "0x0-0x1\tbanned\n");
	UNIT_EACH_ALLOC(err, -ENOMEM, err = look_up());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("sym", { "setup", scratch_make }, { "kfuncs", kfuncs },
	  { "names_to_addresses", names_to_addresses }, { "syscalls", syscalls },
	  { "no_memory", no_memory }, { "cleanup", scratch_remove })
