/* SPDX-License-Identifier: Apache-2.0 */
/* Reads clocks. */
#ifndef CBEE_CLOCK_H
#define CBEE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC or another of <time.h>, in nanoseconds. */
uint64_t cbee__clock(int clock);

/* CLOCK_MONOTONIC in milliseconds: for how long something takes. */
double cbee__clock_ms(void);

#endif
