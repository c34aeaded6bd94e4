/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for tracefs' list of uprobes, for who clears it, and for threads. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/keeper.h"
#include "state.h"

int __real_open(const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *data, size_t size);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *arg);

int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *arg);
int __wrap_cbee__keeper_start(struct cbee__keeper *k, int list_fd, const char *group);
int __wrap_cbee__keeper_expect(struct cbee__keeper *k, unsigned int count);
void __wrap_cbee__keeper_end(struct cbee__keeper *k);

int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	if (!strcmp(path, "/sys/kernel/tracing/uprobe_events"))
		return fake_step("open uprobe_events %s", flags & O_APPEND ? "to append" : "")
			       ? -1
			       : fake_new_fd("uprobe_events");
	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return __real_open(path, flags, mode);
}

/* Each line of the list as "list p e0 PATH:OFFSET", for the group's name is never the same. */
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	const char *at = data, *end = at + size;

	if (fd < 0 || fd >= FAKE_FDS || strcmp(fake_objects[fd].name, "uprobe_events") != 0 ||
	    !size || at[1] != ':')
		return __real_write(fd, data, size);
	while (at < end) {
		const char *event = memchr(at, '/', (size_t)(end - at));
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!event || !stop)
			abort();
		if (fake_step("list %c %.*s", at[0], (int)(stop - event - 1), event + 1))
			return -1;
		at = stop + 1;
	}
	return (ssize_t)size;
}

void fake_allow_threads(unsigned int count)
{
	fake.threads = count;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *arg)
{
	if (!fake.threads)
		return EAGAIN;
	fake.threads--;
	return __real_pthread_create(thread, attr, run, arg);
}

int __wrap_cbee__keeper_start(struct cbee__keeper *k, int list_fd, const char *group)
{
	*k = CBEE__KEEPER_NONE;
	if (fake_step("keeper_start %s %.5s", fake_fd_name(list_fd), group))
		return -errno;
	k->tell = fake_new_fd("keeper");
	return 0;
}

int __wrap_cbee__keeper_expect(struct cbee__keeper *k, unsigned int count)
{
	return fake_step("%s_expect %u", fake_fd_name(k->tell), count) ? -errno : 0;
}

void __wrap_cbee__keeper_end(struct cbee__keeper *k)
{
	if (k->tell < 0)
		return;
	fake_step("keeper_end");
	close(k->tell);
	k->tell = -1;
}
