/* SPDX-License-Identifier: Apache-2.0 */
/* Reads BTF, the kernel's description of its own types, and of its modules'. */
#include "headers/btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "plain/buf.h"

#define MAGIC	    0xeb9f
#define SYSFS_MAGIC 0x62656572
#define CHAIN_MAX   64
#define KERNEL_BTF  "/sys/kernel/btf/vmlinux"

/* The header; what a newer format adds behind it is skipped by hdr_len. */
struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, type_off, type_len, str_off, str_len;
};

/* The kernel's own BTF is part 0; each module's adds one. */
struct part {
	void *data; /* owned, or NULL */
	size_t size;
	bool mapped;
	const uint32_t *types;
	uint32_t *at; /* where each type begins, in words of types */
	uint32_t first, count;
	const char *strs;
	uint32_t str_len;
};

struct cbee__btf {
	struct part *parts;
	unsigned int count;
	uint32_t end;
	bool flags_enums; /* its maker knew to mark signed enums */
};

/* Bytes behind the three words every type has, for the type and for each of its rows. */
static const struct {
	uint8_t fixed, row;
} extras[CBEE__BTF_KINDS] = {
	[CBEE__BTF_INT] = { 4, 0 },	 [CBEE__BTF_ARRAY] = { 12, 0 },
	[CBEE__BTF_STRUCT] = { 0, 12 },	 [CBEE__BTF_UNION] = { 0, 12 },
	[CBEE__BTF_ENUM] = { 0, 8 },	 [CBEE__BTF_FUNC_PROTO] = { 0, 8 },
	[CBEE__BTF_VAR] = { 4, 0 },	 [CBEE__BTF_DATASEC] = { 0, 12 },
	[CBEE__BTF_DECL_TAG] = { 4, 0 }, [CBEE__BTF_ENUM64] = { 0, 12 },
};

static uint32_t kind_of(uint32_t info)
{
	return info >> 24 & 0x1f;
}

static void part_free(struct part *p)
{
	if (p->mapped)
		munmap(p->data, p->size);
	else
		free(p->data);
	free(p->at);
}

void cbee__btf_free(struct cbee__btf *btf)
{
	if (!btf)
		return;
	for (unsigned int i = 0; i < btf->count; i++)
		part_free(&btf->parts[i]);
	free(btf->parts);
	free(btf);
}

/* Finds where each type begins; every one must lie inside the type section. */
static int index_types(struct cbee__btf *btf, struct part *p, uint32_t bytes)
{
	uint32_t words = bytes / 4, at = 0, n = 0;

	p->at = malloc((words / 3 + 1) * sizeof(*p->at));
	if (!p->at)
		return -ENOMEM;
	while (at < words) {
		uint32_t info, kind, need;

		if (words - at < 3)
			return -EINVAL;
		info = p->types[at + 1];
		kind = kind_of(info);
		if (kind == CBEE__BTF_VOID || kind >= CBEE__BTF_KINDS)
			return -EINVAL;
		need = 3 + extras[kind].fixed / 4 + (info & 0xffff) * (extras[kind].row / 4);
		if (need > words - at)
			return -EINVAL;
		if (kind == CBEE__BTF_ENUM && info >> 31)
			btf->flags_enums = true;
		p->at[n++] = at;
		at += need;
	}
	p->count = n;
	return 0;
}

/* Whether [@off, @off + @len) lies in what @size leaves behind the header. */
static bool inside(uint32_t off, uint32_t len, size_t size)
{
	return off <= size && len <= size - off;
}

static int part_parse(struct cbee__btf *btf, struct part *p, const void *data, size_t size)
{
	const struct header *h = data;
	const char *body;
	size_t left;

	if (size < sizeof(*h) || h->magic != MAGIC || h->version != 1 || h->hdr_len < sizeof(*h) ||
	    h->hdr_len > size)
		return -EINVAL;
	body = (const char *)data + h->hdr_len;
	left = size - h->hdr_len;
	if (!inside(h->type_off, h->type_len, left) || !inside(h->str_off, h->str_len, left))
		return -EINVAL;
	if (h->hdr_len % 4 || h->type_off % 4 || h->type_len % 4)
		return -EINVAL;
	p->types = (const uint32_t *)(const void *)(body + h->type_off);
	p->strs = body + h->str_off;
	p->str_len = h->str_len;
	if (!h->str_len || p->strs[h->str_len - 1])
		return -EINVAL;
	return index_types(btf, p, h->type_len);
}

