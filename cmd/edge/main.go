// Command edge is the inspection agent.
package main

import (
	"fmt"
	"io"
	"os"
)

// version is set by the build.
var version = "unknown"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run gives the exit code: 0 clean, 2 wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] != "version" {
		fmt.Fprintln(stderr, "Usage: edge version")
		return 2
	}
	fmt.Fprintln(stdout, "edge", version)
	return 0
}
