/* SPDX-License-Identifier: Apache-2.0 */
/* USDT probes through the library: what is listed, what is read, what is refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"

static const char *target;

/* ---- values ----------------------------------------------------------- */

static const char text[] = "#include <uapi/linux/ptrace.h>\n"
			   "struct word { char text[8]; };\n"
			   "BPF_ARRAY(sums, s64, 32);\n"
			   "BPF_HASH(words, struct word, u64);\n"
			   "static void add(u32 slot, s64 value)\n"
			   "{\n"
			   "	s64 *sum = sums.lookup(&slot);\n"
			   "	if (sum)\n"
			   "		lock_xadd(sum, value);\n"
			   "}\n"
			   "int three(struct pt_regs *ctx)\n"
			   "{\n"
			   "	struct word word = {};\n"
			   "	int value = 0;\n"
			   "	add(0, 1);\n"
			   "	if (!bpf_usdt_readarg(1, ctx, &value))\n"
			   "		add(1, value);\n"
			   "	bpf_usdt_readarg_p(2, ctx, word.text, sizeof(word.text));\n"
			   "	words.increment(word);\n"
			   "	return 0;\n"
			   "}\n"
			   "int unsigneds(struct pt_regs *ctx)\n"
			   "{\n"
			   "	s64 a = 0, b = 0, c = 0, d = 0;\n"
			   "	bpf_usdt_readarg(1, ctx, &a);\n"
			   "	bpf_usdt_readarg(2, ctx, &b);\n"
			   "	bpf_usdt_readarg(3, ctx, &c);\n"
			   "	bpf_usdt_readarg(4, ctx, &d);\n"
			   "	add(2, a); add(3, b); add(4, c); add(5, d);\n"
			   "	return 0;\n"
			   "}\n"
			   "int signeds(struct pt_regs *ctx)\n"
			   "{\n"
			   "	s64 d = 0;\n"
			   "	char a = 0;\n"
			   "	short b = 0;\n"
			   "	int c = 0;\n"
			   "	bpf_usdt_readarg(1, ctx, &a);\n"
			   "	bpf_usdt_readarg(2, ctx, &b);\n"
			   "	bpf_usdt_readarg(3, ctx, &c);\n"
			   "	bpf_usdt_readarg(4, ctx, &d);\n"
			   "	add(6, (signed char)a); add(7, b); add(8, c); add(9, d);\n"
			   "	bpf_usdt_readarg(1, ctx, &d);\n"
			   "	add(10, d);\n"
			   "	return 0;\n"
			   "}\n"
			   "int ones(struct pt_regs *ctx)\n"
			   "{\n"
			   "	s64 a = 0;\n"
			   "	add(11, 1);\n"
			   "	bpf_usdt_readarg(1, ctx, &a);\n"
			   "	add(12, a);\n"
			   "	return 0;\n"
			   "}\n"
			   "int floats(struct pt_regs *ctx)\n"
			   "{\n"
			   "	u64 bits = 0;\n"
			   "	bpf_usdt_readarg(2, ctx, &bits);\n"
			   "	add(13, bits == 0x4036000000000000);\n"
			   "	return 0;\n"
			   "}\n"
			   "int bare(struct pt_regs *ctx)\n"
			   "{\n"
			   "	add(14, 1);\n"
			   "	return 0;\n"
			   "}\n";

/* Of 23 calls with the numbers 0 to 22. */
static const long long want[] = {
	[0] = 69,
	[1] = 253 + 2 * 253 - 7 * 23,
	[2] = 23 * 200 + 253,
	[3] = 23 * 60000 + 253,
	[4] = 23 * 4000000000LL + 253,
	[5] = (long long)((1ULL << 63) + 253),
	[6] = -23 * 100 - 253,
	[7] = -23 * 30000 - 253,
	[8] = -23 * 2000000000LL - 253,
	[9] = (1LL << 62) - 253, /* 64 bits of it */
	[10] = -23 * 100 - 253,
	[11] = 3 * 23,
	[12] = 23 * 112 + 3 * 253 + 253,
	[13] = 1,
	[14] = 23,
};

