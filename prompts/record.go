package prompts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"go.yaml.in/yaml/v3"
)

// ErrEdited is wrapped by an error that is returned when a set was edited while it was
// measured.
var ErrEdited = errors.New("the set was edited while it was measured: measure it again")

// Record writes the result of a calibration into a set's file: thresholds, calibration
// (nil: none) and the validation record. v.Set must be the Hash of the set that was
// measured. Record replaces it by the hash of the set with the new calibration, and
// v.Thresholds by t. All other lines and comments stay byte for byte. The file is
// replaced atomically, and does not change if there is an error.
func Record(file string, v Validation, c *Calibration, t Thresholds) error {
	if err := record(file, v, c, t); err != nil {
		return fmt.Errorf("record validation in %s: %w", file, err)
	}
	return nil
}

func record(file string, v Validation, c *Calibration, t Thresholds) error {
	target, err := filepath.EvalSymlinks(file) // a link stays a link
	if err != nil {
		return err
	}
	data, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	set, err := Parse(file, data)
	if err != nil {
		return err
	}
	if v.Set != set.Hash() {
		return ErrEdited
	}
	set.Calibration = c
	v.Set, v.Thresholds = set.Hash(), t
	for _, entry := range []struct {
		key   string
		value any
	}{{"thresholds", t}, {"calibration", c}, {"validation", v}} {
		if data, err = setKey(data, entry.key, entry.value); err != nil {
			return err
		}
	}
	set.Thresholds, set.Validation = t, &v
	if written, err := Parse(file, data); err != nil || !reflect.DeepEqual(written, set) {
		return errors.Join(errors.New("its layout cannot be edited: write one key per line"), err)
	}
	return renameio.WriteFile(target, data, 0o644, renameio.WithExistingPermissions())
}

// setKey returns the document with a top-level key set to a value, or removed if the
// value is nil. Only the lines of that key change: writing the whole document back would
// lose blank lines and the alignment of comments.
func setKey(data []byte, key string, value any) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	root := document.Content[0]
	if root.Style&yaml.FlowStyle != 0 || root.Column != 1 {
		return nil, errors.New("write its keys in lines of their own, from the first column, not in braces")
	}
	at := -1
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == key {
			at = i
		}
	}
	lines := strings.SplitAfter(string(data), "\n")
	begin, end := len(lines), len(lines)
	name, body := &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{}
	if at >= 0 {
		name, body = root.Content[at], root.Content[at+1]
		begin = name.Line - 1
		if at+2 < len(root.Content) {
			end = root.Content[at+2].Line - 1
		}
		for end > begin+1 && !within(lines[end-1]) { // comments above the next key belong to it
			end--
		}
		name.HeadComment, name.FootComment, body.FootComment = "", "", ""
	}
	text, err := entry(name, body, value)
	if err != nil {
		return nil, err
	}
	if at < 0 && len(data) > 0 && data[len(data)-1] != '\n' {
		text = "\n" + text
	}
	return []byte(strings.Join(slices.Concat(lines[:begin], []string{text}, lines[end:]), "")), nil
}

// within reports whether a line belongs to the value of the key above it.
func within(line string) bool {
	line = strings.TrimRight(line, " \t\r\n")
	return line != "" && !strings.HasPrefix(line, "#")
}

// entry writes a key with a new value. It keeps the comments of the old value on the
// keys that both have.
func entry(name, body *yaml.Node, value any) (string, error) {
	var fresh yaml.Node
	if err := fresh.Encode(value); err != nil {
		return "", err
	}
	if fresh.Kind == yaml.ScalarNode { // nil
		return "", nil
	}
	adopt(body, &fresh)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{name, &fresh}}); err != nil {
		return "", err
	}
	return b.String(), e.Close()
}

// adopt copies comments and style of an old mapping to a new one.
func adopt(old, fresh *yaml.Node) {
	fresh.HeadComment, fresh.LineComment = old.HeadComment, old.LineComment
	if old.Kind != fresh.Kind {
		return
	}
	fresh.Style = old.Style
	for i := 0; fresh.Kind == yaml.MappingNode && i < len(fresh.Content); i += 2 {
		for k := 0; k < len(old.Content); k += 2 {
			if old.Content[k].Value == fresh.Content[i].Value {
				fresh.Content[i].HeadComment, fresh.Content[i].FootComment = old.Content[k].HeadComment, old.Content[k].FootComment
				style := fresh.Content[i+1].Style
				adopt(old.Content[k+1], fresh.Content[i+1])
				if fresh.Content[i+1].Kind == yaml.ScalarNode {
					fresh.Content[i+1].Style = style
				}
			}
		}
	}
}
