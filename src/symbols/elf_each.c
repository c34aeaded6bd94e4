/* SPDX-License-Identifier: Apache-2.0 */
/* Lists the functions of a binary, from whichever table has them. */
#include "symbols/elf_inside.h"

#include <string.h>

#include "symbols/gosym.h"

const char *cbee__elf_string_at(const Elf_Data *strings, uint64_t at, size_t max)
{
	const char *text;

	if (!strings || !strings->d_buf || at >= strings->d_size)
		return NULL;
	text = (const char *)strings->d_buf + at;
	if (max > strings->d_size - at)
		max = strings->d_size - at;
	return memchr(text, '\0', max) ? text : NULL;
}

/* The section, or NULL; fills @sh. */
static Elf_Scn *find_section(const struct cbee__elf_image *im, const char *name, GElf_Shdr *sh)
{
	Elf_Data *strings;
	Elf_Scn *scn = NULL;
	const char *found;
	size_t table;

	if (elf_getshdrstrndx(im->elf, &table))
		return NULL;
	strings = elf_getdata(elf_getscn(im->elf, table), NULL);
	while ((scn = elf_nextscn(im->elf, scn))) {
		if (!gelf_getshdr(scn, sh))
			continue;
		found = cbee__elf_string_at(strings, sh->sh_name, 64);
		if (found && !strcmp(found, name))
			return scn;
	}
	return NULL;
}

Elf_Data *cbee__elf_section_named(const struct cbee__elf_image *im, const char *name)
{
	GElf_Shdr sh;
	Elf_Scn *scn = find_section(im, name, &sh);

	return scn ? elf_rawdata(scn, NULL) : NULL;
}

uint64_t cbee__elf_section_address(const struct cbee__elf_image *im, const char *name)
{
	GElf_Shdr sh;

	return find_section(im, name, &sh) ? sh.sh_addr : 0;
}

Elf_Scn *cbee__elf_section_of_type(const struct cbee__elf_image *im, GElf_Word type, GElf_Shdr *sh)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(im->elf, scn)))
		if (gelf_getshdr(scn, sh) && sh->sh_type == type && sh->sh_size)
			return scn;
	return NULL;
}

Elf_Data *cbee__elf_go_table(const struct cbee__elf_image *im)
{
	Elf_Data *table = cbee__elf_section_named(im, ".gopclntab");

	/* where the loader moves the program */
	return table ? table : cbee__elf_section_named(im, ".data.rel.ro.gopclntab");
}

/* The name up to its version, in @room; false: not a name that anyone could ask for. */
static bool plain_name(char room[CBEE__ELF_NAME_MAX + 1], const char *name)
{
	size_t i;

	for (i = 0; name[i] && (i == 0 || name[i] != '@'); i++) {
		if (i == CBEE__ELF_NAME_MAX || (unsigned char)name[i] < ' ' || name[i] == 127)
			return false;
		room[i] = name[i];
	}
	room[i] = '\0';
	return i > 0;
}

const GElf_Phdr *cbee__elf_segment(const struct cbee__elf *e, uint64_t address)
{
	for (size_t i = 0; i < e->load_count; i++)
		if (address - e->loads[i].p_vaddr < e->loads[i].p_filesz)
			return &e->loads[i];
	return NULL;
}

/* Where the address comes from in the file; false: from nowhere. */
static bool locate(const struct cbee__elf *e, struct cbee__elf_sym *sym)
{
	const GElf_Phdr *ph;

	if (e->machine == EM_ARM)
		sym->address &= ~(uint64_t)1; /* it only says that the code is Thumb */
	ph = cbee__elf_segment(e, sym->address);
	if (!ph)
		return false;
	sym->offset = sym->address - ph->p_vaddr + ph->p_offset;
	sym->code = ph->p_flags & PF_X;
	return true;
}

