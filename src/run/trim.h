/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a tracer's maps no larger than this run needs. */
#ifndef CBEE_TRIM_H
#define CBEE_TRIM_H

#include <stdbool.h>

struct cbee;

/*
 * To be called before cbee_load(). Where the kernel can give BPF programs memory
 * anywhere (Linux 6.1) entries of hash maps are made when they are needed; the map
 * of followed processes has room only if @follows.
 */
void cbee__trim_maps(struct cbee *c, bool follows);

#endif