/* Takes over @p->data; on failure frees it. */
static int part_add(struct cbee__btf *btf, struct part p, const void *data, size_t size)
{
	struct part *parts;
	int err = part_parse(btf, &p, data, size);

	if (!err && p.count >= UINT32_MAX - btf->end)
		err = -EINVAL;
	parts = err ? NULL : realloc(btf->parts, (btf->count + 1) * sizeof(*parts));
	if (!parts) {
		part_free(&p);
		return err ? err : -ENOMEM;
	}
	p.first = btf->end;
	btf->end += p.count;
	btf->parts = parts;
	parts[btf->count++] = p;
	return 0;
}

/* Maps or reads the file: only sysfs is mapped, other files may shrink under the mapping. */
static int part_load(struct part *p, const char *path)
{
	struct cbee_buf buf = { 0 };
	struct statfs fs;
	struct stat st;
	int err = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (!fstatfs(fd, &fs) && fs.f_type == SYSFS_MAGIC && !fstat(fd, &st) && st.st_size > 0) {
		p->data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		p->mapped = p->data != MAP_FAILED;
		p->size = (size_t)st.st_size;
	}
	if (!p->mapped) {
		err = cbee__buf_read_fd(&buf, fd);
		p->size = buf.len;
		p->data = cbee__buf_take(&buf);
	}
	close(fd);
	return err;
}

int cbee__btf_add(struct cbee__btf *btf, const char *path)
{
	struct part p = { 0 };
	int err = part_load(&p, path);

	if (err) {
		part_free(&p);
		return err;
	}
	return part_add(btf, p, p.data, p.size);
}

int cbee__btf_add_parse(struct cbee__btf *btf, const void *data, size_t size)
{
	return part_add(btf, (struct part){ 0 }, data, size);
}

static int btf_make(struct cbee__btf **ret_btf, const char *path, const void *data, size_t size)
{
	struct cbee__btf *btf = calloc(1, sizeof(*btf));
	int err;

	if (!btf)
		return -ENOMEM;
	btf->end = 1;
	err = path ? cbee__btf_add(btf, path) : cbee__btf_add_parse(btf, data, size);
	if (err)
		cbee__btf_free(btf);
	else
		*ret_btf = btf;
	return err;
}

int cbee__btf_open(struct cbee__btf **ret_btf, const char *path)
{
	return btf_make(ret_btf, path, NULL, 0);
}

int cbee__btf_parse(struct cbee__btf **ret_btf, const void *data, size_t size)
{
	return btf_make(ret_btf, NULL, data, size);
}

uint32_t cbee__btf_end(const struct cbee__btf *btf)
{
	return btf->end;
}

/* A string of a part: a module's offsets go on where the kernel's strings end. NULL: outside. */
static const char *string_at(const struct cbee__btf *btf, unsigned int part, uint32_t off)
{
	const struct part *base = &btf->parts[0], *p = &btf->parts[part];

	if (off < base->str_len)
		return base->strs + off;
	off -= base->str_len;
	return part && off < p->str_len ? p->strs + off : NULL;
}

/* An id as a part writes it, as this reader numbers it. Void stays 0. */
static uint32_t translate(const struct cbee__btf *btf, unsigned int part, uint32_t id)
{
	uint32_t base_end = btf->parts[0].count + 1;

	if (!part || id < base_end)
		return id;
	if (id - base_end >= btf->parts[part].count)
		return UINT32_MAX;
	return id - base_end + btf->parts[part].first;
}

static unsigned int part_of(const struct cbee__btf *btf, uint32_t id)
{
	unsigned int i = btf->count - 1;

	while (id < btf->parts[i].first)
		i--;
	return i;
}

static void read_details(const struct cbee__btf *btf, struct cbee__btf_type *t)
{
	const uint32_t *extra = t->rows;

	switch (t->kind) {
	case CBEE__BTF_INT:
		t->encoding = extra[0] >> 24 & 0x0f;
		t->bit_off = extra[0] >> 16 & 0xff;
		t->bits = extra[0] & 0xff;
		break;
	case CBEE__BTF_ARRAY:
		t->type = translate(btf, t->part, extra[0]);
		t->count = extra[2];
		break;
	case CBEE__BTF_STRUCT:
	case CBEE__BTF_UNION:
	case CBEE__BTF_ENUM:
	case CBEE__BTF_ENUM64:
	case CBEE__BTF_FLOAT:
	case CBEE__BTF_DATASEC:
		t->size = t->type;
		t->type = 0;
		break;
	default:
		t->type = translate(btf, t->part, t->type);
		break;
	}
	if (t->kind == CBEE__BTF_INT) {
		t->size = t->type;
		t->type = 0;
	}
}

