# SPDX-License-Identifier: Apache-2.0
# A C program attaches to what probes and tracepoints are not: packets, cgroups, sockets, events.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program cc go

lib_program "$TOP/tests/live/attach.c"
mkdir "$T/src"
cat >"$T/src/main.go" <<'END'
package main

//go:noinline
func work(n int) int {
	return n + 1
}

func main() {
	n := 0
	for n < 23 {
		n = work(n)
	}
}
END
(cd "$T" && HOME=$T GO111MODULE=off GOFLAGS='' GOTOOLCHAIN=local CGO_ENABLED=0 \
	go build -o app src/main.go) || fail "main.go does not compile"
export GOGC=off
run "$T/attach" "$T" "$T/app"
expect_status 0
expect_empty_err
expect_clean
