/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the kernel what it can do, by trying it. */
#ifndef CBEE_ABILITY_H
#define CBEE_ABILITY_H

struct cbee_check;

/*
 * Each tries one thing and takes it back. It describes what it found in
 * @k->value, may set @k->status, and returns 0 or the negative errno that the
 * kernel gave.
 */
int cbee__ability_bpf(struct cbee_check *k);
int cbee__ability_jit(struct cbee_check *k);
int cbee__ability_kprobe(struct cbee_check *k);
int cbee__ability_kprobe_multi(struct cbee_check *k);
int cbee__ability_fentry(struct cbee_check *k);
int cbee__ability_fmod_ret(struct cbee_check *k);
int cbee__ability_lsm(struct cbee_check *k);
int cbee__ability_uprobe(struct cbee_check *k);
int cbee__ability_uprobe_multi(struct cbee_check *k);
int cbee__ability_tracepoint(struct cbee_check *k);
int cbee__ability_module_tracepoint(struct cbee_check *k);
int cbee__ability_ringbuf(struct cbee_check *k);

#endif
