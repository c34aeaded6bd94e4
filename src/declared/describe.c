/* SPDX-License-Identifier: Apache-2.0 */
/* Writes help, man page sections and completion words from the tables. */
#include "declared/describe.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "plain/buf.h"
#include "plain/roff.h"
#include "declared/members.h"
#include "declared/opt.h"

#define LINE_MAX_WIDTH 80
#define LEFT_MAX       30    /* options wider than this have their help on the next line */
#define RANGE_MAX      65536 /* a higher limit is in nobody's way, and not told */
#define RANGE_SIZE     64
#define UNIT_SIZE      32

/* What tracers take besides options: it looks like one that has no name. */
static struct cbee_opt command_row(const struct cbee__described *d)
{
	return (struct cbee_opt){
		.name = "",
		.arg = "COMMAND...",
		.help = d->command ? d->command : "run this, and trace only it and its descendants",
		.type = CBEE_OPT_TEXT,
	};
}

static bool takes_command(const struct cbee__described *d)
{
	return d->std && !(d->command && !d->command[0]);
}

static struct cbee__opts opts_of(const struct cbee__described *d)
{
	return (struct cbee__opts){ .std = d->std, .own = d->own };
}

static void add_spaces(struct cbee_buf *out, size_t count)
{
	cbee__buf_fmt(out, "%*s", (int)count, "");
}

/* What stands for the option's value; NULL for a flag. */
static const char *arg_of(const struct cbee_opt *opt)
{
	if (opt->type == CBEE_OPT_FLAG)
		return NULL;
	return opt->arg ? opt->arg : "VALUE";
}

/* "(1 to 64)" where a person may want to know, else "". */
static const char *range_of(const struct cbee_opt *opt, char text[RANGE_SIZE])
{
	text[0] = 0;
	if (opt->type == CBEE_OPT_NUM && !opt->parse && opt->max && opt->max <= RANGE_MAX)
		snprintf(text, RANGE_SIZE, "(%lld to %lld)", opt->min, opt->max);
	return text;
}

/* ---- words on lines ---- */

/* Text that is broken between words. */
struct wrap {
	struct cbee_buf *out;
	size_t indent; /* of every line but the first */
	size_t at;     /* columns used on this line */
	bool fresh;    /* no word on this line yet */
};

/* Puts a word, which may have spaces in it, on this line or on a new one. */
static void wrap_word(struct wrap *w, const char *word, size_t len)
{
	if (!w->fresh && w->at + 1 + len > LINE_MAX_WIDTH) {
		cbee__buf_char(w->out, '\n');
		add_spaces(w->out, w->indent);
		w->at = w->indent;
	} else if (!w->fresh) {
		cbee__buf_char(w->out, ' ');
		w->at++;
	}
	w->fresh = false;
	cbee__buf_add(w->out, word, len);
	w->at += len;
}

static void wrap_text(struct wrap *w, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (len)
			wrap_word(w, text, len);
		text += len + (text[len] == ' ');
	}
}

/* ---- usage ---- */

/* "-u UID" or "--max-args N". */
static void add_short_form(struct cbee_buf *out, const struct cbee_opt *opt)
{
	if (opt->letter)
		cbee__buf_fmt(out, "-%c", opt->letter);
	else
		cbee__buf_fmt(out, "--%s", opt->name);
	if (arg_of(opt))
		cbee__buf_fmt(out, " %s", arg_of(opt));
}

/* All flags that have a letter behind one dash, such as "hTx"; returns how many. */
static size_t add_letters(const struct cbee__described *d, struct cbee_buf *out)
{
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row;
	size_t pos = 0, count = 0;

	while (cbee__opt_next(&o, &pos, &row)) {
		if (arg_of(&row.opt) || !row.opt.letter)
			continue;
		cbee__buf_char(out, row.opt.letter);
		count++;
	}
	return count;
}

/* Whether the usage line names the option by itself; standard long names are too many. */
static bool in_usage(const struct cbee__opt_row *row)
{
	if (row->opt.letter)
		return arg_of(&row->opt) != NULL;
	return !row->standard;
}

static void wrap_buf(struct wrap *w, struct cbee_buf *word)
{
	if (word->err)
		w->out->err = word->err;
	else
		wrap_word(w, word->data, word->len);
	cbee__buf_reset(word);
}

