/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a declared tracer in this process and keeps what it printed. */
#include "runs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cbee/tool.h>

#include "kernel.h"
#include "pty.h"
#include "unit.h"

char fake_out[16384], fake_errs[16384];

void fake_hold_interrupts(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (sigtimedwait(&set, NULL, &(struct timespec){ 0 }) > 0)
		;
}

static void read_back(int fd, char *to, size_t size)
{
	ssize_t n = pread(fd, to, size - 1, 0);

	to[n > 0 ? n : 0] = '\0';
	close(fd);
}

/* The run itself, fd 1 being @to, fd 2 @err_to. */
static int run_to(const struct cbee_tool *tool, const char *line, int to, int err_to)
{
	int saved[2], argc = 0, status;
	char words[256], *argv[16], *save = NULL;

	snprintf(words, sizeof(words), "%s %s", tool->name, line);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	fflush(stdout);
	for (int i = 0; i < 2; i++)
		saved[i] = fcntl(i + 1, F_DUPFD_CLOEXEC, 10);
	dup2(to, 1);
	dup2(err_to, 2);
	status = cbee_tool_main(tool, argc, argv);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	return status;
}

int fake_run(const struct cbee_tool *tool, const char *line)
{
	int before = unit_open_fds(), to = memfd_create("stdout", MFD_CLOEXEC);
	int err_to = memfd_create("stderr", MFD_CLOEXEC), status = run_to(tool, line, to, err_to);

	read_back(to, fake_out, sizeof(fake_out));
	read_back(err_to, fake_errs, sizeof(fake_errs));
	while (waitpid(-1, NULL, 0) > 0)
		;
	UNIT_EQ(unit_open_fds(), before);
	UNIT_EQ(fake_buffers(), 0);
	return status;
}

int fake_run_closed(const struct cbee_tool *tool, const char *line)
{
	int before = unit_open_fds(), pipes[2], status;
	int err_to = memfd_create("stderr", MFD_CLOEXEC);

	CU_ASSERT_FATAL(!pipe2(pipes, O_CLOEXEC));
	close(pipes[0]);
	status = run_to(tool, line, pipes[1], err_to);
	read_back(err_to, fake_errs, sizeof(fake_errs));
	close(pipes[1]);
	UNIT_EQ(unit_open_fds(), before);
	return status;
}

int fake_run_terminal(const struct cbee_tool *tool, const char *line, unsigned int columns)
{
	struct pty out = pty_open(columns), err = pty_open(columns);
	int status = run_to(tool, line, out.slave, err.slave);

	pty_close(&out, fake_out, sizeof(fake_out));
	pty_close(&err, fake_errs, sizeof(fake_errs));
	return status;
}

size_t fake_line_count(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

void fake_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		printf("\nno \"%s\" in \"%s\"\n", part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}
