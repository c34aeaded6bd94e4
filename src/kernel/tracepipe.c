/* SPDX-License-Identifier: Apache-2.0 */
/* What bpf_trace_printk() writes, line by line, from the kernel's trace pipe. */
#include "kernel/tracepipe.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "kernel/handle.h"
#include "kernel/privilege.h"
#include "kernel/tracefs.h"

#define TASK_WIDTH 16	     /* the kernel right-aligns names to it */
#define TICK_NS	   50000000  /* how often to look; see cbee__trace_start() */
#define STALE_MAX  (8 << 20) /* bytes passed over at the start; a busy pipe never runs dry */

struct cbee__trace {
	int fd, timer;
	struct cbee_buf text; /* read, and not handed out from @at on */
	size_t at;
	uint64_t lost;
};

/* ---- a line ----------------------------------------------------------- */

/* "CPU:3 [LOST 42 EVENTS]"; kernels that do not know how many write "[LOST EVENTS]". */
static bool is_loss(const char *line, uint64_t *lost)
{
	unsigned long long count = 1;
	int cpu;

	if (sscanf(line, "CPU:%d [LOST", &cpu) != 1 || !strstr(line, "EVENTS]"))
		return false;
	sscanf(line, "CPU:%*d [LOST %llu", &count);
	*lost += count;
	return true;
}

/*
 * The '-' between name and process id. Names may hold anything, so the place where
 * the kernel aligns to is tried first, then the last '-' in front of digits and '['.
 */
static char *name_end(char *line)
{
	char *bracket = strstr(line, " [");

	if (strlen(line) > TASK_WIDTH && line[TASK_WIDTH] == '-' &&
	    isdigit((unsigned char)line[TASK_WIDTH + 1]))
		return line + TASK_WIDTH;
	while (bracket && bracket > line && *bracket != '-')
		bracket--;
	return bracket && *bracket == '-' && isdigit((unsigned char)bracket[1]) ? bracket : NULL;
}

static char *skip_blanks(char *at)
{
	return at + strspn(at, " ");
}

/* "12.345678:" in nanoseconds; NULL if it is something else, else what follows. */
static char *parse_time(char *at, uint64_t *ret_ns)
{
	uint64_t scale = 1000000000, ns;
	char *end;

	ns = strtoull(at, &end, 10) * scale;
	if (end == at || *end != '.')
		return NULL;
	for (at = end + 1; isdigit((unsigned char)*at); at++) {
		scale /= 10;
		ns += (uint64_t)(*at - '0') * scale;
	}
	*ret_ns = ns;
	return *at == ':' ? at + 1 : NULL;
}

/* What stands behind the '-': process, CPU, flags, time, who wrote it, message. */
static bool parse_rest(char *at, struct cbee_trace_line *l)
{
	char *end;

	l->pid = (int)strtol(at, &end, 10);
	at = skip_blanks(end);
	if (*at == '(') /* the thread group, with record-tgid on */
		at = skip_blanks(at + strcspn(at, ")") + (strchr(at, ')') != NULL));
	if (*at != '[')
		return false;
	l->cpu = (int)strtol(at + 1, &end, 10);
	if (*end != ']')
		return false;
	l->flags = at = skip_blanks(end + 1);
	at += strcspn(at, " ");
	if (!*at)
		return false;
	*at = '\0';
	at = parse_time(skip_blanks(at + 1), &l->time_ns);
	if (!at)
		return false;
	end = strstr(at, ": ");
	l->message = end ? end + 2 : skip_blanks(at);
	return true;
}

bool cbee__trace_parse(char *line, struct cbee_trace_line *ret, uint64_t *lost)
{
	struct cbee_trace_line l = { 0 };
	size_t blanks = strspn(line, " ");
	char *dash;

	if (!line[blanks] || is_loss(line, lost))
		return false;
	dash = name_end(line);
	l.task = line + blanks;
	if (dash && dash > l.task && parse_rest(dash + 1, &l))
		*dash = '\0';
	else /* the rest of a message that had a line break, or a line of another tracer */
		l = (struct cbee_trace_line){
			.task = "", .flags = "", .message = line, .pid = -1, .cpu = -1
		};
	*ret = l;
	return true;
}

/* ---- the pipe --------------------------------------------------------- */

/* Reads what is there; bytes, 0 if there is nothing, or a negative errno. */
static ssize_t read_more(struct cbee__trace *t)
{
	char bytes[4096];
	ssize_t n = read(t->fd, bytes, sizeof(bytes));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	cbee__buf_add(&t->text, bytes, (size_t)n);
	return t->text.err ? t->text.err : n;
}

/* What others wrote before must not be taken for what is traced now. */
static void pass_over_stale(struct cbee__trace *t)
{
	size_t passed = 0;
	ssize_t n;

	while (passed < STALE_MAX && (n = read_more(t)) > 0) {
		passed += (size_t)n;
		cbee__buf_reset(&t->text);
	}
	cbee__buf_reset(&t->text);
}

/*
 * On newer kernels poll() says that the pipe is readable only once its buffer is
 * half full: a timer stands in for it.
 */
