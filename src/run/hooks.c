/* SPDX-License-Identifier: Apache-2.0 */
/* The small calls that a tracer's hooks and tables make. */
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain/hist.h"
#include "plain/json.h"
#include "plain/nearest.h"
#include "run/run.h"

struct cbee *cbee_run_cbee(struct cbee_run *run)
{
	return run->cbee;
}

const struct cbee_list *cbee_run_args(const struct cbee_run *run)
{
	return &run->parsed.args;
}

bool cbee_run_given(const struct cbee_run *run, const char *name)
{
	return cbee__opt_given(&run->parsed, name);
}

bool cbee_run_has_command(const struct cbee_run *run)
{
	return run->parsed.command != NULL;
}

char *const *cbee_run_command(const struct cbee_run *run)
{
	return run->parsed.command;
}

int cbee_run_fail(struct cbee_run *run, int code, const char *hint, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cbee__err(&run->err, code, "%s", text);
	if (hint)
		cbee__err_hint(&run->err, "%s", hint);
	return code;
}

int cbee_run_watch(struct cbee_run *run, int pid)
{
	if (kill(pid, 0) && errno == ESRCH)
		return cbee_run_fail(run, -ESRCH, NULL, "no process %d", pid);
	run->watch = pid;
	return 0;
}

bool cbee_run_json(const struct cbee_run *run)
{
	return run->std.json;
}

struct cbee_buf *cbee_run_out(struct cbee_run *run)
{
	return &run->out;
}

uint64_t cbee_hist_quantile(const struct cbee_hist *hist, double p, uint64_t min, uint64_t max)
{
	return cbee__hist_percentile(hist, p, min, max);
}

void cbee_text_fmt(struct cbee_buf *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cbee__buf_vfmt(out, fmt, ap);
	va_end(ap);
}

void cbee_list_split(struct cbee_list *list, size_t room, const char *bytes, size_t len)
{
	const char *end = bytes + len;

	list->count = 0;
	for (; bytes < end; bytes += strlen(bytes) + 1) {
		if (list->count == room) {
			list->cut = true;
			return;
		}
		list->items[list->count++] = bytes;
	}
}

int cbee_parse_user(const char *text, long long *ret_uid)
{
	const struct passwd *user = getpwnam(text);
	char *end;

	if (user) {
		*ret_uid = user->pw_uid;
		return 0;
	}
	errno = 0;
	*ret_uid = strtoll(text, &end, 10);
	return errno || *end || end == text || *ret_uid < 0 || *ret_uid > UINT32_MAX ? -EINVAL : 0;
}

void cbee_text_quote(struct cbee_buf *out, const char *bytes, size_t len)
{
	struct cbee_json j;

	cbee__json_init(&j, out);
	cbee__json_str(&j, NULL, bytes, len);
}

void cbee_text_hist(struct cbee_buf *out, const struct cbee_hist *hist, const char *unit)
{
	cbee__hist_text(hist, out, unit);
}

const char *cbee_text_nearest(const char *word, const char *const *words, size_t count)
{
	struct cbee__nearest nearest;
	const char *best;

	cbee__nearest_init(&nearest, word);
	for (size_t i = 0; i < count; i++)
		cbee__nearest_offer(&nearest, words[i]);
	best = cbee__nearest_best(&nearest);
	for (size_t i = 0; best && i < count; i++)
		if (!strcmp(words[i], best))
			return words[i];
	return NULL;
}
