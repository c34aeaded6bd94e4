/* SPDX-License-Identifier: Apache-2.0 */
/* Answers shells what a word on a tracer's command line can become. */
#include "complete/complete.h"

#include <stdlib.h>
#include <string.h>

#include "complete/value.h"
#include "declared/opt.h"

#define NAME_ROOM 128 /* for the name of an option, and a bit more */

/* A command line that is read up to the word that is typed. */
struct line {
	const struct cbee__completed *how;
	struct cbee__opt_row *rows;
	size_t row_count, positionals;
	const struct cbee_opt *waits; /* the option whose value comes next, or NULL */
	bool command;		      /* behind the "--" */
	size_t command_words;
	int pid;
	struct cbee__words words;
};

static bool takes_value(const struct cbee_opt *opt)
{
	return opt->type != CBEE_OPT_FLAG;
}

/* ---- the words in front ---------------------------------------------------- */

/* By its whole name, else by a beginning that only one has. */
static struct cbee__opt_row *by_name(const struct line *l, const char *name, size_t len)
{
	struct cbee__opt_row *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < l->row_count; i++) {
		const char *other = l->rows[i].opt.name;

		if (strncmp(other, name, len) != 0)
			continue;
		found = &l->rows[i];
		if (!other[len])
			return found;
		count++;
	}
	return count == 1 ? found : NULL;
}

static struct cbee__opt_row *by_letter(const struct line *l, char letter)
{
	for (size_t i = 0; i < l->row_count; i++)
		if (l->rows[i].opt.letter == letter)
			return &l->rows[i];
	return NULL;
}

/* What is found depends on the process that is named. */
static void see_value(struct line *l, const struct cbee_opt *opt, const char *text)
{
	if (opt->value == CBEE_VALUE_PROCESS && opt->letter == 'p')
		l->pid = (int)strtol(text, NULL, 10);
}

static void see_long(struct line *l, const char *word)
{
	size_t len = strcspn(word, "=");
	struct cbee__opt_row *row = by_name(l, word, len);

	if (!row)
		return;
	row->given = true;
	if (!takes_value(&row->opt))
		return;
	if (word[len])
		see_value(l, &row->opt, word + len + 1);
	else
		l->waits = &row->opt;
}

/*
 * Reads letters; what is left of the word when one takes a value is that, and
 * returned. NULL: all are flags, or unknown.
 */
static const char *see_letters(struct line *l, const char *letters, const struct cbee_opt **ret_opt)
{
	for (; *letters; letters++) {
		struct cbee__opt_row *row = by_letter(l, *letters);

		if (!row)
			continue;
		row->given = true;
		if (takes_value(&row->opt)) {
			*ret_opt = &row->opt;
			return letters + 1;
		}
	}
	return NULL;
}

static void see_word(struct line *l, const char *word)
{
	const struct cbee_opt *opt = l->waits;
	const char *value;

	l->waits = NULL;
	if (opt) {
		see_value(l, opt, word);
	} else if (l->command) {
		l->command_words++;
	} else if (!strcmp(word, "--")) {
		l->command = true;
	} else if (!strncmp(word, "--", 2)) {
		see_long(l, word + 2);
	} else if (*word == '-' && word[1]) {
		value = see_letters(l, word + 1, &opt);
		if (value && *value)
			see_value(l, opt, value);
		else if (value)
			l->waits = opt;
	} else {
		l->positionals++;
	}
}

/* ---- the word itself ------------------------------------------------------- */

/* Words of a table, separated by spaces, or those of "[a|b] ...". */
static void add_words(struct line *l, const char *all)
{
	char word[NAME_ROOM];

	for (size_t len; *all && *all != ']'; all += len + (all[len] && all[len] != ']')) {
		len = strcspn(all, " [|]");
		if (!len || len >= sizeof(word))
			continue;
		memcpy(word, all, len);
		word[len] = '\0';
		cbee__words_add(&l->words, word, NULL);
	}
}

static void add_value(struct line *l, const struct cbee_opt *opt, const char *typed)
{
	struct cbee__value_of of = { .kind = opt->value, .pid = l->pid };

	l->words.typed = typed;
	if (opt->arg && strchr(opt->arg, '=')) {
		if (strchr(typed, '='))
			return; /* a name of the BPF text */
		l->words.behind = "=";
	}
	if (opt->words)
		add_words(l, opt->words);
	cbee__value_words(&of, &l->words);
}

/* Whether @name is one of the words in @names. */
static bool is_among(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names; at && *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (!strncmp(at, name, len) && (!at[len] || at[len] == ' '))
			return true;
	}
	return false;
}