static int each_in(struct cbee__elf *e, const struct cbee__elf_image *im, GElf_Word type,
		   cbee__elf_sym_fn fn, void *ctx)
{
	char room[CBEE__ELF_NAME_MAX + 1];
	struct cbee__elf_sym sym = { .name = room };
	Elf_Data *data, *strings;
	GElf_Shdr sh;
	GElf_Sym raw;
	int got = 0;
	Elf_Scn *scn = cbee__elf_section_of_type(im, type, &sh);

	if (!scn)
		return 0;
	data = elf_getdata(scn, NULL);
	strings = elf_getdata(elf_getscn(im->elf, sh.sh_link), NULL);
	for (int i = 0; !got && gelf_getsym(data, i, &raw); i++) {
		unsigned int kind = GELF_ST_TYPE(raw.st_info);
		const char *name;

		if ((kind != STT_FUNC && kind != STT_GNU_IFUNC) || raw.st_shndx == SHN_UNDEF)
			continue;
		name = cbee__elf_string_at(strings, raw.st_name, CBEE__ELF_NAME_MAX + 1);
		if (!name || !plain_name(room, name))
			continue;
		sym.address = raw.st_value;
		sym.size = raw.st_size;
		sym.ifunc = kind == STT_GNU_IFUNC;
		if (locate(e, &sym))
			got = fn(ctx, &sym);
	}
	return got;
}

/* ---- the table of Go -------------------------------------------------- */

struct go_walk {
	const struct cbee__elf *e;
	cbee__elf_sym_fn fn;
	void *ctx;
	uint64_t entry; /* of the program */
	int got;
};

static int go_sym(void *ctx, const struct cbee__gosym *raw)
{
	char room[CBEE__ELF_NAME_MAX + 1];
	struct go_walk *w = ctx;
	struct cbee__elf_sym sym = { .name = room, .address = raw->address, .size = raw->size };

	if (plain_name(room, raw->name) && locate(w->e, &sym))
		w->got = w->fn(w->ctx, &sym);
	return w->got;
}

static int is_entry(void *ctx, const struct cbee__gosym *raw)
{
	const struct go_walk *w = ctx;

	return raw->address == w->entry && !strncmp(raw->name, "_rt0_", 5);
}

static uint64_t text_address(const struct cbee__elf_image *im)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(im->elf, scn)))
		if (gelf_getshdr(scn, &sh) && (sh.sh_flags & SHF_EXECINSTR) &&
		    sh.sh_type == SHT_PROGBITS)
			return sh.sh_addr;
	return 0;
}

/*
 * Where the table leaves out where the code starts, that is believed to be the
 * first code of the file, if then the program starts where Go's do: a probe in
 * the middle of an instruction would break it.
 */
static int each_go(struct cbee__elf *e, cbee__elf_sym_fn fn, void *ctx)
{
	Elf_Data *table = cbee__elf_go_table(&e->main);
	struct go_walk w = { .e = e, .fn = fn, .ctx = ctx };
	uint64_t text = 0;
	GElf_Ehdr eh;

	if (!table || !table->d_buf || !gelf_getehdr(e->main.elf, &eh))
		return 0;
	w.entry = eh.e_entry;
	if (cbee__gosym_wants_text(table->d_buf, table->d_size)) {
		text = text_address(&e->main);
		if (cbee__gosym_each(table->d_buf, table->d_size, text, is_entry, &w) != 1)
			return 0;
	}
	cbee__gosym_each(table->d_buf, table->d_size, text, go_sym, &w);
	return w.got;
}

int cbee__elf_each(struct cbee__elf *e, cbee__elf_sym_fn fn, void *ctx)
{
	int got = each_in(e, &e->main, SHT_SYMTAB, fn, ctx);

	if (!got && e->debug.elf)
		got = each_in(e, &e->debug, SHT_SYMTAB, fn, ctx);
	if (!got)
		got = each_in(e, &e->main, SHT_DYNSYM, fn, ctx);
	if (!got && e->go_table)
		got = each_go(e, fn, ctx);
	return got;
}
