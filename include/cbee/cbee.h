/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbee: BPF from C. A handle compiles BPF C text with BCC, loads it, attaches
 * it and hands the results back:
 *
 *	struct cbee *c;
 *	int err = cbee_new(&c);
 *	if (!err)
 *		err = cbee_start(c, &(struct cbee_source){ .file = "hello.bpf.c" });
 *	if (err)
 *		fprintf(stderr, "%s\n", c ? cbee_error(c)->text : strerror(-err));
 *	cbee_free(c);
 *
 * Functions return 0 or a negative errno; the sentence that explains it, and
 * what to do about it, stand in the handle. Nothing is printed, no signal is
 * touched, no global kept: two handles may be used in two threads, one handle
 * by one thread at a time. Needs Linux 4.17, and root or CAP_BPF, CAP_PERFMON
 * and CAP_DAC_READ_SEARCH, unless a function says otherwise.
 */
#ifndef CBEE_H
#define CBEE_H

#include <cbee/base.h>
#include <cbee/cache.h>
#include <cbee/command.h>
#include <cbee/compiled.h>
#include <cbee/container.h>
#include <cbee/find.h>
#include <cbee/machine.h>
#include <cbee/map.h>
#include <cbee/names.h>
#include <cbee/object.h>
#include <cbee/probe.h>
#include <cbee/prog.h>
#include <cbee/stream.h>
#include <cbee/sym.h>
#include <cbee/usdt.h>

#endif
