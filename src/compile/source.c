/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a BPF C text ready to compile: settles includes, finds constants. */
#define _GNU_SOURCE
#include "compile/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain/caps.h"
#include "plain/err.h"
#include "compile/compile.h"
#include "compile/image.h"

#define MAX_NESTING 16

struct prepare {
	struct cbee_buf body;
	const char *dir;
	bool keep_system;
	int nesting;
	struct cbee_err *err;
};

static int add_text(struct prepare *p, const char *name, const char *text);

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The name in `#include <name>` or `#include "name"`, with its quote; false if it is no include. */
static bool parse_include(const char *line, size_t len, const char **ret_name, size_t *ret_len)
{
	const char *end = line + len, *close;

	while (line < end && isblank((unsigned char)*line))
		line++;
	if (line == end || *line++ != '#')
		return false;
	while (line < end && isblank((unsigned char)*line))
		line++;
	if (end - line < 7 || memcmp(line, "include", 7))
		return false;
	line += 7;
	while (line < end && isblank((unsigned char)*line))
		line++;
	if (line == end || (*line != '<' && *line != '"'))
		return false;
	close = memchr(line + 1, *line == '<' ? '>' : '"', (size_t)(end - line - 1));
	if (!close)
		return false;
	*ret_name = line;
	*ret_len = (size_t)(close - line);
	return true;
}

static const char *own_header(const char *name)
{
	for (const struct cbee__bpf_header *h = cbee__bpf_headers; h->name; h++)
		if (!strcmp(h->name, name))
			return h->text;
	return NULL;
}

static int add_local(struct prepare *p, const char *name)
{
	struct cbee_buf path = { 0 }, text = { 0 };
	uint64_t lowered;
	int err;

	if (!p->dir)
		return cbee__err(p->err, -EINVAL,
				 "cannot include \"%.80s\": the text has no folder", name);
	cbee__buf_fmt(&path, "%s/%s", p->dir, name);
	lowered = cbee__caps_as_user();
	err = path.err ? path.err : cbee__buf_read_file(&text, path.data);
	cbee__caps_raise(lowered);
	if (err)
		cbee__err_os(p->err, err, "cannot include \"%.80s\"", name);
	else
		err = add_text(p, path.data, text.data ? text.data : "");
	cbee__buf_free(&text);
	cbee__buf_free(&path);
	return err;
}

/* Puts what the include names in its place; an emptied line where it brings nothing. */
static int add_include(struct prepare *p, const char *quoted, size_t len)
{
	char name[256];
	const char *own;

	if (len > sizeof(name))
		return cbee__err(p->err, -EINVAL, "an include name of %zu bytes", len - 1);
	memcpy(name, quoted + 1, len - 1);
	name[len - 1] = '\0';
	if (quoted[0] == '"')
		return add_local(p, name);
	own = own_header(name);
	if (own)
		return add_text(p, name, own);
	if (!strncmp(name, "cbee/", 5))
		return cbee__err(p->err, -EINVAL, "no header <%s> for BPF programs", name);
	if (p->keep_system)
		cbee__buf_fmt(&p->body, "#include <%s>\n", name);
	return 0;
}

/*
 * BCC writes the calls that read arguments anew, behind lines of its own that
 * it does not account for: what is wrong with them would be told of a later line.
 */
static bool wants_number(const char *text, const char *line, size_t len)
{
	bool continues = line - text > 1 && line[-2] == '\\';

	return !continues && memmem(line, len, "bpf_usdt_readarg", 16);
}

/* Appends @text line by line under its own name. */
static int add_text(struct prepare *p, const char *name, const char *text)
{
	const char *all = text, *inc;
	unsigned int number = 1;
	size_t inc_len;
	int err = 0;

	if (++p->nesting > MAX_NESTING)
		return cbee__err(p->err, -ELOOP, "%s includes itself", name);
	cbee__buf_fmt(&p->body, "#line 1 \"%s\"\n", name);
	while (*text && !err) {
		size_t len = strcspn(text, "\n");

		number++;
		if (parse_include(text, len, &inc, &inc_len)) {
			err = add_include(p, inc, inc_len);
			cbee__buf_fmt(&p->body, "#line %u \"%s\"\n", number, name);
		} else {
			if (wants_number(all, text, len))
				cbee__buf_fmt(&p->body, "#line %u \"%s\"\n", number - 1, name);
			cbee__buf_add(&p->body, text, len);
			cbee__buf_char(&p->body, '\n');
		}
		text += len + (text[len] == '\n');
	}
	p->nesting--;
	return err ? err : p->body.err;
}

