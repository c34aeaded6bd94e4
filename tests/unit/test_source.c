/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how a BPF text is made ready: includes, line numbers, constants. */
#include "compile/source.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile/compile.h"
#include "plain/err.h"
#include "unit.h"

static struct cbee__source src;
static struct cbee_err err;
static char dir[64];
static const char *before; /* of the next job */
static const char *flag;   /* of the next job, NULL: none */

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
}

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/cbee-source-%d", (int)getpid());
	CU_ASSERT_FATAL(!mkdir(dir, 0700) || errno == EEXIST);
}

static void remove_dir(void)
{
	static const char *const names[] = { "a.h", "b.h", "loop.h", "twice.h", "empty.h" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static int prepare(const char *text, const char *from, bool keep)
{
	struct cbee__compile_job job;

	cbee__err_clear(&err);
	job = (struct cbee__compile_job){
		.name = "t.c",
		.text = text,
		.before = before,
		.dir = from,
		.flags = &flag,
		.flag_count = flag != NULL,
	};
	return cbee__source_prepare(&src, &job, keep, &err);
}

/* What follows the lines that define constants. */
static const char *body(void)
{
	const char *at = strstr(src.text.data, "#line 1 \"t.c\"\n");

	return at ? at : "";
}

static void done(void)
{
	cbee__source_free(&src);
}

static void a_plain_text_stays(void)
{
	UNIT_EQ(prepare("int a;\n\n\tint b;", NULL, false), 0);
	UNIT_STR(body(), "#line 1 \"t.c\"\nint a;\n\n\tint b;\n");
	UNIT_EQ(src.const_count, 0);
	CU_ASSERT(!src.tracefs);
	done();
	UNIT_EQ(prepare("", NULL, false), 0);
	UNIT_STR(body(), "#line 1 \"t.c\"\n");
	done();
}

/* What is put before counts no lines; reading arguments names its line again, for BCC moves it. */
static void a_text_before_counts_no_lines(void)
{
	before = "made\nOPT(func)\n";
	UNIT_EQ(prepare("one\nbpf_usdt_readarg(1)\n#define a \\\nbpf_usdt_readarg(1)\n", NULL,
			false),
		0);
	before = NULL;
	UNIT_STR(body(), "#line 1 \"t.c\"\none\n#line 2 \"t.c\"\nbpf_usdt_readarg(1)\n"
			 "#define a \\\nbpf_usdt_readarg(1)\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(src.text.data, "#line 1 \"<made>\"\nmade\nOPT(func)\n"));
	UNIT_EQ(src.const_count, 1);
	done();
}

static void system_headers_vanish_or_stay(void)
{
	const char *text =
		"one\n#include <linux/sched.h>\n  #  include\t<uapi/linux/ptrace.h> x\nfour\n";

	UNIT_EQ(prepare(text, NULL, false), 0);
	UNIT_STR(body(), "#line 1 \"t.c\"\none\n#line 3 \"t.c\"\n#line 4 \"t.c\"\nfour\n");
	done();
	UNIT_EQ(prepare(text, NULL, true), 0);
	UNIT_STR(body(), "#line 1 \"t.c\"\none\n"
			 "#include <linux/sched.h>\n#line 3 \"t.c\"\n"
			 "#include <uapi/linux/ptrace.h>\n#line 4 \"t.c\"\nfour\n");
	done();
}

static void what_is_no_include_stays(void)
{
	static const char text[] = "#define include 1\n#include MACRO\n#inc <x.h>\n#include <x.h\n"
				   "int a; #include <x.h>\n#includ";

	UNIT_EQ(prepare(text, NULL, false), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(body(), text));
	done();
}

static void local_files_are_put_in(void)
{
	char want[512];

	make_dir();
	put("a.h", "a1\n#include \"b.h\"\na3\n");
	put("b.h", "b1");
	put("empty.h", "");
	UNIT_EQ(prepare("one\n#include \"a.h\"\nthree\n#include \"empty.h\"\nfive\n", dir, false),
		0);
	snprintf(want, sizeof(want),
		 "#line 1 \"t.c\"\none\n#line 1 \"%s/a.h\"\na1\n#line 1 \"%s/b.h\"\nb1\n"
		 "#line 3 \"%s/a.h\"\na3\n#line 3 \"t.c\"\nthree\n#line 1 \"%s/empty.h\"\n"
		 "#line 5 \"t.c\"\nfive\n",
		 dir, dir, dir, dir);
	UNIT_STR(body(), want);
	done();
	remove_dir();
}

static void own_headers_are_put_in(void)
{
	const char *at, *text = "#include <cbee/bpf/slot.h>\nint a;\n";

	for (int keep = 0; keep < 2; keep++) {
		UNIT_EQ(prepare(text, NULL, keep), 0);
		at = strstr(body(), "#line 1 \"cbee/bpf/slot.h\"\n");
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		at = strstr(at, "#define CBEE_SLOT_BITS 4\n");
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		CU_ASSERT_PTR_NOT_NULL(strstr(at, "#line 2 \"t.c\"\nint a;\n"));
		done();
	}
	UNIT_EQ(prepare("#include <cbee/bpf/nothing.h>\n", NULL, true), -EINVAL);
	UNIT_STR(err.text, "no header <cbee/bpf/nothing.h> for BPF programs");
}

static void missing_files_are_told(void)
{
	make_dir();
	UNIT_EQ(prepare("#include \"gone.h\"\n", dir, false), -ENOENT);
	UNIT_STR(err.text, "cannot include \"gone.h\": No such file or directory");
	put("a.h", "#include \"gone.h\"\n");
	UNIT_EQ(prepare("#include \"a.h\"\n", dir, false), -ENOENT);
	UNIT_EQ(prepare("#include \"a.h\"\n", NULL, false), -EINVAL);
	UNIT_STR(err.text, "cannot include \"a.h\": the text has no folder");
	UNIT_EQ(src.text.len, 0);
	remove_dir();
}

static void loops_end(void)
{
	make_dir();
	put("loop.h", "int x;\n#include \"loop.h\"\n");
	UNIT_EQ(prepare("#include \"loop.h\"\n", dir, false), -ELOOP);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "loop.h includes itself"));
	put("twice.h", "int y;\n");
	UNIT_EQ(prepare("#include \"twice.h\"\n#include \"twice.h\"\n", dir, false), 0);
	done();
	remove_dir();
}

static void long_names_are_refused(void)
{
	char text[400];

	memset(text, 'n', sizeof(text));
	memcpy(text, "#include \"", 10);
	strcpy(text + 10 + 255, "\"\n");
	make_dir();
	UNIT_EQ(prepare(text, dir, false), -ENOENT);
	memset(text + 10, 'n', 256);
	strcpy(text + 10 + 256, "\"\n");
	UNIT_EQ(prepare(text, dir, false), -EINVAL);
	UNIT_STR(err.text, "an include name of 256 bytes");
	remove_dir();
}

static void constants_are_found_once(void)
{
	static const char names[] = "pid\0uid_given\0x";

	UNIT_EQ(prepare("if (OPT(pid) && OPT(uid_given)) OPT(pid);\n#define A OPT(x)\n"
			"XOPT(no) OPT() OPT(a b) OPT (c) OPT(d\n",
			NULL, false),
		0);
	UNIT_EQ(src.const_count, 3);
	UNIT_EQ(src.consts.len, sizeof(names));
	CU_ASSERT(!memcmp(src.consts.data, names, sizeof(names)));
	CU_ASSERT_PTR_NOT_NULL(strstr(src.text.data,
				      "#define CBEE_CONST_pid \"0xcbeec05700000000\"\n"
				      "#define CBEE_CONST_uid_given \"0xcbeec05700000001\"\n"
				      "#define CBEE_CONST_x \"0xcbeec05700000002\"\n"
				      "#define OPT(name)"));
	done();
}

static void constants_in_headers_are_found(void)
{
	UNIT_EQ(prepare("BPF_ARRAY(a, u64, 1);\n#include <cbee/bpf/follow.h>\n", NULL, false), 0);
	UNIT_EQ(src.const_count, 1);
	UNIT_STR(src.consts.data, "follow");
	done();
}

static void tracepoints_are_noticed(void)
{
	UNIT_EQ(prepare("TRACEPOINT_PROBE(sched, sched_switch) { return 0; }", NULL, false), 0);
	CU_ASSERT(src.tracefs);
	done();
	UNIT_EQ(prepare("int tracepoint__a__b(struct tracepoint__a__b *args)", NULL, false), 0);
	CU_ASSERT(src.tracefs);
	done();
	UNIT_EQ(prepare("int f(void *ctx) { return 0; }", NULL, false), 0);
	CU_ASSERT(!src.tracefs);
	done();
	flag = "-DPROBE=TRACEPOINT_PROBE";
	UNIT_EQ(prepare("PROBE(a, b) { return 0; }", NULL, false), 0);
	CU_ASSERT(src.tracefs);
	flag = NULL;
	done();
}

static void survives_failing_allocations(void)
{
	int e;

	make_dir();
	put("a.h", "int OPT(one);\n");
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = prepare("#include \"a.h\"\nOPT(one) OPT(two) OPT(two) OPT(three)\n"
			    "OPT(a_name_of_some_length_0) OPT(a_name_of_some_length_1)\n"
			    "OPT(a_name_of_some_length_2) OPT(a_name_of_some_length_3)\n"
			    "OPT(a_name_of_some_length_4) OPT(a_name_of_some_length_4)\n",
			    dir, false);
		if (e)
			CU_ASSERT(err.code == e && err.text[0]);
		cbee__source_free(&src);
	});
	UNIT_EQ(e, 0);
	cbee__source_free(NULL);
	remove_dir();
}

UNIT_MAIN("source", { "a plain text stays", a_plain_text_stays },
	  { "a text before counts no lines", a_text_before_counts_no_lines },
	  { "system headers vanish or stay", system_headers_vanish_or_stay },
	  { "what is no include stays", what_is_no_include_stays },
	  { "local files are put in", local_files_are_put_in },
	  { "own headers are put in", own_headers_are_put_in },
	  { "missing files are told", missing_files_are_told }, { "loops end", loops_end },
	  { "long names are refused", long_names_are_refused },
	  { "constants are found once", constants_are_found_once },
	  { "constants in headers are found", constants_in_headers_are_found },
	  { "tracepoints are noticed", tracepoints_are_noticed },
	  { "survives failing allocations", survives_failing_allocations })
