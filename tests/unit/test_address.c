/* SPDX-License-Identifier: Apache-2.0 */
/* Tests where functions are said to be in this very process, which knows. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cbee/cbee.h>

#include "tree.h"
#include "unit.h"

static struct cbee *c;

__attribute__((noinline, used)) static int looked_for(void)
{
	return 4711;
}

static int ask(const char *function, uint64_t *ret_address)
{
	return cbee_sym_address(c, getpid(), function, ret_address);
}

static void fails(const char *function, int code, const char *text)
{
	uint64_t address = 7;

	UNIT_EQ(ask(function, &address), code);
	if (strncmp(cbee_error(c)->text, text, strlen(text)) != 0)
		UNIT_STR(cbee_error(c)->text, text);
	UNIT_EQ(address, 7);
}

static void functions_are_where_they_are(void)
{
	uint64_t address = 0;

	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(ask("/proc/self/exe:looked_for", &address), 0);
	UNIT_EQ(address, (uintptr_t)looked_for);
	UNIT_EQ(ask("c:getppid", &address), 0);
	UNIT_EQ(address, (uintptr_t)dlsym(RTLD_DEFAULT, "getppid"));
	cbee_free(c);
}

static void libraries_come_and_go(void)
{
	char path[300], spec[320], text[340];
	uint64_t address = 0;
	void *lib;

	UNIT_EQ(cbee_new(&c), 0);
	tree_make();
	snprintf(path, sizeof(path), "%s", scratch_path("lib.so"));
	snprintf(spec, sizeof(spec), "%s:last", path);
	snprintf(text, sizeof(text), "process %d runs no code from /", getpid());
	fails(spec, -ENOENT, text);
	lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(lib);
	UNIT_EQ(ask(spec, &address), 0);
	UNIT_EQ(address, (uintptr_t)dlsym(lib, "last"));
	/* a name that shares its place with a plainer one */
	snprintf(spec, sizeof(spec), "%s:_f", path);
	UNIT_EQ(ask(spec, &address), 0);
	UNIT_EQ(address, (uintptr_t)dlsym(lib, "f"));
	dlclose(lib);
	fails(spec, -ENOENT, text);
	scratch_remove();
	cbee_free(c);
}

static void what_cannot_be_told(void)
{
	uint64_t address;
	pid_t pid;

	UNIT_EQ(cbee_new(&c), 0);
	fails("looked_for", -EINVAL, "'looked_for' does not say in which file");
	fails("/proc/self/exe:looked_four", -ENOENT, "no symbol 'looked_four' in /proc/");
	UNIT_EQ(cbee_sym_address(c, 4194304, "c:getppid", &address), -ESRCH);
	pid = fork();
	if (!pid)
		_exit(0);
	waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
	UNIT_EQ(cbee_sym_address(c, pid, "c:getppid", &address), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "no library or program 'c' found");
	waitpid(pid, NULL, 0);
	UNIT_EQ(cbee_sym_address(c, CBEE_KERNEL, "no_such_name", &address), -ENOENT);
	CU_ASSERT(!strcmp(cbee_error(c)->text, "the kernel has no symbol 'no_such_name'"));
	cbee_free(c);
}

static void survives_failing_allocations(void)
{
	uint64_t address;
	int err = 0;

	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = ask("/proc/self/exe:looked_for", &address));
	UNIT_EQ(err, 0);
	cbee_free(c);
}

UNIT_MAIN("address", { "functions are where they are", functions_are_where_they_are },
	  { "libraries come and go", libraries_come_and_go },
	  { "what cannot be told", what_cannot_be_told },
	  { "survives failing allocations", survives_failing_allocations })
