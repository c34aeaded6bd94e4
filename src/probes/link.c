/* SPDX-License-Identifier: Apache-2.0 */
/* The list of what is attached: grows, is searched, is counted, is taken apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "kernel/handle.h"
#include "kernel/tracefs.h"
#include "kernel/prog.h"
#include "probes/detach.h"
#include "probes/listed.h"
#include "probes/probe.h"

/* BCC's lists in tracefs outlive the descriptor. */
static int unlist_now(void *arg)
{
	const struct cbee__link *link = arg;

	if (!cbee__tracefs())
		return -EPERM;
	return link->kernel ? bpf_detach_kprobe(link->event) : bpf_detach_uprobe(link->event);
}

static void unlink_one(struct cbee *c, struct cbee__link *link)
{
	if (link->object) {
		bpf_prog_detach2(link->prog_fd, link->object,
				 (enum bpf_attach_type)link->attach_type);
		close(link->object);
	}
	if (link->libbpf)
		bpf_link__destroy(link->libbpf);
	if (link->fd >= 0)
		close(link->fd);
	if (link->prog_fd >= 0)
		cbee__prog_put(c, link->prog_fd);
	if (link->event)
		cbee__tracefs_with(unlist_now, link);
	cbee__listing_free(link->listing);
	free(link->event);
	free(link->asked);
}

int cbee__link_add(struct cbee *c, const struct cbee__link *link)
{
	size_t cap = c->link_cap ? c->link_cap * 2 : 16;
	struct cbee__link *all = c->links;

	if (c->link_count == c->link_cap) {
		all = realloc(c->links, cap * sizeof(*all));
		if (all) {
			c->links = all;
			c->link_cap = cap;
		}
	}
	if (!all) {
		struct cbee__link lost = *link;

		unlink_one(c, &lost);
		return cbee__err_os(&c->err, -ENOMEM, "cannot keep a probe");
	}
	c->links[c->link_count++] = *link;
	return 0;
}

int cbee__link_add_prog(struct cbee *c, int prog_fd)
{
	return cbee__link_add(c, &(struct cbee__link){ .fd = -1, .prog_fd = prog_fd });
}

void cbee__links_cut(struct cbee *c, size_t first)
{
	cbee__links_close(c, first, c->link_count);
	while (c->link_count > first)
		unlink_one(c, &c->links[--c->link_count]);
}

void cbee_detach(struct cbee *c)
{
	cbee__links_cut(c, 0);
	free(c->links);
	c->links = NULL;
	c->link_cap = 0;
}

uint64_t cbee_missed(struct cbee *c)
{
	uint64_t missed = cbee__progs_missed(c);

	for (size_t i = 0; i < c->link_count; i++)
		missed += cbee__prog_missed(c, c->links[i].prog_fd);
	return missed;
}

/* ---- what was asked for ----------------------------------------------- */

/* Copies *@text behind the struct and makes it point there. */
static void move_in(const char **text, char **at)
{
	size_t size = *text ? strlen(*text) + 1 : 0;

	if (!size)
		return;
	memcpy(*at, *text, size);
	*text = *at;
	*at += size;
}

/* The same in the members that are compared: perf_attr is the caller's. */
static struct cbee_probe_opts comparable(const struct cbee_probe_opts *opts)
{
	struct cbee_probe_opts o = *opts;

	o.perf_attr = NULL;
	if (!opts->perf_attr)
		return o;
	o.perf_type = opts->perf_attr->type;
	o.perf_config = opts->perf_attr->config;
	if (opts->perf_attr->freq)
		o.sample_freq = opts->perf_attr->sample_freq;
	else
		o.sample_period = opts->perf_attr->sample_period;
	return o;
}

