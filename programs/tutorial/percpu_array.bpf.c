/* SPDX-License-Identifier: Apache-2.0 */
/* Counts signals by their number, on each CPU for itself. */
BPF_PERCPU_ARRAY(signals, u64, 65);

TRACEPOINT_PROBE(signal, signal_generate)
{
	int number = args->sig;
	u64 *count = signals.lookup(&number);

	if (count)	  /* without this question the kernel refuses the program */
		++*count; /* no other CPU writes to this one */
	return 0;
}
