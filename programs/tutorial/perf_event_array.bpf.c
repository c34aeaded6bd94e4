/* SPDX-License-Identifier: Apache-2.0 */
/* Sends a record for every program that is started. */
struct start {
	u32 pid, user;
	char name[16];
};

BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct start start = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.user = bpf_get_current_uid_gid(),
	};

	bpf_get_current_comm(start.name, sizeof(start.name));
	events.perf_submit(args, &start, sizeof(start));
	return 0;
}
