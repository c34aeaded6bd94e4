/* SPDX-License-Identifier: Apache-2.0 */
/* Has the BPF text see a command and its descendants. */
#ifndef CBEE_FOLLOW_H
#define CBEE_FOLLOW_H

#include <stdbool.h>

struct cbee;
struct cbee_run;

/* The map of followed processes, in <cbee/bpf/follow.h>. */
#define CBEE__FOLLOWED "cbee_followed"

/* Whether the text includes <cbee/bpf/follow.h>: those from elsewhere need not. */
bool cbee__follow_known(struct cbee *c);

/* -EOPNOTSUPP, with the sentence, where numbers of processes are given that the text cannot know. */
int cbee__follow_check(struct cbee_run *run);

/* Attaches what keeps the account of descendants; OPT(follow) is the caller's to set. */
int cbee__follow_attach(struct cbee *c);

/* Process @pid will be the command: it is followed from its exec on. */
int cbee__follow_process(struct cbee *c, int pid);

#endif
