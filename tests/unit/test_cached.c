/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is shown of the cache, and that it can be cleared. */
#include <cbee/cache.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/cache.h"
#include "compile/source.h"
#include "plain/err.h"
#include "unit.h"

static char top[] = "/tmp/cbee-cached.XXXXXX", folder[64];
static struct cbee *c;

/* Keeps an image of @text, made from @file. */
static void keep(const char *text, const char *file)
{
	struct cbee__cache_input input = { CBEE_INPUT_FILE, file };
	struct cbee__source source = { 0 };
	struct cbee_buf image = { 0 };
	struct cbee__cache cache;
	struct cbee_err err = { 0 };

	cbee__buf_str(&source.text, text);
	cbee__buf_str(&image, "image");
	CU_ASSERT(cbee__cache_init(&cache, &source, NULL, 0));
	cache.since += 60;
	UNIT_EQ(cbee__cache_put(&cache, text, &image, &input, 1, &err), 0);
	cbee__buf_free(&source.text);
	cbee__buf_free(&image);
	cbee__err_clear(&err);
}

struct seen {
	int count, fresh, stale, damaged, most;
};

static bool see(void *arg, const struct cbee_cached *cached)
{
	struct seen *s = arg;

	s->count++;
	s->fresh += !cached->stale && !strcmp(cached->program, "fresh.c");
	s->stale += cached->stale && !strcmp(cached->program, "stale.c") &&
		    strstr(cached->stale, "/file is not what it was");
	s->damaged += cached->stale && !cached->program[0];
	CU_ASSERT(cached->size > 0 && cached->used > 0 && strlen(cached->file) == 38);
	return s->count != s->most;
}

static void begin(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	snprintf(folder, sizeof(folder), "%s/cache", top);
	setenv("CBEE_CACHE", folder, 1);
	UNIT_EQ(cbee_new(&c), 0);
}

static void an_empty_one_is_not_there(void)
{
	char path[80];
	unsigned int count = 7;

	UNIT_EQ(cbee_cache_each(c, see, NULL), -ENOENT);
	UNIT_EQ(cbee_cache_clear(c, &count), -ENOENT);
	UNIT_EQ(count, 7);
	UNIT_EQ(cbee_cache_path(c, path, sizeof(path)), 0);
	UNIT_STR(path, folder);
	UNIT_EQ(cbee_cache_path(c, path, strlen(folder)), -ENOSPC);
	setenv("CBEE_CACHE", "", 1);
	UNIT_EQ(cbee_cache_path(c, path, sizeof(path)), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "the cache is turned off (CBEE_CACHE is empty)");
	setenv("CBEE_CACHE", folder, 1);
}

static void each_is_shown_with_its_state(void)
{
	char file[80], other[128], command[300];
	struct seen s = { 0 };

	snprintf(file, sizeof(file), "%s/file", top);
	snprintf(command, sizeof(command), "echo 1 >%s", file);
	UNIT_EQ(system(command), 0);
	keep("stale.c", file);
	snprintf(command, sizeof(command), "echo 22 >%s", file);
	UNIT_EQ(system(command), 0);
	keep("fresh.c", file);
	snprintf(other, sizeof(other), "%s/%032d.image", folder, 0);
	snprintf(command, sizeof(command), "echo nonsense >%s; chmod 600 %s", other, other);
	UNIT_EQ(system(command), 0);
	UNIT_EQ(cbee_cache_each(c, see, &s), 0);
	UNIT_EQ(s.count, 3);
	UNIT_EQ(s.fresh, 1);
	UNIT_EQ(s.stale, 1);
	UNIT_EQ(s.damaged, 1);
	s = (struct seen){ .most = 2 };
	UNIT_EQ(cbee_cache_each(c, see, &s), 0);
	UNIT_EQ(s.count, 2);
}

static void survives_failing_allocations(void)
{
	struct seen s;
	int err;

	UNIT_EACH_ALLOC(err, err ? -ENOMEM : 0, {
		s = (struct seen){ 0 };
		err = cbee_cache_each(c, see, &s);
	});
	UNIT_EQ(s.count, 3);
}

static void a_clear_one_has_nothing(void)
{
	struct seen s = { 0 };
	unsigned int count;

	UNIT_EQ(chmod(folder, 0770), 0);
	UNIT_EQ(cbee_cache_clear(c, &count), -EPERM);
	UNIT_EQ(cbee_cache_each(c, see, &s), -EPERM);
	UNIT_EQ(chmod(folder, 0700), 0);
	UNIT_EQ(cbee_cache_clear(c, &count), 0);
	UNIT_EQ(count, 3);
	UNIT_EQ(cbee_cache_each(c, see, &s), 0);
	UNIT_EQ(s.count, 0);
}

static void end(void)
{
	char command[64];

	cbee_free(c);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	UNIT_EQ(system(command), 0);
}

UNIT_MAIN("cached", { "begin", begin }, { "an empty one is not there", an_empty_one_is_not_there },
	  { "each is shown with its state", each_is_shown_with_its_state },
	  { "survives failing allocations", survives_failing_allocations },
	  { "a clear one has nothing", a_clear_one_has_nothing }, { "end", end })
