/* SPDX-License-Identifier: Apache-2.0 */
/* Knows the functions of programs that a probe would break. */
#include "symbols/danger.h"

#include <string.h>

/*
 * They keep their return address for later. With a return probe that address is
 * the kernel's, good for one return: the jump back to it ends in SIGILL.
 */
static const char *const return_again[] = {
	"setjmp",     "_setjmp",     "__setjmp",     "sigsetjmp",     "__sigsetjmp",
	"getcontext", "swapcontext", "__getcontext", "__swapcontext",
};

#define EVEX 0x62 /* the first byte of AVX-512 instructions, in 64-bit code */

const char *cbee__danger(const char *symbol, const unsigned char *code, size_t len)
{
	for (size_t i = 0; i < sizeof(return_again) / sizeof(return_again[0]); i++)
		if (!strcmp(symbol, return_again[i]))
			return "it returns more than once, the second time into the probe";
			/*
	 * Seen on Linux 6.18 with __strchrnul_evex of glibc: the kernel takes the
	 * probe, runs a copy of the instruction elsewhere, and the result is wrong.
	 */
#ifdef __x86_64__
	if (len && code[0] == EVEX)
		return "it starts with an AVX-512 instruction, which goes wrong under a probe";
#else
	(void)code;
	(void)len;
#endif
	return NULL;
}
