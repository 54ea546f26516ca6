package lastgood

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/google/renameio/v2"

	"pristine/internal/config"
)

// Suffix follows the folder of events in the name of the copy.
const Suffix = ".last-good.yaml"

// ErrNone is returned within an error when there is no copy of a file.
var ErrNone = errors.New("no last good copy")

var header = regexp.MustCompile(`^# Last good copy of ("(?:[^"\\]|\\.)*"), with which an agent started at (\S+)\n`)

// Copy is a configuration that an agent started with.
type Copy struct {
	Path  string // of the copy
	Saved time.Time
	Data  []byte // of the file
}

// Save keeps the content of a configuration file with which an agent has
// started, beside its folder of events. A copy of the same content stays as it
// is.
func Save(file string, data []byte, eventsDir string) error {
	source, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("keep the last good configuration: %w", err)
	}
	path := filepath.Clean(eventsDir) + Suffix
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if kept, err := read(path, source); err == nil && bytes.Equal(kept.Data, data) {
		return nil
	}
	first := fmt.Sprintf("# Last good copy of %s, with which an agent started at %s\n", strconv.Quote(source), time.Now().UTC().Format(time.RFC3339))
	if err := renameio.WriteFile(path, append([]byte(first), data...), 0o600); err != nil {
		return fmt.Errorf("keep the last good configuration: %w", err)
	}
	return nil
}

// Find returns the newest copy of a configuration file; data is what the file
// holds now, with its mistakes, or nil where it cannot be read.
func Find(file string, data []byte) (*Copy, error) {
	source, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("find the last good configuration: %w", err)
	}
	var newest *Copy
	for _, path := range candidates(file, data) {
		if c, err := read(path, source); err == nil && (newest == nil || c.Saved.After(newest.Saved)) {
			newest = c
		}
	}
	if newest == nil {
		return nil, fmt.Errorf("find the last good configuration: %w of %s", ErrNone, file)
	}
	return newest, nil
}

// named finds the folders that a file names, even where it is no YAML.
var named = regexp.MustCompile(`\bdir:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,}#]+))`)

func candidates(file string, data []byte) (all []string) {
	dirs := []string{config.Default().Events.Dir}
	text := bytes.ReplaceAll(data, []byte{0}, nil) // of UTF-16
	for _, m := range named.FindAllSubmatch(text, -1) {
		dirs = append(dirs, string(bytes.Join(m[1:], nil)))
	}
	folders := map[string]bool{os.Getenv("STATE_DIRECTORY"): true}
	for _, dir := range dirs {
		folders[filepath.Dir(config.Path(file, dir))] = true
	}
	for folder := range folders {
		if folder == "" {
			continue
		}
		found, _ := filepath.Glob(filepath.Join(folder, "*"+Suffix)) // the pattern is sound
		all = append(all, found...)
	}
	return all
}

// read reads a copy of source.
func read(path, source string) (*Copy, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := header.FindSubmatch(data)
	if m == nil {
		return nil, fmt.Errorf("%s: %w: its first line names no file", path, ErrNone)
	}
	of, err := strconv.Unquote(string(m[1]))
	if err != nil || of != source {
		return nil, fmt.Errorf("%s: %w of %s", path, ErrNone, source)
	}
	saved, err := time.Parse(time.RFC3339, string(m[2]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Copy{path, saved, data[len(m[0]):]}, nil
}
