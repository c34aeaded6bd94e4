/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/headers.c, with the files that only serve it: want, shape, text, decl, macros. */
#include "headers/headers.h"

#include <bpf/btf.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "plain/buf.h"
#include "plain/err.h"
#include "headers/macros.h"
#include "uapi_bpf_names.h"
#include "unit.h"

static char folder[] = "/tmp/cbee-headers-XXXXXX";

/* A path in a folder of this test's own, which goes away at the end. */
static const char *in_folder(const char *name)
{
	static char paths[8][512];
	static int turn;
	char *path = paths[turn++ % 8];

	if (folder[sizeof(folder) - 2] == 'X' && !mkdtemp(folder))
		abort();
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void write_bytes(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	CU_ASSERT_FATAL(file != NULL);
	CU_ASSERT_EQUAL(fwrite(data, 1, size, file), size);
	fclose(file);
}

static void write_btf(struct btf *b)
{
	uint32_t size;
	const void *data = btf__raw_data(b, &size);

	CU_ASSERT_FATAL(data != NULL);
	mkdir(in_folder("btf"), 0700);
	write_bytes(in_folder("btf/vmlinux"), data, size);
}

/* What is generated for @source, or the sentence of the failure. Freed by the next call. */
static const char *make_from(const char *source, const char *btf_dir,
			     struct cbee__headers_info *info)
{
	static struct cbee_buf out;
	static struct cbee_err err;
	struct cbee__headers_env env = { .btf_dir = btf_dir,
					 .tracefs = in_folder("tracefs"),
					 .proc_config = in_folder("config"),
					 .boot_dir = "/nonexistent" };

	cbee__buf_free(&out);
	cbee__err_clear(&err);
	if (!source)
		return NULL;
	if (cbee__headers_make(source, strlen(source), &env, &out, info, &err))
		return err.text;
	return out.data;
}

/* What comes behind the fixed part. */
static const char *make(const char *source)
{
	static const char last[] = "typedef unsigned int gid_t;\n";
	const char *text = make_from(source, in_folder("btf"), NULL), *at = strstr(text, last);
	size_t regs = strlen(cbee__macro_pt_regs);

	at = at ? at + strlen(last) : text;
	return strncmp(at, cbee__macro_pt_regs, regs) ? at : at + regs;
}

/* ids: 1 int, 2 char, 3 u64, 4 task, 5 task*, 6 file, 7 file*, 8 name[16] ... */
static struct btf *build(void)
{
	struct btf *b = btf__new_empty();
	int task, file, anon, kuid;

	CU_ASSERT_FATAL(b != NULL);
	btf__add_int(b, "int", 4, BTF_INT_SIGNED);	 /* 1 */
	btf__add_int(b, "char", 1, BTF_INT_CHAR);	 /* 2 */
	btf__add_int(b, "long long unsigned int", 8, 0); /* 3 */
	btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);	 /* 4 */
	btf__add_array(b, 1, 2, 16);			 /* 5 */
	anon = btf__add_struct(b, NULL, 4);		 /* 6 */
	btf__add_field(b, "val", 1, 0, 0);
	kuid = btf__add_typedef(b, "kuid_t", anon); /* 7 */
	task = btf__add_struct(b, "task", 64);	    /* 8 */
	btf__add_field(b, "pid", 1, 32, 0);
	btf__add_field(b, "uid", kuid, 64, 0);
	btf__add_field(b, "parent", 9, 128, 0);
	btf__add_field(b, "comm", 5, 192, 0);
	btf__add_field(b, "file", 11, 320, 0);
	btf__add_field(b, "state", 13, 384, 0);
	btf__add_field(b, "fn", 15, 448, 0);
	btf__add_ptr(b, task);		       /* 9 */
	file = btf__add_struct(b, "file", 24); /* 10 */
	btf__add_field(b, NULL, 17, 0, 0);
	btf__add_field(b, "where", 16, 64, 0);
	btf__add_ptr(b, file);	      /* 11 */
	btf__add_enum(b, "state", 4); /* 12 */
	btf__add_enum_value(b, "RUN", 0);
	btf__add_enum_value(b, "STOP", -4);
	btf__add_enum_value(b, "IDLE", 7);
	btf__add_const(b, 12);		 /* 13 */
	btf__add_func_proto(b, 1);	 /* 14 */
	btf__add_ptr(b, 14);		 /* 15 */
	btf__add_struct(b, "place", 16); /* 16 */
	btf__add_field(b, "x", 1, 0, 0);
	btf__add_field(b, "y", 3, 64, 0);
	btf__add_union(b, NULL, 8); /* 17 */
	btf__add_field(b, "inode", 3, 0, 0);
	btf__add_field(b, "flag", 4, 0, 0);
	btf__add_struct(b, "bits", 8); /* 18 */
	btf__add_field(b, "first", 1, 0, 3);
	btf__add_field(b, "far", 1, 13, 2);
	btf__add_field(b, "last", 1, 40, 8);
	btf__add_struct(b, "tight", 9); /* 19 */
	btf__add_field(b, "one", 2, 0, 0);
	btf__add_field(b, "wide", 3, 8, 0);
	btf__add_typedef(b, "count_t", 3); /* 20 */
	btf__add_struct(b, "task", 8);	   /* 21: the same tag again */
	btf__add_field(b, "other", 1, 32, 0);
	btf__add_ptr(b, 21);		/* 22 */
	btf__add_struct(b, "owner", 8); /* 23 */
	btf__add_field(b, "which", 22, 0, 0);
	btf__add_enum(b, NULL, 4); /* 24 */
	btf__add_enum_value(b, "TASK_COMM_LEN", 16);
	btf__add_enum_value(b, "true", 1);
	btf__add_struct(b, "bpf_insn", 8); /* 25 */
	btf__add_field(b, "code", 1, 0, 0);
	btf__add_volatile(b, 1);	/* 26 */
	btf__add_ptr(b, 26);		/* 27 */
	btf__add_ptr(b, 1);		/* 28 */
	btf__add_volatile(b, 28);	/* 29 */
	btf__add_struct(b, "seen", 24); /* 30 */
	btf__add_field(b, "state", 26, 0, 0);
	btf__add_field(b, "pointed", 27, 64, 0);
	btf__add_field(b, "pointer", 29, 128, 0);
	return b;
}

