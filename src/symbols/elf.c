/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what is in a binary: function symbols, build id, Go or not. */
#define _GNU_SOURCE
#include "symbols/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/buf.h"
#include "symbols/elf_inside.h"

#define DEBUG_ROOT	"/usr/lib/debug"
#define MINI_MEMORY_MAX (128u << 20) /* what the decompressor may use */
#define MINI_SIZE_MAX	(256u << 20) /* what may come out of it */

static void image_close(struct cbee__elf_image *im)
{
	elf_end(im->elf);
	if (im->fd >= 0)
		close(im->fd);
	*im = (struct cbee__elf_image){ .fd = -1 };
}

/* @i: its number, none if 0. */
static int truncated(struct cbee_err *err, const char *path, const char *what, size_t i,
		     uint64_t past)
{
	int code = cbee__err(err, -ENOEXEC,
			     "%.200s is a truncated ELF file: %s%.0zu ends %llu bytes past its end",
			     path, what, i, (unsigned long long)past);

	cbee__err_hint(err, "copy or install the file again");
	return code;
}

static int damaged(struct cbee_err *err, const char *path)
{
	const char *why = elf_errmsg(0); /* libelf takes some headers for no error at all */

	return cbee__err(err, -ENOEXEC, "%.200s is a damaged ELF file: %s", path,
			 why ? why : "its header tells no known byte order or version");
}

/* How far [@offset, @offset + @len) reaches past the end of the file; 0: not at all. */
static uint64_t past_end(const struct cbee__elf_image *im, uint64_t offset, uint64_t len)
{
	uint64_t end = offset + len;

	if (end < offset)
		return UINT64_MAX;
	return end > im->size ? end - im->size : 0;
}

/* Opens without waiting for a pipe's other end or for a device. */
static int open_regular(const char *path, uint64_t *ret_size, struct cbee_err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int code = fd < 0 ? -errno : 0;

	if (code == -ENOENT)
		return cbee__err(err, code, "no file %.200s", path);
	if (code)
		return cbee__err_os(err, code, "cannot open %.200s", path);
	if (fstat(fd, &st))
		code = cbee__err_os(err, -errno, "cannot stat %.200s", path);
	else if (S_ISDIR(st.st_mode))
		code = cbee__err(err, -EISDIR, "%.200s is a directory, not a program or library",
				 path);
	else if (!S_ISREG(st.st_mode))
		code = cbee__err(err, -EINVAL, "%.200s is not a regular file", path);
	if (code) {
		close(fd);
		return code;
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

/* Looks at the first bytes, so that the sentence can say what the file is instead. */
static int check_magic(const struct cbee__elf_image *im, const char *path, struct cbee_err *err)
{
	char head[EI_NIDENT] = "";
	ssize_t got = pread(im->fd, head, sizeof(head), 0);
	uint64_t want;

	if (got < 0)
		return cbee__err_os(err, -errno, "cannot read %.200s", path);
	if (memcmp(head, ELFMAG, SELFMAG) != 0) {
		cbee__err(err, -ENOEXEC, "%.200s is not an ELF file%s", path,
			  got ? "" : ": it is empty");
		if (!memcmp(head, "#!", 2))
			cbee__err_hint(err, "it is a script: trace the interpreter that runs it");
		return -ENOEXEC;
	}
	want = head[EI_CLASS] == ELFCLASS32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr);
	if (im->size < want)
		return cbee__err(err, -ENOEXEC,
				 "%.200s is a truncated ELF file: it ends inside its header", path);
	return 0;
}

/* Everything that is read later lies inside the file, whatever the headers claim. */
static int check_sections(const struct cbee__elf_image *im, const char *path, struct cbee_err *err)
{
	size_t count = 0;
	GElf_Ehdr eh;
	GElf_Shdr sh;
	uint64_t past;

	if (!gelf_getehdr(im->elf, &eh))
		return damaged(err, path);
	past = past_end(im, eh.e_shoff, (uint64_t)eh.e_shnum * eh.e_shentsize);
	if (past)
		return truncated(err, path, "its section table", 0, past);
	if (elf_getshdrnum(im->elf, &count))
		return damaged(err, path);
	for (size_t i = 1; i < count; i++) {
		if (!gelf_getshdr(elf_getscn(im->elf, i), &sh))
			return damaged(err, path);
		past = past_end(im, sh.sh_offset, sh.sh_size);
		if (sh.sh_type != SHT_NOBITS && sh.sh_type != SHT_NULL && past)
			return truncated(err, path, "section ", i, past);
	}
	return 0;
}

/*
 * The file is read, never mapped: a program that is written over while it is
 * looked at must not take the tracer down with SIGBUS.
 */
static int image_open(struct cbee__elf_image *im, const char *path, struct cbee_err *err)
{
	int code;

	*im = (struct cbee__elf_image){ .fd = open_regular(path, &im->size, err),
					.size = im->size };
	if (im->fd < 0) {
		code = im->fd;
		im->fd = -1;
		return code;
	}
	code = check_magic(im, path, err);
	if (!code) {
		elf_version(EV_CURRENT);
		elf_errno(); /* forget what was wrong with another file */
		im->elf = elf_begin(im->fd, ELF_C_READ, NULL);
		if (!im->elf || elf_kind(im->elf) != ELF_K_ELF)
			code = damaged(err, path);
	}
	return code;
}

/* Made by the linker: the ELF header of the binary that this code is in. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static int check_machine(const GElf_Ehdr *eh, const char *path, struct cbee_err *err)
{
	unsigned int native = __ehdr_start.e_machine;
	bool runs = eh->e_machine == native || (eh->e_machine == EM_386 && native == EM_X86_64) ||
		    (eh->e_machine == EM_ARM && native == EM_AARCH64);

	if (runs && eh->e_ident[EI_DATA] == __ehdr_start.e_ident[EI_DATA])
		return 0;
	return cbee__err(err, -ENOEXEC,
			 "%.200s is for another kind of machine (ELF number %u; this one is %u)",
			 path, eh->e_machine, native);
}

/* A file of `objcopy --only-keep-debug` has the headers of a program but not its code. */
static bool has_code(const struct cbee__elf_image *im)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(im->elf, scn)))
		if (gelf_getshdr(scn, &sh) && (sh.sh_flags & SHF_EXECINSTR) &&
		    sh.sh_type == SHT_NOBITS && sh.sh_size)
			return false;
	return true;
}

