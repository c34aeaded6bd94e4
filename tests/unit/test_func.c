/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how what a person writes becomes functions to probe. */
#define _GNU_SOURCE
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/file.h"
#include "symbols/func.h"

/* C++ and Rust names by hand: no compiler of theirs is needed. */
static const char source[] =
	"#define NAMED(id, name) int id(int) __asm__(name); int id(int x) { return x * id##_; }\n"
	"enum { a_ = 2, b_, c_, d_, e_, f_, g_, h_, i_ };\n"
	"NAMED(a, \"_ZN2ns3Cls6methodEi\")\n"
	"NAMED(b, \"_ZN2ns3Cls6methodEd\")\n"
	"NAMED(c, \"_ZN2ns3Cls3getEv\")\n"
	"NAMED(d, \"_ZN4crat3sub4func17h0123456789abcdefE\")\n"
	"NAMED(i, \"_RNvNtC4crat3new3fun\")\n"
	"NAMED(e, \"lone.constprop.0\")\n"
	"NAMED(f, \"both\")\n"
	"NAMED(g, \"both.part.0\")\n"
	"NAMED(h, \"both.cold\")\n"
	"int work(int x) { return x + 1; }\n"
	"int __work(int x) __attribute__((alias(\"work\")));\n"
	"int worker(int x) { return x + 5; }\n"
	"static int (*pick(void))(int) { return worker; }\n"
	"int workfn(int) __attribute__((ifunc(\"pick\")));\n"
	"void _start(void) { work(1); }\n";

static const char list[] = "ffffffff81000000 T vfs_read\n"
			   "ffffffff81000010 T vfs_write\n"
			   "ffffffff81000020 t __pfx_vfs_open\n"
			   "ffffffff81000030 t vfs_open\n"
			   "ffffffff81000040 t twice\n"
			   "ffffffff81000050 t twice\n"
			   "ffffffff81000060 t gone.isra.0\n"
			   "ffffffff81000070 t banned\n"
			   "ffffffff81000080 T __x64_sys_execve\n"
			   "ffffffff81000090 T __ia32_sys_execve\n"
			   "ffffffff810000a0 T __x64_sys_bpf\n"
			   "ffffffff810000b0 d vfs_data\n"
			   "ffffffffc0000000 t vfs_mod\t[ext4]\n";

static void setup(void)
{
	scratch_make();
	scratch_put("fix.c", "%s", source);
	scratch_put("kallsyms", "%s", list);
	scratch_put("kprobes/blacklist", "0x0-0x0\tbanned\n");
	scratch_run("cc -O1 -nostdlib -no-pie -fno-ipa-icf fix.c -o app && strip app -o stripped");
	scratch_run(
		"cc -O1 -shared -fPIC -nostdlib -fno-ipa-icf fix.c -o lib.so && strip lib.so -o "
		"slib.so");
}

static void split(void)
{
	static const struct {
		const char *spec, *path, *pattern;
		int code;
	} rows[] = {
		{ "vfs_read", NULL, "vfs_read", 0 },
		{ "./app:work", "./app", "work", 0 },
		{ "c:str*", "c", "str*", 0 },
		{ ":readline", "", "readline", 0 },
		{ "ns::Cls::f", NULL, "ns::Cls::f", 0 },
		{ "./app:ns::Cls::f", "./app", "ns::Cls::f", 0 },
		{ ":ns::f", "", "ns::f", 0 },
		{ "app:::f", "app", "f", 0 },
		{ "a:b:c", "a", "b:c", 0 },
		{ "", NULL, NULL, -EINVAL },
		{ ":", NULL, NULL, -EINVAL },
		{ "./app:", NULL, NULL, -EINVAL },
	};
	struct cbee_err err = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *path = NULL, *pattern = NULL;

		UNIT_EQ(cbee__file_split(rows[i].spec, &path, &pattern, &err), rows[i].code);
		if (rows[i].path)
			UNIT_STR(path, rows[i].path);
		else
			CU_ASSERT_PTR_NULL(path);
		if (rows[i].pattern)
			UNIT_STR(pattern, rows[i].pattern);
		free(path);
		free(pattern);
	}
	UNIT_STR(err.text, "no function name in './app:'");
	cbee__err_clear(&err);
}

