/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what is in running programs and in the kernel, and the stacks that BPF collects. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"

__attribute__((format(printf, 1, 2))) static void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	bad = 1;
}

static const char *base(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "(none)";
}

/* ---- a program that is looked at ---------------------------------------- */

#define LINES 64

struct line {
	unsigned long address;
	char name[64], module[64];
};

struct target {
	int pid;
	FILE *to, *from;
	struct line lines[LINES]; /* everything it ever said */
	unsigned int count, last; /* of them, and the first of its last answer */
};

static void listen_to(struct target *t)
{
	char text[256];

	t->last = t->count;
	while (fgets(text, sizeof(text), t->from) && text[0] != '.') {
		struct line *l = &t->lines[t->count++];

		if (t->count == LINES ||
		    sscanf(text, "%lx\t%63[^\t]\t%63[^\n]", &l->address, l->name, l->module) != 3)
			complain("not understood: %s", text);
	}
}

static void tell(struct target *t, char what)
{
	fprintf(t->to, "%c\n", what);
	fflush(t->to);
	if (what != 'q') {
		listen_to(t);
		return;
	}
	waitpid(t->pid, NULL, 0);
	fclose(t->to);
	fclose(t->from);
}

static struct target start(char *path, char *library, char *next)
{
	char *argv[] = { path, library, next, NULL };
	struct target t = { 0 };
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		exit(1);
	t.pid = fork();
	if (!t.pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execv(path, argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	t.to = fdopen(in[1], "w");
	t.from = fdopen(out[0], "r");
	listen_to(&t);
	return t;
}

static void check_line(struct cbee *c, int pid, const struct line *l)
{
	const struct cbee_sym_opts all = { .module = true, .offset = true };
	struct cbee_sym sym;
	char text[160];
	int err = cbee_sym(c, pid, l->address + 1, &sym);

	if (err || strcmp(sym.name, l->name) || strcmp(base(sym.module), l->module) ||
	    sym.offset != 1 || sym.size < 2)
		complain("%lx: error %d, '%s' + %llu of %llu in '%s', not '%s' in '%s'", l->address,
			 err, sym.name ? sym.name : "", (unsigned long long)sym.offset,
			 (unsigned long long)sym.size, base(sym.module), l->name, l->module);
	snprintf(text, sizeof(text), l->module[0] == '[' ? "%s+0x1 %s" : "%s+0x1 [%s]", l->name,
		 l->module);
	if (strcmp(cbee_sym_text(c, pid, l->address + 1, &all), text) ||
	    strcmp(cbee_sym_text(c, pid, l->address + 1, NULL), l->name))
		complain("text is '%s', not '%s'", cbee_sym_text(c, pid, l->address + 1, &all),
			 text);
}

/* What the target said, from line @from on. */
static void check_lines(struct cbee *c, const struct target *t, unsigned int from)
{
	if (from == t->count)
		complain("the program has said nothing");
	for (unsigned int i = from; i < t->count; i++)
		check_line(c, t->pid, &t->lines[i]);
}

/* Everything a process can do to its addresses, and then it ends. */
static void check_program(char *path, char *library, char *next)
{
	struct target t = start(path, library, next);
	struct cbee *c = NULL;
	struct cbee_sym sym;
	char list[64];

	if (cbee_new(&c))
		exit(1);
	check_lines(c, &t, 0);
	if (library) {
		tell(&t, 'l');
		check_lines(c, &t, t.last);
	}
	tell(&t, 'j');
	check_lines(c, &t, t.last);
	tell(&t, 'j');
	check_lines(c, &t, t.last);
	EXPECT("an address that is not there", cbee_sym(c, t.pid, 16, &sym), -ENOENT);
	EXPECT("its offset", sym.offset, 16);
	cbee_sym_forget(c);
	check_lines(c, &t, 0);
	if (next) {
		tell(&t, 'x');
		check_lines(c, &t, t.last);
	}
	tell(&t, 'q');
	check_lines(c, &t, t.last);
	snprintf(list, sizeof(list), "/tmp/perf-%d.map", t.pid);
	unlink(list);
	cbee_sym_forget(c);
	EXPECT("a process that is gone", cbee_sym(c, t.pid, t.lines[0].address, &sym), -ESRCH);
	EXPECT("its address", sym.offset, t.lines[0].address);
	if (strcmp(cbee_sym_text(c, t.pid, t.lines[0].address, NULL), "[unknown]"))
		complain("a process that is gone is not unknown");
	cbee_free(c);
}

/* A file that has no name any more. */
static void check_deleted(char *path)
{
	struct target t = start(path, NULL, NULL);
	struct cbee *c = NULL;

	if (cbee_new(&c))
		exit(1);
	tell(&t, 'u');
	if (!access(path, F_OK))
		complain("%s is still there", path);
	check_lines(c, &t, 0);
	tell(&t, 'q');
	cbee_free(c);
}

/* ---- the kernel ----------------------------------------------------------- */

static void check_kernel(void)
{
	unsigned long long address = 0;
	char line[512], name[256] = "";
	struct cbee *c = NULL;
	struct cbee_sym sym;
	uint64_t found = 0;
	FILE *f = fopen("/proc/kallsyms", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %255s", &address, name) == 2 &&
		    !strcmp(name, "vfs_read"))
			break;
	if (f)
		fclose(f);
	if (cbee_new(&c))
		exit(1);
	EXPECT("vfs_read's address", cbee_ksym_address(c, "vfs_read", &found), 0);
	EXPECT("as listed", found, address);
	EXPECT("its name", cbee_ksym(c, found + 7, &sym), 0);
	if (strcmp(sym.name, "vfs_read") || strcmp(sym.module, "kernel") || sym.offset != 7)
		complain("'%s' + %llu in '%s'", sym.name, (unsigned long long)sym.offset,
			 sym.module);
	EXPECT("nothing", cbee_ksym(c, 4096, &sym), -ENOENT);
	EXPECT("no such name", cbee_ksym_address(c, "no_such_name", &found), -ENOENT);
	cbee_free(c);
}

/* ---- stacks --------------------------------------------------------------- */

static const char text[] = "BPF_STACK_TRACE(stacks, 4096);\n"
			   "BPF_STACK_TRACE_BUILDID(places, 4096);\n"
			   "BPF_STACK_TRACE(one, 1);\n"
			   "BPF_ARRAY(ids, s64, 4);\n"
			   "static void keep(int i, s64 id) { ids.update(&i, &id); }\n"
			   "int on_c(struct pt_regs *ctx)\n"
			   "{\n"
			   "	keep(0, stacks.get_stackid(ctx, BPF_F_USER_STACK));\n"
			   "	keep(1, places.get_stackid(ctx, BPF_F_USER_STACK));\n"
			   "	return 0;\n"
			   "}\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n"
			   "{\n"
			   "	if (bpf_get_current_pid_tgid() >> 32 != OPT(pid))\n"
			   "		return 0;\n"
			   "	keep(2, stacks.get_stackid(args, 0));\n"
			   "	keep(3, one.get_stackid(args, args->pid ? 0 : BPF_F_USER_STACK));\n"
			   "	return 0;\n"
			   "}\n";

static int32_t id_of(struct cbee *c, uint32_t i)
{
	int64_t id = 0;

	EXPECT("id", cbee_map_get(cbee_map(c, "ids"), &i, sizeof(i), &id, sizeof(id)), 0);
	return (int32_t)id;
}

struct frames {
	struct cbee *c;
	int pid;
	unsigned int count;
	char names[8][64];
};

/* A place inside of c, then one inside of each that has called. */
static bool see_frame(void *arg, const struct cbee_frame *frame)
{
	struct frames *s = arg;
	struct cbee_sym sym;
	int err;

	if (s->count == 8)
		return false;
	if (frame->build_id)
		err = cbee_sym_build_id(s->c, frame->build_id, frame->offset, &sym);
	else
		err = cbee_sym(s->c, s->pid, frame->address, &sym);
	if (err)
		sym.name = "?";
	else if (sym.offset > sym.size || !sym.offset)
		complain("%s + %llu of %llu bytes", sym.name, (unsigned long long)sym.offset,
			 (unsigned long long)sym.size);
	snprintf(s->names[s->count++], sizeof(s->names[0]), "%s", sym.name);
	return true;
}

static void check_frames(struct cbee *c, const char *map, uint32_t i, int pid)
{
	static const char *const want[] = { "c", "b", "a", "main" };
	struct frames s = { .c = c, .pid = pid };

	EXPECT(map, cbee_stack_walk(cbee_map(c, map), id_of(c, i), see_frame, &s), 0);
	if (s.count < 4)
		complain("%s: %u frames", map, s.count);
	for (unsigned int k = 0; k < 4 && k < s.count; k++)
		if (strcmp(s.names[k], want[k]))
			complain("%s: frame %u is in %s, not %s", map, k, s.names[k], want[k]);
}

static void check_texts(struct cbee *c, const char *map, uint32_t i, const char *program, int pid)
{
	struct cbee_stack_opts how = { .pid = pid, .show = { .module = true }, .indent = "> " };
	char *got = NULL, want[512];

	EXPECT("text", cbee_stack_text(c, cbee_map(c, map), id_of(c, i), &how, &got), 0);
	snprintf(want, sizeof(want), "> c [%s]\n> b [%s]\n> a [%s]\n> main [%s]\n", base(program),
		 base(program), base(program), base(program));
	if (!got || strncmp(got, want, strlen(want)))
		complain("%s: the text is\n%s, not\n%s", map, got, want);
	free(got);
	got = NULL;
	how = (struct cbee_stack_opts){ .pid = pid, .folded = true };
	EXPECT("folded", cbee_stack_text(c, cbee_map(c, map), id_of(c, i), &how, &got), 0);
	if (!got || !strstr(got, "main;a;b;c") || strcmp(strstr(got, "main;a;b;c"), "main;a;b;c"))
		complain("%s: folded it is %s", map, got);
	free(got);
	got = NULL;
	EXPECT("JSON", cbee_stack_json(c, cbee_map(c, map), id_of(c, i), &how, &got), 0);
	if (!got || !strstr(got, "\"name\":\"c\",\"offset\":") ||
	    !strstr(got, i ? "[{\"build_id\":\"" : "[{\"address\":\"0x"))
		complain("%s: JSON is %s", map, got);
	free(got);
}

static bool is_listed(const char *name)
{
	char line[512], listed[256];
	FILE *f = fopen("/proc/kallsyms", "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*x %*c %255s", listed) == 1 && !strcmp(listed, name);
	if (f)
		fclose(f);
	return found;
}

static void check_kernel_stack(struct cbee *c)
{
	struct frames s = { .c = c, .pid = CBEE_KERNEL };
	char *got = NULL;

	EXPECT("kernel", cbee_stack_walk(cbee_map(c, "stacks"), id_of(c, 2), see_frame, &s), 0);
	if (!s.count)
		complain("the kernel's stack is empty");
	for (unsigned int k = 0; k < s.count; k++)
		if (!is_listed(s.names[k]))
			complain("frame %u: '%s' is not in /proc/kallsyms", k, s.names[k]);
	EXPECT("text", cbee_stack_text(c, cbee_map(c, "stacks"), id_of(c, 2), NULL, &got), 0);
	if (!got || !strstr(got, s.names[0]) || strstr(got, "[unknown]"))
		complain("the text is %s", got);
	free(got);
}

static void check_ids(struct cbee *c)
{
	struct cbee_map *one = cbee_map(c, "one"), *stacks = cbee_map(c, "stacks");
	uint32_t count = 0, id = (uint32_t)id_of(c, 2);

	/* the map has room for one, and gets another */
	syscall(SYS_getpgid, 1);
	EXPECT("first", id_of(c, 3), 0);
	syscall(SYS_getpgid, 0);
	EXPECT("collision", cbee_stack_walk(one, id_of(c, 3), see_frame, NULL), -EEXIST);
	if (!strstr(cbee_error(c)->text, "another has its place") || !cbee_error(c)->hint)
		complain("'%s'", cbee_error(c)->text);
	EXPECT("count", cbee_map_count(stacks, &count), 0);
	EXPECT("stacks", count, 2);
	EXPECT("delete", cbee_map_delete(stacks, &id, sizeof(id)), 0);
	EXPECT("deleted", cbee_stack_walk(stacks, (int32_t)id, see_frame, NULL), -ENOENT);
	EXPECT("clear", cbee_map_clear(stacks), 0);
	EXPECT("cleared", cbee_map_count(stacks, &count), 0);
	EXPECT("no stacks", count, 0);
	EXPECT("no map of stacks", cbee_stack_walk(cbee_map(c, "ids"), 0, see_frame, NULL),
	       -EINVAL);
}

/* From c's start to where the frame is made: before that its caller would be missing. */
static uint64_t offset_in_c(struct target *t)
{
	tell(t, 'w');
	for (unsigned int i = 0; i < t->last; i++)
		if (!strcmp(t->lines[i].name, "c"))
			return t->lines[t->last].address - t->lines[i].address;
	return 0;
}

/* What the program says of its functions, asked by their names. */
static void check_address(struct cbee *c, const struct target *t, const char *path)
{
	char function[300];
	uint64_t address = 0;

	for (const char *const *name = (const char *const[]){ "a", "b", "c", NULL }; *name;
	     name++) {
		unsigned int i = 0;

		while (i < t->count && strcmp(t->lines[i].name, *name) != 0)
			i++;
		snprintf(function, sizeof(function), "%s:%s", path, *name);
		EXPECT(function, cbee_sym_address(c, t->pid, function, &address), 0);
		EXPECT(function, address, i < t->count ? t->lines[i].address : 0);
	}
	EXPECT("of the kernel", cbee_sym_address(c, CBEE_KERNEL, "no_such_name", &address),
	       -ENOENT);
}

static void check_stacks(char *path)
{
	struct target t = start(path, NULL, NULL);
	uint64_t offset = offset_in_c(&t);
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_compile(c,
				   &(struct cbee_source){ .name = "stacks.bpf.c", .text = text });
	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_const_set(c, "pid", (uint64_t)getpid());
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (!err)
		err = cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_UPROBE,
								.fn = "on_c",
								.target = path,
								.symbol = "c",
								.offset = offset });
	if (err) {
		show_error(c);
		exit(1);
	}
	check_address(c, &t, path);
	tell(&t, 'c');
	EXPECT("module", cbee_sym_module_add(c, path), 0);
	check_frames(c, "stacks", 0, t.pid);
	check_frames(c, "places", 1, t.pid);
	check_texts(c, "stacks", 0, path, t.pid);
	check_texts(c, "places", 1, path, t.pid);
	tell(&t, 'q');
	check_frames(c, "stacks", 0, t.pid);
	syscall(SYS_getpgid, 1);
	check_kernel_stack(c);
	check_ids(c);
	cbee_free(c);
}

/* ---- what is asked for ------------------------------------------------------ */

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "program"))
		check_program(argv[2], argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
	else if (argc > 2 && !strcmp(argv[1], "deleted"))
		check_deleted(argv[2]);
	else if (argc > 2 && !strcmp(argv[1], "stacks"))
		check_stacks(argv[2]);
	else
		check_kernel();
	return bad;
}
