/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command and shows how often each signal was sent meanwhile: an array. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

int main(int argc, char **argv)
{
	struct cbee *c = NULL;
	uint64_t count;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "array.bpf.c" });
	if (!err && system(argc > 1 ? argv[1] : "sleep 3"))
		fprintf(stderr, "array: the command failed\n");
	if (!err)
		printf("\nsignals:\n");
	for (uint32_t number = 0; !err && number < 65; number++) {
		err = cbee_map_get(cbee_map(c, "signals"), &number, sizeof(number), &count,
				   sizeof(count));
		if (!err && count)
			printf("  %u: %llu\n", number, (unsigned long long)count);
	}
	if (err)
		fprintf(stderr, "array: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return err != 0;
}
