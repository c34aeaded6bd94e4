/* SPDX-License-Identifier: Apache-2.0 */
/* Puts USDT probes into a test's program, as <sys/sdt.h> does, which few machines have. */
#ifndef TESTS_USDT_H
#define TESTS_USDT_H

#define PROBE_AT(place, provider, name, semaphore, args, ...)                                    \
	__asm__ volatile(place                                                                   \
			 ".pushsection .note.stapsdt,\"\",\"note\"\n"                            \
			 ".balign 4\n"                                                           \
			 ".4byte 992f-991f, 994f-993f, 3\n"                                      \
			 "991: .asciz \"stapsdt\"\n"                                             \
			 "992: .balign 4\n"                                                      \
			 "993: .8byte 990b, _.stapsdt.base, " semaphore "\n"                     \
			 ".asciz \"" provider "\"\n"                                             \
			 ".asciz \"" name "\"\n"                                                 \
			 ".asciz \"" args "\"\n"                                                 \
			 "994: .balign 4\n"                                                      \
			 ".popsection\n"                                                         \
			 ".ifndef _.stapsdt.base\n"                                              \
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
			 ".weak _.stapsdt.base\n"                                                \
			 ".hidden _.stapsdt.base\n"                                              \
			 "_.stapsdt.base: .space 1\n"                                            \
			 ".size _.stapsdt.base, 1\n"                                             \
			 ".popsection\n"                                                         \
			 ".endif\n" ::__VA_ARGS__)

/* @semaphore: a symbol, or "0"; @args: "-4@%[a] 8@%[b]", with the operands behind it. */
#define PROBE(provider, name, semaphore, args, ...) \
	PROBE_AT("990: nop\n", provider, name, semaphore, args, __VA_ARGS__)

/* One more note about the place of the probe before it. */
#define PROBE_AGAIN(provider, name, semaphore, args, ...) \
	PROBE_AT("", provider, name, semaphore, args, __VA_ARGS__)

/* A counter of those who trace. */
#define SEMAPHORE(name) __attribute__((section(".probes"))) volatile unsigned short name

#endif
