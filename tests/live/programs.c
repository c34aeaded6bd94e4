/* SPDX-License-Identifier: Apache-2.0 */
/* Functions loaded, described and tried one by one; the texts that explain them; what options do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "expect.h"

static const char text[] =
	"#include <uapi/linux/ptrace.h>\n"
	"BPF_HASH(counts, u32, u64);\n"
	"int plain(struct __sk_buff *skb)\n"
	"{\n"
	"	return 5;\n"
	"}\n"
	"int filter(struct __sk_buff *skb)\n"
	"{\n"
	"	u32 key = 7;\n"
	"	if (OPT(pid))\n"
	"		counts.increment(key);\n"
	"	return skb->len + 1000 * load_byte(skb, 2);\n"
	"}\n"
	"int bounce(struct xdp_md *ctx)\n"
	"{\n"
	"	u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;\n"
	"	if (data + 14 > end)\n"
	"		return XDP_DROP;\n"
	"	data[13] = data[0] + 1;\n"
	"	return XDP_TX;\n"
	"}\n"
	"int args(struct bpf_raw_tracepoint_args *ctx)\n"
	"{\n"
	"	return ctx->args[0] + ctx->args[1];\n"
	"}\n"
	"int called(struct bpf_raw_tracepoint_args *ctx)\n"
	"{\n"
	"	u32 key = 8;\n"
	"	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid) && ctx->args[1] == OPT(nr))\n"
	"		counts.increment(key);\n"
	"	return 0;\n"
	"}\n"
	"int entered(struct tracepoint__syscalls__sys_enter_getpgid *args)\n"
	"{\n"
	"	u32 key = 9;\n"
	"	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
	"		counts.increment(key);\n"
	"	return 0;\n"
	"}\n"
	"int wrong(struct __sk_buff *skb)\n"
	"{\n"
	"	return *(int *)(long)skb->len;\n"
	"}\n";

static struct cbee *open_debug(unsigned int debug)
{
	return open_source(
		&(struct cbee_source){ .name = "test.bpf.c", .text = text, .debug = debug }, 0);
}

/* A call that must succeed; the sentence if it does not. */
static void fine(struct cbee *c, const char *what, int err)
{
	if (err) {
		printf("%s: %d\n", what, err);
		show_error(c);
		bad = 1;
	}
}

static void has(const char *what, const char *all, const char *part)
{
	if (all && strstr(all, part))
		return;
	printf("%s has no \"%s\":\n%.3000s\n", what, part, all ? all : "(null)");
	bad = 1;
}

/* ---- trying ------------------------------------------------------------- */

static void check_packets(struct cbee *c)
{
	unsigned char packet[64] = { 41 }, out[64] = { 0 };
	struct cbee_prog_run run = { .data = packet, .size = sizeof(packet), .repeat = 100 };
	uint64_t count = 0;
	uint32_t key = 7;

	cbee_const_set(c, "pid", 1);
	fine(c, "load", cbee_prog_load_type(c, "filter", BPF_PROG_TYPE_SOCKET_FILTER, 0));
	packet[16] = 3; /* a socket filter sees it without the Ethernet header */
	fine(c, "run", cbee_prog_run(cbee_prog(c, "filter"), &run));
	EXPECT("filter", run.retval, 3000 + sizeof(packet) - 14);
	EXPECT("duration", run.duration_ns < 1000000, 1);
	fine(c, "count", cbee_map_get(cbee_map(c, "counts"), &key, 4, &count, 8));
	EXPECT("runs", count, 100);
	run.size = 13;
	EXPECT("no packet", cbee_prog_run(cbee_prog(c, "filter"), &run), -EINVAL);

	fine(c, "load", cbee_prog_load_type(c, "bounce", BPF_PROG_TYPE_XDP, 0));
	run = (struct cbee_prog_run){
		.data = packet, .size = sizeof(packet), .out = out, .out_room = sizeof(out)
	};
	fine(c, "run", cbee_prog_run(cbee_prog(c, "bounce"), &run));
	EXPECT("bounce", run.retval, XDP_TX);
	EXPECT("packet", run.out_size, sizeof(packet));
	EXPECT("written", out[13], 42);
	EXPECT("kept", out[16], 3);
	run.out_room = 20;
	EXPECT("little room", cbee_prog_run(cbee_prog(c, "bounce"), &run), -ENOSPC);
	EXPECT("packet", run.out_size, sizeof(packet));
	EXPECT("bounce", run.retval, XDP_TX);
}

