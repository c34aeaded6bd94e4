/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the stacks that a map has collected, and writes them with names. */
#include <cbee/sym.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include "maps/map.h"
#include "plain/json.h"
#include "symbols/names.h"

_Static_assert(CBEE_BUILD_ID == BPF_BUILD_ID_SIZE, "the kernel's build ids");

/* ---- walking ---------------------------------------------------------- */

static bool by_build_id(const struct cbee_map *m)
{
	return m->info.flags & BPF_F_STACK_BUILD_ID;
}

/* What a negative id says. */
static int no_stack(struct cbee_map *m, int32_t id)
{
	switch (id) {
	case -EFAULT:
		return cbee__err(m->err, id,
				 "there was no stack to keep in map '%s': a thread of the kernel "
				 "has none in user space",
				 m->name);
	case -EEXIST:
		cbee__err(m->err, id, "the stack was not kept: another has its place in map '%s'",
			  m->name);
		cbee__err_hint(m->err, "give the map more entries, or BPF_F_REUSE_STACKID to "
				       "get_stackid(), by which the newer stack stays");
		return id;
	case -ENOMEM:
		cbee__err(m->err, id, "the stack was not kept: map '%s' is full", m->name);
		cbee__err_hint(m->err, "give the map more entries, or delete stacks from it");
		return id;
	default:
		return cbee__err_os(m->err, id, "no stack was kept in map '%s'", m->name);
	}
}

/* The frame at place @i of a value; false when the place is empty. */
static bool frame_at(const struct cbee_map *m, const char *value, size_t i,
		     struct cbee_frame *frame)
{
	const struct bpf_stack_build_id *place = (const void *)value;

	*frame = (struct cbee_frame){ .address = 0 };
	if (!by_build_id(m)) {
		frame->address = ((const uint64_t *)(const void *)value)[i];
		return frame->address;
	}
	place += i;
	if (place->status == BPF_STACK_BUILD_ID_VALID) {
		frame->build_id = place->build_id;
		frame->offset = place->offset;
	} else if (place->status == BPF_STACK_BUILD_ID_IP) {
		frame->address = place->ip;
	}
	return frame->build_id || frame->address;
}

/*
 * Empty places are passed over, and do not end the stack: on PowerPC a frame
 * that has not stored where it returns to leaves one.
 */
static void walk(const struct cbee_map *m, const char *value,
		 bool (*each)(void *arg, const struct cbee_frame *frame), void *arg)
{
	size_t size = by_build_id(m) ? sizeof(struct bpf_stack_build_id) : sizeof(uint64_t);
	struct cbee_frame frame;

	for (size_t i = 0; i < m->info.value_size / size; i++)
		if (frame_at(m, value, i, &frame) && !each(arg, &frame))
			return;
}

int cbee_stack_walk(struct cbee_map *m, int32_t id,
		    bool (*each)(void *arg, const struct cbee_frame *frame), void *arg)
{
	int err = cbee__map_ready(m);
	char *value;

	if (err)
		return err;
	if (m->info.type != BPF_MAP_TYPE_STACK_TRACE)
		return cbee__err(m->err, -EINVAL, "map '%s' is not one of stacks", m->name);
	if (id < 0)
		return no_stack(m, id);
	value = malloc(m->info.value_size + 1);
	if (!value)
		return cbee__map_answer(m, -ENOMEM, "read from");
	err = cbee_map_get(m, &id, sizeof(id), value, m->info.value_size);
	if (!err)
		walk(m, value, each, arg);
	else if (err == -ENOENT)
		cbee__err(m->err, err, "there is no stack %d in map '%s'", id, m->name);
	free(value);
	return err;
}

/* ---- names ------------------------------------------------------------ */

struct writer {
	struct cbee *c;
	const struct cbee_stack_opts *opts;
	struct cbee__names_asked asked;
	struct cbee_buf out, starts; /* starts: size_t, where in out each frame begins */
	struct cbee_json json;
	bool later; /* not the first frame */
	int code;
};

/*
 * The first frame is where the thread is, the others are behind a call: looked up
 * is a byte of that, for it may be the last of its function.
 */
static bool look_up(struct writer *w, const struct cbee_frame *frame, struct cbee_sym *sym)
{
	unsigned int back = w->later;
	int code;

	if (frame->build_id)
		code = cbee__names_by_id(w->c, frame->build_id, frame->offset - back, sym, NULL);
	else
		code = cbee__names_answer(&w->asked, frame->address - back, sym, NULL);
	sym->offset += back;
	w->later = true;
	if (code == -ENOMEM)
		w->code = code;
	return !w->code;
}

