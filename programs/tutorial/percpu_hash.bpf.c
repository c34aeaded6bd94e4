/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the programs that each user starts, on each CPU for itself. */
BPF_PERCPU_HASH(starts, u32, u64);

TRACEPOINT_PROBE(sched, sched_process_exec)
{
	u32 user = bpf_get_current_uid_gid();
	u64 zero = 0, *count = starts.lookup_or_try_init(&user, &zero);

	if (count)
		++*count; /* no other CPU writes to this one */
	return 0;
}
