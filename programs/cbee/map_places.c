/* SPDX-License-Identifier: Apache-2.0 */
/* Finds where maps are pinned, and which processes have them open. */
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cbee.h"

static bool add(struct map_places *p, uint32_t id, int pid, const char *text)
{
	struct map_place *more = realloc(p->items, (p->count + 1) * sizeof(*more));

	if (!more)
		return false;
	p->items = more;
	more[p->count] = (struct map_place){ .id = id, .pid = pid, .text = strdup(text) };
	return more[p->count].text && ++p->count;
}

void map_places_free(struct map_places *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->items[i].text);
	free(p->items);
	*p = (struct map_places){ 0 };
}

/* ---- paths ------------------------------------------------------------ */

/* Programs and links are pinned beside maps, and are passed over. */
static bool add_pin(struct map_places *p, const char *path)
{
	struct cbee_map *m = NULL;
	uint32_t id;
	bool ok = !cbee_map_new(&m);

	if (ok && !cbee_map_open(m, path) && !cbee_map_id(m, &id))
		ok = add(p, id, 0, path);
	cbee_map_free(m);
	return ok;
}

/* nftw() has no argument for its callback. */
static _Thread_local struct map_places *pins;

static int add_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_F && !add_pin(pins, path);
}

static bool add_pins(struct map_places *p, const char *folder)
{
	pins = p;
	return nftw(folder, add_file, 16, FTW_PHYS | FTW_MOUNT) <= 0;
}

static bool find_pins(struct map_places *p)
{
	FILE *f = fopen("/proc/mounts", "re");
	char line[PATH_MAX + 256], folder[PATH_MAX], type[32];
	bool ok = true;

	while (f && ok && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %4095s %31s", folder, type) == 2 && !strcmp(type, "bpf"))
			ok = add_pins(p, folder);
	if (f)
		fclose(f);
	return ok;
}

/* ---- processes -------------------------------------------------------- */

/* The first number behind @key in a file of /proc, or its first line for NULL; false: none. */
static bool read_line(const char *path, const char *key, char *text, size_t size)
{
	FILE *f = fopen(path, "re");
	bool found = false;

	while (f && !found && fgets(text, (int)size, f))
		found = !key || !strncmp(text, key, strlen(key));
	if (f)
		fclose(f);
	text[found ? strcspn(text, "\n") : 0] = '\0';
	return found;
}

static bool has_from(const struct map_places *p, size_t from, uint32_t id)
{
	while (from < p->count && p->items[from].id != id)
		from++;
	return from < p->count;
}

/* Each map that the process has open, once. */
static bool add_process(struct map_places *p, int pid)
{
	char path[64 + NAME_MAX], text[256], comm[64];
	size_t from = p->count;
	struct dirent *e;
	bool ok = true;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (dir && !read_line(path, NULL, comm, sizeof(comm)))
		comm[0] = '\0';
	while (dir && ok && (e = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), e->d_name, text, sizeof(text) - 1);
		unsigned int id;

		text[len > 0 ? len : 0] = '\0';
		if (strcmp(text, "anon_inode:bpf-map") != 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", pid, e->d_name);
		if (read_line(path, "map_id:", text, sizeof(text)) &&
		    sscanf(text, "map_id: %u", &id) == 1 && !has_from(p, from, id))
			ok = add(p, id, pid, comm);
	}
	if (dir)
		closedir(dir);
	return ok;
}

bool map_places_find(struct map_places *p)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	bool ok;

	*p = (struct map_places){ 0 };
	ok = find_pins(p);
	while (dir && ok && (e = readdir(dir))) {
		int pid = atoi(e->d_name);

		if (pid > 0 && pid != getpid())
			ok = add_process(p, pid);
	}
	if (dir)
		closedir(dir);
	return ok;
}
