package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// columns of a table; the first two must be there.
var columns = []string{"path", "label", "defect", "mask"}

// openTable reads a CSV with a heading.
func openTable(file string) ([]Picture, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return parseTable(f, filepath.Dir(file))
}

// parseTable tells every mistake of the table at once, each with its line.
func parseTable(r io.Reader, dir string) ([]Picture, error) {
	table := csv.NewReader(r)
	table.Comment = '#'
	table.TrimLeadingSpace = true
	heading, err := table.Read()
	if err != nil {
		return nil, fmt.Errorf("read heading: %w: wanted path,label[,defect][,mask]", err)
	}
	at, err := columnsOf(heading)
	if err != nil {
		return nil, err
	}
	var all []Picture
	var mistakes []error
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return all, errors.Join(mistakes...)
		}
		if err != nil {
			return nil, errors.Join(append(mistakes, err)...)
		}
		line, _ := table.FieldPos(0)
		p, err := picture(row, at, dir)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("line %d: %w", line, err))
			continue
		}
		all = append(all, p)
	}
}

func columnsOf(heading []string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range heading {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))) // spreadsheets write one
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("line 1: unknown column %q: %s are known", name, strings.Join(columns, ", "))
		}
		at[name] = i
	}
	for _, name := range columns[:2] {
		if _, found := at[name]; !found {
			return nil, fmt.Errorf("line 1: there is no column %q: wanted path,label[,defect][,mask]", name)
		}
	}
	return at, nil
}

func picture(row []string, at map[string]int, dir string) (Picture, error) {
	cell := func(name string) string {
		if i, found := at[name]; found {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	file := func(name string) (string, error) {
		path := cell(name)
		if path == "" {
			return "", nil
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, filepath.FromSlash(path))
		}
		_, err := os.Stat(path)
		return path, err
	}
	p := Picture{Defect: cell("defect")}
	switch label := strings.ToLower(cell("label")); {
	case label == "0" || slices.Contains(goodNames, label):
	case label == "1" || slices.Contains(badNames, label):
		p.Bad = true
	default:
		return p, fmt.Errorf("label %q is neither good (%s, 0) nor bad (%s, 1)", cell("label"), strings.Join(goodNames[:4], ", "), strings.Join(badNames[:6], ", "))
	}
	if !p.Bad && p.Defect != "" {
		return p, fmt.Errorf("a good picture has the defect %q", p.Defect)
	}
	var err, maskErr error
	if p.File, err = file("path"); err == nil && p.File == "" {
		err = errors.New("the path is empty")
	}
	p.Mask, maskErr = file("mask")
	return p, errors.Join(err, maskErr)
}
