/* SPDX-License-Identifier: Apache-2.0 */
/* Loads one function of the image into the kernel, and tells why when it is refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/object.h"
#include "kernel/privilege.h"

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

const char *cbee__module_fn(const struct cbee *c, const char *fn)
{
	const struct cbee__image_prog *prog = find_prog(c, fn);

	return prog ? c->image.strings + prog->name : NULL;
}

uint32_t cbee__module_insn_count(const struct cbee *c, const char *fn)
{
	const struct cbee__image_prog *prog = find_prog(c, fn);

	return prog ? prog->count : 0;
}

/* The value of constant @i for a load: what the load itself decides, else what was set. */
static uint64_t const_value(const struct cbee *c, uint32_t i, const struct cbee__load *load)
{
	const struct {
		const char *name;
		uint64_t value;
	} own[] = {
		{ "cookie", load->func < 0 }, { "func", load->func < 0 ? 0 : (uint64_t)load->func },
		{ "in_user", load->in_user }, { "in_go", load->in_go },
		{ "listed", load->listed },   { "by_fentry", load->type == BPF_PROG_TYPE_TRACING },
	};
	const char *name = c->image.strings + c->image.consts[i];

	for (size_t o = 0; o < sizeof(own) / sizeof(own[0]); o++)
		if (!strcmp(name, own[o].name))
			return own[o].value;
	return c->consts[i];
}

/* The descriptor of map @i for a load. */
static uint32_t map_fd(const struct cbee *c, uint32_t i, const struct cbee__load *load)
{
	bool replaced = load->places_fd > 0 && !strcmp(c->maps[i].name, CBEE__PLACES);

	return (uint32_t)(replaced ? load->places_fd : c->maps[i].fd);
}

struct bpf_insn *cbee__module_insns(const struct cbee *c, const char *fn,
				    const struct cbee__load *load)
{
	const struct cbee__image_prog *prog = find_prog(c, fn);
	static const struct cbee__load plain;
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
			in[0].src_reg = load ? BPF_PSEUDO_MAP_FD : BPF_PSEUDO_MAP_IDX;
			value = load ? map_fd(c, ref->index, load) : ref->index;
		} else {
			in[0].src_reg = 0;
			value = const_value(c, ref->index, load ? load : &plain);
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

/* One load under way. */
struct attempt {
	struct cbee *c;
	const struct cbee__load *load;
	const struct bpf_insn *insns;
	uint32_t count;
};

/* The descriptor or a negative errno; @level: of the verifier's log, which is @log. */
static int attempt(const struct attempt *a, uint32_t level, char *log, size_t size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = a->load->expected,
		    .attach_btf_id = a->load->btf_id,
		    .attach_btf_obj_fd = (uint32_t)a->load->btf_fd,
		    .kern_version = a->c->image.kern_version, .prog_ifindex = a->c->ifindex,
		    .log_level = level, .log_buf = log, .log_size = (uint32_t)size);
	char name[16]; /* the kernel's limit, with the NUL */
	int fd;

	snprintf(name, sizeof(name), "%s", a->load->fn);
	fd = bpf_prog_load(a->load->type, name, a->c->image.license, a->insns, a->count, &opts);
	return fd == -1 ? -errno : fd;
}

/* How much the verifier is to say, by what was asked for. */
static uint32_t log_level(const struct cbee *c)
{
	return (c->debug & CBEE_DEBUG_VERIFIER ? 1 : 0) |
	       (c->debug & CBEE_DEBUG_BPF_REGISTER_STATE ? 2 : 0) |
	       (c->debug & CBEE_DEBUG_VERIFIER_STATS ? 4 : 0);
}

/*
 * Loads it once more for the verifier's log, which the caller frees; NULL: no memory.
 * The kernel refuses a program whose log is larger than the buffer: take a larger one.
 */
