package support

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/google/renameio/v2"

	"pristine/internal/config"
	"pristine/internal/config/lastgood"
	"pristine/internal/doctor"
	"pristine/users"
)

// Options say what is packed.
type Options struct {
	Config   string         // file; "" for the defaults
	Doctor   *doctor.Report // nil: none
	Versions string         // what edge version prints
	Unit     string         // of systemd, whose journal is packed; "" for none
	Since    time.Duration  // of the journal; 0: 3 days
	Logs     []string       // files of logs, whose ends are packed
	Pictures bool           // also the pictures of the last results

	Root     string // where /proc and /etc lie: "/"
	Now      func() time.Time
	Progress func(step string) // is called before each step
}

// Entry is one file of the archive, or what it does not hold.
type Entry struct {
	Name  string
	Bytes int64
	Note  string // why it is not there; "" where it is
}

// Summary is what an archive holds, and what not.
type Summary struct{ Entries []Entry }

// WriteText writes what an archive holds, and what not.
func (s *Summary) WriteText(w io.Writer) {
	for _, e := range s.Entries {
		if e.Note == "" {
			fmt.Fprintf(w, "%10s  %s\n", humanize.IBytes(uint64(e.Bytes)), e.Name)
		}
	}
	fmt.Fprintln(w, "\nNot there:")
	for _, e := range s.Entries {
		if e.Note != "" {
			fmt.Fprintf(w, "  %s: %s\n", e.Name, e.Note)
		}
	}
}

// archive is one that is being written.
type archive struct {
	Options
	*Redactor
	Summary
	config   *config.Config // the last good one where the file has mistakes, else the defaults
	lastGood string         // its file
	tar      *tar.Writer
	err      error // of writing
}

// Write writes an archive. An error says that w failed; what cannot be had is noted
// in the archive.
func Write(ctx context.Context, w io.Writer, o Options) (*Summary, error) {
	if o.Root == "" {
		o.Root = "/"
	}
	if o.Since == 0 {
		o.Since = 3 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	zip := gzip.NewWriter(w)
	a := &archive{Options: o, Redactor: &Redactor{}, tar: tar.NewWriter(zip)}
	a.learn()
	for _, step := range []struct {
		name string
		pack func(context.Context)
	}{
		{"configuration", a.packConfig}, {"agent", a.packAgent}, {"logs", a.packLogs}, {"events", a.packEvents},
		{"history", a.packHistory}, {"files", a.packFiles}, {"machine", a.packMachine},
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o.Progress(step.name)
		step.pack(ctx)
	}
	a.text("contents.txt", a.contents())
	if err := errors.Join(a.err, a.tar.Close(), zip.Close()); err != nil {
		return nil, fmt.Errorf("write support bundle: %w", err)
	}
	return &a.Summary, nil
}

// secretFile finds the keys of files with secrets, also in a configuration that
// cannot be read. Certificates are none.
var secretFile = regexp.MustCompile(`\b(creds|nkey|password|key)_file["']?\s*:\s*["']?([^\s"',}]+)`)

// learn reads the configuration and every secret that it names.
func (a *archive) learn() {
	defaults := config.Default()
	a.config = &defaults
	data, _ := os.ReadFile(a.Config) // packConfig notes it
	if c, err := config.Load(a.Config); err == nil {
		a.config = c
	} else if good, err := lastgood.Find(a.Config, data); err == nil { // which the agent runs with
		a.lastGood = good.Path
		if c, err := config.LoadData(a.Config, good.Data); err == nil {
			a.config = c
		}
	}
	if a.lastGood == "" {
		a.lastGood = a.config.Events.Dir + lastgood.Suffix
	}
	c := a.config
	for _, file := range []string{c.Events.Hub.CredsFile, c.Events.Hub.NkeyFile, c.Events.Hub.KeyFile, c.HTTP.KeyFile} {
		a.LearnFile(file)
	}
	pair := func(user, password string) {
		a.LearnFile(password)
		name, _ := os.ReadFile(user) // then there is no pair
		word, err := os.ReadFile(password)
		if err == nil && len(name)+len(word) < 4096 {
			a.LearnPair(string(name), string(word))
		}
	}
	pair(c.Events.Hub.UserFile, c.Events.Hub.PasswordFile)
	pair(c.Profiling.UserFile, c.Profiling.PasswordFile)
	pair(c.Tracing.UserFile, c.Tracing.PasswordFile)
	for i := range c.Cameras {
		pair(c.Cameras[i].UserFile, c.Cameras[i].PasswordFile)
		a.learnURL(c.Cameras[i].Source.Text())
	}
	all, _ := users.OpenFile(c.Users()).List() // nothing of the file is packed
	for _, u := range all {
		a.Learn(u.Hash)
	}
	a.LearnVariables(os.Environ())
	for _, file := range []string{"etc/pristine/environment", "etc/default/edge"} {
		data, _ := os.ReadFile(filepath.Join(a.Root, file)) // most machines have neither
		a.LearnVariables(strings.Split(string(data), "\n"))
	}
	for _, file := range a.configs() {
		data, _ := os.ReadFile(file) // packConfig notes it
		for _, m := range secretFile.FindAllStringSubmatch(string(data), -1) {
			path := m[2]
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(a.Config), path)
			}
			a.LearnFile(path)
		}
		for _, u := range address.FindAllString(string(data), -1) {
			a.learnURL(u)
		}
	}
}

