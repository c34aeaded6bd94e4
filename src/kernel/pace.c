/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a handle's user how far something is that takes long. */
#include "kernel/pace.h"

#include <time.h>

#include "kernel/handle.h"
#include "plain/clock.h"

#define PATIENCE_NS 300000000ull /* what ends sooner is not worth a word */
#define EACH_NS	    50000000ull

void cbee_set_progress(struct cbee *c,
		       void (*progress)(void *arg, size_t done, size_t total, const char *what),
		       void *arg)
{
	c->progress = progress;
	c->progress_arg = arg;
}

void cbee__pace_begin(struct cbee__pace *p)
{
	p->next_ns = cbee__clock(CLOCK_MONOTONIC) + PATIENCE_NS;
}

void cbee__pace_step(struct cbee__pace *p, size_t done, const char *what)
{
	uint64_t now;

	if (!p->c->progress || done >= p->total)
		return;
	now = cbee__clock(CLOCK_MONOTONIC);
	if (now < p->next_ns)
		return;
	p->next_ns = now + EACH_NS;
	p->told = true;
	p->c->progress(p->c->progress_arg, done, p->total, what);
}

void cbee__pace_end(struct cbee__pace *p)
{
	if (p->told)
		p->c->progress(p->c->progress_arg, p->total, p->total, "");
	p->told = false;
}
