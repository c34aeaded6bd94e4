/* SPDX-License-Identifier: Apache-2.0 */
/* The handle's list of functions to probe: adds to it, tells what is in it. */
#include <string.h>

#include "headers/btf.h"
#include "kernel/handle.h"

#define DEFAULT_LIMIT 10000

/*
 * Whether @spec is the plain name of a kernel function that BTF knows: then the
 * list of all functions, which takes the kernel 30 ms to print, need not be read.
 */
static bool is_in_btf(const char *spec)
{
	uint32_t id;

	return !strpbrk(spec, ":*?") && !cbee__btf_kernel_func(spec, &id);
}

int cbee_funcs_add(struct cbee *c, const char *spec, const struct cbee_funcs_opts *opts)
{
	struct cbee__func_opts how = { .regexp = opts->regexp,
				       .pid = opts->pid,
				       .limit = opts->limit ? opts->limit : DEFAULT_LIMIT };

	how.unchecked = !opts->regexp && is_in_btf(spec);
	return cbee__func_find(spec, &how, &c->funcs, &c->err);
}

unsigned int cbee_funcs_count(const struct cbee *c)
{
	return (unsigned int)c->funcs.count;
}

unsigned int cbee_funcs_skipped(const struct cbee *c)
{
	return c->funcs_skipped;
}

const char *cbee_funcs_name(const struct cbee *c, unsigned int i)
{
	return i < c->funcs.count ? c->funcs.items[i].name : NULL;
}
