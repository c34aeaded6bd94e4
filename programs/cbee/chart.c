/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the maps that a text declares as histograms. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

#define SLOTS 1024 /* at most */

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

bool chart_fits(const struct cbee_map_info *info)
{
	return info->key_size == 4 && info->value_size == 8 && info->max_entries <= SLOTS;
}

int chart_show(struct cbee_map *m, const char *text, bool json, struct cbee_buf *out)
{
	struct cbee_map_hist how = { .json = json };
	struct cbee_map_info info;
	char *drawn = NULL;
	int err = cbee_map_info(m, &info);

	/* what bpf_log2l() gives fits in 64 slots, BPF_HISTOGRAM's default */
	how.linear = !err && (info.max_entries != 64 || !strstr(text, "bpf_log2"));
	if (!err)
		err = cbee_map_hist(m, &how, &drawn);
	if (err)
		return err;
	if (json) /* goes on with the members of the object that was begun */
		cbee_text_fmt(out, "%s\n", drawn + 1);
	else
		cbee_text_fmt(out, "%s", drawn[0] ? drawn : "  nothing\n");
	free(drawn);
	return 0;
}
