/* SPDX-License-Identifier: Apache-2.0 */
/* Fills the prog arrays of a text as options of cbee run ask for. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

int tail_parse(const char *text, struct tail *ret)
{
	char *colon, *equals, *end;
	unsigned long index = 0;

	*ret = (struct tail){ .map = strdup(text) };
	if (!ret->map)
		return -ENOMEM;
	colon = strchr(ret->map, ':');
	equals = strchr(ret->map, '=');
	if (colon && colon != ret->map && equals > colon && equals[1]) {
		*colon = *equals = '\0';
		index = strtoul(colon + 1, &end, 10);
		if (colon[1] >= '0' && colon[1] <= '9' && !*end && index <= UINT32_MAX) {
			ret->index = (uint32_t)index;
			ret->fn = equals + 1;
			return 0;
		}
	}
	free(ret->map);
	ret->map = NULL;
	return -EINVAL;
}

/* Functions that call each other are of one kind, which the kernel checks; which, the text knows. */
static int fill(struct cbee *c, const struct tail *tail)
{
	static const enum cbee_probe_kind kinds[] = { CBEE_KPROBE, CBEE_TRACEPOINT,
						      CBEE_RAW_TRACEPOINT, CBEE_PERF_EVENT };
	struct cbee_map *m = cbee_map(c, tail->map);
	struct cbee_map_info info;
	int err = cbee_map_info(m, &info);

	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_PROG_ARRAY)
		return cbee_map_set_prog(m, tail->index, tail->fn, CBEE_KPROBE);
	err = -EINVAL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (err == -EINVAL || err == -EACCES)
			err = cbee_map_set_prog(m, tail->index, tail->fn, kinds[i]);
	return err;
}

const char *tails_wrong(const struct cbee_list *tails)
{
	struct tail tail;

	for (size_t i = 0; i < tails->count; i++) {
		if (tail_parse(tails->items[i], &tail))
			return tails->items[i];
		free(tail.map);
	}
	return NULL;
}

int tails_fill(const struct cbee_list *tails, struct cbee *c)
{
	struct tail tail;
	int err = 0;

	for (size_t i = 0; !err && i < tails->count; i++) {
		err = tail_parse(tails->items[i], &tail);
		if (!err)
			err = fill(c, &tail);
		free(tail.map);
	}
	return err;
}