static char *verifier_log(const struct attempt *a, uint32_t level)
{
	static const size_t sizes[] = { 1 << 20, (1 << 24) - 1, 1 << 28 };
	char *log = NULL;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd;

		free(log);
		log = calloc(1, sizes[i]);
		fd = log ? attempt(a, level, log, sizes[i]) : -ENOMEM;
		if (fd >= 0)
			close(fd);
		if (fd != -ENOSPC)
			break;
	}
	return log;
}

/* Appends to the text that was asked for, if so. */
static int keep_log(struct cbee *c, const char *fn, const char *log)
{
	struct cbee_buf *text = &c->verifier_text;
	int err;

	cbee__buf_fmt(text, "%s%s:\n", text->len ? "\n" : "", fn);
	cbee__buf_str(text, log ? log : "");
	err = log ? text->err : -ENOMEM;
	text->err = 0; /* what it holds stays good, and the next program may fit */
	return err;
}

/* What a refusal may come of: all but those that only watch have to do with networks. */
static unsigned int needs(uint32_t type)
{
	static const uint32_t watching[] = { BPF_PROG_TYPE_KPROBE,	   BPF_PROG_TYPE_TRACEPOINT,
					     BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_PERF_EVENT,
					     BPF_PROG_TYPE_TRACING,	   BPF_PROG_TYPE_LSM };

	for (size_t i = 0; i < sizeof(watching) / sizeof(watching[0]); i++)
		if (watching[i] == type)
			return CBEE__NEED_ANY;
	return CBEE__NEED_ANY | CBEE__NEED_NET;
}

/* Asks again with a log, to tell why the verifier refused. */
static int refused(const struct attempt *a, int err)
{
	const char *fn = a->load->fn;
	struct cbee *c = a->c;
	char reason[300] = "", *log = verifier_log(a, log_level(c) | 1);

	if (log)
		verifier_reason(log, reason, sizeof(reason));
	if (reason[0])
		cbee__err(&c->err, err, "the kernel refuses BPF program '%s': %s", fn, reason);
	else
		cbee__err_os(&c->err, err, "cannot load BPF program '%s'", fn);
	if (err == -EPERM && !reason[0])
		cbee__needs_hint(&c->err, needs(a->load->type));
	if (err == -EOPNOTSUPP && c->ifindex)
		cbee__err_hint(&c->err, "few network cards run programs; the kernel does when no "
					"device is named");
	if (reason[0] && log_level(c))
		keep_log(c, fn, log);
	if (reason[0])
		cbee__err_log(&c->err, log);
	else
		free(log);
	return err;
}

/* The verifier's words on a program that it has taken. */
static int explain(const struct attempt *a)
{
	char *log = verifier_log(a, log_level(a->c));
	int err = keep_log(a->c, a->load->fn, log);

	free(log);
	return err ? cbee__err_os(&a->c->err, err, "cannot keep the verifier's log of '%s'",
				  a->load->fn)
		   : 0;
}

static int try_load(const struct attempt *a)
{
	int fd = attempt(a, 0, NULL, 0), err = 0;

	if (fd < 0)
		return a->load->quiet
			       ? cbee__err_os(&a->c->err, fd, "cannot load '%s'", a->load->fn)
			       : refused(a, fd);
	if (log_level(a->c))
		err = explain(a);
	if (err)
		close(fd);
	return err ? err : fd;
}

int cbee__module_load_prog(struct cbee *c, const struct cbee__load *load)
{
	struct attempt a = { c, load, NULL, cbee__module_insn_count(c, load->fn) };
	struct bpf_insn *insns;
	int fd;

	if (!c->loaded)
		return cbee__err(&c->err, -EINVAL, "load the maps before attaching '%.60s'",
				 load->fn);
	if (c->object)
		return cbee__object_prog(c, load->fn, load->type);
	if (!a.count)
		return cbee__err(&c->err, -ENOENT, "the program has no function '%.60s'", load->fn);
	a.insns = insns = cbee__module_insns(c, load->fn, load);
	if (!insns)
		return cbee__err_os(&c->err, -ENOMEM, "cannot load '%s'", load->fn);
	fd = try_load(&a);
	free(insns);
	return fd;
}
