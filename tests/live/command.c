/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the execs of a command and of its descendants, and what one process of it calls. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cbee/cbee.h>

static const char text[] = "#include <cbee/bpf/follow.h>\n"
			   "BPF_ARRAY(counts, u64, 3);\n"
			   "static inline void count(int at)\n"
			   "{\n"
			   "	u64 *n = counts.lookup(&at);\n"
			   "	if (n)\n"
			   "		__sync_fetch_and_add(n, 1);\n"
			   "}\n"
			   "RAW_TRACEPOINT_PROBE(sched_process_exec)\n"
			   "{\n"
			   "	if (cbee_follows_exec())\n"
			   "		count(0);\n"
			   "	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
			   "		count(1);\n"
			   "	return 0;\n"
			   "}\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_exit_group)\n"
			   "{\n"
			   "	if (cbee_follows())\n"
			   "		count(2);\n"
			   "	return 0;\n"
			   "}\n";

static void show(struct cbee *c)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < 3; i++) {
		cbee_map_get(cbee_map(c, "counts"), &i, sizeof(i), &value, sizeof(value));
		printf("%llu\n", (unsigned long long)value);
	}
}

/* command COMMAND...: exits as it does; 99 for a failure. */
int main(int argc, char **argv)
{
	struct cbee *c = NULL;
	struct cbee_command *cmd = NULL;
	int status = 99 << 8, err = cbee_new(&c);

	(void)argc;
	if (!err)
		err = cbee_compile(c, &(struct cbee_source){ .name = "execs", .text = text });
	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_command_start(c, &cmd, argv + 1);
	if (!err)
		err = cbee_const_set(c, "pid", (uint64_t)cbee_command_pid(cmd));
	if (!err)
		err = cbee_command_follow(cmd, c);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (!err)
		err = cbee_command_go(cmd);
	if (!err)
		err = cbee_command_wait(cmd, -1, &status) == 1 ? 0 : -1;
	if (!err)
		show(c);
	else
		fprintf(stderr, "%d %s\n", err, c ? cbee_error(c)->text : "");
	cbee_command_free(cmd);
	cbee_free(c);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