/* Finds in @file of the folder (NULL: the kernel) and tells all names, by blanks. */
static const char *names(const char *file, const char *pattern, int *ret_code, struct cbee_err *err)
{
	struct cbee__func_opts opts = { .roots = { scratch, scratch, scratch },
					.debug_root = scratch };
	struct cbee__funcs funcs = { 0 };
	static char text[1024];
	char spec[512];
	size_t len = 0;

	if (file)
		snprintf(spec, sizeof(spec), "%s/%s:%s", scratch, file, pattern);
	else
		snprintf(spec, sizeof(spec), "%s", pattern);
	text[0] = '\0';
	*ret_code = cbee__func_find(spec, &opts, &funcs, err);
	for (size_t i = 0; i < funcs.count && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s", len ? " " : "",
					funcs.items[i].name, funcs.items[i].several ? "(2)" : "");
	cbee__funcs_free(&funcs);
	return text;
}

static void finds(const char *file, const char *pattern, const char *want)
{
	struct cbee_err err = { 0 };
	int code;

	UNIT_STR(names(file, pattern, &code, &err), want);
	if (code)
		printf("\n%s\n", err.text);
	UNIT_EQ(code, 0);
	cbee__err_clear(&err);
}

/* In @want %s stands for the folder. */
static void fails(const char *file, const char *pattern, int want_code, const char *want,
		  const char *hint)
{
	struct cbee_err err = { 0 };
	char text[512];
	int code;

	UNIT_STR(names(file, pattern, &code, &err), "");
	UNIT_EQ(code, want_code);
	snprintf(text, sizeof(text), want, scratch);
	UNIT_STR(err.text, text);
	if (hint)
		CU_ASSERT_PTR_NOT_NULL(strstr(err.hint, hint));
	cbee__err_clear(&err);
}

static void user(void)
{
	finds("app", "work", "work");
	finds("app", "__work", "__work");
	finds("app", "*work", "work");
	finds("app", "worke?", "worker");
}

static void user_mangled(void)
{
	finds("app", "ns::Cls::get", "ns::Cls::get");
	finds("app", "::ns::Cls::get", "ns::Cls::get");
	finds("app", "ns::Cls::method", "ns::Cls::method(int) ns::Cls::method(double)");
	finds("app", "ns::Cls::method(double)", "ns::Cls::method");
	finds("app", "ns::*", "ns::Cls::method(int) ns::Cls::method(double) ns::Cls::get");
	finds("app", "_ZN2ns3Cls6methodEi", "ns::Cls::method");
	finds("app", "crat::sub::func", "crat::sub::func");
	finds("app", "crat::new::fun", "crat::new::fun");
	finds("app", "crat::*", "crat::sub::func crat::new::fun");
}

static void user_clones(void)
{
	finds("app", "lone", "lone.constprop.0");
	finds("app", "both", "both");
	finds("app", "both*", "both both.part.0");
}

static void user_absent(void)
{
	fails("app", "wrok", -ENOENT, "no symbol 'wrok' in %s/app; did you mean 'work'?", NULL);
	fails("app", "ns::Cls::gett", -ENOENT,
	      "no symbol 'ns::Cls::gett' in %s/app; did you mean 'ns::Cls::get'?", NULL);
	fails("app", "qqqqqqqqqqqqqqqq", -ENOENT, "no symbol 'qqqqqqqqqqqqqqqq' in %s/app", NULL);
	fails("app", "qqq*", -ENOENT, "no symbol that matches 'qqq*' in %s/app", NULL);
	fails("stripped", "work", -ENOENT, "no function symbols in %s/stripped: it is stripped",
	      "install its debug package (build id ");
	fails("slib.so", "both.colx", -ENOENT, "no symbol 'both.colx' in %s/slib.so",
	      "it shows its exported functions only");
	fails("app", "_star?", -ENOENT, "no symbol that matches '_star?' in %s/app", NULL);
	fails("nope", "f", -ENOENT, "no file %s/nope", NULL);
	fails("nope/sh", "f", -ENOENT, "no file %s/nope/sh", "did you mean /");
	fails("fix.c", "f", -ENOEXEC, "%s/fix.c is not an ELF file", NULL);
	fails(NULL, "no-such-thing:f", -ENOENT, "no library or program 'no-such-thing' found",
	      "./no-such-thing");
	fails(NULL, ":f", -EINVAL, "':FUNCTION' needs a process to look in", "-p");
}

