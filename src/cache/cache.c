/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps images, and finds the one of a text as long as nothing that it was made from has changed. */
#include "cache/cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cache/entry.h"
#include "cache/store.h"
#include "compile/cc.h"
#include "compile/source.h"
#include "plain/err.h"

extern char **environ;

/* Variables that change what libbcc or the loader of libraries does. */
static bool is_told(const char *variable)
{
	return !strncmp(variable, "BCC_", 4) || !strncmp(variable, "ARCH=", 5) ||
	       !strncmp(variable, "LD_", 3);
}

bool cbee__cache_init(struct cbee__cache *cache, const struct cbee__source *source,
		      const char *const *flags, unsigned int flag_count)
{
	struct cbee_buf library = { 0 };
	XXH128_hash_t sum;
	XXH3_state_t state;

	if (!cbee__flags_are_plain(flags, flag_count))
		return false;
	cbee__cc_library(&library);
	XXH3_128bits_reset(&state);
	XXH3_128bits_update(&state, CBEE_VERSION, sizeof(CBEE_VERSION));
	XXH3_128bits_update(&state, library.data ? library.data : "", library.len);
	cbee__buf_free(&library);
	XXH3_128bits_update(&state, source->text.data, source->text.len + 1);
	for (unsigned int i = 0; i < flag_count; i++)
		XXH3_128bits_update(&state, flags[i], strlen(flags[i]) + 1);
	for (char **v = environ; v && *v; v++)
		if (is_told(*v))
			XXH3_128bits_update(&state, *v, strlen(*v) + 1);
	sum = XXH3_128bits_digest(&state);
	*cache = (struct cbee__cache){ .root = "", .since = time(NULL) };
	snprintf(cache->name, sizeof(cache->name), "%016llx%016llx.image",
		 (unsigned long long)sum.high64, (unsigned long long)sum.low64);
	return true;
}

int cbee__cache_check(const struct cbee__cache *cache, const struct cbee__entry *e,
		      struct cbee_err *err)
{
	for (uint32_t i = 0; i < e->input_count; i++) {
		enum cbee__input_kind kind = (enum cbee__input_kind)e->inputs[i].kind;
		const char *name = e->strings + e->inputs[i].name;
		uint64_t digest;

		if (!cbee__input_digest(kind, name, cache->root, cache->tracefs, &digest) &&
		    digest == e->inputs[i].digest)
			continue;
		return cbee__err(err, -ESTALE, "%s%s%.200s is not what it was",
				 cbee__input_kind_name(kind), *name ? " " : "", name);
	}
	return 0;
}

static int take_image(const struct cbee__cache *cache, const struct cbee_buf *bytes,
		      struct cbee_buf *image, struct cbee_err *err)
{
	struct cbee__entry entry;
	int code = cbee__entry_read(bytes->data, bytes->len, &entry);

	if (code)
		return cbee__err(err, code, "%s is damaged or of another version", cache->name);
	code = cbee__cache_check(cache, &entry, err);
	if (!code)
		cbee__buf_add(image, entry.image, entry.image_len);
	return code ? code : image->err;
}

int cbee__cache_get(const struct cbee__cache *cache, struct cbee_buf *image, struct cbee_err *err)
{
	int code, dir = cbee__store_open_ours(false, err);
	struct cbee_buf bytes = { 0 };

	if (dir < 0)
		return dir;
	code = cbee__store_read(dir, cache->name, &bytes);
	if (code == -ENOENT)
		cbee__err(err, code, "the cache does not have it");
	else if (code == -EPERM)
		cbee__err(err, code, "%s is not used: others may have written it", cache->name);
	else if (code)
		cbee__err_os(err, code, "cannot read %s", cache->name);
	else
		code = take_image(cache, &bytes, image, err);
	if (!code)
		cbee__store_touch(dir, cache->name);
	close(dir);
	cbee__buf_free(&bytes);
	return code;
}

/* Notes what the inputs are; failures have their sentence. */
static int add_inputs(const struct cbee__cache *cache, struct cbee__entry_writer *w,
		      const struct cbee__cache_input *inputs, unsigned int count,
		      struct cbee_err *err)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct cbee__cache_input *in = &inputs[i];
		uint64_t digest;
		int code = cbee__input_digest(in->kind, in->name, cache->root, cache->tracefs,
					      &digest);

		if (!code && cbee__input_touched(in->kind, in->name, cache->root, cache->since))
			return cbee__err(err, -ESTALE,
					 "cannot keep it in the cache: %s %.200s is too new",
					 cbee__input_kind_name(in->kind), in->name);
		if (code)
			return cbee__err_os(err, code, "cannot keep it in the cache: %s %.200s",
					    cbee__input_kind_name(in->kind), in->name);
		cbee__entry_add(w, in->kind, in->name, digest);
	}
	return 0;
}

int cbee__cache_put(const struct cbee__cache *cache, const char *title,
		    const struct cbee_buf *image, const struct cbee__cache_input *inputs,
		    unsigned int count, struct cbee_err *err)
{
	struct cbee__entry_writer w = { 0 };
	struct cbee_buf bytes = { 0 };
	int dir, code = add_inputs(cache, &w, inputs, count, err);

	if (code) {
		cbee__entry_free(&w);
		return code;
	}
	code = cbee__entry_finish(&w, title, image, &bytes);
	if (code)
		cbee__err_os(err, code, "cannot keep it in the cache");
	dir = code ? code : cbee__store_open_ours(true, err);
	if (dir >= 0) {
		code = cbee__store_write(dir, cache->name, &bytes);
		if (code)
			cbee__err_os(err, code, "cannot write %s to the cache", cache->name);
		close(dir);
	}
	cbee__buf_free(&bytes);
	return dir < 0 ? dir : code;
}
