/* SPDX-License-Identifier: Apache-2.0 */
/* Finds tracefs, or gives one call a view of it that nobody else sees. */
#include "kernel/tracefs.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <unistd.h>

struct call {
	int (*fn)(void *arg);
	void *arg;
	int ret;
};

const char *cbee__tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	if (!access("/sys/kernel/tracing/events", F_OK))
		return places[0];
	return access("/sys/kernel/debug/tracing/events", F_OK) ? NULL : places[1];
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