/* The options one by one, the letters of flags together. */
static void wrap_usage_options(const struct cbee__described *d, struct wrap *w)
{
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row;
	struct cbee_buf word = { 0 };
	size_t pos = 0;

	cbee__buf_str(&word, "[-");
	if (add_letters(d, &word)) {
		cbee__buf_char(&word, ']');
		wrap_buf(w, &word);
	}
	while (cbee__opt_next(&o, &pos, &row)) {
		if (!in_usage(&row))
			continue;
		cbee__buf_reset(&word);
		cbee__buf_char(&word, '[');
		add_short_form(&word, &row.opt);
		cbee__buf_char(&word, ']');
		wrap_buf(w, &word);
	}
	cbee__buf_free(&word);
}

/* @all: every option by itself, which may take several lines. */
static void add_usage_of(const struct cbee__described *d, struct cbee_buf *out, bool all)
{
	struct wrap w = { .out = out, .at = strlen("Usage: ") + strlen(d->name) };

	w.indent = w.at + 1;
	cbee__buf_fmt(out, "Usage: %s", d->name);
	if (all)
		wrap_usage_options(d, &w);
	else
		wrap_text(&w, "[OPTIONS...]");
	if (d->args)
		wrap_text(&w, d->args);
	if (takes_command(d))
		wrap_word(&w, "[-- COMMAND...]", strlen("[-- COMMAND...]"));
	cbee__buf_char(out, '\n');
}

static void add_usage(const struct cbee__described *d, struct cbee_buf *out)
{
	struct cbee_buf line = { 0 };

	add_usage_of(d, &line, true);
	if (!line.err && strchr(line.data, '\n') != line.data + line.len - 1 &&
	    (d->std || d->own)) {
		cbee__buf_reset(&line);
		add_usage_of(d, &line, false);
	}
	if (line.err)
		out->err = line.err;
	else
		cbee__buf_add(out, line.data, line.len);
	cbee__buf_free(&line);
}

/* ---- the table of options ---- */

/* "  -u, --uid UID"; returns its width. */
static size_t add_left(struct cbee_buf *out, const struct cbee_opt *opt)
{
	const char *arg = arg_of(opt);

	if (out && opt->letter)
		cbee__buf_fmt(out, "  -%c, --%s", opt->letter, opt->name);
	else if (out)
		cbee__buf_fmt(out, "      --%s", opt->name);
	if (out && arg)
		cbee__buf_fmt(out, " %s", arg);
	return strlen("  -x, --") + strlen(opt->name) + (arg ? 1 + strlen(arg) : 0);
}

/* Whether the tracer's table has a standard option, to give it a letter or another help line. */
static bool is_taken(const struct cbee__described *d, const char *name)
{
	for (const struct cbee_opt *row = d->own; row && row->name; row++)
		if (!strcmp(row->name, name))
			return true;
	return false;
}

/* Whether the option has a line of its own. */
static bool has_line(const struct cbee__described *d, const struct cbee__opt_row *row)
{
	return row->standard ? is_taken(d, row->opt.name) : !row->opt.rare;
}

static size_t left_width(const struct cbee__described *d)
{
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row;
	struct cbee_opt command = command_row(d);
	size_t pos = 0, most = takes_command(d) ? add_left(NULL, &command) : 0, width;

	while (cbee__opt_next(&o, &pos, &row)) {
		if (!has_line(d, &row))
			continue;
		width = add_left(NULL, &row.opt);
		if (width <= LEFT_MAX && width > most)
			most = width;
	}
	return most;
}

static void add_option(struct cbee_buf *out, const struct cbee_opt *opt, size_t left)
{
	struct wrap w = { .out = out, .indent = left + 2, .at = left + 2, .fresh = true };
	size_t width = add_left(out, opt);
	char text[RANGE_SIZE];
	const char *range = range_of(opt, text);

	if (width > left) {
		cbee__buf_char(out, '\n');
		width = 0;
	}
	add_spaces(out, w.indent - width);
	wrap_text(&w, opt->help);
	if (*range)
		wrap_word(&w, range, strlen(range));
	cbee__buf_char(out, '\n');
}

