/* SPDX-License-Identifier: Apache-2.0 */
/* Lists the USDT probes of a binary. */
#include "symbols/usdt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/elf_inside.h"
#include "symbols/usdtarg.h"

#define NOTE_NAME "stapsdt"
#define NOTE_TYPE 3

/* One note: one place of one probe. The strings are the section's. */
struct note {
	uint64_t address, offset;
	uint64_t semaphore, semaphore_offset;
	const char *provider, *name, *args;
	size_t number; /* in the file */
};

struct notes {
	struct note *items;
	size_t count, cap;
	uint64_t
		base; /* where a section is that the notes tell the linked address of; 0: nowhere */
};

/* ---- memory ----------------------------------------------------------- */

struct block {
	struct block *next;
	max_align_t data[];
};

/* Zeroed memory that lives as long as the list, or NULL. */
static void *keep(struct cbee__usdt_list *list, size_t size)
{
	struct block *b = calloc(1, sizeof(*b) + size);

	if (!b)
		return NULL;
	b->next = list->blocks;
	list->blocks = b;
	return b->data;
}

static char *keep_text(struct cbee__usdt_list *list, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = keep(list, size);

	return copy ? memcpy(copy, text, size) : NULL;
}

void cbee__usdt_free(struct cbee__usdt_list *list)
{
	struct block *next;

	for (struct block *b = list->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(list->items);
	*list = (struct cbee__usdt_list){ 0 };
}

/* ---- notes ------------------------------------------------------------ */

static uint64_t word_at(const char *at, unsigned int word)
{
	uint64_t wide;
	uint32_t narrow;

	memcpy(&wide, at, word == 8 ? sizeof(wide) : 0);
	memcpy(&narrow, at, word == 8 ? 0 : sizeof(narrow));
	return word == 8 ? wide : narrow;
}

/* A name that can be asked for: of visible characters, without the colon that parts names. */
static bool is_plain(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 127 || *p == ':')
			return false;
	return *name && strlen(name) < 128;
}

/* The string at *@at within @data, which is moved behind it; NULL when it does not end there. */
static const char *string_at(const Elf_Data *data, size_t *at, size_t end)
{
	const char *text = (const char *)data->d_buf + *at;
	const char *nul = *at < end ? memchr(text, '\0', end - *at) : NULL;

	if (nul)
		*at += (size_t)(nul - text) + 1;
	return nul ? text : NULL;
}

/* The place in the file; false: the segment that has it, if any, is not of that kind. */
static bool offset_of(const struct cbee__elf *e, uint64_t address, GElf_Word flags, uint64_t *ret)
{
	const GElf_Phdr *ph = cbee__elf_segment(e, address);

	if (!ph || !(ph->p_flags & flags))
		return false;
	*ret = address - ph->p_vaddr + ph->p_offset;
	return true;
}

/* Reads the description of a note at [@at, @end), @ret->address being the base. False: damaged, or of something else. */
static bool read_note(const struct cbee__elf *e, const Elf_Data *data, size_t at, size_t end,
		      struct note *ret)
{
	unsigned int word = gelf_getclass(e->main.elf) == ELFCLASS32 ? 4 : 8;
	const char *words = (const char *)data->d_buf + at;
	uint64_t moved;

	if (end - at < (size_t)3 * word)
		return false;
	/* a program that was moved after linking (prelink) still has the old addresses here */
	if (!word_at(words, word)) /* of code that the linker left out */
		return false;
	moved = ret->address ? ret->address - word_at(words + word, word) : 0;
	ret->address = word_at(words, word) + moved;
	ret->semaphore = word_at(words + 2 * word, word);
	at += (size_t)3 * word;
	ret->provider = string_at(data, &at, end);
	ret->name = ret->provider ? string_at(data, &at, end) : NULL;
	ret->args = ret->name ? string_at(data, &at, end) : NULL;
	if (!ret->args || !is_plain(ret->provider) || !is_plain(ret->name))
		return false;
	ret->semaphore_offset = 0;
	if (ret->semaphore) {
		ret->semaphore += moved;
		offset_of(e, ret->semaphore, PF_W, &ret->semaphore_offset);
	}
	return offset_of(e, ret->address, PF_X, &ret->offset);
}

