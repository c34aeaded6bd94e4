/* SPDX-License-Identifier: Apache-2.0 */
/* Turns an image and constants into live maps and programs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "compile/textfile.h"
#include "kernel/handle.h"
#include "kernel/module.h"

#define LOG_SIZE       (4 << 20)
#define NEED_PRIVILEGE "run it as root, or with CAP_BPF, CAP_PERFMON and CAP_DAC_READ_SEARCH"

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
	for (uint32_t i = 0; i < im->map_count; i++)
		for (int part = CBEE_KEY; part <= CBEE_VALUE; part++)
			if (im->maps[i].layouts[part] != CBEE_IMAGE_NONE)
				c->maps[i].layouts[part] = &c->fields[im->maps[i].layouts[part]];
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
		};
	adopt_fields(c);
	c->bytes = *bytes;
	*bytes = (struct cbee_buf){ 0 };
	return 0;
}

static int compile(struct cbee *c, const struct cbee__compile_job *job)
{
	struct cbee__compile_info info;
	struct cbee_buf bytes = { 0 };
	int err;

	err = cbee__compile(&c->cc, job, &bytes, &info, &c->err);
	if (!err) {
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
	};
	struct cbee__textfile file = { 0 };
	int err = 0;

	if (c->maps)
		return cbee__err(&c->err, -EBUSY, "this handle has compiled a program already");
	if (!source->text && !source->file)
		return cbee__err(&c->err, -EINVAL, "there is neither a text nor a file to compile");
	if (!source->text) {
		err = cbee__textfile_read(&file, source->file, &c->err);
		job.text = file.text.data;
		job.dir = source->dir ? source->dir : file.dir;
	}
	if (!err)
		err = compile(c, &job);
	cbee__textfile_free(&file);
	return err;
}

int cbee_const_set(struct cbee *c, const char *name, uint64_t value)
{
	const struct cbee__image *im = &c->image;

	for (uint32_t i = 0; i < im->const_count; i++) {
		if (strcmp(im->strings + im->consts[i], name))
			continue;
		c->consts[i] = value;
		return 0;
	}
	return cbee__err(&c->err, -ENOENT, "the program reads no OPT(%.60s)", name);
}

/* Maps of maps come after those that serve them as templates. */
int cbee_load(struct cbee *c)
{
	int err = 0;

	if (!c->maps)
		return cbee__err(&c->err, -EINVAL, "nothing has been compiled");
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; !err && i < c->image.map_count; i++)
			if (c->maps[i].fd < 0 && !c->maps[i].inner == !round)
				err = cbee__map_make(&c->maps[i]);
	c->loaded = !err;
	return err;
}

static const struct cbee__image_prog *find_prog(const struct cbee *c, const char *fn)
{
	for (uint32_t i = 0; i < c->image.prog_count; i++)
		if (!strcmp(c->image.strings + c->image.progs[i].name, fn))
			return &c->image.progs[i];
	return NULL;
}

bool cbee__module_has(const struct cbee *c, const char *fn)
{
	return find_prog(c, fn);
}

/* The value of constant @i for this load. */
static uint64_t const_value(const struct cbee *c, uint32_t i, const struct cbee__load *load)
{
	const char *name = c->image.strings + c->image.consts[i];

	if (!strcmp(name, "cookie"))
		return load->func < 0;
	if (!strcmp(name, "func"))
		return load->func < 0 ? 0 : (uint64_t)load->func;
	return c->consts[i];
}

/* A copy of the instructions with descriptors and values in place; the caller frees it. */
static struct bpf_insn *patched(const struct cbee *c, const struct cbee__image_prog *prog,
				const struct cbee__load *load)
{
	struct bpf_insn *insns = malloc(prog->count * sizeof(*insns));

	if (!insns)
		return NULL;
	memcpy(insns, c->image.insns + prog->first, prog->count * sizeof(*insns));
	for (uint32_t i = 0; i < c->image.ref_count; i++) {
		const struct cbee__image_ref *ref = &c->image.refs[i];
		uint32_t at = ref->insn - prog->first;
		struct bpf_insn *in;
		uint64_t value;

		if (ref->insn < prog->first || prog->count < 2 || at > prog->count - 2)
			continue;
		in = insns + at;
		if (ref->kind == CBEE_IMAGE_REF_MAP) {
			in[0].src_reg = BPF_PSEUDO_MAP_FD;
			value = (uint32_t)c->maps[ref->index].fd;
		} else {
			in[0].src_reg = 0;
			value = const_value(c, ref->index, load);
		}
		in[0].imm = (int32_t)(uint32_t)value;
		in[1].imm = (int32_t)(uint32_t)(value >> 32);
	}
	return insns;
}

/* The line in which the verifier says why: the last one that is not statistics. */
static void verifier_reason(const char *log, char *line, size_t size)
{
	const char *at = log + strlen(log), *end;

	for (;;) {
		while (at > log && at[-1] == '\n')
			at--;
		end = at;
		while (at > log && at[-1] != '\n')
			at--;
		if (end == log || strncmp(at, "processed ", 10))
			break;
	}
	snprintf(line, size, "%.*s", (int)(end - at), at);
}

/* Asks again with a log, to tell why the verifier refused. */
static int refused(struct cbee *c, const struct cbee__load *load, const struct bpf_insn *insns,
		   uint32_t count, int err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = load->expected,
		    .attach_btf_id = load->btf_id, .kern_version = c->image.kern_version,
		    .log_size = LOG_SIZE, .log_level = 1);
	char reason[300] = "", *log = calloc(1, LOG_SIZE);
	int fd;

	opts.log_buf = log;
	fd = log ? bpf_prog_load(load->type, load->fn, c->image.license, insns, count, &opts) : -1;
	if (fd >= 0)
		close(fd);
	if (log)
		verifier_reason(log, reason, sizeof(reason));
	if (reason[0])
		cbee__err(&c->err, err, "the kernel refuses BPF program '%s': %s", load->fn,
			  reason);
	else
		cbee__err_os(&c->err, err, "cannot load BPF program '%s'", load->fn);
	if (err == -EPERM && !reason[0])
		cbee__err_hint(&c->err, NEED_PRIVILEGE);
	if (reason[0])
		cbee__err_log(&c->err, log);
	else
		free(log);
	return err;
}

int cbee__module_load_prog(struct cbee *c, const struct cbee__load *load)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = load->expected,
		    .attach_btf_id = load->btf_id, .kern_version = c->image.kern_version);
	const struct cbee__image_prog *prog = find_prog(c, load->fn);
	struct bpf_insn *insns;
	char name[16];
	int fd;

	if (!c->loaded)
		return cbee__err(&c->err, -EINVAL, "load the maps before attaching '%.60s'",
				 load->fn);
	if (!prog)
		return cbee__err(&c->err, -ENOENT, "the program has no function '%.60s'", load->fn);
	insns = patched(c, prog, load);
	if (!insns)
		return cbee__err_os(&c->err, -ENOMEM, "cannot load '%s'", load->fn);
	snprintf(name, sizeof(name), "%s", load->fn);
	fd = bpf_prog_load(load->type, name, c->image.license, insns, prog->count, &opts);
	if (fd < 0) {
		fd = fd == -1 ? -errno : fd;
		fd = load->quiet ? cbee__err_os(&c->err, fd, "cannot load '%s'", load->fn)
				 : refused(c, load, insns, prog->count, fd);
	}
	free(insns);
	return fd;
}

void cbee__module_unload(struct cbee *c)
{
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
