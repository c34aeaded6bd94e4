/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what the kernel counts: system calls, and the states and flags of TCP. */
#ifndef CBEE_NAMES_H
#define CBEE_NAMES_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- system calls ----------------------------------------------------- */

/*
 * The name of system call @number on this machine, such as "execve"; NULL: there
 * is none of that number, or it is newer than the headers that cbee was built with.
 */
CBEE_API const char *cbee_syscall_name(unsigned int number);

/*
 * The number of system call @name on this machine; the name of its function in
 * the kernel ("__x64_sys_execve", "sys_execve") will do as well. -ENOENT.
 */
CBEE_API int cbee_syscall_number(const char *name);

/* One more than the highest number: to go through all, some of which have no name. */
CBEE_API unsigned int cbee_syscall_end(void);

/* ---- TCP -------------------------------------------------------------- */

/* The kernel's name of a socket's state, such as "ESTABLISHED" for 1; NULL: no such state. */
CBEE_API const char *cbee_tcp_state(unsigned int state);

/*
 * Writes the names of the flags of a TCP header (FIN 1, SYN 2, RST 4, PSH 8, ACK
 * 16, URG 32, ECE 64, CWR 128) as "SYN|ACK", and other bits as one hexadecimal
 * number behind; "" for 0. CBEE_TCP_FLAGS_SIZE bytes always suffice, what does not
 * fit into @size is cut. Returns @text.
 */
#define CBEE_TCP_FLAGS_SIZE 48
CBEE_API const char *cbee_tcp_flags(unsigned int flags, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
