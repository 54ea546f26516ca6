package main

import (
	"strings"
	"testing"
)

// The command says what it would fetch, under which licences, and asks; nothing is
// fetched without an answer.
func TestProvider_AsksBeforeItFetches(t *testing.T) {
	if out, _ := edge(t, exitClean, "provider", "list"); !strings.Contains(out, "cuda") || !strings.Contains(out, "1.4 GiB") {
		t.Errorf("list says %s", out)
	}
	out, err := edge(t, exitUsage, "provider", "install", "tensorrt", "--dir", t.TempDir())
	if !strings.Contains(out, "NVIDIA's licence") || !strings.Contains(out, "fetches 162 MiB") || !strings.Contains(err, "nothing was installed: answer y, or give --yes") {
		t.Errorf("install says %s%s", out, err)
	}
	if _, err := edge(t, exitUsage, "provider", "install", "rocm"); !strings.Contains(err, "cuda, tensorrt, openvino can be installed") {
		t.Errorf("install says %s", err)
	}
}