static int check_kind(const struct cbee__elf_image *im, const char *path, struct cbee_err *err)
{
	GElf_Ehdr eh;
	int code;

	if (!gelf_getehdr(im->elf, &eh))
		return damaged(err, path);
	code = check_machine(&eh, path, err);
	if (code)
		return code;
	if (eh.e_type != ET_EXEC && eh.e_type != ET_DYN)
		return cbee__err(err, -ENOEXEC, "%.200s is %s, not a program or library", path,
				 eh.e_type == ET_REL	? "an object file"
				 : eh.e_type == ET_CORE ? "a core dump"
							: "an ELF file of unknown type");
	if (has_code(im))
		return 0;
	code = cbee__err(err, -ENOEXEC, "%.200s holds debug symbols only, no code", path);
	cbee__err_hint(err, "name the program or library it belongs to");
	return code;
}

/* Keeps the segments that come from the file: they turn addresses into offsets. */
static int read_segments(struct cbee__elf *e, const char *path, struct cbee_err *err)
{
	size_t count;
	GElf_Phdr ph;
	uint64_t past;

	if (elf_getphdrnum(e->main.elf, &count))
		return damaged(err, path);
	e->loads = calloc(count + 1, sizeof(*e->loads));
	if (!e->loads)
		return cbee__err_os(err, -ENOMEM, "cannot read %.200s", path);
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(e->main.elf, (int)i, &ph))
			return damaged(err, path);
		if (ph.p_type != PT_LOAD || !ph.p_filesz)
			continue;
		past = past_end(&e->main, ph.p_offset, ph.p_filesz);
		if (past)
			return truncated(err, path, "a segment", 0, past);
		e->loads[e->load_count++] = ph;
	}
	if (!e->load_count)
		return cbee__err(err, -ENOEXEC, "%.200s has nothing to load: it cannot run", path);
	return 0;
}

