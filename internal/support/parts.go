package support

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"pristine/events"
	"pristine/history"
	"pristine/internal/doctor"
)

// Limits of what is packed.
const (
	mostLog     = 16 << 20 // bytes of a log, its end
	mostLines   = "200000" // of the journal, its end
	mostEvents  = 1000
	mostResults = 1000
	mostFiles   = 20000 // that are listed of a folder
	mostShown   = 50    // results with pictures
	askLimit    = 10 * time.Second
)

func (a *archive) packConfig(context.Context) {
	if a.Doctor != nil {
		a.json("doctor.json", a.Doctor)
	}
	if a.Versions != "" {
		a.text("versions.txt", a.Versions)
	}
	for i, file := range a.configs() {
		name := []string{"config/edge.yaml", "config/last-good.yaml"}[i+2-len(a.configs())]
		data, err := os.ReadFile(file)
		if err != nil {
			a.note(name, "%v", err)
			continue
		}
		a.raw(name, []byte(a.YAML(string(data))))
	}
	var sets []string
	for i := range a.config.Cameras {
		for _, s := range a.config.Cameras[i].Stations() {
			sets = append(sets, s.Prompts, s.Shadow)
		}
	}
	slices.Sort(sets)
	for i, file := range slices.DeleteFunc(slices.Compact(sets), func(s string) bool { return s == "" }) {
		data, err := os.ReadFile(file)
		if err != nil {
			a.note("prompts", "%v", err)
			continue
		}
		a.raw(fmt.Sprintf("prompts/%d-%s", i, a.Text(filepath.Base(file))), []byte(a.YAML(string(data))))
	}
}