static void check_arguments(struct cbee *c)
{
	uint64_t args[2] = { 1000, 234 };
	struct cbee_prog_run run = { .ctx = args, .ctx_size = sizeof(args) };

	fine(c, "load", cbee_prog_load(c, "args", CBEE_RAW_TRACEPOINT));
	fine(c, "run", cbee_prog_run(cbee_prog(c, "args"), &run));
	EXPECT("args", run.retval, 1234);
	fine(c, "load", cbee_prog_load(c, "plain", CBEE_KPROBE));
	EXPECT("kprobe", cbee_prog_run(cbee_prog(c, "plain"), &run), -EOPNOTSUPP);
	EXPECT("wrong", cbee_prog_load_type(c, "wrong", BPF_PROG_TYPE_SOCKET_FILTER, 0), -EACCES);
	EXPECT("wrong", cbee_prog(c, "wrong") == NULL, 1);
	EXPECT("all", cbee_prog_load_all(c, CBEE_RAW_TRACEPOINT), -EACCES);
}

/* ---- describing --------------------------------------------------------- */

/* What the kernel's own file says of the descriptor. */
static void check_fdinfo(int fd, const struct cbee_prog_info *info)
{
	char path[64], all[1024] = "", want[64];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	len = f ? fread(all, 1, sizeof(all) - 1, f) : 0;
	all[len] = '\0';
	if (f)
		fclose(f);
	snprintf(want, sizeof(want), "prog_tag:\t%s\n", info->tag);
	has("fdinfo", all, want);
	snprintf(want, sizeof(want), "prog_id:\t%u\n", info->id);
	has("fdinfo", all, want);
}

static void check_info(struct cbee *c)
{
	struct cbee_prog_info info, less;

	fine(c, "load", cbee_prog_load_type(c, "plain", BPF_PROG_TYPE_SOCKET_FILTER, 0));
	fine(c, "info", cbee_prog_info(cbee_prog(c, "plain"), &info));
	EXPECT("type", info.type, BPF_PROG_TYPE_SOCKET_FILTER);
	EXPECT("instructions", info.insns, 2);
	EXPECT("instructions in the kernel", info.xlated_insns, 2);
	EXPECT("maps", info.maps, 0);
	EXPECT("name", strcmp(info.name, "plain"), 0);
	check_fdinfo(cbee_prog_fd(cbee_prog(c, "plain")), &info);

	/* OPT(pid) is 1, then 0: a branch less, and with it what counts in the map */
	fine(c, "load", cbee_prog_load_type(c, "filter", BPF_PROG_TYPE_SOCKET_FILTER, 0));
	fine(c, "info", cbee_prog_info(cbee_prog(c, "filter"), &info));
	EXPECT("maps", info.maps, 1);
	cbee_const_set(c, "pid", 0);
	fine(c, "load", cbee_prog_load_type(c, "filter", BPF_PROG_TYPE_SOCKET_FILTER, 0));
	fine(c, "info", cbee_prog_info(cbee_prog(c, "filter"), &less));
	EXPECT("instructions", less.insns, info.insns);
	EXPECT("fewer in the kernel", less.xlated_insns < info.xlated_insns, 1);
	EXPECT("another program", less.id != info.id, 1);
	EXPECT("another tag", strcmp(less.tag, info.tag) != 0, 1);
}

