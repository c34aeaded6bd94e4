/* SPDX-License-Identifier: Apache-2.0 */
/* Binds BPF functions to USDT probes, and lists probes. */
#include "probes/usdt.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/handle.h"
#include "plain/nearest.h"
#include "probes/probe.h"

#define LOCATIONS_MAX 4096 /* a program is loaded for each */
#define REF_CTR	      "/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset"

void cbee__usdt_bound_free(struct cbee__usdt_bound *all)
{
	struct cbee__usdt_bound *next;

	for (; all; all = next) {
		next = all->next;
		cbee__usdt_free(&all->list);
		free(all->ways);
		free(all->fn);
		free(all);
	}
}

/* ---- listing ---------------------------------------------------------- */

int cbee_usdt_each(struct cbee *c, const struct cbee_usdt_opts *opts,
		   int (*fn)(void *arg, const struct cbee_usdt *probe), void *arg)
{
	struct cbee__usdt_list list = { 0 };
	int got;

	cbee__err_clear(&c->err);
	got = cbee__usdt_find(&list, opts, NULL, &c->err);
	for (size_t i = 0; !got && i < list.count; i++)
		if (!opts->probe || cbee__usdt_is(&list.items[i].pub, opts->probe))
			got = fn(arg, &list.items[i].pub);
	cbee__usdt_free(&list);
	return got;
}

int cbee_usdt_each_bound(struct cbee *c,
			 int (*fn)(void *arg, const struct cbee_usdt *probe, const char *bpf_fn),
			 void *arg)
{
	int got = 0;

	for (const struct cbee__usdt_bound *b = c->usdt; b; b = b->next)
		for (size_t i = 0; !got && i < b->list.count; i++)
			got = fn(arg, &b->list.items[i].pub, b->fn);
	return got;
}

/* ---- binding ---------------------------------------------------------- */

static bool is_identifier(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	while (isalnum((unsigned char)*name) || *name == '_')
		name++;
	return !*name;
}

static int check_opts(struct cbee *c, const struct cbee_usdt_opts *o)
{
	if (c->maps)
		return cbee__err(&c->err, -EBUSY,
				 "USDT probes are bound before the text is compiled");
	if (!o->probe || !o->probe[0])
		return cbee__err(&c->err, -EINVAL, "which USDT probe?");
	if (!o->fn || !is_identifier(o->fn))
		return cbee__err(&c->err, -EINVAL, "USDT probe '%.100s' needs a BPF function",
				 o->probe);
	return 0;
}

/* "./app" or "process 7". */
static const char *where(const struct cbee_usdt_opts *o, char *room, size_t size)
{
	if (o->path)
		snprintf(room, size, "%.200s", o->path);
	else
		snprintf(room, size, "process %d", o->pid);
	return room;
}

static int none_found(struct cbee *c, const struct cbee_usdt_opts *o,
		      const struct cbee__usdt_list *list)
{
	char place[256], full[300];
	struct cbee__nearest near;
	const char *best;

	where(o, place, sizeof(place));
	if (!list->count) {
		cbee__err(&c->err, -ENOENT, "%s has no USDT probes", place);
		cbee__err_hint(&c->err,
			       "many programs have them only when they are built with them; "
			       "trace functions instead");
		return -ENOENT;
	}
	cbee__nearest_init(&near, o->probe);
	for (size_t i = 0; i < list->count; i++) {
		const struct cbee_usdt *u = &list->items[i].pub;

		snprintf(full, sizeof(full), "%.127s:%.127s", u->provider, u->name);
		cbee__nearest_offer(&near, strchr(o->probe, ':') ? full : u->name);
	}
	best = cbee__nearest_best(&near);
	cbee__err(&c->err, -ENOENT, "no USDT probe '%.100s' in %s", o->probe, place);
	if (best)
		cbee__err_hint(&c->err, "did you mean '%s'?", best);
	return -ENOENT;
}

