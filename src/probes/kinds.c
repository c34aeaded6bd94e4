/* SPDX-License-Identifier: Apache-2.0 */
/* The table of probe kinds, and how probes and tracepoints among them are attached. */
#include "probes/kinds.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "kernel/privilege.h"
#include "kernel/tracefs.h"
#include "probes/perf.h"
#include "probes/probe.h"

#define MAXACTIVE_MAX 4096 /* the kernel's */

static bool is_return(const struct cbee__attach *a)
{
	return a->opts.kind == CBEE_KRETPROBE || a->opts.kind == CBEE_URETPROBE;
}

static bool is_user(const struct cbee__attach *a)
{
	return a->opts.kind == CBEE_UPROBE || a->opts.kind == CBEE_URETPROBE;
}

/* ---- probes in lists of tracefs --------------------------------------- */

/* Letters, digits and underscores, in all of this process one of a kind. */
static char *event_name(const struct cbee__attach *a, const char *target, uint64_t offset)
{
	char *name;

	if (asprintf(&name, "cbee_%d_%s_%.60s_%llx_%d", (int)getpid(), is_return(a) ? "r" : "p",
		     target, (unsigned long long)offset, a->prog_fd) < 0)
		return NULL;
	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

/* BCC makes the event; the call needs tracefs mounted. */
static int attach_listed_now(void *arg)
{
	struct cbee__attach *a = arg;
	const struct cbee_probe_opts *o = &a->opts;
	enum bpf_probe_attach_type type = is_return(a) ? BPF_PROBE_RETURN : BPF_PROBE_ENTRY;

	if (!cbee__tracefs())
		return cbee__err(&a->c->err, -EPERM,
				 "cannot see tracefs, where such a probe has to be made");
	if (is_user(a))
		a->link.fd = bpf_attach_uprobe(a->prog_fd, type, a->link.event, a->path, a->offset,
					       o->pid ? o->pid : -1, (uint32_t)o->ref_counter);
	else
		a->link.fd = bpf_attach_kprobe(a->prog_fd, type, a->link.event, o->target,
					       o->offset, (int)o->maxactive);
	return a->link.fd < 0 ? (errno ? -errno : -EINVAL) : 0;
}

static int attach_listed(struct cbee__attach *a)
{
	int err;

	a->link.kernel = !is_user(a);
	a->link.event = is_user(a) ? event_name(a, a->path, a->offset)
				   : event_name(a, a->opts.target, a->opts.offset);
	if (!a->link.event)
		return -ENOMEM;
	err = cbee__tracefs_with(attach_listed_now, a);
	if (err == -EPERM || err == -EACCES) {
		if (a->c->err.code != err)
			cbee__err_os(&a->c->err, err, "cannot make a probe in tracefs");
		cbee__needs_hint(&a->c->err, CBEE__NEED_LISTS | cbee__needs_of_tracefs());
	}
	if (err) {
		free(a->link.event);
		a->link.event = NULL;
	}
	return err;
}

/* ---- probes ----------------------------------------------------------- */

static int missing(struct cbee *c, const char *what, const char *option)
{
	return cbee__err(&c->err, -EOPNOTSUPP, "this kernel has no %s (%s is off)", what, option);
}

/* Kernels that know of no counter would pass it over. */
static int check_counter(struct cbee__attach *a)
{
	if (!a->opts.ref_counter)
		return 0;
	if (a->opts.ref_counter > UINT32_MAX)
		return cbee__err(&a->c->err, -ERANGE, "a counter beyond 4 GiB of %.200s", a->path);
	if (cbee__probe_counts())
		return 0;
	return cbee__err(&a->c->err, -EOPNOTSUPP,
			 "this kernel cannot count the tracers of a uprobe: Linux 4.20 can");
}

static int attach_probe(struct cbee__attach *a)
{
	struct cbee__perf_probe probe = {
		.target = is_user(a) ? a->path : a->opts.target,
		.user = is_user(a),
		.ret = is_return(a),
		.offset = is_user(a) ? a->offset : a->opts.offset,
		.ref_counter = a->opts.ref_counter,
		.pid = a->opts.pid,
	};
	int fd = check_counter(a);

	a->link.ret = is_return(a);
	if (fd)
		return fd;
	if (!cbee__probe_possible(!is_user(a)))
		return is_user(a) ? missing(a->c, "uprobes", "CONFIG_UPROBE_EVENTS")
				  : missing(a->c, "kprobes", "CONFIG_KPROBE_EVENTS");
	if (a->opts.maxactive)
		return attach_listed(a);
	fd = cbee__perf_probe_open(&probe);
	if (fd == -EOPNOTSUPP && cbee__probe_pmu(is_user(a) ? "uprobe" : "kprobe") < 0)
		return attach_listed(a);
	if (fd >= 0)
		fd = cbee__perf_run(fd, a->prog_fd);
	a->link.fd = fd < 0 ? -1 : fd;
	return fd < 0 ? fd : 0;
}

static int prepare_kretprobe(struct cbee__attach *a)
{
	if (a->opts.maxactive <= MAXACTIVE_MAX)
		return 0;
	return cbee__err(&a->c->err, -EINVAL, "the kernel can see %d calls at once, not %u",
			 MAXACTIVE_MAX, a->opts.maxactive);
}

static int prepare_kprobe(struct cbee__attach *a)
{
	a->opts.maxactive = 0; /* only returns need it */
	return 0;
}

/* ---- tracepoints ------------------------------------------------------ */

/* Reads the number of "category:event"; the call needs tracefs mounted. */
static int read_id_now(void *arg)
{
	struct cbee__attach *a = arg;
	const char *colon = strchr(a->opts.target, ':');
	char category[104];

	if (!cbee__tracefs()) {
		cbee__err(&a->c->err, -EPERM, "cannot see tracefs, where tracepoints are");
		cbee__needs_hint(&a->c->err, cbee__needs_of_tracefs());
		return -EPERM;
	}
	snprintf(category, sizeof(category), "%.*s", (int)(colon - a->opts.target), a->opts.target);
	return cbee__tracefs_id(category, colon + 1, &a->offset);
}

static int prepare_tracepoint(struct cbee__attach *a)
{
	const char *colon = strchr(a->opts.target, ':');

	if (!colon || colon - a->opts.target > 100)
		return cbee__err(&a->c->err, -EINVAL, "a tracepoint is category:event, not '%.60s'",
				 a->opts.target);
	return cbee__tracefs_with(read_id_now, a);
}

static int attach_tracepoint(struct cbee__attach *a)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.type = PERF_TYPE_TRACEPOINT,
					.config = a->offset,
					.sample_period = 1,
					.wakeup_events = 1 };
	int fd = cbee__perf_open(&attr, -1, 0, -1);

	if (fd >= 0)
		fd = cbee__perf_run(fd, a->prog_fd);
	a->link.fd = fd < 0 ? -1 : fd;
	return fd < 0 ? fd : 0;
}

