/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a struct cbee_tool from argv to exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "complete/complete.h"
#include "declared/describe.h"
#include "plain/clock.h"
#include "plain/pattern.h"
#include "run/drop.h"
#include "run/follow.h"
#include "run/run.h"
#include "run/trim.h"

static const struct cbee_opt std_opts[] = {
	CBEE_OPT(0, "interval", "SECONDS", struct cbee__std, interval,
		 "report every so many seconds", .min = 1, .max = 31536000),
	CBEE_OPT(0, "timestamp", NULL, struct cbee__std, timestamp,
		 "print the time before each report"),
	CBEE_OPT(0, "duration", "SECONDS", struct cbee__std, duration, "end after so many seconds",
		 .min = 1, .max = 31536000),
	CBEE_OPT(0, "json", NULL, struct cbee__std, json, "write JSON, one object a line",
		 .clash = "csv"),
	CBEE_OPT(0, "csv", NULL, struct cbee__std, csv, "write comma-separated values",
		 .clash = "json"),
	CBEE_OPT(0, "color", "WHEN", struct cbee__std, color,
		 "colours: auto (on terminals), always or never", .words = "auto always never"),
	CBEE_OPT('v', "verbose", NULL, struct cbee__std, verbose,
		 "tell which mechanism was picked, and why not others"),
	CBEE_OPT('h', "help", NULL, struct cbee__std, help, "print this and end"),
	CBEE_OPT(0, "version", NULL, struct cbee__std, version, "print the version and end"),
	CBEE_OPT_END,
};

_Static_assert(sizeof(std_opts) / sizeof(std_opts[0]) <= CBEE__STD_ROWS, "room in the run");

/* Tools without a BPF text only report, once. */
static bool traces(const struct cbee_tool *tool)
{
	return (tool->bpf || tool->source) && !tool->compiles;
}

static bool reports(const struct cbee_tool *tool)
{
	return traces(tool) && (tool->report || tool->tally);
}

/* Whether the tool has the standard option @row. */
static bool has_option(const struct cbee_tool *tool, const struct cbee_opt *row)
{
	if (row->offset == offsetof(struct cbee__std, interval))
		return reports(tool);
	if (row->offset == offsetof(struct cbee__std, timestamp))
		return reports(tool) && !tool->no_table;
	if (row->offset == offsetof(struct cbee__std, duration))
		return traces(tool);
	return row->offset != offsetof(struct cbee__std, csv) || !tool->no_table;
}

static void set_std_opts(struct cbee_run *run)
{
	size_t count = 0;

	for (const struct cbee_opt *row = std_opts; row->name; row++)
		if (has_option(run->tool, row))
			run->std_rows[count++] = *row;
	run->std_rows[count] = (struct cbee_opt)CBEE_OPT_END;
}

static int report(struct cbee_run *run)
{
	int err = 0;

	if (run->tool->tally)
		return cbee__tally_report(run);
	if (run->tool->report)
		err = run->tool->report(run);
	cbee__flush(run); /* what a hook added by itself */
	return err;
}

static void say(void *arg, const char *line)
{
	cbee__say_line(arg, "%s", line);
}

static void show_progress(void *arg, size_t done, size_t total, const char *what)
{
	cbee_run_progress(arg, done, total, what);
}

/* ---- attaching -------------------------------------------------------- */

static int set_const(void *arg, const char *name, uint64_t value)
{
	struct cbee_run *run = arg;

	/* most options concern this side only; an error is a name that the text does not read */
	cbee_const_set(run->cbee, name, value);
	return 0;
}

static bool applies(const struct cbee_run *run, const char *option)
{
	return !option || cbee_run_given(run, option);
}

/* The path that a map's option was given. */
static const char *map_path(const struct cbee_run *run, const struct cbee_tool_map *map)
{
	return cbee__opt_text(&run->parsed, map->option);
}

/* Maps that are pinned already take the place of ours. */
static int reuse_maps(struct cbee_run *run)
{
	const struct cbee_tool_map *map = run->tool->maps;
	int err = 0;

	for (; !err && map && map->option; map++)
		if (map->pinned && applies(run, map->option))
			err = cbee_map_reuse(cbee_map(run->cbee, map->map), map_path(run, map));
	return err;
}

/* Maps that name a cgroup get its descriptor. */
static int fill_maps(struct cbee_run *run)
{
	const struct cbee_tool_map *map = run->tool->maps;
	int err = 0;

	for (; !err && map && map->option; map++)
		if (!map->pinned && applies(run, map->option))
			err = cbee_map_set_cgroup(cbee_map(run->cbee, map->map), 0,
						  map_path(run, map));
	return err;
}

