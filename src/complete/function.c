/* SPDX-License-Identifier: Apache-2.0 */
/* Offers functions: of the kernel, and of programs and libraries. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/names.h>

#include "complete/value.h"
#include "symbols/demangle.h"
#include "symbols/elf.h"
#include "symbols/file.h"
#include "symbols/sym.h"

#define ANONYMOUS "(anonymous namespace)"

/* ---- the kernel ----------------------------------------------------------- */

static int see_kernel(void *ctx, const struct cbee__ksym *sym)
{
	cbee__words_add(ctx, sym->name, *sym->module ? sym->module : NULL);
	return 0;
}

void cbee__function_kernel(struct cbee__words *words)
{
	static const struct cbee__roots usual;
	char word[128];

	words->noun = "functions";
	cbee__kfunc_each(&usual, false, see_kernel, words, NULL);
	if (strncmp(words->typed, "sys_", 4) != 0)
		return;
	for (unsigned int i = 0; i < cbee_syscall_end(); i++)
		if (cbee_syscall_name(i)) {
			snprintf(word, sizeof(word), "sys_%s", cbee_syscall_name(i));
			cbee__words_add(words, word, "system call");
		}
}

/* ---- names of C++ and Rust -------------------------------------------------- */

/*
 * A mangled name that is read component by component, as far as it takes: to demangle
 * the hundred thousands that large programs have would take seconds.
 */
struct reader {
	const char *at;	      /* in the mangled name */
	bool nested;	      /* it has an end of its own */
	struct cbee_buf name; /* what stands before the symbol, then what was read */
	const char *typed;
};

enum step {
	STEP_ON,     /* one more component was read, and nothing is decided */
	STEP_DONE,   /* it is taken, or it is another than was typed */
	STEP_UNREAD, /* what comes is no plain component */
};

/* Whether the component is what Rust puts at the end of names: h and 16 hexadecimal digits. */
static bool is_hash(const char *at, size_t len)
{
	return len == 17 && *at == 'h' && strspn(at + 1, "0123456789abcdef") >= 16;
}

/* Adds the component at hand to the name; false when it is not plain. */
static bool read_component(struct reader *r, bool first)
{
	char *end;
	size_t len;

	if (!strncmp(r->at, "St", 2)) {
		cbee__buf_str(&r->name, first ? "std" : "::std");
		r->at += 2;
		return true;
	}
	if (!isdigit((unsigned char)*r->at))
		return false;
	len = strtoul(r->at, &end, 10);
	if (!len || strnlen(end, len) < len || memchr(end, '$', len) || memchr(end, '.', len))
		return false;
	r->at = end + len;
	if (is_hash(end, len) && *r->at == 'E')
		return true;
	cbee__buf_str(&r->name, first ? "" : "::");
	if (len > 11 && !strncmp(end, "_GLOBAL__N_", 11))
		cbee__buf_str(&r->name, ANONYMOUS);
	else
		cbee__buf_add(&r->name, end, len);
	return true;
}

/* Whether what was typed could go on as the name does, or the other way around. */
static bool is_on_way(const struct reader *r)
{
	size_t typed = strlen(r->typed), len = r->name.len;

	return !r->name.err && !strncmp(r->name.data, r->typed, len < typed ? len : typed);
}

static enum step read_step(struct reader *r, struct cbee__words *words, bool first)
{
	/* in std there is always something */
	bool more = !strncmp(r->at, "St", 2) || r->nested;

	if (!read_component(r, first))
		return STEP_UNREAD;
	if (!is_on_way(r))
		return STEP_DONE;
	if (*r->at == 'B') /* a tag of the ABI belongs to the component */
		return STEP_UNREAD;
	more = *r->at == 'I' || (more && *r->at && *r->at != 'E');
	/* the component of Rust's hash adds nothing, and is the last */
	if (r->nested && !strncmp(r->at, "17", 2) && is_hash(r->at + 2, 17) && r->at[19] == 'E')
		more = false;
	if (r->name.len < strlen(r->typed) && more)
		return STEP_ON;
	if (!more) {
		cbee__words_add(words, r->name.data, NULL);
		return STEP_DONE;
	}
	cbee__buf_str(&r->name, *r->at == 'I' ? "<" : "::");
	if (!r->name.err)
		cbee__words_part(words, r->name.data, NULL);
	return STEP_DONE;
}