static void test_members(void)
{
	/* Nothing that is not named; pointers followed; the rest is padding. */
	UNIT_STR(make("int f(struct task *t) { return t->pid; }"),
		 "struct task {\n\tchar __pad0[4];\n\tint pid;\n\tchar __pad1[56];\n};\n");
	UNIT_STR(make("int f(struct task *t) { return t->parent->file->inode + t->file->flag; }"),
		 "struct task {\n\tchar __pad0[16];\n\tstruct task *parent;\n"
		 "\tchar __pad1[16];\n\tstruct file *file;\n\tchar __pad2[16];\n};\n"
		 "struct file {\n\tunion {\n\tlong long unsigned int inode;\n\t_Bool flag;\n};\n"
		 "\tchar __pad3[16];\n};\n");
	/* An array, a function, an enum, a type that has no name but its typedef's. */
	UNIT_STR(make("x(struct task *t) { t->comm; t->fn; t->state; t->uid; }"),
		 "typedef struct {\n\tchar __pad0[4];\n} kuid_t;\n"
		 "struct task {\n\tchar __pad1[8];\n\tkuid_t uid;\n\tchar __pad2[12];\n"
		 "\tchar comm[16];\n\tchar __pad3[8];\n\tint state;\n\tvoid *fn;\n};\n");
}

