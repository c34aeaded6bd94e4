/* SPDX-License-Identifier: Apache-2.0 */
/* Tells from a text which of its maps are histograms, and what their slots count. */
#include "slots.h"

#include <stdbool.h>
#include <string.h>

#include <cbee/map.h>

#include "plain/lex.h"

#define LOG2_ENTRIES 64 /* what bpf_log2l() gives fits in so many: BPF_HISTOGRAM's default */

/* Whether "(" and @map follow. */
static bool declares(struct cbee__lex lex, const char *map)
{
	struct cbee__tok tok;

	return cbee__lex_next(&lex, &tok) && cbee__tok_is(&tok, "(") &&
	       cbee__lex_next(&lex, &tok) && cbee__tok_is(&tok, map);
}

uint32_t cbee__cc_slots(const char *text, const char *map, uint32_t entries)
{
	bool histogram = false, log2 = false;
	struct cbee__tok tok;
	struct cbee__lex lex;

	if (!strstr(text, "BPF_HISTOGRAM"))
		return CBEE_SLOTS_NONE;
	cbee__lex_init(&lex, text, strlen(text));
	while (cbee__lex_next(&lex, &tok)) {
		if (cbee__tok_is(&tok, "BPF_HISTOGRAM"))
			histogram = histogram || declares(lex, map);
		log2 = log2 || cbee__tok_is(&tok, "bpf_log2") || cbee__tok_is(&tok, "bpf_log2l");
	}
	if (!histogram)
		return CBEE_SLOTS_NONE;
	return log2 && entries == LOG2_ENTRIES ? CBEE_SLOTS_LOG2 : CBEE_SLOTS_LINEAR;
}