static void read_notes(Elf_Data *data, struct cbee__elf_info *info)
{
	size_t at = 0, name, desc;
	const unsigned char *id;
	GElf_Nhdr note;

	while (data && data->d_buf && (at = gelf_getnote(data, at, &note, &name, &desc))) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp((const char *)data->d_buf + name, "GNU", 4) != 0)
			continue;
		id = (const unsigned char *)data->d_buf + desc;
		for (size_t i = 0; i < note.n_descsz && 2 * i + 2 < sizeof(info->build_id); i++)
			snprintf(info->build_id + 2 * i, 3, "%02x", id[i]);
	}
}

static void read_info(const struct cbee__elf_image *im, struct cbee__elf_info *info)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(im->elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_NOTE)
			read_notes(elf_getdata(scn, NULL), info);
	info->go = cbee__elf_section_named(im, ".note.go.buildid") || cbee__elf_go_table(im);
}

/* ---- the separate debug file ------------------------------------------ */

static bool has_symtab(const struct cbee__elf_image *im)
{
	GElf_Shdr sh;

	return cbee__elf_section_of_type(im, SHT_SYMTAB, &sh);
}

static bool crc_is(const char *path, uint32_t want)
{
	unsigned char block[16384];
	uint32_t crc = 0;
	uint64_t size;
	ssize_t got;
	int fd = open_regular(path, &size, NULL);

	if (fd < 0)
		return false;
	while ((got = read(fd, block, sizeof(block))) > 0)
		crc = lzma_crc32(block, (size_t)got, crc);
	close(fd);
	return got == 0 && crc == want;
}

/*
 * Opens @at as the debug file and takes the name over, if it is the one wanted:
 * by its CRC, or by its build id when @crc is NULL. Silent, for there are other
 * places to look. 1: yes, 0: no, -ENOMEM.
 */
static int debug_at(struct cbee__elf *e, struct cbee_buf *at, const uint32_t *crc)
{
	struct cbee__elf_info info = { 0 };
	bool fits;

	if (at->err)
		return at->err;
	if (crc && !crc_is(at->data, *crc))
		return 0;
	fits = !image_open(&e->debug, at->data, NULL) &&
	       !check_sections(&e->debug, at->data, NULL) && has_symtab(&e->debug);
	if (fits && !crc) {
		read_info(&e->debug, &info);
		fits = !strcmp(info.build_id, e->info.build_id);
	}
	if (!fits) {
		image_close(&e->debug);
		return 0;
	}
	e->info.debug_file = cbee__buf_take(at);
	return 1;
}

static int debug_by_id(struct cbee__elf *e, const char *root)
{
	struct cbee_buf at = { 0 };
	int got;

	if (strlen(e->info.build_id) < 3)
		return 0;
	cbee__buf_fmt(&at, "%s/.build-id/%.2s/%s.debug", root, e->info.build_id,
		      e->info.build_id + 2);
	got = debug_at(e, &at, NULL);
	cbee__buf_free(&at);
	return got;
}

/* The link is a file name, zeroes up to a multiple of four, and the file's CRC. */
static int debug_by_link(struct cbee__elf *e, const char *path, const char *root)
{
	const char *const places[][2] = { { "", "/" }, { "", "/.debug/" }, { root, "/" } };
	Elf_Data *data = cbee__elf_section_named(&e->main, ".gnu_debuglink");
	const char *link = cbee__elf_string_at(data, 0, 256);
	struct cbee_buf at = { 0 };
	char *real, *slash;
	uint32_t crc;
	int got = 0;

	if (!link || !*link || strchr(link, '/') ||
	    ((strlen(link) + 4) & ~(size_t)3) + sizeof(crc) > data->d_size)
		return 0;
	memcpy(&crc, link + ((strlen(link) + 4) & ~(size_t)3), sizeof(crc));
	real = realpath(path, NULL);
	slash = real ? strrchr(real, '/') : NULL;
	for (size_t i = 0; slash && !got && i < sizeof(places) / sizeof(places[0]); i++) {
		cbee__buf_reset(&at);
		cbee__buf_fmt(&at, "%s%.*s%s%s", places[i][0], (int)(slash - real), real,
			      places[i][1], link);
		got = debug_at(e, &at, &crc);
	}
	cbee__buf_free(&at);
	free(real);
	return got;
}

