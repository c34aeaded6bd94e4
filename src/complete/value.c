/* SPDX-License-Identifier: Apache-2.0 */
/* What values there are of each kind, on this machine and now. */
#include "complete/value.h"

#include <linux/bpf.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cbee/find.h>

#include "probes/usdt.h"

#define ABOUT_MAX 60 /* bytes of a command line */

/* ---- processes ----------------------------------------------------------- */

/* What the process was started as; false for threads of the kernel, which run no program. */
static bool command_of(const char *pid, char about[ABOUT_MAX + 1])
{
	char path[64];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.20s/cmdline", pid);
	f = fopen(path, "re");
	len = f ? fread(about, 1, ABOUT_MAX, f) : 0;
	if (f)
		fclose(f);
	while (len && !about[len - 1])
		len--;
	for (size_t i = 0; i < len; i++)
		about[i] = about[i] ? about[i] : ' ';
	about[len] = '\0';
	return len;
}

static void see_process(void *arg, const char *name)
{
	struct cbee__words *words = arg;
	char about[ABOUT_MAX + 1];

	if (name[strspn(name, "0123456789")] ||
	    strncmp(name, words->typed, strlen(words->typed)) != 0 || atoi(name) == getpid())
		return;
	if (command_of(name, about))
		cbee__words_add(words, name, about);
}

static void processes(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	cbee__folder_each("/proc", see_process, words);
}

static void users(const struct cbee__value_of *of, struct cbee__words *words)
{
	const struct passwd *user;
	char about[32];

	(void)of;
	setpwent();
	while ((user = getpwent())) {
		snprintf(about, sizeof(about), "user id %u", user->pw_uid);
		cbee__words_add(words, user->pw_name, about);
	}
	endpwent();
}

/* ---- files --------------------------------------------------------------- */

static void files(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	cbee__folder_words(words, CBEE__FOLDER_ALL);
}

static void programs(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	if (strchr(words->typed, '/')) {
		cbee__folder_words(words, CBEE__FOLDER_RUN);
		return;
	}
	cbee__folder_programs(words, false);
}

/* The files below @root, where people mostly want to be. */
static void files_in(const char *root, enum cbee__folder_want want, struct cbee__words *words)
{
	struct cbee__words there = *words;

	if (!*words->typed && !access(root, X_OK)) {
		there.typed = root;
		cbee__folder_words(&there, want);
		there.typed = words->typed;
		*words = there;
	} else {
		cbee__folder_words(words, want);
	}
}

static void cgroups(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	files_in("/sys/fs/cgroup/", CBEE__FOLDER_FOLDERS, words);
}

static void pins(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	files_in("/sys/fs/bpf/", CBEE__FOLDER_ALL, words);
}

/* ---- maps ---------------------------------------------------------------- */

static void add_map(struct cbee__words *words, struct cbee_map *m, uint32_t id)
{
	struct cbee_map_info info = { 0 };
	const char *name = cbee_map_name(m), *type;
	char word[32], about[96];

	cbee_map_info(m, &info);
	type = cbee_map_type_name(info.type);
	snprintf(about, sizeof(about), "%s, id %u", type ? type : "map", id);
	cbee__words_add(words, name, about);
	snprintf(about, sizeof(about), "%s %.40s", type ? type : "map", name);
	/* numbers, which always work, only where no name will do */
	snprintf(word, sizeof(word), "id:%u", id);
	if (*words->typed || !*name)
		cbee__words_add(words, word, about);
	if (*words->typed)
		cbee__words_add(words, word + 3, about);
}

static void maps(const struct cbee__value_of *of, struct cbee__words *words)
{
	struct cbee_map *m;
	uint32_t id = 0;

	if (*words->typed == '/' || *words->typed == '.') {
		pins(of, words);
		return;
	}
	while (!cbee_map_id_next(id, &id)) {
		m = NULL;
		if (cbee_map_new(&m))
			break;
		if (!cbee_map_open_id(m, id))
			add_map(words, m, id);
		cbee_map_free(m);
	}
	if (!*words->typed)
		cbee__words_part(words, "/sys/fs/bpf/", "folder of pinned maps");
}

static void map_kinds(const struct cbee__value_of *of, struct cbee__words *words)
{
	const char *name;

	(void)of;
	for (uint32_t i = BPF_MAP_TYPE_HASH; (name = cbee_map_type_name(i)); i++)
		cbee__words_add(words, name, NULL);
}

