/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: bytes as a file of the cache; what is accepted must be readable to its last
 * index. The sum is made right first: otherwise hardly anything would come past it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cache/entry.h"

#define SUM_AT	  8 /* in the head; what is behind it is summed */
#define SUM_BYTES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t touch(const struct cbee__entry *e)
{
	const unsigned char *image = e->image;
	size_t all = strlen(e->title);

	for (uint32_t i = 0; i < e->input_count; i++)
		all += strlen(e->strings + e->inputs[i].name) + e->inputs[i].kind;
	for (uint32_t i = 0; i < e->image_len; i++)
		all += image[i];
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1); /* aligned as files are, and no byte longer */
	struct cbee__entry entry;
	XXH64_hash_t sum;

	if (!bytes)
		return 0;
	if (size)
		memcpy(bytes, data, size);
	if (size > SUM_AT + SUM_BYTES) {
		sum = XXH3_64bits(bytes + SUM_AT + SUM_BYTES, size - SUM_AT - SUM_BYTES);
		memcpy(bytes + SUM_AT, &sum, sizeof(sum));
	}
	if (!cbee__entry_read(bytes, size, &entry) && touch(&entry) == SIZE_MAX)
		abort();
	free(bytes);
	return 0;
}