/* "_ZN", "_ZNK", "_Z" or "_ZL"; false for what is no function that people wrote. */
static bool begin(struct reader *r, const char *symbol)
{
	r->at = symbol + 2;
	r->nested = *r->at == 'N';
	if (r->nested)
		r->at += 1 + strspn(r->at + 1, "rVKRO");
	else
		r->at += *r->at == 'L';
	return *r->at != 'T' && *r->at != 'G' && *r->at != 'Z';
}

/* What the demangler says, up to where the next part ends. */
static void add_demangled(struct reader *r, struct cbee__words *words,
			  struct cbee__demangle *demangle, const char *symbol)
{
	const char *text = cbee__demangle(demangle, symbol, false);
	char *end;

	cbee__buf_str(&r->name, text ? text : symbol);
	if (r->name.err || !is_on_way(r) || r->name.len < strlen(r->typed))
		return;
	end = strstr(r->name.data + strlen(r->typed), "::");
	if (!end) {
		cbee__words_add(words, r->name.data, NULL);
		return;
	}
	end[2] = '\0';
	cbee__words_part(words, r->name.data, NULL);
}

static void add_mangled(struct cbee__words *words, struct cbee__demangle *demangle,
			const char *before, const char *symbol)
{
	struct reader r = { .typed = words->typed };
	enum step step = STEP_ON;

	if (!strncmp(symbol, "_Z", 2) && !begin(&r, symbol))
		return;
	cbee__buf_str(&r.name, before);
	if (strncmp(symbol, "_Z", 2) != 0)
		step = STEP_UNREAD;
	for (bool first = true; step == STEP_ON; first = false)
		step = read_step(&r, words, first);
	if (step == STEP_UNREAD) {
		cbee__buf_reset(&r.name);
		cbee__buf_str(&r.name, before);
		add_demangled(&r, words, demangle, symbol);
	}
	cbee__buf_free(&r.name);
}

void cbee__function_name(struct cbee__words *words, struct cbee__demangle *demangle,
			 const char *before, const char *symbol)
{
	size_t len = strlen(before), want = strlen(words->typed);
	struct cbee_buf name = { 0 };

	if (strncmp(symbol, words->typed + len, want - len) != 0) {
		if (cbee__is_mangled(symbol))
			add_mangled(words, demangle, before, symbol);
		return;
	}
	if (cbee__is_mangled(symbol) && want == len) {
		add_mangled(words, demangle, before, symbol);
		return;
	}
	cbee__buf_fmt(&name, "%s%s", before, symbol);
	if (!name.err)
		cbee__words_add(words, name.data, NULL);
	cbee__buf_free(&name);
}

/* ---- programs and libraries ------------------------------------------------- */

struct file {
	struct cbee__words *words;
	char *before; /* the path as typed, and the colon */
	struct cbee__demangle demangle;
};

static int see_user(void *ctx, const struct cbee__elf_sym *sym)
{
	struct file *f = ctx;

	if (sym->code && !strstr(sym->name, ".cold") && strcmp(sym->name, "_start") != 0)
		cbee__function_name(f->words, &f->demangle, f->before, sym->name);
	return f->words->text.err;
}

/* @name is what stands before the colon. */
static void file_functions(struct file *f, const char *name, int pid)
{
	struct cbee_buf path = { 0 };
	struct cbee__elf *elf = NULL;

	if (!cbee__file_find(name, pid, NULL, &path, NULL) &&
	    !cbee__elf_open(&elf, path.data, NULL, NULL)) {
		cbee__elf_each(elf, see_user, f);
		cbee__elf_free(elf);
	}
	cbee__demangle_free(&f->demangle);
	cbee__buf_free(&path);
}

void cbee__function_user(struct cbee__words *words, int pid)
{
	struct file f = { .words = words };
	char *name = NULL, *symbol = NULL;
	struct cbee_buf spec = { 0 };

	words->noun = "functions";
	cbee__buf_fmt(&spec, "%s*", words->typed); /* something has to follow the colon */
	if (!spec.err && !cbee__file_split(spec.data, &name, &symbol, NULL) && name) {
		f.before = strndup(words->typed, strlen(words->typed) + 1 - strlen(symbol));
		if (f.before)
			file_functions(&f, name, pid);
	} else if (!spec.err) {
		cbee__folder_words(words, CBEE__FOLDER_CODE);
		if (*words->typed && !strchr(words->typed, '/'))
			cbee__folder_programs(words, true);
	}
	free(f.before);
	free(name);
	free(symbol);
	cbee__buf_free(&spec);
}