static void test_values(void)
{
	/* Used by value: every member, natural padding left to the compiler. */
	UNIT_STR(make("BPF_HASH(h, struct place);"),
		 "struct place {\n\tint x;\n\tlong long unsigned int y;\n};\n");
	UNIT_STR(make("void f(void) { struct file copy; }"),
		 "struct place {\n\tint x;\n\tlong long unsigned int y;\n};\n"
		 "struct file {\n\tunion {\n\tlong long unsigned int inode;\n\t_Bool flag;\n};\n"
		 "\tstruct place where;\n};\n");
	/* What is volatile is read even if nobody uses it. */
	UNIT_STR(make("BPF_HASH(h, struct seen);"),
		 "struct seen {\n\tvolatile int state;\n\tvolatile int *pointed;\n"
		 "\tint *pointer;\n};\n");
	UNIT_STR(make("void f(void) { kuid_t k; count_t c; }"),
		 "typedef struct {\n\tint val;\n} kuid_t;\n"
		 "typedef long long unsigned int count_t;\n");
}

static void test_bitfields(void)
{
	UNIT_STR(make("int f(struct bits *b) { return b->far; }"),
		 "struct bits {\n\tchar __pad0[1];\n\tunsigned char :5;\n\tint far:2;\n"
		 "\tchar __pad1[6];\n};\n");
	UNIT_STR(make("int f(struct bits *b) { return b->first + b->last; }"),
		 "struct bits {\n\tint first:3;\n\tchar __pad0[4];\n\tint last:8;\n};\n");
	UNIT_STR(make("int f(struct tight *b) { return b->wide; }"),
		 "struct tight {\n\tchar __pad0[1];\n\tlong long unsigned int wide;\n"
		 "} __attribute__((packed));\n");
}

static void test_enums(void)
{
	UNIT_STR(make("int f(enum state s) { return s == STOP; }"),
		 "enum state { STOP = -4, __low0 = -4, __high0 = 7 };\n");
	UNIT_STR(make("int f(int s) { return s == IDLE || s == RUN; }"),
		 "enum { IDLE = 7, RUN = 0 };\n");
	/* An enumerator beats the table's macro; what the text defines beats both. */
	UNIT_STR(make("char a[TASK_COMM_LEN] = { true };"), "enum { TASK_COMM_LEN = 16 };\n");
	UNIT_STR(make("#define IDLE 3\nint f(void) { return IDLE; }"), "");
	UNIT_STR(make("enum { RUN, STOP = 2 }; int f(void) { return RUN + STOP; }"), "");
}

static void test_names(void)
{
	/* The source's own, bpf.h's and BCC's tables are left alone. */
	UNIT_STR(make("struct task { int pid; }; int f(struct task *t) { return t->pid; }"), "");
	UNIT_STR(make("int f(struct bpf_insn *i) { return i->code; }"), "");
	UNIT_STR(make("BPF_HASH(count_t, u32); typedef int kuid_t;"), "");
	UNIT_STR(make("BPF_TABLE(\"hash\", u32, u64, count_t, 1);"), "");
	/* Two kernel types of one tag: each keeps its own layout. */
	UNIT_STR(make("f(struct task *t, struct owner *o) { t->pid; o->which->other; }"),
		 "struct task {\n\tchar __pad0[4];\n\tint pid;\n\tchar __pad1[56];\n};\n"
		 "struct owner {\n\tstruct task___2 *which;\n};\n"
		 "struct task___2 {\n\tchar __pad2[4];\n\tint other;\n};\n");
	/* A tag nobody knows. */
	UNIT_STR(make("int f(struct nobody *n);"), "struct nobody;\n");
	/* The source's own, with attributes where its tag would be. */
	UNIT_STR(make("struct __attribute__((packed)) task { int pid; }; f(struct task t) { t.pid; "
		      "}"),
		 "");
	UNIT_STR(make("struct __attribute__((packed, aligned(8))) __attribute__((unused)) file {};"
		      "f(struct file *f) { f->where; }"),
		 "");
	UNIT_STR(make("union __packed task { int pid; }; f(union task t) { t.pid; }"),
		 "#ifndef __packed\n#define __packed __attribute__((packed))\n#endif\n");
	UNIT_STR(make("struct __attribute__((packed"), "");
	/* A pointer in a kernel struct to a type that the source defines. */
	UNIT_STR(make("struct file { int inode; }; f(struct task *t) { t->file->inode; }"),
		 "struct task {\n\tchar __pad0[40];\n\tstruct file *file;\n"
		 "\tchar __pad1[16];\n};\n");
}

