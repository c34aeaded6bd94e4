/* SPDX-License-Identifier: Apache-2.0 */
/* cbee-execsnoop: traces new programs as they start, with their arguments. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		 .max = 4294967295, .parse = cbee_parse_user),
	CBEE_OPT('q', "quote", NULL, struct conf, quote, "put arguments in quotes"),
	CBEE_OPT('n', "name", "REGEX", struct conf, name, "show only commands whose name matches"),
	CBEE_OPT('l', "line", "REGEX", struct conf, line,
		 "show only commands whose arguments match"),
	CBEE_OPT('U', "print-uid", NULL, struct conf, print_uid, "show the user id"),
	CBEE_OPT('C', "print-cpu", NULL, struct conf, print_cpu, "show the CPU"),
	CBEE_OPT('M', "print-pcomm", NULL, struct conf, print_pcomm, "show the parent's name"),
	CBEE_OPT('P', "ppid", "PPID", struct conf, ppid, "trace children of this process only",
		 .min = 1, .max = 4194304),
	CBEE_OPT(0, "max-args", "COUNT", struct conf, max_args, "show at most so many arguments",
		 .min = 1, .max = 100000),
	CBEE_OPT('c', "cgroup", "PATH", struct conf, cgroup, "trace this cgroup and those below"),
	CBEE_OPT(0, "cgroupmap", "PATH", struct conf, cgroupmap,
		 "trace the cgroup ids in this pinned map only"),
	CBEE_OPT(0, "mntnsmap", "PATH", struct conf, mntnsmap,
		 "trace the mount namespaces in this pinned map only"),
	CBEE_OPT_END,
};

/* One exec as it is shown. */
struct row {
	unsigned long long time;
	const char *comm, *pcomm, *path;
	unsigned int uid, pid, ppid, cpu;
	int ret;
	struct cbee_list args;
	bool truncated;
};

static void args_text(struct cbee_run *run, struct cbee_buf *out, const void *record);

/* Text first shows what was asked for, JSON what every record has. */
static const struct cbee_col cols[] = {
	CBEE_COL_AS(CBEE_COL_CLOCK, struct row, time, "TIME", NULL, 8, "when the program started",
		    .when = "time"),
	CBEE_COL_AS(CBEE_COL_SINCE, struct row, time, "TIME(s)", NULL, 7,
		    "seconds from the tracer's start to the program's", .when = "timestamp"),
	CBEE_COL(struct row, uid, "UID", NULL, 6, "real user id", .when = "print-uid"),
	CBEE_COL_AS(CBEE_COL_EPOCH, struct row, time, NULL, "time", 0,
		    "when the program started, seconds since 1970"),
	CBEE_COL(struct row, comm, "COMM", "comm", 16, "the command's name"),
	CBEE_COL(struct row, pid, "PID", "pid", 7, "process id"),
	CBEE_COL(struct row, pcomm, "PCOMM", NULL, 16, "the parent's name", .when = "print-pcomm"),
	CBEE_COL(struct row, ppid, "PPID", "ppid", 7, "the parent's process id"),
	CBEE_COL(struct row, uid, NULL, "uid", 0, "real user id"),
	CBEE_COL(struct row, cpu, "CPU", NULL, 4, "the CPU it ran on", .when = "print-cpu"),
	CBEE_COL(struct row, ret, "RET", "ret", -3, "0, or a negative errno"),
	CBEE_COL(struct row, args, "ARGS", "args", 0,
		 "the arguments, from argv[0] on; ... where some are missing", .text = args_text),
	CBEE_COL(struct row, truncated, NULL, "truncated", 0,
		 "whether arguments, or parts of one, are missing"),
	CBEE_COL(struct row, path, NULL, "path", 0, "the file that was to be run"),
	CBEE_COL(struct row, pcomm, NULL, "pcomm", 0, "the parent's name"),
	CBEE_COL(struct row, cpu, NULL, "cpu", 0, "the CPU it ran on"),
	CBEE_COL_END,
};

static const struct cbee_loss losses[] = {
	[LOST_FOLLOW] = CBEE_LOSS_FOLLOW,
	[LOST_EVENTS] = CBEE_LOSS_STREAM,
	[LOST_FAILED] = { "failed", "failed execs (too many at a time)" },
	{ NULL, NULL },
};

/* The regular expressions of --name and --line, and room for one exec's arguments. */
static struct work {
	struct cbee_regex *name, *line;
	const char *args[EXEC_ARGS + EXEC_ARG];
	char text[EXEC_ARGS + EXEC_ARG + 1]; /* the arguments, each with its NUL */
	char line_text[EXEC_ARGS + EXEC_ARG + 1];
} work;

static int check(struct cbee_run *run)
{
	int err = conf.name ? cbee_regex_compile(run, conf.name, &work.name) : 0;

	if (!err && conf.line)
		err = cbee_regex_compile(run, conf.line, &work.line);
	return err;
}

static void cleanup(struct cbee_run *run)
{
	(void)run;
	cbee_regex_free(work.name);
	cbee_regex_free(work.line);
}

