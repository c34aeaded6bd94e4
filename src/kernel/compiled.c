/* SPDX-License-Identifier: Apache-2.0 */
/* Tells how a handle's text was compiled, and hands out the image. */
#include <errno.h>

#include "kernel/handle.h"

void cbee__compiled_note(struct cbee *c, const struct cbee__compile_info *info)
{
	c->compiled = (struct cbee_compiled){ .cached = info->cached,
					      .total_ms = info->compile_ms };
	if (info->cached)
		return;
	c->compiled.headers = info->from_btf ? CBEE_HEADERS_BTF : CBEE_HEADERS_KERNEL;
	c->compiled.declared = info->from_btf ? info->made : 0;
	c->compiled.declare_ms = info->headers_ms;
	c->compiled.load_ms = info->load_ms;
	c->compiled.compile_ms = info->clang_ms;
	c->compiled.image_ms = info->image_ms;
}

int cbee_compiled(struct cbee *c, struct cbee_compiled *ret)
{
	if (!c->bytes.len)
		return cbee__err(&c->err, -ENOENT, "no text has been compiled");
	*ret = c->compiled;
	ret->image_size = c->bytes.len;
	ret->insns = c->image.insn_count;
	return 0;
}

const void *cbee_image(struct cbee *c, size_t *ret_size)
{
	if (!c->bytes.len) {
		cbee__err(&c->err, -ENOENT, "no text has been compiled");
		return NULL;
	}
	*ret_size = c->bytes.len;
	return c->bytes.data;
}
