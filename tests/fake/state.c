/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers what the fake was asked for, and makes the call fail that should. */
#include "state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

struct fake fake;
struct object fake_objects[FAKE_FDS];

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake_reset_maps();
	fake.cpus = FAKE_CPUS;
	fake.offline = -1;
	fake.caps = ~0ull;
	fake.threads = FAKE_THREADS;
	fake.version = 0x50f00;
	fake_file("/sys/kernel/tracing/events", "");
	fake_file("/sys/bus/event_source/devices/kprobe/type", "8\n");
	fake_file("/sys/bus/event_source/devices/uprobe/type", "9\n");
}

void fake_fail(int nth, int err)
{
	fake.fail_in = nth;
	fake.fail_err = err;
	fake.failed = 0;
}

int fake_failed(void)
{
	return fake.failed;
}

void fake_refuse(const char *line, int err)
{
	if (fake.rule_count == FAKE_RULES)
		abort();
	snprintf(fake.rules[fake.rule_count].line, sizeof(fake.rules[0].line), "%s", line);
	fake.rules[fake.rule_count++].err = err;
}

void fake_refuse_none(void)
{
	fake.rule_count = 0;
}

bool fake_begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

unsigned int fake_calls(void)
{
	return fake.calls;
}

const char *fake_call(unsigned int i)
{
	return i < fake.calls ? fake.lines[i] : "";
}

const char *fake_nth(const char *line, unsigned int i)
{
	for (unsigned int n = 0; n < fake.calls; n++)
		if (fake_begins(fake.lines[n], line) && !i--)
			return fake.lines[n];
	return "";
}

unsigned int fake_count(const char *line)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < fake.calls; n++)
		count += fake_begins(fake.lines[n], line);
	return count;
}

void fake_forget(void)
{
	fake.calls = 0;
}

int fake_step(const char *fmt, ...)
{
	char *line = fake.lines[fake.calls < FAKE_LINES ? fake.calls : FAKE_LINES - 1];
	int err = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(fake.lines[0]), fmt, ap);
	va_end(ap);
	fake.calls += fake.calls < FAKE_LINES;
	for (unsigned int i = 0; i < fake.rule_count; i++)
		if (fake_begins(line, fake.rules[i].line))
			err = fake.rules[i].err;
	if (!err && fake.fail_in > 0 && !--fake.fail_in) {
		fake.failed = 1;
		err = fake.fail_err;
	}
	if (err)
		errno = err;
	return err;
}

const char *fake_fd_name(int fd)
{
	return fd >= 0 && fd < FAKE_FDS ? fake_objects[fd].name : "?";
}

int fake_new_fd(const char *name)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0 || fd >= FAKE_FDS)
		abort();
	fake_objects[fd] = (struct object){ 0 };
	snprintf(fake_objects[fd].name, sizeof(fake_objects[fd].name), "%s", name);
	return fd;
}
