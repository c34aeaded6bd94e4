/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds out what the records of streams look like. Of what is submitted libbcc
 * tells the names and the types of the members as the text spells them, and
 * neither their sizes nor bit fields nor packing. Of the value of a map it tells
 * all that. So every struct of the text is made the value of a map that nobody
 * uses, and the one whose members are those submitted gives the layout.
 */
#ifndef CBEE_RECORDS_H
#define CBEE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cbee_buf;
struct cbee__image_writer;

/*
 * Appends @text to @out, with such a map behind every struct that it defines
 * outside functions, on the line where the definition ends. A text that submits
 * nothing stays as it is. Failures stick in @out.
 */
void cbee__cc_records_declare(const char *text, struct cbee_buf *out);

/* Whether libbcc's table @i is such a map, which is no part of the program. */
bool cbee__cc_records_own(void *module, size_t i);

/*
 * Adds the layout of what is submitted to libbcc's table @i and returns the index
 * of its first field, or CBEE_IMAGE_NONE: nothing is, or no struct of the text, or
 * several could be meant, or something of another size is submitted too.
 */
uint32_t cbee__cc_records_layout(struct cbee__image_writer *w, void *module, size_t i);

#endif