static void ifuncs(void)
{
	struct cbee__func_opts opts = { .roots = { scratch, scratch, scratch },
					.debug_root = scratch };
	struct cbee__funcs funcs = { 0 };
	char spec[256];

	snprintf(spec, sizeof(spec), "%s/app:work*", scratch);
	UNIT_EQ(cbee__func_find(spec, &opts, &funcs, NULL), 0);
	UNIT_EQ(funcs.count, 2);
	UNIT_EQ(funcs.ifuncs, 1);
	cbee__funcs_free(&funcs);
	snprintf(spec, sizeof(spec), "%s/app:workfn", scratch);
	UNIT_EQ(cbee__func_find(spec, &opts, &funcs, NULL), 0);
	UNIT_EQ(funcs.count, 1);
	CU_ASSERT(funcs.items[0].ifunc);
	cbee__funcs_free(&funcs);
	fails("app", "workf*", -ENOENT, "'workf*' in %s/app matches only IFUNC resolvers", NULL);
}

static void kernel(void)
{
	finds(NULL, "vfs_read", "vfs_read");
	finds(NULL, "vfs_*", "vfs_open vfs_read vfs_write vfs_mod");
	finds(NULL, "twice", "twice(2)");
	finds(NULL, "gone", "gone.isra.0");
	finds(NULL, "sys_execve", "__x64_sys_execve");
	finds(NULL, "__arm64_sys_execve", "__x64_sys_execve");
	finds(NULL, "__ia32_sys_execve", "__ia32_sys_execve");
	fails(NULL, "vfs_raed", -ENOENT, "no kernel function 'vfs_raed'; did you mean 'vfs_read'?",
	      NULL);
	fails(NULL, "qqq*", -ENOENT, "no kernel function that matches 'qqq*'", NULL);
	fails(NULL, "banned", -EPERM, "the kernel does not allow probes on 'banned'", NULL);
	fails(NULL, "ns::Cls::f", -ENOENT, "no kernel function 'ns::Cls::f'", "PROGRAM:FUNCTION");
}

static void kernel_filtered(void)
{
	struct cbee__func_opts opts = { .roots = { scratch, scratch, scratch } };
	struct cbee__funcs funcs = { 0 };
	struct cbee_err err = { 0 };

	scratch_put("available_filter_functions", "vfs_read\nvfs_mod [ext4]\n");
	finds(NULL, "vfs_*", "vfs_read vfs_mod");
	finds(NULL, "vfs_write", "vfs_write");
	UNIT_EQ(cbee__func_find("vfs_*", &opts, &funcs, NULL), 0);
	UNIT_EQ(funcs.count, 2);
	UNIT_EQ(funcs.items[0].address, 0);
	UNIT_STR(funcs.items[1].module_or_path, "ext4");
	UNIT_EQ(cbee__func_addresses(&funcs, &opts, NULL), 0);
	CU_ASSERT(funcs.items[0].address == 0xffffffff81000000);
	CU_ASSERT(funcs.items[1].address == 0xffffffffc0000000);
	cbee__funcs_free(&funcs);
	scratch_put("kallsyms", "0000000000000000 T vfs_read\n");
	UNIT_EQ(cbee__func_find("vfs_read", &opts, &funcs, NULL), 0);
	UNIT_EQ(cbee__func_addresses(&funcs, &opts, &err), -EPERM);
	UNIT_STR(err.text, "the kernel hides the addresses of its symbols");
	cbee__funcs_free(&funcs);
	opts.unchecked = true;
	UNIT_EQ(cbee__func_find("anything", &opts, &funcs, NULL), 0);
	UNIT_STR(funcs.items[0].symbol, "anything");
	cbee__funcs_free(&funcs);
	cbee__err_clear(&err);
	scratch_put("kallsyms", "%s", list);
	scratch_run("rm available_filter_functions");
}