static int attach_probes(struct cbee_run *run)
{
	const struct cbee_tool_probe *p = run->tool->probes;
	int err = 0;

	if (!p)
		return cbee_attach_auto(run->cbee, NULL);
	for (; !err && p->probe.fn; p++)
		if (applies(run, p->when))
			err = cbee_attach(run->cbee, &p->probe);
	return err;
}

/* Whether there is a command, and the text knows about it. */
static bool follows(struct cbee_run *run)
{
	return run->parsed.command && cbee__follow_known(run->cbee);
}

static void on_record(void *arg, const void *data, size_t size)
{
	struct cbee_run *run = arg;

	run->tool->record(run, data, size);
}

static int compile(struct cbee_run *run)
{
	/*
	 * Clang optimizes a text, and then libbcc does again. Once is enough for a
	 * tracer's own, and saves a fourth of the compile.
	 */
	static const char *const once[] = { "-Xclang", "-disable-llvm-passes" };
	struct cbee_source source = { .name = run->tool->bpf_name, .text = run->tool->bpf };
	int err = 0;

	if (run->tool->source) {
		err = run->tool->source(run, &source);
	} else {
		source.flags = once;
		source.flag_count = sizeof(once) / sizeof(once[0]);
	}
	return err ? err : cbee_compile(run->cbee, &source);
}

static int load(struct cbee_run *run)
{
	int err = compile(run);

	if (err)
		return err;
	cbee__opt_each_const(&run->parsed, set_const, run);
	set_const(run, "follow", run->parsed.command != NULL);
	err = run->tool->tally ? cbee__tally_prepare(run) : 0;
	if (!err)
		err = reuse_maps(run);
	if (!err && !run->tool->source)
		cbee__trim_maps(run->cbee, run->parsed.command != NULL);
	if (!err)
		err = cbee_load(run->cbee);
	return err ? err : fill_maps(run);
}

static int attach(struct cbee_run *run)
{
	struct cbee_stream_opts stream = { .map = "events", .record = on_record, .arg = run };
	int err = run->tool->record ? cbee_stream_open(run->cbee, &stream) : 0;

	if (!err)
		err = attach_probes(run);
	if (!err && run->tool->attach)
		err = run->tool->attach(run);
	if (!err && follows(run))
		err = cbee__follow_attach(run->cbee);
	return err;
}

/* ---- tracing ---------------------------------------------------------- */

static int hold_command(struct cbee_run *run)
{
	int err = cbee__child_hold(&run->child, run->parsed.command, &run->err);

	return !err && follows(run) ? cbee__follow_process(run->cbee, run->child.pid) : err;
}

/* All is attached: from here on privileges are not needed, but the command keeps those it got. */
static int start_command(struct cbee_run *run)
{
	int err = run->parsed.command ? hold_command(run) : 0;

	if (!err)
		err = cbee__drop(run);
	if (!err && run->parsed.command)
		err = cbee__child_release(&run->child, run->parsed.command, &run->err);
	return err;
}