static int notes_add(struct notes *notes, const struct note *note)
{
	size_t cap = notes->cap ? 2 * notes->cap : 64;
	struct note *all = notes->items;

	if (notes->count == notes->cap) {
		all = realloc(all, cap * sizeof(*all));
		if (!all)
			return -ENOMEM;
		notes->items = all;
		notes->cap = cap;
	}
	notes->items[notes->count] = *note;
	notes->items[notes->count].number = notes->count;
	notes->count++;
	return 0;
}

static int notes_read(const struct cbee__elf *e, struct notes *notes)
{
	size_t at, name, desc;
	Elf_Scn *scn = NULL;
	struct note note;
	GElf_Shdr sh;
	GElf_Nhdr head;
	Elf_Data *data;
	int err = 0;

	notes->base = cbee__elf_section_address(&e->main, ".stapsdt.base");
	while (!err && (scn = elf_nextscn(e->main.elf, scn))) {
		data = gelf_getshdr(scn, &sh) && sh.sh_type == SHT_NOTE ? elf_getdata(scn, NULL)
									: NULL;
		at = 0;
		while (!err && data && data->d_buf &&
		       (at = gelf_getnote(data, at, &head, &name, &desc))) {
			note.address = notes->base;
			if (head.n_type == NOTE_TYPE && head.n_namesz == sizeof(NOTE_NAME) &&
			    !memcmp((const char *)data->d_buf + name, NOTE_NAME,
				    sizeof(NOTE_NAME)) &&
			    read_note(e, data, desc, desc + head.n_descsz, &note))
				err = notes_add(notes, &note);
		}
	}
	return err;
}

static int same_probe(const struct note *a, const struct note *b)
{
	int order = strcmp(a->provider, b->provider);

	order = order ? order : strcmp(a->name, b->name);
	return order ? order : (a->semaphore > b->semaphore) - (a->semaphore < b->semaphore);
}

