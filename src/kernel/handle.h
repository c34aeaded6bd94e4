/* SPDX-License-Identifier: Apache-2.0 */
/* What one struct cbee holds; shared by the files of the kernel floor. */
#ifndef CBEE_HANDLE_H
#define CBEE_HANDLE_H

#include <cbee/cbee.h>

#include "cc/wire.h"
#include "compile/compile.h"
#include "maps/map.h"
#include "plain/err.h"
#include "symbols/func.h"
#include "compile/image.h"

/* What was asked for: found again by cbee_detach_probe(). Its strings are in the same memory. */
struct cbee__asked {
	struct cbee_probe_opts opts;
	unsigned int places; /* how many it was attached to */
};

/* One thing attached: closing @fd detaches it. */
struct cbee__link {
	int fd, prog_fd; /* either may be -1: links that share a program have it in one of them */
	bool ret;	 /* of returns */
	bool listed;	 /* an event of a listing */
	bool kernel;	 /* of the kernel, not of a binary: which of BCC's lists to clean */
	char *event;	 /* what BCC named it in tracefs, where it had to; or NULL */
	struct bpf_link *libbpf;       /* of a precompiled object, instead of fd; or NULL */
	struct cbee__listing *listing; /* of events that links behind this one have; or NULL */
	int object;		       /* descriptor of what the program must be taken off, or 0 */
	uint32_t attach_type;	       /* with @object */
	struct cbee__asked
		*asked; /* of the first link of a request; NULL: of the others, or none */
	bool more;	/* belongs to the request of the link before it */
};

struct cbee__stream {
	void *ring;		      /* struct ring_buffer of libbpf, or NULL */
	struct cbee__reader *readers; /* a perf buffer's, one per CPU; or NULL */
	int *fds;		      /* of the ring, or of each reader */
	unsigned int fd_count;
	int map_fd; /* the map's */
	struct cbee *owner;
	struct cbee_stream_opts opts;
	uint64_t lost;
	struct cbee_buf kept; /* what was read and not delivered, from @kept_at on */
	size_t kept_at;
	bool closed; /* waits to be freed */
};

struct cbee {
	struct cbee_err err;
	struct cbee_error shown; /* err as the public header has it */
	void (*say)(void *arg, const char *line);
	void *say_arg;
	void (*progress)(void *arg, size_t done, size_t total, const char *what);
	void *progress_arg;

	struct cbee__cc cc;
	struct cbee_buf bytes; /* the image that the next member points into */
	struct cbee__image image;
	struct cbee_compiled compiled; /* how it was made */
	uint64_t *consts;	       /* by the image's index */
	uint32_t const_changes;	       /* programs loaded before the last one have old values */
	struct cbee_field *fields;     /* by the image's index */
	struct cbee_map *maps;	       /* by the image's index; NULL until compiled */
	bool loaded;
	uint32_t ifindex; /* the network card that runs it all; 0: the kernel */
	bool keep_memlock;

	struct cbee_prog **progs; /* loaded programs that can be shared */
	size_t prog_count;

	uint32_t debug; /* enum cbee_debug: which of the following are wanted */
	struct cbee_buf texts[CBEE_WIRE_TEXTS], bpf_text, verifier_text;

	struct bpf_object *object; /* in place of the image, if it was compiled beforehand */

	struct cbee__link *links;
	size_t link_count, link_cap;
	struct cbee__usdt_bound *usdt; /* in the order of cbee_usdt() */
	struct cbee__funcs funcs;
	unsigned int funcs_skipped;

	struct cbee__stream **streams;
	size_t stream_count;
	bool delivering, stopped; /* stopped: a callback has ended this delivery */
	uint64_t delivered;	  /* by this delivery */
	uint64_t lost;
	struct cbee__trace *trace; /* the trace pipe, or NULL */
	struct cbee__names *names; /* what was read to name addresses, or NULL */
};

/* Where the sentence of a failure goes; for calls that take no handle too. */
static inline struct cbee_err *cbee__err_of(struct cbee *c)
{
	return c ? &c->err : NULL;
}

/* Passes one line of explanation to the log callback, if there is one. */
void cbee__say(struct cbee *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Keeps how the text was compiled. */
void cbee__compiled_note(struct cbee *c, const struct cbee__compile_info *info);

/* Closes all streams; frees their memory. */
void cbee__streams_close(struct cbee *c);

#endif
