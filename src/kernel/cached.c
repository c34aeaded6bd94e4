/* SPDX-License-Identifier: Apache-2.0 */
/* Shows and clears the cache, for people. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <cbee/cache.h>

#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/store.h"
#include "kernel/handle.h"
#include "kernel/tracefs.h"

struct walk {
	struct cbee *c;
	int dir;
	bool (*each)(void *arg, const struct cbee_cached *cached);
	void *arg;
	unsigned int count;
	bool ended;
};

static int show(void *arg, const struct cbee__store_file *file)
{
	struct cbee_cached cached = {
		.file = file->name, .program = "", .size = file->size, .used = file->used
	};
	struct walk *w = arg;
	struct cbee__cache cache = { .root = "", .tracefs = cbee__tracefs() };
	struct cbee_buf bytes = { 0 };
	struct cbee__entry entry;
	struct cbee_err err = { 0 };
	int code = cbee__store_read(w->dir, file->name, &bytes);

	if (!code)
		code = cbee__entry_read(bytes.data, bytes.len, &entry);
	if (!code) {
		cached.program = entry.title;
		code = cbee__cache_check(&cache, &entry, &err);
	}
	if (code)
		cached.stale = code == -ESTALE ? err.text : "it is damaged, or not ours alone";
	w->ended = !w->each(w->arg, &cached);
	cbee__err_clear(&err);
	cbee__buf_free(&bytes);
	return w->ended;
}

static int show_all(void *arg)
{
	struct walk *w = arg;

	return cbee__store_each(w->dir, show, w);
}

static int finish(struct walk *w, int err)
{
	close(w->dir);
	if (err && !w->ended)
		return cbee__err_os(&w->c->err, err, "cannot read the cache");
	return 0;
}

int cbee_cache_each(struct cbee *c, bool (*each)(void *arg, const struct cbee_cached *cached),
		    void *arg)
{
	struct walk w = {
		.c = c, .dir = cbee__store_open_ours(false, &c->err), .each = each, .arg = arg
	};

	if (w.dir < 0)
		return w.dir;
	return finish(&w, cbee__tracefs_with(show_all, &w));
}

static int drop(void *arg, const struct cbee__store_file *file)
{
	struct walk *w = arg;
	int err = cbee__store_remove(w->dir, file->name);

	w->count += !err;
	return err == -ENOENT ? 0 : err; /* somebody else was as quick */
}

int cbee_cache_clear(struct cbee *c, unsigned int *ret_count)
{
	struct walk w = { .c = c, .dir = cbee__store_open_ours(false, &c->err) };
	int err;

	if (w.dir < 0)
		return w.dir;
	err = finish(&w, cbee__store_each(w.dir, drop, &w));
	if (ret_count)
		*ret_count = w.count;
	return err;
}

int cbee_cache_path(struct cbee *c, char *path, size_t size)
{
	struct cbee_buf where = { 0 };
	int err = cbee__store_path(&where, &c->err);

	if (!err && where.len >= size)
		err = cbee__err(&c->err, -ENOSPC, "the path of the cache is too long");
	if (!err)
		snprintf(path, size, "%s", where.data);
	cbee__buf_free(&where);
	return err;
}
