/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the image: what is written is read, what is damaged is refused. */
#include "compile/image.h"

#include <errno.h>

#include <cbee/map.h>

#include "plain/err.h"
#include "unit.h"

#define LD_IMM64 0x18

static struct cbee_err err;

/* Two programs, two maps, a constant; every program refers to some of them. */
static int write_image(struct cbee_buf *out)
{
	static const uint64_t one[] = { LD_IMM64, 0, 0x95 }, two[] = { 0xb7, LD_IMM64, 0, 0x95 };
	struct cbee__image_writer w = { 0 };
	struct cbee__image_map map = { .type = 1,
				       .key_size = 4,
				       .value_size = 8,
				       .max_entries = 10240,
				       .inner = CBEE_IMAGE_NONE,
				       .slots = CBEE_SLOTS_LOG2,
				       .layouts = { 0, CBEE_IMAGE_NONE, CBEE_IMAGE_NONE } };
	struct cbee__image_ref ref = { 0, CBEE_IMAGE_REF_MAP, 1 };
	/* a struct of two shorts, the second of them a bit field */
	static const struct cbee__image_field fields[] = {
		{ 0, CBEE_STRUCT, 0, 4, 0, 0, 0, 2 },
		{ 0, CBEE_UINT, 0, 2, 0, 0, 0, 0 },
		{ 0, CBEE_UINT, 2, 2, 0, 3, 13, 0 },
	};

	cbee__image_add_prog(&w, "entry", one, 3);
	cbee__image_add_ref(&w, &ref);
	ref = (struct cbee__image_ref){ cbee__image_insn_count(&w) + 1, CBEE_IMAGE_REF_CONST, 0 };
	cbee__image_add_prog(&w, "ret", two, 4);
	cbee__image_add_ref(&w, &ref);
	map.name = cbee__image_string(&w, "first");
	cbee__image_add_map(&w, &map);
	map = (struct cbee__image_map){ .name = cbee__image_string(&w, "second"),
					.type = 27,
					.max_entries = 4096,
					.flags = 1,
					.layouts = { CBEE_IMAGE_NONE, CBEE_IMAGE_NONE, 0 } };
	cbee__image_add_map(&w, &map);
	for (int i = 0; i < 3; i++)
		cbee__buf_add(&w.fields, &fields[i], sizeof(fields[i]));
	cbee__image_add_const(&w, "pid");
	return cbee__image_finish(&w, "GPL", 0x60107, out);
}

static void reads_what_it_wrote(void)
{
	struct cbee_buf b = { 0 };
	struct cbee__image im;

	UNIT_EQ(write_image(&b), 0);
	UNIT_EQ(b.len % 8, 0);
	UNIT_EQ(cbee__image_read(b.data, b.len, &im, &err), 0);
	UNIT_EQ(im.prog_count, 2);
	UNIT_STR(im.strings + im.progs[0].name, "entry");
	UNIT_STR(im.strings + im.progs[1].name, "ret");
	UNIT_EQ(im.progs[0].first, 0);
	UNIT_EQ(im.progs[0].count, 3);
	UNIT_EQ(im.progs[1].first, 3);
	UNIT_EQ(im.progs[1].count, 4);
	UNIT_EQ(im.insn_count, 7);
	UNIT_EQ(im.insns[4], LD_IMM64);
	UNIT_EQ(im.insns[6], 0x95);
	UNIT_EQ(im.map_count, 2);
	UNIT_STR(im.strings + im.maps[0].name, "first");
	UNIT_EQ(im.maps[0].value_size, 8);
	UNIT_EQ(im.maps[0].max_entries, 10240);
	UNIT_STR(im.strings + im.maps[1].name, "second");
	UNIT_EQ(im.maps[1].type, 27);
	UNIT_EQ(im.maps[1].flags, 1);
	UNIT_EQ(im.maps[0].inner, CBEE_IMAGE_NONE);
	UNIT_EQ(im.maps[1].inner, 0);
	UNIT_EQ(im.maps[0].slots, CBEE_SLOTS_LOG2);
	UNIT_EQ(im.maps[1].slots, CBEE_SLOTS_NONE);
	UNIT_EQ(im.maps[0].layouts[CBEE_IMAGE_RECORD], CBEE_IMAGE_NONE);
	UNIT_EQ(im.maps[1].layouts[CBEE_IMAGE_RECORD], 0);
	UNIT_EQ(im.const_count, 1);
	UNIT_STR(im.strings + im.consts[0], "pid");
	UNIT_EQ(im.ref_count, 2);
	UNIT_EQ(im.refs[0].index, 1);
	UNIT_EQ(im.refs[1].insn, 4);
	UNIT_EQ(im.refs[1].kind, CBEE_IMAGE_REF_CONST);
	UNIT_EQ(im.kern_version, 0x60107);
	UNIT_STR(im.license, "GPL");
	cbee__buf_free(&b);
}

