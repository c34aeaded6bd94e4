/* SPDX-License-Identifier: Apache-2.0 */
/* The handle that a test of the kernel floor works on; each test includes this once. */
#ifndef FAKE_RIG_H
#define FAKE_RIG_H

#include <errno.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static struct cbee *c;
static int fds_before;	 /* see end() */
static char heard[4096]; /* what was explained since rig_listen(), a line each */

/* Before anything is declared to the fake. */
static inline void rig_begin(void)
{
	fds_before = unit_open_fds();
	fake_reset();
}

/* A handle that has compiled what was declared. */
static inline void rig_compile(void)
{
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "t.c", .text = "" }), 0);
}

/* One that has loaded it, too; the calls so far are forgotten. */
static inline void rig_load(void)
{
	rig_compile();
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

static inline void rig_hear(void *arg, const char *line)
{
	size_t at = strlen(heard);

	(void)arg;
	snprintf(heard + at, sizeof(heard) - at, "%s\n", line);
}

static inline void rig_listen(void)
{
	heard[0] = '\0';
	cbee_set_log(c, rig_hear, NULL);
}

/* Whether @want has been explained. */
static inline void said(const char *want)
{
	if (!strstr(heard, want))
		printf("\nsaid \"%s\", not \"%s\"\n", heard, want);
	CU_ASSERT_PTR_NOT_NULL(strstr(heard, want));
}

/* Whether a call gave @code, and the handle has the sentence. */
static inline void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
}

/* Frees the handle: nothing may be left open. */
static inline void end(void)
{
	cbee_free(c);
	UNIT_EQ(fake_buffers(), 0);
	UNIT_EQ(unit_open_fds(), fds_before);
}

/*
 * Runs @work between start() and end() with the 1st, 2nd, 3rd ... call failing, until none does;
 * each failing run must give an error. How many runs there were.
 */
static inline int rig_each_call(void (*start)(void), int (*work)(void))
{
	int nth = 0, e;

	do {
		start();
		fake_fail(++nth, EBUSY);
		e = work();
		CU_ASSERT(!fake_failed() || e < 0);
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	return nth;
}

#endif
