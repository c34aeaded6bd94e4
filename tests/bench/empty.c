/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches a program that does nothing to entry and return of a function, until SIGINT:
 * what a probed call costs at least.
 * usage: empty PID PATH:SYMBOL
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <cbee/cbee.h>

static const char text[] = "int entry(struct pt_regs *ctx) { return 0; }\n"
			   "int ret(struct pt_regs *ctx) { return 0; }\n";

static int attach(struct cbee *c, int pid, const char *spec)
{
	struct cbee_funcs_opts how = { .pid = pid };
	struct cbee_funcs_attach opts = { .entry = "entry", .ret = "ret", .pid = pid };
	int err = cbee_compile(c, &(struct cbee_source){ .name = "empty.c", .text = text });

	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_funcs_add(c, spec, &how);
	return err ? err : cbee_funcs_attach(c, &opts);
}

int main(int argc, char **argv)
{
	struct cbee *c;
	sigset_t set;
	int sig, err;

	if (argc != 3 || cbee_new(&c))
		return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	err = attach(c, atoi(argv[1]), argv[2]);
	if (err)
		fprintf(stderr, "%s\n", cbee_error(c)->text);
	else
		sigwait(&set, &sig);
	cbee_free(c);
	return err != 0;
}
