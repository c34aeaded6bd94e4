/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbee-cc: reads BPF C text, declarations and flags from stdin, compiles them
 * with libbcc and writes an image to stdout. The only program that maps LLVM;
 * what libbcc prints, where it changes directory to and when it exits stays in
 * here. Diagnostics go to stderr as libbcc writes them.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <signal.h>

#include <bcc/bcc_common.h>

#include "plain/buf.h"
#include "plain/caps.h"
#include "export.h"
#include "inputs.h"
#include "interpose.h"
#include "records.h"
#include "cc/wire.h"

#define MAX_FLAGS 64

struct job {
	struct cbee__wire_request head;
	struct cbee_buf bytes; /* text, headers, flags, constant names */
	const char *text, *headers, *flags, *consts;
	char headers_define[64];
	const char *argv[MAX_FLAGS + 8]; /* what libbcc gets as cflags */
	int argc;
};

/* The running kernel as KERNEL_VERSION would have it; 0 if it cannot be told. */
static unsigned int kernel_version(void)
{
	unsigned int major, minor;
	struct utsname un;

	if (uname(&un) || sscanf(un.release, "%u.%u", &major, &minor) != 2)
		return 0;
	return (major << 16) | (minor << 8);
}

bool cbee__cc_has_probe_read_kernel(void)
{
	return kernel_version() >= ((5 << 16) | (5 << 8));
}

/* Splits what follows the head; -EPROTO unless the lengths and the NULs agree. */
static int split_job(struct job *j)
{
	const struct cbee__wire_request *h = &j->head;
	size_t want = (size_t)h->text_len + h->headers_len + h->strings_len;
	const char *at, *end;

	if (j->bytes.len != want || !h->text_len || !h->headers_len || h->flags > MAX_FLAGS)
		return -EPROTO;
	j->text = j->bytes.data;
	j->headers = j->text + h->text_len;
	j->flags = at = j->headers + h->headers_len;
	end = at + h->strings_len;
	if (j->headers[-1] || at[-1] || end[0])
		return -EPROTO;
	for (uint32_t i = 0; i < h->flags + h->consts; i++) {
		if (i == h->flags)
			j->consts = at;
		if (at >= end)
			return -EPROTO;
		if (i < h->flags)
			j->argv[j->argc++] = at;
		at += strlen(at) + 1;
	}
	return at == end ? 0 : -EPROTO;
}

static int read_job(struct job *j, int fd)
{
	size_t got = 0;

	while (got < sizeof(j->head)) {
		ssize_t n = read(fd, (char *)&j->head + got, sizeof(j->head) - got);

		if (n == 0)
			return -EPIPE;
		if (n < 0 && errno != EINTR)
			return -errno;
		got += n > 0 ? (size_t)n : 0;
	}
	if (j->head.magic != CBEE_WIRE_MAGIC)
		return -EPROTO;
	if (cbee__buf_read_fd(&j->bytes, fd))
		return j->bytes.err;
	return split_job(j);
}

