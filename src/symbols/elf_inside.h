/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read binaries share: an open one, and its sections. */
#ifndef CBEE_ELF_INSIDE_H
#define CBEE_ELF_INSIDE_H

#include <gelf.h>

#include "plain/buf.h"
#include "symbols/elf.h"

struct cbee__elf_image {
	int fd; /* -1: in memory */
	Elf *elf;
	uint64_t size;
};

struct cbee__elf {
	struct cbee__elf_image main, debug; /* debug.elf may be NULL */
	struct cbee_buf mini;		    /* .gnu_debugdata unpacked; what debug stands on then */
	struct cbee__elf_info info;
	GElf_Phdr *loads;
	size_t load_count;
	unsigned int machine;
	bool go_table; /* instead of the symbol table that was stripped */
};

/* The string at @at, when it ends inside its table and within @max bytes. */
const char *cbee__elf_string_at(const Elf_Data *strings, uint64_t at, size_t max);

/* The bytes of the section, or NULL. */
Elf_Data *cbee__elf_section_named(const struct cbee__elf_image *im, const char *name);

/* The address that the section is linked to, or 0. */
uint64_t cbee__elf_section_address(const struct cbee__elf_image *im, const char *name);

/* The segment that loads the address from the file, or NULL. */
const GElf_Phdr *cbee__elf_segment(const struct cbee__elf *e, uint64_t address);

/* The first section of the type that is not empty, or NULL; fills @sh. */
Elf_Scn *cbee__elf_section_of_type(const struct cbee__elf_image *im, GElf_Word type, GElf_Shdr *sh);

/* The function table of a Go program, or NULL. */
Elf_Data *cbee__elf_go_table(const struct cbee__elf_image *im);

#endif
