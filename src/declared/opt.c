/* SPDX-License-Identifier: Apache-2.0 */
/* Turns argv into a struct by tables of options. */
#include "declared/opt.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "plain/err.h"
#include "plain/nearest.h"

#define LONG_BASE 256 /* what getopt returns for row 0; lower values are letters */

/* One parse under way. */
struct parser {
	struct cbee__parsed *p;
	int argc;
	char **argv;
	struct option *longs;
	char *letters;
	struct cbee_err *err;
};

/* ---- rows ---- */

static size_t table_len(const struct cbee_opt *table)
{
	size_t len = 0;

	while (table && table[len].name)
		len++;
	return len;
}

/* Whether the row only gives a letter or a help line to a standard one. */
static bool is_std_letter(const struct cbee_opt *row)
{
	return row->offset == SIZE_MAX;
}

/* Applies the tracer's table to a standard row; false when the tracer replaces it. */
static bool apply_own(const struct cbee_opt *own, struct cbee_opt *std)
{
	for (const struct cbee_opt *row = own; row && row->name; row++) {
		if (strcmp(row->name, std->name))
			continue;
		if (!is_std_letter(row))
			return false;
		if (row->letter)
			std->letter = row->letter;
		if (row->help)
			std->help = row->help;
	}
	for (const struct cbee_opt *row = own; row && row->name; row++)
		if (row->letter && row->letter == std->letter && strcmp(row->name, std->name))
			std->letter = 0;
	return true;
}

bool cbee__opt_next(const struct cbee__opts *o, size_t *pos, struct cbee__opt_row *ret)
{
	size_t own = table_len(o->own), all = own + table_len(o->std);

	for (; *pos < all; ++*pos) {
		size_t i = *pos;

		if (i < own) {
			if (is_std_letter(&o->own[i]))
				continue;
			*ret = (struct cbee__opt_row){ .opt = o->own[i], .conf = o->own_conf };
		} else {
			*ret = (struct cbee__opt_row){ .opt = o->std[i - own],
						       .conf = o->std_conf,
						       .standard = true };
			if (!apply_own(o->own, &ret->opt))
				continue;
		}
		++*pos;
		return true;
	}
	return false;
}

static void *member(const struct cbee__opt_row *row)
{
	return (char *)row->conf + row->opt.offset;
}

static struct cbee__opt_row *find_row(const struct cbee__parsed *p, const char *name, size_t len)
{
	for (size_t i = 0; i < p->row_count; i++) {
		const char *other = p->rows[i].opt.name;

		if (!strncmp(other, name, len) && !other[len])
			return &p->rows[i];
	}
	return NULL;
}

/* Collects the rows and empties the list members, which an earlier parse may have filled. */
static int load_rows(struct cbee__parsed *p, const struct cbee__opts *o)
{
	size_t most = table_len(o->own) + table_len(o->std), pos = 0;

	p->rows = calloc(most + 1, sizeof(*p->rows));
	if (!p->rows)
		return -ENOMEM;
	while (cbee__opt_next(o, &pos, &p->rows[p->row_count])) {
		struct cbee__opt_row *row = &p->rows[p->row_count++];

		if (row->opt.type == CBEE_OPT_LIST)
			*(struct cbee_list *)member(row) = (struct cbee_list){ 0 };
	}
	return 0;
}

/* ---- values ---- */

static int list_add(struct cbee_list *l, const char *item)
{
	/* The capacity is the power of two that holds the count: full when the count is one. */
	if (!(l->count & (l->count - 1))) {
		size_t cap = l->count ? 2 * l->count : 1;
		const char **items = realloc(l->items, cap * sizeof(*items));

		if (!items)
			return -ENOMEM;
		l->items = items;
	}
	l->items[l->count++] = item;
	return 0;
}

/* 0, -EINVAL if @text is not a decimal number, -ERANGE if *ret is only the nearest to it. */
static int parse_decimal(const char *text, long long *ret)
{
	const char *digits = text + (*text == '-');

	if (!*digits || digits[strspn(digits, "0123456789")])
		return -EINVAL;
	errno = 0;
	*ret = strtoll(text, NULL, 10);
	return -errno;
}

