package starter

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Limits of the references that are chosen from the good photos: four or more make
// the figures of docs/benchmarks.md, and more than sixteen add little.
const (
	LeastReferences = 4
	MostReferences  = 16
)

// Options say what a part's folder is made from.
type Options struct {
	Dir     string
	Name    string   // of part, camera and set; the folder's name
	Object  string   // what prompts call it; the name with spaces
	Good    []string // photos of good parts
	Shipped string   // file of the prompt set to begin with
	Source  string   // address of the camera; a watched folder, in/, without one
	Model   Model
}

// Model is what the agent encodes with; empty fields are the defaults.
type Model struct {
	Bundle     string // folder
	References string // folder of the bundle that references take their patches from
	Provider   string
	Precision  string
}

// Folder is what was made.
type Folder struct {
	Dir, Set, Config string   // paths
	References       string   // folder
	Kept             int      // references
	In               string   // the watched folder; "" with another source
	Measured         []string // good photos that are not references
}

// name is what cameras and sets may be called.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// ErrOptions is returned within an error when the options are wrong.
var ErrOptions = errors.New("cannot make the folder")

// Create makes the folder.
func Create(o Options) (*Folder, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	f := &Folder{
		Dir: o.Dir, Set: filepath.Join(o.Dir, o.Name+".yaml"), Config: filepath.Join(o.Dir, "edge.yaml"),
		References: filepath.Join(o.Dir, "references"),
	}
	set, err := adapt(o.Shipped, o.Name, o.Object)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.References, 0o755); err != nil { //nolint:gosec // photos, for all who work on the part
		return nil, fmt.Errorf("make folder: %w", err)
	}
	var references []string
	references, f.Measured = split(o.Good)
	for i, file := range references {
		if err := copyFile(file, filepath.Join(f.References, fmt.Sprintf("%02d-%s", i+1, filepath.Base(file)))); err != nil {
			return nil, err
		}
	}
	f.Kept = len(references)
	if o.Source == "" {
		o.Source, f.In = "watch://in", filepath.Join(o.Dir, "in")
		if err := os.MkdirAll(f.In, 0o755); err != nil { //nolint:gosec // the camera's program writes there
			return nil, fmt.Errorf("make folder: %w", err)
		}
	}
	if err := write(f.Set, set); err != nil {
		return nil, err
	}
	return f, write(f.Config, configuration(&o))
}

func (o *Options) complete() error {
	if o.Dir == "" {
		return errors.New("name a folder to make")
	}
	if o.Name == "" {
		abs, err := filepath.Abs(o.Dir)
		if err != nil {
			return err
		}
		o.Name = filepath.Base(abs)
	}
	if !name.MatchString(o.Name) {
		return fmt.Errorf("the name %q must be letters, digits, - and _: give --name", o.Name)
	}
	if o.Object == "" {
		o.Object = strings.NewReplacer("-", " ", "_", " ").Replace(o.Name)
	}
	if strings.ContainsAny(o.Object, "{}\n") {
		return fmt.Errorf("the object %q must be plain words", o.Object)
	}
	if len(o.Good) == 0 {
		return errors.New("give photos of good parts: --good DIR")
	}
	entries, err := os.ReadDir(o.Dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty: name a new folder", o.Dir)
	}
	return nil
}

// split chooses the references: a third of the photos within the limits, or half of
// a few.
func split(good []string) (references, rest []string) {
	n := len(good)
	k := min(max(n/3, LeastReferences), MostReferences)
	if n < 2*LeastReferences {
		k = (n + 1) / 2
	}
	for i, file := range good {
		if len(references) < k && i == len(references)*n/k {
			references = append(references, file)
		} else {
			rest = append(rest, file)
		}
	}
	return references, rest
}

// keys of a shipped set that name its part, and those that hold for it alone.
var (
	nameKey   = regexp.MustCompile(`(?m)^name:.*$`)
	objectKey = regexp.MustCompile(`(?m)^object:.*$`)
	measured  = regexp.MustCompile(`(?m)^(arm|validation|calibration|thresholds|tiles):.*\n([ \t]+.*\n)*`)
	heading   = regexp.MustCompile(`\A(#.*\n)+`)
)

// adapt returns a shipped set with another name and object, without what was
// measured on its own part.
func adapt(file, name, object string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read shipped prompt set: %w", err)
	}
	text := heading.ReplaceAllString(string(data), "")
	text = measured.ReplaceAllString(text, "")
	text = nameKey.ReplaceAllLiteralString(text, "name: "+name)
	text = objectKey.ReplaceAllLiteralString(text, "object: "+object+" # what it looks like, in a word or two: every {} below stands for it")
	return "# Made from " + filepath.Base(file) + ". Name your part and the defects that you know; edge prompts lint\n" +
		"# warns of what such models misread. Saved edits take effect at once.\n" + text, nil
}

func write(file, text string) error {
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // holds no secret
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy photo: %w", err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("copy photo: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy photo: %w", err)
	}
	return nil
}
