/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and names of this machine's system calls. */
#include <errno.h>
#include <string.h>

#include <cbee/names.h>

#include "symbols/sym.h"
#include "syscall_names.h"

#define END (sizeof(syscall_names) / sizeof(syscall_names[0]))

const char *cbee_syscall_name(unsigned int number)
{
	return number < END ? syscall_names[number] : NULL;
}

int cbee_syscall_number(const char *name)
{
	const char *rest = cbee__sym_syscall(name, NULL);

	for (size_t i = 0; i < END; i++)
		if (syscall_names[i] &&
		    (!strcmp(syscall_names[i], name) || (rest && !strcmp(syscall_names[i], rest))))
			return (int)i;
	return -ENOENT;
}

unsigned int cbee_syscall_end(void)
{
	return END;
}