static bool write_frame(void *arg, const struct cbee_frame *frame)
{
	struct writer *w = arg;
	const char *indent = w->opts->indent ? w->opts->indent : "    ";
	struct cbee_sym sym;
	size_t start = w->out.len;

	if (!look_up(w, frame, &sym))
		return false;
	cbee__buf_add(&w->starts, &start, sizeof(start));
	if (!w->opts->folded)
		cbee__buf_str(&w->out, indent);
	cbee__sym_write(&w->out, &sym, &w->opts->show);
	cbee__buf_char(&w->out, w->opts->folded ? '\0' : '\n');
	return true;
}

/* Turns the names around and puts a `;` between them. */
static void fold(struct writer *w)
{
	const size_t *starts = (const void *)w->starts.data;
	size_t count = w->starts.len / sizeof(*starts);
	struct cbee_buf folded = { 0 };

	if (w->out.err || w->starts.err)
		return;
	for (size_t i = 0; i < w->out.len; i++)
		if (w->out.data[i] == ';')
			w->out.data[i] = ':';
	for (size_t i = count; i-- > 0;) {
		cbee__buf_str(&folded, w->out.data + starts[i]);
		if (i)
			cbee__buf_char(&folded, ';');
	}
	cbee__buf_free(&w->out);
	w->out = folded;
}

static void write_text_or_null(struct cbee_json *j, const char *key, const char *text)
{
	if (text)
		cbee__json_str(j, key, text, strlen(text));
	else
		cbee__json_null(j, key);
}

static void write_where(struct cbee_json *j, const struct cbee_frame *frame)
{
	char text[2 * CBEE_BUILD_ID + 1];

	if (!frame->build_id) {
		/* not a number: JSON's are exact up to 53 bits only */
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)frame->address);
		write_text_or_null(j, "address", text);
		return;
	}
	for (size_t i = 0; i < CBEE_BUILD_ID; i++)
		snprintf(text + 2 * i, 3, "%02x", frame->build_id[i]);
	write_text_or_null(j, "build_id", text);
	cbee__json_u64(j, "file_offset", frame->offset);
}

static bool write_json(void *arg, const struct cbee_frame *frame)
{
	struct writer *w = arg;
	struct cbee_sym sym;

	if (!look_up(w, frame, &sym))
		return false;
	cbee__json_begin_object(&w->json, NULL);
	write_where(&w->json, frame);
	write_text_or_null(&w->json, "name", w->opts->show.symbol ? sym.symbol : sym.name);
	if (sym.name || sym.module)
		cbee__json_u64(&w->json, "offset", sym.offset);
	else
		cbee__json_null(&w->json, "offset");
	write_text_or_null(&w->json, "module", sym.module);
	cbee__json_end_object(&w->json);
	return true;
}

static int begin(struct writer *w, struct cbee_map *m)
{
	/* without its process a stack has addresses only */
	if (cbee__names_ask(w->c, w->opts->pid, &w->asked, NULL) == -ENOMEM)
		return cbee__map_answer(m, -ENOMEM, "name the stacks of");
	return 0;
}

/* Gives the caller what was written, unless @err or something else went wrong. */
static int end(struct writer *w, struct cbee_map *m, int err, char **ret_text)
{
	if (!w->out.data)
		cbee__buf_str(&w->out, "");
	if (!err && !w->code)
		w->code = w->out.err ? w->out.err : w->starts.err;
	if (!err && w->code)
		err = cbee__map_answer(m, w->code, "name the stacks of");
	if (!err)
		*ret_text = cbee__buf_take(&w->out);
	cbee__buf_free(&w->out);
	cbee__buf_free(&w->starts);
	return err;
}

int cbee_stack_text(struct cbee *c, struct cbee_map *m, int32_t id,
		    const struct cbee_stack_opts *opts, char **ret_text)
{
	static const struct cbee_stack_opts usual;
	struct writer w = { .c = c, .opts = opts ? opts : &usual };
	int err = cbee__map_ready(m);

	if (!err)
		err = begin(&w, m);
	if (!err)
		err = cbee_stack_walk(m, id, write_frame, &w);
	if (!err && w.opts->folded)
		fold(&w);
	return end(&w, m, err, ret_text);
}

int cbee_stack_json(struct cbee *c, struct cbee_map *m, int32_t id,
		    const struct cbee_stack_opts *opts, char **ret_json)
{
	static const struct cbee_stack_opts usual;
	struct writer w = { .c = c, .opts = opts ? opts : &usual };
	int err = cbee__map_ready(m);

	if (!err)
		err = begin(&w, m);
	cbee__json_init(&w.json, &w.out);
	cbee__json_begin_array(&w.json, NULL);
	if (!err)
		err = cbee_stack_walk(m, id, write_json, &w);
	cbee__json_end_array(&w.json);
	return end(&w, m, err, ret_json);
}