static void each_once(void)
{
	struct cbee__func_opts opts = { .roots = { scratch, scratch, scratch }, .limit = 4 };
	struct cbee__funcs funcs = { 0 };
	struct cbee_err err = { 0 };
	char spec[256];

	UNIT_EQ(cbee__func_find("vfs_read", &opts, &funcs, NULL), 0);
	UNIT_EQ(cbee__func_find("vfs_*", &opts, &funcs, NULL), 0);
	UNIT_EQ(funcs.count, 4);
	CU_ASSERT_FALSE(funcs.items[1].several);
	snprintf(spec, sizeof(spec), "%s/app:__work", scratch);
	UNIT_EQ(cbee__func_find(spec, &opts, &funcs, NULL), 0);
	snprintf(spec, sizeof(spec), "%s/app:work", scratch);
	UNIT_EQ(cbee__func_find(spec, &opts, &funcs, NULL), 0);
	UNIT_EQ(funcs.count, 5);
	CU_ASSERT(funcs.items[4].user);
	UNIT_STR(funcs.items[4].name, "work");
	opts.limit = 3;
	UNIT_EQ(cbee__func_find("vfs_*", &opts, &funcs, &err), -E2BIG);
	UNIT_STR(err.text, "pattern 'vfs_*' matches 4 functions, more than the limit of 3");
	UNIT_EQ(funcs.count, 5);
	cbee__funcs_free(&funcs);
	cbee__funcs_free(NULL);
	cbee__err_clear(&err);
}

static void regexps(void)
{
	struct cbee__func_opts opts = { .regexp = true, .roots = { scratch, scratch, scratch } };
	struct cbee__funcs funcs = { 0 };
	struct cbee_err err = { 0 };

	UNIT_EQ(cbee__func_find("vfs_(read|open)", &opts, &funcs, NULL), 0);
	UNIT_EQ(funcs.count, 2);
	UNIT_EQ(cbee__func_find("vfs_(", &opts, &funcs, &err), -EINVAL);
	UNIT_EQ(funcs.count, 2);
	scratch_put("kallsyms",
		    "1 T aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n");
	UNIT_EQ(cbee__func_find("((a|aa)+)+x?$c", &opts, &funcs, &err), -ENOENT);
	UNIT_EQ(cbee__func_find("((a|aa)+)+[cd]", &opts, &funcs, &err), -ELOOP);
	UNIT_STR(err.text, "the expression '((a|aa)+)+[cd]' is too hard to match");
	scratch_put("kallsyms", "%s", list);
	cbee__funcs_free(&funcs);
	cbee__err_clear(&err);
}

__attribute__((noinline, used)) int cbee_test_func_marker(int x);

int cbee_test_func_marker(int x)
{
	return x + 3;
}