static int attach_raw_tracepoint(struct cbee__attach *a)
{
	a->link.fd = bpf_raw_tracepoint_open(a->opts.target, a->prog_fd);
	return a->link.fd < 0 ? a->link.fd : 0;
}

/* "syscalls__sys_enter_open" is syscalls:sys_enter_open. */
static void tracepoint_target(char *rest)
{
	char *gap = strstr(rest, "__");

	if (!gap)
		return;
	*gap = ':';
	memmove(gap + 1, gap + 2, strlen(gap + 2) + 1);
}

/* ---- the table -------------------------------------------------------- */

static const struct cbee__kind kinds[] = {
	[CBEE_KPROBE] = { .name = "kprobe",
			  .needs = CBEE__NEED_EVENTS,
			  .written = "SYMBOL or SYMBOL+OFFSET: a kernel function, and bytes behind "
				     "its start",
			  .context = "struct pt_regs *",
			  .kernel = "Linux 4.17, CONFIG_KPROBE_EVENTS",
			  .prog_type = BPF_PROG_TYPE_KPROBE,
			  .each = CBEE__EACH_KERNEL,
			  .prefix = "kprobe__",
			  .automatic = true,
			  .prepare = prepare_kprobe,
			  .attach = attach_probe },
	[CBEE_KRETPROBE] = { .name = "kretprobe",
			     .needs = CBEE__NEED_EVENTS,
			     .written = "SYMBOL: a kernel function, whose returns are meant",
			     .context = "struct pt_regs *",
			     .kernel = "Linux 4.17, CONFIG_KPROBE_EVENTS",
			     .prog_type = BPF_PROG_TYPE_KPROBE,
			     .each = CBEE__EACH_KERNEL,
			     .prefix = "kretprobe__",
			     .automatic = true,
			     .prepare = prepare_kretprobe,
			     .attach = attach_probe },
	[CBEE_FENTRY] = { .name = "fentry",
			  .needs = CBEE__NEED_ANY,
			  .written = "SYMBOL: a kernel function, in C also MODULE:SYMBOL",
			  .context = "the function's own parameters, by KFUNC_PROBE",
			  .kernel = "Linux 5.5 and BTF, of modules Linux 5.11",
			  .prog_type = BPF_PROG_TYPE_TRACING,
			  .expected = BPF_TRACE_FENTRY,
			  .each = CBEE__EACH_KERNEL,
			  .prefix = "kfunc__",
			  .automatic = true,
			  .target = cbee__trampoline_target,
			  .prepare = cbee__trampoline_prepare,
			  .attach = cbee__trampoline_attach },
	[CBEE_FEXIT] = { .name = "fexit",
			 .needs = CBEE__NEED_ANY,
			 .written = "SYMBOL: as for fentry, whose returns are meant",
			 .context =
				 "the function's own parameters and its result, by KRETFUNC_PROBE",
			 .kernel = "Linux 5.5 and BTF, of modules Linux 5.11",
			 .prog_type = BPF_PROG_TYPE_TRACING,
			 .expected = BPF_TRACE_FEXIT,
			 .each = CBEE__EACH_KERNEL,
			 .prefix = "kretfunc__",
			 .automatic = true,
			 .target = cbee__trampoline_target,
			 .prepare = cbee__trampoline_prepare,
			 .attach = cbee__trampoline_attach },
	[CBEE_UPROBE] = { .name = "uprobe",
			  .needs = CBEE__NEED_UPROBES,
			  .written = "PATH:SYMBOL, PATH:SYMBOL+OFFSET or PATH:OFFSET: a function "
				     "of a program or library, and bytes behind its start or that "
				     "of the file",
			  .context = "struct pt_regs *",
			  .kernel = "Linux 4.17, CONFIG_UPROBE_EVENTS",
			  .prog_type = BPF_PROG_TYPE_KPROBE,
			  .each = CBEE__EACH_USER,
			  .prepare = prepare_kprobe,
			  .attach = attach_probe },
	[CBEE_URETPROBE] = { .name = "uretprobe",
			     .needs = CBEE__NEED_UPROBES,
			     .written = "PATH:SYMBOL: as for uprobe, whose returns are meant, and "
					"no function of Go",
			     .context = "struct pt_regs *",
			     .kernel = "Linux 4.17, CONFIG_UPROBE_EVENTS",
			     .prog_type = BPF_PROG_TYPE_KPROBE,
			     .each = CBEE__EACH_USER,
			     .prepare = prepare_kprobe,
			     .attach = attach_probe },
	[CBEE_TRACEPOINT] = { .name = "tracepoint",
			      .needs = CBEE__NEED_EVENTS,
			      .written = "CATEGORY:EVENT: what the kernel lists in "
					 "events/CATEGORY/EVENT of tracefs",
			      .context =
				      "a struct of the event's fields, args with TRACEPOINT_PROBE",
			      .kernel = "Linux 4.17",
			      .prog_type = BPF_PROG_TYPE_TRACEPOINT,
			      .each = CBEE__EACH_TRACEPOINT,
			      .prefix = "tracepoint__",
			      .automatic = true,
			      .target = tracepoint_target,
			      .prepare = prepare_tracepoint,
			      .attach = attach_tracepoint },
	[CBEE_RAW_TRACEPOINT] = { .name = "raw tracepoint",
				  .needs = CBEE__NEED_ANY,
				  .written = "EVENT: as for tracepoint, without the category",
				  .context = "struct bpf_raw_tracepoint_args *",
				  .kernel = "Linux 4.17",
				  .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
				  .each = CBEE__EACH_EVENT,
				  .prefix = "raw_tracepoint__",
				  .automatic = true,
				  .attach = attach_raw_tracepoint },
	[CBEE_PERF_EVENT] = { .name = "perf event",
			      .needs = CBEE__NEED_EVENTS,
			      .written = "HZ: so often in a second on every CPU, and in C every "
					 "event that perf_event_open(2) knows",
			      .context = "struct bpf_perf_event_data *",
			      .kernel = "Linux 4.17",
			      .prog_type = BPF_PROG_TYPE_PERF_EVENT,
			      .prepare = cbee__perf_prepare,
			      .attach = cbee__perf_attach },
	[CBEE_FMOD_RET] = { .name = "fmod_ret",
			    .needs = CBEE__NEED_ANY,
			    .written = "SYMBOL: a kernel function whose result the program may "
				       "replace, one that allows error injection or begins with "
				       "security_",
			    .context = "the function's own parameters and the result so far, by "
				       "KMOD_RET",
			    .kernel = "Linux 5.7 and BTF",
			    .prog_type = BPF_PROG_TYPE_TRACING,
			    .expected = BPF_MODIFY_RETURN,
			    .each = CBEE__EACH_KERNEL,
			    .prefix = "kmod_ret__",
			    .target = cbee__trampoline_target,
			    .prepare = cbee__trampoline_prepare,
			    .attach = cbee__trampoline_attach },
	[CBEE_LSM] = { .name = "LSM hook",
		       .needs = CBEE__NEED_ANY,
		       .written = "HOOK: a hook of security modules such as file_open, which the "
				  "program may forbid",
		       .context = "the hook's own parameters, by LSM_PROBE",
		       .kernel = "Linux 5.7, BTF, CONFIG_BPF_LSM, bpf among the lsm= of the "
				 "kernel's command line",
		       .prog_type = BPF_PROG_TYPE_LSM,
		       .expected = BPF_LSM_MAC,
		       .prefix = "lsm__",
		       .automatic = true,
		       .prepare = cbee__lsm_prepare,
		       .attach = cbee__trampoline_attach },
	[CBEE_XDP] = { .name = "XDP program",
		       .needs = CBEE__NEED_BPF | CBEE__NEED_NET,
		       .written = "INTERFACE: a network interface, for each packet that comes in",
		       .context = "struct xdp_md *",
		       .kernel = "Linux 5.9",
		       .prog_type = BPF_PROG_TYPE_XDP,
		       .attach = cbee__xdp_attach },
	[CBEE_RAW_SOCKET] = { .name = "raw socket",
			      .needs = CBEE__NEED_BPF | CBEE__NEED_NET,
			      .written = "INTERFACE, or nothing for all: packets that come in and "
					 "go out, for a socket to read",
			      .context = "struct __sk_buff *",
			      .kernel = "Linux 4.17",
			      .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
			      .attach = cbee__socket_attach },
	[CBEE_OBJECT] = { .name = "program on an object",
			  .needs = CBEE__NEED_BPF | CBEE__NEED_NET,
			  .written = "a cgroup by its folder, a sockmap by its name in the text, "
				     "or a descriptor",
			  .context = "what the type of attachment wants",
			  .kernel = "Linux 4.17",
			  .prepare = cbee__object_prepare,
			  .attach = cbee__object_attach },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct cbee__kind *cbee__kind(struct cbee *c, enum cbee_probe_kind kind)
{
	if ((unsigned int)kind < KINDS)
		return &kinds[kind];
	cbee__err(&c->err, -EINVAL, "no such kind of probe");
	return NULL;
}

int cbee_probe_about(enum cbee_probe_kind kind, struct cbee_probe_about *ret_about)
{
	const struct cbee__kind *k = (unsigned int)kind < KINDS ? &kinds[kind] : NULL;

	if (!k)
		return -EINVAL;
	*ret_about = (struct cbee_probe_about){
		.name = k->name,
		.prefix = k->prefix,
		.automatic = k->automatic,
		.patterns = k->each != CBEE__EACH_NONE,
		.target = k->written,
		.context = k->context,
		.needs = k->kernel,
	};
	return 0;
}

const struct cbee__kind *cbee__kind_of_name(const char *fn, enum cbee_probe_kind *ret_kind,
					    const char **ret_rest)
{
	for (size_t k = 0; k < KINDS; k++) {
		size_t len = kinds[k].prefix ? strlen(kinds[k].prefix) : 0;

		if (!len || strncmp(fn, kinds[k].prefix, len))
			continue;
		*ret_kind = (enum cbee_probe_kind)k;
		*ret_rest = fn + len;
		return &kinds[k];
	}
	return NULL;
}

int cbee__probe_type(struct cbee *c, enum cbee_probe_kind kind, uint32_t *ret_type,
		     uint32_t *ret_expected)
{
	const struct cbee__kind *k = cbee__kind(c, kind);

	if (!k || !k->prog_type || k->prog_type == BPF_PROG_TYPE_TRACING ||
	    k->prog_type == BPF_PROG_TYPE_LSM)
		return cbee__err(&c->err, -EINVAL, "no such kind of probe, or one of one function");
	*ret_type = k->prog_type;
	*ret_expected = k->expected;
	return 0;
}
