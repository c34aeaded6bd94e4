/* SPDX-License-Identifier: Apache-2.0 */
/* The compiled module as bytes: writes, validates and reads it. */
#include "compile/image.h"

#include <errno.h>
#include <string.h>

#include <cbee/map.h>

#include "plain/err.h"

#define MAGIC	   "cbee-img"
#define VERSION	   3
#define MOST_DEPTH 16
#define LD_IMM64   0x18 /* opcode of the two-slot 64-bit immediate load */

/* Sections follow the head in this order, without gaps but for the 8-byte alignment. */
enum section { PROGS, MAPS, CONSTS, REFS, INSNS, FIELDS, STRINGS, SECTIONS };

struct head {
	char magic[8];
	uint32_t version;
	uint32_t size; /* of the whole image, head included */
	uint32_t license, kern_version;
	uint32_t counts[SECTIONS]; /* records; bytes for the strings */
	uint32_t reserved;
};

static const uint32_t record_size[SECTIONS] = {
	[PROGS] = sizeof(struct cbee__image_prog),
	[MAPS] = sizeof(struct cbee__image_map),
	[CONSTS] = sizeof(uint32_t),
	[REFS] = sizeof(struct cbee__image_ref),
	[INSNS] = sizeof(uint64_t),
	[FIELDS] = sizeof(struct cbee__image_field),
	[STRINGS] = 1,
};

static size_t aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Finds the sections; their sizes must add up to the image's. */
static int find_sections(const char *bytes, size_t size, const void *ret[SECTIONS])
{
	const struct head *head = (const void *)bytes;
	size_t at = sizeof(*head);

	if (size < sizeof(*head) || memcmp(head->magic, MAGIC, sizeof(head->magic)) ||
	    head->version != VERSION || head->size != size || size > UINT32_MAX)
		return -EINVAL;
	for (int i = 0; i < SECTIONS; i++) {
		size_t bytes_here = (size_t)head->counts[i] * record_size[i];

		if (at > size || bytes_here > size - at)
			return -EINVAL;
		ret[i] = bytes + at;
		at = aligned(at + bytes_here);
	}
	return at == aligned(size) ? 0 : -EINVAL;
}

static int check_prog(const struct cbee__image *im, uint32_t i, uint32_t strings)
{
	const struct cbee__image_prog *p = &im->progs[i];

	if (p->name >= strings || !p->count || p->first > im->insn_count ||
	    p->count > im->insn_count - p->first)
		return -EINVAL;
	return 0;
}

/* Whether one field is readable in @room bytes, its members, which end before @end, aside. */
static bool field_fits(const struct cbee__image_field *f, uint64_t room, uint32_t strings)
{
	uint64_t size = (uint64_t)f->size * (f->count ? f->count : 1);
	bool whole = f->kind == CBEE_STRUCT || f->kind == CBEE_UNION;

	if (f->name >= strings || f->kind > CBEE_UNION || size > room || f->offset > room - size)
		return false;
	if (whole)
		return !f->bit_size;
	if (f->members || !f->size || f->size > 16 || (f->size & (f->size - 1)))
		return false;
	return !f->bit_size || (f->size <= 8 && f->bit_size <= 8 * f->size &&
				f->bit_offset <= 8 * f->size - f->bit_size);
}

/* Field @i and what is in it, in @room bytes and before field @end. */
static int check_field(const struct cbee__image *im, uint32_t i, uint64_t room, uint32_t end,
		       uint32_t depth, uint32_t strings)
{
	const struct cbee__image_field *f = &im->fields[i];
	uint32_t last = i + 1 + f->members;
	int err = 0;

	if (depth > MOST_DEPTH || f->members > end - i - 1 || !field_fits(f, room, strings))
		return -EINVAL;
	for (uint32_t in = i + 1; !err && in < last; in += 1 + im->fields[in].members)
		err = check_field(im, in, f->size, last, depth + 1, strings);
	return err;
}

static int check_layout(const struct cbee__image *im, uint32_t at, uint32_t size, uint32_t strings)
{
	const struct cbee__image_field *f = &im->fields[at];

	if (at == CBEE_IMAGE_NONE)
		return 0;
	if (at >= im->field_count || f->offset || f->bit_size)
		return -EINVAL;
	return check_field(im, at, size, im->field_count, 0, strings);
}

/* Nobody but the layout says how large a record is. */
static int check_record(const struct cbee__image *im, uint32_t at, uint32_t strings)
{
	if (at != CBEE_IMAGE_NONE && at < im->field_count && im->fields[at].count)
		return -EINVAL;
	return check_layout(im, at, at < im->field_count ? im->fields[at].size : 0, strings);
}

/* A template is no map of maps itself: so no map waits for itself. */
static int check_map(const struct cbee__image *im, uint32_t i, uint32_t strings)
{
	const struct cbee__image_map *m = &im->maps[i];

	if (m->name >= strings || m->slots > CBEE_SLOTS_LOG2 || m->counters > 1 ||
	    check_layout(im, m->layouts[CBEE_KEY], m->key_size, strings) ||
	    check_layout(im, m->layouts[CBEE_VALUE], m->value_size, strings) ||
	    check_record(im, m->layouts[CBEE_IMAGE_RECORD], strings))
		return -EINVAL;
	if (m->inner == CBEE_IMAGE_NONE)
		return 0;
	return m->inner < im->map_count && im->maps[m->inner].inner == CBEE_IMAGE_NONE ? 0
										       : -EINVAL;
}

