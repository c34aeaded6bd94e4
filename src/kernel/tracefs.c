/* SPDX-License-Identifier: Apache-2.0 */
/* Finds tracefs, gives one call a view of it that nobody else sees, lists the events in it. */
#include "kernel/tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cbee/machine.h>

#include "plain/line.h"

struct call {
	int (*fn)(void *arg);
	void *arg;
	int ret;
};

const char *cbee__tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	if (!euidaccess("/sys/kernel/tracing/events", F_OK))
		return places[0];
	return euidaccess("/sys/kernel/debug/tracing/events", F_OK) ? NULL : places[1];
}

const char *cbee_tracefs(void)
{
	return cbee__tracefs();
}

/* The namespace ends with the thread, and with it the mount. */
static void *in_own_namespace(void *arg)
{
	struct call *call = arg;

	/* where this fails the call finds, and says, what it lacks */
	if (!unshare(CLONE_FS | CLONE_NEWNS) &&
	    !mount(NULL, "/sys", NULL, MS_REC | MS_PRIVATE, NULL))
		mount("tracefs", "/sys/kernel/tracing", "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		      NULL);
	call->ret = call->fn(call->arg);
	return NULL;
}

int cbee__tracefs_with(int (*fn)(void *arg), void *arg)
{
	struct call call = { fn, arg, 0 };
	pthread_t thread;
	int err;

	if (cbee__tracefs())
		return fn(arg);
	err = pthread_create(&thread, NULL, in_own_namespace, &call);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	return call.ret;
}

int cbee__tracefs_id(const char *category, const char *event, uint64_t *ret_id)
{
	const char *tracefs = cbee__tracefs();
	char path[320], number[24];
	int err;

	if (!tracefs)
		return -EPERM;
	snprintf(path, sizeof(path), "%s/events/%s/%s/id", tracefs, category, event);
	err = cbee__line_read(path, number, sizeof(number));
	if (err)
		return err == -ENOTDIR ? -ENOENT : err;
	*ret_id = strtoull(number, NULL, 10);
	return number[0] ? 0 : -EIO;
}

/* A walk over the events of all categories, or of one. */
struct walk {
	const char *category;
	cbee__tracefs_event_fn fn;
	void *arg;
};

/* The folders in @path are what counts there; the files in between are switches. */
static int is_folder(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && entry->d_name[0] != '.';
}

/* Sorted, in memory of its own; their number or a negative errno. */
static int list_folders(const char *path, struct dirent ***ret_list)
{
	int count = scandir(path, ret_list, is_folder, alphasort);

	return count < 0 ? -errno : count;
}

static void free_list(struct dirent **list, int count)
{
	for (int i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

static int walk_category(const struct walk *w, const char *tracefs, const char *category)
{
	struct dirent **events;
	char path[320];
	int count, ret = 0;

	snprintf(path, sizeof(path), "%s/events/%s", tracefs, category);
	count = list_folders(path, &events);
	if (count < 0)
		return count;
	for (int i = 0; !ret && i < count; i++)
		ret = w->fn(w->arg, category, events[i]->d_name);
	free_list(events, count);
	return ret;
}

static int walk_now(void *arg)
{
	const struct walk *w = arg;
	const char *tracefs = cbee__tracefs();
	struct dirent **categories;
	char path[64];
	int count, ret = 0;

	if (!tracefs)
		return -EPERM;
	if (w->category)
		return walk_category(w, tracefs, w->category);
	snprintf(path, sizeof(path), "%s/events", tracefs);
	count = list_folders(path, &categories);
	if (count < 0)
		return count;
	for (int i = 0; !ret && i < count; i++)
		ret = walk_category(w, tracefs, categories[i]->d_name);
	free_list(categories, count);
	return ret;
}

int cbee__tracefs_each(const char *category, cbee__tracefs_event_fn fn, void *arg)
{
	struct walk w = { category, fn, arg };

	return cbee__tracefs_with(walk_now, &w);
}
