/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is found in the types of a kernel and of its modules, and what is said without. */
#include "headers/kernel_type.h"

#include <bpf/btf.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cbee/machine.h>

#include "plain/err.h"
#include "unit.h"

static char dir[] = "/tmp/cbee-types-XXXXXX";
static struct cbee_err err;

static const char *in_folder(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *name, struct btf *b)
{
	uint32_t size;
	const void *data = btf__raw_data(b, &size);
	FILE *f = fopen(in_folder(name), "we");

	CU_ASSERT_FATAL(f && data && fwrite(data, size, 1, f) == 1);
	fclose(f);
}

/* Two structs of one name, a member inside of one without a name; an enum with a name, one without. */
static void start(void)
{
	struct btf *b = btf__new_empty(), *m;

	CU_ASSERT_FATAL(b && mkdtemp(dir));
	btf__add_int(b, "int", 4, BTF_INT_SIGNED); /* 1 */
	btf__add_union(b, NULL, 4);		   /* 2 */
	btf__add_field(b, "hidden", 1, 0, 0);
	btf__add_struct(b, "task", 8); /* 3 */
	btf__add_field(b, "pid", 1, 0, 0);
	btf__add_field(b, NULL, 2, 32, 0);
	btf__add_struct(b, "task", 4); /* 4 */
	btf__add_field(b, "other", 1, 0, 0);
	btf__add_enum(b, "state", 4);
	btf__add_enum_value(b, "RUNS", 0);
	btf__add_enum(b, NULL, 4);
	btf__add_enum_value(b, "LOOSE", 7);
	put("vmlinux", b);
	m = btf__new_empty_split(b);
	CU_ASSERT_FATAL(m != NULL);
	btf__add_struct(m, "inode_of_module", 4);
	btf__add_field(m, "block", 1, 0, 0);
	btf__add_enum64(m, "wide", 8, false);
	btf__add_enum64_value(m, "WIDE", 1ull << 40);
	put("zz_module", m);
	btf__free(m);
	btf__free(b);
	CU_ASSERT_FATAL(symlink("/dev/null", in_folder("aa_damaged")) == 0);
}

static void end(void)
{
	unlink(in_folder("vmlinux"));
	unlink(in_folder("zz_module"));
	unlink(in_folder("aa_damaged"));
	rmdir(dir);
	cbee__err_clear(&err);
}

static void members(void)
{
	UNIT_EQ(cbee__struct_has(dir, "task", "pid", &err), 1);
	UNIT_EQ(cbee__struct_has(dir, "task", "hidden", &err), 1);
	UNIT_EQ(cbee__struct_has(dir, "task", "other", &err), 1);
	UNIT_EQ(cbee__struct_has(dir, "task", "pi", &err), 0);
	UNIT_EQ(cbee__struct_has(dir, "inode_of_module", "block", &err), 1);
	UNIT_EQ(cbee__struct_has(dir, "inode_of_module", "blocks", &err), 0);
	UNIT_EQ(cbee__struct_has(dir, "state", "RUNS", &err), -ESRCH);
	UNIT_STR(err.text, "the kernel has no struct or union 'state'");
}

static void values(void)
{
	UNIT_EQ(cbee__enum_has(dir, "state", "RUNS", &err), 1);
	UNIT_EQ(cbee__enum_has(dir, "state", "LOOSE", &err), 0);
	UNIT_EQ(cbee__enum_has(dir, NULL, "LOOSE", &err), 1);
	UNIT_EQ(cbee__enum_has(dir, NULL, "WIDE", &err), 1);
	UNIT_EQ(cbee__enum_has(dir, "wide", "WIDE", &err), 1);
	UNIT_EQ(cbee__enum_has(dir, NULL, "pid", &err), 0);
	UNIT_EQ(cbee__enum_has(dir, "task", "pid", &err), -ESRCH);
	UNIT_STR(err.text, "the kernel has no enum 'task'");
}

static void without_types(void)
{
	char away[64];
	int got;

	UNIT_EQ(cbee__struct_has("/nowhere", "task", "pid", &err), -ENOENT);
	UNIT_STR(err.text, "the kernel does not describe its types: there is no BTF in /nowhere");
	UNIT_STR(err.hint, "it needs CONFIG_DEBUG_INFO_BTF");
	snprintf(away, sizeof(away), "%s", in_folder("away"));
	CU_ASSERT(!rename(in_folder("vmlinux"), away));
	CU_ASSERT(!symlink("/dev/null", in_folder("vmlinux")));
	UNIT_EQ(cbee__enum_has(dir, "state", "RUNS", NULL), -EINVAL);
	UNIT_EQ(cbee__enum_has(dir, "state", "RUNS", &err), -EINVAL);
	CU_ASSERT(!strncmp(err.text, "cannot read the kernel's types from /tmp/cbee-types-", 52));
	CU_ASSERT(!rename(away, in_folder("vmlinux")));
	UNIT_EACH_ALLOC(got, -ENOMEM, got = cbee__struct_has(dir, "inode_of_module", "x", &err));
	UNIT_EQ(got, 0);
}

static void of_this_kernel(void)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("(skipped: no BTF) ");
		return;
	}
	UNIT_EQ(cbee_kernel_struct_has(NULL, "task_struct", "pid"), 1);
	UNIT_EQ(cbee_kernel_struct_has(NULL, "task_struct", "no_such_member"), 0);
	UNIT_EQ(cbee_kernel_struct_has(NULL, "no_such_struct", "pid"), -ESRCH);
	UNIT_EQ(cbee_kernel_enum_has(NULL, "bpf_prog_type", "BPF_PROG_TYPE_KPROBE"), 1);
	UNIT_EQ(cbee_kernel_enum_has(NULL, "bpf_prog_type", "BPF_PROG_TYPE_KPROBES"), 0);
	UNIT_EQ(cbee_kernel_enum_has(NULL, NULL, "BPF_PROG_TYPE_KPROBE"), 1);
}

UNIT_MAIN("kernel_type", { "folders", start }, { "members", members }, { "values", values },
	  { "without types", without_types }, { "of this kernel", of_this_kernel },
	  { "folders go", end })
