/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reading of binaries, honest and hostile, made here with cc and binutils. */
#define _GNU_SOURCE
#include "scratch.h"
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/elf.h"

static const char source[] =
	"int work(int x) { return x + 1; }\n"
	"int other(int x) __attribute__((alias(\"work\")));\n"
	"static __attribute__((noinline, used)) int helper(int x) { return x * 3; }\n"
	"static int (*pick(void))(int) { return helper; }\n"
	"int chosen(int) __attribute__((ifunc(\"pick\")));\n"
	"int old(int x) { return helper(x); }\n"
	"__asm__(\".symver old,versioned@@V1\");\n"
	"int data = 7;\n"
	"__asm__(\".pushsection .data\\n.type indata,@function\\nindata: .long "
	"0\\n.popsection\");\n"
	"extern int outside(int);\n"
	"int calls(int x) { return outside(x); }\n";

static void setup(void)
{
	static const char script[] = "V1 { global: *; };\n";

	scratch_make();
	scratch_write("fix.c", source, sizeof(source) - 1);
	scratch_write("fix.map", script, sizeof(script) - 1);
	/* The odd address parts addresses from offsets. */
	scratch_run("cc -O1 -fPIC -shared -nostdlib -Wl,--build-id=0x0123456789abcdef "
		    "-Wl,-Ttext-segment=0x400000 -Wl,--version-script=fix.map fix.c -o fix.so");
	scratch_run("strip fix.so -o stripped.so && objcopy --only-keep-debug fix.so fix.debug");
}

struct seen {
	const char *want;
	unsigned int count, all;
	struct cbee__elf_sym sym;
};

static int see(void *ctx, const struct cbee__elf_sym *sym)
{
	struct seen *s = ctx;

	s->all++;
	if (strcmp(sym->name, s->want) == 0) {
		s->count++;
		s->sym = *sym;
	}
	return 0;
}

static struct seen look(struct cbee__elf *e, const char *name)
{
	struct seen s = { .want = name };

	UNIT_EQ(cbee__elf_each(e, see, &s), 0);
	return s;
}

static struct cbee__elf *open_in(const char *name, const char *debug_root)
{
	struct cbee__elf *e = NULL;
	struct cbee_err err = { 0 };

