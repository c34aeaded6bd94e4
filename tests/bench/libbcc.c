/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles a BPF text with libbcc alone, with the kernel's installed headers.
 * usage: libbcc FILE
 */
#include <stdbool.h>
#include <stdio.h>

#include <bcc/bcc_common.h>

int main(int argc, char **argv)
{
	static char text[1 << 20];
	FILE *f = argc == 2 ? fopen(argv[1], "re") : NULL;
	void *module;

	if (!f)
		return fprintf(stderr, "usage: libbcc FILE\n"), 2;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	module = bpf_module_create_c_from_string(text, 0, NULL, 0, true, NULL);
	if (!module)
		return 1;
	bpf_module_destroy(module);
	return 0;
}
