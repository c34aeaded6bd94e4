/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the function tables of programs and libraries, each once. */
#include "symbols/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Assembler may leave a function's size out; nothing that has none is longer. */
#define LONGEST (64u << 10)

/* A number of an inode is used again; a file that was written over is another one. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int take(void *ctx, const struct cbee__elf_sym *sym)
{
	struct cbee__table *t = ctx;
	struct cbee__place place = {
		.start = sym->offset,
		.size = sym->size < UINT32_MAX ? (uint32_t)sym->size : UINT32_MAX,
	};

	if (sym->code)
		cbee__table_add(t, &place, sym->name);
	return t->text.err;
}

static int read_elf(struct cbee__known_file *file, struct cbee__elf *elf)
{
	memcpy(file->build_id, cbee__elf_info(elf)->build_id, sizeof(file->build_id));
	cbee__elf_each(elf, take, &file->table);
	return cbee__table_sort(&file->table, LONGEST);
}

/* Fills in the table of @file. Not to be ELF, or damaged, is no failure. */
static int read_file(struct cbee__known_file *file, const struct cbee__file_at *at,
		     struct cbee_err *err)
{
	struct cbee__elf *elf = NULL, *again = NULL;
	int code = cbee__elf_open(&elf, at->path, NULL, err);

	if (!code && at->debug_root && cbee__elf_info(elf)->stripped) {
		code = cbee__elf_open(&again, at->path, at->debug_root, err);
		cbee__elf_free(elf);
		elf = again;
	}
	if (!code) {
		code = read_elf(file, elf);
		if (code)
			cbee__err_os(err, code, "cannot read the symbols of %.200s", at->path);
	} else if (code == -ENOEXEC || code == -EINVAL || code == -EISDIR) {
		code = 0;
	}
	cbee__elf_free(elf);
	return code;
}

static void file_free(struct cbee__known_file *file)
{
	if (!file)
		return;
	cbee__table_free(&file->table);
	free(file->name);
	free(file);
}

static int append(struct cbee__files *f, struct cbee__known_file *file)
{
	struct cbee__known_file **items;

	items = realloc(f->items, (f->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	f->items = items;
	items[f->count++] = file;
	return 0;
}

static int add(struct cbee__files *f, const struct cbee__file_at *at, const struct stat *key,
	       struct cbee__known_file **ret_file, struct cbee_err *err)
{
	struct cbee__known_file *file = calloc(1, sizeof(*file));
	int code = 0;

	if (file)
		file->name = strdup(at->name ? at->name : at->path);
	if (!file || !file->name)
		code = cbee__err_os(err, -ENOMEM, "cannot read %.200s", at->path);
	if (!code) {
		file->key = *key;
		code = read_file(file, at, err);
	}
	if (!code && append(f, file))
		code = cbee__err_os(err, -ENOMEM, "cannot read %.200s", at->path);
	if (code)
		file_free(file);
	else
		*ret_file = file;
	return code;
}

int cbee__files_get(struct cbee__files *f, const struct cbee__file_at *at,
		    struct cbee__known_file **ret_file, struct cbee_err *err)
{
	struct stat key;

	if (stat(at->path, &key))
		return cbee__err_os(err, -errno, "cannot open %.200s", at->path);
	for (size_t i = 0; i < f->count; i++)
		if (is_same(&f->items[i]->key, &key)) {
			*ret_file = f->items[i];
			return 0;
		}
	return add(f, at, &key, ret_file, err);
}

int cbee__files_get_image(struct cbee__files *f, const void *image, size_t size,
			  struct cbee__known_file **ret_file)
{
	int fd = memfd_create("cbee-image", MFD_CLOEXEC);
	struct cbee__known_file *known, *file;
	char path[64];
	int code;

	if (fd < 0)
		return -errno;
	file = calloc(1, sizeof(*file));
	code = !file ? -ENOMEM : write(fd, image, size) == (ssize_t)size ? 0 : -EIO;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!code)
		code = read_file(file, &(struct cbee__file_at){ .path = path }, NULL);
	close(fd);
	known = !code ? cbee__files_by_id(f, file->build_id) : NULL;
	if (!code && !known)
		code = append(f, file);
	if (code || known)
		file_free(file);
	if (!code)
		*ret_file = known ? known : file;
	return code;
}

struct cbee__known_file *cbee__files_by_id(const struct cbee__files *f, const char *build_id)
{
	for (size_t i = 0; i < f->count; i++) {
		const char *id = f->items[i]->build_id;
		size_t len = strlen(id);

		if (len && !strncmp(build_id, id, len) &&
		    !build_id[len + strspn(build_id + len, "0")])
			return f->items[i];
	}
	return NULL;
}

void cbee__files_free(struct cbee__files *f)
{
	for (size_t i = 0; i < f->count; i++)
		file_free(f->items[i]);
	free(f->items);
	*f = (struct cbee__files){ 0 };
}