static int refuse_range(struct parser *ps, const struct cbee_opt *opt, const char *shown,
			const char *text, long long value)
{
	if (!opt->max && value < opt->min)
		return cbee__err(ps->err, -EINVAL, "%s takes a number from %lld up, not '%.60s'",
				 shown, opt->min, text);
	return cbee__err(ps->err, -EINVAL, "%s takes a number from %lld to %lld, not '%.60s'",
			 shown, opt->min, opt->max ? opt->max : LLONG_MAX, text);
}

/* Says why the row's own parse function refused; -ENOMEM is nobody's typing error. */
static int refuse_parsed(struct parser *ps, const struct cbee_opt *opt, const char *shown,
			 const char *text, int code)
{
	if (code == -ENOMEM)
		return cbee__err(ps->err, code, "out of memory");
	return cbee__err(ps->err, -EINVAL, "%s takes %s, and '%.60s' is none%s%s", shown,
			 opt->arg ? opt->arg : "a value", text, code == -EINVAL ? "" : ": ",
			 code == -EINVAL ? "" : strerror(-code));
}

static int take_num(struct parser *ps, const struct cbee__opt_row *row, const char *shown,
		    const char *text)
{
	const struct cbee_opt *opt = &row->opt;
	long long value = 0;
	int err = opt->parse ? opt->parse(text, &value) : parse_decimal(text, &value);

	if (err && opt->parse)
		return refuse_parsed(ps, opt, shown, text, err);
	if (err == -EINVAL)
		return cbee__err(ps->err, err, "%s takes a number, not '%.60s'", shown, text);
	if (err || value < opt->min || (opt->max && value > opt->max))
		return refuse_range(ps, opt, shown, text, value);
	*(struct cbee_num *)member(row) = (struct cbee_num){ .value = value, .given = true };
	return 0;
}

static int take(struct parser *ps, struct cbee__opt_row *row, const char *shown, const char *text)
{
	row->given = true;
	switch (row->opt.type) {
	case CBEE_OPT_FLAG:
		*(bool *)member(row) = true;
		return 0;
	case CBEE_OPT_NUM:
		return take_num(ps, row, shown, text);
	case CBEE_OPT_TEXT:
		*(const char **)member(row) = text;
		return 0;
	case CBEE_OPT_LIST:
		return list_add(member(row), text);
	}
	return -EINVAL;
}

/* ---- refusals ---- */

/* The two first long names that a prefix could mean, as getopt refuses it for that. */
static int refuse_ambiguous(struct parser *ps, const char *word, size_t len)
{
	const char *first = NULL;

	for (size_t i = 0; i < ps->p->row_count; i++) {
		const char *name = ps->p->rows[i].opt.name;

		if (strncmp(name, word, len))
			continue;
		if (first)
			return cbee__err(ps->err, -EINVAL,
					 "option '--%.*s' could be '--%s' or '--%s'", (int)len,
					 word, first, name);
		first = name;
	}
	return 0;
}

static int refuse_long(struct parser *ps, const char *word)
{
	char name[61];
	size_t len = strcspn(word, "=");
	struct cbee__nearest near;
	int err;

	if (len > sizeof(name) - 1)
		len = sizeof(name) - 1;
	err = refuse_ambiguous(ps, word, len);
	if (err)
		return err;
	memcpy(name, word, len);
	name[len] = '\0';
	cbee__nearest_init(&near, name);
	for (size_t i = 0; i < ps->p->row_count; i++)
		cbee__nearest_offer(&near, ps->p->rows[i].opt.name);
	if (cbee__nearest_best(&near))
		return cbee__err(ps->err, -EINVAL, "unknown option '--%s'; did you mean '--%s'?",
				 name, cbee__nearest_best(&near));
	return cbee__err(ps->err, -EINVAL, "unknown option '--%s'", name);
}