// packAgent asks a running agent for all that it says of itself.
func (a *archive) packAgent(ctx context.Context) {
	base := doctor.LocalURL(a.config.HTTP.Listen, a.config.HTTP.CertFile != "")
	if base == "" {
		a.note("agent", "http.listen names no address of a running agent")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	for _, page := range []struct{ path, name string }{
		{"/status", "status.json"}, {"/healthz", "healthz.txt"}, {"/readyz", "readyz.txt"}, {"/fitz", "fitz.json"}, {"/livez", "livez.txt"}, {"/metrics", "metrics.txt"},
		{"/debug/pprof/goroutine?debug=2", "goroutines.txt"}, {"/debug/pprof/heap?debug=1", "heap.txt"},
	} {
		name := "agent/" + page.name
		code, body, err := doctor.Get(ctx, base+page.path)
		switch {
		case err != nil:
			a.note(name, "the agent does not answer: %v", err)
			return
		case code == http.StatusUnauthorized || code == http.StatusForbidden || code >= 300 && code < 400:
			a.note(name, "the agent asks for a login")
		case code == http.StatusNotFound:
			a.note(name, "the agent does not offer it")
		default:
			a.raw(name, []byte(a.JSON(strings.TrimRight(string(body), "\n")+"\n")))
		}
	}
}

// packLogs packs the journal of the unit, and the ends of log files.
func (a *archive) packLogs(ctx context.Context) {
	if a.Unit != "" {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		since := a.Now().Add(-a.Since).Format(time.DateTime)
		out, err := exec.CommandContext(ctx, "journalctl", "--unit", a.Unit, "--since", since, "--lines", mostLines, "--output", "short-iso", "--all", "--no-pager", "--quiet").Output()
		var failed *exec.ExitError
		switch {
		case errors.As(err, &failed):
			a.note("journal.txt", "journalctl: %v: %s", err, failed.Stderr)
		case err != nil:
			a.note("journal.txt", "%v", err)
		case len(out) == 0:
			a.note("journal.txt", "the journal has no line of unit %s since %s that this user may read", a.Unit, since)
		default:
			a.text("journal.txt", string(out[max(0, len(out)-mostLog):]))
		}
	}
	for i, file := range a.Logs {
		name := fmt.Sprintf("logs/%d-%s", i, a.Text(filepath.Base(file)))
		text, err := tail(file)
		if err != nil {
			a.note(name, "%v", err)
			continue
		}
		a.text(name, text)
	}
}

// tail returns the end of a file.
func tail(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() > mostLog {
		if _, err := f.Seek(-mostLog, io.SeekEnd); err != nil {
			return "", err
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, mostLog))
	return string(data), err
}

// packEvents reads the last events of a running agent's own server.
func (a *archive) packEvents(ctx context.Context) {
	url := doctor.LocalURL(a.config.Events.Listen, false)
	if url == "" {
		a.note("events.jsonl", "events.listen names no address of a running agent")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	all, err := events.Recent(ctx, events.Hub{URL: strings.Replace(url, "http://", "nats://", 1)}, mostEvents)
	if err != nil {
		a.note("events.jsonl", "%v", err)
		return
	}
	a.raw("events.jsonl", []byte(a.JSONLines(strings.Join(append(all, ""), "\n"))))
}

// packHistory packs the last results and changes, which are there without an agent,
// too, and the pictures where they are asked for.
func (a *archive) packHistory(ctx context.Context) {
	r, err := history.OpenReader(ctx, a.config.HistoryDir())
	if err != nil {
		a.note("history", "%v", err)
		return
	}
	defer func() { _ = r.Close() }()
	results, err := r.Parts(ctx, history.Filter{}, mostResults)
	if err != nil {
		a.note("results.jsonl", "%v", err)
	} else {
		a.raw("results.jsonl", []byte(a.JSONLines(lines(results))))
	}
	changes, err := r.Changes(ctx, history.Period{To: a.Now().Add(time.Hour)}, mostResults)
	if err != nil {
		a.note("changes.jsonl", "%v", err)
	} else {
		a.raw("changes.jsonl", []byte(a.JSONLines(lines(changes))))
	}
	if !a.Pictures {
		a.note("pictures", "not asked for: --pictures packs those of the last results")
		return
	}
	shown := 0
	for _, v := range results {
		if !v.Pictured || shown == mostShown {
			continue
		}
		k, err := r.Kept(ctx, v.ID)
		if err != nil {
			a.note(fmt.Sprintf("pictures/%d.jpg", v.ID), "%v", err)
			continue
		}
		shown++
		if len(k.Picture) > 0 {
			a.raw(fmt.Sprintf("pictures/%d.jpg", v.ID), k.Picture)
		}
	}
}

// lines returns values as JSON, one a line.
func lines[T any](all []T) string {
	var out strings.Builder
	for _, v := range all {
		data, _ := json.Marshal(v) // results and changes hold nothing that JSON does not
		out.Write(append(data, '\n'))
	}
	return out.String()
}

// packFiles lists the folders of the agent.
func (a *archive) packFiles(context.Context) {
	var out strings.Builder
	var seen []string
	for _, dir := range []string{a.config.Events.Dir, a.config.HistoryDir(), a.config.Model.CacheDir, a.config.Model.Bundle} {
		if slices.ContainsFunc(seen, func(s string) bool { return strings.HasPrefix(dir+"/", s+"/") }) {
			continue
		}
		seen = append(seen, dir)
		n := 0
		_ = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if n++; n > mostFiles {
				fmt.Fprintf(&out, "%s: more than %d files\n", dir, mostFiles)
				return fs.SkipAll
			}
			if err != nil {
				fmt.Fprintf(&out, "%v\n", err)
				return nil
			}
			if info, err := d.Info(); err == nil {
				uid := info.Sys().(*syscall.Stat_t).Uid
				fmt.Fprintf(&out, "%s %6d %12d %s %s\n", info.Mode(), uid, info.Size(), info.ModTime().UTC().Format(time.RFC3339), file)
			}
			return nil
		})
	}
	a.text("files.txt", out.String())
}

// packMachine packs what the kernel says of the machine.
func (a *archive) packMachine(context.Context) {
	for _, file := range []string{"etc/os-release", "proc/version", "proc/meminfo", "proc/loadavg", "proc/uptime", "proc/mounts", "proc/cpuinfo", "etc/nv_tegra_release", "proc/driver/nvidia/version"} {
		data, err := os.ReadFile(filepath.Join(a.Root, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			a.note("machine", "%v", err)
			continue
		}
		a.text("machine/"+strings.ReplaceAll(file, "/", "-"), string(data))
	}
}