static void add_options(const struct cbee__described *d, struct cbee_buf *out)
{
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row;
	struct cbee_opt command = command_row(d);
	size_t pos = 0, left = left_width(d);

	if (d->std || d->own)
		cbee__buf_char(out, '\n');
	while (cbee__opt_next(&o, &pos, &row))
		if (has_line(d, &row))
			add_option(out, &row.opt, left);
	if (takes_command(d))
		add_option(out, &command, left);
}

/* "-v, --verbose" or "--duration SECONDS". */
static void wrap_name(struct wrap *w, const struct cbee_opt *opt, const char *end)
{
	struct cbee_buf word = { 0 };

	if (opt->letter)
		cbee__buf_fmt(&word, "-%c (--%s)", opt->letter, opt->name);
	else
		cbee__buf_fmt(&word, "--%s", opt->name);
	if (arg_of(opt))
		cbee__buf_fmt(&word, " %s", arg_of(opt));
	cbee__buf_str(&word, end);
	wrap_buf(w, &word);
	cbee__buf_free(&word);
}

/* The options that have no line, and where to read about them. */
static void add_others(const struct cbee__described *d, struct cbee_buf *out)
{
	struct wrap w = { .out = out, .fresh = true };
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row, last;
	bool any = false;
	size_t pos = 0;

	while (cbee__opt_next(&o, &pos, &row)) {
		if (has_line(d, &row))
			continue;
		if (any)
			wrap_name(&w, &last.opt, ",");
		else
			wrap_text(&w, "Also:");
		any = true;
		last = row;
	}
	if (any)
		wrap_name(&w, &last.opt, ".");
	if (d->page) {
		struct cbee_buf page = { 0 };

		wrap_text(&w, "See");
		cbee__buf_fmt(&page, "man %s.", d->page);
		wrap_buf(&w, &page);
		cbee__buf_free(&page);
	}
	if (any || d->page)
		cbee__buf_char(out, '\n');
}

/* Every line of the examples a little to the right. */
static void add_examples(struct cbee_buf *out, const char *text)
{
	cbee__buf_str(out, "\nExamples:\n");
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len)
			cbee__buf_str(out, "  ");
		cbee__buf_add(out, text, len);
		cbee__buf_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

/* The line as a sentence: it starts with a capital and ends in a full stop. */
static void add_sentence(struct wrap *w, const char *text)
{
	struct cbee_buf copy = { 0 };

	cbee__buf_fmt(&copy, "%s.", text);
	if (copy.err) {
		w->out->err = copy.err;
		return;
	}
	copy.data[0] = (char)toupper((unsigned char)copy.data[0]);
	wrap_text(w, copy.data);
	cbee__buf_free(&copy);
}

void cbee__describe_help(const struct cbee__described *d, struct cbee_buf *out)
{
	struct wrap w = { .out = out, .fresh = true };

	add_usage(d, out);
	add_sentence(&w, d->brief);
	cbee__buf_char(out, '\n');
	add_options(d, out);
	add_others(d, out);
	if (d->examples)
		add_examples(out, d->examples);
}

/* ---- man ---- */

static void man_synopsis(const struct cbee__described *d, struct cbee_buf *out)
{
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row;
	size_t pos = 0;

	cbee__roff_font(out, 'B', "", d->name);
	cbee__buf_char(out, '\n');
	while (cbee__opt_next(&o, &pos, &row)) {
		if (row.standard && !row.opt.letter)
			continue;
		cbee__buf_char(out, '[');
		if (row.opt.letter)
			cbee__roff_font(out, 'B', "-", (char[]){ row.opt.letter, '\0' });
		else
			cbee__roff_font(out, 'B', "--", row.opt.name);
		if (arg_of(&row.opt)) {
			/* A space where the line cannot break. */
			cbee__buf_str(out, "\\ ");
			cbee__roff_font(out, 'I', "", arg_of(&row.opt));
		}
		cbee__buf_str(out, "]\n");
	}
	if (d->args) {
		cbee__roff_text(out, d->args);
		cbee__buf_char(out, '\n');
	}
	if (takes_command(d))
		cbee__buf_str(out, "[\\fB\\-\\-\\fR\\ \\fICOMMAND...\\fR]\n");
}