/* ---- places to probe ------------------------------------------------------ */

static void kernel_functions(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	if (*words->typed)
		cbee__function_kernel(words);
}

static void user_functions(const struct cbee__value_of *of, struct cbee__words *words)
{
	cbee__function_user(words, of->pid);
}

static void functions(const struct cbee__value_of *of, struct cbee__words *words)
{
	if (!strpbrk(words->typed, ":/"))
		kernel_functions(of, words);
	cbee__function_user(words, of->pid);
}

static bool see_tracepoint(void *arg, const struct cbee_tracepoint *tp)
{
	char word[512];

	snprintf(word, sizeof(word), "%s:%s", tp->category, tp->event);
	cbee__words_add(arg, word, NULL);
	return true;
}

/* Categories alone until one is typed. */
static bool see_category(void *arg, const struct cbee_tracepoint *tp)
{
	char word[256];

	snprintf(word, sizeof(word), "%s:", tp->category);
	cbee__words_part(arg, word, NULL);
	return true;
}

static void tracepoints(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	words->noun = "tracepoints";
	cbee_tracepoints_each(NULL, "*", false,
			      strchr(words->typed, ':') ? see_tracepoint : see_category, words);
}

static bool see_event(void *arg, const struct cbee_tracepoint *tp)
{
	cbee__words_add(arg, tp->event, tp->category);
	return true;
}

static void raw_tracepoints(const struct cbee__value_of *of, struct cbee__words *words)
{
	(void)of;
	words->noun = "tracepoints";
	cbee_tracepoints_each(NULL, "*", false, see_event, words);
}

/* @before: the path as typed, and the colon. */
static void add_usdt(struct cbee__words *words, const char *before, const struct cbee_usdt *probe)
{
	char word[1024], about[64];

	snprintf(word, sizeof(word), "%s%s:%s", before, probe->provider, probe->name);
	snprintf(about, sizeof(about), "%u argument%s", probe->arg_count,
		 probe->arg_count == 1 ? "" : "s");
	cbee__words_add(words, word, about);
}

static void usdt_probes(const struct cbee__value_of *of, struct cbee__words *words)
{
	const char *colon = strchr(words->typed, ':');
	struct cbee_usdt_opts opts = { .pid = of->pid };
	struct cbee__usdt_list list = { 0 };
	struct cbee_buf path = { 0 }, before = { 0 };

	if (!colon) {
		cbee__function_user(words, of->pid);
		return;
	}
	cbee__buf_add(&path, words->typed, (size_t)(colon - words->typed));
	cbee__buf_add(&before, words->typed, (size_t)(colon + 1 - words->typed));
	opts.path = path.len ? path.data : NULL;
	if (!path.err && !before.err && !cbee__usdt_find(&list, &opts, NULL, NULL))
		for (size_t i = 0; i < list.count; i++)
			add_usdt(words, before.data, &list.items[i].pub);
	cbee__usdt_free(&list);
	cbee__buf_free(&path);
	cbee__buf_free(&before);
}

void cbee__value_words(const struct cbee__value_of *of, struct cbee__words *words)
{
	static void (*const lists[])(const struct cbee__value_of *of, struct cbee__words *words) = {
		[CBEE_VALUE_FILE] = files,
		[CBEE_VALUE_PROGRAM] = programs,
		[CBEE_VALUE_PROCESS] = processes,
		[CBEE_VALUE_USER] = users,
		[CBEE_VALUE_CGROUP] = cgroups,
		[CBEE_VALUE_PIN] = pins,
		[CBEE_VALUE_MAP] = maps,
		[CBEE_VALUE_MAP_KIND] = map_kinds,
		[CBEE_VALUE_FUNC] = functions,
		[CBEE_VALUE_KFUNC] = kernel_functions,
		[CBEE_VALUE_UFUNC] = user_functions,
		[CBEE_VALUE_TRACEPOINT] = tracepoints,
		[CBEE_VALUE_EVENT] = raw_tracepoints,
		[CBEE_VALUE_USDT] = usdt_probes,
	};

	if (of->kind < sizeof(lists) / sizeof(lists[0]) && lists[of->kind])
		lists[of->kind](of, words);
	cbee__words_sort(words);
}