/* What getopt answered with '?': a letter or name nobody has, or a value for a flag. */
static int refuse_unknown(struct parser *ps)
{
	const char *arg = ps->argv[optind - 1];

	if (optopt >= LONG_BASE)
		return cbee__err(ps->err, -EINVAL, "--%s takes no value: '%.60s'",
				 ps->p->rows[optopt - LONG_BASE].opt.name, arg);
	if (optopt > ' ' && optopt < 0x7f)
		return cbee__err(ps->err, -EINVAL, "unknown option '-%c'", optopt);
	if (optopt)
		return cbee__err(ps->err, -EINVAL, "unknown option '-\\x%02x'",
				 (unsigned char)optopt);
	return refuse_long(ps, arg + 2);
}

/* Looks whether one of the words in the row's clash was given as well. */
static int check_clash(struct parser *ps, const struct cbee__opt_row *row)
{
	const char *word = row->opt.clash;

	while (word && *word) {
		size_t len = strcspn(word, " ");
		const struct cbee__opt_row *other = find_row(ps->p, word, len);

		if (other && other->given && other != row)
			return cbee__err(ps->err, -EINVAL, "--%s and --%s exclude each other",
					 row->opt.name, other->opt.name);
		word += len;
		word += strspn(word, " ");
	}
	return 0;
}

static int check_clashes(struct parser *ps)
{
	int err = 0;

	for (size_t i = 0; i < ps->p->row_count && !err; i++)
		if (ps->p->rows[i].given)
			err = check_clash(ps, &ps->p->rows[i]);
	return err;
}

/* ---- the parse ---- */

/* Writes what getopt wants to know; '-' keeps the order of arguments, ':' tells '?' apart. */
static int describe_rows(struct parser *ps)
{
	size_t count = ps->p->row_count;
	char *to;

	ps->longs = calloc(count + 1, sizeof(*ps->longs));
	ps->letters = to = malloc(2 * count + 3);
	if (!ps->longs || !ps->letters)
		return -ENOMEM;
	*to++ = '-';
	*to++ = ':';
	for (size_t i = 0; i < count; i++) {
		const struct cbee_opt *opt = &ps->p->rows[i].opt;
		bool has_value = opt->type != CBEE_OPT_FLAG;

		ps->longs[i] = (struct option){ .name = opt->name,
						.has_arg = has_value,
						.val = LONG_BASE + (int)i };
		if (opt->letter)
			*to++ = opt->letter;
		if (opt->letter && has_value)
			*to++ = ':';
	}
	*to = '\0';
	return 0;
}

/* Finds the row that getopt's @code means and spells the option as the person did. */
static struct cbee__opt_row *row_of(struct parser *ps, int code, char shown[68])
{
	struct cbee__parsed *p = ps->p;

	if (code >= LONG_BASE) {
		struct cbee__opt_row *row = &p->rows[code - LONG_BASE];
		size_t len = strnlen(row->opt.name, 65);

		memcpy(shown, "--", 2);
		memcpy(shown + 2, row->opt.name, len);
		shown[2 + len] = '\0';
		return row;
	}
	for (size_t i = 0; i < p->row_count; i++) {
		if (p->rows[i].opt.letter != code)
			continue;
		memcpy(shown, (char[]){ '-', (char)code, '\0' }, 3);
		return &p->rows[i];
	}
	return NULL;
}

static int take_one(struct parser *ps, int code)
{
	struct cbee__opt_row *row;
	char shown[68];

	if (code == 1)
		return list_add(&ps->p->args, optarg);
	if (code == '?')
		return refuse_unknown(ps);
	row = row_of(ps, code == ':' ? optopt : code, shown);
	if (!row)
		return cbee__err(ps->err, -EINVAL, "unknown option");
	if (code == ':')
		return cbee__err(ps->err, -EINVAL, "%s needs a value: %s", shown,
				 row->opt.arg ? row->opt.arg : "VALUE");
	return take(ps, row, shown, optarg);
}

