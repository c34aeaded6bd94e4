/* SPDX-License-Identifier: Apache-2.0 */
/* Turns an image and constants into live maps and programs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "compile/textfile.h"
#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/object.h"
#include "kernel/prog.h"
#include "probes/usdt.h"

/* The layouts as the public header has them. */
static void adopt_fields(struct cbee *c)
{
	const struct cbee__image *im = &c->image;

	for (uint32_t i = 0; i < im->field_count; i++) {
		const struct cbee__image_field *f = &im->fields[i];

		c->fields[i] = (struct cbee_field){
			.name = im->strings + f->name,
			.kind = (enum cbee_field_kind)f->kind,
			.offset = f->offset,
			.size = f->size,
			.count = f->count,
			.bit_offset = f->bit_offset,
			.bit_size = f->bit_size,
			.members = f->members,
		};
	}
	for (uint32_t i = 0; i < im->map_count; i++) {
		const uint32_t *from = im->maps[i].layouts;

		for (int part = CBEE_KEY; part <= CBEE_VALUE; part++)
			if (from[part] != CBEE_IMAGE_NONE)
				c->maps[i].layouts[part] = &c->fields[from[part]];
		if (from[CBEE_IMAGE_RECORD] != CBEE_IMAGE_NONE)
			c->maps[i].record = &c->fields[from[CBEE_IMAGE_RECORD]];
	}
}

/* Reads the image that was compiled and describes its maps. */
static int adopt_image(struct cbee *c, struct cbee_buf *bytes)
{
	int err = cbee__image_read(bytes->data, bytes->len, &c->image, &c->err);
	const struct cbee__image *im = &c->image;

	if (err)
		return err;
	c->consts = calloc(im->const_count + 1, sizeof(*c->consts));
	c->maps = calloc(im->map_count + 1, sizeof(*c->maps));
	c->fields = calloc(im->field_count + 1, sizeof(*c->fields));
	if (!c->consts || !c->maps || !c->fields) {
		free(c->maps); /* all zero, which would be descriptors to close */
		c->maps = NULL;
		return cbee__err_os(&c->err, -ENOMEM, "cannot keep the compiled program");
	}
	for (uint32_t i = 0; i < im->map_count; i++)
		c->maps[i] = (struct cbee_map){
			.name = im->strings + im->maps[i].name,
			.info = { im->maps[i].type, im->maps[i].key_size, im->maps[i].value_size,
				  im->maps[i].max_entries, im->maps[i].flags },
			.fd = -1,
			.owner = c,
			.err = &c->err,
			.inner = im->maps[i].inner == CBEE_IMAGE_NONE ? NULL
								      : &c->maps[im->maps[i].inner],
			.counters = im->maps[i].counters,
			.slots = (enum cbee_slots)im->maps[i].slots,
		};
	adopt_fields(c);
	c->bytes = *bytes;
	*bytes = (struct cbee_buf){ 0 };
	return 0;
}

/*
 * libbpf lifts the limit before its first map or program, where the kernel needs that,
 * and never again: a map that no kernel makes is the first then, and the limit put back.
 */
static int keep_memlock(struct cbee *c)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct rlimit limit;
	int fd, err = getrlimit(RLIMIT_MEMLOCK, &limit);

	if (!err) {
		fd = bpf_map_create(BPF_MAP_TYPE_UNSPEC, "", 0, 0, 0, &opts);
		if (fd >= 0)
			close(fd);
		err = setrlimit(RLIMIT_MEMLOCK, &limit);
	}
	return err ? cbee__err_os(&c->err, -errno, "cannot keep the limit of locked memory") : 0;
}

/* What the source asks of maps and programs; before anything of them exists. */
static int adopt_options(struct cbee *c, const struct cbee_source *source)
{
	c->debug = source->debug;
	c->keep_memlock = source->keep_memlock;
	c->ifindex = source->device ? if_nametoindex(source->device) : 0;
	if (source->device && !c->ifindex)
		return cbee__err(&c->err, -ENODEV, "there is no network device '%.60s'",
				 source->device);
	return c->keep_memlock ? keep_memlock(c) : 0;
}

