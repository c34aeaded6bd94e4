// SPDX-License-Identifier: Apache-2.0
// What uprobe.c watches: go build greet.go
package main

import "fmt"

func main() {
	fmt.Println("greetings")
}