/* Unpacks .gnu_debugdata: an xz file that holds an ELF file with the local symbols. */
static int unpack_mini(struct cbee_buf *out, const Elf_Data *data)
{
	lzma_stream xz = LZMA_STREAM_INIT;
	unsigned char block[16384];
	lzma_ret got = lzma_stream_decoder(&xz, MINI_MEMORY_MAX, 0);

	xz.next_in = data->d_buf;
	xz.avail_in = data->d_size;
	while (got == LZMA_OK && !out->err && out->len < MINI_SIZE_MAX) {
		xz.next_out = block;
		xz.avail_out = sizeof(block);
		got = lzma_code(&xz, LZMA_FINISH);
		cbee__buf_add(out, block, sizeof(block) - xz.avail_out);
	}
	lzma_end(&xz);
	if (got == LZMA_MEM_ERROR)
		return -ENOMEM;
	return out->err ? out->err : got == LZMA_STREAM_END ? 0 : -EINVAL;
}

static int debug_inside(struct cbee__elf *e)
{
	Elf_Data *data = cbee__elf_section_named(&e->main, ".gnu_debugdata");
	int err;

	if (!data || !data->d_buf)
		return 0;
	err = unpack_mini(&e->mini, data);
	if (err)
		return err == -ENOMEM ? err : 0;
	e->debug.size = e->mini.len;
	e->debug.elf = elf_memory(e->mini.data, e->mini.len);
	if (e->debug.elf && elf_kind(e->debug.elf) == ELF_K_ELF &&
	    !check_sections(&e->debug, "", NULL) && has_symtab(&e->debug))
		return 1;
	image_close(&e->debug);
	return 0;
}

/* Leaves the search at the first place that has it. 1: found, 0: nowhere, -ENOMEM. */
static int find_debug(struct cbee__elf *e, const char *path, const char *root)
{
	int got = has_symtab(&e->main);

	if (!got)
		got = debug_by_id(e, root);
	if (!got)
		got = debug_by_link(e, path, root);
	if (!got)
		got = debug_inside(e);
	return got;
}

static int load(struct cbee__elf *e, const char *path, const char *root, struct cbee_err *err)
{
	GElf_Ehdr eh;
	int code = image_open(&e->main, path, err);

	if (!code)
		code = check_kind(&e->main, path, err);
	if (!code)
		code = read_segments(e, path, err);
	if (!code)
		code = check_sections(&e->main, path, err);
	if (code)
		return code;
	e->machine = gelf_getehdr(e->main.elf, &eh) ? eh.e_machine : EM_NONE;
	read_info(&e->main, &e->info);
	code = find_debug(e, path, root);
	if (code < 0)
		return cbee__err_os(err, code, "cannot read the symbols of %.200s", path);
	e->go_table = !code && e->info.go && cbee__elf_go_table(&e->main);
	e->info.stripped = !code && !e->go_table;
	return 0;
}

int cbee__elf_open(struct cbee__elf **ret_e, const char *path, const char *debug_root,
		   struct cbee_err *err)
{
	struct cbee__elf *e = calloc(1, sizeof(*e));
	int code;

	if (!e)
		return cbee__err_os(err, -ENOMEM, "cannot open %.200s", path);
	e->main.fd = e->debug.fd = -1;
	code = load(e, path, debug_root ? debug_root : DEBUG_ROOT, err);
	if (code)
		cbee__elf_free(e);
	else
		*ret_e = e;
	return code;
}

void cbee__elf_free(struct cbee__elf *e)
{
	if (!e)
		return;
	image_close(&e->debug);
	image_close(&e->main);
	cbee__buf_free(&e->mini);
	free(e->info.debug_file);
	free(e->loads);
	free(e);
}

const struct cbee__elf_info *cbee__elf_info(const struct cbee__elf *e)
{
	return &e->info;
}
