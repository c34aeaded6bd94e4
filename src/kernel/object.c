/* SPDX-License-Identifier: Apache-2.0 */
/* Loads BPF objects that were compiled beforehand, and attaches them by their sections. */
#include "kernel/object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <cbee/object.h>
#include <linux/bpf.h>

#include "compile/textfile.h"
#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/privilege.h"
#include "kernel/tracefs.h"
#include "probes/probe.h"

/* ---- what libbpf says ------------------------------------------------- */

struct listener {
	struct cbee *c;
	struct cbee_buf words;
	libbpf_print_fn_t before;
};

/* libbpf gives its callback no argument. */
static _Thread_local struct listener *listener;

static int hear(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[1024];
	va_list again;

	if (!listener || level > LIBBPF_WARN)
		return 0;
	va_copy(again, ap);
	cbee__buf_vfmt(&listener->words, fmt, again); /* verifier logs are longer than a line */
	va_end(again);
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	cbee__say(listener->c, "%s", line);
	return 0;
}

static void listen_to(struct listener *l)
{
	listener = l;
	l->before = libbpf_set_print(hear);
}

/* What was said first, which is the most precise; "" if nothing was. */
static void first_words(const struct listener *l, char *line, size_t size)
{
	static const char prefix[] = "libbpf: ";
	const char *at = l->words.data ? l->words.data : "";

	if (!strncmp(at, prefix, strlen(prefix)))
		at += strlen(prefix);
	snprintf(line, size, "%.*s", (int)strcspn(at, "\n"), at);
}

/* Ends the listening; with a failure of libbpf's, tells it. */
static int heard(struct listener *l, int err, const char *verb, const char *what)
{
	struct cbee_err *e = &l->c->err;
	char reason[300];

	if (err <= -__LIBBPF_ERRNO__START) /* numbers of libbpf's own */
		err = -ENOEXEC;
	libbpf_set_print(l->before);
	listener = NULL;
	first_words(l, reason, sizeof(reason));
	if (err && reason[0] && err != -EPERM) /* there libbpf guesses */
		cbee__err(e, err, "cannot %s %.200s: %s", verb, what, reason);
	else if (err)
		cbee__err_os(e, err, "cannot %s %.200s", verb, what);
	if (err == -EPERM)
		cbee__needs_hint(e, CBEE__NEED_ANY);
	if (err && reason[0])
		cbee__err_log(e, cbee__buf_take(&l->words));
	cbee__buf_free(&l->words);
	return err;
}

/* ---- loading ---------------------------------------------------------- */

static int keep_fd(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return copy < 0 ? -errno : copy;
}

static uint32_t count_maps(const struct bpf_object *object)
{
	uint32_t count = 0;

	for (struct bpf_map *m = NULL; (m = bpf_object__next_map(object, m));)
		count++;
	return count;
}

/* The maps as the handle has those of a text. */
static int adopt_maps(struct cbee *c)
{
	uint32_t count = count_maps(c->object);

	c->maps = calloc(count + 1, sizeof(*c->maps));
	if (!c->maps)
		return cbee__err_os(&c->err, -ENOMEM, "cannot keep the object's maps");
	for (struct bpf_map *m = NULL; (m = bpf_object__next_map(c->object, m));) {
		int fd = keep_fd(bpf_map__fd(m));

		if (fd < 0)
			return cbee__err_os(&c->err, fd, "cannot keep map '%s'", bpf_map__name(m));
		c->maps[c->image.map_count++] = (struct cbee_map){
			.name = bpf_map__name(m),
			.info = { bpf_map__type(m), bpf_map__key_size(m), bpf_map__value_size(m),
				  bpf_map__max_entries(m), bpf_map__map_flags(m) },
			.fd = fd,
			.owner = c,
			.err = &c->err,
		};
	}
	c->loaded = true;
	return 0;
}

