/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: what its kernel allows. */
#ifndef CBEE_MACHINE_H
#define CBEE_MACHINE_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what this machine allows ----------------------------------------- */

enum cbee_check_status {
	CBEE_CHECK_OK,
	CBEE_CHECK_WARN,    /* works, but not as well as it could */
	CBEE_CHECK_FAIL,    /* does not work */
	CBEE_CHECK_UNKNOWN, /* cannot be told without more privilege */
};

enum cbee_check_weight {
	CBEE_CHECK_USEFUL, /* something is missing without */
	CBEE_CHECK_NEEDED, /* nothing works without */
	CBEE_CHECK_PROBE,  /* a way to attach: one of these has to work */
};

struct cbee_check {
	const char *name; /* "uprobes" */
	enum cbee_check_weight weight;
	enum cbee_check_status status;
	char value[512];    /* what was found */
	const char *advice; /* what to do about it; NULL when all is well */
};

/*
 * Makes check number @i of the machine, which leaves nothing behind; false when
 * there are no more. Any user may; what they may not find out is unknown.
 */
CBEE_API bool cbee_check(unsigned int i, struct cbee_check *ret);

#ifdef __cplusplus
}
#endif

#endif
