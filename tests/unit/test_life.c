/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the life of a handle: made, asked, spoken to, freed. */
#include "kernel/handle.h"

#include <errno.h>

#include "kernel.h"
#include "unit.h"

static char heard[256];

static void hear(void *arg, const char *line)
{
	snprintf(heard, sizeof(heard), "%s%s", (const char *)arg, line);
}

static void library_and_headers_are_of_one_release(void)
{
	char want[32];

	snprintf(want, sizeof(want), "%d.%d.%d", CBEE_VERSION_MAJOR, CBEE_VERSION_MINOR,
		 CBEE_VERSION_PATCH);
	UNIT_STR(cbee_version(), want);
	CU_ASSERT(CBEE_VERSION_AT_LEAST(0, 1));
	CU_ASSERT(CBEE_VERSION_AT_LEAST(CBEE_VERSION_MAJOR, CBEE_VERSION_MINOR));
	CU_ASSERT(!CBEE_VERSION_AT_LEAST(CBEE_VERSION_MAJOR, CBEE_VERSION_MINOR + 1));
	CU_ASSERT(!CBEE_VERSION_AT_LEAST(CBEE_VERSION_MAJOR + 1, 0));
}

static void a_new_one_has_no_error(void)
{
	const struct cbee_error *e;
	int before = unit_open_fds();
	struct cbee *c = NULL;

	fake_reset();
	UNIT_EQ(cbee_new(&c), 0);
	e = cbee_error(c);
	UNIT_EQ(e->code, 0);
	UNIT_STR(e->text, "");
	CU_ASSERT_PTR_NULL(e->hint);
	CU_ASSERT_PTR_NULL(e->log);
	cbee_free(c);
	cbee_free(NULL);
	UNIT_EQ(unit_open_fds(), before);
}

static void the_last_error_stands(void)
{
	const struct cbee_error *e;
	struct cbee *c = NULL;

	fake_reset();
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_const_set(c, "pid", 1), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "the program reads no OPT(pid)");
	UNIT_EQ(cbee_load(c), -EINVAL);
	e = cbee_error(c);
	UNIT_EQ(e->code, -EINVAL);
	UNIT_STR(e->text, "nothing has been compiled");
	cbee__err_hint(&c->err, "advice");
	cbee__err_log(&c->err, strdup("words"));
	e = cbee_error(c);
	UNIT_STR(e->hint, "advice");
	UNIT_STR(e->log, "words");
	cbee_free(c);
}

static void speaks_when_asked_to(void)
{
	struct cbee *c = NULL;

	fake_reset();
	heard[0] = '\0';
	UNIT_EQ(cbee_new(&c), 0);
	cbee__say(c, "nobody hears %d", 1);
	UNIT_STR(heard, "");
	cbee_set_log(c, hear, (void *)(uintptr_t) "> ");
	cbee__say(c, "loud %d", 2);
	UNIT_STR(heard, "> loud 2");
	cbee_set_log(c, NULL, NULL);
	cbee__say(c, "silent again");
	UNIT_STR(heard, "> loud 2");
	cbee_free(c);
}

static void a_start_ends_at_the_first_failure(void)
{
	struct cbee *c = NULL;

	fake_reset();
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_start(c, &(struct cbee_source){ .name = "nothing" }), -EINVAL);
	UNIT_STR(cbee_error(c)->text, "there is neither a text nor a file to compile");
	UNIT_EQ(cbee_start(c, &(struct cbee_source){ .file = "/none.c" }), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "cannot read /none.c: No such file or directory");
	cbee_free(c);
}

static void survives_failing_allocations(void)
{
	struct cbee *c = NULL;
	int e;

	fake_reset();
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = cbee_new(&c);
		if (!e)
			cbee_free(c);
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("life",
	  { "library and headers are of one release", library_and_headers_are_of_one_release },
	  { "a new one has no error", a_new_one_has_no_error },
	  { "the last error stands", the_last_error_stands },
	  { "speaks when asked to", speaks_when_asked_to },
	  { "a start ends at the first failure", a_start_ends_at_the_first_failure },
	  { "survives failing allocations", survives_failing_allocations })