/* Whether the option would be refused: it was given, or another that excludes it. */
static bool is_out(const struct line *l, const struct cbee__opt_row *row)
{
	if (row->given)
		return row->opt.type != CBEE_OPT_LIST;
	for (size_t i = 0; i < l->row_count; i++)
		if (l->rows[i].given && (is_among(row->opt.clash, l->rows[i].opt.name) ||
					 is_among(l->rows[i].opt.clash, row->opt.name)))
			return true;
	return false;
}

static void add_long_options(struct line *l)
{
	char word[NAME_ROOM] = "--";

	for (size_t i = 0; i < l->row_count; i++) {
		const struct cbee_opt *opt = &l->rows[i].opt;

		if (is_out(l, &l->rows[i]) || strlen(opt->name) >= sizeof(word) - 2)
			continue;
		memcpy(word + 2, opt->name, strlen(opt->name) + 1);
		cbee__words_add(&l->words, word, opt->help);
	}
	if (l->how->command)
		cbee__words_add(&l->words, "--", l->how->command);
}

/* Behind one dash, and the letters of flags that stand there already. */
static void add_letters(struct line *l, const char *typed)
{
	char word[NAME_ROOM];
	size_t len = strlen(typed);

	if (len >= sizeof(word) - 1)
		return;
	if (len > 1)
		cbee__words_add(&l->words, typed, NULL);
	memcpy(word, typed, len);
	word[len + 1] = '\0';
	for (size_t i = 0; i < l->row_count; i++) {
		const struct cbee_opt *opt = &l->rows[i].opt;

		if (!opt->letter || is_out(l, &l->rows[i]))
			continue;
		word[len] = opt->letter;
		cbee__words_add(&l->words, word, opt->help);
	}
}

/* The option's value in the same word, behind @before. */
static void add_joined(struct line *l, const struct cbee_opt *opt, const char *word,
		       const char *value)
{
	char *before = strndup(word, (size_t)(value - word));

	l->words.before = before;
	if (before)
		add_value(l, opt, value);
}

static void complete_option(struct line *l, const char *typed)
{
	const char *equals = strchr(typed, '='), *value;
	const struct cbee_opt *opt = NULL;
	struct cbee__opt_row *row;

	if (!strncmp(typed, "--", 2)) {
		row = equals ? by_name(l, typed + 2, (size_t)(equals - typed - 2)) : NULL;
		if (row && takes_value(&row->opt))
			add_joined(l, &row->opt, typed, equals + 1);
		else if (!equals)
			add_long_options(l);
		return;
	}
	value = see_letters(l, typed + 1, &opt);
	if (value) {
		add_joined(l, opt, typed, value);
		return;
	}
	add_letters(l, typed);
	if (!typed[1])
		add_long_options(l);
}

/* The row that a positional would have; false: there can be no more of them. */
static bool positional(const struct line *l, struct cbee_opt *ret)
{
	const struct cbee_tool *tool = l->how->tool;
	const char *more = tool->args ? strstr(tool->args, "...") : NULL;
	const char *flags = tool->args ? strstr(tool->args, "--") : NULL;
	bool all = more && (!flags || more < flags);
	size_t most = sizeof(tool->values) / sizeof(tool->values[0]), i = all ? 0 : l->positionals;

	if (!tool->args || i >= most)
		return false;
	*ret = (struct cbee_opt){
		.value = tool->values[i],
		.words = !i && strchr(tool->args, '|') ? tool->args : NULL,
	};
	return ret->value || ret->words;
}

static void complete(struct line *l, const char *typed)
{
	struct cbee_opt argument = { .value = l->command_words ? CBEE_VALUE_FILE
							       : CBEE_VALUE_PROGRAM };

	l->words.typed = typed;
	if (l->waits)
		add_value(l, l->waits, typed);
	else if (l->command && l->how->command)
		add_value(l, &argument, typed);
	else if (l->command)
		return;
	else if (*typed == '-')
		complete_option(l, typed);
	else if (positional(l, &argument))
		add_value(l, &argument, typed);
	else if (!*typed)
		add_long_options(l);
}

/* Collects the rows; false: no memory. */
static bool load_rows(struct line *l)
{
	struct cbee__opt_row row;
	size_t pos = 0;

	while (cbee__opt_next(l->how->opts, &pos, &row))
		l->row_count++;
	l->rows = calloc(l->row_count + 1, sizeof(*l->rows));
	pos = 0;
	for (size_t i = 0; l->rows && cbee__opt_next(l->how->opts, &pos, &row); i++)
		l->rows[i] = row;
	return l->rows;
}

void cbee__complete(const struct cbee__completed *how, char *const *words, size_t count,
		    struct cbee_buf *out)
{
	struct line l = { .how = how };

	if (load_rows(&l)) {
		for (size_t i = 0; i + 1 < count; i++)
			see_word(&l, words[i]);
		complete(&l, words[count - 1]);
		cbee__words_write(&l.words, out);
	}
	free((char *)l.words.before);
	cbee__words_free(&l.words);
	free(l.rows);
}
