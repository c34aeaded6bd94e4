/* SPDX-License-Identifier: Apache-2.0 */
/* What a handle's program is made of, in instructions and as text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include "compile/disasm.h"
#include "kernel/handle.h"
#include "kernel/module.h"

#define VERIFIER_TEXTS \
	(CBEE_DEBUG_BPF_REGISTER_STATE | CBEE_DEBUG_VERIFIER | CBEE_DEBUG_VERIFIER_STATS)

unsigned int cbee_progs(const struct cbee *c)
{
	return c->image.prog_count;
}

const char *cbee_prog_name(const struct cbee *c, unsigned int i)
{
	return i < c->image.prog_count ? c->image.strings + c->image.progs[i].name : NULL;
}

const char *cbee_license(const struct cbee *c)
{
	return c->image.license ? c->image.license : "";
}

uint32_t cbee_kern_version(const struct cbee *c)
{
	return c->image.kern_version;
}

int cbee_prog_insns(struct cbee *c, const char *fn, struct bpf_insn **ret_insns,
		    uint32_t *ret_count)
{
	uint32_t count = cbee__module_insn_count(c, fn);
	struct bpf_insn *insns;

	if (!count)
		return cbee__err(&c->err, -ENOENT, "the program has no function '%.60s'", fn);
	insns = cbee__module_insns(c, fn, NULL);
	if (!insns)
		return cbee__err_os(&c->err, -ENOMEM, "cannot copy '%s'", fn);
	*ret_insns = insns;
	*ret_count = count;
	return 0;
}

/* A function of the image: where its instructions start. */
struct place {
	const struct cbee *c;
	uint32_t first;
};

/* What instruction @at of the function loads. */
static const char *loaded(const void *arg, uint32_t at)
{
	const struct place *p = arg;
	const struct cbee__image *im = &p->c->image;

	for (uint32_t i = 0; i < im->ref_count; i++)
		if (im->refs[i].insn == p->first + at)
			return im->strings + (im->refs[i].kind == CBEE_IMAGE_REF_MAP
						      ? im->maps[im->refs[i].index].name
						      : im->consts[im->refs[i].index]);
	return NULL;
}

/* Appends one function's text. */
static int add_text(struct cbee *c, const char *fn, struct cbee_buf *out)
{
	struct place place = { c, 0 };
	struct cbee__disasm_names names = { loaded, &place };
	struct bpf_insn *insns;
	uint32_t count;
	int err = cbee_prog_insns(c, fn, &insns, &count);

	if (err)
		return err;
	for (uint32_t i = 0; i < c->image.prog_count; i++)
		if (!strcmp(cbee_prog_name(c, i), fn))
			place.first = c->image.progs[i].first;
	cbee__disasm(out, insns, count, &names);
	free(insns);
	return out->err ? cbee__err_os(&c->err, out->err, "cannot write '%s' as text", fn) : 0;
}

int cbee_prog_text(struct cbee *c, const char *fn, char **ret_text)
{
	struct cbee_buf text = { 0 };
	int err = add_text(c, fn, &text);

	if (err)
		cbee__buf_free(&text);
	else
		*ret_text = cbee__buf_take(&text);
	return err;
}

/* All functions, as they would be loaded now. */
static const char *bpf_text(struct cbee *c)
{
	struct cbee_buf *out = &c->bpf_text;
	int err = 0;

	cbee__buf_reset(out);
	for (unsigned int i = 0; !err && i < cbee_progs(c); i++) {
		cbee__buf_fmt(out, "%s%s:\n", i ? "\n" : "", cbee_prog_name(c, i));
		err = add_text(c, cbee_prog_name(c, i), out);
	}
	if (!err && out->err)
		cbee__err_os(&c->err, out->err, "cannot write the program as text");
	return err || out->err || !out->len ? NULL : out->data;
}

const char *cbee_debug_text(struct cbee *c, enum cbee_debug what)
{
	if (!(c->debug & what))
		return NULL;
	if (what == CBEE_DEBUG_BPF)
		return bpf_text(c);
	if (what & VERIFIER_TEXTS)
		return c->verifier_text.len ? c->verifier_text.data : NULL;
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		if (cbee__wire_texts[i] == what && c->texts[i].len)
			return c->texts[i].data;
	return NULL;
}
