/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a module compiled by libbcc into an image. */
#include "export.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <bcc/bcc_common.h>
#include <cbee/map.h>

#include "compile/image.h"
#include "interpose.h"
#include "layout.h"
#include "macro.h"
#include "records.h"

#define LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

/* The index in the image of the map that libbcc knows by descriptor @fd, or -1. */
static int map_by_fd(void *module, int fd)
{
	size_t count = bpf_num_tables(module);
	int index = 0;

	for (size_t i = 0; i < count; i++) {
		if (cbee__cc_records_own(module, i))
			continue;
		if (bpf_table_fd_id(module, i) == fd)
			return index;
		index++;
	}
	return -1;
}

/* The template of map @i, by index. */
static uint32_t inner_of(void *module, size_t i)
{
	int inner = cbee__cc_inner(bpf_table_fd_id(module, i));
	int index = inner < 0 ? -1 : map_by_fd(module, inner);

	return index < 0 ? CBEE_IMAGE_NONE : (uint32_t)index;
}

static void add_maps(struct cbee__image_writer *w, void *module, const char *text)
{
	size_t count = bpf_num_tables(module);

	for (size_t i = 0; i < count; i++) {
		struct cbee__image_map map = {
			.type = (uint32_t)bpf_table_type_id(module, i),
			.key_size = (uint32_t)bpf_table_key_size_id(module, i),
			.value_size = (uint32_t)bpf_table_leaf_size_id(module, i),
			.max_entries = (uint32_t)bpf_table_max_entries_id(module, i),
			.flags = (uint32_t)bpf_table_flags_id(module, i),
			.inner = inner_of(module, i),
		};

		if (cbee__cc_records_own(module, i))
			continue;
		map.name = cbee__image_string(w, bpf_table_name(module, i));
		map.counters = cbee__cc_counters(text, bpf_table_name(module, i));
		map.slots = cbee__cc_slots(text, bpf_table_name(module, i),
					   map.type == BPF_MAP_TYPE_HASH ? 0 : map.max_entries);
		map.layouts[CBEE_KEY] = cbee__cc_layout(w, bpf_table_key_desc_id(module, i),
							map.key_size);
		map.layouts[CBEE_VALUE] = cbee__cc_layout(w, bpf_table_leaf_desc_id(module, i),
							  map.value_size);
		map.layouts[CBEE_IMAGE_RECORD] = cbee__cc_records_layout(w, module, i);
		cbee__image_add_map(w, &map);
	}
}

/* Notes what the instruction at @insns, number @at of the image, refers to. */
static int add_ref(struct cbee__image_writer *w, void *module, const struct bpf_insn *insn,
		   uint32_t at, uint32_t const_count)
{
	struct cbee__image_ref ref = { .insn = at };
	int map;

	if (insn->src_reg == BPF_PSEUDO_MAP_FD) {
		map = map_by_fd(module, insn->imm);
		if (map < 0)
			return -EINVAL;
		ref.kind = CBEE_IMAGE_REF_MAP;
		ref.index = (uint32_t)map;
	} else if (!insn->src_reg && (uint32_t)insn[1].imm == CBEE_IMAGE_CONST_MARK &&
		   (uint32_t)insn->imm < const_count) {
		ref.kind = CBEE_IMAGE_REF_CONST;
		ref.index = (uint32_t)insn->imm;
	} else {
		return 0;
	}
	cbee__image_add_ref(w, &ref);
	return 0;
}

static int add_prog(struct cbee__image_writer *w, void *module, size_t id, uint32_t const_count)
{
	const struct bpf_insn *insns = bpf_function_start_id(module, id);
	uint32_t count = (uint32_t)(bpf_function_size_id(module, id) / sizeof(*insns));
	uint32_t first = cbee__image_insn_count(w);
	int err = 0;

	cbee__image_add_prog(w, bpf_function_name(module, id), insns, count);
	for (uint32_t i = 0; !err && i + 1 < count; i++) {
		if (insns[i].code != LD_IMM64)
			continue;
		err = add_ref(w, module, &insns[i], first + i, const_count);
		i++;
	}
	return err;
}

int cbee__cc_export(void *module, const struct cbee__cc_text *text, struct cbee_buf *out)
{
	const char *consts = text->consts;
	struct cbee__image_writer w = { 0 };
	const char *license = bpf_module_license(module);
	size_t count = bpf_num_functions(module);
	int err = 0, finished;

	add_maps(&w, module, text->text);
	for (uint32_t i = 0; i < text->const_count; i++, consts += strlen(consts) + 1)
		cbee__image_add_const(&w, consts);
	for (size_t i = 0; !err && i < count; i++)
		err = add_prog(&w, module, i, text->const_count);
	finished = cbee__image_finish(&w, license ? license : "GPL",
				      bpf_module_kern_version(module), out);
	return err ? err : finished;
}