/* Says how the command ended, if that was not well. */
static void tell_command(struct cbee_run *run, int status)
{
	const char *name = run->parsed.command[0];

	if (WIFSIGNALED(status))
		cbee__say_line(run, "'%s' was ended by signal %d (%s)", name, WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		cbee__say_line(run, "'%s' exited with status %d", name, WEXITSTATUS(status));
}

/* Delivers what the streams hold and writes it out. */
static int deliver(struct cbee_run *run)
{
	int err;

	if (run->tool->record && run->std.json)
		cbee__count_losses(run);
	cbee__look_again(run);
	err = cbee_poll_deliver(run->cbee);
	if (!err && run->tool->deliver)
		err = run->tool->deliver(run);
	cbee__flush(run);
	return err;
}

/* Whether what woke the loop is the end of the run. */
static bool is_over(struct cbee_run *run, int events)
{
	int status = 0;
	bool over = false;

	if ((events & CBEE_LOOP_CHILD) && cbee__child_ended(&run->child, &status)) {
		tell_command(run, status);
		over = true;
	}
	if (events & CBEE_LOOP_GONE)
		cbee_run_note(run, "process %d has ended", run->watch);
	return over || (events & (CBEE_LOOP_SIGNAL | CBEE_LOOP_DEADLINE | CBEE_LOOP_GONE));
}

/* Handles what woke the loop; false when the run is over. */
static bool go_on(struct cbee_run *run, int events, int *err)
{
	/* asked first: what happened until the end is delivered below */
	bool over = is_over(run, events);

	if (!over && (events & CBEE_LOOP_TICK))
		*err = report(run);
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
	const struct cbee__std *std = &run->std;
	int err, events = 0;

	if (run->tool->record)
		cbee__print_header(run);
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
	if (!err)
		err = report(run);
	if (!err && run->closed)
		err = run->err.code;
	if (!err)
		cbee__print_losses(run);
	return err;
}

/* Everything after the command line: 0 or a negative errno. */
static int live(struct cbee_run *run)
{
	int err;

	if (!traces(run->tool) && !run->tool->compiles)
		return report(run);
	err = cbee_new(&run->cbee);
	if (err)
		return cbee__err_os(&run->err, err, "cannot start");
	if (run->std.verbose)
		cbee_set_log(run->cbee, say, run);
	cbee_set_progress(run->cbee, show_progress, run);
	if (run->warm)
		return compile(run);
	if (run->tool->compiles) {
		err = compile(run);
		return err ? err : report(run);
	}
	if (run->parsed.command)
		err = cbee__child_check(run->parsed.command, &run->err);
	if (!err && run->tool->prepare)
		err = run->tool->prepare(run);
	if (!err && run->watch)
		err = cbee__loop_watch(&run->loop, run->watch, &run->err);
	if (!err)
		err = cbee__follow_check(run);
	if (!err)
		err = load(run);
	if (!err)
		err = attach(run);
	if (!err)
		err = cbee__loop_catch_signals(&run->loop, &run->err);
	return err ? err : trace(run);
}

/* ---- the command line ------------------------------------------------- */

/* What help says about a command; NULL: the usual. */
static const char *command_help(const struct cbee_tool *tool)
{
	if (!traces(tool))
		return "";
	return tool->source ? "run this, and end with it" : NULL;
}

static int print_help(struct cbee_run *run, const char *what)
{
	struct cbee__described d = {
		.name = run->name,
		.brief = run->tool->brief,
		.page = run->tool->command ? "cbee" : run->name,
		.args = run->tool->args,
		.examples = run->tool->examples,
		.std = run->opts.std,
		.own = run->tool->opts,
		.cols = run->tool->cols,
		.json = run->tool->json,
		.tally = run->tool->tally,
		.losses = run->tool->losses,
		.traces = traces(run->tool),
		.command = command_help(run->tool),
	};

	if (!strcmp(what, "--man"))
		cbee__describe_man(&d, NULL, &run->out);
	else if (!strcmp(what, "--words"))
		cbee__describe_words(&d, &run->out);
	else if (!strcmp(what, "--brief"))
		cbee__buf_fmt(&run->out, "%s\n%s\n", run->tool->brief,
			      run->tool->topic ? run->tool->topic : "");
	else if (!strcmp(what, "--help"))
		cbee__describe_help(&d, &run->out);
	else
		cbee__buf_fmt(&run->out, "%s %s\n", run->name, CBEE_VERSION);
	cbee__flush(run);
	if (run->closed)
		cbee__print_error(run, run->err.code);
	return run->closed;
}

/* What the last of the words may become; a shell that asks is told nothing of failures. */
static int complete(struct cbee_run *run, char *const *words, size_t count)
{
	const char *command = command_help(run->tool);
	struct cbee__completed how = {
		.tool = run->tool,
		.opts = &run->opts,
		.command = command && !*command ? NULL : "a command to run follows",
	};

	if (count)
		cbee__complete(&how, words, count, &run->out);
	cbee__flush(run);
	return 0;
}

static int wrong_usage(struct cbee_run *run, int code)
{
	cbee__print_error(run, code);
	cbee__say_line(run, "try %s --help", run->name);
	return 2;
}

/* Compiles the regular expression of @opt for the column it is about. */
static int add_filter(struct cbee_run *run, const struct cbee_opt *opt)
{
	struct cbee__filter *f = &run->filters[run->filter_count];
	const struct cbee_col *col = run->tool->cols;
	int err;

	while (col->key ? strcmp(col->key, opt->match) != 0 : col->head != NULL)
		col++;
	if (!col->key || run->filter_count == CBEE__MAX_FILTERS)
		return cbee__err(&run->err, -EINVAL, "--%s has no column to match", opt->name);
	f->col = col;
	err = cbee__pattern_compile(&f->regex, cbee__opt_text(&run->parsed, opt->name),
				    CBEE__PATTERN_SEARCH, &run->err);
	if (!err)
		run->filter_count++;
	return err;
}

static int check(struct cbee_run *run)
{
	const struct cbee_opt *opt = run->tool->opts;
	int err = 0;

	if (!run->tool->args && run->parsed.args.count)
		return cbee_run_fail(run, -EINVAL,
				     traces(run->tool) ? "a command to run goes behind --" : NULL,
				     "'%.60s' is not an option", run->parsed.args.items[0]);
	for (; !err && opt && opt->name; opt++)
		if (opt->match && cbee_run_given(run, opt->name))
			err = add_filter(run, opt);
	if (!err && run->tool->check)
		err = run->tool->check(run);
	return err;
}

/* What is opened later must not become stdin, stdout or stderr. */
static void open_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
}

