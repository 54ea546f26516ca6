package strictyaml

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds nesting, so that a hostile file cannot exhaust the stack.
const maxDepth = 40

// Defaulter is implemented by element types of lists and maps whose absent
// keys have defaults; SetDefaults runs before the element's keys are read.
type Defaulter interface{ SetDefaults() }

var (
	durationType    = reflect.TypeFor[time.Duration]()
	unmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	yamlErrorLine   = regexp.MustCompile(`^yaml: line (\d+): `)
)

// Decode parses one YAML document into out, a pointer to a struct with yaml
// tags. Durations are written as Go durations ("1.5s"); types that implement
// encoding.TextUnmarshaler are read from scalars; those of them that are
// structs or slices may be written out as mappings or lists too, as a short and
// a long form of one thing. Problems are collected in
// the Document that it returns, never returned singly.
func Decode(file string, data []byte, out any) *Document {
	d := &Document{file: file, lines: map[string]int{}}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		line, text := 0, err.Error()
		if m := yamlErrorLine.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = text[len(m[0]):]
		}
		d.add(line, "", "not valid YAML: %s", strings.TrimPrefix(text, "yaml: "))
		return d
	}
	if len(root.Content) == 0 {
		return d
	}
	d.value(root.Content[0], "", reflect.ValueOf(out).Elem(), 0)
	return d
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
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(newElement(v.Type().Elem()).Addr())
		}
		v = v.Elem()
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

func (d *Document) mapping(n *yaml.Node, path string, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		d.add(n.Line, path, "must be a mapping of keys (got %s)", kindName(n))
		return
	}
	fields := fieldsOf(v.Type())
	for key, node := range d.entries(n, path) {
		p := join(path, key.Value)
		index, ok := fields[key.Value]
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

// entries yields the key and value nodes of a mapping, notes where each key
// stands, and reports keys that are no plain words or stand there twice.
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

func composite(v reflect.Value) bool { return v.Kind() == reflect.Struct || v.Kind() == reflect.Slice }

func newElement(t reflect.Type) reflect.Value {
	e := reflect.New(t)
	if defaulter, ok := e.Interface().(Defaulter); ok {
		defaulter.SetDefaults()
	}
	return e.Elem()
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(n.Value)
	}
}
