/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program on a perf event: what probes, tracepoints and samples come down to. */
#ifndef CBEE_PROBES_PERF_H
#define CBEE_PROBES_PERF_H

#include <stdbool.h>
#include <stdint.h>

struct perf_event_attr;

/* A probe as the kernel takes it. */
struct cbee__perf_probe {
	const char *target; /* the file, or the kernel function */
	bool user, ret;
	uint64_t offset;
	uint64_t ref_counter; /* user: where in the file the counter of its users is; 0: none */
	int pid;	      /* user: this process only; 0: all */
};

/*
 * Opens a perf event for the probe, not yet enabled: the descriptor or a negative errno.
 * -EOPNOTSUPP: the kernel makes such probes in tracefs only, or not at all.
 */
int cbee__perf_probe_open(const struct cbee__perf_probe *p);

/*
 * Runs the program on what was opened, which is closed if that fails: the same
 * descriptor, or the negative errno.
 */
int cbee__perf_run(int event_fd, int prog_fd);

/* Opens an event that is no probe. pid, cpu and group_fd are -1 for all, or none. */
int cbee__perf_open(const struct perf_event_attr *attr, int pid, int cpu, int group_fd);

#endif
