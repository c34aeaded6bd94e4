/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is told of functions, system calls, programs and libraries that could be probed. */
#define _GNU_SOURCE
#include "symbols/find.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/handle.h"
#include "symbols/func.h"
#include "unit.h"

static char root[] = "/tmp/cbee-find-XXXXXX";
static struct cbee c;
static char seen[512];

static const char source[] = "int c_(int) __asm__(\"_ZN2ns3getEi\"); int c_(int x) { return x; }\n"
			     "int work(int x) { return x + 1; }\n"
			     "int worker(int x) { return x + 2; }\n"
			     "void _start(void) { work(1); }\n";

static const char list[] = "ffffffff81000000 T vfs_read\n"
			   "ffffffff81000010 T vfs_write\n"
			   "ffffffff81000020 t twice\n"
			   "ffffffff81000030 t twice\n"
			   "ffffffff81000040 T __x64_sys_execve\n"
			   "ffffffff81000050 T __ia32_sys_execve\n"
			   "ffffffff81000060 T __ia32_sys_lonely\n"
			   "ffffffff81000070 T __x64_sys_bpf\n"
			   "ffffffffc0000000 t vfs_mod\t[ext4]\n";

static const char *in_root(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_root(name), "we");

	CU_ASSERT_FATAL(f && fputs(text, f) >= 0);
	fclose(f);
}

static void start(void)
{
	char command[256];

	CU_ASSERT_FATAL(mkdtemp(root) != NULL);
	put("fix.c", source);
	put("kallsyms", list);
	put("available_filter_functions", "vfs_read\nvfs_write\ntwice\ntwice\nvfs_mod [ext4]\n");
	snprintf(command, sizeof(command),
		 "cd %s && cc -O1 -nostdlib -no-pie -fno-ipa-icf fix.c -o app 2>err", root);
	CU_ASSERT_FATAL(!system(command));
}

static void end(void)
{
	static const char *const names[] = { "fix.c", "kallsyms", "available_filter_functions",
					     "app", "err" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_root(names[i]));
	rmdir(root);
	cbee__err_clear(&c.err);
}

/* "name", "@address" if there is one, "[module]", "+size". */
static bool note(void *arg, const struct cbee_func *f)
{
	size_t at = strlen(seen);
	int *left = arg;

	at += (size_t)snprintf(seen + at, sizeof(seen) - at, "%s%s", at ? " " : "", f->name);
	if (!f->path)
		at += (size_t)snprintf(seen + at, sizeof(seen) - at, "@%llx",
				       (unsigned long long)f->address & 0xfff);
	if (f->module && *f->module)
		at += (size_t)snprintf(seen + at, sizeof(seen) - at, "[%s]", f->module);
	if (f->several)
		snprintf(seen + at, sizeof(seen) - at, "!");
	if (f->path) {
		UNIT_STR(f->path, in_root("app"));
		CU_ASSERT(f->size > 0 && f->address > f->offset && f->offset > 0);
		CU_ASSERT_PTR_NULL(f->module);
	} else {
		CU_ASSERT(!f->size && !f->offset && f->module);
	}
	return !left || --*left > 0;
}

static int list_all(const char *spec, const char *tracefs, int *left)
{
	struct cbee__func_opts opts = { .roots = { root, tracefs, root } };

	seen[0] = '\0';
	return cbee__funcs_each(spec, &opts, note, left, &c.err);
}

static void functions_of_the_kernel(void)
{
	int two = 2;

	UNIT_EQ(list_all("*", "/nowhere", NULL), 0);
	UNIT_STR(seen, "__ia32_sys_execve@50 __ia32_sys_lonely@60 __x64_sys_bpf@70 "
		       "__x64_sys_execve@40 twice@20! vfs_read@0 vfs_write@10 vfs_mod@0[ext4]");
	/* that list has no addresses: they come from the other */
	UNIT_EQ(list_all("*", root, NULL), 0);
	UNIT_STR(seen, "twice@20! vfs_read@0 vfs_write@10 vfs_mod@0[ext4]");
	UNIT_EQ(list_all("vfs_*", root, &two), 0);
	UNIT_STR(seen, "vfs_read@0 vfs_write@10");
	UNIT_EQ(list_all("vfs_reed", root, NULL), -ENOENT);
	UNIT_STR(c.err.text, "no kernel function 'vfs_reed'; did you mean 'vfs_read'?");
	UNIT_STR(seen, "");
}

static void hidden_addresses(void)
{
	put("kallsyms", "0000000000000000 T vfs_read\n0000000000000000 T vfs_write\n");
	UNIT_EQ(list_all("vfs_*", root, NULL), 0);
	UNIT_STR(seen, "vfs_read@0 vfs_write@0 vfs_mod@0[ext4]");
	put("kallsyms", list);
}

static void functions_of_a_file(void)
{
	struct cbee_funcs_opts opts = { .regexp = true, .limit = 1 };
	char spec[160];

	seen[0] = '\0';
	snprintf(spec, sizeof(spec), "%s:*", in_root("app"));
	UNIT_EQ(cbee_funcs_each(&c, spec, NULL, note, NULL), 0);
	UNIT_STR(seen, "ns::get work worker");
	seen[0] = '\0';
	snprintf(spec, sizeof(spec), "%s:work(er)?", in_root("app"));
	UNIT_EQ(cbee_funcs_each(&c, spec, &opts, note, NULL), -E2BIG);
	opts.limit = 2;
	UNIT_EQ(cbee_funcs_each(&c, spec, &opts, note, NULL), 0);
	UNIT_STR(seen, "work worker");
	UNIT_EQ(cbee_funcs_each(NULL, "/nowhere:x", NULL, note, NULL), -ENOENT);
}

