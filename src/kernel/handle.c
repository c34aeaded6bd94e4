/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a struct cbee: made, asked for its error, freed. */
#include "kernel/handle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/module.h"

int cbee_new(struct cbee **ret_c)
{
	struct cbee *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	/* a failure here is found, and told, when something is compiled */
	cbee__cc_start(&c->cc, &c->err);
	*ret_c = c;
	return 0;
}

void cbee_free(struct cbee *c)
{
	if (!c)
		return;
	cbee_detach(c);
	cbee__streams_close(c);
	cbee__module_unload(c);
	cbee__funcs_free(&c->funcs);
	cbee__cc_stop(&c->cc);
	cbee__err_clear(&c->err);
	free(c);
}

const struct cbee_error *cbee_error(struct cbee *c)
{
	c->shown = (struct cbee_error){
		.code = c->err.code,
		.text = c->err.text,
		.hint = c->err.hint[0] ? c->err.hint : NULL,
		.log = c->err.log,
	};
	return &c->shown;
}

void cbee_set_log(struct cbee *c, void (*say)(void *arg, const char *line), void *arg)
{
	c->say = say;
	c->say_arg = arg;
}

void cbee__say(struct cbee *c, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!c->say)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	c->say(c->say_arg, line);
}
