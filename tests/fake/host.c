/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for cbee-cc, for the lists of functions, for /sys and for namespaces. */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cbee/map.h>

#include "../../src/cc/wire.h"
#include "compile/compile.h"
#include "plain/err.h"
#include "symbols/func.h"
#include "compile/image.h"
#include "state.h"

int __real_euidaccess(const char *path, int mode);
FILE *__real_fopen(const char *path, const char *mode);
char *__real_strdup(const char *str);
void *__real_realloc(void *old, size_t size);

int __wrap_euidaccess(const char *path, int mode);
FILE *__wrap_fopen(const char *path, const char *mode);
bool __wrap_cbee__pidns_is_own(void);
int __wrap_unshare(int flags);
int __wrap_mount(const char *from, const char *to, const char *type, unsigned long flags,
		 const void *data);
int __wrap_cbee__cc_start(struct cbee__cc *cc, struct cbee_err *err);
int __wrap_cbee__compile(struct cbee__cc *cc, const struct cbee__compile_job *job,
			 struct cbee_buf *image, struct cbee__compile_info *ret_info,
			 struct cbee_err *err);
int __wrap_cbee__func_find(const char *spec, const struct cbee__func_opts *opts,
			   struct cbee__funcs *funcs, struct cbee_err *err);

/* ---- the compiler ----------------------------------------------------- */

void fake_add_prog(const char *name)
{
	snprintf(fake.progs[fake.prog_count++], sizeof(fake.progs[0]), "%s", name);
}

void fake_add_const(const char *name)
{
	snprintf(fake.consts[fake.const_count++], sizeof(fake.consts[0]), "%s", name);
}

void fake_add_map(const char *name, uint32_t type, uint32_t key, uint32_t value, uint32_t entries)
{
	struct map_row *row = &fake.maps[fake.map_count++];

	snprintf(row->name, sizeof(row->name), "%s", name);
	row->type = type;
	row->key = key;
	row->value = value;
	row->entries = entries;
}

void fake_set_layouts(const struct cbee_field *key, const struct cbee_field *value)
{
	fake.maps[fake.map_count - 1].key_layout = key;
	fake.maps[fake.map_count - 1].value_layout = value;
}

void fake_set_record(const struct cbee_field *record)
{
	fake.maps[fake.map_count - 1].record_layout = record;
}

void fake_set_slots(uint32_t slots)
{
	fake.maps[fake.map_count - 1].slots = slots;
}

void fake_set_counters(void)
{
	fake.maps[fake.map_count - 1].counters = 1;
}

void fake_set_image(const void *bytes, size_t size)
{
	fake.image = bytes;
	fake.image_size = size;
}

static void add_load(struct cbee__image_writer *w, uint32_t insn, uint32_t kind, uint32_t index)
{
	struct cbee__image_ref ref = { insn, kind, index };

	cbee__image_add_ref(w, &ref);
}

/* The index of the whole; the fields up to the end of its members. */
static uint32_t add_layout(struct cbee__image_writer *w, const struct cbee_field *f)
{
	uint32_t at = (uint32_t)(w->fields.len / sizeof(struct cbee__image_field));

	for (uint32_t i = 0; f && i <= f[0].members; i++) {
		struct cbee__image_field field = { cbee__image_string(w, f[i].name),
						   f[i].kind,
						   f[i].offset,
						   f[i].size,
						   f[i].count,
						   f[i].bit_offset,
						   f[i].bit_size,
						   f[i].members };

		cbee__buf_add(&w->fields, &field, sizeof(field));
	}
	return f ? at : CBEE_IMAGE_NONE;
}

/* A map of maps has the map before it as its template. */
static uint32_t inner_of(uint32_t i)
{
	uint32_t type = fake.maps[i].type;

	return i && (type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS)
		       ? i - 1
		       : CBEE_IMAGE_NONE;
}

