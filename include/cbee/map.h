/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps: those of a handle's program, and those that stand alone. Both are a
 * struct cbee_map and take the same calls:
 *
 *	uint32_t key = 7;
 *	uint64_t value;
 *	int err = cbee_map_get(cbee_map(c, "counts"), &key, sizeof(key), &value, sizeof(value));
 *
 * Keys and values are raw bytes in the machine's order, and their sizes are
 * checked. The value of a per-CPU map is cbee_cpus() values of which each is
 * padded to 8 bytes: cbee_map_value_bytes() in all. Queues, stacks and bloom
 * filters have no key. Calls return 0 or a negative errno; the sentence is in
 * cbee_map_error(), which for a program's map is the handle's own. A call on
 * NULL returns -ENOENT, so that calls nest as above. -EBADF: the program is not
 * loaded yet, or the map not open. -EOPNOTSUPP: not with this kind of map, or
 * not on this kernel.
 */
#ifndef CBEE_MAP_H
#define CBEE_MAP_H

#include <cbee/base.h>
#include <cbee/probe.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cbee_map;
struct cbee_field; /* of a layout, see below */

/* Which part of an entry. */
enum cbee_part { CBEE_KEY, CBEE_VALUE };

/* What a map is made as. */
struct cbee_map_info {
	uint32_t type;		       /* enum bpf_map_type */
	uint32_t key_size, value_size; /* bytes; of one CPU's value */
	uint32_t max_entries, flags;   /* BPF_F_... */
};

/* ---- the maps of a program -------------------------------------------- */

/* The map called @name in the text, from cbee_compile() on; the handle's. NULL: none (-ENOENT). */
CBEE_API struct cbee_map *cbee_map(struct cbee *c, const char *name);

/* How many maps the text has, and the @i-th of them (NULL beyond the last). */
CBEE_API unsigned int cbee_maps(const struct cbee *c);
CBEE_API struct cbee_map *cbee_map_at(struct cbee *c, unsigned int i);

/*
 * Changes entries (0: as they are) and adds flags (BPF_F_...) before
 * cbee_load(). -EBUSY: the map exists already.
 */
CBEE_API int cbee_map_tune(struct cbee_map *m, uint32_t max_entries, uint32_t add_flags);

/*
 * Uses the map pinned at @path in its place, which cbee_load() then does not
 * create. -ENOENT; -EINVAL: its kind, key or value differs; -EBUSY: the map
 * exists already.
 */
CBEE_API int cbee_map_reuse(struct cbee_map *m, const char *path);

/* ---- maps that stand alone -------------------------------------------- */

/* Makes an object that holds no map yet: one of the next three calls gives it one. -ENOMEM. */
CBEE_API int cbee_map_new(struct cbee_map **ret_m);

/*
 * Creates a map. @name: 15 characters are kept; @inner: for maps of maps, a map
 * such as they will hold, else NULL. Local storages get a BTF description of
 * their bytes, without which the kernel refuses them. -EINVAL: the kernel does
 * not accept the numbers, or a layout given before has others; -EPERM; -ENOMEM;
 * -E2BIG; -EBUSY: it holds one already. The hint says which number, if that can
 * be told.
 */
CBEE_API int cbee_map_create(struct cbee_map *m, const char *name, const struct cbee_map_info *info,
			     const struct cbee_map *inner);

/*
 * Gives a layout, which is copied, to the map that cbee_map_create() will make.
 * The kernel then keeps it as BTF (Linux 4.18; hashes, arrays, LPM tries, local
 * storages), and whoever opens the map reads it from there. NULL: none. -EBUSY:
 * there is a map already; -EINVAL: no such layout; -ENOMEM.
 */
CBEE_API int cbee_map_set_layout(struct cbee_map *m, enum cbee_part part,
				 const struct cbee_field *layout);

/* Opens the map pinned at @path. -ENOENT, -EACCES; -EINVAL: what is there is no map. */
CBEE_API int cbee_map_open(struct cbee_map *m, const char *path);

/* Opens the map that the kernel knows by @id (Linux 4.13, CAP_SYS_ADMIN). -ENOENT. */
CBEE_API int cbee_map_open_id(struct cbee_map *m, uint32_t id);

/*
 * The map of the kernel with the next higher number than @id; 0: the lowest (Linux 4.13,
 * CAP_SYS_ADMIN). -ENOENT: there is none; -EPERM.
 */
CBEE_API int cbee_map_id_next(uint32_t id, uint32_t *ret_id);

