/* SPDX-License-Identifier: Apache-2.0 */
/* A library of known functions, and a /proc of invented processes, in the scratch folder. */
#define _GNU_SOURCE
#include "tree.h"

#include <sys/stat.h>

#include "symbols/elf.h"
#include "unit.h"

static const char source[] =
	"	.globl f, _f, inner, _ZN2ns1gEi, last\n"
	"	.type f, @function\n	.type _f, @function\n	.type inner, @function\n"
	"	.type _ZN2ns1gEi, @function\n	.type last, @function\n"
	"_f:\nf:	.skip 8, 0x90\ninner:	.skip 8, 0x90\n	.skip 16, 0x90\n"
	"_ZN2ns1gEi: .skip 16, 0x90\nlast: .skip 16, 0x90\n"
	"	.size f, 32\n	.size _f, 32\n	.size inner, 8\n	.size _ZN2ns1gEi, 16\n"
	/* or its stack is taken for executable, and glibc 2.41 does not load it */
	"	.section .note.GNU-stack, \"\", @progbits\n";

void tree_make(void)
{
	scratch_make();
	scratch_put("lib.s", "%s", source);
	scratch_run("cc -shared -nostdlib -Wl,--build-id=0x0102030405060708 -o lib.so lib.s");
}

struct wanted {
	const char *name;
	uint64_t offset;
};

static int is_wanted(void *ctx, const struct cbee__elf_sym *sym)
{
	struct wanted *w = ctx;

	if (strcmp(sym->name, w->name) != 0)
		return 0;
	w->offset = sym->offset;
	return 1;
}

uint64_t tree_offset(const char *function)
{
	struct wanted w = { .name = function };
	struct cbee__elf *elf = NULL;

	UNIT_EQ(cbee__elf_open(&elf, scratch_path("lib.so"), NULL, NULL), 0);
	if (elf)
		UNIT_EQ(cbee__elf_each(elf, is_wanted, &w), 1);
	cbee__elf_free(elf);
	return w.offset;
}

void tree_process(int pid, unsigned int born, const char *maps)
{
	char name[64];

	if (!born) {
		scratch_run("rm -rf %d", pid);
		return;
	}
	snprintf(name, sizeof(name), "%d/stat", pid);
	/* start, code and stack are fields 22, 26 and 28; a name may hold anything */
	scratch_put(name,
		    "%d (a) R (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %u 20 21 22 "
		    "%u 24 %u 26 27\n",
		    pid, born, *maps ? born + 100 : 0, *maps ? born + 200 : 0);
	snprintf(name, sizeof(name), "%d/maps", pid);
	scratch_put(name, "%s", maps);
}

const char *tree_mapped(void)
{
	static char line[512];
	struct stat st = { 0 };

	stat(scratch_path("lib.so"), &st);
	snprintf(line, sizeof(line), "00010000-00020000 r-xp 00000000 fe:01 %lu      %s\n",
		 (unsigned long)st.st_ino, scratch_path("lib.so"));
	return line;
}
