/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times functions. Every thread has a stack of the calls it is in, so nested
 * and recursive calls are all measured. A return finds its call by the stack
 * pointer, so a return that never came (longjmp, a missed probe) costs that
 * call only, and is counted.
 */
#include <cbee/bpf/follow.h>
#include <cbee/bpf/func.h>
#include <cbee/bpf/lost.h>
#include <cbee/bpf/tally.h>

#include "funclatency.h"

struct frame {
	u64 start, sp;
	u64 func;
	u64 to; /* see doubtful_return() */
};

/*
 * @kept and @at are variables of the loops below. They live here because the
 * verifier would follow each of their values through a loop if it knew them.
 */
struct thread {
	volatile u64 depth, kept, at;
	struct frame frames[MAX_DEPTH];
};

BPF_HASH(threads, u64, struct thread, 4096); /* of thread_key(), and of goroutine_key() */
BPF_ARRAY(new_thread, struct thread, 1);     /* a template: too big for the BPF stack */
BPF_CGROUP_ARRAY(cgroup, 1);

/* Every idle CPU runs a thread of its own that has number 0. */
static inline u64 thread_key(void)
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
#define SP_SLACK 16

static inline int same_call(u64 sp, u64 other)
{
	return sp - other + SP_SLACK <= 2 * SP_SLACK;
}

/*
 * Drops the frames on top that are not above @last. A program's call ends what
 * is below it: that was left by longjmp or the like. The kernel forgets their
 * returns by the same rule. So a program's frames are sorted, and halving finds
 * the place. The kernel's own calls may be on several stacks, whose order says
 * nothing.
 */
static inline void drop_ended(struct thread *t, u64 last)
{
	u64 before = t->depth;

	if (!before || t->frames[(before - 1) & (MAX_DEPTH - 1)].sp > last)
		return;
	t->kept = 0;
#pragma clang loop unroll(disable)
	for (u64 step = MAX_DEPTH / 2; step; step /= 2) {
		t->at = t->kept + step;
		if (t->at < before && t->frames[(t->at - 1) & (MAX_DEPTH - 1)].sp > last)
			t->kept = t->at;
	}
	cbee_lose(LOST_RETURNS, before - t->kept);
	t->depth = t->kept;
}

/*
 * A call exactly where another one is has ended that, or is its tail call. Then
 * it returns to where the kernel has bent the other's return; the caller of both
 * is seen when it returns. 0: there is no such doubt.
 */
static inline u64 doubtful_return(struct thread *t, u64 sp)
{
	u64 to = 0;

#if defined(bpf_target_x86)
	t->at = t->depth - 1;
	if (t->depth && t->frames[t->at & (MAX_DEPTH - 1)].sp == sp)
		bpf_probe_read_user(&to, sizeof(to), (void *)sp);
#endif
	return to;
}

/*
 * 0 or 1: whether @bits is not 0. The loops below reckon instead of branching,
 * for the verifier follows both ways of each branch in each of their rounds. The
 * compiler would make branches of it, could it see through.
 */
static inline u64 any(u64 bits)
{
	u64 sign = bits | -bits;

	asm volatile("" : "+r"(sign));
	return sign >> 63;
}

/*
 * Drops the frames from number t->at on that lie on the part of the stack that has
 * been left: up to 8 MB below @sp. The others close up.
 */
static inline void drop_left(struct thread *t, u64 sp)
{
	t->kept = 0;
#pragma clang loop unroll(disable)
	for (u64 i = 0; i < MAX_DEPTH; i++) {
		struct frame f;

		if (i >= t->depth)
			break;
		f = t->frames[i & (MAX_DEPTH - 1)];
		t->frames[t->kept & (MAX_DEPTH - 1)] = f;
		t->kept += any((i - t->at) >> 63 | (sp - f.sp - 1) >> 23);
	}
	cbee_lose(LOST_RETURNS, t->depth - t->kept);
	t->depth = t->kept;
}

/*
 * Not 0: the call of @func is none of @returned. Where returns share events they do not
 * say of what they are, and the place on the stack has to do.
 */
static inline u64 is_other(u64 func, u64 returned)
{
	return OPT(listed) == CBEE_LISTED_RETURN ? 0 : func ^ returned;
}

