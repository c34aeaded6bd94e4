/* SPDX-License-Identifier: Apache-2.0 */
/* Opens BPF iterators: programs that the kernel calls for each object of a kind. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <linux/bpf.h>

#include "headers/btf.h"
#include "kernel/handle.h"
#include "kernel/module.h"
#include "plain/buf.h"

#define PREFIX "bpf_iter__"

/* What says which objects are meant, as the kernel has it; the build's headers may be older. */
union which {
	uint32_t map_fd;
	struct {
		uint32_t tid, pid, pid_fd;
	} task;
};

/* The kind of object: said, or what the function's name says. */
static const char *target_of(const struct cbee_iter_opts *o)
{
	if (o->target)
		return o->target;
	return strncmp(o->fn, PREFIX, strlen(PREFIX)) ? NULL : o->fn + strlen(PREFIX);
}

static int load(struct cbee *c, const struct cbee_iter_opts *o, const char *target)
{
	struct cbee__load load = { .fn = o->fn,
				   .type = BPF_PROG_TYPE_TRACING,
				   .expected = BPF_TRACE_ITER };
	char function[128];
	int err;

	snprintf(function, sizeof(function), "bpf_iter_%s", target);
	err = cbee__btf_kernel_func(function, &load.btf_id);
	if (err == -ESRCH)
		return cbee__err(&c->err, -ENOENT, "this kernel has no iterator over '%.60s'",
				 target);
	if (err)
		return cbee__err_os(&c->err, err, "cannot read the kernel's BTF");
	return cbee__module_load_prog(c, &load);
}

static int no_iterator(struct cbee *c, const struct cbee_iter_opts *o, const char *target)
{
	return cbee__err_os(&c->err, -errno, "cannot open '%.60s' as iterator over %.60s", o->fn,
			    target);
}

/* The link is not needed any more once the iterator is open. */
static int open_iter(struct cbee *c, const struct cbee_iter_opts *o, const char *target,
		     int prog_fd)
{
	struct cbee_map *map = o->map ? cbee_map(c, o->map) : NULL;
	union which which = { .task.pid = (uint32_t)o->pid };
	int link_fd, fd;

	if (o->map && !map)
		return -ENOENT;
	if (map)
		which = (union which){ .map_fd = (uint32_t)map->fd };
	link_fd = bcc_iter_attach(prog_fd,
				  map || o->pid ? (union bpf_iter_link_info *)&which : NULL,
				  map	   ? sizeof(which.map_fd)
				  : o->pid ? sizeof(which)
					   : 0);
	if (link_fd < 0)
		return no_iterator(c, o, target);
	fd = bcc_iter_create(link_fd);
	if (fd < 0)
		fd = no_iterator(c, o, target);
	close(link_fd);
	return fd;
}

int cbee_iter_open(struct cbee *c, const struct cbee_iter_opts *opts, int *ret_fd)
{
	const char *target = opts->fn ? target_of(opts) : NULL;
	int prog_fd, fd;

	if (!target)
		return cbee__err(&c->err, -EINVAL,
				 "an iterator needs a function, and a target unless that is "
				 "called " PREFIX "TARGET");
	prog_fd = load(c, opts, target);
	if (prog_fd < 0)
		return prog_fd;
	fd = open_iter(c, opts, target, prog_fd);
	close(prog_fd);
	if (fd < 0)
		return fd;
	cbee__say(c, "opened %s as iterator over %s", opts->fn, target);
	*ret_fd = fd;
	return 0;
}

/* The kernel ends a read where it likes, and asks for another one with EAGAIN. */
static int read_all(int fd, struct cbee_buf *text)
{
	char part[4096];
	ssize_t n;

	do {
		n = read(fd, part, sizeof(part));
		if (n > 0)
			cbee__buf_add(text, part, (size_t)n);
	} while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
	if (n < 0)
		return -errno;
	cbee__buf_add(text, "", 1);
	return text->err;
}

int cbee_iter_read(struct cbee *c, const struct cbee_iter_opts *opts, char **ret_text,
		   size_t *ret_size)
{
	struct cbee_buf text = { 0 };
	int fd, err = cbee_iter_open(c, opts, &fd);

	if (err)
		return err;
	err = read_all(fd, &text);
	close(fd);
	if (err) {
		cbee__buf_free(&text);
		return cbee__err_os(&c->err, err, "cannot read what '%.60s' writes", opts->fn);
	}
	if (ret_size)
		*ret_size = text.len - 1;
	*ret_text = text.data;
	return 0;
}
