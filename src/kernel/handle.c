/* SPDX-License-Identifier: Apache-2.0 */
/* What all of the kernel floor asks of a handle: its error, its log, its maps. */
#include "kernel/handle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

struct cbee_map *cbee_map(struct cbee *c, const char *name)
{
	for (uint32_t i = 0; c->maps && i < c->image.map_count; i++)
		if (!strcmp(c->maps[i].name, name))
			return &c->maps[i];
	cbee__err(&c->err, -ENOENT, "the program has no map '%.60s'", name);
	return NULL;
}

unsigned int cbee_maps(const struct cbee *c)
{
	return c->maps ? c->image.map_count : 0;
}

struct cbee_map *cbee_map_at(struct cbee *c, unsigned int i)
{
	return i < cbee_maps(c) ? &c->maps[i] : NULL;
}