/* The call that returns is not the last one begun: finds it, or says it is unknown. */
static inline int find_below(struct thread *t, u64 sp, u64 func, struct frame *found)
{
	t->at = MAX_DEPTH;
#pragma clang loop unroll(disable)
	for (u64 i = 0; i < MAX_DEPTH; i++) {
		struct frame *f = &t->frames[i & (MAX_DEPTH - 1)];
		u64 off = sp - f->sp + SP_SLACK, other;

		if (i >= t->depth)
			break;
		/* at most twice the slack, if nothing remains of the two */
		other = any(is_other(f->func, func) | off >> 6 | (off + 63 - 2 * SP_SLACK) >> 6);
		t->at ^= (t->at ^ i) & (other - 1);
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

/* The thread's or goroutine's stack of calls, made if there is none. */
static inline struct thread *thread_of(u64 key)
{
	struct thread *t = threads.lookup(&key), *blank;
	int zero = 0;

	if (t)
		return t;
	blank = new_thread.lookup(&zero);
	if (!blank)
		return 0;
	threads.update(&key, blank);
	t = threads.lookup(&key);
	if (!t)
		cbee_lose(LOST_THREADS, 1);
	return t;
}

static inline int push(struct thread *t, u64 sp, u64 func, u64 to)
{
	struct frame *f;
	u64 depth;

	depth = t->depth;
	if (depth >= MAX_DEPTH) {
		cbee_lose(LOST_DEPTH, 1);
		return 0;
	}
	f = &t->frames[depth & (MAX_DEPTH - 1)];
	f->sp = sp;
	f->func = func;
	f->to = to;
	t->depth = depth + 1;
	f->start = bpf_ktime_get_ns();
	return 0;
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

/* struct g, what Go runs, begins with the bounds of its stack; a register holds its address. */
static inline u64 goroutine(struct pt_regs *ctx)
{
#if defined(bpf_target_x86)
	return ctx->r14;
#elif defined(bpf_target_arm64)
	return ctx->regs[28];
#else
	return 0;
#endif
}

/* One number for it in all processes, and never that of a thread: it is 32 bytes large at least. */
static inline u64 goroutine_key(u64 g)
{
	return g >> 5 ^ bpf_get_current_pid_tgid() >> 32 << 42;
}

/*
 * Whose call it is, and where that is on the stack. A goroutine's stack moves when
 * it grows, but its upper end is always as far away. Code on a stack that is not
 * the goroutine's has something else in the register: assembly, and C.
 */
static inline u64 place(struct pt_regs *ctx, u64 *key)
{
	struct {
		u64 low, high;
	} stack = { 0, 0 };
	u64 sp, g;

	*key = thread_key();
	if (OPT(by_fentry))
		return context_address(ctx);
	sp = PT_REGS_SP(ctx);
	if (!OPT(in_go))
		return sp;
	g = goroutine(ctx);
	if (bpf_probe_read_user(&stack, sizeof(stack), (void *)g) ||
	    sp - stack.low > stack.high - stack.low)
		return sp;
	*key = goroutine_key(g);
	return (1ull << 62) + sp - stack.high;
}

/* Makes room for a call at @sp. */
static inline void make_room(struct thread *t, u64 sp)
{
	/* panics have left what is at @sp too; a full stack is not one of tail calls only */
	if (OPT(in_user)) {
		drop_ended(t, OPT(in_go) || t->depth >= MAX_DEPTH ? sp : sp - 1);
	} else if (t->depth >= MAX_DEPTH) {
		t->at = 0;
		drop_left(t, sp);
	}
}

int entry(struct pt_regs *ctx)
{
	struct thread *t;
	u64 key, sp, func, to = 0;

	if (!is_wanted())
		return 0;
	func = cbee_func(ctx);
	sp = place(ctx, &key);
	t = thread_of(key);
	if (!t)
		return 0;
	make_room(t, sp);
	if (OPT(in_user) && !OPT(in_go))
		to = doubtful_return(t, sp);
	return push(t, sp, func, to);
}

/* Takes the call off the stack that returns, which is begun as @f; false: it is unknown. */
static inline int pop(struct thread *t, u64 sp, u64 func, struct frame *f)
{
	u64 depth = t->depth - 1;

	*f = t->frames[depth & (MAX_DEPTH - 1)];
	if (is_other(f->func, func) || !same_call(f->sp, sp))
		return find_below(t, sp, func, f);
	t->depth = depth;
	return 1;
}

int ret(struct pt_regs *ctx)
{
	u64 now = bpf_ktime_get_ns(), key, sp = place(ctx, &key);
	struct thread *t = threads.lookup(&key);
	struct frame f;

	/* not ours, or begun before we were attached, or in the parent before it forked */
	if (!t || !t->depth)
		return 0;
	if (pop(t, sp, cbee_func(ctx), &f)) {
		if (OPT(in_user) && !OPT(in_go) && f.to && f.to == PT_REGS_IP(ctx))
			drop_ended(t, f.sp);
		if (!OPT(level_given) || t->depth < OPT(level))
			cbee_tally(f.func, now - f.start);
	}
	/* there may be very many goroutines, and nothing tells when their process ends */
	if (OPT(in_go) && !t->depth)
		threads.delete(&key);
	return 0;
}

static inline int forget(u64 key)
{
	struct thread *t = threads.lookup(&key);

	if (!t)
		return 0;
	if (t->depth)
		cbee_lose(LOST_RETURNS, t->depth);
	threads.delete(&key);
	return 0;
}

/* A thread that ends, or becomes another program, returns from nothing any more. */
int forget_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return forget(thread_key());
}

/* It may have had another number until it took over its process. */
int forget_exec(struct bpf_raw_tracepoint_args *ctx)
{
	return forget(ctx->args[1]);
}

/* A goroutine that ends inside calls returns from none of them. */
int end_go(struct pt_regs *ctx)
{
	return forget(goroutine_key(goroutine(ctx)));
}