static void an_empty_one_is_whole(void)
{
	struct cbee__image_writer w = { 0 };
	struct cbee_buf b = { 0 };
	struct cbee__image im;

	UNIT_EQ(cbee__image_finish(&w, "", 0, &b), 0);
	UNIT_EQ(cbee__image_read(b.data, b.len, &im, &err), 0);
	UNIT_EQ(im.prog_count + im.map_count + im.const_count + im.ref_count, 0);
	UNIT_STR(im.license, "");
	cbee__buf_free(&b);
}

static void appends_behind_other_bytes(void)
{
	struct cbee_buf b = { 0 };
	struct cbee__image im;

	cbee__buf_zero(&b, 16);
	UNIT_EQ(write_image(&b), 0);
	UNIT_EQ(cbee__image_read(b.data + 16, b.len - 16, &im, &err), 0);
	UNIT_STR(im.license, "GPL");
	cbee__buf_free(&b);
}

/* The first @len bytes in a block of exactly that size, so that no read beyond goes unseen. */
static int read_copy(const char *bytes, size_t len, struct cbee__image *ret)
{
	char *copy = malloc(len ? len : 1);
	int e;

	memcpy(copy, bytes, len);
	e = cbee__image_read(copy, len, ret, &err);
	free(copy);
	return e;
}

static void every_truncation_is_refused(void)
{
	struct cbee_buf b = { 0 };
	struct cbee__image im = { .prog_count = 77 };

	UNIT_EQ(write_image(&b), 0);
	for (size_t len = 0; len < b.len; len++) {
		cbee__err_clear(&err);
		UNIT_EQ(read_copy(b.data, len, &im), -EINVAL);
		CU_ASSERT(err.text[0] != '\0');
	}
	UNIT_EQ(im.prog_count, 77);
	cbee__buf_char(&b, '\0');
	UNIT_EQ(read_copy(b.data, b.len, &im), -EINVAL);
	cbee__buf_free(&b);
}