static void processes(void)
{
	struct cbee__func_opts opts = { .pid = getpid() };
	struct cbee__funcs funcs = { 0 };
	struct cbee_err err = { 0 };
	char self[PATH_MAX], spec[PATH_MAX + 32], want[PATH_MAX + 32];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CU_ASSERT_FATAL(len > 0);
	self[len] = '\0';
	UNIT_EQ(cbee__func_find(":cbee_test_func_marker", &opts, &funcs, &err), 0);
	UNIT_EQ(funcs.count, 1);
	snprintf(want, sizeof(want), "/proc/%d/exe", opts.pid);
	UNIT_STR(funcs.items[0].module_or_path, want);
	cbee__funcs_free(&funcs);
	/* by its file's name, which is on no PATH */
	snprintf(spec, sizeof(spec), "%s:cbee_test_func_marker", strrchr(self, '/') + 1);
	UNIT_EQ(cbee__func_find(spec, &opts, &funcs, &err), 0);
	UNIT_STR(funcs.items[0].module_or_path, want);
	cbee__funcs_free(&funcs);
	UNIT_EQ(cbee__func_find("no_such_program:main", &opts, &funcs, &err), -ENOENT);
	cbee__err_clear(&err);
	snprintf(spec, sizeof(spec), "%s:cbee_test_func_marker", self);
	UNIT_EQ(cbee__func_find(spec, &opts, &funcs, &err), 0);
	snprintf(want, sizeof(want), "/proc/%d/root%s", opts.pid, self);
	UNIT_STR(funcs.items[0].module_or_path, want);
	cbee__funcs_free(&funcs);
	for (int i = 0; i < 4; i++) {
		opts.pid = i < 2 ? getpid() : 0;
		UNIT_EQ(cbee__func_find(i % 2 ? "libc.so.6:malloc" : "c:malloc", &opts, &funcs,
					&err),
			0);
		UNIT_EQ(funcs.count, 1);
		UNIT_STR(funcs.items[0].name, "malloc");
		CU_ASSERT_PTR_NOT_NULL(strstr(funcs.items[0].module_or_path, "/libc.so.6"));
		cbee__funcs_free(&funcs);
	}
	opts.pid = INT_MAX;
	UNIT_EQ(cbee__func_find("c:malloc", &opts, &funcs, &err), -ESRCH);
	UNIT_STR(err.text, "no process 2147483647");
	cbee__err_clear(&err);
}

static void hostile_specs(void)
{
	struct cbee__func_opts opts = { .roots = { scratch, scratch, scratch } };
	static char huge[10 * 1024 * 1024 + 1];
	struct cbee__funcs funcs = { 0 };
	struct cbee_err err = { 0 };

	memset(huge, 'a', sizeof(huge) - 1);
	UNIT_EQ(cbee__func_find(huge, &opts, &funcs, &err), -ENAMETOOLONG);
	CU_ASSERT(strlen(err.text) < 120);
	huge[1] = ':';
	UNIT_EQ(cbee__func_find(huge, &opts, &funcs, &err), -ENAMETOOLONG);
	huge[1] = 'a';
	huge[5000] = '\0';
	UNIT_EQ(cbee__func_find(huge, &opts, &funcs, &err), -ENAMETOOLONG);
	huge[4500] = ':';
	UNIT_EQ(cbee__func_find(huge, &opts, &funcs, &err), -ENOENT);
	huge[0] = '/';
	UNIT_EQ(cbee__func_find(huge, &opts, &funcs, &err), -ENAMETOOLONG);
	UNIT_EQ(funcs.count, 0);
	cbee__err_clear(&err);
}

static int find_all(const char *spec)
{
	struct cbee__func_opts opts = { .roots = { scratch, scratch, scratch },
					.debug_root = scratch };
	struct cbee__funcs funcs = { 0 };
	int err = cbee__func_find("vfs_read", &opts, &funcs, NULL);

	if (!err)
		err = cbee__func_find(spec, &opts, &funcs, NULL);
	if (!err)
		err = cbee__func_addresses(&funcs, &opts, NULL);
	cbee__funcs_free(&funcs);
	return err;
}

static void no_memory(void)
{
	char spec[256];
	int err;

	snprintf(spec, sizeof(spec), "%s/app:*", scratch);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = find_all(spec));
	UNIT_EQ(err, 0);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = find_all("*"));
	UNIT_EQ(err, 0);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = find_all("c:malloc"));
	UNIT_EQ(err, 0);
}

UNIT_MAIN("func", { "setup", setup }, { "split", split }, { "user", user },
	  { "user_mangled", user_mangled }, { "user_clones", user_clones },
	  { "user_absent", user_absent }, { "ifuncs", ifuncs }, { "kernel", kernel },
	  { "kernel_filtered", kernel_filtered }, { "each_once", each_once },
	  { "regexps", regexps }, { "processes", processes }, { "hostile_specs", hostile_specs },
	  { "no_memory", no_memory }, { "cleanup", scratch_remove })
