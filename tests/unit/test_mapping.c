/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reading of a process's mappings and of what tells it from others. */
#include "unit.h"

#include <errno.h>

#include "symbols/mapping.h"
#include "tree.h"

static const char maps[] =
	"00400000-00401000 r--p 00000000 fe:01 123                              /bin/app\n"
	"00401000-00403000 r-xp 00001000 fe:01 123                              /bin/app\n"
	"7f0000000000-7f0000001000 r-xp 00002000 00:1c 9999999999       /a b\\012c (deleted)\n"
	"7f0000001000-7f0000002000 rwxp 00000000 00:00 0 \n"
	"no mapping\n"
	"7fff00000000-7fff00002000 r-xp 00000000 00:00 0                        [vdso]\n"
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                [vsyscall]\n";

static const char *path_at(const struct cbee__mappings *m, uint64_t address)
{
	const struct cbee__mapping *found = cbee__mappings_find(m, address);

	return found ? cbee__mapping_path(m, found) : NULL;
}

static void code_is_kept(void)
{
	struct cbee__mappings m = { 0 };
	const struct cbee__mapping *one;

	tree_process(7, 50, maps);
	UNIT_EQ(cbee__mappings_read(&m, scratch, 7), 0);
	UNIT_EQ(m.items.len / sizeof(*one), 5);
	CU_ASSERT_PTR_NULL(cbee__mappings_find(&m, 0));
	CU_ASSERT_PTR_NULL(cbee__mappings_find(&m, 0x400500));
	CU_ASSERT_PTR_NULL(cbee__mappings_find(&m, 0x403000));
	one = cbee__mappings_find(&m, 0x402fff);
	CU_ASSERT(one && one->start == 0x401000 && one->end == 0x403000 && one->offset == 0x1000 &&
		  one->inode == 123 && one->dev == (0xfeull << 32 | 1) && !one->deleted);
	UNIT_STR(path_at(&m, 0x401000), "/bin/app");
	one = cbee__mappings_find(&m, 0x7f0000000000);
	CU_ASSERT(one && one->deleted && one->inode == 9999999999);
	UNIT_STR(path_at(&m, 0x7f0000000000), "/a b\nc");
	UNIT_STR(path_at(&m, 0x7f0000001000), "");
	UNIT_STR(path_at(&m, 0x7fff00001fff), "[vdso]");
	UNIT_STR(path_at(&m, 0xffffffffff600000), "[vsyscall]");
	cbee__mappings_free(&m);
}

static void what_is_known_of_files_is_kept(void)
{
	static const char later[] =
		"00401000-00403000 r-xp 00001000 fe:01 124                /bin/app\n"
		"7f0000000000-7f0000001000 r-xp 00002000 00:1c 9999999999 /moved\n";
	struct cbee__known_file *file = (void *)maps; /* only compared */
	struct cbee__mappings m = { 0 }, again = { 0 };

	tree_process(7, 50, maps);
	UNIT_EQ(cbee__mappings_read(&m, scratch, 7), 0);
	cbee__mappings_find(&m, 0x401000)->file = file;
	cbee__mappings_find(&m, 0x7f0000000000)->file = file;
	cbee__mappings_find(&m, 0x7f0000000000)->tried = true;
	tree_process(7, 50, later);
	UNIT_EQ(cbee__mappings_read(&again, scratch, 7), 0);
	cbee__mappings_inherit(&again, &m);
	CU_ASSERT_PTR_NULL(cbee__mappings_find(&again, 0x401000)->file);
	CU_ASSERT_PTR_EQUAL(cbee__mappings_find(&again, 0x7f0000000000)->file, file);
	CU_ASSERT(cbee__mappings_find(&again, 0x7f0000000000)->tried);
	cbee__mappings_free(&again);
	cbee__mappings_free(&m);
}

static void identities(void)
{
	struct cbee__identity id;

	tree_process(7, 50, maps);
	UNIT_EQ(cbee__identity_read(&id, scratch, 7), 0);
	UNIT_EQ(id.born, 50);
	UNIT_EQ(id.code, 150);
	UNIT_EQ(id.stack, 250);
	scratch_put("7/stat", "not what it should be\n");
	UNIT_EQ(cbee__identity_read(&id, scratch, 7), 0);
	UNIT_EQ(id.born, 0);
	tree_process(7, 0, "");
	UNIT_EQ(cbee__identity_read(&id, scratch, 7), -ESRCH);
}

static void processes_that_are_gone(void)
{
	struct cbee__mappings m = { 0 };

	UNIT_EQ(cbee__mappings_read(&m, scratch, 7), -ESRCH);
	scratch_run("mkdir -p 8/maps");
	UNIT_EQ(cbee__mappings_read(&m, scratch, 8), -EISDIR);
	CU_ASSERT_PTR_NULL(m.items.data);
}

static int read_both(void)
{
	struct cbee__mappings m = { 0 };
	struct cbee__identity id;
	int err = cbee__mappings_read(&m, scratch, 7);

	if (!err)
		err = cbee__identity_read(&id, scratch, 7);
	cbee__mappings_free(&m);
	return err;
}

static void no_memory(void)
{
	int err;

	tree_process(7, 50, maps);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = read_both());
	UNIT_EQ(err, 0);
}

UNIT_MAIN("mapping", { "setup", tree_make }, { "code_is_kept", code_is_kept },
	  { "what_is_known_of_files_is_kept", what_is_known_of_files_is_kept },
	  { "identities", identities }, { "processes_that_are_gone", processes_that_are_gone },
	  { "no_memory", no_memory }, { "cleanup", scratch_remove })
