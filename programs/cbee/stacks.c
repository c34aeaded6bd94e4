/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the stacks whose numbers stand in the keys of a map. */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

/* The map of stacks, if there is one and only one. */
static struct cbee_map *stacks_of(struct cbee *c)
{
	struct cbee_map *found = NULL, *m;
	struct cbee_map_info info;

	for (unsigned int i = 0; (m = cbee_map_at(c, i)); i++) {
		if (cbee_map_info(m, &info) || info.type != BPF_MAP_TYPE_STACK_TRACE)
			continue;
		if (found)
			return NULL;
		found = m;
	}
	return found;
}

/* A number of 32 bits, as those of stacks and processes. */
static bool is_number(const struct cbee_field *f)
{
	return (f->kind == CBEE_INT || f->kind == CBEE_UINT) && f->size == 4 && !f->count;
}

static int32_t number_at(const struct cbee_field *f, const void *key)
{
	int32_t number;

	memcpy(&number, (const char *)key + f->offset, sizeof(number));
	return number;
}

/* Whose stack it is, by the key's other members; 0: the kernel's. */
static int process_of(const struct cbee_field *whole, const struct cbee_field *stack,
		      const void *key)
{
	if (!strstr(stack->name, "user"))
		return 0;
	for (uint32_t i = 1; i <= whole->members; i++)
		if (is_number(&whole[i]) &&
		    (!strcmp(whole[i].name, "pid") || !strcmp(whole[i].name, "tgid")))
			return number_at(&whole[i], key);
	return 0;
}

static void show(struct cbee *c, const struct cbee_field *stack, int32_t id,
		 const struct cbee_stack_opts *how, bool json, struct cbee_buf *out)
{
	char *text = NULL;

	if (json)
		cbee_text_fmt(out, ",\"%s\":", stack->name);
	if (!(json ? cbee_stack_json : cbee_stack_text)(c, stacks_of(c), id, how, &text))
		cbee_text_fmt(out, "%s", text);
	else
		cbee_text_fmt(out, "%s", json ? "null" : "    [no stack]\n");
	free(text);
}

void stacks_show(struct cbee *c, struct cbee_map *m, const void *key, bool json,
		 struct cbee_buf *out)
{
	const struct cbee_field *whole = cbee_map_layout(m, CBEE_KEY);

	if (!whole || whole->kind != CBEE_STRUCT || !stacks_of(c))
		return;
	for (uint32_t i = 1; i <= whole->members; i++) {
		struct cbee_stack_opts how = { .pid = process_of(whole, &whole[i], key) };

		if (is_number(&whole[i]) && strstr(whole[i].name, "stack"))
			show(c, &whole[i], number_at(&whole[i], key), &how, json, out);
	}
}
