// SPDX-License-Identifier: Apache-2.0
// What uprobe.c watches: go build greet.go
package main

import "fmt"

// Without nosplit Go may begin a function twice: it makes room on the stack, and begins again.
//
//go:nosplit
func main() {
	fmt.Println("greetings")
}
