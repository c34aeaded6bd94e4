/* SPDX-License-Identifier: Apache-2.0 */
/* Answers whether the kernel has a member of a struct, or a value of an enum. */
#include "headers/kernel_type.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/machine.h>

#include "headers/btf.h"
#include "headers/decl.h"
#include "headers/shape.h"
#include "kernel/handle.h"

#define BTF_DIR "/sys/kernel/btf"

/* One question: has the type @tag (NULL: any) the @part? */
struct question {
	bool (*has)(const struct cbee__btf *btf, const struct cbee__btf_type *t, const char *part);
	bool (*is)(const struct cbee__btf_type *t);
	const char *tag, *part;
	bool seen; /* there is a type of that name */
};

static bool is_enum(const struct cbee__btf_type *t)
{
	return t->kind == CBEE__BTF_ENUM || t->kind == CBEE__BTF_ENUM64;
}

static bool has_member(const struct cbee__btf *btf, const struct cbee__btf_type *t,
		       const char *member)
{
	return cbee__decl_has(btf, t->id, member, strlen(member));
}

static bool has_value(const struct cbee__btf *btf, const struct cbee__btf_type *t,
		      const char *value)
{
	const char *name;
	int64_t number;

	for (uint32_t i = 0; i < t->count; i++)
		if (!cbee__btf_enumerator(btf, t, i, &name, &number) && !strcmp(name, value))
			return true;
	return false;
}

/* Asks the types from @first on: of one name there may be several. */
static bool ask(const struct cbee__btf *btf, uint32_t first, struct question *q)
{
	struct cbee__btf_type t;

	for (uint32_t id = first; id < cbee__btf_end(btf); id++) {
		if (cbee__btf_type(btf, id, &t) || !q->is(&t) ||
		    (q->tag && strcmp(t.name, q->tag) != 0))
			continue;
		q->seen = true;
		if (q->has(btf, &t, q->part))
			return true;
	}
	return false;
}

static int is_module(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux") != 0;
}

/* Asks the modules one after the other; one that cannot be read has no answer. 1, 0, -ENOMEM. */
static int ask_modules(struct cbee__btf *btf, const char *dir, struct question *q)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, is_module, alphasort), got = 0;
	struct cbee_buf path = { 0 };

	if (count < 0)
		return errno == ENOMEM ? -ENOMEM : 0;
	for (int i = 0; i < count; i++) {
		uint32_t first = cbee__btf_end(btf);
		int err;

		cbee__buf_reset(&path);
		cbee__buf_fmt(&path, "%s/%s", dir, entries[i]->d_name);
		err = got ? 0 : path.err ? path.err : cbee__btf_add(btf, path.data);
		if (err == -ENOMEM)
			got = err;
		else if (!err && !got)
			got = ask(btf, first, q);
		free(entries[i]);
	}
	free(entries);
	cbee__buf_free(&path);
	return got;
}

static int answer(const char *dir, struct question *q)
{
	struct cbee_buf path = { 0 };
	struct cbee__btf *btf;
	int got;

	cbee__buf_fmt(&path, "%s/vmlinux", dir);
	got = path.err ? path.err : cbee__btf_open(&btf, path.data);
	cbee__buf_free(&path);
	if (got)
		return got;
	got = ask(btf, 1, q);
	if (!got && (!q->seen || !q->tag))
		got = ask_modules(btf, dir, q);
	cbee__btf_free(btf);
	return got;
}

/* Puts into words what answer() could not tell. */
static int conclude(int got, const char *dir, const struct question *q, const char *kind,
		    struct cbee_err *err)
{
	if (got == -ENOENT) {
		cbee__err(err, got, "the kernel does not describe its types: there is no BTF in %s",
			  dir);
		cbee__err_hint(err, "it needs CONFIG_DEBUG_INFO_BTF");
	} else if (got < 0) {
		cbee__err_os(err, got, "cannot read the kernel's types from %.200s", dir);
	} else if (!got && q->tag && !q->seen) {
		got = cbee__err(err, -ESRCH, "the kernel has no %s '%.60s'", kind, q->tag);
	}
	return got;
}

int cbee__struct_has(const char *dir, const char *tag, const char *member, struct cbee_err *err)
{
	struct question q = {
		.has = has_member, .is = cbee__is_record, .tag = tag, .part = member
	};

	return conclude(answer(dir, &q), dir, &q, "struct or union", err);
}

int cbee__enum_has(const char *dir, const char *tag, const char *value, struct cbee_err *err)
{
	struct question q = { .has = has_value, .is = is_enum, .tag = tag, .part = value };

	return conclude(answer(dir, &q), dir, &q, "enum", err);
}

int cbee_kernel_struct_has(struct cbee *c, const char *tag, const char *member)
{
	return cbee__struct_has(BTF_DIR, tag, member, cbee__err_of(c));
}

int cbee_kernel_enum_has(struct cbee *c, const char *tag, const char *value)
{
	return cbee__enum_has(BTF_DIR, tag, value, cbee__err_of(c));
}
