package version

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestNumber_IsTheNewestRelease(t *testing.T) {
	changelog, err := os.ReadFile(filepath.Join("..", "..", "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	released := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$`).FindSubmatch(changelog)
	if released == nil {
		t.Fatal("CHANGELOG.md has no heading such as \"## [0.2.0] - 2026-11-28\"")
	}
	if got := string(released[1]); got != Number {
		t.Errorf("the newest release in CHANGELOG.md: got %s, want %s", got, Number)
	}
}

func TestString_NamesTheCommit(t *testing.T) {
	info := func(settings ...debug.BuildSetting) func() (*debug.BuildInfo, bool) {
		return func() (*debug.BuildInfo, bool) { return &debug.BuildInfo{Settings: settings}, true }
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	for name, c := range map[string]struct {
		described string
		read      func() (*debug.BuildInfo, bool)
		want      string
	}{
		"make":                {"abc1234-dirty", info(revision), "1.2.3+abc1234-dirty"},
		"go build":            {"", info(revision, debug.BuildSetting{Key: "vcs.modified", Value: "false"}), "1.2.3+0123456"},
		"go build, edited":    {"", info(revision, debug.BuildSetting{Key: "vcs.modified", Value: "true"}), "1.2.3+0123456-dirty"},
		"without git":         {"", info(), "1.2.3"},
		"without build facts": {"", func() (*debug.BuildInfo, bool) { return nil, false }, "1.2.3"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := join("1.2.3", c.described, c.read); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
