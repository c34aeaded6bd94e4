/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what wakes the loop, and that it leaves no trace. */
#include "run/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plain/err.h"
#include "kernel/handle.h"
#include "kernel.h"
#include "unit.h"

static struct cbee__loop loop;
static struct cbee_err err;
static struct cbee *c;
static int fds_before;

static void start(void)
{
	fds_before = unit_open_fds();
	fake_reset();
	fake_add_map("ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	UNIT_EQ(cbee_new(&c), 0);
	cbee__loop_init(&loop);
}

static void end(void)
{
	cbee__loop_free(&loop);
	cbee__loop_free(&loop);
	cbee_free(c);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static int wait_once(void)
{
	return cbee__loop_wait(&loop, c, &err);
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void signals_wake(void)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

	start();
	UNIT_EQ(cbee__loop_catch_signals(&loop, &err), 0);
	for (int i = 0; i < 3; i++) {
		raise(caught[i]);
		UNIT_EQ(wait_once(), CBEE_LOOP_SIGNAL);
		UNIT_EQ(loop.last_signal, caught[i]);
	}
	end();
}

static void the_mask_is_given_back(void)
{
	sigset_t before, now;

	sigprocmask(SIG_SETMASK, NULL, &before);
	start();
	UNIT_EQ(cbee__loop_catch_signals(&loop, &err), 0);
	sigprocmask(SIG_SETMASK, NULL, &now);
	CU_ASSERT(sigismember(&now, SIGINT) && sigismember(&now, SIGCHLD));
	end();
	sigprocmask(SIG_SETMASK, NULL, &now);
	for (int sig = 1; sig < 32; sig++)
		UNIT_EQ(sigismember(&now, sig), sigismember(&before, sig));
}

static void a_childs_end_wakes(void)
{
	int pid;

	start();
	UNIT_EQ(cbee__loop_catch_signals(&loop, &err), 0);
	pid = fork();
	if (!pid)
		_exit(0);
	UNIT_EQ(wait_once(), CBEE_LOOP_CHILD);
	waitpid(pid, NULL, 0);
	end();
}

static void both_clocks_tick(void)
{
	double before = now_s();
	int events;

	start();
	UNIT_EQ(cbee__loop_start(&loop, 1, 1, &err), 0);
	events = wait_once();
	if (events == CBEE_LOOP_TICK || events == CBEE_LOOP_DEADLINE)
		events |= wait_once();
	UNIT_EQ(events, CBEE_LOOP_TICK | CBEE_LOOP_DEADLINE);
	CU_ASSERT(now_s() - before > 0.99 && now_s() - before < 1.9);
	UNIT_EQ(wait_once(), CBEE_LOOP_TICK); /* the interval repeats, the duration does not */
	end();
}

static void no_clock_no_descriptor(void)
{
	int fds;

	start();
	fds = unit_open_fds();
	UNIT_EQ(cbee__loop_start(&loop, 0, 0, &err), 0);
	UNIT_EQ(unit_open_fds(), fds);
	end();
}

static void a_watched_process_wakes(void)
{
	int pid, gate[2];

	start();
	CU_ASSERT_FATAL(!pipe(gate));
	pid = fork();
	if (!pid) {
		char byte;

		close(gate[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
	close(gate[0]);
	UNIT_EQ(cbee__loop_watch(&loop, pid, &err), 0);
	if (loop.watched >= 0) { /* Linux 5.3 */
		close(gate[1]);
		UNIT_EQ(wait_once(), CBEE_LOOP_GONE);
	} else {
		close(gate[1]);
	}
	waitpid(pid, NULL, 0);
	cbee__loop_free(&loop);
	UNIT_EQ(cbee__loop_watch(&loop, pid, &err), -ESRCH);
	CU_ASSERT(!strncmp(err.text, "no process ", 11));
	end();
}

/* Puts @fd in the place of stdout while the loop waits once. */
static int wait_with_stdout(int fd)
{
	int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10), events;

	fflush(stdout);
	if (fd >= 0)
		dup2(fd, STDOUT_FILENO);
	else
		close(STDOUT_FILENO);
	events = wait_once();
	dup2(saved, STDOUT_FILENO);
	close(saved);
	return events;
}

static void a_closed_pipe_wakes(void)
{
	int pipes[2];

	start();
	CU_ASSERT_FATAL(!pipe(pipes));
	close(pipes[0]);
	UNIT_EQ(wait_with_stdout(pipes[1]), CBEE_LOOP_CLOSED);
	close(pipes[1]);
	UNIT_EQ(wait_with_stdout(-1), CBEE_LOOP_CLOSED);
	end();
}

/* A reader that is there does not wake it, also when the pipe is full. */
static void an_open_pipe_does_not(void)
{
	static const char bytes[4096];
	int pipes[2];

	start();
	CU_ASSERT_FATAL(!pipe2(pipes, O_NONBLOCK));
	UNIT_EQ(cbee__loop_catch_signals(&loop, &err), 0);
	while (write(pipes[1], bytes, sizeof(bytes)) > 0)
		;
	raise(SIGINT);
	UNIT_EQ(wait_with_stdout(pipes[1]), CBEE_LOOP_SIGNAL);
	close(pipes[0]);
	close(pipes[1]);
	end();
}

static void drop(void *arg, const void *data, size_t size)
{
	(void)data;
	*(size_t *)arg += size;
}

static void records_wake(void)
{
	size_t seen = 0;

	start();
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee_stream_open(
			c,
			&(struct cbee_stream_opts){ .map = "ring", .record = drop, .arg = &seen }),
		0);
	UNIT_EQ(cbee__loop_catch_signals(&loop, &err), 0);
	fake_push("abc", 3);
	UNIT_EQ(wait_once(), CBEE_LOOP_RECORDS);
	raise(SIGTERM);
	UNIT_EQ(wait_once(), CBEE_LOOP_RECORDS | CBEE_LOOP_SIGNAL);
	UNIT_EQ(cbee_poll_deliver(c), 0);
	UNIT_EQ(seen, 3);
	raise(SIGTERM);
	UNIT_EQ(wait_once(), CBEE_LOOP_SIGNAL);
	end();
}

static void survives_failing_allocations(void)
{
	int e;

	start();
	UNIT_EQ(cbee__loop_catch_signals(&loop, &err), 0);
	raise(SIGINT);
	UNIT_EACH_ALLOC(e, -ENOMEM, e = wait_once());
	UNIT_EQ(e, CBEE_LOOP_SIGNAL);
	UNIT_STR(err.text, "cannot wait for events: Cannot allocate memory");
	end();
}

/* With no descriptor to be had. */
static void survives_failing_calls(void)
{
	int fds[1024], count = 0, top = -1;

	start();
	fflush(stdout);
	while (count < 1024 && (top = dup(0)) >= 0 && top < 1000)
		fds[count++] = top;
	if (top < 0) {
		UNIT_EQ(cbee__loop_catch_signals(&loop, &err), -EMFILE);
		UNIT_EQ(cbee__loop_start(&loop, 1, 0, &err), -EMFILE);
		UNIT_STR(err.text, "cannot start a timer: Too many open files");
	} else {
		close(top);
	}
	while (count > 0)
		close(fds[--count]);
	end();
}

UNIT_MAIN("loop", { "signals wake", signals_wake },
	  { "the mask is given back", the_mask_is_given_back },
	  { "a child's end wakes", a_childs_end_wakes }, { "both clocks tick", both_clocks_tick },
	  { "no clock, no descriptor", no_clock_no_descriptor },
	  { "a watched process wakes", a_watched_process_wakes },
	  { "a closed pipe wakes", a_closed_pipe_wakes },
	  { "an open pipe does not", an_open_pipe_does_not }, { "records wake", records_wake },
	  { "survives failing allocations", survives_failing_allocations },
	  { "survives failing calls", survives_failing_calls })
