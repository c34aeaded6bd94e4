/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a program on many places of binaries through few events, which tracefs lists. */
#include "probes/listed.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "kernel/handle.h"
#include "kernel/keeper.h"
#include "kernel/module.h"
#include "kernel/tracefs.h"
#include "plain/buf.h"
#include "plain/clock.h"
#include "probes/kinds.h"
#include "probes/perf.h"
#include "probes/probe.h"

#define PAGE	    4096 /* or more: then its lowest bits tell places apart as well */
#define EVENTS_MAX  (1u << 20)
#define LINE_MAX_IN 4000 /* of uprobe_events */

struct cbee__listing {
	struct cbee__keeper keeper;
	int list_fd;   /* uprobe_events */
	int places_fd; /* 0: none */
	unsigned int events;
	char group[CBEE__KEEPER_GROUP];
};

/* ---- the list --------------------------------------------------------- */

/* Opens the list, and has it kept; with tracefs mounted. */
static int open_now(void *arg)
{
	struct cbee__listing *l = arg;
	const char *tracefs = cbee__tracefs();
	char path[64];

	if (!tracefs)
		return -EOPNOTSUPP;
	snprintf(path, sizeof(path), "%s/uprobe_events", tracefs);
	l->list_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (l->list_fd < 0)
		return -errno;
	/* of one process in one namespace of them, and of one moment */
	snprintf(l->group, sizeof(l->group), "cbee_%d_%llx", (int)getpid(),
		 (unsigned long long)cbee__clock(CLOCK_MONOTONIC));
	return cbee__keeper_start(&l->keeper, l->list_fd, l->group);
}

int cbee__listing_new(struct cbee *c, struct cbee__listing **ret_l)
{
	struct cbee__link link = { .fd = -1, .prog_fd = -1 };
	struct cbee__listing *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	l->list_fd = -1;
	l->keeper = CBEE__KEEPER_NONE;
	err = cbee__tracefs_with(open_now, l);
	if (err) {
		cbee__listing_free(l);
		return err;
	}
	link.listing = *ret_l = l;
	return cbee__link_add(c, &link);
}

int cbee__listing_begin(struct cbee *c, unsigned int count, struct cbee__listing **ret_l)
{
	int err;

	if (count <= CBEE__LISTED_FEW)
		return cbee__err(&c->err, -EOPNOTSUPP, "not worth it for %u", count);
	if (!cbee_map(c, CBEE__PLACES))
		return cbee__err(&c->err, -EOPNOTSUPP, "the program has no cbee_func()");
	err = cbee__listing_new(c, ret_l);
	if (err)
		return err;
	(*ret_l)->places_fd = bpf_map_create(BPF_MAP_TYPE_HASH, CBEE__PLACES, sizeof(uint32_t),
					     sizeof(uint32_t), count, NULL);
	return (*ret_l)->places_fd < 0 ? (*ret_l)->places_fd : 0;
}

int cbee__listing_places(const struct cbee__listing *l)
{
	return l->places_fd;
}

void cbee__listing_free(struct cbee__listing *l)
{
	if (!l)
		return;
	cbee__keeper_end(&l->keeper);
	if (l->list_fd >= 0)
		close(l->list_fd);
	if (l->places_fd > 0)
		close(l->places_fd);
	free(l);
}

/* ---- an event --------------------------------------------------------- */

/* One cbee__listing_attach() under way. */
struct listing_run {
	struct cbee *c;
	struct cbee__listing *l;
	const struct cbee__listed *what;
	unsigned int *order; /* the places by their event, as indices of them */
};

static struct cbee__listed_place *place(const struct listing_run *r, unsigned int i)
{
	return &r->what->places[r->order[i]];
}

/* The kernel splits lines at blanks, and ends them at a hash. */
static bool can_be_listed(const char *path)
{
	if (path[0] != '/' || strlen(path) > LINE_MAX_IN - 200)
		return false;
	for (; *path; path++)
		if (isspace((unsigned char)*path) || *path == '#')
			return false;
	return true;
}

/* Writes the places from number @first on into the list, as one event. */
static int list(const struct listing_run *r, const char *event, unsigned int first,
		unsigned int count)
{
	struct cbee_buf lines = { 0 };
	int err;

	for (unsigned int i = first; i < first + count; i++)
		cbee__buf_fmt(&lines, "%c:%s/%s %s:0x%llx\n", r->what->ret ? 'r' : 'p', r->l->group,
			      event, place(r, i)->path, (unsigned long long)place(r, i)->offset);
	err = lines.err;
	if (!err && write(r->l->list_fd, lines.data, lines.len) != (ssize_t)lines.len)
		err = -errno;
	cbee__buf_free(&lines);
	return err;
}

/* Tells the program which functions the event's places belong to. */
static int tell_apart(const struct listing_run *r, unsigned int number, unsigned int first,
		      unsigned int count)
{
	int err = 0;

	for (unsigned int i = first; !err && r->what->apart && i < first + count; i++) {
		uint32_t key = number * PAGE + (uint32_t)(place(r, i)->offset % PAGE);

		if (bpf_update_elem(r->l->places_fd, &key, &place(r, i)->func, BPF_ANY))
			err = -errno;
	}
	return err;
}