int cbee__btf_type(const struct cbee__btf *btf, uint32_t id, struct cbee__btf_type *ret_type)
{
	const struct part *p;
	const uint32_t *words;

	if (!id) {
		*ret_type = (struct cbee__btf_type){ .name = "" };
		return 0;
	}
	if (id >= btf->end)
		return -EINVAL;
	*ret_type = (struct cbee__btf_type){ .id = id, .part = part_of(btf, id) };
	p = &btf->parts[ret_type->part];
	words = p->types + p->at[id - p->first];
	ret_type->kind = (enum cbee__btf_kind)kind_of(words[1]);
	ret_type->flag = words[1] >> 31;
	ret_type->count = words[1] & 0xffff;
	ret_type->type = words[2];
	ret_type->rows = words + 3;
	ret_type->name = string_at(btf, ret_type->part, words[0]);
	if (!ret_type->name)
		return -EINVAL;
	read_details(btf, ret_type);
	return 0;
}

int cbee__btf_resolve(const struct cbee__btf *btf, uint32_t id, struct cbee__btf_type *ret_type)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		int err = cbee__btf_type(btf, id, ret_type);

		if (err)
			return err;
		switch (ret_type->kind) {
		case CBEE__BTF_TYPEDEF:
		case CBEE__BTF_VOLATILE:
		case CBEE__BTF_CONST:
		case CBEE__BTF_RESTRICT:
		case CBEE__BTF_TYPE_TAG:
			id = ret_type->type;
			break;
		default:
			return 0;
		}
	}
	return -EINVAL;
}

/* Before kernel 5.0 a bitfield's place was written into an int type of its own. */
static int old_bitfield(const struct cbee__btf *btf, struct cbee__btf_member *m)
{
	struct cbee__btf_type t;
	int err = cbee__btf_resolve(btf, m->type, &t);

	if (err || t.kind != CBEE__BTF_INT)
		return err;
	if (t.bit_off || t.bits != t.size * 8) {
		m->bit_size = t.bits;
		m->bit_off += t.bit_off;
	}
	return 0;
}

int cbee__btf_member(const struct cbee__btf *btf, const struct cbee__btf_type *type, uint32_t i,
		     struct cbee__btf_member *ret_member)
{
	const uint32_t *row = type->rows + (size_t)i * 3;

	ret_member->name = string_at(btf, type->part, row[0]);
	ret_member->type = translate(btf, type->part, row[1]);
	ret_member->bit_off = type->flag ? row[2] & 0xffffff : row[2];
	ret_member->bit_size = type->flag ? row[2] >> 24 : 0;
	if (!ret_member->name || ret_member->type >= btf->end)
		return -EINVAL;
	return type->flag ? 0 : old_bitfield(btf, ret_member);
}

int cbee__btf_func(const struct cbee__btf *btf, uint32_t first, const char *name, uint32_t *ret_id)
{
	struct cbee__btf_type type;

	for (uint32_t id = first; id < cbee__btf_end(btf); id++) {
		if (cbee__btf_type(btf, id, &type) || type.kind != CBEE__BTF_FUNC ||
		    strcmp(type.name, name))
			continue;
		*ret_id = id;
		return 0;
	}
	return -ESRCH;
}

int cbee__btf_kernel_func(const char *name, uint32_t *ret_id)
{
	struct cbee__btf *btf;
	int err = cbee__btf_open(&btf, KERNEL_BTF);

	if (err)
		return err;
	err = cbee__btf_func(btf, 1, name, ret_id);
	cbee__btf_free(btf);
	return err;
}

/* With one module added, its types have the numbers that the kernel gives them. */
int cbee__btf_module_func(const char *module, const char *name, uint32_t *ret_id)
{
	struct cbee__btf *btf;
	char path[128];
	uint32_t first;
	int err;

	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", module);
	if (strchr(module, '/') || euidaccess(path, F_OK))
		return -ENOENT;
	err = cbee__btf_open(&btf, KERNEL_BTF);
	if (err)
		return err;
	first = cbee__btf_end(btf);
	err = cbee__btf_add(btf, path);
	if (!err)
		err = cbee__btf_func(btf, first, name, ret_id);
	cbee__btf_free(btf);
	return err;
}

