/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the files of the cache: written, read, and refused when anything in them is wrong. */
#include "cache/entry.h"

#include <errno.h>

#include "unit.h"

static void make(struct cbee_buf *out)
{
	struct cbee__entry_writer w = { 0 };
	struct cbee_buf image = { 0 };

	cbee__buf_str(&image, "0123456789");
	cbee__entry_add(&w, CBEE_INPUT_KERNEL, "", 1);
	cbee__entry_add(&w, CBEE_INPUT_FILE, "/lib/libbcc.so.0", 0xfeedfacecafebeef);
	UNIT_EQ(cbee__entry_finish(&w, "a.bpf.c", &image, out), 0);
	cbee__buf_free(&image);
}

static void what_was_written_is_read(void)
{
	struct cbee_buf bytes = { 0 };
	struct cbee__entry e;

	make(&bytes);
	UNIT_EQ(cbee__entry_read(bytes.data, bytes.len, &e), 0);
	UNIT_STR(e.title, "a.bpf.c");
	UNIT_EQ(e.input_count, 2);
	UNIT_EQ(e.inputs[0].kind, CBEE_INPUT_KERNEL);
	UNIT_STR(e.strings + e.inputs[0].name, "");
	UNIT_EQ(e.inputs[1].kind, CBEE_INPUT_FILE);
	UNIT_EQ(e.inputs[1].digest, 0xfeedfacecafebeef);
	UNIT_STR(e.strings + e.inputs[1].name, "/lib/libbcc.so.0");
	UNIT_EQ(e.image_len, 10);
	CU_ASSERT(!memcmp(e.image, "0123456789", 10));
	UNIT_EQ(((const char *)e.image - bytes.data) % 8, 0);
	cbee__buf_free(&bytes);
}

static void one_without_inputs_is_whole_too(void)
{
	struct cbee__entry_writer w = { 0 };
	struct cbee_buf bytes = { 0 }, image = { 0 };
	struct cbee__entry e;

	UNIT_EQ(cbee__entry_finish(&w, "", &image, &bytes), 0);
	UNIT_EQ(cbee__entry_read(bytes.data, bytes.len, &e), 0);
	UNIT_EQ(e.input_count, 0);
	UNIT_EQ(e.image_len, 0);
	cbee__buf_free(&bytes);
}

static void one_wrong_bit_anywhere_is_found(void)
{
	struct cbee_buf bytes = { 0 };
	struct cbee__entry e;

	make(&bytes);
	for (size_t i = 0; i < bytes.len * 8; i++) {
		bytes.data[i / 8] = (char)(bytes.data[i / 8] ^ (1 << i % 8));
		UNIT_EQ(cbee__entry_read(bytes.data, bytes.len, &e), -EINVAL);
		bytes.data[i / 8] = (char)(bytes.data[i / 8] ^ (1 << i % 8));
	}
	UNIT_EQ(cbee__entry_read(bytes.data, bytes.len, &e), 0);
	cbee__buf_free(&bytes);
}

static void one_that_is_cut_is_found(void)
{
	struct cbee_buf bytes = { 0 };
	struct cbee__entry e;

	make(&bytes);
	for (size_t len = 0; len < bytes.len; len++)
		UNIT_EQ(cbee__entry_read(bytes.data, len, &e), -EINVAL);
	cbee__buf_free(&bytes);
}

static void survives_failing_allocations(void)
{
	struct cbee_buf image = { 0 };
	int err;

	cbee__buf_str(&image, "image");
	UNIT_EACH_ALLOC(err, -ENOMEM, {
		struct cbee__entry_writer w = { 0 };
		struct cbee_buf bytes = { 0 };

		cbee__entry_add(&w, CBEE_INPUT_FILE, "/f", 1);
		err = cbee__entry_finish(&w, "t", &image, &bytes);
		cbee__buf_free(&bytes);
	});
	UNIT_EQ(err, 0);
	cbee__buf_free(&image);
}

UNIT_MAIN("entry", { "what was written is read", what_was_written_is_read },
	  { "one without inputs is whole too", one_without_inputs_is_whole_too },
	  { "one wrong bit anywhere is found", one_wrong_bit_anywhere_is_found },
	  { "one that is cut is found", one_that_is_cut_is_found },
	  { "survives failing allocations", survives_failing_allocations })
