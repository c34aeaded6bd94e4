/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that work on a map share. */
#ifndef CBEE_MAPS_MAP_H
#define CBEE_MAPS_MAP_H

#include <cbee/map.h>

#include "plain/buf.h"
#include "plain/err.h"

#define CBEE__ENOTSUPP 524 /* the kernel's own, which no header of users' has */

struct cbee_map {
	const char *name; /* in the image, or one of its own */
	struct cbee_map_info info;
	int fd;				     /* -1 until created */
	struct cbee *owner;		     /* NULL: it stands alone */
	struct cbee_err *err;		     /* the owner's, or its own */
	const struct cbee_map *inner;	     /* maps of maps: the template; belongs to the owner */
	const struct cbee_field *layouts[2]; /* by enum cbee_part; NULL: not known */
	const struct cbee_field *record;     /* of a stream's records; NULL: not known */
	enum cbee_slots slots;
	bool counters; /* a perf event array, and no stream */

	uint32_t types[2]; /* while it is made: ids of its BTF; 0: none */

	/* of a map that stands alone */
	struct cbee_field *own_layouts[2];
	char *own_name;
	struct cbee_err own_err;
	struct cbee_error shown;
	void (*say)(void *arg, const char *line);
	void *say_arg;
};

/* 0 when calls on it make sense; -ENOENT for NULL, -EBADF when there is no map yet. */
int cbee__map_ready(struct cbee_map *m);

/* The same, and whether these are its sizes; @value_size may be NULL. */
int cbee__map_check(struct cbee_map *m, size_t key_size, const size_t *value_size);

/* What a call of BCC returned: 0, or the negative errno with "cannot @verb map 'x'". */
int cbee__map_answer(struct cbee_map *m, int ret, const char *verb);

/* Whether values are one per CPU; whether every entry below max_entries always exists. */
bool cbee__map_per_cpu(const struct cbee_map *m);
bool cbee__map_is_array(const struct cbee_map *m);

/* Whether that errno says that the kernel has no such call for this kind of map. */
bool cbee__map_lacks(int err);

/* Passes a line to the log of the owner, or to its own. */
void cbee__map_say(struct cbee_map *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The integer of 1, 2, 4 or 8 bytes at @data. */
uint64_t cbee__map_uint(const void *data, size_t size);

/* The sum over all CPUs of a value that cbee_map_get() has read. */
uint64_t cbee__map_total(const struct cbee_map *m, const void *value);

/* Appends each key there is, once. 0 or a negative errno with its sentence. */
int cbee__map_keys(struct cbee_map *m, struct cbee_buf *keys, const char *verb);

/*
 * Appends keys and values (NULL: not wanted) with few calls, and takes them out
 * if so asked. A negative errno without a sentence; -EOPNOTSUPP, with nothing
 * done: this kernel has no such call for this kind of map.
 */
int cbee__map_read_batches(struct cbee_map *m, bool take, struct cbee_buf *keys,
			   struct cbee_buf *values);

/* Opens what is pinned at @path: a descriptor, or a negative errno with its sentence. */
int cbee__map_pinned(struct cbee_map *m, const char *path);

/*
 * Creates those of @count maps that have no descriptor yet, by info, inner and layouts; all
 * have one owner. Failures have their sentence.
 */
int cbee__maps_make(struct cbee_map *maps, size_t count);

/* Gives the map, which stands alone, a layout that it then frees; or NULL. */
void cbee__map_own_layout(struct cbee_map *m, enum cbee_part part, struct cbee_field *layout);

/* Local storages of any object; whether maps of that kind may have BTF. */
bool cbee__map_is_local(uint32_t type);
bool cbee__map_takes_btf(uint32_t type);

/* Adds what may help after the kernel has refused to create the map with @err. */
void cbee__map_refused(struct cbee_map *m, int err);

#endif
