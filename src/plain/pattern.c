/* SPDX-License-Identifier: Apache-2.0 */
/* Matches names: literally, by a glob, or by a regular expression. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "plain/pattern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Some 10 ms for one name; PCRE2's own limit lets one name take a second. */
#define MATCH_LIMIT 200000

struct cbee__pattern {
	char *text;
	bool literal;
	pcre2_code *code; /* NULL: a glob or a literal */
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static int compile_regexp(struct cbee__pattern *p, bool whole, struct cbee_err *err)
{
	uint32_t ends = whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0;
	PCRE2_UCHAR why[128];
	PCRE2_SIZE at;
	int code;

	p->code = pcre2_compile((PCRE2_SPTR)p->text, PCRE2_ZERO_TERMINATED, ends | PCRE2_DOTALL,
				&code, &at, NULL);
	if (!p->code) {
		if (code == PCRE2_ERROR_HEAP_FAILED)
			return cbee__err_os(err, -ENOMEM, "cannot compile a pattern");
		if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
			why[0] = '\0';
		return cbee__err(err, -EINVAL, "bad regular expression '%.60s' at offset %zu: %s",
				 p->text, (size_t)at, (const char *)why);
	}
	/* Only speed is lost where the system forbids generated code. */
	pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
	p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
	p->context = pcre2_match_context_create(NULL);
	if (!p->data || !p->context)
		return cbee__err_os(err, -ENOMEM, "cannot compile a pattern");
	pcre2_set_match_limit(p->context, MATCH_LIMIT);
	return 0;
}

int cbee__pattern_compile(struct cbee__pattern **ret_p, const char *text,
			  enum cbee__pattern_kind kind, struct cbee_err *err)
{
	struct cbee__pattern *p;
	int code = 0;

	if (!*text)
		return cbee__err(err, -EINVAL, "an empty pattern matches nothing");
	if (strnlen(text, CBEE__PATTERN_MAX + 1) > CBEE__PATTERN_MAX)
		return cbee__err(err, -ENAMETOOLONG,
				 "the pattern '%.60s...' is longer than %d bytes", text,
				 CBEE__PATTERN_MAX);
	p = calloc(1, sizeof(*p));
	if (p)
		p->text = strdup(text);
	if (!p || !p->text)
		code = cbee__err_os(err, -ENOMEM, "cannot compile a pattern");
	else if (kind != CBEE__PATTERN_GLOB)
		code = compile_regexp(p, kind == CBEE__PATTERN_REGEXP, err);
	else
		p->literal = !strpbrk(text, "*?");
	if (code)
		cbee__pattern_free(p);
	else
		*ret_p = p;
	return code;
}

/* On a mismatch only the last star has to give way: earlier ones took the least they could. */
static bool glob_match(const char *glob, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*glob == '*') {
			star = ++glob;
			retry = name;
		} else if (*glob == '?' || *glob == *name) {
			glob++;
			name++;
		} else if (star) {
			glob = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

static int regexp_match(const struct cbee__pattern *p, const char *name, size_t len)
{
	int got = pcre2_match(p->code, (PCRE2_SPTR)name, len, 0, 0, p->data, p->context);

	if (got >= 0)
		return 1;
	switch (got) {
	case PCRE2_ERROR_NOMATCH:
		return 0;
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
		return -ELOOP;
	case PCRE2_ERROR_NOMEMORY:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

int cbee__pattern_match(const struct cbee__pattern *p, const char *name)
{
	size_t len;

	if (p->literal)
		return !strcmp(p->text, name);
	/* Most names part from a glob at its first character: look there before measuring. */
	if (!p->code && *p->text != '*' && *p->text != '?' && *p->text != *name)
		return 0;
	len = strnlen(name, CBEE__PATTERN_MAX + 1);
	if (len > CBEE__PATTERN_MAX)
		return 0;
	return p->code ? regexp_match(p, name, len) : glob_match(p->text, name);
}

int cbee__pattern_search(const struct cbee__pattern *p, const char *text, size_t len)
{
	return regexp_match(p, text, len);
}

bool cbee__pattern_is_literal(const struct cbee__pattern *p)
{
	return p->literal;
}

const char *cbee__pattern_text(const struct cbee__pattern *p)
{
	return p->text;
}

void cbee__pattern_free(struct cbee__pattern *p)
{
	if (!p)
		return;
	pcre2_match_context_free(p->context);
	pcre2_match_data_free(p->data);
	pcre2_code_free(p->code);
	free(p->text);
	free(p);
}