/* Failed execs are seen by their system calls. */
static int attach_fails(struct cbee *c)
{
	static const struct cbee_probe_opts probes[] = {
		{ .kind = CBEE_RAW_TRACEPOINT,
		  .fn = "drop_attempt",
		  .target = "sched_process_exec" },
		{ .kind = CBEE_TRACEPOINT,
		  .fn = "exit_execve",
		  .target = "syscalls:sys_exit_execve" },
		{ .kind = CBEE_TRACEPOINT,
		  .fn = "exit_execveat",
		  .target = "syscalls:sys_exit_execveat" },
		{ .kind = CBEE_TRACEPOINT,
		  .fn = "enter_execve",
		  .target = "syscalls:sys_enter_execve" },
		{ .kind = CBEE_TRACEPOINT,
		  .fn = "enter_execveat",
		  .target = "syscalls:sys_enter_execveat" },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(probes) / sizeof(probes[0]); i++)
		err = cbee_attach(c, &probes[i]);
	return err;
}

static int attach(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	int err = 0;

	cbee_const_set(c, "cgroup", conf.cgroup != NULL);
	cbee_const_set(c, "cgroupmap", conf.cgroupmap != NULL);
	cbee_const_set(c, "mntnsmap", conf.mntnsmap != NULL);
	if (conf.cgroupmap)
		err = cbee_map_reuse(c, "cgroupset", conf.cgroupmap);
	if (!err && conf.mntnsmap)
		err = cbee_map_reuse(c, "mntnsset", conf.mntnsmap);
	if (!err)
		err = cbee_load(c);
	if (!err && conf.cgroup)
		err = cbee_run_cgroup(run, "cgroup", conf.cgroup);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (!err && conf.fails)
		err = attach_fails(c);
	return err;
}

/* Cuts the strings of @event into the row's list. */
static void split_args(struct row *row, const struct exec_event *event)
{
	size_t len = event->args_len, at = 0;

	if (len > EXEC_ARGS)
		len = EXEC_ARGS;
	memcpy(work.text, event->args, len);
	work.text[len] = '\0';
	row->args.items = work.args;
	while (at < len) {
		if (conf.max_args.given && row->args.count >= (size_t)conf.max_args.value) {
			row->truncated = true;
			break;
		}
		work.args[row->args.count++] = work.text + at;
		at += strlen(work.text + at) + 1;
	}
}

/* Arguments, quoted if asked for, and the mark where some are missing. */
static void args_text(struct cbee_run *run, struct cbee_buf *out, const void *record)
{
	const struct row *row = record;

	(void)run;
	for (size_t i = 0; i < row->args.count; i++) {
		const char *arg = row->args.items[i];

		if (i)
			cbee_text_add(out, " ", 1);
		if (conf.quote)
			cbee_text_add(out, "\"", 1);
		for (size_t len; *arg; arg += len) {
			len = conf.quote ? strcspn(arg, "\"\\") : strlen(arg);
			cbee_text_add(out, arg, len);
			if (!arg[len])
				break;
			cbee_text_add(out, "\\", 1);
			cbee_text_add(out, arg + len, 1);
			len++;
		}
		if (conf.quote)
			cbee_text_add(out, "\"", 1);
	}
	if (row->truncated)
		cbee_text_add(out, row->args.count ? " ..." : "...", row->args.count ? 4 : 3);
}

/* Whether --name and --line let this exec through. */
static bool is_shown(const struct row *row)
{
	size_t len = 0;

	if (work.name && !cbee_regex_search(work.name, row->comm, strlen(row->comm)))
		return false;
	if (!work.line)
		return true;
	for (size_t i = 0; i < row->args.count; i++) {
		size_t arg = strlen(row->args.items[i]);

		memcpy(work.line_text + len, row->args.items[i], arg);
		len += arg;
		work.line_text[len++] = ' ';
	}
	return cbee_regex_search(work.line, work.line_text, len ? len - 1 : 0);
}

static void record(struct cbee_run *run, const void *data, size_t size)
{
	const struct exec_event *e = data;
	struct row row = { .time = e->time,
			   .comm = e->comm,
			   .pcomm = e->pcomm,
			   .uid = e->uid,
			   .pid = e->pid,
			   .ppid = e->ppid,
			   .cpu = e->cpu,
			   .ret = e->ret,
			   .path = e->path_len ? e->path : NULL,
			   .truncated = e->flags != 0 };

	if (size < offsetof(struct exec_event, args) + e->args_len)
		return;
	split_args(&row, e);
	if (is_shown(&row))
		cbee_run_row(run, &row);
}

static const struct cbee_tool tool = {
	.name = "execsnoop",
	.brief = "trace new programs as they start, with their arguments",
	.examples = "  cbee-execsnoop               every program that starts\n"
		    "  cbee-execsnoop -x            failed attempts too\n"
		    "  cbee-execsnoop -Uu root      by root only, with a UID column\n"
		    "  cbee-execsnoop --json -- make  what a build runs, one object a line\n",
	.opts = opts,
	.conf = &conf,
	.cols = cols,
	.losses = losses,
	.bpf = execsnoop_bpf,
	.bpf_name = "execsnoop.bpf.c",
	.check = check,
	.attach = attach,
	.record = record,
	.cleanup = cleanup,
};

int main(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
