/* SPDX-License-Identifier: Apache-2.0 */
/* Writes BPF instructions as text. */
#ifndef CBEE_DISASM_H
#define CBEE_DISASM_H

#include <stdint.h>

#include "plain/buf.h"

struct bpf_insn;

/* Names that the instructions themselves do not hold. */
struct cbee__disasm_names {
	/* what the 64-bit load at instruction @at loads, a map or a constant; NULL: not known */
	const char *(*loaded)(const void *arg, uint32_t at);
	const void *arg;
};

/*
 * Appends one line for each instruction: its number and what it does, in the
 * notation of the kernel's verifier. @names may be NULL. What is no instruction
 * is written as its bytes. Failures are in @out.
 */
void cbee__disasm(struct cbee_buf *out, const struct bpf_insn *insns, uint32_t count,
		  const struct cbee__disasm_names *names);

#endif
