/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log-linear slots: which of CBEE_SLOTS buckets a 64-bit value falls in.
 * Compiled on both sides: the BPF program counts by slot, the library turns
 * slots back into bounds. Values below 2^CBEE_SLOT_BITS have a slot each; above,
 * every power of two is cut into 2^CBEE_SLOT_BITS equal slots, so that a slot is
 * never wider than 1/16 of its lower bound.
 */
#ifndef CBEE_SLOT_H
#define CBEE_SLOT_H

#define CBEE_SLOT_BITS 4
#define CBEE_SLOTS     ((64 - CBEE_SLOT_BITS + 1) << CBEE_SLOT_BITS)

/* The position of the highest bit set, 0 for 0; without loops, for old verifiers. */
static inline __attribute__((always_inline)) unsigned int cbee_log2(unsigned long long v)
{
	unsigned int r = 0;

	if (v >> 32) {
		v >>= 32;
		r += 32;
	}
	if (v >> 16) {
		v >>= 16;
		r += 16;
	}
	if (v >> 8) {
		v >>= 8;
		r += 8;
	}
	if (v >> 4) {
		v >>= 4;
		r += 4;
	}
	if (v >> 2) {
		v >>= 2;
		r += 2;
	}
	return r + (unsigned int)(v >> 1);
}

static inline __attribute__((always_inline)) unsigned int cbee_slot(unsigned long long v)
{
	unsigned int top = cbee_log2(v), shift;

	if (v < (1 << CBEE_SLOT_BITS))
		return (unsigned int)v;
	shift = top - CBEE_SLOT_BITS;
	return (shift << CBEE_SLOT_BITS) + (unsigned int)(v >> shift);
}

#endif
