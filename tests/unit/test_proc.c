/* SPDX-License-Identifier: Apache-2.0 */
/* Tests names for addresses in processes: that live, change, end, and come again. */
#include "unit.h"

#include <errno.h>

#include <cbee/sym.h>

#include "symbols/proc.h"
#include "tree.h"

#define LIB 0x10000 /* where tree_mapped() has it */

static struct cbee__files files;
static struct cbee__procs procs;

static void begin(void)
{
	procs = (struct cbee__procs){ .root = scratch, .files = &files };
}

static void end(void)
{
	cbee__procs_clear(&procs);
	cbee__files_free(&files);
	UNIT_EQ(procs.count, 0);
	scratch_run("rm -rf [0-9]*");
}

static int look_up(int pid, uint64_t address, struct cbee_sym *sym)
{
	struct cbee__proc *p = NULL;
	int err = cbee__procs_get(&procs, pid, &p, NULL);

	*sym = (struct cbee_sym){ .offset = 0 };
	return err ? err : cbee__proc_find(&procs, p, address, sym, NULL);
}

/* The name at @address is @want; NULL: none is known, though the process is. */
static void is(int pid, uint64_t address, const char *want)
{
	struct cbee_sym sym;
	int err = look_up(pid, address, &sym);

	UNIT_EQ(err, want ? 0 : -ENOENT);
	if (want)
		UNIT_STR(sym.symbol, want);
	else
		CU_ASSERT_PTR_NULL(sym.symbol);
}

static void functions_have_module_and_offset(void)
{
	uint64_t f = tree_offset("f");
	struct cbee_sym sym;

	begin();
	tree_process(7, 1, tree_mapped());
	UNIT_EQ(look_up(7, LIB + f + 17, &sym), 0);
	UNIT_STR(sym.symbol, "f");
	UNIT_STR(sym.module, scratch_path("lib.so"));
	UNIT_EQ(sym.offset, 17);
	UNIT_EQ(sym.size, 32);
	CU_ASSERT_PTR_NULL(sym.name);
	UNIT_EQ(look_up(7, LIB + 1, &sym), -ENOENT);
	UNIT_STR(sym.module, scratch_path("lib.so"));
	UNIT_EQ(sym.offset, 1);
	UNIT_EQ(look_up(7, 0x90001, &sym), -ENOENT);
	CU_ASSERT_PTR_NULL(sym.module);
	UNIT_EQ(sym.offset, 0x90001);
	end();
}

static void the_file_is_found_where_it_is(void)
{
	struct cbee_sym sym;
	uint64_t f = LIB + tree_offset("f");
	char other[512];

	begin();
	/* deleted: only the link says which it was */
	tree_process(7, 1, "00010000-00020000 r-xp 00000000 fe:01 5 /srv/lib.so (deleted)\n");
	is(7, f, NULL);
	scratch_run("mkdir -p 7/map_files && ln -s ../../lib.so 7/map_files/10000-20000");
	is(7, f, NULL); /* asked once */
	tree_process(7, 2, "00010000-00020000 r-xp 00000000 fe:01 5 /srv/lib.so (deleted)\n");
	is(7, f, "f");
	UNIT_EQ(look_up(7, f, &sym), 0);
	UNIT_STR(sym.module, "/srv/lib.so");
	/* in a container: below its root */
	tree_process(8, 1, "00010000-00020000 r-xp 00000000 fe:01 5 /srv/lib.so\n");
	scratch_run("mkdir -p 8/root/srv && cp lib.so 8/root/srv/lib.so");
	is(8, f, "f");
	/* by our own path only what has the right number */
	tree_process(9, 1, tree_mapped());
	is(9, f, "f");
	snprintf(other, sizeof(other), "00010000-00020000 r-xp 00000000 fe:01 5 %s\n",
		 scratch_path("lib.so"));
	tree_process(10, 1, other);
	is(10, f, NULL);
	/* no code: a folder, a text */
	tree_process(11, 1,
		     "00010000-00020000 r-xp 00000000 fe:01 5 /srv\n"
		     "00020000-00030000 r-xp 00000000 fe:01 5 /text\n");
	scratch_run("mkdir -p 11/root/srv && cp lib.s 11/root/text");
	is(11, f, NULL);
	is(11, 0x20001, NULL);
	end();
}

static void debug_files_may_be_in_the_container(void)
{
	begin();
	scratch_run(
		"cc -shared -nostdlib -Wl,--build-id=0x0a0b -o bare.so lib.s && "
		"mkdir -p 7/root/usr/lib/debug/.build-id/0a && "
		"objcopy --only-keep-debug bare.so 7/root/usr/lib/debug/.build-id/0a/0b.debug && "
		"strip -N f bare.so && strip bare.so && mv bare.so 7/root/");
	tree_process(7, 1, "00010000-00020000 r-xp 00000000 fe:01 5 /bare.so\n");
	is(7, LIB + tree_offset("f"), "f");
	UNIT_EQ(files.count, 1);
	end();
}