/* Keeps those that @o->probe names. */
static void select_probes(struct cbee__usdt_list *list, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (cbee__usdt_is(&list->items[i].pub, name))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

/* One provider only: probes of others are something else, whatever their names. */
static int check_providers(struct cbee *c, const struct cbee_usdt_opts *o,
			   const struct cbee__usdt_list *list)
{
	const char *first = list->items[0].pub.provider, *last = first;
	struct cbee_buf all = { 0 };
	unsigned int more = 0;

	for (size_t i = 1; i < list->count; i++) {
		const char *provider = list->items[i].pub.provider;

		if (!strcmp(provider, first) || !strcmp(provider, last))
			continue;
		cbee__buf_fmt(&all, ", %s", provider);
		last = provider;
		more++;
	}
	if (!more)
		return 0;
	cbee__err(&c->err, -ENOTUNIQ, "USDT probe '%.100s' is one of several providers: %s%.300s",
		  o->probe, first, all.data ? all.data : "");
	cbee__err_hint(&c->err, "write %s:%.100s", first, o->probe);
	cbee__buf_free(&all);
	return -ENOTUNIQ;
}

static int check_semaphore(struct cbee *c, const struct cbee_usdt *u)
{
	if (!u->semaphore)
		return 0;
	if (!cbee__probe_counts()) {
		cbee__say(c, "%s:%s has a semaphore, and this kernel cannot raise it", u->provider,
			  u->name);
		cbee__err(&c->err, -EOPNOTSUPP,
			  "USDT probe %s:%s has a semaphore, which this kernel cannot raise",
			  u->provider, u->name);
		cbee__err_hint(&c->err, "Linux 4.20 and later can");
		return -EOPNOTSUPP;
	}
	if (!u->semaphore_offset || u->semaphore_offset > UINT32_MAX)
		return cbee__err(&c->err, -EOPNOTSUPP,
				 "the semaphore of USDT probe %s:%s is not in the first 4 GiB of "
				 "%.200s",
				 u->provider, u->name, u->path);
	return 0;
}

static int check_probes(struct cbee *c, const struct cbee_usdt_opts *o, struct cbee__usdt_bound *b)
{
	int err = check_providers(c, o, &b->list);

	for (size_t i = 0; !err && i < b->list.count; i++) {
		b->way_count += b->list.items[i].pub.location_count;
		err = check_semaphore(c, &b->list.items[i].pub);
	}
	if (!err && b->way_count > LOCATIONS_MAX)
		err = cbee__err(&c->err, -E2BIG,
				"USDT probe '%.100s' has %zu locations, %d at most", o->probe,
				b->way_count, LOCATIONS_MAX);
	return err;
}

static int bind(struct cbee *c, const struct cbee_usdt_opts *o, struct cbee__usdt_bound *b)
{
	int err = cbee__usdt_find(&b->list, o, NULL, &c->err);

	if (err)
		return err;
	b->pid = o->all ? 0 : o->pid;
	/* the names of all are for the advice */
	for (size_t i = 0; i <= b->list.count; i++) {
		if (i == b->list.count)
			return none_found(c, o, &b->list);
		if (cbee__usdt_is(&b->list.items[i].pub, o->probe))
			break;
	}
	select_probes(&b->list, o->probe);
	err = check_probes(c, o, b);
	if (err)
		return err;
	b->fn = strdup(o->fn);
	b->ways = calloc(b->way_count, sizeof(*b->ways));
	return b->fn && b->ways ? 0 : cbee__err_os(&c->err, -ENOMEM, "cannot bind '%.60s'", o->fn);
}

int cbee_usdt(struct cbee *c, const struct cbee_usdt_opts *opts)
{
	struct cbee__usdt_bound *b, **end = &c->usdt;
	int err;

	cbee__err_clear(&c->err);
	err = check_opts(c, opts);
	if (err)
		return err;
	b = calloc(1, sizeof(*b));
	if (!b)
		return cbee__err_os(&c->err, -ENOMEM, "cannot bind '%.60s'", opts->fn);
	err = bind(c, opts, b);
	if (err) {
		cbee__usdt_bound_free(b);
		return err;
	}
	while (*end)
		end = &(*end)->next;
	*end = b;
	return 0;
}
