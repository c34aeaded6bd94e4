/* SPDX-License-Identifier: Apache-2.0 */
/* Counts signals by their number. */
BPF_ARRAY(signals, u64, 65);

TRACEPOINT_PROBE(signal, signal_generate)
{
	int number = args->sig;
	u64 *count = signals.lookup(&number);

	if (count) /* without this question the kernel refuses the program */
		lock_xadd(count, 1);
	return 0;
}
