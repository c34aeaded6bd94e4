/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a struct cbee: made, started, and freed with all that it owns. */
#include <errno.h>
#include <stdlib.h>

#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/object.h"
#include "kernel/tracepipe.h"
#include "probes/usdt.h"
#include "symbols/names.h"

const char *cbee_version(void)
{
	return CBEE_VERSION;
}

int cbee_new(struct cbee **ret_c)
{
	struct cbee *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	*ret_c = c;
	return 0;
}

int cbee_start(struct cbee *c, const struct cbee_source *source)
{
	int err = cbee_compile(c, source);

	if (!err)
		err = cbee_load(c);
	return err ? err : cbee_attach_auto(c, NULL);
}

void cbee_free(struct cbee *c)
{
	if (!c)
		return;
	cbee_detach(c);
	cbee__streams_close(c);
	cbee__trace_close(c);
	cbee__module_unload(c);
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		cbee__buf_free(&c->texts[i]);
	cbee__buf_free(&c->bpf_text);
	cbee__buf_free(&c->verifier_text);
	cbee__usdt_bound_free(c->usdt);
	cbee__object_close(c);
	cbee__funcs_free(&c->funcs);
	cbee__names_free(c->names);
	cbee__cc_stop(&c->cc);
	cbee__err_clear(&c->err);
	free(c);
}
