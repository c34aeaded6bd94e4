/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the maps that a text declares as histograms. */
#include <stdlib.h>

#include "cbee.h"

#define SLOTS 1024 /* at most */

bool chart_fits(struct cbee_map *m)
{
	struct cbee_map_info info;

	return cbee_map_slots(m) != CBEE_SLOTS_NONE && !cbee_map_info(m, &info) &&
	       info.key_size == 4 && info.value_size == 8 && info.max_entries <= SLOTS;
}

int chart_show(struct cbee_map *m, bool json, struct cbee_buf *out)
{
	struct cbee_map_hist how = { .json = json, .linear = cbee_map_slots(m) != CBEE_SLOTS_LOG2 };
	char *drawn = NULL;
	int err = cbee_map_hist(m, &how, &drawn);

	if (err)
		return err;
	if (json) /* goes on with the members of the object that was begun */
		cbee_text_fmt(out, "%s\n", drawn + 1);
	else
		cbee_text_fmt(out, "%s", drawn[0] ? drawn : "  nothing\n");
	free(drawn);
	return 0;
}
