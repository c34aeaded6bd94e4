/* SPDX-License-Identifier: Apache-2.0 */
/* Closes the descriptors of many links side by side. */
#include "probes/detach.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "kernel/handle.h"
#include "kernel/pace.h"

/*
 * Without multi links each probe and each tracepoint waits for several grace periods of
 * RCU when it is closed, 70 to 90 ms on Linux 6.1. The kernel has them wait for two of
 * these one after the other, under a lock; the rest of the time is what threads save:
 * 41 ms each remain. More threads than these save no more.
 */
#define THREADS 4

#define FEW 4 /* links that are not worth a thread */

/* One cbee__links_close() under way, in all threads. */
struct closing {
	struct cbee *c;
	size_t first, end;
	bool returns;	    /* which of both are closed now */
	atomic_size_t left; /* of the list: the links before this one are not looked at yet */
	atomic_size_t done; /* closed, of entries and returns */
};

/* Closes one more; false: there is none. */
static bool close_next(struct closing *all)
{
	size_t i = atomic_load(&all->left);
	struct cbee__link *link;

	do {
		if (i <= all->first)
			return false;
	} while (!atomic_compare_exchange_weak(&all->left, &i, i - 1));
	link = &all->c->links[i - 1];
	if (link->fd < 0 || link->ret != all->returns)
		return true;
	close(link->fd);
	link->fd = -1;
	atomic_fetch_add(&all->done, 1);
	return true;
}

static void *close_rest(void *arg)
{
	while (close_next(arg))
		;
	return NULL;
}

/* Signals are for the threads of the program that uses the library. */
static unsigned int start_threads(struct closing *all, pthread_t threads[THREADS])
{
	unsigned int count = 0;
	sigset_t every, before;

	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	while (count < THREADS && !pthread_create(&threads[count], NULL, close_rest, all))
		count++; /* with none, everything is left to the caller */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return count;
}

static void close_side(struct closing *all, bool returns, struct cbee__pace *pace)
{
	pthread_t threads[THREADS];
	unsigned int count;

	all->returns = returns;
	atomic_store(&all->left, all->end);
	count = start_threads(all, threads);
	while (close_next(all))
		cbee__pace_step(pace, atomic_load(&all->done), "detaching");
	while (count)
		pthread_join(threads[--count], NULL);
}

void cbee__links_close(struct cbee *c, size_t first, size_t end)
{
	struct closing all = { .c = c, .first = first, .end = end };
	struct cbee__pace pace = { .c = c };

	for (size_t i = first; i < end; i++)
		pace.total += c->links[i].fd >= 0;
	if (pace.total <= FEW)
		return;
	cbee__pace_begin(&pace);
	close_side(&all, false, &pace);
	close_side(&all, true, &pace);
	cbee__pace_end(&pace);
}