static bool has_const(const struct cbee__source *s, const char *name, size_t len)
{
	const char *at = s->consts.data;

	for (uint32_t i = 0; i < s->const_count; i++, at += strlen(at) + 1)
		if (strlen(at) == len && !memcmp(at, name, len))
			return true;
	return false;
}

/* Lists every name that stands in OPT(name). */
static void find_consts(struct cbee__source *s, const char *text)
{
	for (const char *at = text; (at = strstr(at, "OPT(")); at++) {
		const char *name = at + 4;
		size_t len = 0;

		while (is_word(name[len]))
			len++;
		if (!len || name[len] != ')' || (at > text && is_word(at[-1])) ||
		    has_const(s, name, len))
			continue;
		cbee__buf_add(&s->consts, name, len);
		cbee__buf_char(&s->consts, '\0');
		if (s->consts.err)
			return;
		s->const_count++;
	}
}

/*
 * A constant is a 64-bit immediate that carries a mark and its index until the
 * program is loaded; then the value takes its place and the verifier removes
 * the branches that it rules out.
 */
static void define_consts(struct cbee__source *s)
{
	const char *name = s->consts.data;

	for (uint32_t i = 0; i < s->const_count; i++, name += strlen(name) + 1)
		cbee__buf_fmt(&s->text, "#define CBEE_CONST_%s \"0x%08x%08x\"\n", name,
			      CBEE_IMAGE_CONST_MARK, i);
	cbee__buf_str(&s->text, "#define OPT(name) ({ unsigned long long value_; "
				"asm(\"%0 = \" CBEE_CONST_##name \" ll\" : \"=r\"(value_)); "
				"value_; })\n");
}

static bool names_tracepoints(const char *text)
{
	return strstr(text, "TRACEPOINT_PROBE") || strstr(text, "tracepoint__");
}

static bool wants_tracepoints(const char *body, const struct cbee__compile_job *job)
{
	bool wants = names_tracepoints(body);

	for (unsigned int i = 0; i < job->flag_count; i++)
		wants = wants || names_tracepoints(job->flags[i]);
	return wants;
}

bool cbee__flags_are_plain(const char *const *flags, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const char *flag = flags[i];

		if (i && !strcmp(flags[i - 1], "-Xclang") && !strncmp(flag, "-disable-", 9))
			continue;
		if (!strcmp(flag, "-Xclang") && i + 1 < count)
			continue;
		if (flag[0] != '-' || !flag[1] || !strchr("DUWO", flag[1]) || !flag[2])
			return false;
	}
	return true;
}

int cbee__source_prepare(struct cbee__source *ret, const struct cbee__compile_job *job,
			 bool keep_system, struct cbee_err *err)
{
	struct prepare p = { .dir = job->dir, .keep_system = keep_system, .err = err };
	struct cbee__source s = { 0 };
	int e = job->before ? add_text(&p, "<made>", job->before) : 0;

	if (!e)
		e = add_text(&p, job->name, job->text);

	if (!e) {
		find_consts(&s, p.body.data);
		define_consts(&s);
		cbee__buf_add(&s.text, p.body.data, p.body.len);
		s.tracefs = wants_tracepoints(p.body.data, job);
		e = s.text.err ? s.text.err : s.consts.err;
	}
	cbee__buf_free(&p.body);
	if (e) {
		cbee__source_free(&s);
		return e == -ENOMEM ? cbee__err_os(err, e, "cannot prepare %s", job->name) : e;
	}
	*ret = s;
	return 0;
}

void cbee__source_free(struct cbee__source *s)
{
	if (!s)
		return;
	cbee__buf_free(&s->text);
	cbee__buf_free(&s->consts);
	s->const_count = 0;
}
