/* SPDX-License-Identifier: Apache-2.0 */
/* Turns libbcc's description of a type into a layout of the image. */
#ifndef CBEE_LAYOUT_H
#define CBEE_LAYOUT_H

#include <stdint.h>

struct cbee__image_writer;

/*
 * Adds the fields that @desc (JSON; may be NULL) describes and returns the index
 * of the first, or CBEE_IMAGE_NONE: it describes nothing, or not @size bytes, as
 * when the type has alignments or dimensions that libbcc leaves out.
 */
uint32_t cbee__cc_layout(struct cbee__image_writer *w, const char *desc, uint32_t size);

#endif
