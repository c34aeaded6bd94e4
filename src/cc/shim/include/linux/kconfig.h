/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first header that libbcc force-includes. Here it brings in the
 * declarations made for this one source; CBEE_HEADERS names them.
 */
#include CBEE_HEADERS
