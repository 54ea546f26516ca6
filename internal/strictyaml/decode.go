package strictyaml

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds nesting, so that a hostile file cannot exhaust the stack.
const maxDepth = 40

// MaxBytes is the size of the largest document: people write them.
const MaxBytes = 1 << 20

// Defaulter is implemented by element types of lists and maps whose absent
// keys have defaults; SetDefaults runs before the element's keys are read.
type Defaulter interface{ SetDefaults() }

// NumbersUnmarshaler is implemented by types that are written as a list of numbers,
// such as a point. The numbers are finite.
type NumbersUnmarshaler interface{ UnmarshalNumbers(numbers []float64) error }

var (
	durationType    = reflect.TypeFor[time.Duration]()
	unmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// Decode parses one YAML document into out, a pointer to a struct with yaml
// tags. Durations are written as Go durations ("1.5s"); types that implement
// encoding.TextUnmarshaler are read from scalars; those of them that are
// structs with yaml tags or slices may be written out as mappings or lists too, as
// a short and a long form of one thing. Types that implement NumbersUnmarshaler are
// read from lists of numbers. Problems are collected in the Document that it
// returns, never returned singly.
func Decode(file string, data []byte, out any) *Document {
	d := &Document{file: file, lines: map[string]int{}}
	if len(data) > MaxBytes {
		d.unreadable(1, fmt.Sprintf("it has %d bytes: at most %d are read", len(data), MaxBytes))
		return d
	}
	if line, message := foreign(data); line > 0 {
		d.unreadable(line, message)
		return d
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return d
	case err != nil:
		d.unreadable(syntax(string(data), err))
		return d
	}
	d.start = root.Content[0].Line
	if line, message := disguisedKey(root.Content[0]); line > 0 {
		d.unreadable(line, message)
		return d
	}
	d.value(root.Content[0], "", reflect.ValueOf(out).Elem(), 0)
	d.second(decoder, data)
	return d
}

// marker begins a document.
var marker = regexp.MustCompile(`^---(\s|$)`)

// second reports a second document, which nobody would read.
func (d *Document) second(decoder *yaml.Decoder, data []byte) {
	var root yaml.Node
	err := decoder.Decode(&root)
	for err == nil && isNull(root.Content[0]) { // a marker at the end, and nothing behind it
		root = yaml.Node{}
		err = decoder.Decode(&root)
	}
	if errors.Is(err, io.EOF) {
		return
	}
	// The decoder has no line for what it did not expect.
	begin, ended := true, false
	for i, text := range strings.Split(string(data), "\n") {
		content := strings.TrimSpace(text)
		said := content != "" && content[0] != '#' && content[0] != '%'
		switch {
		case marker.MatchString(text) && !begin:
			d.add(i+1, "", "a second document begins here and would not be read: remove this line (---), or what follows it")
			return
		case ended && said:
			d.add(i+1, "", "a second document begins here and would not be read: remove the \"...\" before it, or this document")
			return
		}
		begin = begin && !said
		ended = ended || content == "..."
	}
	d.add(0, "", "it holds a second document, which would not be read: remove it")
}

func (d *Document) value(n *yaml.Node, path string, v reflect.Value, depth int) {
	if depth > maxDepth {
		d.add(n.Line, path, "is nested too deeply")
		return
	}
	if n.Kind == yaml.AliasNode {
		d.add(n.Line, path, "aliases (*%s) are not supported: write the value out", n.Value)
		return
	}
	if isNull(n) {
		return
	}
	if message := disguise(n, isText(v)); message != "" {
		d.add(n.Line, path, "%s", message)
		return
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(newElement(v.Type().Elem()).Addr())
		}
		v = v.Elem()
	}
	if u, ok := v.Addr().Interface().(NumbersUnmarshaler); ok {
		d.numbers(n, path, u, depth)
		return
	}
	switch {
	case v.Type() == durationType || reflect.PointerTo(v.Type()).Implements(unmarshalerType) && (n.Kind == yaml.ScalarNode || !composite(v)):
		d.scalar(n, path, v)
	case v.Kind() == reflect.Struct:
		d.mapping(n, path, v, depth)
	case v.Kind() == reflect.Map:
		d.stringMap(n, path, v, depth)
	case v.Kind() == reflect.Slice:
		d.list(n, path, v, depth)
	default:
		d.scalar(n, path, v)
	}
}

