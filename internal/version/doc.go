// Package version holds the version of the program.
//
//	fmt.Println("edge", version.String())
//
// Promises: Number is the version of the newest release in CHANGELOG.md, by test.
// String also names the commit where the build knows it: from the linker flag that
// the Makefile sets, or from what `go build` records of the repository.
//
// Non-promises: two builds of one commit with other libraries have the same version.
package version