static int load(struct cbee *c, const char *path, const char *shown)
{
	struct listener l = { .c = c };
	int err = 0;

	listen_to(&l);
	errno = 0;
	c->object = bpf_object__open_file(path, NULL);
	if (!c->object)
		err = errno ? -errno : -EINVAL;
	if (!err)
		err = bpf_object__load(c->object);
	err = heard(&l, err, "load", shown);
	return err ? err : adopt_maps(c);
}

int cbee_object_load(struct cbee *c, const char *path)
{
	char *other = NULL;
	int err;

	if (c->maps)
		return cbee__err(&c->err, -EBUSY, "this handle has a program already");
	if (euidaccess(path, R_OK) && errno == ENOENT)
		other = cbee__textfile_beside(path);
	if (euidaccess(other ? other : path, R_OK))
		err = cbee__err_os(&c->err, -errno, "cannot read %.200s", path);
	else
		err = load(c, other ? other : path, path);
	free(other);
	if (err) {
		cbee__module_unload(c);
		cbee__object_close(c);
	}
	return err;
}

void cbee__object_close(struct cbee *c)
{
	if (c->object)
		bpf_object__close(c->object);
	c->object = NULL;
}

/* ---- programs --------------------------------------------------------- */

int cbee__object_prog(struct cbee *c, const char *fn, uint32_t type)
{
	const struct bpf_program *prog = bpf_object__find_program_by_name(c->object, fn);
	int fd;

	if (!prog)
		return cbee__err(&c->err, -ENOENT, "the object has no program '%.60s'", fn);
	if ((uint32_t)bpf_program__type(prog) != type || type == BPF_PROG_TYPE_TRACING)
		return cbee__err(&c->err, -EINVAL,
				 "the section of program '%.60s' makes it one of another kind", fn);
	fd = keep_fd(bpf_program__fd(prog));
	return fd < 0 ? cbee__err_os(&c->err, fd, "cannot keep program '%.60s'", fn) : fd;
}

/* Attaches one; counts it if its section says to what. */
static int attach_program(struct cbee *c, struct bpf_program *prog, unsigned int *count)
{
	struct cbee__link link = { .fd = -1, .prog_fd = -1 };
	const char *name = bpf_program__name(prog);
	struct listener l = { .c = c };
	int err;

	listen_to(&l);
	errno = 0;
	link.libbpf = bpf_program__attach(prog);
	err = link.libbpf ? 0 : errno ? -errno : -EINVAL;
	if (err == -EOPNOTSUPP) {
		heard(&l, 0, NULL, NULL);
		cbee__say(c, "the section of '%s' does not say what to attach it to", name);
		return 0;
	}
	err = heard(&l, err, "attach", name);
	if (err)
		return err;
	link.prog_fd = keep_fd(bpf_program__fd(prog));
	if (link.prog_fd < 0) {
		bpf_link__destroy(link.libbpf);
		return cbee__err_os(&c->err, link.prog_fd, "cannot keep program '%.60s'", name);
	}
	++*count;
	cbee__say(c, "attached %s as its section says", name);
	return cbee__link_add(c, &link);
}

/* libbpf looks for tracepoints in tracefs. */
static int attach_all(void *arg)
{
	struct cbee *c = arg;
	unsigned int count = 0;
	int err = 0;

	for (struct bpf_program *p = NULL; !err && (p = bpf_object__next_program(c->object, p));)
		err = attach_program(c, p, &count);
	return err ? err : (int)count;
}

int cbee_object_attach(struct cbee *c, unsigned int *ret_count)
{
	size_t before = c->link_count;
	int count;

	if (!c->object)
		return cbee__err(&c->err, -EINVAL, "no object has been loaded");
	count = cbee__tracefs_with(attach_all, c);
	if (count < 0) {
		cbee__links_cut(c, before);
		if (c->err.code != count)
			cbee__err_os(&c->err, count, "cannot attach the object's programs");
		return count;
	}
	if (ret_count)
		*ret_count = (unsigned int)count;
	return 0;
}
