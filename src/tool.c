/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a struct cbee_tool from argv to exit status; the only file that prints. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cbee/tool.h>

#include "buf.h"
#include "child.h"
#include "col.h"
#include "describe.h"
#include "err.h"
#include "hist.h"
#include "json.h"
#include "loop.h"
#include "opt.h"
#include "pattern.h"
#include "report.h"

#define LOG_LINES    12	     /* of a compiler's or verifier's log, on failure */
#define STREAM_BURST 1048576 /* bytes of output that are collected before they are written */

/* What the options of every tracer write to. */
struct std_conf {
	bool json, csv, help, version, verbose, timestamp;
	struct cbee_num duration, interval;
};

struct cbee_run {
	const struct cbee_tool *tool;
	char name[64]; /* "cbee-execsnoop", before every line on stderr */
	struct std_conf std;
	struct cbee__opts opts;
	struct cbee__parsed parsed;
	struct cbee *cbee;
	struct cbee_err err;
	struct cbee__loop loop;
	struct cbee__child child;
	struct cbee__cols cols;
	struct cbee_buf out;
	int watch; /* process whose end ends the run; 0: none */
	bool csv_header_done, closed;
	unsigned long long rows;
	uint64_t lost_told; /* what the last JSON record said was lost */
};

static const struct cbee_opt std_opts[] = {
	CBEE_OPT(0, "interval", "SECONDS", struct std_conf, interval,
		 "report every so many seconds", .min = 1, .max = 31536000),
	CBEE_OPT(0, "timestamp", NULL, struct std_conf, timestamp,
		 "print the time before each report"),
	/* from here on for tracers without reports too */
	CBEE_OPT(0, "duration", "SECONDS", struct std_conf, duration, "end after so many seconds",
		 .min = 1, .max = 31536000),
	CBEE_OPT(0, "json", NULL, struct std_conf, json, "write JSON, one object a line",
		 .clash = "csv"),
	CBEE_OPT(0, "csv", NULL, struct std_conf, csv, "write comma-separated values",
		 .clash = "json"),
	CBEE_OPT('v', "verbose", NULL, struct std_conf, verbose,
		 "tell which mechanism was picked, and why not others"),
	CBEE_OPT('h', "help", NULL, struct std_conf, help, "print this and end"),
	CBEE_OPT(0, "version", NULL, struct std_conf, version, "print the version and end"),
	CBEE_OPT_END,
};

#define FIRST_WITHOUT_INTERVAL 2

/* ---- saying things ---------------------------------------------------- */

