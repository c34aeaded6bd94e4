/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the part of libbpf that loads objects: one with two maps and three programs. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "state.h"

#define MAPS  2
#define PROGS 3

struct bpf_map {
	const char *name;
	uint32_t type, key, value, entries;
	int fd;
};

struct bpf_program {
	const char *name, *section;
	enum bpf_prog_type type;
	int fd;
};

struct bpf_link {
	char name[32];
	int fd;
};

struct bpf_object {
	struct bpf_map maps[MAPS];
	struct bpf_program progs[PROGS];
};

void *__real_malloc(size_t size);

static libbpf_print_fn_t print;

libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn)
{
	libbpf_print_fn_t before = print;

	print = fn;
	return before;
}

int fake_prints(void)
{
	return print != NULL;
}

static void say(enum libbpf_print_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(enum libbpf_print_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (print)
		print(level, fmt, ap);
	va_end(ap);
}

struct bpf_object *bpf_object__open_file(const char *path, const struct bpf_object_open_opts *opts)
{
	struct bpf_object *object;

	(void)opts;
	if (fake_step("object_open %s", path))
		return NULL;
	object = __real_malloc(sizeof(*object));
	*object = (struct bpf_object){
		.maps = { { "calls", BPF_MAP_TYPE_HASH, 4, 8, 16, -1 },
			  { "events", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, -1 } },
		.progs = { { "hello", "tracepoint/a/b", BPF_PROG_TYPE_TRACEPOINT, -1 },
			   { "hit", "uprobe", BPF_PROG_TYPE_KPROBE, -1 },
			   { "enter", "fentry/f", BPF_PROG_TYPE_TRACING, -1 } },
	};
	return object;
}

/* Fails with words of libbpf's, unless the errno is one for which it has none. */
int bpf_object__load(struct bpf_object *object)
{
	int err = fake_step("object_load");

	say(LIBBPF_DEBUG, "libbpf: nobody wants to know\n");
	if (err && err != ENOMEM)
		say(LIBBPF_WARN, "libbpf: prog '%s': refused\n", object->progs[0].name);
	if (err && err != ENOMEM)
		say(LIBBPF_WARN, "libbpf: failed to load object\n");
	if (err)
		return -err;
	for (int i = 0; i < MAPS; i++)
		object->maps[i].fd = fake_step("object_map") ? -1 : fake_new_fd("map");
	for (int i = 0; i < MAPS; i++)
		if (object->maps[i].fd >= 0)
			fake_make_map(object->maps[i].fd,
				      &(struct map_row){ .type = object->maps[i].type,
							 .key = object->maps[i].key,
							 .value = object->maps[i].value,
							 .entries = object->maps[i].entries });
	for (int i = 0; i < PROGS; i++)
		object->progs[i].fd = fake_new_fd(object->progs[i].name);
	return 0;
}

void bpf_object__close(struct bpf_object *object)
{
	fake_step("object_close");
	for (int i = 0; object && i < MAPS; i++)
		if (object->maps[i].fd >= 0)
			close(object->maps[i].fd);
	for (int i = 0; object && i < PROGS; i++)
		if (object->progs[i].fd >= 0)
			close(object->progs[i].fd);
	free(object);
}

/* ---- maps ------------------------------------------------------------- */

struct bpf_map *bpf_object__next_map(const struct bpf_object *object, const struct bpf_map *map)
{
	const struct bpf_map *next = map ? map + 1 : object->maps;

	return next < object->maps + MAPS ? (struct bpf_map *)(uintptr_t)next : NULL;
}

const char *bpf_map__name(const struct bpf_map *map)
{
	return map->name;
}

enum bpf_map_type bpf_map__type(const struct bpf_map *map)
{
	return (enum bpf_map_type)map->type;
}

__u32 bpf_map__key_size(const struct bpf_map *map)
{
	return map->key;
}

__u32 bpf_map__value_size(const struct bpf_map *map)
{
	return map->value;
}

__u32 bpf_map__max_entries(const struct bpf_map *map)
{
	return map->entries;
}

__u32 bpf_map__map_flags(const struct bpf_map *map)
{
	(void)map;
	return 0;
}

int bpf_map__fd(const struct bpf_map *map)
{
	return map->fd;
}

/* ---- programs --------------------------------------------------------- */

struct bpf_program *bpf_object__next_program(const struct bpf_object *object,
					     struct bpf_program *prog)
{
	const struct bpf_program *next = prog ? prog + 1 : object->progs;

	return next < object->progs + PROGS ? (struct bpf_program *)(uintptr_t)next : NULL;
}

struct bpf_program *bpf_object__find_program_by_name(const struct bpf_object *object,
						     const char *name)
{
	for (const struct bpf_program *p = object->progs; p < object->progs + PROGS; p++)
		if (!strcmp(p->name, name))
			return (struct bpf_program *)(uintptr_t)p;
	errno = ENOENT;
	return NULL;
}

const char *bpf_program__name(const struct bpf_program *prog)
{
	return prog->name;
}

enum bpf_prog_type bpf_program__type(const struct bpf_program *prog)
{
	return prog->type;
}

/* After "object_prog" was refused there is none. */
int bpf_program__fd(const struct bpf_program *prog)
{
	return fake_step("object_prog %s", prog->name) ? -1 : prog->fd;
}

struct bpf_link *bpf_program__attach(const struct bpf_program *prog)
{
	struct bpf_link *link;

	if (!strchr(prog->section, '/')) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	if (fake_step("object_attach %s", prog->name)) {
		say(LIBBPF_WARN, "libbpf: prog '%s': no such thing\n", prog->name);
		return NULL;
	}
	link = __real_malloc(sizeof(*link));
	snprintf(link->name, sizeof(link->name), "%s", prog->name);
	link->fd = fake_new_fd("link");
	return link;
}

int bpf_link__destroy(struct bpf_link *link)
{
	fake_step("link_destroy %s", link->name);
	close(link->fd);
	free(link);
	return 0;
}
