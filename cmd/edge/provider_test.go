package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The command says what it would fetch, under which licences, and asks; nothing is
// fetched without an answer.
func TestProvider_AsksBeforeItFetches(t *testing.T) {
	t.Parallel()
	list, _ := edge(t, exitClean, "provider", "list")
	if !strings.Contains(list, "cuda") || !strings.Contains(list, "1.4 GiB") {
		t.Errorf("list says %s", list)
	}
	for line := range strings.Lines(list) {
		if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 80 {
			t.Errorf("a line of list has %d columns, want at most 80:\n%s", n, line)
		}
	}
	out, err := edge(t, exitUsage, "provider", "install", "tensorrt", "--dir", t.TempDir())
	if !strings.Contains(out, "NVIDIA's licence") || !strings.Contains(out, "fetches 162 MiB") || !strings.Contains(err, "nothing was installed: answer y, or give --yes") {
		t.Errorf(`install says %s%s; want strings.Contains(out, "NVIDIA's licence"), strings.Contains(out, "fetches 162 MiB"), strings.Contains(err, "nothing was installed: answer y, or give --yes")`, out, err)
	}
	if _, err := edge(t, exitUsage, "provider", "install", "rocm"); !strings.Contains(err, "cuda, tensorrt, openvino can be installed") {
		t.Errorf("install says %s", err)
	}
}