bool cbee__btf_enum_signed(const struct cbee__btf *btf, const struct cbee__btf_type *type)
{
	return type->flag || (!btf->flags_enums && type->kind == CBEE__BTF_ENUM);
}

int cbee__btf_enumerator(const struct cbee__btf *btf, const struct cbee__btf_type *type, uint32_t i,
			 const char **ret_name, int64_t *ret_value)
{
	bool wide = type->kind == CBEE__BTF_ENUM64;
	const uint32_t *row = type->rows + (size_t)i * (wide ? 3 : 2);
	const char *name = string_at(btf, type->part, row[0]);

	if (!name)
		return -EINVAL;
	*ret_name = name;
	if (wide)
		*ret_value = (int64_t)((uint64_t)row[2] << 32 | row[1]);
	else if (cbee__btf_enum_signed(btf, type))
		*ret_value = (int32_t)row[1];
	else
		*ret_value = row[1];
	return 0;
}

int cbee__btf_param(const struct cbee__btf *btf, const struct cbee__btf_type *type, uint32_t i,
		    const char **ret_name, uint32_t *ret_type)
{
	const uint32_t *row = type->rows + (size_t)i * 2;
	const char *name = string_at(btf, type->part, row[0]);
	uint32_t id = translate(btf, type->part, row[1]);

	if (!name || id >= btf->end)
		return -EINVAL;
	*ret_name = name;
	*ret_type = id;
	return 0;
}

/* Sixteen bits out of the first three letters of a NUL-terminated name. */
static inline uint32_t mix(const char *name)
{
	uint32_t a = (uint8_t)name[0], b = a ? (uint8_t)name[1] : 0;
	uint32_t c = b ? (uint8_t)name[2] : 0;

	return (a ^ b << 5 ^ c << 10) & 0xffff;
}

void cbee__btf_filter_add(struct cbee__btf_filter *filter, const char *name, size_t len)
{
	char start[4] = { 0 };
	uint32_t bit;

	memcpy(start, name, len < 3 ? len : 3);
	bit = mix(start);
	filter->bits[bit / 8] |= (uint8_t)(1 << bit % 8);
}

bool cbee__btf_filter_has(const struct cbee__btf_filter *filter, const char *name)
{
	uint32_t bit = mix(name);

	return filter->bits[bit / 8] >> bit % 8 & 1;
}

/* What one walk needs at hand. */
struct search {
	const struct cbee__btf *btf;
	const struct cbee__btf_filter *filter;
	cbee__btf_found *found;
	void *ctx;
	unsigned int part;
};

static inline void offer(const struct search *s, const uint32_t *words, uint32_t name_off,
			 uint32_t id, int nth)
{
	const char *name = string_at(s->btf, s->part, name_off);

	if (name && *name && cbee__btf_filter_has(s->filter, name))
		s->found(s->ctx, (enum cbee__btf_kind)kind_of(words[1]), id, nth, name);
}

static void find_one(const struct search *s, const uint32_t *words, uint32_t id)
{
	uint32_t kind = kind_of(words[1]), step = kind == CBEE__BTF_ENUM64 ? 3 : 2;

	switch (kind) {
	case CBEE__BTF_ENUM:
	case CBEE__BTF_ENUM64:
		for (uint32_t i = 0; i < (words[1] & 0xffff); i++)
			offer(s, words, words[3 + (size_t)i * step], id, (int)i);
		/* fall through */
	case CBEE__BTF_STRUCT:
	case CBEE__BTF_UNION:
	case CBEE__BTF_FWD:
	case CBEE__BTF_TYPEDEF:
		offer(s, words, words[0], id, -1);
		break;
	default:
		break;
	}
}

void cbee__btf_find(const struct cbee__btf *btf, uint32_t first,
		    const struct cbee__btf_filter *filter, cbee__btf_found *found, void *ctx)
{
	struct search s = { .btf = btf, .filter = filter, .found = found, .ctx = ctx };

	for (s.part = 0; s.part < btf->count; s.part++) {
		const struct part *p = &btf->parts[s.part];
		uint32_t i = first > p->first ? first - p->first : 0;

		for (; i < p->count; i++)
			find_one(&s, p->types + p->at[i], p->first + i);
	}
}
