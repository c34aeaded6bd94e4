/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the names of system calls against the C library's numbers. */
#include <errno.h>
#include <sys/syscall.h>

#include <cbee/names.h>

#include "unit.h"

static void names_of_numbers(void)
{
	UNIT_STR(cbee_syscall_name(SYS_read), "read");
	UNIT_STR(cbee_syscall_name(SYS_execve), "execve");
	UNIT_STR(cbee_syscall_name(SYS_bpf), "bpf");
	CU_ASSERT_PTR_NULL(cbee_syscall_name(cbee_syscall_end()));
	CU_ASSERT_PTR_NULL(cbee_syscall_name(~0u));
#ifdef __x86_64__
	UNIT_STR(cbee_syscall_name(59), "execve");
	UNIT_STR(cbee_syscall_name(0), "read");
#elif defined(__aarch64__)
	UNIT_STR(cbee_syscall_name(221), "execve");
	UNIT_STR(cbee_syscall_name(63), "read");
#endif
}

static void numbers_of_names(void)
{
	UNIT_EQ(cbee_syscall_number("execve"), SYS_execve);
	UNIT_EQ(cbee_syscall_number("__x64_sys_execve"), SYS_execve);
	UNIT_EQ(cbee_syscall_number("__arm64_sys_openat"), SYS_openat);
	UNIT_EQ(cbee_syscall_number("sys_openat"), SYS_openat);
	UNIT_EQ(cbee_syscall_number("execv"), -ENOENT);
	UNIT_EQ(cbee_syscall_number("__x64_sys_"), -ENOENT);
	UNIT_EQ(cbee_syscall_number("syscalls"), -ENOENT);
	UNIT_EQ(cbee_syscall_number("arch_specific_syscall"), -ENOENT);
	UNIT_EQ(cbee_syscall_number(""), -ENOENT);
}

static void there_and_back(void)
{
	unsigned int named = 0;

	for (unsigned int i = 0; i < cbee_syscall_end(); i++) {
		if (!cbee_syscall_name(i))
			continue;
		named++;
		UNIT_EQ(cbee_syscall_number(cbee_syscall_name(i)), i);
	}
	CU_ASSERT(named > 250);
	CU_ASSERT_PTR_NOT_NULL(cbee_syscall_name(cbee_syscall_end() - 1));
}

UNIT_MAIN("syscall", { "names of numbers", names_of_numbers },
	  { "numbers of names", numbers_of_names }, { "there and back", there_and_back })