/*
 * Closes and frees what cbee_map_new() made; the map itself lives on where it
 * is pinned or in use. Takes NULL; does nothing to a map of a program.
 */
CBEE_API void cbee_map_free(struct cbee_map *m);

/* The last error; valid until the next call on the map or, for a program's, on the handle. */
CBEE_API const struct cbee_error *cbee_map_error(struct cbee_map *m);

/* cbee_set_log() for a map that stands alone; a program's map uses the handle's. */
CBEE_API void cbee_map_set_log(struct cbee_map *m, void (*say)(void *arg, const char *line),
			       void *arg);

/* ---- about a map ------------------------------------------------------ */

/* Its name; "" when the kernel knows none. */
CBEE_API const char *cbee_map_name(const struct cbee_map *m);

/* Kind, sizes and flags. */
CBEE_API int cbee_map_info(struct cbee_map *m, struct cbee_map_info *ret_info);

/* "hash" for BPF_MAP_TYPE_HASH, and so on; NULL for a number that is not known here. */
CBEE_API const char *cbee_map_type_name(uint32_t type);

/* The number of the kind that cbee_map_type_name() calls @name. -ENOENT. */
CBEE_API int cbee_map_type(const char *name);

/*
 * What the kernel wants of a map of that kind, where it leaves no choice (key of 4 bytes
 * in an array, no entries in a local storage); elsewhere something usual.
 */
CBEE_API void cbee_map_type_needs(uint32_t type, struct cbee_map_info *ret_info);

/* Its descriptor, which stays the map's; or -EBADF, -ENOENT. */
CBEE_API int cbee_map_fd(struct cbee_map *m);

/* The kernel's number for it (Linux 4.13). */
CBEE_API int cbee_map_id(struct cbee_map *m, uint32_t *ret_id);

/* Bytes that a value takes in these calls: on all CPUs for a per-CPU map. 0 for NULL. */
CBEE_API size_t cbee_map_value_bytes(const struct cbee_map *m);

/* How many CPUs per-CPU values have: all that could ever be there. @c may be NULL. */
CBEE_API int cbee_cpus(struct cbee *c);

/* ---- one entry -------------------------------------------------------- */

/* Reads the value of @key. -ENOENT: no such key; -EINVAL: not the map's sizes. */
CBEE_API int cbee_map_get(struct cbee_map *m, const void *key, size_t key_size, void *value,
			  size_t value_size);

/*
 * Writes it; @flags: BPF_ANY, BPF_NOEXIST (-EEXIST when the key is there) or
 * BPF_EXIST (-ENOENT when it is not). -E2BIG: full.
 */
CBEE_API int cbee_map_set(struct cbee_map *m, const void *key, size_t key_size, const void *value,
			  size_t value_size, uint64_t flags);

/* Deletes it. -ENOENT: no such key; -EINVAL: entries of arrays always exist. */
CBEE_API int cbee_map_delete(struct cbee_map *m, const void *key, size_t key_size);

/*
 * Reads and deletes it in one step (hashes: Linux 5.14; before that in two, and
 * a value written between the two is lost).
 */
CBEE_API int cbee_map_take(struct cbee_map *m, const void *key, size_t key_size, void *value,
			   size_t value_size);

/*
 * The key behind @key, or the first for NULL; both may be the same memory.
 * -ENOENT: that was the last. A hash whose @key was deleted starts over: walk
 * with cbee_map_walk(), which does not.
 */
CBEE_API int cbee_map_next(struct cbee_map *m, const void *key, void *next, size_t key_size);

/*
 * Integer values (1, 2, 4 or 8 bytes, without sign): their sum and the largest
 * over all CPUs; in maps that are not per CPU, the value itself.
 */
CBEE_API int cbee_map_sum(struct cbee_map *m, const void *key, size_t key_size, uint64_t *ret_sum);
CBEE_API int cbee_map_max(struct cbee_map *m, const void *key, size_t key_size, uint64_t *ret_max);

/* ---- queues, stacks (Linux 4.20), bloom filters (5.16) ----------------- */

/* Adds a value; @flags BPF_EXIST: where a queue or stack is full, in place of the oldest. */
CBEE_API int cbee_map_push(struct cbee_map *m, const void *value, size_t value_size,
			   uint64_t flags);

/* Takes the next value out, or only looks at it. -ENOENT: empty. */
CBEE_API int cbee_map_pop(struct cbee_map *m, void *value, size_t value_size);
CBEE_API int cbee_map_peek(struct cbee_map *m, void *value, size_t value_size);