static int parse(struct parser *ps)
{
	int code, before = 1, err = 0;

	optind = 0; /* makes getopt forget an earlier argv */
	opterr = 0;
	while (!err) {
		before = optind ? optind : 1;
		code = getopt_long(ps->argc, ps->argv, ps->letters, ps->longs, NULL);
		if (code == -1)
			break;
		err = take_one(ps, code);
	}
	if (err)
		return err;
	/* In this mode only "--" ends the options before the end of argv, and is passed over. */
	if (optind > before && optind == ps->argc)
		return cbee__err(ps->err, -EINVAL, "-- needs a command to run behind it");
	if (optind < ps->argc) {
		ps->p->command = ps->argv + optind;
		ps->p->command_count = ps->argc - optind;
	}
	return check_clashes(ps);
}

int cbee__opt_parse(const struct cbee__opts *o, int argc, char **argv, struct cbee__parsed *ret,
		    struct cbee_err *err)
{
	struct cbee__parsed p = { 0 };
	struct parser ps = { .p = &p, .argc = argc, .argv = argv, .err = err };
	int code = load_rows(&p, o);

	if (!code)
		code = describe_rows(&ps);
	if (!code)
		code = parse(&ps);
	if (code == -ENOMEM)
		cbee__err(err, code, "out of memory");
	free(ps.longs);
	free(ps.letters);
	if (code)
		cbee__parsed_free(&p);
	*ret = p;
	return code;
}

/* ---- the result ---- */

bool cbee__opt_given(const struct cbee__parsed *p, const char *name)
{
	const struct cbee__opt_row *row = find_row(p, name, strlen(name));

	return row && row->given;
}

/* Makes a C name of an option's; false if it does not fit. */
static bool const_name(char *to, size_t size, const char *name, const char *suffix)
{
	size_t len = strlen(name), more = strlen(suffix);

	if (len + more >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		to[i] = name[i] == '-' ? '_' : name[i];
	memcpy(to + len, suffix, more + 1);
	return true;
}

const char *cbee__opt_text(const struct cbee__parsed *p, const char *name)
{
	for (size_t i = 0; i < p->row_count; i++)
		if (p->rows[i].opt.type == CBEE_OPT_TEXT && !strcmp(p->rows[i].opt.name, name))
			return *(const char *const *)member(&p->rows[i]);
	return NULL;
}

/* Visits one constant called after the option, with @suffix. */
static int visit_const(const struct cbee__opt_row *row, const char *suffix, uint64_t value,
		       int (*visit)(void *arg, const char *name, uint64_t value), void *arg)
{
	char name[128];

	if (!const_name(name, sizeof(name), row->opt.name, suffix))
		return -ENAMETOOLONG;
	return visit(arg, name, value);
}

int cbee__opt_each_const(const struct cbee__parsed *p,
			 int (*visit)(void *arg, const char *name, uint64_t value), void *arg)
{
	int err = 0;

	for (size_t i = 0; i < p->row_count && err >= 0; i++) {
		const struct cbee__opt_row *row = &p->rows[i];
		const struct cbee_num *num = member(row);

		switch (row->opt.type) {
		case CBEE_OPT_FLAG:
			err = visit_const(row, "", *(bool *)member(row), visit, arg);
			break;
		case CBEE_OPT_NUM:
			err = visit_const(row, "", (uint64_t)num->value, visit, arg);
			if (err >= 0)
				err = visit_const(row, "_given", num->given, visit, arg);
			break;
		case CBEE_OPT_TEXT:
			err = visit_const(row, "_given", row->given, visit, arg);
			break;
		case CBEE_OPT_LIST:
			break;
		}
	}
	return err < 0 ? err : 0;
}

void cbee__parsed_free(struct cbee__parsed *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->row_count; i++) {
		struct cbee_list *list;

		if (p->rows[i].opt.type != CBEE_OPT_LIST)
			continue;
		list = member(&p->rows[i]);
		free(list->items);
		*list = (struct cbee_list){ 0 };
	}
	free(p->args.items);
	free(p->rows);
	*p = (struct cbee__parsed){ 0 };
}
