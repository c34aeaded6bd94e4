# SPDX-License-Identifier: Apache-2.0
# Installing the package compiles the tracers ahead, in a system that runs; in a folder it does not.
. "${0%/*}/../lib.sh"

tracers=$(cbee list --csv | tail -n +2 | wc -l)
cbee cache clear
run dpkg-reconfigure -f noninteractive cbee
expect_status 0
! ischroot || tracers=0
run cbee cache list
expect_status 0
[ "$(grep -c ' fresh$' "$T/out")" -eq "$tracers" ] || fail "not $tracers fresh programs"
