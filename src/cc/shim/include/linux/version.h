/* SPDX-License-Identifier: Apache-2.0 */
/* Empty: what libbcc wants from it stands in the generated declarations. */
