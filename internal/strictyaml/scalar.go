package strictyaml

import (
	"encoding"
	"math"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

func (d *Document) scalar(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		if isBraces(n) && typeName(v) == "text" {
			d.add(n.Line, path, bracesMessage)
			return
		}
		d.add(n.Line, path, "must be %s (got %s)", typeName(v), kindName(n))
		return
	}
	if v.Type() == durationType {
		duration, err := time.ParseDuration(n.Value)
		if err != nil {
			d.add(n.Line, path, "must be a duration such as 500ms, 5s or 2m (got %q)%s", n.Value, commaRemedy(n.Value))
			return
		}
		v.SetInt(int64(duration))
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := text.UnmarshalText([]byte(n.Value)); err != nil {
			d.add(n.Line, path, "%s", oneLine(err))
		}
		return
	}
	// A number or a word written where text is wanted is text: part names
	// such as 4711 need no quotes.
	if v.Kind() == reflect.String {
		v.SetString(n.Value)
		return
	}
	if v.Kind() != reflect.Bool && leadingZero.MatchString(n.Value) {
		d.add(n.Line, path, "must be %s without a leading zero, which some readers of YAML take for octal (got %q): write %s", typeName(v), n.Value, leadingZero.ReplaceAllString(n.Value, "$1$2"))
		return
	}
	if wrongTag(n, v) || n.Decode(v.Addr().Interface()) != nil || !finite(v) {
		d.add(n.Line, path, "must be %s (got %q)%s", typeName(v), n.Value, commaRemedy(n.Value))
	}
}

var (
	digits       = regexp.MustCompile(`^\d+$`)
	leadingZero  = regexp.MustCompile(`^([-+]?)0[_0]*(\d[\d_]*(?:\.\d*)?)$`)
	decimalComma = regexp.MustCompile(`^([-+]?\d+),(\d+)`)
)

// commaRemedy follows the message about a number with a decimal comma.
func commaRemedy(value string) string {
	if !decimalComma.MatchString(value) {
		return ""
	}
	return ": write " + decimalComma.ReplaceAllString(value, "$1.$2") + ", with a point"
}

// wrongTag refuses what the YAML library would bend into shape: 2.5 for a whole
// number is cut to 2, and "yes" becomes true.
func wrongTag(n *yaml.Node, v reflect.Value) bool {
	return v.Kind() == reflect.Bool && n.Tag != "!!bool" || (v.CanInt() || v.CanUint()) && n.Tag != "!!int"
}

func finite(v reflect.Value) bool {
	return !v.CanFloat() || !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
}

func typeName(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return "a duration such as 5s"
	case v.Kind() == reflect.Bool:
		return "true or false"
	case v.CanUint():
		return "a whole number, 0 or more"
	case v.CanInt():
		return "a whole number"
	case v.CanFloat():
		return "a number"
	default:
		return "text"
	}
}

// fieldsOf maps each yaml key of a struct type to its field.
func fieldsOf(t reflect.Type) map[string][]int {
	fields := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && name != "" && name != "-" {
			fields[name] = f.Index
		}
	}
	return fields
}

// hint names the known key nearest to an unknown one, or lists all of them
// where none is near.
func hint(key string, fields map[string][]int) string {
	known := make([]string, 0, len(fields))
	for name := range fields {
		known = append(known, name)
	}
	sort.Strings(known)
	best, distance := "", len(key)/2+1
	for _, name := range known {
		if d := levenshtein.ComputeDistance(key, name); d < distance {
			best, distance = name, d
		}
	}
	if best != "" {
		return ": did you mean " + best + "?"
	}
	return ": known here are " + strings.Join(known, ", ")
}
