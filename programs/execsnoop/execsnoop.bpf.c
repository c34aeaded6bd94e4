/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports every exec. One that succeeds is seen by sched_process_exec, which
 * knows no system call: execve, execveat, from any thread, 32-bit or the
 * kernel's own. Its arguments are read from the new process image, where the
 * kernel has just put them. One that fails is seen by its system call, and its
 * arguments are still those of the caller.
 */
#include <linux/binfmts.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

#include <cbee/bpf/container.h>
#include <cbee/bpf/follow.h>
#include <cbee/bpf/lost.h>
#include <cbee/bpf/stream.h>

#include "execsnoop.h"

/* syscalls:sys_enter_* and sys_exit_*: 8 bytes of common fields, the number, then these. */
struct syscall_enter {
	u64 common, nr;
	u64 args[6];
};

struct syscall_exit {
	u64 common, nr;
	long ret;
};

/* Where the arguments of an exec under way are. */
struct attempt {
	const char *path;
	const char *const *argv;
};

BPF_TABLE("percpu_array", int, struct exec_event, scratch, 1);
BPF_HASH(attempts, u64, struct attempt, 8192);
BPF_CGROUP_ARRAY(cgroup, 1);

static inline int is_wanted(u32 uid)
{
	if (OPT(uid_given) && uid != OPT(uid))
		return 0;
	if (OPT(cgroup_given) && cgroup.check_current_task(0) <= 0)
		return 0;
	return !cbee_container_skip() && cbee_follows_exec();
}

/* Fills what every record has; NULL when this exec is not wanted. */
static inline struct exec_event *begin(struct task_struct *task, int ret)
{
	struct task_struct *parent = 0;
	struct exec_event *e;
	int zero = 0;

	e = scratch.lookup(&zero);
	if (!e)
		return 0;
	e->time = bpf_ktime_get_ns();
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->uid = bpf_get_current_uid_gid();
	e->cpu = bpf_get_smp_processor_id();
	e->ret = ret;
	e->flags = 0;
	e->ppid = 0;
	e->path_len = 0;
	e->args_len = 0;
	if (!is_wanted(e->uid))
		return 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_probe_read_kernel(&parent, sizeof(parent), &task->real_parent);
	bpf_probe_read_kernel(&e->ppid, sizeof(e->ppid), &parent->tgid);
	bpf_probe_read_kernel(e->pcomm, sizeof(e->pcomm), parent->comm);
	if (OPT(ppid_given) && e->ppid != OPT(ppid))
		return 0;
	return e;
}

/* At most EXEC_ARGS, in a form in which the verifier can see that. */
static inline u64 bounded(u64 len)
{
	if (len > EXEC_ARGS)
		len = EXEC_ARGS;
	asm volatile("" : "+r"(len)); /* or the compiler, which knows, drops the mask */
	return len & EXEC_ARGS;
}

static inline void finish(void *ctx, struct exec_event *e)
{
	cbee_emit(ctx, e, offsetof(struct exec_event, args) + bounded(e->args_len));
}

/* The new image's arguments lie in one piece, as the kernel wrote them. */
static inline void read_image(struct exec_event *e, struct task_struct *task)
{
	unsigned long start = 0, end = 0, len;
	struct mm_struct *mm = 0;

	bpf_probe_read_kernel(&mm, sizeof(mm), &task->mm);
	bpf_probe_read_kernel(&start, sizeof(start), &mm->arg_start);
	bpf_probe_read_kernel(&end, sizeof(end), &mm->arg_end);
	if (end - start > EXEC_ARGS)
		e->flags |= EXEC_CUT;
	len = bounded(end - start);
	if (bpf_probe_read_user(e->args, len, (void *)start))
		e->flags |= EXEC_UNREADABLE;
	else
		e->args_len = len;
}

int exec_done(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct linux_binprm *bprm = (struct linux_binprm *)ctx->args[2];
	struct exec_event *e = begin(task, 0);
	const char *path = 0;
	int len;

	if (!e)
		return 0;
	bpf_probe_read_kernel(&path, sizeof(path), &bprm->filename);
	len = bpf_probe_read_kernel_str(e->path, sizeof(e->path), path);
	e->path_len = len > 0 ? len : 0;
	read_image(e, task);
	finish(ctx, e);
	return 0;
}

/* Only with --fails: execs that may fail are remembered until they return. */
static inline int remember(u64 path, u64 argv)
{
	struct attempt a = { (const char *)path, (const char *const *)argv };
	u64 id = bpf_get_current_pid_tgid();

	if (cbee_follows_exec() && attempts.update(&id, &a))
		cbee_lose(LOST_FAILED, 1);
	return 0;
}

int enter_execve(struct syscall_enter *ctx)
{
	return remember(ctx->args[0], ctx->args[1]);
}

int enter_execveat(struct syscall_enter *ctx)
{
	return remember(ctx->args[1], ctx->args[2]);
}

/*
 * The caller's memory is as it was at the entry, and what the kernel has read
 * of it meanwhile is present now: an argument that was never touched cannot be
 * read at the entry. The page of one that still cannot is not in memory.
 */
static inline void read_caller(struct exec_event *e, const struct attempt *a)
{
	u32 at = 0;
	int len;

	len = bpf_probe_read_user_str(e->path, sizeof(e->path), a->path);
	e->path_len = len > 0 ? len : 0;
	e->flags |= EXEC_CUT;
#pragma clang loop unroll(disable)
	for (int i = 0; i < EXEC_ARGS_MAX; i++) {
		const char *arg = 0;
		char next = 0;

		if (bpf_probe_read_user(&arg, sizeof(arg), &a->argv[i])) {
			e->flags |= EXEC_UNREADABLE;
			break;
		}
		if (!arg) {
			e->flags &= ~EXEC_CUT;
			break;
		}
		if (at > EXEC_ARGS)
			break;
		len = bpf_probe_read_user_str(&e->args[at & EXEC_ARGS], EXEC_ARG, arg);
		if (len <= 0) {
			e->flags |= EXEC_UNREADABLE;
			break;
		}
		at += len & (2 * EXEC_ARG - 1);
		if (len == EXEC_ARG && (bpf_probe_read_user(&next, 1, arg + EXEC_ARG - 1) || next))
			break;
	}
	if (at > EXEC_ARGS) {
		e->flags |= EXEC_CUT;
		at = EXEC_ARGS;
	}
	e->args_len = at;
}

static inline int failed(void *ctx, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct attempt *found = attempts.lookup(&id), a;
	struct exec_event *e;

	if (!found)
		return 0;
	a = *found;
	attempts.delete(&id);
	if (ret >= 0)
		return 0;
	e = begin((struct task_struct *)bpf_get_current_task(), ret);
	if (!e)
		return 0;
	read_caller(e, &a);
	finish(ctx, e);
	return 0;
}

int exit_execve(struct syscall_exit *ctx)
{
	return failed(ctx, ctx->ret);
}

int exit_execveat(struct syscall_exit *ctx)
{
	return failed(ctx, ctx->ret);
}

/* A thread that took over its process returns under another number: the entry is stale. */
int drop_attempt(struct bpf_raw_tracepoint_args *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 old = ctx->args[1];

	attempts.delete(&id);
	id = (id >> 32 << 32) | old;
	attempts.delete(&id);
	return 0;
}