/* Points libbcc at our own header tree, with the declarations in a memory file. */
static int use_own_headers(struct job *j)
{
	char shim[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", shim, sizeof(shim) - 8);
	int fd = memfd_create("cbee-headers", 0);
	char *slash;

	if (len < 0 || fd < 0)
		return -errno;
	shim[len] = '\0';
	slash = strrchr(shim, '/');
	memcpy(slash + 1, "shim", sizeof("shim"));
	if (write(fd, j->headers, j->head.headers_len - 1) != (ssize_t)j->head.headers_len - 1)
		return -EIO;
	snprintf(j->headers_define, sizeof(j->headers_define),
		 "-DCBEE_HEADERS=\"/proc/self/fd/%d\"", fd);
	j->argv[j->argc++] = j->headers_define;
	return setenv("BCC_KERNEL_SOURCE", shim, 1) ? -errno : 0;
}

/* libbcc reads tracepoint formats; where tracefs is not mounted, only we see this mount. */
static void mount_tracefs(void)
{
	if (!euidaccess("/sys/kernel/tracing/events", F_OK) ||
	    !euidaccess("/sys/kernel/debug/tracing/events", F_OK))
		return;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/sys", NULL, MS_REC | MS_PRIVATE, NULL))
		return;
	mount("tracefs", "/sys/kernel/tracing", "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

/* What libbcc is called with besides the caller's flags. */
static int prepare(struct job *j)
{
	int err;

	j->argv[j->argc++] = "-Werror=implicit-function-declaration";
	j->argv[j->argc++] = "-Wno-unused-value";
	j->argv[j->argc++] = "-Wno-macro-redefined";
	if (j->head.kernel_headers)
		unsetenv("BCC_KERNEL_SOURCE");
	else if ((err = use_own_headers(j)))
		return err;
	if (j->head.tracefs) /* not earlier: /proc/self/exe may read differently from then on */
		mount_tracefs();
	/* reading is all that is left to be done */
	return cbee__caps_keep(CBEE__CAP_BIT(CBEE__CAP_DAC_READ_SEARCH));
}

/* @more: one flag for clang, the last. */
static void *compile(struct job *j, const char *text, const char *more, unsigned int debug)
{
	j->argv[j->argc] = more;
	return bpf_module_create_c_from_string(text, debug, j->argv, j->argc + 1, true, NULL);
}

/*
 * libbcc finds the lines of its own text only: without the text's #line, which are
 * there for messages, they are numbered as it was rewritten.
 */
static void forget_names(char *text)
{
	for (char *at = text; (at = strstr(at, "#line "));)
		if (at == text || at[-1] == '\n')
			memset(at, ' ', strcspn(at, "\n"));
		else
			at++;
}

/* Writes what libbcc prints for one bit of enum cbee_debug to stderr; does not return. */
static void print_text(struct job *j, uint32_t what)
{
	if (what == CBEE_DEBUG_SOURCE)
		forget_names(j->bytes.data);
	compile(j, j->text, what == CBEE_DEBUG_SOURCE ? "-g" : "-g0", what);
	fflush(stdout);
	_exit(0);
}

/* In a process of its own: libbcc mixes all texts, and asserts what it does not expect. */
static int add_text(struct job *j, uint32_t what, struct cbee_buf *text)
{
	int fd = memfd_create("cbee-debug", MFD_CLOEXEC);
	pid_t pid = fd < 0 ? -1 : fork();
	int err = pid < 0 ? -errno : 0;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(1);
		print_text(j, what);
	}
	if (!err && waitpid(pid, NULL, 0) < 0)
		err = -errno;
	if (!err && lseek(fd, 0, SEEK_SET))
		err = -errno;
	if (!err)
		err = cbee__buf_read_fd(text, fd);
	if (fd >= 0)
		close(fd);
	return err;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Compiles; texts that were asked for are made also when that fails, and then tell why. */
static int work(struct job *j, struct cbee_buf *image, struct cbee_buf texts[CBEE_WIRE_TEXTS],
		uint64_t times[CBEE_WIRE_TIMES])
{
	const struct cbee__cc_text what = { j->text, j->consts, j->head.consts };
	int err = prepare(j), text_err = 0;
	struct cbee_buf text = { 0 };
	void *module;

	cbee__cc_records_declare(j->text, &text);
	err = err ? err : text.err;
	if (err)
		return err;
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		if (!text_err && (j->head.debug & cbee__wire_texts[i]))
			text_err = add_text(j, cbee__wire_texts[i], &texts[i]);
	if (j->head.no_tracepoints)
		cbee__cc_skip_tracepoints();
	module = compile(j, text.data, "-g0", 0);
	cbee__buf_free(&text);
	times[CBEE_WIRE_COMPILED] = now();
	if (!module)
		return -EINVAL;
	err = cbee__cc_export(module, &what, image);
	times[CBEE_WIRE_MADE] = now();
	return err ? err : text_err;
}

int main(int argc, char **argv)
{
	struct cbee__wire_answer answer = { .magic = CBEE_WIRE_MAGIC };
	struct cbee_buf image = { 0 }, inputs = { 0 }, texts[CBEE_WIRE_TEXTS] = { { 0 } };
	struct job job = { 0 };
	int out;

	(void)argv;
	if (argc > 1 || isatty(0)) {
		fputs("cbee-cc: started by cbee's programs, not by hand\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chdir("/")) /* libbcc wants a folder that exists, whatever became of ours */
		return 1;
	/* libbcc prints to stdout too: keep the pipe for the answer only */
	out = fcntl(1, F_DUPFD_CLOEXEC, 3);
	if (out < 0 || dup2(2, 1) < 0)
		return 1;
	answer.times[CBEE_WIRE_LOADED] = now();
	cbee__cc_inputs_begin(&inputs);
	answer.status = read_job(&job, 0);
	if (!answer.status)
		answer.status = work(&job, &image, texts, answer.times);
	cbee__cc_inputs(&inputs);
	answer.image_len = answer.status ? 0 : (uint32_t)image.len;
	answer.inputs_len = (uint32_t)inputs.len;
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		answer.text_len[i] = (uint32_t)texts[i].len;
	if (cbee__fd_write(out, &answer, sizeof(answer)) ||
	    cbee__fd_write(out, image.data, answer.image_len))
		return 1;
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		if (cbee__fd_write(out, texts[i].data, texts[i].len))
			return 1;
	if (cbee__fd_write(out, inputs.data, inputs.len))
		return 1;
	/* the process ends here: freeing what LLVM holds would only take time */
	_exit(answer.status != 0);
}
