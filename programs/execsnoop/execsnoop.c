/* SPDX-License-Identifier: Apache-2.0 */
/* cbee-execsnoop: traces new programs as they start, with their arguments. */
#include <string.h>

#include <cbee/tool.h>

#include "execsnoop.bpf.inc.h"
#include "execsnoop.h"

static struct conf {
	bool time, timestamp, fails, print_uid, print_cpu, print_pcomm, quote;
	struct cbee_num uid, ppid, max_args;
	const char *name, *line, *cgroup, *cgroupmap, *mntnsmap;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT('T', "time", NULL, struct conf, time, "show the time of day"),
	CBEE_OPT('t', "timestamp", NULL, struct conf, timestamp,
		 "show seconds since the tracer started"),
	CBEE_OPT('x', "fails", NULL, struct conf, fails, "show failed execs too"),
	CBEE_OPT('u', "uid", "USER", struct conf, uid, "trace this user only, by name or number",
		 .max = 4294967295, .parse = cbee_parse_user, .value = CBEE_VALUE_USER),
	CBEE_OPT('q', "quote", NULL, struct conf, quote, "put arguments in quotes"),
	CBEE_OPT('n', "name", "REGEX", struct conf, name, "show only commands whose name matches",
		 .match = "comm", .value = CBEE_VALUE_PROGRAM),
	CBEE_OPT('l', "line", "REGEX", struct conf, line,
		 "show only commands whose arguments match", .match = "args"),
	CBEE_OPT('U', "print-uid", NULL, struct conf, print_uid, "show the user id"),
	CBEE_OPT('C', "print-cpu", NULL, struct conf, print_cpu, "show the CPU"),
	CBEE_OPT('M', "print-pcomm", NULL, struct conf, print_pcomm, "show the parent's name"),
	CBEE_OPT_PROCESS('P', "ppid", "PPID", struct conf, ppid,
			 "trace children of this process only"),
	CBEE_OPT(0, "max-args", "COUNT", struct conf, max_args, "show at most so many arguments",
		 .min = 1, .max = EXEC_ARGS, .rare = true),
	CBEE_OPT('c', "cgroup", "PATH", struct conf, cgroup, "trace this cgroup and those below",
		 .value = CBEE_VALUE_CGROUP),
	CBEE_OPT(0, "cgroupmap", "PATH", struct conf, cgroupmap,
		 "trace the cgroup ids in this pinned map only", .rare = true,
		 .value = CBEE_VALUE_PIN),
	CBEE_OPT(0, "mntnsmap", "PATH", struct conf, mntnsmap,
		 "trace the mount namespaces in this pinned map only", .rare = true,
		 .value = CBEE_VALUE_PIN),
	CBEE_OPT_END,
};

/* One exec as it is shown. */
struct row {
	struct exec_event event;
	const char *path;
	struct cbee_list args;
	bool truncated;
};

/* Text first shows what was asked for, JSON what every record has. */
static const struct cbee_col cols[] = {
	CBEE_COL_AS(CBEE_COL_CLOCK, struct row, event.time, "TIME", NULL, 8,
		    "when the program started", .when = "time"),
	CBEE_COL_AS(CBEE_COL_SINCE, struct row, event.time, "TIME(s)", NULL, 7,
		    "from the tracer's start to the program's", .when = "timestamp"),
	CBEE_COL(struct row, event.uid, "UID", NULL, 6, "real user id", .when = "print-uid"),
	CBEE_COL_AS(CBEE_COL_EPOCH, struct row, event.time, NULL, "time", 0,
		    "when the program started, since 1970"),
	CBEE_COL(struct row, event.comm, "COMM", "comm", 16, "the command's name"),
	CBEE_COL(struct row, event.pid, "PID", "pid", 7, "process id"),
	CBEE_COL(struct row, event.pcomm, "PCOMM", NULL, 16, "the parent's name",
		 .when = "print-pcomm"),
	CBEE_COL(struct row, event.ppid, "PPID", "ppid", 7, "the parent's process id"),
	CBEE_COL(struct row, event.uid, NULL, "uid", 0, "real user id"),
	CBEE_COL(struct row, event.cpu, "CPU", NULL, 4, "the CPU it ran on", .when = "print-cpu"),
	CBEE_COL(struct row, event.ret, "RET", "ret", -3, "0, or a negative errno",
		 .failure = true),
	CBEE_COL(struct row, args, "ARGS", "args", 0,
		 "the arguments from argv[0] on, ended by ... where some are missing",
		 .quote = "quote", .wrap = true),
	CBEE_COL(struct row, truncated, NULL, "truncated", 0,
		 "whether arguments, or parts of one, are missing"),
	CBEE_COL(struct row, path, NULL, "path", 0, "the file that was to be run",
		 .nullable = true),
	CBEE_COL(struct row, event.pcomm, NULL, "pcomm", 0, "the parent's name"),
	CBEE_COL(struct row, event.cpu, NULL, "cpu", 0, "the CPU it ran on"),
	CBEE_COL_END,
};

