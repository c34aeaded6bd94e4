/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the programs that are started, by name. */
struct command {
	char name[16];
};

BPF_HASH(starts, struct command);

TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct command key = {};

	bpf_get_current_comm(key.name, sizeof(key.name));
	starts.increment(key);
	return 0;
}
