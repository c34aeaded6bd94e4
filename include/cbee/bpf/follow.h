/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For BPF programs: who is traced when a command was given. The cbee_follow_
 * functions are attached by the library, then only. It puts the process that
 * will be the command into the map, with 0; the exec makes that 1, so that
 * nothing is seen of what the process did before.
 */
#ifndef CBEE_BPF_FOLLOW_H
#define CBEE_BPF_FOLLOW_H

#include <linux/sched.h>
#include <linux/sched/signal.h>

#include <cbee/bpf/lost.h>

#define CBEE_FOLLOW_LOST 0 /* the loss row that every tracer starts with */

BPF_HASH(cbee_followed, u32, u8, 32768);

/* Whether the current process is the command, or descends from it, or no command was given. */
static inline int cbee_follows(void)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	u8 *runs;

	if (!OPT(follow))
		return 1;
	runs = cbee_followed.lookup(&pid);
	return runs && *runs;
}

/* The same for programs about exec itself: the command's own exec counts too. */
static inline int cbee_follows_exec(void)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;

	return !OPT(follow) || cbee_followed.lookup(&pid);
}

/* sched_process_exec(task, ...): the command begins. */
int cbee_follow_exec(struct bpf_raw_tracepoint_args *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	u8 *runs = cbee_followed.lookup(&pid);

	if (runs)
		*runs = 1;
	return 0;
}

/* sched_process_fork(parent, child): a new process of a followed one is followed. */
int cbee_follow_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (struct task_struct *)ctx->args[0];
	struct task_struct *child = (struct task_struct *)ctx->args[1];
	u32 parent_pid = 0, pid = 0;
	u8 one = 1;

	bpf_probe_read_kernel(&parent_pid, sizeof(parent_pid), &parent->tgid);
	bpf_probe_read_kernel(&pid, sizeof(pid), &child->tgid);
	if (pid == parent_pid || !cbee_followed.lookup(&parent_pid))
		return 0;
	if (cbee_followed.update(&pid, &one))
		cbee_lose(CBEE_FOLLOW_LOST, 1);
	return 0;
}

/* sched_process_exit(task): the last thread takes the process out of the map. */
int cbee_follow_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct signal_struct *sig = 0;
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	int live = 0;

	bpf_probe_read_kernel(&sig, sizeof(sig), &task->signal);
	bpf_probe_read_kernel(&live, sizeof(live), &sig->live.counter);
	if (live <= 0)
		cbee_followed.delete(&pid);
	return 0;
}

#endif
