/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: bytes as an image; what is accepted must be readable to its last index. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compile/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The end of what field @i reads, and its name; and so for its members. */
static size_t touch_field(const struct cbee__image *im, uint32_t i)
{
	const struct cbee__image_field *f = &im->fields[i];
	size_t all = strlen(im->strings + f->name) + f->offset;

	for (uint32_t in = i + 1; in < i + 1 + f->members; in += 1 + im->fields[in].members)
		all += touch_field(im, in);
	return all;
}

static size_t touch(const struct cbee__image *im)
{
	size_t all = strlen(im->license);

	for (uint32_t i = 0; i < im->prog_count; i++)
		all += strlen(im->strings + im->progs[i].name) +
		       (im->insns[im->progs[i].first + im->progs[i].count - 1] & 1);
	for (uint32_t i = 0; i < im->map_count; i++)
		all += strlen(im->strings + im->maps[i].name);
	for (uint32_t i = 0; i < CBEE_IMAGE_LAYOUTS * im->map_count; i++) {
		uint32_t at = im->maps[i / CBEE_IMAGE_LAYOUTS].layouts[i % CBEE_IMAGE_LAYOUTS];

		if (at != CBEE_IMAGE_NONE)
			all += touch_field(im, at);
	}
	for (uint32_t i = 0; i < im->map_count; i++)
		if (im->maps[i].inner != CBEE_IMAGE_NONE)
			all += im->maps[im->maps[i].inner].flags;
	for (uint32_t i = 0; i < im->const_count; i++)
		all += strlen(im->strings + im->consts[i]);
	for (uint32_t i = 0; i < im->ref_count; i++)
		all += im->insns[im->refs[i].insn + 1] & 1;
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1); /* aligned as images are, and no byte longer */
	struct cbee__image im;

	if (!bytes)
		return 0;
	if (size)
		memcpy(bytes, data, size);
	if (!cbee__image_read(bytes, size, &im, NULL) && touch(&im) == SIZE_MAX)
		abort();
	free(bytes);
	return 0;
}