/* The kernel takes the instructions as they are given, with the maps in an array. */
static void check_insns(struct cbee *c)
{
	int maps[] = { cbee_map_fd(cbee_map_at(c, 0)) }, fd;
	struct bpf_insn *insns = NULL;
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { 0 };
	uint32_t count = 0, loads = 0;
	char *listing = NULL;

	fine(c, "instructions", cbee_prog_insns(c, "filter", &insns, &count));
	for (uint32_t i = 0; i < count; i++)
		loads += insns[i].code == 0x18 && insns[i].src_reg == BPF_PSEUDO_MAP_IDX;
	EXPECT("loads of the map", loads, 2);
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = count;
	attr.license = (uintptr_t)cbee_license(c);
	attr.fd_array = (uintptr_t)maps;
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	EXPECT("loads by hand", fd >= 0, 1);
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info = (uintptr_t)&info;
	attr.info.info_len = sizeof(info);
	EXPECT("info", syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)), 0);
	EXPECT("type", info.type, BPF_PROG_TYPE_SOCKET_FILTER);
	close(fd);
	free(insns);
	fine(c, "text", cbee_prog_text(c, "filter", &listing));
	has("listing", listing, " = map[counts]\n");
	has("listing", listing, ": call bpf_map_lookup_elem#1\n");
	has("listing", listing, " ; OPT(pid)\n");
	has("listing", listing, " = *(u8 *)skb[2]\n");
	has("listing", listing, ": exit\n");
	free(listing);
}

static void check_names(struct cbee *c)
{
	static const char *const names[] = { "args",   "bounce", "called", "entered",
					     "filter", "plain",	 "wrong" };

	EXPECT("functions", cbee_progs(c), 7);
	for (unsigned int i = 0; i < 7; i++)
		EXPECT(names[i], strcmp(cbee_prog_name(c, i), names[i]), 0);
	EXPECT("license", strcmp(cbee_license(c), "GPL"), 0);
	EXPECT("version", cbee_kern_version(c) >= 4 << 16, 1);
}

/* ---- comparing ---------------------------------------------------------- */

static const char comparing[] = "#include <cbee/bpf/text.h>\n"
				"int named(struct bpf_raw_tracepoint_args *ctx)\n"
				"{\n"
				"	char comm[16];\n"
				"	bpf_get_current_comm(comm, sizeof(comm));\n"
				"	if (cbee_text_is(comm, \"longer than sixteen\"))\n"
				"		return 3;\n"
				"	if (cbee_text_is(comm, \"fifteen letters\"))\n"
				"		return 2;\n"
				"	return cbee_text_is(comm, \"same\");\n"
				"}\n";

/* The program sees the name of the thread that has it run. */
static void check_comparing(void)
{
	static const struct {
		const char *name;
		unsigned int found;
	} rows[] = {
		{ "same", 1 },
		{ "samee", 0 },
		{ "sam", 0 },
		{ "Same", 0 },
		{ "", 0 },
		{ "sameX", 0 },
		{ "fifteen letters and more", 2 },
	};
	struct cbee *c = open_source(&(struct cbee_source){ .text = comparing }, 0);
	struct cbee_prog_run run = { .ctx = (uint64_t[2]){ 0 }, .ctx_size = 16 };

	fine(c, "load", cbee_prog_load(c, "named", CBEE_RAW_TRACEPOINT));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		prctl(PR_SET_NAME, rows[i].name, 0, 0, 0);
		fine(c, "run", cbee_prog_run(cbee_prog(c, "named"), &run));
		EXPECT(rows[i].name, run.retval, rows[i].found);
	}
	cbee_free(c);
	EXPECT("new", cbee_new(&c), 0);
	EXPECT("a pointer",
	       cbee_compile(
		       c,
		       &(struct cbee_source){
			       .text = "#include <cbee/bpf/text.h>\n"
				       "int f(char *ctx) { return cbee_text_is(ctx, \"x\"); }\n" }),
	       -EINVAL);
	has("sentence", cbee_error(c)->text, "compares an array, not a pointer");
	cbee_free(c);
}

/* ---- sharing ------------------------------------------------------------ */

/* How many descriptors of this process are BPF programs. */
static int programs_open(void)
{
	char path[64], what[64];
	int count = 0;

	for (int fd = 0; fd < 256; fd++) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, what, sizeof(what) - 1);
		what[len > 0 ? len : 0] = '\0';
		count += !!strstr(what, "bpf-prog");
	}
	return count;
}

