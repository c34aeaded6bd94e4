/* SPDX-License-Identifier: Apache-2.0 */
/* The process cbee-cc: starts it, sends it a text, takes its answer. */
#include "compile/cc.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cc/wire.h"
#include "compile/source.h"
#include "plain/clock.h"
#include "plain/err.h"

extern char **environ;

static void close_fd(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = -1;
}

void cbee__cc_library(struct cbee_buf *path)
{
	char full[PATH_MAX];
	Dl_info here;

	if (dladdr((const void *)cbee__cc_start, &here) && here.dli_fname &&
	    realpath(here.dli_fname, full))
		cbee__buf_add(path, full, strlen(full) + 1);
}

/* As it lies relative to this library, in a build tree too; else where it was to be installed. */
__attribute__((weak)) int cbee__cc_helper(char path[PATH_MAX])
{
	const char *slash;
	Dl_info here;

	if (dladdr((const void *)cbee__cc_start, &here) && here.dli_fname) {
		slash = strrchr(here.dli_fname, '/');
		snprintf(path, PATH_MAX, "%.*s/" CBEE_HELPER_DIR "/cbee-cc",
			 slash ? (int)(slash - here.dli_fname) : 1, slash ? here.dli_fname : ".");
		if (!access(path, X_OK))
			return 0;
	}
	snprintf(path, PATH_MAX, "%s/cbee-cc", CBEE_LIBEXECDIR);
	return access(path, X_OK) ? -errno : 0;
}