/* Opens the event, which makes the kernel probe its places, and runs the program there. */
static int open_event(const struct listing_run *r, const char *event, unsigned int number,
		      struct cbee__link *perf, struct cbee__link *link)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = number);
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_TRACEPOINT };
	int pid = r->what->pid ? r->what->pid : -1;
	uint64_t id = 0;
	int err = cbee__tracefs_id(r->l->group, event, &id);

	if (err)
		return err;
	attr.config = id;
	perf->fd = cbee__perf_open(&attr, pid, pid < 0 ? 0 : -1, -1);
	if (perf->fd < 0)
		return perf->fd;
	link->fd = bpf_link_create(r->what->prog_fd, perf->fd, BPF_PERF_EVENT, &opts);
	return link->fd < 0 ? link->fd : 0;
}

static int attach_event(const struct listing_run *r, unsigned int first, unsigned int count)
{
	struct cbee__link perf = { .fd = -1, .prog_fd = -1, .ret = r->what->ret, .listed = true };
	struct cbee__link link = perf;
	unsigned int number = r->l->events;
	char event[16];
	int err;

	if (number >= EVENTS_MAX)
		return -E2BIG;
	snprintf(event, sizeof(event), "e%u", number);
	if (cbee__keeper_expect(&r->l->keeper, number + 1))
		return cbee__err(&r->c->err, -EOPNOTSUPP, "who clears the list has been killed");
	r->l->events++;
	err = list(r, event, first, count);
	if (!err)
		err = tell_apart(r, number, first, count);
	if (!err)
		err = open_event(r, event, number, &perf, &link);
	if (!err)
		err = cbee__link_add(r->c, &perf);
	else if (perf.fd >= 0)
		close(perf.fd);
	if (err) {
		if (link.fd >= 0)
			close(link.fd);
		return err;
	}
	return cbee__link_add(r->c, &link);
}

/* A place that cannot be probed makes the kernel refuse the event: it is found by halving. */
static int attach_range(const struct listing_run *r, unsigned int first, unsigned int count)
{
	int err = attach_event(r, first, count);

	if (!err || !cbee__attach_is_of_target(err))
		return err;
	if (count == 1) {
		place(r, first)->refused = true;
		return 0;
	}
	err = attach_range(r, first, count / 2);
	return err ? err : attach_range(r, first + count / 2, count - count / 2);
}

/* ---- which place goes to which event ---------------------------------- */

/* What an event cannot have twice. */
static uint64_t key_of(const struct listing_run *r, unsigned int i)
{
	uint64_t offset = r->what->places[i].offset;

	return r->what->apart ? offset % PAGE : offset;
}

struct ranked {
	uint64_t key;
	unsigned int index, rank; /* how many of the same key stand before it */
};

static int by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Sorts the places by their events: the nth of the same key goes to the nth event. */
static struct ranked *rank(const struct listing_run *r)
{
	unsigned int count = r->what->count;
	struct ranked *all = calloc(count, sizeof(*all));

	if (!all)
		return NULL;
	for (unsigned int i = 0; i < count; i++)
		all[i] = (struct ranked){ key_of(r, i), i, 0 };
	qsort(all, count, sizeof(*all), by_key);
	for (unsigned int i = 1; i < count; i++)
		if (all[i].key == all[i - 1].key)
			all[i].rank = all[i - 1].rank + 1;
	qsort(all, count, sizeof(*all), by_rank);
	return all;
}

/* The call needs tracefs mounted. */
static int attach_now(void *arg)
{
	struct listing_run *r = arg;
	unsigned int count = r->what->count;
	struct ranked *all = rank(r);
	int err = 0;

	r->order = calloc(count, sizeof(*r->order));
	if (!all || !r->order)
		err = -ENOMEM;
	for (unsigned int i = 0; !err && i < count; i++)
		r->order[i] = all[i].index;
	for (unsigned int i = 0, n; !err && i < count; i += n) {
		for (n = 1; i + n < count && all[i + n].rank == all[i].rank;)
			n++;
		err = attach_range(r, i, n);
	}
	free(r->order);
	free(all);
	return err;
}

int cbee__listing_attach(struct cbee *c, struct cbee__listing *l, const struct cbee__listed *what)
{
	struct listing_run r = { c, l, what, NULL };
	size_t before = c->link_count;
	int err = 0;

	for (unsigned int i = 0; !err && i < what->count; i++)
		if (!can_be_listed(what->places[i].path))
			err = cbee__err(&c->err, -EOPNOTSUPP, "the kernel cannot list '%.200s'",
					what->places[i].path);
	if (!err)
		err = cbee__tracefs_with(attach_now, &r);
	if (err)
		cbee__links_cut(c, before);
	return err;
}
