/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches BPF functions to the USDT probes that they are bound to. */
#include <errno.h>
#include <stdlib.h>

#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel/module.h"
#include "probes/place.h"
#include "probes/probe.h"
#include "probes/usdt.h"

/* ---- all locations at once -------------------------------------------- */

/* Room for the locations that one link takes. */
struct batch {
	uint64_t *offsets, *ref_ctrs;
};

/* Puts the program on the locations of all probes that are read in the way @way. */
static int place_way(struct cbee *c, const struct cbee__usdt_bound *b, struct batch *batch,
		     unsigned int way, int prog_fd)
{
	const unsigned int *own = b->ways;
	int err = 0;

	for (size_t i = 0; !err && i < b->list.count; i++) {
		const struct cbee_usdt *u = &b->list.items[i].pub;
		struct cbee__places places = { .path = u->path,
					       .offsets = batch->offsets,
					       .ref_ctrs = u->semaphore ? batch->ref_ctrs : NULL };

		for (unsigned int l = 0; l < u->location_count; l++) {
			if (*own++ != way)
				continue;
			batch->offsets[places.count] = u->locations[l].offset;
			batch->ref_ctrs[places.count++] = u->semaphore_offset;
		}
		if (places.count)
			err = cbee__place_many(c, prog_fd, &places);
	}
	return err;
}

static bool has_way(const struct cbee__usdt_bound *b, unsigned int way)
{
	for (size_t i = 0; i < b->way_count; i++)
		if (b->ways[i] == way)
			return true;
	return false;
}

/* Each way of reading is a program of its own. */
static int attach_ways(struct cbee *c, const struct cbee__usdt_bound *b, struct batch *batch)
{
	unsigned int last = 0;
	int err = 0;

	for (size_t i = 0; i < b->way_count; i++)
		last = b->ways[i] > last ? b->ways[i] : last;
	for (unsigned int way = 0; !err && way <= last; way++) {
		struct cbee__load load = { .fn = b->fn,
					   .type = BPF_PROG_TYPE_KPROBE,
					   .expected = CBEE__UPROBE_MULTI,
					   .func = way,
					   .in_user = true,
					   .quiet = true };
		int fd;

		if (!has_way(b, way)) /* of another probe that the function is bound to */
			continue;
		fd = cbee__module_load_prog(c, &load);
		err = fd < 0 ? fd : cbee__link_add_prog(c, fd);
		if (!err)
			err = place_way(c, b, batch, way, fd);
	}
	return err;
}

static int attach_at_once(struct cbee *c, const struct cbee__usdt_bound *b)
{
	struct batch batch = { calloc(b->way_count, sizeof(uint64_t)),
			       calloc(b->way_count, sizeof(uint64_t)) };
	size_t before = c->link_count;
	int err = batch.offsets && batch.ref_ctrs ? attach_ways(c, b, &batch) : -ENOMEM;

	if (err)
		cbee__links_cut(c, before);
	if (err && c->err.code != err)
		cbee__err_os(&c->err, err, "cannot attach '%s' by uprobe.multi", b->fn);
	free(batch.offsets);
	free(batch.ref_ctrs);
	return err;
}

/* ---- one by one ------------------------------------------------------- */

static int attach_each(struct cbee *c, const struct cbee__usdt_bound *b)
{
	const unsigned int *way = b->ways;
	int err = 0;

	for (size_t i = 0; i < b->list.count; i++) {
		const struct cbee_usdt *u = &b->list.items[i].pub;

		for (unsigned int l = 0; !err && l < u->location_count; l++) {
			struct cbee_probe_opts o = { .kind = CBEE_UPROBE,
						     .fn = b->fn,
						     .target = u->path,
						     .offset = u->locations[l].offset,
						     .pid = b->pid,
						     .ref_counter = u->semaphore_offset };

			err = cbee__attach_as(c, &o, *way++, false);
		}
	}
	return err;
}

static void tell(struct cbee *c, const struct cbee__usdt_bound *b)
{
	for (size_t i = 0; i < b->list.count; i++) {
		const struct cbee_usdt *u = &b->list.items[i].pub;

		cbee__say(c, "%s is for USDT probe %s:%s, %u location%s in %s, %s", b->fn,
			  u->provider, u->name, u->location_count,
			  u->location_count == 1 ? "" : "s", u->path,
			  u->semaphore ? "with a semaphore, which the kernel raises"
				       : "without semaphore");
	}
}

/*
 * uprobe.multi (Linux 6.6) goes first, for detaching perf events takes 0.1 s each.
 * Not with a process: before 6.10 it knows only the process's first thread.
 */
static int attach(struct cbee *c, const struct cbee__usdt_bound *b)
{
	int err;

	cbee__err_clear(&c->err);
	tell(c, b);
	if (b->pid) {
		cbee__say(c, "attaching one by one: of one process only");
	} else {
		err = attach_at_once(c, b);
		if (!err)
			cbee__say(c, "attached %s by uprobe.multi", b->fn);
		if (!err || err == -ENOMEM)
			return err;
		cbee__say(c, "attaching one by one: %s", c->err.text);
		cbee__err_clear(&c->err);
	}
	return attach_each(c, b);
}

int cbee__usdt_attach(struct cbee *c, unsigned int *count)
{
	int err = 0;

	for (const struct cbee__usdt_bound *b = c->usdt; !err && b; b = b->next, ++*count)
		err = attach(c, b);
	return err;
}