static void processes_share_files(void)
{
	uint64_t f = LIB + tree_offset("f");

	begin();
	tree_process(7, 1, tree_mapped());
	tree_process(8, 1, tree_mapped());
	is(7, f, "f");
	is(8, f, "f");
	UNIT_EQ(files.count, 1);
	UNIT_EQ(procs.count, 2);
	end();
}

static void what_comes_later_is_found(void)
{
	uint64_t f = LIB + tree_offset("f");

	begin();
	tree_process(7, 1, "00400000-00401000 r-xp 00000000 fe:01 5 /none\n");
	is(7, f, NULL);
	tree_process(7, 1, tree_mapped());
	is(7, f, "f");
	/* a new program, which the same process runs, or a process of the same number */
	tree_process(7, 2, "00010000-00020000 r-xp 00000000 fe:01 5 /none\n");
	is(7, f, NULL);
	UNIT_EQ(procs.count, 1);
	end();
}

static void one_question_reads_once(void)
{
	uint64_t f = LIB + tree_offset("f");
	struct cbee__proc *p = NULL;
	struct cbee_sym sym;

	begin();
	tree_process(7, 1, "00400000-00401000 r-xp 00000000 fe:01 5 /none\n");
	UNIT_EQ(cbee__procs_get(&procs, 7, &p, NULL), 0);
	UNIT_EQ(cbee__procs_get(&procs, 7, &p, NULL), 0);
	CU_ASSERT_FALSE(p->fresh);
	UNIT_EQ(cbee__proc_find(&procs, p, f, &sym, NULL), -ENOENT);
	CU_ASSERT(p->fresh);
	tree_process(7, 1, tree_mapped());
	UNIT_EQ(cbee__proc_find(&procs, p, f, &sym, NULL), -ENOENT);
	UNIT_EQ(cbee__procs_get(&procs, 7, &p, NULL), 0);
	UNIT_EQ(cbee__proc_find(&procs, p, f, &sym, NULL), 0);
	end();
}

static void the_dead_are_remembered(void)
{
	uint64_t f = LIB + tree_offset("f");
	struct cbee_err err = { 0 };
	struct cbee__proc *p = NULL;

	begin();
	tree_process(7, 1, tree_mapped());
	is(7, f, "f");
	tree_process(7, 1, ""); /* a zombie */
	is(7, f, "f");
	is(7, 0x90000, NULL);
	tree_process(7, 0, "");
	is(7, f, "f");
	is(7, 0x90000, NULL);
	tree_process(7, 2, ""); /* another zombie */
	UNIT_EQ(cbee__procs_get(&procs, 7, &p, &err), -ESRCH);
	UNIT_STR(err.text, "process 7 has ended, or is a part of the kernel");
	UNIT_EQ(cbee__procs_get(&procs, 8, &p, &err), -ESRCH);
	UNIT_STR(err.text, "no process 8");
	cbee__err_clear(&err);
	end();
}

static void the_dying_keep_what_they_had(void)
{
	uint64_t f = LIB + tree_offset("f");
	struct cbee_err err = { 0 };
	struct cbee__proc *p = NULL;

	begin();
	tree_process(7, 1, tree_mapped());
	is(7, f, "f");
	/* it lived when it was asked who it is, and then its mappings are gone */
	scratch_put("7/maps", "%s", "");
	is(7, 0x90000, NULL);
	is(7, f, "f");
	scratch_run("rm 7/maps");
	is(7, 0x90000, NULL);
	is(7, f, "f");
	tree_process(8, 1, tree_mapped());
	scratch_run("rm 8/maps");
	UNIT_EQ(cbee__procs_get(&procs, 8, &p, &err), -ESRCH);
	UNIT_STR(err.text, "process 8 has ended");
	cbee__err_clear(&err);
	end();
}

static void what_cannot_be_read_says_so(void)
{
	struct cbee_err err = { 0 };
	struct cbee__proc *p = NULL;

	begin();
	tree_process(7, 1, tree_mapped());
	scratch_run("rm 7/maps && mkdir 7/maps");
	UNIT_EQ(cbee__procs_get(&procs, 7, &p, &err), -EISDIR);
	UNIT_STR(err.text, "cannot look into process 7: Is a directory");
	scratch_run("rm 7/stat && mkdir 7/stat");
	UNIT_EQ(cbee__procs_get(&procs, 7, &p, &err), -EISDIR);
	UNIT_EQ(procs.count, 0);
	cbee__err_clear(&err);
	end();
}