static void no_memory(void)
{
	struct cbee__func_opts opts = { .roots = { root, root, root } };
	char *func = NULL, *path = NULL;
	int got;

	UNIT_EACH_ALLOC(got, -ENOMEM, {
		seen[0] = '\0';
		got = cbee__funcs_each("vfs_*", &opts, note, NULL, &c.err);
		if (got)
			UNIT_STR(seen, "");
	});
	UNIT_EQ(got, 0);
	UNIT_EACH_ALLOC(got, -ENOMEM, got = cbee__syscall_func(root, "execve", &func, &c.err));
	UNIT_STR(func, "__x64_sys_execve");
	free(func);
	UNIT_EACH_ALLOC(got, -ENOMEM, got = cbee_program_path(&c, "sh", &path));
	free(path);
}

static void system_calls(void)
{
	static const char *const names[] = { "execve", "sys_execve", "__arm64_sys_execve" };
	const char *prefix = NULL;
	char *func = NULL;

	for (size_t i = 0; i < 3; i++) {
		UNIT_EQ(cbee__syscall_func(root, names[i], &func, &c.err), 0);
		UNIT_STR(func, "__x64_sys_execve");
		free(func);
	}
	UNIT_EQ(cbee__syscall_func(root, "lonely", &func, &c.err), 0);
	UNIT_STR(func, "__ia32_sys_lonely");
	free(func);
	UNIT_EQ(cbee__syscall_func(root, "execvr", &func, &c.err), -ENOENT);
	UNIT_STR(c.err.text, "the kernel has no system call 'execvr'; did you mean 'execve'?");
	UNIT_EQ(cbee__syscall_func(root, "openat", &func, &c.err), -ENOENT);
	UNIT_STR(c.err.text, "the kernel has no system call 'openat'");
	UNIT_EQ(cbee__syscall_func("/nowhere", "execve", &func, &c.err), -ENOENT);
	if (!cbee_syscall_prefix(&c, &prefix)) {
		UNIT_EQ(cbee_syscall_func(&c, "execve", &func), 0);
		CU_ASSERT(!strncmp(func, prefix, strlen(prefix)));
		UNIT_STR(func + strlen(prefix), "execve");
		free(func);
	}
}

static void programs(void)
{
	char *path = NULL;

	UNIT_EQ(cbee_program_path(&c, "sh", &path), 0);
	CU_ASSERT(path && path[0] == '/' && !access(path, X_OK));
	free(path);
	path = NULL;
	UNIT_EQ(cbee_program_path(&c, "cbee-no-such-program", &path), -ENOENT);
	UNIT_STR(c.err.text, "no program 'cbee-no-such-program' to run: No such file or directory");
	UNIT_EQ(cbee_program_path(&c, "/etc/passwd", &path), -EACCES);
	UNIT_STR(c.err.text, "no program '/etc/passwd' to run: Permission denied");
	UNIT_EQ(cbee_program_path(NULL, "/", &path), -EACCES);
	CU_ASSERT_PTR_NULL(path);
}

static void libraries(void)
{
	char *path = NULL, *again = NULL, *ours = NULL;
	struct stat st, mapped;

	UNIT_EQ(cbee_library_path(&c, "c", 0, &path), 0);
	UNIT_EQ(cbee_library_path(&c, "libc.so.6", 0, &again), 0);
	CU_ASSERT_FATAL(path && again && !stat(path, &st));
	UNIT_STR(again, path);
	free(again);
	UNIT_EQ(cbee_library_path(&c, path, 0, &again), 0);
	UNIT_STR(again, path);
	/* as this process has it: the same file, by whatever path */
	UNIT_EQ(cbee_library_path(&c, "c", getpid(), &ours), 0);
	CU_ASSERT(ours && !stat(ours, &mapped) && mapped.st_ino == st.st_ino);
	free(path);
	free(again);
	free(ours);
	path = NULL;
	UNIT_EQ(cbee_library_path(&c, "no_such_library", 0, &path), -ENOENT);
	UNIT_STR(c.err.text, "no library 'no_such_library' found");
	UNIT_EQ(cbee_library_path(&c, "/nowhere/libx.so", 0, &path), -ENOENT);
	UNIT_STR(c.err.text, "no library '/nowhere/libx.so': No such file or directory");
	UNIT_EQ(cbee_library_path(&c, "", 0, &path), -ENOENT);
	UNIT_EQ(cbee_library_path(&c, "c", 999999999, &path), -ESRCH);
	UNIT_STR(c.err.text, "no process 999999999");
	UNIT_EQ(cbee_library_path(NULL, "/lib/x.so", 999999999, &path), -ESRCH);
	CU_ASSERT_PTR_NULL(path);
}

UNIT_MAIN("find", { "fixtures", start }, { "functions of the kernel", functions_of_the_kernel },
	  { "hidden addresses", hidden_addresses }, { "functions of a file", functions_of_a_file },
	  { "no memory", no_memory }, { "system calls", system_calls }, { "programs", programs },
	  { "libraries", libraries }, { "fixtures go", end })
