/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the function tables of files, and that each is read once. */
#include "unit.h"

#include <errno.h>

#include "symbols/files.h"
#include "tree.h"

#define ID TREE_BUILD_ID

static int get(struct cbee__files *f, const char *path, struct cbee__known_file **ret_file)
{
	return cbee__files_get(f, &(struct cbee__file_at){ .path = path }, ret_file, NULL);
}

static const char *name_at(const struct cbee__known_file *file, uint64_t at)
{
	const struct cbee__place *p = cbee__table_find(&file->table, at);

	return p ? cbee__table_text(&file->table, p->name) : "";
}

static void functions_are_found(void)
{
	struct cbee__known_file *file = NULL;
	uint64_t f = tree_offset("f"), last = tree_offset("last");
	struct cbee__files files = { 0 };

	UNIT_EQ(get(&files, scratch_path("lib.so"), &file), 0);
	UNIT_STR(name_at(file, f), "f");
	UNIT_STR(name_at(file, f + 7), "f");
	UNIT_STR(name_at(file, f + 8), "inner");
	UNIT_STR(name_at(file, f + 16), "f");
	UNIT_STR(name_at(file, f + 32), "_ZN2ns1gEi");
	UNIT_STR(name_at(file, last + 15), "last");
	UNIT_STR(name_at(file, f - 1), "");
	UNIT_STR(file->build_id, ID);
	UNIT_STR(file->name, scratch_path("lib.so"));
	cbee__files_free(&files);
}

static void one_file_is_read_once(void)
{
	struct cbee__known_file *first = NULL, *second = NULL;
	struct cbee__files files = { 0 };

	scratch_run("ln -f lib.so other.so");
	UNIT_EQ(get(&files, scratch_path("lib.so"), &first), 0);
	UNIT_EQ(get(&files, scratch_path("other.so"), &second), 0);
	CU_ASSERT_PTR_EQUAL(first, second);
	UNIT_EQ(files.count, 1);
	/* changed in place: the same inode, but not the same functions */
	scratch_run("cp lib.so saved.so && cat lib.s >>other.so");
	UNIT_EQ(get(&files, scratch_path("lib.so"), &second), 0);
	CU_ASSERT_PTR_NOT_EQUAL(first, second);
	UNIT_EQ(files.count, 2);
	scratch_run("mv saved.so lib.so && rm other.so");
	cbee__files_free(&files);
	UNIT_EQ(files.count, 0);
}

static void what_is_not_elf_has_no_functions(void)
{
	struct cbee__known_file *file = NULL;
	struct cbee__files files = { 0 };
	struct cbee_err err = { 0 };
	struct cbee__file_at at = { .path = scratch_path("lib.s"), .name = "it" };

	UNIT_EQ(cbee__files_get(&files, &at, &file, &err), 0);
	UNIT_EQ(cbee__table_count(&file->table), 0);
	UNIT_STR(file->build_id, "");
	UNIT_STR(file->name, "it");
	UNIT_EQ(err.code, -ENOEXEC);
	UNIT_EQ(get(&files, scratch, &file), 0);
	UNIT_EQ(get(&files, scratch_path("absent"), &file), -ENOENT);
	UNIT_EQ(files.count, 2);
	cbee__err_clear(&err);
	cbee__files_free(&files);
}

static void debug_files_are_found_below_a_root(void)
{
	struct cbee__file_at at = { .path = scratch_path("bare.so"),
				    .debug_root = scratch_path("dbg") };
	struct cbee__known_file *file = NULL;
	struct cbee__files files = { 0 };

	scratch_run(
		"printf 'int seen(void) { return 1; } static __attribute__((used)) int hidden(void)"
		" { return 2; }' | cc -shared -Wl,--build-id=0x11223344 -o bare.so -x c -");
	scratch_run("mkdir -p dbg/.build-id/11 && "
		    "objcopy --only-keep-debug bare.so dbg/.build-id/11/223344.debug && "
		    "strip bare.so");
	UNIT_EQ(cbee__files_get(&files, &at, &file, NULL), 0);
	CU_ASSERT(cbee__table_count(&file->table) > 2);
	cbee__files_free(&files);
	at.debug_root = NULL;
	UNIT_EQ(cbee__files_get(&files, &at, &file, NULL), 0);
	UNIT_EQ(cbee__table_count(&file->table), 1);
	cbee__files_free(&files);
}

static void build_ids_may_be_padded(void)
{
	struct cbee__known_file *file = NULL;
	struct cbee__files files = { 0 };

	CU_ASSERT_PTR_NULL(cbee__files_by_id(&files, ID));
	UNIT_EQ(get(&files, scratch_path("lib.s"), &file), 0);
	UNIT_EQ(get(&files, scratch_path("lib.so"), &file), 0);
	CU_ASSERT_PTR_EQUAL(cbee__files_by_id(&files, ID), file);
	CU_ASSERT_PTR_EQUAL(cbee__files_by_id(&files, ID "000000000000000000000000"), file);
	CU_ASSERT_PTR_NULL(cbee__files_by_id(&files, ID "01"));
	CU_ASSERT_PTR_NULL(cbee__files_by_id(&files, "01020304"));
	CU_ASSERT_PTR_NULL(cbee__files_by_id(&files, "0000"));
	cbee__files_free(&files);
}

static size_t read_library(char *image, size_t room)
{
	FILE *f = fopen(scratch_path("lib.so"), "re");
	size_t size = f ? fread(image, 1, room, f) : 0;

	if (f)
		fclose(f);
	return size;
}

static char image[65536];
static size_t image_size;

static void memory_is_read_too(void)
{
	struct cbee__known_file *file = NULL, *same = NULL;
	struct cbee__files files = { 0 };

	image_size = read_library(image, sizeof(image));
	UNIT_EQ(cbee__files_get_image(&files, image, image_size, &file), 0);
	UNIT_STR(name_at(file, tree_offset("f")), "f");
	UNIT_EQ(cbee__files_get_image(&files, image, image_size, &same), 0);
	CU_ASSERT_PTR_EQUAL(file, same);
	UNIT_EQ(cbee__files_get_image(&files, "nothing", 7, &file), 0);
	UNIT_EQ(cbee__table_count(&file->table), 0);
	cbee__files_free(&files);
}

static int both(void)
{
	struct cbee__known_file *file;
	struct cbee__files files = { 0 };
	int err = get(&files, scratch_path("lib.so"), &file);

	if (!err)
		err = cbee__files_get_image(&files, image, image_size, &file);
	if (!err)
		err = cbee__files_get_image(&files, "nothing", 7, &file);
	cbee__files_free(&files);
	return err;
}

static void no_memory(void)
{
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, err = both());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("files", { "setup", tree_make }, { "functions_are_found", functions_are_found },
	  { "one_file_is_read_once", one_file_is_read_once },
	  { "what_is_not_elf_has_no_functions", what_is_not_elf_has_no_functions },
	  { "debug_files_are_found_below_a_root", debug_files_are_found_below_a_root },
	  { "build_ids_may_be_padded", build_ids_may_be_padded },
	  { "memory_is_read_too", memory_is_read_too }, { "no_memory", no_memory },
	  { "cleanup", scratch_remove })