static void test_pasted(void)
{
	UNIT_STR(make("#define GET(t, what) (t)->pi##what\nint f(struct task *t) { GET(t, d); }"),
		 "struct task {\n\tchar __pad0[4];\n\tint pid;\n\tchar __pad1[56];\n};\n");
	UNIT_STR(make("#define OF(a, b) struct a##b *\nOF(ta, sk) f(void);"),
		 "struct task {\n\tchar __pad0[64];\n};\n");
}

static void test_macros(void)
{
	UNIT_STR(make("int f(int a) { return unlikely(a == AF_INET); }"),
		 "#ifndef unlikely\n#define unlikely(x) __builtin_expect(!!(x), 0)\n#endif\n"
		 "#ifndef AF_INET\n#define AF_INET 2\n#endif\n");
	UNIT_STR(make("#define min(a, b) 1\nint f(void) { return min(1, 2); }"), "");
	/* Member macros only where they are read as members. */
	UNIT_STR(make("struct own { int sk_state; }; int f(struct own *o) { o->sk_state; }"), "");
	UNIT_STR(make("int f(void *sk) { return ((struct place *)sk)->sk_state; }"),
		 "struct place {\n\tchar __pad0[16];\n};\n"
		 "#ifndef sk_state\n#define sk_state __sk_common.skc_state\n#endif\n");
	UNIT_STR(make("char n[DNAME_INLINE_LEN];"), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(make("int f(uint8_t a, ulong b);"),
				      "typedef __u8 uint8_t;\ntypedef unsigned long ulong;\n"));
}

/* Declarations of all types may come from elsewhere; macros are the same. */
static void test_types(void)
{
	static const char source[] = "int f(struct task *t) { return t->pid == WRITE; }";
	struct cbee__headers_env env = { .btf_dir = in_folder("btf"),
					 .types = "struct task { int pid; };\n" };
	struct cbee_buf out = { 0 };

	UNIT_EQ(cbee__headers_make(source, strlen(source), &env, &out, NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.data, "struct task { int pid; };\n"
						"#ifndef WRITE\n#define WRITE 1\n#endif\n"));
	CU_ASSERT_PTR_NULL(strstr(out.data, "struct task {\n"));
	cbee__buf_free(&out);
}

static void test_config(void)
{
	static const char text[] = "CONFIG_HZ=250\nCONFIG_NET_NS=y\nCONFIG_MOD=m\n";
	struct cbee__headers_info info = { 0 };
	const char *out;

	write_bytes(in_folder("config"), text, strlen(text));
	out = make_from("#ifdef CONFIG_NET_NS\n#endif\nIS_ENABLED(CONFIG_MOD) CONFIG_NONE HZ",
			in_folder("btf"), &info);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "#define CONFIG_NET_NS 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "#define CONFIG_MOD_MODULE 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "#define CONFIG_HZ 250\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "#define HZ CONFIG_HZ\n"));
	CU_ASSERT_PTR_NULL(strstr(out, "CONFIG_NONE"));
	CU_ASSERT_FALSE(info.lacks_config);
	unlink(in_folder("config"));
	out = make_from("CONFIG_HZ", in_folder("btf"), &info);
	CU_ASSERT_TRUE(info.lacks_config);
	CU_ASSERT_PTR_NULL(strstr(out, "CONFIG_HZ"));
}

static void test_version(void)
{
	unsigned int a = 0, b = 0, c = 0;
	struct utsname uts;
	char want[64];

	uname(&uts);
	sscanf(uts.release, "%u.%u.%u", &a, &b, &c);
	snprintf(want, sizeof(want), "#define LINUX_VERSION_CODE %u\n",
		 (a << 16) + (b << 8) + (c > 255 ? 255 : c));
	CU_ASSERT_EQUAL(strncmp(make_from("", in_folder("btf"), NULL), want, strlen(want)), 0);
}

