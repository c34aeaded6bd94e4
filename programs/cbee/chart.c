/* SPDX-License-Identifier: Apache-2.0 */
/* Draws what a BPF_HISTOGRAM counted. */
#include <ctype.h>
#include <string.h>

#include "cbee.h"

#define STARS 40

static const char *skip_spaces(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool chart_wanted(const char *text, const char *map)
{
	static const char macro[] = "BPF_HISTOGRAM";
	size_t len = strlen(map);

	for (const char *at = text; (at = strstr(at, macro));) {
		at = skip_spaces(at + strlen(macro));
		if (*at != '(')
			continue;
		at = skip_spaces(at + 1);
		if (!strncmp(at, map, len) && !in_word(at[len]))
			return true;
	}
	return false;
}

/* bpf_log2l() is 1 for 0 and 1, 2 for 2 and 3, 3 for 4 to 7 ... */
static uint64_t low(const struct chart *chart, size_t slot)
{
	if (!chart->log2)
		return slot;
	if (slot < 2)
		return 0;
	return slot > 64 ? UINT64_MAX : (uint64_t)1 << (slot - 1);
}

static uint64_t high(const struct chart *chart, size_t slot)
{
	if (!chart->log2)
		return slot;
	return slot > 63 ? UINT64_MAX : ((uint64_t)1 << slot) - 1;
}

static void log2_text(const struct chart *chart, struct cbee_buf *out)
{
	struct cbee_hist hist = { 0 };

	for (size_t i = 0; i < chart->used; i++)
		hist.slots[cbee_slot(low(chart, i))] += chart->slots[i];
	cbee_text_hist(out, &hist, "value");
}

static void linear_text(const struct chart *chart, struct cbee_buf *out)
{
	uint64_t most = 1;

	cbee_text_fmt(out, "     %-13s : count     distribution\n", "value");
	for (size_t i = 0; i < chart->used; i++)
		if (chart->slots[i] > most)
			most = chart->slots[i];
	for (size_t i = 0; i < chart->used; i++) {
		int stars = (int)((double)chart->slots[i] / (double)most * STARS);

		cbee_text_fmt(out, "        %-10zu : %-8llu |%-*.*s|\n", i,
			      (unsigned long long)chart->slots[i], STARS, stars,
			      "****************************************");
	}
}

void chart_text(const struct chart *chart, struct cbee_buf *out)
{
	if (!chart->used)
		return;
	(chart->log2 ? log2_text : linear_text)(chart, out);
}

void chart_json(const struct chart *chart, struct cbee_buf *out)
{
	const char *comma = "";

	cbee_text_fmt(out, "[");
	for (size_t i = 0; i < chart->used; i++) {
		if (!chart->slots[i])
			continue;
		cbee_text_fmt(out, "%s{\"low\":%llu,\"high\":%llu,\"count\":%llu}", comma,
			      (unsigned long long)low(chart, i), (unsigned long long)high(chart, i),
			      (unsigned long long)chart->slots[i]);
		comma = ",";
	}
	cbee_text_fmt(out, "]");
}
