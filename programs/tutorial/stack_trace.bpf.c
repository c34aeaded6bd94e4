/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the ways by which the kernel gets to sending a packet, and counts how often each was taken. */
struct way {
	char name[16]; /* of the thread that ran */
	int stack;     /* the number under which the stack is kept */
};

BPF_STACK_TRACE(stacks, 1024);
BPF_HASH(ways, struct way);

TRACEPOINT_PROBE(net, net_dev_xmit)
{
	struct way key = {};

	bpf_get_current_comm(key.name, sizeof(key.name));
	key.stack = stacks.get_stackid(args, 0);
	ways.increment(key);
	return 0;
}
