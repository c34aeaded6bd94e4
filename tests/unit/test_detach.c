/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that many links are closed side by side, returns last, and that it is told how far. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel/pace.h"
#include "probes/detach.h"
#include "probes/probe.h"
#include "rig.h"

#define MANY 40

static size_t dones[MANY * 2], totals[MANY * 2], times;
static char last[64];

static void count_steps(void *arg, size_t done, size_t total, const char *what)
{
	UNIT_STR(arg, "me");
	if (times < MANY * 2) {
		dones[times] = done;
		totals[times] = total;
	}
	times++;
	snprintf(last, sizeof(last), "%s", what);
}

/* A handle with so many links, every other one of a return. */
static void start_with(int count)
{
	rig_begin();
	UNIT_EQ(cbee_new(&c), 0);
	for (int i = 0; i < count; i++) {
		struct cbee__link link = { .fd = dup(0), .prog_fd = -1, .ret = i % 2 };

		CU_ASSERT_FATAL(link.fd >= 0);
		UNIT_EQ(cbee__link_add(c, &link), 0);
	}
	times = 0;
	cbee_set_progress(c, count_steps, (void *)(uintptr_t) "me");
}

static void closed(size_t first, size_t end_at, bool is)
{
	for (size_t i = first; i < end_at; i++)
		UNIT_EQ(c->links[i].fd < 0, is);
}

static void a_part_is_closed(void)
{
	start_with(MANY);
	cbee__links_close(c, 10, 30);
	closed(0, 10, false);
	closed(10, 30, true);
	closed(30, MANY, false);
	UNIT_EQ(c->link_count, MANY);
	UNIT_EQ(times, 0); /* it took no time */
	cbee_detach(c);
	UNIT_EQ(c->link_count, 0);
	end();
}

static void a_few_are_left_alone(void)
{
	start_with(4);
	cbee__links_close(c, 0, 4);
	closed(0, 4, false);
	end();
}

static void threads_can_lack(void)
{
	for (unsigned int threads = 0; threads < 3; threads++) {
		start_with(MANY);
		fake_allow_threads(threads);
		cbee__links_close(c, 0, MANY);
		closed(0, MANY, true);
		end();
	}
}

static void a_request_goes_side_by_side(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_UPROBE, .fn = "f" };

	start_with(MANY);
	UNIT_EQ(cbee__links_claim(c, 10, &o, MANY - 10), 0);
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(c->link_count, 10);
	closed(0, 10, false);
	end();
}

static void what_takes_long_is_told(void)
{
	struct cbee__pace p = { .total = 3 };

	start_with(0);
	p.c = c;
	cbee__pace_begin(&p);
	cbee__pace_step(&p, 0, "a");
	UNIT_EQ(times, 0);
	p.next_ns = 0; /* it has */
	cbee__pace_step(&p, 1, "b");
	UNIT_EQ(times, 1);
	UNIT_EQ(dones[0], 1);
	UNIT_EQ(totals[0], 3);
	UNIT_STR(last, "b");
	cbee__pace_step(&p, 2, "c"); /* too soon */
	UNIT_EQ(times, 1);
	p.next_ns = 0;
	cbee__pace_step(&p, 3, "d"); /* that is for the end */
	UNIT_EQ(times, 1);
	cbee__pace_end(&p);
	UNIT_EQ(times, 2);
	UNIT_EQ(dones[1], 3);
	UNIT_STR(last, "");
	cbee__pace_end(&p);
	UNIT_EQ(times, 2);
	end();
}

static void nobody_may_listen(void)
{
	struct cbee__pace p = { .total = 3 };

	start_with(0);
	cbee_set_progress(c, NULL, NULL);
	p.c = c;
	cbee__pace_begin(&p);
	p.next_ns = 0;
	cbee__pace_step(&p, 1, "b");
	cbee__pace_end(&p);
	CU_ASSERT(!p.told);
	end();
}

UNIT_MAIN("detach", { "a part is closed", a_part_is_closed },
	  { "a few are left alone", a_few_are_left_alone },
	  { "threads can lack", threads_can_lack },
	  { "a request goes side by side", a_request_goes_side_by_side },
	  { "what takes long is told", what_takes_long_is_told },
	  { "nobody may listen", nobody_may_listen })
