/* SPDX-License-Identifier: Apache-2.0 */
/* Does what the options of cbee run ask for. */
#include <stdlib.h>

#include "cbee.h"

#define NAME_MAX_LEN 64 /* of a constant */

const char *asked_wrong(const struct asked *asked, int *ret_row)
{
	char name[NAME_MAX_LEN];
	struct target target;
	uint64_t value;

	for (int kind = 0; kind < ASKED_KINDS; kind++) {
		*ret_row = kind;
		for (size_t i = 0; i < asked->probes[kind].count; i++) {
			const char *item = asked->probes[kind].items[i];

			if (target_parse(item, (enum cbee_probe_kind)kind, &target))
				return item;
			target_free(&target);
		}
	}
	*ret_row = ASKED_KINDS;
	for (size_t i = 0; i < asked->usdt.count; i++) {
		struct usdt usdt;

		bool wrong = usdt_parse(asked->usdt.items[i], &usdt) ||
			     (!usdt.opts.path && !asked->pid.given);

		free(usdt.text);
		if (wrong)
			return asked->usdt.items[i];
	}
	++*ret_row;
	for (size_t i = 0; i < asked->consts.count; i++)
		if (const_parse(asked->consts.items[i], name, sizeof(name), &value))
			return asked->consts.items[i];
	++*ret_row;
	return tails_wrong(&asked->tails);
}

int asked_consts(const struct asked *asked, struct cbee *c)
{
	char name[NAME_MAX_LEN];
	uint64_t value;
	int err = 0;

	for (size_t i = 0; !err && i < asked->consts.count; i++) {
		err = const_parse(asked->consts.items[i], name, sizeof(name), &value);
		if (!err)
			err = cbee_const_set(c, name, value);
	}
	return err;
}

int asked_bind(const struct asked *asked, struct cbee *c)
{
	int err = 0;

	for (size_t i = 0; !err && i < asked->usdt.count; i++) {
		struct usdt usdt;

		err = usdt_parse(asked->usdt.items[i], &usdt);
		usdt.opts.pid = (int)asked->pid.value;
		if (!err)
			err = cbee_usdt(c, &usdt.opts);
		free(usdt.text);
	}
	return err;
}

static int attach_one(const struct asked *asked, struct cbee *c, int kind, const char *text)
{
	struct target target;
	int err = target_parse(text, (enum cbee_probe_kind)kind, &target);

	if (err)
		return err;
	if (kind == CBEE_UPROBE || kind == CBEE_URETPROBE || kind == CBEE_PERF_EVENT)
		target.opts.pid = (int)asked->pid.value;
	err = cbee_attach(c, &target.opts);
	target_free(&target);
	return err;
}

int asked_attach(const struct asked *asked, struct cbee *c, unsigned int *ret_count)
{
	int err = 0;

	*ret_count = 0;
	/* returns first: a call caught at its entry would wait for a return that is not seen */
	for (int kind = ASKED_KINDS - 1; kind >= 0; kind--)
		for (size_t i = 0; !err && i < asked->probes[kind].count; i++, ++*ret_count)
			err = attach_one(asked, c, kind, asked->probes[kind].items[i]);
	return err;
}
