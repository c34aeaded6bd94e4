/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands: a program that is started, held until tracing has begun, let go and
 * waited for, so that nothing of it is missed:
 *
 *	struct cbee_command *cmd;
 *	int err = cbee_command_start(c, &cmd, (char *[]){ "ls", "-l", NULL });
 *	if (!err)
 *		err = cbee_const_set(c, "pid", cbee_command_pid(cmd));
 *	if (!err)
 *		err = cbee_attach_auto(c, NULL);
 *	if (!err)
 *		err = cbee_command_go(cmd);
 *	...
 *	cbee_command_free(cmd);
 *
 * Failures have their sentence in the handle that cbee_command_start() was given; it
 * may be NULL, else it has to live as long as the command.
 */
#ifndef CBEE_COMMAND_H
#define CBEE_COMMAND_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cbee_command;

/*
 * Forks a process that will run @argv (NULL behind the last; without a slash the
 * program is looked for on the PATH) and that waits in front of the exec: its
 * number is known, and nothing of the program has run. It has the descriptors,
 * folder, environment and process group of this one; SIGINT, SIGTERM and SIGPIPE
 * as usual, whatever is done about them here, and no signal blocked. If this
 * process ends first, the command ends without having run. -ENOENT or -EACCES: no
 * such program to run; -EINVAL: @argv is empty; -EAGAIN, -EMFILE, -ENOMEM.
 */
CBEE_API int cbee_command_start(struct cbee *c, struct cbee_command **ret_cmd, char *const *argv);

/* Its process, or 0 once it has been waited for. */
CBEE_API int cbee_command_pid(const struct cbee_command *cmd);

/* For poll(): readable once it has ended. It stays the command's. -1 before Linux 5.3. */
CBEE_API int cbee_command_fd(const struct cbee_command *cmd);

/*
 * Has it and all its descendants followed: cbee_follows() in the BPF text, which has
 * to include <cbee/bpf/follow.h>, is true in them from the exec on. Between
 * cbee_load() of @c and the first attaching. -ENOENT: the text does not ask
 * cbee_follows(); otherwise as cbee_attach().
 */
CBEE_API int cbee_command_follow(const struct cbee_command *cmd, struct cbee *c);

/*
 * Lets it run, and returns when the exec has succeeded or failed: 0, or -ENOENT,
 * -EACCES, -ENOEXEC and such, and then it has ended. -EALREADY: it runs already;
 * -EPIPE: it was killed meanwhile.
 */
CBEE_API int cbee_command_go(struct cbee_command *cmd);

/*
 * Waits up to @timeout_ms (-1: for ever, 0: not at all) until it has ended: 1, and
 * *@ret_status, if not NULL, is what waitpid(2) tells, for WIFEXITED() and the others;
 * 0 when it has not, or a signal came. It can be asked again. -EBUSY: it is still held,
 * and @timeout_ms is -1; -ECHILD: somebody else has waited for it, or SIGCHLD
 * is ignored.
 */
CBEE_API int cbee_command_wait(struct cbee_command *cmd, int timeout_ms, int *ret_status);

/* Sends it a signal, as kill(2). -ESRCH: it has ended and been waited for. */
CBEE_API int cbee_command_kill(struct cbee_command *cmd, int signal);

/*
 * Frees it. One that is still held is killed without having run; one that runs goes
 * on, and is no longer waited for. Takes NULL.
 */
CBEE_API void cbee_command_free(struct cbee_command *cmd);

#ifdef __cplusplus
}
#endif

#endif
