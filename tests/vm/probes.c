/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches each kind of probe, counts known events, detaches, and sees no more of them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <cbee/cbee.h>

#define EVENTS 23

/* Every function counts what this process does. */
static const char text[] = "BPF_ARRAY(hits, u64, 1);\n"
			   "static inline int hit(void)\n"
			   "{\n"
			   "	int zero = 0;\n"
			   "	u64 *n = hits.lookup(&zero);\n"
			   "	if (n && bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
			   "		__sync_fetch_and_add(n, 1);\n"
			   "	return 0;\n"
			   "}\n"
			   "int plain(struct pt_regs *ctx) { return hit(); }\n"
			   "int tracing(void *ctx) { return hit(); }\n"
			   "int kprobe__vfs_statx(struct pt_regs *ctx) { return hit(); }\n"
			   "int kretprobe__vfs_statx(struct pt_regs *ctx) { return hit(); }\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_getppid) { return hit(); }\n"
			   "KFUNC_PROBE(vfs_statx) { return hit(); }\n"
			   "KRETFUNC_PROBE(vfs_statx) { return hit(); }\n"
			   "int syscall__getppid(struct pt_regs *ctx) { return hit(); }\n"
			   "int raw(struct bpf_raw_tracepoint_args *ctx) { return hit(); }\n"
			   "int sample(struct bpf_perf_event_data *ctx) { return hit(); }\n"
			   /* names with double underscores, of the kernel and of a module */
			   "KFUNC_PROBE(__task_pid_nr_ns) { return hit(); }\n"
			   "int kfunc__overlay__ovl_getattr(void *ctx) { return hit(); }\n"
			   "LSM_PROBE(inode_readlink) { return hit(); }\n"
			   "KMOD_RET(security_inode_getattr) { return hit(); }\n"
			   "KMOD_RET(security_inode_setxattr) { hit(); return -71; }\n";

__attribute__((noinline)) void probed(void)
{
	__asm__ volatile("");
}

static void stat_file(void)
{
	struct stat st;

	fstatat(AT_FDCWD, "/proc/version", &st, 0);
}

static void stat_overlay(void)
{
	struct stat st;

	fstatat(AT_FDCWD, "/etc/passwd", &st, 0);
}

static void call_probed(void)
{
	probed();
}

static void ask_parent(void)
{
	syscall(SYS_getppid);
}

static void rename_task(void)
{
	prctl(PR_SET_NAME, "probes", 0, 0, 0);
}

static void burn(void)
{
	struct timespec start, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < 20000000);
}

struct check {
	const char *name;
	struct cbee_probe_opts probe;
	void (*event)(void);
	unsigned int min, max; /* hits for EVENTS events */
};

