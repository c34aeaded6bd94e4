/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches a program to all functions of a pattern, detaches it, and prints the
 * milliseconds that both took, and the number of functions.
 * usage: many PATH PATTERN
 */
#include <stdio.h>
#include <time.h>

#include <cbee/cbee.h>

static const char text[] = "int hit(struct pt_regs *ctx) { return 0; }\n";

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	struct cbee_probe_opts probe = { .kind = CBEE_UPROBE, .fn = "hit" };
	unsigned int count = 0;
	struct cbee *c;
	double began;
	int err;

	if (argc != 3 || cbee_new(&c))
		return 2;
	probe.target = argv[1];
	probe.symbol = argv[2];
	err = cbee_compile(c, &(struct cbee_source){ .name = "many.c", .text = text });
	if (!err)
		err = cbee_load(c);
	began = now_ms();
	if (!err)
		err = cbee_attach_all(c, &probe, &count);
	cbee_detach(c);
	if (err)
		fprintf(stderr, "%s\n", cbee_error(c)->text);
	else
		printf("%.1f %u\n", now_ms() - began, count);
	cbee_free(c);
	return err != 0;
}
