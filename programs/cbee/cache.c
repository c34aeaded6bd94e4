/* SPDX-License-Identifier: Apache-2.0 */
/* cbee cache: shows what has been compiled, compiles the tracers ahead, or throws all away. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include <cbee/cache.h>

#include "cbee.h"

struct row {
	const char *program, *state, *file;
	uint64_t size;
	char used[32];
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct row, program, "PROGRAM", "program", 24, "what the BPF text is called"),
	CBEE_COL(struct row, size, "BYTES", "bytes", -8, "size of the file", .unit = "bytes",
		 .amount = true),
	CBEE_COL(struct row, used, "USED", "used", 20, "when it was last used, within an hour"),
	CBEE_COL(struct row, state, "STATE", "state", 0, "\"fresh\", or why not", .wrap = true),
	CBEE_COL(struct row, file, NULL, "file", 0, "name of the file in the folder"),
	CBEE_COL_END,
};

static bool add_row(void *run, const struct cbee_cached *cached)
{
	time_t used = (time_t)cached->used;
	struct row row = { .program = cached->program, .file = cached->file, .size = cached->size };
	struct tm tm;

	row.state = cached->stale ?: "fresh";
	if (localtime_r(&used, &tm))
		strftime(row.used, sizeof(row.used), "%Y-%m-%d %H:%M:%S", &tm);
	cbee_run_row(run, &row);
	return true;
}

/* A cache that is not there yet is empty. */
static int none(struct cbee *c, int err)
{
	char path[PATH_MAX];

	return err == -ENOENT && !cbee_cache_path(c, path, sizeof(path)) ? 0 : err;
}

static int list(struct cbee_run *run, struct cbee *c)
{
	return none(c, cbee_cache_each(c, add_row, run));
}

static int clear(struct cbee_run *run, struct cbee *c)
{
	unsigned int count = 0;
	int err = none(c, cbee_cache_clear(c, &count));

	if (!err)
		cbee_run_note(run, "removed %u program%s", count, count == 1 ? "" : "s");
	return err;
}

static int warm(struct cbee_run *run, struct cbee *c)
{
	char path[PATH_MAX];
	struct names all;
	int err = cbee_cache_path(c, path, sizeof(path));
	size_t failed = 0;
	bool ok = !err && names_find(&all);

	if (err)
		return err;
	for (size_t i = 0; ok && i < all.count; i++) {
		cbee_run_progress(run, i, all.count, all.items[i]);
		if (tracer_path(all.items[i], path, sizeof(path)))
			failed += !tracer_warm(path);
	}
	cbee_run_progress(run, all.count, all.count, "");
	if (ok && failed)
		err = cbee_run_fail(run, -EIO, NULL, "%zu of %zu tracers could not be compiled",
				    failed, all.count);
	else if (ok)
		cbee_run_note(run, "%zu tracers are compiled", all.count);
	names_free(&all);
	return ok ? err : -ENOMEM;
}

static const struct job {
	const char *name;
	int (*run)(struct cbee_run *run, struct cbee *c);
} jobs[] = {
	{ "clear", clear },
	{ "list", list },
	{ "warm", warm },
};

static const struct job *job_of(struct cbee_run *run)
{
	const struct cbee_list *args = cbee_run_args(run);
	const char *name = args->count ? args->items[0] : "list";

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		if (!strcmp(name, jobs[i].name))
			return &jobs[i];
	return NULL;
}

static int check(struct cbee_run *run)
{
	const struct cbee_list *args = cbee_run_args(run);

	if (args->count > 1 || !job_of(run))
		return cbee_run_fail(run, -EINVAL, "say list, warm or clear",
				     "'%.60s' is nothing to do with the cache",
				     args->items[args->count - 1]);
	if (cbee_run_has_command(run))
		return cbee_run_fail(run, -EINVAL, NULL, "there is nothing to run a command for");
	return 0;
}

static int report(struct cbee_run *run)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = job_of(run)->run(run, c);
	if (err && c && cbee_error(c)->code == err)
		cbee_run_fail(run, err, cbee_error(c)->hint, "%s", cbee_error(c)->text);
	cbee_free(c);
	return err;
}

static const struct cbee_tool tool = {
	.name = "cache",
	.command = "cbee cache",
	.brief = "show, fill or clear the cache of compiled programs",
	.args = "[list|warm|clear]",
	.examples = "cbee cache         what is kept, and whether it is still fresh\n"
		    "cbee cache warm    compile all tracers, so that they start at once\n",
	.cols = cols,
	.check = check,
	.report = report,
};

int command_cache(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