static const struct check checks[] = {
	{ "kprobe",
	  { .kind = CBEE_KPROBE, .fn = "plain", .target = "vfs_statx" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "kretprobe",
	  { .kind = CBEE_KRETPROBE, .fn = "plain", .target = "vfs_statx" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "system call by its plain name",
	  { .kind = CBEE_KPROBE, .fn = "plain", .target = "sys_getppid" },
	  ask_parent,
	  EVENTS,
	  EVENTS },
	{ "fentry",
	  { .kind = CBEE_FENTRY, .fn = "tracing", .target = "vfs_statx" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "fexit",
	  { .kind = CBEE_FEXIT, .fn = "tracing", .target = "vfs_statx" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "uprobe",
	  { .kind = CBEE_UPROBE, .fn = "plain", .target = "/proc/self/exe", .symbol = "probed" },
	  call_probed,
	  EVENTS,
	  EVENTS },
	{ "uretprobe",
	  { .kind = CBEE_URETPROBE, .fn = "plain", .target = "/proc/self/exe", .symbol = "probed" },
	  call_probed,
	  EVENTS,
	  EVENTS },
	{ "tracepoint",
	  { .kind = CBEE_TRACEPOINT, .fn = "tracing", .target = "syscalls:sys_enter_getppid" },
	  ask_parent,
	  EVENTS,
	  EVENTS },
	{ "raw tracepoint",
	  { .kind = CBEE_RAW_TRACEPOINT, .fn = "raw", .target = "task_rename" },
	  rename_task,
	  EVENTS,
	  EVENTS },
	{ "kretprobe for many calls at once",
	  { .kind = CBEE_KRETPROBE, .fn = "plain", .target = "vfs_statx", .maxactive = 64 },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "fentry of a module",
	  { .kind = CBEE_FENTRY, .fn = "tracing", .target = "ovl_getattr" },
	  stat_overlay,
	  EVENTS,
	  EVENTS },
	{ "fexit of a module that is named",
	  { .kind = CBEE_FEXIT, .fn = "tracing", .target = "overlay:ovl_getattr" },
	  stat_overlay,
	  EVENTS,
	  EVENTS },
	{ "fmod_ret",
	  { .kind = CBEE_FMOD_RET, .fn = "tracing", .target = "security_inode_getattr" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "fmod_ret by its name",
	  { .kind = CBEE_FMOD_RET, .fn = "kmod_ret__security_inode_getattr" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "LSM hook",
	  { .kind = CBEE_LSM, .fn = "tracing", .target = "inode_getattr" },
	  stat_file,
	  EVENTS,
	  EVENTS },
	{ "perf event",
	  { .kind = CBEE_PERF_EVENT,
	    .fn = "sample",
	    .perf_type = PERF_TYPE_SOFTWARE,
	    .perf_config = PERF_COUNT_SW_CPU_CLOCK,
	    .sample_freq = 100 },
	  burn,
	  15,
	  120 },
};

static unsigned long long hits(struct cbee *c)
{
	unsigned long long n = 0;
	int zero = 0;

	cbee_map_get(cbee_map(c, "hits"), &zero, sizeof(zero), &n, sizeof(n));
	cbee_map_clear(cbee_map(c, "hits"));
	return n;
}

static unsigned long long run(struct cbee *c, void (*event)(void))
{
	for (int i = 0; i < EVENTS; i++)
		event();
	return hits(c);
}

static int check(struct cbee *c, const struct check *k)
{
	unsigned long long while_on, after;
	int err = cbee_attach(c, &k->probe);

	if (err) {
		printf("%s: %s\n", k->name, cbee_error(c)->text);
		return 1;
	}
	hits(c); /* what attaching itself looked up */
	while_on = run(c, k->event);
	cbee_detach(c);
	after = run(c, k->event);
	printf("%s: %llu hits, %llu after detaching\n", k->name, while_on, after);
	return while_on < k->min || while_on > k->max || after != 0;
}

struct check_all {
	const char *name;
	struct cbee_probe_opts probe;
	unsigned int places, hits; /* hits for one stat_file() */
};

static const struct check_all patterns[] = {
	{ "kprobes by pattern",
	  { .kind = CBEE_KPROBE, .fn = "plain", .target = "vfs_stat?" },
	  1,
	  1 },
	{ "kretprobes by expression",
	  { .kind = CBEE_KRETPROBE,
	    .fn = "plain",
	    .target = "(vfs_statx|security_inode_getattr)",
	    .regexp = true },
	  2,
	  2 },
	{ "kretprobes for many calls at once",
	  { .kind = CBEE_KRETPROBE,
	    .fn = "plain",
	    .target = "(vfs_statx|security_inode_getattr)",
	    .regexp = true,
	    .maxactive = 9 },
	  2,
	  2 },
	{ "fentry by expression",
	  { .kind = CBEE_FENTRY,
	    .fn = "tracing",
	    .target = "(vfs_statx|security_inode_getattr)",
	    .regexp = true },
	  2,
	  2 },
};

static int check_pattern(struct cbee *c, const struct check_all *k)
{
	unsigned long long while_on, after;
	unsigned int places = 0;
	int err = cbee_attach_all(c, &k->probe, &places);

	if (err) {
		printf("%s: %s\n", k->name, cbee_error(c)->text);
		return 1;
	}
	hits(c); /* what attaching itself looked up */
	while_on = run(c, stat_file);
	err = cbee_detach_probe(c, &k->probe);
	hits(c);
	after = run(c, stat_file);
	printf("%s: %u places, %llu hits, %llu after detaching\n", k->name, places, while_on,
	       after);
	return err || places != k->places || while_on != k->hits * EVENTS || after != 0;
}

/* A program in place of the kernel's answer. */
static int check_answer(struct cbee *c)
{
	struct cbee_probe_opts o = { .kind = CBEE_FMOD_RET,
				     .fn = "kmod_ret__security_inode_setxattr" };
	int err = cbee_attach(c, &o), answer, after;

	if (err) {
		printf("answer: %s\n", cbee_error(c)->text);
		return 1;
	}
	errno = 0;
	setxattr("/tmp", "security.cbee", "x", 1, 0);
	answer = errno;
	cbee_detach(c);
	errno = 0;
	setxattr("/tmp", "security.cbee", "x", 1, 0);
	after = errno;
	printf("fmod_ret: answer %d, after detaching %d\n", answer, after);
	return answer != EPROTO || after == EPROTO;
}

/* Both ends of vfs_statx by kprobe and by trampoline, and a system call by three ways. */
static int check_auto(struct cbee *c)
{
	unsigned long long stats, calls;
	unsigned int count = 0;
	int err = cbee_attach_auto(c, &count);

	if (err) {
		printf("by name: %s\n", cbee_error(c)->text);
		return 1;
	}
	hits(c); /* what attaching itself looked up */
	stats = run(c, stat_file);
	calls = run(c, ask_parent);
	cbee_detach(c);
	hits(c); /* what detaching itself looked up */
	printf("by name: %u attached, %llu and %llu hits\n", count, stats, calls);
	return count != 9 || stats != 4 * EVENTS || calls != 3 * EVENTS || run(c, stat_file);
}

int main(void)
{
	struct cbee *c = NULL;
	int bad = 0, err = cbee_new(&c);

	if (!err)
		err = cbee_compile(c, &(struct cbee_source){ .name = "probes", .text = text });
	if (!err)
		err = cbee_const_set(c, "pid", (unsigned long long)getpid());
	if (!err)
		err = cbee_load(c);
	if (err) {
		const struct cbee_error *e = c ? cbee_error(c) : NULL;

		printf("%s\n%s\n", e ? e->text : "no handle", e && e->log ? e->log : "");
		cbee_free(c);
		return 1;
	}
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		bad += check(c, &checks[i]);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		bad += check_pattern(c, &patterns[i]);
	bad += check_answer(c);
	bad += check_auto(c);
	cbee_free(c);
	return bad != 0;
}
