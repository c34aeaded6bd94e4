/* SPDX-License-Identifier: Apache-2.0 */
/* Tells from a text which of its maps are histograms, and what their slots count. */
#ifndef CBEE_CC_SLOTS_H
#define CBEE_CC_SLOTS_H

#include <stdint.h>

/*
 * The enum cbee_slots of map @map with @entries entries: libbcc makes a histogram
 * an array or a hash, and only the text knows.
 */
uint32_t cbee__cc_slots(const char *text, const char *map, uint32_t entries);

#endif
