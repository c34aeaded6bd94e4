/* SPDX-License-Identifier: Apache-2.0 */
/* Which capability what takes, on which kernel; names the one that is missing. */
#include "kernel/privilege.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/magic.h>

#include "kernel/handle.h"
#include "plain/caps.h"
#include "plain/line.h"
#include "plain/release.h"

#define BIT(cap) CBEE__CAP_BIT(CBEE__CAP_##cap)

struct row {
	enum cbee__need need;
	enum cbee__cap cap;
	unsigned int since; /* before this kernel, and instead of it on all: CAP_SYS_ADMIN; or 0 */
	const char *what;
	bool (*holds)(void); /* whether this machine asks for it; NULL: each does */
};

/* Kernels of distributions know a 3, and Debian 12's does not take CAP_PERFMON for it. */
static bool is_paranoid(void)
{
	char line[16];

	return !cbee__line_read("/proc/sys/kernel/perf_event_paranoid", line, sizeof(line)) &&
	       strtol(line, NULL, 10) > 2;
}

static const struct row rows[] = {
	{ CBEE__NEED_BPF, CBEE__CAP_BPF, CBEE__RELEASE(5, 8), "to load BPF programs and maps",
	  NULL },
	{ CBEE__NEED_TRACE, CBEE__CAP_PERFMON, CBEE__RELEASE(5, 8), "to trace", NULL },
	{ CBEE__NEED_EVENT, CBEE__CAP_SYS_ADMIN, 0,
	  "for perf events, unless kernel.perf_event_paranoid is 2 or less", is_paranoid },
	{ CBEE__NEED_UPROBE, CBEE__CAP_SYS_ADMIN, 0, "for uprobes without uprobe.multi, Linux 6.6",
	  NULL },
	{ CBEE__NEED_TRACEFS, CBEE__CAP_DAC_READ_SEARCH, 0, "to read tracefs", NULL },
	{ CBEE__NEED_MOUNT, CBEE__CAP_SYS_ADMIN, 0, "to mount tracefs, which nobody has", NULL },
	{ CBEE__NEED_LISTS, CBEE__CAP_DAC_OVERRIDE, 0, "to make a probe in tracefs", NULL },
	{ CBEE__NEED_PROCESS, CBEE__CAP_SYS_PTRACE, 0, "to look into processes of others", NULL },
	{ CBEE__NEED_KSYMS, CBEE__CAP_SYSLOG, 0, "to see addresses of the kernel", NULL },
	{ CBEE__NEED_NET, CBEE__CAP_NET_ADMIN, 0, "to attach to networks and cgroups", NULL },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* The capability that this kernel asks for. */
static uint64_t asked(const struct row *row)
{
	return row->since && cbee__release(NULL) < row->since ? BIT(SYS_ADMIN)
							      : CBEE__CAP_BIT(row->cap);
}

static bool is_missing(const struct row *row, uint64_t caps)
{
	return !(caps & asked(row)) && !(row->since && caps & BIT(SYS_ADMIN)) &&
	       (!row->holds || row->holds());
}

unsigned int cbee__needs_missing(unsigned int needs)
{
	uint64_t caps = cbee__caps();
	unsigned int missing = 0;

	for (size_t i = 0; i < ROWS; i++)
		if ((needs & rows[i].need) && is_missing(&rows[i], caps))
			missing |= rows[i].need;
	return missing;
}

void cbee__needs_list(struct cbee_buf *out, unsigned int missing)
{
	const char *gap = "";

	for (size_t i = 0; i < ROWS; i++) {
		if (!(missing & rows[i].need))
			continue;
		cbee__buf_str(out, gap);
		cbee__caps_list(out, asked(&rows[i]), false);
		cbee__buf_fmt(out, " (%s)", rows[i].what);
		gap = ", ";
	}
}

/* As setcap(8) takes it: what any tracing needs, what is there, and what is missing. */
static void add_setcap(struct cbee_buf *out, unsigned int missing)
{
	uint64_t caps = 0, held = cbee__caps();
	char path[128];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].need & (missing | CBEE__NEED_ANY))
			caps |= asked(&rows[i]);
		else
			caps |= held & CBEE__CAP_BIT(rows[i].cap);
	path[len > 0 ? len : 0] = '\0';
	cbee__buf_str(out, ": setcap ");
	cbee__caps_list(out, caps, true);
	cbee__buf_fmt(out, "+ep %s", path);
}

/* A rootless container has all capabilities, for what is its own. */
static bool in_user_namespace(void)
{
	unsigned long inside, outside, count;
	char line[64];

	return !cbee__line_read("/proc/self/uid_map", line, sizeof(line)) &&
	       sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	       (inside || outside || count != UINT32_MAX);
}

void cbee__needs_hint(struct cbee_err *err, unsigned int needs)
{
	unsigned int missing = cbee__needs_missing(needs);
	struct cbee_buf text = { 0 };

	if (missing & CBEE__NEED_ANY) /* first things first: with them there may be another way */
		missing &= CBEE__NEED_ANY;
	if (in_user_namespace()) {
		cbee__buf_str(&text, "what one may in a user namespace, as a rootless container "
				     "is, does not count: run it outside");
	} else if (!missing) {
		cbee__buf_str(&text, "it has the capabilities for that: lockdown, a security "
				     "module or a container's filter forbids it");
	} else if (geteuid()) {
		cbee__buf_str(&text, "run it as root, or give it ");
		cbee__needs_list(&text, missing);
		add_setcap(&text, missing);
	} else {
		cbee__buf_str(&text, "root lacks ");
		cbee__needs_list(&text, missing);
		cbee__buf_str(&text, ", which --cap-add gives to a container");
	}
	cbee__err_hint(err, "%s", text.err ? "run it as root" : text.data);
	cbee__buf_free(&text);
}

unsigned int cbee__needs_of_tracefs(void)
{
	struct statfs fs;

	if (!statfs("/sys/kernel/tracing", &fs) && (unsigned long)fs.f_type == TRACEFS_MAGIC)
		return CBEE__NEED_TRACEFS;
	return CBEE__NEED_TRACEFS | CBEE__NEED_MOUNT;
}

/* ---- what is needed later ---------------------------------------------- */

/* Its entries are named by looking into processes, their files and the kernel's symbols. */
static bool has_stacks(const struct cbee *c)
{
	for (uint32_t i = 0; i < c->image.map_count; i++)
		if (c->maps[i].info.type == BPF_MAP_TYPE_STACK_TRACE)
			return true;
	return false;
}

uint64_t cbee__privileges_to_keep(const struct cbee *c)
{
	uint64_t keep = 0;

	/* since then whoever has a map's descriptor may read it */
	if (cbee__release(NULL) < CBEE__RELEASE(5, 19))
		keep |= asked(&rows[0]);
	if (has_stacks(c))
		keep |= BIT(SYS_PTRACE) | BIT(DAC_READ_SEARCH) | BIT(SYSLOG) |
			BIT(CHECKPOINT_RESTORE);
	for (size_t i = 0; i < c->link_count; i++) {
		if (c->links[i].event) /* in a list of tracefs, out of which it has to go */
			keep |= BIT(SYS_ADMIN) | BIT(DAC_OVERRIDE);
		if (c->links[i].object)
			keep |= BIT(NET_ADMIN) | asked(&rows[0]);
	}
	return keep;
}