/* Every probe that is a perf event takes four descriptors. The command gets the old limit. */
static void raise_file_limit(struct cbee_run *run)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	run->child.files = limit;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * INT and TERM while things are being attached. Ending is all it takes: what is
 * attached hangs on our descriptors, and the command has not begun.
 */
static void end_early(int signal)
{
	static const char why[] = ": interrupted before tracing began\n";

	(void)signal;
	if (write(STDERR_FILENO, program_invocation_short_name,
		  strlen(program_invocation_short_name)) > 0 &&
	    write(STDERR_FILENO, why, sizeof(why) - 1) > 0)
		_exit(1);
	_exit(1);
}

static void set_up(struct cbee_run *run, const struct cbee_tool *tool)
{
	open_standard_files();
	raise_file_limit(run);
	run->tool = tool;
	snprintf(run->name, sizeof(run->name), "%s%s", tool->command ? "" : "cbee-",
		 tool->command ? tool->command : tool->name);
	cbee__loop_init(&run->loop);
	set_std_opts(run);
	run->opts = (struct cbee__opts){
		.std = run->std_rows,
		.std_conf = &run->std,
		.own = tool->opts,
		.own_conf = tool->conf,
	};
	run->cols = (struct cbee__cols){
		.cols = tool->cols,
		.run = run,
		.start_ns = cbee__clock(CLOCK_MONOTONIC),
		.parsed = &run->parsed,
	};
	run->cols.realtime_minus_monotonic = (int64_t)(cbee__clock(CLOCK_REALTIME) -
						       cbee__clock(CLOCK_MONOTONIC));
	signal(SIGPIPE, SIG_IGN); /* a closed stdout is told in words */
	/* also if ignored: so a shell leaves them to what it starts in the background */
	signal(SIGINT, end_early);
	signal(SIGTERM, end_early);
}

/* Parses and checks; -1 to go on, else the exit status. */
static int command_line(struct cbee_run *run, int argc, char **argv)
{
	int err;

	if (argc == 2 && (!strcmp(argv[1], "--man") || !strcmp(argv[1], "--words") ||
			  !strcmp(argv[1], "--brief")))
		return print_help(run, argv[1]);
	if (argc >= 2 && !strcmp(argv[1], "--complete"))
		return complete(run, argv + 2, (size_t)argc - 2);
	if (argc == 2 && !strcmp(argv[1], "--warm") && traces(run->tool)) {
		run->warm = true;
		return -1;
	}
	cbee__look_first(run); /* for errors; again when there are options */
	err = cbee__opt_parse(&run->opts, argc, argv, &run->parsed, &run->err);
	if (!err)
		err = cbee__look_first(run);
	if (err)
		return wrong_usage(run, err);
	if (run->std.help || run->std.version)
		return print_help(run, run->std.help ? "--help" : "--version");
	err = check(run);
	return err ? wrong_usage(run, err) : -1;
}

static void clean_up(struct cbee_run *run)
{
	cbee__child_end(&run->child);
	cbee_free(run->cbee);
	cbee__child_free(&run->child); /* detaching took longer than its end */
	for (unsigned int i = 0; i < run->filter_count; i++)
		cbee__pattern_free(run->filters[i].regex);
	cbee__parsed_free(&run->parsed);
	cbee__buf_free(&run->cell);
	cbee__buf_free(&run->out);
	cbee__err_clear(&run->err);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	cbee__loop_free(&run->loop); /* last: a signal that waits may end us here */
}

int cbee_tool_main(const struct cbee_tool *tool, int argc, char **argv)
{
	struct cbee_run run = { 0 };
	int status, err;

	set_up(&run, tool);
	status = command_line(&run, argc, argv);
	if (status < 0) {
		err = live(&run);
		if (err)
			cbee__print_error(&run, err);
		status = err ? 1 : 0;
	}
	clean_up(&run);
	return status;
}