static void test_tracepoint(void)
{
	static const char format[] =
		"name: ev\nID: 1\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\n\tfield:count_t n;\toffset:8;\tsize:8;\tsigned:0;\n"
		"\tfield:enum state s;\toffset:16;\tsize:4;\tsigned:0;\n"
		"\tfield:struct place * p;\toffset:24;\tsize:8;\tsigned:0;\n\nprint fmt: \"\"\n";
	static const char want[] = "typedef long long unsigned int count_t;\n"
				   "struct place {\n\tchar __pad0[16];\n};\n"
				   "enum state { __low1 = -4, __high1 = 7 };\n";
	const char *out;

	mkdir(in_folder("tracefs"), 0700);
	mkdir(in_folder("tracefs/events"), 0700);
	mkdir(in_folder("tracefs/events/cat"), 0700);
	mkdir(in_folder("tracefs/events/cat/my__ev"), 0700);
	write_bytes(in_folder("tracefs/events/cat/my__ev/format"), format, strlen(format));
	out = make("TRACEPOINT_PROBE(cat, my__ev) { return 0; }");
	CU_ASSERT_PTR_NOT_NULL(strstr(out, want));
	out = make("int tp(struct tracepoint__cat__my__ev *args) { return args->n; }");
	CU_ASSERT_PTR_NOT_NULL(strstr(out, want));
	/* One that is not there, and one that leads out of the folder, are left to libbcc. */
	UNIT_STR(make("TRACEPOINT_PROBE(cat, gone) { return 0; }"), "");
	UNIT_STR(make("int tracepoint__cat__ (void);"), "");
	unlink(in_folder("tracefs/events/cat/my__ev/format"));
}

static void test_info(void)
{
	struct cbee__headers_info info = { 0 };

	make_from("int f(struct pt_regs *ctx, struct bpf_insn *i, struct own { int a; } *o);",
		  in_folder("btf"), &info);
	CU_ASSERT_TRUE(info.from_btf);
	CU_ASSERT_FALSE(info.reads_structs);
	make_from("int f(struct task *t);", in_folder("btf"), &info);
	CU_ASSERT_TRUE(info.reads_structs);
}

static void test_no_btf(void)
{
	struct cbee__headers_info info = { .from_btf = true };
	struct cbee_buf out = { 0 };
	struct cbee_err err = { 0 };
	struct cbee__headers_env env = { .btf_dir = "/nonexistent" };
	static const char plain[] = "int f(struct pt_regs *ctx) { return PT_REGS_RC(ctx); }";
	static const char reads[] = "int f(struct task_struct *t) { return t->pid; }";

	UNIT_EQ(cbee__headers_make(plain, strlen(plain), &env, &out, &info, &err), 0);
	CU_ASSERT_FALSE(info.from_btf);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.data, "struct pt_regs {"));
	UNIT_EQ(cbee__headers_make(reads, strlen(reads), &env, &out, &info, &err), -ENOENT);
	UNIT_STR(err.text, "the program uses 'struct task_struct', but this kernel does not "
			   "describe its types: no '/nonexistent/vmlinux'");
	CU_ASSERT_NOT_EQUAL(err.hint[0], '\0');
	cbee__buf_free(&out);
	cbee__err_clear(&err);
}

static void test_module(void)
{
	struct btf *b = build(), *m = btf__new_empty_split(b);
	uint32_t size;
	const void *data;

	btf__add_struct(m, "modular", 16);
	btf__add_field(m, "name", 5, 0, 0);
	data = btf__raw_data(m, &size);
	write_bytes(in_folder("btf/zz_module"), data, size);
	write_bytes(in_folder("btf/aa_damaged"), data, size / 2);
	UNIT_STR(make("f(struct modular *m) { m->name; }"),
		 "struct modular {\n\tchar name[16];\n};\n");
	unlink(in_folder("btf/zz_module"));
	unlink(in_folder("btf/aa_damaged"));
	btf__free(m);
	btf__free(b);
}

/* Names all there is in build(), so that all of it is written. */
static const char everything[] =
	"f(struct task t, struct owner *o, struct bits b, struct tight *x, struct file *y) {\n"
	"kuid_t k; count_t c; enum state s; IDLE; TASK_COMM_LEN; t->pid; uid; parent; comm; file;\n"
	"inode; where; x; y; first; far; wide; which; other; fn; state; val; last; one; flag; }\n";

