/* SPDX-License-Identifier: Apache-2.0 */
/* Shows all entries of the map that map_pin has pinned. */
#include <stdio.h>
#include <string.h>

#include <cbee/cbee.h>

#define PATH "/sys/fs/bpf/cbee_tutorial"

static bool show(void *arg, const void *key, const void *value)
{
	(void)arg;
	printf("%u: %llu\n", *(const uint32_t *)key, *(const unsigned long long *)value);
	return true; /* false would end the walk */
}

int main(void)
{
	struct cbee_map *m = NULL;
	int err = cbee_map_new(&m);

	if (!err)
		err = cbee_map_open(m, PATH);
	if (!err)
		err = cbee_map_walk(m, show, NULL);
	if (err)
		fprintf(stderr, "map_iterate: %s\n", m ? cbee_map_error(m)->text : strerror(-err));
	cbee_map_free(m);
	return err != 0;
}
