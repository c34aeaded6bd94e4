/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times functions. Every thread has a stack of the calls it is in, so nested
 * and recursive calls are all measured. A return finds its call by the stack
 * pointer, so a return that never came (longjmp, a missed probe) costs that
 * call only, and is counted.
 */
#include <cbee/bpf/follow.h>
#include <cbee/bpf/lost.h>
#include <cbee/bpf/tally.h>

#include "funclatency.h"

struct frame {
	u64 start, sp;
	u64 func;
};

/*
 * @kept and @at are variables of the loops below. They live here because the
 * verifier would follow each of their values through a loop if it knew them.
 */
struct thread {
	u64 depth;
	volatile u64 kept, at;
	struct frame frames[MAX_DEPTH];
};

BPF_HASH(threads, u32, struct thread, 4096);
BPF_ARRAY(new_thread, struct thread, 1); /* a template: too big for the BPF stack */
BPF_CGROUP_ARRAY(cgroup, 1);

/* Every idle CPU runs a thread of its own that has number 0. */
static inline u32 thread_key(void)
{
	u32 tid = bpf_get_current_pid_tgid();

	return tid ? tid : (1u << 31) | bpf_get_smp_processor_id();
}

static inline int is_wanted(void)
{
	if (OPT(pid_given) && bpf_get_current_pid_tgid() >> 32 != OPT(pid))
		return 0;
	if (OPT(cgroup_given) && cgroup.check_current_task(0) <= 0)
		return 0;
	return cbee_follows();
}

/* Entry and return of one call differ by what the call instruction pushed and the probe adds. */
static inline int same_call(u64 sp, u64 other)
{
	return sp - other + 16 <= 32;
}

/* Whether a frame lies on the part of the stack that has been left: below @sp, on the same stack. */
static inline int is_left(u64 frame_sp, u64 sp)
{
	return frame_sp < sp && sp - frame_sp < (8 << 20);
}

/* Drops the frames from number t->at on that have been left; the others close up. */
static inline void drop_left(struct thread *t, u64 sp)
{
	t->kept = 0;
#pragma clang loop unroll(disable)
	for (u64 i = 0; i < MAX_DEPTH; i++) {
		struct frame f;

		if (i >= t->depth)
			break;
		f = t->frames[i & (MAX_DEPTH - 1)];
		if (i >= t->at && is_left(f.sp, sp))
			continue;
		t->frames[t->kept & (MAX_DEPTH - 1)] = f;
		t->kept++;
	}
	cbee_lose(LOST_RETURNS, t->depth - t->kept);
	t->depth = t->kept;
}

/* The call that returns is not the last one begun: finds it, or says it is unknown. */
static inline int find_below(struct thread *t, u64 sp, struct frame *found)
{
	t->at = MAX_DEPTH;
#pragma clang loop unroll(disable)
	for (u64 i = 0; i < MAX_DEPTH; i++) {
		if (i >= t->depth)
			break;
		if (same_call(t->frames[i & (MAX_DEPTH - 1)].sp, sp))
			t->at = i;
	}
	if (t->at >= MAX_DEPTH)
		return 0;
	*found = t->frames[t->at & (MAX_DEPTH - 1)];
	/* dropped with those above it, but this one is not lost */
	t->frames[t->at & (MAX_DEPTH - 1)].sp = sp - 1;
	cbee_lose(LOST_RETURNS, -1ull);
	drop_left(t, sp);
	return 1;
}

static inline int enter(u64 sp, u64 func)
{
	u32 key = thread_key();
	int zero = 0;
	struct thread *t, *blank;
	struct frame *f;
	u64 depth;

	if (!is_wanted())
		return 0;
	t = threads.lookup(&key);
	if (!t) {
		blank = new_thread.lookup(&zero);
		if (!blank)
			return 0;
		threads.update(&key, blank);
		t = threads.lookup(&key);
		if (!t) {
			cbee_lose(LOST_THREADS, 1);
			return 0;
		}
	}
	if (t->depth >= MAX_DEPTH) {
		t->at = 0;
		drop_left(t, sp);
	}
	depth = t->depth;
	if (depth >= MAX_DEPTH) {
		cbee_lose(LOST_DEPTH, 1);
		return 0;
	}
	f = &t->frames[depth & (MAX_DEPTH - 1)];
	f->sp = sp;
	f->func = func;
	t->depth = depth + 1;
	f->start = bpf_ktime_get_ns();
	return 0;
}

static inline int leave(u64 sp)
{
	u64 now = bpf_ktime_get_ns();
	u32 key = thread_key();
	struct thread *t = threads.lookup(&key);
	struct frame f;
	u64 depth;

	/* not ours, or begun before we were attached, or in the parent before it forked */
	if (!t || !t->depth)
		return 0;
	depth = t->depth - 1;
	f = t->frames[depth & (MAX_DEPTH - 1)];
	if (same_call(f.sp, sp))
		t->depth = depth;
	else if (!find_below(t, sp, &f))
		return 0;
	if (!OPT(level_given) || t->depth < OPT(level))
		cbee_tally(f.func, now - f.start);
	return 0;
}

int entry(struct pt_regs *ctx)
{
	return enter(PT_REGS_SP(ctx), OPT(cookie) ? bpf_get_attach_cookie(ctx) : OPT(func));
}

int ret(struct pt_regs *ctx)
{
	return leave(PT_REGS_SP(ctx));
}

/*
 * Both sides of a trampoline get the same context, whose address serves as the
 * stack pointer. Read back from the stack it is a number to the verifier.
 */
static inline u64 context_address(void *ctx)
{
	u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &ctx);
	return address;
}

int fentry(void *ctx)
{
	return enter(context_address(ctx), OPT(func));
}

int fexit(void *ctx)
{
	return leave(context_address(ctx));
}

/* A thread that ends, or becomes another program, returns from nothing any more. */
static inline int forget(void)
{
	u32 key = thread_key();
	struct thread *t = threads.lookup(&key);

	if (!t)
		return 0;
	if (t->depth)
		cbee_lose(LOST_RETURNS, t->depth);
	threads.delete(&key);
	return 0;
}

int forget_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return forget();
}

int forget_exec(struct bpf_raw_tracepoint_args *ctx)
{
	return forget();
}