/* "Not together with --csv or --text." */
static void man_clash(struct cbee_buf *out, const char *names)
{
	const char *before = "Not together with ";

	while (names && *names) {
		char name[64];
		size_t len = strcspn(names, " ");

		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		names += len;
		names += strspn(names, " ");
		cbee__buf_str(out, before);
		cbee__roff_font(out, 'B', "--", name);
		before = " or ";
		if (!*names)
			cbee__buf_str(out, ".\n");
	}
}

static void man_option(struct cbee_buf *out, const struct cbee_opt *opt)
{
	char range[RANGE_SIZE];

	cbee__buf_str(out, ".TP\n");
	if (opt->letter) {
		cbee__roff_font(out, 'B', "-", (char[]){ opt->letter, '\0' });
		cbee__buf_str(out, ", ");
	}
	cbee__roff_font(out, 'B', "--", opt->name);
	if (arg_of(opt)) {
		cbee__buf_char(out, ' ');
		cbee__roff_font(out, 'I', "", arg_of(opt));
	}
	cbee__buf_char(out, '\n');
	cbee__roff_sentence(out, opt->help, range_of(opt, range));
	man_clash(out, opt->clash);
}

static void man_options(const struct cbee__described *d, struct cbee_buf *out)
{
	struct cbee__opts o = opts_of(d);
	struct cbee_opt command = command_row(d);
	struct cbee__opt_row row;
	bool standard = false;
	size_t pos = 0;

	while (cbee__opt_next(&o, &pos, &row)) {
		if (row.standard && !standard)
			cbee__buf_str(out, ".SS Standard options\n");
		standard = row.standard;
		man_option(out, &row.opt);
	}
	if (standard && takes_command(d))
		man_option(out, &command);
}

static void man_field(struct cbee_buf *out, const struct cbee_col *col)
{
	char unit[UNIT_SIZE] = "";

	if (cbee__col_unit(col))
		snprintf(unit, sizeof(unit), "(%s)", cbee__col_unit(col));
	cbee__buf_str(out, ".TP\n");
	cbee__roff_font(out, 'B', "", col->head ? col->head : col->key);
	cbee__buf_char(out, '\n');
	cbee__roff_sentence(out, col->help, unit);
	if (col->head && col->key) {
		cbee__buf_str(out, "In JSON and CSV: ");
		cbee__roff_font(out, 'B', "", col->key);
		cbee__buf_str(out, ".\n");
	} else {
		cbee__buf_str(out, col->key ? "Only in JSON and CSV.\n" : "Only in text.\n");
	}
	if (col->head && col->when) {
		cbee__buf_str(out, "Text shows it with ");
		cbee__roff_font(out, 'B', "--", col->when);
		cbee__buf_str(out, ".\n");
	}
}

static void man_fields(const struct cbee__described *d, struct cbee_buf *out)
{
	for (const struct cbee_col *col = d->cols; col && (col->head || col->key); col++)
		man_field(out, col);
}

int cbee__describe_man(const struct cbee__described *d, const char *section, struct cbee_buf *out)
{
	static const struct {
		const char *name;
		void (*write)(const struct cbee__described *d, struct cbee_buf *out);
	} sections[] = {
		{ "SYNOPSIS", man_synopsis },
		{ "OPTIONS", man_options },
		{ "FIELDS", man_fields },
		{ "JSON", cbee__members_man },
	};
	int err = section ? -EINVAL : 0;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (section && strcmp(section, sections[i].name))
			continue;
		cbee__buf_fmt(out, ".SH %s\n", sections[i].name);
		sections[i].write(d, out);
		err = 0;
	}
	return err;
}

/* ---- completion ---- */

void cbee__describe_words(const struct cbee__described *d, struct cbee_buf *out)
{
	struct cbee__opts o = opts_of(d);
	struct cbee__opt_row row;
	size_t pos = 0;

	while (cbee__opt_next(&o, &pos, &row)) {
		if (row.opt.letter)
			cbee__buf_fmt(out, "-%c\t%s\n", row.opt.letter, row.opt.help);
		cbee__buf_fmt(out, "--%s\t%s\n", row.opt.name, row.opt.help);
	}
}
