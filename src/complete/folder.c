/* SPDX-License-Identifier: Apache-2.0 */
/* Offers files: those of a folder, and programs. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "complete/value.h"
#include "plain/line.h"

void cbee__folder_each(const char *path, void (*each)(void *arg, const char *name), void *arg)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			each(arg, e->d_name);
	if (dir)
		closedir(dir);
}

/* ---- the files of a folder ---------------------------------------------- */

struct look {
	struct cbee__words *words;
	enum cbee__folder_want want;
	const char *folder; /* as it was typed, with the slash behind it; or what stands for it */
	const char *name;   /* what was typed of the name */
	char path[PATH_MAX];
};

static bool is_wanted(enum cbee__folder_want want, const char *name, const struct stat *st)
{
	bool runs = S_ISREG(st->st_mode) && st->st_mode & 0111;

	switch (want) {
	case CBEE__FOLDER_ALL:
		return true;
	case CBEE__FOLDER_FOLDERS:
		return false;
	case CBEE__FOLDER_CODE:
		return runs || (S_ISREG(st->st_mode) && strstr(name, ".so"));
	case CBEE__FOLDER_RUN:
		return runs;
	}
	return false;
}

/* A cgroup is known by what runs in it: a container's own name is but a number. */
static void about_folder(const struct look *l, char *about, size_t size)
{
	char path[PATH_MAX + 16], pid[32];

	snprintf(about, size, "folder");
	if (l->want != CBEE__FOLDER_FOLDERS)
		return;
	snprintf(path, sizeof(path), "%scgroup.procs", l->path);
	if (cbee__line_read(path, pid, sizeof(pid)) || !*pid)
		return;
	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	if (cbee__line_read(path, about, size))
		snprintf(about, size, "folder");
}

/* Adds @path, whose room goes on by one byte at least. */
static void add_file(struct look *l, const char *name, const struct stat *st)
{
	bool colon = l->want == CBEE__FOLDER_CODE;
	char about[64];

	if (S_ISDIR(st->st_mode)) {
		strcat(l->path, "/");
		about_folder(l, about, sizeof(about));
		cbee__words_part(l->words, l->path, about);
	} else if (is_wanted(l->want, name, st)) {
		if (colon)
			strcat(l->path, ":");
		(colon ? cbee__words_part : cbee__words_add)(l->words, l->path,
							     colon ? "functions of it" : NULL);
	}
}

static void see_file(void *arg, const char *name)
{
	struct look *l = arg;
	struct stat st;
	int len;

	/* hidden files are asked for by their dot */
	if (strncmp(name, l->name, strlen(l->name)) != 0 || (*name == '.' && *l->name != '.'))
		return;
	len = snprintf(l->path, sizeof(l->path), "%s%s", l->folder, name);
	if (len < (int)sizeof(l->path) - 1 && !stat(l->path, &st))
		add_file(l, name, &st);
}

void cbee__folder_words(struct cbee__words *words, enum cbee__folder_want want)
{
	const char *slash = strrchr(words->typed, '/');
	struct look l = { .words = words, .want = want };
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash + 1 - words->typed) : 0,
		 words->typed);
	l.name = slash ? slash + 1 : words->typed;
	/* a path to code has a slash, else it is a library or a program on the PATH */
	if (want == CBEE__FOLDER_CODE && !slash)
		snprintf(folder, sizeof(folder), "./");
	l.folder = folder;
	cbee__folder_each(*folder ? folder : ".", see_file, &l);
}

/* ---- programs ------------------------------------------------------------ */

struct program {
	struct cbee__words *words;
	const char *folder;
	bool colon;
};

static void see_program(void *arg, const char *name)
{
	const struct program *p = arg;
	char path[PATH_MAX + NAME_MAX + 2], word[NAME_MAX + 2];
	struct stat st;

	if (strncmp(name, p->words->typed, strlen(p->words->typed)) != 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", p->folder, name);
	if (stat(path, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return;
	snprintf(word, sizeof(word), "%s%s", name, p->colon ? ":" : "");
	(p->colon ? cbee__words_part : cbee__words_add)(p->words, word, path);
}

void cbee__folder_programs(struct cbee__words *words, bool colon)
{
	const char *all = getenv("PATH");
	struct program p = { .words = words, .colon = colon };
	char folder[PATH_MAX];

	for (size_t len; all; all = all[len] ? all + len + 1 : NULL) {
		len = strcspn(all, ":");
		snprintf(folder, sizeof(folder), "%.*s", len ? (int)len : 1, len ? all : ".");
		p.folder = folder;
		cbee__folder_each(folder, see_program, &p);
	}
}
