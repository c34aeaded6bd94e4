/* SPDX-License-Identifier: Apache-2.0 */
/* Tells from a text what its maps are for. */
#include "macro.h"

#include <string.h>

#include <cbee/map.h>

#include "plain/lex.h"

#define LOG2_ENTRIES 64 /* what bpf_log2l() gives fits in so many: BPF_HISTOGRAM's default */

/* Whether "(" and @map follow. */
static bool is_about(struct cbee__lex lex, const char *map)
{
	struct cbee__tok tok;

	return cbee__lex_next(&lex, &tok) && cbee__tok_is(&tok, "(") &&
	       cbee__lex_next(&lex, &tok) && cbee__tok_is(&tok, map);
}

/* Whether @name stands in the text, in front of "(" and @map unless that is NULL. */
static bool has(const char *text, const char *name, const char *map)
{
	struct cbee__tok tok;
	struct cbee__lex lex;

	if (!strstr(text, name))
		return false;
	cbee__lex_init(&lex, text, strlen(text));
	while (cbee__lex_next(&lex, &tok))
		if (cbee__tok_is(&tok, name) && (!map || is_about(lex, map)))
			return true;
	return false;
}

bool cbee__cc_counters(const char *text, const char *map)
{
	return has(text, "BPF_PERF_ARRAY", map);
}

uint32_t cbee__cc_slots(const char *text, const char *map, uint32_t entries)
{
	if (!has(text, "BPF_HISTOGRAM", map))
		return CBEE_SLOTS_NONE;
	if ((!entries || entries == LOG2_ENTRIES) &&
	    (has(text, "bpf_log2", NULL) || has(text, "bpf_log2l", NULL)))
		return CBEE_SLOTS_LOG2;
	return CBEE_SLOTS_LINEAR;
}