// address finds addresses with a user and a password.
var address = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#"']*@`)

// learnURL learns the password of an address, which may also stand elsewhere.
func (a *archive) learnURL(text string) {
	m := address.FindString(text)
	_, info, _ := strings.Cut(strings.TrimSuffix(m, "@"), "://")
	if user, password, found := strings.Cut(info, ":"); found {
		a.LearnPair(user, password)
		if plain, err := url.PathUnescape(password); err == nil {
			a.LearnPair(user, plain)
		}
	}
}

// configs are the files of the configuration: the one in use, and the last good one.
func (a *archive) configs() (all []string) {
	if a.Config != "" {
		all = append(all, a.Config)
	}
	return append(all, a.lastGood)
}

// note records what the archive does not hold.
func (a *archive) note(name, format string, args ...any) {
	a.Entries = append(a.Entries, Entry{Name: name, Note: a.Text(fmt.Sprintf(format, args...))})
}

// text packs a text without its secrets.
func (a *archive) text(name, text string) { a.raw(name, []byte(a.Text(text))) }

// json packs a value as JSON without its secrets.
func (a *archive) json(name string, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		a.note(name, "%v", err)
		return
	}
	a.raw(name, []byte(a.JSON(string(data))))
}

// raw packs a file as it is.
func (a *archive) raw(name string, data []byte) {
	if a.err != nil {
		return
	}
	header := &tar.Header{Name: "pristine-support/" + name, Mode: 0o600, Size: int64(len(data)), ModTime: a.Now(), Format: tar.FormatPAX}
	if a.err = a.tar.WriteHeader(header); a.err == nil {
		_, a.err = io.Copy(a.tar, bytes.NewReader(data))
	}
	a.Entries = append(a.Entries, Entry{Name: name, Bytes: int64(len(data))})
}

// contents lists what is packed, and what is not.
func (a *archive) contents() string {
	var out strings.Builder
	out.WriteString("Pristine support bundle. Secrets are replaced by " + hidden + "; comments of configurations are left out.\n\n")
	a.WriteText(&out)
	return out.String()
}

// WriteFile writes an archive to a file that only its owner can read. A file that is
// there is replaced once the archive is complete.
func WriteFile(ctx context.Context, file string, o Options) (*Summary, error) {
	f, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o600))
	if err != nil {
		return nil, fmt.Errorf("write support bundle: %w", err)
	}
	defer func() { _ = f.Cleanup() }()
	summary, err := Write(ctx, f, o)
	if err == nil {
		err = f.CloseAtomicallyReplace()
	}
	if err != nil {
		return nil, err
	}
	return summary, nil
}