// renamer is a mapping that had other keys in earlier versions.
type renamer interface {
	Renamed() map[string]string // the present key of each former one
}

func (d *Document) mapping(n *yaml.Node, path string, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		d.add(n.Line, path, "must be a mapping of keys (got %s)", kindName(n))
		return
	}
	if isBraces(n) && reflect.PointerTo(v.Type()).Implements(unmarshalerType) {
		d.add(n.Line, path, bracesMessage)
		return
	}
	fields := fieldsOf(v.Type())
	for key, node := range d.entries(n, path) {
		p := join(path, key.Value)
		index, ok := fields[key.Value]
		if !ok && n.Style&yaml.FlowStyle != 0 && digits.MatchString(key.Value) && isNull(node) {
			d.add(key.Line, path, "a decimal comma before %s: write a point, such as 0.5", key.Value)
			continue
		}
		if r, has := v.Addr().Interface().(renamer); !ok && has && r.Renamed()[key.Value] != "" {
			d.add(key.Line, p, "is now %s: move its value there", r.Renamed()[key.Value])
			continue
		}
		if !ok {
			d.add(key.Line, p, "unknown key%s", hint(key.Value, fields))
			continue
		}
		d.value(node, p, v.FieldByIndex(index), depth+1)
	}
}

func (d *Document) stringMap(n *yaml.Node, path string, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		d.add(n.Line, path, "must be a mapping of keys (got %s)", kindName(n))
		return
	}
	out := reflect.MakeMap(v.Type())
	for key, node := range d.entries(n, path) {
		element := newElement(v.Type().Elem())
		d.value(node, join(path, key.Value), element, depth+1)
		out.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), element)
	}
	v.Set(out)
}

// entries yields the key and value nodes of a mapping, records the line of each key,
// and reports keys that are no plain words or are written twice.
func (d *Document) entries(n *yaml.Node, path string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		seen := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, node := n.Content[i], n.Content[i+1]
			if key.Kind != yaml.ScalarNode {
				d.add(key.Line, path, "a key must be a plain word")
				continue
			}
			p := join(path, key.Value)
			if first, twice := seen[key.Value]; twice {
				d.add(key.Line, p, "is written twice (first on line %d)", first)
				continue
			}
			seen[key.Value] = key.Line
			d.lines[p] = key.Line
			if !yield(key, node) {
				return
			}
		}
	}
}

func (d *Document) list(n *yaml.Node, path string, v reflect.Value, depth int) {
	if n.Kind != yaml.SequenceNode {
		d.add(n.Line, path, "must be a list (got %s)", kindName(n))
		return
	}
	out := reflect.MakeSlice(v.Type(), 0, len(n.Content))
	for i, node := range n.Content {
		p := fmt.Sprintf("%s[%d]", path, i)
		d.lines[p] = node.Line
		element := newElement(v.Type().Elem())
		d.value(node, p, element, depth+1)
		out = reflect.Append(out, element)
	}
	v.Set(out)
}

func (d *Document) numbers(n *yaml.Node, path string, u NumbersUnmarshaler, depth int) {
	var numbers []float64
	known := len(d.problems)
	d.list(n, path, reflect.ValueOf(&numbers).Elem(), depth)
	if len(d.problems) > known {
		return
	}
	if err := u.UnmarshalNumbers(numbers); err != nil {
		d.add(d.Line(path), path, "%s", oneLine(err))
	}
}

// oneLine returns the message of an error, which may be several joined.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