static int spawn_helper(struct cbee__cc *cc, char *path, const int child[3])
{
	char *argv[] = { path, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int err;

	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions))
		return -ENOMEM;
	if (posix_spawnattr_init(&attr)) {
		posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	err = 0;
	for (int i = 0; !err && i < 3; i++)
		err = posix_spawn_file_actions_adddup2(&actions, child[i], i);
	if (!err)
		err = posix_spawn(&cc->pid, path, &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

int cbee__cc_start(struct cbee__cc *cc, struct cbee_err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, e;
	char path[PATH_MAX];

	*cc = (struct cbee__cc){ .request = -1, .answer = -1, .log = -1 };
	e = cbee__cc_helper(path);
	if (e) {
		cbee__err_os(err, e, "cannot run the compiler %s", path);
		cbee__err_hint(err, "install the whole of cbee: the library compiles with its "
				    "helper cbee-cc");
		return e;
	}
	cc->started_ns = cbee__clock(CLOCK_MONOTONIC);
	cc->log = memfd_create("cbee-cc-log", MFD_CLOEXEC);
	if (cc->log < 0 || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		e = -errno;
	else
		e = spawn_helper(cc, path, (int[]){ in[0], out[1], cc->log });
	close_fd(&in[0]);
	close_fd(&out[1]);
	cc->request = in[1];
	cc->answer = out[0];
	if (e) {
		cbee__cc_stop(cc);
		return cbee__err_os(err, e, "cannot start the compiler %s", path);
	}
	return 0;
}

void cbee__cc_stop(struct cbee__cc *cc)
{
	if (cc->pid > 0) {
		kill(cc->pid, SIGKILL);
		while (waitpid(cc->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (cc->pid || cc->log > 0) {
		close_fd(&cc->request);
		close_fd(&cc->answer);
		close_fd(&cc->log);
	}
	*cc = (struct cbee__cc){ 0 };
}

/* Writes without SIGPIPE: a helper that died is an error, not the end of us. */
static int send_all(int fd, const void *data, size_t len)
{
	sigset_t pipe_set, old;
	int err = 0;

	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
	while (len && !err) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			err = -errno;
		if (n > 0) {
			data = (const char *)data + n;
			len -= (size_t)n;
		}
	}
	if (err == -EPIPE)
		sigtimedwait(&pipe_set, NULL, &(struct timespec){ 0 });
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

static int send_request(struct cbee__cc *cc, const struct cbee__cc_request *request)
{
	const struct cbee__compile_job *job = request->job;
	const struct cbee__source *src = request->src;
	const struct cbee_buf *headers = request->headers;
	struct cbee__wire_request head = {
		.magic = CBEE_WIRE_MAGIC,
		.kernel_headers = !headers,
		.tracefs = src->tracefs,
		.no_tracepoints = headers && !src->tracefs &&
				  cbee__flags_are_plain(job->flags, job->flag_count),
		.flags = job->flag_count,
		.consts = src->const_count,
		.text_len = (uint32_t)src->text.len + 1,
		.headers_len = headers ? (uint32_t)headers->len + 1 : 1,
		.debug = job->texts ? job->debug : 0,
	};
	struct cbee_buf all = { 0 }, strings = { 0 };
	int err;

	for (unsigned int i = 0; i < job->flag_count; i++)
		cbee__buf_add(&strings, job->flags[i], strlen(job->flags[i]) + 1);
	cbee__buf_add(&strings, src->consts.data, src->consts.len);
	head.strings_len = (uint32_t)strings.len;
	cbee__buf_add(&all, &head, sizeof(head));
	cbee__buf_add(&all, src->text.data, head.text_len);
	cbee__buf_add(&all, headers ? headers->data : "", head.headers_len);
	cbee__buf_add(&all, strings.data, strings.len);
	err = all.err ? all.err : strings.err;
	if (!err)
		err = send_all(cc->request, all.data, all.len);
	close_fd(&cc->request);
	cbee__buf_free(&strings);
	cbee__buf_free(&all);
	return err;
}

/* What the compiler said, or NULL; the caller frees it. */
static char *take_log(struct cbee__cc *cc)
{
	struct cbee_buf log = { 0 };

	if (lseek(cc->log, 0, SEEK_SET) == 0)
		cbee__buf_read_fd(&log, cc->log);
	if (!log.len)
		cbee__buf_free(&log);
	return cbee__buf_take(&log);
}

/* The first line of @log that reports an error, shortened into @line. */
static bool first_error(const char *log, char *line, size_t size)
{
	const char *at = log ? strstr(log, "error: ") : NULL;

	if (!at)
		return false;
	while (at > log && at[-1] != '\n')
		at--;
	snprintf(line, size, "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

/* Turns the compiler's messages into one sentence, and keeps them as its log. */
static int compile_error(struct cbee__cc *cc, const char *name, struct cbee_err *err)
{
	char *log = take_log(cc), line[400];

	if (first_error(log, line, sizeof(line)))
		cbee__err(err, -EINVAL, "cannot compile %s: %s", name, line);
	else
		cbee__err(err, -EINVAL, "cannot compile %s: the compiler gave no image", name);
	cbee__err_log(err, log);
	return -EINVAL;
}

/* Appends the next part of an answer. */
static int take(struct cbee_buf *to, const char **at, uint32_t len)
{
	cbee__buf_add(to, *at, len);
	*at += len;
	return to->err;
}

/* What the answer is about replaces what an earlier try gave. */
static int take_parts(const struct cbee__compile_job *job, const struct cbee__wire_answer *head,
		      const char *at, struct cbee__cc_answer *answer)
{
	int err = take(answer->image, &at, head->image_len);

	for (int i = 0; i < CBEE_WIRE_TEXTS && job->texts; i++) {
		cbee__buf_reset(&job->texts[i]);
		err = err ? err : take(&job->texts[i], &at, head->text_len[i]);
	}
	cbee__buf_reset(&answer->inputs);
	return err ? err : take(&answer->inputs, &at, head->inputs_len);
}

static double ms_between(uint64_t from, uint64_t to)
{
	return to > from ? (double)(to - from) / 1e6 : 0;
}

/* It compiles from when both it and the request are there. */
static void take_times(const struct cbee__cc *cc, const struct cbee__wire_answer *head,
		       struct cbee__cc_answer *answer)
{
	const uint64_t *at = head->times;
	uint64_t begun = at[CBEE_WIRE_LOADED] > cc->asked_ns ? at[CBEE_WIRE_LOADED] : cc->asked_ns;

	answer->load_ms = ms_between(cc->started_ns, at[CBEE_WIRE_LOADED]);
	answer->compile_ms = ms_between(begun, at[CBEE_WIRE_COMPILED]);
	answer->image_ms = ms_between(at[CBEE_WIRE_COMPILED], at[CBEE_WIRE_MADE]);
}

/* Whether it is one, with all its parts. */
static bool is_answer(const struct cbee__wire_answer *head, size_t len)
{
	size_t want = sizeof(*head) + head->image_len + head->inputs_len;

	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		want += head->text_len[i];
	return head->magic == CBEE_WIRE_MAGIC && head->status <= 0 && want == len;
}

static int read_answer(struct cbee__cc *cc, const struct cbee__compile_job *job,
		       struct cbee__cc_answer *answer, struct cbee_err *err)
{
	struct cbee__wire_answer head = { 0 };
	struct cbee_buf bytes = { 0 };
	int e = cbee__buf_read_fd(&bytes, cc->answer), kept = 0;

	if (bytes.len >= sizeof(head))
		memcpy(&head, bytes.data, sizeof(head));
	if (e) {
		cbee__err_os(err, e, "cannot read the compiler's answer");
	} else if (bytes.len < sizeof(head)) {
		e = compile_error(cc, job->name, err);
		cbee__err_hint(err, "cbee-cc ended early; run it under the same user to see why");
	} else if (!is_answer(&head, bytes.len)) {
		e = cbee__err(err, -EPROTO,
			      "cbee-cc answers in another format; cbee and cbee-cc are of "
			      "different versions");
	} else {
		take_times(cc, &head, answer);
		kept = take_parts(job, &head, bytes.data + sizeof(head), answer);
		if (head.status == -EINVAL)
			e = compile_error(cc, job->name, err);
		else if (head.status)
			e = cbee__err_os(err, head.status, "cbee-cc failed on %s", job->name);
		else if (kept)
			e = cbee__err_os(err, kept, "cannot keep the image of %s", job->name);
	}
	cbee__buf_free(&bytes);
	return e;
}

int cbee__cc_compile(struct cbee__cc *cc, const struct cbee__cc_request *request,
		     struct cbee__cc_answer *answer, struct cbee_err *err)
{
	int e = 0;

	if (!cc->pid)
		e = cbee__cc_start(cc, err);
	if (e)
		return e;
	cc->asked_ns = cbee__clock(CLOCK_MONOTONIC);
	e = send_request(cc, request);
	if (e == -ENOMEM)
		cbee__err_os(err, e, "cannot compile %s", request->job->name);
	else /* a helper that died says why in its log */
		e = read_answer(cc, request->job, answer, err);
	cbee__cc_stop(cc);
	return e;
}
