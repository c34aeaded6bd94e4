/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPUs there are. */
#ifndef CBEE_CPUS_H
#define CBEE_CPUS_H

struct cbee_err;

/*
 * Reads a list such as "0-3,5" from the file at @path. The caller frees *@ret_cpus.
 * -EINVAL: not such a list; -ENOMEM; as open(2) and read(2).
 */
int cbee__cpus_read(const char *path, int **ret_cpus, unsigned int *ret_count,
		    struct cbee_err *err);

#endif
