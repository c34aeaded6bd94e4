/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the value of key -k in the map that map_pin has pinned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cbee/cbee.h>

#define PATH "/sys/fs/bpf/cbee_tutorial"

int main(int argc, char **argv)
{
	uint32_t key = 0;
	uint64_t value;
	struct cbee_map *m = NULL;
	int err = cbee_map_new(&m);

	if (getopt(argc, argv, "k:") == 'k')
		key = (uint32_t)strtoul(optarg, NULL, 0);
	if (!err)
		err = cbee_map_open(m, PATH);
	if (!err)
		err = cbee_map_get(m, &key, sizeof(key), &value, sizeof(value));
	if (!err)
		printf("%u: %llu\n", key, (unsigned long long)value);
	else
		fprintf(stderr, "map_fetch: %s\n", m ? cbee_map_error(m)->text : strerror(-err));
	cbee_map_free(m);
	return err != 0;
}