static void complain(const struct cbee_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(const struct cbee_run *run, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", run->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void say(void *arg, const char *line)
{
	complain(arg, "%s", line);
}

void cbee_run_note(struct cbee_run *run, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (run->std.json || run->std.csv)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	complain(run, "%s", line);
}

int cbee_run_fail(struct cbee_run *run, int code, const char *hint, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cbee__err(&run->err, code, "%s", text);
	if (hint)
		cbee__err_hint(&run->err, "%s", hint);
	return code;
}

/* The last lines of what the compiler or the verifier said. */
static void print_log(const char *log)
{
	const char *at = log + strlen(log);
	int lines = 0;

	while (at > log && at[-1] == '\n')
		at--;
	for (const char *end = at; at > log; at--)
		if (at[-1] == '\n' && at < end && ++lines == LOG_LINES)
			break;
	fprintf(stderr, "%s%s", at, log[0] && log[strlen(log) - 1] == '\n' ? "" : "\n");
}

/* One sentence for whatever failed: the run's own, else the library's. */
static void print_error(struct cbee_run *run, int code)
{
	const char *text = run->err.text, *hint = run->err.hint, *log = run->err.log;

	if (!run->err.code && run->cbee) {
		const struct cbee_error *e = cbee_error(run->cbee);

		text = e->text;
		hint = e->hint ? e->hint : "";
		log = e->log;
	}
	if (log)
		print_log(log);
	if (!text[0])
		text = strerror(-code);
	complain(run, "%s%s%s", text, hint[0] ? "; " : "", hint);
}

/* Writes what has been collected; a reader that is gone ends the run. */
static void flush(struct cbee_run *run)
{
	size_t at = 0;

	if (run->out.err && !run->closed) {
		run->closed = true;
		cbee__err_os(&run->err, run->out.err, "cannot write to stdout");
	}
	while (at < run->out.len && !run->closed) {
		ssize_t n = write(STDOUT_FILENO, run->out.data + at, run->out.len - at);

		if (n > 0) {
			at += (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			run->closed = true;
			cbee__err_os(&run->err, -errno, "cannot write to stdout");
		}
	}
	cbee__buf_reset(&run->out);
}

/* ---- what hooks call -------------------------------------------------- */

struct cbee *cbee_run_cbee(struct cbee_run *run)
{
	return run->cbee;
}

const struct cbee_list *cbee_run_args(const struct cbee_run *run)
{
	return &run->parsed.args;
}

bool cbee_run_given(const struct cbee_run *run, const char *name)
{
	return cbee__opt_given(&run->parsed, name);
}

bool cbee_run_has_command(const struct cbee_run *run)
{
	return run->parsed.command != NULL;
}

int cbee_run_watch(struct cbee_run *run, int pid)
{
	if (kill(pid, 0) && errno == ESRCH)
		return cbee_run_fail(run, -ESRCH, NULL, "no process %d", pid);
	run->watch = pid;
	return 0;
}

uint64_t cbee_hist_quantile(const struct cbee_hist *hist, double p, uint64_t min, uint64_t max)
{
	return cbee__hist_percentile(hist, p, min, max);
}

void cbee_text_fmt(struct cbee_buf *out, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cbee__buf_str(out, text);
}

int cbee_parse_user(const char *text, long long *ret_uid)
{
	const struct passwd *user = getpwnam(text);
	char *end;

	if (user) {
		*ret_uid = user->pw_uid;
		return 0;
	}
	errno = 0;
	*ret_uid = strtoll(text, &end, 10);
	return errno || *end || end == text || *ret_uid < 0 || *ret_uid > UINT32_MAX ? -EINVAL : 0;
}

/* The public name of a struct cbee__pattern. */
int cbee_regex_compile(struct cbee_run *run, const char *text, struct cbee_regex **ret_regex)
{
	return cbee__pattern_compile((struct cbee__pattern **)ret_regex, text, CBEE__PATTERN_SEARCH,
				     &run->err);
}

bool cbee_regex_search(const struct cbee_regex *regex, const char *text, size_t len)
{
	return cbee__pattern_search((const struct cbee__pattern *)regex, text, len) > 0;
}

void cbee_regex_free(struct cbee_regex *regex)
{
	cbee__pattern_free((struct cbee__pattern *)regex);
}

int cbee_run_cgroup(struct cbee_run *run, const char *map, const char *path)
{
	int err, zero = 0, fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return cbee__err_os(&run->err, -errno, "cannot open the cgroup %s", path);
	err = cbee_map_set(run->cbee, map, &zero, sizeof(zero), &fd, sizeof(fd), 0);
	close(fd);
	return err;
}

/* ---- losses ----------------------------------------------------------- */

static uint64_t loss(struct cbee_run *run, uint32_t row)
{
	uint64_t lost = 0;

	if (cbee_map_get(run->cbee, "cbee_lost", &row, sizeof(row), &lost, sizeof(lost)))
		lost = 0;
	if (row == 1 && run->tool->record) /* CBEE_STREAM_LOST */
		lost += cbee_poll_lost(run->cbee);
	return lost;
}

static uint64_t all_losses(struct cbee_run *run)
{
	uint64_t sum = cbee_missed(run->cbee);

	for (uint32_t i = 0; run->tool->losses && run->tool->losses[i].key; i++)
		sum += loss(run, i);
	return sum;
}

static void losses_json(void *arg, struct cbee_json *j)
{
	struct cbee_run *run = arg;

	for (uint32_t i = 0; run->tool->losses && run->tool->losses[i].key; i++)
		cbee__json_u64(j, run->tool->losses[i].key, loss(run, i));
	cbee__json_u64(j, "missed", cbee_missed(run->cbee));
}

/* The closing line: what was seen, and what was not. */
static void tell_losses(struct cbee_run *run)
{
	struct cbee_buf text = { 0 };
	uint64_t missed = cbee_missed(run->cbee);

	for (uint32_t i = 0; run->tool->losses && run->tool->losses[i].key; i++) {
		uint64_t lost = loss(run, i);

		if (lost)
			cbee__buf_fmt(&text, "%s%llu %s", text.len ? ", " : "",
				      (unsigned long long)lost, run->tool->losses[i].what);
	}
	if (missed)
		cbee__buf_fmt(&text, "%s%llu probes (hit while one was running)",
			      text.len ? ", " : "", (unsigned long long)missed);
	if (run->tool->record)
		complain(run, "%llu records, lost %s", run->rows, text.len ? text.data : "nothing");
	else
		complain(run, "lost %s", text.len ? text.data : "nothing");
	cbee__buf_free(&text);
}

/* ---- output ----------------------------------------------------------- */

void cbee_run_row(struct cbee_run *run, const void *record)
{
	struct cbee_json j;

	run->rows++;
	if (run->std.json) {
		run->lost_told = all_losses(run);
		cbee__json_init(&j, &run->out);
		cbee__json_begin_object(&j, NULL);
		cbee__col_json(&run->cols, &j, record);
		cbee__json_u64(&j, "lost", run->lost_told);
		cbee__json_end_object(&j);
		cbee__buf_char(&run->out, '\n');
	} else if (run->std.csv) {
		cbee__col_csv(&run->cols, &run->out, record);
	} else {
		cbee__col_text(&run->cols, &run->out, record);
	}
	if (run->out.len > STREAM_BURST)
		flush(run);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void report_text(struct cbee_run *run, const struct cbee__report *r)
{
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	cbee__buf_char(&run->out, '\n');
	if (run->std.timestamp && localtime_r(&now, &tm) &&
	    strftime(clock, sizeof(clock), "%H:%M:%S", &tm))
		cbee__buf_fmt(&run->out, "%s\n", clock);
	cbee__report_text(r, &run->out);
}

void cbee_run_report(struct cbee_run *run, const struct cbee_report *report)
{
	struct cbee__report r = { .what = report,
				  .how = &run->cols,
				  .time_ns = clock_ns(CLOCK_MONOTONIC),
				  .lost = losses_json,
				  .lost_arg = run };

	if (run->std.json) {
		cbee__report_json(&r, &run->out);
	} else if (run->std.csv) {
		if (!run->csv_header_done)
			cbee__report_csv_header(&r, &run->out);
		run->csv_header_done = true;
		cbee__report_csv(&r, &run->out);
	} else {
		report_text(run, &r);
	}
	flush(run);
}

static void on_record(void *arg, const void *data, size_t size)
{
	struct cbee_run *run = arg;

	run->tool->record(run, data, size);
}

/* Delivers what the streams hold and writes it out. */
static int deliver(struct cbee_run *run)
{
	int err = cbee_poll_deliver(run->cbee);

	flush(run);
	return err;
}

/* Records that were lost after the last one that was delivered. */
static void tell_late_losses(struct cbee_run *run)
{
	uint64_t lost = all_losses(run);
	struct cbee_json j;

	if (!run->std.json || !run->tool->record || lost == run->lost_told)
		return;
	cbee__json_init(&j, &run->out);
	cbee__json_begin_object(&j, NULL);
	cbee__json_u64(&j, "lost", lost);
	cbee__json_end_object(&j);
	cbee__buf_char(&run->out, '\n');
}

/* ---- stages ----------------------------------------------------------- */

static int set_const(void *arg, const char *name, uint64_t value)
{
	struct cbee_run *run = arg;

	/* most options concern this side only; an error would be a name the text lacks */
	cbee_const_set(run->cbee, name, value);
	return 0;
}

/* The command's process tree, when there is a command. */
static int attach_follow(struct cbee_run *run)
{
	static const struct cbee_probe_opts probes[] = {
		{ .kind = CBEE_RAW_TRACEPOINT,
		  .fn = "cbee_follow_exec",
		  .target = "sched_process_exec" },
		{ .kind = CBEE_RAW_TRACEPOINT,
		  .fn = "cbee_follow_fork",
		  .target = "sched_process_fork" },
		{ .kind = CBEE_RAW_TRACEPOINT,
		  .fn = "cbee_follow_exit",
		  .target = "sched_process_exit" },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(probes) / sizeof(probes[0]); i++)
		err = cbee_attach(run->cbee, &probes[i]);
	return err;
}

static int compile_and_attach(struct cbee_run *run)
{
	const struct cbee_tool *tool = run->tool;
	struct cbee_source source = { .name = tool->bpf_name, .text = tool->bpf };
	int err = cbee_compile(run->cbee, &source);

	if (err)
		return err;
	cbee__opt_each_const(&run->parsed, set_const, run);
	set_const(run, "follow", run->parsed.command != NULL);
	if (tool->attach)
		err = tool->attach(run);
	else if (!(err = cbee_load(run->cbee)))
		err = cbee_attach_auto(run->cbee, NULL);
	if (!err && run->parsed.command)
		err = attach_follow(run);
	if (!err && tool->record)
		err = cbee_stream_open(run->cbee, &(struct cbee_stream_opts){
							  .map = "events",
							  .record = on_record,
							  .arg = run,
						  });
	return err;
}

static int start_command(struct cbee_run *run)
{
	uint8_t armed = 0; /* the exec makes it 1 */
	uint32_t pid;
	int err;

	if (!run->parsed.command)
		return 0;
	err = cbee__child_hold(&run->child, run->parsed.command, &run->err);
	if (err)
		return err;
	pid = (uint32_t)run->child.pid;
	err = cbee_map_set(run->cbee, "cbee_followed", &pid, sizeof(pid), &armed, sizeof(armed), 0);
	return err ? err : cbee__child_release(&run->child, run->parsed.command, &run->err);
}

/* Says how the command ended, if that was not well. */
static void tell_command(struct cbee_run *run, int status)
{
	const char *name = run->parsed.command[0];

	if (WIFSIGNALED(status))
		complain(run, "'%s' was ended by signal %d (%s)", name, WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		complain(run, "'%s' exited with status %d", name, WEXITSTATUS(status));
}

/* Handles what woke the loop; false when the run is over. */
static bool go_on(struct cbee_run *run, int events, int *err)
{
	int status = 0;
	bool over;

	/* the command's end is asked for first: what it did until then is delivered below */
	over = (events & CBEE_LOOP_CHILD) && cbee__child_ended(&run->child, &status);
	if (over)
		tell_command(run, status);
	if (events & (CBEE_LOOP_SIGNAL | CBEE_LOOP_DEADLINE | CBEE_LOOP_GONE))
		over = true;
	if (events & CBEE_LOOP_GONE)
		cbee_run_note(run, "process %d has ended", run->watch);
	if (!over && (events & CBEE_LOOP_TICK) && run->tool->report)
		*err = run->tool->report(run);
	if (!*err)
		*err = deliver(run);
	if (!*err && (events & CBEE_LOOP_CLOSED) && !run->closed) {
		run->closed = true;
		cbee__err(&run->err, -EPIPE, "nobody reads stdout any more");
	}
	if (run->closed)
		*err = run->err.code;
	return !over && !*err;
}

static int trace(struct cbee_run *run)
{
	const struct std_conf *std = &run->std;
	int err, events = 0;

	if (run->tool->record && std->csv)
		cbee__col_csv_header(&run->cols, &run->out);
	else if (run->tool->record && !std->json)
		cbee__col_header(&run->cols, &run->out);
	flush(run);
	err = start_command(run);
	if (!err)
		err = cbee__loop_start(&run->loop, (uint64_t)std->interval.value,
				       (uint64_t)std->duration.value, &run->err);
	while (!err) {
		events = cbee__loop_wait(&run->loop, run->cbee, &run->err);
		if (events < 0)
			err = events;
		else if (!go_on(run, events, &err))
			break;
	}
	return err;
}

static int finish(struct cbee_run *run)
{
	int err = 0;

	if (run->tool->report)
		err = run->tool->report(run);
	tell_late_losses(run);
	flush(run);
	if (!err && run->closed)
		err = run->err.code;
	if (!err)
		tell_losses(run);
	return err;
}

/* Everything after the command line: 0 or a negative errno. */
static int live(struct cbee_run *run)
{
	int err = cbee_new(&run->cbee);

	if (err)
		return cbee__err_os(&run->err, err, "cannot start");
	if (run->std.verbose)
		cbee_set_log(run->cbee, say, run);
	if (run->parsed.command)
		err = cbee__child_check(run->parsed.command, &run->err);
	if (!err && run->tool->prepare)
		err = run->tool->prepare(run);
	if (!err)
		err = cbee__loop_catch_signals(&run->loop, &run->err);
	if (!err && run->watch)
		err = cbee__loop_watch(&run->loop, run->watch, &run->err);
	if (!err)
		err = compile_and_attach(run);
	if (!err)
		err = trace(run);
	if (!err)
		err = finish(run);
	return err;
}

/* ---- the command line ------------------------------------------------- */

static int print_help(struct cbee_run *run, const char *what)
{
	struct cbee__described d = { run->name,		  run->tool->brief, run->tool->args,
				     run->tool->examples, run->opts.std,    run->tool->opts,
				     run->tool->cols };

	if (!strcmp(what, "--man"))
		cbee__describe_man(&d, NULL, &run->out);
	else if (!strcmp(what, "--words"))
		cbee__describe_words(&d, &run->out);
	else
		cbee__describe_help(&d, &run->out);
	flush(run);
	return run->closed;
}

static int wrong_usage(struct cbee_run *run, int code)
{
	print_error(run, code);
	complain(run, "try %s --help", run->name);
	return 2;
}

static void set_up(struct cbee_run *run, const struct cbee_tool *tool)
{
	run->tool = tool;
	snprintf(run->name, sizeof(run->name), "cbee-%s", tool->name);
	cbee__loop_init(&run->loop);
	run->opts = (struct cbee__opts){
		.std = std_opts + (tool->has_interval ? 0 : FIRST_WITHOUT_INTERVAL),
		.std_conf = &run->std,
		.own = tool->opts,
		.own_conf = tool->conf,
	};
	run->cols = (struct cbee__cols){
		.cols = tool->cols,
		.run = run,
		.start_ns = clock_ns(CLOCK_MONOTONIC),
		.parsed = &run->parsed,
	};
	run->cols.realtime_minus_monotonic = (int64_t)(clock_ns(CLOCK_REALTIME) -
						       clock_ns(CLOCK_MONOTONIC));
	signal(SIGPIPE, SIG_IGN); /* a closed stdout is told in words */
	/* a shell has them ignored in what it starts in the background */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

/* Parses and checks; -1 to go on, else the exit status. */
static int command_line(struct cbee_run *run, int argc, char **argv)
{
	int err;

	if (argc == 2 && (!strcmp(argv[1], "--man") || !strcmp(argv[1], "--words")))
		return print_help(run, argv[1]);
	err = cbee__opt_parse(&run->opts, argc, argv, &run->parsed, &run->err);
	if (err)
		return wrong_usage(run, err);
	if (run->std.help)
		return print_help(run, "--help");
	if (run->std.version) {
		cbee__buf_fmt(&run->out, "%s %s\n", run->name, CBEE_VERSION);
		flush(run);
		return run->closed;
	}
	if (!run->tool->args && run->parsed.args.count)
		err = cbee_run_fail(run, -EINVAL, "a command to run stands behind --",
				    "what is '%.60s' for?", run->parsed.args.items[0]);
	if (!err && run->tool->check)
		err = run->tool->check(run);
	return err ? wrong_usage(run, err) : -1;
}

int cbee_tool_main(const struct cbee_tool *tool, int argc, char **argv)
{
	struct cbee_run run = { 0 };
	int status, err = 0;

	set_up(&run, tool);
	status = command_line(&run, argc, argv);
	if (status < 0) {
		err = live(&run);
		if (err)
			print_error(&run, err);
		status = err ? 1 : 0;
	}
	cbee__child_end(&run.child);
	cbee_free(run.cbee);
	cbee__child_free(&run.child); /* detaching took longer than its end */
	cbee__loop_free(&run.loop);
	if (tool->cleanup)
		tool->cleanup(&run);
	cbee__parsed_free(&run.parsed);
	cbee__buf_free(&run.out);
	cbee__err_clear(&run.err);
	return status;
}
