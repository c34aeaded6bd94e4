/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For BPF programs that cbee_funcs_attach() attaches: which function of the list has been
 * called, whatever way they are attached. Kernels before Linux 6.6 attach to many user
 * functions quickly only if several share an event. What tells those apart is where in its
 * page each begins, which is the same wherever the program or library is loaded; functions
 * that begin at the same place in their pages get different events.
 */
#ifndef CBEE_BPF_FUNC_H
#define CBEE_BPF_FUNC_H

#define CBEE_FUNC_UNKNOWN (~0ull)

/* OPT(listed) */
#define CBEE_LISTED	   1 /* entries that share events, or any other plain probes */
#define CBEE_LISTED_RETURN 2 /* returns that do: whose they are, only their calls can tell */

/* By number of the event, then of the byte in the page. The library puts a larger one here. */
BPF_HASH(cbee_places, u32, u32, 1);

/* The function's index in the list, or CBEE_FUNC_UNKNOWN: on return, by the above. */
static inline u64 cbee_func(void *ctx)
{
	struct pt_regs *regs = ctx;
	u64 cookie;
	u32 place, *func;

	if (!OPT(cookie))
		return OPT(func);
	cookie = bpf_get_attach_cookie(ctx);
	if (!OPT(listed))
		return cookie;
	if (OPT(listed) == CBEE_LISTED_RETURN)
		return CBEE_FUNC_UNKNOWN;
	place = cookie << 12 | (PT_REGS_IP(regs) & 4095);
	func = cbee_places.lookup(&place);
	return func ? *func : CBEE_FUNC_UNKNOWN;
}

#endif
