/* SPDX-License-Identifier: Apache-2.0 */
/* Runs when a network device was given a packet; its fields are those of the event's format. */
TRACEPOINT_PROBE(net, net_dev_xmit)
{
	char device[16];

	TP_DATA_LOC_READ_STR(device, name, sizeof(device));
	bpf_trace_printk("%s: %d bytes\n", device, args->len);
	return 0;
}
