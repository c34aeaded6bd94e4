/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the maps that a text declares as histograms. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "cbee.h"

#define SLOTS 1024 /* at most */

bool chart_fits(struct cbee_map *m)
{
	struct cbee_map_info info;

	if (cbee_map_slots(m) == CBEE_SLOTS_NONE || cbee_map_info(m, &info) || info.value_size != 8)
		return false;
	return info.type == BPF_MAP_TYPE_HASH || (info.key_size == 4 && info.max_entries <= SLOTS);
}

int chart_show(struct cbee_map *m, bool json, struct cbee_buf *out)
{
	struct cbee_map_hist how = { .json = json, .linear = cbee_map_slots(m) != CBEE_SLOTS_LOG2 };
	const struct cbee_field *key = cbee_map_layout(m, CBEE_KEY);
	char *drawn = NULL;
	int err;

	if (key && key->members >= 2)
		how.section = key[1].name;
	err = cbee_map_hist(m, &how, &drawn);
	if (err == -EINVAL || err == -ERANGE)
		return 1;
	if (err)
		return err;
	if (json && drawn[0] == '[')
		cbee_text_fmt(out, "\"histograms\":%s}\n", drawn);
	else if (json) /* goes on with the members of the object that was begun */
		cbee_text_fmt(out, "%s\n", drawn + 1);
	else
		cbee_text_fmt(out, "%s", drawn[0] ? drawn : "  nothing\n");
	free(drawn);
	return 0;
}
