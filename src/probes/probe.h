/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches one program, and remembers how to detach it. */
#ifndef CBEE_PROBES_PROBE_H
#define CBEE_PROBES_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cbee/cbee.h>

struct cbee__link;

/* cbee_attach() of a program whose OPT(func) is @func, OPT(in_go) @go, and OPT(cookie) 0. */
int cbee__attach_as(struct cbee *c, const struct cbee_probe_opts *opts, int64_t func, bool go);

/* Says why the Go function @name gets no return probe; the code for it. */
int cbee__probe_refuse_go(struct cbee *c, const char *name, const char *path);

/*
 * What program a probe of that kind runs: enum bpf_prog_type, enum bpf_attach_type.
 * -EINVAL: none, or one bound to its target.
 */
int cbee__probe_type(struct cbee *c, enum cbee_probe_kind kind, uint32_t *ret_type,
		     uint32_t *ret_expected);
/* cbee__probe_refuse_go(), unless @force: then the log gets a warning, and the answer is 0. */
int cbee__probe_check_go(struct cbee *c, const char *name, const char *path, bool force);

/*
 * Remembers @link, whose descriptors the handle then owns; closes them when it
 * cannot. 0 or -ENOMEM.
 */
int cbee__link_add(struct cbee *c, const struct cbee__link *link);

/* Remembers a program that several links share; the handle then owns the descriptor. */
int cbee__link_add_prog(struct cbee *c, int prog_fd);

/* Closes the links from number @first on, the last one first. */
void cbee__links_cut(struct cbee *c, size_t first);

/*
 * The links from number @first on are what @opts asked for, on so many places. 0; -ENOMEM:
 * they are cut.
 */
int cbee__links_claim(struct cbee *c, size_t first, const struct cbee_probe_opts *opts,
		      unsigned int places);

/* The BTF id of a kernel function, for fentry and fexit. Failures have their sentence. */
int cbee__probe_btf_id(struct cbee *c, const char *function, uint32_t *ret_id);

/* Whether this kernel can make kprobes or uprobes at all, as perf events or through tracefs. */
bool cbee__probe_possible(bool kernel);

/* Whether uprobes can count their tracers in the program's memory (Linux 4.20). */
bool cbee__probe_counts(void);

/* The type number of a perf event source ("uprobe"), or -errno: Linux before 4.17 has none. */
int cbee__probe_pmu(const char *source);

#endif
