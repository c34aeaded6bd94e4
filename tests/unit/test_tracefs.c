/* SPDX-License-Identifier: Apache-2.0 */
/* Tests where tracefs is found, and that a private view of it is asked for where it is not. */
#include "kernel/tracefs.h"

#include <cbee/machine.h>
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"
#include "unit.h"

static pthread_t called_in;
static int called;

static int call(void *arg)
{
	called++;
	called_in = pthread_self();
	return *(int *)arg;
}

static void the_usual_place_is_first(void)
{
	fake_reset();
	UNIT_STR(cbee__tracefs(), "/sys/kernel/tracing");
	fake_file("/sys/kernel/debug/tracing/events", "");
	UNIT_STR(cbee__tracefs(), "/sys/kernel/tracing");
	fake_file("/sys/kernel/tracing/events", NULL);
	UNIT_STR(cbee__tracefs(), "/sys/kernel/debug/tracing");
	UNIT_STR(cbee_tracefs(), "/sys/kernel/debug/tracing");
	fake_file("/sys/kernel/debug/tracing/events", NULL);
	CU_ASSERT_PTR_NULL(cbee__tracefs());
	CU_ASSERT_PTR_NULL(cbee_tracefs());
}

static void what_is_mounted_is_used(void)
{
	int ret = -42;

	fake_reset();
	called = 0;
	UNIT_EQ(cbee__tracefs_with(call, &ret), -42);
	UNIT_EQ(called, 1);
	CU_ASSERT(pthread_equal(called_in, pthread_self()));
	UNIT_EQ(fake_calls(), 0);
}

static void else_a_thread_mounts_its_own(void)
{
	int ret = 7;

	fake_reset();
	fake_file("/sys/kernel/tracing/events", NULL);
	called = 0;
	UNIT_EQ(cbee__tracefs_with(call, &ret), 7);
	UNIT_EQ(called, 1);
	CU_ASSERT(!pthread_equal(called_in, pthread_self()));
	UNIT_STR(fake_call(0), "unshare 131584");	 /* CLONE_FS | CLONE_NEWNS */
	UNIT_STR(fake_call(1), "mount - /sys - 278528"); /* MS_REC | MS_PRIVATE */
	UNIT_STR(fake_call(2), "mount tracefs /sys/kernel/tracing tracefs 14");
	UNIT_EQ(fake_calls(), 3);
}

/* The call is made all the same: it says what it lacks. */
static void each_step_may_be_refused(void)
{
	int ret = -7;

	for (int nth = 1; nth <= 3; nth++) {
		fake_reset();
		fake_file("/sys/kernel/tracing/events", NULL);
		fake_fail(nth, EPERM);
		called = 0;
		UNIT_EQ(cbee__tracefs_with(call, &ret), -7);
		UNIT_EQ(called, 1);
		UNIT_EQ(fake_calls(), nth);
		CU_ASSERT_PTR_NULL(cbee__tracefs());
	}
}

/* ---- listing ---------------------------------------------------------- */

static const char *const tree[] = {
	"events",     "events/sched",	 "events/sched/sched_switch", "events/sched/sched_exec",
	"events/net", "events/net/xmit", "events/net/.hidden"
};
static char root[] = "/tmp/cbee-test-tracefs.XXXXXX";

#define TREE (sizeof(tree) / sizeof(tree[0]))

static void plant(void)
{
	char path[256];
	FILE *f;

	fake_reset();
	snprintf(root, sizeof(root), "/tmp/cbee-test-tracefs.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	for (size_t i = 0; i < TREE; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, tree[i]);
		CU_ASSERT_FATAL(!mkdir(path, 0700));
	}
	snprintf(path, sizeof(path), "%s/events/net/enable", root);
	f = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fclose(f);
	fake_tracefs(root);
}

static void fell(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/events/net/enable", root);
	remove(path);
	for (size_t i = TREE; i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s", root, tree[i]);
		rmdir(path);
	}
	rmdir(root);
}

static int note(void *arg, const char *category, const char *event)
{
	char *seen = arg;
	size_t len = strlen(seen);

	snprintf(seen + len, 128 - len, "%s:%s ", category, event);
	return strcmp(event, "sched_exec") ? 0 : 7;
}

static void events_are_listed_by_name(void)
{
	char seen[128] = "";

	plant();
	UNIT_EQ(cbee__tracefs_each(NULL, note, seen), 7);
	UNIT_STR(seen, "net:xmit sched:sched_exec ");
	seen[0] = '\0';
	UNIT_EQ(cbee__tracefs_each("net", note, seen), 0);
	UNIT_STR(seen, "net:xmit ");
	UNIT_EQ(cbee__tracefs_each("none", note, seen), -ENOENT);
	fell();
}

static void what_cannot_be_listed_is_told(void)
{
	char seen[128] = "";

	plant();
	for (int nth = 1; nth <= 3; nth++) {
		fake_fail(nth, EMFILE);
		UNIT_EQ(cbee__tracefs_each(NULL, note, seen), -EMFILE);
	}
	fake_fail(0, 0);
	fake_file("/sys/kernel/tracing/events", NULL);
	fake_refuse("unshare", EPERM);
	UNIT_EQ(cbee__tracefs_each(NULL, note, seen), -EPERM);
	fell();
}

UNIT_MAIN("tracefs", { "the usual place is first", the_usual_place_is_first },
	  { "what is mounted is used", what_is_mounted_is_used },
	  { "else a thread mounts its own", else_a_thread_mounts_its_own },
	  { "each step may be refused", each_step_may_be_refused },
	  { "events are listed by name", events_are_listed_by_name },
	  { "what cannot be listed is told", what_cannot_be_listed_is_told })
