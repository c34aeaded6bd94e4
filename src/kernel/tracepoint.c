/* SPDX-License-Identifier: Apache-2.0 */
/* Lists tracepoints, and the fields of their records. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/find.h>

#include "kernel/handle.h"
#include "kernel/privilege.h"
#include "kernel/tracefs.h"
#include "plain/buf.h"
#include "plain/nearest.h"
#include "plain/pattern.h"

/* ---- by pattern --------------------------------------------------------- */

struct search {
	const struct cbee__pattern *pattern;
	bool event_only;	/* the pattern is for the event alone */
	struct cbee_buf *found; /* category, NUL, event, NUL, and so on */
	struct cbee__nearest nearest;
	bool failed; /* in the callback */
};

static int consider(void *arg, const char *category, const char *event)
{
	struct search *s = arg;
	char name[512];
	int got;

	snprintf(name, sizeof(name), "%s:%s", category, event);
	got = cbee__pattern_match(s->pattern, s->event_only ? event : name);
	if (!got)
		cbee__nearest_offer(&s->nearest, s->event_only ? event : name);
	if (got > 0) {
		cbee__buf_add(s->found, category, strlen(category) + 1);
		cbee__buf_add(s->found, event, strlen(event) + 1);
		got = s->found->err;
	}
	s->failed = got;
	return got;
}

static int no_tracefs(int code, struct cbee_err *err)
{
	cbee__err_os(err, code, "cannot read the list of tracepoints");
	if (code == -EPERM || code == -EACCES)
		cbee__needs_hint(err, cbee__needs_of_tracefs());
	return code;
}

static int none(const struct search *s, const char *pattern, struct cbee_err *err)
{
	bool literal = cbee__pattern_is_literal(s->pattern);
	const char *best = literal ? cbee__nearest_best(&s->nearest) : NULL;

	return cbee__err(err, -ENOENT, "no tracepoint %s'%.100s'%s%s%s",
			 literal ? "" : "that matches ", pattern, best ? "; did you mean '" : "",
			 best ? best : "", best ? "'?" : "");
}

/* Collects the names first: the walk may be in a thread of its own, and holds tracefs. */
static int collect(struct search *s, const char *pattern, struct cbee_err *err)
{
	int code;

	cbee__nearest_init(&s->nearest, pattern);
	code = cbee__tracefs_each(NULL, consider, s);
	if (code == -ELOOP && s->failed)
		return cbee__err(err, code, "the expression '%.60s' is too hard to match", pattern);
	if (code)
		return no_tracefs(code, err);
	return s->found->len ? 0 : none(s, pattern, err);
}

int cbee_tracepoints_each(struct cbee *c, const char *pattern, bool regexp,
			  bool (*each)(void *arg, const struct cbee_tracepoint *tp), void *arg)
{
	struct cbee_buf found = { 0 };
	struct search s = { .event_only = !regexp && !strchr(pattern, ':'), .found = &found };
	struct cbee__pattern *compiled = NULL;
	int code = cbee__pattern_compile(&compiled, pattern,
					 regexp ? CBEE__PATTERN_REGEXP : CBEE__PATTERN_GLOB,
					 cbee__err_of(c));

	s.pattern = compiled;
	if (!code)
		code = collect(&s, pattern, cbee__err_of(c));
	for (size_t at = 0; !code && at < found.len;) {
		struct cbee_tracepoint tp = { .category = found.data + at };

		at += strlen(tp.category) + 1;
		tp.event = found.data + at;
		at += strlen(tp.event) + 1;
		if (!each(arg, &tp))
			break;
	}
	cbee__pattern_free(compiled);
	cbee__buf_free(&found);
	return code;
}

static int is_event(void *arg, const char *category, const char *event)
{
	(void)category;
	return !strcmp(event, arg);
}

int cbee_tracepoint_exists(struct cbee *c, const char *category, const char *event)
{
	char name[256];
	int got;

	if (strchr(category, '/') || *category == '.' || strlen(event) >= sizeof(name))
		return 0;
	snprintf(name, sizeof(name), "%s", event);
	got = cbee__tracefs_each(category, is_event, name);
	return got == -ENOENT ? 0 : got < 0 ? no_tracefs(got, cbee__err_of(c)) : got;
}

/* ---- fields -------------------------------------------------------------- */

struct format {
	const char *category, *event;
	struct cbee_buf *text;
};

static int read_format(void *arg)
{
	struct format *f = arg;
	const char *tracefs = cbee__tracefs();
	struct cbee_buf path = { 0 };
	int code;

	if (!tracefs)
		return -EPERM;
	if (strchr(f->category, '/') || strchr(f->event, '/'))
		return -ENOENT;
	cbee__buf_fmt(&path, "%s/events/%s/%s/format", tracefs, f->category, f->event);
	code = path.err ? path.err : cbee__buf_read_file(f->text, path.data);
	cbee__buf_free(&path);
	return code;
}

/* The number behind "@key:", 0 if there is none. */
static uint32_t number(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? (uint32_t)strtoul(at + strlen(key), NULL, 10) : 0;
}

/*
 * Parts "unsigned long args[6]" into "unsigned long[6]" and "args". The
 * name is the last one outside of brackets; those in front of it are the type's.
 */
static bool split(const char *text, size_t len, char *type, char *name)
{
	size_t end = len, start, array;

	while (end && text[end - 1] == ']') {
		while (end && text[end - 1] != '[')
			end--;
		end -= end > 0;
	}
	array = end;
	for (start = end; start && text[start - 1] != ' ' && text[start - 1] != '*';)
		start--;
	if (!start || start == end)
		return false;
	memcpy(name, text + start, end - start);
	name[end - start] = '\0';
	while (start && text[start - 1] == ' ')
		start--;
	memcpy(type, text, start);
	memcpy(type + start, text + array, len - array);
	type[start + len - array] = '\0';
	return true;
}

#define FIELD "\tfield:"

/* "\tfield:TYPE NAME;\toffset:8;\tsize:4;\tsigned:1;"; false: another line, or one cut off. */
static bool parse_field(const char *line, struct cbee_tracepoint_field *field, char *room)
{
	const char *text, *end;
	size_t len;

	if (strncmp(line, FIELD, strlen(FIELD)) != 0)
		return false;
	text = line + strlen(FIELD);
	end = strchr(text, ';');
	len = end ? (size_t)(end - text) : 0;
	if (!end || !split(text, len, room, room + len + 1))
		return false;
	*field = (struct cbee_tracepoint_field){
		.name = room + len + 1,
		.type = room,
		.offset = number(end, "offset:"),
		.size = number(end, "size:"),
		.is_signed = number(end, "signed:") != 0,
	};
	return true;
}

int cbee_tracepoint_fields(struct cbee *c, const char *category, const char *event,
			   bool (*each)(void *arg, const struct cbee_tracepoint_field *field),
			   void *arg)
{
	struct cbee_buf text = { 0 };
	struct format f = { category, event, &text };
	int code = cbee__tracefs_with(read_format, &f);
	struct cbee_tracepoint_field field;
	char *room = code ? NULL : malloc(2 * text.len + 2);

	if (!code && !room)
		code = -ENOMEM;
	if (code == -ENOENT)
		cbee__err(cbee__err_of(c), code, "no tracepoint '%.60s:%.60s'", category, event);
	else if (code)
		no_tracefs(code, cbee__err_of(c));
	for (char *line = text.data, *next; !code && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (parse_field(line, &field, room) && !each(arg, &field))
			break;
	}
	free(room);
	cbee__buf_free(&text);
	return code;
}
