/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command and shows how often each program was started meanwhile: a hash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

struct command {
	char name[16];
};

static bool show(void *arg, const void *key, const void *value)
{
	char *text;

	if (cbee_map_text(arg, CBEE_KEY, key, sizeof(struct command), &text))
		return false;
	printf("  %s: %llu\n", text, *(const unsigned long long *)value);
	free(text);
	return true;
}

int main(int argc, char **argv)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "hash.bpf.c" });
	if (!err && system(argc > 1 ? argv[1] : "sleep 3"))
		fprintf(stderr, "hash: the command failed\n");
	if (!err) {
		printf("\nstarts:\n");
		err = cbee_map_walk(cbee_map(c, "starts"), show, cbee_map(c, "starts"));
	}
	if (err)
		fprintf(stderr, "hash: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return err != 0;
}