/* Whether a bloom filter may have @value: 1 perhaps, 0 certainly not. */
CBEE_API int cbee_map_test(struct cbee_map *m, const void *value, size_t value_size);

/* ---- entries that stand for something else ----------------------------- */

/*
 * Prog arrays: BPF function @fn, loaded as what a probe of @kind runs; tail
 * calls jump there. fentry and fexit are not possible.
 */
CBEE_API int cbee_map_set_prog(struct cbee_map *m, uint32_t index, const char *fn,
			       enum cbee_probe_kind kind);

/* Cgroup arrays: the cgroup whose folder is @path. */
CBEE_API int cbee_map_set_cgroup(struct cbee_map *m, uint32_t index, const char *path);

/* Maps of maps: @inner, which has to be like the template. Reading gives its id (32 bits). */
CBEE_API int cbee_map_set_map(struct cbee_map *m, const void *key, size_t key_size,
			      struct cbee_map *inner);

/*
 * Perf event arrays: a counter on every CPU that is online, at the CPU's index.
 * @type, @config: as of struct perf_event_attr; @pid: of this process, 0: of all.
 */
CBEE_API int cbee_map_set_counters(struct cbee_map *m, uint32_t type, uint64_t config, int pid);

/* Others hold plain integers: descriptors of sockets, numbers of devices or CPUs. */

/* ---- all entries ------------------------------------------------------- */

/*
 * Calls @each for every entry of the map as it was when the walk began (the
 * keys are collected first, so it always ends, and none comes twice); entries
 * deleted meanwhile are passed over. Both pointers are valid during the call
 * only, in which the map may be changed. Stops when @each returns false.
 */
CBEE_API int cbee_map_walk(struct cbee_map *m,
			   bool (*each)(void *arg, const void *key, const void *value), void *arg);

/* How many entries there are; all for an array. */
CBEE_API int cbee_map_count(struct cbee_map *m, uint32_t *ret_count);

/* Deletes every entry, empties queues and stacks, writes zeros over arrays. */
CBEE_API int cbee_map_clear(struct cbee_map *m);

/* Writes zeros over the value of every entry. */
CBEE_API int cbee_map_zero(struct cbee_map *m);

/* Entries side by side: key i is at @keys + i * @key_size, its value likewise. */
struct cbee_map_items {
	void *keys, *values;	     /* @count of each */
	size_t key_size, value_size; /* cbee_map_value_bytes() */
	uint32_t count;		     /* entries */
};

/*
 * Reads all entries, or takes them out, with few calls (Linux 5.6; one by one
 * where that is not possible). The caller frees @ret_items.
 */
CBEE_API int cbee_map_get_batch(struct cbee_map *m, struct cbee_map_items *ret_items);
CBEE_API int cbee_map_take_batch(struct cbee_map *m, struct cbee_map_items *ret_items);

/* Frees keys and values, and zeroes. */
CBEE_API void cbee_map_items_free(struct cbee_map_items *items);

/* Writes all @items; @ret_done, if not NULL, gets how many were, also after a failure. */
CBEE_API int cbee_map_set_batch(struct cbee_map *m, const struct cbee_map_items *items,
				uint32_t *ret_done);

/* Deletes @count keys; passes over those that are not there. */
CBEE_API int cbee_map_delete_batch(struct cbee_map *m, const void *keys, size_t key_size,
				   uint32_t count);

/* ---- layouts, text, histograms ------------------------------------------ */

/* What a member is. */
enum cbee_field_kind {
	CBEE_UINT,   /* a number without sign */
	CBEE_INT,    /* one with */
	CBEE_CHAR,   /* an array of these is text */
	CBEE_BOOL,   /* 0 or 1 */
	CBEE_FLOAT,  /* as C has it in this size */
	CBEE_STRUCT, /* its members follow */
	CBEE_UNION,  /* the same, all at one place */
};

/* One member. A struct or union is followed by its members, @members of them all told. */
struct cbee_field {
	const char *name;	       /* "" for the whole and for members without one */
	enum cbee_field_kind kind;     /* what it is */
	uint32_t offset;	       /* bytes, from the start of the struct it stands in */
	uint32_t size;		       /* bytes of one element */
	uint32_t count;		       /* elements of an array; 0: no array */
	uint32_t bit_offset, bit_size; /* bit fields: where in the @size bytes; else 0 */
	uint32_t members;	       /* that follow, those of members too */
};

