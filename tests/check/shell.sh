# SPDX-License-Identifier: Apache-2.0
# The shell scripts have nothing shellcheck would warn of.
# (Its advice to write [:upper:] for A-Z is not wanted: bytes are meant.)
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program shellcheck

{
	find tests cmake packaging .ci -name '*.sh'
	grep -rlE '^#!/bin/sh' tests cmake packaging .ci
	echo packaging/alpine/APKBUILD
} | sort -u >"$T/files"
shellcheck -s bash packaging/completion/bash >"$T/out" 2>&1 || fail "shellcheck says:"
xargs shellcheck -s sh -e SC2018,SC2019 -x -P SCRIPTDIR <"$T/files" >"$T/out" 2>&1 || fail "shellcheck says:"
shellcheck -s bash packaging/arch/* >"$T/out" 2>&1 || fail "shellcheck says:"
