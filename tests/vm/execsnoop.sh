# SPDX-License-Identifier: Apache-2.0
# The live test of execsnoop's arguments, on this kernel.
. "${0%/*}/../live/execsnoop-args.sh"