static void code_made_at_run_time_has_names(void)
{
	struct cbee_sym sym;

	begin();
	tree_process(7, 1, "00010000-00020000 rwxp 00000000 00:00 0 \n");
	scratch_put("7/root/tmp/perf-7.map", "10100 10 made\n");
	UNIT_EQ(look_up(7, 0x10105, &sym), 0);
	UNIT_STR(sym.symbol, "made");
	UNIT_STR(sym.module, "/tmp/perf-7.map");
	UNIT_EQ(sym.offset, 5);
	UNIT_EQ(sym.size, 16);
	is(7, 0x10000, NULL);
	end();
}

/* The library, as if it were the kernel's. */
static void the_vdso_is_read_from_memory(void)
{
	uint64_t f = LIB + tree_offset("f");
	struct cbee_sym sym;

	begin();
	for (int pid = 7; pid <= 8; pid++) {
		tree_process(pid, 1, "00010000-00020000 r-xp 00000000 00:00 0 [vdso]\n");
		scratch_run(
			"(head -c 65536 /dev/zero; cat lib.so; head -c 65536 /dev/zero) >%d/mem",
			pid);
		UNIT_EQ(look_up(pid, f + 3, &sym), 0);
		UNIT_STR(sym.symbol, "f");
		UNIT_STR(sym.module, "[vdso]");
		UNIT_EQ(sym.offset, 3);
	}
	UNIT_EQ(files.count, 1);
	tree_process(9, 1,
		     "00010000-00020000 r-xp 00000000 00:00 0 [vdso]\n"
		     "ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]\n");
	is(9, f, NULL);
	UNIT_EQ(look_up(9, 0xffffffffff600001, &sym), -ENOENT);
	UNIT_STR(sym.module, "[vsyscall]");
	UNIT_EQ(sym.offset, 0xffffffffff600001);
	end();
}

static void too_many_are_forgotten(void)
{
	struct cbee_sym sym;

	begin();
	tree_process(7, 1, tree_mapped());
	for (int pid = 7; pid < 8 + CBEE__PROCS_MAX; pid++) {
		if (pid > 7)
			scratch_run("ln -s 7 %d", pid);
		look_up(pid, LIB, &sym);
		look_up(8, LIB, &sym);
	}
	UNIT_EQ(procs.count, CBEE__PROCS_MAX);
	tree_process(7, 0, "");
	UNIT_EQ(look_up(7, LIB, &sym), -ESRCH);
	is(8, LIB + tree_offset("f"), "f");
	is(7 + CBEE__PROCS_MAX, LIB + tree_offset("f"), "f");
	end();
}

static int all_kinds(uint64_t f)
{
	struct cbee_sym sym;
	int err;

	begin();
	err = look_up(7, f, &sym);
	if (!err)
		err = look_up(8, f, &sym);
	if (!err)
		err = look_up(9, 0x10105, &sym);
	cbee__procs_clear(&procs);
	cbee__files_free(&files);
	return err;
}

static void no_memory(void)
{
	uint64_t f = LIB + tree_offset("f");
	int err;

	begin();
	tree_process(7, 1, tree_mapped());
	tree_process(8, 1, "00010000-00020000 r-xp 00000000 00:00 0 [vdso]\n");
	scratch_run("(head -c 65536 /dev/zero; cat lib.so; head -c 65536 /dev/zero) >8/mem");
	tree_process(9, 1, "00010000-00020000 rwxp 00000000 00:00 0 \n");
	scratch_put("9/root/tmp/perf-9.map", "10100 10 made\n");
	UNIT_EACH_ALLOC(err, -ENOMEM, err = all_kinds(f));
	UNIT_EQ(err, 0);
	end();
}

UNIT_MAIN("proc", { "setup", tree_make },
	  { "functions_have_module_and_offset", functions_have_module_and_offset },
	  { "the_file_is_found_where_it_is", the_file_is_found_where_it_is },
	  { "debug_files_may_be_in_the_container", debug_files_may_be_in_the_container },
	  { "processes_share_files", processes_share_files },
	  { "what_comes_later_is_found", what_comes_later_is_found },
	  { "one_question_reads_once", one_question_reads_once },
	  { "the_dead_are_remembered", the_dead_are_remembered },
	  { "the_dying_keep_what_they_had", the_dying_keep_what_they_had },
	  { "what_cannot_be_read_says_so", what_cannot_be_read_says_so },
	  { "code_made_at_run_time_has_names", code_made_at_run_time_has_names },
	  { "the_vdso_is_read_from_memory", the_vdso_is_read_from_memory },
	  { "too_many_are_forgotten", too_many_are_forgotten }, { "no_memory", no_memory },
	  { "cleanup", scratch_remove })
