/* SPDX-License-Identifier: Apache-2.0 */
/* For BPF programs: compares text, for which they have no function. */
#ifndef CBEE_BPF_TEXT_H
#define CBEE_BPF_TEXT_H

/*
 * Whether the array of characters holds just the text of that string literal, with
 * its NUL. What is behind a pointer is read into an array first, as by
 * bpf_probe_read_user_str(). It ends at the first difference: collecting them would
 * have the verifier walk through all combinations.
 */
#define cbee_text_is(array, literal)                                                               \
	({                                                                                         \
		_Static_assert(                                                                    \
			!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])), \
			"cbee_text_is() compares an array, not a pointer");                        \
		int cbee__same = sizeof(array) >= sizeof(literal);                                 \
		_Pragma("unroll") for (unsigned int cbee__i = 0;                                   \
				       cbee__i < sizeof(literal) && cbee__i < sizeof(array);       \
				       cbee__i++)                                                  \
		{                                                                                  \
			if ((array)[cbee__i] != ("" literal)[cbee__i]) {                           \
				cbee__same = 0;                                                    \
				break;                                                             \
			}                                                                          \
		}                                                                                  \
		cbee__same;                                                                        \
	})

#endif