/* Touches all that the image names; ASan sees what should not have been accepted. */
static uint64_t sum(const struct cbee__image *im)
{
	uint64_t all = strlen(im->license);

	for (uint32_t i = 0; i < im->prog_count; i++) {
		all += strlen(im->strings + im->progs[i].name);
		for (uint32_t k = 0; k < im->progs[i].count; k++)
			all += im->insns[im->progs[i].first + k];
	}
	for (uint32_t i = 0; i < im->map_count; i++)
		all += strlen(im->strings + im->maps[i].name) +
		       (im->maps[i].inner == CBEE_IMAGE_NONE ? 0
							     : im->maps[im->maps[i].inner].flags);
	for (uint32_t i = 0; i < im->const_count; i++)
		all += strlen(im->strings + im->consts[i]);
	for (uint32_t i = 0; i < im->ref_count; i++) {
		const struct cbee__image_ref *r = &im->refs[i];

		all += im->insns[r->insn] + im->insns[r->insn + 1];
		all += r->kind == CBEE_IMAGE_REF_MAP ? im->maps[r->index].type
						     : im->consts[r->index];
	}
	return all;
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Damages up to four bytes and reads; 1 if refused. */
static int damaged(const struct cbee_buf *b, uint32_t *state)
{
	char *copy = malloc(b->len);
	struct cbee__image im;
	int e;

	memcpy(copy, b->data, b->len);
	for (uint32_t n = next_random(state) % 4 + 1; n > 0; n--)
		copy[next_random(state) % b->len] = (char)next_random(state);
	e = cbee__image_read(copy, b->len, &im, NULL);
	if (!e)
		CU_ASSERT(sum(&im) != UINT64_MAX);
	free(copy);
	return e == -EINVAL;
}

static void damage_is_refused_or_harmless(void)
{
	uint32_t state = 20240711, refused = 0;
	struct cbee_buf b = { 0 };

	UNIT_EQ(write_image(&b), 0);
	for (int round = 0; round < 200000; round++)
		refused += (uint32_t)damaged(&b, &state);
	CU_ASSERT(refused > 50000 && refused < 200000);
	cbee__buf_free(&b);
}

/* Sets the 32-bit field of the struct at @field, reads, and puts it back. */
static int with_field(struct cbee_buf *b, const void *field, uint32_t value)
{
	uint32_t *at = (uint32_t *)(uintptr_t)field, before = *at;
	struct cbee__image im;
	int e;

	*at = value;
	e = cbee__image_read(b->data, b->len, &im, &err);
	*at = before;
	return e;
}

static void each_index_is_checked(void)
{
	struct cbee_buf b = { 0 };
	struct cbee__image im;

	UNIT_EQ(write_image(&b), 0);
	UNIT_EQ(cbee__image_read(b.data, b.len, &im, &err), 0);
	UNIT_EQ(with_field(&b, &im.progs[1].first, 4), -EINVAL);
	UNIT_EQ(with_field(&b, &im.progs[1].count, 5), -EINVAL);
	UNIT_EQ(with_field(&b, &im.progs[1].count, UINT32_MAX), -EINVAL);
	UNIT_EQ(with_field(&b, &im.progs[1].count, 0), -EINVAL);
	UNIT_EQ(with_field(&b, &im.progs[0].name, 1000), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[1].name, 1000), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[1].inner, 2), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[0].layouts[0], 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[0].layouts[0], 2), -EINVAL); /* not at 0 */
	UNIT_EQ(with_field(&b, &im.maps[0].layouts[0], 1), 0);
	UNIT_EQ(with_field(&b, &im.maps[1].layouts[2], 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[1].layouts[2], 2), -EINVAL); /* not at 0 */
	UNIT_EQ(with_field(&b, &im.maps[1].layouts[2], 1), 0);
	UNIT_EQ(with_field(&b, &im.maps[0].slots, 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[0].counters, 2), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[0].key_size, 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[0].size, 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[0].count, 2), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[0].members, 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[0].members, UINT32_MAX), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[0].kind, CBEE_UINT), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[1].kind, 7), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[1].name, 1000), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[1].size, 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[1].size, 0), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[2].offset, 3), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[2].offset, UINT32_MAX), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[2].bit_size, 14), -EINVAL);
	UNIT_EQ(with_field(&b, &im.fields[2].bit_offset, UINT32_MAX), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[1].inner, 1), -EINVAL); /* its own template */
	UNIT_EQ(with_field(&b, &im.maps[0].inner, 1), -EINVAL); /* each the other's */
	UNIT_EQ(with_field(&b, &im.consts[0], 1000), -EINVAL);
	UNIT_EQ(with_field(&b, &im.refs[0].index, 2), -EINVAL);
	UNIT_EQ(with_field(&b, &im.refs[1].index, 1), -EINVAL);
	UNIT_EQ(with_field(&b, &im.refs[0].kind, 2), -EINVAL);
	UNIT_EQ(with_field(&b, &im.refs[0].insn, 6), -EINVAL);
	UNIT_EQ(with_field(&b, &im.refs[0].insn, 3), -EINVAL); /* loads nothing */
	UNIT_EQ(with_field(&b, &im.refs[0].insn, UINT32_MAX), -EINVAL);
	UNIT_STR(err.text, "a cbee image that contradicts itself");
	UNIT_EQ(with_field(&b, b.data + 8, 2), -EINVAL);
	UNIT_EQ(with_field(&b, &im.maps[0].type, 99), 0);
	cbee__buf_free(&b);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		struct cbee_buf b = { 0 };

		e = write_image(&b);
		cbee__buf_free(&b);
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("image", { "reads what it wrote", reads_what_it_wrote },
	  { "an empty one is whole", an_empty_one_is_whole },
	  { "appends behind other bytes", appends_behind_other_bytes },
	  { "every truncation is refused", every_truncation_is_refused },
	  { "damage is refused or harmless", damage_is_refused_or_harmless },
	  { "each index is checked", each_index_is_checked },
	  { "survives failing allocations", survives_failing_allocations })