static int write_image(struct cbee_buf *out)
{
	struct cbee__image_writer w = { 0 };
	uint64_t insns[4 * FAKE_NAMES + 2] = { 0 };
	uint32_t count = 2 * (fake.const_count + fake.map_count);

	for (uint32_t i = 0; i < count; i += 2)
		insns[i] = 0x18;
	insns[count] = 0xb7;
	insns[count + 1] = 0x95;
	for (uint32_t p = 0; p < fake.prog_count; p++) {
		uint32_t at = cbee__image_insn_count(&w);

		cbee__image_add_prog(&w, fake.progs[p], insns, count + 2);
		for (uint32_t i = 0; i < fake.const_count; i++)
			add_load(&w, at + 2 * i, CBEE_IMAGE_REF_CONST, i);
		for (uint32_t i = 0; i < fake.map_count; i++)
			add_load(&w, at + 2 * (fake.const_count + i), CBEE_IMAGE_REF_MAP, i);
	}
	for (uint32_t i = 0; i < fake.const_count; i++)
		cbee__image_add_const(&w, fake.consts[i]);
	for (uint32_t i = 0; i < fake.map_count; i++) {
		const struct map_row *row = &fake.maps[i];
		struct cbee__image_map map = { .name = cbee__image_string(&w, row->name),
					       .type = row->type,
					       .key_size = row->key,
					       .value_size = row->value,
					       .max_entries = row->entries,
					       .layouts = { add_layout(&w, row->key_layout),
							    add_layout(&w, row->value_layout),
							    add_layout(&w, row->record_layout) },
					       .slots = row->slots,
					       .counters = row->counters,
					       .inner = inner_of(i) };

		cbee__image_add_map(&w, &map);
	}
	return cbee__image_finish(&w, "GPL", fake.version, out);
}

int __wrap_cbee__cc_start(struct cbee__cc *cc, struct cbee_err *err)
{
	int e = fake_step("cc_start");

	*cc = (struct cbee__cc){ 0 };
	return e ? cbee__err_os(err, -e, "cannot start the compiler") : 0;
}

int __wrap_cbee__compile(struct cbee__cc *cc, const struct cbee__compile_job *job,
			 struct cbee_buf *image, struct cbee__compile_info *ret_info,
			 struct cbee_err *err)
{
	int e = fake_step("compile %s", job->name);

	(void)cc;
	for (int i = 0; i < CBEE_WIRE_TEXTS && !e; i++)
		if (job->debug & cbee__wire_texts[i]) {
			cbee__buf_fmt(&job->texts[i], "text %u", cbee__wire_texts[i]);
			e = -job->texts[i].err;
		}
	*ret_info = (struct cbee__compile_info){ .from_btf = true, .made = 42 };
	if (e)
		return cbee__err_os(err, -e, "cannot compile %s", job->name);
	if (fake.image)
		cbee__buf_add(image, fake.image, fake.image_size);
	else
		e = write_image(image);
	e = e ? e : image->err;
	return e ? cbee__err_os(err, e, "cannot compile %s", job->name) : 0;
}

/* ---- files, namespaces, functions ------------------------------------- */

void fake_file(const char *path, const char *line)
{
	int at = -1;

	for (int i = FAKE_NAMES - 1; i >= 0; i--)
		if (!fake.files[i].path[0] || !strcmp(fake.files[i].path, path))
			at = at >= 0 && !strcmp(fake.files[at].path, path) ? at : i;
	if (at < 0)
		abort();
	snprintf(fake.files[at].path, sizeof(fake.files[0].path), "%s", line ? path : "-");
	snprintf(fake.files[at].line, sizeof(fake.files[0].line), "%s", line ? line : "");
}