static void test_hostile(void)
{
	struct btf *b = build();
	char dir[512];
	struct cbee__headers_env env = { .btf_dir = dir, .boot_dir = "/nonexistent" };
	uint32_t size, seed = 4711;
	const void *data = btf__raw_data(b, &size);
	unsigned char *copy = malloc(size);
	int good = 0, refused = 0;

	CU_ASSERT_FATAL(copy != NULL);
	snprintf(dir, sizeof(dir), "%s", in_folder("hostile"));
	mkdir(dir, 0700);
	for (uint32_t round = 0; round < size + 4000; round++) {
		struct cbee_buf out = { 0 };
		int err;

		memcpy(copy, data, size);
		for (uint32_t i = 0; round > size && i <= round % 3; i++) {
			seed = seed * 1664525 + 1013904223;
			copy[(seed >> 8) % size] ^= (unsigned char)(1 + (seed >> 3) % 255);
		}
		write_bytes(in_folder("hostile/vmlinux"), copy, round < size ? round : size);
		err = cbee__headers_make(everything, strlen(everything), &env, &out, NULL, NULL);
		good += err == 0;
		refused += err == -EINVAL;
		cbee__buf_free(&out);
	}
	UNIT_EQ(good + refused, size + 4000);
	CU_ASSERT(good > 100 && refused > (int)size);
	unlink(in_folder("hostile/vmlinux"));
	rmdir(in_folder("hostile"));
	free(copy);
	btf__free(b);
}

/* Records without a name, each inside the one before, twice: 2^40 ways to walk them. */
static void test_deep(void)
{
	struct btf *b = btf__new_empty();
	int id = btf__add_int(b, "int", 4, BTF_INT_SIGNED);

	for (int i = 0; i < 40; i++) {
		int next = btf__add_union(b, i == 39 ? "deep" : NULL, 4);

		btf__add_field(b, i ? NULL : "leaf", id, 0, 0);
		btf__add_field(b, i ? NULL : "leaf2", id, 0, 0);
		id = next;
	}
	write_btf(b);
	CU_ASSERT_PTR_NOT_NULL(strstr(make("f(union deep *d) { d->leaf; }"), "contradicts"));
	btf__free(b);
	/* Two structs that hold each other. */
	b = btf__new_empty();
	btf__add_struct(b, "a", 8);
	btf__add_field(b, "x", 2, 0, 0);
	btf__add_struct(b, "b", 8);
	btf__add_field(b, "x", 1, 0, 0);
	write_btf(b);
	CU_ASSERT_PTR_NOT_NULL(strstr(make("f(struct a *d) { d->x; }"), "contradicts"));
	btf__free(b);
	b = build();
	write_btf(b);
	btf__free(b);
}

static void test_no_memory(void)
{
	struct cbee__headers_env env = { .btf_dir = in_folder("btf"),
					 .tracefs = in_folder("tracefs"),
					 .boot_dir = "/nonexistent",
					 .proc_config = "/nonexistent" };
	struct cbee_buf out = { 0 };
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, {
		err = cbee__headers_make(everything, strlen(everything), &env, &out, NULL, NULL);
		cbee__buf_free(&out);
	});
	UNIT_EQ(err, 0);
}

/* ---- the running kernel: what a C compiler makes of the text, against libbpf's reading ---- */

struct pick {
	const struct btf *b;
	struct cbee_buf source, checks;
	uint32_t seed;
	int members;
};

static uint32_t roll(struct pick *p)
{
	p->seed = p->seed * 1664525 + 1013904223;
	return p->seed >> 8;
}

/* Whether this is the only type of its tag (others are told apart by luck), and not bpf.h's. */
static int is_unique(const struct btf *b, uint32_t id, const char *name)
{
	for (uint32_t i = 1; i < btf__type_cnt(b); i++) {
		const struct btf_type *t = btf__type_by_id(b, i);

		if (i != id && (btf_is_composite(t) || btf_is_any_enum(t)) &&
		    !strcmp(btf__name_by_offset(b, t->name_off), name))
			return 0;
	}
	for (size_t i = 0; i < sizeof(uapi_bpf_names) / sizeof(*uapi_bpf_names); i++)
		if (!strcmp(uapi_bpf_names[i], name))
			return 0;
	return 1;
}

