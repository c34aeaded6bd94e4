/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command and shows by which ways the kernel got to sending packets: a stack trace map. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

struct way {
	char name[16];
	int stack;
};

static bool show(void *arg, const void *key, const void *value)
{
	static const struct cbee_stack_opts how = { .pid = CBEE_KERNEL };
	const struct way *way = key;
	struct cbee *c = arg;
	char *text = NULL, *stack = NULL;
	int err = cbee_map_text(cbee_map(c, "ways"), CBEE_KEY, key, sizeof(*way), &text);

	if (!err)
		err = cbee_stack_text(c, cbee_map(c, "stacks"), way->stack, &how, &stack);
	if (!err)
		printf("  %s: %llu\n%s", text, *(const unsigned long long *)value, stack);
	else
		fprintf(stderr, "stack_trace: %s\n", cbee_error(c)->text);
	free(stack);
	free(text);
	return true;
}

int main(int argc, char **argv)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "stack_trace.bpf.c" });
	if (!err && system(argc > 1 ? argv[1] : "ping -c 1 127.0.0.1"))
		fprintf(stderr, "stack_trace: the command failed\n");
	if (!err) {
		printf("\nways:\n");
		err = cbee_map_walk(cbee_map(c, "ways"), show, c);
	}
	if (err)
		fprintf(stderr, "stack_trace: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return err != 0;
}
