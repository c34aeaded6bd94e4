/* SPDX-License-Identifier: Apache-2.0 */
/* Creates a hash map of KEY_SIZE, VALUE_SIZE and ENTRIES, and tells apart why that may fail. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

int main(int argc, char **argv)
{
	struct cbee_map_info info = { .type = BPF_MAP_TYPE_HASH };
	struct cbee_map *m = NULL;
	int err = cbee_map_new(&m);

	info.key_size = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 4;
	info.value_size = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 8;
	info.max_entries = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 0) : 128;
	if (!err)
		err = cbee_map_create(m, "tutorial", &info, NULL);
	if (!err)
		printf("created a hash of %u entries\n", info.max_entries);
	else if (err == -EINVAL)
		printf("EINVAL: there is no map of such sizes\n");
	else if (err == -EPERM)
		printf("EPERM: only root may do this\n");
	else if (err == -ENOMEM)
		printf("ENOMEM: that is more memory than there is\n");
	if (err)
		fprintf(stderr, "map_create: %s\n", m ? cbee_map_error(m)->text : strerror(-err));
	cbee_map_free(m); /* which closes the map: nobody else has it, so it is gone */
	return err != 0;
}