/* What every machine has unless a test says otherwise. */
static const char *usual_line(const char *path)
{
	static const char *const usual[][2] = {
		{ "/proc/self/uid_map", "0 0 4294967295\n" },
		{ "/proc/sys/kernel/perf_event_paranoid", "2\n" },
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (!strcmp(usual[i][0], path))
			return usual[i][1];
	return NULL;
}

/* Events that a list makes have numbers from 1000 on. */
static const char *event_id(const char *path)
{
	const char *event = strrchr(path, 'e');

	if (fake_step("open id of %s", event))
		return NULL;
	snprintf(fake.id, sizeof(fake.id), "%d\n", 1000 + atoi(event + 1));
	return fake.id;
}

static const char *file_line(const char *path)
{
	if (fake_begins(path, "/sys/kernel/tracing/events/cbee_"))
		return event_id(path);
	for (int i = 0; i < FAKE_NAMES; i++)
		if (!strcmp(fake.files[i].path, path))
			return fake.files[i].line;
	errno = ENOENT;
	return NULL;
}

void fake_own_pidns(void)
{
	fake.own_pidns = true;
}

bool __wrap_cbee__pidns_is_own(void)
{
	return fake.own_pidns;
}

int __wrap_euidaccess(const char *path, int mode)
{
	if (!fake_begins(path, "/sys/"))
		return __real_euidaccess(path, mode);
	return file_line(path) ? 0 : -1;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	const char *line;
	FILE *file;

	if (!fake_begins(path, "/sys/") && !usual_line(path))
		return __real_fopen(path, mode);
	line = file_line(path);
	line = line ? line : usual_line(path);
	if (!line)
		return NULL;
	file = tmpfile();
	if (!file || fputs(line, file) < 0)
		abort();
	rewind(file);
	return file;
}

int __real_scandir(const char *path, struct dirent ***list, int (*keep)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **));
int __wrap_scandir(const char *path, struct dirent ***list, int (*keep)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **));

void fake_tracefs(const char *folder)
{
	snprintf(fake.tracefs, sizeof(fake.tracefs), "%s", folder);
}

int __wrap_scandir(const char *path, struct dirent ***list, int (*keep)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **))
{
	static const char tracefs[] = "/sys/kernel/tracing";
	char real[512];

	if (!fake_begins(path, tracefs))
		return __real_scandir(path, list, keep, compare);
	if (fake_step("scandir %s", path))
		return -1;
	snprintf(real, sizeof(real), "%s%s", fake.tracefs, path + strlen(tracefs));
	return __real_scandir(real, list, keep, compare);
}

int __wrap_unshare(int flags)
{
	return fake_step("unshare %d", flags) ? -1 : 0;
}

int __wrap_mount(const char *from, const char *to, const char *type, unsigned long flags,
		 const void *data)
{
	(void)data;
	if (fake_step("mount %s %s %s %lu", from ? from : "-", to, type ? type : "-", flags))
		return -1;
	if (type && !strcmp(type, "bpf"))
		fake.bpffs = true;
	else if (type)
		fake_file("/sys/kernel/tracing/events", "");
	return 0;
}

static char *copied(const char *from, size_t len)
{
	char text[128];

	snprintf(text, sizeof(text), "%.*s", (int)len, from);
	return __real_strdup(text);
}

/* "a,b" are two kernel functions, "PATH:a,b" two at 0x1000 and 0x2000 of the file. */
int __wrap_cbee__func_find(const char *spec, const struct cbee__func_opts *opts,
			   struct cbee__funcs *funcs, struct cbee_err *err)
{
	const char *colon = strchr(spec, ':'), *at = colon ? colon + 1 : spec;
	int e = fake_step("func_find %s pid=%d", spec, opts->pid);
	bool go = !strncmp(spec, "/go/", 4) || strstr(spec, ".go:");

	if (e)
		return cbee__err(err, -e, "no function '%s'", spec);
	for (uint64_t n = 1;; n++) {
		size_t len = strcspn(at, ",");
		struct cbee__func *item;

		funcs->items = __real_realloc(funcs->items,
					      (funcs->count + 1) * sizeof(*funcs->items));
		item = &funcs->items[funcs->count++];
		*item = (struct cbee__func){ .name = copied(at, len),
					     .symbol = copied(at, len),
					     .user = colon != NULL,
					     .go = go,
					     .size = go ? 0x20 : 0 };
		if (colon) {
			item->module_or_path = copied(spec, (size_t)(colon - spec));
			item->offset = n * 0x1000;
		}
		if (!at[len])
			return 0;
		at += len + 1;
	}
}
