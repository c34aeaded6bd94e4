/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the tracers that are installed and their manual pages, and runs one. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cbee.h"

#define PREFIX "cbee-"

/* The folder of this program, as it was installed. */
static bool own_folder(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (len < 0)
		return false;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

bool tracer_path(const char *name, char *path, size_t size)
{
	char folder[PATH_MAX];

	if (strchr(name, '/') || !own_folder(folder, sizeof(folder)))
		return false;
	return snprintf(path, size, "%s/" PREFIX "%s", folder, name) < (int)size &&
	       !access(path, X_OK);
}

void tracer_exec(char **argv)
{
	char path[PATH_MAX + 256];

	if (strchr(argv[0], '/'))
		return;
	if (tracer_path(argv[0], path, sizeof(path))) {
		argv[0] = path;
		execv(path, argv);
		fprintf(stderr, "cbee: cannot run %s: %s\n", path, strerror(errno));
		exit(1);
	}
	if (snprintf(path, sizeof(path), PREFIX "%s", argv[0]) < (int)sizeof(path)) {
		char *name = argv[0];

		argv[0] = path;
		execvp(path, argv);
		argv[0] = name;
	}
}

bool tracer_warm(char *path)
{
	static char option[] = "--warm";
	char *argv[] = { path, option, NULL };

	return !program_run(argv);
}

bool page_path(const char *name, char *path, size_t size)
{
	char folder[PATH_MAX], pattern[PATH_MAX + 256];
	glob_t found;
	bool ok;

	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] ||
	    !own_folder(folder, sizeof(folder)))
		return false;
	snprintf(pattern, sizeof(pattern), "%s/../share/man/man[178]/%s.[178]*", folder, name);
	ok = !glob(pattern, 0, NULL, &found);
	if (ok)
		ok = snprintf(path, size, "%s", found.gl_pathv[0]) < (int)size;
	globfree(&found);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add(struct names *names, const char *name)
{
	char **more = realloc(names->items, (names->count + 1) * sizeof(*more));

	if (!more)
		return false;
	names->items = more;
	more[names->count] = strdup(name);
	return more[names->count] && ++names->count;
}

bool names_find(struct names *names)
{
	char folder[PATH_MAX], path[PATH_MAX + 256];
	struct dirent *entry;
	bool ok = true;
	DIR *dir;

	*names = (struct names){ 0 };
	dir = own_folder(folder, sizeof(folder)) ? opendir(folder) : NULL;
	while (dir && ok && (entry = readdir(dir))) {
		const char *name = entry->d_name + strlen(PREFIX);

		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)) &&
		    tracer_path(name, path, sizeof(path)))
			ok = add(names, name);
	}
	if (dir)
		closedir(dir);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), by_name);
	return ok;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct names){ 0 };
}

int unknown_command(const char *name)
{
	const char *near = NULL;
	struct names all;

	if (names_find(&all))
		for (const struct command *c = commands; c->name; c++)
			add(&all, c->name);
	near = cbee_text_nearest(name, (const char *const *)all.items, all.count);
	fprintf(stderr, "cbee: there is no command '%.60s'", name);
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fprintf(stderr, "\ntry cbee help\n");
	names_free(&all);
	return 2;
}