/*
 * The layout of key or value as the text declares it or, of maps that stand alone, as the
 * kernel keeps it in BTF: the first field is the whole. Enums and pointers are numbers.
 * Belongs to the map. NULL: not known.
 */
CBEE_API const struct cbee_field *cbee_map_layout(const struct cbee_map *m, enum cbee_part part);

/*
 * A layout as C spells it: "struct { u32 pid; char comm[16]; } key" with "key" for
 * @name, on one line and without padding. The caller frees @ret_text. -ENOENT: @f
 * is NULL; -ENOMEM.
 */
CBEE_API int cbee_field_declare(const struct cbee_field *f, const char *name, char **ret_text);

/*
 * A key or value as text for people ("{ pid = 1, comm = \"init\" }") or as JSON,
 * by its layout; as bytes without one ("hex:0a0b0c", in JSON a string). Values of
 * per-CPU maps: cbee_map_value_bytes(), in brackets. The caller frees @ret_text. No code is
 * compiled for it, so it is there whatever bcc's bpf_module_rw_engine_enabled() says.
 */
CBEE_API int cbee_map_text(struct cbee_map *m, enum cbee_part part, const void *data, size_t size,
			   char **ret_text);
CBEE_API int cbee_map_json(struct cbee_map *m, enum cbee_part part, const void *data, size_t size,
			   char **ret_json);

/*
 * Reads what cbee_map_text() writes into the @size bytes at @data: names of
 * members may be left out, numbers may be 0x10 or 020. Members of a union are
 * all given, and the last one stays. Every key and value may be given as bytes,
 * hex:0a0b0c; what has no layout also as a number, if it has 1, 2, 4 or 8 bytes,
 * or as text in quotes; and text needs no quotes where it is the whole. A value
 * without brackets is for every CPU of a per-CPU map. -EINVAL: not such text, or
 * another number of bytes; -ERANGE: a number or string that does not fit. The hint
 * shows how one looks. Members of 16 bytes cannot be read but as bytes.
 */
CBEE_API int cbee_map_parse(struct cbee_map *m, enum cbee_part part, const char *text, void *data,
			    size_t size);

/* What the slots of a BPF_HISTOGRAM count, as far as its text tells. */
enum cbee_slots {
	CBEE_SLOTS_NONE,   /* it is no histogram */
	CBEE_SLOTS_LINEAR, /* their own number */
	CBEE_SLOTS_LOG2, /* powers of two: 64 slots or keyed, and the text calls bpf_log2() or bpf_log2l() */
};

/* What the map counts; CBEE_SLOTS_NONE for NULL and for maps that stand alone. */
CBEE_API enum cbee_slots cbee_map_slots(const struct cbee_map *m);

/* How histograms are written. */
struct cbee_map_hist {
	const char *unit;    /* above the rows; NULL: "value" */
	const char *section; /* keyed: what the keys are, such as "pid"; NULL: "Bucket ptr" */
	/* keyed: writes into @text (@room bytes) what stands for @key, whose slot is 0 */
	void (*section_text)(void *arg, const void *key, size_t size, char *text, size_t room);
	void *arg;	  /* for section_text() */
	bool linear;	  /* slots count their own number, not powers of two */
	bool strip_zeros; /* no rows before the first that is not empty */
	bool json;	  /* not as text */
};

/*
 * The map as histograms. Its key is a slot, or a struct of which the last
 * member is the slot: then there is one histogram for each of what stands
 * before. Slot n counts, as bpf_log2l() has it, the values from 2^(n-1) to
 * 2^n - 1. Text is as bcc's; JSON is {"unit":,"histogram":[{"low":,"high":,
 * "count":}]}, keyed an array of these with the section in front. The caller
 * frees @ret_text. -EINVAL: not such a key or value; -ERANGE: a slot beyond 64,
 * or beyond 65535 when linear.
 */
CBEE_API int cbee_map_hist(struct cbee_map *m, const struct cbee_map_hist *how, char **ret_text);

/* ---- pinning ----------------------------------------------------------- */

/*
 * Gives the map a path in a BPF file system, where it outlives this process.
 * Below /sys/fs/bpf that is mounted if it is not (said to the log). -EEXIST;
 * -ENOENT: no such folder; -EINVAL: no BPF file system there; -EPERM.
 */
CBEE_API int cbee_map_pin(struct cbee_map *m, const char *path);

/* Takes the path away. -EINVAL: another map is pinned there; -ENOENT. */
CBEE_API int cbee_map_unpin(struct cbee_map *m, const char *path);

#ifdef __cplusplus
}
#endif

#endif
