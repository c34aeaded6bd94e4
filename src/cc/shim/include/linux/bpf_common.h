/* SPDX-License-Identifier: Apache-2.0 */
/* Empty: instruction codes, which BPF C has no use for. */
