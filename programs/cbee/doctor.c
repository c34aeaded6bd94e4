/* SPDX-License-Identifier: Apache-2.0 */
/* cbee doctor: tells what this machine allows. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cbee.h"

static const char *const words[] = {
	[CBEE_CHECK_OK] = "ok",
	[CBEE_CHECK_WARN] = "warn",
	[CBEE_CHECK_FAIL] = "fail",
	[CBEE_CHECK_UNKNOWN] = "unknown",
};

static const enum cbee_mark marks[] = {
	[CBEE_CHECK_OK] = CBEE_MARK_GOOD,
	[CBEE_CHECK_WARN] = CBEE_MARK_WARN,
	[CBEE_CHECK_FAIL] = CBEE_MARK_BAD,
	[CBEE_CHECK_UNKNOWN] = CBEE_MARK_WARN,
};

static void quote(struct cbee_buf *out, const char *key, const char *text)
{
	cbee_text_fmt(out, "\"%s\":", key);
	cbee_text_quote(out, text, strlen(text));
}

static void check_json(struct cbee_buf *out, const struct cbee_check *check)
{
	cbee_text_fmt(out, "{");
	quote(out, "name", check->name);
	cbee_text_fmt(out, ",\"status\":\"%s\",", words[check->status]);
	quote(out, "value", check->value);
	cbee_text_fmt(out, ",");
	if (check->advice)
		quote(out, "advice", check->advice);
	else
		cbee_text_fmt(out, "\"advice\":null");
	cbee_text_fmt(out, "}");
}

static void check_text(struct cbee_buf *out, const struct cbee_check *check)
{
	char word[16];

	snprintf(word, sizeof(word), "%-8s", words[check->status]);
	cbee_text_mark(out, marks[check->status], word);
	cbee_text_fmt(out, " %-14s %s", check->name, check->value);
	if (check->advice)
		cbee_text_fmt(out, " (%s)", check->advice);
	cbee_text_fmt(out, "\n");
}

/* Tracing works when all that is needed does, and one way to attach. */
static int report(struct cbee_run *run)
{
	struct cbee_buf *out = cbee_run_out(run);
	bool json = cbee_run_json(run), needed = true, probes = false;
	struct cbee_check check;

	for (unsigned int i = 0; cbee_check(i, &check); i++) {
		bool works = check.status == CBEE_CHECK_OK || check.status == CBEE_CHECK_WARN;

		if (check.weight == CBEE_CHECK_NEEDED)
			needed &= works;
		if (check.weight == CBEE_CHECK_PROBE)
			probes |= works;
		if (json)
			cbee_text_fmt(out, "%s", i ? "," : "{\"checks\":[");
		(json ? check_json : check_text)(out, &check);
	}
	if (json)
		cbee_text_fmt(out, "],\"works\":%s}\n", needed && probes ? "true" : "false");
	else if (needed && probes)
		cbee_text_fmt(out, "tracing works here\n");
	if (needed && probes)
		return 0;
	return cbee_run_fail(run, -EOPNOTSUPP, "the list says what is missing",
			     "tracing does not work here");
}

static int check(struct cbee_run *run)
{
	if (cbee_run_has_command(run))
		return cbee_run_fail(run, -EINVAL, NULL, "there is nothing to run a command for");
	return 0;
}

static const struct cbee_tool tool = {
	.name = "doctor",
	.command = "cbee doctor",
	.brief = "tell what this machine allows, and what to do about the rest",
	.json = json_doctor,
	.no_table = true,
	.check = check,
	.report = report,
};

int command_doctor(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
