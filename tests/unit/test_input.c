/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a change of anything an image was made from is seen. */
#include "cache/input.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "unit.h"

static char root[] = "/tmp/cbee-input.XXXXXX", tracefs[64];

static void put(const char *path, const char *text)
{
	char full[PATH_MAX], command[PATH_MAX + 32];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	snprintf(command, sizeof(command), "mkdir -p $(dirname %s)", full);
	UNIT_EQ(system(command), 0);
	f = fopen(full, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
}

static uint64_t digest(enum cbee__input_kind kind, const char *name)
{
	uint64_t ret = 0;

	UNIT_EQ(cbee__input_digest(kind, name, root, tracefs, &ret), 0);
	return ret;
}

static void begin(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	snprintf(tracefs, sizeof(tracefs), "%s/tracing", root);
}

static void another_build_of_the_kernel_is_seen(void)
{
	struct utsname un;
	char config[128];
	uint64_t first;

	put("/sys/kernel/notes", "build 1");
	put("/sys/devices/system/cpu/possible", "0-1\n");
	first = digest(CBEE_INPUT_KERNEL, "");
	UNIT_EQ(digest(CBEE_INPUT_KERNEL, ""), first);
	put("/sys/kernel/notes", "build 2");
	CU_ASSERT(digest(CBEE_INPUT_KERNEL, "") != first);
	put("/sys/kernel/notes", "build 1");
	UNIT_EQ(digest(CBEE_INPUT_KERNEL, ""), first);
	put("/sys/devices/system/cpu/possible", "0-3\n");
	CU_ASSERT(digest(CBEE_INPUT_KERNEL, "") != first);
	put("/sys/devices/system/cpu/possible", "0-1\n");
	uname(&un);
	snprintf(config, sizeof(config), "/boot/config-%s", un.release);
	put(config, "CONFIG_X=y\n");
	CU_ASSERT(digest(CBEE_INPUT_KERNEL, "") != first);
}

static void another_file_of_the_same_name_is_seen(void)
{
	char from[128], to[128];
	uint64_t first, ret;

	put("/lib/l.so", "one");
	first = digest(CBEE_INPUT_FILE, "/lib/l.so");
	UNIT_EQ(digest(CBEE_INPUT_FILE, "/lib/l.so"), first);
	put("/lib/l.so", "other");
	CU_ASSERT(digest(CBEE_INPUT_FILE, "/lib/l.so") != first);
	first = digest(CBEE_INPUT_FILE, "/lib/l.so");
	put("/lib/l.so.new", "other");
	snprintf(from, sizeof(from), "%s/lib/l.so.new", root);
	snprintf(to, sizeof(to), "%s/lib/l.so", root);
	UNIT_EQ(rename(from, to), 0);
	CU_ASSERT(digest(CBEE_INPUT_FILE, "/lib/l.so") != first);
	unlink(to);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_FILE, "/lib/l.so", root, NULL, &ret), -ENOENT);
}

static void another_build_of_a_module_is_seen(void)
{
	uint64_t first, ret;

	put("/sys/kernel/btf/nfs", "types");
	first = digest(CBEE_INPUT_MODULE, "nfs");
	put("/sys/kernel/btf/nfs", "typed");
	CU_ASSERT(digest(CBEE_INPUT_MODULE, "nfs") != first);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_MODULE, "xfs", root, NULL, &ret), -ENOENT);
}

static void another_format_of_a_tracepoint_is_seen_but_not_its_number(void)
{
	uint64_t first, ret;

	put("/tracing/events/c/e/format", "name: e\nID: 17\nformat:\n\tfield:int a;\n");
	first = digest(CBEE_INPUT_TRACEPOINT, "c/e");
	put("/tracing/events/c/e/format", "name: e\nID: 18\nformat:\n\tfield:int a;\n");
	UNIT_EQ(digest(CBEE_INPUT_TRACEPOINT, "c/e"), first);
	put("/tracing/events/c/e/format", "name: e\nID: 17\nformat:\n\tfield:int b;\n");
	CU_ASSERT(digest(CBEE_INPUT_TRACEPOINT, "c/e") != first);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_TRACEPOINT, "c/f", root, tracefs, &ret), -ENOENT);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_TRACEPOINT, "c/e", root, NULL, &ret), -ENOENT);
}

static void a_change_meanwhile_is_seen(void)
{
	char path[128];
	struct stat st;

	put("/lib/m.so", "one");
	snprintf(path, sizeof(path), "%s/lib/m.so", root);
	UNIT_EQ(stat(path, &st), 0);
	CU_ASSERT(cbee__input_touched(CBEE_INPUT_FILE, "/lib/m.so", root, st.st_ctime));
	CU_ASSERT(!cbee__input_touched(CBEE_INPUT_FILE, "/lib/m.so", root, st.st_ctime + 1));
	CU_ASSERT(cbee__input_touched(CBEE_INPUT_FILE, "/lib/none", root, 0));
	CU_ASSERT(!cbee__input_touched(CBEE_INPUT_KERNEL, "", root, 0));
}

static void survives_failing_allocations(void)
{
	uint64_t ret;
	int err;

	put("/lib/l.so", "one");
	for (int kind = 0; kind < CBEE_INPUT_KINDS; kind++) {
		static const char *const names[] = { "", "/lib/l.so", "nfs", "c/e" };

		UNIT_EACH_ALLOC(err, -ENOMEM, {
			err = cbee__input_digest((enum cbee__input_kind)kind, names[kind], root,
						 tracefs, &ret);
		});
		UNIT_EQ(err, 0);
	}
}

static void end(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	UNIT_EQ(system(command), 0);
}

UNIT_MAIN("input", { "begin", begin },
	  { "another build of the kernel is seen", another_build_of_the_kernel_is_seen },
	  { "another file of the same name is seen", another_file_of_the_same_name_is_seen },
	  { "another build of a module is seen", another_build_of_a_module_is_seen },
	  { "another format of a tracepoint is seen, but not its number",
	    another_format_of_a_tracepoint_is_seen_but_not_its_number },
	  { "a change meanwhile is seen", a_change_meanwhile_is_seen },
	  { "survives failing allocations", survives_failing_allocations }, { "end", end })
