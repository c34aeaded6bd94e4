/* SPDX-License-Identifier: Apache-2.0 */
/* Finds where the functions of Go return, and where they have really begun. */
#include "symbols/ret.h"

#include <capstone/capstone.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(x)	  #x
#define SONAME(n) "libcapstone.so." TEXT(n)

#define CHECK_MAX 10 /* instructions that the check of the stack takes at most */

/* struct g begins with its stack's bounds; what the check compares with follows. */
#define GUARD_FIRST 16
#define GUARD_LAST  24

struct cbee__ret {
	void *library;
	csh cs;
	cs_insn *insn;
	bool arm;
	uint64_t *at;
	size_t count, cap;

	cs_err (*open)(cs_arch arch, cs_mode mode, csh *handle);
	cs_err (*option)(csh handle, cs_opt_type type, size_t value);
	cs_insn *(*alloc)(csh handle);
	void (*free)(cs_insn *insn, size_t count);
	bool (*next)(csh handle, const uint8_t **code, size_t *size, uint64_t *at, cs_insn *insn);
	cs_err (*close)(csh *handle);
};

/* POSIX lets what dlsym() gives be called; C needs the copy. */
static bool bind(const struct cbee__ret *r, const char *name, void *ret_fn)
{
	void *found = dlsym(r->library, name);

	memcpy(ret_fn, &found, sizeof(found));
	return found != NULL;
}

static bool bind_all(struct cbee__ret *r)
{
	return bind(r, "cs_open", &r->open) && bind(r, "cs_option", &r->option) &&
	       bind(r, "cs_malloc", &r->alloc) && bind(r, "cs_free", &r->free) &&
	       bind(r, "cs_disasm_iter", &r->next) && bind(r, "cs_close", &r->close);
}

static int start(struct cbee__ret *r, struct cbee_err *err)
{
	const char *soname = SONAME(CS_API_MAJOR);

	r->library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (!r->library || !bind_all(r)) {
		cbee__err(err, -EOPNOTSUPP,
			  "finding where a Go function returns needs %s, which is not here",
			  soname);
		cbee__err_hint(err, "install it; Debian's package is libcapstone%d", CS_API_MAJOR);
		return -EOPNOTSUPP;
	}
	if (r->open(r->arm ? CS_ARCH_ARM64 : CS_ARCH_X86, r->arm ? CS_MODE_ARM : CS_MODE_64,
		    &r->cs) ||
	    r->option(r->cs, CS_OPT_DETAIL, CS_OPT_ON))
		return cbee__err(err, -EOPNOTSUPP, "%s cannot read this machine's code", soname);
	r->insn = r->alloc(r->cs);
	return r->insn ? 0 : cbee__err_os(err, -ENOMEM, "cannot disassemble");
}

int cbee__ret_open(struct cbee__ret **ret_r, unsigned int machine, struct cbee_err *err)
{
	struct cbee__ret *r;
	int code;

	if (machine != EM_X86_64 && machine != EM_AARCH64)
		return cbee__err(err, -EOPNOTSUPP, "a Go program for a machine of ELF number %u",
				 machine);
	r = calloc(1, sizeof(*r));
	if (!r)
		return cbee__err_os(err, -ENOMEM, "cannot disassemble");
	r->arm = machine == EM_AARCH64;
	code = start(r, err);
	if (code)
		cbee__ret_free(r);
	else
		*ret_r = r;
	return code;
}

void cbee__ret_free(struct cbee__ret *r)
{
	if (!r)
		return;
	if (r->insn)
		r->free(r->insn, 1);
	if (r->cs)
		r->close(&r->cs);
	if (r->library)
		dlclose(r->library);
	free(r->at);
	free(r);
}

/* One reading of a function. */
struct reading {
	unsigned int seen; /* instructions so far */
	bool guard;	   /* the last ones compared with the end of the stack */
	bool tls;	   /* the goroutine comes from thread-local storage */
	bool over;	   /* the check has been found, or cannot come any more */
};

static bool is_guard(int64_t disp)
{
	return disp == GUARD_FIRST || disp == GUARD_LAST;
}

/* cmp %rsp,16(%r14); jbe. Before Go 1.17, and in assembly: mov %fs:-8,%rcx; cmp 16(%rcx),%rsp. */
static void x86_check(struct reading *rd, const cs_insn *in, struct cbee__ret_sites *sites)
{
	const cs_x86 *x = &in->detail->x86;

	if (rd->guard && in->id == X86_INS_JBE) {
		rd->over = true;
		sites->tls = rd->tls;
		sites->entry = in->address + in->size;
		return;
	}
	rd->guard = false;
	for (int i = 0; i < x->op_count; i++) {
		const cs_x86_op *op = &x->operands[i];

		if (op->type != X86_OP_MEM)
			continue;
		if (in->id == X86_INS_MOV && op->mem.segment == X86_REG_FS)
			rd->tls = true;
		if (in->id == X86_INS_CMP && is_guard(op->mem.disp) &&
		    (op->mem.base == X86_REG_R14 || rd->tls))
			rd->guard = true;
	}
	if (in->id == X86_INS_CALL || in->id == X86_INS_JMP)
		rd->over = true;
}

/* ldr x16, [x28, #16]; cmp sp, x16; b.ls, with more between them when the frame is large. */
static void arm_check(struct reading *rd, const cs_insn *in, struct cbee__ret_sites *sites)
{
	const cs_arm64 *a = &in->detail->arm64;

	if (in->id == ARM64_INS_LDR && a->op_count == 2 && a->operands[1].type == ARM64_OP_MEM &&
	    a->operands[1].mem.base == ARM64_REG_X28 && is_guard(a->operands[1].mem.disp))
		rd->guard = true;
	if (in->id == ARM64_INS_BL || (in->id == ARM64_INS_B && a->cc == ARM64_CC_INVALID))
		rd->over = true;
	if (rd->guard && in->id == ARM64_INS_B && a->cc == ARM64_CC_LS) {
		rd->over = true;
		sites->entry = in->address + in->size;
	}
}

static int add(struct cbee__ret *r, uint64_t at)
{
	size_t cap = r->cap ? r->cap * 2 : 16;
	uint64_t *room;

	if (r->count == r->cap) {
		room = realloc(r->at, cap * sizeof(*room));
		if (!room)
			return -ENOMEM;
		r->at = room;
		r->cap = cap;
	}
	r->at[r->count++] = at;
	return 0;
}

int cbee__ret_find(struct cbee__ret *r, const void *code, size_t size,
		   struct cbee__ret_sites *sites)
{
	struct reading rd = { 0 };
	const uint8_t *left = code;
	uint64_t at = 0;
	int err = 0;

	*sites = (struct cbee__ret_sites){ 0 };
	r->count = 0;
	while (!err && size && r->next(r->cs, &left, &size, &at, r->insn)) {
		if (!rd.over && rd.seen++ < CHECK_MAX)
			(r->arm ? arm_check : x86_check)(&rd, r->insn, sites);
		if (r->insn->id == (r->arm ? (unsigned int)ARM64_INS_RET : X86_INS_RET))
			err = add(r, r->insn->address);
	}
	if (err)
		return err;
	if (size)
		return -EBADMSG;
	sites->at = r->at;
	sites->count = r->count;
	return r->count ? 0 : -ENOENT;
}