int cbee__trace_start(struct cbee *c, int fd)
{
	struct itimerspec tick = { { 0, TICK_NS }, { 0, TICK_NS } };
	struct cbee__trace *t = calloc(1, sizeof(*t));
	int err = 0;

	if (!t) {
		close(fd);
		return cbee__err_os(&c->err, -ENOMEM, "cannot read the trace pipe");
	}
	t->fd = fd;
	t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (t->timer < 0 || timerfd_settime(t->timer, 0, &tick, NULL))
		err = cbee__err_os(&c->err, -errno, "cannot start a timer");
	c->trace = t;
	if (err)
		cbee__trace_close(c);
	else
		pass_over_stale(t);
	return err;
}

static int open_pipe(void *arg)
{
	const char *tracefs = cbee__tracefs();
	char path[96];
	int *fd = arg;

	snprintf(path, sizeof(path), "%s/trace_pipe", tracefs ? tracefs : "/sys/kernel/tracing");
	*fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

int cbee_trace_open(struct cbee *c)
{
	int fd = -1, err;

	if (c->trace)
		return 0;
	err = cbee__tracefs_with(open_pipe, &fd);
	if (err) {
		cbee__err_os(&c->err, err, "cannot open the trace pipe");
		if (err == -EBUSY)
			cbee__err_hint(&c->err, "another program reads it; there is only one");
		else if (cbee__needs_missing(cbee__needs_of_tracefs()))
			cbee__needs_hint(&c->err, cbee__needs_of_tracefs());
		else if (err == -EACCES || err == -EPERM || err == -ENOENT)
			cbee__err_hint(&c->err,
				       "bpf_trace_printk needs a kernel with CONFIG_TRACING");
		return err;
	}
	return cbee__trace_start(c, fd);
}

/* Cuts the next whole line off what was read; NULL if there is none. */
static char *next_line(struct cbee__trace *t)
{
	char *line = t->text.data + t->at, *end;

	if (t->at == t->text.len)
		return NULL;
	end = memchr(line, '\n', t->text.len - t->at);
	if (!end)
		return NULL;
	*end = '\0';
	t->at += (size_t)(end - line) + 1;
	return line;
}

/* Moves the half line at the end to the front, so that the rest can follow it. */
static int refill(struct cbee__trace *t)
{
	size_t rest = t->text.len - t->at;

	if (t->at) {
		memmove(t->text.data, t->text.data + t->at, rest);
		t->text.len = rest;
		t->at = 0;
	}
	return (int)read_more(t);
}

/* Waits one tick at most; false once @timeout_ms, which it counts down, is over. */
static bool wait_tick(struct cbee__trace *t, int *timeout_ms)
{
	struct pollfd p = { .fd = t->timer, .events = POLLIN };
	int step = TICK_NS / 1000000;
	uint64_t ticks;

	if (!*timeout_ms)
		return false;
	if (*timeout_ms > 0 && *timeout_ms < step)
		step = *timeout_ms;
	if (poll(&p, 1, step) < 0)
		return false; /* a signal: the caller may have to look after it */
	if (read(t->timer, &ticks, sizeof(ticks)) < 0)
		ticks = 0;
	if (*timeout_ms > 0)
		*timeout_ms -= step;
	return true;
}

int cbee_trace_read(struct cbee *c, int timeout_ms, struct cbee_trace_line *ret)
{
	struct cbee__trace *t = c->trace;
	uint64_t ticks;
	char *line;
	int got;

	if (!t)
		return cbee__err(&c->err, -EBADF, "the trace pipe is not open");
	do {
		do {
			while ((line = next_line(t)))
				if (cbee__trace_parse(line, ret, &t->lost))
					return 1;
			got = refill(t);
		} while (got > 0);
	} while (!got && wait_tick(t, &timeout_ms));
	if (got < 0)
		return cbee__err_os(&c->err, got, "cannot read the trace pipe");
	/* all is read: poll() is to wait for the next tick */
	return read(t->timer, &ticks, sizeof(ticks)) < 0 && errno != EAGAIN ? -errno : 0;
}

bool cbee_trace_used(const struct cbee *c)
{
	const struct cbee__image *im = &c->image;

	for (uint32_t i = 0; i < im->insn_count; i++) {
		struct bpf_insn in;

		memcpy(&in, &im->insns[i], sizeof(in));
		if (in.code == (BPF_LD | BPF_IMM | BPF_DW))
			i++; /* its second half is no instruction */
		else if (in.code == (BPF_JMP | BPF_CALL) && !in.src_reg &&
			 (in.imm == BPF_FUNC_trace_printk || in.imm == BPF_FUNC_trace_vprintk))
			return true;
	}
	return false;
}

uint64_t cbee_trace_lost(const struct cbee *c)
{
	return c->trace ? c->trace->lost : 0;
}

int cbee__trace_poll_fd(const struct cbee *c)
{
	return c->trace ? c->trace->timer : -1;
}

void cbee__trace_close(struct cbee *c)
{
	struct cbee__trace *t = c->trace;

	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	if (t->timer >= 0)
		close(t->timer);
	cbee__buf_free(&t->text);
	free(t);
	c->trace = NULL;
}
