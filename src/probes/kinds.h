/* SPDX-License-Identifier: Apache-2.0 */
/* The table of probe kinds, and one attach under way. */
#ifndef CBEE_PROBES_KINDS_H
#define CBEE_PROBES_KINDS_H

#include "kernel/handle.h"
#include "kernel/module.h"

struct cbee__attach {
	struct cbee *c;
	struct cbee_probe_opts opts; /* with the target as this kernel calls it */
	const char *path;	     /* uprobes: the file; @offset in it */
	uint64_t offset;
	const char *module; /* of a kernel function; NULL: none, or not known */
	struct cbee__load load;
	bool shared; /* the program is loaded already, and somebody else's */
	int prog_fd;
	struct cbee__link link; /* what the kind's attach() fills */
};

/* What cbee_attach_all() has to look through. */
enum cbee__each {
	CBEE__EACH_NONE, /* such a probe goes to one place */
	CBEE__EACH_KERNEL,
	CBEE__EACH_USER,
	CBEE__EACH_TRACEPOINT, /* "category:event" */
	CBEE__EACH_EVENT,      /* the event alone */
};

struct cbee__kind {
	const char *name;
	const char *written, *context, *kernel; /* for people: see struct cbee_probe_about */
	uint32_t prog_type, expected;
	enum cbee__each each;
	unsigned int needs; /* enum cbee__need: what may be missing when it is refused */
	const char *prefix; /* of functions whose name says the target; NULL: none */
	bool automatic;	    /* cbee_attach_auto() attaches those */
	/* turns the rest of such a name into the target, in place; NULL: it is the target */
	void (*target)(char *rest);
	/* what has to be known before the program is loaded; NULL: nothing */
	int (*prepare)(struct cbee__attach *a);
	int (*attach)(struct cbee__attach *a);
};

/* NULL, with a sentence: no such kind. */
const struct cbee__kind *cbee__kind(struct cbee *c, enum cbee_probe_kind kind);

/* The kind that a function's name begins with, and where the target's begins in it; or NULL. */
const struct cbee__kind *cbee__kind_of_name(const char *fn, enum cbee_probe_kind *ret_kind,
					    const char **ret_rest);

/* ---- for the rows of the table ---------------------------------------- */

/* fentry, fexit, fmod_ret, LSM */
void cbee__trampoline_target(char *rest);
int cbee__trampoline_prepare(struct cbee__attach *a);
int cbee__trampoline_attach(struct cbee__attach *a);
int cbee__lsm_prepare(struct cbee__attach *a);

/* XDP, raw sockets, cgroups and other objects */
int cbee__xdp_attach(struct cbee__attach *a);
int cbee__socket_attach(struct cbee__attach *a);
int cbee__object_prepare(struct cbee__attach *a);
int cbee__object_attach(struct cbee__attach *a);

/* perf events */
int cbee__perf_prepare(struct cbee__attach *a);
int cbee__perf_attach(struct cbee__attach *a);

/* ---- the flow of an attach -------------------------------------------- */

/*
 * Attaches what @a says, whose target exists; a sentence for every failure, after which
 * nothing is left.
 */
int cbee__attach_now(struct cbee__attach *a);

/* Whether a failure says something of the one target, so that others may work. */
bool cbee__attach_is_of_target(int err);

#endif