/* The same function twice at the same tracepoint, which takes a program once only. */
static void check_tracepoint(struct cbee *c)
{
	struct cbee_probe_opts o = { .kind = CBEE_TRACEPOINT,
				     .fn = "entered",
				     .target = "syscalls:sys_enter_getpgid" };
	uint64_t count = 0;
	uint32_t key = 9;

	fine(c, "attach", cbee_attach(c, &o));
	fine(c, "attach", cbee_attach(c, &o));
	EXPECT("programs", programs_open(), 2);
	for (int i = 0; i < 17; i++)
		syscall(SYS_getpgid, 0);
	cbee_detach(c);
	fine(c, "count", cbee_map_get(cbee_map(c, "counts"), &key, 4, &count, 8));
	EXPECT("calls", count, 34);
}

/* One program at two probes: each call is counted twice. */
static void check_sharing(struct cbee *c)
{
	struct cbee_probe_opts o = { .kind = CBEE_RAW_TRACEPOINT,
				     .fn = "called",
				     .target = "sys_enter" };
	uint64_t count = 0;
	uint32_t key = 8;

	cbee_const_set(c, "pid", (uint64_t)getpid());
	cbee_const_set(c, "nr", SYS_getpgid);
	fine(c, "attach", cbee_attach(c, &o));
	fine(c, "attach", cbee_attach(c, &o));
	EXPECT("programs", programs_open(), 1);
	for (int i = 0; i < 17; i++)
		syscall(SYS_getpgid, 0);
	cbee_detach(c);
	EXPECT("programs", programs_open(), 0);
	syscall(SYS_getpgid, 0);
	fine(c, "count", cbee_map_get(cbee_map(c, "counts"), &key, 4, &count, 8));
	EXPECT("calls", count, 34);
	check_tracepoint(c);
	fine(c, "load", cbee_prog_load(c, "called", CBEE_RAW_TRACEPOINT));
	fine(c, "attach", cbee_attach(c, &o));
	EXPECT("programs", programs_open(), 1);
	cbee_detach(c);
	EXPECT("programs", programs_open(), 1);
}

/* ---- texts -------------------------------------------------------------- */

static void check_texts(void)
{
	struct cbee *c = open_debug(255);
	const char *verifier;

	has("ir", cbee_debug_text(c, CBEE_DEBUG_LLVM_IR), "define dso_local i32 @filter(");
	has("text", cbee_debug_text(c, CBEE_DEBUG_PREPROCESSOR), "bpf_map_lookup_elem_(");
	has("text", cbee_debug_text(c, CBEE_DEBUG_PREPROCESSOR), "#line 2 \"test.bpf.c\"\n");
	has("source", cbee_debug_text(c, CBEE_DEBUG_SOURCE), "Disassembly of function bounce\n");
	has("source", cbee_debug_text(c, CBEE_DEBUG_SOURCE), "; data[13] = data[0] + 1; // Line ");
	has("bpf", cbee_debug_text(c, CBEE_DEBUG_BPF), "\n\nplain:\n   0: r0 = 0x5\n   1: exit\n");
	has("bpf", cbee_debug_text(c, CBEE_DEBUG_BPF), "args:\n   0: r");
	EXPECT("nothing is loaded", cbee_debug_text(c, CBEE_DEBUG_VERIFIER) == NULL, 1);
	fine(c, "load", cbee_prog_load_type(c, "plain", BPF_PROG_TYPE_SOCKET_FILTER, 0));
	EXPECT("wrong", cbee_prog_load_type(c, "wrong", BPF_PROG_TYPE_SOCKET_FILTER, 0), -EACCES);
	verifier = cbee_debug_text(c, CBEE_DEBUG_BPF_REGISTER_STATE);
	EXPECT("one text", verifier == cbee_debug_text(c, CBEE_DEBUG_VERIFIER_STATS), 1);
	has("verifier", verifier, "plain:\n");
	has("verifier", verifier, "R10=fp0");
	has("verifier", verifier, "r0 = 5 ");
	has("verifier", verifier, "processed 2 insns");
	has("verifier", verifier, "verification time");
	has("verifier", verifier, "\nwrong:\n");
	has("verifier", verifier, "invalid mem access");
	cbee_free(c);
}