	if (cbee__elf_open(&e, scratch_path("%s", name), debug_root, &err))
		printf("\n%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	cbee__err_clear(&err);
	return e;
}

static void symbols(void)
{
	struct cbee__elf *e = open_in("fix.so", scratch);
	struct seen s = look(e, "work"), other = look(e, "other");

	UNIT_EQ(s.count, 2);
	CU_ASSERT(s.sym.code && !s.sym.ifunc && s.sym.size > 0);
	UNIT_EQ(s.sym.address - s.sym.offset, 0x400000);
	UNIT_EQ(other.sym.offset, s.sym.offset);
	UNIT_EQ(look(e, "helper").count, 1);
	UNIT_EQ(look(e, "versioned").count, 2);
	UNIT_EQ(look(e, "versioned@@V1").count, 0);
	CU_ASSERT(look(e, "chosen").sym.ifunc);
	UNIT_EQ(look(e, "indata").count, 1);
	CU_ASSERT_FALSE(look(e, "indata").sym.code);
	UNIT_EQ(look(e, "data").count, 0);
	UNIT_EQ(look(e, "outside").count, 0);
	UNIT_STR(cbee__elf_info(e)->build_id, "0123456789abcdef");
	CU_ASSERT_FALSE(cbee__elf_info(e)->stripped);
	CU_ASSERT_FALSE(cbee__elf_info(e)->go);
	CU_ASSERT_PTR_NULL(cbee__elf_info(e)->debug_file);
	cbee__elf_free(e);
	cbee__elf_free(NULL);
}

static int stop(void *ctx, const struct cbee__elf_sym *sym)
{
	(void)ctx;
	(void)sym;
	return -EXDEV;
}

static void stops(void)
{
	struct cbee__elf *e = open_in("fix.so", scratch);

	UNIT_EQ(cbee__elf_each(e, stop, NULL), -EXDEV);
	cbee__elf_free(e);
}

static void stripped(void)
{
	struct cbee__elf *e = open_in("stripped.so", scratch);

	UNIT_EQ(look(e, "helper").count, 0);
	UNIT_EQ(look(e, "work").count, 1);
	CU_ASSERT(cbee__elf_info(e)->stripped);
	cbee__elf_free(e);
}

/* Whether @name finds the local function by way of @debug. */
static void finds(const char *name, const char *debug)
{
	struct cbee__elf *e = open_in(name, scratch_path("debug"));
	char want[256] = "";

	if (debug)
		snprintf(want, sizeof(want), "%s", scratch_path("%s", debug));
	UNIT_EQ(look(e, "helper").count, debug ? 1 : 0);
	if (debug)
		UNIT_STR(cbee__elf_info(e)->debug_file, want);
	else
		CU_ASSERT_PTR_NULL(cbee__elf_info(e)->debug_file);
	if (debug)
		UNIT_EQ(look(e, "helper").sym.address - look(e, "helper").sym.offset, 0x400000);
	cbee__elf_free(e);
}

static void debug_by_build_id(void)
{
	scratch_run("mkdir -p debug/.build-id/01 && cp fix.debug "
		    "debug/.build-id/01/23456789abcdef.debug");
	finds("stripped.so", "debug/.build-id/01/23456789abcdef.debug");
	scratch_run(
		"cc -shared -nostdlib -Wl,--build-id=0x0123456789abcdee fix.c "
		"-Wl,--version-script=fix.map -fPIC -o debug/.build-id/01/23456789abcdef.debug");
	finds("stripped.so", NULL);
	scratch_run("rm -r debug");
}

static void debug_by_link(void)
{
	scratch_run("mkdir -p l/.debug debug%s/l && cp fix.debug l/x.debug && cd l && "
		    "objcopy --add-gnu-debuglink=x.debug ../stripped.so linked.so",
		    scratch);
	finds("l/linked.so", "l/x.debug");
	scratch_run("mv l/x.debug l/.debug/");
	finds("l/linked.so", "l/.debug/x.debug");
	scratch_run("mv l/.debug/x.debug debug%s/l/", scratch);
	{
		char where[256];

		snprintf(where, sizeof(where), "debug%s/l/x.debug", scratch);
		finds("l/linked.so", where);
	}
	scratch_run("(cat debug%s/l/x.debug; echo) >l/x.debug && rm -r debug", scratch);
	finds("l/linked.so", NULL);
}

static void debug_inside(void)
{
	struct cbee__elf *e;

	scratch_run("cp fix.debug mini && strip --strip-debug mini && xz -k mini && "
		    "objcopy --add-section .gnu_debugdata=mini.xz stripped.so mini.so");
	e = open_in("mini.so", scratch);
	UNIT_EQ(look(e, "helper").count, 1);
	CU_ASSERT_FALSE(cbee__elf_info(e)->stripped);
	cbee__elf_free(e);
	scratch_run("head -c 200 mini.xz >cut.xz && "
		    "objcopy --add-section .gnu_debugdata=cut.xz stripped.so cut.so");
	e = open_in("cut.so", scratch);
	UNIT_EQ(look(e, "helper").count, 0);
	CU_ASSERT(cbee__elf_info(e)->stripped);
	cbee__elf_free(e);
}

static void go(void)
{
	struct cbee__elf *e;

	scratch_run("echo x >note && objcopy --add-section .note.go.buildid=note fix.so go.so");
	e = open_in("go.so", scratch);
	CU_ASSERT(cbee__elf_info(e)->go);
	cbee__elf_free(e);
}

/* A table of Go 1.18 with two functions, the second where `work` is; @base: of the first. */
static void put_go_table(uint64_t base, uint64_t work)
{
	struct {
		uint32_t magic;
		uint8_t zero[2], quantum, word;
		uint64_t count, files, text, names, cu, filetab, pctab, list;
		char name[32];
		uint32_t at[5], funcs[4];
	} t = { .magic = 0xfffffff1,
		.quantum = 1,
		.word = 8,
		.count = 2,
		.text = base,
		.names = offsetof(__typeof__(t), name),
		.list = offsetof(__typeof__(t), at),
		.name = "_rt0_x\0\0main.work" };

	t.at[1] = offsetof(__typeof__(t), funcs) - offsetof(__typeof__(t), at);
	t.at[2] = (uint32_t)work;
	t.at[3] = t.at[1] + 8;
	t.at[4] = t.at[2] + 4;
	t.funcs[1] = 0;
	t.funcs[3] = 8;
	scratch_write("table", &t, sizeof(t));
	scratch_run("objcopy --add-section .data.rel.ro.gopclntab=table stripped.so gostripped.so");
}

static void go_table(void)
{
	struct cbee__elf *e = open_in("stripped.so", scratch);
	struct seen work = look(e, "work");
	uint64_t text = work.sym.address;

	cbee__elf_free(e);
	put_go_table(text - 16, 16);
	e = open_in("gostripped.so", scratch);
	CU_ASSERT(cbee__elf_info(e)->go && !cbee__elf_info(e)->stripped);
	UNIT_EQ(look(e, "main.work").count, 1);
	UNIT_EQ(look(e, "main.work").sym.address, text);
	UNIT_EQ(look(e, "main.work").sym.offset, work.sym.offset);
	UNIT_EQ(look(e, "main.work").sym.size, 4);
	UNIT_EQ(look(e, "work").count, 1);
	cbee__elf_free(e);
	/* the base is left out, and the program does not start in the first function */
	put_go_table(0, 16);
	e = open_in("gostripped.so", scratch);
	UNIT_EQ(look(e, "main.work").count, 0);
	cbee__elf_free(e);
	/* far outside */
	put_go_table(1ull << 40, 16);
	e = open_in("gostripped.so", scratch);
	UNIT_EQ(look(e, "main.work").count, 0);
	cbee__elf_free(e);
}

/* The sentence ends with @want, and begins with the file's name where @named. */
static void fails(const char *name, int code, const char *want, const char *hint)
{
	struct cbee__elf *e = NULL;
	struct cbee_err err = { 0 };
	char text[512];

	UNIT_EQ(cbee__elf_open(&e, scratch_path("%s", name), scratch, &err), code);
	CU_ASSERT_PTR_NULL(e);
	snprintf(text, sizeof(text), want, scratch_path("%s", name));
	UNIT_STR(err.text, text);
	if (hint)
		UNIT_STR(err.hint, hint);
	cbee__err_clear(&err);
}

static void sentences(void)
{
	fails("none", -ENOENT, "no file %s", "");
	fails("", -EISDIR, "%s is a directory, not a program or library", "");
	scratch_run("mkfifo fifo && : >empty && echo hello world, hello >text && "
		    "printf '#!/bin/sh\\necho hello' >script && cc -c -fPIC fix.c -o fix.o");
	fails("fifo", -EINVAL, "%s is not a regular file", "");
	fails("empty", -ENOEXEC, "%s is not an ELF file: it is empty", "");
	fails("text", -ENOEXEC, "%s is not an ELF file", "");
	fails("script", -ENOEXEC, "%s is not an ELF file",
	      "it is a script: trace the interpreter that runs it");
	fails("fix.o", -ENOEXEC, "%s is an object file, not a program or library", "");
	fails("fix.debug", -ENOEXEC, "%s holds debug symbols only, no code",
	      "name the program or library it belongs to");
	scratch_run("head -c 30 fix.so >cut && head -c 4 fix.so >cut4");
	fails("cut", -ENOEXEC, "%s is a truncated ELF file: it ends inside its header", NULL);
	fails("cut4", -ENOEXEC, "%s is a truncated ELF file: it ends inside its header", NULL);
}

/* The fixture's bytes, for damage done by hand; the caller frees. */
static unsigned char *bytes(size_t *ret_len)
{
	struct stat st;
	unsigned char *data = NULL;
	FILE *f = fopen(scratch_path("fix.so"), "re");

	if (f && !fstat(fileno(f), &st))
		data = malloc((size_t)st.st_size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(data);
	*ret_len = fread(data, 1, (size_t)st.st_size, f);
	fclose(f);
	return data;
}

static void damaged_headers(void)
{
	size_t len, at;
	unsigned char *data = bytes(&len);
	ElfW(Ehdr) *eh = (void *)data;
	ElfW(Shdr) *sh = (void *)(data + eh->e_shoff);
	char want[128];

	scratch_write("bad", data, len - 120);
	fails("bad", -ENOEXEC,
	      "%s is a truncated ELF file: its section table ends 120 bytes past its end",
	      "copy or install the file again");
	at = sh[7].sh_size;
	sh[7].sh_size = len - sh[7].sh_offset + 120;
	scratch_write("bad", data, len);
	fails("bad", -ENOEXEC, "%s is a truncated ELF file: section 7 ends 120 bytes past its end",
	      NULL);
	sh[7].sh_size = at;
	at = eh->e_machine;
	eh->e_machine = EM_SPARC;
	scratch_write("bad", data, len);
	snprintf(want, sizeof(want),
		 "%%s is for another kind of machine (ELF number 2; this one is %zu)", at);
	fails("bad", -ENOEXEC, want, "");
	eh->e_machine = (ElfW(Half))at;
	for (at = EI_DATA; at <= EI_VERSION; at++) {
		eh->e_ident[at] ^= 0x80;
		scratch_write("bad", data, len);
		fails("bad", -ENOEXEC,
		      "%s is a damaged ELF file: its header tells no known byte order or version",
		      "");
		eh->e_ident[at] ^= 0x80;
	}
	eh->e_type = ET_CORE;
	scratch_write("bad", data, len);
	fails("bad", -ENOEXEC, "%s is a core dump, not a program or library", "");
	eh->e_type = ET_DYN;
	eh->e_phnum = 0;
	scratch_write("bad", data, len);
	fails("bad", -ENOEXEC, "%s has nothing to load: it cannot run", "");
	free(data);
}

/* Opens and walks what may be anything; all that counts is that it returns. */
static int survive(const char *name)
{
	struct cbee_err err = { 0 };
	struct cbee__elf *e = NULL;
	struct seen s = { .want = "work" };
	int code = cbee__elf_open(&e, scratch_path("%s", name), scratch, &err);

	if (!code)
		CU_ASSERT_EQUAL(cbee__elf_each(e, see, &s), 0);
	if (code && (!err.text[0] || err.code != code))
		CU_FAIL("a failure without its sentence");
	cbee__elf_free(e);
	cbee__err_clear(&err);
	return code;
}

static void truncated(void)
{
	size_t len;
	unsigned char *data = bytes(&len);

	for (size_t cut = 0; cut < len; cut += 64) {
		scratch_write("bad", data, cut);
		UNIT_EQ(survive("bad"), -ENOEXEC);
	}
	free(data);
}

/* A small generator of its own: the same damage on every machine. */
static unsigned int roll(unsigned int *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 8;
}

static void flipped(void)
{
	size_t len, header;
	unsigned char *data = bytes(&len), *bad = malloc(len);
	unsigned int seed = 7, opened = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(bad);
	header = ((ElfW(Ehdr) *)data)->e_shoff;
	for (int i = 0; i < 3000; i++) {
		memcpy(bad, data, len);
		/* Where it hurts: the section table, the ELF and program headers, anywhere. */
		for (int k = 0; k < 1 + i % 4; k++) {
			size_t at = roll(&seed);

			at = i % 3 == 0	  ? header + at % (len - header)
			     : i % 3 == 1 ? at % 1024
					  : at % len;
			bad[at] ^= (unsigned char)(1u << roll(&seed) % 8);
		}
		scratch_write("bad", bad, len);
		opened += !survive("bad");
	}
	CU_ASSERT(opened > 300 && opened < 3000);
	free(data);
	free(bad);
}

static void flipped_mini(void)
{
	unsigned int seed = 11;
	size_t len;
	FILE *f = fopen(scratch_path("mini"), "re");
	unsigned char data[65536];

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	len = fread(data, 1, sizeof(data), f);
	fclose(f);
	for (int i = 0; i < 20; i++) {
		for (int k = 0; k < 10; k++)
			data[roll(&seed) % len] ^= (unsigned char)(1u << roll(&seed) % 8);
		scratch_write("badmini", data, len);
		scratch_run("xz -0kf badmini && objcopy --add-section .gnu_debugdata=badmini.xz "
			    "stripped.so bad");
		UNIT_EQ(survive("bad"), 0);
	}
}

static void huge_name(void)
{
	struct cbee__elf *e;

	scratch_run(
		"head -c 10485760 /dev/zero | tr '\\0' a >name && "
		"{ echo .text; for l in '.globl ' '.type ' ''; do printf '%%s' \"$l\"; cat name; "
		"case $l in .type*) echo ,@function;; '') echo : ;; *) echo;; esac; done; "
		"echo ret; echo .globl small; echo .type small,@function; echo small: ret; } "
		">huge.s && cc -shared -nostdlib huge.s -o huge.so");
	e = open_in("huge.so", scratch);
	UNIT_EQ(look(e, "small").count, 2);
	UNIT_EQ(look(e, "small").all, 2);
	cbee__elf_free(e);
}

static void control_characters(void)
{
	struct cbee__elf *e;
	size_t len;
	unsigned char *data = bytes(&len), *at;

	while ((at = memmem(data, len, "helper", 6)))
		at[3] = 27;
	scratch_write("esc.so", data, len);
	free(data);
	e = open_in("esc.so", scratch);
	UNIT_EQ(look(e, "hel\033er").count, 0);
	CU_ASSERT(look(e, "work").count > 0);
	cbee__elf_free(e);
}

static int open_all(const char *name)
{
	struct cbee__elf *e = NULL;
	int err = cbee__elf_open(&e, scratch_path("%s", name), scratch_path("debug"), NULL);

	cbee__elf_free(e);
	return err;
}

static void no_memory(void)
{
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = open_all("fix.so"));
	UNIT_EQ(err, 0);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = open_all("mini.so"));
	UNIT_EQ(err, 0);
	scratch_run("cp fix.debug l/x.debug");
	UNIT_EACH_ALLOC(err, -ENOMEM, err = open_all("l/linked.so"));
	UNIT_EQ(err, 0);
}

UNIT_MAIN("elf", { "setup", setup }, { "symbols", symbols }, { "stops", stops },
	  { "stripped", stripped }, { "debug_by_build_id", debug_by_build_id },
	  { "debug_by_link", debug_by_link }, { "debug_inside", debug_inside }, { "go", go },
	  { "go table", go_table }, { "sentences", sentences },
	  { "damaged_headers", damaged_headers }, { "truncated", truncated },
	  { "flipped", flipped }, { "flipped_mini", flipped_mini }, { "huge_name", huge_name },
	  { "control_characters", control_characters }, { "no_memory", no_memory },
	  { "cleanup", scratch_remove })
