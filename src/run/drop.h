/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up the privileges that a tracer takes no more once all is attached. */
#ifndef CBEE_DROP_H
#define CBEE_DROP_H

struct cbee_run;

/* For good, and tells with -v what is kept. 0; a negative errno with the sentence. */
int cbee__drop(struct cbee_run *run);

#endif
