# SPDX-License-Identifier: Apache-2.0
# A minimal system of the suite, with its kernel, is there and its lists of packages are new.
set -eu
sh "${0%/*}/base" "$CBEE_SUITE" "$CBEE_FOLDER/base"