static struct cbee *fresh(void)
{
	struct cbee *c = NULL;

	if (cbee_new(&c))
		exit(1);
	return c;
}

static void bind(struct cbee *c, const char *probe, const char *fn)
{
	if (cbee_usdt(c, &(struct cbee_usdt_opts){ .path = target, .probe = probe, .fn = fn })) {
		printf("%s: %s\n", probe, cbee_error(c)->text);
		bad = 1;
	}
}

static void run_target(void)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid) {
		execl(target, target, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	EXPECT("the target's status", status, 0);
}

static void check_values(void)
{
	struct cbee *c = fresh();
	const char *made;
	uint64_t words = 0;
	int64_t sum;

	bind(c, "app:three", "three");
	bind(c, "unsigned", "unsigneds");
	bind(c, "signed", "signeds");
	bind(c, "global", "ones"); /* three probes, one function */
	bind(c, "app:indexed", "ones");
	bind(c, "other:twins", "ones");
	bind(c, "floats", "floats");
	bind(c, "nothing", "bare");
	if (cbee_start(c, &(struct cbee_source){ .name = "usdt.bpf.c",
						 .text = text,
						 .debug = CBEE_DEBUG_PREPROCESSOR })) {
		show_error(c);
		bad = 1;
	}
	made = cbee_debug_text(c, CBEE_DEBUG_PREPROCESSOR);
	EXPECT("what reads arguments", made && strstr(made, "_bpf_readarg_three_2("), 1);
	run_target();
	for (uint32_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char name[24];

		snprintf(name, sizeof(name), "sum %u", i);
		sum = 0;
		cbee_map_get(cbee_map(c, "sums"), &i, sizeof(i), &sum, sizeof(sum));
		EXPECT(name, sum, want[i]);
	}
	for (const char *const *w = (const char *const[]){ "reg", "mem", "const", NULL }; *w; w++) {
		char key[8] = "";

		memcpy(key, *w, strlen(*w));
		words = 0;
		cbee_map_get(cbee_map(c, "words"), key, sizeof(key), &words, sizeof(words));
		EXPECT(*w, words, 23);
	}
	EXPECT("bound too late",
	       cbee_usdt(c,
			 &(struct cbee_usdt_opts){ .path = target, .probe = "three", .fn = "f" }),
	       -EBUSY);
	cbee_free(c);
}

/* ---- the list --------------------------------------------------------- */

struct listed {
	unsigned int probes, locations, args;
	char names[200];
	char shown[400];
};

static int list_one(void *arg, const struct cbee_usdt *u)
{
	struct listed *l = arg;
	char line[120];

	l->probes++;
	l->locations += u->location_count;
	l->args += u->arg_count;
	strcat(strcat(strcat(l->names, u->provider), ":"), u->name);
	strcat(l->names, u->semaphore ? "! " : " ");
	for (unsigned int i = 0; !strcmp(u->name, "three") && i < u->location_count; i++) {
		EXPECT("an address", u->locations[i].address > 0, 1);
		cbee_usdt_arg_text(&u->locations[i].args[0], line, sizeof(line));
		strcat(strcat(l->shown, line), "; ");
	}
	if (!strcmp(u->name, "three"))
		strcat(l->shown, cbee_usdt_arg_type(u, 0));
	return 0;
}

static void check_list(void)
{
	struct cbee *c = fresh();
	struct listed l = { 0 };
	struct cbee_usdt_opts opts = { .path = target };

	EXPECT("list", cbee_usdt_each(c, &opts, list_one, &l), 0);
	EXPECT("probes", l.probes, 10);
	EXPECT("locations", l.locations, 12);
	EXPECT("arguments", l.args, 17);
	if (strcmp(l.names, "app:floats app:global app:guarded! app:indexed app:nothing "
			    "app:signed app:three app:twins app:unsigned other:twins ") != 0) {
		printf("names: %s\n", l.names);
		bad = 1;
	}
	if (strncmp(l.shown, "4 signed bytes in ", 18) != 0 ||
	    !strstr(l.shown, "; 4 signed bytes at rsp") ||
	    !strstr(l.shown, "; 4 signed bytes, always -7; int32_t")) {
		printf("arguments: %s\n", l.shown);
		bad = 1;
	}
	cbee_free(c);
}

/* ---- failures --------------------------------------------------------- */

static void refuses(const struct cbee_usdt_opts *o, int code, const char *sentence,
		    const char *hint)
{
	struct cbee *c = fresh();
	const struct cbee_error *e;

	EXPECT(sentence, cbee_usdt(c, o), code);
	e = cbee_error(c);
	if (!strstr(e->text, sentence) || (hint && (!e->hint || !strstr(e->hint, hint)))) {
		printf("'%s' (%s), not '%s' (%s)\n", e->text, e->hint ? e->hint : "", sentence,
		       hint ? hint : "");
		bad = 1;
	}
	cbee_free(c);
}

static void does_not_compile(const char *probe, const char *body, const char *sentence)
{
	struct cbee *c = fresh();
	char whole[300];

	snprintf(whole, sizeof(whole),
		 "int other(struct pt_regs *ctx)\n{\n\treturn 0;\n}\n"
		 "int f(struct pt_regs *ctx)\n{\n%s\n\treturn 0;\n}\n",
		 body);
	if (probe)
		bind(c, probe, "f");
	EXPECT("compile",
	       cbee_compile(c, &(struct cbee_source){ .name = "f.bpf.c", .text = whole }), -EINVAL);
	if (!strstr(cbee_error(c)->text, sentence)) {
		printf("'%s', not '%s'\n", cbee_error(c)->text, sentence);
		bad = 1;
	}
	cbee_free(c);
}

static void check_failures(void)
{
	struct cbee_usdt_opts o = { .path = target, .probe = "app:thre", .fn = "f" };

	refuses(&o, -ENOENT, "no USDT probe 'app:thre' in ", "did you mean 'app:three'?");
	o.probe = "treeh";
	refuses(&o, -ENOENT, "no USDT probe 'treeh' in ", NULL);
	o.probe = "twins";
	refuses(&o, -ENOTUNIQ, "USDT probe 'twins' is one of several providers: app, other",
		"write app:twins");
	o.path = "/bin/true";
	refuses(&o, -ENOENT, "/bin/true has no USDT probes", NULL);
	o.path = "/etc/passwd";
	refuses(&o, -ENOEXEC, "/etc/passwd is not an ELF file", NULL);
	o.path = NULL;
	refuses(&o, -EINVAL, "USDT probes are those of a file or of a process", NULL);
	o.pid = 4194304;
	refuses(&o, -ESRCH, "no process 4194304", NULL);
	does_not_compile("app:three", "u64 x;\nbpf_usdt_readarg(3, ctx, &x);",
			 "f.bpf.c:8:1: error: '_bpf_readarg_f_3' is unavailable: USDT probe "
			 "app:three has 2 arguments");
	does_not_compile("app:three", "short x;\n\tbpf_usdt_readarg(1, ctx, &x);",
			 "error: argument 1 of USDT probe app:three has 4 bytes: read it into as "
			 "many, or into 8");
	does_not_compile("app:floats", "u64 x;\nbpf_usdt_readarg(1, ctx, &x);",
			 "has argument 1 where BPF cannot read it: 8f@%xmm0");
	does_not_compile(NULL, "u64 x;\nbpf_usdt_readarg(1, ctx, &x);",
			 "f.bpf.c:8:1: error: '_bpf_readarg_f_1' is unavailable: f is not bound to "
			 "a USDT probe");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	target = argv[1];
	check_values();
	check_list();
	check_failures();
	return bad;
}