static int compile(struct cbee *c, const struct cbee__compile_job *job)
{
	struct cbee__compile_info info;
	struct cbee_buf bytes = { 0 };
	int err;

	err = cbee__compile(&c->cc, job, &bytes, &info, &c->err);
	cbee__compiled_note(c, &info);
	if (info.missed[0])
		cbee__say(c, "%s", info.missed);
	if (info.unkept[0] && strcmp(info.unkept, info.missed) != 0)
		cbee__say(c, "%s", info.unkept);
	if (!err && info.cached) {
		cbee__say(c, "found %s compiled in the cache, in %.1f ms", job->name,
			  info.compile_ms);
		err = adopt_image(c, &bytes);
	} else if (!err) {
		cbee__say(c, "compiled %s in %.1f ms with %s", job->name, info.compile_ms,
			  info.from_btf ? "declarations from the kernel's BTF"
					: "the kernel's installed headers or none");
		cbee__say(c, "made %u bytes of declarations in %.1f ms", info.made,
			  info.headers_ms);
		err = adopt_image(c, &bytes);
	}
	if (err)
		cbee__module_unload(c);
	cbee__buf_free(&bytes);
	return err;
}

int cbee_compile(struct cbee *c, const struct cbee_source *source)
{
	struct cbee__compile_job job = {
		.name = source->name   ? source->name
			: source->file ? source->file
				       : "<text>",
		.text = source->text,
		.dir = source->dir,
		.flags = source->flags,
		.flag_count = source->flag_count,
		.debug = source->debug,
		.headers = source->headers,
		.uncached = source->uncached,
		.texts = c->texts,
	};
	struct cbee__textfile file = { 0 };
	struct cbee_buf readers = { 0 };
	int err = 0;

	if (c->maps)
		return cbee__err(&c->err, -EBUSY, "this handle has compiled a program already");
	if (!source->text && !source->file)
		return cbee__err(&c->err, -EINVAL, "there is neither a text nor a file to compile");
	err = adopt_options(c, source);
	if (!err && !source->text) {
		err = cbee__textfile_read(&file, source->file, &c->err);
		job.text = file.text.data;
		job.dir = source->dir ? source->dir : file.dir;
	}
	if (!err)
		cbee__usdt_readers(c->usdt, job.text, &readers);
	job.before = readers.data;
	if (readers.err)
		err = cbee__err_os(&c->err, readers.err, "cannot compile %s", job.name);
	if (!err)
		err = compile(c, &job);
	cbee__buf_free(&readers);
	cbee__textfile_free(&file);
	return err;
}

int cbee_const_set(struct cbee *c, const char *name, uint64_t value)
{
	const struct cbee__image *im = &c->image;

	for (uint32_t i = 0; i < im->const_count; i++) {
		if (strcmp(im->strings + im->consts[i], name))
			continue;
		c->const_changes += c->consts[i] != value;
		c->consts[i] = value;
		return 0;
	}
	return cbee__err(&c->err, -ENOENT, "the program reads no OPT(%.60s)", name);
}

int cbee_load(struct cbee *c)
{
	int err;

	if (!c->maps)
		return cbee__err(&c->err, -EINVAL, "nothing has been compiled");
	err = cbee__maps_make(c->maps, c->image.map_count);
	c->loaded = !err;
	return err;
}

void cbee__module_unload(struct cbee *c)
{
	cbee__progs_close(c);
	for (uint32_t i = 0; c->maps && i < c->image.map_count; i++)
		if (c->maps[i].fd >= 0)
			close(c->maps[i].fd);
	free(c->maps);
	free(c->consts);
	free(c->fields);
	cbee__buf_free(&c->bytes);
	c->maps = NULL;
	c->consts = NULL;
	c->fields = NULL;
	c->image = (struct cbee__image){ 0 };
	c->loaded = false;
}