static int check_ref(const struct cbee__image *im, const struct cbee__image_ref *r)
{
	uint32_t limit = r->kind == CBEE_IMAGE_REF_MAP ? im->map_count : im->const_count;

	if (r->kind > CBEE_IMAGE_REF_CONST || r->index >= limit || im->insn_count < 2 ||
	    r->insn > im->insn_count - 2)
		return -EINVAL;
	return (im->insns[r->insn] & 0xff) == LD_IMM64 ? 0 : -EINVAL;
}

static int check_records(const struct cbee__image *im, uint32_t strings)
{
	int err = 0;

	if (!strings || im->strings[strings - 1])
		return -EINVAL;
	for (uint32_t i = 0; !err && i < im->prog_count; i++)
		err = check_prog(im, i, strings);
	for (uint32_t i = 0; !err && i < im->map_count; i++)
		err = check_map(im, i, strings);
	for (uint32_t i = 0; !err && i < im->const_count; i++)
		err = im->consts[i] < strings ? 0 : -EINVAL;
	for (uint32_t i = 0; !err && i < im->ref_count; i++)
		err = check_ref(im, &im->refs[i]);
	return err;
}

int cbee__image_read(const void *bytes, size_t size, struct cbee__image *ret, struct cbee_err *err)
{
	const struct head *head = bytes;
	const void *at[SECTIONS];
	struct cbee__image im;

	if (find_sections(bytes, size, at))
		return cbee__err(err, -EINVAL, "not a whole cbee image (%zu bytes)", size);
	im = (struct cbee__image){
		.progs = at[PROGS],
		.maps = at[MAPS],
		.consts = at[CONSTS],
		.refs = at[REFS],
		.insns = at[INSNS],
		.fields = at[FIELDS],
		.strings = at[STRINGS],
		.prog_count = head->counts[PROGS],
		.map_count = head->counts[MAPS],
		.const_count = head->counts[CONSTS],
		.ref_count = head->counts[REFS],
		.insn_count = head->counts[INSNS],
		.field_count = head->counts[FIELDS],
		.kern_version = head->kern_version,
	};
	if (head->license >= head->counts[STRINGS] || check_records(&im, head->counts[STRINGS]))
		return cbee__err(err, -EINVAL, "a cbee image that contradicts itself");
	im.license = im.strings + head->license;
	*ret = im;
	return 0;
}

uint32_t cbee__image_string(struct cbee__image_writer *w, const char *str)
{
	size_t at = w->strings.len;

	cbee__buf_add(&w->strings, str, strlen(str) + 1);
	return (uint32_t)at;
}

uint32_t cbee__image_insn_count(const struct cbee__image_writer *w)
{
	return (uint32_t)(w->insns.len / sizeof(uint64_t));
}

void cbee__image_add_prog(struct cbee__image_writer *w, const char *name, const void *insns,
			  uint32_t count)
{
	struct cbee__image_prog p = {
		.name = cbee__image_string(w, name),
		.first = cbee__image_insn_count(w),
		.count = count,
	};

	cbee__buf_add(&w->insns, insns, (size_t)count * sizeof(uint64_t));
	cbee__buf_add(&w->progs, &p, sizeof(p));
}

void cbee__image_add_map(struct cbee__image_writer *w, const struct cbee__image_map *map)
{
	cbee__buf_add(&w->maps, map, sizeof(*map));
}

void cbee__image_add_const(struct cbee__image_writer *w, const char *name)
{
	uint32_t at = cbee__image_string(w, name);

	cbee__buf_add(&w->consts, &at, sizeof(at));
}

void cbee__image_add_ref(struct cbee__image_writer *w, const struct cbee__image_ref *ref)
{
	cbee__buf_add(&w->refs, ref, sizeof(*ref));
}

int cbee__image_finish(struct cbee__image_writer *w, const char *license, uint32_t kern_version,
		       struct cbee_buf *out)
{
	struct head head = { .magic = MAGIC, .version = VERSION, .kern_version = kern_version };
	struct cbee_buf *parts[SECTIONS] = { &w->progs, &w->maps,   &w->consts, &w->refs,
					     &w->insns, &w->fields, &w->strings };
	size_t start = out->len;
	int err = 0;

	head.license = cbee__image_string(w, license);
	cbee__buf_add(out, &head, sizeof(head));
	for (int i = 0; i < SECTIONS; i++) {
		head.counts[i] = (uint32_t)(parts[i]->len / record_size[i]);
		cbee__buf_add(out, parts[i]->data, parts[i]->len);
		cbee__buf_zero(out, aligned(out->len - start) - (out->len - start));
		err = err ? err : parts[i]->err;
		cbee__buf_free(parts[i]);
	}
	if (err || out->err)
		return -ENOMEM;
	head.size = (uint32_t)(out->len - start);
	memcpy(out->data + start, &head, sizeof(head));
	return 0;
}
