/* SPDX-License-Identifier: Apache-2.0 */
/* Writes value -v of key -k into the map that map_pin has pinned, with flags -f. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cbee/cbee.h>

#define PATH "/sys/fs/bpf/cbee_tutorial"

int main(int argc, char **argv)
{
	uint32_t key = 0;
	uint64_t value = 0, flags = 0; /* 0: BPF_ANY, 1: BPF_NOEXIST, 2: BPF_EXIST */
	struct cbee_map *m = NULL;
	int option, err = cbee_map_new(&m);

	while ((option = getopt(argc, argv, "k:v:f:")) != -1)
		if (option == 'k')
			key = (uint32_t)strtoul(optarg, NULL, 0);
		else if (option == 'v')
			value = strtoull(optarg, NULL, 0);
		else if (option == 'f')
			flags = strtoull(optarg, NULL, 0);
	if (!err)
		err = cbee_map_open(m, PATH);
	if (!err)
		err = cbee_map_set(m, &key, sizeof(key), &value, sizeof(value), flags);
	if (!err)
		printf("%u: %llu\n", key, (unsigned long long)value);
	else
		fprintf(stderr, "map_update: %s\n", m ? cbee_map_error(m)->text : strerror(-err));
	cbee_map_free(m);
	return err != 0;
}
