/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses in the kernel, and addresses for names. */
#include "symbols/ksym.h"

#include <cbee/sym.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/sym.h"
#include "symbols/table.h"

/* The list has no sizes; nothing in the kernel is longer. */
#define LONGEST (1u << 20)

struct cbee__ksyms {
	char *proc;
	struct cbee__table table;
	uint32_t module; /* of the line read last */
	bool read, hidden;
};

int cbee__ksyms_new(struct cbee__ksyms **ret_k, const char *proc)
{
	struct cbee__ksyms *k = calloc(1, sizeof(*k));

	if (k)
		k->proc = strdup(proc ? proc : "/proc");
	if (!k || !k->proc) {
		cbee__ksyms_free(k);
		return -ENOMEM;
	}
	*ret_k = k;
	return 0;
}

static int keep(void *ctx, const struct cbee__ksym *sym)
{
	const char *module = *sym->module ? sym->module : "kernel";
	struct cbee__ksyms *k = ctx;
	struct cbee__table *t = &k->table;

	if (!strchr("tTwW", sym->type))
		return 0;
	if (!sym->address) {
		k->hidden = true;
		return 0;
	}
	if (!t->text.len || strcmp(cbee__table_text(t, k->module), module) != 0)
		k->module = cbee__table_keep(t, module);
	cbee__table_add(t, &(struct cbee__place){ .start = sym->address, .module = k->module },
			sym->name);
	return t->text.err ? t->text.err : t->places.err;
}

static int read_all(struct cbee__ksyms *k, struct cbee_err *err)
{
	int code, sorted;

	if (!k->read) {
		code = cbee__ksym_each(k->proc, keep, k, err);
		sorted = cbee__table_sort(&k->table, LONGEST);
		if (sorted)
			code = cbee__err_os(err, sorted, "cannot look up symbols");
		if (code) {
			cbee__table_free(&k->table);
			return code;
		}
		k->read = true;
	}
	if (!cbee__table_count(&k->table) && k->hidden)
		return cbee__ksym_hidden(err);
	return 0;
}

int cbee__ksyms_find(struct cbee__ksyms *k, uint64_t address, struct cbee_sym *sym,
		     struct cbee_err *err)
{
	const struct cbee__place *p;
	int code;

	*sym = (struct cbee_sym){ .offset = address };
	code = read_all(k, err);
	if (code)
		return code;
	p = cbee__table_find(&k->table, address);
	if (!p)
		return cbee__err(err, -ENOENT, "no function of the kernel is at 0x%llx",
				 (unsigned long long)address);
	sym->symbol = cbee__table_text(&k->table, p->name);
	sym->module = cbee__table_text(&k->table, p->module);
	sym->offset = address - p->start;
	sym->size = p->size;
	return 0;
}

struct wanted {
	const char *name;
	uint64_t address;
	bool hidden;
};

static int is_wanted(void *ctx, const struct cbee__ksym *sym)
{
	struct wanted *w = ctx;

	if (strcmp(sym->name, w->name) != 0)
		return 0;
	w->address = sym->address;
	w->hidden = !sym->address;
	return !w->hidden;
}

/* Of several the one that the kernel lists first: names are stored in its order. */
static const struct cbee__place *find_name(const struct cbee__table *t, const char *name)
{
	const struct cbee__place *p = cbee__table_places(t), *best = NULL;

	for (size_t i = 0; i < cbee__table_count(t); i++)
		if (!strcmp(cbee__table_text(t, p[i].name), name) &&
		    (!best || p[i].name < best->name))
			best = &p[i];
	return best;
}

/* What is not in the table, as aliases and data are not, is looked for in the list itself. */
int cbee__ksyms_address(struct cbee__ksyms *k, const char *name, uint64_t *ret_address,
			struct cbee_err *err)
{
	struct wanted w = { .name = name };
	const struct cbee__place *p;
	int code = read_all(k, err);

	if (code)
		return code;
	p = find_name(&k->table, name);
	if (!p)
		code = cbee__ksym_each(k->proc, is_wanted, &w, err);
	if (code < 0)
		return code;
	if (w.hidden)
		return cbee__ksym_hidden(err);
	if (!p && !w.address)
		return cbee__err(err, -ENOENT, "the kernel has no symbol '%.60s'", name);
	*ret_address = p ? p->start : w.address;
	return 0;
}

void cbee__ksyms_free(struct cbee__ksyms *k)
{
	if (!k)
		return;
	cbee__table_free(&k->table);
	free(k->proc);
	free(k);
}