/* The rewritten text is there although clang does not like it. */
static void check_texts_of_failure(void)
{
	struct cbee_source source = {
		.text = "BPF_HASH(h, u32, u64);\n"
			"int f(void *ctx) { u32 k = 0; h.increment(k); return gone(); }\n",
		.debug = CBEE_DEBUG_PREPROCESSOR | CBEE_DEBUG_LLVM_IR | CBEE_DEBUG_SOURCE
	};
	struct cbee *c = NULL;

	EXPECT("new", cbee_new(&c), 0);
	EXPECT("compile", cbee_compile(c, &source), -EINVAL);
	has("sentence", cbee_error(c)->text, "'gone'");
	has("text", cbee_debug_text(c, CBEE_DEBUG_PREPROCESSOR), "clang ");
	source.text = "#define BPF_LICENSE Dual BSD/GPL\nint f(void *ctx) { return 0; }\n";
	fine(c, "compile", cbee_compile(c, &source));
	EXPECT("license", strcmp(cbee_license(c), "Dual BSD/GPL"), 0);
	EXPECT("again", cbee_compile(c, &source), -EBUSY);
	cbee_free(c);
}

/* ---- files -------------------------------------------------------------- */

/* A text that is not in the current folder but beside the program, and needs flags of clang's. */
static void check_file(void)
{
	const char *const flags[] = { "-DANSWER=42", "-DMORE=1" };
	const struct cbee_source source = { .file = "beside.bpf.c",
					    .flags = flags,
					    .flag_count = 2 };
	char path[256], *listing = NULL;
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 16);
	struct cbee *c = NULL;
	FILE *f;

	path[len > 0 ? len : 0] = '\0';
	strcpy(strrchr(path, '/'), "/beside.bpf.c");
	EXPECT("new", cbee_new(&c), 0);
	EXPECT("no file", cbee_compile(c, &source), -ENOENT);
	cbee_free(c);
	f = fopen(path, "we");
	if (f) {
		fputs("int beside(void *ctx) { return ANSWER + MORE; }\n", f);
		fclose(f);
	}
	c = open_source(&source, 0);
	EXPECT("functions", cbee_progs(c), 1);
	fine(c, "its text", cbee_prog_text(c, "beside", &listing));
	has("what the flags say", listing, "r0 = 0x2b\n");
	free(listing);
	cbee_free(c);
	unlink(path);
}

/* ---- cards and limits --------------------------------------------------- */

/* The loopback device has no processor. */
static void check_device(void)
{
	struct cbee_source source = { .text = "int f(struct xdp_md *ctx) { return XDP_PASS; }\n",
				      .device = "lo" };
	struct cbee *c = open_source(&source, 0);
	int err = cbee_prog_load_type(c, "f", BPF_PROG_TYPE_XDP, 0);

	EXPECT("lo", err, -EOPNOTSUPP);
	has("sentence", cbee_error(c)->text, "'f'");
	has("hint", cbee_error(c)->hint, "network card");
	cbee_free(c);
	EXPECT("new", cbee_new(&c), 0);
	source.device = "no such card";
	EXPECT("no card", cbee_compile(c, &source), -ENODEV);
	cbee_free(c);
}

/* For programs.sh, which watches what is asked of the kernel. */
static void check_limit(bool keep)
{
	cbee_free(open_source(&(struct cbee_source){ .text = text, .keep_memlock = keep }, 0));
}

int main(int argc, char **argv)
{
	struct cbee *c;

	if (argc > 1) {
		check_limit(!strcmp(argv[1], "keep"));
		return bad;
	}
	c = open_debug(0);
	check_names(c);
	check_packets(c);
	check_arguments(c);
	check_info(c);
	check_insns(c);
	cbee_free(c);
	EXPECT("programs", programs_open(), 0);
	c = open_debug(0);
	check_sharing(c);
	cbee_free(c);
	check_comparing();
	check_file();
	check_texts();
	check_texts_of_failure();
	check_device();
	return bad;
}