int cbee__links_claim(struct cbee *c, size_t first, const struct cbee_probe_opts *opts,
		      unsigned int places)
{
	const char *const texts[] = { opts->fn, opts->target, opts->symbol };
	size_t size = sizeof(struct cbee__asked);
	struct cbee__asked *asked;
	char *at;

	for (int i = 0; i < 3; i++)
		size += texts[i] ? strlen(texts[i]) + 1 : 0;
	asked = calloc(1, size);
	if (!asked) {
		cbee__links_cut(c, first);
		return cbee__err_os(&c->err, -ENOMEM, "cannot keep a probe");
	}
	asked->opts = comparable(opts);
	asked->places = places;
	at = (char *)(asked + 1);
	move_in(&asked->opts.fn, &at);
	move_in(&asked->opts.target, &at);
	move_in(&asked->opts.symbol, &at);
	c->links[first].asked = asked;
	for (size_t i = first + 1; i < c->link_count; i++)
		c->links[i].more = true;
	return 0;
}

static bool same_text(const char *want, const char *is)
{
	return !want || (is && !strcmp(want, is));
}

static bool same(uint64_t want, uint64_t is)
{
	return !want || want == is;
}

static bool is_meant(const struct cbee__link *link, const struct cbee_probe_opts *opts)
{
	const struct cbee_probe_opts plain = comparable(opts), *want = &plain;
	const struct cbee_probe_opts *is = link->asked ? &link->asked->opts : NULL;

	return is && is->kind == want->kind && same_text(want->fn, is->fn) &&
	       same_text(want->target, is->target) && same_text(want->symbol, is->symbol) &&
	       same(want->offset, is->offset) && same((uint64_t)want->pid, (uint64_t)is->pid) &&
	       same((uint64_t)want->cpu, (uint64_t)is->cpu) &&
	       same(want->perf_type, is->perf_type) && same(want->perf_config, is->perf_config) &&
	       same(want->sample_period, is->sample_period) &&
	       same(want->sample_freq, is->sample_freq) &&
	       same(want->attach_type, is->attach_type) && same(want->flags, is->flags) &&
	       same((uint64_t)want->fd, (uint64_t)is->fd);
}

/* The link behind the request that begins at @i. */
static size_t request_end(const struct cbee *c, size_t i)
{
	for (i++; i < c->link_count && c->links[i].more;)
		i++;
	return i;
}

static int none_such(struct cbee *c, const struct cbee_probe_opts *opts)
{
	return cbee__err(&c->err, -ENOENT, "nothing of that kind is attached%s%.60s%s%.100s",
			 opts->fn ? " as " : "", opts->fn ? opts->fn : "",
			 opts->target ? " to " : "", opts->target ? opts->target : "");
}

int cbee_detach_probe(struct cbee *c, const struct cbee_probe_opts *opts)
{
	size_t kept = 0, end;
	bool any = false;

	for (size_t i = 0; i < c->link_count; i = end) {
		bool meant = is_meant(&c->links[i], opts);

		any |= meant;
		end = request_end(c, i);
		if (meant)
			cbee__links_close(c, i, end);
		for (size_t k = meant ? end : i; k > i;)
			unlink_one(c, &c->links[--k]);
		for (size_t k = i; !meant && k < end; k++)
			c->links[kept++] = c->links[k];
	}
	c->link_count = kept;
	return any ? 0 : none_such(c, opts);
}

int cbee_attached_fd(struct cbee *c, const struct cbee_probe_opts *opts)
{
	for (size_t i = 0; i < c->link_count; i++) {
		if (!is_meant(&c->links[i], opts))
			continue;
		/* events of a list must have been closed when its keeper removes them */
		for (size_t end = request_end(c, i); i < end; i++)
			if (c->links[i].fd >= 0 && !c->links[i].listed)
				return c->links[i].fd;
		i--;
	}
	return none_such(c, opts);
}

unsigned int cbee_attached(const struct cbee *c, enum cbee_probe_kind kind)
{
	unsigned int places = 0;

	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].asked && c->links[i].asked->opts.kind == kind)
			places += c->links[i].asked->places;
	return places;
}
