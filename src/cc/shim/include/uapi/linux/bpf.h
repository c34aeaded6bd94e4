/* SPDX-License-Identifier: Apache-2.0 */
/* Empty: libbcc has force-included its own bpf.h by now. */
