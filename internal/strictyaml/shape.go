package strictyaml

import (
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// disguisedKey finds a key that YAML reads otherwise than it looks. Whatever else
// would be said of the file follows from it: a no-break space that indents a line
// makes a key of the top level of it.
func disguisedKey(n *yaml.Node) (line int, message string) {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if message := disguise(child, false); message != "" {
				return child.Line, message
			}
		}
		if line, message := disguisedKey(child); line > 0 {
			return line, message
		}
	}
	return 0, ""
}

// disguise says why a scalar is read otherwise than it looks: a word processor
// or a web page made other quotes and spaces of the plain ones. Within a text
// such spaces may be meant; at its ends they are not.
func disguise(n *yaml.Node, text bool) string {
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return ""
	}
	if r, found := strangeSpace(n.Value); found && (!text || strings.TrimFunc(n.Value, isStrangeSpace) != n.Value) {
		return spaceMessage(r)
	}
	if r, found := curly(n.Value); found {
		return curlyMessage(r)
	}
	return ""
}

// isText reports whether a value is read as text, whatever is written.
func isText(v reflect.Value) bool {
	return v.Kind() == reflect.String || reflect.PointerTo(v.Type()).Implements(unmarshalerType)
}

// isBraces reports whether a value is {}, which stands for the object in texts.
func isBraces(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && len(n.Content) == 0 && n.Style&yaml.FlowStyle != 0
}

const bracesMessage = "{} is an empty mapping to YAML: put it in quotes, \"{}\""

// composite reports whether a value has a long form.
func composite(v reflect.Value) bool {
	return v.Kind() == reflect.Struct && len(fieldsOf(v.Type())) > 0 || v.Kind() == reflect.Slice
}

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