static const struct cbee_loss losses[] = {
	[LOST_FOLLOW] = CBEE_LOSS_FOLLOW,
	[LOST_EVENTS] = CBEE_LOSS_STREAM,
	[LOST_FAILED] = { "failed", "failed execs (too many at a time)" },
	{ NULL, NULL },
};

/* An exec that fails is seen by its system call only. */
static const struct cbee_tool_probe probes[] = {
	CBEE_PROBE(NULL, CBEE_RAW_TRACEPOINT, "exec_done", "sched_process_exec"),
	CBEE_PROBE("fails", CBEE_RAW_TRACEPOINT, "drop_attempt", "sched_process_exec"),
	CBEE_PROBE("fails", CBEE_TRACEPOINT, "exit_execve", "syscalls:sys_exit_execve"),
	CBEE_PROBE("fails", CBEE_TRACEPOINT, "exit_execveat", "syscalls:sys_exit_execveat"),
	CBEE_PROBE("fails", CBEE_TRACEPOINT, "enter_execve", "syscalls:sys_enter_execve"),
	CBEE_PROBE("fails", CBEE_TRACEPOINT, "enter_execveat", "syscalls:sys_enter_execveat"),
	CBEE_PROBE_END,
};

static const struct cbee_tool_map maps[] = {
	{ "cgroup", "cgroup", false },
	{ "cgroupmap", "cbee_cgroups", true },
	{ "mntnsmap", "cbee_mount_namespaces", true },
	{ NULL, NULL, false },
};

static void record(struct cbee_run *run, const void *data, size_t size)
{
	static const char *args[EXEC_ARGS];
	static struct row row; /* too big for a stack frame, and there is one run */
	size_t room = conf.max_args.given ? (size_t)conf.max_args.value : EXEC_ARGS;
	struct exec_event *e = &row.event;

	if (size < offsetof(struct exec_event, args) || size > sizeof(*e))
		return;
	memcpy(e, data, size);
	if (size < offsetof(struct exec_event, args) + e->args_len || e->args_len > EXEC_ARGS)
		return;
	e->args[e->args_len] = '\0';
	row.args = (struct cbee_list){ .items = args, .cut = e->flags != 0 };
	cbee_list_split(&row.args, room, e->args, e->args_len);
	row.truncated = row.args.cut;
	row.path = e->path_len ? e->path : NULL;
	cbee_run_row(run, &row);
}

static const struct cbee_tool tool = {
	.name = "execsnoop",
	.brief = "trace new programs as they start, with their arguments",
	.topic = "processes",
	.examples = "cbee-execsnoop -x              failed attempts too\n"
		    "cbee-execsnoop -Uu root        root's only, with a UID column\n"
		    "cbee-execsnoop --json -- make  what a build runs, one object a line\n",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.probes = probes,
	.maps = maps,
	.bpf = execsnoop_bpf,
	.bpf_name = "execsnoop.bpf.c",
	.record = record,
};

int main(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
