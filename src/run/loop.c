/* SPDX-License-Identifier: Apache-2.0 */
/* One poll over signals, timers, the command, a watched process, stdout and the streams. */
#include "run/loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cbee/cbee.h>

#include "plain/err.h"

enum { SIGNALS, INTERVAL, DEADLINE, WATCHED, STDOUT, STREAMS };

void cbee__loop_init(struct cbee__loop *l)
{
	*l = (struct cbee__loop){ .signals = -1, .interval = -1, .deadline = -1, .watched = -1 };
}

int cbee__loop_catch_signals(struct cbee__loop *l, struct cbee_err *err)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signals < 0)
		return cbee__err_os(err, -errno, "cannot catch signals");
	pthread_sigmask(SIG_BLOCK, &set, &l->old_mask);
	l->masked = true;
	return 0;
}

/* A timer that first expires after @seconds, then every @seconds if it repeats. */
static int start_timer(uint64_t seconds, bool repeats)
{
	struct itimerspec spec = { .it_value.tv_sec = (time_t)seconds };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (repeats)
		spec.it_interval = spec.it_value;
	if (fd >= 0)
		timerfd_settime(fd, 0, &spec, NULL);
	return fd;
}

int cbee__loop_start(struct cbee__loop *l, uint64_t interval_s, uint64_t duration_s,
		     struct cbee_err *err)
{
	if (interval_s)
		l->interval = start_timer(interval_s, true);
	if (duration_s)
		l->deadline = start_timer(duration_s, false);
	if ((interval_s && l->interval < 0) || (duration_s && l->deadline < 0))
		return cbee__err_os(err, -errno, "cannot start a timer");
	return 0;
}

int cbee__loop_watch(struct cbee__loop *l, int pid, struct cbee_err *err)
{
	l->watched = (int)syscall(SYS_pidfd_open, pid, 0);
	if (l->watched < 0 && errno == ESRCH)
		return cbee__err(err, -ESRCH, "no process %d", pid);
	return 0; /* before Linux 5.3 its end is not noticed */
}

static int read_signals(struct cbee__loop *l)
{
	struct signalfd_siginfo info;
	int events = 0;

	while (read(l->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			events |= CBEE_LOOP_CHILD;
		} else {
			events |= CBEE_LOOP_SIGNAL;
			l->last_signal = (int)info.ssi_signo;
		}
	}
	return events;
}

/* Reads a timer so that it does not fire again at once. */
static int timer_fired(int fd, int event)
{
	uint64_t times;

	return read(fd, &times, sizeof(times)) == sizeof(times) ? event : 0;
}

static int collect(struct cbee__loop *l, const struct pollfd *p, unsigned int streams)
{
	int events = 0;

	if (p[SIGNALS].revents)
		events |= read_signals(l);
	if (p[INTERVAL].revents)
		events |= timer_fired(l->interval, CBEE_LOOP_TICK);
	if (p[DEADLINE].revents)
		events |= timer_fired(l->deadline, CBEE_LOOP_DEADLINE);
	if (p[WATCHED].revents)
		events |= CBEE_LOOP_GONE;
	if (p[STDOUT].revents & (POLLERR | POLLNVAL))
		events |= CBEE_LOOP_CLOSED;
	for (unsigned int i = 0; i < streams; i++)
		if (p[STREAMS + i].revents)
			events |= CBEE_LOOP_RECORDS;
	return events;
}

int cbee__loop_wait(struct cbee__loop *l, const struct cbee *c, struct cbee_err *err)
{
	unsigned int streams = cbee_poll_fds(c);
	struct pollfd *p = calloc(STREAMS + streams, sizeof(*p));
	int ready, events;

	if (!p)
		return cbee__err_os(err, -ENOMEM, "cannot wait for events");
	p[SIGNALS] = (struct pollfd){ .fd = l->signals, .events = POLLIN };
	p[INTERVAL] = (struct pollfd){ .fd = l->interval, .events = POLLIN };
	p[DEADLINE] = (struct pollfd){ .fd = l->deadline, .events = POLLIN };
	p[WATCHED] = (struct pollfd){ .fd = l->watched, .events = POLLIN };
	p[STDOUT] = (struct pollfd){ .fd = STDOUT_FILENO };
	for (unsigned int i = 0; i < streams; i++)
		p[STREAMS + i] = (struct pollfd){ .fd = cbee_poll_fd(c, i), .events = POLLIN };
	do
		ready = poll(p, STREAMS + streams, -1);
	while (ready < 0 && errno == EINTR);
	events = ready < 0 ? cbee__err_os(err, -errno, "cannot wait for events")
			   : collect(l, p, streams);
	free(p);
	return events;
}

void cbee__loop_free(struct cbee__loop *l)
{
	int *fds[] = { &l->signals, &l->interval, &l->deadline, &l->watched };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	if (l->masked)
		pthread_sigmask(SIG_SETMASK, &l->old_mask, NULL);
	l->masked = false;
}
