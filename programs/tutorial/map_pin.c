/* SPDX-License-Identifier: Apache-2.0 */
/* Creates a hash map and pins it, so that it is there when this program is not any more. */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include <cbee/cbee.h>

#define PATH "/sys/fs/bpf/cbee_tutorial" /* rm takes it away, and the map with it */

int main(void)
{
	static const struct cbee_map_info info = {
		.type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 128
	};
	struct cbee_map *m = NULL;
	int err = cbee_map_new(&m);

	if (!err)
		err = cbee_map_create(m, "tutorial", &info, NULL);
	if (!err)
		err = cbee_map_pin(m, PATH);
	if (!err)
		printf("pinned to %s\n", PATH);
	else
		fprintf(stderr, "map_pin: %s\n", m ? cbee_map_error(m)->text : strerror(-err));
	cbee_map_free(m);
	return err != 0;
}
