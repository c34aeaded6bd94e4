/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells from a text what its maps are for: libbcc makes a histogram an array or a
 * hash, counters and perf buffers one kind of map, and only the macro knows.
 */
#ifndef CBEE_MACRO_H
#define CBEE_MACRO_H

#include <stdbool.h>
#include <stdint.h>

/* Whether @text declares @map with BPF_PERF_ARRAY: it holds counters, and no records come. */
bool cbee__cc_counters(const char *text, const char *map);

/* The enum cbee_slots of @map, which has @entries slots; 0: it is keyed, and that is not known. */
uint32_t cbee__cc_slots(const char *text, const char *map, uint32_t entries);

#endif
