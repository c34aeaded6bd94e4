/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a change of anything an image was made from is seen. */
#include "cache/input.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "scratch.h"
#include "unit.h"

static char tracefs[64];

static uint64_t digest(enum cbee__input_kind kind, const char *name)
{
	uint64_t ret = 0;

	UNIT_EQ(cbee__input_digest(kind, name, scratch, tracefs, &ret), 0);
	return ret;
}

static void begin(void)
{
	scratch_make();
	snprintf(tracefs, sizeof(tracefs), "%s/tracing", scratch);
}

static void another_build_of_the_kernel_is_seen(void)
{
	struct utsname un;
	char config[128];
	uint64_t first;

	scratch_put("/sys/kernel/notes", "build 1");
	scratch_put("/sys/devices/system/cpu/possible", "0-1\n");
	first = digest(CBEE_INPUT_KERNEL, "");
	UNIT_EQ(digest(CBEE_INPUT_KERNEL, ""), first);
	scratch_put("/sys/kernel/notes", "build 2");
	CU_ASSERT(digest(CBEE_INPUT_KERNEL, "") != first);
	scratch_put("/sys/kernel/notes", "build 1");
	UNIT_EQ(digest(CBEE_INPUT_KERNEL, ""), first);
	scratch_put("/sys/devices/system/cpu/possible", "0-3\n");
	CU_ASSERT(digest(CBEE_INPUT_KERNEL, "") != first);
	scratch_put("/sys/devices/system/cpu/possible", "0-1\n");
	uname(&un);
	snprintf(config, sizeof(config), "/boot/config-%s", un.release);
	scratch_put(config, "CONFIG_X=y\n");
	CU_ASSERT(digest(CBEE_INPUT_KERNEL, "") != first);
}

static void another_file_of_the_same_name_is_seen(void)
{
	char from[128], to[128];
	uint64_t first, ret;

	scratch_put("/lib/l.so", "one");
	first = digest(CBEE_INPUT_FILE, "/lib/l.so");
	UNIT_EQ(digest(CBEE_INPUT_FILE, "/lib/l.so"), first);
	scratch_put("/lib/l.so", "other");
	CU_ASSERT(digest(CBEE_INPUT_FILE, "/lib/l.so") != first);
	first = digest(CBEE_INPUT_FILE, "/lib/l.so");
	scratch_put("/lib/l.so.new", "other");
	snprintf(from, sizeof(from), "%s/lib/l.so.new", scratch);
	snprintf(to, sizeof(to), "%s/lib/l.so", scratch);
	UNIT_EQ(rename(from, to), 0);
	CU_ASSERT(digest(CBEE_INPUT_FILE, "/lib/l.so") != first);
	unlink(to);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_FILE, "/lib/l.so", scratch, NULL, &ret), -ENOENT);
}

static void another_build_of_a_module_is_seen(void)
{
	uint64_t first, ret;

	scratch_put("/sys/kernel/btf/nfs", "types");
	first = digest(CBEE_INPUT_MODULE, "nfs");
	scratch_put("/sys/kernel/btf/nfs", "typed");
	CU_ASSERT(digest(CBEE_INPUT_MODULE, "nfs") != first);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_MODULE, "xfs", scratch, NULL, &ret), -ENOENT);
}

static void another_format_of_a_tracepoint_is_seen_but_not_its_number(void)
{
	uint64_t first, ret;

	scratch_put("/tracing/events/c/e/format", "name: e\nID: 17\nformat:\n\tfield:int a;\n");
	first = digest(CBEE_INPUT_TRACEPOINT, "c/e");
	scratch_put("/tracing/events/c/e/format", "name: e\nID: 18\nformat:\n\tfield:int a;\n");
	UNIT_EQ(digest(CBEE_INPUT_TRACEPOINT, "c/e"), first);
	scratch_put("/tracing/events/c/e/format", "name: e\nID: 17\nformat:\n\tfield:int b;\n");
	CU_ASSERT(digest(CBEE_INPUT_TRACEPOINT, "c/e") != first);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_TRACEPOINT, "c/f", scratch, tracefs, &ret), -ENOENT);
	UNIT_EQ(cbee__input_digest(CBEE_INPUT_TRACEPOINT, "c/e", scratch, NULL, &ret), -ENOENT);
}

static void a_change_meanwhile_is_seen(void)
{
	char path[128];
	struct stat st;

	scratch_put("/lib/m.so", "one");
	snprintf(path, sizeof(path), "%s/lib/m.so", scratch);
	UNIT_EQ(stat(path, &st), 0);
	CU_ASSERT(cbee__input_touched(CBEE_INPUT_FILE, "/lib/m.so", scratch, st.st_ctime));
	CU_ASSERT(!cbee__input_touched(CBEE_INPUT_FILE, "/lib/m.so", scratch, st.st_ctime + 1));
	CU_ASSERT(cbee__input_touched(CBEE_INPUT_FILE, "/lib/none", scratch, 0));
	CU_ASSERT(!cbee__input_touched(CBEE_INPUT_KERNEL, "", scratch, 0));
}

static void survives_failing_allocations(void)
{
	uint64_t ret;
	int err;

	scratch_put("/lib/l.so", "one");
	for (int kind = 0; kind < CBEE_INPUT_KINDS; kind++) {
		static const char *const names[] = { "", "/lib/l.so", "nfs", "c/e" };

		UNIT_EACH_ALLOC(err, -ENOMEM, {
			err = cbee__input_digest((enum cbee__input_kind)kind, names[kind], scratch,
						 tracefs, &ret);
		});
		UNIT_EQ(err, 0);
	}
}

UNIT_MAIN("input", { "begin", begin },
	  { "another build of the kernel is seen", another_build_of_the_kernel_is_seen },
	  { "another file of the same name is seen", another_file_of_the_same_name_is_seen },
	  { "another build of a module is seen", another_build_of_a_module_is_seen },
	  { "another format of a tracepoint is seen, but not its number",
	    another_format_of_a_tracepoint_is_seen_but_not_its_number },
	  { "a change meanwhile is seen", a_change_meanwhile_is_seen },
	  { "survives failing allocations", survives_failing_allocations },
	  { "end", scratch_remove })
