/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command and shows how many programs each user started: a per-CPU hash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

/* @value is one number for each CPU; cbee_map_sum() adds them up. */
static bool show(void *arg, const void *key, const void *value)
{
	uint64_t sum;

	(void)value;
	if (!cbee_map_sum(arg, key, sizeof(uint32_t), &sum))
		printf("  %u: %llu\n", *(const uint32_t *)key, (unsigned long long)sum);
	return true;
}

int main(int argc, char **argv)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "percpu_hash.bpf.c" });
	if (!err && system(argc > 1 ? argv[1] : "sleep 3"))
		fprintf(stderr, "percpu_hash: the command failed\n");
	if (!err) {
		printf("\nstarts:\n");
		err = cbee_map_walk(cbee_map(c, "starts"), show, cbee_map(c, "starts"));
	}
	if (err)
		fprintf(stderr, "percpu_hash: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return err != 0;
}
