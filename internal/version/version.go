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

import "runtime/debug"

// Number is the version by semantic versioning.
const Number = "0.2.0"

// build is the output of git describe. The Makefile sets it.
var build string

// String returns the version with its commit as build metadata, such as
// 0.2.0+50fc82c or 0.2.0+50fc82c-dirty.
func String() string { return join(Number, build, debug.ReadBuildInfo) }

func join(number, described string, read func() (*debug.BuildInfo, bool)) string {
	if described != "" {
		return number + "+" + described
	}
	info, ok := read()
	if !ok {
		return number
	}
	revision, dirty := "", ""
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = setting.Value
		case "vcs.modified":
			if setting.Value == "true" {
				dirty = "-dirty"
			}
		}
	}
	if len(revision) < 7 {
		return number
	}
	return number + "+" + revision[:7] + dirty
}
