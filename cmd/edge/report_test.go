package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/history"
)

// The report, the trail and the users of an agent, from the command line.
func TestReportAuditAndUserCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := filepath.Join(dir, "edge.yaml")
	if err := os.WriteFile(config, []byte("station: {site: demo}\nevents: {dir: "+dir+"/events}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"report"}, {"audit", "list"}, {"audit", "verify"}} {
		if _, errs := edge(t, 2, append(args, "--config", config)...); !strings.Contains(errs, "there is no history") {
			t.Errorf("%v: %s", args, errs)
		}
	}
	h, err := history.Open(context.Background(), history.Options{Dir: dir + "/events/history"})
	if err != nil {
		t.Fatal(err)
	}
	defect := 0.9
	h.Add(&history.Record{Result: history.Result{Event: "K-1", Time: time.Now().Add(-time.Minute), Camera: "belt", Part: "=lid-7", Verdict: "FAIL", Likeliest: "scratch", Defect: &defect, Fail: 0.7}})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "shift.html")
	edge(t, 0, "report", "--config", config, "--since", "1h", "--out", out)
	if page, err := os.ReadFile(out); err != nil || !strings.Contains(string(page), "demo/line-1/station-1") || !strings.Contains(string(page), "lid-7") {
		t.Errorf(`%v: %s; want err == nil, strings.Contains(string(page), "demo/line-1/station-1"), strings.Contains(string(page), "lid-7")`, err, page)
	}
	text, _ := edge(t, 0, "report", "--config", config, "--format", "json")
	var r struct{ Verdicts map[string]int }
	if err := json.Unmarshal([]byte(text), &r); err != nil || r.Verdicts["FAIL"] != 1 {
		t.Errorf("%v: %s", err, text)
	}
	if text, _ := edge(t, 0, "report", "--config", config, "--format", "csv"); !strings.Contains(text, ",'=lid-7,") {
		t.Error(text)
	}
	edge(t, 2, "report", "--config", config, "--from", "today")
	for _, c := range []struct {
		args []string
		want string
	}{{[]string{"--shift", "last"}, `"FAIL": 0`}, {[]string{"--shift", "this"}, `"FAIL": 1`}, {[]string{"--lot", "=lid-*"}, `"FAIL": 1`}} {
		if text, _ := edge(t, 0, append([]string{"report", "--config", config, "--format", "json"}, c.args...)...); !strings.Contains(text, c.want) {
			t.Errorf("%v: %s", c.args, text)
		}
	}
	if _, errs := edge(t, 2, "report", "--config", config, "--lot", "LOT7-*"); !strings.Contains(errs, "LOT7-*") {
		t.Error(errs)
	}
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("a long password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	edge(t, 0, "user", "add", "ann", "--role", "engineer", "--config", config, "--password-file", password)
	edge(t, 2, "user", "add", "a b", "--config", config, "--password-file", password)
	if text, _ := edge(t, 0, "user", "list", "--config", config); !strings.Contains(text, "ann") || !strings.Contains(text, "engineer") {
		t.Errorf(`got text %+v; want strings.Contains(text, "ann"), strings.Contains(text, "engineer")`, text)
	}
	edge(t, 0, "user", "remove", "ann", "--config", config)
	edge(t, 2, "user", "remove", "ann", "--config", config)
	if text, _ := edge(t, 0, "audit", "list", "--config", config); strings.Count(text, "user") != 2 || !strings.Contains(text, "removed") {
		t.Errorf(`got text %+v; want strings.Count(text, "user") == 2, strings.Contains(text, "removed")`, text)
	}
	if text, _ := edge(t, 0, "audit", "verify", "--config", config); !strings.Contains(text, "2 changes, none tampered with") {
		t.Error(text)
	}
	if err := os.WriteFile(filepath.Join(dir, "events/history/changes.head"), []byte("3 abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := edge(t, 1, "audit", "verify", "--config", config); !strings.Contains(errs, "tampered with: it ends with entry 2, and entry 3 was written") {
		t.Error(errs)
	}
}

func TestStudyCommand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "study.csv")
	var text strings.Builder
	text.WriteString("part,truth,appraiser,trial,says\n")
	for _, row := range []string{"a,bad,ann,1,bad", "a,bad,ann,2,bad", "b,good,ann,1,good", "b,good,ann,2,bad"} {
		text.WriteString(row + "\n")
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := edge(t, 0, "study", file)
	for _, want := range []string{"50.0 % of 2", "unacceptable", "2 parts, 2 trials"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	if err := os.WriteFile(file, []byte("a,perhaps,ann,1,bad\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := edge(t, 2, "study", file); !strings.Contains(errs, "study.csv:1: must be") {
		t.Error(errs)
	}
}
