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
