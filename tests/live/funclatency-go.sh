# SPDX-License-Identifier: Apache-2.0
# Go programs survive, whole and stripped, and every call is counted: on stacks that move, by
# goroutines that panic, recover and end inside calls.
. "${0%/*}/../lib.sh"
need_root
need_program go jq

mkdir "$T/src"
cat >"$T/src/go.mod" <<'END'
module app

go 1.17
END
cat >"$T/src/main.go" <<'END'
package main

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

//go:noinline
func work(n int) (int, error) {
	var room [64]int
	room[n%64] = n
	switch n % 4 {
	case 0:
		return room[n%64] + 1, nil
	case 1:
		return n * 2, errors.New("odd")
	case 2:
		return safe(n), nil
	}
	return deep(n % 200), nil
}

// Grows the stack from each of its calls, which then moves.
//
//go:noinline
func deep(n int) int {
	var pad [128]int
	if n == 0 {
		return 0
	}
	pad[n%128] = deep(n - 1)
	return pad[n%128] + 1
}

// Returns by what recovers.
//
//go:noinline
func safe(n int) (result int) {
	defer func() {
		if recover() != nil {
			result = n
		}
	}()
	return thrower(n)
}

// Never returns where it is asked to.
//
//go:noinline
func thrower(n int) int {
	if n%8 == 2 {
		panic("thrown")
	}
	return n
}

//go:noinline
func leaver(n int) int {
	if n >= 0 {
		runtime.Goexit()
	}
	return n
}

func main() {
	var all sync.WaitGroup

	for g := 0; g < 50; g++ {
		all.Add(1)
		go func(g int) {
			defer all.Done()
			for i := 0; i < 200; i++ {
				work(i)
				if i == 100 {
					runtime.GC()
				}
			}
			if g%2 == 0 {
				leaver(g)
			}
		}(g)
	}
	all.Wait()
	for runtime.NumGoroutine() > 1 { // those that have left have not ended yet
		runtime.Gosched()
	}
	fmt.Println("done")
}
END
# go_program NAME LDFLAGS: builds it without the network, and leaves nothing outside $T.
cgo=0
go_program() {
	(cd "$T/src" && HOME=$T GOFLAGS='' GOTOOLCHAIN=local GOPROXY=off CGO_ENABLED=$cgo \
		go build -ldflags="$2" -o "$T/$1" .) >"$T/out" 2>"$T/err" ||
		fail "the Go program does not build"
}
go_program whole ''
go_program stripped '-s -w'

# 50 goroutines of 200 calls each: a quarter of them goes through safe(), every second one of
# those panics; 25 goroutines end inside leaver().
for program in whole stripped; do
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		# shellcheck disable=SC2016 # the inner shell's
		run cbee-funclatency --json "$T/$program:main.work" "$T/$program:main.safe" \
			"$T/$program:main.thrower" "$T/$program:main.leaver" \
			-- sh -c '"$0" >"$0.out"; echo $? >"$0.status"' "$T/$program"
		expect_status 0
		[ "$(cat "$T/$program.out" "$T/$program.status")" = "done
0" ] || fail "run $i of the $program program ended otherwise"
		json '[.functions[] | {(.name): .count}] | add ==
			{"main.work": 10000, "main.safe": 2500, "main.thrower": 1250}'
		json '.lost.returns == 1250 + 25 and ([.lost[]] | add) == .lost.returns'
	done
done

# A stack of calls as deep as it gets here, on a stack that is moved many times.
run cbee-funclatency --json "$T/whole:main.deep" -- "$T/whole"
expect_status 0
json '.functions[0].count + .lost.depth == 50 * 5100 and .lost.returns == 0'

# C in a Go program belongs to its thread; linked by cc, whole and stripped.
need_program cc
cat >"$T/src/main.go" <<'END'
package main

/*
__attribute__((noinline)) int in_c(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}
*/
import "C"
import "sync"

//go:noinline
func work(n int) int {
	return int(C.in_c(C.int(n)))
}

func main() {
	var all sync.WaitGroup

	for g := 0; g < 50; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 200; i++ {
				work(i)
			}
		}()
	}
	all.Wait()
}
END
cgo=1
go_program mixed ''
go_program mixed-stripped '-s -w'
run cbee-funclatency --json "$T/mixed:in_c" "$T/mixed:main.work" -- "$T/mixed"
json '[.functions[] | {(.name): .count}] | add == {"in_c": 10000, "main.work": 10000}'
json '[.lost[]] | add == 0'
run cbee-funclatency --json "$T/mixed-stripped:main.work" -- "$T/mixed-stripped"
json '[.functions[] | {(.name): .count}] | add == {"main.work": 10000}'
expect_clean