static int compare(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	int order = same_probe(x, y);

	if (!order)
		order = (x->address > y->address) - (x->address < y->address);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* ---- symbols in arguments --------------------------------------------- */

struct wanted {
	const char *name;
	uint64_t address;
	unsigned int found; /* with different addresses */
};

static void look_in(const struct cbee__elf_image *im, GElf_Word type, struct wanted *w)
{
	Elf_Data *data, *strings;
	const char *name;
	GElf_Shdr sh;
	GElf_Sym sym;
	Elf_Scn *scn = im->elf ? cbee__elf_section_of_type(im, type, &sh) : NULL;

	if (!scn)
		return;
	data = elf_getdata(scn, NULL);
	strings = elf_getdata(elf_getscn(im->elf, sh.sh_link), NULL);
	for (int i = 0; gelf_getsym(data, i, &sym); i++) {
		if (sym.st_shndx == SHN_UNDEF || GELF_ST_TYPE(sym.st_info) == STT_TLS ||
		    GELF_ST_TYPE(sym.st_info) == STT_FILE)
			continue;
		name = cbee__elf_string_at(strings, sym.st_name, CBEE__ELF_NAME_MAX);
		if (!name || strcmp(name, w->name) != 0 || (w->found && w->address == sym.st_value))
			continue;
		w->address = sym.st_value;
		w->found++;
	}
}

/* Static variables of one name in several source files cannot be told apart: none is taken. */
static bool find_symbol(const struct cbee__elf *e, struct cbee_usdt_arg *arg)
{
	struct wanted w = { .name = arg->symbol };

	look_in(&e->main, SHT_SYMTAB, &w);
	look_in(&e->debug, SHT_SYMTAB, &w);
	look_in(&e->main, SHT_DYNSYM, &w);
	arg->symbol_address = w.address;
	return w.found == 1;
}

/* ---- probes ----------------------------------------------------------- */

static int read_args(struct cbee__usdt_list *list, const struct cbee__elf *e,
		     struct cbee_usdt_location *loc, const char *text)
{
	unsigned int word = gelf_getclass(e->main.elf) == ELFCLASS32 ? 4 : 8;
	struct cbee_usdt_arg *args = keep(list, CBEE__USDT_ARGS_MAX * sizeof(*args));
	char *at = keep_text(list, text), *rooms = keep(list, strlen(text) + 1), *one;
	unsigned int count = 0;

	if (!args || !at || !rooms)
		return -ENOMEM;
	while (count < CBEE__USDT_ARGS_MAX && (one = cbee__usdt_arg_next(&at))) {
		struct cbee_usdt_arg *arg = &args[count++];

		arg->text = one;
		memcpy(rooms, one, strlen(one) + 1);
		cbee__usdt_arg_read(arg, rooms, e->machine, word);
		rooms += strlen(one) + 1;
		if (arg->symbol && !find_symbol(e, arg))
			*arg = (struct cbee_usdt_arg){ .text = one,
						       .size = arg->size,
						       .is_signed = arg->is_signed,
						       .is_float = arg->is_float };
	}
	loc->args = args;
	loc->arg_count = count;
	return 0;
}

static int add_probe(struct cbee__usdt_list *list, const struct cbee__elf *e, const char *path,
		     const struct note *notes, size_t count)
{
	struct cbee_usdt_location *locs = keep(list, count * sizeof(*locs));
	struct cbee__usdt *u = &list->items[list->count];
	int err = 0;

	*u = (struct cbee__usdt){ .machine = e->machine };
	u->pub.provider = keep_text(list, notes->provider);
	u->pub.name = keep_text(list, notes->name);
	u->pub.path = path;
	u->pub.semaphore = notes->semaphore;
	u->pub.semaphore_offset = notes->semaphore_offset;
	u->pub.locations = locs;
	if (!locs || !u->pub.provider || !u->pub.name)
		return -ENOMEM;
	for (size_t i = 0; !err && i < count; i++) {
		struct cbee_usdt_location *loc = &locs[u->pub.location_count];

		/* a linker that folds functions of the same code leaves the notes of both */
		if (i && notes[i].address == notes[i - 1].address)
			continue;
		loc->address = notes[i].address;
		loc->offset = notes[i].offset;
		err = read_args(list, e, loc, notes[i].args);
		if (loc->arg_count > u->pub.arg_count)
			u->pub.arg_count = loc->arg_count;
		u->pub.location_count++;
	}
	list->count += !err;
	return err;
}

static int add_all(struct cbee__usdt_list *list, const struct cbee__elf *e, const char *path,
		   const struct notes *notes)
{
	size_t want = list->count + notes->count, end;
	const char *kept = keep_text(list, path);
	int err = 0;

	if (want > list->cap) {
		struct cbee__usdt *all = realloc(list->items, want * sizeof(*all));

		if (!all)
			return -ENOMEM;
		list->items = all;
		list->cap = want;
	}
	for (size_t i = 0; kept && !err && i < notes->count; i = end) {
		for (end = i + 1; end < notes->count; end++)
			if (same_probe(&notes->items[i], &notes->items[end]))
				break;
		err = add_probe(list, e, kept, &notes->items[i], end - i);
	}
	return kept ? err : -ENOMEM;
}

int cbee__usdt_read(struct cbee__usdt_list *list, const char *path, struct cbee_err *err)
{
	struct notes notes = { 0 };
	struct cbee__elf *e;
	int code = cbee__elf_open(&e, path, NULL, err);

	if (code)
		return code;
	code = notes_read(e, &notes);
	if (!code && notes.count) {
		qsort(notes.items, notes.count, sizeof(*notes.items), compare);
		code = add_all(list, e, path, &notes);
	}
	free(notes.items);
	cbee__elf_free(e);
	return code ? cbee__err_os(err, code, "cannot list the probes of %.200s", path) : 0;
}
