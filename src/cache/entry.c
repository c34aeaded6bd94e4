/* SPDX-License-Identifier: Apache-2.0 */
/* One file of the cache: an image, what it was made from, and a sum over all. */
#include "cache/entry.h"

#include <errno.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAGIC	"cbee-cch"
#define VERSION 1

/* Followed by the inputs, the strings, and from the next multiple of 8 on by the image. */
struct head {
	char magic[8];
	uint64_t sum; /* of all that follows this member */
	uint32_t version, input_count, strings_len, image_len;
	uint32_t title; /* offset into the strings */
	uint32_t reserved;
};

#define SUMMED offsetof(struct head, version)

static size_t aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static uint32_t add_string(struct cbee__entry_writer *w, const char *text)
{
	size_t at = w->strings.len;

	cbee__buf_add(&w->strings, text, strlen(text) + 1);
	return (uint32_t)at;
}

void cbee__entry_add(struct cbee__entry_writer *w, enum cbee__input_kind kind, const char *name,
		     uint64_t digest)
{
	struct cbee__entry_input in = { (uint32_t)kind, add_string(w, name), digest };

	cbee__buf_add(&w->inputs, &in, sizeof(in));
}

void cbee__entry_free(struct cbee__entry_writer *w)
{
	cbee__buf_free(&w->inputs);
	cbee__buf_free(&w->strings);
}

int cbee__entry_finish(struct cbee__entry_writer *w, const char *title,
		       const struct cbee_buf *image, struct cbee_buf *out)
{
	uint32_t name = add_string(w, title);
	struct head head = {
		.magic = MAGIC,
		.version = VERSION,
		.title = name,
		.input_count = (uint32_t)(w->inputs.len / sizeof(struct cbee__entry_input)),
		.strings_len = (uint32_t)w->strings.len,
		.image_len = (uint32_t)image->len,
	};
	bool failed = w->inputs.err || w->strings.err || image->err;

	cbee__buf_add(out, &head, sizeof(head));
	cbee__buf_add(out, w->inputs.data, w->inputs.len);
	cbee__buf_add(out, w->strings.data, w->strings.len);
	cbee__buf_zero(out, aligned(out->len) - out->len);
	cbee__buf_add(out, image->data, image->len);
	cbee__entry_free(w);
	if (failed || out->err)
		return -ENOMEM;
	head.sum = XXH3_64bits(out->data + SUMMED, out->len - SUMMED);
	memcpy(out->data, &head, sizeof(head));
	return 0;
}

/* Whether every input is of a known kind, with a name inside the strings. */
static bool inputs_fit(const struct cbee__entry *e, uint32_t strings_len)
{
	for (uint32_t i = 0; i < e->input_count; i++)
		if (e->inputs[i].kind >= CBEE_INPUT_KINDS || e->inputs[i].name >= strings_len)
			return false;
	return true;
}

int cbee__entry_read(const void *bytes, size_t size, struct cbee__entry *ret)
{
	const struct head *head = bytes;
	const char *at = bytes;
	struct cbee__entry e;
	size_t image;

	if (size < sizeof(*head) || memcmp(head->magic, MAGIC, sizeof(head->magic)) ||
	    head->version != VERSION || XXH3_64bits(at + SUMMED, size - SUMMED) != head->sum)
		return -EINVAL;
	image = aligned(sizeof(*head) + (size_t)head->input_count * sizeof(*e.inputs) +
			head->strings_len);
	if (image > size || head->image_len != size - image || head->title >= head->strings_len)
		return -EINVAL;
	e = (struct cbee__entry){
		.inputs = (const void *)(at + sizeof(*head)),
		.image = at + image,
		.input_count = head->input_count,
		.image_len = head->image_len,
	};
	e.strings = (const char *)(e.inputs + e.input_count);
	e.title = e.strings + head->title;
	if (e.strings[head->strings_len - 1] || !inputs_fit(&e, head->strings_len))
		return -EINVAL;
	*ret = e;
	return 0;
}
