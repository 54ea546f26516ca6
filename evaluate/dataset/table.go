package dataset

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns are the columns of a table, each with its other usual names. The first two are
// required.
var columns = []struct {
	name    string
	aliases []string
}{
	{"path", []string{"image", "image_path", "img_path", "file", "file_name", "filename", "filepath"}},
	{"label", []string{"label_index", "class", "target", "is_anomaly", "anomaly"}},
	{"defect", []string{"defect_type", "anomaly_type", "anomaly_class", "kind"}},
	{"mask", []string{"mask_path", "ground_truth", "gt"}},
	{"split", []string{"set", "subset"}},
}

const wantedColumns = "wanted path,label[,defect][,mask][,split]"

// openTable reads a CSV with a heading.
func (r *reader) openTable() error {
	data, err := os.ReadFile(r.root)
	if err != nil {
		return err
	}
	r.set.Layout = "CSV"
	return r.parseTable(data, filepath.Dir(r.root))
}

// table is an open CSV.
type table struct {
	rows *csv.Reader
	at   map[string]int // columns by name
	dirs []string       // that paths are relative to, in order of preference
}

// parseTable reads the text of a table. It returns all mistakes at once, each
// with its line.
func (r *reader) parseTable(data []byte, dir string) error {
	if i := invalidUTF8(data); i >= 0 {
		return fmt.Errorf("line %d: the text is not UTF-8: save the file as UTF-8", 1+bytes.Count(data[:i], []byte("\n")))
	}
	t := &table{rows: csv.NewReader(bytes.NewReader(data)), dirs: []string{dir, filepath.Dir(dir)}}
	t.rows.Comma, t.rows.Comment, t.rows.TrimLeadingSpace = delimiter(data), '#', true
	heading, err := t.rows.Read()
	if err != nil {
		return fmt.Errorf("read heading: %w: %s", err, wantedColumns)
	}
	unused, err := t.columns(heading)
	if err != nil {
		return err
	}
	if len(unused) > 0 {
		r.warn("columns that are not used: %s", strings.Join(unused, ", "))
	}
	var mistakes []error
	for {
		row, err := t.rows.Read()
		if errors.Is(err, io.EOF) {
			return errors.Join(mistakes...)
		}
		if err != nil {
			return errors.Join(append(mistakes, err)...)
		}
		line, _ := t.rows.FieldPos(0)
		p, err := t.picture(row)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("line %d: %w", line, err))
			continue
		}
		r.set.Pictures = append(r.set.Pictures, p)
	}
}

// invalidUTF8 returns the position of the first byte that is not UTF-8, or −1. UTF-16,
// which begins with FF FE or FE FF, is not UTF-8.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 || c == 0 {
			return i
		}
		i += size
	}
	return -1
}

// delimiter returns the separator of the heading's columns. Spreadsheets write
// semicolons if the decimal sign is a comma.
func delimiter(data []byte) rune {
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, []byte("#")) || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		best := ','
		for _, c := range ";\t" {
			if bytes.ContainsRune(line, c) && !bytes.ContainsRune(line, ',') {
				best = c
			}
		}
		return best
	}
	return ','
}

// columns finds the columns by the heading, and returns the names of unused ones.
func (t *table) columns(heading []string) (unused []string, err error) {
	t.at = map[string]int{}
	for i, name := range heading {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))) // spreadsheets write one
		known := false
		for _, c := range columns {
			if name != c.name && !slices.Contains(c.aliases, name) {
				continue
			}
			if _, twice := t.at[c.name]; twice {
				return nil, fmt.Errorf("line 1: there are two columns for %q: %s", c.name, strings.Join(heading, ", "))
			}
			t.at[c.name], known = i, true
		}
		if !known {
			unused = append(unused, fmt.Sprintf("%q", name))
		}
	}
	for _, c := range columns[:2] {
		if _, found := t.at[c.name]; !found {
			return nil, fmt.Errorf("line 1: there is no column %q (or %s), only %s: %s", c.name, strings.Join(c.aliases, ", "), strings.Join(heading, ", "), wantedColumns)
		}
	}
	return unused, nil
}

func (t *table) cell(row []string, name string) string {
	if i, found := t.at[name]; found {
		return strings.TrimSpace(row[i])
	}
	return ""
}

// file finds a path of a table relative to the table's folder or its parent.
func file(path string, dirs []string) (string, error) {
	if path == "" || filepath.IsAbs(path) {
		return path, exists(path)
	}
	path = filepath.FromSlash(strings.ReplaceAll(path, `\`, "/"))
	for _, dir := range dirs {
		if at := filepath.Join(dir, path); exists(at) == nil {
			return at, nil
		}
	}
	at := filepath.Join(dirs[0], path)
	return at, exists(at)
}

func exists(path string) error {
	if path == "" {
		return nil
	}
	_, err := os.Stat(path)
	return err
}

func (t *table) picture(row []string) (Picture, error) {
	p := Picture{Defect: t.cell(row, "defect")}
	switch label := t.cell(row, "label"); {
	case label == "0" || label == "0.0" || isAny(label, append(goodNames, "false")):
	case label == "1" || label == "1.0" || isAny(label, append(badNames, "true")):
		p.Bad = true
	default:
		return p, fmt.Errorf("label %q is neither good (%s, 0) nor bad (%s, 1)", label, strings.Join(goodNames[:4], ", "), strings.Join(badNames[:6], ", "))
	}
	if !p.Bad && isAny(p.Defect, goodNames) {
		p.Defect = ""
	}
	if !p.Bad && p.Defect != "" {
		return p, fmt.Errorf("a good picture has the defect %q", p.Defect)
	}
	switch split := t.cell(row, "split"); {
	case isAny(split, []string{"train", "training", "reference", "references", "val", "valid", "validation"}):
		p.Train = true
	case split != "" && !isAny(split, []string{"test", "testing"}):
		return p, fmt.Errorf("split %q is neither train nor test", split)
	}
	if p.Train && p.Bad {
		return p, errors.New("a bad picture is in the split for training: references must be good: give it the split test")
	}
	var err, maskErr error
	if p.File, err = file(t.cell(row, "path"), t.dirs); err == nil && p.File == "" {
		err = errors.New("the path is empty")
	}
	mask, maskErr := file(t.cell(row, "mask"), t.dirs)
	if mask != "" && p.Bad {
		p.Masks = []string{mask}
	}
	return p, errors.Join(err, maskErr)
}