static void pick_type(struct pick *p, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(p->b, id);
	const char *word = btf_is_union(t) ? "union" : "struct";
	const char *tag = btf__name_by_offset(p->b, t->name_off);
	int whole = roll(p) % 4 == 0;

	if (!btf_is_composite(t) || !*tag || !is_unique(p->b, id, tag))
		return;
	cbee__buf_fmt(&p->source, "int f%u(%s %s %sp) {\n", id, word, tag, whole ? "" : "*");
	cbee__buf_fmt(&p->checks, "_Static_assert(sizeof(%s %s) == %u, \"%s\");\n", word, tag,
		      t->size, tag);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = btf__name_by_offset(p->b, m->name_off);

		if (!*name || btf_member_bitfield_size(t, i) || roll(p) % 3)
			continue;
		p->members++;
		cbee__buf_fmt(&p->source, "\tp->%s;\n", name);
		cbee__buf_fmt(&p->checks,
			      "_Static_assert(__builtin_offsetof(%s %s, %s) == %u, \"%s.%s\");\n"
			      "_Static_assert(sizeof(((%s %s *)0)->%s) == %lld, \"%s.%s\");\n",
			      word, tag, name, btf_member_bit_offset(t, i) / 8, tag, name, word,
			      tag, name, (long long)btf__resolve_size(p->b, m->type), tag, name);
	}
	cbee__buf_str(&p->source, "}\n");
}

static void test_kernel(void)
{
	struct pick p = { .seed = 20240229 };
	struct cbee_buf out = { 0 };
	char command[1200];

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("(skipped: no /sys/kernel/btf/vmlinux) ");
		return;
	}
	p.b = btf__parse("/sys/kernel/btf/vmlinux", NULL);
	CU_ASSERT_FATAL(p.b != NULL);
	for (int i = 0; i < 6000; i++)
		pick_type(&p, 1 + roll(&p) % (btf__type_cnt(p.b) - 1));
	CU_ASSERT(p.members > 200);
	UNIT_EQ(cbee__headers_make(p.source.data, p.source.len, NULL, &out, NULL, NULL), 0);
	cbee__buf_add(&out, p.checks.data, p.checks.len);
	write_bytes(in_folder("layout.c"), out.data, out.len);
	snprintf(command, sizeof(command), "cc -std=gnu11 -w -fsyntax-only %s 2>&1 | head -20",
		 in_folder("layout.c"));
	fflush(stdout);
	UNIT_EQ(system(command), 0);
	snprintf(command, sizeof(command), "cc -std=gnu11 -w -fsyntax-only %s >/dev/null 2>&1",
		 in_folder("layout.c"));
	UNIT_EQ(system(command), 0);
	unlink(in_folder("layout.c"));
	cbee__buf_free(&p.source);
	cbee__buf_free(&p.checks);
	cbee__buf_free(&out);
	btf__free((struct btf *)p.b);
}

static void begin(void)
{
	struct btf *b = build();

	write_btf(b);
	btf__free(b);
}

static void end(void)
{
	char command[600];

	make_from(NULL, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	UNIT_EQ(system(command), 0);
}

UNIT_MAIN("headers", { "begin", begin }, { "members", test_members }, { "values", test_values },
	  { "bitfields", test_bitfields }, { "enums", test_enums }, { "names", test_names },
	  { "pasted", test_pasted }, { "macros", test_macros }, { "types", test_types },
	  { "config", test_config }, { "version", test_version }, { "tracepoint", test_tracepoint },
	  { "info", test_info }, { "no btf", test_no_btf }, { "module", test_module },
	  { "hostile", test_hostile }, { "deep", test_deep }, { "no memory", test_no_memory },
	  { "kernel", test_kernel }, { "end", end })
